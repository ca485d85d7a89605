//! The home: its areas and devices, and what state they are in.

use std::path::PathBuf;

/// What is wrong with a home file.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// A fault at a line of the file. `reason` says how to mend it.
    #[error("{}:{line}: {reason}", file.display())]
    File { file: PathBuf, line: usize, reason: String },
    #[error("cannot read home file `{}`: {source}", file.display())]
    Read { file: PathBuf, source: std::io::Error },
}

/// Areas, floors and devices, as `home.toml` describes them.
#[derive(Debug, Clone, Default)]
pub struct Home {}

impl Home {
    /// # Errors
    /// [`HomeError`] with the line.
    pub fn read(_file: &std::path::Path) -> Result<Self, HomeError> {
        todo!("mind helper")
    }

    /// The home that ships as `config/home.toml`.
    #[must_use]
    pub fn demo() -> Self {
        todo!("mind helper")
    }

    /// What can be called by name, for the sentence files' lists `name`, `area` and `floor`.
    #[must_use]
    pub fn lists(&self, _language: &str) -> Vec<crate::nlu::sentences::ListSource> {
        todo!("mind helper")
    }
}
