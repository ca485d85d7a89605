//! What sentence files say, merged and checked key by key, before anything is compiled.

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use serde_json::Value;

use super::guests::Guest;
use super::yaml::{self, Entry, Fault, Node};
use super::{KnownKind, KnownList, ListSource, SourceFile};
use crate::nlu::NluError;
use crate::nlu::entities::Kind;
use crate::nlu::responses::Responses;
use crate::nlu::template::{self, Sequence};
use crate::nlu::text;
use crate::nlu::trained::Example;

/// Lists that come from the home; a home without any has empty ones.
const HOME_LISTS: [&str; 3] = ["name", "area", "floor"];

/// A line of a file.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub file: Rc<Path>,
    pub line: usize,
}

impl Place {
    pub fn error(&self, reason: impl Into<String>) -> NluError {
        NluError::Sentence { file: self.file.to_path_buf(), line: self.line, reason: reason.into() }
    }

    /// `lights.yaml:12`.
    pub fn short(&self) -> String {
        let name = self.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        format!("{name}:{}", self.line)
    }
}

/// Everything the files say.
#[derive(Default)]
pub(super) struct Raw {
    pub blocks: Vec<Block>,
    pub names: Names,
    /// How the values of entities are said, where any list is of them.
    pub sayings: Names,
    pub skip_words: Vec<String>,
    pub responses: Responses,
}

/// What `<rule>` and `{list}` can refer to.
#[derive(Default)]
pub(super) struct Names {
    pub rules: BTreeMap<String, Template>,
    pub lists: BTreeMap<String, RawList>,
}

/// One item under an intent's `data`.
pub(super) struct Block {
    pub intent: String,
    pub sentences: Vec<Template>,
    pub examples: Vec<(Example, Place)>,
    pub slots: Vec<(String, Value)>,
    pub requires: Vec<Condition>,
    pub excludes: Vec<Condition>,
    pub response: Option<String>,
    /// `closed_vocabulary`: whether recognisers that know only the household's words hear it.
    pub heard: bool,
    /// Rules and lists that only this block sees.
    pub local: Names,
}

/// A key of `requires_context` or `excludes_context`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    pub key: String,
    /// `None`: any value.
    pub values: Option<Vec<Value>>,
    /// Whether the value becomes a slot.
    pub slot: bool,
}

pub(super) struct Template {
    pub text: String,
    pub sequence: Sequence,
    pub place: Place,
}

pub(super) struct RawList {
    pub kind: RawListKind,
    pub place: Place,
}

pub(super) enum RawListKind {
    Values(Vec<RawValue>),
    Range { from: i64, to: i64, step: i64, multiplier: Option<f64>, halves: bool, tenths: bool },
    Entity(Kind),
    Wildcard,
}

pub(super) struct RawValue {
    pub said: Said,
    pub value: Value,
    pub context: Vec<(String, Value)>,
    pub place: Place,
}

pub(super) enum Said {
    Template(Sequence),
    /// A name of the home: brackets in it are no syntax.
    Plain(String),
}

impl Raw {
    /// Merges files and the home's lists. Later files add to lists and replace rules and answers.
    pub fn read(
        language: &str,
        files: &[SourceFile],
        lists: &[ListSource],
        guests: &[Guest],
    ) -> Result<Self, NluError> {
        let mut raw = Self::read_files(language, files)?;
        raw.add_home_lists(lists);
        for guest in guests {
            raw.admit(language, guest)?;
        }
        if raw.all_lists().any(|list| matches!(list.kind, RawListKind::Entity(_))) {
            raw.sayings = sayings(language)?;
        }
        Ok(raw)
    }

    /// What files say, before anything is added from elsewhere.
    pub(super) fn read_files(language: &str, files: &[SourceFile]) -> Result<Self, NluError> {
        let mut raw = Self::default();
        for file in files {
            let path: Rc<Path> = Rc::from(file.path.as_path());
            FileReader { path: Rc::clone(&path), raw: &mut raw }.read(language, &file.text).map_err(
                |fault| NluError::Sentence {
                    file: path.to_path_buf(),
                    line: fault.line,
                    reason: fault.reason,
                },
            )?;
        }
        Ok(raw)
    }

    fn all_lists(&self) -> impl Iterator<Item = &RawList> {
        let local = self.blocks.iter().flat_map(|block| block.local.lists.values());
        self.names.lists.values().chain(local)
    }

