//! What kinds of devices there are, and which state each of them can have.
//!
//! The names are Home Assistant's domains and device classes, so that sentence files written for
//! it (`requires_context: {domain: light}`) fit this home.

use serde::{Deserialize, Serialize};

/// What a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Light,
    Switch,
    Fan,
    /// Whatever opens and closes: a blind, a window, a garage door.
    Cover,
    Lock,
    /// States that several devices take together.
    Scene,
    /// A scene that is run rather than activated.
    Script,
    /// A thermostat.
    Climate,
    MediaPlayer,
    Sensor,
    Weather,
    Vacuum,
    Todo,
}

/// What a device can do beyond on and off, open and closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// A light that can be dimmed.
    Brightness,
    /// A light that has colours.
    Color,
    /// A cover that stops half-way.
    Position,
}

/// Device classes of covers.
pub const COVER_CLASSES: &[&str] =
    &["awning", "blind", "curtain", "door", "garage", "gate", "shade", "shutter", "window"];

/// Device classes of sensors.
pub const SENSOR_CLASSES: &[&str] = &[
    "battery",
    "carbon_dioxide",
    "contact",
    "energy",
    "humidity",
    "illuminance",
    "moisture",
    "occupancy",
    "power",
    "pressure",
    "smoke",
    "temperature",
    "water_leak",
    "wind_speed",
];

impl Kind {
    /// The domain's name: `media_player`.
    #[must_use]
    pub fn domain(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Switch => "switch",
            Self::Fan => "fan",
            Self::Cover => "cover",
            Self::Lock => "lock",
            Self::Scene => "scene",
            Self::Script => "script",
            Self::Climate => "climate",
            Self::MediaPlayer => "media_player",
            Self::Sensor => "sensor",
            Self::Weather => "weather",
            Self::Vacuum => "vacuum",
            Self::Todo => "todo",
        }
    }

    /// The kind of a domain's name.
    #[must_use]
    pub fn of_domain(domain: &str) -> Option<Self> {
        serde_json::from_value(domain.into()).ok()
    }

    /// The device classes that a device of this kind may have.
    #[must_use]
    pub fn classes(self) -> &'static [&'static str] {
        match self {
            Self::Cover => COVER_CLASSES,
            Self::Sensor => SENSOR_CLASSES,
            _ => &[],
        }
    }

    /// The keys of [`super::State`] that a device of this kind may have.
    #[must_use]
    pub fn state_keys(self) -> &'static [&'static str] {
        match self {
            Self::Light => &["on", "brightness", "color"],
            Self::Switch | Self::Fan | Self::Vacuum => &["on"],
            Self::Cover => &["position"],
            Self::Lock => &["locked"],
            Self::Climate => &["on", "temperature", "target"],
            Self::MediaPlayer => &["on", "playing", "volume", "muted"],
            Self::Sensor => &["value"],
            Self::Weather => &["condition", "temperature"],
            Self::Scene | Self::Script | Self::Todo => &[],
        }
    }

    /// What a device of this kind may be able to do.
    #[must_use]
    pub fn abilities(self) -> &'static [Ability] {
        match self {
            Self::Light => &[Ability::Brightness, Ability::Color],
            Self::Cover => &[Ability::Position],
            _ => &[],
        }
    }
}

impl Ability {
    /// The ability's name in `home.toml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Brightness => "brightness",
            Self::Color => "color",
            Self::Position => "position",
        }
    }
}
