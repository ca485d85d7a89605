//! The recordings among what is kept: shown, listened to, exported.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde_json::json;

use crate::audio::load;
use crate::config::Config;
use crate::heard::Entry;
use crate::sound::Sound;
use crate::store::private;
use crate::{Error, Result};

/// What somebody means: a command of the history, or a conversation's recordings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    Command(i64),
    Recordings(String),
}

impl Which {
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Command(number) => Some(*number),
            Self::Recordings(_) => None,
        }
    }

    pub fn is(&self, sound: &Sound) -> bool {
        match self {
            Self::Command(number) => sound.entry == Some(*number),
            Self::Recordings(name) => sound.name == *name,
        }
    }
}

impl FromStr for Which {
    type Err = Infallible;

    fn from_str(text: &str) -> std::result::Result<Self, Infallible> {
        Ok(text.parse().map_or_else(|_| Self::Recordings(text.to_owned()), Self::Command))
    }
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(number) => number.fmt(f),
            Self::Recordings(name) => name.fmt(f),
        }
    }
}

/// Its file, from the folder of all.
pub fn file(sound: &Sound) -> String {
    let name = sound.path.file_name().unwrap_or_default().to_string_lossy();
    format!("{}/{name}", sound.purpose.name())
}

pub fn list(
    out: &mut dyn Write,
    sounds: &[Sound],
    entries: &[Entry],
    config: &Config,
    json: bool,
) -> Result<()> {
    let french = config.language == "fr";
    for sound in sounds {
        let Sound { name, at, purpose, entry, path, .. } = sound;
        let text = entries.iter().find(|other| Some(other.id) == *entry).map(|entry| entry.text.as_str());
        if json {
            let all = json!({ "name": name, "at": at, "for": purpose, "ms": sound.ms(), "command": entry, "text": text, "file": path });
            writeln!(out, "{all}")?;
        } else {
            let seconds = sound.ms() as f32 / 1000.0;
            let text = text.zip(*entry).map(|(text, entry)| format!("  {entry}: {text}")).unwrap_or_default();
            writeln!(out, "{name}  {:<8}  {seconds:>4.1} s{text}", purpose.name())?;
        }
    }
    if !json && sounds.is_empty() {
        writeln!(out, "{}", if french { "aucun son n'est gardé" } else { "no sound is kept" })?;
    }
    Ok(())
}

/// # Errors
/// When there is no such recording, or no speaker.
pub fn play(out: &mut dyn Write, what: &Which, sounds: &[Sound], config: &Config) -> Result<()> {
    let meant: Vec<&Sound> = sounds.iter().filter(|sound| what.is(sound)).collect();
    if meant.is_empty() {
        return Err(missing(what));
    }
    for sound in meant {
        writeln!(out, "{}", file(sound))?;
        out.flush()?;
        super::super::say::play_recording(load(&sound.path)?, config)?;
    }
    Ok(())
}

/// # Errors
/// When one of these names no recording; numbers are for the history to know.
pub fn check(what: &[Which], sounds: &[Sound]) -> Result<()> {
    let unknown = |what: &&Which| what.number().is_none() && !sounds.iter().any(|sound| what.is(sound));
    what.iter().find(unknown).map_or(Ok(()), |what| Err(missing(what)))
}

/// Copies all of them into a folder beside a file: `mine.sound` for `mine.jsonl`.
///
/// # Errors
/// When something is in it already, or it cannot be written.
pub fn export(beside: &Path, sounds: &[Sound]) -> Result<()> {
    if sounds.is_empty() {
        return Ok(());
    }
    let folder = beside.with_extension("sound");
    if fs::read_dir(&folder).is_ok_and(|mut inside| inside.next().is_some()) {
        let folder = folder.display();
        return Err(Error::Input(format!(
            "recordings would be written into `{folder}`, and something is in it; name another file"
        )));
    }
    let folders: BTreeSet<PathBuf> = sounds.iter().map(|sound| folder.join(sound.purpose.name())).collect();
    for folder in folders {
        private::folder(&folder).map_err(Error::io("make", &folder))?;
    }
    for sound in sounds {
        copy(sound, &folder.join(file(sound)))?;
    }
    Ok(())
}

fn copy(sound: &Sound, to: &Path) -> Result<()> {
    let mut from = fs::File::open(&sound.path).map_err(Error::io("read", &sound.path))?;
    let mut file = private::create(to).map_err(Error::io("write", to))?;
    io::copy(&mut from, &mut file).map_err(Error::io("write", to))?;
    Ok(())
}

fn missing(what: &Which) -> Error {
    Error::Input(match what {
        Which::Command(number) => {
            format!("there is no sound of command {number}; `entrenous heard list` says which have some")
        }
        Which::Recordings(name) => {
            format!("there is no recording `{name}`; `entrenous heard sounds` shows their names")
        }
    })
}
