//! The alarms and reminders that are set: kept in the store, so that they outlive a power cut.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ZonedDateTime};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::ringing::{Bell, Missed, Ringing, later};
use super::super::undo;
use super::super::words::alarms::{Kind, SpokenAlarm};
use super::rule::Rule;
use crate::store::{Store, StoreError};

/// The store's namespace of alarms.
pub(super) const NAMESPACE: &str = "alarm";

/// Something put off rings again no later than this once the clock was set back.
const SNOOZED_AT_MOST: SignedDuration = SignedDuration::from_mins(10);

/// An alarm or a reminder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Counts up from 1; in the order they were set.
    pub id: u64,
    pub kind: Kind,
    /// The alarm's name, or what somebody wants to be reminded of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// When it is due next; of one that does not come again, when it is or was.
    pub due: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    #[serde(default)]
    pub state: State,
}

/// What an alarm does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    #[default]
    Waiting,
    /// It rings again then.
    Snoozed(Timestamp),
    Ringing(Ringing),
    /// Nobody knows yet.
    Missed(Missed),
}

/// All alarms and reminders, by id.
#[derive(Debug, Default)]
pub struct AlarmBook {
    alarms: Vec<Alarm>,
}

impl Alarm {
    #[must_use]
    pub fn is_ringing(&self) -> bool {
        matches!(self.state, State::Ringing(_))
    }

    /// Whether it is due by itself: once, or again.
    fn waits(&self) -> bool {
        self.rule.is_some() || self.state == State::Waiting
    }

    /// When it rings next.
    #[must_use]
    pub fn next(&self) -> Option<Timestamp> {
        let due = self.waits().then_some(self.due);
        match self.state {
            State::Snoozed(at) => Some(due.map_or(at, |due| due.min(at))),
            _ => due,
        }
    }

    /// As one speaks of it.
    #[must_use]
    pub fn spoken(&self, zone: &TimeZone) -> SpokenAlarm {
        let at = self.next().unwrap_or(self.due);
        SpokenAlarm {
            kind: self.kind,
            text: self.text.clone(),
            at: at.to_zoned_datetime(zone.clone()).datetime(),
            rule: self.rule.clone(),
            ringing: self.is_ringing(),
        }
    }

    /// What is left of it once it has rung.
    fn after_ringing(&self) -> Option<Self> {
        self.rule.is_some().then(|| Self { state: State::Waiting, ..self.clone() })
    }

    /// It is due: gives when it was last, and turns to when it is next.
    fn turn(&mut self, now: &ZonedDateTime) -> Timestamp {
        let Some(rule) = &self.rule else { return self.due };
        let last = rule.last_before(now, self.due);
        match rule.next_after(now) {
            Some(next) => self.due = next.timestamp(),
            None => self.rule = None,
        }
        last
    }
}

