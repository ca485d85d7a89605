//! The syntax of sentence templates: `turn [the] {name} (on|off)`.
//!
//! | Written | Means |
//! |---|---|
//! | `[a]`, `[a\|b]` | nothing, or one of these |
//! | `(a\|b)` | one of these; an empty one may stay unsaid |
//! | `(a;b)` | all of these, in any order |
//! | `{list}`, `{list:slot}` | a value of a list, kept as the slot `list` or `slot` |
//! | `<rule>` | the body of an expansion rule |
//! | `light[s]`, `(turn\|switch)ed`, `air[ ]con` | without a space: parts of one word |
//! | `\(` | the character itself |

use std::fmt;

/// Groups inside groups; deeper ones are refused so that nothing overflows the stack.
pub const MAX_DEPTH: usize = 20;
/// Any more parts in any order would be a mistake, and slow.
pub const MAX_PERMUTATION: usize = 8;

/// What stands in a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sequence(pub Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Characters without white space, escapes resolved.
    Text(String),
    /// White space: what stands on its two sides are different words.
    Space,
    /// One of these.
    Alternatives(Vec<Sequence>),
    /// One of these, or nothing.
    Optional(Vec<Sequence>),
    /// All of these, in any order.
    Permutation(Vec<Sequence>),
    List {
        list: String,
        /// Where it differs from the list's name.
        slot: Option<String>,
    },
    Rule(String),
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {reason}")]
pub struct TemplateError {
    /// Character of the template, from 1.
    pub column: usize,
    /// What is wrong and how to mend it.
    pub reason: String,
}

/// Reads a template.
///
/// # Errors
/// [`TemplateError`] with the column and the mend.
pub fn parse(text: &str) -> Result<Sequence, TemplateError> {
    let mut parser = Parser { chars: text.chars().collect(), at: 0, depth: 0 };
    let start = parser.at;
    let (parts, separator) = parser.parts()?;
    if let Some(stray) = parser.peek() {
        return Err(
            parser.error(parser.at, format!("`{stray}` closes nothing; remove it or write `\\{stray}`"))
        );
    }
    if parts.iter().all(Sequence::is_blank) {
        return Err(parser.error(start, "the template says nothing; write words or remove it".to_owned()));
    }
    match (parts.len(), separator) {
        (1, _) => Ok(parts.into_iter().next().unwrap_or_default()),
        (_, Some(';')) => parser.permutation(parts, start).map(|piece| Sequence(vec![piece])),
        _ => Ok(Sequence(vec![Piece::Alternatives(parts)])),
    }
}

