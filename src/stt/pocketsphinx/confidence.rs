//! How sure the recogniser may be.
//!
//! Two things speak against a sentence: sound that other phones explain better, and words that had
//! to be changed to make it one. A logistic function of both, fitted on recordings of people who
//! say what the grammar knows and of people who do not.

use crate::stt::align::Nearest;

/// Score units per frame at which a sentence heard as it is has even chances.
const EVEN: f64 = 1.0;
/// How fast chances change with the sound.
const SLOPE: f64 = 0.5;
/// How fast they fall with each unit of the aligner's cost.
const CHANGED: f64 = 0.8;
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
