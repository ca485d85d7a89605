//! Which devices an intent means: by name, by area, by floor, "here", or all of them.

use super::words::{Noun, Place, Subject, Thing};
use super::{Stop, World};
use crate::dialogue::{Choice, Expects, Question};
use crate::home::{COVER_CLASSES, Home, Kind};
use crate::nlu::Intent;

/// What "everything" is: whatever can be switched on and off without harm.
const SWITCHED: &[Kind] = &[Kind::Light, Kind::Switch, Kind::Fan, Kind::MediaPlayer];

/// The devices that are meant, and how to speak of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Targets {
    /// Indices into the home's devices; never empty.
    pub devices: Vec<usize>,
    pub noun: Noun,
    pub place: Place,
    /// Whether one was called by its name.
    pub named: bool,
}

impl Targets {
    /// How to speak of some of these devices, without those that did not do what they were just told.
    #[must_use]
    pub fn subject(&self, intent: &Intent, world: &World, devices: &[usize]) -> Subject {
        let failed = |device: &usize| world.house.troubles().iter().any(|(other, _)| other == device);
        let members = |group: usize| world.device(group).members.iter().filter(|it| !failed(it)).count();
        match devices {
            [group] if members(*group) < world.device(*group).members.len() => {
                let noun = world.device(*group).kind.domain();
                Subject::Many { noun, count: members(*group), place: Place::Home }
            }
            [one] => Subject::One(thing(intent, world, *one)),
            many => {
                let did: Vec<usize> = many.iter().copied().filter(|device| !failed(device)).collect();
                match did[..] {
                    [one] => Subject::One(thing(intent, world, one)),
                    _ => Subject::Many { noun: self.noun, count: did.len(), place: self.place.clone() },
                }
            }
        }
    }
}

/// The devices that an intent's slots (`name`, `area`, `floor`, `domain`, `device_class`) mean.
///
/// `kinds` are the kinds that the skill is about: what is meant where no `domain` is given, and
/// what is preferred where several devices bear the name.
///
/// # Errors
/// [`Stop::Answer`] when there is no such device, [`Stop::Ask`] when several could be meant.
pub fn find(intent: &Intent, world: &World, kinds: &[Kind]) -> Result<Targets, Stop> {
    match intent.slot_str("name") {
        // "Turn off everything": what sentence files call `all`.
        Some("all") if !world.house.home().devices.iter().any(|device| device.names.is("all")) => {
            by_place(intent, world, SWITCHED)
        }
        Some(name) => by_name(name, intent, world, kinds),
        None => by_place(intent, world, kinds),
    }
}

fn by_name(name: &str, intent: &Intent, world: &World, kinds: &[Kind]) -> Result<Targets, Stop> {
    let home = world.house.home();
    let domain = intent.slot_str("domain").and_then(Kind::of_domain);
    let fits = |index: &usize| domain.is_none_or(|domain| home.devices[*index].kind == domain);
    let all = || (0..home.devices.len()).filter(fits);
    let mut meant: Vec<usize> = all().filter(|index| home.devices[*index].names.name == name).collect();
    if meant.is_empty() {
        meant = all().filter(|index| home.devices[*index].names.is(name)).collect();
    }
    let Some(first) = meant.first().copied() else {
        return Err(Stop::Answer(world.words().unknown_name(name)));
    };
    let place = place(intent, world);
    if !intent.is_here() && place != Place::Home {
        let there = keep(&meant, |index| is_in(world, index, &place));
        // Where a device's room is not known, the only one of that name is meant.
        let roomless = keep(&meant, |index| home.devices[index].area.is_none());
        meant = if there.is_empty() { roomless } else { there };
        if meant.is_empty() {
            let place = spoken(world, &place);
            return Err(Stop::Answer(world.words().not_there(&thing(intent, world, first), &place)));
        }
    }
    prefer(&mut meant, |index| kinds.contains(&home.devices[index].kind));
    prefer(&mut meant, |index| world.area.is_some() && home.devices[index].area.as_deref() == world.area);
    if let [first, _, ..] = meant[..] {
        let places: Vec<_> = meant
            .iter()
            .map(|index| home.devices[*index].area.clone().map_or(Place::Home, Place::Area))
            .collect();
        let all: Vec<_> = places.iter().map(|place| spoken(world, place)).collect();
        let text = world.words().which_one(&thing(intent, world, first), &all);
        let options: Vec<Choice> = places.iter().filter_map(|place| in_area(world, place)).collect();
        // One that has no room cannot be told from the others by it.
        if options.len() < meant.len() {
            return Err(Stop::Answer(text));
        }
        return Err(Stop::Ask(Box::new(Question::new(text, Expects::Choice(options)))));
    }
    let noun = noun(intent, &[home.devices[meant[0]].kind]);
    Ok(Targets { devices: meant, noun, place: spoken(world, &place), named: true })
}

