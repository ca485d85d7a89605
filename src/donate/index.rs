//! What is written down of donations: one file, which changes as a whole.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::consent::Receipt;
use super::private;
use crate::{Error, Result};

/// Everything but the sound.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// The last number that was given: none is given twice.
    pub last: u32,
    pub receipts: Vec<Receipt>,
    pub donations: Vec<Donation>,
    pub exports: Vec<Export>,
}

/// A recording of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Donation {
    pub number: u32,
    pub sentence: String,
    pub locale: String,
    pub ms: u64,
    pub added: Timestamp,
    /// Whether its speaker has listened to it as it is.
    pub heard: bool,
    pub confirmed: Option<Confirmed>,
}

/// That a recording is to be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmed {
    pub at: Timestamp,
    /// Under which consent.
    pub receipt: String,
}

/// A folder that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Export {
    pub at: Timestamp,
    pub folder: PathBuf,
    pub client_id: String,
    /// Donations and what their files are called there.
    pub clips: Vec<(u32, String)>,
}

/// Where the index lies.
pub fn file(folder: &Path) -> PathBuf {
    folder.join("donations.json")
}

impl Index {
    /// # Errors
    /// When it cannot be read, or recordings lie there that nothing is known of.
    pub fn read(folder: &Path) -> Result<Self> {
        let file = file(folder);
        match fs::read_to_string(&file) {
            Ok(text) => serde_json::from_str(&text).map_err(|error| {
                Error::Input(format!(
                    "`{}` is damaged ({error}); put a copy of it back, or move the folder away to begin anew",
                    file.display()
                ))
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let recordings = folder.join("recordings");
                if fs::read_dir(&recordings).is_ok_and(|mut inside| inside.next().is_some()) {
                    return Err(Error::Input(format!(
                        "`{}` holds recordings, but `{}` with their sentences is gone; move them away to begin \
                         anew",
                        recordings.display(),
                        file.display()
                    )));
                }
                Ok(Self::default())
            }
            Err(error) => Err(Error::io("read", &file)(error)),
        }
    }

    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(std::io::Error::from)?;
        private::replace_text(&file(folder), &text)
    }

    /// In which exports a donation was, and as what.
    pub fn exported(&self, number: u32) -> impl Iterator<Item = (&Export, &str)> {
        self.exports.iter().filter_map(move |export| {
            let clip = export.clips.iter().find(|(exported, _)| *exported == number)?;
            Some((export, clip.1.as_str()))
        })
    }
}
