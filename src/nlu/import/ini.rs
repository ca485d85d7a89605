//! Rhasspy's `sentences.ini`: lines, and the language of a line.
//!
//! | Written | Means |
//! |---|---|
//! | `[a b]`, `(a \| b)` | optional; one of these |
//! | `x{tag}`, `x{tag:value}` | a slot |
//! | `a:b`, `(a b):c`, `:b`, `a:` | said `a`, written `b` |
//! | `10!int` | the value as a number |
//! | `<rule>`, `<Intent.rule>` | a rule of this or another section |
//! | `$slot` | a line of the file `slots/slot` |
//! | `0..100`, `0..100,5` | a number |
//! | `\[` | at a line's start: not a section |

use super::Fault;

/// Groups inside groups; as many as our templates may have.
const MAX_DEPTH: usize = 20;

/// A section of the file.
#[derive(Debug)]
pub(super) struct Section {
    pub intent: String,
    pub rules: Vec<(String, Line)>,
    pub sentences: Vec<Line>,
}

#[derive(Debug)]
pub(super) struct Line {
    pub number: usize,
    pub node: Node,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Word(String),
    Seq(Vec<Node>),
    Alt(Vec<Node>),
    Optional(Box<Node>),
    Rule(String),
    /// `$slot`, with what follows a comma.
    Slot(String),
    Range {
        from: i64,
        to: i64,
        step: i64,
    },
    /// A slot, with the value that it always has.
    Tagged {
        node: Box<Node>,
        tag: String,
        value: Option<String>,
    },
    /// Said one way, written another.
    Instead(Box<Node>, Box<Node>),
    Converted(Box<Node>, String),
}

/// Reads sections, rules and sentences.
pub(super) fn read(text: &str) -> Result<Vec<Section>, Fault> {
    let mut sections: Vec<Section> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let (number, line) = (index + 1, line.trim());
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(after) = line.strip_prefix('[') {
            let name = after
                .strip_suffix(']')
                .map(str::trim)
                .filter(|name| !name.contains(['[', ']', '(', '{', '|']));
            let name = name.filter(|name| !name.is_empty()).ok_or_else(|| {
                Fault::new(number, "this is no section `[Intent]`; a sentence that begins with an optional word is written `\\[word] …`")
            })?;
            sections.push(Section { intent: name.to_owned(), rules: Vec::new(), sentences: Vec::new() });
            continue;
        }
        let Some(section) = sections.last_mut() else {
            return Err(Fault::new(
                number,
                "this stands before the first section; write `[Intent]` above it",
            ));
        };
        if let Some((name, body)) = line.split_once('=').filter(|(name, _)| is_name(name.trim())) {
            let name = name.trim().to_owned();
            if section.rules.iter().any(|(known, _)| *known == name) {
                let reason = format!("rule `{name}` is there already; give it another name");
                return Err(Fault::new(number, reason));
            }
            section.rules.push((name, Line { number, node: parse(body, number)? }));
        } else {
            let line = if line.starts_with("\\[") { &line[1..] } else { line };
            section.sentences.push(Line { number, node: parse(line, number)? });
        }
    }
    Ok(sections)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// Reads one sentence, or one line of a slot file.
