//! The trained stage's model on disk, by the content that it was trained from.
//!
//! A model that fits the household's sentences and home is read; else one is trained and kept. It
//! is written under another name and then renamed, so that it is there whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use crate::nlu::grammar::Grammar;
use crate::nlu::text::is_french;
use crate::nlu::trained::{Material, Trained};
use crate::{Error, Result};

/// Files of one language that are kept: this household's, and a few of its earlier selves, which
/// come back when an edit is undone.
const KEPT: usize = 4;

/// The model for a grammar; `None` where there is nothing to learn.
///
/// # Errors
/// When a model that is there cannot be read.
pub fn of(grammar: &Grammar, cache: &Path) -> Result<Option<Trained>> {
    let material = Material::of(grammar);
    if material.is_empty() {
        return Ok(None);
    }
    let language = if is_french(&grammar.language) { "fr" } else { "en" };
    let kind = format!("understanding-{language}-");
    let file = cache.join(format!("{kind}{}.model", material.key()));
    if let Some(model) = read(&file)? {
        return Ok(Some(model));
    }
    let bar = ProgressBar::new(material.steps());
    bar.set_style(style());
    let model = material.learn(&|| {
        bar.inc(1);
        // A household learns its shipped sentences before anyone would look at a bar.
        if bar.elapsed().as_millis() > 1500 {
            bar.set_message("learning what is said here");
        }
    });
    bar.finish_and_clear();
    // A model that cannot be kept understands as well; only the next start waits for it again.
    if let Err(error) = write(&file, &model.to_bytes()).and_then(|()| forget(cache, &kind, &file)) {
        tracing::warn!(
            "cannot keep the trained model in `{}` ({error}); make the folder writable, or each start trains again",
            cache.display()
        );
    }
    Ok(Some(model))
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// A model from an earlier start. One that is damaged or of another version is told and not used.
fn read(file: &Path) -> Result<Option<Trained>> {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io("read the trained model", file)(error)),
    };
    match Trained::from_bytes(&bytes) {
        Ok(model) => Ok(Some(model)),
        Err(why) => {
            tracing::warn!("`{}`: {why}; training it again now", file.display());
            Ok(None)
        }
    }
}

fn write(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        crate::store::private::folder(folder)?;
    }
    let unfinished = file.with_extension(format!("{}", std::process::id()));
    fs::write(&unfinished, bytes)?;
    fs::rename(&unfinished, file)
}

/// Removes all but the newest models.
fn forget(cache: &Path, kind: &str, current: &Path) -> std::io::Result<()> {
    let mut models: Vec<(std::time::SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(cache)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_model = name.to_str().is_some_and(|name| name.starts_with(kind))
            && entry.path().extension().is_some_and(|extension| extension == "model");
        if is_model && entry.path() != current {
            models.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    models.sort();
    let surplus = models.len().saturating_sub(KEPT - 1);
    for (_, path) in models.drain(..surplus) {
        // Another process may have been quicker.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
