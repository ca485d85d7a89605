//! What keeps invented text away from the mind.
//!
//! Whisper writes "Thank you." and "Thanks for watching!" into silence and noise. Before it runs, a
//! voice must be in the sound; afterwards the text must be likely, varied and made of words. The
//! thresholds on no-speech, log probability and repetition are those of Whisper's authors
//! (Radford et al. 2022, section 4.5), as whisper.cpp applies them.

use std::collections::BTreeMap;

use super::Spoken;
use crate::audio::FRAME_SAMPLES;

/// Voice activity from which a frame counts as speech. Higher than where speech is looked for,
/// since here every frame of it counts: loud white noise reaches 0.78, people exceed 0.9.
const VOICE: f32 = 0.8;

/// Frames of 16 ms with a voice: the shortest word ("oui", "stop") has more.
const VOICE_FRAMES: usize = 6;

/// Loudest sample below which there is nothing to hear: -60 dB of full scale.
const SILENT: u16 = 33;

/// Above this no-speech probability an unlikely text is not speech.
const NO_SPEECH: f32 = 0.6;

/// Mean log probability of the tokens below which a text is not trusted.
pub const MEAN_LOG_PROBABILITY: f32 = -1.0;

/// Entropy, in nats, of the last tokens below which they repeat themselves.
const ENTROPY: f32 = 2.4;

/// So many tokens are looked at for repetition; fewer cannot reach the entropy.
const REPETITION_TOKENS: usize = 32;

/// Whether a voice is in the sound at all.
pub fn before(samples: &[i16]) -> Result<(), String> {
    let loudest = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
    if loudest < SILENT {
        return Err("silence".into());
    }
    let mut vad = earshot::Detector::default_boxed();
    let voiced = samples.chunks_exact(FRAME_SAMPLES).filter(|frame| vad.predict_i16(frame) >= VOICE).count();
    if voiced < VOICE_FRAMES {
        return Err("nobody spoke".into());
    }
    Ok(())
}

/// Whether the model thinks that its text was not spoken.
pub fn nobody_spoke(spoken: &Spoken) -> bool {
    spoken.tokens.is_empty()
        || repeats(spoken)
        || (spoken.no_speech > NO_SPEECH && mean_log_probability(spoken) < MEAN_LOG_PROBABILITY)
}

/// Whether a text can be trusted. `words` is the text as it will be acted on.
pub fn after(spoken: &Spoken, words: &str, min_confidence: f32) -> Result<(), String> {
    if words.is_empty() {
        return Err("no words were heard".into());
    }
    let mean = mean_log_probability(spoken);
    if mean < MEAN_LOG_PROBABILITY {
        let why = if spoken.no_speech > NO_SPEECH { "nobody spoke" } else { "the words are a guess" };
        return Err(why.into());
    }
    if repeats(spoken) {
        return Err("the words repeat themselves".into());
    }
    let confidence = confidence(spoken);
    if confidence < min_confidence {
        return Err(format!("confidence {confidence:.2} is below {min_confidence:.2}"));
    }
    Ok(())
}

/// The geometric mean of the tokens' probabilities, 0–1.
pub fn confidence(spoken: &Spoken) -> f32 {
    if spoken.tokens.is_empty() { 0.0 } else { mean_log_probability(spoken).exp().clamp(0.0, 1.0) }
}

fn mean_log_probability(spoken: &Spoken) -> f32 {
    let sum: f32 = spoken.tokens.iter().map(|(_, log)| log).sum();
    sum / spoken.tokens.len().max(1) as f32
}

fn repeats(spoken: &Spoken) -> bool {
    let Some(last) = spoken.tokens.last_chunk::<REPETITION_TOKENS>() else { return false };
    let mut counts = BTreeMap::new();
    for (id, _) in last {
        *counts.entry(id).or_insert(0_u8) += 1;
    }
    let entropy: f32 = counts
        .values()
        .map(|&count| f32::from(count) / REPETITION_TOKENS as f32)
        .map(|share| -share * share.ln())
        .sum();
    entropy < ENTROPY
}

