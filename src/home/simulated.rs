//! Devices that are only simulated: commands change a state, which the store keeps.

use super::{Home, State};
use crate::store::{Store, StoreError};

/// The store's namespace of device states.
const NAMESPACE: &str = "device";

/// A home whose devices have a state.
#[derive(Debug)]
pub struct SimulatedHome {
    home: Home,
    /// One for each device, in the same order.
    states: Vec<State>,
}

impl SimulatedHome {
    /// The home as it was left: states from the store, else those of the home file.
    ///
    /// A record that no longer fits its device (the file has changed) is passed over.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn restore(home: Home, store: &dyn Store) -> Result<Self, StoreError> {
        let mut house = Self { states: Vec::new(), home };
        house.refresh(store)?;
        Ok(house)
    }

    /// Takes over what another process has written to the store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn refresh(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        self.states = self.home.devices.iter().map(|device| device.initial.clone()).collect();
        for (key, record) in store.list(NAMESPACE)? {
            let Some(index) = (0..self.home.devices.len()).find(|index| self.key(*index) == key) else {
                continue;
            };
            match serde_json::from_value::<State>(record) {
                Ok(state) if state.check(self.home.devices[index].kind).is_ok() => {
                    self.states[index].apply(&state);
                }
                _ => tracing::warn!(device = key, "the stored state does not fit the device; it is left out"),
            }
        }
        Ok(())
    }

    #[must_use]
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The state of a device, by its index in [`Home::devices`].
    #[must_use]
    pub fn state(&self, device: usize) -> &State {
        &self.states[device]
    }

    /// Changes devices; all of it is on disk when this returns, or nothing has changed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn change(&mut self, changes: &[(usize, State)], store: &mut dyn Store) -> Result<(), StoreError> {
        let mut states = self.states.clone();
        for (device, change) in changes {
            states[*device].apply(change);
        }
        let mut records = Vec::new();
        for (device, _) in changes {
            let record = serde_json::to_value(&states[*device]).unwrap_or_default();
            records.push((self.key(*device), Some(record)));
        }
        store.write(NAMESPACE, &records)?;
        self.states = states;
        Ok(())
    }

    /// A device's key in the store: no two devices share area, kind and name.
    fn key(&self, device: usize) -> String {
        let device = &self.home.devices[device];
        let area = device.area.as_deref().unwrap_or_default();
        format!("{area}/{}/{}", device.kind.domain(), device.names.name)
    }
}
