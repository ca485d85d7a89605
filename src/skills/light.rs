//! Brightness and colour.

use super::words::{Deed, Limit};
use super::{Need, Outcome, Skill, Stop, World, target};
use crate::dialogue::ValueOf;
use crate::home::{Ability, Kind, State};
use crate::nlu::{Intent, entities};

pub(super) struct Light;

/// What "brighter" and "darker" change, in percent.
const STEP: i16 = 20;

/// How dark "darker" makes a light: it does not switch it off.
const DARKEST: i16 = 5;

impl Skill for Light {
    fn intents(&self) -> &'static [&'static str] {
        &["HassLightSet"]
    }

    fn needs(&self) -> &'static [Need] {
        &[Need {
            intent: "HassLightSet",
            any_of: &["brightness", "color", "brightness_step"],
            expects: &[
                ("brightness", ValueOf::Entity(entities::Kind::Percentage)),
                ("brightness", ValueOf::Entity(entities::Kind::Number)),
                ("color", ValueOf::Entity(entities::Kind::Color)),
            ],
            ask: |words| words.to_what_brightness(),
        }]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        let words = world.words();
        if let Some(step) = intent.slot_str("brightness_step") {
            return step_by(if step == "up" { STEP } else { -STEP }, intent, world);
        }
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

/// Brighter or darker than now. One that is off begins from nothing.
fn step_by(step: i16, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
    let words = world.words();
    let targets = target::find(intent, world, &[Kind::Light])?;
    let dims = |index: &usize| {
        let device = world.device(*index);
        device.kind == Kind::Light && device.can(Ability::Brightness)
    };
    let able: Vec<usize> = targets.devices.iter().copied().filter(dims).collect();
    let mut changes = Vec::new();
    for index in &able {
        let state = world.house.state(*index);
        let now = if state.on == Some(true) { i16::from(state.brightness.unwrap_or(100)) } else { 0 };
        let percent = (now + step).clamp(DARKEST, 100) as u8;
        changes.push((*index, State { on: Some(true), brightness: Some(percent), ..State::default() }));
    }
    let Some((_, State { brightness: Some(percent), .. })) = changes.first() else {
        let all = targets.subject(intent, world, &targets.devices);
        return Err(Stop::Answer(words.unable(&Deed::Brightness(0), &all)));
    };
    let deed = Deed::Brightness(*percent);
    let actions = world.change(&changes)?;
    let subject = targets.subject(intent, world, &able);
    Ok(Outcome::done(words.did(&deed, &subject)).with_actions(actions))
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
