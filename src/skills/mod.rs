//! What the house can do, one file per skill.
//!
//! A skill takes an intent and the [`World`], acts, and says what it did. Who asks, and how the
//! answer is spoken, is not its business. What it lacks it asks for ([`Skill::needs`],
//! [`Stop::Ask`]), and what it did it tells how to undo ([`Undo`]); docs/dialogue.md says more. To
//! add one: a file, a line in [`SKILLS`].

pub mod alarm;
mod broadcast;
mod calendar;
mod climate;
mod clock;
mod confirm;
pub mod heard;
mod light;
mod lists;
mod media;
mod mute;
mod position;
pub mod ringing;
mod state;
mod sums;
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

use crate::clock::Uptime;
use crate::config::Confirm;
use crate::dialogue::{Expects, Question, ValueOf};
use crate::event::{EventKind, SessionEndReason};
use crate::heard::Kept;
use crate::home::backend::{Order, Trouble};
use crate::home::{Device, House, State};
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
    &lists::Lists,
    &sums::Sums,
    &calendar::Calendar,
    &broadcast::Broadcast,
    &mute::Microphone,
    &heard::History,
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

/// Lets a skill act, and adds what the devices did not do to what it says.
///
/// # Errors
/// As [`Skill::run`].
pub fn run(skill: &dyn Skill, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
    honestly(world, |world| skill.run(intent, world))
}

/// Acts, and adds what the devices did not do to what is said.
///
/// # Errors
/// Those of `act`.
pub fn honestly(
    world: &mut World,
    act: impl FnOnce(&mut World) -> Result<Outcome, Stop>,
) -> Result<Outcome, Stop> {
    world.house.hear();
    world.house.take_troubles();
    let outcome = act(world);
    let troubles = world.house.take_troubles();
    if troubles.is_empty() {
        return outcome;
    }
    let said = excuse(world, &troubles);
    let faults = troubles.iter().map(|(device, trouble)| EventKind::Fault {
        stage: "home".into(),
        message: format!("`{}` {}", world.house.home().label(*device), reason(*trouble)),
    });
    let faults: Vec<_> = faults.collect();
    match outcome {
        // The sentence files' own answers suppose that all went well.
        Ok(outcome) => {
            let reply = format!("{} {said}", outcome.reply).trim().to_owned();
            Ok(Outcome { reply, variables: None, ..outcome }.with_actions(faults))
        }
        Err(Stop::Answer(_)) => Ok(Outcome::answer(said).with_actions(faults)),
        Err(stop) => Err(stop),
    }
}

/// What did not do it, as it is said: those of one sort together.
fn excuse(world: &World, troubles: &[(usize, Trouble)]) -> String {
    let sorts = [Trouble::Away, Trouble::Silent, Trouble::Unconfirmed, Trouble::Failed];
    let sentences = sorts.into_iter().filter_map(|sort| {
        let of_sort = troubles.iter().filter(|(_, trouble)| *trouble == sort);
        let things: Vec<_> = of_sort.map(|(device, _)| world.thing(*device)).collect();
        (!things.is_empty()).then(|| world.words().trouble(sort, &things))
    });
    sentences.collect::<Vec<_>>().join(" ")
}

/// For those who mend it.
fn reason(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Away => "cannot be reached; `entrenous home` and `entrenous doctor` say more",
        Trouble::Silent => "did not answer in time (`home.answer_ms`)",
        Trouble::Unconfirmed => "answered, and did not confirm in time (`home.answer_ms`)",
        Trouble::Failed => "says that it failed; the log has its reason",
    }
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
        Some(Question::new((self.ask)(words), Expects::first_of(self.expects)))
    }
}

/// What a skill sees and can change.
pub struct World<'a> {
    pub house: &'a mut House,
    pub timers: &'a mut timer::TimerBook,
    pub alarms: &'a mut alarm::AlarmBook,
    /// Whether anybody is listened to.
    pub mute: &'a mut crate::mute::Mute,
    /// The history of commands, where one is kept.
    pub heard: Option<&'a dyn Kept>,
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
    Intent(Box<Intent>),
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

    /// A device by its name, as one speaks of it unasked.
    #[must_use]
    pub fn thing(&self, index: usize) -> words::Thing {
        let name = self.device(index).names.in_language(self.language).to_owned();
        words::Thing { name, article: None }
    }

    /// Changes devices and tells what was done, one action a device. Devices that did not confirm
    /// are left out; [`run`] says so. What the household wants confirmed is asked about first: call
    /// this before anything else is done.
    ///
    /// # Errors
    /// When it must be confirmed first, or the state cannot be kept (then nothing has changed), or
    /// when no device did it.
    pub fn change(&mut self, changes: &[(usize, State)]) -> Result<Vec<EventKind>, Stop> {
        let orders: Vec<_> =
            changes.iter().map(|(device, change)| (*device, Order::Set(change.clone()))).collect();
        self.carry_out(&orders)
    }

    /// As [`World::change`], for whatever a device can be told.
    ///
    /// # Errors
    /// As [`World::change`].
    pub fn carry_out(&mut self, orders: &[(usize, Order)]) -> Result<Vec<EventKind>, Stop> {
        // A group may be marked, and so may its members.
        confirm::check(self, &sets(orders))?;
        let orders = self.house.by_member(orders);
        let changes = sets(&orders);
        confirm::check(self, &changes)?;
        let mut before = undo::before(self, &changes);
        let did = self.house.carry_out(&orders, self.store)?;
        before.retain(|(device, _)| did.iter().any(|(other, _)| other == device));
        if !before.is_empty() {
            self.undo.push(Undo::Devices(before));
        }
        if did.is_empty() && !self.house.troubles().is_empty() {
            return Err(Stop::Answer(self.words().failed()));
        }
        Ok(did.into_iter().map(|(device, order)| self.done(device, &order)).collect())
    }

    fn done(&self, device: usize, order: &Order) -> EventKind {
        match order {
            Order::Set(change) => {
                self.action("set", device, serde_json::to_value(change).unwrap_or_default())
            }
            Order::Activate => {
                let script = self.device(device).kind == crate::home::Kind::Script;
                self.action(if script { "run" } else { "activate" }, device, Value::Null)
            }
            Order::Next => self.action("next", device, Value::Null),
            Order::Previous => self.action("previous", device, Value::Null),
        }
    }

    /// An action on a device.
    #[must_use]
    pub fn action(&self, action: &str, device: usize, value: Value) -> EventKind {
        let target = Some(self.house.home().label(device));
        EventKind::Action { action: action.to_owned(), target, value }
    }
}

/// The changes among orders.
fn sets(orders: &[(usize, Order)]) -> Vec<(usize, State)> {
    let changes = orders.iter().filter_map(|(device, order)| match order {
        Order::Set(change) => Some((*device, change.clone())),
        _ => None,
    });
    changes.collect()
}

#[cfg(test)]
mod real;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
