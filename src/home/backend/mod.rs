//! Real devices: sending them what they shall do, and hearing what became of it.
//!
//! A [`Backend`] sends and returns at once; whatever its devices say, whenever they say it, goes to
//! the [`Board`], where the house reads it. After an order the house waits there for the devices'
//! own word, all of one command together and never longer than a set time: what is not confirmed
//! is not said to be done.

pub mod board;
pub mod command;
#[cfg(feature = "homeassistant")]
pub mod homeassistant;
#[cfg(feature = "mqtt")]
pub mod mqtt;
pub mod player;
mod process;
pub mod secret;

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Device, Home, Link, State};
use crate::config::{HomeAssistantConfig, MqttConfig};
use crate::lock::Lock;
use board::Board;

/// Something that a device shall do.
#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    /// To become so.
    Set(State),
    /// A scene or script.
    Activate,
    Next,
    Previous,
}

/// Why a device did not do what it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// It is known to be away: switched off, out of reach, or the way to it is down.
    Away,
    /// It said nothing in time.
    Silent,
    /// It said something, and not that it did it.
    Unconfirmed,
    /// It said that it could not.
    Failed,
}

/// A way to devices. Dropping it ends its threads.
pub trait Backend: Send {
    /// Which of the board's lines is its own.
    fn line(&self) -> &'static str;

    /// Sends an order and returns at once.
    ///
    /// # Errors
    /// When it cannot be sent, why.
    fn send(&mut self, device: usize, order: &Order) -> Result<(), Trouble>;
}

/// What is needed to reach real devices.
#[derive(Debug, Clone, PartialEq)]
pub struct Wiring {
    pub mqtt: MqttConfig,
    pub homeassistant: HomeAssistantConfig,
    /// What opens sealed passwords and tokens.
    pub lock: Option<Lock>,
    /// How long devices have to confirm.
    pub answer: Duration,
}

/// The backends of a home, and which device is behind which.
pub struct Links {
    board: Arc<Board>,
    backends: Vec<Box<dyn Backend>>,
    /// For each device its backend, where it has one.
    of: Vec<Option<usize>>,
    answer: Duration,
}

impl std::fmt::Debug for Links {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Links").field("of", &self.of).finish_non_exhaustive()
    }
}

impl Wiring {
    /// Connects to whatever the devices of a home are behind. Does not wait: a way that cannot be
    /// opened is down, which the board says, and is tried again.
    #[must_use]
    pub fn connect(&self, home: &Home) -> Links {
        let board = Arc::new(Board::new(home.devices.iter().map(|device| device.kind).collect()));
        let mut links = Links {
            backends: Vec::new(),
            of: vec![None; home.devices.len()],
            answer: self.answer,
            board: Arc::clone(&board),
        };
        links.add(home, |link| matches!(link, Link::Mqtt(_)), |devices| mqtt(self, &devices, &board));
        links.add(
            home,
            |link| matches!(link, Link::HomeAssistant(_)),
            |devices| homeassistant(self, &devices, &board),
        );
        links.add(
            home,
            |link| matches!(link, Link::Command(_)),
            |devices| Box::new(command::Commands::new(&devices, &board)),
        );
        links.add(
            home,
            |link| matches!(link, Link::Player(_)),
            |devices| Box::new(player::Players::new(&devices, &board)),
        );
        links
    }
}

/// Opens the lock where a secret is sealed: somebody may have to type, which a thread in the background
/// cannot wait for. What is wrong is told when the secret is read.
#[cfg(any(feature = "mqtt", feature = "homeassistant"))]
fn unlock(wiring: &Wiring, secret: Option<&std::path::Path>) {
    if let Some(lock) = wiring.lock.as_ref().filter(|_| secret.is_some_and(secret::is_sealed)) {
        let _ = lock.key();
    }
}

#[cfg(feature = "mqtt")]
fn mqtt(wiring: &Wiring, devices: &[(usize, &Device)], board: &Arc<Board>) -> Box<dyn Backend> {
    unlock(wiring, wiring.mqtt.password_file.as_deref());
    Box::new(mqtt::Mqtt::connect(&wiring.mqtt, wiring.lock.clone(), devices, board))
}

