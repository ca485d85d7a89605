//! The voice: from text to sound.

use crate::audio::SAMPLE_RATE;

/// Spoken text or a feedback sound, one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Speech {
    pub samples: Vec<i16>,
    /// Samples a second, as the voice made them.
    pub sample_rate: u32,
}

impl Speech {
    #[must_use]
    pub fn silence(ms: u64) -> Self {
        Self {
            samples: vec![0; usize::try_from(ms * u64::from(SAMPLE_RATE) / 1000).unwrap_or(0)],
            sample_rate: SAMPLE_RATE,
        }
    }
}

/// Makes speech.
pub trait Voice: Send {
    /// The voice's name, as `doctor` shows it.
    fn name(&self) -> String;

    /// # Errors
    /// When the voice cannot speak.
    fn speak(&mut self, text: &str, language: &str) -> Result<Speech, TtsError>;
}

/// What can go wrong with the voice.
#[derive(Debug, thiserror::Error)]
pub enum TtsError {
    #[error("`espeak-ng` is not installed; install it with `sudo apt install espeak-ng`")]
    NoEspeak,
    #[error("`{program}` could not speak: {reason}")]
    Failed { program: String, reason: String },
}
