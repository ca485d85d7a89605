//! The home with its state: what is only simulated is kept in the store, what is real is told by the
//! devices themselves and only by them.

use std::time::Duration;

use super::backend::{Links, Order, Trouble, Wiring};
use super::{Home, Kind, State};
use crate::store::{Store, StoreError};

/// The store's namespace of device states.
const NAMESPACE: &str = "device";

/// A home whose devices have a state.
#[derive(Debug)]
pub struct House {
    home: Home,
    /// One for each device, in the same order.
    states: Vec<State>,
    /// What real devices are reached by; without it, all are simulated.
    wiring: Option<Wiring>,
    links: Option<Links>,
    /// What did not do what it was last told.
    troubles: Vec<(usize, Trouble)>,
}

impl House {
    /// The home as it was left: states from the store, else those of the home file. Everything is
    /// simulated until it is [connected](Self::connect).
    ///
    /// A record that no longer fits its device (the file has changed) is passed over.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn restore(home: Home, store: &dyn Store) -> Result<Self, StoreError> {
        let mut house = Self { states: Vec::new(), home, wiring: None, links: None, troubles: Vec::new() };
        house.refresh(store)?;
        Ok(house)
    }

    /// Reaches out for the devices that are real. Their state is unknown until they tell it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn connect(&mut self, wiring: Wiring, store: &dyn Store) -> Result<(), StoreError> {
        self.links = Some(wiring.connect(&self.home));
        self.wiring = Some(wiring);
        self.refresh(store)
    }

    /// Takes over a home file that was read again, and reaches out anew where it has changed.
    ///
    /// # Errors
    /// When the store cannot be read; then the old home stays.
    pub fn renew(&mut self, home: Home, store: &dyn Store) -> Result<(), StoreError> {
        if home == self.home {
            return self.refresh(store);
        }
        let mut house = Self::restore(home, store)?;
        if let Some(wiring) = self.wiring.clone() {
            house.connect(wiring, store)?;
        }
        *self = house;
        Ok(())
    }

    /// Takes over what another process has written to the store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn refresh(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        let initial = |(index, device): (usize, &super::Device)| {
            if self.is_real(index) { State::default() } else { device.initial.clone() }
        };
        let mut states: Vec<State> = self.home.devices.iter().enumerate().map(initial).collect();
        for (key, record) in store.list(NAMESPACE)? {
            let Some(index) = (0..self.home.devices.len()).find(|index| self.key(*index) == key) else {
                continue;
            };
            if self.is_real(index) {
                continue;
            }
            match serde_json::from_value::<State>(record) {
                Ok(state) if state.check(self.home.devices[index].kind).is_ok() => {
                    states[index].apply(&state);
                }
                _ => tracing::warn!(device = key, "the stored state does not fit the device; it is left out"),
            }
        }
        self.states = states;
        self.hear();
        Ok(())
    }

    /// Takes over what real devices have said by now.
    pub fn hear(&mut self) {
        if let Some(links) = &self.links {
            for device in (0..self.states.len()).filter(|device| links.has(*device)) {
                self.states[device] = links.board().heard(device).state;
            }
        }
        for group in (0..self.states.len()).filter(|index| self.home.devices[*index].is_group()) {
            self.states[group] = together(&self.home, group, &self.states);
        }
    }

    /// Gives real devices a moment to tell how they are: for a program that asks once and ends.
    pub fn settle(&mut self, patience: Duration) {
        if let Some(links) = &self.links {
            links.settle(patience);
        }
        self.hear();
    }

    #[must_use]
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// What real devices are reached by, once connected.
    #[must_use]
    pub fn links(&self) -> Option<&Links> {
        self.links.as_ref()
    }

    /// The state of a device, by its index in [`Home::devices`].
    #[must_use]
    pub fn state(&self, device: usize) -> &State {
        &self.states[device]
    }

    /// Whether a device is known to be out of reach, so that its state is only an old one.
    #[must_use]
    pub fn is_away(&self, device: usize) -> bool {
        self.links.as_ref().is_some_and(|links| !links.reaches(device))
    }

    /// Carries out orders. What is simulated is on disk when this returns, or nothing has happened;
    /// what is real has confirmed, or is among [the troubles](Self::troubles). Groups do it member
    /// by member. Gives what was done, by device.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn carry_out(
        &mut self,
        orders: &[(usize, Order)],
        store: &mut dyn Store,
    ) -> Result<Vec<(usize, Order)>, StoreError> {
        let orders = self.by_member(orders);
        let mut states = self.states.clone();
        let mut records = Vec::new();
        for (device, order) in orders.iter().filter(|(device, _)| !self.is_real(*device)) {
            if let Order::Set(change) = order {
                states[*device].apply(change);
                let record = serde_json::to_value(&states[*device]).unwrap_or_default();
                records.push((self.key(*device), Some(record)));
            }
        }
        store.write(NAMESPACE, &records)?;
        self.states = states;
        let troubles = self.links.as_mut().map(|links| links.carry_out(&orders)).unwrap_or_default();
        self.hear();
        let did = orders.into_iter().filter(|(device, _)| troubles.iter().all(|(other, _)| other != device));
        let did = did.collect();
        self.troubles.extend(troubles);
        Ok(did)
    }

    /// Changes devices, as [`House::carry_out`] does.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn change(
        &mut self,
        changes: &[(usize, State)],
        store: &mut dyn Store,
    ) -> Result<Vec<(usize, Order)>, StoreError> {
        let orders: Vec<_> =
            changes.iter().map(|(device, change)| (*device, Order::Set(change.clone()))).collect();
        self.carry_out(&orders, store)
    }

    /// What did not do what it was told, since this was last taken.
    #[must_use]
    pub fn troubles(&self) -> &[(usize, Trouble)] {
        &self.troubles
    }

    /// The same, and forgets them.
    pub fn take_troubles(&mut self) -> Vec<(usize, Trouble)> {
        std::mem::take(&mut self.troubles)
    }

    /// Orders to groups as orders to their members, each as far as it can follow.
    #[must_use]
    pub fn by_member(&self, orders: &[(usize, Order)]) -> Vec<(usize, Order)> {
        let mut all: Vec<(usize, Order)> = Vec::new();
        for (device, order) in orders {
            let members = &self.home.devices[*device].members;
            let each = if members.is_empty() { std::slice::from_ref(device) } else { members };
            for member in each {
                let order = match order {
                    Order::Set(change) if *member != *device => {
                        Order::Set(self.home.devices[*member].as_far_as_possible(change))
                    }
                    order => order.clone(),
                };
                if order != Order::Set(State::default()) && !all.contains(&(*member, order.clone())) {
                    all.push((*member, order));
                }
            }
        }
        all
    }

    /// Whether a device is behind a backend, and its state its own.
    #[must_use]
    pub fn is_real(&self, device: usize) -> bool {
        self.links.as_ref().is_some_and(|links| links.has(device))
    }

    /// A device's key in the store: no two devices share area, kind and name.
    fn key(&self, device: usize) -> String {
        let device = &self.home.devices[device];
        let area = device.area.as_deref().unwrap_or_default();
        format!("{area}/{}/{}", device.kind.domain(), device.names.name)
    }
}

