//! The recordings that are kept: `sound/wake` and `sound/commands` in the data folder.
//!
//! A file's name says when its conversation began, by the clock on the wall, and which command of the history
//! it belongs to: `2026-11-26_17-20-31+0100_12.wav` to command 12; a further recording of the same conversation
//! ends in `.2.wav`. So nothing has to be kept about them elsewhere, and whoever deletes a file has deleted all.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::{Timestamp, ZonedDateTime};

use super::pool::{self, LONGEST_BYTES};
use super::{Plan, Purpose, SoundError};
use crate::audio::{SAMPLE_RATE, samples_to_ms, wav};
use crate::store::private;

/// How names say when: as `2026-11-26_17-20-31+0100`.
const WHEN: &str = "%F_%H-%M-%S%z";

/// What all recordings may take together, in bytes. The oldest make room.
pub const MOST_BYTES: u64 = 200_000_000;

/// A recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// When its conversation began: all its recordings have this name.
    pub name: String,
    pub at: Timestamp,
    pub purpose: Purpose,
    /// The command of the history that it belongs to.
    pub entry: Option<i64>,
    /// From 1, in its conversation.
    pub part: u32,
    pub path: PathBuf,
    pub bytes: u64,
}

impl Sound {
    fn read(path: PathBuf, purpose: Purpose) -> io::Result<Option<Self>> {
        let stem = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".wav"));
        let Some((name, entry, part)) = stem.and_then(parse) else { return Ok(None) };
        let Ok(at) = Timestamp::strptime(WHEN, &name) else { return Ok(None) };
        match fs::symlink_metadata(&path) {
            // Somebody else has deleted it meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
            Ok(known) => Ok(Some(Self { name, at, purpose, entry, part, path, bytes: known.len() })),
        }
    }

    /// How long it is, in milliseconds.
    #[must_use]
    pub fn ms(&self) -> u64 {
        samples_to_ms(self.bytes.saturating_sub(wav::HEADER as u64) / 2)
    }
}

/// `when`, `when_12`, `when.2`, `when_12.2`.
fn parse(stem: &str) -> Option<(String, Option<i64>, u32)> {
    let (rest, part) = match stem.split_once('.') {
        Some((rest, part)) => (rest, part.parse().ok()?),
        None => (stem, 1),
    };
    // The time has one `_` itself.
    let (day, rest) = rest.split_once('_')?;
    let (time, entry) = match rest.split_once('_') {
        Some((time, entry)) => (time, Some(entry.parse().ok()?)),
        None => (rest, None),
    };
    Some((format!("{day}_{time}"), entry, part))
}

