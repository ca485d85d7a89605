//! When something comes again, by the calendar of the household.
//!
//! Days are counted as people count them, in civil time: seven o'clock is seven o'clock, whatever the
//! clocks did that night. A time that a change of clocks leaves out is an hour later that day; one that
//! comes twice is the first, and only the first. Rhythms of hours and minutes go on in real time.

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp, Unit, ZonedDateTime};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::nlu::entities::{Period, Weekdays};

/// Something that is further away never comes.
const YEARS: i32 = 40;

const DAY_NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A rhythm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Every so many units.
    pub every: u32,
    pub unit: Period,
    /// With weeks: on these days; none is the first one's.
    #[serde(default)]
    pub days: Weekdays,
    /// With months: on this day of it, in months that have it; none is the first one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<u8>,
    /// The first time, as the clock on the wall showed it; the time of day of all others.
    pub first: DateTime,
}

/// A rhythm as the understanding gives it (docs/understanding.md).
#[derive(Deserialize)]
struct Said {
    every: u32,
    unit: Period,
    #[serde(default)]
    days: Vec<String>,
    day: Option<u8>,
    time: Option<Time>,
    next: String,
}

/// A rhythm that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rhythm {
    Whole(Rule),
    /// It needs a time of day.
    Timeless,
}

impl Rule {
    /// The rhythm of a `recurring` value; `None` where it never comes.
    #[must_use]
    pub fn of(value: &Value) -> Option<Rhythm> {
        let said: Said = serde_json::from_value(value.clone()).ok()?;
        let whole = |first: DateTime| {
            let numbers = said.days.iter().filter_map(|day| DAY_NAMES.iter().position(|name| name == day));
            let bits = numbers.fold(0, |bits, day| bits | 1 << day);
            Rhythm::Whole(Self {
                every: said.every.max(1),
                unit: said.unit,
                days: Weekdays(bits),
                day: said.day,
                first,
            })
        };
        if let Ok(first) = said.next.parse::<ZonedDateTime>() {
            // A jump of the clock on the first day must not move all others.
            let time = said.time.unwrap_or_else(|| first.time());
            return Some(whole(first.date().to_datetime(time)));
        }
        match (said.time, said.next.parse::<Date>()) {
            (Some(time), Ok(date)) => Some(whole(date.to_datetime(time))),
            (None, Ok(_)) => Some(Rhythm::Timeless),
            (_, Err(_)) => None,
        }
    }

    /// Seconds from one time to the next, where that is always the same.
    #[must_use]
    pub fn seconds(&self) -> Option<i64> {
        let unit = match self.unit {
            Period::Second => 1,
            Period::Minute => 60,
            Period::Hour => 3_600,
            Period::Day | Period::Week | Period::Month | Period::Year => return None,
        };
        Some(i64::from(self.every) * unit)
    }

    /// The first time after a moment, in its time zone; `None` where it never comes.
    #[must_use]
    pub fn next_after(&self, after: &ZonedDateTime) -> Option<ZonedDateTime> {
        let zone = after.time_zone();
        if let Some(step) = self.seconds() {
            let first = self.first.to_zoned_datetime(zone.clone()).ok()?.timestamp();
            let passed = after.timestamp().as_second() - first.as_second();
            let steps = if after.timestamp() < first { 0 } else { passed.div_euclid(step) + 1 };
            let at = first.checked_add(SignedDuration::from_secs(step.checked_mul(steps)?)).ok()?;
            return Some(at.to_zoned_datetime(zone.clone()));
        }
        let from = self.first.date().max(after.date());
        let last = from.checked_add(jiff::Span::new().years(YEARS)).unwrap_or(Date::MAX);
        from.series(jiff::Span::new().days(1))
            .take_while(|date| *date <= last)
            .filter(|date| self.has(*date))
            .filter_map(|date| date.to_datetime(self.first.time()).to_zoned_datetime(zone.clone()).ok())
            .find(|at| at > after)
    }

    /// The last time that was not after a moment, from a time on that it was.
    #[must_use]
    pub fn last_before(&self, now: &ZonedDateTime, from: Timestamp) -> Timestamp {
        if let Some(step) = self.seconds() {
            let passed = (now.timestamp().as_second() - from.as_second()).max(0);
            let whole = SignedDuration::from_secs(passed - passed % step);
            return from.saturating_add(whole).unwrap_or(from);
        }
        let mut last = from;
        while let Some(next) = self.next_after(&last.to_zoned_datetime(now.time_zone().clone()))
            && next.timestamp() <= now.timestamp()
        {
            last = next.timestamp();
        }
        last
    }

