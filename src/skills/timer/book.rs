//! The timers that are set: kept in the store, so that they outlive a power cut.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::words::SpokenTimer;
use crate::store::{Store, StoreError};

/// The store's namespace of timers.
pub(super) const NAMESPACE: &str = "timer";

/// One timer, running or paused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// Counts up from 1; timers in the order they were set.
    pub id: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How long it was set for, in seconds.
    pub total_s: u64,
    pub run: Run,
}

/// Whether time passes for a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Run {
    /// It runs out then.
    Due(Timestamp),
    /// Paused, with so many milliseconds left.
    Paused(u64),
}

/// All timers, by id.
#[derive(Debug, Default)]
pub struct TimerBook {
    timers: Vec<Timer>,
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
        }
    }

    #[must_use]
    pub fn is_paused(&self) -> bool {
        matches!(self.run, Run::Paused(_))
    }

    /// As one speaks of it.
    #[must_use]
    pub fn spoken(&self, now: Timestamp) -> SpokenTimer {
        SpokenTimer {
            name: self.name.clone(),
            total_s: self.total_s,
            left_s: self.left_s(now),
            paused: self.is_paused(),
        }
    }
}

impl Run {
    /// Running, with so many milliseconds to go.
    pub(super) fn for_ms(left: u64, now: Timestamp) -> Self {
        let left = SignedDuration::from_millis(i64::try_from(left).unwrap_or(i64::MAX));
        Self::Due(now.saturating_add(left).unwrap_or(Timestamp::MAX))
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
        for (key, record) in store.list(NAMESPACE)? {
            match serde_json::from_value::<Timer>(record) {
                Ok(timer) => self.timers.push(timer),
                Err(error) => tracing::warn!(key, %error, "a stored timer cannot be read; it is left out"),
            }
        }
        self.timers.sort_by_key(|timer| timer.id);
        Ok(())
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
        let now = self.records();
        let back = before.iter().filter(|(key, old)| now.get(*key) != Some(old));
        let new = now.keys().filter(|key| !before.contains_key(*key));
        let back = back.map(|(key, old)| (key.clone(), Some(old.clone())));
        back.chain(new.map(|key| (key.clone(), None))).collect()
    }

    #[must_use]
    pub fn all(&self) -> &[Timer] {
        &self.timers
    }

    /// When the next one runs out.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.timers.iter().filter_map(Timer::due).min()
    }

    /// Adds a timer that runs from now.
    ///
    /// # Errors
    /// When it cannot be kept; then it is not set.
    pub fn start(
        &mut self,
        name: Option<String>,
        total_s: u64,
        now: Timestamp,
        store: &mut dyn Store,
    ) -> Result<Timer, StoreError> {
        let id = self.timers.last().map_or(1, |timer| timer.id + 1);
        let run = Run::for_ms(total_s.saturating_mul(1000), now);
        let timer = Timer { id, name, total_s, run };
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
        self.timers.retain(|own| !timers.iter().any(|timer| timer.id == own.id));
        Ok(())
    }

    /// Takes out the timers that have run out, the earliest first.
    ///
    /// # Errors
    /// When the store cannot be written; then they stay, and are due again.
    pub fn take_due(&mut self, now: Timestamp, store: &mut dyn Store) -> Result<Vec<Timer>, StoreError> {
        let mut due: Vec<Timer> =
            self.timers.iter().filter(|timer| timer.due().is_some_and(|due| due <= now)).cloned().collect();
        if !due.is_empty() {
            self.remove(&due, store)?;
        }
        due.sort_by_key(|timer| (timer.due(), timer.id));
        Ok(due)
    }
}

impl Timer {
    /// When it runs out, while it runs.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        match self.run {
            Run::Due(due) => Some(due),
            Run::Paused(_) => None,
        }
    }
}

fn key(id: u64) -> String {
    format!("{id:020}")
}

fn record(timer: &Timer) -> Value {
    serde_json::to_value(timer).unwrap_or_default()
}
