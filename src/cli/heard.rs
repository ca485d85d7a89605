//! `entrenous heard`: what is kept of what was said, and deleting it.

mod sounds;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::confirm::{Question, confirm};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::heard::all::{All, open, tidy};
use crate::heard::{Entry, Locked, Log};
use crate::sound::Sound;
use crate::store::private;
use crate::{Error, Result};
use sounds::Which;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show the commands that are kept
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Show one command, as JSON
    Show { number: i64 },
    /// Show the recordings that are kept, where your settings ask for some
    Sounds {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Listen to the recordings of a command (its number) or of a wake-up (its name in `heard sounds`)
    Play { what: Which },
    /// Delete commands with their sound (numbers), or recordings (names in `heard sounds`), for good
    Delete {
        #[arg(required = true)]
        what: Vec<Which>,
    },
    /// Write everything that is kept into a file that only you can read, one JSON object a line; recordings
    /// into a folder beside it
    Export { file: PathBuf },
    /// Delete the whole history, for good, with all recordings. Lists, notes, timers and alarms stay
    EraseAll {
        /// Do not ask first
        #[arg(long)]
        yes: bool,
    },
}

/// # Errors
/// When the history cannot be read or written, a number or name is not in it, or nobody confirms that all of it
/// is to go.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    match &args.command {
        Command::List { json } => list(*json, config),
        Command::Show { number } => show(*number, config),
        Command::Sounds { json } => {
            let read = All::read(config, &SystemClock.now())?;
            sounds::list(&mut io::stdout().lock(), &read.sounds, &read.entries, config, *json)
        }
        Command::Play { what } => sounds::play(
            &mut io::stdout().lock(),
            what,
            &tidy(&open(config)?, config, &SystemClock.now())?.all()?,
            config,
        ),
        Command::Delete { what } => delete(what, config),
        Command::Export { file } => export(file, config),
        Command::EraseAll { yes } => erase_all(*yes, config),
    }
}

fn list(json: bool, config: &Config) -> Result<()> {
    let read = All::read(config, &SystemClock.now())?;
    let mut out = io::stdout().lock();
    if json {
        Ok(write_all(&mut out, &read.entries, &read.sounds)?)
    } else {
        show_all(&mut out, &read, config)
    }
}

fn show(number: i64, config: &Config) -> Result<()> {
    let All { log, entries, sounds } = All::read(config, &SystemClock.now())?;
    let entry = entries.iter().find(|entry| entry.id == number).ok_or_else(|| missing(number))?;
    let alone = std::slice::from_ref(entry);
    if entry.locked.is_some() {
        return Err(unread(&log, alone));
    }
    Ok(write_all(&mut io::stdout(), alone, &sounds)?)
}

/// What can be read is written; that it is not all is an error.
fn export(path: &Path, config: &Config) -> Result<()> {
    let All { log, entries, sounds } = All::read(config, &SystemClock.now())?;
    let (locked, readable): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.locked.is_some());
    // An older export is not replaced by one in which everything is missing.
    if readable.is_empty() && !locked.is_empty() {
        return Err(unread(&log, &locked));
    }
    sounds::export(path, &sounds)?;
    let mut file = private::create(path).map_err(Error::io("write", path))?;
    write_all(&mut file, &readable, &sounds)?;
    writeln!(io::stdout(), "{} are written", counted(readable.len(), sounds.len()))?;
    if locked.is_empty() { Ok(()) } else { Err(unread(&log, &locked)) }
}

fn delete(what: &[Which], config: &Config) -> Result<()> {
    let mut log = open(config)?;
    let shelf = tidy(&log, config, &SystemClock.now())?;
    sounds::check(what, &shelf.all()?)?;
    let numbers: Vec<i64> = what.iter().filter_map(Which::number).collect();
    if let Some(number) = log.delete(&numbers)?.first() {
        return Err(missing(*number));
    }
    shelf.delete(|sound| what.iter().any(|what| what.is(sound)))?;
    let mut out = io::stdout().lock();
    for what in what {
        writeln!(out, "{what} is deleted")?;
    }
    Ok(())
}

fn erase_all(yes: bool, config: &Config) -> Result<()> {
    if !yes {
        let question = Question {
            english: "Delete the whole history with all recordings, for good?",
            french: "Effacer tout l'historique et tous les enregistrements, pour de bon ?",
        };
        confirm(&question, &config.language, "nothing is deleted")?;
    }
    let mut log = open(config)?;
    let shelf = tidy(&log, config, &SystemClock.now())?;
    let deleted = counted(log.erase_all()?, shelf.delete(|_| true)?.len());
    Ok(writeln!(io::stdout(), "{deleted} are deleted; lists, notes, timers, alarms and settings stay")?)
}

fn counted(commands: usize, recordings: usize) -> String {
    match recordings {
        0 => format!("{commands} commands"),
        _ => format!("{commands} commands and {recordings} recordings"),
    }
}

