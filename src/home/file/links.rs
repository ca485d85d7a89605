//! How devices are reached, as `home.toml` writes it.

use serde::Deserialize;
use toml::Spanned;

use super::{Fault, did_you_mean};
use crate::home::backend::command::PLACES;
use crate::home::{CommandLink, Convention, Device, Kind, Link, MqttLink};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMqtt {
    topic: Spanned<String>,
    kind: Option<Spanned<String>>,
    part: Option<String>,
    key: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCommand {
    set: Spanned<Vec<String>>,
    query: Option<Spanned<Vec<String>>>,
    limit_ms: Option<Spanned<u64>>,
}

/// What a device says about its link: one of these at most.
pub(super) struct RawLink {
    pub(super) mqtt: Option<Spanned<RawMqtt>>,
    pub(super) ha: Option<Spanned<String>>,
    pub(super) command: Option<Spanned<RawCommand>>,
    pub(super) mpris: Option<Spanned<String>>,
}

/// How long a program may take.
const LIMIT_MS: u64 = 5_000;

impl RawLink {
    /// The link and its place in the text.
    pub(super) fn link(self, kind: Kind) -> Result<(Link, Option<Spanned<()>>), Fault> {
        let places = [
            self.mqtt.as_ref().map(Spanned::span),
            self.ha.as_ref().map(Spanned::span),
            self.command.as_ref().map(Spanned::span),
            self.mpris.as_ref().map(Spanned::span),
        ];
        let mut places = places.into_iter().flatten().map(|span| Spanned::new(span, ()));
        let place = places.next();
        if let Some(second) = places.next() {
            return Err(Fault::at(
                &second,
                "a device is reached in one way; keep one of `mqtt`, `ha`, `command`, `mpris`",
            ));
        }
        let link = if let Some(mqtt) = self.mqtt {
            Link::Mqtt(self::mqtt(mqtt.into_inner(), kind)?)
        } else if let Some(entity) = self.ha {
            Link::HomeAssistant(self::entity(&entity)?)
        } else if let Some(command) = self.command {
            Link::Command(self::command(command.into_inner())?)
        } else if let Some(player) = self.mpris {
            if kind != Kind::MediaPlayer {
                let reason = format!("a {} is no player; only a media_player has `mpris`", kind.domain());
                return Err(Fault::at(&player, reason));
            }
            Link::Player(Some(player.into_inner()).filter(|name| name != "any"))
        } else {
            Link::Simulated
        };
        if link != Link::Simulated
            && matches!(kind, Kind::Todo)
            && let Some(place) = &place
        {
            return Err(Fault::at(
                place,
                format!("a {} is kept here and reached nowhere; remove this", kind.domain()),
            ));
        }
        Ok((link, place))
    }
}

fn mqtt(raw: RawMqtt, kind: Kind) -> Result<MqttLink, Fault> {
    let topic = raw.topic.get_ref().trim_matches('/');
    if topic.is_empty() || topic.contains(['+', '#', '\0']) {
        let reason =
            format!("`{}` is no topic of one device; write it without `+` and `#`", raw.topic.get_ref());
        return Err(Fault::at(&raw.topic, reason));
    }
    let convention = match raw.kind.as_ref().map(|kind| kind.get_ref().as_str()) {
        None | Some("zigbee2mqtt") => Convention::Zigbee2Mqtt,
        Some("tasmota") => Convention::Tasmota,
        Some(other) => {
            let near = did_you_mean(other, &["zigbee2mqtt".into(), "tasmota".into()]);
            let place = raw.kind.as_ref().unwrap_or(&raw.topic);
            return Err(Fault::at(
                place,
                format!("there is no convention `{other}`{near}; it must be `zigbee2mqtt` or `tasmota`"),
            ));
        }
    };
    if convention == Convention::Zigbee2Mqtt && !topic.contains('/') {
        let reason =
            format!("`{topic}` has no base; write Zigbee2MQTT's whole topic, as `zigbee2mqtt/{topic}`");
        return Err(Fault::at(&raw.topic, reason));
    }
    let known: &[Kind] = match convention {
        Convention::Zigbee2Mqtt => {
            &[Kind::Light, Kind::Switch, Kind::Fan, Kind::Cover, Kind::Lock, Kind::Climate, Kind::Sensor]
        }
        Convention::Tasmota => &[Kind::Light, Kind::Switch, Kind::Fan, Kind::Cover, Kind::Sensor],
    };
    if !known.contains(&kind) {
        let all: Vec<_> = known.iter().map(|kind| kind.domain()).collect();
        let reason = format!(
            "a {} is not reached over MQTT in this convention; it can be {}",
            kind.domain(),
            all.join(", ")
        );
        return Err(Fault::at(&raw.topic, reason));
    }
    Ok(MqttLink { topic: topic.to_owned(), convention, part: raw.part, key: raw.key })
}

fn entity(written: &Spanned<String>) -> Result<String, Fault> {
    let parts: Vec<_> = written.get_ref().split('.').collect();
    let sound = |part: &&str| {
        !part.is_empty()
            && part
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
    };
    if parts.len() == 2 && parts.iter().all(sound) {
        return Ok(written.get_ref().clone());
    }
    Err(Fault::at(
        written,
        format!("`{}` is no entity of Home Assistant; write its id, as `light.desk`", written.get_ref()),
    ))
}

fn command(raw: RawCommand) -> Result<CommandLink, Fault> {
    for program in std::iter::once(&raw.set).chain(&raw.query) {
        let Some(name) = program.get_ref().first() else {
            return Err(Fault::at(
                program,
                "a command needs a program; write it as [\"program\", \"argument\"]",
            ));
        };
        if name.contains('{') {
            return Err(Fault::at(
                program,
                "the program must be the same for every change; only arguments are filled in",
            ));
        }
        for argument in program.get_ref() {
            // Braces that are not a single word are the argument's own: JSON, for one.
            let braced =
                argument.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(word, _)| word);
            for word in braced.filter(|word| !word.is_empty() && word.chars().all(char::is_alphabetic)) {
                if !PLACES.contains(&word) {
                    let all: Vec<String> = PLACES.iter().map(|place| (*place).to_owned()).collect();
                    let near = did_you_mean(word, &all);
                    let reason = format!("nothing fills in `{{{word}}}`{near}; there are {}", all.join(", "));
                    return Err(Fault::at(program, reason));
                }
            }
        }
    }
    let limit_ms = match raw.limit_ms {
        None => LIMIT_MS,
        Some(limit) if (50..=60_000).contains(limit.get_ref()) => limit.into_inner(),
        Some(limit) => {
            let reason = format!("`limit_ms = {}` must be 50 to 60000 milliseconds", limit.get_ref());
            return Err(Fault::at(&limit, reason));
        }
    };
    Ok(CommandLink { set: raw.set.into_inner(), query: raw.query.map(Spanned::into_inner), limit_ms })
}

