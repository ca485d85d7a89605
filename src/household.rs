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
use crate::nlu::sentences::{self, Guest, KnownList, ListSource, SourceFile};
use crate::nlu::{NluError, Understanding, trained};
use crate::plugin::registry::{self, Installed};
use crate::{Error, Result, plugin, vocabulary};

/// The sentence files that ship, inside the program: an installed binary needs no folder beside it.
static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config/sentences");

/// The file, in a folder of sentence files, that says what answers are.
const ANSWERS: &str = "answers.yaml";

/// The shipped lists that commands and answers share.
const THINGS: &str = "groceries.yaml";

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
    /// The plugins that are installed and may run.
    pub plugins: Vec<Installed>,
    /// Why others may not.
    pub left_out: Vec<String>,
}

impl Household {
    /// Reads the home file and every sentence file that the configuration names, and the values
    /// that were added to their lists at run time.
    ///
    /// # Errors
    /// When a file cannot be read, or says something that cannot be, with its line.
    pub fn load(config: &Config) -> Result<Self> {
        let (plugins, left_out) = plugins(config)?;
        Self::load_with(config, plugins, left_out)
    }

    /// As [`Household::load`], with this plugin and no others: for its author.
    ///
    /// # Errors
    /// Also when the plugin's sentences are broken.
    pub fn load_with_plugin(config: &Config, plugin: Installed) -> Result<Self> {
        let household = Self::load_with(config, vec![plugin], Vec::new())?;
        match household.left_out.first() {
            None => Ok(household),
            Some(reason) => Err(Error::Input(reason.clone())),
        }
    }

    fn load_with(config: &Config, mut plugins: Vec<Installed>, mut left_out: Vec<String>) -> Result<Self> {
        let home = home(config)?;
        let files = files(config)?;
        let vocabulary = vocabulary::read(&config.data_dir, &config.language)?;
        let area = config.home.area.clone();
        let mut guests = guests(&mut plugins, &config.language, &mut left_out);
        let mut household = loop {
            match Self::assemble(&config.language, home.clone(), &files, area.clone(), &vocabulary, &guests) {
                Ok(household) => break household,
                // A plugin whose sentences are broken must not keep the house from understanding.
                Err(error) => {
                    let Some(index) = guilty(&error, &plugins) else { return Err(error) };
                    let gone = plugins.remove(index);
                    guests.retain(|guest| guest.space != gone.name);
                    left_out.push(format!("the plugin `{}` is left out: {error}", gone.name));
                }
            }
        };
        for reason in &left_out {
            tracing::warn!("{reason}");
        }
        (household.plugins, household.left_out) = (plugins, left_out);
        household.answers =
            answers_of(&config.language, &household.home, &answer_files(config)?, &vocabulary)?;
        household.manners = config.dialogue;
        household.time = config.time;
        household.learn(config, &files, &guests)?;
        household.check_wake_areas(config)?;
        for language in config.other_languages() {
            let other = Self::load_with(&config.speaking(&language), household.plugins.clone(), Vec::new())?;
            household.others.push(other);
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
    fn learn(&mut self, config: &Config, files: &[SourceFile], guests: &[Guest]) -> Result<()> {
        if !config.understanding.trained {
            return Ok(());
        }
        let mut without = None;
        if !self.vocabulary.is_empty() {
            let lists = self.home.lists(&self.language);
            let grammar = sentences::load_all(&self.language, files, &lists, &[], guests)?.grammar;
            without = Some(grammar).filter(|grammar| trained::same_ways(grammar, self.grammar()));
        }
        let grammar = without.as_ref().unwrap_or_else(|| self.grammar());
        if let Some(model) = model::of(grammar, &crate::assemble::cache(config))? {
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
        Self::assemble(language, home, files, area, vocabulary, &[])
    }

    fn assemble(
        language: &str,
        home: Home,
        files: &[SourceFile],
        area: Option<String>,
        vocabulary: &[ListSource],
        guests: &[Guest],
    ) -> Result<Self> {
        let loaded = sentences::load_all(language, files, &home.lists(language), vocabulary, guests)?;
        let understanding = Understanding::new(loaded.grammar)?;
        let shipped = shipped_answers(language);
        Ok(Self {
            language: language.to_owned(),
            answers: answers_of(language, &home, &shipped, vocabulary)?,
            manners: DialogueConfig::default(),
            time: TimeConfig::default(),
            home,
            understanding,
            responses: loaded.responses,
            lists: loaded.lists,
            vocabulary: vocabulary.to_vec(),
            area,
            plugins: Vec::new(),
            left_out: Vec::new(),
            others: Vec::new(),
        })
    }

    #[must_use]
    pub fn grammar(&self) -> &Grammar {
        self.understanding.grammar()
    }
}

/// The plugins that may run, and why others may not.
fn plugins(config: &Config) -> Result<(Vec<Installed>, Vec<String>)> {
    if !config.plugins.enabled {
        return Ok((Vec::new(), Vec::new()));
    }
    let (plugins, refused) = registry::usable(&registry::read(&config.data_dir)?);
    Ok((plugins, refused.iter().map(ToString::to_string).collect()))
}

/// The sentences of plugins; one whose files cannot be read is left out.
fn guests(plugins: &mut Vec<Installed>, language: &str, left_out: &mut Vec<String>) -> Vec<Guest> {
    let mut guests = Vec::new();
    plugins.retain(|plugin| match plugin::sentences::of(plugin, language) {
        Ok(guest) => {
            guests.extend(guest);
            true
        }
        Err(error) => {
            left_out.push(format!("the plugin `{}` is left out: {error}", plugin.name));
            false
        }
    });
    guests
}

/// The plugin whose file is at fault.
fn guilty(error: &Error, plugins: &[Installed]) -> Option<usize> {
    let Error::Nlu(NluError::Sentence { file, .. }) = error else { return None };
    plugins.iter().position(|plugin| file.starts_with(&plugin.folder))
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
    shipped(language, |path| is_answers(path) || path.ends_with(THINGS))
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
