//! Where the words are that open the key: in somebody's head, in a file, or with systemd.

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Key, LockError};

/// The credential's name, as in `LoadCredentialEncrypted=entrenous-key:…`.
pub const CREDENTIAL: &str = "entrenous-key";

/// A new passphrase has at least as many characters.
pub const SHORTEST: usize = 8;

/// How often one that was mistyped can be typed again.
const TRIES: usize = 3;

/// Whoever names a longer file named the wrong one.
const LONGEST: u64 = 64 * 1024;

type Words = Zeroizing<Vec<u8>>;

/// What opens the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// What systemd has handed over, in this folder; `None` where it has handed over nothing.
    Credential { folder: Option<PathBuf> },
    /// What somebody types, or this file holds.
    Passphrase { file: Option<PathBuf> },
}

impl Source {
    /// Opens something with the words; who types may try again.
    ///
    /// # Errors
    /// When there are no words, or they do not open it.
    pub(super) fn open(
        &self,
        attended: bool,
        open: impl Fn(&[u8]) -> Result<Key, LockError>,
    ) -> Result<Key, LockError> {
        if let Some(words) = self.read()? {
            return open(&words);
        }
        let mut opened = Err(LockError::NobodyToAsk);
        for _ in 0..TRIES {
            opened = open(&ask("Passphrase: ", attended)?);
            match &opened {
                Err(LockError::Wrong { .. }) => eprintln!("that is not the passphrase"),
                _ => break,
            }
        }
        opened
    }

    /// The words for a key that is to be made; who types does so twice.
    ///
    /// # Errors
    /// When there are none, or they cannot be good ones.
    pub(super) fn choose(&self, attended: bool) -> Result<Words, LockError> {
        if let Some(words) = self.read()? {
            return long_enough(words);
        }
        let words =
            long_enough(ask("Choose a passphrase; if it is lost, so is what it encrypts: ", attended)?)?;
        if *ask("The same again: ", attended)? == *words { Ok(words) } else { Err(LockError::Different) }
    }

    /// What is not typed; `None` where it is to be.
    fn read(&self) -> Result<Option<Words>, LockError> {
        match self {
            Self::Credential { folder } => {
                let file = folder.as_ref().map(|folder| folder.join(CREDENTIAL));
                let file = file.filter(|file| file.exists()).ok_or(LockError::NoCredential)?;
                read(&file).map(Some)
            }
            Self::Passphrase { file } => file.as_deref().map(read).transpose(),
        }
    }
}

/// A line that somebody types, not shown.
fn ask(question: &str, attended: bool) -> Result<Words, LockError> {
    if !attended || !std::io::stdin().is_terminal() {
        return Err(LockError::NobodyToAsk);
    }
    let typed = rpassword::prompt_password(question);
    typed.map(|line| Zeroizing::new(line.into_bytes())).map_err(|error| LockError::Unasked(error.to_string()))
}

/// A file's words: all of it, but for the end of the last line.
fn read(file: &Path) -> Result<Words, LockError> {
    let unread = |reason: String| LockError::Unread { file: file.to_owned(), reason };
    let mut words = Zeroizing::new(Vec::new());
    let opened = std::fs::File::open(file).map_err(|error| unread(error.to_string()))?;
    opened.take(LONGEST + 1).read_to_end(&mut words).map_err(|error| unread(error.to_string()))?;
    if words.len() as u64 > LONGEST {
        return Err(unread("it is too long for a passphrase".into()));
    }
    let end = words.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
    words.truncate(end);
    if words.is_empty() {
        return Err(unread("it is empty".into()));
    }
    Ok(words)
}

fn long_enough(words: Words) -> Result<Words, LockError> {
    if String::from_utf8_lossy(&words).chars().count() < SHORTEST { Err(LockError::Short) } else { Ok(words) }
}