#[cfg(not(feature = "mqtt"))]
fn mqtt(_: &Wiring, _: &[(usize, &Device)], board: &Arc<Board>) -> Box<dyn Backend> {
    Box::new(LeftOut::new("mqtt", board))
}

#[cfg(feature = "homeassistant")]
fn homeassistant(wiring: &Wiring, devices: &[(usize, &Device)], board: &Arc<Board>) -> Box<dyn Backend> {
    unlock(wiring, wiring.homeassistant.token_file.as_deref());
    Box::new(homeassistant::HomeAssistant::connect(
        &wiring.homeassistant,
        wiring.lock.clone(),
        devices,
        board,
    ))
}

#[cfg(not(feature = "homeassistant"))]
fn homeassistant(_: &Wiring, _: &[(usize, &Device)], board: &Arc<Board>) -> Box<dyn Backend> {
    Box::new(LeftOut::new("homeassistant", board))
}

/// A backend that this program was built without.
#[cfg(not(all(feature = "mqtt", feature = "homeassistant")))]
struct LeftOut(&'static str);

#[cfg(not(all(feature = "mqtt", feature = "homeassistant")))]
impl LeftOut {
    fn new(name: &'static str, board: &Board) -> Self {
        board.line(name, board::Line::Down(format!("this program was built without the feature `{name}`")));
        Self(name)
    }
}

#[cfg(not(all(feature = "mqtt", feature = "homeassistant")))]
impl Backend for LeftOut {
    fn line(&self) -> &'static str {
        self.0
    }
    fn send(&mut self, _: usize, _: &Order) -> Result<(), Trouble> {
        Err(Trouble::Away)
    }
}

impl Links {
    fn add(
        &mut self,
        home: &Home,
        is: impl Fn(&Link) -> bool,
        connect: impl FnOnce(Vec<(usize, &Device)>) -> Box<dyn Backend>,
    ) {
        let devices: Vec<(usize, &Device)> =
            home.devices.iter().enumerate().filter(|(_, device)| is(&device.link)).collect();
        if devices.is_empty() {
            return;
        }
        for (index, _) in &devices {
            self.of[*index] = Some(self.backends.len());
        }
        self.backends.push(connect(devices));
    }

    /// What the devices have said.
    #[must_use]
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// Whether a device is behind a backend.
    #[must_use]
    pub fn has(&self, device: usize) -> bool {
        self.of[device].is_some()
    }

    /// Whether a device can be reached, as far as is known.
    #[must_use]
    pub fn reaches(&self, device: usize) -> bool {
        let Some(backend) = self.of[device] else { return true };
        self.board.reaches(device, self.backends[backend].line())
    }

    /// Sends orders, and waits for what comes of them: all devices together, and no longer than
    /// they have. Gives those that did not do it.
    pub fn carry_out(&mut self, orders: &[(usize, Order)]) -> Vec<(usize, Trouble)> {
        let mut troubles = Vec::new();
        let mut waiting = Vec::new();
        for (device, order) in orders {
            let Some(backend) = self.of[*device].map(|index| &mut self.backends[index]) else { continue };
            if !self.board.reaches(*device, backend.line()) {
                troubles.push((*device, Trouble::Away));
                continue;
            }
            let expectation = self.board.expect(*device, backend.line(), order.clone());
            match backend.send(*device, order) {
                Ok(()) => waiting.push(expectation),
                Err(trouble) => troubles.push((*device, trouble)),
            }
        }
        troubles.extend(self.board.wait(&waiting, Instant::now() + self.answer));
        troubles.sort_by_key(|(device, _)| *device);
        troubles
    }

    /// Waits until every way is open or known to be down, and every device has told its state,
    /// for a program that asks once and ends.
    pub fn settle(&self, patience: Duration) {
        let devices: Vec<_> = (0..self.of.len())
            .filter_map(|device| self.of[device].map(|it| (device, self.backends[it].line())))
            .collect();
        self.board.settle(&devices, Instant::now() + patience);
    }
}
