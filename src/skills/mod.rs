//! What the house can do, one file per skill.
//!
//! A skill takes an intent and the [`World`], acts, and says what it did. Who asks, and how the
//! answer is spoken, is not its business. What it lacks it asks for ([`Skill::needs`],
//! [`Stop::Ask`]), and what it did it tells how to undo ([`Undo`]); docs/dialogue.md says more. To
//! add one: a file, a line in [`SKILLS`].

pub mod alarm;
mod climate;
mod clock;
mod confirm;
mod light;
mod media;
mod position;
pub mod ringing;
mod state;
mod switch;
mod talk;
pub mod target;
pub mod timer;
mod undo;
mod vacuum;
mod volume;
pub mod words;

use jiff::{Timestamp, ZonedDateTime};
use serde_json::{Value, json};

use std::borrow::Cow;

use crate::clock::Uptime;
use crate::config::Confirm;
use crate::dialogue::{Expects, Question, ValueOf};
use crate::event::{EventKind, SessionEndReason};
use crate::home::{Device, SimulatedHome, State};
use crate::nlu::Intent;
use crate::store::{Store, StoreError};

pub use volume::own_volume;
use words::Words;

/// Every built-in skill.
static SKILLS: &[&dyn Skill] = &[
    &switch::Switch,
    &light::Light,
    &position::Position,
    &state::StateQuestions,
    &climate::Climate,
    &clock::Clock,
    &timer::Timers,
    &alarm::Alarms,
    &ringing::Rings,
    &media::Media,
    &volume::Volume,
    &vacuum::Vacuum,
    &talk::Talk,
    #[cfg(test)]
    &testing::Faulty,
];

/// Something the house can do.
pub trait Skill: Sync {
    /// Names of the intents that it acts on.
    fn intents(&self) -> &'static [&'static str];

    /// What must be known before it can act, and how to ask for it.
    fn needs(&self) -> &'static [Need] {
        &[]
    }

    /// Acts.
    ///
    /// # Errors
    /// [`Stop::Answer`] when nothing can be done, with the reason in words; [`Stop::Ask`] when
    /// something must be known first; [`Stop::Store`] when what was done cannot be kept.
    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop>;
}

/// The skill for an intent, where there is one.
#[must_use]
pub fn find(intent: &str) -> Option<&'static dyn Skill> {
    SKILLS.iter().copied().find(|skill| skill.intents().contains(&intent))
}

/// Something that an intent cannot do without.
pub struct Need {
    pub intent: &'static str,
    /// One of these slots must be filled.
    pub any_of: &'static [&'static str],
    /// What an answer may be, each for a slot of its own; the first that fits.
    pub expects: &'static [(&'static str, ValueOf)],
    /// The question.
    pub ask: fn(&dyn Words) -> String,
}

impl Need {
    /// The question, where an intent lacks this.
    #[must_use]
    pub fn question(&self, intent: &Intent, words: &dyn Words) -> Option<Question> {
        let filled = self.any_of.iter().any(|slot| intent.slot(slot).is_some());
        if self.intent != intent.intent || filled {
            return None;
        }
        let expects = self.expects.iter().map(|(slot, of)| (Cow::Borrowed(*slot), of.clone()));
        Some(Question::new((self.ask)(words), Expects::Value(expects.collect())))
    }
}

/// What a skill sees and can change.
pub struct World<'a> {
    pub house: &'a mut SimulatedHome,
    pub timers: &'a mut timer::TimerBook,
    pub alarms: &'a mut alarm::AlarmBook,
    pub store: &'a mut dyn Store,
    pub now: ZonedDateTime,
    /// The same by the clock that nobody sets, where there is one.
    pub uptime: Option<Uptime>,
    pub language: &'a str,
    /// The area that the microphone is in.
    pub area: Option<&'a str>,
    /// Sentences that the household can say.
    pub examples: &'a [String],
    pub last_reply: Option<&'a str>,
    /// Which changes of devices are asked about first.
    pub confirm: Confirm,
    /// Somebody was asked about this very intent, and said yes.
    pub confirmed: bool,
    /// How to undo what was done so far; [`World::change`] keeps it for devices.
    pub undo: Vec<Undo>,
}

