//! The mind: text in, deeds and answers out. It never sees a sample.

mod examples;

use std::sync::Arc;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp, ZonedDateTime};
use serde_json::{Map, Value};

use crate::clock::Clock;
use crate::dialogue::{Dialogue, Session};
use crate::event::{Event, EventKind, SessionEndReason};
use crate::home::SimulatedHome;
use crate::household::Household;
use crate::nlu::entities;
use crate::nlu::responses::Responses;
use crate::nlu::sentences::KnownList;
use crate::nlu::{Doubt, Intent, Understanding, Understood};
use crate::plugin::host::Lent;
use crate::plugin::registry::Installed;
use crate::plugin::{Hosting, Plugins};
use crate::skills::timer::{self, Timer, TimerBook};
use crate::skills::words::{self, Words};
use crate::skills::{self, Outcome, Stop, World};
use crate::store::{Store, StoreError};
use crate::{Error, Result};

/// A timer that ran out longer than this before the start was missed; a restart takes less.
const MISSED_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// As many timers as are announced one by one.
const ANNOUNCED: usize = 3;

/// What plugins get of a mind: everything but the plugins.
macro_rules! lend {
    ($mind:ident) => {
        Lent::new(&mut $mind.house, $mind.store.as_mut(), $mind.clock.as_ref(), &$mind.language, &$mind.lists)
    };
}

/// Everything the mind needs, passed in.
pub struct Mind {
    language: String,
    area: Option<String>,
    understanding: Understanding,
    responses: Responses,
    house: SimulatedHome,
    timers: TimerBook,
    dialogue: Dialogue,
    examples: Vec<String>,
    lists: Vec<KnownList>,
    /// What is installed; `plugins` is what runs.
    installed: Vec<Installed>,
    plugins: Option<Plugins>,
    store: Box<dyn Store>,
    clock: Arc<dyn Clock>,
    /// When the mind awoke: what ran out long before was missed.
    started: Timestamp,
}

impl Mind {
    /// Takes up where the store left off.
    ///
    /// # Errors
    /// When the store cannot be read, or the microphone's area is not in the home.
    pub fn new(household: Household, store: Box<dyn Store>, clock: Arc<dyn Clock>) -> Result<Self> {
        let area = own_area(&household)?;
        let Household { language, home, understanding, responses, lists, plugins: installed, .. } = household;
        let examples = examples::of(&understanding, &home, words::of(&language), &language);
        Ok(Self {
            area,
            house: SimulatedHome::restore(home, store.as_ref())?,
            timers: TimerBook::restore(store.as_ref())?,
            dialogue: Dialogue::default(),
            examples,
            lists,
            installed,
            plugins: None,
            started: clock.now().timestamp(),
            language,
            understanding,
            responses,
            store,
            clock,
        })
    }

