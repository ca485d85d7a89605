//! The usual ways to say a value, the most usual first: what [`super::parse_all`] reads back.
//!
//! Replies take the first; the property tests take all of them.

mod en;
mod fr;

use super::date::Day;
use super::moment::Moment;
use super::recurring::{Period, Recurrence};
use super::time::TimeOfDay;
use super::{Parsed, Scale, color};
use crate::nlu::numbers;
use crate::nlu::text::is_french;

/// A language's ways to say what is more than a number with a word after it.
struct Sayings {
    /// The language's own tag, for numbers.
    tag: &'static str,
    duration: fn(f64) -> Vec<String>,
    time: fn(TimeOfDay) -> Vec<String>,
    day: fn(Day) -> Vec<String>,
    recurrence: fn(Recurrence) -> Vec<String>,
    /// Before a time: "at", "à".
    at: &'static str,
    /// Before a time from now: "in", "dans".
    after: &'static str,
}

const ENGLISH: Sayings = Sayings {
    tag: "en",
    duration: en::duration,
    time: en::time,
    day: en::day,
    recurrence: en::recurrence,
    at: "at",
    after: "in",
};

const FRENCH: Sayings = Sayings {
    tag: "fr",
    duration: fr::duration,
    time: fr::time,
    day: fr::day,
    recurrence: fr::recurrence,
    at: "à",
    after: "dans",
};

/// Ways to say a value. None for what has no words: more than [`numbers::LIMIT`], a fraction of a
/// second.
#[must_use]
pub fn say(parsed: Parsed, language: &str) -> Vec<String> {
    let french = is_french(language);
    let words = if french { &FRENCH } else { &ENGLISH };
    match parsed {
        Parsed::Number(value) => number(value, words),
        Parsed::Ordinal(value) => {
            numbers::say_ordinal(value, words.tag).iter().map(|row| row.join(" ")).collect()
        }
        Parsed::Percentage(value) => {
            let percent: &[&str] = if french { &["pourcent", "pour cent"] } else { &["percent", "per cent"] };
            with_each(&number(value, words), percent)
        }
        Parsed::Duration(seconds) => (words.duration)(seconds),
        Parsed::Time(time) => with_optional(&(words.time)(time), words.at),
        Parsed::Date(day) => (words.day)(day),
        Parsed::Datetime(moment) => self::moment(moment, words),
        Parsed::Recurring(recurrence) => match recurrence.time {
            None => (words.recurrence)(recurrence),
            Some(time) => pairs(&(words.recurrence)(recurrence), &(words.time)(time), words),
        },
        Parsed::Temperature(degrees, scale) => temperature(degrees, scale, words),
        Parsed::Color(name) => color::say(name, french),
        Parsed::Money(amount, currency) => money(amount, currency, words),
    }
}

fn number(value: f64, words: &Sayings) -> Vec<String> {
    numbers::say_decimal(value, words.tag).iter().map(|row| row.join(" ")).collect()
}

fn whole(value: i64, words: &Sayings) -> Vec<String> {
    number(value as f64, words)
}

fn with_each(before: &[String], after: &[&str]) -> Vec<String> {
    after.iter().flat_map(|after| before.iter().map(move |before| format!("{before} {after}"))).collect()
}

fn with_optional(said: &[String], before: &str) -> Vec<String> {
    said.iter().map(|said| format!("{before} {said}")).chain(said.iter().cloned()).collect()
}

/// A day or rhythm with a time, either first; but no day that begins with a number after a time:
/// "at sixteen twenty two january".
fn pairs(days: &[String], times: &[String], words: &Sayings) -> Vec<String> {
    let at = words.at;
    let mut said = Vec::new();
    for day in days {
        said.extend(times.iter().map(|time| format!("{day} {at} {time}")));
        if numbers::parse(&day.split(' ').collect::<Vec<_>>(), words.tag).is_some() {
            continue;
        }
        said.extend(times.iter().map(|time| format!("{at} {time} {day}")));
    }
    said
}

fn moment(moment: Moment, words: &Sayings) -> Vec<String> {
    match moment {
        Moment::After(seconds) => {
            (words.duration)(seconds).iter().map(|said| format!("{} {said}", words.after)).collect()
        }
        Moment::Day(day) => (words.day)(day),
        Moment::Time(time) => with_optional(&(words.time)(time), words.at),
        Moment::At(day, time) => pairs(&(words.day)(day), &(words.time)(time), words),
    }
}

fn temperature(degrees: f64, scale: Option<Scale>, words: &Sayings) -> Vec<String> {
    let (one, many) = if words.tag == "fr" { ("degré", "degrés") } else { ("degree", "degrees") };
    // French counts one and a half of something in the singular.
    let is_one = if words.tag == "fr" { degrees.abs() < 2.0 } else { (degrees.abs() - 1.0).abs() < 1e-9 };
    let unit = if is_one { one } else { many };
    let scale = scale.map_or("", |scale| match scale {
        Scale::Celsius => " celsius",
        Scale::Fahrenheit => " fahrenheit",
    });
    number(degrees, words).iter().map(|said| format!("{said} {unit}{scale}")).collect()
}

/// Singular, plural and hundredths of a currency.
fn currency(code: &str, words: &Sayings) -> Option<[&'static str; 3]> {
    Some(match (code, words.tag) {
        ("EUR", "fr") => ["euro", "euros", "centimes"],
        ("GBP", "fr") => ["livre", "livres", "pence"],
        ("CHF", "fr") => ["franc", "francs", "centimes"],
        ("EUR", _) => ["euro", "euros", "cents"],
        ("USD", _) => ["dollar", "dollars", "cents"],
        ("GBP", _) => ["pound", "pounds", "pence"],
        ("CHF", _) => ["swiss franc", "swiss francs", "centimes"],
        _ => return None,
    })
}

fn money(amount: f64, code: Option<&str>, words: &Sayings) -> Vec<String> {
    let (units, cents) = (amount.trunc() as i64, (amount.fract() * 100.0).round() as i64);
    let Some(code) = code else {
        return whole(units * 100 + cents, words).iter().map(|said| format!("{said} cents")).collect();
    };
    let Some([one, many, hundredths]) = currency(code, words) else { return Vec::new() };
    let unit = if units == 1 || (units == 0 && words.tag == "fr") { one } else { many };
    let whole_part = whole(units, words);
    if cents == 0 {
        return whole_part.iter().map(|said| format!("{said} {unit}")).collect();
    }
    let and = if words.tag == "fr" { "et" } else { "and" };
    let mut said = Vec::new();
    for units in &whole_part {
        for cents in whole(cents, words) {
            said.push(format!("{units} {unit} {and} {cents} {hundredths}"));
            said.push(format!("{units} {unit} {cents}"));
        }
    }
    said
}

/// How many seconds a period of a fixed length has.
fn seconds_of(unit: Period) -> Option<f64> {
    match unit {
        Period::Second => Some(1.0),
        Period::Minute => Some(60.0),
        Period::Hour => Some(3600.0),
        _ => None,
    }
}

/// Counted units, largest first: days, hours, minutes, seconds.
fn split(seconds: f64) -> Option<[i64; 4]> {
    let all = seconds as i64;
    (seconds >= 0.0 && seconds.fract() == 0.0).then_some([
        all / 86_400,
        all / 3600 % 24,
        all / 60 % 60,
        all % 60,
    ])
}
