//! Every value that can be said in words is read back as itself, in both languages.

use jiff::civil::date;

use super::*;

/// Says a value in both languages in every way and reads it back; how many sayings there were.
#[track_caller]
fn both(kind: Kind, parsed: Parsed) -> usize {
    ["en", "fr"].into_iter().map(|language| one(kind, parsed, language)).sum()
}

#[track_caller]
fn one(kind: Kind, parsed: Parsed, language: &str) -> usize {
    let said = say(parsed, language);
    assert!(!said.is_empty(), "{parsed:?} cannot be said in {language}");
    for way in &said {
        assert_eq!(read(kind, language, way), Some(parsed), "{language}: `{way}`");
    }
    said.len()
}

/// A count that must not shrink unseen.
#[track_caller]
fn report(what: &str, count: usize, least: usize) {
    println!("{what}: {count} sayings");
    assert!(count >= least, "{what}: only {count} sayings");
}

#[test]
fn numbers() {
    let small = -1_000..=1_000;
    let large = (1_000..=1_000_000).step_by(97);
    let whole = small.clone().chain(large).map(|n| both(Kind::Number, Parsed::Number(f64::from(n)))).sum();
    report("whole numbers", whole, 40_000);
    let mut parts = 0;
    for quarters in (-400..=400).filter(|quarters| quarters % 4 != 0) {
        parts += both(Kind::Number, Parsed::Number(f64::from(quarters) / 4.0));
    }
    for tenths in (-1_000..=1_000).filter(|tenths| tenths % 10 != 0) {
        parts += both(Kind::Number, Parsed::Number(f64::from(tenths) / 10.0));
    }
    report("fractions", parts, 5_000);
    let ordinals = (1..=1_000).map(|n| both(Kind::Ordinal, Parsed::Ordinal(n))).sum();
    report("ordinals", ordinals, 2_000);
}

#[test]
fn quantities() {
    let halves = |from: i32, to: i32| (2 * from..=2 * to).map(|n| f64::from(n) / 2.0);
    let percent = halves(0, 200).map(|n| both(Kind::Percentage, Parsed::Percentage(n))).sum();
    report("percentages", percent, 1_000);
    let mut degrees = 0;
    for scale in [None, Some(Scale::Celsius), Some(Scale::Fahrenheit)] {
        for n in halves(-60, 250) {
            degrees += both(Kind::Temperature, Parsed::Temperature(n, scale));
        }
    }
    report("temperatures", degrees, 5_000);
    let colors = color::names().map(|name| both(Kind::Color, Parsed::Color(name))).sum();
    report("colours", colors, 30);
    let mut money = 0;
    for currency in ["EUR", "USD", "GBP", "CHF"] {
        for cents in (0..=10_000).step_by(7).chain((10_000..1_000_000).step_by(1_300)) {
            money += both(Kind::Money, Parsed::Money(f64::from(cents) / 100.0, Some(currency)));
        }
    }
    money += (1..100).map(|n| both(Kind::Money, Parsed::Money(f64::from(n) / 100.0, None))).sum::<usize>();
    report("money", money, 10_000);
}

#[test]
fn durations() {
    let day = 24 * 3600;
    let by_minute = (0..=2 * day).step_by(60);
    let by_second = (0..=7200).chain((7200..=2 * day).step_by(131));
    let weeks = (1..=60).map(|days| days * day);
    let all: std::collections::BTreeSet<u32> = by_minute.chain(by_second).chain(weeks).collect();
    let count = all.into_iter().map(|s| both(Kind::Duration, Parsed::Duration(f64::from(s)))).sum();
    report("durations", count, 20_000);
}

#[test]
fn times() {
    let mut count = 0;
    for (hour, minute) in (0..24).flat_map(|hour| (0..60).map(move |minute| (hour, minute))) {
        let time = TimeOfDay::exact(hour, minute);
        count += both(Kind::Time, Parsed::Time(time));
        count += both(Kind::Datetime, Parsed::Datetime(Moment::Time(time)));
    }
    // On a clock of twelve hours; a quarter to one is before one, on either side of noon.
    for (hour, minute) in (1..=12).flat_map(|hour| (0..60).map(move |minute| (hour, minute))) {
        let time = TimeOfDay::said(hour, minute);
        for language in ["en", "fr"] {
            for way in say(Parsed::Time(time), language) {
                let found = read(Kind::Time, language, &way);
                let Some(Parsed::Time(found)) = found else { panic!("{language}: `{way}`") };
                let same = (found.hour % 12, found.minute) == (time.hour % 12, time.minute);
                assert!(same && (found.either || hour == 12), "{language}: `{way}` {found:?}");
                count += 1;
            }
        }
    }
    report("times", count, 30_000);
}

