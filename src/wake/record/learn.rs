//! From a household's recordings to a model, with what comes with the program as other speech.

use crate::Result;
use crate::wake::embedding::Embedder;
use crate::wake::train::{Effort, Lesson, Trained, head, potter};

/// Trains a word for an engine: a `.head` or `.small.head` behind an embedding, a `.rpw` without; gives the
/// file's ending, too.
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
        Some(embedder) => (head(&lesson, embedder)?, embedder.network().ending()),
        None => (potter(&lesson)?, "rpw"),
    })
}
