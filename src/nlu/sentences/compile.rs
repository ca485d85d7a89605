//! From what the files say to a [`Grammar`]: references resolved, lists filtered by context.
//!
//! A rule or list means different things to different sentences (`requires_context: {domain:
//! light}` leaves only lights in `{name}`; a block may have lists of its own), so each is compiled
//! once per [`Scope`] that sees it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::glue::{self, Resolve};
use super::raw::{Block, Condition, Names, Place, Raw, RawList, RawListKind, RawValue, Said, Template};
use super::yaml::suggestion;
use crate::nlu::NluError;
use crate::nlu::grammar::{Expr, Grammar, List, ListKind, ListValue, Marked, Sentence};
use crate::nlu::template::{Piece, Sequence};
use crate::nlu::text;

/// The slot that means "where the microphone is".
const AREA: &str = "area";
/// Rules inside rules; deeper ones are refused so that nothing overflows the stack.
const MAX_OPEN: usize = 20;

pub(super) fn compile(language: &str, raw: &Raw) -> Result<Grammar, NluError> {
    let mut compiler = Compiler::new(language, raw);
    let (mut sentences, mut examples) = (Vec::new(), Vec::new());
    for block in &raw.blocks {
        let (said, shown) = compiler.block(block)?;
        sentences.extend(said);
        examples.extend(shown);
    }
    compiler.check_unused()?;
    let skip_words = raw.skip_words.iter().map(|words| text::words(words, language));
    Ok(Grammar {
        language: language.to_owned(),
        sentences,
        rules: compiler.rules,
        lists: compiler.lists,
        skip_words: skip_words.filter(|words| !words.is_empty()).collect(),
        examples,
    })
}

/// What a block's sentences see: its own rules and lists, and its conditions.
struct Scope<'a> {
    local: Option<&'a Names>,
    requires: Vec<&'a Condition>,
    excludes: Vec<&'a Condition>,
}

impl Scope<'_> {
    /// Whether both see the same.
    fn is_same(&self, other: &Self) -> bool {
        self.local.is_none()
            && other.local.is_none()
            && self.requires == other.requires
            && self.excludes == other.excludes
    }

    /// Whether a list's value may be said here. Conditions ask only lists that know their key.
    fn allows(&self, value: &RawValue, list: &[RawValue]) -> bool {
        let known = |key: &str| list.iter().any(|value| context(value, key).is_some());
        let required = self
            .requires
            .iter()
            .filter(|condition| known(&condition.key))
            .all(|condition| context(value, &condition.key).is_some_and(|found| meets(condition, found)));
        let excluded = self
            .excludes
            .iter()
            .any(|condition| context(value, &condition.key).is_some_and(|found| meets(condition, found)));
        required && !excluded
    }

    fn slots(&self, value: &RawValue) -> Vec<(String, Value)> {
        let asked = self.requires.iter().filter(|condition| condition.slot);
        asked
            .filter_map(|condition| {
                context(value, &condition.key).map(|found| (condition.key.clone(), found.clone()))
            })
            .collect()
    }
}

fn context<'v>(value: &'v RawValue, key: &str) -> Option<&'v Value> {
    value.context.iter().find(|(name, value)| name == key && !value.is_null()).map(|(_, value)| value)
}

fn meets(condition: &Condition, found: &Value) -> bool {
    let Some(wanted) = &condition.values else { return true };
    match found {
        Value::Array(found) => found.iter().any(|found| wanted.contains(found)),
        found => wanted.contains(found),
    }
}

/// Where a compiled rule or list is; `None` when nothing can be said by it.
type Compiled = BTreeMap<(usize, String), Option<usize>>;

struct Compiler<'a> {
    language: &'a str,
    raw: &'a Raw,
    scopes: Vec<Scope<'a>>,
    rules: Vec<Expr>,
    lists: Vec<List>,
    rule_index: Compiled,
    list_index: Compiled,
    /// Rules and lists being compiled, outermost first.
    open: Vec<String>,
}

