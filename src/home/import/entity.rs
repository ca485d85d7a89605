//! One entity of Home Assistant as a device of ours.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Registries, aliases, text};
use crate::home::{Ability, COVER_CLASSES, Kind, SENSOR_CLASSES};

pub(super) struct Entity {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) aliases: Vec<String>,
    pub(super) kind: Kind,
    pub(super) class: Option<String>,
    /// Its area's id.
    pub(super) area: Option<String>,
    pub(super) abilities: Vec<Ability>,
    pub(super) unit: Option<String>,
}

/// Every entity, in the order of their ids, or why it is not taken.
pub(super) fn all(registries: &Registries) -> Vec<Result<Entity, String>> {
    let by = |list: &[Value], key: &str| -> BTreeMap<String, Value> {
        list.iter().filter_map(|it| Some((text(it, key)?.to_owned(), it.clone()))).collect()
    };
    let registered = by(&registries.entities, "entity_id");
    let states = by(&registries.states, "entity_id");
    let devices = by(&registries.devices, "id");
    let ids: std::collections::BTreeSet<&String> = registered.keys().chain(states.keys()).collect();
    ids.into_iter()
        .map(|id| {
            let entry = registered.get(id).unwrap_or(&Value::Null);
            let state = states.get(id).unwrap_or(&Value::Null);
            let device = text(entry, "device_id").and_then(|id| devices.get(id)).unwrap_or(&Value::Null);
            entity(id, entry, device, state)
        })
        .collect()
}

fn entity(id: &str, entry: &Value, device: &Value, state: &Value) -> Result<Entity, String> {
    let attributes = state.get("attributes").unwrap_or(&Value::Null);
    let capabilities = entry.get("capabilities").unwrap_or(&Value::Null);
    for (key, why) in [
        ("disabled_by", "it is disabled"),
        ("hidden_by", "it is hidden"),
        ("entity_category", "it is for setting up and diagnosis"),
    ] {
        if text(entry, key).is_some() {
            return Err(format!("{id}: {why} there"));
        }
    }
    let given = text(attributes, "device_class")
        .or_else(|| text(entry, "device_class"))
        .or_else(|| text(entry, "original_device_class"));
    let (kind, class) =
        kind(id.split('.').next().unwrap_or_default(), given).map_err(|why| format!("{id}: {why}"))?;
    let mut abilities = Vec::new();
    if kind == Kind::Light {
        let modes =
            attributes.get("supported_color_modes").or_else(|| capabilities.get("supported_color_modes"));
        let modes: Vec<&str> =
            modes.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        if modes.iter().any(|mode| !matches!(*mode, "onoff" | "unknown")) {
            abilities.push(Ability::Brightness);
        }
        if modes.iter().any(|mode| matches!(*mode, "hs" | "xy" | "rgb" | "rgbw" | "rgbww")) {
            abilities.push(Ability::Color);
        }
    }
    let features = attributes.get("supported_features").or_else(|| entry.get("supported_features"));
    let features = features.and_then(Value::as_u64).unwrap_or_default();
    if kind == Kind::Cover && features & SET_POSITION != 0 {
        abilities.push(Ability::Position);
    }
    let unit = match kind {
        Kind::Sensor => text_or_sign(attributes, "unit_of_measurement")
            .or_else(|| text_or_sign(entry, "unit_of_measurement")),
        Kind::Climate | Kind::Weather => text_or_sign(attributes, "temperature_unit"),
        _ => None,
    };
    let name = text(entry, "name")
        .or_else(|| text(attributes, "friendly_name"))
        .or_else(|| text(entry, "original_name"))
        .or_else(|| text(device, "name_by_user"))
        .or_else(|| text(device, "name"))
        .map_or_else(|| id.split('.').nth(1).unwrap_or(id).replace('_', " "), str::to_owned);
    Ok(Entity {
        id: id.to_owned(),
        name,
        aliases: aliases(entry),
        kind,
        class,
        area: text(entry, "area_id").or_else(|| text(device, "area_id")).map(str::to_owned),
        abilities,
        unit,
    })
}

/// Home Assistant's bit for covers that stop anywhere.
const SET_POSITION: u64 = 4;

/// What a domain is here.
fn kind(domain: &str, class: Option<&str>) -> Result<(Kind, Option<String>), String> {
    let own = |known: &[&str]| class.filter(|class| known.contains(class)).map(str::to_owned);
    match domain {
        "input_boolean" | "siren" | "humidifier" => Ok((Kind::Switch, None)),
        "cover" => Ok((Kind::Cover, own(COVER_CLASSES))),
        "sensor" => match own(SENSOR_CLASSES) {
            Some(class) => Ok((Kind::Sensor, Some(class))),
            None => Err(format!(
                "a sensor of {} is nothing that is asked about here",
                class.unwrap_or("no class")
            )),
        },
        "binary_sensor" => {
            let class = match class {
                Some("door" | "window" | "opening" | "garage_door") => "contact",
                Some("motion" | "occupancy" | "presence" | "moving") => "occupancy",
                Some("smoke" | "gas" | "carbon_monoxide") => "smoke",
                Some("moisture") => "water_leak",
                other => {
                    return Err(format!(
                        "a binary sensor of {} is nothing that is asked about here",
                        other.unwrap_or("no class")
                    ));
                }
            };
            Ok((Kind::Sensor, Some(class.to_owned())))
        }
        "todo" => Err("lists are kept here by the assistant itself".into()),
        domain => Kind::of_domain(domain)
            .map(|kind| (kind, None))
            .ok_or_else(|| format!("there is nothing like a {domain} here")),
    }
}

/// A unit may be a sign alone: `%`.
fn text_or_sign(object: &Value, key: &str) -> Option<String> {
    object.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(str::to_owned)
}
