//! "What did you hear", "forget that", "forget everything today": the history of commands, by voice.
//!
//! What was asked to be kept (lists, notes, timers) is no part of it and stays.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::{Outcome, Skill, Stop, World};
use crate::dialogue::{Expects, Question};
use crate::event::{EventKind, SessionEndReason};
use crate::heard::{HeardError, Kept};
use crate::mute::guest;
use crate::nlu::Intent;

/// As many commands as anybody listens to.
const SAID: usize = 3;

/// Commands after which the mind knows nothing of what was said before, either.
pub const FORGETTING: [&str; 2] = ["ForgetThat", "ForgetToday"];

pub(super) struct History;

impl Skill for History {
    fn intents(&self) -> &'static [&'static str] {
        &crate::heard::QUIET
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        let words = world.words();
        let Some(kept) = world.heard else { return Ok(Outcome::answer(words.no_history())) };
        // Guests are not told what was said before they came, and cannot delete it.
        if guest::read(world.store, world.now.timestamp())?.is_some() {
            return Ok(Outcome::answer(words.no_history_with_guests()));
        }
        let came = match intent.intent.as_str() {
            "WhatWasHeard" => tell(kept, world),
            "ForgetThat" => forget_that(kept, world),
            _ if world.confirmed => forget_today(kept, world),
            _ => {
                return Err(Stop::Ask(Box::new(Question::new(words.forget_today(), Expects::Confirmation))));
            }
        };
        Ok(came.unwrap_or_else(|error| {
            let fault = EventKind::Fault { stage: "history".into(), message: error.to_string() };
            Outcome { end: SessionEndReason::Error, ..Outcome::answer(words.failed()) }.with_actions([fault])
        }))
    }
}

fn tell(kept: &dyn Kept, world: &World) -> Result<Outcome, HeardError> {
    let entries = kept.latest(SAID, world.now.timestamp())?;
    let heard: Vec<_> = entries.into_iter().map(|entry| (entry.text, shown(entry.at, world))).collect();
    let words = world.words();
    Ok(Outcome::answer(match (kept.recordings()?, heard.is_empty()) {
        (0, _) => words.i_heard(&heard, world.now.date()),
        (count, true) => words.i_recorded(count),
        (count, false) => format!("{} {}", words.i_heard(&heard, world.now.date()), words.i_recorded(count)),
    }))
}

/// The time is said, not the words: they are to be forgotten.
fn forget_that(kept: &dyn Kept, world: &World) -> Result<Outcome, HeardError> {
    let at = kept.forget_latest(world.now.timestamp())?.map(|at| shown(at, world));
    let words = world.words();
    Ok(Outcome::answer(match at {
        Some(at) => words.forgotten(at, world.now.date()),
        None => words.i_heard(&[], world.now.date()),
    }))
}

fn forget_today(kept: &dyn Kept, world: &World) -> Result<Outcome, HeardError> {
    // A day without a beginning in this time zone is one that nobody lives through.
    let midnight = world.now.start_of_day().map_or(world.now.timestamp(), |day| day.timestamp());
    let count = kept.forget_since(midnight)?;
    Ok(Outcome::answer(world.words().forgotten_today(count)))
}

/// As a clock on the wall showed it.
fn shown(at: Timestamp, world: &World) -> DateTime {
    at.to_zoned_datetime(world.now.time_zone().clone()).datetime()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde_json::json;

    use super::*;
    use crate::heard::Entry;
    use crate::skills::testing::Fixture;

    /// A history in memory.
    struct Said(Mutex<Vec<Entry>>);

    impl Kept for Said {
        fn latest(&self, count: usize, _now: Timestamp) -> Result<Vec<Entry>, HeardError> {
            Ok(self.0.lock().unwrap().iter().rev().take(count).cloned().collect())
        }
        fn forget_latest(&self, _now: Timestamp) -> Result<Option<Timestamp>, HeardError> {
            Ok(self.0.lock().unwrap().pop().map(|entry| entry.at))
        }
        fn forget_since(&self, since: Timestamp) -> Result<usize, HeardError> {
            let mut entries = self.0.lock().unwrap();
            let before = entries.len();
            entries.retain(|entry| entry.at < since);
            Ok(before - entries.len())
        }
    }

    fn home(language: &'static str, texts: &[(&str, &str)]) -> Fixture {
        let mut home = Fixture::demo(language);
        let entry = |(text, at): &(&str, &str)| Entry {
            id: 1,
            at: at.parse::<jiff::ZonedDateTime>().unwrap().timestamp(),
            text: (*text).into(),
            intent: "HassTurnOn".into(),
            reply: String::new(),
            locked: None,
        };
        home.heard = Some(Box::new(Said(Mutex::new(texts.iter().map(entry).collect()))));
        home
    }

    const MORNING: &str = "2026-11-24T10:05:00[Europe/Paris]";
    const YESTERDAY: &str = "2026-11-23T18:00:00[Europe/Paris]";

    #[test]
    fn it_tells_the_last_ones_and_when() {
        let texts =
            [("oldest", YESTERDAY), ("is it raining", YESTERDAY), ("stop", MORNING), ("hello", MORNING)];
        let said = home("en", &texts).says("WhatWasHeard", json!({}));
        println!("{said}");
        assert_eq!(
            said,
            "I heard “hello” at 10:05 am, “stop” at 10:05 am and “is it raining” yesterday at 6 o'clock in the evening."
        );
        let said =
            home("fr", &[("il pleut", YESTERDAY), ("bonjour", MORNING)]).says("WhatWasHeard", json!({}));
        println!("{said}");
        assert_eq!(said, "J'ai entendu « bonjour » à 10 heures 5 et « il pleut » hier à 18 heures.");
        assert_eq!(home("en", &[]).says("WhatWasHeard", json!({})), "I have kept nothing that was said.");
    }

    #[test]
    fn what_is_forgotten_is_not_said_again() {
        let mut home = home("en", &[("unlock the door", YESTERDAY), ("call it zanzibar", MORNING)]);
        assert_eq!(home.says("ForgetThat", json!({})), "I have forgotten what was said at 10:05 am.");
        assert!(home.says("WhatWasHeard", json!({})).starts_with("I heard “unlock the door” yesterday"));
        home.says("ForgetThat", json!({}));
        assert_eq!(home.says("ForgetThat", json!({})), "I have kept nothing that was said.");
    }

    #[test]
    fn a_day_is_forgotten_after_a_question() {
        for (language, question, done) in [
            ("en", "Shall I forget everything that was said today?", "I have forgotten 2 commands of today."),
            (
                "fr",
                "Dois-je oublier tout ce qui a été dit aujourd'hui ?",
                "J'ai oublié 2 commandes d'aujourd'hui.",
            ),
        ] {
            let mut home = home(language, &[("one", YESTERDAY), ("two", MORNING), ("three", MORNING)]);
            assert_eq!(home.says("ForgetToday", json!({})), question);
            home.confirmed = true;
            assert_eq!(home.says("ForgetToday", json!({})), done);
            assert!(home.says("WhatWasHeard", json!({})).contains("one"));
        }
    }

    #[test]
    fn nothing_kept_is_said_plainly() {
        for intent in crate::heard::QUIET {
            assert_eq!(Fixture::demo("en").says(intent, json!({})), "I keep nothing of what is said.");
            let mut home = home("fr", &[("secret", MORNING)]);
            home.does("GuestMode", json!({"state": "on"}));
            assert!(home.says(intent, json!({})).starts_with("En mode invité"));
        }
    }
}
