//! Alarms and reminders, without sentences: slots in, words out.

use serde_json::{Value, json};

use super::MAX_ALARMS;
use crate::nlu::entities::{self, Kind, settle};
use crate::nlu::{Intent, text};
use crate::skills::testing::{Fixture, intent, nothing};

/// An intent with a time as somebody says it.
fn said(name: &str, slot: &str, kind: Kind, words: &str, home: &Fixture) -> Intent {
    let parsed = entities::parse(kind, &text::words(words, home.language), home.language).unwrap();
    let mut intent = intent(name, json!({ slot: entities::value(parsed) }));
    words.clone_into(&mut intent.slots[0].raw);
    settle(&mut intent, &home.now);
    intent
}

fn says(home: &mut Fixture, intent: &Intent) -> String {
    match home.run(intent) {
        Ok(outcome) => outcome.reply,
        Err(crate::skills::Stop::Answer(said)) => said,
        Err(crate::skills::Stop::Ask(question)) => question.text,
        Err(crate::skills::Stop::Store(error)) => panic!("{error}"),
    }
}

fn alarm(home: &mut Fixture, words: &str) -> String {
    let intent = said("AlarmSet", "at", Kind::Datetime, words, home);
    says(home, &intent)
}

fn rhythm(home: &mut Fixture, words: &str) -> String {
    let intent = said("AlarmSet", "every", Kind::Recurring, words, home);
    says(home, &intent)
}

#[test]
fn times_are_the_nearest_to_come() {
    // Three in the afternoon on a tuesday.
    let mut home = Fixture::demo("en");
    for (words, reply) in [
        ("at seven", "Your alarm will ring today at 7 o'clock in the evening."),
        ("half past six tomorrow", "Your alarm will ring tomorrow at half past 6 in the morning."),
        ("in ten minutes", "Your alarm will ring today at 3:10 pm."),
        ("on friday at 7 am", "Your alarm will ring on Friday at 7 o'clock in the morning."),
        ("the 3rd of march at noon", "Your alarm will ring on the 3rd of March 2027 at noon."),
        ("tomorrow", "At what time?"),
        ("next week", "For when?"),
        ("yesterday at seven", "That is past, so nothing is set."),
        ("march the 3rd 2090 at noon", "That is too far away: I look 10 years ahead at most."),
    ] {
        assert_eq!(alarm(&mut home, words), reply, "{words}");
    }
    assert_eq!(home.alarms.count(), 5);
}

#[test]
fn rhythms_are_spoken_as_they_were_said() {
    let mut home = Fixture::demo("en");
    for (words, reply) in [
        ("every weekday at seven", "Your alarm will ring every weekday at 7 o'clock in the morning."),
        (
            "every monday and thursday at 9",
            "Your alarm will ring every Monday and Thursday at 9 o'clock in the morning.",
        ),
        ("every two weeks at noon", "Your alarm will ring every other Wednesday at noon."),
        (
            "the 3rd of every month at 8",
            "Your alarm will ring on the 3rd of every month at 8 o'clock in the morning.",
        ),
        ("every hour", "Your alarm will ring every hour."),
        ("every minute", "That is too often: every 5 minutes at most."),
        ("every day", "At what time?"),
    ] {
        assert_eq!(rhythm(&mut home, words), reply, "{words}");
    }
    home.language = "fr";
    for (words, reply) in [
        ("tous les jours à sept heures", "Le réveil sonnera tous les jours à 7 heures."),
        ("en semaine à 6 h 30", "Le réveil sonnera du lundi au vendredi à 6 heures 30."),
        ("tous les lundis à midi", "Le réveil sonnera tous les lundis à midi."),
    ] {
        assert_eq!(rhythm(&mut home, words), reply, "{words}");
    }
}

#[test]
fn a_day_and_a_time_are_understood_together() {
    let mut home = Fixture::demo("en");
    let with_time = |mut intent: Intent, words: &str, home: &Fixture| {
        let mut time = said("AlarmSet", "time", Kind::Time, words, home);
        intent.slots.append(&mut time.slots);
        intent
    };
    // "Seven" alone would be this evening.
    let day = said("AlarmSet", "at", Kind::Datetime, "tomorrow", &home);
    let both = with_time(day, "seven", &home);
    assert_eq!(says(&mut home, &both), "Your alarm will ring tomorrow at 7 o'clock in the morning.");
    let days = said("AlarmSet", "every", Kind::Recurring, "every day", &home);
    let both = with_time(days, "at seven", &home);
    assert_eq!(says(&mut home, &both), "Your alarm will ring every day at 7 o'clock in the morning.");
}

