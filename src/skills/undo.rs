//! The way back: states of devices and records of the store as they were before a change.

use std::collections::BTreeMap;

use serde_json::Value;

use super::World;
use crate::home::State;

/// What must be written to have records back as they were: those that are gone or were changed, and
/// nothing (`None`) where one is new.
pub(super) fn way_back(
    before: &BTreeMap<String, Value>,
    now: &BTreeMap<String, Value>,
) -> Vec<(String, Option<Value>)> {
    let back = before.iter().filter(|(key, old)| now.get(*key) != Some(old));
    let new = now.keys().filter(|key| !before.contains_key(*key));
    let back = back.map(|(key, old)| (key.clone(), Some(old.clone())));
    back.chain(new.map(|key| (key.clone(), None))).collect()
}

/// What each device was in those respects that a change concerns. What was not known stays, but for
/// on and off: it was the other one, or nobody would have asked for it.
pub(super) fn before(world: &World, changes: &[(usize, State)]) -> Vec<(usize, State)> {
    let mut before: Vec<(usize, State)> = Vec::new();
    for (index, change) in changes {
        if before.iter().all(|(known, _)| known != index) {
            let mut kept = world.house.state(*index).only_where(change);
            kept.on = kept.on.or(change.on.map(|on| !on));
            before.push((*index, kept));
        } else if let Some((_, kept)) = before.iter_mut().find(|(known, _)| known == index) {
            kept.apply(&world.house.state(*index).only_where(change));
        }
    }
    before
}
