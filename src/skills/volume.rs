//! Loudness: of players, and of the assistant itself.
//!
//! The assistant's own volume is kept in the store and reported as the action `set_volume` on
//! `assistant`, with `{"level": 0–100}` or `{"muted": true}`: the daemon's speaker obeys it.

use serde_json::json;

use super::light::percent_of;
use super::words::{Deed, Limit};
use super::{Outcome, Skill, Stop, World, target};
use crate::event::EventKind;
use crate::home::{Kind, State};
use crate::nlu::Intent;
use crate::store::{Store, StoreError};

pub(super) struct Volume;

/// What "louder" and "quieter" change, in percent.
const STEP: f64 = 10.0;

/// What is assumed where the volume was never set, in percent.
const UNSET: u8 = 100;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Change {
    To(u8),
    By(f64),
    Muted(bool),
}

impl Skill for Volume {
    fn intents(&self) -> &'static [&'static str] {
        &["HassSetVolume", "HassSetVolumeRelative", "HassMediaPlayerMute", "HassMediaPlayerUnmute"]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        let words = world.words();
        let change = change(intent).ok_or_else(|| Stop::Answer(words.limit(Limit::Volume)))?;
        let somewhere = ["name", "area", "floor"].iter().any(|slot| intent.slot(slot).is_some());
        let here = intent.is_here() && intent.slot("name").is_none();
        match target::find(intent, world, &[Kind::MediaPlayer]) {
            Ok(targets) if somewhere && !(here && world.area.is_none()) => {
                players(intent, world, &targets, change)
            }
            Err(stop) if somewhere && !here => Err(stop),
            _ => own(world, change),
        }
    }
}

fn change(intent: &Intent) -> Option<Change> {
    match intent.intent.as_str() {
        "HassMediaPlayerMute" => Some(Change::Muted(true)),
        "HassMediaPlayerUnmute" => Some(Change::Muted(false)),
        "HassSetVolume" => intent.slot_number("volume_level").and_then(percent_of).map(Change::To),
        _ => match intent.slot_str("volume_step") {
            Some("up") => Some(Change::By(STEP)),
            Some("down") => Some(Change::By(-STEP)),
            _ => intent.slot_number("volume_step").map(Change::By),
        },
    }
}

fn players(
    intent: &Intent,
    world: &mut World,
    targets: &target::Targets,
    change: Change,
) -> Result<Outcome, Stop> {
    let subject = targets.subject(intent, world, &targets.devices);
    let mut deed = match change {
        Change::Muted(true) => Deed::Mute,
        Change::Muted(false) => Deed::Unmute,
        Change::To(percent) => Deed::Volume(percent),
        Change::By(_) => Deed::Volume(UNSET),
    };
    if targets.devices.iter().any(|index| world.device(*index).kind != Kind::MediaPlayer) {
        return Err(Stop::Answer(world.words().unable(&deed, &subject)));
    }
    let mut changes = Vec::new();
    for index in &targets.devices {
        let mut new = State::default();
        match change {
            Change::Muted(muted) => new.muted = Some(muted),
            Change::To(percent) => new.volume = Some(percent),
            // From a volume that nobody knows, "louder" could be anything.
            Change::By(_) if world.house.is_real(*index) && world.house.state(*index).volume.is_none() => {
                return Err(Stop::Answer(world.words().unknown_state(&world.thing(*index))));
            }
            Change::By(step) => {
                new.volume = Some(moved(world.house.state(*index).volume.unwrap_or(UNSET), step));
            }
        }
        if let Some(percent) = new.volume {
            deed = Deed::Volume(percent);
        }
        changes.push((*index, new));
    }
    let actions = world.change(&changes)?;
    let subject = targets.subject(intent, world, &targets.devices);
    Ok(Outcome::done(world.words().did(&deed, &subject)).with_actions(actions))
}

fn own(world: &mut World, change: Change) -> Result<Outcome, Stop> {
    let (reply, value) = match change {
        Change::Muted(muted) => (world.words().own_mute(muted), json!({ "muted": muted })),
        Change::To(percent) => (world.words().own_volume(percent), json!({ "level": percent })),
        Change::By(step) => {
            let percent = moved(own_volume(world.store)?.unwrap_or(UNSET), step);
            (world.words().own_volume(percent), json!({ "level": percent }))
        }
    };
    if let Some(level) = value.get("level") {
        world.store.put("assistant", "volume", level)?;
    }
    let action = EventKind::Action { action: "set_volume".into(), target: Some("assistant".into()), value };
    Ok(Outcome::done(reply).with_actions([action]))
}

/// The assistant's own volume in percent, where it was ever set by voice.
///
/// # Errors
/// When the store cannot be read.
pub fn own_volume(store: &dyn Store) -> Result<Option<u8>, StoreError> {
    let stored = store.get("assistant", "volume")?;
    Ok(stored.and_then(|level| level.as_f64()).and_then(percent_of))
}

fn moved(percent: u8, step: f64) -> u8 {
    (f64::from(percent) + step).clamp(0.0, 100.0).round() as u8
}