#[test]
fn reminders_for_a_day_come_in_the_morning() {
    let mut home = Fixture::demo("en");
    let mut intent = said("ReminderSet", "at", Kind::Datetime, "tomorrow", &home);
    intent.slots.push(crate::nlu::Slot::unspoken("text", &json!("call my mom")));
    assert_eq!(
        says(&mut home, &intent),
        "I will remind you tomorrow at 9 o'clock in the morning: call your mom."
    );
}

#[test]
fn alarms_are_cancelled_by_time_name_or_because_there_is_one() {
    let mut home = Fixture::demo("en");
    assert_eq!(home.says("AlarmCancel", nothing()), "There are no alarms.");
    alarm(&mut home, "tomorrow at seven");
    alarm(&mut home, "tomorrow at eight");
    let seven = said("AlarmCancel", "at", Kind::Time, "seven", &home);
    assert_eq!(
        home.says("AlarmCancel", nothing()),
        "There are 2 alarms. Which one: the one tomorrow at 7 o'clock in the morning or the one tomorrow at 8 o'clock in the morning?"
    );
    assert_eq!(says(&mut home, &seven), "Your alarm tomorrow at 7 o'clock in the morning is cancelled.");
    assert_eq!(says(&mut home, &seven), "There is no such alarm.");
    assert_eq!(home.says("AlarmCancel", json!({"name": "gym"})), "There is no such alarm.");
    assert_eq!(
        home.says("AlarmStatus", nothing()),
        "Your alarm will ring tomorrow at 8 o'clock in the morning."
    );
    assert_eq!(home.says("ReminderCancelAll", nothing()), "There are no reminders.");
    assert_eq!(home.says("AlarmCancelAll", nothing()), "The alarm is cancelled.");
    assert_eq!(home.alarms.count(), 0);
}

#[test]
fn the_next_of_many_can_be_left_out() {
    let mut home = Fixture::demo("en");
    rhythm(&mut home, "every day at seven");
    assert_eq!(
        home.says("AlarmSkip", nothing()),
        "Your alarm will ring next on Thursday at 7 o'clock in the morning."
    );
    alarm(&mut home, "tomorrow at six");
    assert_eq!(
        home.says("AlarmSkip", nothing()),
        "Your alarm tomorrow at 6 o'clock in the morning is cancelled."
    );
}

#[test]
fn five_hundred_alarms_and_no_more() {
    let mut home = Fixture::demo("en");
    for _ in 0..MAX_ALARMS {
        alarm(&mut home, "tomorrow at seven");
    }
    let full = "There are 500 alarms and reminders already, and I cannot keep more. Cancel some first.";
    assert_eq!(alarm(&mut home, "tomorrow at seven"), full);
    let status = home.says("AlarmStatus", nothing());
    assert!(
        status.starts_with("You have 500 alarms. The next ones: Your alarm") && status.len() < 250,
        "{status}"
    );
    assert_eq!(home.says("AlarmCancelAll", nothing()), "All 500 alarms are cancelled.");
}

#[test]
fn times_that_cannot_be_set_nothing() {
    let mut home = Fixture::demo("en");
    let unknown = "I do not know when that is, so nothing is set.";
    assert_eq!(home.says("AlarmSet", json!({"unclear": "25 o'clock"})), unknown);
    assert_eq!(home.says("AlarmSet", json!({"at": null})), unknown);
    assert_eq!(home.says("AlarmSet", json!({"at": {"kind": "datetime", "at": "soon"}})), unknown);
    assert_eq!(home.says("AlarmSet", json!({"every": {"every": -1}})), unknown);
    let long = "a".repeat(300);
    let mut reminder = said("ReminderSet", "at", Kind::Datetime, "at seven", &home);
    reminder.slots.push(crate::nlu::Slot::unspoken("text", &Value::from(long)));
    assert_eq!(says(&mut home, &reminder), "That is too long for a reminder.");
    assert_eq!(home.alarms.count(), 0);
}
