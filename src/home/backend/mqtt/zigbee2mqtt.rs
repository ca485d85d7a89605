//! `Zigbee2MQTT`: one topic a device, its state as JSON; `/set`, `/get`, `/availability`.

use serde_json::{Map, Value, json};

use super::{Message, News, on};
use crate::home::{Ability, Device, Kind, MqttLink, Reading, State, colour};

pub(super) fn topics(link: &MqttLink) -> Vec<String> {
    vec![link.topic.clone(), format!("{}/availability", link.topic), bridge(link)]
}

/// Where `Zigbee2MQTT` says whether it runs itself.
fn bridge(link: &MqttLink) -> String {
    let base = link.topic.split('/').next().unwrap_or_default();
    format!("{base}/bridge/state")
}

/// Sensors sleep and are not asked: what they said last is retained.
pub(super) fn questions(device: &Device, link: &MqttLink) -> Vec<Message> {
    let keys: Vec<String> = match device.kind {
        Kind::Cover if device.can(Ability::Position) => vec![part(link, "position")],
        Kind::Light | Kind::Switch | Kind::Fan | Kind::Lock | Kind::Cover => vec![part(link, "state")],
        Kind::Climate => vec!["local_temperature".into(), setpoint(link).into()],
        _ => return Vec::new(),
    };
    let fields: Map<String, Value> = keys.into_iter().map(|key| (key, json!(""))).collect();
    vec![Message { topic: format!("{}/get", link.topic), payload: Value::Object(fields).to_string() }]
}

pub(super) fn orders(device: &Device, link: &MqttLink, change: &State) -> Vec<Message> {
    let mut fields = Map::new();
    let mut set = |key: &str, value: Value| {
        fields.insert(part(link, key), value);
    };
    match device.kind {
        Kind::Light | Kind::Switch | Kind::Fan => {
            if let Some(on) = change.on {
                set("state", json!(if on { "ON" } else { "OFF" }));
            }
            if let Some(percent) = change.brightness {
                set("brightness", json!((f64::from(percent) * 2.54).round() as u8));
            }
            if let Some(color) = &change.color {
                set("color", json!({ "hex": colour::hex(color) }));
            }
        }
        Kind::Cover => match change.position {
            Some(percent) if device.can(Ability::Position) => set("position", json!(percent)),
            Some(0) => set("state", json!("CLOSE")),
            Some(_) => set("state", json!("OPEN")),
            None => {}
        },
        Kind::Lock => {
            if let Some(locked) = change.locked {
                set("state", json!(if locked { "LOCK" } else { "UNLOCK" }));
            }
        }
        Kind::Climate => {
            if let Some(on) = change.on {
                set("system_mode", json!(if on { "heat" } else { "off" }));
            }
            if let Some(degrees) = change.target {
                set(setpoint(link), json!(degrees));
            }
        }
        _ => {}
    }
    if fields.is_empty() {
        return Vec::new();
    }
    vec![Message { topic: format!("{}/set", link.topic), payload: Value::Object(fields).to_string() }]
}

pub(super) fn read(device: &Device, link: &MqttLink, topic: &str, payload: &str) -> Option<News> {
    if topic == link.topic {
        return serde_json::from_str(payload).ok().map(|fields| News::State(state(device, link, &fields)));
    }
    if topic == format!("{}/availability", link.topic) {
        return available(payload).map(News::Available);
    }
    (topic == bridge(link)).then(|| available(payload).map(News::Bridge)).flatten()
}

/// `online`, or since version 2 `{"state":"online"}`.
fn available(payload: &str) -> Option<bool> {
    let word = serde_json::from_str::<Value>(payload)
        .ok()
        .and_then(|value| value.get("state").and_then(Value::as_str).map(str::to_owned));
    match word.as_deref().unwrap_or(payload.trim()) {
        "online" => Some(true),
        "offline" => Some(false),
        _ => None,
    }
}

fn state(device: &Device, link: &MqttLink, fields: &Value) -> State {
    let mut state = State::default();
    let get = |key: &str| fields.get(part(link, key)).or_else(|| fields.get(key));
    let number = |key: &str| get(key).and_then(Value::as_f64);
    let word = |key: &str| get(key).and_then(Value::as_str);
    let percent = |number: f64| number.round().clamp(0.0, 100.0) as u8;
    match device.kind {
        Kind::Light | Kind::Switch | Kind::Fan => {
            state.on = word("state").and_then(on);
            if device.kind == Kind::Light {
                state.brightness = number("brightness").map(|value| percent(value / 2.54));
                state.color = get("color")
                    .filter(|_| device.can(Ability::Color))
                    .and_then(|it| name(it, word("color_mode")));
            }
        }
        Kind::Cover => {
            let ends = || match word("state")? {
                "OPEN" => Some(100),
                "CLOSE" => Some(0),
                _ => None,
            };
            state.position = number("position").map(percent).or_else(ends);
        }
        Kind::Lock => {
            state.locked = match word("lock_state").or_else(|| word("state")) {
                Some("LOCK" | "locked") => Some(true),
                Some("UNLOCK" | "unlocked") => Some(false),
                _ => None,
            };
        }
        Kind::Climate => {
            state.temperature = number("local_temperature");
            state.target = number(setpoint(link));
            state.on = word("system_mode").map(|mode| mode != "off");
        }
        Kind::Sensor => state.value = reading(device, link, fields),
        _ => {}
    }
    state
}

/// A colour's name; a lamp that shows white says so by its mode.
fn name(color: &Value, mode: Option<&str>) -> Option<String> {
    if mode == Some("color_temp") {
        return Some("white".into());
    }
    let number = |key: &str| color.get(key).and_then(Value::as_f64);
    let by_hue = || Some(colour::of_hue(number("hue")?, number("saturation")?));
    let by_point = || Some(colour::of_xy(number("x")?, number("y")?));
    by_hue().or_else(by_point).map(str::to_owned)
}