pub(super) fn parse(text: &str, line: usize) -> Result<Node, Fault> {
    let mut parser = Parser { chars: text.chars().collect(), at: 0, depth: 0, line };
    let node = parser.alternatives()?;
    match parser.peek() {
        None => Ok(node),
        Some(stray) => Err(parser.fault(format!("`{stray}` closes nothing; remove it"))),
    }
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    line: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn fault(&self, reason: impl std::fmt::Display) -> Fault {
        Fault::new(self.line, format!("column {}: {reason}", self.at + 1))
    }

    fn alternatives(&mut self) -> Result<Node, Fault> {
        let mut parts = vec![self.sequence()?];
        while self.peek() == Some('|') {
            self.at += 1;
            parts.push(self.sequence()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Node::Alt(parts) })
    }

    fn sequence(&mut self) -> Result<Node, Fault> {
        let mut parts = Vec::new();
        while let Some(next) = self.peek() {
            match next {
                '|' | ')' | ']' => break,
                _ if next.is_whitespace() => self.at += 1,
                // A tag may stand apart from what it marks.
                '{' if !parts.is_empty() => {
                    let item = parts.pop().unwrap_or(Node::Seq(Vec::new()));
                    parts.push(self.suffixes(item)?);
                }
                _ => {
                    let item = self.item()?;
                    parts.push(self.suffixes(item)?);
                }
            }
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Node::Seq(parts) })
    }

    fn item(&mut self) -> Result<Node, Fault> {
        match self.peek() {
            Some('(') => self.group(')'),
            Some('[') => Ok(Node::Optional(Box::new(self.group(']')?))),
            Some('<') => Ok(Node::Rule(self.until('<', '>')?)),
            Some('$') => {
                self.at += 1;
                let name = self.take(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ','));
                if name.is_empty() {
                    return Err(self.fault("`$` names no slot; write `$name`"));
                }
                Ok(Node::Slot(name))
            }
            // Nothing is said, and something is written.
            Some(':') => Ok(Node::Seq(Vec::new())),
            Some(stray @ ('{' | '}' | '>')) => {
                Err(self.fault(format!("`{stray}` is out of place; remove it")))
            }
            _ => {
                let word = self.word();
                Ok(range(&word).unwrap_or(Node::Word(word)))
            }
        }
    }

    fn suffixes(&mut self, mut node: Node) -> Result<Node, Fault> {
        loop {
            match self.peek() {
                Some(':') => {
                    self.at += 1;
                    let written = match self.peek() {
                        Some('(') => self.group(')')?,
                        Some(c) if !c.is_whitespace() && !is_special(c) => Node::Word(self.word()),
                        _ => Node::Seq(Vec::new()),
                    };
                    node = Node::Instead(Box::new(node), Box::new(written));
                }
                Some('!') => {
                    self.at += 1;
                    let name = self.take(char::is_alphanumeric);
                    node = Node::Converted(Box::new(node), name);
                }
                Some('{') => {
                    let inside = self.until('{', '}')?;
                    let (inside, converters) = inside.split_once('!').unwrap_or((&inside, ""));
                    for name in converters.split('!').filter(|name| !name.is_empty()) {
                        node = Node::Converted(Box::new(node), name.trim().to_owned());
                    }
                    let (tag, value) = match inside.split_once(':') {
                        Some((tag, value)) => (tag.trim(), Some(value.trim().to_owned())),
                        None => (inside.trim(), None),
                    };
                    if tag.is_empty() {
                        return Err(self.fault("`{}` names no slot; write `{name}`"));
                    }
                    node = Node::Tagged { node: Box::new(node), tag: tag.to_owned(), value };
                }
                _ => return Ok(node),
            }
        }
    }

    fn group(&mut self, close: char) -> Result<Node, Fault> {
        let open = self.chars[self.at];
        if self.depth == MAX_DEPTH {
            return Err(self.fault(format!("more than {MAX_DEPTH} brackets inside each other; use a rule")));
        }
        self.depth += 1;
        self.at += 1;
        let node = self.alternatives()?;
        self.depth -= 1;
        if self.peek() != Some(close) {
            return Err(self.fault(format!("`{open}` is never closed; add `{close}`")));
        }
        self.at += 1;
        Ok(node)
    }

    fn until(&mut self, open: char, close: char) -> Result<String, Fault> {
        self.at += 1;
        let inside = self.take(|c| c != close);
        if self.peek().is_none() {
            return Err(self.fault(format!("`{open}` is never closed; add `{close}`")));
        }
        self.at += 1;
        Ok(inside.trim().to_owned())
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.peek().is_some_and(&wanted) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(next) = self.peek() {
            let after = self.chars.get(self.at + 1).copied();
            match next {
                '\\' if after.is_some() => {
                    word.extend(after);
                    self.at += 1;
                }
                ':' => break,
                '!' if after.is_some_and(char::is_alphabetic) => break,
                _ if next.is_whitespace() || is_special(next) => break,
                _ => word.push(next),
            }
            self.at += 1;
        }
        word
    }
}

fn is_special(c: char) -> bool {
    matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '|')
}

/// `0..100`, `0..100,5`.
fn range(word: &str) -> Option<Node> {
    let (from, rest) = word.split_once("..")?;
    let (to, step) = rest.split_once(',').unwrap_or((rest, "1"));
    Some(Node::Range { from: from.parse().ok()?, to: to.parse().ok()?, step: step.parse().ok()? })
}
