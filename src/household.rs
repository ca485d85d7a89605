//! One household, assembled from its configuration: home, sentences, understanding.
//!
//! The one place that `run`, `replay`, `ask` and `eval` share for reading what the configuration
//! names, so that all of them understand the same.

mod model;

use std::fs;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::config::{Config, DialogueConfig, TimeConfig};
use crate::home::Home;
use crate::nlu::grammar::Grammar;
use crate::nlu::responses::Responses;
use crate::nlu::sentences::{self, KnownList, ListSource, SourceFile};
use crate::nlu::{NluError, Understanding, trained};
use crate::{Error, Result, vocabulary};

/// The sentence files that ship, inside the program: an installed binary needs no folder beside it.
static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config/sentences");

/// The file, in a folder of sentence files, that says what answers are.
const ANSWERS: &str = "answers.yaml";

/// What a household can say, what that means, and what it can act on.
pub struct Household {
    pub language: String,
    pub home: Home,
    pub understanding: Understanding,
    /// What answers to questions mean.
    pub answers: Understanding,
    pub manners: DialogueConfig,
    pub time: TimeConfig,
    pub responses: Responses,
    /// The slot lists that values can be added to, and those that cannot.
    pub lists: Vec<KnownList>,
    /// What was added to the lists at run time.
    pub vocabulary: Vec<ListSource>,
    /// The area the microphone is in.
    pub area: Option<String>,
    /// The same household in the other languages that a wake word asks for.
    pub others: Vec<Household>,
}

impl Household {
    /// Reads the home file and every sentence file that the configuration names, and the values
    /// that were added to their lists at run time.
    ///
    /// # Errors
    /// When a file cannot be read, or says something that cannot be, with its line.
    pub fn load(config: &Config) -> Result<Self> {
        let home = home(config)?;
        let files = files(config)?;
        let vocabulary = vocabulary::read(&config.data_dir, &config.language)?;
        let area = config.home.area.clone();
        let mut household = Self::with_vocabulary(&config.language, home, &files, area, &vocabulary)?;
        household.answers =
            answers_of(&config.language, &household.home, &answer_files(config)?, &vocabulary)?;
        household.manners = config.dialogue;
        household.time = config.time;
        household.learn(config, &files)?;
        household.check_wake_areas(config)?;
        for language in config.other_languages() {
            household.others.push(Self::load(&config.speaking(&language))?);
        }
        Ok(household)
    }

    /// A wake word may ask for an area; the home must have it.
    fn check_wake_areas(&self, config: &Config) -> Result<()> {
        let asked = config.wake.words.iter().filter_map(|word| Some((&word.name, word.area.as_ref()?)));
        for (word, area) in asked {
            if self.home.area(area).is_none() {
                let known: Vec<_> = self.home.areas.iter().map(|a| format!("`{}`", a.names.name)).collect();
                return Err(Error::Input(format!(
                    "the wake word `{word}` asks for the area `{area}`, which the home does not have; it has {}",
                    known.join(", ")
                )));
            }
        }
        Ok(())
    }

    /// Adds the trained stage of understanding, where the configuration wants it: read from the
    /// data folder, or learnt and kept there.
    ///
    /// Values that were added at run time are looked up like all others, but teach nothing: adding
    /// one must not take seconds of training.
    ///
    /// # Errors
    /// When a model that is there cannot be read.
    fn learn(&mut self, config: &Config, files: &[SourceFile]) -> Result<()> {
        if !config.understanding.trained {
            return Ok(());
        }
        let mut without = None;
        if !self.vocabulary.is_empty() {
            let grammar = sentences::load(&self.language, files, &self.home.lists(&self.language))?.grammar;
            without = Some(grammar).filter(|grammar| trained::same_ways(grammar, self.grammar()));
        }
        let grammar = without.as_ref().unwrap_or_else(|| self.grammar());
        if let Some(model) = model::of(grammar, &config.data_dir.join("cache"))? {
            self.understanding.add_trained(model, config.understanding.caution);
        }
        Ok(())
    }

    /// A household of a home and sentence files that were read already.
    ///
    /// # Errors
    /// When a sentence file says something that cannot be, with its line.
    pub fn from_parts(
        language: &str,
        home: Home,
        files: &[SourceFile],
        area: Option<String>,
    ) -> Result<Self> {
        Self::with_vocabulary(language, home, files, area, &[])
    }

