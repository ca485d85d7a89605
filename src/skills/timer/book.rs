//! The timers that are set: kept in the store, so that they outlive a power cut.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::ringing::{Bell, Missed, Ringing, later};
use super::super::words::SpokenTimer;
use super::super::{Moment, undo};
use crate::clock::Uptime;
use crate::store::{Store, StoreError};

/// The store's namespace of timers.
pub(super) const NAMESPACE: &str = "timer";

/// Less than this is no clock that was set, but one that is kept right.
const CLOCK_SET: SignedDuration = SignedDuration::from_secs(2);

/// One timer, running, paused or ringing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// Counts up from 1; timers in the order they were set.
    pub id: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How long it was set for, in seconds.
    pub total_s: u64,
    pub run: Run,
    /// When it runs out by the clock that nobody sets, while it runs and the machine is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steady: Option<Uptime>,
}

/// Whether time passes for a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Run {
    /// It runs out then.
    Due(Timestamp),
    /// Paused, with so many milliseconds left.
    Paused(u64),
    /// It has run out, and rings until somebody stops it.
    Ringing(Ringing),
    /// It has run out, and nobody knows yet.
    Missed(Missed),
}

/// All timers, by id.
#[derive(Debug, Default)]
pub struct TimerBook {
    timers: Vec<Timer>,
    /// Those that were missed, and must still be told.
    missed: Vec<Timer>,
}

impl Timer {
    /// How long it still runs, rounded up to whole seconds; 0 when it has run out.
    #[must_use]
    pub fn left_s(&self, now: Timestamp) -> u64 {
        self.left_ms(now).div_ceil(1000)
    }

    pub(super) fn left_ms(&self, now: Timestamp) -> u64 {
        match self.run {
            Run::Due(due) => u64::try_from(due.duration_since(now).as_millis()).unwrap_or(0),
            Run::Paused(left) => left,
            Run::Ringing(_) | Run::Missed(_) => 0,
        }
    }

    /// Lets it run from now on, with so many milliseconds to go.
    pub(super) fn go(&mut self, left_ms: u64, moment: &Moment) {
        let left = SignedDuration::from_millis(i64::try_from(left_ms).unwrap_or(i64::MAX));
        self.run = Run::Due(later(moment.now, left));
        self.steady = moment.uptime.clone().map(|uptime| uptime.after_ms(left_ms));
    }

    /// Stops the time, with so many milliseconds to go.
    pub(super) fn pause(&mut self, left_ms: u64) {
        (self.run, self.steady) = (Run::Paused(left_ms), None);
    }

    #[must_use]
    pub fn is_paused(&self) -> bool {
        matches!(self.run, Run::Paused(_))
    }

    #[must_use]
    pub fn is_ringing(&self) -> bool {
        matches!(self.run, Run::Ringing(_))
    }

    /// As one speaks of it.
    #[must_use]
    pub fn spoken(&self, now: Timestamp) -> SpokenTimer {
        SpokenTimer {
            name: self.name.clone(),
            total_s: self.total_s,
            left_s: self.left_s(now),
            paused: self.is_paused(),
            ringing: self.is_ringing(),
        }
    }
}

