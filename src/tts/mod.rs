//! The voice: from text to sound.

pub mod cues;
mod espeak;

use crate::audio::SAMPLE_RATE;
use crate::config::TtsConfig;

pub use espeak::Espeak;

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

    /// The same for somebody who asks for it slowly; at the usual speed where the voice knows no other.
    ///
    /// # Errors
    /// When the voice cannot speak.
    fn speak_slowly(&mut self, text: &str, language: &str) -> Result<Speech, TtsError> {
        self.speak(text, language)
    }

    /// Whether it never says anything, on purpose.
    fn is_silent(&self) -> bool {
        false
    }
}

/// What can go wrong with the voice.
#[derive(Debug, thiserror::Error)]
pub enum TtsError {
    #[error("`espeak-ng` is not installed; install it with `sudo apt install espeak-ng`")]
    NoEspeak,
    #[error("`{program}` could not speak: {reason}")]
    Failed { program: String, reason: String },
}

/// The voice that the configuration asks for, and the choice in one plain line.
///
/// `auto` is espeak-ng where it is installed; where it is not, answers are shown and not spoken,
/// and the line says so.
///
/// # Errors
/// When `espeak-ng` is asked for by name and is not installed.
pub fn build(config: &TtsConfig) -> Result<(Box<dyn Voice>, String), TtsError> {
    if config.engine == "none" {
        return Ok((Box::new(Silent), "voice: none; answers are shown and not spoken".to_owned()));
    }
    match Espeak::find(config) {
        Ok(voice) => {
            let choice = format!("voice: {}", voice.name());
            Ok((Box::new(voice), choice))
        }
        Err(error) if config.engine == "auto" => {
            Ok((Box::new(Silent), format!("voice: none; answers are shown and not spoken ({error})")))
        }
        Err(error) => Err(error),
    }
}

/// The voice of `tts.engine = "none"`.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Voice for Silent {
    fn name(&self) -> String {
        "none".to_owned()
    }

    fn speak(&mut self, _text: &str, _language: &str) -> Result<Speech, TtsError> {
        Ok(Speech::silence(0))
    }

    fn is_silent(&self) -> bool {
        true
    }
}