/// The state of a group: on when one member is, locked when all are, open as far as the furthest.
fn together(home: &Home, group: usize, states: &[State]) -> State {
    let members: Vec<&State> = home.devices[group].members.iter().map(|index| &states[*index]).collect();
    let kind = home.devices[group].kind;
    let any =
        |flag: fn(&State) -> Option<bool>| members.iter().filter_map(|it| flag(it)).reduce(|a, b| a || b);
    let all =
        |flag: fn(&State) -> Option<bool>| members.iter().filter_map(|it| flag(it)).reduce(|a, b| a && b);
    let most = |level: fn(&State) -> Option<u8>| members.iter().filter_map(|it| level(it)).max();
    let mean = |level: fn(&State) -> Option<f64>| {
        let levels: Vec<f64> = members.iter().filter_map(|it| level(it)).collect();
        (!levels.is_empty()).then(|| levels.iter().sum::<f64>() / levels.len() as f64)
    };
    match kind {
        Kind::Cover => State { position: most(|it| it.position), ..State::default() },
        Kind::Lock => State { locked: all(|it| it.locked), ..State::default() },
        Kind::Climate => State {
            on: any(|it| it.on),
            temperature: mean(|it| it.temperature),
            target: mean(|it| it.target),
            ..State::default()
        },
        Kind::Light => State {
            on: any(|it| it.on),
            brightness: most(|it| it.brightness.filter(|_| it.on == Some(true))),
            ..State::default()
        },
        _ => State { on: any(|it| it.on), ..State::default() },
    }
}
