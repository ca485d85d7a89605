//! The closed-vocabulary recogniser: PocketSphinx, told what the household can say.
//!
//! 1. A fast search under the grammar's trigrams gives readings, best first.
//! 2. Each is moved to the nearest sentence of the grammar, by sound.
//! 3. A second search through the best few of these sentences alone lets the sound choose.
//! 4. How far the chosen one is from what was heard decides about confidence and rejection.

mod decode;
mod ffi;
pub mod model;

pub use decode::{Details, PocketSphinx, Tuning};
