//! What is lent to plugins while they are served: the home, the store, a voice.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::protocol;
use crate::clock::Clock;
use crate::event::EventKind;
use crate::home::backend::{Order, Trouble};
use crate::home::{House, State};
use crate::nlu::sentences::KnownList;
use crate::store::Store;
use crate::vocabulary::{self, Added};

/// What the mind lends to plugins while it serves them.
pub trait Host {
    fn now(&self) -> Timestamp;
    fn language(&self) -> &str;
    fn store(&mut self) -> &mut dyn Store;
    /// The home's devices, always in the same order.
    fn devices(&self) -> Vec<protocol::Device>;
    /// Changes a device, by its place in [`Host::devices`].
    ///
    /// # Errors
    /// In words, when it cannot be.
    fn change(&mut self, device: usize, change: &State) -> Result<(), String>;
    /// Adds a value to a list of the sentence files.
    ///
    /// # Errors
    /// In words, when it is refused.
    fn add_words(&mut self, added: Added) -> Result<(), String>;
    /// Says something that nobody asked for.
    fn say(&mut self, text: &str);
    fn report(&mut self, kind: EventKind);
}

/// What is lent; what plugins did and said is collected here.
pub struct Lent<'a> {
    pub house: &'a mut House,
    pub store: &'a mut dyn Store,
    pub clock: &'a dyn Clock,
    pub language: &'a str,
    pub lists: &'a [KnownList],
    pub reports: Vec<EventKind>,
    pub said: Vec<String>,
}

impl<'a> Lent<'a> {
    /// Lends these; nothing was done or said yet.
    #[must_use]
    pub fn new(
        house: &'a mut House,
        store: &'a mut dyn Store,
        clock: &'a dyn Clock,
        language: &'a str,
        lists: &'a [KnownList],
    ) -> Self {
        Self { house, store, clock, language, lists, reports: Vec::new(), said: Vec::new() }
    }
}

impl Host for Lent<'_> {
    fn now(&self) -> Timestamp {
        self.clock.now().timestamp()
    }

    fn language(&self) -> &str {
        self.language
    }

    fn store(&mut self) -> &mut dyn Store {
        self.store
    }

    fn devices(&self) -> Vec<protocol::Device> {
        let devices = self.house.home().devices.iter().enumerate();
        devices
            .map(|(index, device)| protocol::Device {
                name: device.names.name.clone(),
                area: device.area.clone(),
                domain: device.kind.domain().to_owned(),
                state: fields(self.house.state(index)),
            })
            .collect()
    }

    fn change(&mut self, device: usize, change: &State) -> Result<(), String> {
        change.check(self.house.home().devices[device].kind)?;
        let did = self.house.change(&[(device, change.clone())], self.store);
        for (device, order) in did.map_err(|error| error.to_string())? {
            if let Order::Set(state) = order {
                let target = Some(self.house.home().label(device));
                let value = Value::Object(fields(&state));
                self.reports.push(EventKind::Action { action: "set".into(), target, value });
            }
        }
        let label = self.house.home().label(device);
        match self.house.take_troubles().first() {
            None => Ok(()),
            Some((_, Trouble::Away)) => Err(format!("`{label}` is out of reach")),
            Some((_, Trouble::Silent | Trouble::Unconfirmed)) => {
                Err(format!("`{label}` has not confirmed it"))
            }
            Some((_, Trouble::Failed)) => Err(format!("`{label}` could not do it")),
        }
    }

    fn add_words(&mut self, added: Added) -> Result<(), String> {
        vocabulary::add(self.store, self.language, self.lists, &[added]).map_err(|error| error.to_string())
    }

    fn say(&mut self, text: &str) {
        self.said.push(text.to_owned());
    }

    fn report(&mut self, kind: EventKind) {
        self.reports.push(kind);
    }
}

fn fields(state: &State) -> Map<String, Value> {
    match serde_json::to_value(state) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}