    /// Starts the household's plugins. A mind without this (a replay) has none that act.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn host(&mut self, hosting: Hosting) -> Result<()> {
        let installed = self.installed.clone();
        let mut lent = lend!(self);
        let plugins = Plugins::new(installed, hosting.places, hosting.patience, &mut lent)?;
        for report in lent.reports {
            if let EventKind::Fault { message, .. } = report {
                tracing::warn!("{message}");
            }
        }
        self.plugins = Some(plugins);
        Ok(())
    }

    /// Takes over a household that was read again; device states, timers and what was last said stay.
    ///
    /// # Errors
    /// When the store cannot be read, or the microphone's area is not in the home; then the old
    /// household stays.
    pub fn renew(&mut self, household: Household) -> Result<()> {
        let area = own_area(&household)?;
        let Household { language, home, understanding, responses, lists, plugins: installed, .. } = household;
        let examples = examples::of(&understanding, &home, words::of(&language), &language);
        self.house = SimulatedHome::restore(home, self.store.as_ref())?;
        self.area = area;
        self.examples = examples;
        self.language = language;
        self.understanding = understanding;
        self.responses = responses;
        self.lists = lists;
        self.installed.clone_from(&installed);
        if let Some(mut plugins) = self.plugins.take() {
            let renewed = plugins.renew(installed, &mut lend!(self));
            self.plugins = Some(plugins);
            renewed?;
        }
        Ok(())
    }

    /// Sees every event, wherever it comes from: plugins may want to know.
    pub fn observe(&mut self, event: &Event) {
        if let Some(plugins) = &mut self.plugins {
            plugins.observe(event);
        }
    }

    /// Takes an event of the ear (others are ignored) and reports what follows from it: `Intent`,
    /// `NotUnderstood`, `Action`, `Reply`, `SessionEnd`, `Fault`. Times are those of `event`.
    ///
    /// Every session that the ear begins ends here, with whatever comes of it: words, nothing
    /// heard, nobody speaking, or a fault.
    pub fn handle(&mut self, event: &Event, emit: &mut dyn FnMut(Event)) {
        let (id, at_ms) = (event.session, event.at_ms);
        match &event.kind {
            EventKind::Transcript(heard) if heard.rejected.is_none() => {
                self.understand(&heard.text, id, at_ms, emit);
            }
            EventKind::Transcript(heard) => {
                let reason = heard.rejected.clone().unwrap_or_default();
                let session = self.dialogue.session(id, at_ms, emit);
                not_understood(session, &heard.text, reason, None, &self.language);
            }
            // The cue for these is a sound; a voice that answers every noise is a nuisance.
            EventKind::NotHeard { .. } => {
                self.dialogue.session(id, at_ms, emit).end(SessionEndReason::NotHeard);
            }
            EventKind::NoSpeech => self.dialogue.session(id, at_ms, emit).end(SessionEndReason::NoSpeech),
            EventKind::Fault { .. } if id.is_some() => {
                let mut session = self.dialogue.session(id, at_ms, emit);
                session.say(&words::of(&self.language).failed(), &self.language);
                session.end(SessionEndReason::Error);
            }
            _ => {}
        }
    }

    /// Text from a keyboard, as if it had been heard at `at_ms`.
    pub fn ask(&mut self, text: &str, at_ms: u64, emit: &mut dyn FnMut(Event)) {
        self.understand(text, None, at_ms, emit);
    }

    /// Lets what has become due happen (timers). Call it at least at [`Mind::next_due`].
    pub fn tick(&mut self, at_ms: u64, emit: &mut dyn FnMut(Event)) {
        let now = self.clock.now().timestamp();
        let due = self.refresh().and_then(|()| self.timers.take_due(now, self.store.as_mut()));
        let mut aside = self.dialogue.aside(at_ms, emit);
        match due {
            Ok(due) if due.is_empty() => {}
            Ok(due) => {
                for timer in &due {
                    aside.report(timer::action("timer_done", timer));
                }
                let missed_before = self.started.saturating_sub(MISSED_AFTER).unwrap_or(Timestamp::MIN);
                let zone = self.clock.now().time_zone().clone();
                let said = announcement(&due, now, words::of(&self.language), |timer| {
                    let due = timer.due().filter(|due| *due < missed_before)?;
                    Some(ZonedDateTime::new(due, zone.clone()).time())
                });
                aside.say(&said, &self.language);
            }
            Err(error) => aside.report(fault(&error)),
        }
        self.tick_plugins(at_ms, emit);
    }

    /// Lets plugins that nobody asked do and say what they want.
    fn tick_plugins(&mut self, at_ms: u64, emit: &mut dyn FnMut(Event)) {
        let Some(mut plugins) = self.plugins.take() else { return };
        let mut lent = lend!(self);
        plugins.tick(&mut lent);
        let (reports, said) = (lent.reports, lent.said);
        self.plugins = Some(plugins);
        let mut aside = self.dialogue.aside(at_ms, emit);
        for kind in reports {
            aside.report(kind);
        }
        for text in said {
            aside.say(&text, &self.language);
        }
    }

    /// When something becomes due, by the clock.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        let now = self.clock.now().timestamp();
        let plugins = self.plugins.as_ref().and_then(|plugins| plugins.next_due(now));
        self.timers.next_due().into_iter().chain(plugins).min()
    }

    /// The volume that was last asked for by voice, in percent: the speaker starts with it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn volume(&self) -> Result<Option<u8>> {
        Ok(skills::own_volume(self.store.as_ref())?)
    }

    fn understand(&mut self, text: &str, id: Option<u64>, at_ms: u64, emit: &mut dyn FnMut(Event)) {
        let start = Instant::now();
        let understood = self.understanding.understand(text);
        let took = start.elapsed();
        let intent = match understood {
            Understood::Intent(mut intent) => {
                entities::settle(&mut intent, &self.clock.now());
                intent
            }
            Understood::Unsure(doubt) => {
                return unsure(self.dialogue.session(id, at_ms, emit), text, &doubt, &self.language);
            }
            Understood::Nothing(why) => {
                let session = self.dialogue.session(id, at_ms, emit);
                return not_understood(session, text, why.reason, why.nearest, &self.language);
            }
        };
        if self.plugins.as_ref().is_some_and(|plugins| plugins.handles(&intent.intent)) {
            return self.ask_plugin(&intent, took, id, at_ms, emit);
        }
        let last_reply = self.dialogue.last_reply().map(str::to_owned);
        let start = Instant::now();
        let outcome = self.act(&intent, last_reply.as_deref());
        let acting = start.elapsed();
        let mut session = self.dialogue.session(id, at_ms, emit);
        session.report_timed(EventKind::Intent(intent.clone()), took);
        conclude(session, &intent, outcome, acting, &self.responses, &self.language);
    }

    /// Lets the plugin answer that an intent belongs to.
    fn ask_plugin(
        &mut self,
        intent: &Intent,
        took: std::time::Duration,
        id: Option<u64>,
        at_ms: u64,
        emit: &mut dyn FnMut(Event),
    ) {
        let Some(mut plugins) = self.plugins.take() else { return };
        let area = self.area.clone();
        let number = self.dialogue.number(id);
        let start = Instant::now();
        let mut lent = lend!(self);
        let outcome = plugins.intent(intent, number, area.as_deref(), &mut lent);
        let (reports, said) = (lent.reports, lent.said);
        self.plugins = Some(plugins);
        let acting = start.elapsed();
        let mut session = self.dialogue.session(id, at_ms, emit);
        session.report_timed(EventKind::Intent(intent.clone()), took);
        for kind in reports {
            session.report_timed(kind, acting);
        }
        for text in said {
            session.say(&text, &self.language);
        }
        let Some(outcome) = outcome else { return session.end(SessionEndReason::Error) };
        let question = outcome.ask.map(|question| question.say);
        let reply = outcome.say.into_iter().chain(question).collect::<Vec<_>>().join(" ");
        session.say(&reply, &self.language);
        session.end(if outcome.trouble.is_some() { SessionEndReason::Error } else { SessionEndReason::Done });
    }

    /// Lets a skill act; without one for the intent, only the sentence files can answer.
    fn act(&mut self, intent: &Intent, last_reply: Option<&str>) -> Result<Outcome, Stop> {
        self.refresh()?;
        let Some(skill) = skills::find(&intent.intent) else {
            return Ok(Outcome::done(words::of(&self.language).no_skill()));
        };
        let mut world = World {
            house: &mut self.house,
            timers: &mut self.timers,
            store: self.store.as_mut(),
            now: self.clock.now(),
            language: &self.language,
            area: self.area.as_deref(),
            examples: &self.examples,
            last_reply,
        };
        skill.run(intent, &mut world)
    }

    /// Takes over what another process (`entrenous ask` beside the daemon) has written.
    fn refresh(&mut self) -> Result<(), StoreError> {
        if self.store.changed_elsewhere()? {
            self.house.refresh(self.store.as_ref())?;
            self.timers.refresh(self.store.as_ref())?;
        }
        Ok(())
    }
}