/// What a sensor of a class reads, in words where it is one of two things.
fn reading(device: &Device, link: &MqttLink, fields: &Value) -> Option<Reading> {
    let class = device.class.as_deref().unwrap_or_default();
    let keys: &[&str] = match (&link.key, class) {
        (Some(key), _) => &[key.as_str()],
        (None, "carbon_dioxide") => &["co2"],
        (None, "illuminance") => &["illuminance_lux", "illuminance"],
        (None, "moisture") => &["soil_moisture", "moisture"],
        (None, "occupancy") => &["occupancy", "presence", "motion"],
        (None, class) => &[class],
    };
    let value = keys.iter().find_map(|key| fields.get(*key))?;
    match value {
        Value::Number(number) => number.as_f64().map(Reading::Number),
        // A contact that is closed is a door that is.
        Value::Bool(closed) if class == "contact" => Some(two(!closed, "open", "closed")),
        Value::Bool(yes) => Some(two(*yes, "detected", "clear")),
        Value::String(text) => Some(Reading::Words(text.clone())),
        _ => None,
    }
}

pub(super) fn two(yes: bool, one: &str, other: &str) -> Reading {
    Reading::Words(if yes { one } else { other }.to_owned())
}

fn part(link: &MqttLink, key: &str) -> String {
    link.part.as_ref().map_or_else(|| key.to_owned(), |part| format!("{key}_{part}"))
}

fn setpoint(link: &MqttLink) -> &str {
    link.key.as_deref().unwrap_or("occupied_heating_setpoint")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::home::{Home, Link};

    fn device(rest: &str) -> (Device, MqttLink) {
        let text = format!("[[devices]]\nname = \"It\"\nmqtt = {{ topic = \"zigbee2mqtt/it\" }}\n{rest}");
        let home = Home::parse(&text, Path::new("home.toml")).unwrap();
        let device = home.devices[0].clone();
        let Link::Mqtt(link) = device.link.clone() else { panic!("{text}") };
        (device, link)
    }

    fn reads(rest: &str, payload: &str) -> State {
        let (device, link) = device(rest);
        match read(&device, &link, "zigbee2mqtt/it", payload) {
            Some(News::State(state)) => state,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn lamps() {
        let lamp = "kind = \"light\"\ncan = [\"brightness\", \"color\"]";
        let state = reads(
            lamp,
            r#"{"state":"ON","brightness":127,"color":{"hue":0,"saturation":100},"color_mode":"hs"}"#,
        );
        assert_eq!(
            state,
            State { on: Some(true), brightness: Some(50), color: Some("red".into()), ..State::default() }
        );
        let (device, link) = device(lamp);
        let told = orders(&device, &link, &state);
        let message = Message {
            topic: "zigbee2mqtt/it/set".into(),
            payload: r##"{"state":"ON","brightness":127,"color":{"hex":"#FF0000"}}"##.into(),
        };
        assert_eq!(told, [message]);
    }

    #[test]
    fn covers_locks_and_heating() {
        let shutter = "kind = \"cover\"\ncan = [\"position\"]";
        assert_eq!(reads(shutter, r#"{"position":35,"state":"OPEN"}"#).position, Some(35));
        assert_eq!(reads("kind = \"cover\"", r#"{"state":"CLOSE"}"#).position, Some(0));
        assert_eq!(
            reads("kind = \"lock\"", r#"{"state":"LOCK","lock_state":"not_fully_locked"}"#).locked,
            None
        );
        assert_eq!(reads("kind = \"lock\"", r#"{"state":"UNLOCK"}"#).locked, Some(false));
        let heating = r#"{"local_temperature":19.5,"occupied_heating_setpoint":21,"system_mode":"heat"}"#;
        let state = reads("kind = \"climate\"", heating);
        assert_eq!((state.temperature, state.target, state.on), (Some(19.5), Some(21.0), Some(true)));
        let (device, link) = device(shutter);
        let half = State { position: Some(50), ..State::default() };
        assert_eq!(orders(&device, &link, &half)[0].payload, r#"{"position":50}"#);
    }

    #[test]
    fn sensors() {
        let value = |class: &str, payload: &str| {
            reads(&format!("kind = \"sensor\"\nclass = \"{class}\""), payload).value
        };
        let all = r#"{"temperature":21.4,"humidity":54,"battery":97,"contact":false,"occupancy":true,"co2":600,"water_leak":false}"#;
        assert_eq!(value("temperature", all), Some(Reading::Number(21.4)));
        assert_eq!(value("carbon_dioxide", all), Some(Reading::Number(600.0)));
        assert_eq!(value("contact", all), Some(Reading::Words("open".into())));
        assert_eq!(value("occupancy", all), Some(Reading::Words("detected".into())));
        assert_eq!(value("water_leak", all), Some(Reading::Words("clear".into())));
        assert_eq!(value("pressure", all), None);
    }

    #[test]
    fn availability_in_both_forms() {
        let (device, link) = device("kind = \"light\"");
        let read = |topic: &str, payload: &str| read(&device, &link, topic, payload);
        for (payload, there) in [("online", true), (r#"{"state":"offline"}"#, false)] {
            assert_eq!(read("zigbee2mqtt/it/availability", payload), Some(News::Available(there)));
        }
        assert_eq!(read("zigbee2mqtt/bridge/state", r#"{"state":"offline"}"#), Some(News::Bridge(false)));
        assert_eq!(read("zigbee2mqtt/it", "not json"), None);
        assert_eq!(read("zigbee2mqtt/other", r#"{"state":"ON"}"#), None);
    }
}
