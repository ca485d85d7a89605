//! Days: which one a date is, how far away it is, which week it is.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::{Outcome, Skill, Stop, World};
use crate::nlu::Intent;

pub(super) struct Calendar;

impl Skill for Calendar {
    fn intents(&self) -> &'static [&'static str] {
        &["DayOf", "DaysUntil", "WeekNumber"]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        let words = world.words();
        let today = world.now.date();
        if intent.intent == "WeekNumber" {
            return Ok(Outcome::done(words.week(today.iso_week_date().week())));
        }
        let day = day(intent, today).ok_or_else(|| Stop::Answer(words.no_such_day()))?;
        if intent.intent == "DayOf" {
            return Ok(Outcome::done(words.day_of(day)));
        }
        let days = today.until(day).map_or(0, |span| i64::from(span.get_days()));
        Ok(Outcome::done(words.days_until(day, days)))
    }
}

/// The day of a slot `date` (its value holds a `date`), or the next one of a slot `holiday`.
fn day(intent: &Intent, today: Date) -> Option<Date> {
    if let Some(holiday) = intent.slot_str("holiday") {
        let this_year = holiday_in(holiday, today.year())?;
        return if this_year < today { holiday_in(holiday, today.year() + 1) } else { Some(this_year) };
    }
    let value = intent.slot("date")?;
    value["date"].as_str().or_else(|| value["from"].as_str())?.parse().ok()
}

/// When a holiday is in a year: `12-25`, or so many days after Easter, as `easter+39`.
fn holiday_in(holiday: &str, year: i16) -> Option<Date> {
    if let Some(days) = holiday.strip_prefix("easter") {
        let days: i64 = if days.is_empty() { 0 } else { days.trim_start_matches('+').parse().ok()? };
        return easter(year)?.checked_add(Span::new().try_days(days).ok()?).ok();
    }
    let (month, day) = holiday.split_once('-')?;
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm of Nature, 1876).
fn easter(year: i16) -> Option<Date> {
    let year = i32::from(year);
    let golden = year % 19;
    let century = year / 100;
    let moon = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    let sunday = (32 + 2 * (century % 4) + 2 * (year % 100 / 4) - moon - year % 100 % 4) % 7;
    let late = (golden + 11 * moon + 22 * sunday) / 451;
    let days = moon + sunday - 7 * late + 114;
    let first = Date::new(i16::try_from(year).ok()?, i8::try_from(days / 31).ok()?, 1).ok()?;
    first.checked_add((days % 31).days()).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::Fixture;
    use super::*;

    #[test]
    fn easter_is_when_it_was() {
        let easters =
            [(2000, "2000-04-23"), (2024, "2024-03-31"), (2025, "2025-04-20"), (2038, "2038-04-25")];
        for (year, date) in easters {
            assert_eq!(easter(year).unwrap().to_string(), date);
        }
    }

    #[test]
    fn holidays_and_weeks() {
        // The 24th of November 2026.
        let mut home = Fixture::demo("en");
        assert_eq!(
            home.says("DaysUntil", json!({"holiday": "12-25"})),
            "In 31 days, on Friday, the 25th of December 2026."
        );
        assert_eq!(
            home.says("DayOf", json!({"holiday": "easter+1"})),
            "That is Monday, the 29th of March 2027."
        );
        assert_eq!(home.says("WeekNumber", json!({})), "It is week 48.");
        home.language = "fr";
        assert_eq!(
            home.says("DaysUntil", json!({"holiday": "11-25"})),
            "C'est demain, le mercredi 25 novembre 2026."
        );
    }
}
