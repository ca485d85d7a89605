//! Finding an acoustic model and checking that it is whole.

use std::fs;
use std::path::{Path, PathBuf};

use crate::stt::SttError;

/// An acoustic model's folder with its dictionary.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub folder: PathBuf,
    pub dictionary: PathBuf,
}

/// Where Debian puts models.
const SYSTEM: &str = "/usr/share/pocketsphinx/model";

/// The model's name for a language.
#[must_use]
pub fn name(language: &str) -> &'static str {
    if language.starts_with("fr") { "fr-fr" } else { "en-us" }
}

impl Model {
    /// Looks for a language's model in each folder (`<folder>/pocketsphinx/en-us`), then where the
    /// system keeps its own; `None` when there is none.
    ///
    /// # Errors
    /// When a model is there but cannot be used.
    pub fn find(language: &str, folders: &[PathBuf]) -> Result<Option<Self>, SttError> {
        let name = name(language);
        let own = folders.iter().map(|folder| folder.join("pocketsphinx").join(name));
        let system = Path::new(SYSTEM).join(name);
        let places = own.chain([system.join(name), system]);
        places.into_iter().find(|place| place.is_dir()).map(|place| Self::open(&place)).transpose()
    }

    /// Checks a model's folder. The dictionary stands in it or beside it.
    ///
    /// # Errors
    /// When a file is missing, or not what its name says.
    pub fn open(folder: &Path) -> Result<Self, SttError> {
        let fault = |reason: String| SttError::Model { path: folder.to_owned(), reason };
        for (file, magic) in [
            ("feat.params", &b"-"[..]),
            ("mdef", b""),
            ("means", b"s3\n"),
            ("variances", b"s3\n"),
            ("transition_matrices", b"s3\n"),
            ("sendump", b""),
            ("noisedict", b"<"),
        ] {
            let bytes = fs::read(folder.join(file)).map_err(|error| {
                fault(format!("`{file}` cannot be read ({error}); fetch the model again"))
            })?;
            if bytes.is_empty() || !bytes.starts_with(magic) {
                return Err(fault(format!("`{file}` is damaged; fetch the model again")));
            }
        }
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let beside = folder.parent().unwrap_or(folder);
        let dictionary = [folder, beside]
            .iter()
            .flat_map(|place| {
                [format!("cmudict-{name}.dict"), "dict.txt".to_owned()].map(|file| place.join(file))
            })
            .find(|path| path.is_file())
            .ok_or_else(|| fault("it has no dictionary; fetch the model again".into()))?;
        Ok(Self { folder: folder.to_owned(), dictionary })
    }
}
