//! "Don't listen for an hour", and "guest mode". That somebody is listened to again cannot be said to
//! somebody who does not listen: the answer tells how it comes back.

use jiff::SignedDuration;
use serde_json::json;

use super::{Outcome, Skill, Stop, World};
use crate::event::EventKind;
use crate::mute::{LONGEST, guest};
use crate::nlu::Intent;

pub(super) struct Microphone;

impl Skill for Microphone {
    fn intents(&self) -> &'static [&'static str] {
        &["StopListening", "GuestMode"]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        let length = length(intent);
        if length.is_some_and(|length| length <= SignedDuration::ZERO || length > LONGEST) {
            return Err(Stop::Answer(world.words().no_such_length()));
        }
        match intent.intent.as_str() {
            "GuestMode" => guests(intent.slot_str("state") != Some("off"), world),
            _ => stop_listening(length, world),
        }
    }
}

/// How long, where that was said.
fn length(intent: &Intent) -> Option<SignedDuration> {
    let slots = [("hours", 3600.0), ("minutes", 60.0)];
    let said = slots.into_iter().filter_map(|(slot, seconds)| Some(intent.slot_number(slot)? * seconds));
    said.reduce(|a, b| a + b).map(|seconds| SignedDuration::from_secs(seconds as i64))
}

fn stop_listening(length: Option<SignedDuration>, world: &mut World) -> Result<Outcome, Stop> {
    let (now, zone) = (world.now.timestamp(), world.now.time_zone().clone());
    world.mute.mute(length, now, world.uptime.clone(), world.store)?;
    let muted = world.mute.at(now, &zone, world.uptime.as_ref());
    // What the plan adds is said, too.
    let until = muted.as_ref().and_then(|muted| muted.until);
    let until = until.map(|until| until.to_zoned_datetime(zone).datetime());
    let reply = world.words().not_listening(until, world.now.date());
    Ok(Outcome::done(reply).with_actions(world.mute.news(muted)))
}

fn guests(on: bool, world: &mut World) -> Result<Outcome, Stop> {
    if on {
        guest::begin(world.store, None)?;
    } else {
        guest::end(world.store)?;
    }
    let action = EventKind::Action { action: "guest_mode".into(), target: None, value: json!({ "on": on }) };
    Ok(Outcome::done(world.words().guest_mode(on)).with_actions([action]))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::skills::testing::Fixture;

    #[test]
    fn the_answer_says_how_it_comes_back() {
        let cases = [
            ("en", json!({}), "I'm not listening any more. Unmute me by hand."),
            ("en", json!({"hours": 1}), "I'm not listening until 4 o'clock in the afternoon."),
            ("en", json!({"minutes": 30}), "I'm not listening until half past 3 in the afternoon."),
            ("fr", json!({}), "Je n'écoute plus. Réactivez-moi à la main."),
            ("fr", json!({"hours": 2}), "Je n'écoute plus jusqu'à 17 heures."),
            ("en", json!({"hours": 200}), "I cannot count that long, so nothing is set."),
        ];
        for (language, slots, reply) in cases {
            let mut home = Fixture::demo(language);
            let did = home.does("StopListening", slots.clone());
            println!("{}", did.said);
            assert_eq!(did.said, reply, "{slots}");
        }
    }

    #[test]
    fn it_is_told_who_muted_and_until_when() {
        let mut home = Fixture::demo("en");
        let did = home.does("StopListening", json!({"hours": 1}));
        let (action, target, value) = &did.actions[0];
        assert_eq!((action.as_str(), target.as_deref()), ("mute", Some("microphone")));
        assert_eq!(value, &json!({"by": "hand", "until": "2026-11-24T15:00:00Z"}));
    }

    #[test]
    fn guests_come_and_go() {
        let mut home = Fixture::demo("en");
        let now: Timestamp = home.now.timestamp();
        assert_eq!(
            home.does("GuestMode", json!({"state": "on"})).said,
            "Guest mode is on. I keep no history."
        );
        assert!(guest::read(&home.store, now).unwrap().is_some());
        assert_eq!(home.does("GuestMode", json!({"state": "off"})).said, "Guest mode is off.");
        assert!(guest::read(&home.store, now).unwrap().is_none());
    }
}
