//! What the household knows is renewed while it lives: sentence files, the home file and the
//! vocabulary are looked at a few times a second, and read again when they have changed.
//!
//! Looking instead of being told by the system (inotify) costs some 20 `stat` calls a second, and
//! works alike for editors that replace files, network folders and mounted volumes. All the work
//! is done on a thread of its own; the mind and the ear take what is ready between utterances.
//! A file that is broken leaves everything as it was, and is told with its line.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::{Duration, SystemTime};

use super::{Message, Shared};
use crate::config::Config;
use crate::ear::{Ear, Judge};
use crate::event::EventKind;
use crate::household::{Household, is_yaml};
use crate::nlu::grammar::Grammar;
use crate::nlu::sentences::ListSource;
use crate::plugin::registry::{self, Record};
use crate::privacy::reach::Reach;
use crate::store::{self, Store};
use crate::stt::SpeechToText;
use crate::{Error, Result, assemble, vocabulary};

/// How often the files are looked at. A file that is being written is left alone until it was the
/// same twice.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// A household that was read again.
pub struct Renewal {
    pub household: Household,
    /// What hears its sentences; `None` when they are the same as before.
    pub hearing: Option<Hearing>,
    /// What is not taken over, and why.
    pub notice: Option<String>,
}

/// How the new sentences come to be heard.
pub enum Hearing {
    /// With these recognisers.
    Here(Box<Recognisers>),
    /// By an ear in its own process, which reads the files itself.
    Elsewhere,
}

/// A recogniser for a household's sentences, and what tells whether one is complete.
pub struct Recognisers {
    pub stt: Box<dyn SpeechToText>,
    pub judge: Judge,
    /// The same in the household's other languages.
    pub others: Vec<(String, Recognisers)>,
}

impl Recognisers {
    fn of(config: &Config, household: &Household) -> Result<Self> {
        let (stt, _) = assemble::stt(config, household)?;
        let other = |other: &Household| {
            Ok((other.language.clone(), Self::of(&config.speaking(&other.language), other)?))
        };
        let others = household.others.iter().map(other).collect::<Result<_>>()?;
        Ok(Self { stt, judge: assemble::judge(household), others })
    }

    /// Lets an ear hear with it.
    pub(super) fn give(self, ear: &mut Ear) {
        ear.replace_recogniser(self.stt, Some(self.judge));
        for (language, other) in self.others {
            ear.hear_language(&language, other.stt, Some(other.judge));
        }
    }
}

/// What brings news of the household. [`Watch`] is the one; tests may bring their own.
pub trait Renew: Send {
    /// The household, when it has changed since this was last asked.
    ///
    /// # Errors
    /// Why the change cannot be taken over; told once.
    fn look(&mut self) -> Option<Result<Renewal>>;
}

/// Watches what a configuration names: home file, sentence files, vocabulary.
pub struct Watch {
    config: Config,
    /// `None` where there is no store to look at.
    store: Option<Box<dyn Store>>,
    files: Files,
    vocabulary: Vec<ListSource>,
    /// The plugins' records, as last seen.
    plugins: BTreeMap<String, Record>,
    /// A change that was seen, and may not be over.
    changing: Option<Files>,
    /// The grammar that is heard, as its hash.
    heard: u64,
    /// Whether the store was read since the start.
    looked: bool,
    /// Whether somebody else makes the recognisers.
    elsewhere: bool,
    /// How far a confined mind reaches, for good.
    reach: Option<Reach>,
}

impl Watch {
    /// Begins to watch. `household` is what was read at the start, after `files` were looked at. The
    /// store must be there already, or is not watched.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(config: &Config, files: Files, household: &Household) -> Result<Self> {
        let store = if store::file_in(&config.data_dir).is_file() {
            Some(store::open(&config.data_dir)?.0)
        } else {
            None
        };
        Ok(Self {
            config: config.clone(),
            store,
            files: files.with_plugins(config, &registry::read(&config.data_dir)?),
            plugins: registry::read(&config.data_dir)?,
            vocabulary: std::iter::once(household)
                .chain(&household.others)
                .flat_map(|household| household.vocabulary.clone())
                .collect(),
            changing: None,
            heard: fingerprint(household),
            looked: false,
            elsewhere: false,
            reach: None,
        })
    }

    /// Leaves the recognisers to an ear in its own process.
    #[must_use]
    pub fn heard_elsewhere(self, elsewhere: bool) -> Self {
        Self { elsewhere, ..self }
    }

    /// For a mind that is confined to this.
    #[must_use]
    pub fn confined_to(self, reach: Option<Reach>) -> Self {
        Self { reach, ..self }
    }

    fn words_changed(&mut self) -> Result<bool> {
        let Some(store) = &mut self.store else { return Ok(false) };
        if !store.changed_elsewhere()? && std::mem::replace(&mut self.looked, true) {
            return Ok(false);
        }
        let mut vocabulary = Vec::new();
        for language in std::iter::once(self.config.language.clone()).chain(self.config.other_languages()) {
            vocabulary.extend(vocabulary::sources(&vocabulary::all(store.as_ref(), &language)?));
        }
        let plugins = registry::records(store.as_ref())?;
        let changed = vocabulary != self.vocabulary || plugins != self.plugins;
        (self.vocabulary, self.plugins) = (vocabulary, plugins);
        Ok(changed)
    }

    fn files_changed(&mut self) -> bool {
        let files = Files::of(&self.config).with_plugins(&self.config, &self.plugins);
        if files == self.files {
            self.changing = None;
            return false;
        }
        if self.changing.as_ref() != Some(&files) {
            self.changing = Some(files);
            return false;
        }
        self.files = files;
        self.changing = None;
        true
    }

    fn renew(&mut self) -> Result<Renewal> {
        let household = Household::load(&self.config)?;
        let heard = fingerprint(&household);
        let hearing = match (heard == self.heard, self.elsewhere) {
            (true, _) => None,
            (false, true) => Some(Hearing::Elsewhere),
            (false, false) => Some(Hearing::Here(Box::new(Recognisers::of(&self.config, &household)?))),
        };
        self.heard = heard;
        let notice = self
            .reach
            .as_ref()
            .and_then(|has| outgrown(has, &Reach::of(&self.config, &household), &self.config));
        Ok(Renewal { household, hearing, notice })
    }
}

