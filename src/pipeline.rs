//! Ear and mind on one thread, with time counted in samples: what `replay` and `eval` drive.
//!
//! `run` drives the same [`Ear`] and [`Mind`] on two threads; the order of events is the same.

use std::sync::Arc;

use jiff::ZonedDateTime;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::assemble::{self, Choices};
use crate::audio::Frame;
use crate::clock::ManualClock;
use crate::config::Config;
use crate::ear::{Ear, Emit};
use crate::event::{Event, EventKind, Expected, State};
use crate::household::Household;
use crate::mind::Mind;
use crate::store::MemoryStore;
use crate::stt::Scope;

/// The whole way of a sound, without devices.
pub struct Pipeline {
    ear: Ear,
    mind: Mind,
    clock: ManualClock,
    start: ZonedDateTime,
}

impl Pipeline {
    /// A pipeline whose day begins at `start`. State is kept in memory: a replay never changes
    /// the household's real home.
    ///
    /// # Errors
    /// When an engine cannot run here.
    pub fn new(
        config: &Config,
        household: Household,
        with_wake: bool,
        start: ZonedDateTime,
    ) -> Result<(Self, Choices)> {
        let (ear, choices) = assemble::ear(config, &household, with_wake)?;
        let clock = ManualClock::at(start.clone());
        let mind = assemble::mind(household, Box::new(MemoryStore::default()), Arc::new(clock.clone()))?;
        Ok((Self { ear, mind, clock, start }, choices))
    }

    /// Hears 16 ms.
    pub fn frame(&mut self, frame: &Frame, emit: Emit) {
        self.drive(emit, |ear, emit| ear.push(frame, emit));
    }

    /// Hears a whole recording as one command.
    pub fn utterance(&mut self, samples: &[i16], emit: Emit) {
        self.drive(emit, |ear, emit| ear.hear_utterance(samples, emit));
    }

    /// The recording is over, and with it the conversation.
    pub fn finish(&mut self, emit: Emit) {
        self.drive(emit, Ear::finish);
        self.close(emit);
        self.ear.reset();
    }

    /// Nobody answers any more.
    pub fn close(&mut self, emit: Emit) {
        self.mind.close(self.ear.now_ms(), &mut with_idle(emit));
    }

    /// The time, in milliseconds of sound heard.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.ear.now_ms()
    }

    fn drive(&mut self, emit: Emit, hear: impl FnOnce(&mut Ear, Emit)) {
        let mut heard = Vec::new();
        hear(&mut self.ear, &mut |event| heard.push(event));
        self.set_clock();
        let mut listen = None;
        let mut watch = |event: Event| {
            listen = Listen::of(&event).or(listen);
            emit(event);
        };
        for event in heard {
            watch(event.clone());
            self.mind.handle(&event, &mut with_idle(&mut watch));
        }
        if self.mind.next_due().is_some_and(|due| due <= self.clock_now()) {
            self.mind.tick(self.ear.now_ms(), &mut with_idle(&mut watch));
        }
        // Nothing is spoken aloud here: an answer may come at once.
        if let Some(listen) = listen {
            listen.open(&mut self.ear, emit);
        }
    }

    fn set_clock(&self) {
        let passed = jiff::SignedDuration::from_millis(self.ear.now_ms().cast_signed());
        // A replay that outlasts the calendar (year 9999) stops its clock there.
        if let Ok(now) = self.start.checked_add(passed) {
            self.clock.set(now);
        }
    }

    fn clock_now(&self) -> jiff::Timestamp {
        use crate::clock::Clock;
        self.clock.now().timestamp()
    }
}

/// Somebody is to be listened to without the wake word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    session: u64,
    scope: Scope,
    patience_ms: u64,
}

impl Listen {
    /// What an event of the mind asks of the ear.
    #[must_use]
    pub fn of(event: &Event) -> Option<Self> {
        let EventKind::Listen { patience_ms, expects, .. } = event.kind else { return None };
        let scope = match expects {
            Expected::Command => Scope::Commands,
            kind => Scope::Answers(kind),
        };
        Some(Self { session: event.session?, scope, patience_ms })
    }

    /// Whose answer is awaited.
    #[must_use]
    pub fn session(self) -> u64 {
        self.session
    }

    /// Lets the ear listen.
    pub fn open(self, ear: &mut Ear, emit: Emit) {
        ear.listen(self.session, self.scope, self.patience_ms, emit);
    }
}

/// Reports `idle` after every session, as the daemon does when the reply has been spoken.
pub fn with_idle(emit: Emit<'_>) -> impl FnMut(Event) + '_ {
    move |event| {
        let (at_ms, ended) = (event.at_ms, matches!(event.kind, EventKind::SessionEnd { .. }));
        emit(event);
        if ended {
            emit(Event::new(at_ms, EventKind::State { state: State::Idle }));
        }
    }
}
