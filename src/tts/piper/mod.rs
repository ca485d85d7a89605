//! Piper, a neural voice, where it is installed: a `piper` program (the C++ one or the Python
//! package's) and voices (`NAME.onnx` with `NAME.onnx.json`) in the folders of models.
//!
//! Loading a voice takes a second or more, so that a process stays and gets a line of text for
//! each piece. Both programs write a sound file for a line (`--output_dir`) and name it when it is
//! whole; that is the one way to know where a piece ends which both share. The files are in memory
//! (`/run/user` or `/dev/shm`) and removed as soon as they are read.

mod process;
mod voices;

use std::path::{Path, PathBuf};

use super::espeak::plain;
use super::{Manner, Speech, TtsError, Voice};
use crate::config::TtsConfig;
use crate::programs;
use process::Process;
pub use voices::PiperVoice;

const PROGRAM: &str = "piper";

/// The rate at which Piper's voices were recorded, in words a minute, more or less.
const USUAL_RATE: f64 = 165.0;

/// Processes that stay: a language's voice and its slow manner, or two languages.
const PROCESSES: usize = 2;

/// Piper with the household's rate. Its pitch is the voice's own.
pub struct Piper {
    program: PathBuf,
    voices: Vec<PiperVoice>,
    /// The voice that was named, if one was.
    named: Option<PiperVoice>,
    rate: u32,
    /// The latest used last.
    processes: Vec<Process>,
}

impl Piper {
    /// Looks for the program in `PATH` and for voices in the folders of models; there must be one
    /// for `language`.
    ///
    /// # Errors
    /// When the program, the voice that is named, or any voice for the language is missing.
    pub fn find(config: &TtsConfig, dirs: &[PathBuf], language: &str) -> Result<Self, TtsError> {
        let program = programs::find(PROGRAM).ok_or(TtsError::NoPiper)?;
        Self::with_program(program, config, dirs, language)
    }

    fn with_program(
        program: PathBuf,
        config: &TtsConfig,
        dirs: &[PathBuf],
        language: &str,
    ) -> Result<Self, TtsError> {
        let voices = voices::installed(dirs);
        let named = match config.piper_voice.as_str() {
            "auto" => None,
            name => Some(voices::named(name, &voices)?),
        };
        let piper = Self { program, voices, named, rate: config.rate, processes: Vec::new() };
        piper.voice(language)?;
        Ok(piper)
    }

    /// Whether there is a voice for a language.
    #[must_use]
    pub fn speaks(&self, language: &str) -> bool {
        self.voice(language).is_ok()
    }

    /// The named voice where it fits, else the first of the language.
    fn voice(&self, language: &str) -> Result<&PiperVoice, TtsError> {
        let fits = |voice: &&PiperVoice| voice.speaks(language);
        self.named
            .as_ref()
            .filter(fits)
            .or_else(|| self.voices.iter().find(fits))
            .ok_or_else(|| TtsError::NoPiperVoice { language: language.to_owned() })
    }

    /// How long a sound lasts, 1 being the voice's own.
    fn length_scale(&self, manner: Manner) -> f64 {
        USUAL_RATE / f64::from(manner.rate(self.rate))
    }

    /// The process for a voice and a speed: one that runs, or a new one.
    fn process(&mut self, model: &Path, scale: f64) -> Result<&mut Process, TtsError> {
        let fits = |process: &Process| process.is(model, scale);
        let process = if let Some(at) = self.processes.iter().position(fits) {
            self.processes.remove(at)
        } else {
            if self.processes.len() >= PROCESSES {
                self.processes.remove(0);
            }
            Process::start(&self.program, model, scale)?
        };
        self.processes.push(process);
        let last = self.processes.len() - 1;
        Ok(&mut self.processes[last])
    }
}

impl Voice for Piper {
    fn name(&self) -> String {
        let names: Vec<&str> = match &self.named {
            Some(voice) => vec![voice.name.as_str()],
            None => self.voices.iter().map(|voice| voice.name.as_str()).collect(),
        };
        format!("{PROGRAM} (rate {}, {})", self.rate, names.join(", "))
    }

    fn identity(&self, language: &str) -> String {
        let voice = self.voice(language);
        let voice = voice.map_or_else(|_| String::new(), |voice| voice.model.display().to_string());
        format!("{PROGRAM} {} {voice}", self.rate)
    }

    /// Lets the voice load.
    fn prepare(&mut self, language: &str) {
        let scale = self.length_scale(Manner::default());
        let model = self.voice(language).map(|voice| voice.model.clone());
        if let Err(error) = model.and_then(|model| self.process(&model, scale).map(|_| ())) {
            // The first answer will meet the same fault, and say so as an event.
            tracing::warn!("{error}");
        }
    }

    fn speak(&mut self, text: &str, language: &str) -> Result<Speech, TtsError> {
        self.speak_as(text, language, Manner::default())
    }

    fn speak_as(&mut self, text: &str, language: &str, manner: Manner) -> Result<Speech, TtsError> {
        let text = plain(text);
        if text.is_empty() {
            return Ok(Speech::silence(0));
        }
        let model = self.voice(language)?.model.clone();
        let scale = self.length_scale(manner);
        let said = self.process(&model, scale)?.say(&text);
        if said.is_err() {
            // What it still says belongs to this text: the next one gets a new process.
            self.processes.retain(|process| !process.is(&model, scale));
        }
        said
    }
}

#[cfg(test)]
mod tests;
