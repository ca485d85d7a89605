//! From text to intent. No IO of any kind happens here: files are read by the caller.

pub mod count;
pub mod entities;
pub mod follow_up;
pub mod grammar;
pub mod import;
pub mod lint;
mod matcher;
pub mod months;
pub mod names;
pub mod numbers;
pub mod responses;
pub mod sample;
pub mod sentences;
pub mod snips;
pub mod trained;

pub mod template;
pub mod text;

use std::collections::BTreeMap;
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
    /// What else it could have been, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
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

impl Slot {
    /// A slot that nobody said: the sentence sets it, or it comes with another.
    #[must_use]
    pub fn unspoken(name: &str, value: &Value) -> Self {
        Self { name: name.to_owned(), raw: String::new(), value: value.clone(), range: None }
    }
}

/// Another intent that a text could have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    pub intent: String,
    /// 0–1.
    pub confidence: f32,
}

/// Why a text was understood as it was.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Explanation {
    /// `template`, `near` (a template whose names were not said word for word) or `trained`.
    pub stage: String,
    /// The template that matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Where that template stands: `lights.yaml:12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What in the text spoke most for the intent, most first (the trained stage).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<Feature>,
    /// How each slot got its value: "list `name`", "comes with `name`", "set by the sentence".
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub slots: BTreeMap<String, String>,
    /// The confidence from which an intent is acted on; 0–1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f32>,
    /// The next best reading: its intent and confidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner_up: Option<String>,
    /// Words that were taken for something that is only near to them: "`study lite` as `Study Light`".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<String>,
}

/// Something about a text that speaks for an intent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// "words `turn on`", "a known `name`".
    pub name: String,
    /// Its share of the intent's score; larger is more.
    pub weight: f32,
}

impl Intent {
    /// An intent that nobody said: the assistant's own.
    #[must_use]
    pub fn unspoken(intent: &str) -> Self {
        Self {
            intent: intent.to_owned(),
            text: String::new(),
            confidence: 1.0,
            slots: Vec::new(),
            alternatives: Vec::new(),
            response: None,
            why: Explanation { stage: "own".into(), ..Explanation::default() },
        }
    }

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

/// What a text means by one sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Index in [`grammar::Grammar::sentences`].
    pub sentence: usize,
    /// 0 for the best; those of the same rank are told apart only by their order in the files.
    pub rank: usize,
    pub intent: Intent,
}

impl Candidate {
    /// Whether both lead to the same deed: intent and values of the slots.
    #[must_use]
    pub fn means_the_same(&self, other: &Self) -> bool {
        let slots = |candidate: &Self| {
            let slots = candidate.intent.slots.iter();
            let mut slots: Vec<_> = slots.map(|slot| (slot.name.clone(), slot.value.to_string())).collect();
            slots.sort();
            slots
        };
        self.intent.intent == other.intent.intent && slots(self) == slots(other)
    }
}

/// Understands text in one language: the grammar, its compiled matcher and, where a model was
/// trained, the stage that understands what no sentence says.
pub struct Understanding {
    grammar: grammar::Grammar,
    matcher: matcher::Matcher,
    trained: Option<trained::Stage>,
    caution: trained::Caution,
    names: names::Resolver,
}

impl Understanding {
    /// Compiles a grammar. Only its sentences are understood, until [`Understanding::add_trained`].
    ///
    /// # Errors
    /// Never for a grammar that `sentences::load` made.
    pub fn new(grammar: grammar::Grammar) -> Result<Self, NluError> {
        let matcher = matcher::Matcher::new(&grammar);
        let names = names::Resolver::new(&grammar);
        Ok(Self { grammar, matcher, names, trained: None, caution: trained::Caution::default() })
    }

    /// Adds the trained stage, with a model that was trained from this grammar's
    /// [`trained::Material`].
    pub fn add_trained(&mut self, model: trained::Trained, caution: trained::Caution) {
        self.trained = Some(trained::Stage::new(&self.grammar, model));
        self.caution = caution;
    }

