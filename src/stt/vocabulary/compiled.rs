//! A grammar, compiled to all that the recogniser needs of it.

use std::path::{Path, PathBuf};

use super::cache::Cache;
use super::dictionary::Dictionary;
use super::graph::WordGraph;
use super::lm::LanguageModel;
use super::phones::PhoneSet;
use crate::nlu::grammar::Grammar;
use crate::stt::SttError;

/// Files of the cache.
const DICTIONARY: &str = "words.dict";
const WORDS: &str = "words.arpa";
const PHONES: &str = "phones.arpa";

/// Steps of counting which words follow which. The shipped sentences take a few million.
const MAX_STEPS: usize = 100_000_000;

/// A grammar's words, how they follow each other and how they sound; and the files that
/// PocketSphinx reads.
#[derive(Debug)]
pub struct Compiled {
    pub graph: WordGraph,
    pub dictionary: Dictionary,
    pub model: LanguageModel,
    pub dictionary_file: PathBuf,
    /// Trigrams of words.
    pub words_file: PathBuf,
    /// A model of phones in any order.
    pub phones_file: PathBuf,
}

impl Compiled {
    /// Compiles a grammar, or takes what can be from `cache`. `dictionary` is the acoustic model's.
    ///
    /// # Errors
    /// When nothing can be said at all, a word cannot be pronounced, or the cache cannot be written.
    pub fn new(grammar: &Grammar, dictionary: &Path, cache: &Path) -> Result<Self, SttError> {
        WordGraph::check(grammar).map_err(SttError::Vocabulary)?;
        let graph = WordGraph::new(grammar);
        if graph.words.is_empty() {
            return Err(SttError::Vocabulary("there are no sentences; add sentence files".into()));
        }
        let cache = Cache::new(cache, grammar, dictionary)?;
        let model = LanguageModel::within(&graph, MAX_STEPS).ok_or_else(too_complex)?;
        let dictionary = if let Some(texts) = cache.read(&[DICTIONARY, WORDS, PHONES]) {
            Dictionary::from_text(&texts[0])
        } else {
            let pronounced = Dictionary::new(&graph.words, dictionary, &grammar.language)?;
            let phones = PhoneSet::of(&grammar.language).arpa();
            let texts = [pronounced.to_text(), model.arpa(), phones];
            cache.write(&[(DICTIONARY, &texts[0]), (WORDS, &texts[1]), (PHONES, &texts[2])])?;
            pronounced
        };
        Ok(Self {
            graph,
            dictionary,
            model,
            dictionary_file: cache.path(DICTIONARY),
            words_file: cache.path(WORDS),
            phones_file: cache.path(PHONES),
        })
    }
}

/// What stays when no single sentence is too large.
pub fn too_complex() -> SttError {
    SttError::Vocabulary(
        "the sentences have too many ways to go on after the same words; \
         `entrenous sentences check` shows the largest: write fewer lists in a row, or fewer optional words"
            .into(),
    )
}