impl<'a> Compiler<'a> {
    fn new(language: &'a str, raw: &'a Raw) -> Self {
        Self {
            language,
            raw,
            scopes: Vec::new(),
            rules: Vec::new(),
            lists: Vec::new(),
            rule_index: Compiled::new(),
            list_index: Compiled::new(),
            open: Vec::new(),
        }
    }

    fn block(&mut self, block: &'a Block) -> Result<(Vec<Sentence>, Vec<Marked>), NluError> {
        let has_local = !block.local.rules.is_empty() || !block.local.lists.is_empty();
        let here = block.requires.iter().any(is_here);
        let scope = self.scope(Scope {
            local: has_local.then_some(&block.local),
            requires: block.requires.iter().filter(|condition| !is_here(condition)).collect(),
            excludes: block.excludes.iter().collect(),
        });
        let mut fixed = block.slots.clone();
        if here {
            fixed.push((AREA.to_owned(), Value::Null));
        }
        let mut sentences = Vec::new();
        for template in &block.sentences {
            let mut at = At { compiler: self, scope, place: &template.place };
            let Some(expr) = glue::compile(&template.sequence, &mut at)? else { continue };
            if !self.can_meet(scope, &template.sequence) {
                continue;
            }
            sentences.push(Sentence {
                intent: block.intent.clone(),
                expr,
                fixed: fixed.clone(),
                response: block.response.clone(),
                template: template.text.clone(),
                source: template.place.short(),
                heard: block.heard,
            });
        }
        let examples = self.examples(block, scope, &fixed)?;
        Ok((sentences, examples))
    }

    /// The block's examples, but those with a value of a list that has none here.
    fn examples(
        &mut self,
        block: &'a Block,
        scope: usize,
        fixed: &[(String, Value)],
    ) -> Result<Vec<Marked>, NluError> {
        let mut examples = Vec::new();
        'examples: for (example, place) in &block.examples {
            let (mut lists, mut example) = (Vec::new(), example.clone());
            for span in &mut example.slots {
                // As in templates: `[half](brightness_level:brightness)` names the list, then the slot.
                let named = span.name.split_once(':').map(|(list, slot)| (list.to_owned(), slot.to_owned()));
                let list = named.as_ref().map_or_else(|| span.name.clone(), |(list, _)| list.clone());
                if named.is_none() && self.find_list(scope, &list).is_none() {
                    lists.push(None);
                    continue;
                }
                let found = At { compiler: self, scope, place }.list(&list, &list)?;
                let Some(Expr::List { list, .. }) = found else { continue 'examples };
                lists.push(Some(list));
                if let Some((_, slot)) = named {
                    span.name = slot;
                }
            }
            examples.push(Marked {
                example,
                lists,
                fixed: fixed.to_vec(),
                response: block.response.clone(),
                source: place.short(),
            });
        }
        Ok(examples)
    }

    fn scope(&mut self, scope: Scope<'a>) -> usize {
        if let Some(index) = self.scopes.iter().position(|known| known.is_same(&scope)) {
            return index;
        }
        self.scopes.push(scope);
        self.scopes.len() - 1
    }

    /// A condition that no list of the sentence knows about is never met.
    fn can_meet(&self, scope: usize, sequence: &'a Sequence) -> bool {
        let requires = &self.scopes[scope].requires;
        if requires.is_empty() {
            return true;
        }
        let mut lists = BTreeSet::new();
        self.lists_of(scope, sequence, &mut BTreeSet::new(), &mut lists);
        requires.iter().all(|condition| {
            lists.iter().any(|name| match self.find_list(scope, name).map(|list| &list.kind) {
                Some(RawListKind::Values(values)) => {
                    values.iter().any(|value| context(value, &condition.key).is_some())
                }
                _ => false,
            })
        })
    }

