//! Home Assistant's sentence files: from YAML to a [`Grammar`].
//!
//! [`yaml`] reads the text, [`raw`] checks and merges what the files say, [`compile`] resolves
//! rules and lists and filters lists by context, [`glue`] turns characters into words.

mod compile;
mod glue;
mod guests;
mod raw;
pub mod references;
pub(crate) mod yaml;

use std::path::PathBuf;

use serde_json::Value;

use super::NluError;
use super::count::{self, Counter};
use super::grammar::Grammar;
use super::responses::Responses;

pub use guests::Guest;
pub use yaml::suggestion;

/// A sentence file, read by the caller.
#[derive(Debug, Clone)]
pub struct SourceFile {
    pub path: PathBuf,
    pub text: String,
}

/// A slot list that comes from outside the files: the home's names, areas and floors.
#[derive(Debug, Clone, PartialEq)]
pub struct ListSource {
    /// `name`, `area`, `floor`.
    pub name: String,
    pub values: Vec<ListEntry>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ListEntry {
    /// How it is said, as plain words (not a template).
    pub text: String,
    /// What it means (the device's or area's proper name).
    pub value: Value,
    /// Slots that come with it, and what `requires_context` can ask for: `domain`, `area`.
    pub context: Vec<(String, Value)>,
}

/// A slot list that sentences can refer to, as the files and the home give it.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownList {
    pub name: String,
    pub kind: KnownKind,
    /// What its values mean, each once.
    pub values: Vec<Value>,
}

/// What a list is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownKind {
    Values,
    /// The home's names, areas or floors.
    Home,
    Range,
    /// Typed values: durations, times and so on.
    Entity,
    Wildcard,
}

/// What sentence files give.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub grammar: Grammar,
    pub responses: Responses,
    /// Every list, by name; those that only some sentences see among them.
    pub lists: Vec<KnownList>,
}

/// Compiles sentence files for one language. Files of other languages are refused.
///
/// Later files add to the lists of earlier ones and replace their rules and answers. A sentence
/// that this home cannot fill (it needs a cover, there is none) is left out.
///
/// # Errors
/// [`NluError::Sentence`] with file, line and mend.
pub fn load(language: &str, files: &[SourceFile], lists: &[ListSource]) -> Result<Loaded, NluError> {
    load_with(language, files, lists, &[])
}

/// Compiles sentence files with `vocabulary`: values that were added to their lists at run time.
/// Those of lists that the files no longer have are passed over.
///
/// # Errors
/// [`NluError::Sentence`] with file, line and mend.
pub fn load_with(
    language: &str,
    files: &[SourceFile],
    lists: &[ListSource],
    vocabulary: &[ListSource],
) -> Result<Loaded, NluError> {
    load_all(language, files, lists, vocabulary, &[])
}

/// Compiles sentence files together with those of guests (plugins), whose names are their own.
///
/// # Errors
/// [`NluError::Sentence`] with file, line and mend.
pub fn load_all(
    language: &str,
    files: &[SourceFile],
    lists: &[ListSource],
    vocabulary: &[ListSource],
    guests: &[Guest],
) -> Result<Loaded, NluError> {
    let mut raw = raw::Raw::read(language, files, lists, guests)?;
    let known = raw.known_lists();
    raw.add_vocabulary(vocabulary);
    let grammar = compile::compile(language, &raw)?;
    check_size(&grammar, &raw)?;
    Ok(Loaded { grammar, responses: raw.responses, lists: known })
}

/// Words that one sentence may have, with all rules and lists in their places: those who say it,
/// word for word, must come to an end. How many sentences that makes does not matter.
const MAX_WORDS: f64 = 1e6;

fn check_size(grammar: &Grammar, raw: &raw::Raw) -> Result<(), NluError> {
    let mut words = Counter::words(grammar);
    for sentence in &grammar.sentences {
        let many = words.count(&sentence.expr);
        if many <= MAX_WORDS {
            continue;
        }
        let reason = format!(
            "`{}` has {} words with all rules and lists in their places, and {} are the most; nest fewer rules in it",
            sentence.template,
            count::show(many),
            count::show(MAX_WORDS)
        );
        let templates = raw.blocks.iter().flat_map(|block| &block.sentences);
        let mut own =
            templates.filter(|own| own.text == sentence.template && own.place.short() == sentence.source);
        return Err(own.next().map_or_else(
            || NluError::Sentence { file: sentence.source.clone().into(), line: 0, reason: reason.clone() },
            |own| own.place.error(reason.clone()),
        ));
    }
    Ok(())
}
