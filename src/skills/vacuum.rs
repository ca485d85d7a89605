//! Vacuum cleaners.

use super::words::Deed;
use super::{Outcome, Skill, Stop, World, target};
use crate::home::{Kind, State};
use crate::nlu::Intent;

pub(super) struct Vacuum;

impl Skill for Vacuum {
    fn intents(&self) -> &'static [&'static str] {
        &["HassVacuumStart", "HassVacuumReturnToBase"]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        let start = intent.intent == "HassVacuumStart";
        let deed = if start { Deed::StartCleaning } else { Deed::ReturnToBase };
        let targets = target::find(intent, world, &[Kind::Vacuum])?;
        let subject = targets.subject(intent, world, &targets.devices);
        if targets.devices.iter().any(|index| world.device(*index).kind != Kind::Vacuum) {
            return Err(Stop::Answer(world.words().unable(&deed, &subject)));
        }
        let change = State { on: Some(start), ..State::default() };
        let changes: Vec<_> = targets.devices.iter().map(|index| (*index, change.clone())).collect();
        let actions = world.change(&changes)?;
        let subject = targets.subject(intent, world, &targets.devices);
        Ok(Outcome::done(world.words().did(&deed, &subject)).with_actions(actions))
    }
}
