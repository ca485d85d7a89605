//! Folders of recordings.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::parallel;
use crate::Result;
use crate::audio::{self, FileFrames};

/// One half of a folder's files: by name, in turn. Training on one and trying on the other is
/// the plainest honest measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Half {
    First,
    Second,
}

/// The recordings in a folder (not below it), by name.
///
/// # Errors
/// When the folder cannot be read or holds none.
pub fn recordings(folder: &Path, half: Option<Half>) -> Result<Vec<PathBuf>> {
    let all = audio::recordings(&[folder.to_owned()])?;
    Ok(match half {
        None => all,
        Some(half) => all.into_iter().skip(half as usize).step_by(2).collect(),
    })
}

/// Loads the recordings in some folders as 16 kHz mono.
///
/// # Errors
/// When a folder or a recording cannot be read.
pub fn load_clips(folders: &[PathBuf], half: Option<Half>) -> Result<Vec<Vec<i16>>> {
    let mut paths = Vec::new();
    for folder in folders {
        paths.extend(recordings(folder, half)?);
    }
    parallel::map("reading", &paths, || Ok(()), |(), path| Ok(audio::load(path)?))
}

/// Loads a recording however long, as noises are.
///
/// # Errors
/// When it cannot be read.
pub fn load_long(path: &Path) -> Result<Vec<i16>> {
    let mut samples = Vec::new();
    for frame in FileFrames::open(path)? {
        samples.extend(frame?);
    }
    Ok(samples)
}
