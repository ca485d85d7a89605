//! Groups: a name that stands for several devices.

use serde::Deserialize;
use toml::Spanned;

use super::{Fault, did_you_mean, known, names, unique};
use crate::home::{Device, Home, Kind, Link, State};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGroup {
    name: Spanned<String>,
    #[serde(default)]
    aliases: Vec<Spanned<String>>,
    #[serde(default)]
    aliases_en: Vec<Spanned<String>>,
    #[serde(default)]
    aliases_fr: Vec<Spanned<String>>,
    area: Option<Spanned<String>>,
    kind: Option<Spanned<Kind>>,
    members: Option<Spanned<Vec<Spanned<String>>>>,
    of: Option<Spanned<RawOf>>,
    #[serde(default)]
    favourite: bool,
    /// Whether changes of the group are asked about first.
    confirm: Option<bool>,
}

/// All devices of a kind, everywhere or in an area.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOf {
    area: Option<Spanned<String>>,
    kind: Kind,
}

/// What can be switched together, whatever it is.
const SWITCHED: &[Kind] = &[Kind::Light, Kind::Switch, Kind::Fan, Kind::MediaPlayer];

pub(super) fn group(raw: &RawGroup, home: &Home) -> Result<Device, Fault> {
    let place = &raw.name;
    let names = names(place, &raw.aliases, &raw.aliases_en, &raw.aliases_fr)?;
    let area_names = || home.areas.iter().map(|area| &area.names);
    let area = raw.area.as_ref().map(|area| known(area, area_names(), "area")).transpose()?;
    let members = match (&raw.members, &raw.of) {
        (Some(members), None) => named(place, members, home)?,
        (None, Some(of)) => {
            let area =
                of.get_ref().area.as_ref().map(|area| known(area, area_names(), "area")).transpose()?;
            let devices = home.devices.iter().enumerate();
            let is = |device: &Device| {
                device.kind == of.get_ref().kind
                    && !device.is_group()
                    && (area.is_none() || device.area == area)
            };
            devices.filter(|(_, device)| is(device)).map(|(index, _)| index).collect()
        }
        (Some(_), Some(of)) => {
            return Err(Fault::at(of, "a group has `members` or is `of` a kind; keep one of them"));
        }
        (None, None) => {
            return Err(Fault::at(
                place,
                "a group needs `members = [\"…\"]`, or `of = { kind = \"light\" }`",
            ));
        }
    };
    let Some(first) = members.first() else {
        return Err(Fault::at(
            place,
            format!("the group `{}` has no members; give it some, or remove it", place.get_ref()),
        ));
    };
    let kind = raw.kind.as_ref().map_or(home.devices[*first].kind, |kind| *kind.get_ref());
    let fits = |other: Kind| other == kind || SWITCHED.contains(&kind) && SWITCHED.contains(&other);
    if let Some(odd) = members.iter().map(|index| &home.devices[*index]).find(|device| !fits(device.kind)) {
        let reason = format!(
            "`{}` is a {} and cannot do what a {} does; make a group of its own for it",
            odd.names.name,
            odd.kind.domain(),
            kind.domain()
        );
        return Err(Fault::at(place, reason));
    }
    let namesakes = home.devices.iter().filter(|other| other.kind == kind && other.area == area);
    let sort = format!(
        "{} {}",
        kind.domain(),
        area.as_ref().map_or("without an area".into(), |area| format!("in `{area}`"))
    );
    unique(place, &names, namesakes.map(|other| &other.names), &sort)?;
    let able =
        |ability: &crate::home::Ability| members.iter().any(|index| home.devices[*index].can(*ability));
    Ok(Device {
        names,
        kind,
        class: home.devices[*first].class.clone().filter(|_| kind == Kind::Cover),
        area,
        abilities: kind.abilities().iter().copied().filter(able).collect(),
        unit: home.devices[*first].unit.clone(),
        initial: State::default(),
        sets: Vec::new(),
        link: Link::Simulated,
        members,
        favourite: raw.favourite,
        confirm: raw.confirm,
    })
}

/// Members by name, or by `Area/Name`; a group that was written before stands for its own members.
fn named(
    group: &Spanned<String>,
    members: &Spanned<Vec<Spanned<String>>>,
    home: &Home,
) -> Result<Vec<usize>, Fault> {
    let mut all = Vec::new();
    for name in members.get_ref() {
        let text = name.get_ref();
        if text == group.get_ref() {
            return Err(Fault::at(
                name,
                format!("the group `{text}` is a member of itself; remove it there"),
            ));
        }
        let matching: Vec<usize> = (0..home.devices.len())
            .filter(|index| home.devices[*index].names.name == *text || home.label(*index) == *text)
            .collect();
        let index = match matching[..] {
            [index] => index,
            [] => {
                let labels: Vec<_> = (0..home.devices.len()).map(|index| home.label(index)).collect();
                let near = did_you_mean(text, &labels);
                let hint = if near.is_empty() {
                    "; a group may name devices, and groups that stand above it"
                } else {
                    ""
                };
                return Err(Fault::at(name, format!("no device is called `{text}`{near}{hint}")));
            }
            [first, ..] => {
                let reason = format!(
                    "several devices are called `{text}`; write it with its area: `{}`",
                    home.label(first)
                );
                return Err(Fault::at(name, reason));
            }
        };
        let device = &home.devices[index];
        let own = if device.is_group() { device.members.clone() } else { vec![index] };
        for member in own {
            if !all.contains(&member) {
                all.push(member);
            }
        }
    }
    Ok(all)
}
