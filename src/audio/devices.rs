//! The sound devices of this machine: finding one by its name, and listing them.

use serde::Serialize;

/// Which way the sound goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Input,
    Output,
}

impl Direction {
    /// What people call such a device.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Input => "microphone",
            Self::Output => "speaker",
        }
    }
}

/// One device of one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Device {
    /// `alsa` or `pulseaudio`.
    pub host: String,
    pub direction: Direction,
    /// What the settings `audio.input` and `audio.output` take, besides `name`.
    pub id: String,
    pub name: String,
    /// Whether this is what `default` means on its host.
    pub default: bool,
    /// How it is used: rate, channels, sample format. `None` when it cannot be used now.
    pub format: Option<String>,
}

#[cfg(not(feature = "audio"))]
/// Every device of every host.
///
/// # Errors
/// Always: this program was built without sound devices.
pub fn list() -> Result<Vec<Device>, super::AudioError> {
    Err(super::AudioError::NotBuilt)
}

#[cfg(feature = "audio")]
pub use with_cpal::{find, host, list};

#[cfg(feature = "audio")]
mod with_cpal {
    use cpal::HostId;
    use cpal::traits::{DeviceTrait, HostTrait};

    use super::{Device, Direction};
    use crate::audio::AudioError;

    /// Opens the host that `audio.host` names. `auto` is `PulseAudio` (or `PipeWire`, which speaks its
    /// protocol) when a server answers, else ALSA.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn host(name: &str) -> Result<cpal::Host, AudioError> {
        quiet_alsa();
        let failed = |error: cpal::Error| AudioError::Device {
            direction: "sound system",
            name: name.to_owned(),
            reason: error.to_string(),
        };
        match name {
            "pulseaudio" => cpal::host_from_id(HostId::PulseAudio).map_err(failed),
            "alsa" => cpal::host_from_id(HostId::Alsa).map_err(failed),
            _ => cpal::host_from_id(HostId::PulseAudio)
                .or_else(|_| cpal::host_from_id(HostId::Alsa))
                .map_err(failed),
        }
    }

    /// Finds a device by its id or its name; `default` is the host's own choice.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(host: &cpal::Host, direction: Direction, wanted: &str) -> Result<cpal::Device, AudioError> {
        let missing = |reason: String| AudioError::NoDevice {
            direction: direction.noun(),
            name: wanted.to_owned(),
            reason,
        };
        if wanted == "default" {
            return default(host, direction)
                .filter(|device| direction == Direction::Output || !is_monitor(&names(device).0))
                .ok_or_else(|| missing("none is plugged in".to_owned()));
        }
        let devices = host.devices().map_err(|error| missing(error.to_string()))?;
        devices
            .filter(|device| serves(device, direction))
            .find(|device| {
                let (id, name) = names(device);
                id == wanted || name.eq_ignore_ascii_case(wanted)
            })
            .ok_or_else(|| missing("it is not plugged in".to_owned()))
    }

    /// Every device of every host that answers; the defaults are marked.
    ///
    /// # Errors
    /// When no host answers at all.
    pub fn list() -> Result<Vec<Device>, AudioError> {
        let hosts: Vec<_> =
            ["pulseaudio", "alsa"].into_iter().filter_map(|name| Some((name, host(name).ok()?))).collect();
        if hosts.is_empty() {
            host("alsa")?;
        }
        let mut found = Vec::new();
        for (name, host) in &hosts {
            for direction in [Direction::Input, Direction::Output] {
                found.extend(list_host(name, host, direction));
            }
        }
        Ok(found)
    }

    fn list_host(host_name: &str, host: &cpal::Host, direction: Direction) -> Vec<Device> {
        let default = default(host, direction).map(|device| names(&device).0);
        let mut found: Vec<Device> = host
            .devices()
            .into_iter()
            .flatten()
            .filter(|device| serves(device, direction))
            .filter(|device| host_name != "alsa" || is_card(&names(device).0) || is_server(&names(device).0))
            .map(|device| {
                let (id, name) = names(&device);
                let config = match direction {
                    Direction::Input => device.default_input_config(),
                    Direction::Output => device.default_output_config(),
                };
                let format = config.ok().map(|config| {
                    format!(
                        "{} Hz, {} channel{}, {}",
                        config.sample_rate(),
                        config.channels(),
                        if config.channels() == 1 { "" } else { "s" },
                        config.sample_format()
                    )
                });
                let is_default = default.as_ref() == Some(&id);
                Device { host: host_name.to_owned(), direction, id, name, default: is_default, format }
            })
            // A card may be busy; a server that does not answer is not there.
            .filter(|device| device.format.is_some() || !is_server(&device.id))
            .collect();
        found.sort_by(|a, b| b.default.cmp(&a.default).then_with(|| a.id.cmp(&b.id)));
        found
    }

    fn default(host: &cpal::Host, direction: Direction) -> Option<cpal::Device> {
        match direction {
            Direction::Input => host.default_input_device(),
            Direction::Output => host.default_output_device(),
        }
    }

    fn serves(device: &cpal::Device, direction: Direction) -> bool {
        match direction {
            Direction::Input => device.supports_input(),
            Direction::Output => device.supports_output(),
        }
    }

    /// Whether an ALSA name stands for a sound card. Besides cards and servers there are plug-ins
    /// (`jack`, `oss`, `speexrate`, …) that say nothing by themselves and complain when opened.
    fn is_card(id: &str) -> bool {
        id.contains("CARD=")
    }

    /// Whether an ALSA name stands for the default device or a sound server.
    fn is_server(id: &str) -> bool {
        ["default", "pulse", "pipewire"].contains(&id)
    }

    /// Whether a `PulseAudio` source is what a speaker plays: the server's last choice for a microphone,
    /// and never a good one.
    fn is_monitor(id: &str) -> bool {
        id.ends_with(".monitor")
    }

    /// alsa-lib writes its troubles to standard error; what matters of them comes back as errors.
    /// They are kept in a buffer of this thread, which every call empties.
    fn quiet_alsa() {
        if let Err(error) = alsa::Output::local_error_handler() {
            tracing::debug!("alsa-lib cannot be kept quiet: {error}");
        }
    }

    /// A device's id and its name for people.
    fn names(device: &cpal::Device) -> (String, String) {
        let id = device.id().map(|id| id.id().to_owned()).unwrap_or_default();
        let name = device.description().map_or_else(|_| id.clone(), |d| d.name().to_owned());
        (id, name)
    }
}