    /// Understands a text. The same text always gives the same answer.
    ///
    /// What a sentence says word for word is certain. What none says may be one with a name that was
    /// misheard; what is not even that is put to the trained stage, which answers when it is sure
    /// enough.
    #[must_use]
    pub fn understand(&self, text: &str) -> Understood {
        if let Some(mut intent) = self.exactly(text) {
            intent.why.threshold = Some(self.caution.threshold());
            return Understood::Intent(intent);
        }
        let threshold = self.caution.threshold();
        match self.nearly(text) {
            Some(Understood::Intent(intent)) if intent.confidence < threshold => {}
            Some(Understood::Intent(mut intent)) => {
                intent.why.threshold = Some(threshold);
                return Understood::Intent(intent);
            }
            Some(unsure) => return unsure,
            None => {}
        }
        match &self.trained {
            Some(trained) => trained.understand(text, self, self.caution),
            None => Understood::Nothing(Rejection { reason: "no sentence says that".into(), nearest: None }),
        }
    }

    /// What a text says by the templates, where names may be misheard or cut short; `None` where no
    /// template is near. Ask [`Understanding::exactly`] first.
    #[must_use]
    pub fn nearly(&self, text: &str) -> Option<Understood> {
        self.matcher.nearly(&self.grammar, &self.names, text)
    }

    /// Other limits for names that are not said word for word, for trying them out.
    pub fn set_name_limits(&mut self, limits: names::Limits) {
        self.names.set_limits(limits);
    }

    /// Resolves names that are not said word for word.
    #[must_use]
    pub fn names(&self) -> &names::Resolver {
        &self.names
    }

    /// What a text says word for word, by the templates alone.
    #[must_use]
    pub fn exactly(&self, text: &str) -> Option<Intent> {
        let best = self.matcher.understand(&self.grammar, text)?;
        // Guests (plugins) are `space.Name`. What the household says itself stays the household's.
        if best.intent.contains('.')
            && let Some(own) = self.readings(text).into_iter().find(|one| !one.intent.intent.contains('.'))
        {
            return Some(own.intent);
        }
        Some(best)
    }

    /// What a text can mean by each sentence that says it word for word, best first.
    #[must_use]
    pub fn readings(&self, text: &str) -> Vec<Candidate> {
        self.matcher.all(&self.grammar, text)
    }

    /// What words mean as a value of a list (an index in [`grammar::Grammar::lists`]): the very
    /// words, else what they are near to.
    #[must_use]
    pub fn resolve(&self, list: usize, raw: &str) -> Resolved {
        if let Some((value, context)) = self.matcher.value(&self.grammar, list, raw) {
            return Resolved::One(Meaning { value, context, how: "list".into() });
        }
        let near = |(index, score): (usize, f32)| {
            let grammar::ListKind::Values(values) = &self.grammar.lists[list].kind else { return None };
            let grammar::ListValue { value, context, .. } = values.get(index)?;
            let how = format!("near ({score:.2}) in list");
            Some(Meaning { value: value.clone(), context: context.clone(), how })
        };
        match self.names.resolve(list, raw) {
            names::Resolution::Sure(index, score) => {
                near((index, score)).map_or(Resolved::Nothing, Resolved::One)
            }
            names::Resolution::Several(several) => {
                Resolved::Several(several.into_iter().filter_map(near).collect())
            }
            names::Resolution::None => Resolved::Nothing,
        }
    }

    #[must_use]
    pub fn grammar(&self) -> &grammar::Grammar {
        &self.grammar
    }
}

/// What words can mean as a value of a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Resolved {
    /// The list has no such value.
    Nothing,
    One(Meaning),
    /// Better asked than guessed; best first, at least two.
    Several(Vec<Meaning>),
}

/// A value with what comes with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Meaning {
    pub value: Value,
    /// Slots that the value brings along, as its `domain`.
    pub context: Vec<(String, Value)>,
    /// How it was found, before the list's name: "list" for the very words.
    pub how: String,
}
