//! What becomes of recordings once their conversation is over: kept, or deleted.
//!
//! A reader of the event stream. Recordings that guests were there for, or that are about forgetting, are
//! deleted; so is what was recorded for a purpose that is over by now.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, ZonedDateTime};

use super::{Plan, Purpose, Purposes, Shelf, SoundError, pool};
use crate::event::{Event, EventKind, Expected};
use crate::heard::QUIET;

/// How often it is looked for what is over.
const LOOK_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Sessions that are followed at the same time: others of long ago never ended.
const OPEN: usize = 16;

/// The recordings of conversations that are not over.
pub struct Desk {
    shelf: Shelf,
    plan: Plan,
    open: BTreeMap<u64, Conversation>,
    looked: Option<Timestamp>,
    /// What goes wrong is told once.
    failed: bool,
}

/// What is not over when the assistant ends is not kept.
impl Drop for Desk {
    fn drop(&mut self) {
        for conversation in std::mem::take(&mut self.open).into_values() {
            // What cannot be removed now is at the next start.
            let _ = self.discard(&conversation.recordings);
        }
    }
}

struct Conversation {
    began: ZonedDateTime,
    /// For what, and in which file of the pool.
    recordings: Vec<(Purpose, String)>,
    /// Guests were here, or it was about the history itself.
    not_kept: bool,
}

impl Desk {
    #[must_use]
    pub fn new(shelf: Shelf, plan: Plan) -> Self {
        Self { shelf, plan, open: BTreeMap::new(), looked: None, failed: false }
    }

    /// For what sound is kept now.
    #[must_use]
    pub fn keeps(&self, now: &ZonedDateTime) -> Purposes {
        self.plan.on(now.date())
    }

    /// Takes note of an event, and of the command that the history has just written. Gives what went wrong, once.
    pub fn see(
        &mut self,
        event: &Event,
        now: &ZonedDateTime,
        guests: bool,
        entry: Option<i64>,
    ) -> Option<SoundError> {
        let done = self.note(event, now, guests, entry);
        self.once(done)
    }

    /// Deletes what is over, as [`Shelf::tidy`]. Gives what went wrong, once.
    pub fn look(
        &mut self,
        now: &ZonedDateTime,
        commands: impl FnOnce() -> Option<BTreeSet<i64>>,
    ) -> Option<SoundError> {
        let at = now.timestamp();
        // A clock that was set back counts as time that has passed.
        let due = self.looked.is_none_or(|looked| at.duration_since(looked).abs() >= LOOK_EVERY);
        if !due {
            return None;
        }
        self.looked = Some(at);
        let done = self.shelf.tidy(&self.plan, now.date(), commands);
        self.once(done)
    }

    fn once(&mut self, done: Result<(), SoundError>) -> Option<SoundError> {
        done.err().filter(|_| !std::mem::replace(&mut self.failed, true))
    }

    fn note(
        &mut self,
        event: &Event,
        now: &ZonedDateTime,
        guests: bool,
        entry: Option<i64>,
    ) -> Result<(), SoundError> {
        let Some(session) = event.session else { return Ok(()) };
        if !self.open.contains_key(&session) {
            // Without a recording there is nothing to decide about.
            let EventKind::SoundKept { .. } = event.kind else { return Ok(()) };
            if self.open.len() >= OPEN
                && let Some((_, oldest)) = self.open.pop_first()
            {
                self.discard(&oldest.recordings)?;
            }
        }
        let conversation = self.open.entry(session).or_insert_with(|| Conversation {
            began: now.clone(),
            recordings: Vec::new(),
            not_kept: false,
        });
        conversation.not_kept |= guests;
        match &event.kind {
            EventKind::SoundKept { purpose, file } => conversation.recordings.push((*purpose, file.clone())),
            EventKind::Intent(intent) => conversation.not_kept |= QUIET.contains(&intent.intent.as_str()),
            // A further command may follow, and be about this one.
            EventKind::SessionEnd { .. } | EventKind::Listen { expects: Expected::Command, .. } => {
                if let Some(over) = self.open.remove(&session) {
                    return self.settle(over, now, entry);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn settle(
        &mut self,
        over: Conversation,
        now: &ZonedDateTime,
        entry: Option<i64>,
    ) -> Result<(), SoundError> {
        let on = if over.not_kept { Purposes::NONE } else { self.keeps(now) };
        let (kept, discarded): (Vec<_>, Vec<_>) =
            over.recordings.into_iter().partition(|(purpose, _)| on.has(*purpose));
        self.discard(&discarded)?;
        if !kept.is_empty() {
            self.shelf.keep(&kept, &over.began, entry)?;
            // What fails again is told again.
            self.failed = false;
        }
        Ok(())
    }

    fn discard(&self, recordings: &[(Purpose, String)]) -> Result<(), SoundError> {
        let mut done = Ok(());
        for (_, file) in recordings {
            let path = self.shelf.folder().join(file);
            // The others are to go whatever becomes of one.
            done = done.and(pool::remove(&path).map_err(SoundError::at("delete", path)));
        }
        done
    }
}
