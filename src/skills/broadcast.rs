//! Announcements: what somebody wants the whole house to hear.

use serde_json::json;

use super::lists::spoken;
use super::words::capital;
use super::{Outcome, Skill, Stop, World};
use crate::event::EventKind;
use crate::nlu::Intent;

pub(super) struct Broadcast;

impl Skill for Broadcast {
    fn intents(&self) -> &'static [&'static str] {
        &["HassBroadcast"]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        let Some(message) = spoken::as_said(intent, "message") else {
            return Err(Stop::Answer(world.words().nothing_to_announce()));
        };
        let action = EventKind::Action { action: "announce".into(), target: None, value: json!(message) };
        Ok(Outcome::done(format!("{}.", capital(&message))).with_actions([action]))
    }
}