    fn add_home_lists(&mut self, sources: &[ListSource]) {
        let place = Place { file: Rc::from(Path::new("home")), line: 0 };
        let empty = |place: &Place| RawList { kind: RawListKind::Values(Vec::new()), place: place.clone() };
        for name in HOME_LISTS {
            self.names.lists.entry(name.to_owned()).or_insert_with(|| empty(&place));
        }
        for source in sources {
            let list = self.names.lists.entry(source.name.clone()).or_insert_with(|| empty(&place));
            let added = source.values.iter().map(|entry| RawValue {
                said: Said::Plain(entry.text.clone()),
                value: entry.value.clone(),
                context: entry.context.clone(),
                place: place.clone(),
            });
            match &mut list.kind {
                RawListKind::Values(values) => values.extend(added),
                // A file's wildcard or range of that name gives way to what the home really has.
                kind => *kind = RawListKind::Values(added.collect()),
            }
        }
    }
}

impl Raw {
    /// Every list of the files and the home, by name.
    pub fn known_lists(&self) -> Vec<KnownList> {
        let mut known: BTreeMap<&str, KnownList> = BTreeMap::new();
        let local = self.blocks.iter().flat_map(|block| &block.local.lists);
        for (name, list) in self.names.lists.iter().chain(local) {
            let own = known.entry(name).or_insert_with(|| KnownList {
                name: name.clone(),
                kind: list.known_kind(name),
                values: Vec::new(),
            });
            let RawListKind::Values(values) = &list.kind else { continue };
            for value in values {
                if !own.values.contains(&value.value) {
                    own.values.push(value.value.clone());
                }
            }
        }
        known.into_values().collect()
    }

    /// Adds values to the lists of these names, wherever they are. One that means the same as a
    /// value of the list is another way to say it, and is allowed where that is.
    pub fn add_vocabulary(&mut self, sources: &[ListSource]) {
        let place = Place { file: Rc::from(Path::new("vocabulary")), line: 0 };
        for source in sources {
            let global = self.names.lists.get_mut(&source.name);
            let local = self.blocks.iter_mut().filter_map(|block| block.local.lists.get_mut(&source.name));
            for list in global.into_iter().chain(local) {
                let is_home = list.known_kind(&source.name) == KnownKind::Home;
                let RawListKind::Values(values) = &mut list.kind else { continue };
                for entry in &source.values {
                    let twin = values.iter().find(|value| value.value == entry.value);
                    if is_home && twin.is_none() {
                        continue;
                    }
                    let context = twin.map_or_else(|| entry.context.clone(), |twin| twin.context.clone());
                    values.push(RawValue {
                        said: Said::Plain(entry.text.clone()),
                        value: entry.value.clone(),
                        context,
                        place: place.clone(),
                    });
                }
            }
        }
    }
}

impl RawList {
    fn known_kind(&self, name: &str) -> KnownKind {
        match &self.kind {
            RawListKind::Values(_) if HOME_LISTS.contains(&name) => KnownKind::Home,
            RawListKind::Values(_) => KnownKind::Values,
            RawListKind::Range { .. } => KnownKind::Range,
            RawListKind::Entity(_) => KnownKind::Entity,
            RawListKind::Wildcard => KnownKind::Wildcard,
        }
    }
}

/// The shipped ways to say values: rules named as the kinds, and what they refer to.
fn sayings(language: &str) -> Result<Names, NluError> {
    let (path, text) = if text::is_french(language) {
        ("entities/fr.yaml", include_str!("../entities/sayings/fr.yaml"))
    } else {
        ("entities/en.yaml", include_str!("../entities/sayings/en.yaml"))
    };
    let path: Rc<Path> = Rc::from(Path::new(path));
    let mut raw = Raw::default();
    let reader = &mut FileReader { path: Rc::clone(&path), raw: &mut raw };
    let read = yaml::read(text).and_then(|document| {
        for entry in document.map_of("file", &["language", "lists", "expansion_rules"])? {
            match entry.key.as_str() {
                "lists" => reader.raw.names.lists = reader.read_lists(&entry.value)?,
                "expansion_rules" => reader.raw.names.rules = reader.read_rules(&entry.value)?,
                _ => {}
            }
        }
        Ok(())
    });
    read.map_err(|fault| NluError::Sentence {
        file: path.to_path_buf(),
        line: fault.line,
        reason: fault.reason,
    })?;
    Ok(raw.names)
}

