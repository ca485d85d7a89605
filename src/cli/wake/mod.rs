//! `entrenous wake`: teaching wake words.

mod record;
mod speech;
mod train;

use clap::{Subcommand, ValueEnum};

use crate::Result;
use crate::config::Config;
use crate::wake::embedding::{Embedder, Network};
use crate::wake::train::{Lesson, Trained, head, potter};
use crate::wake::{embedder, has_embedding};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, Subcommand)]
pub enum What {
    /// Teach a wake word by saying it a few times
    Record(record::Args),
    /// Train a wake word from recordings of it
    Train(train::Args),
    /// Delete a wake word's model and its recordings
    Forget(record::ForgetArgs),
    /// Hear other speech once and for all, so that words can be told from it without recordings
    Speech(speech::Args),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// The public speech embedding: hears best, and has to be installed
    Embedding,
    /// The small one that comes with the program: needs nothing
    Small,
    /// Needs nothing either, and hears worst
    Rustpotter,
}

impl Engine {
    /// The best whose model is installed.
    fn best(config: &Config) -> Self {
        if has_embedding(config.into()) { Self::Embedding } else { Self::Small }
    }

    fn network(self) -> Option<Network> {
        match self {
            Self::Embedding => Some(Network::Public),
            Self::Small => Some(Network::Small),
            Self::Rustpotter => None,
        }
    }

    #[cfg(feature = "audio")]
    fn name(self) -> &'static str {
        self.network().map_or("rustpotter", Network::engine)
    }

    fn extension(self) -> &'static str {
        self.network().map_or("rpw", Network::ending)
    }

    /// What its heads look through; nothing for one that hears in another way.
    fn embedder(self, config: &Config) -> Result<Option<Embedder>> {
        Ok(self.network().map(|network| embedder(network, config.into())).transpose()?)
    }

    fn train(self, lesson: &Lesson, config: &Config) -> Result<Trained> {
        match self.embedder(config)? {
            Some(embedder) => head(lesson, &embedder),
            None => potter(lesson),
        }
    }
}

/// # Errors
/// Whatever the command fails with.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    match &args.what {
        What::Record(args) => record::run(args, config),
        What::Train(args) => train::run(args, config),
        What::Forget(args) => record::forget(args, config),
        What::Speech(args) => speech::run(args, config),
    }
}

/// The share of takes missed from which a word has not been learnt.
const HARDLY: f64 = 0.6;

/// How a word did on what was held out.
fn report(
    to: &mut dyn std::io::Write,
    word: &str,
    recordings: usize,
    trained: &Trained,
) -> std::io::Result<()> {
    let trial = &trained.trial;
    writeln!(to, "trained `{word}` from {recordings} recordings")?;
    writeln!(
        to,
        "held out in turn: {:.1} % of {} takes missed (most of them in noise), {:.1} false alarms an hour in {:.2} h",
        trial.miss * 100.0,
        trial.takes,
        trial.false_per_h,
        trial.negative_h
    )?;
    if trial.miss > HARDLY {
        writeln!(
            to,
            "that is too many: make more recordings, in a quieter room, or take a longer word; one that is said \
             like computer, jarvis, alexa, snowboy or view_glass must also be called so, since it is told from these"
        )?;
    }
    writeln!(
        to,
        "proposed threshold: {:.3} (it is in the file; `wake.sensitivity` moves it)",
        crate::wake::train::THRESHOLD
    )
}
