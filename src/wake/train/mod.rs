//! Training a wake word from a handful of recordings, in seconds to a few minutes.
//!
//! Recordings become many takes (other distances, speeds, noises), takes become features, a small
//! network is fitted to them. Twice it is fitted to one half of the recordings and tried on the
//! other, to say how well it does and from which score it should wake up; then it is fitted to all.

mod features;
mod fit;
mod takes;

use std::collections::BTreeMap;

use rustpotter::{ModelType, TensorData, WakewordModel, WakewordSave};

use crate::audio::{SAMPLE_RATE, ms_to_samples};
use crate::eval::parallel;
use crate::rng::Rng;

use super::WakeError;
use super::embedding::{Embedder, VALUES};
use super::head::{Head, MAX_FRAMES};
use super::mlp::Mlp;
use super::rustpotter::{ROW_SAMPLES, hidden};
use crate::Result;
use features::{CEPSTRA, Cepstra, Features};
use fit::{Dataset, Example, Fit, fit};
use takes::{Surroundings, TAIL_MS, Take};

/// What to train from. All sound is 16 kHz mono.
pub struct Lesson {
    pub word: String,
    /// Clips with the word somewhere in each.
    pub positives: Vec<Vec<i16>>,
    /// Other speech.
    pub negatives: Vec<Vec<i16>>,
    /// What else is to be heard in the house.
    pub noises: Vec<Vec<i16>>,
    pub seed: u64,
}

/// A trained model.
pub struct Trained {
    /// The model file's content.
    pub bytes: Vec<u8>,
    pub trial: Trial,
}

/// How a model fitted to one half of the recordings did on the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// The proposed logit to wake up from; models are moved so that it scores [`THRESHOLD`].
    logit: f32,
    /// Takes (in all noises) of words that were held out, and the share missed.
    pub takes: usize,
    pub miss: f64,
    /// Speech and noise held out, and the false alarms in an hour of it.
    pub negative_h: f64,
    pub false_per_h: f64,
}

/// The score (0–1) from which every model trained here proposes to wake up.
pub const THRESHOLD: f32 = 0.5;

/// Clips that training needs at least.
pub const MIN_CLIPS: usize = 3;

/// Takes to make of all clips together, and of each.
const TAKES: usize = 1500;
const TAKES_PER_CLIP: std::ops::RangeInclusive<usize> = 6..=100;

/// The most other speech used, in each of two takes.
const MAX_NEGATIVE_S: usize = 1500;

/// False alarms an hour (of the hardest kind of sound: other people calling) that the proposed
/// threshold keeps to. rustpotter has to be allowed more, or it hears nobody.
const HEAD_FALSE_PER_H: f64 = 0.5;
const POTTER_FALSE_PER_H: f64 = 12.0;

/// Where a take's positive decisions lie after the end of the word: the whole word is heard, and
/// an answer still feels immediate.
const POSITIVE_MS: std::ops::Range<u64> = 40..400;

/// Trains a head behind the speech embedding; gives the content of a `.head` file.
///
/// # Errors
/// When there are too few recordings, or the embedding fails.
pub fn head(lesson: &Lesson, embedder: &Embedder) -> Result<Trained> {
    let mut data = Dataset::new(VALUES, MAX_FRAMES, Embedder::CENTRED);
    let recordings = gather(lesson, embedder, 1, &mut data)?;
    let hidden = &[HEAD_HIDDEN];
    let how = Fit { hidden, epochs: EPOCHS, dropout: 0.2, seed: lesson.seed };
    let (mlp, trial) = try_and_fit(&data, &recordings, &how, STEP_S, HEAD_FALSE_PER_H);
    let head = Head { word: lesson.word.clone(), threshold: THRESHOLD, mlp };
    Ok(Trained { bytes: head.to_bytes(), trial })
}

const HEAD_HIDDEN: usize = 16;
const STEP_S: f64 = 0.08;
/// Of rustpotter's decisions (one every 10 ms) one in so many is learnt from.
const THIN: usize = 3;

/// Trains a network that rustpotter runs; gives the content of a `.rpw` file.
///
/// # Errors
/// When there are too few recordings.
pub fn potter(lesson: &Lesson) -> Result<Trained> {
    let rows = window_rows(&lesson.positives);
    let mut data = Dataset::new(CEPSTRA, rows, Cepstra::CENTRED);
    let recordings = gather(lesson, &Cepstra, THIN, &mut data)?;
    let how = Fit { hidden: &hidden("medium", rows), epochs: 2 * EPOCHS, dropout: 0.3, seed: lesson.seed };
    let (mlp, trial) = try_and_fit(&data, &recordings, &how, THIN as f64 * 0.01, POTTER_FALSE_PER_H);
    Ok(Trained { bytes: potter_file(&lesson.word, rows, &mlp)?, trial })
}

