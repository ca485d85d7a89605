//! Temperatures, thermostats and the weather, as far as the home's own sensors know.

use serde_json::json;

use super::words::{Deed, Limit, Place, Quantity};
use super::{Need, Outcome, Skill, Stop, World, target};
use crate::dialogue::ValueOf;
use crate::home::backend::Trouble;
use crate::home::{Kind, Names, Reading, State};
use crate::nlu::{Intent, entities};

pub(super) struct Climate;

/// What a thermostat may be set to, in degrees Celsius.
const CELSIUS: (f64, f64) = (5.0, 35.0);
/// The same in degrees Fahrenheit.
const FAHRENHEIT: (f64, f64) = (41.0, 95.0);

impl Skill for Climate {
    fn intents(&self) -> &'static [&'static str] {
        &["HassClimateGetTemperature", "HassClimateSetTemperature", "HassGetWeather"]
    }

    fn needs(&self) -> &'static [Need] {
        &[Need {
            intent: "HassClimateSetTemperature",
            any_of: &["temperature"],
            expects: &[("temperature", ValueOf::Entity(entities::Kind::Temperature))],
            ask: |words| words.to_what_temperature(),
        }]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        match intent.intent.as_str() {
            "HassClimateGetTemperature" => temperature(intent, world),
            "HassClimateSetTemperature" => heat(intent, world),
            _ => weather(intent, world),
        }
    }
}

fn temperature(intent: &Intent, world: &World) -> Result<Outcome, Stop> {
    let words = world.words();
    if intent.slot("name").is_some() {
        let device = target::find(intent, world, &[Kind::Climate, Kind::Sensor])?.devices[0];
        let thing = target::thing(intent, world, device);
        let reading = measured(world, device).ok_or_else(|| Stop::Answer(words.unknown_state(&thing)))?;
        let said = words.temperature(&[(Place::Home, reading.clone())]);
        return Ok(Outcome::done(said).with_variables(variables(world, device, &reading)));
    }
    let place = target::place(intent, world);
    let thermometers = |place: &Place| -> Vec<(usize, Quantity)> {
        (0..world.house.home().devices.len())
            .filter(|device| target::is_in(world, *device, place))
            .filter_map(|device| measured(world, device).map(|reading| (device, reading)))
            .collect()
    };
    let mut found = thermometers(&place);
    let mut asked = place;
    // Without a thermometer in this very room, the home's thermostat is what is meant.
    if found.is_empty() && intent.is_here() {
        asked = Place::Home;
        found = thermometers(&asked);
    }
    if asked == Place::Home && found.iter().any(|(device, _)| world.device(*device).kind == Kind::Climate) {
        found.retain(|(device, _)| world.device(*device).kind == Kind::Climate);
    }
    // A room's own thermostat speaks for the room.
    if let Some(position) = found.iter().position(|(device, _)| world.device(*device).kind == Kind::Climate)
        && matches!(asked, Place::Area(_))
    {
        found = vec![found.swap_remove(position)];
    }
    let Some((first, reading)) = found.first().cloned() else {
        return Err(Stop::Answer(words.no_temperature(&target::spoken(world, &asked))));
    };
    let readings: Vec<_> = found
        .iter()
        .map(|(device, reading)| {
            let own = world.device(*device).area.clone().map_or(Place::Home, Place::Area);
            let place = if matches!(asked, Place::Area(_)) { asked.clone() } else { own };
            (target::spoken(world, &place), reading.clone())
        })
        .collect();
    Ok(Outcome::done(words.temperature(&readings)).with_variables(variables(world, first, &reading)))
}

/// What the home's own sensors outside say, where nothing tells the weather.
fn outside(world: &World) -> Option<Outcome> {
    let home = world.house.home();
    let is_outside = |device: &usize| {
        let it = &home.devices[*device];
        let places = it.area.as_deref().and_then(|area| home.area(area)).map(|area| &area.names);
        let called = |names: &Names| {
            let spoken = ["en", "fr"].into_iter().flat_map(|language| names.spoken(language));
            spoken.map(str::to_lowercase).any(|name| OUTSIDE.iter().any(|word| name.contains(word)))
        };
        it.kind == Kind::Sensor && (called(&it.names) || places.is_some_and(called))
    };
    let sensors: Vec<usize> = (0..home.devices.len()).filter(is_outside).collect();
    let (thermometer, reading) =
        sensors.iter().find_map(|device| Some((*device, measured(world, *device)?)))?;
    let said = world.words().weather(None, Some(&reading), None);
    Some(Outcome::done(said).with_variables(variables(world, thermometer, &reading)))
}