/// The one in an area.
fn in_area(world: &World, place: &Place) -> Option<Choice> {
    let Place::Area(name) = place else { return None };
    let also = world.house.home().area(name)?.names.spoken(world.language).map(str::to_owned).collect();
    let slots = vec![("area".to_owned(), name.as_str().into())];
    Some(Choice { name: world.words().one_in(&spoken(world, place)), also, slots })
}

/// A device to choose, by its names and its room.
#[must_use]
pub fn choice(home: &Home, language: &str, device: usize) -> Choice {
    let it = &home.devices[device];
    let area = it.area.as_deref().and_then(|area| home.area(area));
    let rooms = area.into_iter().flat_map(|area| area.names.spoken(language));
    let also = it.names.spoken(language).chain(rooms).map(str::to_owned).collect();
    let mut slots = vec![("name".to_owned(), it.names.name.as_str().into())];
    slots.extend(it.area.as_deref().map(|area| ("area".to_owned(), area.into())));
    Choice { name: it.names.in_language(language).to_owned(), also, slots }
}

fn by_place(intent: &Intent, world: &World, kinds: &[Kind]) -> Result<Targets, Stop> {
    let home = world.house.home();
    let domain = intent.slot_str("domain").and_then(Kind::of_domain);
    let class = intent.slot_str("device_class");
    let place = place(intent, world);
    let devices: Vec<usize> = (0..home.devices.len())
        .filter(|index| {
            let device = &home.devices[*index];
            domain.map_or_else(|| kinds.contains(&device.kind), |domain| device.kind == domain)
                && class.is_none_or(|class| device.class.as_deref() == Some(class))
                && is_in(world, *index, &place)
                // Its members are here by themselves.
                && !device.is_group()
        })
        .collect();
    let devices = favourite(devices, intent, world, kinds);
    let noun = noun(intent, kinds);
    let place = spoken(world, &place);
    if devices.is_empty() {
        return Err(Stop::Answer(world.words().none(noun, &place)));
    }
    Ok(Targets { devices, noun, place, named: false })
}

/// "The light", and not "the lights", is the favourite of those that are here, where there is one.
/// It may be a group.
fn favourite(devices: Vec<usize>, intent: &Intent, world: &World, kinds: &[Kind]) -> Vec<usize> {
    let home = world.house.home();
    let kind = intent.slot_str("domain").and_then(Kind::of_domain).or(match kinds {
        [kind] => Some(*kind),
        _ => None,
    });
    let one = intent.text.to_lowercase();
    let one = one.split(|letter: char| !letter.is_alphanumeric());
    if !intent.is_here() || !one.into_iter().any(|word| SINGULAR.contains(&word)) {
        return devices;
    }
    let favourite = (0..home.devices.len()).find(|index| {
        let device = &home.devices[*index];
        device.favourite && Some(device.kind) == kind && device.area.as_deref() == world.area
    });
    match favourite {
        Some(favourite) if world.area.is_some() => vec![favourite],
        _ => devices,
    }
}

