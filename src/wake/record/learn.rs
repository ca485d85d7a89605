//! From a household's recordings to a model, with what comes with the program as other speech.

use crate::Result;
use crate::wake::embedding::Embedder;
use crate::wake::train::{Effort, Lesson, Trained, head, potter};

/// Trains a word for the engine that is there: a `.head` behind the embedding, else a `.rpw`.
///
/// # Errors
/// When there are too few recordings, or an engine fails.
pub fn learn(
    word: &str,
    positives: Vec<Vec<i16>>,
    around: Vec<Vec<i16>>,
    embedder: Option<&Embedder>,
    effort: Effort,
) -> Result<(Trained, &'static str)> {
    let lesson = Lesson {
        word: word.to_owned(),
        positives,
        negatives: Vec::new(),
        features: None,
        around,
        noises: Vec::new(),
        seed: 1,
        effort,
    };
    Ok(match embedder {
        Some(embedder) => (head(&lesson, embedder)?, "head"),
        None => (potter(&lesson)?, "rpw"),
    })
}