impl TimerBook {
    /// The timers of the store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn restore(store: &dyn Store) -> Result<Self, StoreError> {
        let mut book = Self::default();
        book.refresh(store)?;
        Ok(book)
    }

    /// Takes over what another process has written to the store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn refresh(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        self.timers.clear();
        self.missed.clear();
        for (key, record) in store.list(NAMESPACE)? {
            match serde_json::from_value::<Timer>(record) {
                Ok(timer) => self.timers.push(timer),
                Err(error) => tracing::warn!(key, %error, "a stored timer cannot be read; it is left out"),
            }
        }
        self.timers.sort_by_key(|timer| timer.id);
        self.set_missed_apart();
        Ok(())
    }

    fn set_missed_apart(&mut self) {
        let (missed, timers) = std::mem::take(&mut self.timers)
            .into_iter()
            .partition(|timer| matches!(timer.run, Run::Missed(_)));
        self.timers = timers;
        self.missed.extend::<Vec<Timer>>(missed);
    }

    /// All timers as the store has them.
    #[must_use]
    pub fn records(&self) -> BTreeMap<String, Value> {
        self.timers.iter().map(|timer| (key(timer.id), record(timer))).collect()
    }

    /// What must be written to have the timers back as they were: those that are gone or were
    /// changed, and nothing (`None`) where one is new.
    #[must_use]
    pub fn changed_since(&self, before: &BTreeMap<String, Value>) -> Vec<(String, Option<Value>)> {
        undo::way_back(before, &self.records())
    }

    #[must_use]
    pub fn all(&self) -> &[Timer] {
        &self.timers
    }

    /// Those that ring, in the order in which they ran out.
    pub fn ringing(&self) -> impl Iterator<Item = &Timer> {
        self.timers.iter().filter(|timer| timer.is_ringing())
    }

    /// When the next one runs out, or has rung long enough.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        let next = |timer: &Timer| match timer.run {
            Run::Due(due) => Some(due),
            Run::Ringing(ringing) => Some(ringing.until),
            Run::Paused(_) | Run::Missed(_) => None,
        };
        self.timers.iter().filter_map(next).min()
    }

    /// Adds a timer that runs from now.
    ///
    /// # Errors
    /// When it cannot be kept; then it is not set.
    pub fn start(
        &mut self,
        name: Option<String>,
        total_s: u64,
        moment: &Moment,
        store: &mut dyn Store,
    ) -> Result<Timer, StoreError> {
        // The missed ones have their records still.
        let last = self.timers.iter().chain(&self.missed).map(|timer| timer.id).max();
        let mut timer = Timer { id: last.unwrap_or(0) + 1, name, total_s, run: Run::Paused(0), steady: None };
        timer.go(total_s.saturating_mul(1000), moment);
        let id = timer.id;
        store.put(NAMESPACE, &key(id), &record(&timer))?;
        self.timers.push(timer.clone());
        Ok(timer)
    }

    /// Replaces the timer of the same id.
    ///
    /// # Errors
    /// When it cannot be kept; then it stays as it was.
    pub fn replace(&mut self, timer: &Timer, store: &mut dyn Store) -> Result<(), StoreError> {
        store.put(NAMESPACE, &key(timer.id), &record(timer))?;
        if let Some(own) = self.timers.iter_mut().find(|own| own.id == timer.id) {
            own.clone_from(timer);
        }
        Ok(())
    }

    /// Removes timers, all at once.
    ///
    /// # Errors
    /// When the store cannot be written; then all of them stay.
    pub fn remove(&mut self, timers: &[Timer], store: &mut dyn Store) -> Result<(), StoreError> {
        let records: Vec<_> = timers.iter().map(|timer| (key(timer.id), None)).collect();
        store.write(NAMESPACE, &records)?;
        let gone = |own: &Timer| timers.iter().any(|timer| timer.id == own.id);
        self.timers.retain(|own| !gone(own));
        self.missed.retain(|own| !gone(own));
        Ok(())
    }

    /// Lets those that have run out ring, and those that have rung long enough be missed; gives those
    /// that begin to ring, the earliest first. Should the store fail, they ring all the same.
    pub fn ring(&mut self, bell: &Bell, store: &mut dyn Store) -> (Vec<Timer>, Result<(), StoreError>) {
        let (mut began, mut changed) = (Vec::new(), Vec::new());
        for timer in &mut self.timers {
            let before = timer.run;
            if let Run::Due(due) = timer.run
                && due <= bell.now
            {
                began.push((due, timer.clone()));
                (timer.run, timer.steady) = (Run::Ringing(bell.ring(due)), None);
            }
            if let Run::Ringing(Ringing { due, until }) = timer.run
                && until <= bell.now
            {
                let rang = matches!(before, Run::Ringing(_));
                timer.run = Run::Missed(Missed { due, rang });
            }
            if timer.run != before {
                changed.push((key(timer.id), Some(record(timer))));
            }
        }
        self.set_missed_apart();
        began.sort_by_key(|(due, timer)| (*due, timer.id));
        let written = if changed.is_empty() { Ok(()) } else { store.write(NAMESPACE, &changed) };
        (began.into_iter().map(|(_, timer)| timer).collect(), written)
    }

    /// Ends those that ring.
    ///
    /// # Errors
    /// When the store cannot be written; then they go on.
    pub fn stop_ringing(&mut self, store: &mut dyn Store) -> Result<Vec<Timer>, StoreError> {
        let ringing: Vec<Timer> = self.ringing().cloned().collect();
        if !ringing.is_empty() {
            self.remove(&ringing, store)?;
        }
        Ok(ringing)
    }

    /// Lets those that ring run on for a while.
    ///
    /// # Errors
    /// When the store cannot be written; then some of them may go on ringing.
    pub fn snooze(
        &mut self,
        ms: u64,
        moment: &Moment,
        store: &mut dyn Store,
    ) -> Result<Vec<Timer>, StoreError> {
        let mut ringing: Vec<Timer> = self.ringing().cloned().collect();
        for timer in &mut ringing {
            timer.go(ms, moment);
            self.replace(timer, store)?;
        }
        Ok(ringing)
    }

    /// Those that were missed and must be told, with when they ran out.
    pub fn missed(&self) -> impl Iterator<Item = (&Timer, Missed)> {
        self.missed.iter().filter_map(|timer| match timer.run {
            Run::Missed(missed) => Some((timer, missed)),
            _ => None,
        })
    }

    /// A clock may have been set: running timers still last as long as they were set for, if that was
    /// since the machine was started; others go by the clock.
    ///
    /// # Errors
    /// When the store cannot be written; then the timers are right until the program ends.
    pub fn keep_time(&mut self, moment: &Moment, store: &mut dyn Store) -> Result<(), StoreError> {
        let mut changed = Vec::new();
        for timer in &mut self.timers {
            if let (Run::Due(due), Some(steady), Some(uptime)) = (timer.run, &timer.steady, &moment.uptime)
                && let Some(really) = steady.on_the_clock(moment.now, uptime)
                && really.duration_since(due).abs() > CLOCK_SET
            {
                timer.run = Run::Due(really);
                changed.push((key(timer.id), Some(record(timer))));
            }
        }
        if changed.is_empty() { Ok(()) } else { store.write(NAMESPACE, &changed) }
    }

    /// The clock was set: those that ring do so for as long as if they had just begun.
    pub fn ring_anew(&mut self, bell: &Bell) {
        for timer in &mut self.timers {
            if let Run::Ringing(ringing) = &mut timer.run {
                ringing.until = later(bell.now, bell.ring_for);
            }
        }
    }
}

fn key(id: u64) -> String {
    format!("{id:020}")
}

fn record(timer: &Timer) -> Value {
    serde_json::to_value(timer).unwrap_or_default()
}
