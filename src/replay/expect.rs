//! What recordings should lead to, for testers with many files.
//!
//! ```yaml
//! lamp.flac:
//!   intent: HassTurnOn
//!   slots: { name: Kitchen light }
//!   reply: "I turned on the kitchen light."
//! chatter.flac:
//!   intent: none        # must not be acted on
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::cli::show;
use crate::event::{Event, EventKind};
use crate::nlu::Intent;
use crate::{Error, Result};

/// Expected results by recording: its file name, or the end of its path.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Expectations(BTreeMap<String, Expected>);

/// What one recording should lead to. What is left out is not checked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// `none`: no intent and no action.
    intent: Option<String>,
    /// Slots that must be there, with these values.
    #[serde(default)]
    slots: BTreeMap<String, Value>,
    reply: Option<String>,
}

/// One thing that came out otherwise than expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub recording: String,
    pub what: String,
    pub expected: String,
    pub found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { recording, what, expected, found } = self;
        write!(f, "{recording}: {what}\n  expected  {expected}\n  found     {found}")
    }
}

impl Expectations {
    /// Reads a YAML (or JSON) file.
    ///
    /// # Errors
    /// When it cannot be read or is not of the form above, with the line.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(Error::io("read the expectations", path))?;
        serde_saphyr::from_str(&text).map_err(|error| {
            Error::Input(format!(
                "{}: {error}; each recording has `intent`, `slots` and `reply`",
                path.display()
            ))
        })
    }

    /// Compares the events of one recording; `None` when nothing is expected of it.
    #[must_use]
    pub fn compare(&self, recording: &str, events: &[Event]) -> Option<Vec<Difference>> {
        let (_, expected) = self.0.iter().find(|(name, _)| is_named(recording, name))?;
        let mut differences = Vec::new();
        let mut differ = |what: &str, expected: String, found: String| {
            differences.push(Difference {
                recording: recording.to_owned(),
                what: what.to_owned(),
                expected,
                found,
            });
        };
        let intents: Vec<&Intent> = events
            .iter()
            .filter_map(|event| if let EventKind::Intent(intent) = &event.kind { Some(intent) } else { None })
            .collect();
        let named = |intent: Option<&&Intent>| intent.map_or_else(|| "none".to_owned(), |i| i.intent.clone());
        if let Some(name) = &expected.intent
            && !(intents.iter().any(|intent| intent.intent == *name) || intents.is_empty() && name == "none")
        {
            differ("intent", name.clone(), named(intents.first()));
        }
        for (name, value) in &expected.slots {
            let found = intents.iter().find_map(|intent| intent.slot(name));
            if !found.is_some_and(|found| same(found, value)) {
                let found = found.map_or_else(|| "nothing".to_owned(), show::value);
                differ(&format!("slot `{name}`"), show::value(value), found);
            }
        }
        if let Some(reply) = &expected.reply {
            let replies: Vec<&str> = events
                .iter()
                .filter_map(|event| match &event.kind {
                    EventKind::Reply { text, .. } => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            if !replies.contains(&reply.as_str()) {
                let found = if replies.is_empty() { "nothing".to_owned() } else { replies.join(" / ") };
                differ("reply", reply.clone(), found);
            }
        }
        Some(differences)
    }

    /// Names that none of these recordings bears.
    #[must_use]
    pub fn missing(&self, recordings: &[String]) -> Vec<&str> {
        self.0
            .keys()
            .map(String::as_str)
            .filter(|name| !recordings.iter().any(|recording| is_named(recording, name)))
            .collect()
    }
}

/// Whether a recording's path ends in these components.
fn is_named(recording: &str, name: &str) -> bool {
    Path::new(recording).ends_with(name)
}

/// Numbers are equal by value (50 and 50.0), everything else by itself.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9,
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::Slot;

    fn light_on() -> Vec<Event> {
        let slot =
            |name: &str, value: Value| Slot { name: name.into(), raw: String::new(), value, range: None };
        let intent = Intent {
            intent: "HassLightSet".into(),
            text: String::new(),
            confidence: 1.0,
            slots: vec![slot("name", "Lamp".into()), slot("brightness", 50.into())],
            why: crate::nlu::Explanation::default(),
            alternatives: Vec::new(),
            response: None,
        };
        let reply = EventKind::Reply { text: "Done.".into(), language: "en".into(), slow: false };
        vec![Event::new(0, EventKind::Intent(intent)), Event::new(0, reply)]
    }

    fn expectations(yaml: &str) -> Expectations {
        serde_saphyr::from_str(yaml).unwrap()
    }

    #[test]
    fn what_came_as_expected_gives_no_difference() {
        let yaml = "a.wav: {intent: HassLightSet, slots: {name: Lamp, brightness: 50.0}, reply: Done.}";
        assert_eq!(expectations(yaml).compare("dir/a.wav", &light_on()), Some(vec![]));
        assert_eq!(expectations(yaml).compare("dir/b.wav", &light_on()), None);
    }

    #[test]
    fn every_difference_is_named() {
        let yaml = "a.wav: {intent: none, slots: {name: Fan, area: Hall}, reply: Sorry.}";
        let found = expectations(yaml).compare("a.wav", &light_on()).unwrap();
        let what: Vec<_> = found.iter().map(|difference| difference.what.as_str()).collect();
        assert_eq!(what, ["intent", "slot `area`", "slot `name`", "reply"]);
        assert_eq!(found[3].to_string(), "a.wav: reply\n  expected  Sorry.\n  found     Done.");
    }

    #[test]
    fn unknown_keys_are_refused() {
        assert!(serde_saphyr::from_str::<Expectations>("a.wav: {intend: X}").is_err());
    }

    #[test]
    fn recordings_that_were_not_replayed_are_missing() {
        let all = expectations("a.wav: {}\nsub/b.wav: {}\n");
        assert_eq!(all.missing(&["x/a.wav".into()]), ["sub/b.wav"]);
    }
}
