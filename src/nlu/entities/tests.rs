//! Values in words, read, resolved and said again.

use jiff::ZonedDateTime;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::nlu::text;

/// A Wednesday evening in Paris.
const NOW: &str = "2026-11-25T18:00:00+01:00[Europe/Paris]";

fn at(now: &str) -> ZonedDateTime {
    now.parse().unwrap()
}

fn read(kind: Kind, language: &str, said: &str) -> Option<Parsed> {
    parse(kind, &text::words(said, language), language)
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "cases read better with `json!` in place")]
fn means_at(now: &str, kind: Kind, language: &str, said: &str, expected: Value) {
    let parsed = read(kind, language, said).unwrap_or_else(|| panic!("`{said}` is no {}", kind.name()));
    assert_eq!(resolve(parsed, &at(now)), expected, "{said}: {parsed:?}");
}

#[track_caller]
fn means(kind: Kind, language: &str, said: &str, expected: Value) {
    means_at(NOW, kind, language, said, expected);
}

#[track_caller]
fn moment(language: &str, said: &str, expected: &str) {
    let parsed = read(Kind::Datetime, language, said).unwrap_or_else(|| panic!("`{said}` is no datetime"));
    assert_eq!(resolve(parsed, &at(NOW))["at"], json!(expected), "{said}: {parsed:?}");
}

#[track_caller]
fn day(language: &str, said: &str, expected: &str) {
    let parsed = read(Kind::Date, language, said).unwrap_or_else(|| panic!("`{said}` is no date"));
    assert_eq!(resolve(parsed, &at(NOW))["date"], json!(expected), "{said}: {parsed:?}");
}

#[track_caller]
fn nothing(kind: Kind, language: &str, said: &str) {
    assert_eq!(read(kind, language, said), None, "{said}");
}

#[test]
fn durations() {
    for (language, said, seconds) in [
        ("en", "an hour and a quarter", 4500),
        ("en", "two and a half minutes", 150),
        ("en", "three quarters of an hour", 2700),
        ("en", "half an hour", 1800),
        ("en", "an hour and twenty", 4800),
        ("en", "one hour, ten minutes and five seconds", 4205),
        ("en", "2.5 hours", 9000),
        ("en", "90s", 90),
        ("en", "two weeks", 1_209_600),
        ("fr", "trois quarts d'heure", 2700),
        ("fr", "une heure et demie", 5400),
        ("fr", "1h30", 5400),
        ("fr", "8 h", 28_800),
        ("fr", "une heure trente", 5400),
        ("fr", "deux minutes trente", 150),
        ("fr", "une demi-heure", 1800),
        ("fr", "nonante secondes", 90),
    ] {
        means(Kind::Duration, language, said, json!({ "kind": "duration", "seconds": seconds }));
    }
    nothing(Kind::Duration, "en", "minus five minutes");
    nothing(Kind::Duration, "en", "-5 minutes");
    nothing(Kind::Duration, "en", "five");
    nothing(Kind::Duration, "en", "five seconds and two hours");
    nothing(Kind::Duration, "en", "two hundred years");
    nothing(Kind::Duration, "en", "999999999 weeks");
}

#[test]
fn quantities() {
    means(Kind::Percentage, "en", "50 %", json!(50));
    means(Kind::Percentage, "fr", "cinquante pour cent", json!(50));
    means(Kind::Number, "fr", "1,5", json!(1.5));
    means(Kind::Number, "fr", "1\u{202f}000", json!(1000));
    means(
        Kind::Ordinal,
        "en",
        "the 3rd".trim_start_matches("the "),
        json!({ "kind": "ordinal", "value": 3 }),
    );
    let degrees = |degrees: f64, unit: Option<&str>| json!({ "kind": "temperature", "degrees": number(degrees), "unit": unit });
    means(Kind::Temperature, "en", "21°", degrees(21.0, None));
    means(Kind::Temperature, "fr", "21,5 °C", degrees(21.5, Some("C")));
    means(Kind::Temperature, "en", "seventy degrees fahrenheit", degrees(70.0, Some("F")));
    means(Kind::Temperature, "en", "five degrees below zero", degrees(-5.0, None));
    means(Kind::Temperature, "fr", "moins cinq degrés", degrees(-5.0, None));
    means(Kind::Temperature, "fr", "vingt degrés et demi", degrees(20.5, None));
    let money = |amount: f64, currency: Option<&str>| json!({ "kind": "money", "amount": number(amount), "currency": currency });
    means(Kind::Money, "en", "$5", money(5.0, Some("USD")));
    means(Kind::Money, "en", "$5.50", money(5.5, Some("USD")));
    means(Kind::Money, "fr", "5 €", money(5.0, Some("EUR")));
    means(Kind::Money, "fr", "5,20 €", money(5.2, Some("EUR")));
    means(Kind::Money, "fr", "cinq euros vingt", money(5.2, Some("EUR")));
    means(Kind::Money, "fr", "un million d'euros", money(1_000_000.0, Some("EUR")));
    means(Kind::Money, "en", "two pounds and fifty pence", money(2.5, Some("GBP")));
    means(Kind::Money, "en", "fifty cents", money(0.5, None));
    nothing(Kind::Money, "en", "fifty");
    nothing(Kind::Money, "en", "minus five euros");
    means(Kind::Color, "fr", "bleue", json!("blue"));
}