    /// A household of parts, with values that were added to their lists at run time.
    ///
    /// # Errors
    /// When a sentence file says something that cannot be, with its line.
    pub fn with_vocabulary(
        language: &str,
        home: Home,
        files: &[SourceFile],
        area: Option<String>,
        vocabulary: &[ListSource],
    ) -> Result<Self> {
        let loaded = sentences::load_with(language, files, &home.lists(language), vocabulary)?;
        let understanding = Understanding::new(loaded.grammar)?;
        let (responses, lists) = (loaded.responses, loaded.lists);
        let shipped = shipped_answers(language);
        Ok(Self {
            language: language.to_owned(),
            answers: answers_of(language, &home, &shipped, vocabulary)?,
            manners: DialogueConfig::default(),
            time: TimeConfig::default(),
            home,
            understanding,
            responses,
            lists,
            vocabulary: vocabulary.to_vec(),
            area,
            others: Vec::new(),
        })
    }

    #[must_use]
    pub fn grammar(&self) -> &Grammar {
        self.understanding.grammar()
    }
}

/// The home that a configuration names, or the demonstration home.
///
/// # Errors
/// When the file cannot be read, or says something that cannot be, with its line.
pub fn home(config: &Config) -> Result<Home> {
    Ok(match &config.home.file {
        Some(file) => Home::read(file)?,
        None => Home::demo(),
    })
}

/// What answers mean, by their sentence files and the home's names.
fn answers_of(
    language: &str,
    home: &Home,
    files: &[SourceFile],
    vocabulary: &[ListSource],
) -> Result<Understanding> {
    // Of what was added at run time only names can be answers.
    let lists = home.lists(language);
    let names: Vec<ListSource> =
        vocabulary.iter().filter(|added| lists.iter().any(|own| own.name == added.name)).cloned().collect();
    let loaded = sentences::load_with(language, files, &lists, &names)?;
    Ok(Understanding::new(loaded.grammar)?)
}

/// The sentence files for answers that a configuration names, the shipped ones first.
///
/// # Errors
/// When a file cannot be read.
pub fn answer_files(config: &Config) -> Result<Vec<SourceFile>> {
    let mut files = shipped_answers(&config.language);
    for folder in &config.nlu.sentences {
        for place in [folder.clone(), folder.join(&config.language)] {
            let path = place.join(ANSWERS);
            if path.is_file() {
                let text = fs::read_to_string(&path).map_err(Error::io("read the sentence file", &path))?;
                files.push(SourceFile { path, text });
            }
        }
    }
    Ok(files)
}

/// The shipped sentence file for answers.
#[must_use]
pub fn shipped_answers(language: &str) -> Vec<SourceFile> {
    shipped(language, is_answers)
}

fn is_answers(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == ANSWERS)
}

/// Every sentence file that a configuration names, the shipped ones first, but for those for answers.
///
/// # Errors
/// When a folder holds none, or a file cannot be read.
pub fn files(config: &Config) -> Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    if config.nlu.builtin {
        files.extend(shipped_sentences(&config.language));
    }
    for folder in &config.nlu.sentences {
        files.extend(sentence_files(folder, &config.language)?);
    }
    Ok(files)
}

/// The shipped sentence files of a language, by name, but for the one for answers.
#[must_use]
pub fn shipped_sentences(language: &str) -> Vec<SourceFile> {
    shipped(language, |path| !is_answers(path))
}

fn shipped(language: &str, wanted: impl Fn(&Path) -> bool) -> Vec<SourceFile> {
    let Some(folder) = SHIPPED.get_dir(language) else { return Vec::new() };
    let mut files: Vec<_> = folder
        .files()
        .filter(|file| is_yaml(file.path()) && wanted(file.path()))
        .map(|file| SourceFile {
            path: Path::new("config/sentences").join(file.path()),
            text: String::from_utf8_lossy(file.contents()).into_owned(),
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// Reads `<folder>/<language>/*.yaml`, or `<folder>/*.yaml` where there is no folder for the
/// language, or the file itself.
///
/// # Errors
/// When nothing is there, or a file cannot be read.
pub fn sentence_files(place: &Path, language: &str) -> Result<Vec<SourceFile>> {
    let by_language = place.join(language);
    let folder = if by_language.is_dir() { by_language } else { place.to_owned() };
    let mut paths: Vec<PathBuf> = if folder.is_file() {
        vec![folder]
    } else {
        fs::read_dir(&folder)
            .map_err(Error::io("read the sentence folder", &folder))?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| is_yaml(path) && !is_answers(path))
            .collect()
    };
    paths.sort();
    if paths.is_empty() {
        return Err(NluError::NoSentences { folder: place.to_owned(), language: language.to_owned() }.into());
    }
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).map_err(Error::io("read the sentence file", &path))?;
            Ok(SourceFile { path, text })
        })
        .collect()
}

/// Whether a file is a sentence file, by its name.
#[must_use]
pub fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}