    /// Whether a day from the first on is one of its days.
    fn has(&self, date: Date) -> bool {
        let first = self.first.date();
        let weekday = |date: Date| date.weekday().to_monday_one_offset().cast_unsigned();
        let every = i64::from(self.every);
        let whole = |number: i64| number.rem_euclid(every) == 0;
        let months = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
        match self.unit {
            Period::Day => whole(days(first, date)),
            Period::Week => {
                let on = if self.days.0 == 0 { Weekdays::one(weekday(first)) } else { self.days };
                let monday = |date: Date| i64::from(weekday(date)) - 1;
                let weeks = (days(first, date) + monday(first) - monday(date)) / 7;
                on.has(weekday(date)) && whole(weeks)
            }
            Period::Month => {
                let day = self.day.map_or(first.day(), u8::cast_signed);
                date.day() == day && whole(months(date) - months(first))
            }
            Period::Year => {
                let same = (date.month(), date.day()) == (first.month(), first.day());
                same && whole(i64::from(date.year()) - i64::from(first.year()))
            }
            Period::Second | Period::Minute | Period::Hour => false,
        }
    }
}

fn days(from: Date, to: Date) -> i64 {
    from.until((Unit::Day, to)).map_or(0, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn rule(every: u32, unit: Period, first: &str) -> Rule {
        Rule { every, unit, days: Weekdays::default(), day: None, first: first.parse().unwrap() }
    }

    fn paris(at: &str) -> ZonedDateTime {
        let at: DateTime = at.parse().unwrap();
        at.to_zoned_datetime(TimeZone::get("Europe/Paris").unwrap()).unwrap()
    }

    /// The next times, without their year.
    fn times(rule: &Rule, from: &str, count: usize) -> Vec<String> {
        let mut at = paris(from);
        let mut all = Vec::new();
        for _ in 0..count {
            at = rule.next_after(&at).unwrap();
            all.push(at.strftime("%m-%d %H:%M").to_string());
        }
        all
    }

    #[test]
    fn days_weeks_months_and_years() {
        let daily = rule(1, Period::Day, "2026-11-24T07:00");
        assert_eq!(times(&daily, "2026-11-24T07:00", 2), ["11-25 07:00", "11-26 07:00"]);
        assert_eq!(times(&daily, "2026-01-01T00:00", 1), ["11-24 07:00"]);
        let third = rule(3, Period::Day, "2026-11-24T07:00");
        assert_eq!(times(&third, "2026-11-25T00:00", 2), ["11-27 07:00", "11-30 07:00"]);
        let weekdays = Rule { days: Weekdays::WORKING, ..rule(1, Period::Week, "2026-11-24T07:00") };
        assert_eq!(times(&weekdays, "2026-11-26T12:00", 2), ["11-27 07:00", "11-30 07:00"]);
        // Every other week on monday and thursday, from a thursday on.
        let days = Weekdays(0b1001);
        let fortnight = Rule { days, ..rule(2, Period::Week, "2026-11-26T07:00") };
        assert_eq!(times(&fortnight, "2026-11-24T00:00", 3), ["11-26 07:00", "12-07 07:00", "12-10 07:00"]);
        let last = Rule { day: Some(31), ..rule(1, Period::Month, "2026-12-31T09:00") };
        assert_eq!(times(&last, "2027-01-01T00:00", 3), ["01-31 09:00", "03-31 09:00", "05-31 09:00"]);
        assert_eq!(times(&rule(1, Period::Year, "2028-02-29T09:00"), "2028-03-01T00:00", 1), ["02-29 09:00"]);
        let minutes = rule(45, Period::Minute, "2026-11-24T07:00");
        assert_eq!(times(&minutes, "2026-11-24T07:00", 2), ["11-24 07:45", "11-24 08:30"]);
    }

    #[test]
    fn what_never_comes_is_none() {
        let never = Rule { day: Some(31), ..rule(12, Period::Month, "2026-02-01T09:00") };
        assert_eq!(never.next_after(&paris("2026-01-01T00:00")), None);
    }

    #[test]
    fn clocks_that_go_forward_leave_an_hour_out() {
        let daily = rule(1, Period::Day, "2026-03-01T02:30");
        assert_eq!(times(&daily, "2026-03-27T12:00", 3), ["03-28 02:30", "03-29 03:30", "03-30 02:30"]);
        let seven = rule(1, Period::Day, "2026-03-01T07:00");
        assert_eq!(times(&seven, "2026-03-28T07:00", 1), ["03-29 07:00"]);
    }

    #[test]
    fn clocks_that_go_back_ring_once() {
        let daily = rule(1, Period::Day, "2026-10-01T02:30");
        let first = daily.next_after(&paris("2026-10-24T12:00")).unwrap();
        assert_eq!(first.to_string(), "2026-10-25T02:30:00+02:00[Europe/Paris]");
        let second = daily.next_after(&first).unwrap();
        assert_eq!(second.to_string(), "2026-10-26T02:30:00+01:00[Europe/Paris]");
        // An hour later the clock shows the same again, and nothing is due.
        let again = first.checked_add(SignedDuration::from_hours(1)).unwrap();
        assert_eq!(again.time(), time(2, 30, 0, 0));
        assert_eq!(daily.next_after(&again), Some(second));
        // Real time goes on.
        let hourly = rule(1, Period::Hour, "2026-10-24T12:15");
        assert_eq!(times(&hourly, "2026-10-25T01:15", 3), ["10-25 02:15", "10-25 02:15", "10-25 03:15"]);
    }

    #[test]
    fn what_was_missed_for_days_was_due_last_when_it_was() {
        let daily = rule(1, Period::Day, "2026-11-20T07:00");
        let from = paris("2026-11-20T07:00").timestamp();
        let last = |now: &str| {
            daily.last_before(&paris(now), from).to_zoned_datetime(TimeZone::get("Europe/Paris").unwrap())
        };
        assert_eq!(last("2026-11-24T07:05").date(), date(2026, 11, 24));
        assert_eq!(last("2026-11-24T06:55").date(), date(2026, 11, 23));
        let often = rule(5, Period::Minute, "2026-11-20T07:00");
        assert_eq!(
            often.last_before(&paris("2026-11-24T07:13"), from),
            paris("2026-11-24T07:10").timestamp()
        );
    }

    #[test]
    fn a_value_becomes_a_rule() {
        let value = serde_json::json!({"kind": "recurring", "every": 1, "unit": "week", "days": ["tuesday"],
            "time": "08:00:00", "next": "2026-12-01T08:00:00+01:00[Europe/Paris]"});
        let Some(Rhythm::Whole(rule)) = Rule::of(&value) else { panic!("{value}") };
        assert_eq!((rule.days, rule.first), (Weekdays(0b10), date(2026, 12, 1).at(8, 0, 0, 0)));
        let value = serde_json::json!({"kind": "recurring", "every": 1, "unit": "day", "next": "2026-12-01"});
        assert_eq!(Rule::of(&value), Some(Rhythm::Timeless));
        assert_eq!(Rule::of(&Value::Null), None);
    }

    fn any_rule() -> impl Strategy<Value = Rule> {
        let unit = prop_oneof![
            Just(Period::Minute),
            Just(Period::Hour),
            Just(Period::Day),
            Just(Period::Week),
            Just(Period::Month),
            Just(Period::Year),
        ];
        let day = prop_oneof![Just(None), (1u8..=31).prop_map(Some)];
        (1u32..=5, unit, 0u8..128, day, 0i64..400, 0i64..1440).prop_map(
            |(every, unit, days, day, date, minute)| {
                let first: DateTime = "2026-01-01T00:00".parse().unwrap();
                let first = first + SignedDuration::from_mins(date * 1440 + minute);
                Rule { every, unit, days: Weekdays(days), day, first }
            },
        )
    }

    proptest! {
        /// The next time is later, is the nearest there is, and shows the time that was asked for.
        #[test]
        fn the_next_time_is_the_nearest_to_come(
            rule in any_rule(), hours in 0i64..24 * 800, part in 0.0f64..1.0,
            zone in prop_oneof![Just("Europe/Paris"), Just("America/New_York"), Just("Australia/Lord_Howe"), Just("UTC")],
        ) {
            let zone = TimeZone::get(zone).unwrap();
            let start: DateTime = "2025-12-01T00:00".parse().unwrap();
            let after = (start + SignedDuration::from_hours(hours)).to_zoned_datetime(zone.clone()).unwrap();
            let Some(next) = rule.next_after(&after) else { return Ok(()) };
            prop_assert!(next > after);
            prop_assert!(next.datetime() >= rule.first);
            // From any moment in between it is the same.
            let between = next.timestamp().duration_since(after.timestamp()).mul_f64(part);
            let between = (after.timestamp() + between).to_zoned_datetime(zone.clone());
            if between < next {
                prop_assert_eq!(rule.next_after(&between), Some(next.clone()));
            }
            if rule.seconds().is_none() {
                let asked = next.date().to_datetime(rule.first.time());
                let ambiguous = zone.to_ambiguous_timestamp(asked).is_ambiguous();
                prop_assert!(ambiguous || next.time() == rule.first.time());
                // Never twice on one day.
                let then = rule.next_after(&next).map(|then| then.date());
                prop_assert_ne!(then, Some(next.date()));
            }
        }
    }
}