#[test]
fn times() {
    let time = |time: &str, at: &str| json!({ "kind": "time", "time": time, "at": at, "grain": "minute" });
    let today = |hour: &str| format!("2026-11-25T{hour}:00+01:00[Europe/Paris]");
    let tomorrow = |hour: &str| format!("2026-11-26T{hour}:00+01:00[Europe/Paris]");
    means(Kind::Time, "en", "at seven", time("19:00:00", &today("19:00")));
    means(Kind::Time, "en", "seven a.m.", time("07:00:00", &tomorrow("07:00")));
    means(Kind::Time, "en", "7:30 pm", time("19:30:00", &today("19:30")));
    means(Kind::Time, "en", "half past six", time("18:30:00", &today("18:30")));
    means(Kind::Time, "en", "quarter to one pm", time("12:45:00", &tomorrow("12:45")));
    means(Kind::Time, "en", "07:30", time("07:30:00", &tomorrow("07:30")));
    means(Kind::Time, "fr", "8 h", time("20:00:00", &today("20:00")));
    means(Kind::Time, "fr", "8h30 du matin", time("08:30:00", &tomorrow("08:30")));
    means(Kind::Time, "fr", "huit heures moins le quart", time("19:45:00", &today("19:45")));
    means(Kind::Time, "fr", "midi et demi", time("12:30:00", &tomorrow("12:30")));
    means(Kind::Time, "fr", "20 h 05", time("20:05:00", &today("20:05")));
    for said in ["25 o'clock", "seven sixty", "24:00", "7:75", "fifteen in the morning"] {
        nothing(Kind::Time, "en", said);
    }
    for said in ["25 heures", "sept heures soixante", "huit", "vingt heures du matin"] {
        nothing(Kind::Time, "fr", said);
    }
}

#[test]
fn days() {
    day("en", "tomorrow", "2026-11-26");
    day("en", "on tuesday", "2026-12-01");
    day("en", "on wednesday", "2026-12-02");
    day("en", "tuesday week", "2026-12-08");
    day("en", "last friday", "2026-11-20");
    day("en", "the 3rd", "2026-12-03");
    day("en", "the 31st", "2026-12-31");
    day("en", "the twenty fifth", "2026-12-25");
    day("en", "march 3", "2027-03-03");
    day("en", "the third of march twenty twenty eight", "2028-03-03");
    day("en", "february 29", "2028-02-29");
    day("en", "tuesday the 1st", "2026-12-01");
    day("en", "monday the 1st", "2027-02-01");
    day("en", "in march", "2027-03-01");
    day("en", "in november", "2027-11-01");
    day("en", "next week", "2026-11-30");
    day("en", "this weekend", "2026-11-28");
    day("en", "in three weeks", "2026-12-16");
    day("en", "2026-12-24", "2026-12-24");
    day("fr", "après-demain", "2026-11-27");
    day("fr", "mardi", "2026-12-01");
    day("fr", "mardi en huit", "2026-12-08");
    day("fr", "le premier mai", "2027-05-01");
    day("fr", "le 1er mai deux mille trente", "2030-05-01");
    day("fr", "mardi 1er décembre", "2026-12-01");
    day("fr", "le 25/12/2026", "2026-12-25");
    day("fr", "le 25 novembre", "2026-11-25");
    day("fr", "dans un mois", "2026-12-25");
    day("fr", "la semaine prochaine", "2026-11-30");
    for said in
        ["february 30", "the 31st of february", "the 32nd", "february 29 2027", "monday december 24 2026"]
    {
        nothing(Kind::Date, "en", said);
    }
    for said in ["le 31 avril", "le 0", "le 30/02/2027", "trois"] {
        nothing(Kind::Date, "fr", said);
    }
}

