//! Speech to text.
//!
//! Two engines behind one trait: `pocketsphinx` hears only what the household can say,
//! `whisper` hears anything.

pub mod align;
mod build;
mod cascade;
#[cfg(feature = "pocketsphinx")]
pub mod pocketsphinx;
mod scoped;
pub mod vocabulary;
#[cfg(feature = "whisper")]
pub mod whisper;

use std::path::PathBuf;

use crate::event::Expected;

pub use build::{build, whisper_model};
pub use cascade::Cascade;
pub use scoped::{Lazily, Scoped};
use serde::{Deserialize, Serialize};

/// What is to be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Whatever the household can ask for.
    #[default]
    Commands,
    /// The same where nothing was spoken of lately: nothing that needs something before it ("turn it off
    /// again").
    Fresh,
    /// Answers to a question of this kind, and commands all the same.
    Answers(Expected),
}

/// Turns one whole utterance into text.
pub trait SpeechToText: Send {
    /// The engine's name: `pocketsphinx`, `whisper` or `cascade`.
    fn engine(&self) -> &'static str;

    /// Makes whatever would be made when it is first needed, so that no file is opened later.
    fn prepare(&mut self) {}

    /// Tells what the next utterances are to be heard as, until told otherwise. Engines that hear
    /// anything need not care.
    fn expect(&mut self, scope: Scope) {
        let _ = scope;
    }

    /// Recognises one utterance (16 kHz mono).
    ///
    /// An utterance that is heard but matches nothing is not an error: it is a [`Transcript`] with
    /// `rejected` set. The result depends only on the samples and the vocabulary, not on earlier
    /// calls, so that replays are deterministic.
    ///
    /// # Errors
    /// When the engine fails; the next utterance may succeed.
    fn transcribe(&mut self, samples: &[i16]) -> Result<Transcript, SttError>;

    /// The same, knowing which sentences another recogniser takes for likely (likeliest first). An
    /// engine that cannot use them does not.
    ///
    /// # Errors
    /// As [`SpeechToText::transcribe`].
    fn transcribe_knowing(&mut self, samples: &[i16], _likely: &[String]) -> Result<Transcript, SttError> {
        self.transcribe(samples)
    }
}

/// What was recognised.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Transcript {
    /// The words, lower case; empty when nothing was recognised.
    pub text: String,
    /// 0–1.
    pub confidence: f32,
    /// The engine that spoke.
    pub engine: String,
    /// Why it was that one, where another could have; never a word that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Whether some of the words stand where any may, so that a closed recogniser guessed them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wild: bool,
    /// Other readings, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Hypothesis>,
    /// Why this must not be acted on, when it must not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected: Option<String>,
}

/// One reading of an utterance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hypothesis {
    pub text: String,
    /// 0–1.
    pub confidence: f32,
}

/// What can go wrong with speech to text.
#[derive(Debug, thiserror::Error)]
pub enum SttError {
    /// A model is missing, of the wrong kind or damaged.
    #[error("cannot use speech model `{}`: {reason}", path.display())]
    Model { path: PathBuf, reason: String },
    /// No engine can run on this machine.
    #[error("{0}")]
    NoEngine(String),
    /// The household's sentences cannot be compiled for the recogniser.
    #[error("cannot prepare the recogniser's vocabulary: {0}")]
    Vocabulary(String),
    /// One utterance failed.
    #[error("the {engine} recogniser failed: {reason}")]
    Run { engine: &'static str, reason: String },
}
