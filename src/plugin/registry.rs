//! Which plugins a household has: records in the store, folders on the disk.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::PluginError;
use super::manifest::Manifest;
use super::permissions::Permissions;
use crate::store::{self, Store, StoreError};

/// The store's namespace of plugins.
const NAMESPACE: &str = "plugin";

/// As many files of a plugin's folder are looked at for changes.
const WATCHED_FILES: usize = 500;

/// Folders of compilers: nothing in them is the plugin's, but for the program that they make.
pub const BUILT: [&str; 5] = ["__pycache__", "deps", "build", "incremental", "examples"];

/// What is remembered of a plugin.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub folder: PathBuf,
    pub enabled: bool,
    /// Why it was disabled, where the household did not do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// What the household has allowed.
    pub granted: Permissions,
    /// What the household has set.
    #[serde(default)]
    pub config: Map<String, Value>,
}

/// A plugin that is ready to be used.
#[derive(Debug, Clone, PartialEq)]
pub struct Installed {
    pub name: String,
    /// Absolute, without links.
    pub folder: PathBuf,
    pub manifest: Manifest,
    pub granted: Permissions,
    pub config: Map<String, Value>,
    /// Changes with every file of the folder.
    pub stamp: u64,
}

impl Installed {
    /// The plugin of a folder, with everything granted that it asks for: for its author.
    ///
    /// # Errors
    /// When the folder holds no plugin.
    pub fn of_folder(folder: &Path) -> Result<Self, PluginError> {
        let manifest = Manifest::read(folder)?;
        let record =
            Record { folder: folder.to_owned(), granted: manifest.permissions.clone(), ..Record::default() };
        Self::of(&manifest.name.clone(), &record)
    }

    /// The plugin of a record.
    ///
    /// # Errors
    /// When its folder holds no plugin any more, another one, or one that asks for more than was
    /// granted.
    pub fn of(name: &str, record: &Record) -> Result<Self, PluginError> {
        let refused = |reason: String| PluginError::Refused { name: name.to_owned(), reason };
        let folder = fs::canonicalize(&record.folder).map_err(|error| {
            let place = record.folder.display();
            refused(format!("is not at `{place}` any more ({error}); install it again, or remove it"))
        })?;
        let manifest = Manifest::read(&folder)?;
        if manifest.name != name {
            return Err(refused(format!("calls itself `{}` now; install that", manifest.name)));
        }
        if !manifest.permissions.are_within(&record.granted) {
            return Err(refused("asks for more than it was granted; install it again to decide".to_owned()));
        }
        let granted = manifest.permissions.clone();
        let (config, stamp) = (record.config.clone(), stamp(&folder));
        Ok(Self { name: name.to_owned(), folder, manifest, granted, config, stamp })
    }

    /// The folder of its sentences in a language; they are in no other form.
    #[must_use]
    pub fn sentences(&self, language: &str) -> PathBuf {
        self.folder.join("sentences").join(language)
    }
}

/// All records, by name.
///
/// # Errors
/// When the store cannot be read.
pub fn records(store: &dyn Store) -> Result<BTreeMap<String, Record>, StoreError> {
    let mut records = BTreeMap::new();
    for (name, value) in store.list(NAMESPACE)? {
        match serde_json::from_value(value) {
            Ok(record) => {
                records.insert(name, record);
            }
            Err(error) => {
                tracing::warn!(
                    "the record of the plugin `{name}` cannot be read ({error}); install it again"
                );
            }
        }
    }
    Ok(records)
}

/// As [`records`], from a data folder; nothing where there is no store yet.
///
/// # Errors
/// When the store cannot be read.
pub fn read(data_dir: &Path) -> Result<BTreeMap<String, Record>, StoreError> {
    if !store::file_in(data_dir).is_file() {
        return Ok(BTreeMap::new());
    }
    records(store::open(data_dir)?.0.as_ref())
}

/// The record of a plugin.
///
/// # Errors
/// When there is none, or the store cannot be read.
pub fn record(store: &dyn Store, name: &str) -> Result<Record, PluginError> {
    let mut all = records(store)?;
    let known: Vec<_> = all.keys().map(|name| format!("`{name}`")).collect();
    all.remove(name).ok_or_else(|| PluginError::Unknown {
        name: name.to_owned(),
        mend: match known.as_slice() {
            [] => "none is installed; `entrenous plugin install FOLDER` installs one".to_owned(),
            known => format!("installed are {}", known.join(", ")),
        },
    })
}

/// Keeps a record, or forgets it and everything that the plugin has kept.
///
/// # Errors
/// When the store cannot be written.
pub fn write(store: &mut dyn Store, name: &str, record: Option<&Record>) -> Result<(), StoreError> {
    let Some(record) = record else {
        for namespace in [own_space(name), schedule_space(name)] {
            let gone: Vec<_> = store.list(&namespace)?.into_iter().map(|(key, _)| (key, None)).collect();
            store.write(&namespace, &gone)?;
        }
        return store.remove(NAMESPACE, name);
    };
    store.put(NAMESPACE, name, &serde_json::to_value(record).unwrap_or_default())
}

/// Where a plugin's own records are in the store.
#[must_use]
pub fn own_space(name: &str) -> String {
    format!("plugin/{name}")
}

/// Where what a plugin waits for is in the store.
#[must_use]
pub fn schedule_space(name: &str) -> String {
    format!("plugin-schedule/{name}")
}

/// The plugins that may run, and why others may not.
#[must_use]
pub fn usable(records: &BTreeMap<String, Record>) -> (Vec<Installed>, Vec<PluginError>) {
    let (mut usable, mut refused) = (Vec::new(), Vec::new());
    for (name, record) in records.iter().filter(|(_, record)| record.enabled) {
        match Installed::of(name, record) {
            Ok(plugin) => usable.push(plugin),
            Err(error) => refused.push(error),
        }
    }
    (usable, refused)
}

/// Tells whether anything in a folder has changed: names, sizes and times of its files.
#[must_use]
pub fn stamp(folder: &Path) -> u64 {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            let built = BUILT.iter().any(|name| entry.file_name() == *name);
            let Ok(file) = entry.metadata() else { continue };
            if file.is_dir() && !hidden && !built {
                open.push(entry.path());
            } else if file.is_file() && !hidden {
                files.insert(entry.path(), (file.modified().ok(), file.len()));
            }
            if files.len() >= WATCHED_FILES {
                open.clear();
                break;
            }
        }
    }
    let mut hash = DefaultHasher::new();
    files.hash(&mut hash);
    hash.finish()
}
