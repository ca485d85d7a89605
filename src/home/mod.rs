//! The home: its areas and devices, and what state they are in.
//!
//! [`Home`] is what `home.toml` says, checked. [`House`] gives its devices a state: one that is
//! only simulated, or that of a real device behind a [`backend`].

pub mod backend;
#[cfg_attr(not(all(feature = "mqtt", feature = "homeassistant")), allow(dead_code))]
mod colour;
mod file;
mod house;
pub mod import;
mod kind;
mod link;
mod lists;
mod state;

use std::path::{Path, PathBuf};

pub use house::House;
pub use kind::{Ability, COVER_CLASSES, Kind, SENSOR_CLASSES};
pub use link::{CommandLink, Convention, Link, MqttLink};
pub use state::{Reading, State, number_text};

/// What is wrong with a home file.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// A fault at a line of the file. `reason` says how to mend it.
    #[error("{}:{line}: {reason}", file.display())]
    File { file: PathBuf, line: usize, reason: String },
    #[error("cannot read home file `{}`: {source}", file.display())]
    Read { file: PathBuf, source: std::io::Error },
}

/// Areas, floors and devices, as `home.toml` describes them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Home {
    /// The language that its people speak; `None`: as configured.
    pub language: Option<String>,
    pub floors: Vec<Floor>,
    pub areas: Vec<Area>,
    pub devices: Vec<Device>,
}

/// A storey.
#[derive(Debug, Clone, PartialEq)]
pub struct Floor {
    pub names: Names,
}

/// A room, or any place with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    pub names: Names,
    /// Proper name of the floor that it is on.
    pub floor: Option<String>,
}

/// Anything that can be asked or told to do something.
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    pub names: Names,
    pub kind: Kind,
    /// Device class: `blind`, `humidity`.
    pub class: Option<String>,
    /// Proper name of the area that it is in.
    pub area: Option<String>,
    pub abilities: Vec<Ability>,
    /// Unit of what it reads: `%`, `°C`.
    pub unit: Option<String>,
    /// The state before anything was done.
    pub initial: State,
    /// Whether commands to it are to be confirmed; `None`: as is usual for its kind.
    pub confirm: Option<bool>,
    /// What a scene or script does: device (index into [`Home::devices`]) and its change.
    pub sets: Vec<(usize, State)>,
    /// How it is reached.
    pub link: Link,
    /// The devices that it stands for (indices into [`Home::devices`]); empty for one that is itself.
    pub members: Vec<usize>,
    /// Whether it is the one that is meant by "the light", where several are here.
    pub favourite: bool,
}

/// What something is called.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Names {
    /// The proper name: what slots, actions and the store hold.
    pub name: String,
    /// Other names, understood in every language.
    pub aliases: Vec<String>,
    /// Other names in one language, each with its language's code; the first is used in answers.
    pub by_language: Vec<(String, String)>,
}

impl Home {
    /// Reads a home file.
    ///
    /// # Errors
    /// [`HomeError`] with the line.
    pub fn read(file: &Path) -> Result<Self, HomeError> {
        let text = std::fs::read_to_string(file)
            .map_err(|source| HomeError::Read { file: file.to_owned(), source })?;
        Self::parse(&text, file)
    }

    /// Understands a home file's text; `file` is named in errors.
    ///
    /// # Errors
    /// [`HomeError::File`] with the line.
    pub fn parse(text: &str, file: &Path) -> Result<Self, HomeError> {
        file::parse(text).map_err(|fault| fault.into_error(text, file))
    }

    /// The home that ships as `config/home.toml`.
    #[must_use]
    pub fn demo() -> Self {
        Self::parse(include_str!("../../config/home.toml"), Path::new("config/home.toml"))
            .unwrap_or_else(|error| unreachable!("a test reads the shipped home: {error}"))
    }

    /// The area of a name or alias, in any case of letters.
    #[must_use]
    pub fn area(&self, name: &str) -> Option<&Area> {
        self.areas.iter().find(|area| area.names.is(name))
    }

    /// The floor of a name or alias, in any case of letters.
    #[must_use]
    pub fn floor(&self, name: &str) -> Option<&Floor> {
        self.floors.iter().find(|floor| floor.names.is(name))
    }

    /// The floor that a device is on, where its area says so.
    #[must_use]
    pub fn floor_of(&self, device: &Device) -> Option<&str> {
        device.area.as_deref().and_then(|area| self.area(area)).and_then(|area| area.floor.as_deref())
    }

    /// What a device is called in actions and in the store: its name, with its area and kind
    /// where others bear the same name: `Office/Lamp`, `lock Front door`.
    #[must_use]
    pub fn label(&self, index: usize) -> String {
        let device = &self.devices[index];
        let namesakes = || {
            self.devices
                .iter()
                .enumerate()
                .filter(|(other, it)| *other != index && it.names.name == device.names.name)
        };
        let mut label = device.names.name.clone();
        if namesakes().any(|(_, other)| other.kind != device.kind) {
            label = format!("{} {label}", device.kind.domain());
        }
        if namesakes().any(|(_, other)| other.kind == device.kind)
            && let Some(area) = &device.area
        {
            label = format!("{area}/{label}");
        }
        label
    }
}

impl Device {
    #[must_use]
    pub fn can(&self, ability: Ability) -> bool {
        self.abilities.contains(&ability)
    }

    /// As much of a change as a device of this kind and these abilities can follow.
    #[must_use]
    pub(crate) fn as_far_as_possible(&self, change: &State) -> State {
        let mut change = change.clone();
        let keys = self.kind.state_keys();
        let has = |key: &str| keys.contains(&key);
        if !has("on") {
            change.on = None;
        }
        if !has("brightness") || !self.can(Ability::Brightness) {
            change.brightness = None;
        }
        if !has("color") || !self.can(Ability::Color) {
            change.color = None;
        }
        if !has("playing") {
            change.playing = None;
        }
        // Every cover reaches its ends.
        let half_way = change.position.is_some_and(|percent| percent > 0 && percent < 100);
        if !has("position") || half_way && !self.can(Ability::Position) {
            change.position = None;
        }
        change
    }

    /// Whether it only stands for others.
    #[must_use]
    pub fn is_group(&self) -> bool {
        !self.members.is_empty()
    }
}

impl Names {
    /// The name to use when speaking a language.
    #[must_use]
    pub fn in_language(&self, language: &str) -> &str {
        self.by_language.iter().find(|(code, _)| code == language).map_or(&self.name, |(_, name)| name)
    }

    /// Everything that it is called in a language, the proper name first.
    pub fn spoken<'a>(&'a self, language: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.by_language.iter().filter(move |(code, _)| code == language);
        std::iter::once(&self.name).chain(&self.aliases).chain(own.map(|(_, name)| name)).map(String::as_str)
    }

    /// Whether it is called so in any language, in any case of letters.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.all().any(|own| own.to_lowercase() == name)
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        let own = self.by_language.iter().map(|(_, name)| name);
        std::iter::once(&self.name).chain(&self.aliases).chain(own).map(String::as_str)
    }
}

#[cfg(test)]
mod tests;
