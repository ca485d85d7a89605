//! The history in a living house: what keeps it, and what asks it by voice.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Entry, HeardError, Kept, Locked, Log};
use crate::clock::Clock;
use crate::daemon::History;
use crate::event::Event;
use crate::lock::Lock;

/// Keeps what happens, by a clock.
pub struct Keeper {
    log: Log,
    clock: Arc<dyn Clock>,
}

impl Keeper {
    #[must_use]
    pub fn new(log: Log, clock: Arc<dyn Clock>) -> Self {
        Self { log, clock }
    }
}

impl History for Keeper {
    fn see(&mut self, event: &Event, guests: bool) -> Option<String> {
        self.log.see(event, self.clock.now().timestamp(), guests).map(|error| error.to_string())
    }

    fn look(&mut self) -> Option<String> {
        self.log.look(self.clock.now().timestamp()).map(|error| error.to_string())
    }
}

/// Where a history is, for those who ask it seldom: it is opened each time.
#[derive(Debug, Clone)]
pub struct Place {
    data_dir: PathBuf,
    keep_hours: u32,
    lock: Option<Lock>,
}

impl Place {
    /// Of a household that keeps one; `None` where nothing is kept.
    #[must_use]
    pub fn new(data_dir: PathBuf, keep_hours: u32) -> Option<Self> {
        (keep_hours > 0).then_some(Self { data_dir, keep_hours, lock: None })
    }

    /// Where what is kept is encrypted.
    #[must_use]
    pub fn locked_by(self, lock: Option<Lock>) -> Self {
        Self { lock, ..self }
    }

    fn open(&self) -> Result<Log, HeardError> {
        Log::open(&self.data_dir, self.keep_hours)
    }
}

impl Kept for Place {
    fn latest(&self, count: usize, now: Timestamp) -> Result<Vec<Entry>, HeardError> {
        let log = self.open()?.locked_by(self.lock.clone())?;
        let (readable, locked): (Vec<_>, Vec<_>) =
            log.entries(now)?.into_iter().partition(|entry| entry.locked.is_none());
        if readable.is_empty() && locked.iter().any(|entry| entry.locked == Some(Locked::NoKey)) {
            log.check_key()?;
        }
        Ok(readable.into_iter().rev().take(count).collect())
    }

    fn forget_latest(&self, now: Timestamp) -> Result<Option<Timestamp>, HeardError> {
        let mut log = self.open()?;
        let Some((id, at)) = log.last(now)? else { return Ok(None) };
        log.delete(&[id])?;
        Ok(Some(at))
    }

    fn forget_since(&self, since: Timestamp) -> Result<usize, HeardError> {
        self.open()?.delete_since(since)
    }
}