/// Nouns for one of what may be several in a room.
const SINGULAR: &[&str] = &[
    "light",
    "lamp",
    "fan",
    "blind",
    "curtain",
    "shutter",
    "shade",
    "window",
    "player",
    "lumière",
    "lampe",
    "ventilateur",
    "store",
    "rideau",
    "volet",
    "fenêtre",
    "lecteur",
    "musique",
    "music",
];

/// The place that is meant, by its proper name. "Here" is anywhere where the microphone's area is
/// not known.
#[must_use]
pub fn place(intent: &Intent, world: &World) -> Place {
    let own = |text: &str| text.to_owned();
    if let Some(area) = intent.slot_str("area") {
        Place::Area(world.house.home().area(area).map_or_else(|| own(area), |area| area.names.name.clone()))
    } else if let Some(floor) = intent.slot_str("floor") {
        Place::Floor(world.house.home().floor(floor).map_or_else(|| own(floor), |it| it.names.name.clone()))
    } else if intent.is_here() {
        world.area.map_or(Place::Home, |area| Place::Area(area.to_owned()))
    } else {
        Place::Home
    }
}

/// A place as it is called in the language spoken.
#[must_use]
pub fn spoken(world: &World, place: &Place) -> Place {
    let home = world.house.home();
    match place {
        Place::Home => Place::Home,
        Place::Area(name) => Place::Area(
            home.area(name).map_or(name.as_str(), |area| area.names.in_language(world.language)).to_owned(),
        ),
        Place::Floor(name) => Place::Floor(
            home.floor(name)
                .map_or(name.as_str(), |floor| floor.names.in_language(world.language))
                .to_owned(),
        ),
    }
}

/// Whether a device is in a place (by its proper name).
#[must_use]
pub fn is_in(world: &World, device: usize, place: &Place) -> bool {
    let home = world.house.home();
    let device = &home.devices[device];
    match place {
        Place::Home => true,
        Place::Area(area) => device.area.as_ref() == Some(area),
        Place::Floor(floor) => home.floor_of(device) == Some(floor),
    }
}

/// A device as one speaks of it, with the article that was spoken before its name.
#[must_use]
pub fn thing(intent: &Intent, world: &World, device: usize) -> Thing {
    let name = world.device(device).names.in_language(world.language).to_owned();
    let slot = intent.slots.iter().find(|slot| slot.name == "name");
    let article = slot
        .filter(|slot| slot.raw.to_lowercase() == name.to_lowercase())
        .and_then(|slot| slot.range)
        .and_then(|[start, _]| word_before(&intent.text, start));
    Thing { name, article }
}

/// The word that ends where character `start` begins; `l` of `l'entrée`.
fn word_before(text: &str, start: usize) -> Option<String> {
    let before: String = text.chars().take(start).collect();
    let mut words = before.split(|letter: char| !letter.is_alphanumeric());
    words.rfind(|word| !word.is_empty()).map(str::to_lowercase)
}

/// What the devices have in common.
fn noun(intent: &Intent, kinds: &[Kind]) -> Noun {
    let class = intent.slot_str("device_class");
    if let Some(class) = class.and_then(|class| COVER_CLASSES.iter().find(|own| **own == class)) {
        return class;
    }
    match (intent.slot_str("domain").and_then(Kind::of_domain), kinds) {
        (Some(kind), _) => kind.domain(),
        (None, [kind]) => kind.domain(),
        (None, _) => "device",
    }
}

fn keep(devices: &[usize], wanted: impl Fn(usize) -> bool) -> Vec<usize> {
    devices.iter().copied().filter(|index| wanted(*index)).collect()
}

/// Drops what is not wanted, unless nothing else is there.
fn prefer(devices: &mut Vec<usize>, wanted: impl Fn(usize) -> bool) {
    if devices.iter().any(|index| wanted(*index)) {
        devices.retain(|index| wanted(*index));
    }
}
