//! The way back: states of devices as they were before a change.

use crate::home::State;

/// What each device was (`states`, by device) in those respects that a change concerns. What was not
/// known stays, but for on and off: it was the other one, or nobody would have asked for it.
pub(super) fn before(states: &[State], changes: &[(usize, State)]) -> Vec<(usize, State)> {
    let mut before: Vec<(usize, State)> = Vec::new();
    for (index, change) in changes {
        let mut kept = states[*index].only_where(change);
        kept.on = kept.on.or(change.on.map(|on| !on));
        match before.iter_mut().find(|(known, _)| known == index) {
            Some((_, known)) => known.apply(&kept),
            None => before.push((*index, kept)),
        }
    }
    before
}
