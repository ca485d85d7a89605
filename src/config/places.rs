//! Where things are looked for: the configuration file, the data and the models.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::Origin;
use crate::clock::{Clock, SystemClock};

/// Folder that a package installs models to.
const SYSTEM_MODELS: &str = "/usr/share/entrenous/models";

/// The environment variables, the working folder and the day, passed in so that tests need not change the
/// process's own.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    pub variables: BTreeMap<String, OsString>,
    /// The working folder; empty paths and `./` start from it.
    pub folder: PathBuf,
    /// By which an end date is near or far.
    pub today: Date,
}

impl Surroundings {
    /// Those of this process. Paths stay relative to the working folder, as people wrote them.
    #[must_use]
    pub fn of_process() -> Self {
        let variables =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect();
        Self { variables, folder: PathBuf::new(), today: SystemClock.now().date() }
    }

    /// A variable that is set to something.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(name).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// A variable that names a path.
    #[must_use]
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.var(name).map(PathBuf::from)
    }

    /// `$XDG_…`, else a folder under the home folder.
    fn xdg(&self, name: &str, under_home: &str) -> Option<PathBuf> {
        // The standard says that relative paths in these variables are to be ignored.
        let explicit = self.path(name).filter(|path| path.is_absolute());
        explicit.or_else(|| Some(self.path("HOME")?.join(under_home)))
    }

    /// A path as written in a file of the folder `base`; `~/` is the home folder.
    #[must_use]
    pub fn place(&self, base: &Path, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), self.path("HOME")) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => base.join(path),
        }
    }
}

/// Where a configuration file may be, most specific first.
#[must_use]
pub fn config_files(around: &Surroundings) -> Vec<PathBuf> {
    let mut files = vec![around.folder.join("config/entrenous.toml")];
    files.extend(
        around.xdg("XDG_CONFIG_HOME", ".config").map(|folder| folder.join("entrenous/entrenous.toml")),
    );
    files.push(PathBuf::from("/etc/entrenous/entrenous.toml"));
    files
}

/// The usual place of the database and downloads: systemd's state folder, else the user's.
pub fn data_dir(around: &Surroundings) -> (PathBuf, Origin) {
    // systemd gives a list when the unit names several folders; ours is the first.
    let state = around.var("STATE_DIRECTORY").and_then(|value| std::env::split_paths(value).next());
    if let Some(state) = state {
        return (state, Origin::Environment { variable: "STATE_DIRECTORY".into() });
    }
    let user = around.xdg("XDG_DATA_HOME", ".local/share").map(|folder| folder.join("entrenous"));
    (user.unwrap_or_else(|| PathBuf::from("/var/lib/entrenous")), Origin::Default)
}

/// Where models are searched for, in this order; not all of these need exist.
pub fn model_dirs(around: &Surroundings, configured: Vec<PathBuf>, data_dir: &Path) -> Vec<PathBuf> {
    let mut dirs: Vec<PathBuf> = around
        .var("ENTRENOUS_MODELS")
        .map(|value| std::env::split_paths(value).collect())
        .unwrap_or_default();
    dirs.extend(configured);
    dirs.push(data_dir.join("models"));
    dirs.push(PathBuf::from(SYSTEM_MODELS));
    dirs.push(around.folder.join("models"));
    dirs.extend(shared_models(around));
    let mut seen = Vec::new();
    dirs.retain(|dir| {
        let fresh = !seen.contains(dir);
        seen.push(dir.clone());
        fresh
    });
    dirs
}

/// Folders that models are lent from: searched last, and copied from by `entrenous models get`.
#[must_use]
pub fn shared_models(around: &Surroundings) -> Vec<PathBuf> {
    let named = around.path("ENTRENOUS_SHARED").map(|shared| shared.join("models"));
    named.into_iter().chain([around.folder.join("../shared/models")]).collect()
}
