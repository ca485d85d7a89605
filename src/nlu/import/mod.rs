//! What other assistants' makers wrote, as our sentence files.
//!
//! | Format | Becomes |
//! |---|---|
//! | Rhasspy `sentences.ini` | templates, lists and rules ([`rhasspy`]) |
//! | Snips NLU dataset, JSON | examples and lists ([`snips`]) |
//! | Snips NLU dataset, YAML | examples and lists ([`snips_yaml`]) |
//!
//! Home Assistant's custom sentences need no import: they are our own format. What cannot be
//! carried over is named with its line; nothing is dropped in silence.

mod expand;
mod ini;
mod rhasspy;
mod snips;
mod snips_yaml;
mod write;

use std::path::Path;

use serde_json::Value;

use super::NluError;
use super::template::{Piece, Sequence};

/// A file that was read.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    pub document: Document,
    /// What the new file does not say, in the order of the old one.
    pub lost: Vec<Lost>,
}

/// Something that cannot be carried over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// From 1; 0 where the format has no lines (JSON).
    pub line: usize,
    pub what: String,
}

/// A sentence file to be.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    pub language: String,
    pub blocks: Vec<Block>,
    pub lists: Vec<(String, List)>,
    /// Names and templates.
    pub rules: Vec<(String, String)>,
}

/// An item under an intent's `data`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Block {
    pub intent: String,
    /// Templates.
    pub sentences: Vec<String>,
    /// Plain utterances, with `[value](slot)`.
    pub examples: Vec<String>,
    /// What the sentences set by themselves.
    pub slots: Vec<(String, Value)>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum List {
    /// How each value is said (a template), and what it means.
    Values(Vec<(String, Value)>),
    Range {
        from: i64,
        to: i64,
        step: i64,
    },
}

impl Document {
    /// As a sentence file.
    #[must_use]
    pub fn yaml(&self) -> String {
        write::yaml(self)
    }

    /// Sentences and examples.
    #[must_use]
    pub fn utterances(&self) -> usize {
        self.blocks.iter().map(|block| block.sentences.len() + block.examples.len()).sum()
    }

    /// The block of an intent with these fixed slots, made where there is none.
    fn block(&mut self, intent: &str, slots: Vec<(String, Value)>) -> &mut Block {
        let known = self.blocks.iter().position(|block| block.intent == intent && block.slots == slots);
        let index = known.unwrap_or_else(|| {
            self.blocks.push(Block { intent: intent.to_owned(), slots, ..Block::default() });
            self.blocks.len() - 1
        });
        &mut self.blocks[index]
    }
}

/// Reads a file of any of the formats, told apart by name and content. `language` is that of
/// formats which do not say it; `slots` gives the text of a Rhasspy slot file.
///
/// # Errors
/// [`NluError::Sentence`] with file, line and mend when the file is broken or of no known format.
pub fn read(
    file: &Path,
    bytes: &[u8],
    language: &str,
    slots: &dyn Fn(&str) -> Option<String>,
) -> Result<Imported, NluError> {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let read = match extension.to_ascii_lowercase().as_str() {
        "json" => snips::read(bytes, language),
        "yaml" | "yml" => text(bytes).and_then(|text| snips_yaml::read(text, language)),
        "ini" => text(bytes).and_then(|text| rhasspy::read(text, language, slots)),
        _ => Err(Fault::new(1, "it is none of `.json`, `.yaml` (Snips) and `.ini` (Rhasspy); name it so")),
    };
    let imported = read.map_err(|fault| NluError::Sentence {
        file: file.to_owned(),
        line: fault.line,
        reason: fault.reason,
    })?;
    if imported.document.utterances() == 0 {
        let reason = "there is no sentence in it".to_owned();
        return Err(NluError::Sentence { file: file.to_owned(), line: 1, reason });
    }
    Ok(imported)
}

use super::sentences::yaml::Fault;

fn text(bytes: &[u8]) -> Result<&str, Fault> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let line = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).matches('\n').count() + 1;
        Fault::new(line, "it is not UTF-8 text; save it as UTF-8")
    })
}

/// Plain words as a template that says just them.
fn template_of(words: &str) -> String {
    let mut pieces = Vec::new();
    for word in words.split_whitespace() {
        if !pieces.is_empty() {
            pieces.push(Piece::Space);
        }
        pieces.push(Piece::Text(word.to_owned()));
    }
    Sequence(pieces).to_string()
}

/// Plain text in an example, with what would be markup escaped.
fn plain(text: &str) -> String {
    text.chars().fold(String::new(), |mut plain, c| {
        if matches!(c, '[' | ']' | '\\') {
            plain.push('\\');
        }
        plain.push(c);
        plain
    })
}

#[cfg(test)]
mod tests;
