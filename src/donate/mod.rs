//! Voices as a commons: recordings that somebody wants to give to a public collection.
//!
//! Nothing is sent. Recordings lie in the data folder until their speaker has agreed to a text, heard and
//! confirmed each of them, and had them written into a folder; what happens to that is up to the speaker.
//! What was exported is remembered here only, so that whoever takes it back knows whom to ask for what.

pub mod consent;
pub mod export;
mod index;
pub mod pick;
pub mod private;
pub mod session;
pub mod sound;
#[cfg(test)]
mod tests;
pub mod words;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization;

use crate::audio::{SAMPLE_RATE, load, samples_to_ms, wav};
use crate::{Error, Result};
use consent::{About, Receipt};

pub use index::{Confirmed, Donation, Export, Index};

/// The longest sentence, in letters: more cannot be read in fifteen seconds.
const SENTENCE: usize = 250;

/// What is in the data folder to be given.
pub struct Shelf {
    folder: PathBuf,
    pub index: Index,
    /// Held while something is changed.
    lock: Option<File>,
}

impl Shelf {
    /// To look at; nothing is made.
    ///
    /// # Errors
    /// When what is there cannot be read.
    pub fn look(data_dir: &Path) -> Result<Self> {
        let folder = data_dir.join("donate");
        let index = Index::read(&folder)?;
        Ok(Self { folder, index, lock: None })
    }

    /// To change. Others who want to change something wait.
    ///
    /// # Errors
    /// When the folder cannot be made, or what is there cannot be read.
    pub fn change(data_dir: &Path) -> Result<Self> {
        let folder = data_dir.join("donate");
        private::folder(&folder.join("recordings"))?;
        let path = folder.join("lock");
        let lock = private::open(&path)?;
        lock.lock().map_err(Error::io("lock", &path))?;
        let index = Index::read(&folder)?;
        if !index::file(&folder).exists() {
            index.write(&folder)?;
        }
        Ok(Self { folder, index, lock: Some(lock) })
    }

    /// Where everything lies.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the sound of a donation lies.
    #[must_use]
    pub fn file(&self, number: u32) -> PathBuf {
        self.folder.join("recordings").join(format!("{number:04}.wav"))
    }

    /// # Errors
    /// When it cannot be read.
    pub fn sound(&self, number: u32) -> Result<Vec<i16>> {
        Ok(load(&self.file(number))?)
    }

    /// # Errors
    /// When there is no such donation.
    pub fn donation(&self, number: u32) -> Result<&Donation> {
        self.index.donations.iter().find(|donation| donation.number == number).ok_or_else(|| missing(number))
    }

    fn donation_mut(&mut self, number: u32) -> Result<&mut Donation> {
        let found = self.index.donations.iter_mut().find(|donation| donation.number == number);
        found.ok_or_else(|| missing(number))
    }

    /// The consent that holds now: the last one that was given and not taken back.
    ///
    /// # Errors
    /// When its text was changed.
    pub fn consent(&self) -> Result<Option<&Receipt>> {
        match self.index.receipts.last() {
            Some(receipt) if receipt.holds()? => Ok(Some(receipt)),
            _ => Ok(None),
        }
    }

    /// # Errors
    /// When it cannot be written.
    pub fn agree(&mut self, language: &str, about: About, now: Timestamp) -> Result<&Receipt> {
        let accents = about.accents.map(|accents| sentence(&accents)).transpose()?;
        let receipt = Receipt::new(language, About { accents, ..about }, now)?;
        // What somebody said of themselves before is replaced, not collected.
        for old in &mut self.index.receipts {
            old.about = About::default();
        }
        self.index.receipts.push(receipt);
        self.write()?;
        self.index.receipts.last().ok_or_else(no_consent)
    }

    /// Keeps a recording of a sentence.
    ///
    /// # Errors
    /// When the sentence or the locale cannot be, or it cannot be written.
    pub fn add(
        &mut self,
        sound: &[i16],
        sentence: &str,
        locale: &str,
        heard: bool,
        now: Timestamp,
    ) -> Result<u32> {
        let (sentence, locale) = (self::sentence(sentence)?, self::locale(locale)?);
        let number = self.index.last + 1;
        let file = self.file(number);
        private::replace(&file, |file| wav::write_to(file, sound, SAMPLE_RATE)).map_err(with_space)?;
        self.index.last = number;
        let ms = samples_to_ms(sound.len() as u64);
        self.index.donations.push(Donation {
            number,
            sentence,
            locale,
            ms,
            added: now,
            heard,
            confirmed: None,
        });
        self.write()?;
        Ok(number)
    }

