//! French days.

use super::{Day, FAR, Found, Input, Unit, add, with_year, years};

pub(in super::super) const WEEKDAYS: [(&str, u8); 7] = [
    ("lundi", 1),
    ("mardi", 2),
    ("mercredi", 3),
    ("jeudi", 4),
    ("vendredi", 5),
    ("samedi", 6),
    ("dimanche", 7),
];

pub(in super::super) const MONTHS: [(&str, u8); 12] = [
    ("janvier", 1),
    ("février", 2),
    ("mars", 3),
    ("avril", 4),
    ("mai", 5),
    ("juin", 6),
    ("juillet", 7),
    ("août", 8),
    ("septembre", 9),
    ("octobre", 10),
    ("novembre", 11),
    ("décembre", 12),
];

const NAMED: [(&str, Day); 24] = [
    ("aujourd'hui", Day::In(0)),
    ("demain", Day::In(1)),
    ("après demain", Day::In(2)),
    ("hier", Day::In(-1)),
    ("avant hier", Day::In(-2)),
    ("cette semaine", Day::Week(0)),
    ("la semaine prochaine", Day::Week(1)),
    ("semaine prochaine", Day::Week(1)),
    ("la semaine dernière", Day::Week(-1)),
    ("ce week end", Day::Weekend(0)),
    ("ce weekend", Day::Weekend(0)),
    ("le week end prochain", Day::Weekend(1)),
    ("le weekend prochain", Day::Weekend(1)),
    ("le week end dernier", Day::Weekend(-1)),
    ("le weekend dernier", Day::Weekend(-1)),
    ("ce mois ci", Day::MonthIn(0)),
    ("ce mois", Day::MonthIn(0)),
    ("le mois prochain", Day::MonthIn(1)),
    ("le mois dernier", Day::MonthIn(-1)),
    ("cette année", Day::YearIn(0)),
    ("l' année prochaine", Day::YearIn(1)),
    ("l' an prochain", Day::YearIn(1)),
    ("l' année dernière", Day::YearIn(-1)),
    ("l' an dernier", Day::YearIn(-1)),
];

const UNITS: [(&str, Unit); 9] = [
    ("jour", Unit::Day),
    ("jours", Unit::Day),
    ("semaine", Unit::Week),
    ("semaines", Unit::Week),
    ("mois", Unit::Month),
    ("an", Unit::Year),
    ("ans", Unit::Year),
    ("année", Unit::Year),
    ("années", Unit::Year),
];

pub(super) fn days(input: &Input<'_>, at: usize) -> Found<Day> {
    let mut found = Found::new();
    found.extend(input.entry(at, &NAMED));
    let article = input.skip(at, &["le"]);
    weekdays(input, article, &mut found);
    dates(input, article, article > at, None, &mut found);
    months(input, at, &mut found);
    relative(input, at, &mut found);
    found
}

fn weekdays(input: &Input<'_>, at: usize, found: &mut Found<Day>) {
    let start = input.skip(at, &["ce"]);
    let Some((end, day)) = input.entry(start, &WEEKDAYS) else { return };
    add(found, end, Day::Weekday { day, weeks: 0 });
    let which: &[(&str, i8)] =
        &[("prochain", 0), ("qui vient", 0), ("en huit", 1), ("de la semaine prochaine", 1), ("dernier", -1)];
    if let Some((end, weeks)) = input.entry(end, which) {
        add(found, end, Day::Weekday { day, weeks });
    }
    dates(input, input.skip(end, &["le"]), true, Some(day), found);
}

/// "Le 3", "3 mars", "premier mai 2027", "25 12 2026" (written with strokes).
fn dates(input: &Input<'_>, at: usize, alone: bool, weekday: Option<u8>, found: &mut Found<Day>) {
    let date = |month, day: i64| Day::Date { year: None, month, day: day as u8, weekday };
    let mut days = input.wholes(at, 1..=31);
    days.extend(input.ordinals(at).into_iter().filter(|(_, day)| *day == 1));
    for (end, day) in days {
        if alone {
            add(found, end, date(None, day));
        }
        if let Some((end, month)) = input.entry(end, &MONTHS) {
            with_year(input, end, &[], date(Some(month), day), found);
        }
        let is_written = input.word(at).starts_with(|c: char| c.is_ascii_digit());
        for (month_end, month) in input.wholes(end, 1..=12).into_iter().filter(|_| is_written) {
            for (end, year) in years(input, month_end) {
                let month = Some(month as u8);
                add(found, end, Day::Date { year: Some(year), month, day: day as u8, weekday });
            }
        }
    }
}

/// "En mars", "au mois de mai", "juin 2027", "en 2027".
fn months(input: &Input<'_>, at: usize, found: &mut Found<Day>) {
    let start = input.skip(at, &["en", "au mois de", "au mois d'"]);
    if let Some((end, month)) = input.entry(start, &MONTHS) {
        with_year(input, end, &[], Day::Month { year: None, month }, found);
        if let Some(end) = input.phrase(end, &["prochain"]) {
            add(found, end, Day::Month { year: None, month });
        }
    }
    if start > at {
        for (end, year) in years(input, start) {
            add(found, end, Day::Year(year));
        }
    }
}

/// "Dans trois jours", "d'ici une semaine", "il y a deux ans".
fn relative(input: &Input<'_>, at: usize, found: &mut Found<Day>) {
    let directions: &[(&str, i64)] = &[("dans", 1), ("d' ici", 1), ("il y a", -1)];
    let Some((start, sign)) = input.entry(at, directions) else { return };
    for (end, count) in input.wholes(start, FAR) {
        if let Some((end, unit)) = input.entry(end, &UNITS) {
            add(found, end, unit.after_today(sign * count));
        }
    }
}
