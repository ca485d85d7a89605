//! Tasmota: `cmnd/<topic>/…` tells, `stat/<topic>/…` answers, `tele/<topic>/…` reports.

use serde_json::Value;

use super::zigbee2mqtt::two;
use super::{Message, News, on};
use crate::home::{Ability, Device, Kind, MqttLink, Reading, State, colour};

pub(super) fn topics(link: &MqttLink) -> Vec<String> {
    let power = format!("stat/{}/{}", link.topic, numbered(link, "POWER"));
    let rest = ["stat/{}/RESULT", "stat/{}/STATUS10", "tele/{}/LWT", "tele/{}/STATE", "tele/{}/SENSOR"];
    std::iter::once(power).chain(rest.map(|topic| topic.replace("{}", &link.topic))).collect()
}

pub(super) fn questions(device: &Device, link: &MqttLink) -> Vec<Message> {
    vec![match device.kind {
        Kind::Sensor => command(link, "STATUS", "10"),
        Kind::Cover => command(link, &shutter(link, "ShutterPosition"), ""),
        _ => command(link, "STATE", ""),
    }]
}

pub(super) fn orders(device: &Device, link: &MqttLink, change: &State) -> Vec<Message> {
    let mut all = Vec::new();
    match device.kind {
        Kind::Light | Kind::Switch | Kind::Fan => {
            // A dimmer's level or a colour turns it on, too; one command then says it all.
            let implied = change.brightness.is_some_and(|percent| percent > 0) || change.color.is_some();
            if let Some(on) = change.on.filter(|on| !*on || !implied) {
                all.push(command(link, &numbered(link, "POWER"), if on { "ON" } else { "OFF" }));
            }
            if let Some(color) = &change.color {
                all.push(command(link, "Color2", &colour::hex(color)));
            }
            if let Some(percent) = change.brightness {
                all.push(command(link, "Dimmer", &percent.to_string()));
            }
        }
        Kind::Cover => match change.position {
            Some(percent) if device.can(Ability::Position) => {
                all.push(command(link, &shutter(link, "ShutterPosition"), &percent.to_string()));
            }
            Some(0) => all.push(command(link, &shutter(link, "ShutterClose"), "")),
            Some(_) => all.push(command(link, &shutter(link, "ShutterOpen"), "")),
            None => {}
        },
        _ => {}
    }
    all
}

pub(super) fn read(device: &Device, link: &MqttLink, topic: &str, payload: &str) -> Option<News> {
    let (prefix, rest) = topic.split_once('/')?;
    let what = rest.strip_prefix(&link.topic)?.strip_prefix('/')?;
    match (prefix, what) {
        ("tele", "LWT") => match payload {
            "Online" => Some(News::Available(true)),
            "Offline" => Some(News::Available(false)),
            _ => None,
        },
        ("stat", power) if power == numbered(link, "POWER") => {
            // The same is in RESULT, as JSON; firmware that was told so sends only one of them.
            on(payload)
                .filter(|_| switches(device))
                .map(|on| News::State(State { on: Some(on), ..State::default() }))
        }
        ("stat", "RESULT") | ("tele", "STATE") => {
            serde_json::from_str(payload).ok().map(|fields| News::State(state(device, link, &fields)))
        }
        ("tele", "SENSOR") if device.kind == Kind::Sensor => {
            let fields: Value = serde_json::from_str(payload).ok()?;
            Some(News::State(State { value: reading(device, link, &fields), ..State::default() }))
        }
        ("tele", "SENSOR") => {
            serde_json::from_str(payload).ok().map(|fields| News::State(state(device, link, &fields)))
        }
        ("stat", "STATUS10") if device.kind == Kind::Sensor => {
            let fields: Value = serde_json::from_str(payload).ok()?;
            let value = reading(device, link, fields.get("StatusSNS")?);
            Some(News::State(State { value, ..State::default() }))
        }
        _ => None,
    }
}

fn switches(device: &Device) -> bool {
    matches!(device.kind, Kind::Light | Kind::Switch | Kind::Fan)
}

fn state(device: &Device, link: &MqttLink, fields: &Value) -> State {
    let mut state = State::default();
    let number = |key: &str| fields.get(key).and_then(Value::as_f64);
    let percent = |number: f64| number.round().clamp(0.0, 100.0) as u8;
    if switches(device) {
        let power = fields.get(numbered(link, "POWER")).or_else(|| {
            // The only relay is `POWER`, or `POWER1` beside a dimmer.
            link.part.is_none().then(|| fields.get("POWER1")).flatten()
        });
        state.on = power.and_then(Value::as_str).and_then(on);
    }
    if device.kind == Kind::Light {
        state.brightness = number("Dimmer").map(percent);
        let hsb = fields.get("HSBColor").and_then(Value::as_str).filter(|_| device.can(Ability::Color));
        state.color = hsb.and_then(name);
    }
    if device.kind == Kind::Cover {
        let shutter = fields.get(shutter(link, "Shutter"));
        let position = shutter.map(|it| it.get("Position").unwrap_or(it)).and_then(Value::as_f64);
        state.position = position.or_else(|| number(&self::shutter(link, "ShutterPosition"))).map(percent);
    }
    state
}

/// A colour's name from `hue,saturation,brightness`.
fn name(hsb: &str) -> Option<String> {
    let mut parts = hsb.split(',').map(|part| part.trim().parse::<f64>());
    let (hue, saturation) = (parts.next()?.ok()?, parts.next()?.ok()?);
    Some(colour::of_hue(hue, saturation).to_owned())
}