#[test]
fn moments() {
    moment("en", "tomorrow at seven", "2026-11-26T07:00:00+01:00[Europe/Paris]");
    moment("en", "at seven tomorrow evening", "2026-11-26T19:00:00+01:00[Europe/Paris]");
    moment("en", "today at seven", "2026-11-25T19:00:00+01:00[Europe/Paris]");
    moment("en", "tonight at eight", "2026-11-25T20:00:00+01:00[Europe/Paris]");
    moment("en", "tonight at one", "2026-11-26T01:00:00+01:00[Europe/Paris]");
    moment("en", "wednesday at eight pm", "2026-11-25T20:00:00+01:00[Europe/Paris]");
    moment("en", "wednesday at five pm", "2026-12-02T17:00:00+01:00[Europe/Paris]");
    moment("en", "on the 25th of november at noon", "2027-11-25T12:00:00+01:00[Europe/Paris]");
    moment("en", "in an hour and a half", "2026-11-25T19:30:00+01:00[Europe/Paris]");
    moment("en", "ten minutes from now", "2026-11-25T18:10:00+01:00[Europe/Paris]");
    moment("en", "tomorrow morning", "2026-11-26T08:00:00+01:00[Europe/Paris]");
    moment("fr", "demain à 8 h", "2026-11-26T08:00:00+01:00[Europe/Paris]");
    moment("fr", "ce soir à huit heures", "2026-11-25T20:00:00+01:00[Europe/Paris]");
    moment("fr", "mardi matin à sept heures et demie", "2026-12-01T07:30:00+01:00[Europe/Paris]");
    moment("fr", "dans trois quarts d'heure", "2026-11-25T18:45:00+01:00[Europe/Paris]");
    moment("fr", "à midi demain", "2026-11-26T12:00:00+01:00[Europe/Paris]");
    means(Kind::Datetime, "en", "tomorrow", json!({ "kind": "date", "date": "2026-11-26", "grain": "day" }));
    nothing(Kind::Datetime, "en", "tomorrow morning at nine pm");
    nothing(Kind::Datetime, "en", "next week at seven");
}

/// Clocks go forward at 2:00 on 28 March 2027 and back at 3:00 on 25 October 2026.
#[test]
fn changes_of_clocks() {
    let at = |at: &str| json!({ "kind": "datetime", "at": at, "grain": "minute" });
    let said = "tomorrow at 02:30";
    means_at(
        "2027-03-27T12:00+01:00[Europe/Paris]",
        Kind::Datetime,
        "en",
        said,
        at("2027-03-28T03:30:00+02:00[Europe/Paris]"),
    );
    means_at(
        "2026-10-24T12:00+02:00[Europe/Paris]",
        Kind::Datetime,
        "en",
        said,
        at("2026-10-25T02:30:00+02:00[Europe/Paris]"),
    );
    let hour =
        json!({ "kind": "datetime", "at": "2027-03-28T03:30:00+02:00[Europe/Paris]", "grain": "second" });
    means_at("2027-03-28T01:30+01:00[Europe/Paris]", Kind::Datetime, "en", "in an hour", hour);
}

