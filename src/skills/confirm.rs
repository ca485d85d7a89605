//! What is asked about before it is done: unlocking, opening the garage, and what the household marks.

use super::switch;
use super::words::{Deed, Subject, Thing};
use super::{Stop, World};
use crate::config::Confirm;
use crate::dialogue::{Expects, Question};
use crate::home::{Device, Kind, State};

/// Stops changes that must be confirmed first, with the question.
pub(super) fn check(world: &World, changes: &[(usize, State)]) -> Result<(), Stop> {
    let critical: Vec<usize> =
        changes.iter().filter(|(index, change)| is_critical(world, *index, change)).map(|it| it.0).collect();
    let Some((first, change)) = changes.iter().find(|(index, _)| critical.contains(index)) else {
        return Ok(());
    };
    let deed = deed_of(world.device(*first), change);
    ask(world, &deed, &critical)
}

/// Stops scenes and scripts that are marked themselves: what they set is checked when it is changed.
pub(super) fn scenes(world: &World, devices: &[usize]) -> Result<(), Stop> {
    let own = |index: &usize| matches!(world.device(*index).kind, Kind::Scene | Kind::Script);
    let critical: Vec<usize> = devices
        .iter()
        .copied()
        .filter(own)
        .filter(|index| is_critical(world, *index, &State::default()))
        .collect();
    let Some(first) = critical.first() else { return Ok(()) };
    ask(world, &switch::deed(world.device(*first).kind, true), &critical)
}

fn ask(world: &World, deed: &Deed, devices: &[usize]) -> Result<(), Stop> {
    if world.confirmed {
        return Ok(());
    }
    let things: Vec<Subject> = devices
        .iter()
        .map(|index| world.device(*index).names.in_language(world.language).to_owned())
        .map(|name| Subject::One(Thing { name, article: None }))
        .collect();
    let text = world.words().shall_i(deed, &things);
    Err(Stop::Ask(Box::new(Question::new(text, Expects::Confirmation))))
}

fn is_critical(world: &World, index: usize, change: &State) -> bool {
    let device = world.device(index);
    match world.confirm {
        Confirm::Never => false,
        Confirm::Always => true,
        Confirm::Marked => device.confirm.unwrap_or_else(|| lets_people_in(device, change)),
    }
}

/// Whether a change opens the house.
fn lets_people_in(device: &Device, change: &State) -> bool {
    match device.kind {
        Kind::Lock => change.locked == Some(false),
        Kind::Cover => {
            device.class.as_deref() == Some("garage") && change.position.is_some_and(|open| open > 0)
        }
        _ => false,
    }
}

/// What a change does, in words.
fn deed_of(device: &Device, change: &State) -> Deed {
    match (device.kind, change) {
        (Kind::Lock, State { locked: Some(locked), .. }) => switch::deed(Kind::Lock, *locked),
        (Kind::Cover, State { position: Some(open), .. }) => switch::deed(Kind::Cover, *open > 0),
        (kind, State { on: Some(on), .. }) => switch::deed(kind, *on),
        (kind, _) => switch::deed(kind, true),
    }
}