    fn lists_of(
        &self,
        scope: usize,
        sequence: &'a Sequence,
        rules: &mut BTreeSet<&'a str>,
        lists: &mut BTreeSet<&'a str>,
    ) {
        for piece in &sequence.0 {
            match piece {
                Piece::List { list, .. } => {
                    lists.insert(list);
                }
                Piece::Rule(name) if rules.insert(name) => {
                    if let Some(rule) = self.find_rule(scope, name) {
                        self.lists_of(scope, &rule.sequence, rules, lists);
                    }
                }
                Piece::Alternatives(parts) | Piece::Optional(parts) | Piece::Permutation(parts) => {
                    for part in parts {
                        self.lists_of(scope, part, rules, lists);
                    }
                }
                Piece::Text(_) | Piece::Space | Piece::Rule(_) => {}
            }
        }
    }

    fn find_rule(&self, scope: usize, name: &str) -> Option<&'a Template> {
        let local = self.scopes[scope].local.and_then(|names| names.rules.get(name));
        local.or_else(|| self.raw.names.rules.get(name)).or_else(|| self.raw.sayings.rules.get(name))
    }

    fn find_list(&self, scope: usize, name: &str) -> Option<&'a RawList> {
        let local = self.scopes[scope].local.and_then(|names| names.lists.get(name));
        local.or_else(|| self.raw.names.lists.get(name)).or_else(|| self.raw.sayings.lists.get(name))
    }

    /// Circles are refused even where no sentence goes round them.
    fn check_unused(&mut self) -> Result<(), NluError> {
        let scope = self.scope(Scope { local: None, requires: Vec::new(), excludes: Vec::new() });
        let (rules, lists) = (self.rules.len(), self.lists.len());
        let names = &self.raw.names;
        for (name, rule) in &names.rules {
            // A rule may name lists that only some blocks have; those blocks have been checked.
            ignore_missing(At { compiler: self, scope, place: &rule.place }.rule(name))?;
            self.open.clear();
        }
        for (name, list) in &names.lists {
            ignore_missing(At { compiler: self, scope, place: &list.place }.list(name, name))?;
            self.open.clear();
        }
        self.rules.truncate(rules);
        self.lists.truncate(lists);
        Ok(())
    }
}

fn is_here(condition: &Condition) -> bool {
    condition.key == AREA && condition.slot && condition.values.is_none()
}

/// Why a reference cannot be resolved.
enum Fault {
    Missing(NluError),
    Other(NluError),
}

impl From<Fault> for NluError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Missing(error) | Fault::Other(error) => error,
        }
    }
}

fn ignore_missing(result: Result<Option<Expr>, Fault>) -> Result<(), NluError> {
    match result {
        Err(Fault::Other(error)) => Err(error),
        _ => Ok(()),
    }
}

/// Resolves the references of the template at `place`.
struct At<'c, 'a> {
    compiler: &'c mut Compiler<'a>,
    scope: usize,
    place: &'c Place,
}

impl<'a> At<'_, 'a> {
    fn enter(&mut self, shown: String, place: &Place) -> Result<(), Fault> {
        let open = &mut self.compiler.open;
        if let Some(start) = open.iter().position(|name| *name == shown) {
            let circle = [&open[start..], &[shown]].concat().join("` → `");
            let reason = format!("`{circle}` goes round in a circle; take one of these references out");
            open.clear();
            return Err(Fault::Other(place.error(reason)));
        }
        if open.len() == MAX_OPEN {
            let reason = format!("more than {MAX_OPEN} rules and lists inside each other; flatten them");
            return Err(Fault::Other(place.error(reason)));
        }
        open.push(shown);
        Ok(())
    }

    fn missing<'n>(&self, what: &str, name: &str, known: impl Iterator<Item = &'n String>) -> Fault {
        let mend = suggestion(name, known.map(String::as_str)).map_or_else(
            || format!("define it under `{}`", if what == "rule" { "expansion_rules" } else { "lists" }),
            |near| format!("did you mean `{near}`?"),
        );
        Fault::Missing(self.place.error(format!("there is no {what} `{name}`; {mend}")))
    }

    fn values(&mut self, values: &'a [RawValue]) -> Result<Vec<ListValue>, Fault> {
        let mut compiled = Vec::new();
        for value in values {
            let scope = &self.compiler.scopes[self.scope];
            if !scope.allows(value, values) {
                continue;
            }
            let context = scope.slots(value);
            let expr = match &value.said {
                Said::Plain(said) => Some(glue::plain(said, self.compiler.language)),
                Said::Template(sequence) => {
                    let mut at = At { compiler: self.compiler, scope: self.scope, place: &value.place };
                    glue::compile(sequence, &mut at)?
                }
            };
            let nothing = Expr::Seq(Vec::new());
            if let Some(expr) = expr.filter(|expr| *expr != nothing) {
                compiled.push(ListValue { expr, value: value.value.clone(), context });
            }
        }
        Ok(compiled)
    }
}