/// One moment by both clocks.
#[derive(Debug, Clone)]
pub struct Moment {
    pub now: Timestamp,
    pub uptime: Option<Uptime>,
}

/// How something that was done is undone.
#[derive(Debug, Clone, PartialEq)]
pub enum Undo {
    /// Devices (by index) take on these states again.
    Devices(Vec<(usize, State)>),
    /// The store's records are written back as they were (`None` is removed), and read again.
    Records { namespace: String, records: Vec<(String, Option<Value>)> },
    /// This is run.
    Intent(Intent),
}

/// What came of an intent.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// [`EventKind::Action`]s.
    pub actions: Vec<EventKind>,
    /// What to say, unless the sentence files have an answer; empty for nothing.
    pub reply: String,
    /// What an answer in the sentence files may speak of; `None` when they shall not be asked,
    /// because their answers suppose that all went well.
    pub variables: Option<Value>,
    pub end: SessionEndReason,
    /// What to ask, after the reply; the answer runs the intent again.
    pub question: Option<Question>,
    /// Whether the reply is to be said slowly.
    pub slow: bool,
}

/// Why a skill did nothing.
#[derive(Debug)]
pub enum Stop {
    /// It cannot be done, and this is what to say.
    Answer(String),
    /// Something must be known first; the answer runs the intent again.
    Ask(Box<Question>),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Outcome {
    /// Done, with this to say.
    #[must_use]
    pub fn done(reply: impl Into<String>) -> Self {
        Self {
            actions: Vec::new(),
            reply: reply.into(),
            variables: Some(json!({})),
            end: SessionEndReason::Done,
            question: None,
            slow: false,
        }
    }

    /// Nothing was done; this says why.
    #[must_use]
    pub fn answer(reply: impl Into<String>) -> Self {
        Self { variables: None, ..Self::done(reply) }
    }

    #[must_use]
    pub fn with_variables(self, variables: Value) -> Self {
        Self { variables: Some(variables), ..self }
    }

    /// Asks this after the reply.
    #[must_use]
    pub fn asking(self, question: Question) -> Self {
        Self { question: Some(question), ..self }
    }

    #[must_use]
    pub fn with_actions(mut self, actions: impl IntoIterator<Item = EventKind>) -> Self {
        self.actions.extend(actions);
        self
    }
}

impl World<'_> {
    #[must_use]
    pub fn words(&self) -> &'static dyn Words {
        words::of(self.language)
    }

    #[must_use]
    pub fn moment(&self) -> Moment {
        Moment { now: self.now.timestamp(), uptime: self.uptime.clone() }
    }

    #[must_use]
    pub fn device(&self, index: usize) -> &Device {
        &self.house.home().devices[index]
    }

    /// Changes the state of devices and tells what was done, one action a device. What the household
    /// wants confirmed is asked about first: call this before anything else is done.
    ///
    /// # Errors
    /// When it must be confirmed first, or the state cannot be kept; then nothing has changed.
    pub fn change(&mut self, changes: &[(usize, State)]) -> Result<Vec<EventKind>, Stop> {
        confirm::check(self, changes)?;
        let before = undo::before(self, changes);
        self.house.change(changes, self.store)?;
        self.undo.push(Undo::Devices(before));
        Ok(changes
            .iter()
            .map(|(device, change)| {
                self.action("set", *device, serde_json::to_value(change).unwrap_or_default())
            })
            .collect())
    }

    /// An action on a device.
    #[must_use]
    pub fn action(&self, action: &str, device: usize, value: Value) -> EventKind {
        let target = Some(self.house.home().label(device));
        EventKind::Action { action: action.to_owned(), target, value }
    }
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
