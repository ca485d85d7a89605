//! Adapting recognition to the people of a household, and finding out first whether that helps them.
//!
//! What a recording says is known: somebody wrote it down, or it was understood and done. Only recordings that
//! are understood as they are teach anything, since only their words are sure. Whether it helps is asked of
//! recordings that the adaptation does not know: each fourth of them is heard with what the rest taught.

mod kept;

use std::fs;
use std::path::{Path, PathBuf};

use crate::assemble;
use crate::audio::{self, samples_to_ms};
use crate::config::Config;
use crate::eval::dataset::Transcribed;
use crate::eval::parallel;
use crate::eval::transcripts::wrong;
use crate::household::Household;
use crate::store::private;
use crate::stt::pocketsphinx::adapt::{Adapter, Spoken};
use crate::stt::pocketsphinx::{self, Model, PocketSphinx};
use crate::stt::{Scope, SpeechToText};
use crate::{Error, Result};

pub use kept::confirmed;

/// Recordings that must be understood at least. From fewer what is learnt is chance, and so is what trying it
/// says (docs/recognition.md).
pub const LEAST: usize = 50;
/// Commands that are understood, for one mistake.
const SPOILT: usize = 3;
/// Parts of the recordings that are heard with what the others taught.
const PARTS: usize = 4;

/// What became of recordings, by their number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    pub understood: usize,
    /// Taken for something else, and acted on.
    pub wrong: usize,
}

impl Outcome {
    fn with(self, other: Self) -> Self {
        Self { understood: self.understood + other.understood, wrong: self.wrong + other.wrong }
    }
}

/// What was found out.
#[derive(Debug, Clone)]
pub struct Report {
    pub recordings: usize,
    /// Speech of the recordings that taught something, in milliseconds.
    pub taught_ms: u64,
    pub before: Outcome,
    /// Each recording heard with what others taught.
    pub after: Outcome,
    /// The adaptation, for [`write`].
    pub adaptation: String,
}

impl Report {
    /// Whether the household is better off with it: to act by mistake spoils what [`SPOILT`] commands that are
    /// understood bring.
    #[must_use]
    pub fn helps(&self) -> bool {
        let Self { before, after, .. } = self;
        after.understood + SPOILT * before.wrong > before.understood + SPOILT * after.wrong
    }
}

/// Learns from recordings, of which `least` must be understood (in a house [`LEAST`]), and tries it on them.
///
/// # Errors
/// When a recording cannot be read, too few are understood, or PocketSphinx cannot run here.
pub fn learn(
    config: &Config,
    household: &Household,
    recordings: &[Transcribed],
    least: usize,
) -> Result<Report> {
    let model = Model::find(&config.language, &config.model_dirs)?.ok_or_else(|| no_model(config))?;
    let adapter = Adapter::new(&model)?;
    let heard = parallel::map(
        "hearing",
        recordings,
        || engine(config, household, None),
        |engine, recording| {
            let samples = audio::load(&recording.path)?;
            let (outcome, words) = hear(engine, household, recording, &samples)?;
            let spoken = if outcome.understood == 0 {
                Vec::new()
            } else {
                adapter.listen(engine, &words, &samples).map_err(failed)?
            };
            Ok((outcome, spoken))
        },
    )?;
    let before = heard.iter().fold(Outcome::default(), |sum, (outcome, _)| sum.with(*outcome));
    if before.understood < least {
        return Err(Error::Input(format!(
            "{} of {} recordings are understood, and at least {least} must be to learn from: add more commands that \
             work as they are",
            before.understood,
            recordings.len()
        )));
    }
    let without = |part: usize| -> Vec<&Spoken> {
        let others = heard.iter().enumerate().filter(|(index, _)| index % PARTS != part);
        others.flat_map(|(_, (_, spoken))| spoken).collect()
    };
    let parts: Vec<usize> = (0..PARTS).collect();
    let after = parallel::map(
        "trying it on recordings that it does not know",
        &parts,
        || Ok(()),
        |(), &part| try_part(config, household, recordings, part, &adapter.adapted(&without(part))),
    )?;
    let all: Vec<&Spoken> = heard.iter().flat_map(|(_, spoken)| spoken).collect();
    let frames: usize = all.iter().map(|spoken| spoken.frames.len()).sum();
    Ok(Report {
        recordings: recordings.len(),
        taught_ms: samples_to_ms(frames as u64 * 160),
        before,
        after: after.into_iter().fold(Outcome::default(), Outcome::with),
        adaptation: adapter.adapted(&all),
    })
}

