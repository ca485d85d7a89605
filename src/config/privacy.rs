//! `[privacy]` and `[[sign]]`: when nobody is listened to, and what shows it.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time, Weekday};
use toml::{Spanned, Value};

use super::raw::{self, Said};
use super::resolve::{Reader, nonempty, place_if_path, time_of_day};
use super::{ConfigError, PrivacyConfig};
use crate::lock::Source;
use crate::mute::{SwitchConfig, Window};
use crate::signs::{Lines, Shown, SignConfig};
use crate::sound::{self, MOST_DAYS, Plan};

/// The days as they are written.
const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

pub(super) fn privacy(read: &mut Reader, said: raw::Privacy) -> Result<PrivacyConfig, ConfigError> {
    let mut mute = Vec::new();
    for (index, said) in said.mute.into_iter().enumerate() {
        mute.push(window(read, index + 1, said)?);
    }
    let keep_hours = read.count("privacy.keep_hours", said.keep_hours, 24, 0..=8_760, "hours")?;
    let encrypt_with = encrypt_with(read, said.encrypt_with, said.passphrase_file)?;
    let keep_sound = keep_sound(read, said.keep_sound)?;
    let switch = switch(read, said.switch)?;
    Ok(PrivacyConfig { keep_hours, encrypt_with, keep_sound, mute, switch })
}

fn encrypt_with(read: &mut Reader, said: Said, file: Said) -> Result<Option<Source>, ConfigError> {
    let names = ["none", "passphrase", "credential"];
    let with = read.choice("privacy.encrypt_with", said, "none", &names)?;
    let file = read.path_or_variable("privacy.passphrase_file", file, "ENTRENOUS_PASSPHRASE_FILE")?;
    Ok(match with.as_str() {
        "passphrase" => Some(Source::Passphrase { file }),
        "credential" => Some(Source::Credential { folder: read.around.path("CREDENTIALS_DIRECTORY") }),
        _ => None,
    })
}

fn keep_sound(read: &mut Reader, said: raw::KeepSound) -> Result<Plan, ConfigError> {
    Ok(Plan {
        wake: last_day(read, "privacy.keep_sound.wake", said.wake)?,
        commands: last_day(read, "privacy.keep_sound.commands", said.commands)?,
    })
}

/// A day that is not too far away; empty means none. One that is over is for the assistant to say.
fn last_day(read: &mut Reader, key: &str, said: Said) -> Result<Option<Date>, ConfigError> {
    let today = read.around.today;
    let latest = sound::latest(today);
    let must = format!(
        "a day up to {latest} ({MOST_DAYS} days from today, which is {today} by the clock of this machine), without \
         quotes (\"\" for none)"
    );
    read.read(key, said, None, &must, |value| match value {
        Value::String(text) => text.is_empty().then_some(None),
        Value::Datetime(toml::value::Datetime { date: Some(date), time: None, offset: None }) => {
            let date = Date::new(date.year.cast_signed(), date.month.cast_signed(), date.day.cast_signed());
            date.ok().filter(|date| *date <= latest).map(Some)
        }
        _ => None,
    })
}

fn window(read: &mut Reader, index: usize, said: Spanned<raw::MuteWindow>) -> Result<Window, ConfigError> {
    let (span, said) = (said.span(), said.into_inner());
    let key = |name| format!("privacy.mute.{index}.{name}");
    if said.from.is_none() || said.to.is_none() {
        let must = "it needs `from` and `to`, as `from = \"22:00\"`";
        return Err(read.fault(span.start, format!("`[[privacy.mute]]`: {must}")));
    }
    let mut time = |name, said: Said| {
        read.read(&key(name), said, Time::midnight(), "a time as \"22:00\"", |value| {
            time_of_day(value.as_str()?)
        })
    };
    let (from, to) = (time("from", said.from)?, time("to", said.to)?);
    let all = DAYS.map(|(name, _)| name);
    let must = format!("a list of some of {}", all.join(", "));
    let names = read.read(&key("days"), said.days, all.map(str::to_owned).to_vec(), &must, |value| {
        let names = value.as_array().filter(|names| !names.is_empty())?;
        let known = |name: &Value| name.as_str().filter(|name| all.contains(name)).map(str::to_owned);
        names.iter().map(known).collect()
    })?;
    let days = DAYS.iter().filter(|(name, _)| names.iter().any(|named| named == name));
    Ok(Window { from, to, days: days.map(|(_, day)| *day).collect() })
}

