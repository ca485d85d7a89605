//! How sure the recogniser may be.
//!
//! Two things speak against a sentence: sound that other phones explain better, and words that had
//! to be changed to make it one. A logistic function of both, fitted on recordings of people who
//! say what the grammar knows and of people who do not.

use crate::stt::align::Nearest;

/// Score units per frame, sentence against best phones, at which chances are even. People who say
/// what the grammar knows come to -5 and more, other speech to -8 and less.
const EVEN: f64 = -5.8;
/// How fast chances change with the sound.
const SLOPE: f64 = 0.5;
/// How fast they fall with each unit of the aligner's cost.
const CHANGED: f64 = 0.1;
/// A wildcard's words are guesses: this recogniser knows no others than the grammar's.
const WILD: f32 = 0.6;

/// 0–1, from the likeness of the sound (score units per frame against the best phones) and the
/// sentence.
#[must_use]
pub fn of(likeness: f64, sentence: &Nearest) -> f32 {
    let evidence = SLOPE * (likeness - EVEN) - CHANGED * f64::from(sentence.cost);
    let confidence = (1.0 / (1.0 + (-evidence).exp())) as f32;
    if sentence.wild { confidence * WILD } else { confidence }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worse_sound_and_more_change_make_it_less_sure() {
        let heard = |cost, wild| Nearest { words: vec!["next".into()], cost, wild };
        let sure = of(0.0, &heard(0.0, false));
        assert!(sure > 0.9 && sure < 1.0);
        assert!(of(-20.0, &heard(0.0, false)) < 0.01);
        assert!(of(0.0, &heard(3.0, false)) < sure);
        // A guess is never sure enough to leave a second recogniser unasked.
        assert!(of(100.0, &heard(0.0, true)) < 0.75);
    }
}
