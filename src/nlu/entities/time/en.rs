//! English times of day.

use super::{Found, Input, Part, TimeOfDay, add};

/// After a time.
pub(super) const PARTS_AFTER: [(&str, Part); 5] = [
    ("in the morning", Part::Morning),
    ("in the afternoon", Part::Afternoon),
    ("in the evening", Part::Evening),
    ("at night", Part::Night),
    ("of the night", Part::Night),
];

/// After a day.
pub(super) const PARTS: [(&str, Part); 9] = [
    ("morning", Part::Morning),
    ("in the morning", Part::Morning),
    ("afternoon", Part::Afternoon),
    ("in the afternoon", Part::Afternoon),
    ("evening", Part::Evening),
    ("in the evening", Part::Evening),
    ("night", Part::Night),
    ("at night", Part::Night),
    ("mornings", Part::Morning),
];

const NAMED: [(&str, u8); 6] = [
    ("noon", 12),
    ("midday", 12),
    ("twelve noon", 12),
    ("midnight", 0),
    ("twelve midnight", 0),
    ("12 noon", 12),
];

pub(super) fn times(input: &Input<'_>, at: usize) -> Found<TimeOfDay> {
    let mut found = Found::new();
    if let Some((end, hour)) = input.entry(at, &NAMED) {
        add(&mut found, end, TimeOfDay::exact(hour, 0));
    }
    for (end, hour) in input.wholes(at, 0..=23) {
        add(&mut found, end, TimeOfDay::said(hour, 0));
        if let Some(end) = input.phrase(end, &["o'clock", "oclock", "o clock"]) {
            add(&mut found, end, TimeOfDay::said(hour, 0));
        }
        for (end, minute) in minutes(input, end) {
            add(&mut found, end, TimeOfDay::said(hour, minute));
        }
        if let Some(end) = input.phrase(end, &["hundred hours", "hundred"]).filter(|_| hour > 12) {
            add(&mut found, end, TimeOfDay::exact(hour as u8, 0));
        }
    }
    relative(input, at, &mut found);
    found
}

/// "Thirty", "oh five", "05".
fn minutes(input: &Input<'_>, at: usize) -> Found<i64> {
    if let Some(digit) = input.phrase(at, &["oh", "o", "zero"]) {
        return input.wholes(digit, 1..=9);
    }
    // A single digit needs its zero: "seven five" is no time.
    let small = input.word(at).len() == 2 && input.word(at).starts_with('0');
    input.wholes(at, if small { 1..=9 } else { 10..=59 })
}

/// "Quarter past seven", "twenty minutes to eight", "half seven".
fn relative(input: &Input<'_>, at: usize, found: &mut Found<TimeOfDay>) {
    if let Some(start) = input.phrase(at, &["half"]) {
        for (end, time) in hours(input, start) {
            add(found, end, TimeOfDay { minute: 30, ..time });
        }
    }
    let named: &[(&str, i64)] = &[("quarter", 15), ("a quarter", 15), ("half", 30)];
    let mut steps = input.wholes(at, 1..=59);
    for (end, _) in &mut steps {
        *end = input.skip(*end, &["minutes", "minute"]);
    }
    steps.extend(input.entry(at, named));
    for (end, minutes) in steps {
        if let Some(start) = input.phrase(end, &["past", "after"]) {
            for (end, time) in hours(input, start) {
                add(found, end, TimeOfDay { minute: minutes as u8, ..time });
            }
        }
        if let Some(start) = input.phrase(end, &["to", "before", "till", "of"]) {
            for (end, time) in hours(input, start) {
                add(found, end, time.before(minutes));
            }
        }
    }
}

/// The hour that minutes are counted from.
fn hours(input: &Input<'_>, at: usize) -> Found<TimeOfDay> {
    let mut found: Found<TimeOfDay> =
        input.wholes(at, 1..=23).into_iter().map(|(end, hour)| (end, TimeOfDay::said(hour, 0))).collect();
    found.extend(input.entry(at, &NAMED).map(|(end, hour)| (end, TimeOfDay::exact(hour, 0))));
    found
}
