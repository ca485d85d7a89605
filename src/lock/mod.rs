//! Encryption at rest: what a thief of the disk cannot read.
//!
//! One random key encrypts ([`key`], XChaCha20-Poly1305). It lies in the data folder, itself encrypted by
//! words of the household's ([`envelope`], Argon2id) that are kept elsewhere: in a head, on a stick, by
//! systemd ([`source`]). The history is encrypted by `heard`, files with passwords by [`file`].

pub mod envelope;
pub mod file;
pub mod key;
pub mod source;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

pub use envelope::Effort;
pub use key::Key;
pub use source::Source;

use crate::config::Config;

/// Why nothing can be encrypted or decrypted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// Something is encrypted, and the settings name no key.
    #[error(
        "it is encrypted, and no key is named; set `encrypt_with` under [privacy] to what it was encrypted with"
    )]
    NotSet,
    #[error(
        "systemd has handed over no credential `{}`; give one to the service (docs/encryption.md says how), or set `encrypt_with = \"passphrase\"` under [privacy]",
        source::CREDENTIAL
    )]
    NoCredential,
    #[error(
        "nobody is here to type the passphrase; name a file that holds it with ENTRENOUS_PASSPHRASE_FILE, or start this in a terminal"
    )]
    NobodyToAsk,
    #[error("cannot read the passphrase `{}`: {reason}; bring that file back (a stick that was pulled?), or name another", file.display())]
    Unread { file: PathBuf, reason: String },
    #[error("cannot ask for the passphrase: {0}; name a file that holds it with ENTRENOUS_PASSPHRASE_FILE")]
    Unasked(String),
    #[error(
        "that passphrase is shorter than {} characters; take five words that do not belong together",
        source::SHORTEST
    )]
    Short,
    #[error("these were two different passphrases; try again")]
    Different,
    #[error(
        "that is not what `{}` was made with; try again with the right passphrase or credential. If it is lost, what is encrypted is, too: delete that file and run `entrenous heard erase-all`", envelope.display()
    )]
    Wrong { envelope: PathBuf },
    #[error("cannot use the encrypted key `{}`: {reason}; bring it back from a copy, or delete it together with all that is encrypted", envelope.display())]
    Envelope { envelope: PathBuf, reason: String },
    /// Forged, damaged, or of another key.
    #[error("it was encrypted with another key, or was changed since")]
    Changed,
    #[error("cannot encrypt: {0}")]
    Machine(String),
}

/// The household's key, found when it is first needed; then the answer stays, good or bad.
#[derive(Clone)]
pub struct Lock(Arc<Inner>);

struct Inner {
    data_dir: PathBuf,
    source: Source,
    effort: Effort,
    attended: bool,
    key: OnceLock<Result<Key, LockError>>,
}

impl Lock {
    /// What a configuration asks for; `None` where nothing is to be encrypted. Whoever sits at the terminal
    /// may be asked.
    #[must_use]
    pub fn of(config: &Config) -> Option<Self> {
        Some(Self::new(&config.data_dir, config.privacy.encrypt_with.clone()?, Effort::default(), true))
    }

    /// As [`Self::of`], and nobody is asked anything.
    #[must_use]
    pub fn unattended(config: &Config) -> Option<Self> {
        Some(Self::new(&config.data_dir, config.privacy.encrypt_with.clone()?, Effort::default(), false))
    }

    /// `effort` is for a key that is made here; one that exists says itself what it takes.
    #[must_use]
    pub fn new(data_dir: &Path, source: Source, effort: Effort, attended: bool) -> Self {
        let key = OnceLock::new();
        Self(Arc::new(Inner { data_dir: data_dir.to_owned(), source, effort, attended, key }))
    }

    /// The key. The first time it is made.
    ///
    /// # Errors
    /// When what opens it is not there or is not the right thing; the same each time.
    pub fn key(&self) -> Result<&Key, LockError> {
        self.0.key.get_or_init(|| self.find()).as_ref().map_err(Clone::clone)
    }

    fn find(&self) -> Result<Key, LockError> {
        let Inner { data_dir, source, effort, attended, .. } = &*self.0;
        let open = |words: &[u8]| envelope::open(data_dir, words);
        if envelope::exists(data_dir) {
            return source.open(*attended, open);
        }
        let words = source.choose(*attended)?;
        envelope::make(data_dir, &words, *effort)
    }
}

/// The key of a lock that may not be there, for what was found encrypted.
///
/// # Errors
/// As [`Lock::key`]; [`LockError::NotSet`] without a lock.
pub fn key(lock: Option<&Lock>) -> Result<&Key, LockError> {
    lock.ok_or(LockError::NotSet)?.key()
}

impl std::fmt::Debug for Lock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lock").field("source", &self.0.source).finish_non_exhaustive()
    }
}

impl PartialEq for Lock {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