/// What is in the names of sensors that are outside, and of where they are.
const OUTSIDE: &[&str] = &[
    "outdoor",
    "outside",
    "garden",
    "terrace",
    "balcony",
    "extérieur",
    "dehors",
    "jardin",
    "terrasse",
    "balcon",
];

/// The temperature that a device measures.
fn measured(world: &World, device: usize) -> Option<Quantity> {
    // What is out of reach measured it some time ago.
    if world.house.is_away(device) {
        return None;
    }
    let state = world.house.state(device);
    let it = world.device(device);
    let number = match (it.kind, &state.value) {
        (Kind::Climate, _) => state.temperature?,
        (Kind::Sensor, Some(Reading::Number(number))) if it.class.as_deref() == Some("temperature") => {
            *number
        }
        _ => return None,
    };
    Some(Quantity { number, unit: it.unit.clone().unwrap_or_else(|| "°C".into()) })
}

fn variables(world: &World, device: usize, reading: &Quantity) -> serde_json::Value {
    json!({
        "slots": { "temperature": reading.number, "temperature_unit": reading.unit },
        "state": super::state::record(world, device),
    })
}

fn heat(intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
    let words = world.words();
    let mut targets = target::find(intent, world, &[Kind::Climate]);
    if targets.is_err() && intent.is_here() {
        // No thermostat in this room: that of the home.
        let mut anywhere = intent.clone();
        anywhere.slots.retain(|slot| slot.name != "area");
        targets = target::find(&anywhere, world, &[Kind::Climate]);
    }
    let targets = targets?;
    let subject = targets.subject(intent, world, &targets.devices);
    let unit = world.device(targets.devices[0]).unit.clone().unwrap_or_else(|| "°C".into());
    let (from, to) = if unit == "°F" { FAHRENHEIT } else { CELSIUS };
    let said = intent.slot("temperature");
    // A number, or a typed value where it was asked for.
    let degrees = said
        .and_then(|said| said.as_f64().or_else(|| said["degrees"].as_f64()))
        .filter(|degrees| (from..=to).contains(degrees))
        .ok_or_else(|| Stop::Answer(words.limit(Limit::Temperature(from, to))))?;
    let deed = Deed::Heat(Quantity { number: degrees, unit });
    if targets.devices.iter().any(|index| world.device(*index).kind != Kind::Climate) {
        return Err(Stop::Answer(words.unable(&deed, &subject)));
    }
    let change = State { on: Some(true), target: Some(degrees), ..State::default() };
    let changes: Vec<_> = targets.devices.iter().map(|index| (*index, change.clone())).collect();
    let actions = world.change(&changes)?;
    let subject = targets.subject(intent, world, &targets.devices);
    Ok(Outcome::done(words.did(&deed, &subject)).with_actions(actions))
}

fn weather(intent: &Intent, world: &World) -> Result<Outcome, Stop> {
    let words = world.words();
    let name = intent.slot_str("name");
    let devices = &world.house.home().devices;
    let of_weather = |index: &usize| {
        devices[*index].kind == Kind::Weather && name.is_none_or(|name| devices[*index].names.is(name))
    };
    let Some(device) = (0..devices.len()).find(of_weather) else {
        return outside(world).filter(|_| name.is_none()).ok_or_else(|| Stop::Answer(words.no_weather(name)));
    };
    if world.house.is_away(device) {
        return Err(Stop::Answer(words.trouble(Trouble::Away, &[world.thing(device)])));
    }
    let place = name.map(|_| devices[device].names.in_language(world.language));
    let state = world.house.state(device);
    let unit = devices[device].unit.clone().unwrap_or_else(|| "°C".into());
    let temperature = state.temperature.map(|number| Quantity { number, unit: unit.clone() });
    if state.condition.is_none() && temperature.is_none() {
        return Err(Stop::Answer(words.no_weather(place)));
    }
    let said = words.weather(state.condition.as_deref(), temperature.as_ref(), place);
    Ok(Outcome::done(said).with_variables(json!({
        "slots": { "temperature": state.temperature, "temperature_unit": unit },
        "state": super::state::record(world, device),
    })))
}
