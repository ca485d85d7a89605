//! `entrenous heard`: what is kept of what was said, and deleting it.

use std::io::{self, Write};
use std::path::PathBuf;

use jiff::tz::TimeZone;

use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::heard::{Entry, Log};
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
    Delete { numbers: Vec<i64> },
    /// Write everything that is kept into a file, one JSON object a line
    Export { file: PathBuf },
    /// Delete the whole history, for good. Lists, notes, timers and alarms stay
    EraseAll,
}

/// # Errors
/// When the history cannot be read or written, or a number is not in it.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let mut log = Log::open(&config.data_dir, config.privacy.keep_hours)?;
    let entries = log.entries(SystemClock.now().timestamp())?;
    let mut out = io::stdout().lock();
    match &args.command {
        Command::List { json: true } => write_all(&mut out, &entries)?,
        Command::List { json: false } => list(&mut out, &log, &entries, config)?,
        Command::Show { number } => {
            let entry = entries.iter().find(|entry| entry.id == *number).ok_or_else(|| missing(*number))?;
            write_all(&mut out, std::slice::from_ref(entry))?;
        }
        Command::Delete { numbers } => {
            for number in numbers {
                if !log.delete(*number)? {
                    return Err(missing(*number));
                }
                writeln!(out, "{number} is deleted")?;
            }
        }
        Command::Export { file } => {
            let mut file = std::fs::File::create(file).map_err(Error::io("write", file))?;
            write_all(&mut file, &entries)?;
            writeln!(out, "{} commands are written", entries.len())?;
        }
        Command::EraseAll => {
            let deleted = log.erase_all()?;
            writeln!(out, "{deleted} commands are deleted; lists, notes, timers, alarms and settings stay")?;
        }
    }
    Ok(())
}

fn write_all(out: &mut dyn Write, entries: &[Entry]) -> io::Result<()> {
    for entry in entries {
        serde_json::to_writer(&mut *out, entry)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn list(out: &mut dyn Write, log: &Log, entries: &[Entry], config: &Config) -> Result<()> {
    let keep = config.privacy.keep_hours;
    let zone = TimeZone::system();
    for entry in entries {
        let at = entry.at.to_zoned_datetime(zone.clone()).strftime("%a %H:%M");
        writeln!(out, "{:>5}  {at}  {}  →  {}", entry.id, entry.text, entry.reply)?;
    }
    match (keep, entries.len()) {
        (0, _) => writeln!(out, "nothing is kept (`keep_hours = 0`)")?,
        (_, 0) => writeln!(out, "nothing is kept; commands would be for {keep} h, their sound never")?,
        _ => writeln!(out, "kept for {keep} h; their sound is not")?,
    }
    for (day, times) in log.unheard()? {
        writeln!(out, "{day}: woken without understanding anything {times} times")?;
    }
    Ok(())
}

fn missing(number: i64) -> Error {
    Error::Input(format!("there is no command {number}; `entrenous heard list` shows the numbers"))
}
