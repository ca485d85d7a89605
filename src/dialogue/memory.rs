//! What is remembered at a site from one session to the next: enough for "turn it off again",
//! "the same in the kitchen" and "undo that".

use jiff::{SignedDuration, Timestamp};

use super::question::Choice;
use crate::nlu::Intent;
use crate::skills::Undo;

/// How long the last action can be undone.
const UNDO_FOR: SignedDuration = SignedDuration::from_mins(10);

/// What was said and done last at a site.
#[derive(Debug, Default)]
pub struct Memory {
    /// What was said last, questions included.
    pub last_reply: Option<String>,
    /// What could have been meant by what is about to be done, and was not.
    pub passed_over: Vec<Choice>,
    last: Option<Last>,
    done: Option<Done>,
}

/// The command that was spoken of last.
#[derive(Debug, Clone, PartialEq)]
pub struct Last {
    /// As they were run.
    pub intents: Vec<Intent>,
    /// What could have been meant as well, and was not.
    pub others: Vec<Choice>,
    pub at: Timestamp,
}

/// The last deed, as it can be undone.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// In the order in which it was done.
    pub undo: Vec<Undo>,
    pub at: Timestamp,
}

impl Memory {
    pub fn remember(&mut self, last: Last) {
        self.last = Some(last);
    }

    pub fn remember_done(&mut self, done: Done) {
        self.done = Some(done);
    }

    /// The last command, if it was no longer ago than `within_s` seconds.
    #[must_use]
    pub fn last(&self, now: Timestamp, within_s: u64) -> Option<&Last> {
        let within = SignedDuration::from_secs(i64::try_from(within_s).unwrap_or(i64::MAX));
        self.last.as_ref().filter(|last| now.duration_since(last.at) <= within)
    }

    /// Takes out the last deed, if it can still be undone.
    pub fn take_done(&mut self, now: Timestamp) -> Option<Done> {
        self.done.take().filter(|done| now.duration_since(done.at) <= UNDO_FOR)
    }

    /// Forgets what depends on devices: the household has changed.
    pub fn forget(&mut self) {
        (self.last, self.done) = (None, None);
    }
}
