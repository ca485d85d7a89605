//! A day, a time, or both: "tomorrow at seven", "mardi à 8 h", "ce soir", "in an hour".

use serde::{Deserialize, Serialize};

use super::date::{Day, days};
use super::duration::durations;
use super::input::{Found, Input, add};
use super::time::{Part, TimeOfDay, part, part_after, times};

/// A point in time as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// So many seconds from now.
    After(f64),
    Day(Day),
    Time(TimeOfDay),
    At(Day, TimeOfDay),
}

/// A part of today, as one word or two.
const TODAY: [(&str, Part); 11] = [
    ("this morning", Part::Morning),
    ("this afternoon", Part::Afternoon),
    ("this evening", Part::Evening),
    ("tonight", Part::Night),
    ("ce matin", Part::Morning),
    ("cet après midi", Part::Afternoon),
    ("cette après midi", Part::Afternoon),
    ("ce soir", Part::Evening),
    ("cette nuit", Part::Night),
    ("this night", Part::Night),
    ("later today", Part::Afternoon),
];

/// Moments that begin here.
pub(super) fn moments(input: &Input<'_>, at: usize) -> Found<Moment> {
    let mut found = Found::new();
    for (end, seconds) in after(input, at) {
        add(&mut found, end, Moment::After(seconds));
    }
    // A day in full comes first: "the first of january twenty twenty six" is no evening.
    let days = days_and_parts(input, at);
    for (end, day) in &days {
        let moment = day.part.map_or(Moment::Day(day.day), |part| Moment::At(day.day, part.time()));
        add(&mut found, *end, moment);
    }
    for (end, day) in days {
        for (end, time) in times_at(input, end) {
            if let Some(time) = day.meet(time) {
                add(&mut found, end, Moment::At(day.day, time));
            }
        }
    }
    for (end, time) in times_at(input, at) {
        add(&mut found, end, Moment::Time(time));
        for (end, day) in days_and_parts(input, end) {
            if let Some(time) = day.meet(time) {
                add(&mut found, end, Moment::At(day.day, time));
            }
        }
    }
    found.sort_by_key(|(end, _)| *end);
    found
}

/// Times with or without "at" before them.
pub(super) fn times_at(input: &Input<'_>, at: usize) -> Found<TimeOfDay> {
    let before: &[&str] = if input.french { &["à", "vers"] } else { &["at", "for", "around", "about"] };
    times(input, input.skip(at, before))
}

/// "In an hour", "an hour from now", "dans une heure et demie".
fn after(input: &Input<'_>, at: usize) -> Found<f64> {
    let before: &[&str] = if input.french { &["dans", "d' ici"] } else { &["in"] };
    if let Some(start) = input.phrase(at, before) {
        // Whole days from now are days.
        return durations(input, start).into_iter().filter(|(_, seconds)| !is_days(*seconds)).collect();
    }
    if input.french {
        return Found::new();
    }
    let from_now = |(end, seconds)| input.phrase(end, &["from now"]).map(|end| (end, seconds));
    durations(input, at).into_iter().filter(|(_, seconds)| !is_days(*seconds)).filter_map(from_now).collect()
}

fn is_days(seconds: f64) -> bool {
    seconds > 0.0 && seconds % 86_400.0 == 0.0
}

/// A day, perhaps with the part of it that is meant.
struct DayPart {
    day: Day,
    part: Option<Part>,
}

impl DayPart {
    /// A time on that day; `None` for a week, a month or a year, and where the parts of the day
    /// contradict each other.
    fn meet(&self, time: TimeOfDay) -> Option<TimeOfDay> {
        if !self.day.is_one_day() {
            return None;
        }
        self.part.map_or(Some(time), |part| time.in_part(part))
    }
}

impl Day {
    fn is_one_day(self) -> bool {
        matches!(self, Self::In(_) | Self::InMonths(_) | Self::Weekday { .. } | Self::Date { .. })
    }
}

fn days_and_parts(input: &Input<'_>, at: usize) -> Found<DayPart> {
    let mut found = Found::new();
    if let Some((end, part)) = input.entry(at, &TODAY) {
        add(&mut found, end, DayPart { day: Day::In(0), part: Some(part) });
    }
    for (end, day) in days(input, at) {
        add(&mut found, end, DayPart { day, part: None });
        if !day.is_one_day() {
            continue;
        }
        if let Some((end, part)) = part(input, end).or_else(|| part_after(input, end)) {
            add(&mut found, end, DayPart { day, part: Some(part) });
        }
    }
    found
}
