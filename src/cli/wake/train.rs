//! `entrenous wake train`: a wake word from folders of recordings.

use std::io::Write;
use std::path::PathBuf;

use super::Engine;
use crate::config::Config;
use crate::eval::clips::{Half, load_clips, load_long};
use crate::wake::record::Shelf;
use crate::wake::train::{Effort, Lesson, Speech};
use crate::{Error, Result};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The word, as it will stand in `wake.words`
    pub name: String,
    /// Folder of recordings with the word, one each, a few seconds long
    #[arg(long, value_name = "DIR", required = true, num_args = 1..)]
    pub positives: Vec<PathBuf>,
    /// Folders of other speech; what comes with the program is used where there are none
    #[arg(long, value_name = "DIR", num_args = 1..)]
    pub negatives: Vec<PathBuf>,
    /// Other speech that `wake speech` has heard, in place of hearing the folders again
    #[arg(long, value_name = "FILE")]
    pub features: Option<PathBuf>,
    /// Recordings of noises that are heard in the house
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub noise: Vec<PathBuf>,
    /// What the model is for [default: `embedding` where its model is installed, else `small`]
    #[arg(long, value_enum)]
    pub engine: Option<Engine>,
    /// Where the model goes [default: NAME.head, NAME.small.head or NAME.rpw in the folder `wake` of the data folder]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Another seed gives another model
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Use only every other file, so that the rest can be evaluated on
    #[arg(long, value_enum)]
    pub half: Option<Half>,
    /// Use only so many of the recordings with the word, evenly spread
    #[arg(long, value_name = "N")]
    pub count: Option<usize>,
}

/// # Errors
/// Whatever the command fails with.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let shelf = Shelf::new(&args.name, &config.data_dir)?;
    let features = args.features.as_ref().map(|path| {
        let bytes = std::fs::read(path).map_err(Error::io("read", path))?;
        Ok::<_, Error>(Speech::from_bytes(&bytes, path)?)
    });
    let lesson = Lesson {
        word: args.name.clone(),
        positives: some(load_clips(&args.positives, args.half)?, args.count),
        negatives: load_clips(&args.negatives, args.half)?,
        features: features.transpose()?,
        around: Vec::new(),
        noises: args.noise.iter().map(|path| load_long(path)).collect::<Result<_>>()?,
        seed: args.seed,
        effort: Effort::default(),
    };
    let engine = args.engine.unwrap_or_else(|| Engine::best(config));
    let out = args.out.clone().unwrap_or_else(|| shelf.model(engine.extension()));
    let trained = engine.train(&lesson, config)?;
    if let Some(folder) = out.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    }
    std::fs::write(&out, &trained.bytes).map_err(Error::io("write", &out))?;
    let mut to = std::io::stdout().lock();
    super::report(&mut to, &args.name, lesson.positives.len(), &trained)?;
    writeln!(to, "written to {}", out.display())?;
    Ok(())
}

/// So many of the clips, evenly spread.
fn some(clips: Vec<Vec<i16>>, count: Option<usize>) -> Vec<Vec<i16>> {
    let (all, count) = (clips.len(), count.unwrap_or(clips.len()));
    if count >= all {
        return clips;
    }
    let wanted: Vec<usize> = (0..count).map(|i| i * all / count).collect();
    clips.into_iter().enumerate().filter(|(i, _)| wanted.contains(i)).map(|(_, clip)| clip).collect()
}
