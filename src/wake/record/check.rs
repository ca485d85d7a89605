//! Whether a recording of a wake word is fit to learn from, and the reason where it is not.

use crate::audio::{FRAME_SAMPLES, ms_to_samples};

/// Why a recording is made once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nobody spoke.
    Silent,
    /// The word is too quiet.
    Quiet,
    /// The word is too loud for the microphone.
    Clipped,
    /// The room is nearly as loud as the word.
    Noisy,
    /// Too short to be a word.
    Short,
    /// Too long to be one.
    Long,
    /// More than one thing was said.
    Twice,
    /// It was being said already when the recording began.
    Early,
    /// Sound was lost on the way.
    Lost,
}

/// What is kept around the word.
const MARGIN_MS: u64 = 500;

/// The length of words.
const WORD_MS: std::ops::RangeInclusive<u64> = 200..=2200;

/// A pause this long parts two words that were not meant to be one.
const PART_MS: u64 = 400;

/// A shorter sound between pauses is a click.
const CLICK_MS: u64 = 80;

/// The loudest frame of a word must reach this, in dB below full scale.
const QUIET_DB: f32 = -42.0;

/// And this far above the frames without a word.
const OUT_OF_ROOM_DB: f32 = 12.0;

/// From here on a sample may have been cut off; so many in a row have been.
const CUT: u16 = 32_500;
const CUT_RUN: usize = 3;

/// The word with half a second around it.
///
/// # Errors
/// The fault that the speaker can mend soonest.
pub fn check(take: &[i16]) -> Result<Vec<i16>, Fault> {
    let stretches = stretches(take);
    let (Some(first), Some(last)) = (stretches.first(), stretches.last()) else {
        return Err(if faint(take) { Fault::Quiet } else { Fault::Silent });
    };
    let (begin, end) = (first.0, last.1);
    if cut_off(&take[begin..end]) {
        return Err(Fault::Clipped);
    }
    let levels = levels(&take[begin..end]);
    let loudest = levels.iter().copied().fold(f32::MIN, f32::max);
    if loudest < QUIET_DB {
        return Err(Fault::Quiet);
    }
    if stretches.len() > 1 {
        return Err(Fault::Twice);
    }
    if begin < ms_to_samples(64) as usize {
        return Err(Fault::Early);
    }
    if loudest - room(take, begin, end) < OUT_OF_ROOM_DB {
        return Err(Fault::Noisy);
    }
    let length = (end - begin) as u64;
    if length < ms_to_samples(*WORD_MS.start()) {
        return Err(Fault::Short);
    }
    if length > ms_to_samples(*WORD_MS.end()) {
        return Err(Fault::Long);
    }
    let margin = ms_to_samples(MARGIN_MS) as usize;
    Ok(take[begin.saturating_sub(margin)..(end + margin).min(take.len())].to_vec())
}

/// Where somebody speaks, in samples; pauses within a word do not count.
fn stretches(take: &[i16]) -> Vec<(usize, usize)> {
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
fn faint(take: &[i16]) -> bool {
    let mut levels = levels(take);
    levels.sort_by(f32::total_cmp);
    let (median, loudest) = (levels.get(levels.len() / 2), levels.last());
    median.zip(loudest).is_some_and(|(median, loudest)| loudest - median > OUT_OF_ROOM_DB)
}

/// How loud the room is without the word: the median of what is well outside of it.
fn room(take: &[i16], begin: usize, end: usize) -> f32 {
    let apart = ms_to_samples(200) as usize;
    let before = &take[..begin.saturating_sub(apart)];
    let after = &take[(end + apart).min(take.len())..];
    let mut levels: Vec<f32> = levels(before);
    levels.extend(self::levels(after));
    levels.sort_by(f32::total_cmp);
    levels.get(levels.len() / 2).copied().unwrap_or(f32::MIN)
}

/// The level of every frame, in dB below full scale.
fn levels(samples: &[i16]) -> Vec<f32> {
    samples.chunks_exact(FRAME_SAMPLES).map(level).collect()
}

/// How loud some samples are, in dB below full scale.
#[must_use]
pub fn level(samples: &[i16]) -> f32 {
    let sum: f32 = samples.iter().map(|&s| (f32::from(s) / 32_768.0).powi(2)).sum();
    10.0 * (sum / samples.len().max(1) as f32).max(1e-10).log10()
}

fn cut_off(samples: &[i16]) -> bool {
    samples.windows(CUT_RUN).any(|run| run.iter().all(|s| s.unsigned_abs() >= CUT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{silence, syllables};

    fn take(word: &[i16]) -> Vec<i16> {
        [&silence(800)[..], word, &silence(900)].concat()
    }

    fn louder(sound: &[i16], gain: f32) -> Vec<i16> {
        sound.iter().map(|&s| (f32::from(s) * gain) as i16).collect()
    }

    #[test]
    fn a_word_is_kept_with_a_little_around_it() {
        let clip = check(&take(&syllables(700))).expect("a word");
        let ms = clip.len() as u64 / 16;
        assert!((1_300..1_900).contains(&ms), "{ms} ms");
    }

    #[test]
    fn every_fault_is_named() {
        let word = syllables(700);
        let peak = word.iter().map(|s| s.unsigned_abs()).max().expect("a peak");
        for (sound, fault) in [
            (take(&silence(700)), Fault::Silent),
            (take(&louder(&word, 300.0 / f32::from(peak))), Fault::Quiet),
            (take(&louder(&word, 20.0 * 32_767.0 / f32::from(peak))), Fault::Clipped),
            (take(&syllables(3_000)), Fault::Long),
            (take(&[&word[..], &silence(600), &word].concat()), Fault::Twice),
            ([&word[..], &silence(900)].concat(), Fault::Early),
        ] {
            assert_eq!(check(&sound).map(|clip| clip.len()), Err(fault));
        }
    }

    #[test]
    fn people_pass() {
        let Some(shared) = crate::testing::shared("wake::record::check") else { return };
        let mut faults = Vec::new();
        let mut count = 0;
        for word in ["jarvis", "computer", "view_glass"] {
            for i in (0..100).step_by(5) {
                let path = shared.join(format!("audio/wake/{word}/{i:03}.flac"));
                let clip = crate::audio::load(&path).expect("a recording");
                count += 1;
                if let Err(fault) = check(&take(&clip)) {
                    faults.push((word, i, fault));
                }
            }
        }
        assert!(faults.len() * 10 <= count, "{} of {count}: {faults:?}", faults.len());
    }
}