impl Resolve for At<'_, '_> {
    type Error = Fault;

    fn rule(&mut self, name: &str) -> Result<Option<Expr>, Fault> {
        let Some(rule) = self.compiler.find_rule(self.scope, name) else {
            let local = self.compiler.scopes[self.scope].local;
            let own = local.into_iter().flat_map(|names| names.rules.keys());
            return Err(self.missing("rule", name, own.chain(self.compiler.raw.names.rules.keys())));
        };
        let key = (self.scope, name.to_owned());
        if let Some(index) = self.compiler.rule_index.get(&key) {
            return Ok(index.map(Expr::Rule));
        }
        self.enter(format!("<{name}>"), &rule.place)?;
        let mut at = At { compiler: self.compiler, scope: self.scope, place: &rule.place };
        let expr = glue::compile(&rule.sequence, &mut at)?;
        self.compiler.open.pop();
        let index = expr.map(|expr| {
            self.compiler.rules.push(expr);
            self.compiler.rules.len() - 1
        });
        self.compiler.rule_index.insert(key, index);
        Ok(index.map(Expr::Rule))
    }

    fn list(&mut self, name: &str, slot: &str) -> Result<Option<Expr>, Fault> {
        let Some(list) = self.compiler.find_list(self.scope, name) else {
            let local = self.compiler.scopes[self.scope].local;
            let own = local.into_iter().flat_map(|names| names.lists.keys());
            return Err(self.missing("list", name, own.chain(self.compiler.raw.names.lists.keys())));
        };
        let reference = |list| Expr::List { list, slot: slot.to_owned() };
        let key = (self.scope, name.to_owned());
        if let Some(index) = self.compiler.list_index.get(&key) {
            return Ok(index.map(reference));
        }
        self.enter(format!("{{{name}}}"), &list.place)?;
        let kind = match &list.kind {
            RawListKind::Values(values) => {
                let values = self.values(values)?;
                (!values.is_empty()).then_some(ListKind::Values(values))
            }
            RawListKind::Range { from, to, step, multiplier, halves, tenths } => Some(ListKind::Range {
                from: *from,
                to: *to,
                step: *step,
                multiplier: *multiplier,
                halves: *halves,
                tenths: *tenths,
            }),
            RawListKind::Entity(kind) => {
                let said = self.rule(&format!("entity_{}", kind.name()))?;
                said.map(|said| ListKind::Entity { kind: *kind, said })
            }
            RawListKind::Wildcard => Some(ListKind::Wildcard),
        };
        self.compiler.open.pop();
        let index = kind.map(|kind| {
            self.compiler.lists.push(List { name: name.to_owned(), kind });
            self.compiler.lists.len() - 1
        });
        self.compiler.list_index.insert(key, index);
        Ok(index.map(reference))
    }

    fn too_many_forms(&self, limit: usize) -> Fault {
        Fault::Other(self.place.error(format!(
            "one word has more than {limit} forms; put a space between parts that are words of their own"
        )))
    }

    fn language(&self) -> &str {
        self.compiler.language
    }
}