/// What a sensor of a class reads: each chip's values stand under the chip's name.
fn reading(device: &Device, link: &MqttLink, fields: &Value) -> Option<Reading> {
    let class = device.class.as_deref().unwrap_or_default();
    let key = match (&link.key, class) {
        (Some(key), _) => key.as_str(),
        (None, "temperature") => "Temperature",
        (None, "humidity") => "Humidity",
        (None, "pressure") => "Pressure",
        (None, "illuminance") => "Illuminance",
        (None, "carbon_dioxide") => "CarbonDioxide",
        (None, "moisture") => "Moisture",
        (None, "power") => "Power",
        (None, "energy") => "Total",
        (None, "contact" | "occupancy" | "smoke" | "water_leak") => "Switch1",
        (None, _) => return None,
    };
    let chips = fields.as_object()?;
    let value = chips.get(key).or_else(|| chips.values().find_map(|chip| chip.get(key)))?;
    match (value, class) {
        (Value::Number(number), _) => number.as_f64().map(Reading::Number),
        (Value::String(word), "contact") => on(word).map(|open| two(open, "open", "closed")),
        (Value::String(word), "occupancy" | "smoke" | "water_leak") => {
            on(word).map(|yes| two(yes, "detected", "clear"))
        }
        (Value::String(word), _) => Some(Reading::Words(word.clone())),
        _ => None,
    }
}

fn command(link: &MqttLink, name: &str, payload: &str) -> Message {
    Message { topic: format!("cmnd/{}/{name}", link.topic), payload: payload.to_owned() }
}

fn numbered(link: &MqttLink, name: &str) -> String {
    format!("{name}{}", link.part.as_deref().unwrap_or_default())
}

fn shutter(link: &MqttLink, name: &str) -> String {
    format!("{name}{}", link.part.as_deref().unwrap_or("1"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::home::{Home, Link};

    fn device(rest: &str, part: &str) -> (Device, MqttLink) {
        let text = format!(
            "[[devices]]\nname = \"It\"\nmqtt = {{ topic = \"it\", kind = \"tasmota\"{part} }}\n{rest}"
        );
        let home = Home::parse(&text, Path::new("home.toml")).unwrap();
        let device = home.devices[0].clone();
        let Link::Mqtt(link) = device.link.clone() else { panic!("{text}") };
        (device, link)
    }

    fn told(device: &(Device, MqttLink), change: &State) -> Vec<(String, String)> {
        orders(&device.0, &device.1, change).into_iter().map(|it| (it.topic, it.payload)).collect()
    }

    fn heard(device: &(Device, MqttLink), topic: &str, payload: &str) -> Option<News> {
        read(&device.0, &device.1, topic, payload)
    }

    fn pair(topic: &str, payload: &str) -> (String, String) {
        (topic.to_owned(), payload.to_owned())
    }

    #[test]
    fn plugs_with_several_relays() {
        let second = device("kind = \"switch\"", ", part = \"2\"");
        let on = State { on: Some(true), ..State::default() };
        assert_eq!(told(&second, &on), [pair("cmnd/it/POWER2", "ON")]);
        assert_eq!(heard(&second, "stat/it/RESULT", r#"{"POWER2":"ON"}"#), Some(News::State(on.clone())));
        assert_eq!(
            heard(&second, "stat/it/RESULT", r#"{"POWER1":"ON"}"#),
            Some(News::State(State::default()))
        );
        assert_eq!(heard(&second, "stat/it/POWER2", "ON"), Some(News::State(on.clone())));
        let only = device("kind = \"switch\"", "");
        assert_eq!(told(&only, &on), [pair("cmnd/it/POWER", "ON")]);
        assert_eq!(heard(&only, "stat/it/RESULT", r#"{"POWER1":"ON"}"#), Some(News::State(on)));
        assert_eq!(heard(&only, "tele/it/LWT", "Offline"), Some(News::Available(false)));
        assert_eq!(heard(&only, "tele/item/LWT", "Offline"), None);
    }

    #[test]
    fn lamps_and_shutters() {
        let lamp = device("kind = \"light\"\ncan = [\"brightness\", \"color\"]", "");
        let state =
            State { on: Some(true), brightness: Some(40), color: Some("blue".into()), ..State::default() };
        assert_eq!(told(&lamp, &state), [pair("cmnd/it/Color2", "#0000FF"), pair("cmnd/it/Dimmer", "40")]);
        let answer = r#"{"POWER":"ON","Dimmer":40,"HSBColor":"240,100,40"}"#;
        assert_eq!(heard(&lamp, "stat/it/RESULT", answer), Some(News::State(state)));
        let shutter = device("kind = \"cover\"\ncan = [\"position\"]", "");
        let half = State { position: Some(50), ..State::default() };
        assert_eq!(told(&shutter, &half), [pair("cmnd/it/ShutterPosition1", "50")]);
        let answer = r#"{"Shutter1":{"Position":50,"Direction":0,"Target":50}}"#;
        assert_eq!(heard(&shutter, "stat/it/RESULT", answer), Some(News::State(half)));
    }

    #[test]
    fn sensors() {
        let sensor = device("kind = \"sensor\"\nclass = \"temperature\"", "");
        let warm = News::State(State { value: Some(Reading::Number(21.4)), ..State::default() });
        let report = r#"{"Time":"2026-11-24T15:00:00","AM2301":{"Temperature":21.4,"Humidity":54}}"#;
        assert_eq!(heard(&sensor, "tele/it/SENSOR", report), Some(warm.clone()));
        assert_eq!(heard(&sensor, "stat/it/STATUS10", &format!("{{\"StatusSNS\":{report}}}")), Some(warm));
    }
}