/// Reports what a skill did, says so, and ends the session.
fn conclude(
    mut session: Session,
    intent: &Intent,
    outcome: Result<Outcome, Stop>,
    took: std::time::Duration,
    responses: &Responses,
    language: &str,
) {
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(Stop::Answer(reply)) => Outcome::answer(reply),
        Err(Stop::Store(error)) => {
            session.report(fault(&error));
            session.say(&words::of(language).failed(), language);
            return session.end(SessionEndReason::Error);
        }
    };
    for action in outcome.actions {
        session.report_timed(action, took);
    }
    let mut reply = outcome.reply;
    if let Some(own) = outcome.variables {
        let key = intent.response.as_deref().unwrap_or("default");
        match responses.render(&intent.intent, key, &variables(intent, own)) {
            Some(Ok(text)) => text.trim().clone_into(&mut reply),
            // The skill has its own answer: the fault is told, and nobody is left without one.
            Some(Err(message)) => session.report(EventKind::Fault { stage: "response".into(), message }),
            None => {}
        }
    }
    session.say(&reply, language);
    session.end(outcome.end);
}

/// What answers in sentence files may speak of: the intent's slots, and what the skill adds.
fn variables(intent: &Intent, own: Value) -> Value {
    let mut slots: Map<String, Value> =
        intent.slots.iter().map(|slot| (slot.name.clone(), slot.value.clone())).collect();
    let mut variables = Map::new();
    if let Value::Object(own) = own {
        for (key, value) in own {
            match (key.as_str(), value) {
                ("slots", Value::Object(more)) => slots.extend(more),
                (_, value) => {
                    variables.insert(key, value);
                }
            }
        }
    }
    variables.insert("slots".into(), Value::Object(slots));
    Value::Object(variables)
}

