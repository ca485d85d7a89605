//! Hearing the wake word.
//!
//! A [`WakeDetector`] only scores; when a score becomes a wake-up is decided by one
//! [`Trigger`] for every engine, so that evaluation sweeps exactly the rule that runs live.

pub mod embedding;
mod gate;
pub mod head;
pub mod mel;
pub mod mlp;
pub mod network;
pub mod record;
pub mod rustpotter;
mod select;
pub mod train;

use std::path::PathBuf;

pub use select::{
    EMBEDDING_FILE, Places, REFRACTORY_MS, WakeModel, build, detectors, embedder, has_embedding, sensitive,
};

/// Scores how much the last second or so of sound resembles the wake word.
pub trait WakeDetector: Send {
    /// The engine's name: `embedding`, `small` or `rustpotter`.
    fn engine(&self) -> &'static str;

    /// The wake word it listens for.
    fn word(&self) -> &str;

    /// Hears more samples (16 kHz mono, any number) and returns the highest score (0–1) of the
    /// decisions that they completed, if any.
    ///
    /// # Errors
    /// When the model cannot be evaluated.
    fn push(&mut self, samples: &[i16]) -> Result<Option<f32>, WakeError>;

    /// Forgets everything heard, as between two recordings.
    fn reset(&mut self);
}

/// When scores become a wake-up: at `threshold` or above, then not again for `refractory_ms`.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// 0–1.
    pub threshold: f32,
    /// Milliseconds after a wake-up in which no other can happen.
    pub refractory_ms: u64,
    last_ms: Option<u64>,
}

impl Trigger {
    #[must_use]
    pub fn new(threshold: f32, refractory_ms: u64) -> Self {
        Self { threshold, refractory_ms, last_ms: None }
    }

    /// Takes the score at a time and says whether this is a wake-up.
    pub fn fires(&mut self, score: f32, at_ms: u64) -> bool {
        let deaf = self.last_ms.is_some_and(|last| at_ms < last + self.refractory_ms);
        if deaf || score < self.threshold {
            return false;
        }
        self.last_ms = Some(at_ms);
        true
    }

    /// Forgets the last wake-up.
    pub fn reset(&mut self) {
        self.last_ms = None;
    }
}

/// What can go wrong with wake words.
#[derive(Debug, thiserror::Error)]
pub enum WakeError {
    /// A model file is missing or is not a wake word model.
    #[error("cannot use wake word model `{}`: {reason}", path.display())]
    Model { path: PathBuf, reason: String },
    /// No model for the word.
    #[error(
        "there is no model for the wake word `{word}`; train one with `entrenous wake train {word} --positives DIR`"
    )]
    NoModel { word: String },
    /// The model failed while running.
    #[error("the wake word engine failed: {0}")]
    Run(String),
    /// Recordings for training are missing or too few.
    #[error("{0}")]
    Training(String),
}
