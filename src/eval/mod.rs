//! Measuring the house on recordings, with the same recogniser and understanding that run live.

pub mod clips;
pub mod cpu;
pub mod dataset;
pub mod det;
pub mod intents;
pub mod names;
pub mod nlu;
pub mod noise;
pub mod parallel;
pub mod report;
pub mod text;
pub mod transcripts;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::Result;
use crate::config::Config;
use crate::household::Household;
use crate::nlu::Intent;
use crate::stt::{Scope, SpeechToText};

/// One recogniser with the household's understanding: a worker of an evaluation.
pub struct Listener<'a> {
    stt: Box<dyn SpeechToText>,
    household: &'a Household,
}

/// What one recording gave.
#[derive(Debug, Clone, Default)]
pub struct Hearing {
    pub text: String,
    pub intent: Option<Intent>,
    /// From the last sample to the intent.
    pub latency: Duration,
    pub audio_s: f64,
}

/// One utterance that was heard, and what is true of it: what reports are made of.
#[derive(Debug, Clone)]
pub struct Utterance {
    pub recording: PathBuf,
    /// The noise that was mixed in, as signal-to-noise ratio.
    pub snr_db: Option<f32>,
    /// What was meant, for people to read.
    pub expected: String,
    /// The intent that was meant; `None` for nothing.
    pub expected_intent: Option<String>,
    /// What was heard; empty for nothing.
    pub text: String,
    pub intent: Option<String>,
    /// What is wrong with that; `None` when all is right.
    pub wrong: Option<&'static str>,
    pub latency: Duration,
}

impl<'a> Listener<'a> {
    /// # Errors
    /// When the engine cannot run here.
    pub fn new(config: &Config, household: &'a Household) -> Result<Self> {
        let (mut stt, _) = crate::assemble::stt(config, household)?;
        // Each recording stands for itself.
        stt.expect(Scope::Fresh);
        Ok(Self { stt, household })
    }

    /// Recognises and understands one utterance. Rejected speech gives neither text nor intent.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn hear(&mut self, samples: &[i16]) -> Result<Hearing> {
        let start = Instant::now();
        let transcript = self.stt.transcribe(samples)?;
        let accepted = transcript.rejected.is_none() && !transcript.text.is_empty();
        let intent =
            if accepted { self.household.understanding.understand(&transcript.text).intent() } else { None };
        Ok(Hearing {
            text: if accepted { transcript.text } else { String::new() },
            intent,
            latency: start.elapsed(),
            audio_s: crate::vad::duration_ms(samples) as f64 / 1000.0,
        })
    }
}

/// The middle and the slow end of some times, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Latency {
    pub p50: f64,
    pub p95: f64,
}

impl Latency {
    #[must_use]
    pub fn of(times: impl IntoIterator<Item = Duration>) -> Self {
        let mut ms: Vec<f64> = times.into_iter().map(|time| time.as_secs_f64() * 1000.0).collect();
        ms.sort_by(f64::total_cmp);
        Self { p50: rounded(percentile(&ms, 0.50), 1), p95: rounded(percentile(&ms, 0.95), 1) }
    }
}

/// The value under which a share of the sorted values lies (nearest rank); 0 for none.
#[must_use]
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

/// A number cut to some decimals, for reports.
#[must_use]
pub fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    (value * scale).round() / scale
}

/// A share, 0 for none of none, to four decimals.
#[must_use]
pub fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { rounded(part as f64 / whole as f64, 4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_the_nearest_rank() {
        let values: Vec<f64> = (1..=20).map(f64::from).collect();
        assert_eq!((percentile(&values, 0.5), percentile(&values, 0.95)), (10.0, 19.0));
        assert_eq!(percentile(&[], 0.5).to_bits(), 0f64.to_bits());
    }
}
