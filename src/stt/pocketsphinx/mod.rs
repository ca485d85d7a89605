//! The closed-vocabulary recogniser: PocketSphinx, told what the household can say.
//!
//! 1. A fast search under the grammar's trigrams gives readings, best first.
//! 2. Each is moved to the nearest sentence of the grammar, by sound.
//! 3. A second search through the best few of these sentences alone lets the sound choose.
//! 4. Another, through phones in any order and at the same time, says how good any words could be: much
//!    better ones mean that the sentence was not said.
//! 5. Where that is not sure and there is noise, all is done once more with less of it (in much noise: first
//!    with less, and then as it is), and the surer counts.
//! 6. Where that leaves a doubt, the first is made again a little slower and a little faster, quickly and, where
//!    that leaves too little to act on, with care: what was said is heard again.

pub mod adapt;
mod again;
mod both;
mod confidence;
mod decode;
mod ffi;
mod finite;
mod model;
mod phones;
mod reader;
mod suppress;

use std::path::{Path, PathBuf};

pub use decode::{Finding, PocketSphinx, Tuning};
pub use model::Model;
pub use phones::PhoneLoop;

use super::SttError;
use crate::nlu::grammar::Grammar;

/// The recogniser for a grammar's language, with the first model that is found in `folders` or on
/// the system, and what it is in words; `None` when there is no model. `cache` keeps the compiled
/// vocabulary; utterances with less than `min_confidence` (0–1) are rejected. What is heard often searches twice
/// `at_once`, for more memory. `adapted` is what [`adapt`] has made of the model's household.
///
/// # Errors
/// When a model or what it is adapted with is there but unusable, or the grammar cannot be compiled.
pub fn build(
    folders: &[PathBuf],
    grammar: &Grammar,
    cache: &Path,
    min_confidence: f32,
    at_once: bool,
    adapted: Option<&Path>,
) -> Result<Option<(PocketSphinx, String)>, SttError> {
    let Some(model) = Model::find(&grammar.language, folders)? else { return Ok(None) };
    let what = format!("pocketsphinx with `{}`", model.folder.display());
    let what = if adapted.is_some() { format!("{what}, adapted to this household") } else { what };
    if let Some(path) = adapted {
        adapt::check(path)?;
    }
    let tuning = Tuning { at_once, adapted: adapted.map(Path::to_owned), ..Tuning::default() };
    let engine = PocketSphinx::new(&model, grammar, cache, tuning, min_confidence)?;
    Ok(Some((engine, what)))
}
