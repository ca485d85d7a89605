//! French rhythms.

use super::super::date::FR_WEEKDAYS as NAMES;
use super::{Found, Input, Part, Period, Recurrence, Rhythm, Weekdays, add, counted, weekdays};

const UNITS: [(&str, Period); 15] = [
    ("seconde", Period::Second),
    ("secondes", Period::Second),
    ("minute", Period::Minute),
    ("minutes", Period::Minute),
    ("heure", Period::Hour),
    ("heures", Period::Hour),
    ("jour", Period::Day),
    ("jours", Period::Day),
    ("semaine", Period::Week),
    ("semaines", Period::Week),
    ("mois", Period::Month),
    ("an", Period::Year),
    ("ans", Period::Year),
    ("année", Period::Year),
    ("années", Period::Year),
];

const PARTS: [(&str, Part); 8] = [
    ("matin", Part::Morning),
    ("matins", Part::Morning),
    ("après midi", Part::Afternoon),
    ("après midis", Part::Afternoon),
    ("soir", Part::Evening),
    ("soirs", Part::Evening),
    ("nuit", Part::Night),
    ("nuits", Part::Night),
];

const GROUPS: [(&str, Weekdays); 8] = [
    ("jours de semaine", Weekdays::WORKING),
    ("jours de la semaine", Weekdays::WORKING),
    ("jour de semaine", Weekdays::WORKING),
    ("jours ouvrables", Weekdays::WORKING),
    ("week end", Weekdays::WEEKEND),
    ("week ends", Weekdays::WEEKEND),
    ("weekend", Weekdays::WEEKEND),
    ("weekends", Weekdays::WEEKEND),
];

pub(super) fn rhythms(input: &Input<'_>, at: usize) -> Found<Rhythm> {
    let mut found = Found::new();
    if let Some(start) = input.phrase(at, &["tous les", "toutes les", "chaque"]) {
        every(input, start, &mut found);
    }
    if let Some(start) = input.phrase(at, &["les"]) {
        days(input, start, &mut found);
        if let Some((end, group)) = input.entry(start, &GROUPS) {
            add(&mut found, end, (Recurrence::on(group), None));
        }
    }
    if let Some(end) = input.phrase(at, &["en semaine"]) {
        add(&mut found, end, (Recurrence::on(Weekdays::WORKING), None));
    }
    if let Some(end) = input.phrase(at, &["un jour sur deux"]) {
        add(&mut found, end, (Recurrence::every(2, Period::Day), None));
    }
    // "Du lundi au vendredi": a range, not one day.
    if let Some(start) = input.phrase(at, &["du"])
        && input.phrase(start + 1, &["au"]).is_some()
    {
        days(input, start, &mut found);
    }
    monthly(input, at, &mut found);
    found
}

fn days(input: &Input<'_>, at: usize, found: &mut Found<Rhythm>) {
    for (end, days) in weekdays(input, at, &NAMES, &["au"], &["et", "et les", "et le", "les"]) {
        add(found, end, (Recurrence::on(days), None));
    }
}

/// After "tous les" or "chaque".
fn every(input: &Input<'_>, at: usize, found: &mut Found<Rhythm>) {
    if let Some((end, part)) = input.entry(at, &PARTS) {
        add(found, end, (Recurrence::every(1, Period::Day), Some(part)));
    }
    if let Some((end, group)) = input.entry(at, &GROUPS) {
        add(found, end, (Recurrence::on(group), None));
    }
    days(input, at, found);
    for (end, rhythm) in counted(input, at, &UNITS) {
        add(found, end, rhythm);
        if let (Period::Month, Some(start)) = (rhythm.0.unit, input.phrase(end, &["le"])) {
            for (end, day) in days_of_month(input, start) {
                add(found, end, (Recurrence { day: Some(day as u8), ..rhythm.0 }, None));
            }
        }
    }
}

/// "Le 3 de chaque mois", "le premier du mois".
fn monthly(input: &Input<'_>, at: usize, found: &mut Found<Rhythm>) {
    let Some(start) = input.phrase(at, &["le"]) else { return };
    for (end, day) in days_of_month(input, start) {
        if let Some(end) = input.phrase(end, &["de chaque mois", "de tous les mois", "du mois"]) {
            let month = Recurrence { day: Some(day as u8), ..Recurrence::every(1, Period::Month) };
            add(found, end, (month, None));
        }
    }
}

fn days_of_month(input: &Input<'_>, at: usize) -> Found<i64> {
    let mut found = input.wholes(at, 1..=31);
    found.extend(input.ordinals(at).into_iter().filter(|(_, day)| *day == 1));
    found
}
