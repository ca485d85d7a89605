//! PocketSphinx under its model's whole dictionary: not an engine, but a source of real mistakes.
//!
//! A household's recogniser knows its names and cannot mishear them for other words; this one has
//! never heard of them. `entrenous eval names` asks it what names are taken for.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use super::ffi::{Decoder, Setting};
use super::model::Model;
use crate::stt::SttError;

/// A recogniser of any words of the model's dictionary.
pub struct OpenVocabulary(Decoder);

/// Logarithm (to 10) of the chance of an opening's next word.
const OPENING: f64 = -0.3;

impl OpenVocabulary {
    /// A language model of all words: the one that stands beside the acoustic model
    /// (`en-us.lm.bin`); where there is none, a file is written into `scratch` by which any word is
    /// as likely as any other, after one of the `openings`.
    ///
    /// # Errors
    /// When the dictionary cannot be read, or the file cannot be written.
    pub fn language_model(
        model: &Model,
        openings: &[Vec<String>],
        scratch: &Path,
    ) -> Result<PathBuf, SttError> {
        if let Some(path) = beside(model) {
            return Ok(path);
        }
        let fault = |reason: String| SttError::Model { path: model.folder.clone(), reason };
        let text = fs::read(&model.dictionary)
            .map_err(|error| fault(format!("cannot read its dictionary: {error}")))?;
        let path = scratch.join("any-word.arpa");
        fs::create_dir_all(scratch)
            .and_then(|()| fs::write(&path, arpa(&String::from_utf8_lossy(&text), openings)))
            .map_err(|error| fault(format!("cannot write `{}`: {error}", path.display())))?;
        Ok(path)
    }

    /// A recogniser under a language model in PocketSphinx's or ARPA format.
    ///
    /// # Errors
    /// When one of the models is not usable.
    pub fn new(model: &Model, language_model: &Path) -> Result<Self, SttError> {
        let settings = [
            Setting::Path(c"-hmm", &model.folder),
            Setting::Path(c"-dict", &model.dictionary),
            // A large vocabulary in bearable time: what is lost was unlikely.
            Setting::Int(c"-maxhmmpf", 4000),
            Setting::Float(c"-wbeam", 1e-25),
        ];
        let open = || {
            let mut decoder = Decoder::new(&settings)?;
            decoder.add_language_model(c"open", language_model)?;
            Ok(Self(decoder))
        };
        open().map_err(|reason| SttError::Model { path: model.folder.clone(), reason })
    }

    /// The words of one utterance (16 kHz mono); empty when there are none.
    ///
    /// # Errors
    /// When the search fails.
    pub fn hear(&mut self, samples: &[i16]) -> Result<Vec<String>, SttError> {
        let fault = |reason| SttError::Run { engine: "pocketsphinx", reason };
        self.0.decode(c"open", samples).map_err(fault)?;
        let words = self.0.best().map(|best| best.words).unwrap_or_default();
        // Further pronunciations of a word are marked `word(2)`.
        let plain = |word: &String| word.split_once('(').map_or(word.as_str(), |(word, _)| word).to_owned();
        Ok(words.iter().map(plain).filter(|word| !word.starts_with(['<', '['])).collect())
    }
}

fn beside(model: &Model) -> Option<PathBuf> {
    let name = model.folder.file_name()?.to_string_lossy().into_owned();
    let file = format!("{name}.lm.bin");
    let own = [Some(model.folder.as_path()), model.folder.parent()];
    let system = Path::new(super::model::SYSTEM).join(&name);
    own.into_iter()
        .flatten()
        .chain([system.as_path()])
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}

/// A bigram model in ARPA format.
fn arpa(dictionary: &str, openings: &[Vec<String>]) -> String {
    let words: BTreeSet<&str> = dictionary
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| !word.contains('(') && word.starts_with(char::is_alphabetic))
        .collect();
    let mut pairs: BTreeSet<(&str, &str)> = BTreeSet::new();
    for opening in openings {
        let row: Vec<&str> = std::iter::once("<s>").chain(opening.iter().map(String::as_str)).collect();
        let known = row[1..].iter().all(|word| words.contains(word));
        pairs.extend(row.windows(2).filter(|_| known).map(|pair| (pair[0], pair[1])));
    }
    let each = -((words.len() + 1) as f64).log10();
    let mut text = format!("\\data\\\nngram 1={}\nngram 2={}\n\n\\1-grams:\n", words.len() + 2, pairs.len());
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "-99 <s> 0\n{each:.4} </s> 0");
    for word in &words {
        let _ = writeln!(text, "{each:.4} {word} 0");
    }
    text.push_str("\n\\2-grams:\n");
    for (first, second) in pairs {
        let _ = writeln!(text, "{OPENING:.4} {first} {second}");
    }
    text.push_str("\n\\end\\\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_dictionary_is_in_the_model_once() {
        let openings = [vec!["turn".to_owned(), "on".to_owned()], vec!["unknown".to_owned()]];
        let text = arpa("on AA N\non(2) AO N\nturn T ER N\n'em AH M\n", &openings);
        assert!(text.contains("ngram 1=4\nngram 2=2\n"), "{text}");
        assert!(text.contains("-0.3000 turn on"), "{text}");
    }
}
