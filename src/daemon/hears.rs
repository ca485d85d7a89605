//! Where hearing happens: on the ear's thread, or in a process of its own.

use std::time::Duration;

use super::OwnVoice;
use super::reload::{Hearing, Recognisers};
use crate::audio::{Captured, FrameSource};
use crate::ear::recorder::Recorder;
use crate::ear::{Ear, Emit};
use crate::event::{Event, EventKind};
use crate::pipeline::Listen;
use crate::sound::Purposes;

/// What an ear is told.
pub enum Order {
    /// What the assistant says itself.
    Voice(OwnVoice),
    /// To listen without the wake word.
    Listen(Listen),
    /// To hear with these from now on. It waits until nobody is being listened to.
    Renew(Hearing),
    /// To keep sound for these purposes from now on, and for no others.
    Keep(Purposes),
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The microphone is open and brings sound.
    Sound,
    /// Nothing came in time.
    Nothing,
    /// Nothing will ever come again.
    Over,
}

/// Something that hears. It reports by events, and by nothing else.
pub trait Hears: Send {
    /// Obeys.
    fn tell(&mut self, order: Order, emit: Emit);
    /// Hears for up to `patience`.
    fn hear(&mut self, patience: Duration, emit: Emit) -> Heard;
    /// Closes the microphone: when this returns, no stream is open. Whoever was speaking is cut off.
    fn close(&mut self, emit: Emit);
    /// The time, in milliseconds of sound heard.
    fn now_ms(&self) -> u64;
}

/// An ear on this thread.
pub struct Here {
    source: Box<dyn FrameSource>,
    ear: Ear,
    /// A recogniser that waits until nobody is being listened to.
    renewed: Option<Box<Recognisers>>,
}

impl Here {
    #[must_use]
    pub fn new(source: Box<dyn FrameSource>, mut ear: Ear) -> Self {
        ear.recognise_on_thread();
        Self { source, ear, renewed: None }
    }

    /// Has sound kept.
    pub fn record(&mut self, recorder: Recorder) {
        self.ear.record(Some(recorder));
    }
}

impl Hears for Here {
    fn tell(&mut self, order: Order, emit: Emit) {
        match order {
            Order::Voice(OwnVoice::Began(sound)) => self.ear.begin_speaking(sound),
            Order::Voice(OwnVoice::GoesOn(sound)) => self.ear.go_on_speaking(sound),
            Order::Voice(OwnVoice::Ended) => self.ear.end_speaking(),
            // Whoever woke the assistant meanwhile is listened to already.
            Order::Listen(listen) if !self.ear.is_listening() => listen.open(&mut self.ear, emit),
            Order::Renew(Hearing::Here(recognisers)) => self.renewed = Some(recognisers),
            Order::Keep(Purposes::NONE) => self.ear.record(None),
            // And there is no elsewhere for an ear on this thread, which begins to keep nothing by itself.
            Order::Listen(_) | Order::Renew(Hearing::Elsewhere) | Order::Keep(_) => {}
        }
    }

    fn hear(&mut self, patience: Duration, emit: Emit) -> Heard {
        if self.ear.is_waiting()
            && let Some(recognisers) = self.renewed.take()
        {
            recognisers.give(&mut self.ear);
        }
        match self.source.next(patience) {
            Captured::Frame(frame) => {
                self.ear.push(&frame, emit);
                return Heard::Sound;
            }
            Captured::Event(kind) => {
                // A command that is cut off by an unplugged microphone is over.
                if matches!(kind, EventKind::MicrophoneLost { .. }) {
                    self.ear.finish(emit);
                }
                emit(Event::new(self.ear.now_ms(), kind));
            }
            Captured::Nothing => {}
            Captured::End => {
                self.ear.finish(emit);
                return Heard::Over;
            }
        }
        Heard::Nothing
    }

    fn close(&mut self, emit: Emit) {
        self.source.close();
        // Half a command is none: what was said until now is not recognised.
        if let Some(event) = self.ear.interrupt() {
            emit(event);
        }
    }

    fn now_ms(&self) -> u64 {
        self.ear.now_ms()
    }
}