/// Rows of 10 ms that hold nine in ten of the words and the decision after them.
fn window_rows(clips: &[Vec<i16>]) -> usize {
    let mut lengths: Vec<usize> = clips
        .iter()
        .map(|clip| {
            let (begin, end) = takes::spoken(clip);
            (end - begin) / ROW_SAMPLES
        })
        .collect();
    lengths.sort_unstable();
    let longest = lengths.get(lengths.len() * 9 / 10).copied().unwrap_or(0);
    (longest + 24).clamp(80, 150)
}

/// Where each recording's examples are, and how much sound it holds.
#[derive(Clone)]
struct Recording {
    examples: std::ops::Range<usize>,
    positive: bool,
    seconds: f64,
}

/// Makes takes of everything and their features. `thin`: keep one decision in so many.
fn gather<F: Features + Sync>(
    lesson: &Lesson,
    features: &F,
    thin: usize,
    data: &mut Dataset,
) -> Result<Vec<Recording>> {
    if lesson.positives.len() < MIN_CLIPS {
        return Err(WakeError::Training(format!(
            "{} recordings of `{}` are too few; make at least {MIN_CLIPS}, better twenty, of several people",
            lesson.positives.len(),
            lesson.word
        ))
        .into());
    }
    if lesson.negatives.is_empty() {
        return Err(WakeError::Training(
            "there is no other speech to tell the word from; name a folder of it with `--negatives DIR`"
                .into(),
        )
        .into());
    }
    let mut noises = lesson.noises.clone();
    noises.push(takes::pink_noise(&mut Rng::new(lesson.seed)));
    let per_clip = (TAKES / lesson.positives.len()).clamp(*TAKES_PER_CLIP.start(), *TAKES_PER_CLIP.end());
    let mut jobs: Vec<_> = (0..lesson.positives.len() * per_clip)
        .map(|i| Job::Word { clip: i / per_clip, first: i % per_clip == 0 })
        .collect();
    jobs.extend(negative_jobs(lesson));
    jobs.extend((0..noises.len()).map(Job::Noise));

    let jobs: Vec<(usize, Job)> = jobs.into_iter().enumerate().collect();
    let around = Surroundings { noises: &noises, speech: &lesson.negatives };
    let heard = parallel::map(
        "listening",
        &jobs,
        || Ok(features.fork()),
        |features, (i, job)| {
            let mut rng = Rng::for_item(lesson.seed, *i as u64);
            Ok(job.hear(lesson, &around, features, &mut rng)?)
        },
    )?;
    let mut recordings = Vec::new();
    let mut sources = BTreeMap::new();
    for ((_, job), (rows, seconds)) in jobs.iter().zip(heard) {
        // Takes of one recording stay together when half of them are held out.
        let next = sources.len();
        let source = *sources.entry(job.source()).or_insert(next);
        let positive = matches!(job, Job::Word { .. });
        let before = data.examples.len();
        data.add(&rows.values, rows.decisions.step_by(thin), positive, source);
        recordings.push(Recording { examples: before..data.examples.len(), positive, seconds });
    }
    Ok(recordings)
}

/// Something to hear.
enum Job {
    Word { clip: usize, first: bool },
    Speech { clip: usize, noisy: bool },
    Noise(usize),
}

impl Job {
    /// Jobs of one recording have the same.
    fn source(&self) -> (u8, usize) {
        match *self {
            Self::Word { clip, .. } => (0, clip),
            Self::Speech { clip, .. } => (1, clip),
            Self::Noise(noise) => (2, noise),
        }
    }

    /// The features, and the seconds they are of.
    fn hear<F: Features>(
        &self,
        lesson: &Lesson,
        around: &Surroundings,
        features: &F,
        rng: &mut Rng,
    ) -> Result<(features::Rows, f64), WakeError> {
        let (samples, range) = match *self {
            Self::Word { clip, first } => {
                let Take { samples, end } = takes::take(&lesson.positives[clip], first, around, rng);
                let at = |ms| end + ms_to_samples(ms) as usize;
                const { assert!(POSITIVE_MS.end <= TAIL_MS) };
                (samples, at(POSITIVE_MS.start)..at(POSITIVE_MS.end))
            }
            Self::Speech { clip, noisy } => {
                let speech = &lesson.negatives[clip];
                let samples =
                    if noisy { takes::negative(speech, around.noises, rng) } else { speech.clone() };
                let length = samples.len();
                (samples, 0..length)
            }
            Self::Noise(noise) => {
                let length = around.noises[noise].len().min(120 * SAMPLE_RATE as usize);
                (around.noises[noise][..length].to_vec(), 0..length)
            }
        };
        let seconds = range.len() as f64 / f64::from(SAMPLE_RATE);
        Ok((features.rows(&samples, range)?, seconds))
    }
}

/// Other speech as it is, and once more in noise; not more than enough of it.
fn negative_jobs(lesson: &Lesson) -> Vec<Job> {
    let mut order: Vec<usize> = (0..lesson.negatives.len()).collect();
    Rng::new(lesson.seed ^ 1).shuffle(&mut order);
    let mut left = MAX_NEGATIVE_S * SAMPLE_RATE as usize;
    order.retain(|&clip| {
        let fits = left > 0;
        left = left.saturating_sub(lesson.negatives[clip].len());
        fits
    });
    order.into_iter().flat_map(|clip| [false, true].map(|noisy| Job::Speech { clip, noisy })).collect()
}

