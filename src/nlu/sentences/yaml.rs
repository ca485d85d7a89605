//! YAML as a tree whose every node knows its line.
//!
//! Sentence files are read through this tree instead of derived structs, so that an unknown key
//! can be refused with its line and a suggestion, and so that each template keeps its place.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::Spanned;

/// A node and the line it starts at, from 1.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub line: usize,
    pub kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key of a mapping with its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub key: String,
    pub line: usize,
    pub value: Node,
}

/// A fault at a line.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub line: usize,
    pub reason: String,
}

impl Fault {
    pub fn new(line: usize, reason: impl Into<String>) -> Self {
        Self { line, reason: reason.into() }
    }
}

/// Reads one document.
pub(crate) fn read(text: &str) -> Result<Node, Fault> {
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    serde_saphyr::from_str_with_options::<Node>(text, options).map_err(|error| {
        let line = error.location().map_or(1, |location| location.line() as usize);
        let message = error.to_string();
        let short = message.lines().next().unwrap_or("it cannot be read").trim();
        Fault::new(line.max(1), format!("this is not valid YAML: {short}"))
    })
}

impl Node {
    /// What it is, for messages.
    fn noun(&self) -> &'static str {
        match self.kind {
            Kind::Null => "nothing",
            Kind::Bool(_) => "true/false",
            Kind::Number(_) => "a number",
            Kind::Text(_) => "text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a mapping",
        }
    }

    fn expected(&self, what: &str, wanted: &str) -> Fault {
        Fault::new(self.line, format!("`{what}` must be {wanted}, not {}", self.noun()))
    }

    /// The entries of a mapping; an empty node is an empty mapping.
    pub fn map(&self, what: &str) -> Result<&[Entry], Fault> {
        match &self.kind {
            Kind::Map(entries) => Ok(entries),
            Kind::Null => Ok(&[]),
            _ => Err(self.expected(what, "a mapping (`key: value` lines)")),
        }
    }

    /// The entries of a mapping that can only have these keys.
    pub fn map_of(&self, what: &str, known: &[&str]) -> Result<&[Entry], Fault> {
        let entries = self.map(what)?;
        for entry in entries {
            if !known.contains(&entry.key.as_str()) {
                let mend = suggestion(&entry.key, known.iter().copied()).map_or_else(
                    || format!("known are `{}`", known.join("`, `")),
                    |near| format!("did you mean `{near}`?"),
                );
                return Err(Fault::new(
                    entry.line,
                    format!("unknown key `{}` in `{what}`; {mend}", entry.key),
                ));
            }
        }
        Ok(entries)
    }

    /// The items of a list; an empty node is an empty list.
    pub fn list(&self, what: &str) -> Result<&[Node], Fault> {
        match &self.kind {
            Kind::List(items) => Ok(items),
            Kind::Null => Ok(&[]),
            _ => Err(self.expected(what, "a list (lines starting with `-`)")),
        }
    }

    /// Text; numbers are taken as written.
    pub fn text(&self, what: &str) -> Result<String, Fault> {
        match &self.kind {
            Kind::Text(text) => Ok(text.clone()),
            Kind::Number(number) => Ok(number.to_string()),
            Kind::Bool(_) => Err(self.expected(what, "text; put it in quotes")),
            _ => Err(self.expected(what, "text")),
        }
    }

    pub fn whole_number(&self, what: &str) -> Result<i64, Fault> {
        match &self.kind {
            Kind::Number(number) if number.is_i64() => Ok(number.as_i64().unwrap_or_default()),
            _ => Err(self.expected(what, "a whole number")),
        }
    }

    pub fn number(&self, what: &str) -> Result<f64, Fault> {
        match &self.kind {
            Kind::Number(number) => number.as_f64().ok_or_else(|| self.expected(what, "a number")),
            _ => Err(self.expected(what, "a number")),
        }
    }

    pub fn bool(&self, what: &str) -> Result<bool, Fault> {
        match self.kind {
            Kind::Bool(value) => Ok(value),
            _ => Err(self.expected(what, "`true` or `false`")),
        }
    }

    /// Any value, as JSON.
    pub fn value(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::List(items) => Value::Array(items.iter().map(Node::value).collect()),
            Kind::Map(entries) => Value::Object(
                entries.iter().map(|entry| (entry.key.clone(), entry.value.value())).collect::<Map<_, _>>(),
            ),
        }
    }
}

/// The nearest known word, where one is near.
pub fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Kind>::deserialize(deserializer)?;
        Ok(Self { line: spanned.referenced.line() as usize, kind: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KindVisitor)
    }
}

struct KindVisitor;

impl<'de> Visitor<'de> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any YAML value")
    }

    fn visit_unit<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_none<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Kind, E> {
        Ok(Kind::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Kind, E> {
        Ok(Kind::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Kind, E> {
        Ok(Kind::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Kind, E> {
        Ok(Number::from_f64(value).map_or_else(|| Kind::Text(value.to_string()), Kind::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Kind, E> {
        Ok(Kind::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Kind, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Kind::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kind, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let line = key.referenced.line() as usize;
            entries.push(Entry { key: key.value, line, value: map.next_value()? });
        }
        Ok(Kind::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_knows_its_line() {
        let node = read("a: 1\nb:\n  - x\n  - y: true\n    on: 2.5\n").unwrap();
        let entries = node.map("file").unwrap();
        assert_eq!((entries[1].key.as_str(), entries[1].line), ("b", 2));
        let items = entries[1].value.list("b").unwrap();
        assert_eq!((items[0].line, items[1].line), (3, 4));
        assert_eq!(items[1].map("b").unwrap()[1].line, 5);
        assert_eq!(node.value(), serde_json::json!({"a": 1, "b": ["x", {"y": true, "on": 2.5}]}));
    }

    #[test]
    fn broken_yaml_is_a_fault_with_its_line() {
        let fault = read("a: 1\nb: [x\nc: 2\n").unwrap_err();
        assert!((2..=4).contains(&fault.line), "{fault:?}");
        assert!(fault.reason.starts_with("this is not valid YAML"), "{fault:?}");
        assert!(read("a: 1\na: 2\n").unwrap_err().reason.contains("duplicate"));
    }

    #[test]
    fn unknown_keys_get_a_suggestion() {
        let node = read("sentences: []\nslotz: {}\n").unwrap();
        let fault = node.map_of("data", &["sentences", "slots"]).unwrap_err();
        assert_eq!(fault.line, 2);
        assert_eq!(fault.reason, "unknown key `slotz` in `data`; did you mean `slots`?");
    }
}
