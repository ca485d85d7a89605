//! What plugins write to standard error, kept for their authors: bounded, never shown to others.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The size at which a log is put away; one older log is kept.
const MAX_SIZE: u64 = 256 * 1024;

/// What a plugin may write in a second before its log makes it wait.
const A_SECOND: usize = 64 * 1024;

/// The log of a plugin.
#[must_use]
pub fn file(data_dir: &Path, plugin: &str) -> PathBuf {
    data_dir.join("plugin-logs").join(format!("{plugin}.log"))
}

/// Appends a line of the assistant's own about a plugin. A log that cannot be written is told.
pub fn note(log: &Path, text: &str) {
    let written = open(log).and_then(|mut file| writeln!(file, "-- {text}"));
    if let Err(error) = written {
        tracing::warn!("cannot write the plugin's log `{}`: {error}", log.display());
    }
}

/// Copies what a plugin writes to its log, until it ends.
pub fn keep(mut from: impl Read, log: &Path) {
    let mut buffer = [0; 4096];
    let (mut second, mut written) = (Instant::now(), 0);
    let mut told = false;
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => return,
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        // A plugin that writes faster waits for its log, as for any full pipe.
        written += read;
        if written > A_SECOND {
            std::thread::sleep(Duration::from_secs(1).saturating_sub(second.elapsed()));
        }
        if second.elapsed() >= Duration::from_secs(1) {
            (second, written) = (Instant::now(), 0);
        }
        let kept = open(log).and_then(|mut file| file.write_all(&buffer[..read]));
        if let Err(error) = kept
            && !std::mem::replace(&mut told, true)
        {
            tracing::warn!("cannot write the plugin's log `{}`: {error}", log.display());
        }
    }
}

fn open(log: &Path) -> std::io::Result<File> {
    if let Some(folder) = log.parent() {
        crate::store::private::folder(folder)?;
    }
    if fs::metadata(log).is_ok_and(|file| file.len() > MAX_SIZE) {
        fs::rename(log, log.with_extension("old.log"))?;
    }
    OpenOptions::new().create(true).append(true).open(log)
}
