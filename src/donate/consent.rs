//! What somebody agrees to, and the receipt of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::private::random_hex;
use crate::{Error, Result, hex};

/// Age bands, spelt as Common Voice spells them.
pub const AGES: [&str; 9] =
    ["teens", "twenties", "thirties", "fourties", "fifties", "sixties", "seventies", "eighties", "nineties"];

/// Genders, as Common Voice writes them.
pub const GENDERS: [&str; 6] =
    ["female_feminine", "male_masculine", "intersex", "transgender", "non-binary", "do_not_wish_to_say"];

/// What is asked of those who agree.
#[must_use]
pub fn text(language: &str) -> &'static str {
    if language == "fr" { include_str!("consent/fr.txt") } else { include_str!("consent/en.txt") }
}

/// What somebody chose to say of themselves; nothing by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    pub age: Option<String>,
    pub gender: Option<String>,
    pub accents: Option<String>,
}

/// That somebody agreed: to which words, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Random.
    pub id: String,
    pub at: Timestamp,
    pub language: String,
    /// All that was shown.
    pub text: String,
    /// The SHA-256 of the text.
    pub sha256: String,
    pub about: About,
    /// When it was taken back.
    pub withdrawn: Option<Timestamp>,
}

impl Receipt {
    /// # Errors
    /// When there are no random numbers.
    pub fn new(language: &str, about: About, at: Timestamp) -> Result<Self> {
        let text = text(language).to_owned();
        Ok(Self {
            id: random_hex(16)?,
            at,
            language: language.to_owned(),
            sha256: sha256(&text),
            text,
            about,
            withdrawn: None,
        })
    }

    /// Whether it holds: not taken back, and of the text that was agreed to.
    ///
    /// # Errors
    /// When the text is another than the one that was agreed to.
    pub fn holds(&self) -> Result<bool> {
        if sha256(&self.text) != self.sha256 {
            return Err(Error::Input(format!(
                "the text of the consent `{}` is no longer the one that was agreed to; give it anew with \
                 `entrenous donate consent`",
                self.id
            )));
        }
        Ok(self.withdrawn.is_none())
    }
}

fn sha256(text: &str) -> String {
    hex::of(&Sha256::digest(text.as_bytes()))
}
