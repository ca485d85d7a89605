//! Sound that a household asked to be kept: for a purpose, until a day. Without being asked, none is.
//!
//! The ear opens empty files before it is sealed ([`pool`]), writes a recording into one, and says which. There
//! it stays while the conversation lasts; then the mind ([`desk`]) puts it on the [`shelf`] or deletes it.

pub mod desk;
pub mod pool;
pub mod shelf;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use desk::Desk;
pub use pool::Pool;
pub use shelf::{Shelf, Sound};

/// The longest time for which anything can be asked to be kept, in days.
pub const MOST_DAYS: i64 = 90;

/// What sound is kept for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To improve wake words: the seconds around each wake-up.
    Wake,
    /// To find out why commands are misunderstood: the sound of each.
    Commands,
}

impl Purpose {
    pub const ALL: [Self; 2] = [Self::Wake, Self::Commands];

    /// As in the settings, and as its folder is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wake => "wake",
            Self::Commands => "commands",
        }
    }
}

/// Some purposes, or none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purposes {
    pub wake: bool,
    pub commands: bool,
}

impl Purposes {
    pub const NONE: Self = Self { wake: false, commands: false };

    #[must_use]
    pub fn has(self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Wake => self.wake,
            Purpose::Commands => self.commands,
        }
    }

    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }

    /// Each of them.
    pub fn each(self) -> impl Iterator<Item = Purpose> {
        Purpose::ALL.into_iter().filter(move |purpose| self.has(*purpose))
    }
}

impl FromIterator<Purpose> for Purposes {
    fn from_iter<I: IntoIterator<Item = Purpose>>(purposes: I) -> Self {
        purposes.into_iter().fold(Self::NONE, |all, purpose| match purpose {
            Purpose::Wake => Self { wake: true, ..all },
            Purpose::Commands => Self { commands: true, ..all },
        })
    }
}

/// Until the end of which day sound is kept, by purpose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Plan {
    pub wake: Option<Date>,
    pub commands: Option<Date>,
}

impl Plan {
    #[must_use]
    pub fn until(&self, purpose: Purpose) -> Option<Date> {
        match purpose {
            Purpose::Wake => self.wake,
            Purpose::Commands => self.commands,
        }
    }

    /// For what sound is kept on a day. One that is too long before the end is of a clock that is wrong: in
    /// doubt rather too little is kept than too much.
    #[must_use]
    pub fn on(&self, today: Date) -> Purposes {
        let on = |purpose: &Purpose| {
            self.until(*purpose).is_some_and(|end| (today..=latest(today)).contains(&end))
        };
        Purpose::ALL.into_iter().filter(on).collect()
    }

    /// Whether nothing that was kept for this is to be there any more.
    #[must_use]
    pub fn is_over(&self, purpose: Purpose, today: Date) -> bool {
        self.until(purpose).is_none_or(|end| end < today)
    }

    /// Whether anything is asked for, now or before.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The last day that can be asked for.
#[must_use]
pub fn latest(today: Date) -> Date {
    today.saturating_add(MOST_DAYS.days())
}

/// Why sound cannot be kept, or deleted.
#[derive(Debug, thiserror::Error)]
#[error("cannot {verb} the recording `{}`: {source}; make the folder yours, and see that it has space", path.display())]
pub struct SoundError {
    pub verb: &'static str,
    pub path: PathBuf,
    pub source: std::io::Error,
}

impl SoundError {
    fn at(verb: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self { verb, path, source }
    }
}
