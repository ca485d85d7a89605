//! Finding the beginning and the end of an utterance.

use crate::audio::Frame;
use crate::event::EndReason;

use super::EndpointConfig;

/// What a frame brought.
#[derive(Debug, Clone, PartialEq)]
pub enum Endpoint {
    /// Still waiting for speech, or still hearing it.
    Continue,
    /// Speech began (now is the first frame after it was certain).
    Started,
    /// The utterance is over; its samples, pre-roll included.
    Ended { samples: Vec<i16>, reason: EndReason },
    /// Nobody spoke in time.
    NoSpeech,
}

/// Collects one utterance, frame by frame.
pub struct Endpointer {
    config: EndpointConfig,
}

impl Endpointer {
    #[must_use]
    pub fn new(config: EndpointConfig) -> Self {
        Self { config }
    }

    /// Hears one frame.
    pub fn push(&mut self, _frame: &Frame) -> Endpoint {
        let _ = self.config;
        todo!("ear helper")
    }

    /// The input is over: gives the utterance heard so far, if there was one.
    pub fn finish(&mut self) -> Endpoint {
        todo!("ear helper")
    }

    /// Starts anew, for the next utterance.
    pub fn reset(&mut self) {
        todo!("ear helper")
    }
}