struct FileReader<'a> {
    path: Rc<Path>,
    raw: &'a mut Raw,
}

impl FileReader<'_> {
    fn place(&self, line: usize) -> Place {
        Place { file: Rc::clone(&self.path), line }
    }

    fn read(&mut self, language: &str, text: &str) -> Result<(), Fault> {
        let document = yaml::read(text)?;
        let known =
            ["language", "settings", "intents", "lists", "expansion_rules", "skip_words", "responses"];
        let entries = document.map_of("file", &known)?;
        check_language(language, entries)?;
        for entry in entries {
            match entry.key.as_str() {
                "intents" => self.read_intents(&entry.value)?,
                "lists" => {
                    let lists = self.read_lists(&entry.value)?;
                    merge_lists(&mut self.raw.names.lists, lists)?;
                }
                "expansion_rules" => {
                    let rules = self.read_rules(&entry.value)?;
                    self.raw.names.rules.extend(rules);
                }
                "skip_words" => {
                    for word in entry.value.list("skip_words")? {
                        self.raw.skip_words.push(word.text("skip_words")?);
                    }
                }
                "responses" => self.read_responses(&entry.value)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn read_intents(&mut self, node: &Node) -> Result<(), Fault> {
        for intent in node.map("intents")? {
            for part in intent.value.map_of(&intent.key, &["data", "description"])? {
                if part.key == "data" {
                    for item in part.value.list("data")? {
                        let block = self.read_block(&intent.key, item)?;
                        self.raw.blocks.push(block);
                    }
                }
            }
        }
        Ok(())
    }

    fn read_block(&self, intent: &str, node: &Node) -> Result<Block, Fault> {
        // The last five only help other tools to search, test or describe; matching does not need them.
        let known = [
            "sentences",
            "examples",
            "slots",
            "requires_context",
            "excludes_context",
            "response",
            "closed_vocabulary",
            "lists",
            "expansion_rules",
            "metadata",
            "required_keywords",
            "settings",
            "inferred_domain",
            "name_domains",
        ];
        let mut block = Block {
            intent: intent.to_owned(),
            sentences: Vec::new(),
            examples: Vec::new(),
            slots: Vec::new(),
            requires: Vec::new(),
            excludes: Vec::new(),
            response: None,
            heard: true,
            local: Names::default(),
        };
        for entry in node.map_of("data", &known)? {
            match entry.key.as_str() {
                "sentences" => {
                    for sentence in entry.value.list("sentences")? {
                        block.sentences.push(self.template(sentence, "sentences")?);
                    }
                }
                "examples" => {
                    for example in entry.value.list("examples")? {
                        block.examples.push(self.example(intent, example)?);
                    }
                }
                "slots" => {
                    let slots = entry.value.map("slots")?;
                    block.slots = slots.iter().map(|slot| (slot.key.clone(), slot.value.value())).collect();
                }
                "requires_context" => block.requires = conditions(&entry.value, "requires_context")?,
                "excludes_context" => block.excludes = conditions(&entry.value, "excludes_context")?,
                "response" => block.response = Some(entry.value.text("response")?),
                "closed_vocabulary" => block.heard = entry.value.bool("closed_vocabulary")?,
                "lists" => block.local.lists = self.read_lists(&entry.value)?,
                "expansion_rules" => block.local.rules = self.read_rules(&entry.value)?,
                _ => {}
            }
        }
        if block.sentences.is_empty() && block.examples.is_empty() {
            let reason = format!("`{intent}` has data without `sentences` or `examples`; add some");
            return Err(Fault::new(node.line, reason));
        }
        Ok(block)
    }

    fn example(&self, intent: &str, node: &Node) -> Result<(Example, Place), Fault> {
        let markup = node.text("examples")?;
        let fault = |reason: String| Fault::new(node.line, format!("in example `{markup}`: {reason}"));
        let example = Example::parse(intent, &markup).map_err(fault)?;
        if !example.text.contains(char::is_alphanumeric) {
            return Err(fault("it says nothing; write what people say".to_owned()));
        }
        Ok((example, self.place(node.line)))
    }

    fn template(&self, node: &Node, what: &str) -> Result<Template, Fault> {
        let text = node.text(what)?;
        let sequence = template::parse(&text).map_err(|error| {
            Fault::new(node.line, format!("in template `{text}`, column {}: {}", error.column, error.reason))
        })?;
        Ok(Template { text, sequence, place: self.place(node.line) })
    }

    fn read_rules(&self, node: &Node) -> Result<BTreeMap<String, Template>, Fault> {
        let rules = node.map("expansion_rules")?;
        rules.iter().map(|rule| Ok((rule.key.clone(), self.template(&rule.value, &rule.key)?))).collect()
    }

    fn read_lists(&self, node: &Node) -> Result<BTreeMap<String, RawList>, Fault> {
        let lists = node.map("lists")?;
        lists.iter().map(|list| Ok((list.key.clone(), self.read_list(list)?))).collect()
    }

    fn read_list(&self, list: &Entry) -> Result<RawList, Fault> {
        let mut kind = None;
        for entry in list.value.map_of(&list.key, &["values", "range", "entity", "wildcard", "metadata"])? {
            let read = match entry.key.as_str() {
                "values" => {
                    let values = entry.value.list("values")?;
                    RawListKind::Values(
                        values.iter().map(|value| self.read_value(value)).collect::<Result<_, _>>()?,
                    )
                }
                "range" => read_range(&entry.value)?,
                "entity" => RawListKind::Entity(read_kind(&entry.value)?),
                "wildcard" if entry.value.bool("wildcard")? => RawListKind::Wildcard,
                _ => continue,
            };
            if kind.replace(read).is_some() {
                let reason = format!(
                    "list `{}` has more than one of `values`, `range`, `entity`, `wildcard`; keep one",
                    list.key
                );
                return Err(Fault::new(entry.line, reason));
            }
        }
        let kind = kind.ok_or_else(|| {
            Fault::new(
                list.line,
                format!(
                    "list `{}` says nothing; give it `values`, `range`, `entity` or `wildcard: true`",
                    list.key
                ),
            )
        })?;
        Ok(RawList { kind, place: self.place(list.line) })
    }

    fn read_value(&self, node: &Node) -> Result<RawValue, Fault> {
        let plain =
            |node: &Node| node.map("values").is_err() || node.map("values").is_ok_and(<[_]>::is_empty);
        if plain(node) {
            let template = self.template(node, "values")?;
            let value = Value::String(template.text);
            return Ok(RawValue {
                said: Said::Template(template.sequence),
                value,
                context: Vec::new(),
                place: template.place,
            });
        }
        let (mut said, mut out, mut context) = (None, None, Vec::new());
        for entry in node.map_of("values", &["in", "out", "context", "metadata"])? {
            match entry.key.as_str() {
                "in" => said = Some(self.template(&entry.value, "in")?),
                "out" => out = Some(entry.value.value()),
                "context" => {
                    let keys = entry.value.map("context")?;
                    context = keys.iter().map(|key| (key.key.clone(), key.value.value())).collect();
                }
                _ => {}
            }
        }
        let said =
            said.ok_or_else(|| Fault::new(node.line, "a list value has no `in`; write how it is said"))?;
        let value = out.unwrap_or_else(|| Value::String(said.text.clone()));
        Ok(RawValue { said: Said::Template(said.sequence), value, context, place: said.place })
    }

    fn read_responses(&mut self, node: &Node) -> Result<(), Fault> {
        for part in node.map_of("responses", &["intents", "errors"])? {
            if part.key != "intents" {
                continue;
            }
            for intent in part.value.map("intents")? {
                for answer in intent.value.map(&intent.key)? {
                    let text = answer.value.text(&answer.key)?;
                    self.raw.responses.add(&intent.key, &answer.key, &text).map_err(|(line, reason)| {
                        // A block of lines starts under its key.
                        let first = if text.contains('\n') { answer.line + 1 } else { answer.value.line };
                        Fault::new(
                            first + line.saturating_sub(1),
                            format!("answer `{}`: {reason}", answer.key),
                        )
                    })?;
                }
            }
        }
        Ok(())
    }
}

fn check_language(wanted: &str, entries: &[Entry]) -> Result<(), Fault> {
    let Some(entry) = entries.iter().find(|entry| entry.key == "language") else {
        return Err(Fault::new(1, format!("`language` is missing; write `language: {wanted}` at the top")));
    };
    let found = entry.value.text("language")?;
    let tag = |language: &str| language.split(['-', '_']).next().unwrap_or_default().to_lowercase();
    if tag(&found) == tag(wanted) {
        return Ok(());
    }
    let reason = format!("this file is for `{found}`, not `{wanted}`; move it to the folder of its language");
    Err(Fault::new(entry.value.line, reason))
}

fn merge_lists(all: &mut BTreeMap<String, RawList>, lists: BTreeMap<String, RawList>) -> Result<(), Fault> {
    for (name, list) in lists {
        let Some(before) = all.get_mut(&name) else {
            all.insert(name, list);
            continue;
        };
        match (&mut before.kind, list.kind) {
            (RawListKind::Values(values), RawListKind::Values(more)) => values.extend(more),
            (RawListKind::Values(_), _) | (_, RawListKind::Values(_)) => {
                let reason = format!(
                    "list `{name}` is of another kind at {}; give one of them another name",
                    before.place.short()
                );
                return Err(Fault::new(list.place.line, reason));
            }
            (kind, other) => *kind = other,
        }
    }
    Ok(())
}

/// `entity: duration`.
fn read_kind(node: &Node) -> Result<Kind, Fault> {
    let name = node.text("entity")?;
    Kind::named(&name).ok_or_else(|| {
        let known = Kind::ALL.map(Kind::name);
        let mend = yaml::suggestion(&name, known).map_or_else(
            || format!("known are `{}`", known.join("`, `")),
            |near| format!("did you mean `{near}`?"),
        );
        Fault::new(node.line, format!("there is no entity `{name}`; {mend}"))
    })
}

fn read_range(node: &Node) -> Result<RawListKind, Fault> {
    let known = [
        "from",
        "to",
        "step",
        "type",
        "fraction_type",
        "fractions",
        "multiplier",
        "digits",
        "words",
        "words_language",
    ];
    let (mut from, mut to, mut step, mut multiplier) = (None, None, 1, None);
    let (mut halves, mut tenths) = (false, false);
    for entry in node.map_of("range", &known)? {
        match entry.key.as_str() {
            "from" => from = Some(entry.value.whole_number("from")?),
            "to" => to = Some(entry.value.whole_number("to")?),
            "step" => step = entry.value.whole_number("step")?,
            "multiplier" => multiplier = Some(entry.value.number("multiplier")?),
            "fraction_type" | "fractions" => match entry.value.text("fraction_type")?.as_str() {
                "halves" => halves = true,
                "tenths" => tenths = true,
                other => {
                    let reason = format!("`{}` is `halves` or `tenths`, not `{other}`", entry.key);
                    return Err(Fault::new(entry.line, reason));
                }
            },
            "type" => {
                let kind = entry.value.text("type")?;
                if !["number", "percentage", "temperature"].contains(&kind.as_str()) {
                    let reason = format!("`type` is `number`, `percentage` or `temperature`, not `{kind}`");
                    return Err(Fault::new(entry.line, reason));
                }
            }
            _ => {}
        }
    }
    let (Some(from), Some(to)) = (from, to) else {
        return Err(Fault::new(node.line, "a range needs `from` and `to`"));
    };
    let limit = crate::nlu::numbers::LIMIT;
    if from > to || step < 1 || from < -limit || to > limit {
        let reason = format!(
            "no number is in the range {from} to {to} by {step}; `from` must not be above `to`, `step` at least 1, both within ±{limit}"
        );
        return Err(Fault::new(node.line, reason));
    }
    Ok(RawListKind::Range { from, to, step, multiplier, halves, tenths })
}

/// `domain: light`, `domain: [light, switch]`, `domain: {value: light, slot: true}`, `area: {slot: true}`.
fn conditions(node: &Node, what: &str) -> Result<Vec<Condition>, Fault> {
    let values = |value: Value| match value {
        Value::Null => None,
        Value::Array(values) => Some(values),
        one => Some(vec![one]),
    };
    let mut conditions = Vec::new();
    for entry in node.map(what)? {
        let mut condition = Condition { key: entry.key.clone(), values: None, slot: false };
        if let Ok(parts) = entry.value.map_of(&entry.key, &["value", "slot"]) {
            for part in parts {
                match part.key.as_str() {
                    "slot" => condition.slot = part.value.bool("slot")?,
                    _ => condition.values = values(part.value.value()),
                }
            }
        } else if entry.value.map(&entry.key).is_ok() {
            entry.value.map_of(&entry.key, &["value", "slot"])?;
        } else {
            condition.values = values(entry.value.value());
        }
        conditions.push(condition);
    }
    Ok(conditions)
}
