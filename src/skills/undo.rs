//! The way back: states of devices as they were before a change.

use crate::home::State;

/// What each device was (`states`, by device) in those respects that a change concerns. What was not
/// known stays.
pub(super) fn before(states: &[State], changes: &[(usize, State)]) -> Vec<(usize, State)> {
    let mut before: Vec<(usize, State)> = Vec::new();
    for (index, change) in changes {
        let kept = states[*index].only_where(change);
        match before.iter_mut().find(|(known, _)| known == index) {
            Some((_, known)) => known.apply(&kept),
            None => before.push((*index, kept)),
        }
    }
    before
}
