//! How words sound: the acoustic model's dictionary, and espeak-ng for what it lacks.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use super::pronounce;
use crate::stt::SttError;

/// Words with their pronunciations (names of phones, the usual one first).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dictionary {
    entries: BTreeMap<String, Vec<Vec<String>>>,
}

impl Dictionary {
    /// The pronunciations of `words`: from the model's dictionary file, else from espeak-ng.
    ///
    /// # Errors
    /// When the file cannot be read, or espeak-ng is needed and fails.
    pub fn new(words: &[String], model: &Path, language: &str) -> Result<Self, SttError> {
        let mut entries: BTreeMap<String, Vec<Vec<String>>> =
            words.iter().map(|word| (word.clone(), Vec::new())).collect();
        read_into(&mut entries, model)?;
        let missing: Vec<&str> =
            entries.iter().filter(|(_, ways)| ways.is_empty()).map(|(word, _)| word.as_str()).collect();
        let found = pronounce::with_espeak(&missing, language)?;
        entries.extend(found);
        Ok(Self { entries })
    }

    /// The ways to say a word; none when it is unknown.
    #[must_use]
    pub fn ways(&self, word: &str) -> &[Vec<String>] {
        self.entries.get(word).map_or(&[], Vec::as_slice)
    }

    /// As a dictionary file of PocketSphinx: `word PH ON ES`, further ways as `word(2)`.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (word, ways) in &self.entries {
            for (index, way) in ways.iter().enumerate() {
                // Writing to a `String` cannot fail.
                let _ = match index {
                    0 => writeln!(text, "{word} {}", way.join(" ")),
                    index => writeln!(text, "{word}({}) {}", index + 1, way.join(" ")),
                };
            }
        }
        text
    }

    /// Reads what [`Dictionary::to_text`] wrote.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let mut dictionary = Self::default();
        for (word, way) in text.lines().filter_map(entry) {
            dictionary.entries.entry(word.to_owned()).or_default().push(way);
        }
        dictionary
    }
}

/// One line: the word without its number, and its phones.
fn entry(line: &str) -> Option<(&str, Vec<String>)> {
    let (head, phones) = line.split_once([' ', '\t'])?;
    let word = match head.strip_suffix(')').and_then(|head| head.rsplit_once('(')) {
        Some((word, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => word,
        _ => head,
    };
    Some((word, phones.split_whitespace().map(str::to_owned).collect()))
}

fn read_into(entries: &mut BTreeMap<String, Vec<Vec<String>>>, model: &Path) -> Result<(), SttError> {
    let fault = |reason: String| SttError::Model { path: model.to_owned(), reason };
    let bytes =
        std::fs::read(model).map_err(|error| fault(format!("cannot read its dictionary: {error}")))?;
    let text = String::from_utf8_lossy(&bytes);
    let mut read = 0;
    for (word, way) in text.lines().filter_map(entry) {
        read += 1;
        if let Some(ways) = entries.get_mut(word)
            && !ways.contains(&way)
        {
            ways.push(way);
        }
    }
    if read == 0 {
        return Err(fault("its dictionary is empty; fetch the model again".into()));
    }
    Ok(())
}