impl Sequence {
    /// Nothing, or nothing but white space.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.0.iter().all(|piece| *piece == Piece::Space)
    }
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    #[expect(clippy::unused_self, reason = "reads as the parser's own")]
    fn error(&self, at: usize, reason: String) -> TemplateError {
        TemplateError { column: at + 1, reason }
    }

    /// Sequences up to a closing bracket or the end, and what parts them.
    fn parts(&mut self) -> Result<(Vec<Sequence>, Option<char>), TemplateError> {
        let mut parts = vec![self.sequence()?];
        let mut separator = None;
        while let Some(next @ ('|' | ';')) = self.peek() {
            if separator.is_some_and(|before| before != next) {
                return Err(self.error(
                    self.at,
                    "`|` and `;` cannot part the same group; put brackets around one kind".to_owned(),
                ));
            }
            separator = Some(next);
            self.at += 1;
            parts.push(self.sequence()?);
        }
        Ok((parts, separator))
    }

    fn sequence(&mut self) -> Result<Sequence, TemplateError> {
        let mut pieces = Vec::new();
        while let Some(next) = self.peek() {
            let piece = match next {
                '|' | ';' | ')' | ']' => break,
                '(' => self.group(')')?,
                '[' => self.group(']')?,
                '{' => self.list()?,
                '<' => Piece::Rule(self.name('>')?),
                '}' | '>' => {
                    let reason = format!("`{next}` closes nothing; remove it or write `\\{next}`");
                    return Err(self.error(self.at, reason));
                }
                _ if next.is_whitespace() => self.space(),
                _ => self.text()?,
            };
            pieces.push(piece);
        }
        Ok(Sequence(pieces))
    }

    fn space(&mut self) -> Piece {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        Piece::Space
    }

    fn text(&mut self) -> Result<Piece, TemplateError> {
        let mut text = String::new();
        while let Some(next) = self.peek() {
            if is_reserved(next) || next.is_whitespace() {
                break;
            }
            if next == '\\' {
                self.at += 1;
                let Some(escaped) = self.peek() else {
                    return Err(
                        self.error(self.at - 1, "`\\` at the end escapes nothing; remove it".to_owned())
                    );
                };
                text.push(escaped);
            } else {
                text.push(next);
            }
            self.at += 1;
        }
        Ok(Piece::Text(text))
    }

    fn group(&mut self, close: char) -> Result<Piece, TemplateError> {
        let open = self.at;
        let bracket = self.chars[open];
        if self.depth == MAX_DEPTH {
            return Err(
                self.error(open, format!("more than {MAX_DEPTH} brackets inside each other; use a rule"))
            );
        }
        self.depth += 1;
        self.at += 1;
        let (parts, separator) = self.parts()?;
        self.depth -= 1;
        match self.peek() {
            Some(found) if found == close => self.at += 1,
            Some(found) => {
                return Err(self.error(
                    self.at,
                    format!("`{found}` cannot close the `{bracket}` of column {}; write `{close}`", open + 1),
                ));
            }
            None => return Err(self.error(open, format!("`{bracket}` is never closed; add `{close}`"))),
        }
        if parts.iter().all(|part| part.0.is_empty()) {
            return Err(
                self.error(open, format!("`{bracket}{close}` holds nothing; write words in it or remove it"))
            );
        }
        if separator == Some(';') {
            let permutation = self.permutation(parts, open)?;
            return Ok(if close == ']' {
                Piece::Optional(vec![Sequence(vec![permutation])])
            } else {
                permutation
            });
        }
        Ok(if close == ']' { Piece::Optional(parts) } else { Piece::Alternatives(parts) })
    }

    fn permutation(&self, parts: Vec<Sequence>, open: usize) -> Result<Piece, TemplateError> {
        if parts.iter().any(Sequence::is_blank) {
            let reason = "a part between `;` is empty; write words in it or remove the `;`";
            return Err(self.error(open, reason.to_owned()));
        }
        if parts.len() > MAX_PERMUTATION {
            let reason = format!("more than {MAX_PERMUTATION} parts in any order; split the sentence");
            return Err(self.error(open, reason));
        }
        Ok(Piece::Permutation(parts))
    }

    fn list(&mut self) -> Result<Piece, TemplateError> {
        let open = self.at;
        let inside = self.name('}')?;
        // `{list:@slot}` and `{@list}` keep the value for the answer only; here answers see every slot.
        let (list, slot) = match inside.split_once(':') {
            Some((list, slot)) => (list.trim(), Some(slot.trim().trim_start_matches('@'))),
            None => (inside.trim_start_matches('@'), None),
        };
        if list.is_empty() || slot.is_some_and(str::is_empty) {
            return Err(self.error(open, "a name is missing; write `{list}` or `{list:slot}`".to_owned()));
        }
        let slot = slot.filter(|slot| *slot != list).map(str::to_owned);
        Ok(Piece::List { list: list.to_owned(), slot })
    }

    /// A name up to its closing bracket.
    fn name(&mut self, close: char) -> Result<String, TemplateError> {
        let open = self.at;
        let bracket = self.chars[open];
        self.at += 1;
        let start = self.at;
        while let Some(next) = self.peek() {
            if next == close {
                let name: String = self.chars[start..self.at].iter().collect();
                self.at += 1;
                let name = name.trim().to_owned();
                if name.is_empty() {
                    return Err(
                        self.error(open, format!("`{bracket}{close}` names nothing; write a name in it"))
                    );
                }
                return Ok(name);
            }
            if is_reserved(next) || next == '\\' {
                break;
            }
            self.at += 1;
        }
        Err(self.error(open, format!("`{bracket}` is never closed; add `{close}` after the name")))
    }
}

fn is_reserved(c: char) -> bool {
    matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '|' | ';')
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| piece.fmt(f))
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Space => f.write_str(" "),
            Self::Text(text) => text.chars().try_for_each(|c| {
                if is_reserved(c) || c == '\\' || c.is_whitespace() {
                    f.write_str("\\")?;
                }
                write!(f, "{c}")
            }),
            Self::Alternatives(parts) => write_parts(f, "(", parts, "|", ")"),
            Self::Optional(parts) => match parts.as_slice() {
                [Sequence(inner)] if matches!(inner.as_slice(), [Self::Permutation(_)]) => {
                    let [Self::Permutation(parts)] = inner.as_slice() else { return Ok(()) };
                    write_parts(f, "[", parts, ";", "]")
                }
                _ => write_parts(f, "[", parts, "|", "]"),
            },
            Self::Permutation(parts) => write_parts(f, "(", parts, ";", ")"),
            Self::List { list, slot: None } => write!(f, "{{{list}}}"),
            Self::List { list, slot: Some(slot) } => write!(f, "{{{list}:{slot}}}"),
            Self::Rule(rule) => write!(f, "<{rule}>"),
        }
    }
}

