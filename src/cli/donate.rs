//! `entrenous donate`: recordings for public collections of speech. Nothing is sent.

use std::io::{self, Write};
use std::path::PathBuf;

use super::confirm::{Question, confirm};
use crate::audio::{load, ms_to_samples};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::donate::consent::{self, About};
use crate::donate::session::{self, Chooser};
use crate::donate::{Export, Shelf, export, sound, words};
use crate::{Error, Result};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Read what giving means, and agree to it
    Consent(ConsentArgs),
    /// Read sentences aloud, and keep what you like
    Record {
        /// Sentences of your own, one a line
        #[arg(long, value_name = "FILE")]
        sentences: Option<PathBuf>,
        /// What is spoken [default: the household's language]
        #[arg(long, value_name = "LANGUAGE")]
        locale: Option<String>,
    },
    /// Take a recording that is there, with the words that are said in it
    Add {
        file: PathBuf,
        sentence: String,
        /// What is spoken [default: the household's language]
        #[arg(long, value_name = "LANGUAGE")]
        locale: Option<String>,
    },
    /// Choose among commands whose sound is kept (`[privacy.keep_sound]`)
    #[cfg(feature = "sqlite")]
    Pick {
        /// What is spoken [default: the household's language]
        #[arg(long, value_name = "LANGUAGE")]
        locale: Option<String>,
    },
    /// Show what there is, and how far it is
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Listen to a recording
    Play { number: u32 },
    /// Cut a recording: silence at both ends, or what is named
    Trim {
        number: u32,
        /// Where it is to begin, in seconds
        #[arg(long, value_name = "S", value_parser = seconds)]
        from: Option<u64>,
        /// Where it is to end, in seconds
        #[arg(long, value_name = "S", value_parser = seconds)]
        to: Option<u64>,
    },
    /// Say that recordings which you listened to are to be given
    Confirm {
        #[arg(required = true)]
        numbers: Vec<u32>,
        /// You listened to them elsewhere
        #[arg(long)]
        heard: bool,
    },
    /// Write what is confirmed into a new folder, as Common Voice lays it out
    Export {
        folder: PathBuf,
        /// Also what was exported before
        #[arg(long)]
        again: bool,
    },
    /// Take it back: recordings are deleted, and you are told where copies may be
    Withdraw {
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        numbers: Vec<u32>,
        /// All of them, and the consent
        #[arg(long)]
        all: bool,
    },
}

#[derive(Debug, clap::Args)]
struct ConsentArgs {
    /// The language of the text [default: the household's]
    #[arg(long, value_parser = ["en", "fr"])]
    locale: Option<String>,
    /// Agree without being asked, having read it
    #[arg(long)]
    yes: bool,
    /// Only if you like: your age band, as Common Voice spells it
    #[arg(long, value_parser = consent::AGES)]
    age: Option<String>,
    /// Only if you like
    #[arg(long, value_parser = consent::GENDERS)]
    gender: Option<String>,
    /// Only if you like: how you speak, in your own words
    #[arg(long)]
    accents: Option<String>,
}

/// Seconds, as milliseconds.
fn seconds(text: &str) -> std::result::Result<u64, String> {
    let seconds = text.parse().ok().filter(|s| (0.0..=3600.0).contains(s));
    seconds.map(|s: f64| (s * 1000.0).round() as u64).ok_or_else(|| "write seconds, as 0.8".to_owned())
}

/// # Errors
/// Whatever the command fails with.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let french = config.language == "fr";
    let now = SystemClock.now().timestamp();
    let change = || Shelf::change(&config.data_dir);
    let mut out = io::stdout().lock();
    match &args.command {
        Command::Consent(args) => {
            drop(out);
            agree(args, config)?;
        }
        Command::Record { sentences, locale } => {
            drop(out);
            record(sentences.as_ref(), locale.as_ref().unwrap_or(&config.language), config)?;
        }
        Command::Add { file, sentence, locale } => {
            let sound = load(file)?;
            sound::check(&sound).map_err(|fault| unfit(&file.display().to_string(), fault))?;
            let locale = locale.as_ref().unwrap_or(&config.language);
            let number = change()?.add(&sound, sentence, locale, false, now)?;
            writeln!(
                out,
                "{}",
                if french { format!("gardé : {number}") } else { format!("kept as {number}") }
            )?;
        }
        #[cfg(feature = "sqlite")]
        Command::Pick { locale } => {
            drop(out);
            pick(locale.as_ref().unwrap_or(&config.language), config)?;
        }
        Command::List { json } => list(&mut out, &Shelf::look(&config.data_dir)?, *json, french)?,
        Command::Play { number } => {
            let sound = Shelf::look(&config.data_dir)?;
            writeln!(out, "{}", sound.donation(*number)?.sentence)?;
            super::say::play_recording(sound.sound(*number)?, config)?;
            change()?.heard(*number)?;
        }
        Command::Trim { number, from, to } => {
            let mut shelf = change()?;
            shelf.donation(*number)?;
            let before = shelf.sound(*number)?;
            let part = part(&before, *from, *to)?;
            sound::check(part).map_err(|fault| unfit(&number.to_string(), fault))?;
            shelf.keep_part(*number, part)?;
            let seconds = |samples: &[i16]| samples.len() as f32 / 16_000.0;
            let (was, is) = (seconds(&before), seconds(part));
            writeln!(out, "{number}: {was:.2} s → {is:.2} s")?;
        }
        Command::Confirm { numbers, heard } => {
            change()?.confirm(numbers, *heard, now)?;
            let n = numbers.len();
            writeln!(out, "{}", if french { format!("confirmé : {n}") } else { format!("{n} confirmed") })?;
        }
        Command::Export { folder, again } => {
            let export = export::export(&mut change()?, folder, *again, now)?;
            let (n, folder) = (export.clips.len(), export.folder.display());
            writeln!(
                out,
                "{}",
                if french {
                    format!(
                        "{n} enregistrements écrits dans `{folder}`. Rien n'est envoyé : c'est à vous de remettre ce dossier, ou non."
                    )
                } else {
                    format!(
                        "{n} recordings written to `{folder}`. Nothing is sent: it is yours to hand over, or not."
                    )
                }
            )?;
        }
        Command::Withdraw { numbers, all } => withdraw(&mut out, &mut change()?, numbers, *all, config)?,
    }
    Ok(())
}

