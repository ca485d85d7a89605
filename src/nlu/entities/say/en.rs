//! English.

use super::super::date::{EN_MONTHS, EN_WEEKDAYS};
use super::{Day, ENGLISH, Period, Recurrence, TimeOfDay, seconds_of, split, whole};
use crate::nlu::numbers;

fn count(number: i64) -> String {
    whole(number, &ENGLISH).into_iter().next().unwrap_or_default()
}

fn counted(number: i64, unit: &str) -> String {
    format!("{} {unit}{}", count(number), if number == 1 { "" } else { "s" })
}

fn ordinal(number: u8) -> String {
    numbers::say_ordinal(i64::from(number), "en").first().map(|row| row.join(" ")).unwrap_or_default()
}

pub(super) fn duration(seconds: f64) -> Vec<String> {
    let Some(parts) = split(seconds) else { return Vec::new() };
    let units = ["day", "hour", "minute", "second"];
    let said: Vec<String> =
        parts.iter().zip(units).filter(|(n, _)| **n > 0).map(|(n, unit)| counted(*n, unit)).collect();
    let mut ways = match said.split_last() {
        None => vec!["zero seconds".to_owned()],
        Some((last, [])) => vec![last.clone()],
        Some((last, before)) => vec![format!("{} and {last}", before.join(" ")), said.join(" ")],
    };
    let [days, hours, minutes, seconds] = parts;
    if let Some(number) = [days, hours, minutes, seconds].iter().position(|n| *n > 0)
        && parts[number] == 1
    {
        let article = if number == 1 { "an" } else { "a" };
        let with_article: Vec<_> =
            ways.iter().filter_map(|way| Some(format!("{article} {}", way.strip_prefix("one ")?))).collect();
        ways.extend(with_article);
    }
    if days == 0 && seconds == 0 {
        ways.extend(fractions(hours, minutes, "hour", "an", 15));
        // More hours than a day has.
    } else if days < 4 && seconds == 0 {
        let hours = days * 24 + hours;
        ways.push(match minutes {
            0 => counted(hours, "hour"),
            minutes => format!("{} and {}", counted(hours, "hour"), counted(minutes, "minute")),
        });
        ways.extend(fractions(hours, minutes, "hour", "an", 15));
    }
    if days == 0 && hours == 0 {
        ways.extend(fractions(minutes, seconds, "minute", "a", 30));
    }
    ways
}

/// "An hour and a half", "two and a half hours", "three quarters of an hour".
fn fractions(units: i64, rest: i64, unit: &str, article: &str, quarter: i64) -> Vec<String> {
    let part = match rest {
        15 if quarter == 15 => "a quarter",
        30 => "a half",
        45 if quarter == 15 => "three quarters",
        _ => return Vec::new(),
    };
    match units {
        0 if rest == 30 => {
            vec![format!("half {article} {unit}"), format!("a half {unit}"), format!("half a {unit}")]
        }
        0 => vec![format!("{part} of {article} {unit}")],
        1 => vec![
            format!("{article} {unit} and {part}"),
            format!("one {unit} and {part}"),
            format!("one and {part} {unit}s"),
        ],
        units => {
            let count = count(units);
            vec![format!("{count} and {part} {unit}s"), format!("{count} {unit}s and {part}")]
        }
    }
}

pub(super) fn time(time: TimeOfDay) -> Vec<String> {
    let (hour, minute) = (i64::from(time.hour), i64::from(time.minute));
    let twelve = |hour: i64| count((hour + 11).rem_euclid(12) + 1);
    if time.second != 0 {
        return vec![format!("{:02}:{:02}:{:02}", time.hour, time.minute, time.second)];
    }
    if time.either {
        return clock(&twelve(hour), &twelve(hour + 1), minute);
    }
    let part = |hour: i64| match hour.rem_euclid(24) {
        0..=11 => "in the morning",
        12..=17 => "in the afternoon",
        _ => "in the evening",
    };
    let half = if hour < 12 { "a m" } else { "p m" };
    let mut ways = Vec::new();
    for said in clock(&twelve(hour), &twelve(hour + 1), minute) {
        ways.push(format!("{said} {half}"));
        // "Ten to noon in the morning" is counted from the next part of the day.
        ways.push(format!("{said} {}", part(hour)));
        if !(5..20).contains(&hour) {
            ways.push(format!("{said} at night"));
        }
    }
    match (hour, minute) {
        (12, 0) => ways.extend(["noon".to_owned(), "midday".to_owned()]),
        (0, 0) => ways.push("midnight".to_owned()),
        _ => {}
    }
    if !(10..=12).contains(&hour) {
        ways.push(format!("{hour:02}:{minute:02}"));
    }
    if hour > 12 && minute >= 10 {
        ways.push(format!("{} {}", count(hour), count(minute)));
    }
    ways
}

/// An hour of twelve with its minutes.
fn clock(hour: &str, next: &str, minute: i64) -> Vec<String> {
    let mut ways = match minute {
        0 => vec![hour.to_owned(), format!("{hour} o'clock")],
        1..=9 => vec![format!("{hour} oh {}", count(minute))],
        _ => vec![format!("{hour} {}", count(minute))],
    };
    match minute {
        0 => {}
        15 => ways.extend([format!("quarter past {hour}"), format!("a quarter past {hour}")]),
        30 => ways.extend([format!("half past {hour}"), format!("half {hour}")]),
        45 => ways.extend([format!("quarter to {next}"), format!("a quarter to {next}")]),
        1..30 => {
            let minutes = counted(minute, "minute");
            ways.extend([format!("{minutes} past {hour}"), format!("{} past {hour}", count(minute))]);
        }
        _ => {
            let minutes = counted(60 - minute, "minute");
            ways.extend([format!("{minutes} to {next}"), format!("{} to {next}", count(60 - minute))]);
        }
    }
    ways
}

