//! Training a wake word from a handful of recordings, in seconds to a few minutes.
//!
//! Recordings become many takes (other distances, speeds, noises), takes become features, a small
//! network is fitted to them. Twice it is fitted to one half of the recordings and tried on the
//! other, to say how well it does and from which score it should wake up; then it is fitted to all.

mod features;
mod fit;
mod noises;
mod room;
mod speech;
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
pub use speech::Speech;
use takes::{Surroundings, TAIL_MS, Take};

/// What to train from. All sound is 16 kHz mono.
pub struct Lesson {
    pub word: String,
    /// Clips with the word somewhere in each.
    pub positives: Vec<Vec<i16>>,
    /// Other speech.
    pub negatives: Vec<Vec<i16>>,
    /// The features of other speech, in place of those of `negatives`. With neither, what comes with the
    /// program is taken.
    pub features: Option<Speech>,
    /// What else is said around the word; it is no other speech to tell the word from.
    pub around: Vec<Vec<i16>>,
    /// What else is to be heard in the house.
    pub noises: Vec<Vec<i16>>,
    pub seed: u64,
    pub effort: Effort,
}

/// How much work training is.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Takes to make of all clips together.
    pub takes: usize,
    /// Rounds of learning.
    pub epochs: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self { takes: TAKES, epochs: EPOCHS }
    }
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

/// Of fewer clips, noises of all kinds leave too little: with them 23 % of `computer` from five strangers were missed
/// in quiet, without 18 %. Of twenty, 0 instead of 2 % are, and 7 instead of 19 % in a kitchen.
const HANDFUL: usize = 10;

/// Takes to make of all clips together, and of each.
const TAKES: usize = 1500;
const TAKES_PER_CLIP: std::ops::RangeInclusive<usize> = 6..=100;

/// The most other speech used, in each of two takes.
const MAX_NEGATIVE_S: usize = 1500;

/// What the proposed threshold weighs.
#[derive(Clone, Copy)]
struct Weighing {
    /// The most false alarms in an hour, of the hardest kind of sound: other people calling.
    false_per_h: f64,
    /// The share of calls missed that is as bad as one false alarm in such an hour.
    worth: f64,
}

/// Told from what two halves of a few recordings give, no false alarm at all would cost every fourth call.
const HEAD: Weighing = Weighing { false_per_h: 4.0, worth: 0.05 };
/// rustpotter has to be allowed more, or it hears nobody.
const POTTER: Weighing = Weighing { false_per_h: 12.0, worth: 0.0 };

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
    let how = Fit { hidden, epochs: lesson.effort.epochs, dropout: 0.2, seed: lesson.seed };
    let (mlp, trial) = try_and_fit(&data, &recordings, &how, HEADS, STEP_S, HEAD)?;
    let head = Head { word: lesson.word.clone(), network: embedder.network(), threshold: THRESHOLD, mlp };
    Ok(Trained { bytes: head.to_bytes(), trial })
}

const HEAD_HIDDEN: usize = 16;
/// Networks whose mean is the head: what one of them takes for the word by chance, the others do not.
const HEADS: u64 = 3;
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
    let how = Fit {
        hidden: &hidden("medium", rows),
        epochs: 2 * lesson.effort.epochs,
        dropout: 0.3,
        seed: lesson.seed,
    };
    let (mlp, trial) = try_and_fit(&data, &recordings, &how, 1, THIN as f64 * 0.01, POTTER)?;
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
    // What the word is told from is prepared, or heard below.
    let prepared = match &lesson.features {
        Some(speech) => speech.rows(features, &lesson.word)?,
        None if lesson.negatives.is_empty() => Speech::built_in(features)?.rows(features, &lesson.word)?,
        None => Vec::new(),
    };
    let speech: Vec<&[i16]> = lesson.negatives.iter().chain(&lesson.around).map(Vec::as_slice).collect();
    let mut noises = lesson.noises.clone();
    let mut rng = Rng::new(lesson.seed);
    if lesson.positives.len() < HANDFUL {
        noises.push(noises::plain(&mut rng));
    } else {
        noises.extend(noises::made_up(&speech, &mut rng));
    }
    let per_clip =
        (lesson.effort.takes / lesson.positives.len()).clamp(*TAKES_PER_CLIP.start(), *TAKES_PER_CLIP.end());
    let mut jobs: Vec<_> = (0..lesson.positives.len() * per_clip)
        .map(|i| Job::Word { clip: i / per_clip, first: i % per_clip == 0 })
        .collect();
    if prepared.is_empty() {
        jobs.extend(negative_jobs(lesson));
    }
    jobs.extend((0..noises.len()).map(Job::Noise));

    let jobs: Vec<(usize, Job)> = jobs.into_iter().enumerate().collect();
    let around = Surroundings { noises: &noises, speech: &speech };
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
    let first = sources.len();
    for (i, rows) in prepared.into_iter().enumerate() {
        // Every stretch comes twice, as it is and in noise: they stay together as well.
        let (before, source) = (data.examples.len(), first + i / 2);
        let count = rows.values.len() / F::WIDTH;
        data.add(&rows.values, (F::LEAD..count).step_by(thin), false, source);
        recordings.push(Recording {
            examples: before..data.examples.len(),
            positive: false,
            seconds: rows.seconds,
        });
    }
    Ok(recordings)
}

