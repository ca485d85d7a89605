//! Recordings labelled with intent and slots, clean or with noise mixed in.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::Result;
use crate::audio;
use crate::config::Config;
use crate::household::Household;
use crate::nlu::Intent;

use super::dataset::Labelled;
use super::noise;
use super::{Hearing, Latency, Listener, Utterance, cpu, parallel, rounded, share};
use crate::rng::Rng;

/// Noise to mix in, at several levels.
#[derive(Debug, Clone)]
pub struct Noise {
    pub samples: Vec<i16>,
    /// Signal-to-noise ratios in dB; every recording is heard at each.
    pub snr_db: Vec<f32>,
    pub seed: u64,
}

/// The figures, in the form of `--json`.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Utterances heard (recordings × noise levels).
    pub n: usize,
    /// Intent right and every labelled slot there with the right value.
    pub correct: usize,
    pub accuracy: f64,
    /// Accuracy by signal-to-noise ratio; empty without noise.
    pub by_snr: BTreeMap<String, f64>,
    /// Utterances in which nothing was recognised.
    pub empty: usize,
    /// From the last sample to the intent.
    pub latency_ms: Latency,
    pub cpu_s_per_audio_s: f64,
    #[serde(skip)]
    pub utterances: Vec<Utterance>,
}

/// Hears every recording, at every noise level.
///
/// # Errors
/// When a recording cannot be read or an engine cannot run here.
pub fn evaluate(
    config: &Config,
    household: &Household,
    recordings: &[Labelled],
    noise: Option<&Noise>,
) -> Result<Report> {
    let levels: Vec<Option<f32>> =
        noise.map_or_else(|| vec![None], |noise| noise.snr_db.iter().copied().map(Some).collect());
    let tasks: Vec<(usize, Option<f32>)> =
        levels.iter().flat_map(|level| (0..recordings.len()).map(move |index| (index, *level))).collect();
    let cpu_before = cpu::used();
    let heard: Vec<Hearing> = parallel::map(
        "hearing",
        &tasks,
        || Listener::new(config, household),
        |listener, (index, snr)| {
            let mut samples = audio::load(&recordings[*index].path)?;
            if let (Some(noise), Some(snr)) = (noise, snr) {
                // The stretch of noise depends on the recording, not on the order of work.
                let mut rng = Rng::for_item(noise.seed, *index as u64);
                samples = noise::mix(&samples, &noise.samples, *snr, &mut rng);
            }
            listener.hear(&samples)
        },
    )?;
    let cpu_s = cpu::used().saturating_sub(cpu_before).as_secs_f64();
    Ok(report(recordings, &tasks, &heard, cpu_s))
}

fn report(recordings: &[Labelled], tasks: &[(usize, Option<f32>)], heard: &[Hearing], cpu_s: f64) -> Report {
    let mut by_snr: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut utterances = Vec::new();
    for ((index, snr_db), hearing) in tasks.iter().zip(heard) {
        let labelled = &recordings[*index];
        let wrong = match &hearing.intent {
            None => Some("not recognised"),
            Some(intent) if !is_as_labelled(intent, labelled) => Some("understood as something else"),
            Some(_) => None,
        };
        if let Some(snr) = snr_db {
            let level = by_snr.entry(snr.to_string()).or_default();
            level.0 += usize::from(wrong.is_none());
            level.1 += 1;
        }
        utterances.push(Utterance {
            recording: labelled.path.clone(),
            snr_db: *snr_db,
            expected: serde_json::json!({ labelled.intent.as_str(): labelled.slots }).to_string(),
            expected_intent: Some(labelled.intent.clone()),
            text: hearing.text.clone(),
            intent: hearing.intent.as_ref().map(|intent| intent.intent.clone()),
            wrong,
            latency: hearing.latency,
        });
    }
    let n = tasks.len();
    let correct = utterances.iter().filter(|heard| heard.wrong.is_none()).count();
    let audio_s: f64 = heard.iter().map(|hearing| hearing.audio_s).sum();
    Report {
        n,
        correct,
        accuracy: share(correct, n),
        by_snr: by_snr.into_iter().map(|(level, (right, all))| (level, share(right, all))).collect(),
        empty: heard.iter().filter(|hearing| hearing.text.is_empty()).count(),
        latency_ms: Latency::of(heard.iter().map(|hearing| hearing.latency)),
        cpu_s_per_audio_s: rounded(cpu_s / audio_s.max(1e-9), 4),
        utterances,
    }
}

/// Extra slots are not held against it.
fn is_as_labelled(intent: &Intent, labelled: &Labelled) -> bool {
    intent.intent == labelled.intent
        && labelled.slots.iter().all(|(name, value)| intent.slot(name) == Some(value))
}
