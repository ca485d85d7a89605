//! French.

use super::super::date::{FR_MONTHS, FR_WEEKDAYS};
use super::{Day, FRENCH, Period, Recurrence, TimeOfDay, seconds_of, split, whole};

fn count(number: i64) -> String {
    whole(number, &FRENCH).into_iter().next().unwrap_or_default()
}

/// Counted feminine things: "vingt et une heures".
fn feminine(number: i64) -> String {
    whole(number, &FRENCH).into_iter().next_back().unwrap_or_default()
}

fn counted(number: i64, unit: &str) -> String {
    let count = if unit == "jour" { count(number) } else { feminine(number) };
    format!("{count} {unit}{}", if number < 2 { "" } else { "s" })
}

pub(super) fn duration(seconds: f64) -> Vec<String> {
    let Some(parts) = split(seconds) else { return Vec::new() };
    let units = ["jour", "heure", "minute", "seconde"];
    let said: Vec<String> =
        parts.iter().zip(units).filter(|(n, _)| **n > 0).map(|(n, unit)| counted(*n, unit)).collect();
    let mut ways = match said.split_last() {
        None => vec!["zéro seconde".to_owned()],
        Some((last, [])) => vec![last.clone()],
        Some((last, before)) => vec![format!("{} et {last}", before.join(" ")), said.join(" ")],
    };
    let [days, hours, minutes, seconds] = parts;
    let all_hours = days * 24 + hours;
    if seconds == 0 && days < 4 && all_hours > 0 {
        let hours = counted(all_hours, "heure");
        if minutes == 0 {
            ways.push(hours.clone());
        } else {
            ways.push(format!("{hours} {}", count(minutes)));
            ways.push(format!("{hours} et {}", counted(minutes, "minute")));
        }
        match minutes {
            15 => ways.extend([format!("{hours} et quart"), format!("{hours} et un quart")]),
            30 => ways.push(format!("{hours} et demie")),
            45 => ways.push(format!("{hours} et trois quarts")),
            _ => {}
        }
    }
    match (all_hours, minutes, seconds) {
        (0, 15, 0) => ways.extend(["un quart d'heure".to_owned(), "quart d'heure".to_owned()]),
        (0, 30, 0) => ways.extend(["une demi heure".to_owned(), "demi heure".to_owned()]),
        (0, 45, 0) => ways.push("trois quarts d'heure".to_owned()),
        (0, 0, 30) => ways.push("une demi minute".to_owned()),
        (0, minutes, 30) => ways.push(format!("{} et demie", counted(minutes, "minute"))),
        _ => {}
    }
    ways
}

pub(super) fn time(time: TimeOfDay) -> Vec<String> {
    let (hour, minute) = (i64::from(time.hour), i64::from(time.minute));
    if time.second != 0 {
        return vec![format!("{:02}:{:02}:{:02}", time.hour, time.minute, time.second)];
    }
    if time.either {
        let hour = if hour == 0 { 12 } else { hour };
        return clock(hour, minute);
    }
    let mut ways = Vec::new();
    let mut add = |said: Vec<String>, part: &str| {
        ways.extend(said.iter().map(|said| format!("{said} {part}").trim_end().to_owned()));
    };
    // From one in the afternoon on, the hour says it by itself.
    if hour > 12 {
        add(clock(hour, minute), "");
    }
    match hour {
        0 => {
            add(named("minuit", minute), "");
            add(named("zéro heure", minute), "");
        }
        12 => add(named("midi", minute), ""),
        1..=11 => add(clock(hour, minute), "du matin"),
        13..=17 => add(clock(hour - 12, minute), "de l'après-midi"),
        _ => add(clock(hour - 12, minute), "du soir"),
    }
    if !(10..=12).contains(&hour) {
        ways.push(format!("{hour:02}:{minute:02}"));
    }
    ways
}

fn clock(hour: i64, minute: i64) -> Vec<String> {
    let mut ways = named(&counted(hour, "heure"), minute);
    if minute > 0 {
        ways.push(format!("{} {}", counted(hour, "heure"), counted(minute, "minute")));
    }
    let next = (hour + 1) % 24;
    // "Midi moins le quart" is said, "douze heures moins le quart" is not.
    if minute > 30 && next != 12 && next != 0 {
        let next = counted(next, "heure");
        ways.push(format!("{next} moins {}", count(60 - minute)));
        if minute == 45 {
            ways.push(format!("{next} moins le quart"));
        }
    }
    ways
}

fn named(hour: &str, minute: i64) -> Vec<String> {
    let mut ways = vec![match minute {
        0 => hour.to_owned(),
        minute => format!("{hour} {}", count(minute)),
    }];
    match minute {
        15 => ways.push(format!("{hour} et quart")),
        30 => ways.push(format!("{hour} et demi{}", if hour.starts_with('m') { "" } else { "e" })),
        _ => {}
    }
    ways
}