/// Why entries cannot be read.
fn unread(log: &Log, entries: &[Entry]) -> Error {
    match log.check_key() {
        Err(error) => error.into(),
        Ok(()) => Error::Check(damaged(entries)),
    }
}

fn damaged(entries: &[Entry]) -> String {
    let numbers: Vec<_> = entries
        .iter()
        .filter(|entry| entry.locked == Some(Locked::Damaged))
        .map(|entry| entry.id.to_string())
        .collect();
    let numbers = numbers.join(" ");
    format!(
        "what cannot be decrypted was changed, or encrypted with another key: {numbers}; `entrenous heard delete {numbers}` deletes it"
    )
}

/// A command with the files of its sound.
#[derive(serde::Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    entry: &'a Entry,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sound: Vec<String>,
}

fn write_all(out: &mut dyn Write, entries: &[Entry], sounds: &[Sound]) -> io::Result<()> {
    for entry in entries {
        let sound = sounds.iter().filter(|sound| sound.entry == Some(entry.id)).map(sounds::file).collect();
        serde_json::to_writer(&mut *out, &Shown { entry, sound })?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

fn show_all(out: &mut dyn Write, read: &All, config: &Config) -> Result<()> {
    let (french, All { log, entries, sounds }) = (config.language == "fr", read);
    let zone = TimeZone::system();
    for entry in entries {
        let at = entry.at.to_zoned_datetime(zone.clone()).strftime("%F %H:%M");
        let words = match (entry.locked, french) {
            (None, _) => format!("{}  →  {}", entry.text, entry.reply),
            (Some(Locked::NoKey), false) => "(locked)".to_owned(),
            (Some(Locked::NoKey), true) => "(verrouillé)".to_owned(),
            (Some(Locked::Damaged), false) => "(damaged)".to_owned(),
            (Some(Locked::Damaged), true) => "(abîmé)".to_owned(),
        };
        let sound = match (sounds.iter().any(|sound| sound.entry == Some(entry.id)), french) {
            (false, _) => "",
            (true, false) => "  (with sound)",
            (true, true) => "  (avec le son)",
        };
        writeln!(out, "{:>5}  {at}  {words}{sound}", entry.id)?;
    }
    writeln!(out, "{}", kept(entries.len(), config))?;
    for (day, times) in log.unheard()? {
        if french {
            writeln!(out, "{day} : réveillé sans rien comprendre, {times} fois")?;
        } else {
            writeln!(out, "{day}: woken without understanding anything, {times} times")?;
        }
    }
    // The list is complete; it is no failure that others can read less than the household.
    if entries.iter().any(|entry| entry.locked == Some(Locked::NoKey)) {
        log.check_key().or_else(|error| writeln!(out, "{error}"))?;
    }
    if entries.iter().any(|entry| entry.locked == Some(Locked::Damaged)) {
        writeln!(out, "{}", damaged(entries))?;
    }
    match (sounds.len(), french) {
        (0, _) => {}
        (count, false) => writeln!(out, "recordings: {count} (`entrenous heard sounds`)")?,
        (count, true) => writeln!(out, "enregistrements : {count} (`entrenous heard sounds`)")?,
    }
    Ok(())
}

/// How long commands are kept, and whether their sound is.
fn kept(entries: usize, config: &Config) -> String {
    let (french, keep) = (config.language == "fr", config.privacy.keep_hours);
    let sound = config.privacy.keep_sound.on(SystemClock.now().date()).commands;
    match (french, keep, entries, sound) {
        (false, 0, _, false) => "nothing is kept (`keep_hours = 0`)".to_owned(),
        (false, 0, _, true) => "no text is kept (`keep_hours = 0`), but sound is".to_owned(),
        (false, _, 0, false) => format!("nothing is kept; commands would be for {keep} h, their sound never"),
        (false, _, 0, true) => format!("nothing is kept; commands would be for {keep} h, and their sound"),
        (false, _, _, false) => format!("kept for {keep} h; their sound is not"),
        (false, _, _, true) => format!("kept for {keep} h, and so is their sound"),
        (true, 0, _, false) => "rien n'est gardé (`keep_hours = 0`)".to_owned(),
        (true, 0, _, true) => "aucun texte n'est gardé (`keep_hours = 0`), mais le son l'est".to_owned(),
        (true, _, 0, false) => {
            format!("rien n'est gardé ; les commandes le seraient {keep} h, leur son jamais")
        }
        (true, _, 0, true) => format!("rien n'est gardé ; les commandes le seraient {keep} h, et leur son"),
        (true, _, _, false) => format!("gardé {keep} h ; leur son ne l'est pas"),
        (true, _, _, true) => format!("gardé {keep} h, et leur son aussi"),
    }
}

fn missing(number: i64) -> Error {
    let help = "`entrenous heard list` shows the numbers";
    Error::Input(format!("there is no command {number}; {help}"))
}