impl AlarmBook {
    /// The alarms of the store.
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
        self.alarms.clear();
        for (key, record) in store.list(NAMESPACE)? {
            match serde_json::from_value::<Alarm>(record) {
                Ok(alarm) => self.alarms.push(alarm),
                Err(error) => tracing::warn!(key, %error, "a stored alarm cannot be read; it is left out"),
            }
        }
        self.alarms.sort_by_key(|alarm| alarm.id);
        Ok(())
    }

    /// All of them as the store has them.
    #[must_use]
    pub fn records(&self) -> BTreeMap<String, Value> {
        self.alarms.iter().map(|alarm| (key(alarm.id), record(alarm))).collect()
    }

    /// What must be written to have them back as they were.
    #[must_use]
    pub fn changed_since(&self, before: &BTreeMap<String, Value>) -> Vec<(String, Option<Value>)> {
        undo::way_back(before, &self.records())
    }

    /// Those of a kind that still come or ring.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Alarm> {
        let alive = |alarm: &&Alarm| alarm.next().is_some() || alarm.is_ringing();
        self.alarms.iter().filter(move |alarm| alarm.kind == kind).filter(alive)
    }

    #[must_use]
    pub fn count(&self) -> usize {
        self.alarms.len()
    }

    pub fn ringing(&self) -> impl Iterator<Item = &Alarm> {
        self.alarms.iter().filter(|alarm| alarm.is_ringing())
    }

    /// Those that were missed and must be told.
    pub fn missed(&self) -> impl Iterator<Item = (&Alarm, Missed)> {
        self.alarms.iter().filter_map(|alarm| match alarm.state {
            State::Missed(missed) => Some((alarm, missed)),
            _ => None,
        })
    }

    /// When something rings, or has rung long enough.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        let end = |alarm: &Alarm| match alarm.state {
            State::Ringing(ringing) => Some(ringing.until),
            _ => None,
        };
        self.alarms.iter().flat_map(|alarm| [alarm.next(), end(alarm)]).flatten().min()
    }

    /// Sets one; its id is chosen here.
    ///
    /// # Errors
    /// When it cannot be kept; then it is not set.
    pub fn add(&mut self, alarm: Alarm, store: &mut dyn Store) -> Result<Alarm, StoreError> {
        let id = self.alarms.last().map_or(1, |alarm| alarm.id + 1);
        let alarm = Alarm { id, ..alarm };
        self.change(&[(id, Some(alarm.clone()))], store)?;
        Ok(alarm)
    }

    /// Replaces some, and removes (`None`) others, all at once.
    ///
    /// # Errors
    /// When the store cannot be written; then all of them stay.
    pub fn change(
        &mut self,
        changes: &[(u64, Option<Alarm>)],
        store: &mut dyn Store,
    ) -> Result<(), StoreError> {
        let records: Vec<_> =
            changes.iter().map(|(id, alarm)| (key(*id), alarm.as_ref().map(record))).collect();
        store.write(NAMESPACE, &records)?;
        self.alarms.retain(|alarm| changes.iter().all(|(id, _)| *id != alarm.id));
        self.alarms.extend(changes.iter().filter_map(|(_, alarm)| alarm.clone()));
        self.alarms.sort_by_key(|alarm| alarm.id);
        Ok(())
    }

    /// Lets those that are due ring, and those that have rung long enough be missed; gives those that
    /// begin to ring, the earliest first. What comes again has its next time before it rings. Should
    /// the store fail, they ring all the same.
    pub fn ring(
        &mut self,
        bell: &Bell,
        zone: &TimeZone,
        store: &mut dyn Store,
    ) -> (Vec<Alarm>, Result<(), StoreError>) {
        let now = bell.now.to_zoned_datetime(zone.clone());
        let (mut began, mut changed) = (Vec::new(), Vec::new());
        for alarm in &mut self.alarms {
            let before = alarm.clone();
            let mut due = None;
            if let State::Snoozed(at) = alarm.state {
                due = Some(at).filter(|at| *at <= bell.now);
            }
            if alarm.waits() && alarm.due <= bell.now {
                due = Some(alarm.turn(&now));
            }
            if let Some(due) = due {
                alarm.state = State::Ringing(bell.ring(due));
                began.push((due, alarm.clone()));
            }
            if let State::Ringing(Ringing { due, until }) = alarm.state
                && until <= bell.now
            {
                let rang = before.is_ringing();
                alarm.state = State::Missed(Missed { due, rang });
            }
            if *alarm != before {
                changed.push((key(alarm.id), Some(record(alarm))));
            }
        }
        began.sort_by_key(|(due, alarm)| (*due, alarm.id));
        let written = if changed.is_empty() { Ok(()) } else { store.write(NAMESPACE, &changed) };
        (began.into_iter().map(|(_, alarm)| alarm).collect(), written)
    }

    /// Ends those that ring; what comes again does so at its next time.
    ///
    /// # Errors
    /// When the store cannot be written; then they go on.
    pub fn stop_ringing(&mut self, store: &mut dyn Store) -> Result<Vec<Alarm>, StoreError> {
        let ringing: Vec<Alarm> = self.ringing().cloned().collect();
        self.settle(&ringing, store)?;
        Ok(ringing)
    }

    /// These have been taken note of.
    ///
    /// # Errors
    /// When the store cannot be written; then they stay as they are.
    pub fn settle(&mut self, alarms: &[Alarm], store: &mut dyn Store) -> Result<(), StoreError> {
        if alarms.is_empty() {
            return Ok(());
        }
        let over: Vec<_> = alarms.iter().map(|alarm| (alarm.id, alarm.after_ringing())).collect();
        self.change(&over, store)
    }

    /// Lets those that ring do so again later.
    ///
    /// # Errors
    /// When the store cannot be written; then they go on.
    pub fn snooze(&mut self, at: Timestamp, store: &mut dyn Store) -> Result<Vec<Alarm>, StoreError> {
        let ringing: Vec<Alarm> =
            self.ringing().map(|alarm| Alarm { state: State::Snoozed(at), ..alarm.clone() }).collect();
        if !ringing.is_empty() {
            let changes: Vec<_> = ringing.iter().map(|alarm| (alarm.id, Some(alarm.clone()))).collect();
            self.change(&changes, store)?;
        }
        Ok(ringing)
    }

    /// The clock was set. Alarms are for a time of day and stay where they are; what rings goes on, and
    /// what was put off comes soon.
    pub fn ring_anew(&mut self, bell: &Bell) {
        for alarm in &mut self.alarms {
            match &mut alarm.state {
                State::Ringing(ringing) => ringing.until = later(bell.now, bell.ring_for),
                State::Snoozed(at) => *at = (*at).min(later(bell.now, SNOOZED_AT_MOST)),
                State::Waiting | State::Missed(_) => {}
            }
        }
    }
}

fn key(id: u64) -> String {
    format!("{id:020}")
}

fn record(alarm: &Alarm) -> Value {
    serde_json::to_value(alarm).unwrap_or_default()
}
