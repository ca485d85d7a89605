//! What of the history and of the household's secrets a thief of the disk could read.

use std::path::PathBuf;

use serde::Serialize;

use crate::config::Config;
use crate::heard::Counts;
use crate::home::backend::secret;
use crate::lock::Source;

/// How history and secrets lie on the disk.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct AtRest {
    /// What opens the key: `passphrase`, `credential`; `None`: nothing is encrypted.
    pub encrypt_with: Option<&'static str>,
    pub history: Counts,
    pub secrets: Vec<Secret>,
}

/// A file with a password or token that the settings name.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Secret {
    pub file: PathBuf,
    pub sealed: bool,
}

impl AtRest {
    /// Looked at without a key.
    ///
    /// # Errors
    /// When there is a history that cannot be read.
    pub fn of(config: &Config) -> crate::Result<Self> {
        let named = [&config.mqtt.password_file, &config.homeassistant.token_file];
        let there = named.into_iter().flatten().filter(|file| file.is_file());
        Ok(Self {
            encrypt_with: config.privacy.encrypt_with.as_ref().map(|source| match source {
                Source::Credential { .. } => "credential",
                Source::Passphrase { .. } => "passphrase",
            }),
            history: history(config)?,
            secrets: there
                .map(|file| Secret { file: file.clone(), sealed: secret::is_sealed(file) })
                .collect(),
        })
    }
}

#[cfg(feature = "sqlite")]
fn history(config: &Config) -> crate::Result<Counts> {
    // It is not made by whoever only looks.
    if !crate::heard::file_in(&config.data_dir).exists() {
        return Ok(Counts::default());
    }
    Ok(crate::heard::all::open(config)?.counts()?)
}

#[cfg(not(feature = "sqlite"))]
fn history(_config: &Config) -> crate::Result<Counts> {
    Ok(Counts::default())
}
