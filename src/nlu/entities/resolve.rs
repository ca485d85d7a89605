//! What values mean, as JSON: at once where no clock is needed, later where one is.
//!
//! What can mean several times is the nearest to come. The calendar and its jumps are jiff's: a
//! time that a change of clocks leaves out is an hour later, one that comes twice is the first.

use jiff::civil::{Date, Time, Weekday};
use jiff::{Span, Timestamp, ZonedDateTime};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Parsed;
use super::date::Day;
use super::moment::Moment;
use super::quantity::Scale;
use super::recurring::{Period, Recurrence};
use super::time::TimeOfDay;
use crate::nlu::Intent;

/// What needs a clock, as it waits in a slot: `{"pending": {"datetime": …}}`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Waiting {
    pending: Pending,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Pending {
    Time(TimeOfDay),
    Date(Day),
    Datetime(Moment),
    Recurring(Recurrence),
}

/// The value of a slot before a clock is asked: final, or `{"pending": …}` for [`settle`].
#[must_use]
pub fn value(parsed: Parsed) -> Value {
    let pending = match parsed {
        Parsed::Time(time) => Pending::Time(time),
        Parsed::Date(day) => Pending::Date(day),
        Parsed::Datetime(moment) => Pending::Datetime(moment),
        Parsed::Recurring(recurrence) => Pending::Recurring(recurrence),
        known => return timeless(known),
    };
    serde_json::to_value(Waiting { pending }).unwrap_or_default()
}

/// Resolves an intent's slots that wait for a clock.
pub fn settle(intent: &mut Intent, now: &ZonedDateTime) {
    for slot in intent.slots.iter_mut().filter(|slot| slot.value.get("pending").is_some()) {
        if let Ok(waiting) = serde_json::from_value::<Waiting>(slot.value.clone()) {
            slot.value = resolve(waiting.pending.into(), now);
        }
    }
}

impl From<Pending> for Parsed {
    fn from(pending: Pending) -> Self {
        match pending {
            Pending::Time(time) => Self::Time(time),
            Pending::Date(day) => Self::Date(day),
            Pending::Datetime(moment) => Self::Datetime(moment),
            Pending::Recurring(recurrence) => Self::Recurring(recurrence),
        }
    }
}

/// What a value means at a time; `null` where the calendar ends (the year 9999).
#[must_use]
pub fn resolve(parsed: Parsed, now: &ZonedDateTime) -> Value {
    match parsed {
        Parsed::Time(time) => nearest(time, now).map(|at| time_value(time, &at)),
        Parsed::Date(day) | Parsed::Datetime(Moment::Day(day)) => date_value(day, now),
        Parsed::Datetime(Moment::After(seconds)) => after(seconds, now).map(|at| datetime(&at, "second")),
        Parsed::Datetime(Moment::Time(time)) => nearest(time, now).map(|at| datetime(&at, grain(time))),
        Parsed::Datetime(Moment::At(day, time)) => on(day, time, now).map(|at| datetime(&at, grain(time))),
        Parsed::Recurring(recurrence) => recurring(recurrence, now),
        known => Some(timeless(known)),
    }
    .unwrap_or_default()
}

/// The values that no clock is needed for.
fn timeless(parsed: Parsed) -> Value {
    match parsed {
        Parsed::Number(value) | Parsed::Percentage(value) => number(value),
        Parsed::Ordinal(value) => json!({ "kind": "ordinal", "value": value }),
        Parsed::Duration(seconds) => json!({ "kind": "duration", "seconds": number(seconds) }),
        Parsed::Temperature(degrees, scale) => {
            let unit = scale.map(|scale| match scale {
                Scale::Celsius => "C",
                Scale::Fahrenheit => "F",
            });
            json!({ "kind": "temperature", "degrees": number(degrees), "unit": unit })
        }
        Parsed::Color(name) => json!(name),
        Parsed::Money(amount, currency) => {
            json!({ "kind": "money", "amount": number(amount), "currency": currency })
        }
        Parsed::Time(_) | Parsed::Date(_) | Parsed::Datetime(_) | Parsed::Recurring(_) => Value::Null,
    }
}

/// Whole numbers stay whole; others are rounded to what a person would have said.
pub(in crate::nlu) fn number(value: f64) -> Value {
    let value = (value * 1e6).round() / 1e6;
    if value.fract() == 0.0 { Value::from(value as i64) } else { Value::from(value) }
}

fn datetime(at: &ZonedDateTime, grain: &str) -> Value {
    json!({ "kind": "datetime", "at": at.to_string(), "grain": grain })
}

fn time_value(time: TimeOfDay, at: &ZonedDateTime) -> Value {
    json!({ "kind": "time", "time": clock(time.or_later_as(at)), "at": at.to_string(), "grain": grain(time) })
}

