//! From `home.toml` to a [`Home`]: every fault is found here, with its place and its mend.

mod groups;
mod links;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use groups::RawGroup;
use links::{RawCommand, RawLink, RawMqtt};

use super::{Ability, Area, Device, Floor, Home, HomeError, Kind, Names, State};

/// What is wrong, and where in the text.
#[derive(Debug)]
pub(super) struct Fault {
    span: Range<usize>,
    reason: String,
}

impl Fault {
    fn at<T>(place: &Spanned<T>, reason: impl Into<String>) -> Self {
        Self { span: place.span(), reason: reason.into() }
    }

    pub(super) fn into_error(self, text: &str, file: &Path) -> HomeError {
        let before = text.get(..self.span.start).unwrap_or(text);
        HomeError::File { file: file.to_owned(), line: before.matches('\n').count() + 1, reason: self.reason }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct RawHome {
    language: Option<Spanned<String>>,
    floors: Vec<RawFloor>,
    areas: Vec<RawArea>,
    devices: Vec<RawDevice>,
    groups: Vec<RawGroup>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFloor {
    name: Spanned<String>,
    #[serde(default)]
    aliases: Vec<Spanned<String>>,
    #[serde(default)]
    aliases_en: Vec<Spanned<String>>,
    #[serde(default)]
    aliases_fr: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawArea {
    name: Spanned<String>,
    #[serde(default)]
    aliases: Vec<Spanned<String>>,
    #[serde(default)]
    aliases_en: Vec<Spanned<String>>,
    #[serde(default)]
    aliases_fr: Vec<Spanned<String>>,
    floor: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDevice {
    name: Spanned<String>,
    #[serde(default)]
    aliases: Vec<Spanned<String>>,
    #[serde(default)]
    aliases_en: Vec<Spanned<String>>,
    #[serde(default)]
    aliases_fr: Vec<Spanned<String>>,
    kind: Kind,
    class: Option<Spanned<String>>,
    area: Option<Spanned<String>>,
    #[serde(default)]
    can: Vec<Spanned<Ability>>,
    unit: Option<String>,
    state: Option<Spanned<State>>,
    confirm: Option<bool>,
    sets: Option<Spanned<BTreeMap<String, State>>>,
    #[serde(default)]
    favourite: bool,
    mqtt: Option<Spanned<RawMqtt>>,
    ha: Option<Spanned<String>>,
    command: Option<Spanned<RawCommand>>,
    mpris: Option<Spanned<String>>,
}

/// The language that the household speaks.
fn language(code: Spanned<String>) -> Result<String, Fault> {
    if ["en", "fr"].contains(&code.get_ref().as_str()) {
        return Ok(code.into_inner());
    }
    Err(Fault::at(&code, format!("there is no language `{}`; it must be `en` or `fr`", code.get_ref())))
}

/// Reads and checks.
pub(super) fn parse(text: &str) -> Result<Home, Fault> {
    let raw: RawHome = toml::from_str(text)
        .map_err(|error| Fault { span: error.span().unwrap_or_default(), reason: mend(error.message()) })?;
    let mut home = Home { language: raw.language.map(language).transpose()?, ..Home::default() };
    for floor in raw.floors {
        let names = names(&floor.name, &floor.aliases, &floor.aliases_en, &floor.aliases_fr)?;
        unique(&floor.name, &names, home.floors.iter().map(|other| &other.names), "floor")?;
        home.floors.push(Floor { names });
    }
    for area in raw.areas {
        let names = names(&area.name, &area.aliases, &area.aliases_en, &area.aliases_fr)?;
        unique(&area.name, &names, home.areas.iter().map(|other| &other.names), "area")?;
        let floors = home.floors.iter().map(|floor| &floor.names);
        let floor = area.floor.map(|floor| known(&floor, floors, "floor")).transpose()?;
        home.areas.push(Area { names, floor });
    }
    let mut scenes = Vec::new();
    for raw in raw.devices {
        let (device, sets) = device(raw, &home)?;
        scenes.extend(sets.map(|sets| (home.devices.len(), sets)));
        home.devices.push(device);
    }
    for raw in raw.groups {
        let group = groups::group(&raw, &home)?;
        home.devices.push(group);
    }
    for (scene, sets) in scenes {
        home.devices[scene].sets = scene_changes(&sets, &home)?;
    }
    Ok(home)
}

type Sets = Spanned<BTreeMap<String, State>>;

fn device(raw: RawDevice, home: &Home) -> Result<(Device, Option<Sets>), Fault> {
    let kind = raw.kind;
    let domain = kind.domain();
    let names = names(&raw.name, &raw.aliases, &raw.aliases_en, &raw.aliases_fr)?;
    let areas = home.areas.iter().map(|area| &area.names);
    let area = raw.area.map(|area| known(&area, areas, "area")).transpose()?;
    let namesakes = home
        .devices
        .iter()
        .filter(|other| other.kind == kind && other.area == area)
        .map(|other| &other.names);
    let place = area.as_ref().map_or("without an area".to_owned(), |area| format!("in `{area}`"));
    unique(&raw.name, &names, namesakes, &format!("{domain} {place}"))?;
    if let Some(class) = &raw.class
        && !kind.classes().contains(&class.get_ref().as_str())
    {
        return Err(Fault::at(class, wrong_class(class.get_ref(), kind)));
    }
    for ability in &raw.can {
        if !kind.abilities().contains(ability.get_ref()) {
            let reason = format!("a {domain} has no ability `{}`; remove it", ability.get_ref().name());
            return Err(Fault::at(ability, reason));
        }
    }
    let initial = match raw.state {
        Some(state) => {
            state.get_ref().check(kind).map_err(|reason| Fault::at(&state, reason))?;
            state.into_inner()
        }
        None => State::default(),
    };
    if let Some(sets) = raw.sets.as_ref().filter(|_| !matches!(kind, Kind::Scene | Kind::Script)) {
        return Err(Fault::at(sets, format!("a {domain} sets nothing; only a scene or script has `sets`")));
    }
    let raw_link = RawLink { mqtt: raw.mqtt, ha: raw.ha, command: raw.command, mpris: raw.mpris };
    let (link, place) = raw_link.link(kind)?;
    let device = Device {
        names,
        kind,
        class: raw.class.map(Spanned::into_inner),
        area,
        abilities: raw.can.into_iter().map(Spanned::into_inner).collect(),
        unit: raw.unit,
        initial,
        confirm: raw.confirm,
        sets: Vec::new(),
        link,
        members: Vec::new(),
        favourite: raw.favourite,
    };
    links::once(&device, place.as_ref(), &home.devices)?;
    Ok((device, raw.sets))
}

/// A scene's `sets`, with devices by name, or by `Area/Name` where several bear it.
fn scene_changes(sets: &Sets, home: &Home) -> Result<Vec<(usize, State)>, Fault> {
    let mut changes = Vec::new();
    for (name, state) in sets.get_ref() {
        let matching: Vec<usize> = (0..home.devices.len())
            .filter(|index| home.devices[*index].names.name == *name || home.label(*index) == *name)
            .collect();
        let index = match matching[..] {
            [index] => index,
            [] => {
                let labels: Vec<_> = (0..home.devices.len()).map(|index| home.label(index)).collect();
                let reason = format!("no device is called `{name}`{}", did_you_mean(name, &labels));
                return Err(Fault::at(sets, reason));
            }
            [first, ..] => {
                let reason = format!(
                    "several devices are called `{name}`; write it with its area: `{}`",
                    home.label(first)
                );
                return Err(Fault::at(sets, reason));
            }
        };
        state
            .check(home.devices[index].kind)
            .map_err(|reason| Fault::at(sets, format!("`{name}`: {reason}")))?;
        changes.push((index, state.clone()));
    }
    Ok(changes)
}

fn names(
    name: &Spanned<String>,
    aliases: &[Spanned<String>],
    english: &[Spanned<String>],
    french: &[Spanned<String>],
) -> Result<Names, Fault> {
    for written in std::iter::once(name).chain(aliases).chain(english).chain(french) {
        if !written.get_ref().chars().any(char::is_alphanumeric) {
            let reason = "a name must have letters or digits, so that it can be said; give it one";
            return Err(Fault::at(written, reason));
        }
    }
    let own = |code: &str, list: &[Spanned<String>]| -> Vec<_> {
        list.iter().map(|alias| (code.to_owned(), alias.get_ref().clone())).collect()
    };
    Ok(Names {
        name: name.get_ref().clone(),
        aliases: aliases.iter().map(|alias| alias.get_ref().clone()).collect(),
        by_language: [own("en", english), own("fr", french)].concat(),
    })
}

/// Refuses a name that something else of the same sort already bears.
fn unique<'a>(
    place: &Spanned<String>,
    names: &Names,
    others: impl Iterator<Item = &'a Names>,
    sort: &str,
) -> Result<(), Fault> {
    for other in others {
        if let Some(twice) = names.all().find(|name| other.is(name)) {
            let owner = &other.name;
            let reason =
                format!("another {sort} is already called `{twice}` (`{owner}`); rename one of them");
            return Err(Fault::at(place, reason));
        }
    }
    Ok(())
}

/// The proper name of what is written, or an error with the nearest name there is.
fn known<'a>(
    written: &Spanned<String>,
    all: impl Iterator<Item = &'a Names>,
    sort: &str,
) -> Result<String, Fault> {
    let all: Vec<&Names> = all.collect();
    if let Some(names) = all.iter().find(|names| names.is(written.get_ref())) {
        return Ok(names.name.clone());
    }
    let known: Vec<_> = all.iter().map(|names| names.name.clone()).collect();
    let near = did_you_mean(written.get_ref(), &known);
    let hint = if near.is_empty() { format!("; add it under [[{sort}s]]") } else { near };
    Err(Fault::at(written, format!("there is no {sort} `{}`{hint}", written.get_ref())))
}

fn wrong_class(class: &str, kind: Kind) -> String {
    match kind.classes() {
        [] => format!("a {} has no class; remove it", kind.domain()),
        classes => {
            let all: Vec<String> = classes.iter().map(|class| (*class).to_owned()).collect();
            let near = did_you_mean(class, &all);
            format!("a {} has no class `{class}`{near}; there are `{}`", kind.domain(), all.join("`, `"))
        }
    }
}

/// Adds "did you mean" to the parser's message about an unknown key or word, which lists what it
/// would have taken: ``unknown field `x`, expected one of `y`, `z` ``.
fn mend(message: &str) -> String {
    let message = message.trim_end().replace('\n', "; ");
    let mut quoted = message.split('`').skip(1).step_by(2).map(str::to_owned);
    if !message.starts_with("unknown ") {
        return message;
    }
    let Some(wrong) = quoted.next() else { return message };
    let near = did_you_mean(&wrong, &quoted.collect::<Vec<_>>());
    message.replace("unknown field", "unknown key").replace("unknown variant", "unknown word") + &near
}

/// ``; did you mean `kitchen`?``, or nothing where no name is near.
fn did_you_mean(wrong: &str, names: &[String]) -> String {
    let near = names
        .iter()
        .map(|name| (strsim::jaro_winkler(&wrong.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    near.map_or(String::new(), |(_, name)| format!("; did you mean `{name}`?"))
}
