//! Whether somebody speaks, and when an utterance is over.

mod endpoint;
mod level;

pub use endpoint::{Endpoint, Endpointer, PAUSE_MS, duration_ms};

/// When an utterance begins and ends. Times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EndpointConfig {
    /// Sound kept from before speech was noticed. 0–1000.
    pub pre_roll_ms: u64,
    /// Speech shorter than this is a click, not an utterance. 50–1000.
    pub min_speech_ms: u64,
    /// Silence that ends an utterance. 200–2000.
    pub trailing_silence_ms: u64,
    /// Silence that ends an utterance which says everything already. 200–2000.
    pub complete_silence_ms: u64,
    /// Silence that ends an utterance which is no sentence yet. 200–3000.
    pub incomplete_silence_ms: u64,
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
            complete_silence_ms: 400,
            incomplete_silence_ms: 800,
            max_speech_ms: 12_000,
            no_speech_ms: 3_000,
            threshold: 0.6,
        }
    }
}

impl EndpointConfig {
    /// The silence that ends an utterance, by what is known of its words.
    #[must_use]
    pub fn silence_ms(&self, known: Option<Completeness>) -> u64 {
        match known {
            Some(Completeness::Complete) => self.complete_silence_ms,
            Some(Completeness::Incomplete) => self.incomplete_silence_ms,
            Some(Completeness::MayContinue) | None => self.trailing_silence_ms,
        }
    }
}

/// Whether the words so far are all that there is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// A whole sentence, and no sentence begins with it and goes on.
    Complete,
    /// A whole sentence, and others begin with it.
    MayContinue,
    /// Not a sentence yet, or in the middle of a number.
    Incomplete,
}
