//! Whether a recording can be given, its silent ends, and its loudness.

use std::ops::RangeInclusive;

use crate::audio::{FRAME_SAMPLES, ms_to_samples};
use crate::studio::Fault;
use crate::studio::measure::{QUIET_DB, cut_off, faint, level, levels, stretches};

/// The length of recordings.
pub const LENGTH_MS: RangeInclusive<u64> = 500..=15_000;

/// What is kept of the silence at both ends.
const MARGIN_MS: u64 = 200;

/// How loud everything is that is exported, in dB below full scale: the usual level of recorded speech
/// (ITU-T P.56 and P.800 name it).
pub const LOUDNESS_DB: f32 = -26.0;

/// What the loudest sample may be then. Whatever would be above it cannot be levelled without being bent.
const PEAK_DB: f32 = -1.0;

/// What is fainter than the average by this much is a pause (as in ITU-R BS.1770).
const PAUSE_DB: f32 = 10.0;

/// # Errors
/// The fault that can be mended soonest.
pub fn check(sound: &[i16]) -> Result<(), Fault> {
    let length = sound.len() as u64;
    if length < ms_to_samples(*LENGTH_MS.start()) {
        return Err(Fault::Short);
    }
    if length > ms_to_samples(*LENGTH_MS.end()) {
        return Err(Fault::Long);
    }
    if cut_off(sound) {
        return Err(Fault::Clipped);
    }
    if stretches(sound).is_empty() {
        return Err(if faint(sound) { Fault::Quiet } else { Fault::Silent });
    }
    let loudest = levels(sound).into_iter().fold(f32::MIN, f32::max);
    if loudest < QUIET_DB {
        return Err(Fault::Quiet);
    }
    if peak(sound) - loudness(sound) > PEAK_DB - LOUDNESS_DB {
        return Err(Fault::Bang);
    }
    Ok(())
}

/// Where the voice is, with a little silence at both ends.
#[must_use]
pub fn voice(sound: &[i16]) -> Option<std::ops::Range<usize>> {
    let stretches = stretches(sound);
    let (begin, end) = (stretches.first()?.0, stretches.last()?.1);
    let margin = ms_to_samples(MARGIN_MS) as usize;
    Some(begin.saturating_sub(margin)..(end + margin).min(sound.len()))
}

/// How loud the voice is without its pauses, in dB below full scale.
///
/// The power of the frames that are not pauses rather than EBU R 128's loudness: one voice is measured, not
/// music, and it needs no filter and no other crate to be checked by anybody.
#[must_use]
pub fn loudness(sound: &[i16]) -> f32 {
    let all = level(sound);
    let spoken: Vec<i16> = sound
        .chunks_exact(FRAME_SAMPLES)
        .filter(|frame| level(frame) > all - PAUSE_DB)
        .flatten()
        .copied()
        .collect();
    if spoken.is_empty() { all } else { level(&spoken) }
}

/// The same sound at [`LOUDNESS_DB`].
#[must_use]
pub fn levelled(sound: &[i16]) -> Vec<i16> {
    let gain = 10f32.powf((LOUDNESS_DB - loudness(sound)) / 20.0);
    sound.iter().map(|&s| (f32::from(s) * gain).round() as i16).collect()
}

fn peak(sound: &[i16]) -> f32 {
    let peak = sound.iter().map(|s| s.unsigned_abs()).max().unwrap_or(0);
    20.0 * (f32::from(peak) / 32_768.0).max(1e-5).log10()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{silence, syllables};

    fn louder(sound: &[i16], gain: f32) -> Vec<i16> {
        sound.iter().map(|&s| (f32::from(s) * gain) as i16).collect()
    }

    #[test]
    fn every_fault_is_named() {
        let speech = syllables(2_000);
        let mut bang = [&louder(&speech, 0.1)[..], &silence(300)].concat();
        bang[32_500] = 32_000;
        for (sound, fault) in [
            (syllables(400), Err(Fault::Short)),
            (syllables(15_100), Err(Fault::Long)),
            (louder(&speech, 100.0), Err(Fault::Clipped)),
            ([&silence(800)[..], &louder(&speech, 0.015), &silence(900)].concat(), Err(Fault::Quiet)),
            (silence(2_000), Err(Fault::Silent)),
            (bang, Err(Fault::Bang)),
            (speech.clone(), Ok(())),
        ] {
            assert_eq!(check(&sound), fault);
        }
    }

    #[test]
    fn silence_goes_from_both_ends_and_not_from_between() {
        let sound =
            [&silence(1_000)[..], &syllables(800), &silence(700), &syllables(800), &silence(1_500)].concat();
        let voice = voice(&sound).expect("a voice");
        let (begin, end) = (voice.start as u64 / 16, voice.end as u64 / 16);
        assert!((700..=1_000).contains(&begin) && (3_300..=3_800).contains(&end), "{begin}–{end} ms");
        assert_eq!(super::voice(&silence(1_000)), None);
    }

    #[test]
    fn loud_and_quiet_come_out_alike() {
        let sound = [&silence(500)[..], &syllables(1_500), &silence(2_000)].concat();
        for gain in [0.1, 0.5, 1.0, 2.0] {
            let sound = louder(&sound, gain);
            assert!((loudness(&levelled(&sound)) - LOUDNESS_DB).abs() < 0.3, "{gain}");
        }
    }
}
