//! What can be asked, and how an answer completes what was wanted.
//!
//! A skill that lacks something asks a [`Question`]. Whatever is answered goes into the slots of the
//! intent that asked, and the skill is run again: a skill keeps nothing between question and answer.

use std::borrow::Cow;

use serde_json::Value;

use crate::event::Expected;
use crate::nlu::entities::Kind;
use crate::nlu::{Intent, Slot};

/// Something to ask before going on.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What is said.
    pub text: String,
    pub expects: Expects,
    /// What is run again with the answer in its slots; `None` is the intent that asked.
    pub intent: Option<Intent>,
}

/// What an answer can be.
#[derive(Debug, Clone, PartialEq)]
pub enum Expects {
    /// A value for a slot: the first of these that the words are.
    Value(Vec<(Cow<'static, str>, ValueOf)>),
    /// One of these, or several, or none.
    Choice(Vec<Choice>),
    /// Yes or no. After a yes the skill is run with [`crate::skills::World::confirmed`] set.
    Confirmation,
    /// Yes or no, and both go to whoever asked: in the slot `answer`, with this in `state`.
    YesNo { state: Value },
    /// Whatever is said: the skill is run with the words in the slot `answer`, and this in `state`.
    Words { state: Value },
    /// Something rings: "stop", "five more minutes", and nothing else. It is asked once.
    Ring,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueOf {
    /// A typed value: a duration, a percentage.
    Entity(Kind),
    /// A value of a list of the answers' sentence files: `name`, `area`.
    List(Cow<'static, str>),
    /// Any words.
    Words,
}

/// One of several to choose from.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// As it is offered: "the Desk Lamp".
    pub name: String,
    /// What else it can be called in an answer: its room, its other names.
    pub also: Vec<String>,
    /// What choosing it puts into the intent.
    pub slots: Vec<(String, Value)>,
}

impl Question {
    #[must_use]
    pub fn new(text: impl Into<String>, expects: Expects) -> Self {
        Self { text: text.into(), expects, intent: None }
    }

    /// Runs this intent with the answer, rather than the one that asked.
    #[must_use]
    pub fn about(self, intent: Intent) -> Self {
        Self { intent: Some(intent), ..self }
    }
}

impl Expects {
    /// A value for a slot: the first of these that the words are.
    #[must_use]
    pub fn first_of(values: &[(&'static str, ValueOf)]) -> Self {
        Self::Value(values.iter().map(|(slot, of)| (Cow::Borrowed(*slot), of.clone())).collect())
    }

    /// What is expected, as events tell it.
    #[must_use]
    pub fn kind(&self) -> Expected {
        match self {
            Self::Value(_) => Expected::Value,
            Self::Choice(_) => Expected::Choice,
            Self::Confirmation | Self::YesNo { .. } => Expected::Confirmation,
            Self::Words { .. } => Expected::Words,
            Self::Ring => Expected::Ring,
        }
    }

    /// What there is to choose from.
    #[must_use]
    pub fn options(&self) -> Vec<String> {
        match self {
            Self::Choice(options) => options.iter().map(|option| option.name.clone()).collect(),
            _ => Vec::new(),
        }
    }
}

/// The intent with an answer in its slots; `said` are the words of the answer.
#[must_use]
pub fn complete(intent: &Intent, slots: &[(String, Value)], said: &str) -> Intent {
    let mut intent = intent.clone();
    "answer".clone_into(&mut intent.why.stage);
    for (name, value) in slots {
        // What came with another value (a name's domain) need not hold for this one.
        let origin = format!("comes with `{name}`");
        intent.slots.retain(|slot| slot.name != *name && intent.why.slots.get(&slot.name) != Some(&origin));
        intent.why.slots.retain(|_, known| *known != origin);
        intent.why.slots.insert(name.clone(), "answered".into());
        intent.slots.push(Slot { raw: said.to_owned(), ..Slot::unspoken(name, value) });
    }
    intent
}
