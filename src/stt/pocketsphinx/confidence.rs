//! How sure the recogniser may be.
//!
//! Four things speak against a sentence: sound that other phones explain better, words that had to
//! be changed to make it one, shortness, since little sound is like many things, and words that mean
//! nothing, which often are somebody's breath or the rest of another sentence. A logistic function
//! of the four, fitted (by cross-validation) on recordings of people who say what the grammar knows
//! and of people who say something else.

use std::ops::Range;

use super::ffi::Segment;
use crate::stt::align::Nearest;

/// How fast chances change with [`Likeness::mean`].
const SOUND: f64 = 0.23;
/// How fast they fall with each unit of the aligner's cost.
const CHANGED: f64 = 0.69;
/// How fast they grow with the logarithm of the frames spoken.
const LENGTH: f64 = 2.47;
/// What skip words cost, however many: people who say them say three at a time.
const SKIPPED: f64 = 1.5;
/// Where they stand when all of these are nothing; 0.4 above the fit, in which half of the recordings
/// were commands: of people who called it, more say something that it knows.
const START: f64 = -10.3;
/// A wildcard's words are guesses: this recogniser knows no others than the grammar's.
const WILD: f32 = 0.6;

/// How a sentence's sound compares with the best phones in any order.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Likeness {
    /// Score units per frame, by sound alone, over the frames in which words are spoken: pauses
    /// are alike whatever is said. People who say what the grammar knows come to -10 and more.
    pub mean: f64,
    /// Frames (10 ms) in which words are spoken.
    pub frames: usize,
}

/// Compares words of a sentence, in place, with phones of the same utterance. Only those of the
/// sentence's words in `meant` count.
#[must_use]
pub fn likeness(words: &[Segment], meant: Range<usize>, phones: &[Segment]) -> Likeness {
    let end = words.iter().chain(phones).map(|segment| segment.frames.1).max().unwrap_or(0);
    let mut best = vec![0.0; end];
    for phone in phones {
        let (from, to) = phone.frames;
        best[from..to.max(from)].fill(phone.sound / to.saturating_sub(from).max(1) as f64);
    }
    let (mut difference, mut frames) = (0.0, 0);
    let spoken = words.iter().filter(|segment| !is_noise(&segment.word));
    for word in spoken.skip(meant.start).take(meant.len()) {
        let (from, to) = word.frames;
        let reached: f64 = best[from..to.max(from)].iter().sum();
        difference += word.sound - reached;
        frames += to.saturating_sub(from);
    }
    Likeness { mean: difference / frames.max(1) as f64, frames }
}

/// The words of a sentence without skip words before and after it ("could you", "please"): they mean
/// nothing, can be heard in any noise, and prove nothing.
#[must_use]
pub fn meant(sentence: &[String], skip_words: &[Vec<String>]) -> Range<usize> {
    let (mut from, mut to) = (0, sentence.len());
    while let Some(skip) =
        skip_words.iter().filter(|skip| sentence[from..to].starts_with(skip)).max_by_key(|skip| skip.len())
        && !skip.is_empty()
    {
        from += skip.len();
    }
    while let Some(skip) =
        skip_words.iter().filter(|skip| sentence[from..to].ends_with(skip)).max_by_key(|skip| skip.len())
        && !skip.is_empty()
    {
        to -= skip.len();
    }
    from..to
}

/// Pauses, clicks and the marks of a finite-state search.
fn is_noise(word: &str) -> bool {
    word.starts_with(['<', '+', '[']) || word == "(NULL)"
}

/// 0–1, from the likeness of the sound and the sentence, and whether it holds skip words.
#[must_use]
pub fn of(likeness: Likeness, sentence: &Nearest, skips: bool) -> f32 {
    let length = (likeness.frames.max(1) as f64).ln();
    let evidence = START + SOUND * likeness.mean + LENGTH * length - CHANGED * f64::from(sentence.cost);
    let evidence = evidence - if skips { SKIPPED } else { 0.0 };
    let confidence = (1.0 / (1.0 + (-evidence).exp())) as f32;
    if sentence.wild { confidence * WILD } else { confidence }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worse_sound_more_change_and_less_speech_make_it_less_sure() {
        let heard = |cost, wild| Nearest { words: vec!["next".into()], cost, wild };
        let spoken = |mean, frames| Likeness { mean, frames };
        let sure = of(spoken(0.0, 100), &heard(0.0, false), false);
        assert!(sure > 0.7 && sure < 1.0);
        assert!(of(spoken(-60.0, 100), &heard(0.0, false), false) < 0.02);
        assert!(of(spoken(0.0, 100), &heard(3.0, false), false) < sure);
        assert!(of(spoken(0.0, 30), &heard(0.0, false), false) < sure);
        assert!(of(spoken(0.0, 100), &heard(0.0, false), true) < sure);
        // A guess is never sure enough to leave a second recogniser unasked.
        assert!(of(spoken(100.0, 100), &heard(0.0, true), false) < 0.75);
    }

    #[test]
    fn only_words_are_compared() {
        let segment = |word: &str, frames, sound| Segment { word: word.into(), frames, sound };
        let words = [
            segment("<sil>", (0, 10), -500.0),
            segment("next", (10, 30), -100.0),
            segment("(NULL)", (29, 30), 9.0),
        ];
        let phones =
            [segment("SIL", (0, 10), 0.0), segment("N", (10, 20), -20.0), segment("EH", (20, 30), -40.0)];
        assert_eq!(likeness(&words, 0..1, &phones), Likeness { mean: -2.0, frames: 20 });
        assert_eq!(likeness(&words, 1..1, &phones), Likeness { mean: 0.0, frames: 0 });
        assert_eq!(likeness(&[], 0..1, &phones), Likeness { mean: 0.0, frames: 0 });
    }

    #[test]
    fn skip_words_are_not_meant() {
        let row = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        let skips = [row("could you"), row("please"), row("just"), Vec::new()];
        assert_eq!(meant(&row("could you just turn it up please"), &skips), 3..6);
        assert_eq!(meant(&row("turn it up"), &skips), 0..3);
        assert!(meant(&row("please please"), &skips).is_empty());
        assert!(meant(&[], &skips).is_empty());
    }
}