#[test]
fn rhythms() {
    let weekdays = json!({
        "kind": "recurring", "every": 1, "unit": "week",
        "days": ["monday", "tuesday", "wednesday", "thursday", "friday"],
        "time": "07:00:00", "next": "2026-11-26T07:00:00+01:00[Europe/Paris]"
    });
    means(Kind::Recurring, "en", "every weekday at seven", weekdays.clone());
    means(Kind::Recurring, "en", "at seven on weekdays", weekdays.clone());
    means(Kind::Recurring, "fr", "en semaine à sept heures", weekdays.clone());
    means(Kind::Recurring, "fr", "du lundi au vendredi à 7 h", weekdays);
    let tuesdays = json!({
        "kind": "recurring", "every": 1, "unit": "week", "days": ["tuesday"],
        "time": "08:00:00", "next": "2026-12-01T08:00:00+01:00[Europe/Paris]"
    });
    means(Kind::Recurring, "fr", "tous les mardis à 8 h", tuesdays.clone());
    means(Kind::Recurring, "en", "tuesdays at eight", tuesdays);
    let evenings = json!({
        "kind": "recurring", "every": 1, "unit": "day",
        "time": "20:00:00", "next": "2026-11-25T20:00:00+01:00[Europe/Paris]"
    });
    means(Kind::Recurring, "en", "every evening at eight", evenings.clone());
    means(Kind::Recurring, "fr", "tous les soirs à huit heures", evenings);
    let quarter = json!({
        "kind": "recurring", "every": 15, "unit": "minute", "next": "2026-11-25T18:15:00+01:00[Europe/Paris]"
    });
    means(Kind::Recurring, "en", "every quarter of an hour", quarter.clone());
    means(Kind::Recurring, "fr", "toutes les quinze minutes", quarter);
    let monthly = json!({
        "kind": "recurring", "every": 1, "unit": "month", "day": 31, "next": "2026-12-31"
    });
    means(Kind::Recurring, "en", "the 31st of every month", monthly.clone());
    means(Kind::Recurring, "fr", "le 31 de chaque mois", monthly);
    nothing(Kind::Recurring, "en", "every");
    nothing(Kind::Recurring, "en", "monday");
}

/// What waits for a clock in a slot comes out as it went in.
#[test]
fn slots_wait_for_the_clock() {
    let parsed = read(Kind::Datetime, "en", "tomorrow at seven").unwrap();
    let waiting = value(parsed);
    assert!(waiting.get("pending").is_some(), "{waiting}");
    let slot = crate::nlu::Slot { name: "when".into(), raw: String::new(), value: waiting, range: None };
    let mut intent = crate::nlu::Intent {
        intent: "X".into(),
        text: String::new(),
        confidence: 1.0,
        slots: vec![slot],
        alternatives: Vec::new(),
        response: None,
        why: crate::nlu::Explanation::default(),
    };
    settle(&mut intent, &at(NOW));
    assert_eq!(intent.slots[0].value, resolve(parsed, &at(NOW)));
    for kind in Kind::ALL {
        assert_eq!(Kind::named(kind.name()), Some(kind));
    }
}

mod round_trip;

proptest! {
    #[test]
    fn any_words_are_read_without_panic(
        words in prop::collection::vec(
            "(a|an|and|half|quarter|past|to|at|on|the|in|of|every|other|monday|march|noon|tonight|two|hundred|hours|minutes|percent|degrees|dollars|et|demi|à|le|tous|les|dans|moins|heures|d'|mardi|mars|midi|[0-9:.-]{1,12}|[a-zé]{1,4})",
            0..16,
        )
    ) {
        let now = at(NOW);
        for kind in Kind::ALL {
            for language in ["en", "fr"] {
                for (length, parsed) in parse_all(kind, &words, language) {
                    prop_assert!(length >= 1 && length <= words.len());
                    prop_assert!(!resolve(parsed, &now).is_null() || matches!(kind, Kind::Date | Kind::Datetime));
                    let _ = value(parsed);
                    let _ = say(parsed, language);
                }
            }
        }
    }
}

#[test]
fn senseless_text_is_read_in_bounded_time() {
    let rows = [
        vec!["9".repeat(10_000)],
        vec!["hundred".to_owned(); 5_000],
        vec!["and".to_owned(); 5_000],
        "a half and ".repeat(2_000).split(' ').map(str::to_owned).collect(),
        "one hour and ".repeat(2_000).split(' ').map(str::to_owned).collect(),
        "monday and ".repeat(2_000).split(' ').map(str::to_owned).collect(),
    ];
    let start = std::time::Instant::now();
    for row in &rows {
        for kind in Kind::ALL {
            for language in ["en", "fr"] {
                assert!(parse_all(kind, row, language).iter().all(|(length, _)| *length <= input::LONGEST));
            }
        }
    }
    assert!(start.elapsed() < std::time::Duration::from_secs(2), "{:?}", start.elapsed());
}