fn not_understood(mut session: Session, text: &str, reason: String, nearest: Option<Intent>, language: &str) {
    let nearest = nearest.map(Box::new);
    session.report(EventKind::NotUnderstood { text: text.to_owned(), reason, nearest });
    session.say(&words::of(language).not_understood(), language);
    session.end(SessionEndReason::NotUnderstood);
}

/// Asks what was meant. The answer is a new command: nobody waits for it yet.
fn unsure(mut session: Session, text: &str, doubt: &Doubt, language: &str) {
    let candidates: Vec<String> = doubt
        .candidates
        .iter()
        .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        .collect();
    let reason = format!("`{}` could be one of several: {}", doubt.slot, candidates.join(", "));
    let nearest = Some(Box::new(doubt.intent.clone()));
    session.report(EventKind::NotUnderstood { text: text.to_owned(), reason, nearest });
    session.say(&words::of(language).did_you_mean(&candidates), language);
    session.end(SessionEndReason::NotUnderstood);
}

/// What is said when timers have run out: each one of a few, only the number of many.
fn announcement(
    due: &[Timer],
    now: Timestamp,
    words: &dyn Words,
    missed_at: impl Fn(&Timer) -> Option<jiff::civil::Time>,
) -> String {
    if due.len() > ANNOUNCED {
        return words.timers_done(due.len());
    }
    let said: Vec<_> = due
        .iter()
        .map(|timer| match missed_at(timer) {
            Some(at) => words.timer_missed(&timer.spoken(now), at),
            None => words.timer_done(&timer.spoken(now)),
        })
        .collect();
    said.join(" ")
}

fn fault(error: &StoreError) -> EventKind {
    EventKind::Fault { stage: "store".into(), message: error.to_string() }
}

/// The area of the microphone, by its proper name.
fn own_area(household: &Household) -> Result<Option<String>> {
    let Some(area) = &household.area else { return Ok(None) };
    let known = household.home.area(area).map(|known| known.names.name.clone());
    known.map(Some).ok_or_else(|| Error::Input(unknown_area(area, &household.home)))
}

fn unknown_area(area: &str, home: &crate::home::Home) -> String {
    let known: Vec<_> = home.areas.iter().map(|area| format!("`{}`", area.names.name)).collect();
    format!("`home.area` is `{area}`, which the home does not have; it has {}", known.join(", "))
}
