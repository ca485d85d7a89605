//! What training hears: each recording in many takes, at other distances, speeds, moments and
//! noises than it was made in, because a handful of clean clips says little about a kitchen.

use super::room::reverberate;
use crate::audio::{FRAME_SAMPLES, ms_to_samples};
use crate::eval::noise::mix;
use crate::rng::Rng;

/// A take of the wake word.
pub struct Take {
    pub samples: Vec<i16>,
    /// The sample at which the word is over.
    pub end: usize,
}

/// What a take can be put into.
pub struct Surroundings<'a> {
    /// Noises to mix in.
    pub noises: &'a [Vec<i16>],
    /// Other speech, to stand before and after the word.
    pub speech: &'a [&'a [i16]],
}

/// How much is kept after the end of the word, for the decisions that belong to it.
pub const TAIL_MS: u64 = 560;

/// Where somebody speaks in a clip, in samples. The whole clip when nobody seems to.
#[must_use]
pub fn spoken(clip: &[i16]) -> (usize, usize) {
    let mut vad = earshot::Detector::default_boxed();
    let voiced: Vec<usize> = clip
        .chunks_exact(FRAME_SAMPLES)
        .enumerate()
        .filter_map(|(i, frame)| (vad.predict_i16(frame) >= 0.5).then_some(i * FRAME_SAMPLES))
        .collect();
    let (Some(&first), Some(&last)) = (voiced.first(), voiced.last()) else { return (0, clip.len()) };
    // The detector is late by about a frame at the beginning and lingers at the end: the energy
    // says where the last sound was.
    let frames = &clip[..clip.len() / FRAME_SAMPLES * FRAME_SAMPLES];
    let energy = |frame: &[i16]| frame.iter().map(|&s| f32::from(s).powi(2)).sum::<f32>();
    let peak = frames[first..=last].chunks(FRAME_SAMPLES).map(energy).fold(0.0, f32::max);
    let end = frames[first..last + FRAME_SAMPLES]
        .chunks(FRAME_SAMPLES)
        .rposition(|frame| energy(frame) > peak * 1e-3)
        .map_or(last, |frame| first + frame * FRAME_SAMPLES);
    (first.saturating_sub(2 * FRAME_SAMPLES), end + FRAME_SAMPLES)
}

/// A take of the word in `clip`. The first take of a clip is the clip as it is.
pub fn take(clip: &[i16], first: bool, around: &Surroundings, rng: &mut Rng) -> Take {
    let (begin, end) = spoken(clip);
    if first {
        let mut samples = clip[..(end + tail()).min(clip.len())].to_vec();
        samples.resize(end + tail(), 0);
        return Take { samples, end };
    }
    let word = resample(&clip[begin..end], if rng.chance(0.5) { rng.between(0.92, 1.08) } else { 1.0 });
    let mut samples = match rng.below(4) {
        // The stream begins with the word.
        0 => vec![0; rng.below(ms_to_samples(400) as usize)],
        // Somebody was speaking just before.
        1 if !around.speech.is_empty() => {
            let mut before = fragment(around.speech, ms_to_samples(1200) as usize, rng);
            before.resize(before.len() + rng.below(ms_to_samples(500) as usize), 0);
            before
        }
        // A pause, then the clip from its own beginning.
        _ => {
            let mut before = vec![0; rng.below(ms_to_samples(1500) as usize)];
            before.extend_from_slice(&clip[..begin]);
            before
        }
    };
    samples.extend_from_slice(&word);
    let end_of_word = samples.len();
    // A command may follow at once.
    if rng.chance(0.3) && !around.speech.is_empty() {
        samples.resize(samples.len() + rng.below(ms_to_samples(300) as usize), 0);
        samples.extend(fragment(around.speech, tail(), rng));
    } else {
        samples.extend_from_slice(&clip[end..]);
    }
    samples.resize(end_of_word + tail(), 0);
    Take { samples: surround(&samples, around.noises, rng), end: end_of_word }
}

/// Other speech as it may be heard: as it is, or in noise.
pub fn negative(speech: &[i16], noises: &[Vec<i16>], rng: &mut Rng) -> Vec<i16> {
    surround(speech, noises, rng)
}

/// Puts sound into a room (every other time), into noise (three times in four) and at some distance.
fn surround(samples: &[i16], noises: &[Vec<i16>], rng: &mut Rng) -> Vec<i16> {
    let echoing = rng.chance(0.5).then(|| reverberate(samples, rng));
    let samples = echoing.as_deref().unwrap_or(samples);
    let mut samples = if !noises.is_empty() && rng.chance(0.75) {
        let noise = &noises[rng.below(noises.len())];
        let snr = rng.between(0.0, 25.0);
        mix(samples, noise, snr, rng)
    } else {
        samples.to_vec()
    };
    let gain = 10f32.powf(rng.between(-18.0, 6.0) / 20.0);
    for sample in &mut samples {
        *sample = (f32::from(*sample) * gain) as i16;
    }
    samples
}

/// Up to `length` samples from somewhere in somebody's speech.
fn fragment(speech: &[&[i16]], length: usize, rng: &mut Rng) -> Vec<i16> {
    let whole = speech[rng.below(speech.len())];
    let start = rng.below(whole.len().saturating_sub(length) + 1);
    whole[start..(start + length).min(whole.len())].to_vec()
}

/// Slower (> 1) or faster speech, its pitch with it; linear interpolation.
fn resample(samples: &[i16], stretch: f32) -> Vec<i16> {
    let length = (samples.len() as f32 * stretch) as usize;
    let at = |i: usize| f32::from(samples[i.min(samples.len() - 1)]);
    (0..length)
        .map(|i| {
            let position = i as f32 / stretch;
            let (whole, part) = (position as usize, position.fract());
            (at(whole) * (1.0 - part) + at(whole + 1) * part) as i16
        })
        .collect()
}

fn tail() -> usize {
    ms_to_samples(TAIL_MS) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_word_in_a_clip() {
        let Some(shared) = crate::testing::shared("wake::train::takes") else { return };
        let clip = crate::audio::load(&shared.join("audio/wake/computer/000.flac")).expect("a clip");
        let (begin, end) = spoken(&clip);
        let seconds = (end - begin) as f32 / 16_000.0;
        assert!((0.4..1.4).contains(&seconds), "{seconds} s from {begin} to {end} of {}", clip.len());
    }

    #[test]
    fn takes_hold_the_word_and_its_tail() {
        let mut rng = Rng::new(3);
        let clip = vec![500; 20_000];
        let around = Surroundings { noises: &[vec![300; 9_000]], speech: &[&[900; 30_000]] };
        for i in 0..50 {
            let take = take(&clip, i == 0, &around, &mut rng);
            assert_eq!(take.samples.len(), take.end + tail());
        }
    }

    #[test]
    fn nothing_and_silence_do_not_fail() {
        let around = Surroundings { noises: &[], speech: &[] };
        for clip in [vec![], vec![0; 100], vec![0; 16_000]] {
            for i in 0..20 {
                take(&clip, i == 0, &around, &mut Rng::new(i));
            }
        }
    }
}
