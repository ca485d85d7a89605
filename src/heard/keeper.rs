//! The history in a living house: what keeps it, and what asks it by voice. Kept sound goes with it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Entry, HeardError, Kept, Locked, Log};
use crate::clock::Clock;
use crate::daemon::History;
use crate::event::Event;
use crate::lock::Lock;
use crate::sound::{Desk, Purposes, Shelf};

/// Keeps what happens, by a clock.
pub struct Keeper {
    /// `None` where no text is kept.
    log: Option<Log>,
    /// `None` where no sound is kept.
    desk: Option<Desk>,
    clock: Arc<dyn Clock>,
}

impl Keeper {
    #[must_use]
    pub fn new(log: Option<Log>, desk: Option<Desk>, clock: Arc<dyn Clock>) -> Self {
        Self { log, desk, clock }
    }
}

impl History for Keeper {
    fn see(&mut self, event: &Event, guests: bool) -> Option<String> {
        let now = self.clock.now();
        let untold = self.log.as_mut().and_then(|log| log.see(event, now.timestamp(), guests));
        let entry = self.log.as_mut().and_then(Log::written);
        let unkept = self.desk.as_mut().and_then(|desk| desk.see(event, &now, guests, entry));
        both(untold.map(|error| error.to_string()), unkept.map(|error| error.to_string()))
    }

    fn look(&mut self) -> Option<String> {
        let now = self.clock.now();
        let untold = self.log.as_mut().and_then(|log| log.look(now.timestamp()));
        let log = self.log.as_ref();
        // A history that cannot be read tells so itself.
        let commands = || log.map_or(Some(BTreeSet::new()), |log| log.numbers().ok());
        let undeleted = self.desk.as_mut().and_then(|desk| desk.look(&now, commands));
        both(untold.map(|error| error.to_string()), undeleted.map(|error| error.to_string()))
    }

    fn sound(&self) -> Purposes {
        self.desk.as_ref().map_or(Purposes::NONE, |desk| desk.keeps(&self.clock.now()))
    }
}

fn both(one: Option<String>, other: Option<String>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) => Some(format!("{one}; {other}")),
        (one, other) => one.or(other),
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

    /// Of a household that may keep sound alone.
    #[must_use]
    pub fn of_sound(data_dir: PathBuf) -> Self {
        Self { data_dir, keep_hours: 0, lock: None }
    }

    /// `None` where no text is kept.
    fn log(&self) -> Result<Option<Log>, HeardError> {
        (self.keep_hours > 0).then(|| Log::open(&self.data_dir, self.keep_hours)).transpose()
    }

    fn shelf(&self) -> Shelf {
        Shelf::of(&self.data_dir)
    }
}

impl Kept for Place {
    fn latest(&self, count: usize, now: Timestamp) -> Result<Vec<Entry>, HeardError> {
        let Some(log) = self.log()? else { return Ok(Vec::new()) };
        let log = log.locked_by(self.lock.clone())?;
        let (readable, locked): (Vec<_>, Vec<_>) =
            log.entries(now)?.into_iter().partition(|entry| entry.locked.is_none());
        if readable.is_empty() && locked.iter().any(|entry| entry.locked == Some(Locked::NoKey)) {
            log.check_key()?;
        }
        Ok(readable.into_iter().rev().take(count).collect())
    }

    fn forget_latest(&self, now: Timestamp) -> Result<Option<Timestamp>, HeardError> {
        let mut log = self.log()?;
        let last = match &log {
            Some(log) => log.last(now)?,
            None => None,
        };
        // What was not understood has no text, and may be what was said last.
        if let Some(sound) = self.shelf().all()?.pop()
            && last.is_none_or(|(id, at)| sound.entry != Some(id) && sound.at > at)
        {
            self.shelf().delete(|other| other.name == sound.name)?;
            return Ok(Some(sound.at));
        }
        let (Some(log), Some((id, at))) = (&mut log, last) else { return Ok(None) };
        self.shelf().delete(|sound| sound.entry == Some(id))?;
        log.delete(&[id])?;
        Ok(Some(at))
    }

    fn forget_since(&self, since: Timestamp) -> Result<usize, HeardError> {
        let (mut commands, mut deleted) = (0, BTreeSet::new());
        if let Some(log) = self.log()? {
            let before = log.numbers()?;
            commands = log.delete_since(since)?;
            deleted = &before - &log.numbers()?;
        }
        let of_it = |entry| deleted.contains(&entry);
        let gone = self.shelf().delete(|sound| sound.at >= since || sound.entry.is_some_and(of_it))?;
        let wordless = gone.into_iter().filter(|sound| sound.entry.is_none()).map(|sound| sound.name);
        Ok(commands + wordless.collect::<BTreeSet<_>>().len())
    }

    fn recordings(&self) -> Result<usize, HeardError> {
        Ok(self.shelf().all()?.len())
    }
}
