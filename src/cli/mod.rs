//! The command line: one file per command.

pub mod adapt;
pub mod ask;
pub mod chat;
pub mod config;
mod confirm;
pub mod devices;
pub mod doctor;
pub mod donate;
pub mod eval;
pub mod explain;
#[cfg(feature = "sqlite")]
pub mod heard;
pub mod home;
pub mod import;
pub mod listen;
mod live;
pub mod models;
pub mod mute;
pub mod plugin;
pub mod privacy;
pub mod replay;
pub mod run;
pub mod say;
pub mod secret;
pub mod sentences;
pub mod show;
#[cfg(feature = "audio")]
mod terminal;
pub mod vocabulary;
pub mod wake;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::Result;
use crate::config::Surroundings;
use crate::sound::{Purpose, Purposes};

#[derive(Debug, Parser)]
#[command(
    name = "entrenous",
    version,
    about = "A voice assistant that stays between you and your home",
    max_term_width = 100
)]
pub struct Cli {
    /// Configuration file [default: the first of ./config/entrenous.toml, ~/.config/entrenous/entrenous.toml, /etc/entrenous/entrenous.toml]
    #[arg(long, global = true, env = "ENTRENOUS_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Say more about what happens (never what people said)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Listen, act and answer, until stopped
    Run(run::Args),
    /// Put recordings through the pipeline that runs live
    Replay(replay::Args),
    /// Ask in text
    Ask(ask::Args),
    /// Converse in text: questions are asked, timers ring
    Chat(chat::Args),
    /// Say why a text is understood as it is, or not; nothing is done
    Explain(explain::Args),
    /// Speak a text
    Say(say::Args),
    /// Watch the assistant listen
    Listen(listen::Args),
    /// Measure the house on recordings
    Eval(eval::Args),
    /// Show the home: its devices, how they are reached, and their state
    Home(home::Args),
    /// See what works on this machine, and how to mend what does not
    Doctor(doctor::Args),
    /// Listen to nobody: the microphone is closed
    Mute(mute::Args),
    /// Listen again
    Unmute,
    /// Keep nothing at all while guests are here
    Guest(mute::GuestArgs),
    /// List microphones and speakers
    Devices(devices::Args),
    /// List, get and verify models
    Models(models::Args),
    /// Train wake words
    Wake(wake::Args),
    /// Adapt recognition to the people who live here, from commands that they said
    Adapt(adapt::Args),
    /// Check sentence files, and say what they say
    Sentences(sentences::Args),
    /// Turn what was written for Snips or Rhasspy into sentence files
    Import(import::Args),
    /// Teach new values to the slot lists, at run time
    Vocabulary(vocabulary::Args),
    /// Make, install, check and run plugins
    Plugin(plugin::Args),
    /// Become a plugin: what the assistant starts, never a person
    #[command(hide = true)]
    PluginLaunch,
    /// Show and delete what is kept of what was said
    #[cfg(feature = "sqlite")]
    Heard(heard::Args),
    /// Encrypt the files that hold passwords and tokens
    Secret(secret::Args),
    /// Try to get a byte out of a sealed ear on this machine, and say what runs and what is kept
    Privacy(privacy::Args),
    /// Try to get a byte out, sealed: what `privacy` starts, never a person
    #[command(hide = true)]
    SealedAttempts { targets: String },
    /// Hear for a running assistant: what it starts, never a person
    #[command(hide = true)]
    SealedEar {
        /// Keep sound for this
        #[arg(long)]
        keep: Vec<Purpose>,
    },
    /// Give recordings of your voice to public collections, as a folder; nothing is sent
    Donate(donate::Args),
    /// Check and show the settings
    Config(config::Args),
}

/// Runs a command.
///
/// # Errors
/// Whatever the command fails with.
pub fn run(cli: &Cli) -> Result<()> {
    if matches!(cli.command, Command::PluginLaunch) {
        return Err(crate::plugin::launch::become_plugin());
    }
    if let Command::SealedAttempts { targets } = &cli.command {
        let targets = serde_json::from_str(targets).map_err(std::io::Error::from)?;
        return crate::privacy::attempts::run(&targets);
    }
    start_log(cli.verbose);
    let config = || {
        let config = crate::config::load(cli.config.as_deref())?;
        if config.privacy.encrypt_with.is_some() {
            keep_to_itself()?;
        }
        Ok::<_, crate::Error>(config)
    };
    match &cli.command {
        Command::Run(args) => run::run(args, &config()?, cli.config.as_deref()),
        Command::Replay(args) => replay::run(args, &config()?),
        Command::Ask(args) => ask::run(args, &config()?),
        Command::Chat(args) => chat::run(args, &config()?),
        Command::Explain(args) => explain::run(args, &config()?),
        Command::Say(args) => say::run(args, &config()?),
        Command::Listen(args) => listen::run(args, &config()?),
        Command::Eval(args) => eval::run(args, &config()?),
        Command::Home(args) => home::run(args, &config()?),
        Command::Doctor(args) => doctor::run(args, cli.config.as_deref()),
        Command::Mute(args) => mute::mute(args, &config()?),
        Command::Unmute => mute::unmute(&config()?),
        Command::Guest(args) => mute::guest(args, &config()?),
        Command::Devices(args) => devices::run(args, &config()?),
        Command::Models(args) => models::run(args, &config()?),
        Command::Adapt(args) => adapt::run(args, &config()?),
        Command::Wake(args) => wake::run(args, &config()?),
        Command::Sentences(args) => sentences::run(args, &config()?),
        Command::Import(args) => import::run(args, &config()?),
        Command::Vocabulary(args) => vocabulary::run(args, &config()?),
        Command::Plugin(args) => plugin::run(args, &config()?),
        #[cfg(feature = "sqlite")]
        Command::Heard(args) => heard::run(args, &config()?),
        Command::Secret(args) => secret::run(args, &config()?),
        Command::Privacy(args) => privacy::run(args, &config()?),
        Command::Donate(args) => donate::run(args, &config()?),
        Command::PluginLaunch | Command::SealedAttempts { .. } => Ok(()),
        Command::SealedEar { keep } => {
            // Dates are for the mind to judge: a clock that is wrong must not make the house deaf.
            let around = Surroundings { today: jiff::civil::Date::MAX, ..Surroundings::of_process() };
            let config = crate::config::load_resolved(cli.config.as_deref(), &around)?.config;
            sealed_ear(&config, keep.iter().copied().collect())
        }
        Command::Config(args) => config::run(args, cli.config.as_deref()),
    }
}

#[cfg(feature = "audio")]
fn sealed_ear(config: &crate::config::Config, keep: Purposes) -> Result<()> {
    crate::daemon::child::run(config, keep)
}

#[cfg(not(feature = "audio"))]
fn sealed_ear(_config: &crate::config::Config, _keep: Purposes) -> Result<()> {
    Err(crate::audio::AudioError::NotBuilt.into())
}

/// Before there is a key in this process: no other program of the same user looks into its memory, and
/// nothing that it starts gets a descriptor that the passphrase came by.
fn keep_to_itself() -> Result<()> {
    crate::sandbox::keep_descriptors();
    crate::sandbox::hide_memory()
        .map_err(|error| crate::Error::Stopped(format!("the key cannot be kept safe: {error}")))
}

/// Warnings go to standard error; `-v` and `-vv` say more, `RUST_LOG` decides in detail.
fn start_log(verbose: u8) {
    let level = ["warn", "info", "debug", "trace"][usize::from(verbose.min(3))];
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| format!("off,entrenous={level}").into());
    // The first call of the process counts: tests make several.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .without_time()
        .try_init();
}