/// Epochs of fitting.
const EPOCHS: usize = 20;

/// Fits twice to a half and tries on the other, then fits to all.
fn try_and_fit(
    data: &Dataset,
    recordings: &[Recording],
    how: &Fit,
    decision_s: f64,
    allowed: f64,
) -> (Mlp, Trial) {
    let bar = parallel::progress("learning", 3 * how.epochs);
    let mut scores = vec![0.0; data.examples.len()];
    let mut input = Vec::new();
    let held_out = |example: &Example, half: usize| example.recording % 2 == half;
    let [first, second, all] = std::thread::scope(|scope| {
        let fits = [Some(0), Some(1), None].map(|half| {
            let keep = move |example: &Example| half.is_none_or(|half| !held_out(example, half));
            let bar = &bar;
            scope.spawn(move || fit(data, keep, how, || bar.inc(1)))
        });
        fits.map(|fit| fit.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    bar.finish_and_clear();
    for (half, mlp) in [first, second].iter().enumerate() {
        for (score, example) in scores.iter_mut().zip(&data.examples).filter(|(_, e)| held_out(e, half)) {
            data.read(example, &mut input);
            *score = mlp.logit(&input);
        }
    }
    let trial = judge(&scores, recordings, decision_s, allowed);
    let mut mlp = all;
    if let Some(bias) = mlp.layers.last_mut().and_then(|layer| layer.bias.first_mut()) {
        *bias -= trial.logit;
    }
    (mlp, trial)
}

/// Looks for the lowest logit that keeps false alarms rare.
fn judge(scores: &[f32], recordings: &[Recording], decision_s: f64, allowed: f64) -> Trial {
    /// Decisions in a row above the threshold are one alarm, if no longer than this apart.
    const ONE_ALARM_S: f64 = 1.0;
    let negative_h = recordings.iter().filter(|r| !r.positive).map(|r| r.seconds).sum::<f64>() / 3600.0;
    let takes = recordings.iter().filter(|r| r.positive).count();
    let at = |logit: f32| {
        let (mut missed, mut alarms) = (0usize, 0usize);
        for recording in recordings {
            let scores = &scores[recording.examples.clone()];
            if recording.positive {
                missed += usize::from(scores.iter().all(|&score| score < logit));
                continue;
            }
            let mut quiet_until = 0;
            for (i, _) in scores.iter().enumerate().filter(|(_, score)| **score >= logit) {
                alarms += usize::from(i >= quiet_until);
                quiet_until = i + (ONE_ALARM_S / decision_s) as usize;
            }
        }
        let (miss, false_per_h) = (missed as f64 / takes.max(1) as f64, alarms as f64 / negative_h.max(1e-9));
        Trial { logit, takes, miss, negative_h, false_per_h }
    };
    let grid = (-8..=80).map(|quarter| quarter as f32 / 4.0);
    let mut trials = grid.map(at);
    let mut last = at(0.0);
    for trial in trials.by_ref() {
        last = trial;
        if trial.false_per_h <= allowed {
            break;
        }
    }
    last
}

/// A rustpotter model file. Its score at a logit of 0 is [`THRESHOLD`].
fn potter_file(word: &str, rows: usize, mlp: &Mlp) -> Result<Vec<u8>> {
    /// rustpotter's score of a logit x is sigmoid((x − 2.2) / 2.2).
    const REFERENCE: f32 = 2.2;
    /// It hides scores under 0.27; logits are drawn together so that the doubtful ones are seen.
    const SPREAD: f32 = 3.0;
    let mut weights = std::collections::HashMap::new();
    let mut put = |name: String, values: &[f32], dims: Vec<usize>| {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        weights.insert(name, TensorData { bytes, dims, d_type: "f32".into() });
    };
    let last = mlp.layers.len();
    for (i, layer) in mlp.layers.iter().enumerate() {
        let (mut values, mut bias) = (layer.weights.clone(), layer.bias.clone());
        if i + 1 == last {
            // Two labels: `none` stays at nothing, the word is the logit.
            for value in &mut values {
                *value /= SPREAD;
            }
            values.splice(0..0, vec![0.0; layer.inputs]);
            bias = vec![0.0, bias[0] / SPREAD + REFERENCE];
        }
        put(format!("ln{}.weight", i + 1), &values, vec![bias.len(), layer.inputs]);
        put(format!("ln{}.bias", i + 1), &bias, vec![bias.len()]);
    }
    let model = WakewordModel {
        labels: vec!["none".into(), word.into()],
        train_size: rows,
        mfcc_size: CEPSTRA as u16,
        m_type: ModelType::Medium,
        weights,
        rms_level: 0.05,
    };
    Ok(model.save_to_buffer().map_err(WakeError::Training)?)
}
