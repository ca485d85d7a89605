//! Between our states and Home Assistant's: which services change a device, and what its states say.

use serde_json::{Value, json};

use super::super::Order;
use crate::home::{Ability, Device, Kind, Reading, State, colour};

/// A service to call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub domain: String,
    pub service: &'static str,
    pub data: Value,
}

/// The services that carry out an order; none for what cannot be.
pub fn calls(device: &Device, entity: &str, order: &Order) -> Vec<Call> {
    let own = entity.split('.').next().unwrap_or_default();
    let call = |service: &'static str, data: Value| Call { domain: own.to_owned(), service, data };
    let change = match order {
        Order::Activate => return vec![call("turn_on", json!({}))],
        Order::Next => return vec![call("media_next_track", json!({}))],
        Order::Previous => return vec![call("media_previous_track", json!({}))],
        Order::Set(change) => change,
    };
    let mut all = Vec::new();
    match device.kind {
        Kind::Cover => match change.position {
            Some(percent) if device.can(Ability::Position) => {
                all.push(call("set_cover_position", json!({ "position": percent })));
            }
            Some(0) => all.push(call("close_cover", json!({}))),
            Some(_) => all.push(call("open_cover", json!({}))),
            None => {}
        },
        Kind::Lock => {
            all.extend(change.locked.map(|locked| call(if locked { "lock" } else { "unlock" }, json!({}))));
        }
        Kind::Vacuum => {
            all.extend(change.on.map(|on| call(if on { "start" } else { "return_to_base" }, json!({}))));
        }
        Kind::Climate => {
            match (change.on, change.target) {
                // A target says that it shall heat; where it is on already, saying so would change its mode.
                (Some(true), Some(_)) | (None, _) => {}
                (Some(on), _) => all.push(call(if on { "turn_on" } else { "turn_off" }, json!({}))),
            }
            all.extend(
                change.target.map(|degrees| call("set_temperature", json!({ "temperature": degrees }))),
            );
        }
        Kind::MediaPlayer => {
            match (change.playing, change.on) {
                (_, Some(false)) => all.push(call("turn_off", json!({}))),
                (Some(true), _) => all.push(call("media_play", json!({}))),
                (Some(false), _) => all.push(call("media_pause", json!({}))),
                (None, Some(true)) => all.push(call("turn_on", json!({}))),
                (None, None) => {}
            }
            all.extend(
                change
                    .volume
                    .map(|percent| call("volume_set", json!({ "volume_level": f64::from(percent) / 100.0 }))),
            );
            all.extend(change.muted.map(|muted| call("volume_mute", json!({ "is_volume_muted": muted }))));
        }
        _ if change.on == Some(false) => all.push(call("turn_off", json!({}))),
        _ => {
            let mut data = json!({});
            if let Some(percent) = change.brightness {
                data["brightness_pct"] = json!(percent);
            }
            if let Some(color) = &change.color {
                data["rgb_color"] = json!(colour::rgb(color));
            }
            if change.on.is_some() || data != json!({}) {
                all.push(call("turn_on", data));
            }
        }
    }
    all
}

/// What a state object says: whether the entity is there, and how it is.
pub fn read(device: &Device, object: &Value) -> (bool, State) {
    let word = object.get("state").and_then(Value::as_str).unwrap_or("unknown");
    if word == "unavailable" {
        return (false, State::default());
    }
    let attribute = |key: &str| object.get("attributes").and_then(|all| all.get(key));
    let number = |key: &str| attribute(key).and_then(Value::as_f64);
    let share =
        |key: &str, whole: f64| number(key).map(|it| (it / whole * 100.0).round().clamp(0.0, 100.0) as u8);
    let mut state = State::default();
    match device.kind {
        Kind::Light | Kind::Switch | Kind::Fan => {
            state.on = on(word);
            if device.kind == Kind::Light {
                state.brightness = share("brightness", 255.0);
                state.color = attribute("rgb_color").filter(|_| device.can(Ability::Color)).and_then(color);
            }
        }
        Kind::Cover => {
            let ends = || match word {
                "open" => Some(100),
                "closed" => Some(0),
                _ => None,
            };
            state.position = share("current_position", 100.0).or_else(ends);
        }
        Kind::Lock => {
            state.locked = match word {
                "locked" => Some(true),
                "unlocked" | "open" => Some(false),
                _ => None,
            };
        }
        Kind::Climate => {
            state.on = (word != "unknown").then_some(word != "off");
            state.temperature = number("current_temperature");
            state.target = number("temperature");
        }
        Kind::MediaPlayer => {
            state.on = (word != "unknown").then_some(!matches!(word, "off" | "standby"));
            state.playing = state.on.map(|_| word == "playing");
            state.volume = share("volume_level", 1.0);
            state.muted = attribute("is_volume_muted").and_then(Value::as_bool);
        }
        Kind::Vacuum => {
            state.on = match word {
                "cleaning" | "on" => Some(true),
                "docked" | "returning" | "idle" | "paused" | "off" => Some(false),
                _ => None,
            };
        }
        Kind::Sensor => state.value = reading(device, word),
        Kind::Weather => {
            state.condition = (word != "unknown").then(|| word.to_owned());
            state.temperature = number("temperature");
        }
        Kind::Scene | Kind::Script | Kind::Todo => {}
    }
    (true, state)
}

