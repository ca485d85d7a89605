//! The voice: from text to sound.

mod cache;
mod common;
pub mod cues;
mod espeak;
mod narrator;
mod pieces;
mod piper;
#[cfg(test)]
mod pitch;
pub mod quiet;
pub mod spoken;

use crate::audio::{Resampler, SAMPLE_RATE};
use crate::config::Config;

pub use cues::{Cue, Cues};
pub use espeak::Espeak;
pub use narrator::Narrator;
pub use piper::Piper;
pub use quiet::QuietHours;

/// Spoken text or a feedback sound, one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Speech {
    pub samples: Vec<i16>,
    /// Samples a second, as the voice made them.
    pub sample_rate: u32,
}

impl Speech {
    /// The samples as the ear hears them: 16 kHz. None for a rate that no voice has.
    #[must_use]
    pub fn for_the_ear(&self) -> Vec<i16> {
        Resampler::new(self.sample_rate).map_or_else(Vec::new, |resampler| resampler.whole(&self.samples))
    }

    #[must_use]
    pub fn silence(ms: u64) -> Self {
        Self {
            samples: vec![0; usize::try_from(ms * u64::from(SAMPLE_RATE) / 1000).unwrap_or(0)],
            sample_rate: SAMPLE_RATE,
        }
    }
}

/// How something is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Manner {
    /// Slowly, for somebody who asked for it.
    pub slow: bool,
}

impl Manner {
    /// Words a minute, for a voice that usually speaks at `usual`.
    #[must_use]
    pub fn rate(self, usual: u32) -> u32 {
        if self.slow { (usual * 7 / 10).max(80) } else { usual }
    }
}

/// Makes speech.
pub trait Voice: Send {
    /// The voice's name, as `doctor` shows it.
    fn name(&self) -> String;

    /// # Errors
    /// When the voice cannot speak.
    fn speak(&mut self, text: &str, language: &str) -> Result<Speech, TtsError>;

    /// Speaks in a manner. A voice that knows only one keeps to it.
    ///
    /// # Errors
    /// When the voice cannot speak.
    fn speak_as(&mut self, text: &str, language: &str, manner: Manner) -> Result<Speech, TtsError> {
        let _ = manner;
        self.speak(text, language)
    }

    /// The pieces that a text is best spoken in, so that the first is soon heard.
    fn pieces(&self, text: &str, language: &str) -> Vec<String> {
        let _ = language;
        vec![text.to_owned()]
    }

    /// Everything that changes how it sounds in a language.
    fn identity(&self, language: &str) -> String {
        let _ = language;
        self.name()
    }

    /// Gets ready to speak a language, in the background: whoever lives long calls this once.
    fn prepare(&mut self, language: &str) {
        let _ = language;
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
    #[error("`piper` is not in PATH; install it (`pipx install piper-tts`), or set `tts.engine = \"auto\"`")]
    NoPiper,
    #[error(
        "there is no Piper voice for `{language}`: put its `.onnx` and `.onnx.json` files into a folder of \
         models (`entrenous config show` names them)"
    )]
    NoPiperVoice { language: String },
    #[error("there is no Piper voice `{name}`; installed: {installed}; see `tts.piper_voice`")]
    UnknownPiperVoice { name: String, installed: String },
    #[error("`{program}` could not speak: {reason}")]
    Failed { program: String, reason: String },
}

/// The voice that the configuration asks for, and the choice in one plain line.
///
/// `auto` is Piper where the program and a voice for the household's language are installed, else
/// espeak-ng; where neither is, answers are shown and not spoken, and the line says so.
///
/// # Errors
/// When an engine or a voice is asked for by name and is not installed.
pub fn build(config: &Config) -> Result<(Box<dyn Voice>, String), TtsError> {
    let tts = &config.tts;
    let piper = || Piper::find(tts, &config.model_dirs, &config.language);
    let engine: Box<dyn Voice> = match tts.engine.as_str() {
        "none" => return Ok((Box::new(Silent), "voice: none; answers are shown and not spoken".to_owned())),
        "piper" => Box::new(piper()?),
        "espeak-ng" => Box::new(Espeak::find(tts)?),
        _ => match (piper(), Espeak::find(tts)) {
            // A name that is mistyped is no reason to use another voice.
            (Err(error @ TtsError::UnknownPiperVoice { .. }), _) => return Err(error),
            (Ok(piper), espeak) => Box::new(Best { piper, espeak: espeak.ok(), stands_in: false }),
            (Err(_), Ok(espeak)) => Box::new(espeak),
            (Err(_), Err(error)) => {
                let choice = format!("voice: none; answers are shown and not spoken ({error})");
                return Ok((Box::new(Silent), choice));
            }
        },
    };
    let choice = format!("voice: {}", engine.name());
    let folder = config.data_dir.join("cache/speech");
    Ok((Box::new(Narrator::new(engine, &config.language, Some(&folder))), choice))
}

/// The voice of `tts.engine = "auto"` where Piper is installed: espeak-ng stands in, and says so in
/// the log, for languages without a Piper voice and when Piper fails.
struct Best {
    piper: Piper,
    espeak: Option<Espeak>,
    /// Whether Piper failed last.
    stands_in: bool,
}

impl Voice for Best {
    fn name(&self) -> String {
        self.piper.name()
    }

    fn identity(&self, language: &str) -> String {
        match &self.espeak {
            Some(espeak) if self.stands_in || !self.piper.speaks(language) => espeak.identity(language),
            _ => self.piper.identity(language),
        }
    }

    fn prepare(&mut self, language: &str) {
        self.piper.prepare(language);
    }

    fn speak(&mut self, text: &str, language: &str) -> Result<Speech, TtsError> {
        self.speak_as(text, language, Manner::default())
    }

    fn speak_as(&mut self, text: &str, language: &str, manner: Manner) -> Result<Speech, TtsError> {
        let said = self.piper.speak_as(text, language, manner);
        match (said, &mut self.espeak) {
            (Err(error), Some(espeak)) => {
                self.stands_in = self.piper.speaks(language);
                if self.stands_in {
                    tracing::warn!("{error}; espeak-ng speaks instead");
                }
                espeak.speak_as(text, language, manner)
            }
            (said, _) => {
                self.stands_in = false;
                said
            }
        }
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