fn unfit(what: &str, fault: crate::studio::Fault) -> Error {
    Error::Input(format!("`{what}` cannot be given: {}", words::fault(fault, false)))
}

fn agree(args: &ConsentArgs, config: &Config) -> Result<()> {
    let language = args.locale.as_ref().unwrap_or(&config.language);
    let french = language == "fr";
    let mut out = io::stdout();
    writeln!(out, "{}", consent::text(language))?;
    if !args.yes {
        let question = Question { english: "Do you agree?", french: "D'accord ?" };
        confirm(&question, language, "nothing was agreed to, and nothing is kept of it")?;
    }
    let about = About { age: args.age.clone(), gender: args.gender.clone(), accents: args.accents.clone() };
    let mut shelf = Shelf::change(&config.data_dir)?;
    let receipt = shelf.agree(language, about, SystemClock.now().timestamp())?;
    let (id, at, sha256) = (&receipt.id, receipt.at.strftime("%F %H:%M:%SZ"), &receipt.sha256);
    writeln!(
        out,
        "{}",
        if french {
            format!(
                "Reçu {id}, {at}, SHA-256 du texte {sha256}.\n`entrenous donate withdraw --all` revient dessus."
            )
        } else {
            format!(
                "Receipt {id}, {at}, SHA-256 of the text {sha256}.\n`entrenous donate withdraw --all` takes it back."
            )
        }
    )?;
    Ok(())
}

fn list(out: &mut dyn Write, shelf: &Shelf, json: bool, french: bool) -> Result<()> {
    for donation in &shelf.index.donations {
        if json {
            serde_json::to_writer(&mut *out, donation).map_err(io::Error::from)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", words::line(donation, &shelf.index, french))?;
        }
    }
    if json {
        return Ok(());
    }
    let consent = match (shelf.consent()?, french) {
        (Some(receipt), false) => format!("consent: given on {}", receipt.at.strftime("%F")),
        (Some(receipt), true) => format!("consentement : donné le {}", receipt.at.strftime("%F")),
        (None, false) => "consent: none (`entrenous donate consent`); nothing can be exported".into(),
        (None, true) => {
            "consentement : aucun (`entrenous donate consent`) ; rien ne peut être exporté".into()
        }
    };
    writeln!(out, "{consent}")?;
    Ok(())
}

/// What is kept of a recording.
fn part(sound: &[i16], from: Option<u64>, to: Option<u64>) -> Result<&[i16]> {
    let at = |ms: u64| (ms_to_samples(ms) as usize).min(sound.len());
    let range = match (from, to) {
        (None, None) => sound::voice(sound).ok_or_else(|| {
            Error::Input("there is no voice in it; say where to cut, by `--from` and `--to`".into())
        })?,
        (from, to) => at(from.unwrap_or(0))..to.map_or(sound.len(), at),
    };
    sound.get(range).ok_or_else(|| Error::Input("`--to` must be later than `--from`".into()))
}

fn withdraw(
    out: &mut dyn Write,
    shelf: &mut Shelf,
    numbers: &[u32],
    all: bool,
    config: &Config,
) -> Result<()> {
    let numbers: Vec<u32> = if all {
        // Also what was exported and withdrawn before: who has it can still be asked.
        let exported = shelf.index.exports.iter().flat_map(|export| export.clips.iter().map(|clip| clip.0));
        shelf.index.donations.iter().map(|donation| donation.number).chain(exported).collect()
    } else {
        numbers.to_vec()
    };
    let before = shelf.index.donations.len();
    if all {
        shelf.withdraw_all(SystemClock.now().timestamp())?;
    } else {
        shelf.withdraw(&numbers)?;
    }
    let gone = before - shelf.index.donations.len();
    let french = config.language == "fr";
    let held = |export: &&Export| export.clips.iter().any(|(number, _)| numbers.contains(number));
    let exports: Vec<&Export> = shelf.index.exports.iter().filter(held).collect();
    writeln!(out, "{}", if french { format!("supprimé : {gone}") } else { format!("{gone} deleted") })?;
    write!(out, "{}", words::exported(&exports, &numbers, french))?;
    if all {
        let folder = shelf.folder().display();
        writeln!(
            out,
            "{}",
            if french {
                format!(
                    "Le consentement est retiré. `{folder}` ne garde que les reçus et où ces enregistrements sont allés ; supprimez-le quand vous n'en avez plus besoin."
                )
            } else {
                format!(
                    "The consent is withdrawn. `{folder}` keeps only the receipts and where these recordings went; delete it when you no longer need that."
                )
            }
        )?;
    }
    Ok(())
}

