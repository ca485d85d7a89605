//! What is measured of a recording of somebody who speaks.

use crate::audio::{FRAME_SAMPLES, ms_to_samples};

/// Why a recording is made once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nobody spoke.
    Silent,
    /// It is too quiet.
    Quiet,
    /// It is too loud for the microphone.
    Clipped,
    /// The room is nearly as loud as the voice.
    Noisy,
    /// Too short to be what was asked for.
    Short,
    /// Too long to be that.
    Long,
    /// More than one thing was said.
    Twice,
    /// It was being said already when the recording began.
    Early,
    /// A bang or click is far louder than the voice.
    Bang,
    /// Sound was lost on the way.
    Lost,
}

/// A pause this long parts two words that were not meant to be one.
const PART_MS: u64 = 400;

/// A shorter sound between pauses is a click.
const CLICK_MS: u64 = 80;

/// The loudest frame must reach this, in dB below full scale.
pub const QUIET_DB: f32 = -42.0;

/// And this far above the frames without speech.
pub const OUT_OF_ROOM_DB: f32 = 12.0;

/// From here on a sample may have been cut off; so many in a row have been.
const CUT: u16 = 32_500;
const CUT_RUN: usize = 3;

/// Where somebody speaks, in samples; short pauses do not count.
#[must_use]
pub fn stretches(take: &[i16]) -> Vec<(usize, usize)> {
    let mut vad = earshot::Detector::default_boxed();
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (i, frame) in take.chunks_exact(FRAME_SAMPLES).enumerate() {
        if vad.predict_i16(frame) < 0.5 {
            continue;
        }
        let (at, end) = (i * FRAME_SAMPLES, (i + 1) * FRAME_SAMPLES);
        match found.last_mut() {
            Some(last) if at < last.1 + ms_to_samples(PART_MS) as usize => last.1 = end,
            _ => found.push((at, end)),
        }
    }
    found.retain(|(begin, end)| (end - begin) as u64 >= ms_to_samples(CLICK_MS));
    found
}

/// Whether there was something that the voice activity detector cannot hear.
#[must_use]
pub fn faint(take: &[i16]) -> bool {
    let mut levels = levels(take);
    levels.sort_by(f32::total_cmp);
    let (median, loudest) = (levels.get(levels.len() / 2), levels.last());
    median.zip(loudest).is_some_and(|(median, loudest)| loudest - median > OUT_OF_ROOM_DB)
}

/// The level of every frame, in dB below full scale.
#[must_use]
pub fn levels(samples: &[i16]) -> Vec<f32> {
    samples.chunks_exact(FRAME_SAMPLES).map(level).collect()
}

/// How loud some samples are, in dB below full scale.
#[must_use]
pub fn level(samples: &[i16]) -> f32 {
    let sum: f32 = samples.iter().map(|&s| (f32::from(s) / 32_768.0).powi(2)).sum();
    10.0 * (sum / samples.len().max(1) as f32).max(1e-10).log10()
}

/// Whether the microphone cut off what was too loud for it.
#[must_use]
pub fn cut_off(samples: &[i16]) -> bool {
    samples.windows(CUT_RUN).any(|run| run.iter().all(|s| s.unsigned_abs() >= CUT))
}