fn switch(read: &mut Reader, said: raw::Switch) -> Result<Option<SwitchConfig>, ConfigError> {
    let both = said.command.clone();
    let file = read.path("privacy.switch.file", said.file)?;
    let muted_when = read.name("privacy.switch.muted_when", said.muted_when, "1")?;
    let command = program(read, "privacy.switch.command", said.command)?;
    match (file, command, both) {
        (Some(_), Some(_), Some(said)) => {
            Err(read.refuse("privacy.switch.command", &said, "[] where a `file` is given"))
        }
        (Some(file), ..) => Ok(Some(SwitchConfig::File { file, muted_when: muted_when.trim().to_owned() })),
        (None, Some(command), _) => Ok(Some(SwitchConfig::Command(command))),
        (None, ..) => Ok(None),
    }
}

pub(super) fn signs(
    read: &mut Reader,
    said: Vec<Spanned<raw::Sign>>,
) -> Result<Vec<SignConfig>, ConfigError> {
    let signs = said.into_iter().enumerate();
    signs.map(|(index, said)| sign(read, index + 1, said)).collect()
}

fn sign(read: &mut Reader, index: usize, said: Spanned<raw::Sign>) -> Result<SignConfig, ConfigError> {
    let (span, said) = (said.span(), said.into_inner());
    let key = |name| format!("sign.{index}.{name}");
    let (no_lines, no_values) = (said.lines.is_none(), said.values.is_none());
    let command = program(read, &key("command"), said.command)?;
    let lines = read.choice(&key("lines"), said.lines, "json", &["json", "words"])?;
    let file = read.path(&key("file"), said.file)?;
    let values = values(read, &key("values"), said.values)?;
    let lines = if lines == "words" { Lines::Words } else { Lines::Json };
    let fault = |reason: &str| Err(read.fault(span.start, format!("`[[sign]]`: {reason}")));
    match (command, file) {
        (Some(command), None) if no_values => Ok(SignConfig::Command { command, lines }),
        (None, Some(file)) if no_lines => {
            let missing = Shown::WORDS.into_iter().find(|word| !values.contains_key(*word));
            match missing.filter(|_| !values.contains_key("other")) {
                Some(word) => fault(&format!(
                    "`values` says nothing of `{word}`, and the sign would show what is over; add it, or \
                     `other` for all that are not named"
                )),
                None => Ok(SignConfig::File { file, values }),
            }
        }
        _ => fault(
            "it needs either a `command` (and `lines` if you like) or a `file` and `values`; write several \
             sections for several signs",
        ),
    }
}

/// A program with its arguments; empty means none.
fn program(read: &mut Reader, key: &str, said: Said) -> Result<Option<Vec<String>>, ConfigError> {
    let (base, around) = (read.base(), read.around);
    let must = "a program and its arguments, as [\"/usr/local/bin/switch\", \"17\"]";
    let mut command = read.read(key, said, Vec::new(), must, |value| {
        value.as_array()?.iter().map(nonempty).collect::<Option<Vec<_>>>()
    })?;
    // The program may be a path from the file's folder; arguments are its own business.
    if let Some(first) = command.first_mut() {
        *first = place_if_path(around, &base, first.clone());
    }
    Ok((!command.is_empty()).then_some(command))
}

/// What a file gets, by the word of what is shown.
fn values(read: &mut Reader, key: &str, said: Said) -> Result<BTreeMap<String, String>, ConfigError> {
    let words: Vec<&str> = Shown::WORDS.into_iter().chain(["keeping", "other"]).collect();
    let must = format!("as {{ listening = \"1\", other = \"0\" }}, with some of {}", words.join(", "));
    read.read(key, said, BTreeMap::new(), &must, |value| {
        let values = value.as_table()?.iter();
        let value = |(word, value): (&String, &Value)| {
            let value = value.as_str().filter(|_| words.contains(&word.as_str()))?;
            Some((word.clone(), value.to_owned()))
        };
        values.map(value).collect()
    })
}