/// Where the recordings of a household lie.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    /// Of a data folder; nothing is made.
    #[must_use]
    pub fn of(data_dir: &Path) -> Self {
        Self { folder: data_dir.join("sound") }
    }

    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Every recording, oldest first.
    ///
    /// # Errors
    /// When the folders cannot be read.
    pub fn all(&self) -> Result<Vec<Sound>, SoundError> {
        let mut all = Vec::new();
        for purpose in Purpose::ALL {
            let folder = self.folder.join(purpose.name());
            let mut read = || -> io::Result<()> {
                for entry in fs::read_dir(&folder)? {
                    all.extend(Sound::read(entry?.path(), purpose)?);
                }
                Ok(())
            };
            missing_is_fine(read()).map_err(SoundError::at("read", &folder))?;
        }
        all.sort_by_key(|sound| (sound.at, sound.purpose, sound.part));
        Ok(all)
    }

    /// Puts a conversation's recordings here, out of the pool; the oldest of all make room for them.
    ///
    /// # Errors
    /// When one is no recording, or cannot be moved; the rest is.
    pub fn keep(
        &self,
        recordings: &[(Purpose, String)],
        began: &ZonedDateTime,
        entry: Option<i64>,
    ) -> Result<(), SoundError> {
        let taken: BTreeSet<String> = self.all()?.into_iter().map(|sound| sound.name).collect();
        // Two of the same second.
        let later = |seconds| {
            began.saturating_add(std::time::Duration::from_secs(seconds)).strftime(WHEN).to_string()
        };
        let mut seconds = 0..=taken.len() as u64;
        let free = |seconds: &u64| !taken.contains(&later(*seconds));
        let name = later(seconds.find(free).unwrap_or_default());
        let entry = entry.map(|entry| format!("_{entry}")).unwrap_or_default();
        let mut done = Ok(());
        for purpose in Purpose::ALL {
            let of_it = recordings.iter().filter(|(kept_for, _)| *kept_for == purpose);
            for (index, (_, file)) in of_it.enumerate() {
                let part = if index == 0 { String::new() } else { format!(".{}", index + 1) };
                let to = self.folder.join(purpose.name()).join(format!("{name}{entry}{part}.wav"));
                done = done.and(self.take_over(&self.folder.join(file), &to));
            }
        }
        done.and(self.make_room(MOST_BYTES))
    }

    /// An ear is not believed: what it wrote must be a recording as it makes them, or is deleted.
    fn take_over(&self, file: &Path, to: &Path) -> Result<(), SoundError> {
        let done = (|| {
            is_recording(file)?;
            private::folder(to.parent().unwrap_or(&self.folder))?;
            fs::rename(file, to)
        })();
        done.map_err(|error| match pool::remove(file) {
            Ok(()) => error,
            Err(worse) => worse,
        })
        .map_err(SoundError::at("keep", to))
    }

    /// Deletes the oldest until the others take no more than this.
    pub(super) fn make_room(&self, most: u64) -> Result<(), SoundError> {
        let mut left = self.all()?;
        let mut bytes: u64 = left.iter().map(|sound| sound.bytes).sum();
        left.reverse();
        while bytes > most
            && let Some(oldest) = left.pop()
        {
            bytes -= oldest.bytes;
            remove(&oldest)?;
        }
        Ok(())
    }

    /// Deletes those of which this is true, and gives them.
    ///
    /// # Errors
    /// When one cannot be deleted.
    pub fn delete(&self, which: impl Fn(&Sound) -> bool) -> Result<Vec<Sound>, SoundError> {
        let gone: Vec<Sound> = self.all()?.into_iter().filter(which).collect();
        gone.iter().try_for_each(remove)?;
        Ok(gone)
    }

    /// Deletes what is kept for purposes that are over, whatever it is called, and folders that are empty then.
    ///
    /// # Errors
    /// When something cannot be deleted.
    pub fn expire(&self, plan: &Plan, today: Date) -> Result<(), SoundError> {
        for purpose in Purpose::ALL.into_iter().filter(|purpose| plan.is_over(*purpose, today)) {
            let folder = self.folder.join(purpose.name());
            missing_is_fine(fs::remove_dir_all(&folder)).map_err(SoundError::at("delete", &folder))?;
        }
        if Purpose::ALL.into_iter().all(|purpose| plan.is_over(purpose, today)) {
            // Something of an ear may be in it still.
            let _ = fs::remove_dir(&self.folder);
        }
        Ok(())
    }

    /// Deletes what is over: recordings of commands without their text, too. `commands` are those that the history
    /// still holds, `None` when it cannot be read.
    ///
    /// # Errors
    /// When something cannot be deleted.
    pub fn tidy(
        &self,
        plan: &Plan,
        today: Date,
        commands: impl FnOnce() -> Option<BTreeSet<i64>>,
    ) -> Result<(), SoundError> {
        self.expire(plan, today)?;
        // In this order: a command that is written meanwhile is among them.
        let sounds = self.all()?;
        let Some(commands) = commands() else { return Ok(()) };
        let without_text = |sound: &&Sound| {
            sound.purpose == Purpose::Commands && sound.entry.is_some_and(|entry| !commands.contains(&entry))
        };
        sounds.iter().filter(without_text).try_for_each(remove)
    }
}

fn remove(sound: &Sound) -> Result<(), SoundError> {
    pool::remove(&sound.path).map_err(SoundError::at("delete", &sound.path))
}

fn missing_is_fine(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Looks at a file's length and at its header, and at nothing else.
fn is_recording(path: &Path) -> io::Result<()> {
    let fault = || io::Error::new(io::ErrorKind::InvalidData, "the ear wrote what is no recording into it");
    let known = fs::symlink_metadata(path)?;
    if !known.is_file() || known.len() > LONGEST_BYTES {
        return Err(fault());
    }
    let mut header = [0; wav::HEADER];
    File::open(path)?.read_exact(&mut header).map_err(|_| fault())?;
    let samples = (known.len() as usize - wav::HEADER) / 2;
    let right = known.len().is_multiple_of(2) && wav::header(samples, SAMPLE_RATE) == Some(header);
    if right { Ok(()) } else { Err(fault()) }
}