fn grain(time: TimeOfDay) -> &'static str {
    match time {
        TimeOfDay { vague: true, .. } => "part_of_day",
        TimeOfDay { second: 1.., .. } => "second",
        _ => "minute",
    }
}

fn clock(time: Time) -> String {
    time.strftime("%H:%M:%S").to_string()
}

impl TimeOfDay {
    /// The times that it can mean, earlier first.
    fn candidates(self) -> impl Iterator<Item = Time> {
        let other = self.either.then_some((self.hour + 12) % 24);
        let mut hours: Vec<u8> = [Some(self.hour), other].into_iter().flatten().collect();
        hours.sort_unstable();
        hours.into_iter().map(move |hour| {
            Time::constant(
                hour.min(23).cast_signed(),
                self.minute.min(59).cast_signed(),
                self.second.min(59).cast_signed(),
                0,
            )
        })
    }

    /// Of what it can mean, the one that was taken (the clock may have jumped over it).
    fn or_later_as(self, at: &ZonedDateTime) -> Time {
        let taken = at.time();
        let said = self.candidates().find(|time| *time == taken);
        said.unwrap_or(taken)
    }
}

/// The first of a day's candidate times that is to come.
fn to_come(date: Date, time: TimeOfDay, now: &ZonedDateTime) -> Option<ZonedDateTime> {
    let at = |time: Time| date.to_datetime(time).to_zoned_datetime(now.time_zone().clone()).ok();
    time.candidates().filter_map(at).find(|at| at > now)
}

/// The nearest time to come.
fn nearest(time: TimeOfDay, now: &ZonedDateTime) -> Option<ZonedDateTime> {
    let today = now.date();
    to_come(today, time, now).or_else(|| to_come(today.tomorrow().ok()?, time, now))
}

fn after(seconds: f64, now: &ZonedDateTime) -> Option<ZonedDateTime> {
    let timestamp =
        now.timestamp().checked_add(Span::new().try_milliseconds((seconds * 1000.0) as i64).ok()?);
    // Fractions of a second that the clock happens to show mean nothing.
    let whole = Timestamp::from_second(timestamp.ok()?.as_second()).ok()?;
    Some(whole.to_zoned_datetime(now.time_zone().clone()))
}

/// A time on a day.
fn on(day: Day, time: TimeOfDay, now: &ZonedDateTime) -> Option<ZonedDateTime> {
    let today = now.date();
    // "Tonight at one", "today at midnight": the night that begins today.
    let early = time.candidates().all(|time| time.hour() < 5);
    if day == Day::In(0) && early && to_come(today, time, now).is_none() {
        return to_come(today.tomorrow().ok()?, time, now);
    }
    // A day that could be today is, as long as the time is to come.
    if could_be_today(day, today)
        && let Some(at) = to_come(today, time, now)
    {
        return Some(at);
    }
    let date = match day {
        // Said of today, and gone by: not today's then.
        Day::Date { year: None, .. } => next_date(day, today.tomorrow().ok()?)?,
        day => first_day(day, today)?,
    };
    to_come(date, time, now).or_else(|| {
        // A day gone by, or today with both times past.
        let last = time.candidates().last()?;
        date.to_datetime(last).to_zoned_datetime(now.time_zone().clone()).ok()
    })
}

fn could_be_today(day: Day, today: Date) -> bool {
    match day {
        Day::Weekday { day, weeks: 0 } => weekday(today) == day,
        Day::Date { year: None, .. } => next_date(day, today) == Some(today),
        _ => false,
    }
}

fn weekday(date: Date) -> u8 {
    date.weekday().to_monday_one_offset().cast_unsigned()
}

fn date_value(day: Day, now: &ZonedDateTime) -> Option<Value> {
    let grain = match day {
        Day::Week(_) => "week",
        Day::Weekend(_) => "weekend",
        Day::MonthIn(_) | Day::Month { .. } => "month",
        Day::YearIn(_) | Day::Year(_) => "year",
        _ => "day",
    };
    let date = first_day(day, now.date())?;
    Some(json!({ "kind": "date", "date": date.to_string(), "grain": grain }))
}

