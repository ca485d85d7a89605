//! The nearest sentence of the grammar to what was heard, by sound.
//!
//! The recogniser's language model only knows rows of three words; its readings need not be
//! sentences. Here every sentence of the grammar is within reach, at the price of the phones that
//! must be changed.

mod automaton;
mod search;
mod spelling;

pub use automaton::Automaton;
pub use search::{Aligner, Effort, Nearest};
