//! Where the recordings of a word are, and how they go away.

use std::fs;
use std::path::{Path, PathBuf};

use crate::audio::{SAMPLE_RATE, load, recordings, wav};
use crate::wake::network::ENGINES;
use crate::{Error, Result};

/// The models and recordings of one word in the data folder.
pub struct Shelf {
    word: String,
    wake: PathBuf,
}

/// What was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgotten {
    pub recordings: usize,
    pub models: usize,
}

impl Shelf {
    /// # Errors
    /// When the word cannot be a file's name.
    pub fn new(word: &str, data_dir: &Path) -> Result<Self> {
        check_name(word)?;
        Ok(Self { word: word.to_owned(), wake: data_dir.join("wake") })
    }

    /// `wake/recordings/WORD`
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.wake.join("recordings").join(&self.word)
    }

    /// `wake/WORD.head`, `.small.head` or `.rpw`.
    #[must_use]
    pub fn model(&self, extension: &str) -> PathBuf {
        self.wake.join(format!("{}.{extension}", self.word))
    }

    /// What was recorded before.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn clips(&self) -> Result<Vec<Vec<i16>>> {
        let folder = self.folder();
        if !folder.is_dir() || is_empty(&folder)? {
            return Ok(Vec::new());
        }
        recordings(&[folder])?.iter().map(|path| Ok(load(path)?)).collect()
    }

    /// Keeps recordings beside those that are there.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn add(&self, clips: &[Vec<i16>]) -> Result<()> {
        let folder = self.folder();
        crate::store::private::folder(&folder).map_err(Error::io("create", &folder))?;
        let mut number = 1;
        for clip in clips {
            let free = |number: &usize| folder.join(format!("{number:03}.wav"));
            while free(&number).exists() {
                number += 1;
            }
            let file = free(&number);
            wav::write(&file, clip, SAMPLE_RATE).map_err(Error::io("write", &file))?;
        }
        Ok(())
    }

    /// Keeps a model.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_model(&self, extension: &str, bytes: &[u8]) -> Result<PathBuf> {
        let file = self.model(extension);
        crate::store::private::folder(&self.wake).map_err(Error::io("create", &self.wake))?;
        fs::write(&file, bytes).map_err(Error::io("write", &file))?;
        Ok(file)
    }

    /// Deletes the word's models and recordings.
    ///
    /// # Errors
    /// When there is nothing of it, or something cannot be deleted.
    pub fn forget(&self) -> Result<Forgotten> {
        let folder = self.folder();
        let mut gone = Forgotten { recordings: 0, models: 0 };
        if folder.is_dir() {
            gone.recordings = fs::read_dir(&folder).map_err(Error::io("read", &folder))?.count();
            fs::remove_dir_all(&folder).map_err(Error::io("delete", &folder))?;
        }
        for model in ENGINES.map(|(_, ending)| self.model(ending)).iter().filter(|m| m.is_file()) {
            fs::remove_file(model).map_err(Error::io("delete", model))?;
            gone.models += 1;
        }
        if gone == (Forgotten { recordings: 0, models: 0 }) {
            return Err(Error::Input(format!(
                "there is nothing of a wake word `{}` in `{}`; `entrenous wake record` and `wake train` put \
                 words there",
                self.word,
                self.wake.display()
            )));
        }
        Ok(gone)
    }
}

fn is_empty(folder: &Path) -> Result<bool> {
    Ok(fs::read_dir(folder).map_err(Error::io("read", folder))?.next().is_none())
}

/// The name becomes a file's name.
fn check_name(name: &str) -> Result<()> {
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(Error::Input(format!(
            "`{name}` cannot be a wake word's name: use letters, digits, `_` and `-`, as in `hey_house`"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_found_and_forgotten() {
        let data = tempfile::tempdir().expect("a folder");
        let shelf = Shelf::new("hey_house", data.path()).expect("a shelf");
        assert!(shelf.clips().expect("none").is_empty());
        assert!(shelf.forget().expect_err("nothing").to_string().contains("hey_house"));
        shelf.add(&[vec![1; 500], vec![2; 500]]).expect("kept");
        shelf.add(&[vec![3; 500]]).expect("kept");
        assert_eq!(shelf.clips().expect("three").iter().map(|clip| clip[0]).collect::<Vec<_>>(), [1, 2, 3]);
        shelf.put_model("head", b"x").expect("kept");
        assert_eq!(shelf.forget().expect("gone"), Forgotten { recordings: 3, models: 1 });
        assert!(shelf.clips().expect("none").is_empty());
        assert!(!shelf.model("head").exists() && !shelf.folder().exists());
    }

    #[test]
    fn a_name_is_no_path() {
        for name in ["", "../evil", "a/b", "a b", "a.head"] {
            assert!(Shelf::new(name, Path::new("x")).is_err(), "{name}");
        }
        assert!(Shelf::new("maïa-2", Path::new("x")).is_ok());
    }
}
