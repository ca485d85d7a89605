//! The sentences of plugins, among those of the household.

use super::registry::Installed;
use crate::Result;
use crate::household::sentence_files;
use crate::nlu::sentences::Guest;

/// The plugin and its own name of an intent such as `dice.Roll`.
#[must_use]
pub fn split(intent: &str) -> Option<(&str, &str)> {
    intent.split_once('.')
}

/// A plugin's sentences in a language; `None` where it has none.
///
/// # Errors
/// When a file cannot be read.
pub fn of(plugin: &Installed, language: &str) -> Result<Option<Guest>> {
    let folder = plugin.sentences(language);
    if !folder.is_dir() {
        return Ok(None);
    }
    let files = sentence_files(&folder, language)?;
    Ok(Some(Guest { space: plugin.name.clone(), files, any_words: plugin.granted.transcripts }))
}
