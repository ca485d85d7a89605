//! How long: "an hour and a quarter", "trois quarts d'heure", "1 h 30", "ninety seconds".

use super::input::{Found, Input, add};

/// Unit words and their seconds.
const ENGLISH: [(&str, u32); 16] = [
    ("second", 1),
    ("seconds", 1),
    ("sec", 1),
    ("secs", 1),
    ("s", 1),
    ("minute", MINUTE),
    ("minutes", MINUTE),
    ("min", MINUTE),
    ("mins", MINUTE),
    ("hour", HOUR),
    ("hours", HOUR),
    ("h", HOUR),
    ("day", DAY),
    ("days", DAY),
    ("week", WEEK),
    ("weeks", WEEK),
];
const FRENCH: [(&str, u32); 15] = [
    ("seconde", 1),
    ("secondes", 1),
    ("sec", 1),
    ("s", 1),
    ("minute", MINUTE),
    ("minutes", MINUTE),
    ("min", MINUTE),
    ("mn", MINUTE),
    ("heure", HOUR),
    ("heures", HOUR),
    ("h", HOUR),
    ("jour", DAY),
    ("jours", DAY),
    ("semaine", WEEK),
    ("semaines", WEEK),
];
const MINUTE: u32 = 60;
const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;
const WEEK: u32 = 7 * DAY;

/// A century: nothing at home lasts longer, and what is added to a clock stays in the calendar.
const LONGEST_S: f64 = 36_525.0 * DAY as f64;

/// Seconds, shortest reading first. Never negative.
pub(super) fn durations(input: &Input<'_>, at: usize) -> Found<f64> {
    let mut found = Found::new();
    let mut open: Vec<Part> = parts(input, at);
    while let Some(part) = open.pop() {
        if part.seconds <= LONGEST_S {
            add(&mut found, part.end, part.seconds);
        }
        if !part.is_whole {
            continue;
        }
        let joined = input.skip(part.end, &["and", "et"]);
        for start in if joined > part.end { vec![part.end, joined] } else { vec![joined] } {
            let next = parts(input, start).into_iter().filter(|next| next.unit < part.unit);
            open.extend(next.map(|next| Part { seconds: part.seconds + next.seconds, ..next }));
        }
        if let Some(smaller) = below(part.unit) {
            for (end, count) in input.wholes(joined, 1..=59) {
                let seconds = part.seconds + (count * i64::from(smaller)) as f64;
                open.push(Part { end, seconds, unit: smaller, is_whole: false });
            }
        }
    }
    found.sort_by_key(|(end, _)| *end);
    found
}

/// What a bare number after a unit counts: "une heure trente".
fn below(unit: u32) -> Option<u32> {
    match unit {
        HOUR => Some(MINUTE),
        MINUTE => Some(1),
        _ => None,
    }
}

/// A number of one unit.
struct Part {
    end: usize,
    seconds: f64,
    unit: u32,
    /// Whether smaller units may follow.
    is_whole: bool,
}

fn parts(input: &Input<'_>, at: usize) -> Vec<Part> {
    let mut found = Vec::new();
    for (number, count) in counts(input, at) {
        let Some((end, unit)) = unit_after(input, number, count) else { continue };
        let is_whole = count.fract() == 0.0;
        found.push(Part { end, seconds: count * f64::from(unit), unit, is_whole });
        if let Some((end, part)) = fraction_after(input, end).filter(|_| is_whole) {
            found.push(Part { end, seconds: (count + part) * f64::from(unit), unit, is_whole: false });
        }
    }
    found
}

fn counts(input: &Input<'_>, at: usize) -> Found<f64> {
    let mut counts = input.numbers(at);
    counts.retain(|(_, count)| *count >= 0.0);
    if !input.french && matches!(input.word(at), "a" | "an") {
        counts.push((at + 1, 1.0));
    }
    counts
}

/// A unit; after a fraction also "of an hour", "d'heure".
fn unit_after(input: &Input<'_>, at: usize, count: f64) -> Option<(usize, u32)> {
    let units: &[(&str, u32)] = if input.french { &FRENCH } else { &ENGLISH };
    let fraction = count > 0.0 && count < 1.0;
    let between: &[&str] = if input.french { &["d'", "de"] } else { &["of an", "of a", "of one", "an", "a"] };
    input.entry(if fraction { input.skip(at, between) } else { at }, units)
}

/// "And a half", "et quart": what is added to a whole unit.
fn fraction_after(input: &Input<'_>, at: usize) -> Option<(usize, f64)> {
    let fractions: &[(&str, f64)] = if input.french {
        &[
            ("et demi", 0.5),
            ("et demie", 0.5),
            ("et quart", 0.25),
            ("et un quart", 0.25),
            ("et trois quarts", 0.75),
            ("trois quarts", 0.75),
        ]
    } else {
        &[("and a half", 0.5), ("and half", 0.5), ("and a quarter", 0.25), ("and three quarters", 0.75)]
    };
    input.entry(at, fractions)
}