/// Keeps an adaptation, for its owner alone.
///
/// # Errors
/// When it cannot be written.
pub fn write(config: &Config, adaptation: &str) -> Result<PathBuf> {
    let path = assemble::adaptation(config);
    private::folder(path.parent().unwrap_or(Path::new("."))).map_err(Error::io("create", &path))?;
    write_whole(&path, adaptation)?;
    Ok(path)
}

/// Deletes the adaptation; whether there was one.
///
/// # Errors
/// When it cannot be deleted.
pub fn forget(config: &Config) -> Result<bool> {
    let Some(path) = assemble::adapted(config) else { return Ok(false) };
    fs::remove_file(&path).map_err(Error::io("delete", &path))?;
    Ok(true)
}

/// Whoever reads it meanwhile finds the old one or the new one.
fn write_whole(path: &Path, text: &str) -> Result<()> {
    let new = path.with_extension("new");
    let written =
        private::create(&new).and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()));
    written.and_then(|()| fs::rename(&new, path)).map_err(Error::io("write", path))
}

/// Every fourth recording, heard with what others taught.
fn try_part(
    config: &Config,
    household: &Household,
    recordings: &[Transcribed],
    part: usize,
    adaptation: &str,
) -> Result<Outcome> {
    let folder = assemble::cache(config);
    private::folder(&folder).map_err(Error::io("create", &folder))?;
    let path = folder.join(format!("trial-{}-{part}.mllr", std::process::id()));
    write_whole(&path, adaptation)?;
    // The engine has read it when it is there.
    let engine = engine(config, household, Some(&path));
    let removed = fs::remove_file(&path).map_err(Error::io("delete", &path));
    let mut engine = engine?;
    removed?;
    let mut sum = Outcome::default();
    for recording in recordings.iter().skip(part).step_by(PARTS) {
        let samples = audio::load(&recording.path)?;
        sum = sum.with(hear(&mut engine, household, recording, &samples)?.0);
    }
    Ok(sum)
}

fn engine(config: &Config, household: &Household, adapted: Option<&Path>) -> Result<PocketSphinx> {
    let cache = assemble::cache(config);
    let grammar = (config.stt.vocabulary == "wide").then(|| household.grammar().widened());
    let grammar = grammar.as_ref().unwrap_or(household.grammar());
    let built =
        pocketsphinx::build(&config.model_dirs, grammar, &cache, config.stt.min_confidence, true, adapted)?;
    let (mut engine, _) = built.ok_or_else(|| no_model(config))?;
    // Each recording stands for itself.
    engine.expect(Scope::Fresh);
    Ok(engine)
}

/// What becomes of a recording, and the words that are heard in it.
fn hear(
    engine: &mut PocketSphinx,
    household: &Household,
    recording: &Transcribed,
    samples: &[i16],
) -> Result<(Outcome, Vec<String>)> {
    let transcript = engine.transcribe(samples)?;
    let accepted = transcript.rejected.is_none();
    let got = accepted.then(|| household.understanding.understand(&transcript.text).intent()).flatten();
    let meant = household.understanding.exactly(&recording.sentence);
    let words = transcript.text.split_whitespace().map(str::to_owned).collect();
    let right = wrong(meant.as_ref(), got.as_ref()).is_none();
    Ok((Outcome { understood: usize::from(right), wrong: usize::from(!right && got.is_some()) }, words))
}

fn no_model(config: &Config) -> Error {
    Error::Input(format!(
        "no PocketSphinx model for `{}` is installed, and only PocketSphinx can be adapted",
        config.language
    ))
}

fn failed(reason: String) -> Error {
    Error::Stt(crate::stt::SttError::Run { engine: "pocketsphinx", reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_weighs_more_than_what_is_understood() {
        let helps = |after: (usize, usize)| {
            let outcome = |(understood, wrong)| Outcome { understood, wrong };
            Report {
                recordings: 40,
                taught_ms: 0,
                before: outcome((30, 2)),
                after: outcome(after),
                adaptation: String::new(),
            }
            .helps()
        };
        assert!(helps((31, 2)) && helps((30, 1)) && helps((34, 3)));
        assert!(!helps((30, 2)) && !helps((33, 3)) && !helps((29, 2)));
    }
}
