//! How far the mind reaches: what its household has named, and no further.

use std::collections::BTreeSet;

use crate::config::Config;
use crate::home::Link;
use crate::household::Household;
use crate::mute::SwitchConfig;
use crate::sandbox::mind::Allowed;
use crate::signs::SignConfig;

/// How far a mind reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    Confined(Allowed),
    /// It starts programs of the household's own, which may do whatever its user may: one of them.
    Open(String),
}

impl Reach {
    /// Of the mind of a household. The data folder must be there.
    #[must_use]
    pub fn of(config: &Config, household: &Household) -> Self {
        if let Some(program) = program(config, household) {
            return Self::Open(program);
        }
        let lamps = config.signs.iter().filter_map(|sign| match sign {
            SignConfig::File { file, .. } => Some(file.clone()),
            SignConfig::Command { .. } => None,
        });
        let granted = household.plugins.iter().map(|plugin| &plugin.granted);
        let devices = granted.clone().flat_map(|granted| granted.device.clone());
        let mut ports: BTreeSet<u16> = granted
            .flat_map(|granted| &granted.network)
            .filter_map(|target| target.rsplit_once(':')?.1.parse().ok())
            .collect();
        let links = || household.home.devices.iter().map(|device| &device.link);
        if links().any(|link| matches!(link, Link::Mqtt(_))) {
            ports.insert(config.mqtt.port);
        }
        #[cfg(feature = "homeassistant")]
        if links().any(|link| matches!(link, Link::HomeAssistant(_)))
            && let Ok((_, port, _)) = crate::home::backend::homeassistant::address(&config.homeassistant.url)
        {
            ports.insert(port);
        }
        Self::Confined(Allowed {
            write: vec![config.data_dir.clone()],
            device: lamps.chain(devices).collect(),
            ports: ports.into_iter().collect(),
        })
    }

    /// In a line, for people to read.
    #[must_use]
    pub fn line(&self, config: &Config) -> String {
        match self {
            Self::Confined(Allowed { device, ports, .. }) => {
                let written = std::iter::once(&config.data_dir).chain(device);
                let written: Vec<_> = written.map(|path| format!("`{}`", path.display())).collect();
                let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
                let network = match ports.as_slice() {
                    [] => "opens no network connection".to_owned(),
                    ports => format!("TCP only to port {}", ports.join(", ")),
                };
                format!("confined: writes only {}, {network}", written.join(" and "))
            }
            Self::Open(program) => {
                format!("not confined: `{program}` of your settings may do whatever your user may")
            }
        }
    }
}

/// A program of the household's own that the mind starts.
fn program(config: &Config, household: &Household) -> Option<String> {
    let devices = household.home.devices.iter().filter_map(|device| match &device.link {
        Link::Command(_) => Some(device.names.name.clone()),
        _ => None,
    });
    let signs = config.signs.iter().filter_map(|sign| match sign {
        SignConfig::Command { command, .. } => command.first().cloned(),
        SignConfig::File { .. } => None,
    });
    let switch = config.privacy.switch.iter().filter_map(|switch| match switch {
        SwitchConfig::Command(command) => command.first().cloned(),
        SwitchConfig::File { .. } => None,
    });
    devices.chain(signs).chain(switch).next()
}
