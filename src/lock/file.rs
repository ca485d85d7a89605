//! Files with a password or token, encrypted in place.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Key, LockError};
use crate::hex;

/// The first line of a file that is sealed; hex digits follow.
pub const HEADER: &str = "entrenous sealed 1\n";

const ABOUT: &str = "entrenous secret 1";

/// No password is longer.
const LONGEST: u64 = 64 * 1024;

/// Why a file was not sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("cannot use `{}`: {source}", file.display())]
    Io { file: PathBuf, source: io::Error },
    #[error("`{}` is done, and its old bytes cannot be written over ({source}): they may still lie on the disk", file.display())]
    Unwiped { file: PathBuf, source: io::Error },
    #[error("`{}` {reason}", file.display())]
    Unfit { file: PathBuf, reason: &'static str },
    #[error("`{}`: {source}", file.display())]
    Lock { file: PathBuf, source: LockError },
}

/// Whether a file's bytes are sealed.
#[must_use]
pub fn is_sealed(bytes: &[u8]) -> bool {
    bytes.starts_with(HEADER.as_bytes())
}

/// What a sealed file's bytes hold.
///
/// # Errors
/// [`LockError::Changed`].
pub fn unsealed(bytes: &[u8], key: &Key) -> Result<Zeroizing<Vec<u8>>, LockError> {
    let digits = bytes.strip_prefix(HEADER.as_bytes()).and_then(|rest| str::from_utf8(rest).ok());
    let sealed = digits.and_then(|digits| hex::read(digits.trim_end())).ok_or(LockError::Changed)?;
    key.open(&sealed, ABOUT)
}

/// Encrypts a file in place.
///
/// # Errors
/// When it is sealed already, is no plain file of one name, or cannot be written.
pub fn seal(file: &Path, key: &Key) -> Result<(), FileError> {
    exchange(file, |bytes| {
        if is_sealed(bytes) {
            return Err(unfit(file, "is sealed already"));
        }
        if bytes.is_empty() {
            return Err(unfit(file, "is empty; write the secret into it, as one line"));
        }
        let sealed = key.seal(bytes, ABOUT).map_err(|source| locked(file, source))?;
        Ok(Zeroizing::new(format!("{HEADER}{}\n", hex::of(&sealed)).into_bytes()))
    })
}

/// Decrypts a file in place.
///
/// # Errors
/// When it is not sealed, the key is another one, or it cannot be written.
pub fn open(file: &Path, key: &Key) -> Result<(), FileError> {
    exchange(file, |bytes| {
        if !is_sealed(bytes) {
            return Err(unfit(file, "is not sealed"));
        }
        unsealed(bytes, key).map_err(|source| locked(file, source))
    })
}

/// Puts other bytes in the place of a file's, all or none, and then writes over the old ones where they lay.
fn exchange(
    named: &Path,
    change: impl Fn(&[u8]) -> Result<Zeroizing<Vec<u8>>, FileError>,
) -> Result<(), FileError> {
    let failed = |source| FileError::Io { file: named.to_owned(), source };
    let path = fs::canonicalize(named).map_err(failed)?;
    let known = fs::metadata(&path).map_err(failed)?;
    if !known.is_file() || known.len() > LONGEST {
        return Err(unfit(named, "is no file with a password or token"));
    }
    // The old bytes are written over: another name of them would be left with nothing.
    if known.nlink() != 1 {
        return Err(unfit(named, "has several names (hard links); leave it one"));
    }
    let mut old = OpenOptions::new().read(true).write(true).open(&path).map_err(failed)?;
    let mut bytes = Zeroizing::new(Vec::new());
    old.read_to_end(&mut bytes).map_err(failed)?;
    let new = change(&bytes)?;
    replace(&path, &known, &new).map_err(failed)?;
    wipe(&mut old, bytes.len()).map_err(|source| FileError::Unwiped { file: named.to_owned(), source })
}

fn replace(path: &Path, known: &fs::Metadata, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(bytes)?;
    new.as_file().set_permissions(fs::Permissions::from_mode(known.mode() & 0o7777))?;
    // Root may do this for the user whom a service runs as.
    let made = new.as_file().metadata()?;
    if (made.uid(), made.gid()) != (known.uid(), known.gid()) {
        std::os::unix::fs::fchown(new.as_file(), Some(known.uid()), Some(known.gid()))?;
    }
    new.as_file().sync_all()?;
    new.persist(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

/// What no name leads to any more is written over with zeros.
fn wipe(old: &mut File, length: usize) -> io::Result<()> {
    old.seek(SeekFrom::Start(0))?;
    old.write_all(&vec![0; length])?;
    old.sync_all()
}

fn unfit(file: &Path, reason: &'static str) -> FileError {
    FileError::Unfit { file: file.to_owned(), reason }
}

fn locked(file: &Path, source: LockError) -> FileError {
    FileError::Lock { file: file.to_owned(), source }
}
