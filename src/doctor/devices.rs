//! What the real devices of the home are reached by.

use std::time::Duration;

use super::Finding;
use crate::assemble;
use crate::config::Config;
use crate::home::backend::board::Line;
use crate::home::backend::player;
use crate::home::{Home, Link};
use crate::lock::Lock;

/// How long each way gets to open, and devices to tell how they are.
const PATIENCE: Duration = Duration::from_secs(4);

pub fn examine(config: &Config, home: &Home) -> Vec<Finding> {
    let links: Vec<&Link> = home.devices.iter().map(|device| &device.link).collect();
    if links.iter().all(|link| **link == Link::Simulated) {
        let said = "all are simulated; nothing needs to be reached";
        return vec![Finding::ok("devices", said)];
    }
    let mut findings = Vec::new();
    let connected = assemble::wiring(config, Lock::unattended(config)).connect(home);
    connected.settle(PATIENCE);
    for (name, line) in connected.board().lines() {
        let check = match name {
            "mqtt" => "MQTT broker",
            "homeassistant" => "Home Assistant",
            "mpris" => "media players",
            _ => continue,
        };
        let place = match name {
            "mqtt" => format!("{}:{}", config.mqtt.host, config.mqtt.port),
            "homeassistant" => config.homeassistant.url.clone(),
            _ => "playerctl".into(),
        };
        findings.push(match line {
            Line::Up => Finding::ok(check, format!("{place} answers")),
            Line::Connecting => Finding::fault(
                check,
                format!("{place} does not answer"),
                "is it running, and is its address right?",
            ),
            Line::Down(reason) if reason == player::MEND => {
                Finding::warning(check, "`playerctl` is not installed", "`sudo apt install playerctl`")
            }
            Line::Down(reason) => Finding::error(check, reason),
        });
    }
    #[cfg(feature = "homeassistant")]
    if links.iter().any(|link| matches!(link, Link::HomeAssistant(_)))
        && !crate::home::backend::homeassistant::is_local(&config.homeassistant.url)
    {
        findings.push(Finding::warning(
            "Home Assistant",
            format!(
                "`{}` is not an address of your own network, and what goes there is not encrypted",
                config.homeassistant.url
            ),
            "name its private address in `homeassistant.url`",
        ));
    }
    let away: Vec<_> = (0..home.devices.len())
        .filter(|index| connected.has(*index) && connected.board().heard(*index).is_away())
        .map(|index| format!("`{}`", home.label(index)))
        .collect();
    if !away.is_empty() {
        let said = format!("out of reach: {}", away.join(", "));
        findings.push(Finding::warning(
            "devices",
            said,
            "look at their power and batteries; `entrenous home` shows them all",
        ));
    }
    findings
}
