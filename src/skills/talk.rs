//! Talk about the talk: never mind, help, say that again; and small talk, kept honest.

use super::words::facts::Topic;
use super::{Outcome, Skill, Stop, World, ringing};
use crate::event::SessionEndReason;
use crate::nlu::Intent;

pub(super) struct Talk;

impl Skill for Talk {
    fn intents(&self) -> &'static [&'static str] {
        // The last four are resolved by the mind, where there is something that they can refer to.
        &["HassNevermind", "Help", "RepeatThat", "SmallTalk", "Undo", "TheOther", "Meant", "Also"]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        let words = world.words();
        Ok(match intent.intent.as_str() {
            "HassNevermind" if ringing::rings(world) => ringing::stop(world)?,
            // Who says "never mind" wants silence.
            "HassNevermind" => Outcome { end: SessionEndReason::Cancelled, ..Outcome::done("") },
            "Undo" => Outcome::answer(words.nothing_to_undo()),
            "TheOther" | "Meant" | "Also" => Outcome::answer(words.what_do_you_mean()),
            "SmallTalk" => {
                let topic = intent.slot_str("topic").and_then(Topic::named);
                topic
                    .map_or_else(|| Outcome::done(words.no_skill()), |topic| Outcome::done(words.talk(topic)))
            }
            "Help" => Outcome::done(words.help(world.examples)),
            _ => Outcome {
                slow: intent.slot("slow").is_some(),
                ..Outcome::answer(world.last_reply.map_or_else(|| words.nothing_said(), str::to_owned))
            },
        })
    }
}