fn name(table: &[(&'static str, u8)], number: u8) -> &'static str {
    table.iter().find(|(_, value)| *value == number).map_or("", |(name, _)| *name)
}

/// "Twenty twenty six", "two thousand six".
fn year(year: i16) -> String {
    match (year / 100, year % 100) {
        (20, 0..=9) | (_, 0) => count(i64::from(year)),
        (century, rest @ 1..=9) => format!("{} oh {}", count(i64::from(century)), count(i64::from(rest))),
        (century, rest) => format!("{} {}", count(i64::from(century)), count(i64::from(rest))),
    }
}

pub(super) fn day(day: Day) -> Vec<String> {
    let own = |said: &[&str]| said.iter().map(|said| (*said).to_owned()).collect();
    match day {
        Day::In(0) => own(&["today"]),
        Day::In(1) => own(&["tomorrow"]),
        Day::In(2) => own(&["the day after tomorrow"]),
        Day::In(-1) => own(&["yesterday"]),
        Day::In(-2) => own(&["the day before yesterday"]),
        Day::In(days) if days > 0 => vec![format!("in {}", counted(i64::from(days), "day"))],
        Day::In(days) => vec![format!("{} ago", counted(-i64::from(days), "day"))],
        Day::InMonths(months) if months > 0 => vec![format!("in {}", counted(i64::from(months), "month"))],
        Day::InMonths(months) => vec![format!("{} ago", counted(-i64::from(months), "month"))],
        Day::Weekday { day, weeks } => {
            let name = name(&EN_WEEKDAYS, day);
            match weeks {
                0 => vec![format!("on {name}"), name.to_owned(), format!("next {name}")],
                1 => vec![format!("{name} week")],
                _ => vec![format!("last {name}")],
            }
        }
        Day::Date { year: said, month, day, weekday } => dates(said, month, day, weekday),
        Day::Week(weeks) => relative(weeks, "week"),
        Day::Weekend(weeks) => relative(weeks, "weekend"),
        Day::MonthIn(months) => relative(months, "month"),
        Day::YearIn(years) => relative(years, "year"),
        Day::Month { year: said, month } => match said {
            None => vec![format!("in {}", name(&EN_MONTHS, month))],
            Some(said) => vec![format!("in {} {}", name(&EN_MONTHS, month), year(said))],
        },
        Day::Year(said) => vec![format!("in {}", year(said))],
    }
}

fn relative(count: i32, unit: &str) -> Vec<String> {
    match count {
        -1 => vec![format!("last {unit}")],
        0 => vec![format!("this {unit}")],
        1 => vec![format!("next {unit}")],
        _ => Vec::new(),
    }
}

fn dates(said: Option<i16>, month: Option<u8>, day: u8, weekday: Option<u8>) -> Vec<String> {
    let nth = ordinal(day);
    let plain = match month.map(|month| name(&EN_MONTHS, month)) {
        None => vec![format!("the {nth}")],
        Some(month) => vec![
            format!("the {nth} of {month}"),
            format!("{month} {nth}"),
            format!("{month} the {nth}"),
            format!("{} {month}", count(i64::from(day))),
        ],
    };
    let year = said.map_or(String::new(), |said| format!(" {}", year(said)));
    let before = weekday.map_or(String::new(), |day| format!("{} ", name(&EN_WEEKDAYS, day)));
    let dated = plain.iter().map(|date| format!("{before}{date}{year}"));
    dated.clone().chain(dated.map(|date| format!("on {date}"))).collect()
}

pub(super) fn recurrence(it: Recurrence) -> Vec<String> {
    if seconds_of(it.unit).is_some() || (it.days.0 == 0 && it.day.is_none()) {
        let unit = match it.unit {
            Period::Second => "second",
            Period::Minute => "minute",
            Period::Hour => "hour",
            Period::Day => "day",
            Period::Week => "week",
            Period::Month => "month",
            Period::Year => "year",
        };
        return match it.every {
            1 => vec![format!("every {unit}")],
            2 => vec![format!("every two {unit}s"), format!("every other {unit}")],
            every => vec![format!("every {}", counted(i64::from(every), unit))],
        };
    }
    if let Some(day) = it.day {
        let nth = ordinal(day);
        return vec![format!("every month on the {nth}"), format!("the {nth} of every month")];
    }
    let names: Vec<_> = it.days.iter().map(|day| name(&EN_WEEKDAYS, day)).collect();
    let other = if it.every == 2 { "other " } else { "" };
    let mut ways = vec![format!("every {other}{}", names.join(" and "))];
    if it.every == 1 {
        let many: Vec<_> = names.iter().map(|name| format!("{name}s")).collect();
        ways.extend([many.join(" and "), format!("on {}", many.join(" and "))]);
        match it.days {
            super::super::Weekdays::WORKING => ways.insert(0, "every weekday".to_owned()),
            super::super::Weekdays::WEEKEND => ways.insert(0, "every weekend".to_owned()),
            _ => {}
        }
    }
    ways
}
