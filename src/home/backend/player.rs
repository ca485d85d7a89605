//! Players on this machine: the media keys, over MPRIS, by the program `playerctl`.
//!
//! A program rather than D-Bus by ourselves: it is one small package, and brings no second runtime.

use std::sync::Arc;
use std::time::Duration;

use super::board::{Board, Line};
use super::{Backend, Order, Trouble, process};
use crate::home::{Device, Link, State};

const LINE: &str = "mpris";

/// `playerctl` answers at once, or hangs on a player that does.
const LIMIT: Duration = Duration::from_millis(1_200);

/// The volume after a mute, in percent, where the one before it is not known.
const HALF: u8 = 50;

/// What to do without the program.
pub const MEND: &str = "`playerctl` is not installed, so no player can be told anything; get it with `sudo apt install playerctl`";

pub struct Players {
    /// Devices, with the player's name.
    devices: Vec<(usize, Option<String>)>,
    board: Arc<Board>,
}

impl Players {
    #[must_use]
    pub fn new(devices: &[(usize, &Device)], board: &Arc<Board>) -> Self {
        let own = devices.iter().filter_map(|(index, device)| match &device.link {
            Link::Player(name) => Some((*index, name.clone())),
            _ => None,
        });
        let players = Self { devices: own.collect(), board: Arc::clone(board) };
        board.line(LINE, Line::Connecting);
        let (board, devices) = (Arc::clone(board), players.devices.clone());
        std::thread::spawn(move || {
            if !is_installed() {
                board.line(LINE, Line::Down(MEND.to_owned()));
                return;
            }
            board.line(LINE, Line::Up);
            for (device, name) in devices {
                look(device, name.as_deref(), &board);
            }
        });
        players
    }
}

/// Whether the program is there.
#[must_use]
pub fn is_installed() -> bool {
    process::run(&["playerctl".into(), "--version".into()], "", LIMIT).is_ok()
}

impl Backend for Players {
    fn line(&self) -> &'static str {
        LINE
    }

    fn send(&mut self, device: usize, order: &Order) -> Result<(), Trouble> {
        let known = self.devices.iter().find(|(index, _)| *index == device).cloned();
        let Some((_, name)) = known else { return Err(Trouble::Away) };
        let before = self.board.heard(device).state.volume;
        let Some(keys) = keys(order, before) else { return Err(Trouble::Failed) };
        let (board, order) = (Arc::clone(&self.board), order.clone());
        std::thread::spawn(move || {
            for key in keys {
                if let Err(reason) = process::run(&program(name.as_deref(), &key), "", LIMIT) {
                    return board.fail(device, &reason);
                }
            }
            if let Order::Set(change) = &order {
                board.report(device, change, true);
            }
            board.acknowledge(device);
        });
        Ok(())
    }
}

/// Reports whether something plays, and how loud.
fn look(device: usize, name: Option<&str>, board: &Board) {
    let ask = |words: &[&str]| {
        process::run(&program(name, &words.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()), "", LIMIT)
    };
    // Without a player there is nothing to report: one may be started before the next command.
    let Ok(status) = ask(&["status"]) else { return };
    let volume = ask(&["volume"]).ok().and_then(|text| text.trim().parse::<f64>().ok());
    board.report(device, &read(&status, volume), false);
}

fn read(status: &str, volume: Option<f64>) -> State {
    let playing = status.trim() == "Playing";
    State {
        on: Some(true),
        playing: Some(playing),
        volume: volume.map(|share| (share.clamp(0.0, 1.0) * 100.0).round() as u8),
        ..State::default()
    }
}

fn program(name: Option<&str>, words: &[String]) -> Vec<String> {
    let mut program = vec!["playerctl".to_owned()];
    program.extend(name.map(|name| format!("--player={name}")));
    program.extend_from_slice(words);
    program
}

/// The media keys for an order, with the volume before it; `None` for what there is no key for.
fn keys(order: &Order, before: Option<u8>) -> Option<Vec<Vec<String>>> {
    let key = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let change = match order {
        Order::Next => return Some(vec![key(&["next"])]),
        Order::Previous => return Some(vec![key(&["previous"])]),
        Order::Activate => return None,
        Order::Set(change) => change,
    };
    let mut keys = Vec::new();
    match (change.playing, change.on) {
        (Some(true), _) | (None, Some(true)) => keys.push(key(&["play"])),
        (_, Some(false)) => keys.push(key(&["stop"])),
        (Some(false), _) => keys.push(key(&["pause"])),
        (None, None) => {}
    }
    if let Some(percent) = change.volume {
        keys.push(key(&["volume", &format!("{:.2}", f64::from(percent) / 100.0)]));
    }
    // MPRIS has no mute: the volume that the board knows is the one to come back to.
    if let Some(muted) = change.muted {
        let percent = if muted { 0 } else { before.unwrap_or(HALF) };
        keys.push(key(&["volume", &format!("{:.2}", f64::from(percent) / 100.0)]));
    }
    (!keys.is_empty()).then_some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_become_media_keys() {
        let set = |change| keys(&Order::Set(change), Some(40)).unwrap();
        assert_eq!(set(State { playing: Some(false), ..State::default() }), [["pause"]]);
        assert_eq!(set(State { on: Some(true), playing: Some(true), ..State::default() }), [["play"]]);
        let mute = |muted| set(State { muted: Some(muted), ..State::default() });
        assert_eq!(
            (mute(true), mute(false)),
            (vec![vec!["volume".into(), "0.00".into()]], vec![vec!["volume".into(), "0.40".into()]])
        );
        assert_eq!(set(State { volume: Some(35), ..State::default() }), [["volume", "0.35"]]);
        assert_eq!(keys(&Order::Next, None).unwrap(), [["next"]]);
        assert_eq!(keys(&Order::Activate, None), None);
        assert_eq!(program(Some("vlc"), &["next".into()]), ["playerctl", "--player=vlc", "next"]);
    }

    #[test]
    fn what_plays_is_read() {
        let state = read("Playing\n", Some(0.4));
        assert_eq!((state.playing, state.volume), (Some(true), Some(40)));
    }
}
