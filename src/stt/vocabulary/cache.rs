//! Compiled vocabularies on disk, by the content that they were made from.
//!
//! PocketSphinx reads its language model and dictionary from files, and espeak-ng and the model's
//! whole dictionary need not be asked again for words that have not changed. A folder is written
//! under another name and then renamed, so that it is there whole or not at all; one that was
//! damaged later is written again.

use std::fmt::{self, Write as _};
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::nlu::grammar::Grammar;
use crate::stt::SttError;

/// Raise when the same grammar compiles to something else.
const VERSION: u32 = 1;
/// Vocabularies that are kept besides the latest: those of other households and languages.
const KEPT: usize = 16;
/// The file that holds the hash of the others.
const SUM: &str = "sum";

/// The folder of one compiled vocabulary.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The place in `cache` for a grammar under a model's dictionary file.
    ///
    /// # Errors
    /// When the dictionary cannot be read.
    pub fn new(cache: &Path, grammar: &Grammar, dictionary: &Path) -> Result<Self, SttError> {
        let mut hash = Hasher(Sha256::new());
        let model = fs::read(dictionary).map_err(|error| SttError::Model {
            path: dictionary.to_owned(),
            reason: format!("cannot read it: {error}"),
        })?;
        hash.0.update(Sha256::digest(&model));
        // Hashing cannot fail; the debug form holds everything that a grammar says, in order.
        let _ = write!(hash, "{VERSION} {grammar:?}");
        let language = if grammar.language.is_empty() { "und" } else { grammar.language.as_str() };
        let name = format!("vocabulary-{language}-{}", &crate::hex::of(&hash.0.finalize())[..16]);
        Ok(Self { folder: cache.join(name) })
    }

    /// Where a file of the vocabulary is.
    #[must_use]
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// The texts of these files, if they are there and undamaged.
    #[must_use]
    pub fn read(&self, files: &[&str]) -> Option<Vec<String>> {
        let sum = fs::read_to_string(self.path(SUM)).ok()?;
        let texts: Vec<String> =
            files.iter().map(|file| fs::read_to_string(self.path(file)).ok()).collect::<Option<_>>()?;
        (sum == sum_of(texts.iter().map(String::as_str))).then_some(texts)
    }

    /// Writes these files, all or none, and takes out vocabularies of long ago.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&self, files: &[(&str, &str)]) -> Result<(), SttError> {
        self.try_write(files).and_then(|()| self.forget()).map_err(|error| {
            SttError::Vocabulary(format!(
                "cannot write `{}` ({error}); make the folder writable or choose another data folder",
                self.folder.display()
            ))
        })
    }

    /// Words come and go at run time, and each change is a vocabulary of its own.
    fn forget(&self) -> std::io::Result<()> {
        let Some(cache) = self.folder.parent() else { return Ok(()) };
        let mut others = Vec::new();
        for entry in fs::read_dir(cache)? {
            let path = entry?.path();
            // The file of sums is the last that is written: a folder without it is not finished.
            let written = fs::metadata(path.join(SUM)).and_then(|sum| sum.modified());
            if let Ok(written) = written
                && path != self.folder
            {
                others.push((written, path));
            }
        }
        others.sort();
        for (_, path) in others.iter().rev().skip(KEPT) {
            // Another process may be forgetting it as well.
            if let Err(error) = fs::remove_dir_all(path) {
                tracing::debug!("`{}` stays: {error}", path.display());
            }
        }
        Ok(())
    }

    fn try_write(&self, files: &[(&str, &str)]) -> std::io::Result<()> {
        static WRITES: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let turn = WRITES.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let unfinished = self.folder.with_extension(format!("{}-{turn}", std::process::id()));
        crate::store::private::folder(&unfinished)?;
        for (file, text) in files {
            fs::write(unfinished.join(file), text)?;
        }
        fs::write(unfinished.join(SUM), sum_of(files.iter().map(|(_, text)| *text)))?;
        if fs::rename(&unfinished, &self.folder).is_ok() {
            return Ok(());
        }
        // Something is there already: damaged, or just written by another process.
        let names: Vec<_> = files.iter().map(|(file, _)| *file).collect();
        if self.read(&names).is_some() {
            return fs::remove_dir_all(&unfinished);
        }
        fs::remove_dir_all(&self.folder)?;
        fs::rename(&unfinished, &self.folder)
    }
}

fn sum_of<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    crate::hex::of(&hash.finalize())
}

/// Hashes what is written to it.
struct Hasher(Sha256);

impl fmt::Write for Hasher {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::grammar::{Expr, Sentence};

    fn cache(folder: &Path, word: &str) -> Cache {
        let dictionary = folder.join("model.dict");
        fs::write(&dictionary, "a AH\n").unwrap();
        let sentence = Sentence {
            intent: "I".into(),
            expr: Expr::Word(word.into()),
            fixed: Vec::new(),
            response: None,
            template: word.into(),
            source: "x.yaml:1".into(),
            heard: true,
            wide: false,
        };
        let grammar = Grammar { language: "en".into(), sentences: vec![sentence], ..Grammar::default() };
        Cache::new(folder, &grammar, &dictionary).unwrap()
    }

    #[test]
    fn what_was_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path(), "on");
        assert_eq!(cache.read(&["a", "b"]), None);
        cache.write(&[("a", "one"), ("b", "two")]).unwrap();
        assert_eq!(cache.read(&["a", "b"]).unwrap(), ["one", "two"]);
        cache.write(&[("a", "one"), ("b", "two")]).unwrap();
        assert_eq!(cache.read(&["a", "b"]).unwrap(), ["one", "two"]);
        // Nothing half done is left behind.
        let left = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 2);
    }

    #[test]
    fn a_changed_grammar_has_another_place() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(cache(folder.path(), "on").folder, cache(folder.path(), "on").folder);
        assert_ne!(cache(folder.path(), "on").folder, cache(folder.path(), "off").folder);
    }

    #[test]
    fn only_so_many_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let words: Vec<String> = (0..KEPT + 5).map(|number| format!("word{number}")).collect();
        for word in &words {
            cache(folder.path(), word).write(&[("a", "one")]).unwrap();
        }
        let left = words.iter().filter(|word| cache(folder.path(), word).read(&["a"]).is_some()).count();
        assert_eq!(left, KEPT + 1);
        assert!(cache(folder.path(), &words[KEPT + 4]).read(&["a"]).is_some());
    }

    #[test]
    fn what_was_damaged_is_not_used_and_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path(), "on");
        cache.write(&[("a", "one")]).unwrap();
        fs::write(cache.path("a"), "on").unwrap();
        assert_eq!(cache.read(&["a"]), None);
        cache.write(&[("a", "one")]).unwrap();
        assert_eq!(cache.read(&["a"]).unwrap(), ["one"]);
        fs::remove_file(cache.path("a")).unwrap();
        assert_eq!(cache.read(&["a"]), None);
    }
}
