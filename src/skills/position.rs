//! Covers part of the way.

use super::light::percent_of;
use super::words::{Deed, Limit};
use super::{Need, Outcome, Skill, Stop, World, target};
use crate::dialogue::ValueOf;
use crate::home::{Ability, Kind, State};
use crate::nlu::{Intent, entities};

pub(super) struct Position;

impl Skill for Position {
    fn intents(&self) -> &'static [&'static str] {
        &["HassSetPosition"]
    }

    fn needs(&self) -> &'static [Need] {
        &[Need {
            intent: "HassSetPosition",
            any_of: &["position"],
            expects: &[
                ("position", ValueOf::Entity(entities::Kind::Percentage)),
                ("position", ValueOf::Entity(entities::Kind::Number)),
            ],
            ask: |words| words.to_what_position(),
        }]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        let words = world.words();
        let percent = intent
            .slot_number("position")
            .and_then(percent_of)
            .ok_or_else(|| Stop::Answer(words.limit(Limit::Position)))?;
        let targets = target::find(intent, world, &[Kind::Cover])?;
        // The ends can be reached by every cover.
        let deed = match percent {
            0 => Deed::Close,
            100 => Deed::Open,
            percent => Deed::Position(percent),
        };
        let half_way = matches!(deed, Deed::Position(_));
        let able: Vec<usize> = targets
            .devices
            .iter()
            .copied()
            .filter(|index| {
                let device = world.device(*index);
                device.kind == Kind::Cover && (!half_way || device.can(Ability::Position))
            })
            .collect();
        if able.is_empty() {
            let all = targets.subject(intent, world, &targets.devices);
            return Err(Stop::Answer(words.unable(&deed, &all)));
        }
        let change = State { position: Some(percent), ..State::default() };
        let changes: Vec<_> = able.iter().map(|index| (*index, change.clone())).collect();
        let actions = world.change(&changes)?;
        let subject = targets.subject(intent, world, &able);
        Ok(Outcome::done(words.did(&deed, &subject)).with_actions(actions))
    }
}
