//! The vocabulary, compiled.

use std::path::Path;

use super::dictionary::Dictionary;
use super::graph::WordGraph;
use super::lm::{LanguageModel, Smoothing};
use crate::nlu::grammar::Grammar;
use crate::stt::SttError;

pub struct Compiled {
    pub graph: WordGraph,
    pub dictionary: Dictionary,
    pub model: LanguageModel,
}

impl Compiled {
    pub fn new(grammar: &Grammar, dictionary: &Path, smoothing: Smoothing) -> Result<Self, SttError> {
        let graph = WordGraph::new(grammar);
        let dictionary = Dictionary::new(&graph.words, dictionary, &grammar.language)?;
        let model = LanguageModel::new(&graph, smoothing);
        Ok(Self { graph, dictionary, model })
    }
}
