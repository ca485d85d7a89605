//! English days.

use super::{Day, FAR, Found, Input, Unit, add, with_year, years};

pub(in super::super) const WEEKDAYS: [(&str, u8); 7] = [
    ("monday", 1),
    ("tuesday", 2),
    ("wednesday", 3),
    ("thursday", 4),
    ("friday", 5),
    ("saturday", 6),
    ("sunday", 7),
];

pub(in super::super) const MONTHS: [(&str, u8); 12] = [
    ("january", 1),
    ("february", 2),
    ("march", 3),
    ("april", 4),
    ("may", 5),
    ("june", 6),
    ("july", 7),
    ("august", 8),
    ("september", 9),
    ("october", 10),
    ("november", 11),
    ("december", 12),
];

const NAMED: [(&str, Day); 21] = [
    ("today", Day::In(0)),
    ("tomorrow", Day::In(1)),
    ("yesterday", Day::In(-1)),
    ("the day after tomorrow", Day::In(2)),
    ("day after tomorrow", Day::In(2)),
    ("the day before yesterday", Day::In(-2)),
    ("day before yesterday", Day::In(-2)),
    ("this week", Day::Week(0)),
    ("next week", Day::Week(1)),
    ("last week", Day::Week(-1)),
    ("the week after next", Day::Week(2)),
    ("this weekend", Day::Weekend(0)),
    ("the weekend", Day::Weekend(0)),
    ("next weekend", Day::Weekend(1)),
    ("last weekend", Day::Weekend(-1)),
    ("this month", Day::MonthIn(0)),
    ("next month", Day::MonthIn(1)),
    ("last month", Day::MonthIn(-1)),
    ("this year", Day::YearIn(0)),
    ("next year", Day::YearIn(1)),
    ("last year", Day::YearIn(-1)),
];

const UNITS: [(&str, Unit); 8] = [
    ("day", Unit::Day),
    ("days", Unit::Day),
    ("week", Unit::Week),
    ("weeks", Unit::Week),
    ("month", Unit::Month),
    ("months", Unit::Month),
    ("year", Unit::Year),
    ("years", Unit::Year),
];

pub(super) fn days(input: &Input<'_>, at: usize) -> Found<Day> {
    let mut found = Found::new();
    found.extend(input.entry(at, &NAMED));
    let on = input.skip(at, &["on"]);
    weekdays(input, on, &mut found);
    dates(input, on, None, &mut found);
    months(input, at, &mut found);
    relative(input, at, &mut found);
    found
}

fn weekdays(input: &Input<'_>, at: usize, found: &mut Found<Day>) {
    let which: &[(&str, i8)] =
        &[("next", 0), ("this", 0), ("this coming", 0), ("the next", 0), ("last", -1), ("this past", -1)];
    let (start, weeks) = input.entry(at, which).unwrap_or((at, 0));
    let Some((end, day)) = input.entry(start, &WEEKDAYS) else { return };
    add(found, end, Day::Weekday { day, weeks });
    if start > at {
        return;
    }
    if let Some(end) = input.phrase(end, &["week"]) {
        add(found, end, Day::Weekday { day, weeks: 1 });
    }
    if let Some(end) = input.phrase(end, &["next week"]) {
        add(found, end, Day::Weekday { day, weeks: 1 });
    }
    dates(input, end, Some(day), found);
}

/// "The 3rd", "3 march", "march the 3rd", "the third of march 2027".
fn dates(input: &Input<'_>, at: usize, weekday: Option<u8>, found: &mut Found<Day>) {
    let date = |month, day: i64| Day::Date { year: None, month, day: day as u8, weekday };
    let the = input.skip(at, &["the"]);
    let ordinals = days_of_month(input, the);
    for &(end, day) in &ordinals {
        if the > at {
            add(found, end, date(None, day));
        }
        let of = input.skip(end, &["of"]);
        if let Some((end, month)) = input.entry(of, &MONTHS) {
            with_year(input, end, &[], date(Some(month), day), found);
        }
    }
    for (end, day) in input.wholes(at, 1..=31) {
        if let Some((end, month)) = input.entry(input.skip(end, &["of"]), &MONTHS) {
            with_year(input, end, &[], date(Some(month), day), found);
        }
    }
    if let Some((start, month)) = input.entry(at, &MONTHS) {
        let mut said = days_of_month(input, input.skip(start, &["the"]));
        said.extend(input.wholes(start, 1..=31));
        for (end, day) in said {
            with_year(input, end, &[], date(Some(month), day), found);
        }
    }
}

fn days_of_month(input: &Input<'_>, at: usize) -> Found<i64> {
    let mut found = input.ordinals(at);
    found.retain(|(_, day)| (1..=31).contains(day));
    found
}

/// "In march", "may 2027", "in 2027". May alone is a verb too: it needs its "in".
fn months(input: &Input<'_>, at: usize, found: &mut Found<Day>) {
    let preposition = input.skip(at, &["in"]);
    if let Some((end, month)) = input.entry(preposition, &MONTHS) {
        let mut named = Found::new();
        with_year(input, end, &["of"], Day::Month { year: None, month }, &mut named);
        if preposition == at && month == 5 {
            named.retain(|(_, day)| matches!(day, Day::Month { year: Some(_), .. }));
        }
        for (end, day) in named {
            add(found, end, day);
        }
    }
    if preposition > at {
        for (end, year) in years(input, preposition) {
            add(found, end, Day::Year(year));
        }
    }
}

/// "In three days", "a week from now", "two years ago".
fn relative(input: &Input<'_>, at: usize, found: &mut Found<Day>) {
    let start = input.skip(at, &["in"]);
    let mut counts = input.wholes(start, FAR);
    if matches!(input.word(start), "a" | "an") {
        counts.push((start + 1, 1));
    }
    for (end, count) in counts {
        let Some((end, unit)) = input.entry(end, &UNITS) else { continue };
        if start > at {
            add(found, end, unit.after_today(count));
        } else if let Some(end) = input.phrase(end, &["from now", "from today"]) {
            add(found, end, unit.after_today(count));
        } else if let Some(end) = input.phrase(end, &["ago"]) {
            add(found, end, unit.after_today(-count));
        }
    }
}
