//! Days: "tomorrow", "next tuesday", "the 3rd of march", "le premier mai 2027", "in two weeks".

mod en;
mod fr;

pub(super) use en::{MONTHS as EN_MONTHS, WEEKDAYS as EN_WEEKDAYS};
pub(super) use fr::{MONTHS as FR_MONTHS, WEEKDAYS as FR_WEEKDAYS};
use serde::{Deserialize, Serialize};

use super::input::{Found, Input, add};

/// A day, or a longer stretch of the calendar, as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Day {
    /// So many days from today; yesterday is −1.
    In(i32),
    /// The day so many months from today.
    InMonths(i32),
    /// 1 = Monday … 7. The next one after today; `weeks` later (−1: the last one).
    Weekday { day: u8, weeks: i8 },
    /// A day of the calendar; what was not said is the nearest to come. Where a weekday was said
    /// with it, the nearest that is one.
    Date {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        year: Option<i16>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        month: Option<u8>,
        day: u8,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        weekday: Option<u8>,
    },
    /// The week (from Monday) so many weeks from this one.
    Week(i32),
    /// The Saturday and Sunday so many weeks from this week's.
    Weekend(i32),
    /// The month so many months from this one.
    MonthIn(i32),
    /// A month by its name, the nearest to begin.
    Month {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        year: Option<i16>,
        month: u8,
    },
    /// The year so many years from this one.
    YearIn(i32),
    /// 1900–2199.
    Year(i16),
}

/// Longest day of each month; the 29th of February is in some year.
const DAYS: [u8; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Counts of weeks, months and years stay within what a calendar in a kitchen is asked.
const FAR: std::ops::RangeInclusive<i64> = 1..=1200;

/// Days that begin here, with the words that may stand before them ("on", "le").
pub(super) fn days(input: &Input<'_>, at: usize) -> Found<Day> {
    let mut found = Found::new();
    let read = if input.french { fr::days(input, at) } else { en::days(input, at) };
    for (end, day) in read.into_iter().chain(iso(input, at)) {
        if is_possible(day) {
            add(&mut found, end, day);
        }
    }
    found.sort_by_key(|(end, _)| *end);
    found
}

/// Whether there is such a day: not the 31st of February, nor a Tuesday that is a Monday.
fn is_possible(day: Day) -> bool {
    let Day::Date { year, month, day, weekday } = day else { return true };
    let longest = month.map_or(31, |month| DAYS[usize::from(month.clamp(1, 12)) - 1]);
    if !(1..=longest).contains(&day) {
        return false;
    }
    let (Some(year), Some(month)) = (year, month) else { return true };
    jiff::civil::Date::new(year, month.cast_signed(), day.cast_signed()).is_ok_and(|date| {
        weekday.is_none_or(|weekday| date.weekday().to_monday_one_offset() == weekday.cast_signed())
    })
}

/// `2026-11-25`, whose hyphens are gone.
fn iso(input: &Input<'_>, at: usize) -> Option<(usize, Day)> {
    let digits = |at: usize, length: usize| {
        let word = input.word(at);
        (word.len() == length && word.bytes().all(|byte| byte.is_ascii_digit())).then_some(word)
    };
    let year = digits(at, 4)?.parse().ok()?;
    let month = digits(at + 1, 2)?.parse().ok().filter(|month| (1..=12).contains(month))?;
    let day = digits(at + 2, 2)?.parse().ok()?;
    Some((at + 3, Day::Date { year: Some(year), month: Some(month), day, weekday: None }))
}

/// A year in digits or words, 1900–2199: "2027", "twenty twenty seven", "deux mille vingt sept".
fn years(input: &Input<'_>, at: usize) -> Found<i16> {
    let mut found: Found<i16> =
        input.wholes(at, 1900..=2199).into_iter().map(|(end, year)| (end, year as i16)).collect();
    if !input.french {
        for (end, century) in input.wholes(at, 19..=21) {
            let oh = input.phrase(end, &["oh"]);
            let rest = if oh.is_some() { 1..=9 } else { 10..=99 };
            for (end, rest) in input.wholes(oh.unwrap_or(end), rest) {
                add(&mut found, end, (century * 100 + rest) as i16);
            }
        }
    }
    found
}

/// A date with and without the year that follows it.
fn with_year(input: &Input<'_>, end: usize, between: &[&str], date: Day, found: &mut Found<Day>) {
    add(found, end, date);
    for (end, said) in years(input, input.skip(end, between)) {
        let dated = match date {
            Day::Date { month, day, weekday, .. } => Day::Date { year: Some(said), month, day, weekday },
            Day::Month { month, .. } => Day::Month { year: Some(said), month },
            other => other,
        };
        add(found, end, dated);
    }
}

/// A unit of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Day,
    Week,
    Month,
    Year,
}

impl Unit {
    /// The day so many units from today.
    fn after_today(self, count: i64) -> Day {
        let count = count as i32;
        match self {
            Self::Day => Day::In(count),
            Self::Week => Day::In(7 * count),
            Self::Month => Day::InMonths(count),
            Self::Year => Day::InMonths(12 * count),
        }
    }
}
