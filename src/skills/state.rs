//! Questions about the state of things: "is the front door locked", "are any lights on".

use serde_json::{Value, json};

use super::words::{Quantity, Status, Tally};
use super::{Outcome, Skill, Stop, World, target};
use crate::home::backend::Trouble;
use crate::home::{Kind, Reading};
use crate::nlu::Intent;

pub(super) struct StateQuestions;

/// What groups are asked about.
const ASKED: &[Kind] = &[Kind::Light, Kind::Switch, Kind::Fan];

impl Skill for StateQuestions {
    fn intents(&self) -> &'static [&'static str] {
        &["HassGetState"]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        let targets = target::find(intent, world, ASKED)?;
        let asked = intent.slot_str("state");
        if targets.named && world.house.is_away(targets.devices[0]) {
            let thing = target::thing(intent, world, targets.devices[0]);
            return Err(Stop::Answer(world.words().trouble(Trouble::Away, &[thing])));
        }
        match (targets.named, asked) {
            (true, None) => Ok(what(intent, world, targets.devices[0])?),
            (true, Some(asked)) => Ok(yes_or_no(intent, world, targets.devices[0], asked)?),
            (false, asked) => Ok(how_many(intent, world, &targets, asked.unwrap_or("on"))),
        }
    }
}

fn what(intent: &Intent, world: &World, device: usize) -> Result<Outcome, Stop> {
    let words = world.words();
    let thing = target::thing(intent, world, device);
    let it = world.device(device);
    let state = world.house.state(device);
    let quantity = |number| Quantity { number, unit: it.unit.clone().unwrap_or_default() };
    let said = match (it.kind, &state.value) {
        (Kind::Sensor, Some(Reading::Words(_))) if let Some(status) = status(world, device, true) => {
            Some(words.is(&thing, status))
        }
        (Kind::Sensor, Some(Reading::Number(number))) => Some(words.reads(&thing, &quantity(*number))),
        (Kind::Sensor, Some(Reading::Words(text))) => Some(words.reads_words(&thing, text)),
        (Kind::Climate, _) => state.temperature.map(|number| {
            let unit = it.unit.clone().unwrap_or_else(|| "°C".into());
            words.reads(&thing, &Quantity { number, unit })
        }),
        (Kind::Weather, _) => state.condition.as_deref().map(|sky| words.weather(Some(sky), None, None)),
        _ => status(world, device, true).map(|status| words.is(&thing, status)),
    };
    let said = said.ok_or_else(|| Stop::Answer(words.unknown_state(&thing)))?;
    Ok(Outcome::done(said).with_variables(json!({ "state": record(world, device) })))
}

fn yes_or_no(intent: &Intent, world: &World, device: usize, asked: &str) -> Result<Outcome, Stop> {
    let thing = target::thing(intent, world, device);
    let status =
        status(world, device, false).ok_or_else(|| Stop::Answer(world.words().unknown_state(&thing)))?;
    let yes = is(world, device, asked);
    let record = record(world, device);
    let (matched, unmatched) = if yes { (vec![&record], vec![]) } else { (vec![], vec![&record]) };
    let query = json!({ "matched": matched, "unmatched": unmatched });
    Ok(Outcome::done(world.words().yes_no(yes, &thing, status))
        .with_variables(json!({ "state": record, "query": query })))
}

fn how_many(intent: &Intent, world: &World, targets: &target::Targets, asked: &str) -> Outcome {
    // What cannot be reached is neither.
    let (away, known): (Vec<usize>, Vec<usize>) =
        targets.devices.iter().partition(|device| world.house.is_away(**device));
    let (matched, unmatched): (Vec<usize>, Vec<usize>) =
        known.iter().partition(|device| is(world, **device, asked));
    let things =
        |devices: &[usize]| devices.iter().map(|device| target::thing(intent, world, *device)).collect();
    let tally = Tally {
        noun: targets.noun,
        place: targets.place.clone(),
        status: status_of(asked),
        matched: things(&matched),
        unmatched: things(&unmatched),
        question: intent.response.as_deref().unwrap_or("which"),
    };
    let records = |devices: &[usize]| devices.iter().map(|device| record(world, *device)).collect::<Vec<_>>();
    let query = json!({ "matched": records(&matched), "unmatched": records(&unmatched) });
    let said = world.words().tally(&tally);
    if away.is_empty() {
        return Outcome::done(said).with_variables(json!({ "query": query }));
    }
    let away = world.words().trouble(Trouble::Away, &things(&away));
    Outcome::answer(if known.is_empty() { away } else { format!("{said} {away}") })
}

/// A device's state as answers in sentence files see it.
pub(super) fn record(world: &World, device: usize) -> Value {
    let it = world.device(device);
    let state = world.house.state(device).word(it.kind);
    let number = match (&world.house.state(device).value, it.kind) {
        (Some(Reading::Number(number)), Kind::Sensor) => Some(*number),
        (_, Kind::Climate) => world.house.state(device).temperature,
        _ => None,
    };
    let unit = it.unit.clone().unwrap_or_default();
    let with_unit =
        number.map(|number| world.words().quantity(&Quantity { number, unit })).or_else(|| state.clone());
    json!({
        "name": it.names.in_language(world.language),
        "domain": it.kind.domain(),
        "state": state,
        "state_with_unit": with_unit,
    })
}

/// Whether a device is in the state asked about.
fn is(world: &World, device: usize, asked: &str) -> bool {
    status(world, device, false) == Some(status_of(asked))
        // What plays or cleans is on, too.
        || matches!(asked, "on" | "off") && world.house.state(device).on == Some(asked == "on")
}

fn status_of(asked: &str) -> Status {
    match asked {
        "off" => Status::Off,
        "open" => Status::Open,
        "closed" => Status::Closed,
        "locked" => Status::Locked,
        "unlocked" => Status::Unlocked,
        _ => Status::On,
    }
}

/// What a device is; `exactly` says how far, too.
fn status(world: &World, device: usize, exactly: bool) -> Option<Status> {
    let state = world.house.state(device);
    let kind = world.device(device).kind;
    let pick = |flag: Option<bool>, yes, no| flag.map(|flag| if flag { yes } else { no });
    match kind {
        Kind::Cover => match state.position? {
            0 => Some(Status::Closed),
            percent @ 1..100 if exactly => Some(Status::Ajar(percent)),
            _ => Some(Status::Open),
        },
        Kind::Lock => pick(state.locked, Status::Locked, Status::Unlocked),
        Kind::Vacuum => pick(state.on, Status::Cleaning, Status::Docked),
        Kind::Sensor => match &state.value {
            Some(Reading::Words(said)) => match said.as_str() {
                "open" => Some(Status::Open),
                "closed" => Some(Status::Closed),
                "detected" => Some(Status::Triggered),
                "clear" => Some(Status::Quiet),
                _ => None,
            },
            _ => None,
        },
        Kind::MediaPlayer if exactly && state.on == Some(true) && state.playing.is_some() => {
            pick(state.playing, Status::Playing, Status::Paused)
        }
        Kind::Light if exactly && state.on == Some(true) => {
            Some(state.brightness.filter(|percent| *percent < 100).map_or(Status::On, Status::Dimmed))
        }
        _ => pick(state.on, Status::On, Status::Off),
    }
}