fn on(word: &str) -> Option<bool> {
    match word {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

fn color(rgb: &Value) -> Option<String> {
    let part = |index: usize| rgb.get(index).and_then(Value::as_u64).map(|part| part.min(255) as u8);
    Some(colour::of_rgb([part(0)?, part(1)?, part(2)?]).to_owned())
}

fn reading(device: &Device, word: &str) -> Option<Reading> {
    let class = device.class.as_deref().unwrap_or_default();
    match (word, class) {
        ("unknown", _) => None,
        ("on" | "off", "contact") => {
            Some(Reading::Words(if word == "on" { "open" } else { "closed" }.into()))
        }
        ("on" | "off", "occupancy" | "smoke" | "water_leak") => {
            Some(Reading::Words(if word == "on" { "detected" } else { "clear" }.into()))
        }
        _ => Some(word.parse().map_or_else(|_| Reading::Words(word.to_owned()), Reading::Number)),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::home::Home;

    fn device(rest: &str) -> Device {
        let text = format!("[[devices]]\nname = \"It\"\n{rest}");
        Home::parse(&text, Path::new("home.toml")).unwrap().devices[0].clone()
    }

    fn names(device: &Device, entity: &str, change: State) -> Vec<String> {
        let all = calls(device, entity, &Order::Set(change)).into_iter();
        all.map(|call| format!("{}.{} {}", call.domain, call.service, call.data)).collect()
    }

    #[test]
    fn changes_become_services() {
        let lamp = device("kind = \"light\"\ncan = [\"brightness\", \"color\"]");
        let on = State { on: Some(true), ..State::default() };
        let bright = State { brightness: Some(40), color: Some("red".into()), ..on.clone() };
        assert_eq!(
            names(&lamp, "light.desk", bright),
            [r#"light.turn_on {"brightness_pct":40,"rgb_color":[255,0,0]}"#]
        );
        assert_eq!(names(&lamp, "switch.desk", on.clone()), ["switch.turn_on {}"]);
        let heating = device("kind = \"climate\"");
        let warm = State { target: Some(21.5), ..on };
        assert_eq!(names(&heating, "climate.x", warm), [r#"climate.set_temperature {"temperature":21.5}"#]);
        let blind = device("kind = \"cover\"");
        let open = State { position: Some(100), ..State::default() };
        assert_eq!(names(&blind, "cover.x", open), ["cover.open_cover {}"]);
        let player = device("kind = \"media_player\"");
        let quiet = State { volume: Some(30), ..State::default() };
        assert_eq!(
            names(&player, "media_player.x", quiet),
            [r#"media_player.volume_set {"volume_level":0.3}"#]
        );
    }

    #[test]
    fn states_are_read() {
        let lamp = device("kind = \"light\"\ncan = [\"brightness\", \"color\"]");
        let object = json!({ "state": "on", "attributes": { "brightness": 128, "rgb_color": [0, 0, 255] } });
        let blue =
            State { on: Some(true), brightness: Some(50), color: Some("blue".into()), ..State::default() };
        assert_eq!(read(&lamp, &object), (true, blue));
        assert!(!read(&lamp, &json!({ "state": "unavailable" })).0);
        let window = device("kind = \"sensor\"\nclass = \"contact\"");
        assert_eq!(read(&window, &json!({ "state": "on" })).1.value, Some(Reading::Words("open".into())));
        let door = device("kind = \"lock\"");
        assert_eq!(read(&door, &json!({ "state": "locking" })).1.locked, None);
    }
}