/// Hears other speech once, so that many words can be told from it: groups of recordings, in stretches of
/// some length, as they are and in noise; at most so many seconds, the same of each group.
///
/// # Errors
/// When the features cannot be computed.
pub fn hear_speech(
    groups: &[(String, Vec<Vec<i16>>)],
    noises: &[Vec<i16>],
    engine: Option<&Embedder>,
    seconds: usize,
    seed: u64,
) -> Result<Speech> {
    match engine {
        Some(embedder) => hear_stretches(groups, noises, embedder, seconds, seed),
        None => hear_stretches(groups, noises, &Cepstra, seconds, seed),
    }
}

fn hear_stretches<F: Features + Sync>(
    groups: &[(String, Vec<Vec<i16>>)],
    noises: &[Vec<i16>],
    features: &F,
    seconds: usize,
    seed: u64,
) -> Result<Speech> {
    const STRETCH: usize = 15 * SAMPLE_RATE as usize;
    let speech: Vec<&[i16]> = groups.iter().flat_map(|(_, clips)| clips).map(Vec::as_slice).collect();
    let mut noises = noises.to_vec();
    noises.extend(noises::made_up(&speech, &mut Rng::new(seed)));
    let each = seconds * SAMPLE_RATE as usize / groups.len().max(1);
    let mut stretches: Vec<(&String, Vec<i16>)> = Vec::new();
    for (group, clips) in groups {
        let mut order: Vec<&Vec<i16>> = clips.iter().collect();
        Rng::for_item(seed, stretches.len() as u64).shuffle(&mut order);
        // Half of the room is for the same again in noise.
        let (mut left, mut stretch) = (each / 2, Vec::new());
        for clip in order {
            stretch.extend_from_slice(clip);
            if stretch.len() >= STRETCH.min(left) {
                stretch.truncate(left);
                left -= stretch.len();
                stretches.push((group, std::mem::take(&mut stretch)));
            }
            if left == 0 {
                break;
            }
        }
        if !stretch.is_empty() {
            stretches.push((group, stretch));
        }
    }
    let jobs: Vec<(usize, &(&String, Vec<i16>))> =
        stretches.iter().flat_map(|stretch| [stretch; 2]).enumerate().collect();
    let heard = parallel::map(
        "listening",
        &jobs,
        || Ok(features.fork()),
        |features, (i, (group, stretch))| {
            let mut rng = Rng::for_item(seed, *i as u64);
            let noisy = (i % 2 == 1).then(|| takes::negative(stretch, &noises, &mut rng));
            let samples = noisy.as_ref().unwrap_or(stretch);
            // Not what the silence before a stream gives, nor what looks back on it.
            let lead = 2 * SAMPLE_RATE as usize;
            let rows = features.rows(samples, lead.min(samples.len())..samples.len())?;
            let first = rows.decisions.start.saturating_sub(F::LEAD);
            let seconds = samples.len().saturating_sub(lead) as f64 / f64::from(SAMPLE_RATE);
            Ok(((*group).clone(), rows.values[first * F::WIDTH..].to_vec(), seconds))
        },
    )?;
    Ok(Speech::of(features, heard))
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

/// Fits twice to a half and tries on the other, then fits to all: the mean of some networks, which
/// differ by their seeds.
fn try_and_fit(
    data: &Dataset,
    recordings: &[Recording],
    how: &Fit,
    networks: u64,
    decision_s: f64,
    weighing: Weighing,
) -> Result<(Mlp, Trial)> {
    // Halves and all take turns: as many threads as there are cores do the work.
    let jobs: Vec<(Option<usize>, u64)> =
        (0..networks).flat_map(|n| [Some(0), Some(1), None].map(|half| (half, n))).collect();
    let mut scores = vec![0.0; data.examples.len()];
    let mut input = Vec::new();
    let held_out = |example: &Example, half: usize| example.recording % 2 == half;
    let fitted = parallel::map(
        "learning",
        &jobs,
        || Ok(()),
        |(), &(half, n)| {
            let keep = move |example: &Example| half.is_none_or(|half| !held_out(example, half));
            Ok(fit(data, keep, &Fit { seed: how.seed + (n << 32), ..*how }))
        },
    )?;
    let mean = |half: Option<usize>| {
        let some: Vec<Mlp> =
            jobs.iter().zip(&fitted).filter(|(job, _)| job.0 == half).map(|(_, mlp)| mlp.clone()).collect();
        Mlp::mean(&some)
    };
    for (half, mlp) in [mean(Some(0)), mean(Some(1))].iter().enumerate() {
        for (score, example) in scores.iter_mut().zip(&data.examples).filter(|(_, e)| held_out(e, half)) {
            data.read(example, &mut input);
            *score = mlp.logit(&input);
        }
    }
    let trial = judge(&scores, recordings, decision_s, weighing);
    let mut mlp = mean(None);
    if let Some(bias) = mlp.layers.last_mut().and_then(|layer| layer.bias.first_mut()) {
        *bias -= trial.logit;
    }
    Ok((mlp, trial))
}

/// Looks for the logit at which misses and false alarms together are least.
fn judge(scores: &[f32], recordings: &[Recording], decision_s: f64, weighing: Weighing) -> Trial {
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
    let trials = (-8..=80).map(|quarter| at(quarter as f32 / 4.0));
    let cost = |trial: &Trial| trial.miss + weighing.worth * trial.false_per_h;
    let mut allowed: Vec<Trial> = trials.filter(|trial| trial.false_per_h <= weighing.false_per_h).collect();
    let least = allowed.iter().map(cost).fold(f64::INFINITY, f64::min);
    allowed.retain(|trial| cost(trial) <= least);
    // Of equals the one in the middle.
    allowed.get(allowed.len() / 2).copied().unwrap_or_else(|| at(20.0))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(examples: std::ops::Range<usize>, positive: bool) -> Recording {
        Recording { examples, positive, seconds: 1800.0 }
    }

    #[test]
    fn the_threshold_weighs_misses_against_false_alarms() {
        let recordings =
            [recording(0..1, true), recording(1..2, true), recording(2..3, false), recording(3..4, false)];
        let scores = [2.0, 6.0, 3.0, -4.0];
        // A false alarm an hour for half of the calls, or none for the other half.
        let judged = |worth| judge(&scores, &recordings, 0.08, Weighing { false_per_h: 4.0, worth });
        let (eager, careful) = (judged(0.05), judged(0.9));
        assert_eq!((eager.miss, eager.false_per_h), (0.0, 1.0));
        assert_eq!((careful.miss, careful.false_per_h), (0.5, 0.0));
        // In the middle of those that are looked at (from -2), as far as they are alike.
        assert!(eager.logit.abs() < 0.5, "{}", eager.logit);
        assert!((careful.logit - 4.5).abs() < 0.5, "{}", careful.logit);
        let strict = judge(&scores, &recordings, 0.08, Weighing { false_per_h: 0.5, worth: 0.0 });
        assert_eq!((strict.miss, strict.false_per_h), (0.5, 0.0));
    }
}
