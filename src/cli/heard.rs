//! `entrenous heard`: what is kept of what was said, and deleting it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::confirm::{Question, confirm};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::heard::{Entry, Locked, Log};
use crate::lock::Lock;
use crate::store::private;
use crate::{Error, Result};

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
    /// Delete commands, for good
    Delete {
        #[arg(required = true)]
        numbers: Vec<i64>,
    },
    /// Write everything that is kept into a file that only you can read, one JSON object a line
    Export { file: PathBuf },
    /// Delete the whole history, for good. Lists, notes, timers and alarms stay
    EraseAll {
        /// Do not ask first
        #[arg(long)]
        yes: bool,
    },
}

/// # Errors
/// When the history cannot be read or written, a number is not in it, or nobody confirms that all of it
/// is to go.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    match &args.command {
        Command::List { json } => list(*json, config),
        Command::Show { number } => show(*number, config),
        Command::Delete { numbers } => delete(numbers, config),
        Command::Export { file } => export(file, config),
        Command::EraseAll { yes } => erase_all(*yes, config),
    }
}

fn open(config: &Config) -> Result<Log> {
    Ok(Log::open(&config.data_dir, config.privacy.keep_hours)?)
}

/// With the key, as far as it is there.
fn read(config: &Config) -> Result<(Log, Vec<Entry>)> {
    let log = open(config)?.locked_by(Lock::of(config))?;
    let entries = log.entries(SystemClock.now().timestamp())?;
    Ok((log, entries))
}

fn list(json: bool, config: &Config) -> Result<()> {
    let (log, entries) = read(config)?;
    let mut out = io::stdout().lock();
    if json { Ok(write_all(&mut out, &entries)?) } else { show_all(&mut out, &log, &entries, config) }
}

fn show(number: i64, config: &Config) -> Result<()> {
    let (log, entries) = read(config)?;
    let entry = entries.iter().find(|entry| entry.id == number).ok_or_else(|| missing(number))?;
    let alone = std::slice::from_ref(entry);
    if entry.locked.is_some() {
        return Err(unread(&log, alone));
    }
    Ok(write_all(&mut io::stdout(), alone)?)
}

/// What can be read is written; that it is not all is an error.
fn export(path: &Path, config: &Config) -> Result<()> {
    let (log, entries) = read(config)?;
    let (locked, readable): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.locked.is_some());
    // An older export is not replaced by one in which everything is missing.
    if readable.is_empty() && !locked.is_empty() {
        return Err(unread(&log, &locked));
    }
    let mut file = private::create(path).map_err(Error::io("write", path))?;
    write_all(&mut file, &readable)?;
    writeln!(io::stdout(), "{} commands are written", readable.len())?;
    if locked.is_empty() { Ok(()) } else { Err(unread(&log, &locked)) }
}

fn delete(numbers: &[i64], config: &Config) -> Result<()> {
    if let Some(number) = open(config)?.delete(numbers)?.first() {
        return Err(missing(*number));
    }
    let mut out = io::stdout().lock();
    for number in numbers {
        writeln!(out, "{number} is deleted")?;
    }
    Ok(())
}

fn erase_all(yes: bool, config: &Config) -> Result<()> {
    if !yes {
        let question = Question {
            english: "Delete the whole history, for good?",
            french: "Effacer tout l'historique, pour de bon ?",
        };
        confirm(&question, &config.language, "nothing is deleted")?;
    }
    let deleted = open(config)?.erase_all()?;
    let stay = "lists, notes, timers, alarms and settings stay";
    Ok(writeln!(io::stdout(), "{deleted} commands are deleted; {stay}")?)
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

fn write_all(out: &mut dyn Write, entries: &[Entry]) -> io::Result<()> {
    for entry in entries {
        serde_json::to_writer(&mut *out, entry)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

fn show_all(out: &mut dyn Write, log: &Log, entries: &[Entry], config: &Config) -> Result<()> {
    let (french, keep) = (config.language == "fr", config.privacy.keep_hours);
    let zone = TimeZone::system();
    for entry in entries {
        let at = entry.at.to_zoned_datetime(zone.clone()).strftime("%F %H:%M");
        match (entry.locked, french) {
            (None, _) => writeln!(out, "{:>5}  {at}  {}  →  {}", entry.id, entry.text, entry.reply)?,
            (Some(Locked::NoKey), false) => writeln!(out, "{:>5}  {at}  (locked)", entry.id)?,
            (Some(Locked::NoKey), true) => writeln!(out, "{:>5}  {at}  (verrouillé)", entry.id)?,
            (Some(Locked::Damaged), false) => writeln!(out, "{:>5}  {at}  (damaged)", entry.id)?,
            (Some(Locked::Damaged), true) => writeln!(out, "{:>5}  {at}  (abîmé)", entry.id)?,
        }
    }
    let line = match (french, keep, entries.len()) {
        (false, 0, _) => "nothing is kept (`keep_hours = 0`)".to_owned(),
        (false, _, 0) => format!("nothing is kept; commands would be for {keep} h, their sound never"),
        (false, _, _) => format!("kept for {keep} h; their sound is not"),
        (true, 0, _) => "rien n'est gardé (`keep_hours = 0`)".to_owned(),
        (true, _, 0) => format!("rien n'est gardé ; les commandes le seraient {keep} h, leur son jamais"),
        (true, _, _) => format!("gardé {keep} h ; leur son ne l'est pas"),
    };
    writeln!(out, "{line}")?;
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
    Ok(())
}

fn missing(number: i64) -> Error {
    let help = "`entrenous heard list` shows the numbers";
    Error::Input(format!("there is no command {number}; {help}"))
}
