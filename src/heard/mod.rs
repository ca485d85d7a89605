//! The history of commands: what was understood and done, for a day, and nothing else.
//!
//! A reader of the event stream. Only commands that were understood are kept; of the rest nothing is
//! but their number. What is deleted is gone from the file, too: `SQLite` overwrites it
//! (`secure_delete`) and the file is written anew (`VACUUM`). Where a household has sound kept
//! ([`crate::sound`]), a command that is deleted takes its recordings with it.

#[cfg(feature = "sqlite")]
pub mod all;
#[cfg(feature = "sqlite")]
mod keeper;
#[cfg(feature = "sqlite")]
mod locked;
#[cfg(feature = "sqlite")]
mod log;
#[cfg(all(test, feature = "sqlite"))]
mod tests;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use crate::sound::SoundError;

#[cfg(feature = "sqlite")]
pub use keeper::{Keeper, Place};
#[cfg(feature = "sqlite")]
pub use log::Log;

/// Commands about the history itself. They leave no entry: it would quote what is to be forgotten, and be
/// the last one that "forget that" deletes.
pub const QUIET: [&str; 3] = ["WhatWasHeard", "ForgetThat", "ForgetToday"];

/// Why the history cannot be kept or read.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the history `{}`: {reason}", path.display())]
pub struct HeardError {
    path: PathBuf,
    reason: String,
}

/// A command that was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub id: i64,
    pub at: Timestamp,
    /// As it was understood.
    pub text: String,
    pub intent: String,
    /// What was answered; empty where a sound was.
    pub reply: String,
    /// Why none of these is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked: Option<Locked>,
}

/// Why the words of an entry cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Locked {
    /// They are encrypted, and the key is not there.
    NoKey,
    /// They were changed, moved from another entry, or encrypted with another key.
    Damaged,
}

/// How many entries lie in the file as what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub clear: u32,
    pub encrypted: u32,
}

/// What can be asked of the history, and forgotten, by voice.
pub trait Kept: Send {
    /// The last entries at `now` that can be read, the latest first.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn latest(&self, count: usize, now: Timestamp) -> Result<Vec<Entry>, HeardError>;

    /// Deletes what was kept last, and says of when it was.
    ///
    /// # Errors
    /// When the history cannot be written.
    fn forget_latest(&self, now: Timestamp) -> Result<Option<Timestamp>, HeardError>;

    /// Deletes the entries since then, and gives their number.
    ///
    /// # Errors
    /// When the history cannot be written.
    fn forget_since(&self, since: Timestamp) -> Result<usize, HeardError>;

    /// How many recordings are kept.
    ///
    /// # Errors
    /// When they cannot be read.
    fn recordings(&self) -> Result<usize, HeardError> {
        Ok(0)
    }
}

impl From<SoundError> for HeardError {
    fn from(error: SoundError) -> Self {
        Self { reason: error.to_string(), path: error.path }
    }
}

/// Where the history lies in a data folder.
#[must_use]
pub fn file_in(data_dir: &Path) -> PathBuf {
    data_dir.join("heard.db")
}
