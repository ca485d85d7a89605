//! Where the daemon's frames come from: a microphone, or a script in a test.

use std::time::Duration;

use super::Frame;
use crate::event::EventKind;

/// What a source had to give.
// A frame is copied once where a box would be allocated sixty times a second.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone, PartialEq)]
pub enum Captured {
    Frame(Frame),
    /// Something happened to the source itself: `MicrophoneOpen`, `MicrophoneLost`, `Dropped`.
    Event(EventKind),
    /// Nothing came in time.
    Nothing,
    /// Nothing will ever come again.
    End,
}

/// A stream of frames in real time.
pub trait FrameSource: Send {
    /// Waits up to `timeout` for the next frame or event.
    fn next(&mut self, timeout: Duration) -> Captured;
    /// Lets go of the device; the next call of [`FrameSource::next`] opens it again. A source without
    /// a device has nothing to let go of.
    fn close(&mut self) {}
}
