//! The state a device is in: written in `home.toml`, kept in the store, reported in actions.

use serde::{Deserialize, Serialize};

use super::Kind;

/// A device's state, or a change of it: what is `None` is unknown, or stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct State {
    /// Lights, switches, fans, players; a vacuum that is cleaning; heating that is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<bool>,
    /// Percent, 0–100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brightness: Option<u8>,
    /// English colour name: `red`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// Percent open: 0 is closed, 100 is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub playing: Option<bool>,
    /// Percent, 0–100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted: Option<bool>,
    /// Measured, in the device's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// What a thermostat heats to, in the device's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// `sunny`, `rainy`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// What a sensor reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Reading>,
}

/// What a sensor reads: a number, or words ("open", "full").
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Reading {
    Number(f64),
    Words(String),
}

impl State {
    /// Takes over what `change` says.
    pub fn apply(&mut self, change: &Self) {
        self.copy_where(change, change);
    }

    /// What this is in those respects that `change` names.
    #[must_use]
    pub fn only_where(&self, change: &Self) -> Self {
        let mut kept = Self::default();
        kept.copy_where(self, change);
        kept
    }

    /// Takes over from `from` what `change` names.
    fn copy_where(&mut self, from: &Self, change: &Self) {
        macro_rules! copy {
            ($($field:ident),*) => { $(if change.$field.is_some() { self.$field.clone_from(&from.$field); })* };
        }
        copy!(
            on,
            brightness,
            color,
            position,
            locked,
            playing,
            volume,
            muted,
            temperature,
            target,
            condition,
            value
        );
    }

    /// The first thing that a device of this kind cannot be, in words.
    ///
    /// # Errors
    /// When a key does not belong to the kind, or a percentage is above 100.
    pub fn check(&self, kind: Kind) -> Result<(), String> {
        let domain = kind.domain();
        if let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(self)
            && let Some(key) = fields.keys().find(|key| !kind.state_keys().contains(&key.as_str()))
        {
            return Err(match kind.state_keys() {
                [] => format!("a {domain} has no state; remove `{key}`"),
                keys => format!("a {domain} has no `{key}`; it has `{}`", keys.join("`, `")),
            });
        }
        for (key, percent) in
            [("brightness", self.brightness), ("position", self.position), ("volume", self.volume)]
        {
            if let Some(percent) = percent.filter(|percent| *percent > 100) {
                return Err(format!("`{key} = {percent}` is above 100 percent; use 0 to 100"));
            }
        }
        Ok(())
    }

    /// Open, wholly or in part.
    #[must_use]
    pub fn is_open(&self) -> Option<bool> {
        self.position.map(|position| position > 0)
    }

    /// The state in one word, as Home Assistant has it: `on`, `closed`, `locked`, or the reading.
    #[must_use]
    pub fn word(&self, kind: Kind) -> Option<String> {
        let pick =
            |flag: Option<bool>, yes: &str, no: &str| flag.map(|on| if on { yes } else { no }.to_owned());
        match kind {
            Kind::Cover => pick(self.is_open(), "open", "closed"),
            Kind::Lock => pick(self.locked, "locked", "unlocked"),
            Kind::Vacuum => pick(self.on, "cleaning", "docked"),
            Kind::MediaPlayer if self.on == Some(true) && self.playing.is_some() => {
                pick(self.playing, "playing", "paused")
            }
            Kind::Sensor => self.value.as_ref().map(Reading::text),
            Kind::Weather => self.condition.clone(),
            Kind::Climate => self.temperature.map(number_text),
            _ => pick(self.on, "on", "off"),
        }
    }
}

impl Reading {
    /// As text, whole numbers without a point.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Number(number) => number_text(*number),
            Self::Words(words) => words.clone(),
        }
    }
}

/// A number with at most one decimal, and none where it is whole.
#[must_use]
pub fn number_text(number: f64) -> String {
    let rounded = (number * 10.0).round() / 10.0;
    if rounded.fract() == 0.0 { format!("{rounded:.0}") } else { format!("{rounded:.1}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        let mut state = State { on: Some(true), brightness: Some(40), ..State::default() };
        state.apply(&State { brightness: Some(80), ..State::default() });
        assert_eq!(state, State { on: Some(true), brightness: Some(80), ..State::default() });
    }

    #[test]
    fn a_lock_cannot_be_bright() {
        let state = State { brightness: Some(40), ..State::default() };
        assert_eq!(state.check(Kind::Lock).unwrap_err(), "a lock has no `brightness`; it has `locked`");
        assert!(state.check(Kind::Light).is_ok());
        assert!(State { brightness: Some(101), ..State::default() }.check(Kind::Light).is_err());
    }

    #[test]
    fn numbers_are_said_without_needless_decimals() {
        assert_eq!([number_text(41.0), number_text(20.54), number_text(-3.0)], ["41", "20.5", "-3"]);
    }
}
