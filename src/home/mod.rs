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
