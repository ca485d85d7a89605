//! `entrenous wake speech`: other speech as features, for training without recordings of it.

use std::io::Write;
use std::path::PathBuf;

use super::Engine;
use crate::config::Config;
use crate::eval::clips::{Half, load_clips, load_long};
use crate::wake::train::hear_speech;
use crate::{Error, Result};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folders of speech; a folder named for a wake word is left out when that word is trained
    #[arg(long, value_name = "DIR", required = true, num_args = 1..)]
    pub negatives: Vec<PathBuf>,
    /// Recordings of noises that are heard in the house
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub noise: Vec<PathBuf>,
    /// Which engine's features
    #[arg(long, value_enum, default_value_t = Engine::Embedding)]
    pub engine: Engine,
    /// At most so many seconds, the same of each folder, half of them in noise
    #[arg(long, default_value_t = 3000)]
    pub seconds: usize,
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Use only every other file
    #[arg(long, value_enum)]
    pub half: Option<Half>,
}

/// # Errors
/// Whatever the command fails with.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let groups = args
        .negatives
        .iter()
        .map(|folder| {
            let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
            Ok((name.unwrap_or_default(), load_clips(std::slice::from_ref(folder), args.half)?))
        })
        .collect::<Result<Vec<_>>>()?;
    let noises = args.noise.iter().map(|path| load_long(path)).collect::<Result<Vec<_>>>()?;
    let embedder = args.engine.embedder(config)?;
    let bytes = hear_speech(&groups, &noises, embedder.as_ref(), args.seconds, args.seed)?.to_bytes();
    std::fs::write(&args.out, &bytes).map_err(Error::io("write", &args.out))?;
    writeln!(std::io::stdout(), "{} bytes written to {}", bytes.len(), args.out.display())?;
    Ok(())
}
