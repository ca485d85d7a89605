use serde_json::json;

use super::*;
use crate::home::{Ability, Kind, Link};

fn registries() -> Registries {
    let list = |value: Value| value.as_array().unwrap().clone();
    Registries {
        floors: list(json!([{ "floor_id": "ground", "name": "Ground Floor", "aliases": ["downstairs"] }])),
        areas: list(json!([
            { "area_id": "kitchen", "name": "Kitchen", "aliases": ["cuisine"], "floor_id": "ground" },
            { "area_id": "office", "name": "Office", "aliases": [], "floor_id": null },
        ])),
        devices: list(json!([{ "id": "d1", "area_id": "office", "name": "Hue lamp", "name_by_user": null }])),
        entities: list(json!([
            { "entity_id": "light.desk", "device_id": "d1", "name": null, "original_name": null, "aliases": ["lampe de bureau"] },
            { "entity_id": "light.ceiling", "area_id": "kitchen", "name": "Ceiling" },
            { "entity_id": "light.ceiling_2", "area_id": "kitchen", "name": "Ceiling" },
            { "entity_id": "sensor.rssi", "entity_category": "diagnostic" },
        ])),
        states: list(json!([
            { "entity_id": "light.desk", "state": "on", "attributes": { "friendly_name": "Desk \"Lamp\"", "supported_color_modes": ["color_temp", "xy"] } },
            { "entity_id": "cover.blind", "state": "open", "attributes": { "friendly_name": "Blind", "device_class": "blind", "supported_features": 15 } },
            { "entity_id": "binary_sensor.door", "state": "off", "attributes": { "friendly_name": "Back Door", "device_class": "door" } },
            { "entity_id": "sensor.t", "state": "21", "attributes": { "friendly_name": "Warmth", "device_class": "temperature", "unit_of_measurement": "°C" } },
            { "entity_id": "sun.sun", "state": "above_horizon", "attributes": {} },
        ])),
    }
}

#[test]
fn areas_devices_and_names_are_carried_over() {
    let imported = home_assistant(&registries()).unwrap();
    let home = Home::parse(&imported.toml, Path::new("home.toml")).unwrap();
    assert_eq!((imported.floors, imported.areas, imported.devices), (1, 2, 6));
    let find =
        |entity: &str| home.devices.iter().find(|it| it.link == Link::HomeAssistant(entity.into())).unwrap();
    let desk = find("light.desk");
    assert_eq!((desk.names.name.as_str(), desk.area.as_deref()), ("Desk \"Lamp\"", Some("Office")));
    assert_eq!(desk.abilities, [Ability::Brightness, Ability::Color]);
    assert!(desk.names.is("lampe de bureau"));
    assert_eq!(home.area("cuisine").unwrap().floor.as_deref(), Some("Ground Floor"));
    assert_eq!(find("binary_sensor.door").class.as_deref(), Some("contact"));
    assert_eq!(find("cover.blind").abilities, [Ability::Position]);
    assert_eq!((find("sensor.t").kind, find("sensor.t").unit.as_deref()), (Kind::Sensor, Some("°C")));
}

#[test]
fn what_is_not_carried_over_is_told() {
    let lost = home_assistant(&registries()).unwrap().lost;
    for expected in [
        "sensor.rssi: it is for setting up and diagnosis there",
        "sun.sun: there is nothing like a sun here",
        "`Ceiling` is there twice; the second is called `Ceiling 2`",
    ] {
        assert!(lost.iter().any(|line| line.starts_with(expected)), "{expected}: {lost:?}");
    }
}