/// A line of standard input.
struct Lines;

impl Chooser for Lines {
    fn choose(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        Ok((io::stdin().read_line(&mut line)? > 0).then_some(line))
    }
}

fn record(file: Option<&PathBuf>, locale: &str, config: &Config) -> Result<()> {
    let text = match file {
        Some(file) => std::fs::read_to_string(file).map_err(Error::io("read", file))?,
        None => session::shipped(locale).map(str::to_owned).ok_or_else(|| {
            Error::Input(format!(
                "no sentences in `{locale}` come with the program; name yours by `--sentences FILE`"
            ))
        })?,
    };
    let mut sentences = session::sentences(&text)?;
    let shelf = Shelf::look(&config.data_dir)?;
    let there = |sentence: &String| {
        shelf
            .index
            .donations
            .iter()
            .any(|donation| donation.locale == locale && donation.sentence == *sentence)
    };
    sentences.retain(|sentence| !there(sentence));
    if sentences.is_empty() {
        return Err(Error::Input(
            "all these sentences are recorded already; name others by `--sentences FILE`".into(),
        ));
    }
    begin(&sentences, locale, config)
}

#[cfg(feature = "sqlite")]
fn pick(locale: &str, config: &Config) -> Result<()> {
    use crate::donate::pick::{Picking, offers};
    use crate::heard::Locked;
    use crate::heard::all::All;

    let french = config.language == "fr";
    let All { log, entries, sounds } = All::read(config, &SystemClock.now())?;
    if entries.iter().any(|entry| entry.locked == Some(Locked::NoKey)) {
        log.check_key()?;
    }
    let offers = offers(&entries, &sounds);
    if offers.is_empty() {
        let reason = "no command has its sound kept; ask for it by `commands` under [privacy.keep_sound]";
        return Err(Error::Check(reason.into()));
    }
    let mut out = io::stdout();
    let play = |sound: &[i16]| super::say::play_recording(sound.to_vec(), config);
    let mut picking = Picking {
        out: &mut out,
        chooser: &mut Lines,
        play: &play,
        open: &|| Shelf::change(&config.data_dir),
        now: &|| SystemClock.now().timestamp(),
        locale,
        french,
    };
    let outcome = picking.go(&offers)?;
    writeln!(out, "{}", summary(outcome.kept.len(), outcome.skipped, french))?;
    Ok(())
}

/// What a session came to.
#[cfg(any(feature = "audio", feature = "sqlite"))]
fn summary(kept: usize, skipped: usize, french: bool) -> String {
    if french {
        format!("Gardés : {kept}, passés : {skipped}. Ensuite : `entrenous donate list`, `play`, `confirm`.")
    } else {
        format!("{kept} kept, {skipped} skipped. Next: `entrenous donate list`, `play`, `confirm`.")
    }
}

#[cfg(not(feature = "audio"))]
fn begin(_sentences: &[String], _locale: &str, _config: &Config) -> Result<()> {
    let _ = (session::record, Lines);
    Err(crate::audio::AudioError::NotBuilt.into())
}

#[cfg(feature = "audio")]
fn begin(sentences: &[String], locale: &str, config: &Config) -> Result<()> {
    use crate::audio::{Loudspeaker, Microphone, Speaker};

    let french = config.language == "fr";
    let mut microphone = Microphone::new(&config.audio);
    let mut speaker = Loudspeaker::new(&config.audio);
    speaker.set_volume(config.audio.volume);
    // Nothing is read aloud first: people would say it as the machine does.
    let mut voice = crate::tts::Silent;
    let mut screen = super::terminal::Terminal::default();
    let mut studio =
        crate::studio::Studio::new(&mut microphone, &mut voice, &mut speaker, &mut screen, &config.language);
    studio.show(if french {
        "Lisez chaque phrase après le bip, comme vous la diriez. Les enregistrements restent sur cet ordinateur."
    } else {
        "Read each sentence after the tone, as you would say it. Recordings stay on this computer."
    })?;
    let open = || Shelf::change(&config.data_dir);
    let now = || SystemClock.now().timestamp();
    let outcome = session::record(&mut studio, &mut Lines, sentences, locale, &open, &now)?;
    studio.show(&summary(outcome.kept.len(), outcome.skipped, french))
}
