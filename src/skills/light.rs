//! Brightness and colour.

use super::words::{Deed, Limit};
use super::{Outcome, Skill, Stop, World, target};
use crate::home::{Ability, Kind, State};
use crate::nlu::Intent;

pub(super) struct Light;

impl Skill for Light {
    fn intents(&self) -> &'static [&'static str] {
        &["HassLightSet"]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        let words = world.words();
        let brightness = match intent.slot_number("brightness") {
            Some(percent) => {
                Some(percent_of(percent).ok_or_else(|| Stop::Answer(words.limit(Limit::Brightness)))?)
            }
            None => None,
        };
        let color = intent.slot_str("color").map(str::to_owned);
        let targets = target::find(intent, world, &[Kind::Light])?;
        let (deed, change) = wanted(brightness, color);
        let needs: Vec<Ability> =
            [change.brightness.map(|_| Ability::Brightness), change.color.as_ref().map(|_| Ability::Color)]
                .into_iter()
                .flatten()
                .collect();
        let able: Vec<usize> = targets
            .devices
            .iter()
            .copied()
            .filter(|index| {
                let device = world.device(*index);
                device.kind == Kind::Light && needs.iter().all(|ability| device.can(*ability))
            })
            .collect();
        if able.is_empty() {
            let all = targets.subject(intent, world, &targets.devices);
            return Err(Stop::Answer(words.unable(&deed, &all)));
        }
        let changes: Vec<_> = able.iter().map(|index| (*index, change.clone())).collect();
        let actions = world.change(&changes)?;
        let subject = targets.subject(intent, world, &able);
        Ok(Outcome::done(words.did(&deed, &subject)).with_actions(actions))
    }
}

/// A percentage, where it is one.
pub(super) fn percent_of(number: f64) -> Option<u8> {
    (0.0..=100.0).contains(&number).then(|| number.round() as u8)
}

/// What is done, and the change that does it. No light at all, or a black one, is one that is off.
fn wanted(brightness: Option<u8>, color: Option<String>) -> (Deed, State) {
    let off = (Deed::TurnOff, State { on: Some(false), ..State::default() });
    let on = State { on: Some(true), brightness, color: color.clone(), ..State::default() };
    match (brightness, color) {
        (Some(0), _) => off,
        (_, Some(color)) if color == "black" => off,
        (Some(percent), Some(color)) => (Deed::BrightnessAndColor(percent, color), on),
        (Some(percent), None) => (Deed::Brightness(percent), on),
        (None, Some(color)) => (Deed::Color(color), on),
        (None, None) => (Deed::TurnOn, on),
    }
}
