//! `plugin.toml`: what a plugin is, and what it asks for.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::PluginError;
use super::permissions::Permissions;
use super::protocol::VERSION;
use crate::sandbox::Limits;

/// The manifest's name in a plugin's folder.
pub const FILE: &str = "plugin.toml";

/// The largest memory that a plugin may ask for.
const MAX_MEMORY_MIB: u64 = 1024;

/// A plugin as it describes itself.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Lower-case letters, digits and `-`; also the name of its folder, and of its intents' space.
    pub name: String,
    pub version: String,
    /// The version of the protocol that it speaks.
    pub api: u32,
    /// Languages that it has sentences in.
    pub languages: Vec<String>,
    /// What people call it, by language.
    #[serde(default)]
    pub title: BTreeMap<String, String>,
    /// What it does, by language.
    #[serde(default)]
    pub about: BTreeMap<String, String>,
    /// Program and arguments: one of the system's (`python3`), or `./one-of-its-own`.
    pub run: Vec<String>,
    #[serde(default)]
    pub permissions: Permissions,
    #[serde(default)]
    pub limits: PluginLimits,
    /// What the household can set.
    #[serde(default)]
    pub config: BTreeMap<String, Setting>,
}

/// Limits that a plugin may choose for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PluginLimits {
    pub memory_mib: u64,
    /// What its data folder may hold.
    pub data_mib: u64,
}

impl Default for PluginLimits {
    fn default() -> Self {
        Self { memory_mib: Limits::default().memory_mib, data_mib: 16 }
    }
}

/// One thing that the household can set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    #[serde(rename = "type")]
    pub kind: SettingKind,
    pub default: Value,
    /// What it is for, by language.
    #[serde(default)]
    pub about: BTreeMap<String, String>,
    /// What may be chosen (`choice` only).
    #[serde(default)]
    pub choices: Vec<String>,
}

/// What a setting's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SettingKind {
    Text,
    Number,
    Flag,
    Choice,
    /// A calendar day, `2027-03-14`.
    Date,
}

impl Manifest {
    /// Reads the manifest of a folder and checks it.
    ///
    /// # Errors
    /// [`PluginError::Manifest`] with the line or the key, and the mend.
    pub fn read(folder: &Path) -> Result<Self, PluginError> {
        let file = folder.join(FILE);
        let text = std::fs::read_to_string(&file).map_err(|error| PluginError::Manifest {
            file: file.clone(),
            reason: format!("it cannot be read ({error}); a plugin is a folder with a `{FILE}`"),
        })?;
        Self::parse(&text).map_err(|reason| PluginError::Manifest { file, reason })
    }

    /// # Errors
    /// What is wrong, and the mend.
    pub fn parse(text: &str) -> Result<Self, String> {
        let manifest: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let line = 1 + text.bytes().take(at).filter(|&byte| byte == b'\n').count();
            format!("line {line}: {}", error.message().trim_end())
        })?;
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), String> {
        check_name(&self.name)?;
        if self.api != VERSION {
            return Err(format!(
                "`api = {}` is not spoken here; this program speaks version {VERSION}",
                self.api
            ));
        }
        if self.languages.is_empty() {
            return Err("`languages` is empty; name those of its sentences, as [\"en\"]".to_owned());
        }
        let Some(program) = self.run.first().filter(|program| !program.is_empty()) else {
            return Err("`run` is empty; name the program, as [\"python3\", \"main.py\"]".to_owned());
        };
        let inside = |path: &str| Path::new(path).components().all(|part| part != Component::ParentDir);
        if program.starts_with('/') || !inside(program) {
            return Err(format!(
                "`run` names `{program}`; name a program of the system (`python3`) or one in the folder (`./main`)"
            ));
        }
        if !(16..=MAX_MEMORY_MIB).contains(&self.limits.memory_mib) {
            return Err(format!("`limits.memory_mib` is 16–{MAX_MEMORY_MIB}"));
        }
        if !(1..=1024).contains(&self.limits.data_mib) {
            return Err("`limits.data_mib` is 1–1024".to_owned());
        }
        for (key, setting) in &self.config {
            setting.check(&setting.default).map_err(|reason| format!("`config.{key}.default`: {reason}"))?;
        }
        self.permissions.check()
    }

    /// What people call it.
    #[must_use]
    pub fn title(&self, language: &str) -> &str {
        by_language(&self.title, language).unwrap_or(&self.name)
    }

    /// What it does.
    #[must_use]
    pub fn about(&self, language: &str) -> &str {
        by_language(&self.about, language).unwrap_or_default()
    }

    /// The settings: what the household has set, else the defaults.
    #[must_use]
    pub fn settings(&self, set: &Map<String, Value>) -> Map<String, Value> {
        let value = |key: &str, setting: &Setting| {
            set.get(key).filter(|value| setting.check(value).is_ok()).unwrap_or(&setting.default).clone()
        };
        self.config.iter().map(|(key, setting)| (key.clone(), value(key, setting))).collect()
    }
}

