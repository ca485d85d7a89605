//! The time of day, passed in so that replays and tests decide what time it is.

use std::sync::{Arc, Mutex};

use jiff::{Span, ZonedDateTime};

/// Where the mind reads the time.
pub trait Clock: Send + Sync {
    fn now(&self) -> ZonedDateTime;
}

/// The machine's clock and time zone.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> ZonedDateTime {
        ZonedDateTime::now()
    }
}

/// A clock that stands still until it is moved. Clones share the time.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Mutex<ZonedDateTime>>);

impl ManualClock {
    #[must_use]
    pub fn at(now: ZonedDateTime) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    /// Sets the time.
    pub fn set(&self, now: ZonedDateTime) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = now;
    }

    /// Moves the time forward by `ms` milliseconds.
    ///
    /// # Panics
    /// When that leaves the range of the calendar (the year 9999).
    pub fn advance_ms(&self, ms: i64) {
        let mut now = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *now = now.checked_add(Span::new().milliseconds(ms)).expect("the clock stays within the calendar");
    }
}

impl Clock for ManualClock {
    fn now(&self) -> ZonedDateTime {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}
