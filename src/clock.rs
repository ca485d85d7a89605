//! The time, passed in so that replays and tests decide what time it is.
//!
//! A household's clock may be set: by hand, by the network, on a machine that forgot the time while it
//! was off. What has to last five minutes is counted by the other clock, which only goes on.

use std::fs;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Span, Timestamp, ZonedDateTime};
use serde::{Deserialize, Serialize};

/// Where the mind reads the time.
pub trait Clock: Send + Sync {
    /// The time of day.
    fn now(&self) -> ZonedDateTime;

    /// How long the machine has been on; `None` where that cannot be told.
    fn uptime(&self) -> Option<Uptime>;
}

/// How long a machine has been on, asleep or not, whatever its clock is set to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uptime {
    /// Which start of the machine it is counted from.
    pub boot: String,
    pub ms: u64,
}

impl Uptime {
    /// So much later.
    #[must_use]
    pub fn after_ms(mut self, ms: u64) -> Self {
        self.ms = self.ms.saturating_add(ms);
        self
    }

    /// What the time of day is at this moment, by what it is now; `None` where the machine has been
    /// started anew since, and nothing can be counted.
    #[must_use]
    pub fn on_the_clock(&self, now: Timestamp, uptime: &Uptime) -> Option<Timestamp> {
        let ms = i64::try_from(i128::from(self.ms) - i128::from(uptime.ms)).ok()?;
        (self.boot == uptime.boot).then(|| now.saturating_add(SignedDuration::from_millis(ms)).ok())?
    }
}

/// The machine's clock and time zone.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// Which start of the machine this is, as the kernel names it.
static BOOT: LazyLock<Option<String>> = LazyLock::new(|| {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
    boot.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty())
});

impl Clock for SystemClock {
    fn now(&self) -> ZonedDateTime {
        ZonedDateTime::now()
    }

    fn uptime(&self) -> Option<Uptime> {
        let read = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let ms = u64::try_from(read.tv_sec).ok()? * 1000 + u64::try_from(read.tv_nsec).ok()? / 1_000_000;
        Some(Uptime { boot: BOOT.clone()?, ms })
    }
}

/// A clock that stands still until it is moved. Clones share the time.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Mutex<Hands>>);

#[derive(Debug)]
struct Hands {
    now: ZonedDateTime,
    on_for: Duration,
}

impl ManualClock {
    #[must_use]
    pub fn at(now: ZonedDateTime) -> Self {
        Self(Arc::new(Mutex::new(Hands { now, on_for: Duration::from_mins(1) })))
    }

    /// Lets time pass until then; a time gone by is only shown.
    pub fn set(&self, now: ZonedDateTime) {
        let mut hands = self.hands();
        let passed = now.timestamp().duration_since(hands.now.timestamp());
        hands.on_for += Duration::try_from(passed).unwrap_or_default();
        hands.now = now;
    }

    /// Shows another time, as when somebody sets a clock: none passes.
    pub fn turn_to(&self, now: ZonedDateTime) {
        self.hands().now = now;
    }

    /// Moves the time forward by `ms` milliseconds.
    ///
    /// # Panics
    /// When that leaves the range of the calendar (the year 9999).
    pub fn advance_ms(&self, ms: i64) {
        let now = self.now();
        self.set(now.checked_add(Span::new().milliseconds(ms)).expect("the clock stays within the calendar"));
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> ZonedDateTime {
        self.hands().now.clone()
    }

    fn uptime(&self) -> Option<Uptime> {
        let ms = u64::try_from(self.hands().on_for.as_millis()).unwrap_or(u64::MAX);
        Some(Uptime { boot: "manual".into(), ms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_lets_no_time_pass() {
        let clock = ManualClock::at("2026-11-24T15:00:00[Europe/Paris]".parse().unwrap());
        let before = clock.uptime().unwrap();
        clock.advance_ms(5_000);
        assert_eq!(clock.uptime().unwrap().ms - before.ms, 5_000);
        clock.turn_to("2026-11-25T15:00:00[Europe/Paris]".parse().unwrap());
        assert_eq!(clock.uptime().unwrap().ms - before.ms, 5_000);
        assert_eq!(clock.now().day(), 25);
    }

    #[test]
    fn a_moment_is_found_again_on_a_clock_that_was_set() {
        let due = Uptime { boot: "a".into(), ms: 10_000 }.after_ms(5_000);
        let now = Timestamp::from_second(1_000).unwrap();
        let uptime = |boot: &str| Uptime { boot: boot.into(), ms: 12_000 };
        assert_eq!(due.on_the_clock(now, &uptime("a")), Timestamp::from_second(1_003).ok());
        assert_eq!(due.on_the_clock(now, &uptime("b")), None);
    }

    #[test]
    fn the_machine_tells_how_long_it_has_been_on() {
        let clock = SystemClock;
        let (first, second) = (clock.uptime(), clock.uptime());
        if let (Some(first), Some(second)) = (first, second) {
            assert!(first.ms > 0 && second.ms >= first.ms && first.boot == second.boot);
        }
    }
}
