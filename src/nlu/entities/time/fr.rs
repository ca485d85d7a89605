//! French times of day.

use super::{Found, Input, Part, TimeOfDay, add};

/// After a time.
pub(super) const PARTS_AFTER: [(&str, Part); 6] = [
    ("du matin", Part::Morning),
    ("du mat", Part::Morning),
    ("de l' après midi", Part::Afternoon),
    ("du soir", Part::Evening),
    ("de la nuit", Part::Night),
    ("du après midi", Part::Afternoon),
];

/// After a day.
pub(super) const PARTS: [(&str, Part); 10] = [
    ("matin", Part::Morning),
    ("le matin", Part::Morning),
    ("au matin", Part::Morning),
    ("après midi", Part::Afternoon),
    ("l' après midi", Part::Afternoon),
    ("soir", Part::Evening),
    ("le soir", Part::Evening),
    ("au soir", Part::Evening),
    ("nuit", Part::Night),
    ("la nuit", Part::Night),
];

pub(super) fn times(input: &Input<'_>, at: usize) -> Found<TimeOfDay> {
    let mut found = Found::new();
    for (end, hour) in hours(input, at) {
        add(&mut found, end, hour);
        for (end, time) in after_hour(input, end, hour) {
            add(&mut found, end, time);
        }
    }
    for (end, time) in found.clone() {
        if let Some(end) = input.phrase(end, &["pile", "précises", "précise"]) {
            add(&mut found, end, time);
        }
    }
    found
}

/// "Sept heures", "midi", "minuit". It is always "heures": a bare number is no time.
fn hours(input: &Input<'_>, at: usize) -> Found<TimeOfDay> {
    let mut found = Found::new();
    if let Some((end, hour)) = input.entry(at, &[("midi", 12), ("minuit", 0)]) {
        found.push((end, TimeOfDay::exact(hour, 0)));
    }
    for (end, hour) in input.wholes(at, 0..=23) {
        if let Some(end) = input.phrase(end, &["heure", "heures", "h"]) {
            let said = TimeOfDay::said(hour, 0);
            // Midnight is "minuit" or "zéro heure".
            found.push((end, TimeOfDay { either: said.either && hour < 12, ..said }));
        }
    }
    found
}

fn after_hour(input: &Input<'_>, at: usize, hour: TimeOfDay) -> Found<TimeOfDay> {
    let later = |minute: i64| TimeOfDay { minute: minute as u8, ..hour };
    let mut found = Found::new();
    let named: &[(&str, i64)] =
        &[("et demie", 30), ("et demi", 30), ("et quart", 15), ("et un quart", 15), ("trois quarts", 45)];
    if let Some((end, minute)) = input.entry(at, named) {
        found.push((end, later(minute)));
    }
    if let Some(end) = input.phrase(at, &["moins le quart", "moins un quart", "moins quart"]) {
        found.push((end, hour.before(15)));
    }
    let minutes = |start| {
        let mut found = input.wholes(start, 1..=59);
        let with_word: Vec<_> = found
            .iter()
            .filter_map(|(end, n)| Some((input.phrase(*end, &["minutes", "minute"])?, *n)))
            .collect();
        found.extend(with_word);
        found
    };
    if let Some(start) = input.phrase(at, &["moins"]) {
        found.extend(minutes(start).into_iter().map(|(end, minute)| (end, hour.before(minute))));
    }
    found.extend(minutes(input.skip(at, &["et"])).into_iter().map(|(end, minute)| (end, later(minute))));
    if let Some(end) = input.phrase(at, &["00", "zéro zéro"]) {
        found.push((end, hour));
    }
    found
}