#[test]
fn dates() {
    let mut count = 0;
    let mut date = date(2026, 1, 1);
    while date.year() < 2029 {
        let (month, day) = (Some(date.month().cast_unsigned()), date.day().cast_unsigned());
        let weekday = Some(date.weekday().to_monday_one_offset().cast_unsigned());
        for weekday in [None, weekday] {
            for year in [None, Some(date.year())] {
                let day = Day::Date { year, month, day, weekday };
                count += both(Kind::Date, Parsed::Date(day));
                count += both(Kind::Datetime, Parsed::Datetime(Moment::Day(day)));
            }
        }
        // In full, it resolves to itself whatever day it is.
        let full = Parsed::Date(Day::Date { year: Some(date.year()), month, day, weekday });
        assert_eq!(resolve(full, &at(NOW))["date"], json!(date.to_string()));
        date = date.tomorrow().unwrap();
    }
    let others = (1..=31).map(|day| Day::Date { year: None, month: None, day, weekday: None });
    let others = others.chain((-100..=400).map(Day::In)).chain((1..=36).map(Day::InMonths));
    let others = others.chain((1..=7).flat_map(|day| (-1..=1).map(move |weeks| Day::Weekday { day, weeks })));
    let others =
        others
            .chain((1..=12).flat_map(|month| {
                [None, Some(2026), Some(2030)].map(move |year| Day::Month { year, month })
            }));
    let others = others.chain((1900..2200).map(Day::Year));
    let others =
        others.chain((-1..=1).flat_map(|n| [Day::Week(n), Day::Weekend(n), Day::MonthIn(n), Day::YearIn(n)]));
    count += others.map(|day| both(Kind::Date, Parsed::Date(day))).sum::<usize>();
    report("dates", count, 50_000);
}

/// Every day form with times through the day.
#[test]
fn moments() {
    let mut count = 0;
    let times: Vec<_> =
        (0..24 * 60).step_by(35).map(|m| TimeOfDay::exact((m / 60) as u8, (m % 60) as u8)).collect();
    let days = (-1..=5).map(Day::In).chain((1..=7).map(|day| Day::Weekday { day, weeks: 0 }));
    let days =
        days.chain((1..=12).map(|m| Day::Date { year: None, month: Some(m), day: 2 * m, weekday: None }));
    for day in days {
        for time in &times {
            count += both(Kind::Datetime, Parsed::Datetime(Moment::At(day, *time)));
        }
    }
    // Whole days from now are days, not moments.
    for seconds in (60..=86_399).step_by(61) {
        count += both(Kind::Datetime, Parsed::Datetime(Moment::After(f64::from(seconds))));
    }
    report("moments", count, 50_000);
}

#[test]
fn recurrences() {
    let plain = |every, unit| Recurrence { every, unit, days: Weekdays::default(), day: None, time: None };
    let mut rhythms = Vec::new();
    for unit in [Period::Day, Period::Week, Period::Month, Period::Year] {
        rhythms.extend((1..=12).map(|every| plain(every, unit)));
    }
    rhythms.extend((1..128).map(|days| Recurrence { days: Weekdays(days), ..plain(1, Period::Week) }));
    rhythms.extend((1..=31).map(|day| Recurrence { day: Some(day), ..plain(1, Period::Month) }));
    let mut count = 0;
    for rhythm in rhythms {
        count += both(Kind::Recurring, Parsed::Recurring(rhythm));
        for minutes in (0..24 * 60).step_by(95) {
            let time = Some(TimeOfDay::exact((minutes / 60) as u8, (minutes % 60) as u8));
            count += both(Kind::Recurring, Parsed::Recurring(Recurrence { time, ..rhythm }));
        }
    }
    for (unit, most) in [(Period::Minute, 59), (Period::Hour, 23), (Period::Second, 59)] {
        count += (1..=most).map(|n| both(Kind::Recurring, Parsed::Recurring(plain(n, unit)))).sum::<usize>();
    }
    report("recurrences", count, 30_000);
}