impl Setting {
    /// Reads a value as somebody wrote it.
    ///
    /// # Errors
    /// What it must be.
    pub fn read(&self, text: &str) -> Result<Value, String> {
        let value = match self.kind {
            SettingKind::Number => number(text),
            SettingKind::Flag => text.parse::<bool>().ok().map(Value::from),
            SettingKind::Text | SettingKind::Choice | SettingKind::Date => Some(Value::from(text)),
        };
        let value = value.unwrap_or(Value::Null);
        self.check(&value).map(|()| value)
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        let is_date = |value: &Value| {
            value.as_str().is_some_and(|text| text.is_empty() || text.parse::<jiff::civil::Date>().is_ok())
        };
        let (fits, must) = match self.kind {
            SettingKind::Text => (value.is_string(), "text".to_owned()),
            SettingKind::Number => (value.is_number(), "a number".to_owned()),
            SettingKind::Flag => (value.is_boolean(), "true or false".to_owned()),
            SettingKind::Date => (is_date(value), "a day, as 2027-03-14".to_owned()),
            SettingKind::Choice => (
                value.as_str().is_some_and(|value| self.choices.iter().any(|choice| choice == value)),
                format!("one of {}", self.choices.join(", ")),
            ),
        };
        if fits { Ok(()) } else { Err(format!("it must be {must}")) }
    }
}

/// A number; whole ones without a point.
fn number(text: &str) -> Option<Value> {
    text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<f64>().map(Value::from)).ok()
}

/// # Errors
/// What a name must be.
pub fn check_name(name: &str) -> Result<(), String> {
    let first = name.chars().next().is_some_and(|first| first.is_ascii_lowercase());
    let rest = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if first && rest && name.len() <= 32 {
        return Ok(());
    }
    Err(format!(
        "`{name}` is no name for a plugin; use up to 32 lower-case letters, digits and `-`, a letter first"
    ))
}

fn by_language<'a>(texts: &'a BTreeMap<String, String>, language: &str) -> Option<&'a str> {
    texts.get(language).or_else(|| texts.get("en")).or_else(|| texts.values().next()).map(String::as_str)
}

/// A program of the plugin's own, or one of the system's.
#[must_use]
pub fn program(folder: &Path, run: &str) -> Option<PathBuf> {
    if run.contains('/') {
        return Some(folder.join(run));
    }
    super::launch::PATH.split(':').map(|place| Path::new(place).join(run)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DICE: &str =
        "name = 'dice'\nversion = '1'\napi = 1\nlanguages = ['en']\nrun = ['python3', 'main.py']\n";

    fn refused(more: &str) -> String {
        Manifest::parse(&format!("{DICE}{more}")).unwrap_err()
    }

    #[test]
    fn a_small_manifest_asks_for_nothing() {
        let manifest = Manifest::parse(DICE).unwrap();
        assert_eq!(manifest.permissions, Permissions::default());
        assert_eq!((manifest.title("fr"), manifest.limits.memory_mib), ("dice", 256));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_mend() {
        assert!(
            refused("colour = 1").contains("line 6: unknown field `colour`"),
            "{}",
            refused("colour = 1")
        );
        assert!(refused("[permissions]\nnetwork = ['sensor.lan']").contains("sensor.lan:80"));
        assert!(refused("[permissions]\nread = ['secrets']").contains("absolute"));
        assert!(refused("[limits]\nmemory_mib = 99999").contains("16–1024"));
        assert!(refused("[config.day]\ntype = 'date'\ndefault = 'soon'").contains("2027-03-14"));
        let outside = DICE.replace("python3", "../../bin/sh");
        assert!(Manifest::parse(&outside).unwrap_err().contains("in the folder"));
        assert!(Manifest::parse(&DICE.replace("api = 1", "api = 9")).unwrap_err().contains("version 1"));
        assert!(
            check_name("../x").is_err() && check_name("Dice").is_err() && check_name("lan-sensor").is_ok()
        );
    }

    #[test]
    fn settings_are_checked_and_fall_back_to_their_defaults() {
        let text = format!("{DICE}[config.sides]\ntype = 'number'\ndefault = 6\n");
        let manifest = Manifest::parse(&text).unwrap();
        let sides = &manifest.config["sides"];
        assert_eq!(sides.read("20"), Ok(serde_json::json!(20)));
        assert!(sides.read("many").unwrap_err().contains("a number"));
        let set = Map::from_iter([("sides".to_owned(), Value::from("many"))]);
        assert_eq!(manifest.settings(&set)["sides"], 6);
    }
}
