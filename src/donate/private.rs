//! Files that only their owner may read, and numbers that nobody can guess.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::{Error, Result, hex, random, store};

/// Makes a folder and those above it.
///
/// # Errors
/// When it cannot be made.
pub fn folder(path: &Path) -> Result<()> {
    store::private::folder(path).map_err(Error::io("create", path))
}

/// Makes a file that is not there yet.
///
/// # Errors
/// When it is there, or cannot be made.
pub fn create(path: &Path) -> Result<File> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    made.map_err(Error::io("create", path))
}

/// Opens a file to add to it, or makes it.
///
/// # Errors
/// When it cannot be opened.
pub fn open(path: &Path) -> Result<File> {
    let opened = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
    opened.map_err(Error::io("open", path))
}

/// Writes a file whole or not at all: what was there stays until the new is on the disk.
///
/// # Errors
/// When it cannot be written.
pub fn replace(path: &Path, write: impl FnOnce(File) -> std::io::Result<()>) -> Result<()> {
    let new = path.with_extension("new");
    // Of somebody who was interrupted.
    let _ = fs::remove_file(&new);
    let file = create(&new)?;
    let written = file.try_clone().and_then(write).and_then(|()| file.sync_all());
    written.and_then(|()| fs::rename(&new, path)).map_err(|error| {
        let _ = fs::remove_file(&new);
        Error::io("write", path)(error)
    })
}

/// [`replace`] with a text.
///
/// # Errors
/// When it cannot be written.
pub fn replace_text(path: &Path, text: &str) -> Result<()> {
    replace(path, |mut file| file.write_all(text.as_bytes()))
}

/// So many random bytes of the kernel's, as hex digits.
///
/// # Errors
/// When the kernel gives none.
pub fn random_hex(bytes: usize) -> Result<String> {
    let mut drawn = vec![0; bytes];
    random::fill(&mut drawn)?;
    Ok(hex::of(&drawn))
}