/// The day, or the first one of the week, weekend, month or year.
fn first_day(day: Day, today: Date) -> Option<Date> {
    let plus = |span: Span| today.checked_add(span).ok();
    match day {
        Day::In(days) => plus(Span::new().try_days(days).ok()?),
        Day::InMonths(months) => plus(Span::new().try_months(months).ok()?),
        Day::Weekday { day, weeks } => {
            let wanted = Weekday::from_monday_one_offset(day.cast_signed()).ok()?;
            let nth = if weeks < 0 { i32::from(weeks) } else { i32::from(weeks) + 1 };
            today.nth_weekday(nth, wanted).ok()
        }
        Day::Date { month: None, .. } => next_date(day, today.tomorrow().ok()?),
        Day::Date { .. } => next_date(day, today),
        Day::Week(weeks) => monday(today)?.checked_add(Span::new().try_weeks(weeks).ok()?).ok(),
        Day::Weekend(weeks) => {
            let saturday = monday(today)?.checked_add(Span::new().days(5)).ok()?;
            saturday.checked_add(Span::new().try_weeks(weeks).ok()?).ok()
        }
        Day::MonthIn(months) => Some(plus(Span::new().try_months(months).ok()?)?.first_of_month()),
        Day::Month { year: Some(year), month } => Date::new(year, month.cast_signed(), 1).ok(),
        Day::Month { year: None, month } => {
            let year = if month.cast_signed() > today.month() { today.year() } else { today.year() + 1 };
            Date::new(year, month.cast_signed(), 1).ok()
        }
        Day::YearIn(years) => Some(plus(Span::new().try_years(years).ok()?)?.first_of_year()),
        Day::Year(year) => Date::new(year, 1, 1).ok(),
    }
}

fn monday(date: Date) -> Option<Date> {
    date.checked_sub(Span::new().days(i64::from(weekday(date)) - 1)).ok()
}

/// The first date from `from` on that fits what was said of it.
fn next_date(day: Day, from: Date) -> Option<Date> {
    let Day::Date { year, month, day, weekday: wanted } = day else { return None };
    let on = |year: i16, month: i8| {
        let date = Date::new(year, month, day.cast_signed()).ok()?;
        wanted.is_none_or(|wanted| weekday(date) == wanted).then_some(date)
    };
    match (year, month) {
        (Some(year), Some(month)) => on(year, month.cast_signed()),
        // The 29th of February is at most eight years away; that it is a Monday, forty.
        (None, Some(month)) => (from.year()..=from.year().saturating_add(40))
            .filter_map(|year| on(year, month.cast_signed()))
            .find(|date| *date >= from),
        (_, None) => (0..=12 * 40_i32)
            .filter_map(|months| {
                let first = from.first_of_month().checked_add(Span::new().months(months)).ok()?;
                on(first.year(), first.month())
            })
            .find(|date| *date >= from),
    }
}

const DAY_NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

fn recurring(it: Recurrence, now: &ZonedDateTime) -> Option<Value> {
    let time = it.time.and_then(|time| time.candidates().next());
    let mut value = json!({ "kind": "recurring", "every": it.every, "unit": it.unit });
    if it.days.0 != 0 {
        let days: Vec<_> = it.days.iter().map(|day| DAY_NAMES[usize::from(day) - 1]).collect();
        value["days"] = json!(days);
    }
    if let Some(day) = it.day {
        value["day"] = json!(day);
    }
    if let Some(time) = time {
        value["time"] = json!(clock(time));
    }
    value["next"] = json!(next(it, now)?);
    Some(value)
}

/// When it is for the first time: a date, or a date and time where one was said.
fn next(it: Recurrence, now: &ZonedDateTime) -> Option<String> {
    let seconds = match it.unit {
        Period::Second => Some(1),
        Period::Minute => Some(60),
        Period::Hour => Some(3600),
        _ => None,
    };
    if let Some(seconds) = seconds {
        return Some(after(f64::from(it.every) * f64::from(seconds), now)?.to_string());
    }
    let at = |date: Date| match it.time {
        None => (date > now.date()).then(|| date.to_string()),
        Some(time) => Some(to_come(date, time, now)?.to_string()),
    };
    // Days that are not named: today if there is time, or after one round.
    let step = match it.unit {
        _ if it.days.0 != 0 || it.day.is_some() => Span::new(),
        Period::Week => Span::new().weeks(i64::from(it.every)),
        Period::Month => Span::new().months(i64::from(it.every)),
        Period::Year => Span::new().years(i64::from(it.every)),
        _ => Span::new().days(i64::from(it.every)),
    };
    if it.days.0 == 0 && it.day.is_none() {
        return match it.time {
            Some(_) => at(now.date()).or_else(|| at(now.date().tomorrow().ok()?)),
            None => Some(now.date().checked_add(step).ok()?.to_string()),
        };
    }
    let fits = |date: &Date| match it.day {
        Some(day) => date.day().cast_unsigned() == day,
        None => it.days.has(weekday(*date)),
    };
    // The 31st comes again within 62 days.
    let mut date = now.date();
    for _ in 0..=62 {
        if fits(&date)
            && let Some(found) = at(date)
        {
            return Some(found);
        }
        date = date.tomorrow().ok()?;
    }
    None
}
