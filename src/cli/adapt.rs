//! `entrenous adapt`: recognition that knows the voices of a household.

use std::path::PathBuf;

use crate::config::Config;
use crate::home::Home;
use crate::{Error, Result};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of recordings with `transcripts.tsv` [default: the commands whose sound your settings keep]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Only the recordings whose file name begins so
    #[arg(long, value_name = "PREFIX", requires = "folder")]
    only: Option<String>,
    /// The household that speaks [default: the configured one]
    #[arg(long, value_name = "FILE")]
    home: Option<PathBuf>,
    /// Show what it would bring; nothing is kept
    #[arg(long)]
    dry_run: bool,
    /// Do not ask first
    #[arg(long)]
    yes: bool,
    /// Delete the adaptation
    #[arg(long, conflicts_with_all = ["folder", "home", "dry_run", "yes"])]
    forget: bool,
}

/// # Errors
/// When there is too little to learn from, nobody agrees, or PocketSphinx cannot run here.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let mut config = config.clone();
    if let Some(file) = &args.home {
        config.language = Home::read(file)?.language.unwrap_or(config.language);
        config.home.file = Some(file.clone());
    }
    possible::run(args, &config)
}

#[cfg(feature = "pocketsphinx")]
mod possible {
    use std::io::{Write, stdout};

    use super::super::confirm::{Question, confirm};
    use super::{Args, Config, Error, Result};
    use crate::adapt::{LEAST, Outcome, Report, forget, learn, write};
    use crate::eval::dataset::{self, Transcribed};
    use crate::household::Household;

    const QUESTION: Question = Question {
        english: "Learn from these recordings how this household speaks, and keep that on this machine?",
        french: "Apprendre de ces enregistrements comment parle ce foyer, et le garder sur cette machine ?",
    };

    pub fn run(args: &Args, config: &Config) -> Result<()> {
        let mut out = stdout().lock();
        if args.forget {
            let said = if forget(config)? {
                "the adaptation is deleted; restart what runs"
            } else {
                "there is none"
            };
            return Ok(writeln!(out, "{said}")?);
        }
        let recordings = recordings(args, config)?;
        writeln!(out, "{} recordings", recordings.len())?;
        if !args.yes && !args.dry_run {
            confirm(&QUESTION, &config.language, "nothing is learnt")?;
        }
        let report = learn(config, &Household::load(config)?, &recordings, LEAST)?;
        tell(&mut out, &report)?;
        if !report.helps() {
            return Err(Error::Check(
                "it does not help: nothing is kept, and people are heard as before; more recordings may"
                    .into(),
            ));
        }
        if args.dry_run {
            return Ok(writeln!(out, "it helps; nothing is kept, since this is a dry run")?);
        }
        let path = write(config, &report.adaptation)?;
        writeln!(
            out,
            "kept in {}; restart what runs, and forget it with `entrenous adapt --forget`",
            path.display()
        )?;
        Ok(())
    }

    /// Those of a folder, or the commands that are kept.
    fn recordings(args: &Args, config: &Config) -> Result<Vec<Transcribed>> {
        let Some(folder) = &args.folder else { return kept(config) };
        let mut all = dataset::transcripts(folder)?;
        if let Some(prefix) = &args.only {
            let named = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(prefix);
            all.retain(|recording| recording.path.file_name().is_some_and(named));
            if all.is_empty() {
                return Err(Error::Input(format!("no recording's name begins with `{prefix}`")));
            }
        }
        Ok(all)
    }

    /// The commands whose sound is kept, and that were not taken back.
    #[cfg(feature = "sqlite")]
    fn kept(config: &Config) -> Result<Vec<Transcribed>> {
        use crate::clock::{Clock, SystemClock};
        use crate::heard::all::All;
        let All { log, entries, sounds } = All::read(config, &SystemClock.now())?;
        let found = crate::adapt::confirmed(&entries, &sounds);
        if found.is_empty() {
            if entries.iter().any(|entry| entry.locked.is_some()) {
                log.check_key()?;
            }
            return Err(Error::Input(
                "no sound of commands is kept; ask for it with `commands = DATE` under `[privacy.keep_sound]` and \
                 use the assistant for a day, or name a folder of recordings with `transcripts.tsv`"
                    .into(),
            ));
        }
        Ok(found)
    }

    #[cfg(not(feature = "sqlite"))]
    fn kept(_: &Config) -> Result<Vec<Transcribed>> {
        Err(Error::Input(
            "this program was built without `sqlite`, so no commands are kept; name a folder of recordings with \
             `transcripts.tsv`"
                .into(),
        ))
    }

    fn tell(out: &mut impl Write, report: &Report) -> Result<()> {
        let row = |outcome: Outcome| {
            format!("{} understood, {} taken for something else", outcome.understood, outcome.wrong)
        };
        writeln!(out, "as it is  {}", row(report.before))?;
        writeln!(out, "adapted   {} (each recording heard with what others taught)", row(report.after))?;
        writeln!(out, "learnt from {:.0} s of speech", report.taught_ms as f64 / 1000.0)?;
        Ok(())
    }
}

#[cfg(not(feature = "pocketsphinx"))]
mod possible {
    use super::{Args, Config, Error, Result};

    pub fn run(_: &Args, _: &Config) -> Result<()> {
        Err(Error::Input(
            "this program was built without PocketSphinx, which is what can be adapted; build it with \
             `--features pocketsphinx`"
                .into(),
        ))
    }
}
