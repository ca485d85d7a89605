//! All that is kept of what was said, words and sound, for those who look at it.

use jiff::ZonedDateTime;

use super::{Entry, Log};
use crate::Result;
use crate::config::Config;
use crate::lock::Lock;
use crate::sound::{Shelf, Sound};

/// Words as far as the key is there.
pub struct All {
    pub log: Log,
    pub entries: Vec<Entry>,
    pub sounds: Vec<Sound>,
}

impl All {
    /// Reads it, without what is over.
    ///
    /// # Errors
    /// When it cannot be read, or what is over cannot be deleted.
    pub fn read(config: &Config, now: &ZonedDateTime) -> Result<Self> {
        let log = open(config)?.locked_by(Lock::of(config))?;
        let sounds = tidy(&log, config, now)?.all()?;
        let entries = log.entries(now.timestamp())?;
        Ok(Self { log, entries, sounds })
    }
}

/// The history without its key: enough to delete.
///
/// # Errors
/// When it cannot be opened.
pub fn open(config: &Config) -> Result<Log> {
    Ok(Log::open(&config.data_dir, config.privacy.keep_hours)?)
}

/// The recordings. What is over is deleted, and commands that are take their sound with them.
///
/// # Errors
/// When something cannot be deleted.
pub fn tidy(log: &Log, config: &Config, now: &ZonedDateTime) -> Result<Shelf> {
    log.expire(now.timestamp())?;
    let shelf = Shelf::of(&config.data_dir);
    shelf.tidy(&config.privacy.keep_sound, now.date(), || log.numbers().ok())?;
    Ok(shelf)
}
