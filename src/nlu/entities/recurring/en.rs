//! English rhythms.

use super::super::date::EN_WEEKDAYS as NAMES;
use super::{Found, Input, Part, Period, Recurrence, Rhythm, Weekdays, add, counted, weekdays};

const UNITS: [(&str, Period); 14] = [
    ("second", Period::Second),
    ("seconds", Period::Second),
    ("minute", Period::Minute),
    ("minutes", Period::Minute),
    ("hour", Period::Hour),
    ("hours", Period::Hour),
    ("day", Period::Day),
    ("days", Period::Day),
    ("week", Period::Week),
    ("weeks", Period::Week),
    ("month", Period::Month),
    ("months", Period::Month),
    ("year", Period::Year),
    ("years", Period::Year),
];

const PARTS: [(&str, Part); 4] = [
    ("morning", Part::Morning),
    ("afternoon", Part::Afternoon),
    ("evening", Part::Evening),
    ("night", Part::Night),
];

const GROUPS: [(&str, Weekdays); 8] = [
    ("weekday", Weekdays::WORKING),
    ("working day", Weekdays::WORKING),
    ("week day", Weekdays::WORKING),
    ("weekend", Weekdays::WEEKEND),
    ("weekdays", Weekdays::WORKING),
    ("working days", Weekdays::WORKING),
    ("weekends", Weekdays::WEEKEND),
    ("week days", Weekdays::WORKING),
];

/// Between the names of days.
const AND: [&str; 4] = ["and", "and on", "and every", "on"];

pub(super) fn rhythms(input: &Input<'_>, at: usize) -> Found<Rhythm> {
    let mut found = Found::new();
    if let Some(end) = input.phrase(at, &["daily"]) {
        add(&mut found, end, (Recurrence::every(1, Period::Day), None));
    }
    let on = input.skip(at, &["on"]);
    monthly(input, on, &mut found);
    if let Some(start) = input.phrase(on, &["every", "each"]) {
        every(input, start, &mut found);
    }
    if let Some(start) = input.phrase(at, &["every other", "every second"]) {
        if let Some((end, unit)) = input.entry(start, &UNITS) {
            add(&mut found, end, (Recurrence::every(2, unit), None));
        }
        for (end, days) in weekdays(input, start, &NAMES, &["to"], &AND) {
            add(&mut found, end, (Recurrence { every: 2, ..Recurrence::on(days) }, None));
        }
    }
    // "Mondays", "weekdays", "from monday to friday": more than one.
    if let Some((end, days)) = input.entry(on, &GROUPS[4..]) {
        add(&mut found, end, (Recurrence::on(days), None));
    }
    let from = input.skip(on, &["from"]);
    let is_many = input.word(from).ends_with("days") || input.phrase(from + 1, &["to", "through"]).is_some();
    for (end, days) in weekdays(input, from, &NAMES, &["to", "through"], &AND).into_iter().filter(|_| is_many)
    {
        add(&mut found, end, (Recurrence::on(days), None));
    }
    found
}

/// After "every".
fn every(input: &Input<'_>, at: usize, found: &mut Found<Rhythm>) {
    if let Some((end, part)) = input.entry(at, &PARTS) {
        add(found, end, (Recurrence::every(1, Period::Day), Some(part)));
    }
    if let Some((end, days)) = input.entry(at, &GROUPS) {
        add(found, end, (Recurrence::on(days), None));
    }
    for (end, days) in weekdays(input, at, &NAMES, &["to", "through"], &AND) {
        add(found, end, (Recurrence::on(days), None));
    }
    for (end, rhythm) in counted(input, at, &UNITS) {
        add(found, end, rhythm);
        if let (Period::Month, Some(start)) = (rhythm.0.unit, input.phrase(end, &["on the"])) {
            for (end, day) in input.ordinals(start).into_iter().filter(|(_, day)| *day <= 31) {
                add(found, end, (Recurrence { day: Some(day as u8), ..rhythm.0 }, None));
            }
        }
    }
}

/// "The 3rd of every month".
fn monthly(input: &Input<'_>, at: usize, found: &mut Found<Rhythm>) {
    let Some(start) = input.phrase(at, &["the"]) else { return };
    for (end, day) in input.ordinals(start).into_iter().filter(|(_, day)| *day <= 31) {
        if let Some(end) = input.phrase(end, &["of every month", "of each month", "of the month"]) {
            let month = Recurrence { day: Some(day as u8), ..Recurrence::every(1, Period::Month) };
            add(found, end, (month, None));
        }
    }
}