    /// Keeps only a part of a recording, which has to be heard and confirmed anew.
    ///
    /// # Errors
    /// When there is no such donation, or it cannot be written.
    pub fn keep_part(&mut self, number: u32, part: &[i16]) -> Result<()> {
        self.donation(number)?;
        let file = self.file(number);
        private::replace(&file, |file| wav::write_to(file, part, SAMPLE_RATE)).map_err(with_space)?;
        let donation = self.donation_mut(number)?;
        donation.ms = samples_to_ms(part.len() as u64);
        (donation.heard, donation.confirmed) = (false, None);
        self.write()
    }

    /// Takes note that a recording was listened to.
    ///
    /// # Errors
    /// When there is no such donation, or it cannot be written.
    pub fn heard(&mut self, number: u32) -> Result<()> {
        self.donation_mut(number)?.heard = true;
        self.write()
    }

    /// Takes note that recordings are to be given; with `heard` also that they were listened to.
    ///
    /// # Errors
    /// When there is no consent, no such donation, or one that nobody has listened to.
    pub fn confirm(&mut self, numbers: &[u32], heard: bool, now: Timestamp) -> Result<()> {
        let receipt = self.consent()?.ok_or_else(no_consent)?.id.clone();
        for &number in numbers {
            if !self.donation(number)?.heard && !heard {
                return Err(Error::Input(format!(
                    "nobody has listened to {number} yet; `entrenous donate play {number}` first, or say \
                     `--heard` if you listened to it elsewhere"
                )));
            }
        }
        for &number in numbers {
            let donation = self.donation_mut(number)?;
            donation.heard = true;
            donation.confirmed = Some(Confirmed { at: now, receipt: receipt.clone() });
        }
        self.write()
    }

    /// Deletes recordings.
    ///
    /// # Errors
    /// When there is no such donation, or something cannot be deleted.
    pub fn withdraw(&mut self, numbers: &[u32]) -> Result<()> {
        for &number in numbers {
            self.donation(number)?;
        }
        self.index.donations.retain(|donation| !numbers.contains(&donation.number));
        self.write()
    }

    /// Deletes all recordings and what their speaker said of themselves, and takes the consent back. What was
    /// exported stays known: without it nobody could be asked to delete it.
    ///
    /// # Errors
    /// When something cannot be deleted.
    pub fn withdraw_all(&mut self, now: Timestamp) -> Result<()> {
        self.index.donations.clear();
        for receipt in &mut self.index.receipts {
            receipt.about = About::default();
            receipt.withdrawn = receipt.withdrawn.or(Some(now));
        }
        self.write()
    }

    /// Writes the index, and then deletes the recordings that it does not name: what was interrupted in
    /// between is made up for by the next change.
    fn write(&self) -> Result<()> {
        debug_assert!(self.lock.is_some(), "opened to look");
        self.index.write(&self.folder)?;
        let folder = self.folder.join("recordings");
        for entry in fs::read_dir(&folder).map_err(Error::io("read", &folder))? {
            let file = entry.map_err(Error::io("read", &folder))?.path();
            if !self.index.donations.iter().any(|donation| self.file(donation.number) == file) {
                fs::remove_file(&file).map_err(Error::io("delete", &file))?;
            }
        }
        Ok(())
    }
}

/// A sentence as it is written into the table.
///
/// # Errors
/// When it is empty, too long, or would break the table.
pub fn sentence(text: &str) -> Result<String> {
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect();
    let fault = if !text.chars().any(char::is_alphabetic) {
        "it has no words"
    } else if text.chars().count() > SENTENCE {
        "it is too long; make two of it"
    } else if text.chars().any(|c| c.is_control() || c == '"') {
        "it has a sign in it that tables cannot hold; write “ ” or « » for quotation marks"
    } else {
        return Ok(text);
    };
    Err(Error::Input(format!("`{text}` cannot be given: {fault}")))
}

/// # Errors
/// When it is not the tag of a language.
fn locale(tag: &str) -> Result<String> {
    let mut parts = tag.split('-');
    let language =
        parts.next().is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_lowercase()));
    if language && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric())) {
        return Ok(tag.to_owned());
    }
    Err(Error::Input(format!("`{tag}` is no language; write it as `en`, `fr` or `pt-BR`")))
}

fn missing(number: u32) -> Error {
    Error::Input(format!("there is no donation {number}; `entrenous donate list` shows the numbers"))
}

fn no_consent() -> Error {
    Error::Input("there is no consent; read and give it with `entrenous donate consent`".into())
}

/// A disk that is full has a mend of its own.
fn with_space(error: Error) -> Error {
    match &error {
        Error::Io { path, source, .. } if source.kind() == std::io::ErrorKind::StorageFull => Error::Stopped(
            format!("there is no space left for `{}`; free some and try again", path.display()),
        ),
        _ => error,
    }
}
