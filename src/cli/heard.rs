//! `entrenous heard`: what is kept of what was said, and deleting it.

mod sounds;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use jiff::tz::TimeZone;

use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::heard::{Entry, Log};
use crate::sound::{Shelf, Sound};
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
    if let Command::EraseAll { yes: false } = args.command {
        confirm(config)?;
    }
    let now = SystemClock.now();
    let mut log = Log::open(&config.data_dir, config.privacy.keep_hours)?;
    let entries = log.entries(now.timestamp())?;
    let shelf = Shelf::of(&config.data_dir);
    shelf.tidy(&config.privacy.keep_sound, now.date(), || log.numbers().ok())?;
    let sounds = shelf.all()?;
    let mut out = io::stdout().lock();
    match &args.command {
        Command::List { json: true } => write_all(&mut out, &entries, &sounds)?,
        Command::List { json: false } => list(&mut out, &log, &entries, &sounds, config)?,
        Command::Show { number } => {
            let entry = entries.iter().find(|entry| entry.id == *number).ok_or_else(|| missing(*number))?;
            write_all(&mut out, std::slice::from_ref(entry), &sounds)?;
        }
        Command::Sounds { json } => sounds::list(&mut out, &sounds, &entries, config, *json)?,
        Command::Play { what } => sounds::play(&mut out, what, &sounds, config)?,
        Command::Delete { what } => {
            sounds::check(what, &sounds)?;
            let numbers: Vec<i64> = what.iter().filter_map(Which::number).collect();
            if let Some(number) = log.delete(&numbers)?.first() {
                return Err(missing(*number));
            }
            shelf.delete(|sound| what.iter().any(|what| what.is(sound)))?;
            for what in what {
                writeln!(out, "{what} is deleted")?;
            }
        }
        Command::Export { file } => {
            sounds::export(file, &sounds)?;
            let mut file = private::create(file).map_err(Error::io("write", file))?;
            write_all(&mut file, &entries, &sounds)?;
            writeln!(out, "{} are written", counted(entries.len(), sounds.len()))?;
        }
        Command::EraseAll { .. } => {
            let deleted = counted(log.erase_all()?, shelf.delete(|_| true)?.len());
            writeln!(out, "{deleted} are deleted; lists, notes, timers, alarms and settings stay")?;
        }
    }
    Ok(())
}

fn counted(commands: usize, recordings: usize) -> String {
    match recordings {
        0 => format!("{commands} commands"),
        _ => format!("{commands} commands and {recordings} recordings"),
    }
}

/// Asks whether everything is to go.
fn confirm(config: &Config) -> Result<()> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        let reason = "`heard erase-all` asks before it deletes, and nobody can answer here; add `--yes`";
        return Err(Error::Input(reason.into()));
    }
    let (question, yes) = match config.language.as_str() {
        "fr" => ("Effacer tout l'historique, pour de bon ? Tapez « oui » : ", "oui"),
        _ => ("Delete the whole history, for good? Type “yes”: ", "yes"),
    };
    let mut out = io::stderr();
    write!(out, "{question}")?;
    out.flush()?;
    let mut answer = String::new();
    stdin.read_line(&mut answer)?;
    if answer.trim().eq_ignore_ascii_case(yes) {
        Ok(())
    } else {
        Err(Error::Check("nothing is deleted".into()))
    }
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

fn list(out: &mut dyn Write, log: &Log, entries: &[Entry], sounds: &[Sound], config: &Config) -> Result<()> {
    let french = config.language == "fr";
    let zone = TimeZone::system();
    for entry in entries {
        let at = entry.at.to_zoned_datetime(zone.clone()).strftime("%F %H:%M");
        let sound = match (sounds.iter().any(|sound| sound.entry == Some(entry.id)), french) {
            (false, _) => "",
            (true, false) => "  (with sound)",
            (true, true) => "  (avec le son)",
        };
        writeln!(out, "{:>5}  {at}  {}  →  {}{sound}", entry.id, entry.text, entry.reply)?;
    }
    writeln!(out, "{}", kept(entries.len(), config))?;
    for (day, times) in log.unheard()? {
        if french {
            writeln!(out, "{day} : réveillé sans rien comprendre, {times} fois")?;
        } else {
            writeln!(out, "{day}: woken without understanding anything, {times} times")?;
        }
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
