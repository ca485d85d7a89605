//! Which models exist, where they are, and getting them safely.
//!
//! A file is in its place only once it is whole: it is fetched or copied beside it, checked
//! against the published hash, flushed to the disk and then renamed.

mod fetch;
mod hash;
mod install;
mod manifest;

use std::path::PathBuf;

pub use install::{Sources, install, remove};
pub use manifest::{File, Kind, Manifest, Model, State};

/// What can go wrong with models.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("there is no model called `{name}`{hint}; `entrenous models list` shows them all")]
    Unknown { name: String, hint: String },
    #[error("model file `{}` is damaged ({reason}); fetch it again with `entrenous models get {name}`", path.display())]
    Damaged { name: String, path: PathBuf, reason: String },
    /// A file in a folder that was to be copied from is not the published one.
    #[error("`{}` is not the published file ({reason}); remove it, or name another folder with --from", path.display())]
    WrongCopy { path: PathBuf, reason: String },
    #[error("cannot fetch `{url}`: {reason}")]
    Fetch { url: String, reason: String },
    /// Nowhere to get a file from. `reason` says how to mend it.
    #[error("cannot get model `{name}`: {reason}")]
    NoSource { name: String, reason: String },
    #[error("another `entrenous models get` is at work in `{}`; wait for it to end", folder.display())]
    Busy { folder: PathBuf },
    #[error("model `{name}` is in `{}`, where `entrenous` does not put models; remove it there yourself", folder.display())]
    NotOurs { name: String, folder: PathBuf },
    #[error("cannot {verb} `{}`: {source}", path.display())]
    Io { verb: &'static str, path: PathBuf, source: std::io::Error },
}

impl ModelError {
    /// For `map_err`.
    fn io(verb: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { verb, path, source }
    }
}
