//! What is said about alarms and reminders, and about what rings.

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use super::super::alarm::rule::Rule;
use super::SpokenTimer;

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Alarm,
    Reminder,
}

/// An alarm or reminder, as one speaks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpokenAlarm {
    pub kind: Kind,
    /// The alarm's name, or what to be reminded of.
    pub text: Option<String>,
    /// The next time.
    pub at: DateTime,
    pub rule: Option<Rule>,
    pub ringing: bool,
}

/// Days are spoken of as seen from `today`.
pub trait AlarmWords {
    fn alarm_set(&self, it: &SpokenAlarm, today: Date) -> String;
    fn alarm_cancelled(&self, it: &SpokenAlarm, today: Date) -> String;
    fn alarms_cancelled(&self, kind: Kind, count: usize) -> String;
    /// The next time is left out; this is the one after it.
    fn alarm_skipped(&self, it: &SpokenAlarm, today: Date) -> String;
    fn alarm_status(&self, kind: Kind, all: &[SpokenAlarm], today: Date) -> String;
    /// It rings now.
    fn alarm_rings(&self, it: &SpokenAlarm, now: Time) -> String;
    /// It was due then, and either rang in vain or could not ring.
    fn alarm_missed(&self, it: &SpokenAlarm, at: DateTime, rang: bool, today: Date) -> String;
    /// A timer rang from then on, in vain.
    fn timer_in_vain(&self, timer: &SpokenTimer, at: Time) -> String;
    /// An alarm to choose: "the one at 7 o'clock".
    fn alarm_called(&self, it: &SpokenAlarm, today: Date) -> String;
    fn which_alarm(&self, kind: Kind, all: &[SpokenAlarm], today: Date) -> String;
    fn no_alarm(&self, kind: Kind) -> String;
    fn no_such_alarm(&self, kind: Kind) -> String;
    fn too_many_alarms(&self, limit: usize) -> String;
    fn reminder_too_long(&self) -> String;

    // What rings.
    /// Timers and alarms, more than are named one by one.
    fn many_ring(&self, count: usize) -> String;
    fn many_missed(&self, count: usize) -> String;
    fn nothing_rings(&self) -> String;
    /// It rings again then.
    fn snoozed(&self, at: Time) -> String;

    // Questions, and times that cannot be.
    fn for_when(&self) -> String;
    fn at_what_time(&self) -> String;
    fn remind_of_what(&self) -> String;
    fn no_such_time(&self) -> String;
    fn no_such_length(&self) -> String;
    fn is_past(&self) -> String;
    fn too_far(&self, years: i32) -> String;
    fn too_often(&self, minutes: i64) -> String;
}
