//! How sure the recogniser may be.
//!
//! Four things speak against a sentence: sound that other phones explain better, words that had to
//! be changed to make it one, shortness, since little sound is like many things, and words that mean
//! nothing, which often are somebody's breath or the rest of another sentence. A logistic function
//! of the four, fitted (by cross-validation) on recordings of people who say what the grammar knows
//! and of people who say something else. Where it leaves a doubt, a fifth thing is asked for, and it is
//! weighed again: whether the same is heard at other speeds.

use std::ops::Range;

use super::ffi::Segment;
use crate::stt::align::Nearest;

/// What evidence weighs, in the logarithm of odds.
struct Weights {
    /// Where the odds stand when everything else is nothing.
    start: f64,
    /// How fast they change with [`Likeness::mean`].
    sound: f64,
    /// How fast they fall with each unit of the aligner's cost.
    changed: f64,
    /// How fast they grow with the logarithm of the frames spoken.
    length: f64,
    /// What skip words cost, however many: people who say them say three at a time.
    skipped: f64,
    /// How fast they grow with the agreement of other hearings.
    agreed: f64,
}

/// For one hearing alone. `start` is 0.4 above the fit, in which half of the recordings were commands: of
/// people who called it, more say something that it knows.
const ALONE: Weights =
    Weights { start: -10.3, sound: 0.23, changed: 0.69, length: 2.47, skipped: 1.5, agreed: 0.0 };
/// With others, for what is in [`DOUBT`].
const TOGETHER: Weights =
    Weights { start: -13.67, sound: 0.22, changed: 0.46, length: 2.08, skipped: 1.98, agreed: 7.1 };
/// The evidence of one hearing between which other speeds are asked for. Above it, seven in ten commands of
/// people are and hardly anything else; nothing below it is saved by others.
const DOUBT: Range<f64> = -6.0..2.0;
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

/// Whether the evidence of one hearing (the logarithm of odds) needs no other.
#[must_use]
pub fn is_sure(evidence: f64) -> bool {
    evidence >= DOUBT.end
}

/// A sentence and how it was heard.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    pub likeness: Likeness,
    pub sentence: &'a Nearest,
    /// Whether it holds skip words.
    pub skips: bool,
}

impl Case<'_> {
    /// Whether other hearings can change what becomes of it.
    #[must_use]
    pub fn in_doubt(&self) -> bool {
        DOUBT.contains(&self.alone())
    }

    /// How sure it is, 0–1; with what other hearings agree (0–1), if they were asked.
    #[must_use]
    pub fn confidence(&self, agreement: Option<f64>) -> f32 {
        let evidence =
            agreement.map_or_else(|| self.alone(), |agreement| self.evidence(&TOGETHER, agreement));
        let confidence = (1.0 / (1.0 + (-evidence).exp())) as f32;
        if self.sentence.wild { confidence * WILD } else { confidence }
    }

    /// What one hearing says for it, in the logarithm of odds.
    #[must_use]
    pub fn alone(&self) -> f64 {
        self.evidence(&ALONE, 0.0)
    }

    fn evidence(&self, weights: &Weights, agreement: f64) -> f64 {
        let length = (self.likeness.frames.max(1) as f64).ln();
        let skipped = if self.skips { weights.skipped } else { 0.0 };
        weights.start + weights.sound * self.likeness.mean + weights.length * length
            - weights.changed * f64::from(self.sentence.cost)
            - skipped
            + weights.agreed * agreement
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worse_sound_more_change_and_less_speech_make_it_less_sure() {
        let heard = |cost, wild| Nearest { words: vec!["next".into()], cost, wild };
        let of = |mean, frames, sentence: &Nearest, skips, agreement| {
            Case { likeness: Likeness { mean, frames }, sentence, skips }.confidence(agreement)
        };
        let next = heard(0.0, false);
        let sure = of(0.0, 100, &next, false, None);
        assert!(sure > 0.7 && sure < 1.0);
        assert!(of(-60.0, 100, &next, false, None) < 0.02);
        for agreement in [None, Some(0.5)] {
            let sure = of(0.0, 100, &next, false, agreement);
            assert!(of(0.0, 100, &heard(3.0, false), false, agreement) < sure);
            assert!(of(0.0, 30, &next, false, agreement) < sure);
            assert!(of(0.0, 100, &next, true, agreement) < sure);
        }
        // A guess is never sure enough to leave a second recogniser unasked.
        assert!(of(100.0, 100, &heard(0.0, true), false, None) < 0.75);
    }

    #[test]
    fn others_decide_only_what_is_in_doubt() {
        let sentence = Nearest { words: vec!["next".into()], cost: 0.0, wild: false };
        let case =
            |mean, frames| Case { likeness: Likeness { mean, frames }, sentence: &sentence, skips: false };
        let doubtful = case(-4.0, 80);
        assert!(doubtful.in_doubt());
        assert!(doubtful.confidence(Some(1.0)) > 0.8 && doubtful.confidence(Some(0.2)) < 0.2);
        // Sure or hopeless by itself.
        assert!(!case(4.0, 160).in_doubt() && !case(-40.0, 100).in_doubt());
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