/// What is told when a mind that is confined to `has` would now be confined to something else.
fn outgrown(has: &Reach, wants: &Reach, config: &Config) -> Option<String> {
    let [is, would_be] = [has, wants].map(|reach| reach.line(config));
    (has != wants).then(|| format!("the assistant is {is}; it would now be {would_be}: restart it for that"))
}

impl Renew for Watch {
    fn look(&mut self) -> Option<Result<Renewal>> {
        let words = match self.words_changed() {
            Ok(changed) => changed,
            Err(error) => return Some(Err(error)),
        };
        (words | self.files_changed()).then(|| self.renew())
    }
}

/// The files that a configuration names, with what tells whether they have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files(BTreeMap<PathBuf, Option<(SystemTime, u64)>>);

impl Files {
    /// As they are now.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let mut files = BTreeMap::new();
        let mut see = |path: &Path| {
            let seen = fs::metadata(path).ok();
            // What else lies in a folder (an editor's swap file) changes nothing.
            let stamp =
                seen.filter(fs::Metadata::is_file).and_then(|file| Some((file.modified().ok()?, file.len())));
            files.insert(path.to_owned(), stamp);
        };
        if let Some(home) = &config.home.file {
            see(home);
        }
        let languages = config.other_languages();
        for place in &config.nlu.sentences {
            see(place);
            let folders = languages.iter().chain([&config.language]).map(|language| place.join(language));
            for folder in folders.chain([place.clone()]) {
                for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                    if is_yaml(&entry.path()) {
                        see(&entry.path());
                    }
                }
            }
        }
        Self(files)
    }

    /// With the folders of plugins, each by a stamp of all its files.
    fn with_plugins(mut self, config: &Config, plugins: &BTreeMap<String, Record>) -> Self {
        let enabled = plugins.values().filter(|record| record.enabled && config.plugins.enabled);
        for record in enabled {
            let stamp = registry::stamp(&record.folder);
            self.0.insert(record.folder.clone(), Some((SystemTime::UNIX_EPOCH, stamp)));
        }
        self
    }
}

/// A hash of everything that a household's grammars say, for comparing within this process.
fn fingerprint(household: &Household) -> u64 {
    struct Hashing(DefaultHasher);
    impl std::fmt::Write for Hashing {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0.write(text.as_bytes());
            Ok(())
        }
    }
    let mut hash = Hashing(DefaultHasher::new());
    // Hashing cannot fail.
    let grammars: Vec<&Grammar> =
        std::iter::once(household).chain(&household.others).map(Household::grammar).collect();
    let _ = write!(hash, "{grammars:?}");
    hash.0.finish()
}

/// Looks until the house stops. The thread may be building a recogniser then, and is not waited for.
pub(super) fn spawn(mut news: Box<dyn Renew>, messages: SyncSender<Message>, shared: &Arc<Shared>) {
    let shared = Arc::clone(shared);
    std::thread::spawn(move || {
        let mut told = String::new();
        while !shared.stopping() {
            std::thread::sleep(LOOK_EVERY);
            let message = match news.look() {
                None => continue,
                Some(Ok(renewal)) => {
                    told.clear();
                    Message::Renewed(Box::new(renewal))
                }
                // A store that cannot be read fails at every look.
                Some(Err(error)) if error.to_string() == told => continue,
                Some(Err(error)) => {
                    told = error.to_string();
                    Message::NotRenewed(fault(&error))
                }
            };
            if messages.send(message).is_err() {
                return;
            }
        }
    });
}

/// What is told when the old household stays.
pub(super) fn fault(error: &Error) -> EventKind {
    let stage = match error {
        Error::Home(_) | Error::Input(_) => "home",
        Error::Store(_) => "store",
        Error::Stt(_) => "vocabulary",
        _ => "sentences",
    };
    let message = format!("{error}; until then all goes on as before");
    tracing::warn!("{message}");
    EventKind::Fault { stage: stage.into(), message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::mind::Allowed;

    /// Ports were compared, and devices were not: a plugin that was granted one got nothing, silently.
    #[test]
    fn a_device_that_is_granted_later_is_told() {
        let config = Config::default();
        let confined = |device: &[&str]| {
            let device = device.iter().map(PathBuf::from).collect();
            Reach::Confined(Allowed { write: vec![config.data_dir.clone()], device, ports: Vec::new() })
        };
        let (without, with) = (confined(&[]), confined(&["/dev/spidev0.0"]));
        assert_eq!(outgrown(&with, &with, &config), None);
        let told = outgrown(&without, &with, &config).unwrap();
        assert!(told.contains("it would now be") && told.contains("`/dev/spidev0.0`"), "{told}");
        assert!(outgrown(&with, &without, &config).is_some());
    }
}
