//! The list of models, `models/manifest.toml`, and which of them are installed.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{ModelError, hash};

/// All models that can be got.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    #[serde(rename = "model")]
    pub models: Vec<Model>,
}

/// One model: a file, or several that belong together.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// `whisper-base.en-q5_1`
    pub name: String,
    pub kind: Kind,
    pub languages: Vec<String>,
    pub licence: String,
    pub description: String,
    /// The system package that brings it.
    #[serde(default)]
    pub package: Option<String>,
    /// Where that package puts it.
    #[serde(default)]
    pub system: Option<PathBuf>,
    #[serde(rename = "file")]
    pub files: Vec<File>,
}

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Whisper,
    Pocketsphinx,
    Wake,
}

/// One file of a model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Relative to a models folder.
    pub path: PathBuf,
    /// Where it is fetched from.
    #[serde(default)]
    pub url: Option<String>,
    /// What it holds, for small files that are made rather than fetched.
    #[serde(default)]
    pub content: Option<String>,
    /// Bytes.
    pub size: u64,
    /// Lower-case hex.
    pub sha256: String,
}

/// Whether a model is here, by its files' names and sizes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Missing,
    /// Some files are in `folder`, others are not or have the wrong size.
    Partial {
        folder: PathBuf,
    },
    /// In a models folder.
    Installed {
        folder: PathBuf,
    },
    /// Where its system package puts it.
    System {
        folder: PathBuf,
    },
}

static SHIPPED: LazyLock<Manifest> = LazyLock::new(|| {
    Manifest::parse(include_str!("../../models/manifest.toml")).expect("the shipped manifest is tested")
});

impl Manifest {
    /// The manifest built into the program.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// # Errors
    /// When the text is not a manifest.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// # Errors
    /// [`ModelError::Unknown`], with the name that was probably meant.
    pub fn get(&self, name: &str) -> Result<&Model, ModelError> {
        self.models.iter().find(|model| model.name == name).ok_or_else(|| {
            let nearest = self
                .models
                .iter()
                .map(|model| (strsim::jaro_winkler(name, &model.name), &model.name))
                .max_by(|(a, _), (b, _)| a.total_cmp(b))
                .filter(|(likeness, _)| *likeness > 0.7);
            let hint = nearest.map(|(_, name)| format!(" (did you mean `{name}`?)")).unwrap_or_default();
            ModelError::Unknown { name: name.to_owned(), hint }
        })
    }

    /// Models of a kind for a language.
    pub fn of<'a>(&'a self, kind: Kind, language: &'a str) -> impl Iterator<Item = &'a Model> {
        self.models.iter().filter(move |model| model.kind == kind && model.speaks(language))
    }
}

impl Model {
    #[must_use]
    pub fn speaks(&self, language: &str) -> bool {
        self.languages.iter().any(|known| known == language)
    }

    /// Bytes of all files together.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// Looks in each folder, in order, then where the system package puts it. Names and sizes
    /// only; [`Model::verify`] reads the files.
    #[must_use]
    pub fn state(&self, folders: &[PathBuf]) -> State {
        let whole = |folder: &&PathBuf| self.files.iter().all(|file| file.is_in(folder));
        if let Some(folder) = folders.iter().find(whole) {
            return State::Installed { folder: folder.clone() };
        }
        if let Some(folder) = self.system.as_ref().filter(|folder| folder.is_dir()) {
            return State::System { folder: folder.clone() };
        }
        let some = |folder: &&PathBuf| self.files.iter().any(|file| folder.join(&file.path).exists());
        match folders.iter().find(some) {
            Some(folder) => State::Partial { folder: folder.clone() },
            None => State::Missing,
        }
    }

    /// Reads every file in `folder` and compares it with its published hash.
    ///
    /// # Errors
    /// [`ModelError::Damaged`] for the first file that differs; [`ModelError::Io`] when one cannot
    /// be read.
    pub fn verify(&self, folder: &Path) -> Result<(), ModelError> {
        for file in &self.files {
            let path = folder.join(&file.path);
            hash::check(&path, file.size, &file.sha256)?.map_err(|reason| ModelError::Damaged {
                name: self.name.clone(),
                path,
                reason,
            })?;
        }
        Ok(())
    }
}

impl File {
    /// Whether the file is in a models folder, with its size.
    fn is_in(&self, folder: &Path) -> bool {
        std::fs::metadata(folder.join(&self.path)).is_ok_and(|meta| meta.is_file() && meta.len() == self.size)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Component;

    use super::*;

    #[test]
    fn the_shipped_manifest_makes_sense() {
        let manifest = Manifest::shipped();
        let names: BTreeSet<_> = manifest.models.iter().map(|model| &model.name).collect();
        assert_eq!(names.len(), manifest.models.len(), "a name is used twice");
        let paths: Vec<_> = manifest.models.iter().flat_map(|model| &model.files).collect();
        let unique: BTreeSet<_> = paths.iter().map(|file| &file.path).collect();
        assert_eq!(unique.len(), paths.len(), "a path is used twice");
        for model in &manifest.models {
            assert!(!model.files.is_empty(), "{}", model.name);
            for file in &model.files {
                assert_eq!(file.sha256.len(), 64, "{}", file.path.display());
                assert!(file.sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
                assert!(file.size > 0);
                assert!(file.path.components().all(|part| matches!(part, Component::Normal(_))));
                assert!(file.url.iter().all(|url| url.starts_with("https://")));
                assert!(
                    file.url.is_some() || file.content.is_some() || model.package.is_some(),
                    "{} comes from nowhere",
                    file.path.display()
                );
            }
        }
    }

    #[test]
    fn written_files_have_the_size_and_hash_that_they_should() {
        let folder = tempfile::tempdir().unwrap();
        let made: Vec<_> = Manifest::shipped()
            .models
            .iter()
            .flat_map(|model| &model.files)
            .filter_map(|file| Some((file, file.content.as_ref()?)))
            .collect();
        assert!(!made.is_empty());
        for (file, content) in made {
            let path = folder.path().join("file");
            std::fs::write(&path, content).unwrap();
            assert_eq!(
                hash::check(&path, file.size, &file.sha256).unwrap(),
                Ok(()),
                "{}",
                file.path.display()
            );
        }
    }

    #[test]
    fn shared_models_are_those_of_the_manifest() {
        let Some(shared) = crate::testing::shared("shared models are those of the manifest") else { return };
        for name in ["wake-embedding", "pocketsphinx-fr-fr", "pocketsphinx-en-us"] {
            Manifest::shipped().get(name).unwrap().verify(&shared.join("models")).unwrap();
        }
    }

    #[test]
    fn an_unknown_name_is_told_the_nearest() {
        let error = Manifest::shipped().get("whisper-base.en-q51").unwrap_err();
        assert!(error.to_string().contains("did you mean `whisper-base.en-q5_1`?"), "{error}");
    }
}
