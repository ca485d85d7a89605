//! Devices that a program of the household moves.
//!
//! The program is started without a shell, with the change filled into its arguments and as JSON on
//! its standard input. That it ends well is its confirmation; a second program may print the state.

use std::sync::Arc;
use std::time::Duration;

use super::board::{Board, Line};
use super::{Backend, Order, Trouble, process};
use crate::home::{CommandLink, Device, Kind, Link, State};

const LINE: &str = "command";

pub struct Commands {
    devices: Vec<(usize, Kind, String, CommandLink)>,
    board: Arc<Board>,
}

impl Commands {
    /// Asks those that can say how they are.
    #[must_use]
    pub fn new(devices: &[(usize, &Device)], board: &Arc<Board>) -> Self {
        board.line(LINE, Line::Up);
        let own = devices.iter().filter_map(|(index, device)| match &device.link {
            Link::Command(link) => Some((*index, device.kind, device.names.name.clone(), link.clone())),
            _ => None,
        });
        let commands = Self { devices: own.collect(), board: Arc::clone(board) };
        for (index, kind, _, link) in commands.devices.clone() {
            let board = Arc::clone(board);
            if link.query.is_some() {
                std::thread::spawn(move || query(index, kind, &link, &board));
            }
        }
        commands
    }
}

impl Backend for Commands {
    fn line(&self) -> &'static str {
        LINE
    }

    fn send(&mut self, device: usize, order: &Order) -> Result<(), Trouble> {
        let known = self.devices.iter().find(|(index, ..)| *index == device).cloned();
        let Some((_, kind, name, link)) = known else { return Err(Trouble::Away) };
        let (program, input) = (filled(&link.set, &name, order), input(order));
        let (board, order) = (Arc::clone(&self.board), order.clone());
        std::thread::spawn(move || {
            match process::run(&program, &input, Duration::from_millis(link.limit_ms)) {
                Err(reason) => board.fail(device, &reason),
                Ok(_) if link.query.is_some() => query(device, kind, &link, &board),
                Ok(_) => {
                    if let Order::Set(change) = &order {
                        board.report(device, change, true);
                    }
                    board.acknowledge(device);
                }
            }
        });
        Ok(())
    }
}

/// Reports what the query program prints: our state as JSON, or `on`, `off`, or a reading.
fn query(device: usize, kind: Kind, link: &CommandLink, board: &Board) {
    let Some(program) = &link.query else { return };
    match process::run(program, "", Duration::from_millis(link.limit_ms))
        .and_then(|text| printed(&text, kind))
    {
        Ok(state) => {
            board.report(device, &state, true);
            board.available(device, true);
        }
        Err(reason) => {
            tracing::warn!(device, reason, "a device cannot be asked how it is");
            board.available(device, false);
        }
    }
}

fn printed(text: &str, kind: Kind) -> Result<State, String> {
    let text = text.trim();
    let on = |on| Ok(State { on: Some(on), ..State::default() });
    match text {
        "on" | "ON" => return on(true),
        "off" | "OFF" => return on(false),
        _ => {}
    }
    if kind == Kind::Sensor
        && let Ok(number) = text.parse()
    {
        return Ok(State { value: Some(crate::home::Reading::Number(number)), ..State::default() });
    }
    serde_json::from_str(text).map_err(|error| {
        format!("its query prints `{}`, which is no state ({error}); print `on`, `off`, or JSON such as {{\"on\": true}}", text.chars().take(60).collect::<String>())
    })
}

/// The change as JSON: what the program reads.
fn input(order: &Order) -> String {
    let value = match order {
        Order::Set(change) => serde_json::to_value(change).unwrap_or_default(),
        Order::Activate => serde_json::json!({ "action": "activate" }),
        Order::Next => serde_json::json!({ "action": "next" }),
        Order::Previous => serde_json::json!({ "action": "previous" }),
    };
    format!("{value}\n")
}

/// The arguments with what the change says; empty where it says nothing.
fn filled(template: &[String], name: &str, order: &Order) -> Vec<String> {
    let state = match order {
        Order::Set(change) => serde_json::to_value(change).unwrap_or_default(),
        _ => serde_json::Value::Null,
    };
    let action = match order {
        Order::Set(_) => "set",
        Order::Activate => "activate",
        Order::Next => "next",
        Order::Previous => "previous",
    };
    let value = |key: &str| match key {
        "name" => name.to_owned(),
        "action" => action.to_owned(),
        key => match state.get(key) {
            None => String::new(),
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        },
    };
    let fill = |argument: &String| {
        let mut text = argument.clone();
        for key in PLACES {
            text = text.replace(&format!("{{{key}}}"), &value(key));
        }
        text
    };
    template.iter().map(fill).collect()
}

/// What may stand in braces in an argument.
pub const PLACES: &[&str] = &[
    "action",
    "name",
    "on",
    "brightness",
    "color",
    "position",
    "locked",
    "playing",
    "volume",
    "muted",
    "target",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_filled_without_a_shell() {
        let change = State { on: Some(true), brightness: Some(40), ..State::default() };
        let template = ["lamp", "--on={on}", "--at={brightness}", "{color}", "{name}"].map(str::to_owned);
        let order = Order::Set(change);
        assert_eq!(
            filled(&template, "Desk; rm -rf", &order),
            ["lamp", "--on=true", "--at=40", "", "Desk; rm -rf"]
        );
        assert_eq!(input(&order), "{\"on\":true,\"brightness\":40}\n");
    }

    #[test]
    fn printed_states_are_read() {
        assert_eq!(printed("off\n", Kind::Light).unwrap().on, Some(false));
        assert_eq!(printed("{\"position\": 30}", Kind::Cover).unwrap().position, Some(30));
        assert!(printed("21.5", Kind::Sensor).unwrap().value.is_some());
        assert!(printed("maybe", Kind::Light).unwrap_err().contains("print `on`, `off`"));
    }
}
