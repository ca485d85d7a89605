//! Which of Piper's voices are installed.

use std::fs;
use std::path::{Path, PathBuf};

use crate::tts::TtsError;

/// A voice: a model and its description beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PiperVoice {
    /// `fr_FR-siwis-medium`
    pub name: String,
    pub model: PathBuf,
    /// `fr_FR`, as the name begins.
    language: String,
}

impl PiperVoice {
    /// A model with its description; other networks have none.
    fn at(model: &Path) -> Option<Self> {
        let description = PathBuf::from(format!("{}.json", model.display()));
        let name = model.file_stem()?.to_str()?.to_owned();
        if model.extension()? != "onnx" || !model.is_file() || !description.is_file() {
            return None;
        }
        let language = name.split('-').next()?.to_owned();
        Some(Self { name, model: model.to_owned(), language })
    }

    pub fn speaks(&self, language: &str) -> bool {
        let tag = |text: &str| text.split(['-', '_', '+']).next().unwrap_or_default().to_ascii_lowercase();
        tag(&self.language) == tag(language)
    }
}

/// All voices in the folders of models and their `piper` folders: in the folders' order, then by name.
pub fn installed(dirs: &[PathBuf]) -> Vec<PiperVoice> {
    let mut all: Vec<PiperVoice> = Vec::new();
    for folder in dirs.iter().flat_map(|dir| [dir.clone(), dir.join("piper")]) {
        // A folder that is not there holds none.
        let mut files: Vec<PathBuf> =
            fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        files.sort();
        for voice in files.iter().filter_map(|file| PiperVoice::at(file)) {
            if !all.iter().any(|other| other.name == voice.name) {
                all.push(voice);
            }
        }
    }
    all
}

/// The voice of a name or a path.
///
/// # Errors
/// When there is none.
pub fn named(name: &str, installed: &[PiperVoice]) -> Result<PiperVoice, TtsError> {
    let found = if name.contains('/') {
        PiperVoice::at(Path::new(name))
    } else {
        installed.iter().find(|voice| voice.name == name).cloned()
    };
    found.ok_or_else(|| TtsError::UnknownPiperVoice {
        name: name.to_owned(),
        installed: match installed {
            [] => "none".to_owned(),
            voices => voices.iter().map(|voice| voice.name.as_str()).collect::<Vec<_>>().join(", "),
        },
    })
}
