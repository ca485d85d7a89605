//! English nouns, articles, counts and times.

pub(super) use crate::nlu::months::EN as MONTHS;
use jiff::civil::Time;

use super::super::{Noun, Place, SHOWN, SpokenTimer, Status, Subject, Thing, enumerate, split};

/// Singular and plural of what groups are called.
const NOUNS: &[(&str, &str, &str)] = &[
    ("light", "light", "lights"),
    ("switch", "switch", "switches"),
    ("fan", "fan", "fans"),
    ("cover", "blind or door", "blinds or doors"),
    ("lock", "lock", "locks"),
    ("scene", "scene", "scenes"),
    ("script", "script", "scripts"),
    ("climate", "thermostat", "thermostats"),
    ("media_player", "player", "players"),
    ("sensor", "sensor", "sensors"),
    ("vacuum", "vacuum cleaner", "vacuum cleaners"),
    ("awning", "awning", "awnings"),
    ("blind", "blind", "blinds"),
    ("curtain", "curtain", "curtains"),
    ("door", "door", "doors"),
    ("garage", "garage door", "garage doors"),
    ("gate", "gate", "gates"),
    ("shade", "shade", "shades"),
    ("shutter", "shutter", "shutters"),
    ("window", "window", "windows"),
];

/// Last words of names that take an article: "the bed light", but "Nestor".
const COMMON: &[&str] = &[
    "light",
    "lamp",
    "lantern",
    "bulb",
    "spot",
    "strip",
    "switch",
    "socket",
    "plug",
    "machine",
    "maker",
    "fan",
    "heater",
    "heating",
    "thermostat",
    "awning",
    "blind",
    "curtain",
    "door",
    "gate",
    "shade",
    "shutter",
    "window",
    "lock",
    "tv",
    "television",
    "radio",
    "speaker",
    "player",
    "vacuum",
    "cleaner",
    "hoover",
    "robot",
    "sensor",
    "temperature",
    "humidity",
    "pressure",
    "power",
    "battery",
    "list",
];

pub(super) fn noun(key: Noun, count: usize) -> &'static str {
    let (_, one, many) = NOUNS.iter().find(|(own, ..)| *own == key).unwrap_or(&("", "device", "devices"));
    if count == 1 { one } else { many }
}

/// The last word of a name in the singular, and whether the name is a plural.
pub(super) fn head(name: &str) -> (String, bool) {
    let last = name.split_whitespace().next_back().unwrap_or_default().to_lowercase();
    match last.strip_suffix('s') {
        Some(single) if COMMON.contains(&single) => (single.to_owned(), true),
        _ => (last, false),
    }
}

pub(super) fn the(thing: &Thing) -> String {
    let common = COMMON.contains(&head(&thing.name).0.as_str());
    let begins_itself = thing.name.contains("'s ") || thing.name.to_lowercase().starts_with("the ");
    let spoken = thing.article.as_deref() == Some("the");
    if (common || spoken) && !begins_itself { format!("the {}", thing.name) } else { thing.name.clone() }
}

pub(super) fn be(thing: &Thing) -> &'static str {
    if head(&thing.name).1 { "are" } else { "is" }
}

/// ` in the kitchen`, with the space before it; nothing for the whole home.
pub(super) fn in_place(place: &Place) -> String {
    match place {
        Place::Home => String::new(),
        Place::Area(name) if name.contains("'s") || name.to_lowercase().starts_with("the ") => {
            format!(" in {name}")
        }
        Place::Area(name) => format!(" in the {name}"),
        Place::Floor(name) if name.to_lowercase().ends_with("stairs") => format!(" {name}"),
        Place::Floor(name) => format!(" on the {name}"),
    }
}

pub(super) fn subject_text(subject: &Subject) -> String {
    match subject {
        Subject::One(thing) => the(thing),
        Subject::Many { noun: key, count, place } => {
            format!("{count} {}{}", noun(key, *count), in_place(place))
        }
    }
}

pub(super) fn status_text(status: Status) -> String {
    match status {
        Status::On => "on".into(),
        Status::Off => "off".into(),
        Status::Dimmed(percent) => format!("on at {percent} percent"),
        Status::Open => "open".into(),
        Status::Closed => "closed".into(),
        Status::Ajar(percent) => format!("{percent} percent open"),
        Status::Locked => "locked".into(),
        Status::Unlocked => "unlocked".into(),
        Status::Playing => "playing".into(),
        Status::Paused => "paused".into(),
        Status::Cleaning => "cleaning".into(),
        Status::Docked => "at its base".into(),
        Status::Triggered => "triggered".into(),
        Status::Quiet => "quiet".into(),
    }
}

pub(super) fn count(number: u64, unit: &str) -> String {
    if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

pub(super) fn duration(seconds: u64) -> String {
    let (h, m, s) = split(seconds);
    let parts: Vec<_> = [(h, "hour"), (m, "minute"), (s, "second")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, unit)| count(number, unit))
        .collect();
    if parts.is_empty() { "0 seconds".into() } else { enumerate(&parts, "and") }
}

/// `pizza timer`, `timer for 5 minutes`.
pub(super) fn timer(timer: &SpokenTimer) -> String {
    match &timer.name {
        Some(name) => format!("{name} timer"),
        None => format!("timer for {}", duration(timer.total_s)),
    }
}

pub(super) fn left(it: &SpokenTimer) -> String {
    let left = duration(it.left_s);
    if it.ringing {
        format!("the {} is ringing", timer(it))
    } else if it.paused {
        format!("the {} is paused with {left} left", timer(it))
    } else {
        format!("the {} has {left} left", timer(it))
    }
}

pub(super) fn names(things: &[Thing]) -> String {
    let mut shown: Vec<_> = things.iter().take(SHOWN).map(the).collect();
    if things.len() > SHOWN {
        shown.push(format!("{} more", things.len() - SHOWN));
    }
    enumerate(&shown, "and")
}

pub(super) fn sky(condition: &str) -> String {
    match condition {
        "clear-night" | "clear" => "clear",
        "cloudy" => "cloudy",
        "fog" => "foggy",
        "hail" => "hailing",
        "lightning" => "stormy",
        "lightning-rainy" => "stormy and rainy",
        "partlycloudy" => "partly cloudy",
        "pouring" => "pouring",
        "rainy" => "rainy",
        "snowy" => "snowy",
        "snowy-rainy" => "sleeting",
        "sunny" => "sunny",
        "windy" | "windy-variant" => "windy",
        other => other,
    }
    .to_owned()
}

pub(super) fn clock_time(time: Time) -> String {
    let (hour, minute) = (time.hour(), time.minute());
    let on_twelve = |hour: i8| if hour % 12 == 0 { 12 } else { hour % 12 };
    let part = match hour {
        0..12 => "in the morning",
        12..18 => "in the afternoon",
        18..22 => "in the evening",
        _ => "at night",
    };
    match (hour, minute) {
        (0, 0) => "midnight".into(),
        (12, 0) => "noon".into(),
        (_, 0) => format!("{} o'clock {part}", on_twelve(hour)),
        (_, 15) => format!("a quarter past {} {part}", on_twelve(hour)),
        (_, 30) => format!("half past {} {part}", on_twelve(hour)),
        (_, 45) => format!("a quarter to {} {part}", on_twelve(hour + 1)),
        _ => format!("{}:{minute:02} {}", on_twelve(hour), if hour < 12 { "am" } else { "pm" }),
    }
}

pub(super) fn ordinal(day: i8) -> String {
    let suffix = match (day % 10, day) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{day}{suffix}")
}

pub(super) const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
