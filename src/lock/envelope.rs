//! `key.json` in the data folder: the key, encrypted with what Argon2id makes of the household's words.
//!
//! Words that do not open it are wrong, which is known at once. Whoever has the file can try words: each
//! try costs them what it costs us.

use std::io::Write;
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::LockError;
use super::key::{Key, drawn};
use crate::hex;
use crate::store::private;

const ABOUT: &str = "entrenous key 1";

/// More memory than that is asked for by a damaged file only.
const MOST_KIB: u32 = 1024 * 1024;

/// How much work one try of a passphrase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effort {
    pub memory_kib: u32,
    pub passes: u32,
}

impl Default for Effort {
    /// As RFC 9106 has it for machines with little memory; about a second on a Raspberry Pi 4.
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3 }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    version: u32,
    argon2id: Effort,
    /// Hex digits, as is `key`.
    salt: String,
    key: String,
}

/// Where it lies in a data folder.
#[must_use]
pub fn file_in(data_dir: &Path) -> PathBuf {
    data_dir.join("key.json")
}

/// Whether a key was made.
#[must_use]
pub fn exists(data_dir: &Path) -> bool {
    file_in(data_dir).exists()
}

/// Makes a key and writes it, encrypted with `words`. Where another process was faster, its key is opened.
///
/// # Errors
/// When it cannot be written, or words open no key of somebody else's.
pub fn make(data_dir: &Path, words: &[u8], effort: Effort) -> Result<Key, LockError> {
    let key = Key::random()?;
    let salt: [u8; 16] = drawn()?;
    let sealed = derive(words, &salt, effort).map_err(LockError::Machine)?.seal(key.bytes(), ABOUT)?;
    let envelope = Envelope { version: 1, argon2id: effort, salt: hex::of(&salt), key: hex::of(&sealed) };
    let path = file_in(data_dir);
    match write(data_dir, &path, &envelope) {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => open(data_dir, words),
        Err(error) => Err(LockError::Envelope { envelope: path, reason: error.to_string() }),
    }
}

/// All of it or nothing: half a key would lose everything. Never over one that is there.
fn write(data_dir: &Path, path: &Path, envelope: &Envelope) -> std::io::Result<()> {
    private::folder(data_dir)?;
    // Readable by its owner only, as `tempfile` makes files.
    let mut file = tempfile::NamedTempFile::new_in(data_dir)?;
    serde_json::to_writer_pretty(&mut file, envelope)?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    std::fs::File::open(data_dir)?.sync_all()
}

/// Opens the key that was made.
///
/// # Errors
/// [`LockError::Wrong`] when `words` are not those that it was made with; else when the file is damaged.
pub fn open(data_dir: &Path, words: &[u8]) -> Result<Key, LockError> {
    let envelope = file_in(data_dir);
    let damaged = |reason: String| LockError::Envelope { envelope: envelope.clone(), reason };
    let text = std::fs::read(&envelope).map_err(|error| damaged(error.to_string()))?;
    let said: Envelope = serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
    if said.version != 1 {
        return Err(damaged(format!("its version is {}, and this program knows 1", said.version)));
    }
    let digits =
        |text: &str| hex::read(text).ok_or_else(|| damaged("it holds what are no hex digits".into()));
    let opener = derive(words, &digits(&said.salt)?, said.argon2id).map_err(damaged)?;
    let key = opener.open(&digits(&said.key)?, ABOUT);
    let key = key.map_err(|_| LockError::Wrong { envelope: envelope.clone() })?;
    let bytes = key.as_slice().try_into().map_err(|_| damaged("its key has the wrong length".into()))?;
    Ok(Key::of(Zeroizing::new(bytes)))
}

fn derive(words: &[u8], salt: &[u8], effort: Effort) -> Result<Key, String> {
    let Effort { memory_kib, passes } = effort;
    if memory_kib > MOST_KIB {
        return Err(format!("it asks for {memory_kib} KiB of memory"));
    }
    let params = Params::new(memory_kib, passes, 1, None).map_err(|error| error.to_string())?;
    let mut bytes = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(words, salt, bytes.as_mut_slice())
        .map_err(|error| error.to_string())?;
    Ok(Key::of(bytes))
}
