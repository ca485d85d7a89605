//! `entrenous heard`: what is kept of what was said, and deleting it.

use std::io::{self, Write};
use std::path::PathBuf;

use jiff::tz::TimeZone;

use super::confirm::{Question, confirm};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::heard::{Entry, Log};
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
    if let Command::EraseAll { yes: false } = args.command {
        let question = Question {
            english: "Delete the whole history, for good?",
            french: "Effacer tout l'historique, pour de bon ?",
        };
        confirm(&question, &config.language, "nothing is deleted")?;
    }
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
            if let Some(number) = log.delete(numbers)?.first() {
                return Err(missing(*number));
            }
            for number in numbers {
                writeln!(out, "{number} is deleted")?;
            }
        }
        Command::Export { file } => {
            let mut file = private::create(file).map_err(Error::io("write", file))?;
            write_all(&mut file, &entries)?;
            writeln!(out, "{} commands are written", entries.len())?;
        }
        Command::EraseAll { .. } => {
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
    out.flush()
}

fn list(out: &mut dyn Write, log: &Log, entries: &[Entry], config: &Config) -> Result<()> {
    let (french, keep) = (config.language == "fr", config.privacy.keep_hours);
    let zone = TimeZone::system();
    for entry in entries {
        let at = entry.at.to_zoned_datetime(zone.clone()).strftime("%F %H:%M");
        writeln!(out, "{:>5}  {at}  {}  →  {}", entry.id, entry.text, entry.reply)?;
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
    Ok(())
}

fn missing(number: i64) -> Error {
    let help = "`entrenous heard list` shows the numbers";
    Error::Input(format!("there is no command {number}; {help}"))
}
