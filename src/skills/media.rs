//! Players: pause, resume, next, previous.

use super::words::{Deed, Place};
use super::{Outcome, Skill, Stop, World, target};
use crate::home::backend::Order;
use crate::home::{Kind, State};
use crate::nlu::Intent;

pub(super) struct Media;

impl Skill for Media {
    fn intents(&self) -> &'static [&'static str] {
        &["HassMediaPause", "HassMediaUnpause", "HassMediaNext", "HassMediaPrevious"]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        let deed = match intent.intent.as_str() {
            "HassMediaPause" => Deed::Pause,
            "HassMediaUnpause" => Deed::Resume,
            "HassMediaNext" => Deed::Next,
            _ => Deed::Previous,
        };
        let targets = players(intent, world)?;
        let subject = targets.subject(intent, world, &targets.devices);
        if targets.devices.iter().any(|index| world.device(*index).kind != Kind::MediaPlayer) {
            return Err(Stop::Answer(world.words().unable(&deed, &subject)));
        }
        let order = match deed {
            Deed::Next => Order::Next,
            Deed::Previous => Order::Previous,
            Deed::Pause => Order::Set(State { playing: Some(false), ..State::default() }),
            _ => Order::Set(State { on: Some(true), playing: Some(true), ..State::default() }),
        };
        let orders: Vec<_> = targets.devices.iter().map(|index| (*index, order.clone())).collect();
        let actions = world.carry_out(&orders)?;
        let subject = targets.subject(intent, world, &targets.devices);
        Ok(Outcome::done(world.words().did(&deed, &subject)).with_actions(actions))
    }
}

/// The players that are meant; where none is here, the only one of the home.
pub(super) fn players(intent: &Intent, world: &World) -> Result<target::Targets, Stop> {
    let found = target::find(intent, world, &[Kind::MediaPlayer]);
    if !intent.is_here() || found.is_ok() {
        return found;
    }
    let devices = &world.house.home().devices;
    let all: Vec<usize> =
        (0..devices.len()).filter(|index| devices[*index].kind == Kind::MediaPlayer).collect();
    match all[..] {
        [_] => Ok(target::Targets { devices: all, noun: "media_player", place: Place::Home, named: false }),
        _ => found,
    }
}
