//! `entrenous eval`: measuring the house on recordings.

pub mod intents;
pub mod names;
pub mod nlu;
pub mod transcripts;
pub mod wake;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::Serialize;

use crate::config::Config;
use crate::{Error, Result};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, Subcommand)]
pub enum What {
    /// Recordings labelled with intents and slots
    Intents(intents::Args),
    /// Recordings with what was said
    Transcripts(transcripts::Args),
    /// A wake word: misses against false alarms
    Wake(wake::Args),
    /// Names of devices, misheard
    Names(names::Args),
    /// Understanding of text, in the Snips dataset format
    Nlu(nlu::Args),
}

/// # Errors
/// Whatever the evaluation fails with.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    match &args.what {
        What::Intents(args) => intents::run(args, config),
        What::Transcripts(args) => transcripts::run(args, config),
        What::Wake(args) => wake::run(args, config),
        What::Names(args) => names::run(args, config),
        What::Nlu(args) => nlu::run(args, config),
    }
}

/// What evaluations of recordings have in common.
#[derive(Debug, clap::Args)]
pub struct Common {
    /// Recogniser: auto, pocketsphinx, whisper or cascade [default: as configured]
    #[arg(long, value_name = "ENGINE")]
    pub stt: Option<String>,
    /// Language [default: the home file's, or as configured]
    #[arg(long, value_name = "en|fr")]
    pub language: Option<String>,
    /// Only the recordings whose file name begins so
    #[arg(long, value_name = "PREFIX")]
    pub only: Option<String>,
    /// Print the figures as JSON
    #[arg(long)]
    pub json: bool,
    /// Also write a page to look at, with pictures and what went wrong
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
}

impl Common {
    /// The configuration with what the command line says.
    fn apply(&self, config: &Config, home_language: Option<String>) -> Config {
        let mut config = config.clone();
        if let Some(engine) = &self.stt {
            config.stt.engine.clone_from(engine);
        }
        if let Some(language) = self.language.clone().or(home_language) {
            config.language = language;
        }
        config
    }

    /// The recordings that `--only` asks for.
    fn chosen<T>(&self, mut all: Vec<T>, path: impl Fn(&T) -> &PathBuf) -> Result<Vec<T>> {
        if let Some(prefix) = &self.only {
            let named =
                |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix));
            all.retain(|item| named(path(item)));
            if all.is_empty() {
                return Err(Error::Input(format!("no recording's name begins with `{prefix}`")));
            }
        }
        Ok(all)
    }
}

fn print_json(report: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(report).map_err(std::io::Error::from)?;
    println!("{text}");
    Ok(())
}
