//! What is kept of what the ear hears, where a household has asked for it.

use std::collections::VecDeque;
use std::io;

use crate::audio::{FRAME_SAMPLES, Frame, ms_to_samples};
use crate::event::EventKind;
use crate::sound::{Purpose, Purposes};

/// What is kept around the moment in which a wake word is certain: the word and some quiet before it, and not
/// much of what is said next.
const BEFORE_MS: u64 = 2_000;
const AFTER_MS: u64 = 500;

const BEFORE: usize = ms_to_samples(BEFORE_MS) as usize / FRAME_SAMPLES;
const AFTER: usize = ms_to_samples(AFTER_MS) as usize / FRAME_SAMPLES;

/// Where sound goes that is kept.
pub trait Sink: Send {
    /// Keeps 16 kHz sound of a session.
    ///
    /// # Errors
    /// When it cannot be written.
    fn keep(&mut self, purpose: Purpose, session: u64, samples: &[i16]) -> io::Result<()>;
}

/// Picks what is to be kept.
pub struct Recorder {
    sink: Box<dyn Sink>,
    purposes: Purposes,
    /// The last seconds, for a wake-up.
    latest: VecDeque<Frame>,
    /// A wake-up whose end is not there yet: its session, and how many frames are missing.
    woken: Option<(u64, usize)>,
    /// A disk that is full is told once, until it was free meanwhile.
    failed: bool,
}

impl Recorder {
    #[must_use]
    pub fn new(sink: Box<dyn Sink>, purposes: Purposes) -> Self {
        Self { sink, purposes, latest: VecDeque::new(), woken: None, failed: false }
    }

    /// Hears a frame. Gives what went wrong, once.
    pub(super) fn hear(&mut self, frame: &Frame) -> Option<io::Error> {
        if !self.purposes.wake {
            return None;
        }
        if self.latest.len() == BEFORE + AFTER {
            self.latest.pop_front();
        }
        self.latest.push_back(*frame);
        match &mut self.woken {
            Some((_, missing)) if *missing > 1 => *missing -= 1,
            Some(_) => return self.keep_wake(),
            None => {}
        }
        None
    }

    /// The frame that was heard last has woken it.
    pub(super) fn woken(&mut self, session: u64) {
        if self.purposes.wake {
            let surplus = self.latest.len().saturating_sub(BEFORE);
            self.latest.drain(..surplus);
            self.woken = Some((session, AFTER));
        }
    }

    /// A command is over; these samples go to the recogniser. Gives what went wrong, once.
    pub(super) fn command(&mut self, session: u64, samples: &[i16]) -> Option<io::Error> {
        // What comes first is told first.
        let wake = self.keep_wake();
        if !self.purposes.commands {
            return wake;
        }
        let command = self.keep(Purpose::Commands, session, samples);
        wake.or(command)
    }

    /// What was heard until now is not kept.
    pub(super) fn forget(&mut self) {
        self.latest.clear();
        self.woken = None;
    }

    fn keep_wake(&mut self) -> Option<io::Error> {
        let (session, _) = self.woken.take()?;
        let samples: Vec<i16> = self.latest.iter().flatten().copied().collect();
        self.keep(Purpose::Wake, session, &samples)
    }

    fn keep(&mut self, purpose: Purpose, session: u64, samples: &[i16]) -> Option<io::Error> {
        let done = self.sink.keep(purpose, session, samples);
        let told = std::mem::replace(&mut self.failed, done.is_err());
        done.err().filter(|_| !told)
    }
}

/// What is told when sound cannot be kept.
#[must_use]
pub fn fault(error: &io::Error) -> EventKind {
    let message = format!("sound cannot be kept: {error}; make room, or take out [privacy.keep_sound]");
    EventKind::Fault { stage: "sound".into(), message }
}
