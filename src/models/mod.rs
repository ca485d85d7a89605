//! Which models exist, where they are, and getting them safely.

use std::path::PathBuf;

/// What can go wrong with models.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("there is no model called `{name}`; `entrenous models list` shows them all")]
    Unknown { name: String },
    #[error("model file `{}` is damaged ({reason}); fetch it again with `entrenous models get {name}`", path.display())]
    Damaged { name: String, path: PathBuf, reason: String },
    #[error("cannot fetch `{url}`: {reason}")]
    Fetch { url: String, reason: String },
    #[error("cannot {verb} `{}`: {source}", path.display())]
    Io { verb: &'static str, path: PathBuf, source: std::io::Error },
}
