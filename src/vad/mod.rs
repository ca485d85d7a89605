//! Whether somebody speaks, and when an utterance is over.

mod endpoint;

pub use endpoint::{Endpoint, Endpointer, duration_ms};

/// When an utterance begins and ends. Times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EndpointConfig {
    /// Sound kept from before speech was noticed. 0–1000.
    pub pre_roll_ms: u64,
    /// Speech shorter than this is a click, not an utterance. 50–1000.
    pub min_speech_ms: u64,
    /// Silence that ends an utterance. 200–2000.
    pub trailing_silence_ms: u64,
    /// The longest utterance. 1000–60000.
    pub max_speech_ms: u64,
    /// How long to wait for somebody to begin. 500–30000.
    pub no_speech_ms: u64,
    /// Voice activity (0–1) from which a frame counts as speech.
    pub threshold: f32,
}

impl Default for EndpointConfig {
    fn default() -> Self {
        Self {
            pre_roll_ms: 320,
            min_speech_ms: 160,
            trailing_silence_ms: 600,
            max_speech_ms: 12_000,
            no_speech_ms: 3_000,
            threshold: 0.5,
        }
    }
}
