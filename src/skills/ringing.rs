//! What is due rings until somebody stops it: timers and alarms alike. The mind says it again and
//! again (`src/mind/ringing.rs`); here is what rings for how long, and how it is stopped.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Outcome, Skill, Stop, World, alarm, timer};
use crate::nlu::Intent;

/// What was due longer than this before the start was missed; a restart takes less.
const MISSED_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// How much later "snooze" means, in minutes, and the most that can be asked for.
const SNOOZE_MINUTES: f64 = 10.0;
const MAX_SNOOZE_MINUTES: f64 = 24.0 * 60.0;

/// Something that rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ringing {
    /// When it was due.
    pub due: Timestamp,
    /// Then it has rung long enough.
    pub until: Timestamp,
}

/// Something that was due, and that nobody has taken note of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    pub due: Timestamp,
    /// It rang, and nobody stopped it; else nothing was there to ring.
    pub rang: bool,
}

/// What decides how long something rings.
#[derive(Debug, Clone, Copy)]
pub struct Bell {
    pub now: Timestamp,
    /// When the assistant awoke.
    pub started: Timestamp,
    pub ring_for: SignedDuration,
}

impl Bell {
    /// Whether the assistant was off when something was due.
    #[must_use]
    pub fn was_off(&self, due: Timestamp) -> bool {
        due < self.started.saturating_sub(MISSED_AFTER).unwrap_or(Timestamp::MIN)
    }

    /// Rings from now on; what was due while the assistant was off, only as long as it would have.
    #[must_use]
    pub fn ring(&self, due: Timestamp) -> Ringing {
        let from = if self.was_off(due) { due } else { self.now };
        Ringing { due, until: later(from, self.ring_for) }
    }
}

/// So much later, within the calendar.
pub(super) fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

pub(super) struct Rings;

impl Skill for Rings {
    fn intents(&self) -> &'static [&'static str] {
        &["StopRinging", "Snooze"]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        if !rings(world) {
            return Err(Stop::Answer(world.words().nothing_rings()));
        }
        if intent.intent == "Snooze" || intent.slot("snooze").is_some() {
            return snooze(intent, world);
        }
        stop(world)
    }
}

/// Whether anything rings.
pub(super) fn rings(world: &World) -> bool {
    world.timers.ringing().next().is_some() || world.alarms.ringing().next().is_some()
}

/// Stops whatever rings. Whoever stops it knows what it was: nothing is said.
pub(super) fn stop(world: &mut World) -> Result<Outcome, Stop> {
    let timers = world.timers.stop_ringing(world.store)?;
    let alarms = world.alarms.stop_ringing(world.store)?;
    let timers = timers.iter().map(|timer| timer::action("timer_stop", timer));
    let alarms = alarms.iter().map(|alarm| alarm::action("stop", alarm));
    Ok(Outcome::answer("").with_actions(timers.chain(alarms)))
}

/// Lets it ring again later.
fn snooze(intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
    let words = world.words();
    let minutes = intent.slot_number("minutes").unwrap_or(SNOOZE_MINUTES);
    if !(1.0..=MAX_SNOOZE_MINUTES).contains(&minutes) {
        return Err(Stop::Answer(words.no_such_length()));
    }
    let ms = (minutes * 60_000.0) as u64;
    let timers = world.timers.snooze(ms, &world.moment(), world.store)?;
    let until = later(world.now.timestamp(), SignedDuration::from_millis(ms.cast_signed()));
    let alarms = world.alarms.snooze(until, world.store)?;
    let at = until.to_zoned_datetime(world.now.time_zone().clone()).time();
    let timers = timers.iter().map(|timer| timer::action("timer_snooze", timer));
    let alarms = alarms.iter().map(|alarm| alarm::action("snooze", alarm));
    Ok(Outcome::done(words.snoozed(at)).with_actions(timers.chain(alarms)))
}
