//! The mind: text in, deeds and answers out. It never sees a sample.

use std::sync::Arc;

use crate::clock::Clock;
use crate::event::Event;
use crate::household::Household;
use crate::store::Store;

/// Everything the mind needs, passed in.
pub struct Mind {
    _private: (),
}

impl Mind {
    /// # Errors
    /// When the store cannot be read.
    pub fn new(_household: Household, _store: Box<dyn Store>, _clock: Arc<dyn Clock>) -> crate::Result<Self> {
        todo!("mind helper")
    }

    /// Takes an event of the ear (others are ignored) and reports what follows from it: `Intent`,
    /// `NotUnderstood`, `Action`, `Reply`, `SessionEnd`, `Fault`. Times are those of `event`.
    pub fn handle(&mut self, _event: &Event, _emit: &mut dyn FnMut(Event)) {
        todo!("mind helper")
    }

    /// Text from a keyboard, as if it had been heard at `at_ms`.
    pub fn ask(&mut self, _text: &str, _at_ms: u64, _emit: &mut dyn FnMut(Event)) {
        todo!("mind helper")
    }

    /// Lets what has become due happen (timers). Call it at least at [`Mind::next_due`].
    pub fn tick(&mut self, _at_ms: u64, _emit: &mut dyn FnMut(Event)) {
        todo!("mind helper")
    }

    /// When something becomes due, by the clock.
    #[must_use]
    pub fn next_due(&self) -> Option<jiff::Timestamp> {
        todo!("mind helper")
    }
}
