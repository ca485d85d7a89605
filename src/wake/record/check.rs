//! Whether a recording of a wake word is fit to learn from, and the reason where it is not.

use crate::audio::ms_to_samples;
use crate::studio::Fault;
use crate::studio::measure::{OUT_OF_ROOM_DB, QUIET_DB, cut_off, faint, levels, stretches};

/// What is kept around the word.
const MARGIN_MS: u64 = 500;

/// The length of words.
const WORD_MS: std::ops::RangeInclusive<u64> = 200..=2200;

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
