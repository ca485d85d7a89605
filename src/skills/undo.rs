//! The way back: states of devices as they were before a change.

use super::World;
use crate::home::State;

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
