//! Home Assistant's sentence files: from YAML to a [`Grammar`].
//!
//! [`yaml`] reads the text, [`raw`] checks and merges what the files say, [`compile`] resolves
//! rules and lists and filters lists by context, [`glue`] turns characters into words.

mod compile;
mod glue;
mod raw;
mod yaml;

use std::path::PathBuf;

use serde_json::Value;

use super::NluError;
use super::grammar::Grammar;
use super::responses::Responses;

/// A sentence file, read by the caller.
#[derive(Debug, Clone)]
pub struct SourceFile {
    pub path: PathBuf,
    pub text: String,
}

/// A slot list that comes from outside the files: the home's names, areas and floors.
#[derive(Debug, Clone)]
pub struct ListSource {
    /// `name`, `area`, `floor`.
    pub name: String,
    pub values: Vec<ListEntry>,
}

#[derive(Debug, Clone)]
pub struct ListEntry {
    /// How it is said, as plain words (not a template).
    pub text: String,
    /// What it means (the device's or area's proper name).
    pub value: Value,
    /// Slots that come with it, and what `requires_context` can ask for: `domain`, `area`.
    pub context: Vec<(String, Value)>,
}

/// What sentence files give.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub grammar: Grammar,
    pub responses: Responses,
}

/// Compiles sentence files for one language. Files of other languages are refused.
///
/// Later files add to the lists of earlier ones and replace their rules and answers. A sentence
/// that this home cannot fill (it needs a cover, there is none) is left out.
///
/// # Errors
/// [`NluError::Sentence`] with file, line and mend.
pub fn load(language: &str, files: &[SourceFile], lists: &[ListSource]) -> Result<Loaded, NluError> {
    let raw = raw::Raw::read(language, files, lists)?;
    let grammar = compile::compile(language, &raw)?;
    Ok(Loaded { grammar, responses: raw.responses })
}
