//! `entrenous eval`: measuring the house on recordings.

pub mod intents;
pub mod nlu;
pub mod transcripts;
pub mod wake;

use clap::Subcommand;

use crate::Result;
use crate::config::Config;

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
        What::Nlu(args) => nlu::run(args, config),
    }
}
