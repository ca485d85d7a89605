//! How a device is reached: what `home.toml` says beside its name.

/// The way to a device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Link {
    /// None: it takes on the state that it is told, and keeps it in the store.
    #[default]
    Simulated,
    Mqtt(MqttLink),
    /// An entity of Home Assistant: `light.desk`.
    HomeAssistant(String),
    Command(CommandLink),
    /// A player on this machine, as `playerctl --list-all` calls it; `None` is whichever plays.
    Player(Option<String>),
}

/// A device behind an MQTT broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MqttLink {
    /// `zigbee2mqtt/desk_lamp`; for Tasmota the device's own topic, `desk_plug`.
    pub topic: String,
    pub convention: Convention,
    /// Which one of several: `l1` (an endpoint of `Zigbee2MQTT`), `2` (Tasmota's relay or shutter).
    pub part: Option<String>,
    /// The key of what is read or set, where it is not the usual one: `voc`, `current_heating_setpoint`.
    pub key: Option<String>,
}

/// How a device speaks over MQTT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convention {
    Zigbee2Mqtt,
    Tasmota,
}

/// A device that a program moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLink {
    /// The program and its arguments; `{on}`, `{brightness}`, … are filled in.
    pub set: Vec<String>,
    /// The program that prints the state, where there is one.
    pub query: Option<Vec<String>>,
    /// How long either may take.
    pub limit_ms: u64,
}

impl Link {
    /// In one word, for people: `mqtt`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Simulated => "simulated",
            Self::Mqtt(_) => "mqtt",
            Self::HomeAssistant(_) => "ha",
            Self::Command(_) => "command",
            Self::Player(_) => "mpris",
        }
    }
}