/// Refuses a link that another device has already, where the two would get in each other's way.
/// Sensors share: one device measures many things.
pub(super) fn once(device: &Device, place: Option<&Spanned<()>>, others: &[Device]) -> Result<(), Fault> {
    let Some(place) = place else { return Ok(()) };
    let same = |other: &&Device| match (&device.link, &other.link) {
        (Link::Mqtt(own), Link::Mqtt(others)) => {
            let sensors = device.kind == Kind::Sensor || other.kind == Kind::Sensor;
            let same_place =
                own.topic == others.topic && own.part == others.part && own.convention == others.convention;
            let same_value =
                device.kind == other.kind && device.class == other.class && own.key == others.key;
            same_place && (!sensors || same_value)
        }
        (Link::HomeAssistant(own), Link::HomeAssistant(others)) => own == others,
        _ => false,
    };
    let Some(other) = others.iter().find(same) else { return Ok(()) };
    let what = match &device.link {
        Link::Mqtt(link) => format!("the MQTT topic `{}`", link.topic),
        Link::HomeAssistant(entity) => format!("the entity `{entity}`"),
        _ => return Ok(()),
    };
    let mend = if matches!(device.link, Link::Mqtt(_)) {
        "; name its `part` if it is one of several, or remove one of them"
    } else {
        "; remove one of them"
    };
    Err(Fault::at(place, format!("{what} belongs to `{}` already{mend}", other.names.name)))
}
