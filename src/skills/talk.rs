//! Talk about the talk: never mind, help, say that again.

use super::{Outcome, Skill, Stop, World, ringing};
use crate::event::SessionEndReason;
use crate::nlu::Intent;

pub(super) struct Talk;

impl Skill for Talk {
    fn intents(&self) -> &'static [&'static str] {
        // The last four are resolved by the mind, where there is something that they can refer to.
        &["HassNevermind", "Help", "RepeatThat", "Undo", "TheOther", "Meant", "Also"]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        let words = world.words();
        Ok(match intent.intent.as_str() {
            "HassNevermind" if ringing::rings(world) => ringing::stop(world)?,
            // Who says "never mind" wants silence.
            "HassNevermind" => Outcome { end: SessionEndReason::Cancelled, ..Outcome::done("") },
            "Undo" => Outcome::answer(words.nothing_to_undo()),
            "TheOther" | "Meant" | "Also" => Outcome::answer(words.what_do_you_mean()),
            "Help" => Outcome::done(words.help(world.examples)),
            _ => Outcome {
                slow: intent.slot("slow").is_some(),
                ..Outcome::answer(world.last_reply.map_or_else(|| words.nothing_said(), str::to_owned))
            },
        })
    }
}