fn name(table: &[(&'static str, u8)], number: u8) -> &'static str {
    table.iter().find(|(_, value)| *value == number).map_or("", |(name, _)| *name)
}

/// "Le premier", "le deux".
fn nth(day: u8) -> String {
    if day == 1 { "premier".to_owned() } else { count(i64::from(day)) }
}

pub(super) fn day(day: Day) -> Vec<String> {
    let own = |said: &[&str]| said.iter().map(|said| (*said).to_owned()).collect();
    match day {
        Day::In(0) => own(&["aujourd'hui"]),
        Day::In(1) => own(&["demain"]),
        Day::In(2) => own(&["après-demain"]),
        Day::In(-1) => own(&["hier"]),
        Day::In(-2) => own(&["avant-hier"]),
        Day::In(days) if days > 0 => vec![format!("dans {}", counted(i64::from(days), "jour"))],
        Day::In(days) => vec![format!("il y a {}", counted(-i64::from(days), "jour"))],
        Day::InMonths(months) if months > 0 => vec![format!("dans {} mois", count(i64::from(months)))],
        Day::InMonths(months) => vec![format!("il y a {} mois", count(-i64::from(months)))],
        Day::Weekday { day, weeks } => {
            let name = name(&FR_WEEKDAYS, day);
            match weeks {
                0 => vec![name.to_owned(), format!("{name} prochain"), format!("ce {name}")],
                1 => vec![format!("{name} en huit")],
                _ => vec![format!("{name} dernier")],
            }
        }
        Day::Date { year, month, day, weekday } => dates(year, month, day, weekday),
        Day::Week(weeks) => relative(weeks, ["la semaine dernière", "cette semaine", "la semaine prochaine"]),
        Day::Weekend(weeks) => {
            relative(weeks, ["le week-end dernier", "ce week-end", "le week-end prochain"])
        }
        Day::MonthIn(months) => relative(months, ["le mois dernier", "ce mois-ci", "le mois prochain"]),
        Day::YearIn(years) => relative(years, ["l'année dernière", "cette année", "l'année prochaine"]),
        Day::Month { year, month } => {
            let year = year.map_or(String::new(), |year| format!(" {}", count(i64::from(year))));
            vec![format!("en {}{year}", name(&FR_MONTHS, month))]
        }
        Day::Year(year) => vec![format!("en {}", count(i64::from(year)))],
    }
}

fn relative(count: i32, ways: [&str; 3]) -> Vec<String> {
    let index = usize::try_from(count + 1).ok();
    index.and_then(|index| ways.get(index)).map(|way| (*way).to_owned()).into_iter().collect()
}

fn dates(year: Option<i16>, month: Option<u8>, day: u8, weekday: Option<u8>) -> Vec<String> {
    let before = weekday.map_or(String::new(), |day| format!("{} ", name(&FR_WEEKDAYS, day)));
    let month = month.map_or(String::new(), |month| format!(" {}", name(&FR_MONTHS, month)));
    let year = year.map_or(String::new(), |year| format!(" {}", count(i64::from(year))));
    let date = format!("{before}{}{month}{year}", nth(day));
    let mut ways = vec![format!("le {date}")];
    if !month.is_empty() {
        ways.push(date);
    }
    ways
}

pub(super) fn recurrence(it: Recurrence) -> Vec<String> {
    if seconds_of(it.unit).is_some() || (it.days.0 == 0 && it.day.is_none()) {
        let (unit, all) = match it.unit {
            Period::Second => ("seconde", "toutes les"),
            Period::Minute => ("minute", "toutes les"),
            Period::Hour => ("heure", "toutes les"),
            Period::Day => ("jour", "tous les"),
            Period::Week => ("semaine", "toutes les"),
            Period::Month => ("mois", "tous les"),
            Period::Year => ("an", "tous les"),
        };
        let many = if unit == "mois" { unit.to_owned() } else { format!("{unit}s") };
        return match it.every {
            1 => vec![format!("{all} {many}"), format!("chaque {unit}")],
            every => {
                let every = i64::from(every);
                let count = if all == "toutes les" { feminine(every) } else { count(every) };
                vec![format!("{all} {count} {many}")]
            }
        };
    }
    if let Some(day) = it.day {
        return vec![format!("tous les mois le {}", nth(day)), format!("le {} de chaque mois", nth(day))];
    }
    if it.every != 1 {
        return Vec::new();
    }
    let names: Vec<_> = it.days.iter().map(|day| name(&FR_WEEKDAYS, day)).collect();
    let many: Vec<_> = names.iter().map(|name| format!("{name}s")).collect();
    let mut ways = vec![format!("tous les {}", many.join(" et ")), format!("chaque {}", names.join(" et "))];
    match it.days {
        super::super::Weekdays::WORKING => ways.insert(0, "en semaine".to_owned()),
        super::super::Weekdays::WEEKEND => ways.insert(0, "tous les week-ends".to_owned()),
        _ => {}
    }
    ways
}
