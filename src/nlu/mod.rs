//! From text to intent. No IO of any kind happens here: files are read by the caller.

pub mod entities;
pub mod grammar;
mod matcher;
pub mod numbers;
pub mod responses;
pub mod sentences;
pub mod snips;
pub mod trained;

pub mod template;
pub mod text;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use sentences::suggestion;

/// What somebody wants, and why we think so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// The intent's name, as in the sentence files: `HassTurnOn`.
    pub intent: String,
    /// The text that was understood.
    pub text: String,
    /// 0–1; a template that matches exactly gives 1.
    pub confidence: f32,
    pub slots: Vec<Slot>,
    /// The key of the answer under `responses`; `None` is `default`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    pub why: Explanation,
}

/// One value that the sentence carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slot {
    pub name: String,
    /// The words as spoken; empty for a slot that the sentence file sets by itself.
    pub raw: String,
    /// What they mean: a list's `out`, a number, or the words.
    pub value: Value,
    /// Characters of the text that the words stand in: first, and one past the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[usize; 2]>,
}

/// Why a text was understood as it was.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Explanation {
    /// `template` or `trained`.
    pub stage: String,
    /// The template that matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Where that template stands: `lights.yaml:12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The next best reading: its intent and confidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner_up: Option<String>,
}

impl Intent {
    /// The value of a slot.
    #[must_use]
    pub fn slot(&self, name: &str) -> Option<&Value> {
        self.slots.iter().find(|slot| slot.name == name).map(|slot| &slot.value)
    }

    /// Whether the area that the microphone is in is meant ("the lights in here"): the slot `area`
    /// is there, and null.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.slot("area").is_some_and(Value::is_null)
    }

    /// The value of a slot, when it is text.
    #[must_use]
    pub fn slot_str(&self, name: &str) -> Option<&str> {
        self.slot(name).and_then(Value::as_str)
    }

    /// The value of a slot, when it is a number.
    #[must_use]
    pub fn slot_number(&self, name: &str) -> Option<f64> {
        self.slot(name).and_then(Value::as_f64)
    }
}

/// What is wrong with a sentence file.
#[derive(Debug, thiserror::Error)]
pub enum NluError {
    /// A fault at a line of a file. `reason` says how to mend it.
    #[error("{}:{line}: {reason}", file.display())]
    Sentence { file: PathBuf, line: usize, reason: String },
    /// A folder holds no sentence files for the language.
    #[error("no sentence files for `{language}` in `{}`; put some in `{}/{language}/*.yaml`", folder.display(), folder.display())]
    NoSentences { folder: PathBuf, language: String },
}

/// What came of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Understood {
    /// Sure enough to act on.
    Intent(Intent),
    /// Everything is clear but one value, which could be one of several: better asked than guessed.
    Unsure(Doubt),
    /// Not to be acted on.
    Nothing(Rejection),
}

/// An intent with a slot that could mean several things.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubt {
    /// With the best candidate in the slot.
    pub intent: Intent,
    /// The slot in question.
    pub slot: String,
    /// What it could mean, best first; at least two.
    pub candidates: Vec<Value>,
}

/// Why a text is not acted on.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejection {
    /// "no sentence says that", with what else is known.
    pub reason: String,
    /// What it was most like.
    pub nearest: Option<Intent>,
}

impl Understood {
    /// The intent, where it is sure enough to act on.
    #[must_use]
    pub fn intent(self) -> Option<Intent> {
        match self {
            Self::Intent(intent) => Some(intent),
            Self::Unsure(_) | Self::Nothing(_) => None,
        }
    }
}

/// Understands text in one language: the grammar and its compiled matcher.
pub struct Understanding {
    grammar: grammar::Grammar,
    matcher: matcher::Matcher,
}

impl Understanding {
    /// Compiles a grammar.
    ///
    /// # Errors
    /// Never for a grammar that `sentences::load` made.
    pub fn new(grammar: grammar::Grammar) -> Result<Self, NluError> {
        let matcher = matcher::Matcher::new(&grammar);
        Ok(Self { grammar, matcher })
    }

    /// Understands a text. The same text always gives the same answer.
    #[must_use]
    pub fn understand(&self, text: &str) -> Understood {
        match self.exactly(text) {
            Some(intent) => Understood::Intent(intent),
            None => Understood::Nothing(Rejection { reason: "no sentence says that".into(), nearest: None }),
        }
    }

    /// What a text says word for word, by the templates alone.
    #[must_use]
    pub fn exactly(&self, text: &str) -> Option<Intent> {
        self.matcher.understand(&self.grammar, text)
    }

    #[must_use]
    pub fn grammar(&self) -> &grammar::Grammar {
        &self.grammar
    }
}
