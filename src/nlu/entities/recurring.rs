//! What comes again: "every weekday at seven", "tous les mardis à 8 h", "every two weeks".

mod en;
mod fr;

use serde::{Deserialize, Serialize};

use super::duration::durations;
use super::input::{Found, Input, add};
use super::moment::times_at;
use super::time::{Part, TimeOfDay, part, part_after};

/// A rhythm as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurrence {
    /// Every so many units.
    pub every: u32,
    pub unit: Period,
    /// With weeks: on these days.
    #[serde(default, skip_serializing_if = "Weekdays::is_empty")]
    pub days: Weekdays,
    /// With months: on this day, 1–31.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeOfDay>,
}

/// What a rhythm counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// Days of the week, one bit each from Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weekdays(pub u8);

impl Weekdays {
    pub const WORKING: Self = Self(0b001_1111);
    pub const WEEKEND: Self = Self(0b110_0000);

    /// 1 = Monday … 7.
    #[must_use]
    pub fn one(day: u8) -> Self {
        Self(1 << (day.clamp(1, 7) - 1))
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    fn is_empty(&self) -> bool {
        self.0 == 0
    }

    #[must_use]
    pub fn has(self, day: u8) -> bool {
        self.0 & Self::one(day).0 != 0
    }

    /// From Monday on, 1–7.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (1..=7).filter(move |day| self.has(*day))
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// From one day to another, both included, over the weekend if need be.
    fn from_to(first: u8, last: u8) -> Self {
        let count = (last + 7 - first) % 7;
        (0..=count).fold(Self::default(), |days, step| days.with(Self::one((first - 1 + step) % 7 + 1)))
    }
}

impl Recurrence {
    fn every(every: u32, unit: Period) -> Self {
        Self { every, unit, days: Weekdays::default(), day: None, time: None }
    }

    fn on(days: Weekdays) -> Self {
        Self { days, ..Self::every(1, Period::Week) }
    }

    /// Whether a time of day goes with it.
    fn takes_time(self) -> bool {
        !matches!(self.unit, Period::Second | Period::Minute | Period::Hour)
    }

    /// At a time. Nothing says which half of the day is nearer to something that comes again:
    /// "seven" is seven in the morning.
    fn at(self, time: TimeOfDay) -> Self {
        Self { time: Some(TimeOfDay { either: false, ..time }), ..self }
    }
}

/// A rhythm without its time of day, and the part of the day that came with it.
type Rhythm = (Recurrence, Option<Part>);

/// Rhythms that begin here, with their times.
pub(super) fn recurrences(input: &Input<'_>, at: usize) -> Found<Recurrence> {
    let mut found = Found::new();
    for (end, (rhythm, part)) in rhythms(input, at) {
        let vague = part.map_or(rhythm, |part| rhythm.at(part.time()));
        add(&mut found, end, vague);
        for (end, time) in times_at(input, end).into_iter().filter(|_| rhythm.takes_time()) {
            if let Some(time) = part.map_or(Some(time), |part| time.in_part(part)) {
                add(&mut found, end, rhythm.at(time));
            }
        }
    }
    for (end, time) in times_at(input, at) {
        for (end, (rhythm, part)) in rhythms(input, end).into_iter().filter(|(_, (it, _))| it.takes_time()) {
            if let Some(time) = part.map_or(Some(time), |part| time.in_part(part)) {
                add(&mut found, end, rhythm.at(time));
            }
        }
    }
    found.sort_by_key(|(end, _)| *end);
    found
}

fn rhythms(input: &Input<'_>, at: usize) -> Found<Rhythm> {
    let read = if input.french { fr::rhythms(input, at) } else { en::rhythms(input, at) };
    let mut found = Found::new();
    for (end, (rhythm, own)) in read {
        add(&mut found, end, (rhythm, own));
        if own.is_none()
            && rhythm.takes_time()
            && let Some((end, part)) = part(input, end).or_else(|| part_after(input, end))
        {
            add(&mut found, end, (rhythm, Some(part)));
        }
    }
    found
}

/// "Two days", "quarter of an hour": every so long, after the word for "every".
fn counted(input: &Input<'_>, at: usize, units: &[(&str, Period)]) -> Found<Rhythm> {
    let mut found = Found::new();
    if let Some((end, unit)) = input.entry(at, units) {
        add(&mut found, end, (Recurrence::every(1, unit), None));
    }
    for (end, count) in input.wholes(at, 1..=366) {
        if let Some((end, unit)) = input.entry(end, units) {
            add(&mut found, end, (Recurrence::every(count as u32, unit), None));
        }
    }
    for (end, seconds) in durations(input, at) {
        let seconds = seconds as u32;
        let (every, unit) = match seconds {
            0 => continue,
            _ if seconds.is_multiple_of(604_800) => (seconds / 604_800, Period::Week),
            _ if seconds.is_multiple_of(86_400) => (seconds / 86_400, Period::Day),
            _ if seconds.is_multiple_of(3_600) => (seconds / 3_600, Period::Hour),
            _ if seconds.is_multiple_of(60) => (seconds / 60, Period::Minute),
            _ => (seconds, Period::Second),
        };
        add(&mut found, end, (Recurrence::every(every, unit), None));
    }
    found
}

/// Weekdays in a row: "monday wednesday and friday", "lundi au vendredi". Longer rows last.
fn weekdays(
    input: &Input<'_>,
    at: usize,
    names: &[(&str, u8)],
    to: &[&str],
    and: &[&str],
) -> Found<Weekdays> {
    let mut found = Found::new();
    let mut place = at;
    let mut days = Weekdays::default();
    while let Some((end, day)) = name(input, place, names) {
        let range = input.phrase(end, to).and_then(|last| name(input, last, names));
        let (end, more) =
            range.map_or((end, Weekdays::one(day)), |(end, last)| (end, Weekdays::from_to(day, last)));
        days = days.with(more);
        found.push((end, days));
        place = input.skip(end, and);
    }
    found
}

/// A weekday, one or many of it.
fn name(input: &Input<'_>, at: usize, names: &[(&str, u8)]) -> Option<(usize, u8)> {
    let word = input.word(at);
    let found = names.iter().find(|(name, _)| word == *name || word.strip_suffix('s') == Some(name));
    found.map(|(_, day)| (at + 1, *day))
}
