//! The home behind its backends: a real Mosquitto with devices that are played, a scripted Home
//! Assistant, programs and players. From what somebody says to what the devices did.

#[cfg(feature = "mqtt")]
mod broker;
#[cfg(all(feature = "homeassistant", feature = "mqtt"))]
mod hass;
#[cfg(all(feature = "homeassistant", feature = "mqtt"))]
mod homeassistant;
#[cfg(feature = "mqtt")]
mod mqtt;
mod programs;
#[cfg(feature = "mqtt")]
mod puppets;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use entrenous::clock::ManualClock;
use entrenous::config::{Config, HomeAssistantConfig, MqttConfig};
use entrenous::event::{Event, EventKind};
use entrenous::home::Home;
use entrenous::home::backend::Wiring;
use entrenous::home::backend::board::Line;
use entrenous::household::{Household, shipped_sentences};
use entrenous::mind::Mind;
use entrenous::store::MemoryStore;

/// A mind with real devices.
pub struct Living {
    mind: Mind,
}

/// What was said and done.
#[derive(Debug, PartialEq)]
pub struct Came {
    pub said: String,
    /// Targets of actions.
    pub did: Vec<String>,
    pub took: Duration,
}

/// What reaches devices on this machine, with this long to confirm.
pub fn wiring(answer_ms: u64) -> Wiring {
    let config = Config::default();
    Wiring {
        mqtt: MqttConfig { host: "127.0.0.1".into(), ..config.mqtt },
        homeassistant: HomeAssistantConfig { ..config.homeassistant },
        lock: None,
        answer: Duration::from_millis(answer_ms),
    }
}

impl Living {
    pub fn new(language: &str, home: &str, wiring: Wiring) -> Self {
        let home = Home::parse(home, Path::new("home.toml")).expect("a home");
        let household =
            Household::from_parts(language, home, &shipped_sentences(language), None).expect("a household");
        let clock = ManualClock::at("2026-11-24T15:00:00[Europe/Paris]".parse().expect("a time"));
        let mut mind =
            Mind::new(household, Box::new(MemoryStore::default()), Arc::new(clock)).expect("a mind");
        mind.connect(wiring).expect("a connection");
        Self { mind }
    }

    pub fn ask(&mut self, text: &str) -> Came {
        let mut events: Vec<Event> = Vec::new();
        let start = Instant::now();
        self.mind.ask(text, 0, &mut |event| events.push(event));
        let took = start.elapsed();
        let mut came = Came { said: String::new(), did: Vec::new(), took };
        for event in events {
            match event.kind {
                EventKind::Reply { text, .. } => came.said = text,
                EventKind::Action { target, .. } => came.did.extend(target),
                _ => {}
            }
        }
        came
    }

    pub fn says(&mut self, text: &str) -> String {
        self.ask(text).said
    }

    /// How a way is doing.
    pub fn line(&mut self, name: &str) -> Line {
        let board = self.mind.house().links().expect("links").board();
        board.lines().into_iter().find(|(own, _)| *own == name).expect("the line is there").1
    }

    /// Waits for a way to become so.
    #[track_caller]
    pub fn wait_for_line(&mut self, name: &str, wanted: impl Fn(&Line) -> bool) {
        self.wait(&format!("the line {name}"), |living| wanted(&living.line(name)));
    }

    /// Waits until every device has said how it is, or cannot.
    pub fn settle(&mut self) {
        self.mind.house().settle(Duration::from_secs(20));
    }

    #[track_caller]
    pub fn wait(&mut self, what: &str, mut so: impl FnMut(&mut Self) -> bool) {
        let until = Instant::now() + Duration::from_secs(40);
        while !so(self) {
            assert!(Instant::now() < until, "waited in vain for {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
