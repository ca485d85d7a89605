//! `entrenous wake`: training wake words.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};

use crate::config::Config;
use crate::eval::clips::{Half, load_clips, load_long};
use crate::wake::train::{self, Lesson, Trained};
use crate::wake::{Places, embedder};
use crate::{Error, Result};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, Subcommand)]
pub enum What {
    /// Train a wake word from recordings of it
    Train(Train),
}

#[derive(Debug, clap::Args)]
pub struct Train {
    /// The word, as it will stand in `wake.words`
    pub name: String,
    /// Folder of recordings with the word, one each, a few seconds long
    #[arg(long, value_name = "DIR", required = true, num_args = 1..)]
    pub positives: Vec<PathBuf>,
    /// Folders of other speech
    #[arg(long, value_name = "DIR", num_args = 1..)]
    pub negatives: Vec<PathBuf>,
    /// Recordings of noises that are heard in the house
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub noise: Vec<PathBuf>,
    /// What the model is for: `embedding` hears better, `rustpotter` needs no download
    #[arg(long, value_enum, default_value_t = Engine::Embedding)]
    pub engine: Engine,
    /// Where the model goes [default: NAME.head or NAME.rpw in the folder `wake` of the data folder]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Another seed gives another model
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Use only every other file, so that the rest can be evaluated on
    #[arg(long, value_enum)]
    pub half: Option<Half>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    Embedding,
    Rustpotter,
}

/// # Errors
/// Whatever the command fails with.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    match &args.what {
        What::Train(args) => train(args, config),
    }
}

fn train(args: &Train, config: &Config) -> Result<()> {
    check_name(&args.name)?;
    let lesson = Lesson {
        word: args.name.clone(),
        positives: load_clips(&args.positives, args.half)?,
        negatives: load_clips(&args.negatives, args.half)?,
        noises: args.noise.iter().map(|path| load_long(path)).collect::<Result<_>>()?,
        seed: args.seed,
    };
    let out = args.out.clone().unwrap_or_else(|| default_out(args, config));
    let trained = match args.engine {
        Engine::Rustpotter => train::potter(&lesson)?,
        Engine::Embedding => {
            let places = Places { model_dirs: &config.model_dirs, data_dir: &config.data_dir };
            train::head(&lesson, &embedder(places)?)?
        }
    };
    if let Some(folder) = out.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    }
    std::fs::write(&out, &trained.bytes).map_err(Error::io("write", &out))?;
    report(args, &lesson, &trained, &out)?;
    Ok(())
}

/// The name becomes a file's name.
fn check_name(name: &str) -> Result<()> {
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(Error::Input(format!(
            "`{name}` cannot be a wake word's name: use letters, digits, `_` and `-`, as in `hey_house`"
        )));
    }
    Ok(())
}

fn default_out(args: &Train, config: &Config) -> PathBuf {
    let extension = if args.engine == Engine::Rustpotter { "rpw" } else { "head" };
    config.data_dir.join("wake").join(format!("{}.{extension}", args.name))
}

fn report(args: &Train, lesson: &Lesson, trained: &Trained, out: &Path) -> std::io::Result<()> {
    use std::io::Write;
    let trial = &trained.trial;
    let mut to = std::io::stdout().lock();
    writeln!(to, "trained `{}` from {} recordings", args.name, lesson.positives.len())?;
    writeln!(
        to,
        "held out in turn: {:.1} % of {} takes missed (most of them in noise), {:.1} false alarms an hour in {:.2} h",
        trial.miss * 100.0,
        trial.takes,
        trial.false_per_h,
        trial.negative_h
    )?;
    writeln!(
        to,
        "proposed threshold: {:.3} (it is in the file; `wake.sensitivity` moves it)",
        train::THRESHOLD
    )?;
    writeln!(to, "written to {}", out.display())
}