fn write_parts(
    f: &mut fmt::Formatter<'_>,
    open: &str,
    parts: &[Sequence],
    by: &str,
    close: &str,
) -> fmt::Result {
    f.write_str(open)?;
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(by)?;
        }
        write!(f, "{part}")?;
    }
    f.write_str(close)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check_error(text: &str, column: usize, part: &str) {
        let error = parse(text).unwrap_err();
        assert_eq!(error.column, column, "{error}");
        assert!(error.reason.contains(part), "{error}");
    }

    #[test]
    fn the_whole_syntax() {
        for text in [
            "turn [the] {name} (on|off)",
            "light[s|ing]",
            "(turn|switch)ed",
            "(a;b;<c>)",
            "[a;b]",
            "{list:slot} \\(x\\)",
            "(a|)",
            "l[es|a]",
            "air[ ]con",
        ] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
        assert_eq!(parse("a|b").unwrap().to_string(), "(a|b)");
        assert_eq!(parse("{ list : list }").unwrap().to_string(), "{list}");
        assert_eq!(parse("{@list} {list:@kept}").unwrap().to_string(), "{list} {list:kept}");
    }

    #[test]
    fn faults_name_column_and_mend() {
        check_error("turn [the lamp", 6, "add `]`");
        check_error("turn (on|off]", 13, "write `)`");
        check_error("turn on)", 8, "closes nothing");
        check_error("set {name", 5, "add `}`");
        check_error("set {}", 5, "names nothing");
        check_error("set {a:}", 5, "a name is missing");
        check_error("a () b", 3, "holds nothing");
        check_error("a (|) b", 3, "holds nothing");
        check_error("(a;)", 1, "is empty");
        check_error("(a|b;c)", 5, "cannot part the same group");
        check_error("a\\", 2, "escapes nothing");
        check_error("  ", 1, "says nothing");
        check_error(&"(".repeat(100), MAX_DEPTH + 1, "use a rule");
    }

    fn piece() -> impl Strategy<Value = Piece> {
        let leaf = prop_oneof![
            "[a-zé\\[\\]|;' %]{1,6}".prop_map(Piece::Text),
            Just(Piece::Space),
            "[a-z_]{1,6}".prop_map(Piece::Rule),
            ("[a-z_]{1,6}", prop::option::of("[A-Z]{1,4}"))
                .prop_map(|(list, slot)| Piece::List { list, slot }),
        ];
        leaf.prop_recursive(4, 40, 4, |inner| {
            let sequence =
                prop::collection::vec(inner, 1..4).prop_map(tidy).prop_filter("blank", |s| !s.is_blank());
            let parts = prop::collection::vec(sequence, 1..4);
            prop_oneof![
                parts.clone().prop_map(Piece::Alternatives),
                parts.clone().prop_map(Piece::Optional),
                parts.prop_filter("one part", |parts| parts.len() > 1).prop_map(Piece::Permutation),
            ]
        })
    }

    /// As the parser would give it: neighbouring texts and spaces are one.
    fn tidy(pieces: Vec<Piece>) -> Sequence {
        let mut tidied: Vec<Piece> = Vec::new();
        for piece in pieces {
            match (tidied.last_mut(), piece) {
                (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
                (Some(Piece::Space), Piece::Space) => {}
                (_, piece) => tidied.push(piece),
            }
        }
        Sequence(tidied)
    }

    proptest! {
        #[test]
        fn what_is_printed_is_parsed_back(pieces in prop::collection::vec(piece(), 1..6)) {
            let sequence = tidy(pieces);
            prop_assume!(!sequence.is_blank());
            prop_assert_eq!(parse(&sequence.to_string()), Ok(sequence));
        }

        #[test]
        fn any_text_is_parsed_or_refused(text in "[a-c \\[\\](){}<>|;:@\\\\é🦀]{0,40}") {
            let length = text.chars().count();
            match parse(&text) {
                Ok(sequence) => prop_assert!(!sequence.is_blank()),
                Err(error) => prop_assert!((1..=length.max(1)).contains(&error.column)),
            }
        }
    }
}