/// The text without what is not speech: `[BLANK_AUDIO]`, `(music)`, `♪ … ♪`.
pub fn without_remarks(text: &str) -> String {
    let mut kept = String::new();
    let mut closing = None;
    for c in text.chars() {
        match (closing, c) {
            (Some(end), c) if c == end => closing = None,
            (Some(_), _) => {}
            (None, '[') => closing = Some(']'),
            (None, '(') => closing = Some(')'),
            (None, '♪') => closing = Some('♪'),
            (None, '*') => closing = Some('*'),
            (None, c) => kept.push(c),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(tokens: &[(i32, f32)], no_speech: f32) -> Spoken {
        Spoken { text: String::new(), tokens: tokens.to_vec(), no_speech }
    }

    /// Noise from a linear congruential generator.
    fn noise(samples: usize, amplitude: i32) -> Vec<i16> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16).cast_signed() % (2 * amplitude + 1) - amplitude
        };
        (0..samples).map(|_| next() as i16).collect()
    }

    #[test]
    fn silence_and_noise_hold_no_voice() {
        assert!(before(&[]).is_err());
        assert!(before(&vec![0; 48_000]).is_err());
        for amplitude in [10, 300, 3_000, 30_000] {
            assert!(before(&noise(48_000, amplitude)).is_err(), "noise of {amplitude}");
        }
        let hum = (0..48_000).map(|t| ((t as f32 * 0.0196).sin() * 8000.0) as i16);
        assert!(before(&hum.collect::<Vec<_>>()).is_err());
    }

    #[test]
    fn people_are_heard() {
        let Some(shared) = crate::testing::shared("people are heard") else { return };
        for language in ["en", "fr"] {
            let folder = shared.join("audio/home").join(language);
            let mut files: Vec<_> =
                std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            files.retain(|path| path.extension().is_some_and(|ext| ext == "flac" || ext == "wav"));
            assert!(!files.is_empty());
            for path in files {
                let samples = crate::audio::load(&path).unwrap();
                assert_eq!(before(&samples), Ok(()), "{}", path.display());
            }
        }
    }

    #[test]
    fn likely_words_pass_with_their_confidence() {
        let said = spoken(&[(1, -0.1), (2, -0.3)], 0.1);
        assert_eq!(after(&said, "lights on", 0.5), Ok(()));
        assert!((confidence(&said) - (-0.2_f32).exp()).abs() < 1e-6);
    }

    #[test]
    fn unlikely_words_are_rejected() {
        assert!(after(&spoken(&[(1, -1.5)], 0.9), "thank you", 0.0).unwrap_err().contains("nobody"));
        assert!(after(&spoken(&[(1, -1.5)], 0.1), "thank you", 0.0).unwrap_err().contains("guess"));
        assert!(after(&spoken(&[(1, -0.9)], 0.1), "thank you", 0.5).unwrap_err().contains("0.41"));
        assert!(after(&spoken(&[(1, -0.1)], 0.1), "", 0.5).unwrap_err().contains("no words"));
    }

    #[test]
    fn what_was_not_spoken_is_not_weighed() {
        assert!(nobody_spoke(&spoken(&[], 0.0)));
        assert!(nobody_spoke(&spoken(&[(1, -1.5)], 0.9)));
        assert!(!nobody_spoke(&spoken(&[(1, -1.5)], 0.1)));
        assert!(!nobody_spoke(&spoken(&[(1, -0.1)], 0.9)));
    }

    #[test]
    fn repetition_is_rejected() {
        let loops: Vec<(i32, f32)> = (0..40).map(|i| (i % 4, -0.1)).collect();
        assert!(after(&spoken(&loops, 0.0), "on and on", 0.5).unwrap_err().contains("repeat"));
        let varied: Vec<(i32, f32)> = (0..40).map(|i| (i, -0.1)).collect();
        assert_eq!(after(&spoken(&varied, 0.0), "on and on", 0.5), Ok(()));
    }

    #[test]
    fn remarks_are_not_words() {
        assert_eq!(without_remarks("[BLANK_AUDIO]"), "");
        assert_eq!(without_remarks(" (music) lights on ♪ la ♪"), "  lights on ");
        assert_eq!(without_remarks(" *sighs* lights [unclosed"), "  lights ");
    }
}
