//! `entrenous home`: what is at home, how it is reached, and how it is.

use std::io::Write;
use std::time::{Duration, Instant};

use clap::Subcommand;
use serde_json::json;

use crate::config::Config;
use crate::home::backend::board::Line;
use crate::home::{Home, House, Kind, State};
use crate::household;
use crate::lock::Lock;
use crate::store::{self, Store};
use crate::{Error, Result, assemble};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Set a device: `home set "Desk Lamp" on`, `home set "Desk Lamp" brightness=40 color=red`
    Set {
        /// The device's name, or Area/Name
        device: String,
        /// `on`, `off`, or its state: brightness=40, position=0, locked=true, target=21
        #[arg(required = true)]
        state: Vec<String>,
    },
}

/// How long devices have to tell how they are.
const PATIENCE: Duration = Duration::from_secs(2);

/// # Errors
/// When the home cannot be read; [`Error::Check`] when a device does not do what it is told.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let home = household::home(config)?;
    let mut store = store::open(&config.data_dir)?.0;
    let mut house = House::restore(home, store.as_ref())?;
    house.connect(assemble::wiring(config, Lock::of(config)), store.as_ref())?;
    house.settle(PATIENCE);
    match &args.what {
        None => show(&house, args.json),
        Some(What::Set { device, state }) => set(&mut house, store.as_mut(), device, state),
    }
}

fn show(house: &House, as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let home = house.home();
    let lines = house.links().map(|links| links.board().lines()).unwrap_or_default();
    if as_json {
        let devices: Vec<_> = (0..home.devices.len()).map(|index| record(house, index)).collect();
        let lines: serde_json::Map<_, _> =
            lines.iter().map(|(name, line)| ((*name).to_owned(), json!(line_text(line)))).collect();
        writeln!(out, "{:#}", json!({ "ways": lines, "devices": devices }))?;
        return Ok(());
    }
    for (name, line) in &lines {
        writeln!(out, "{name}: {}", line_text(line))?;
    }
    let rows: Vec<[String; 6]> = (0..home.devices.len()).map(|index| row(house, index)).collect();
    let heads = ["DEVICE", "KIND", "AREA", "BACKEND", "STATE", "LAST HEARD"].map(str::to_owned);
    let width =
        |column: usize| rows.iter().chain([&heads]).map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..6).map(width).collect();
    for row in std::iter::once(&heads).chain(&rows) {
        let cells: Vec<_> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    Ok(())
}

fn line_text(line: &Line) -> String {
    match line {
        Line::Connecting => "still connecting".into(),
        Line::Up => "connected".into(),
        Line::Down(reason) => reason.clone(),
    }
}

fn row(house: &House, index: usize) -> [String; 6] {
    let device = &house.home().devices[index];
    let state = serde_json::to_value(house.state(index)).unwrap_or_default();
    let state = match (house.is_away(index), state.as_object()) {
        (true, _) => "away".to_owned(),
        (false, Some(fields)) if !fields.is_empty() => {
            let parts: Vec<_> =
                fields.iter().map(|(key, value)| format!("{key} {}", super::show::value(value))).collect();
            parts.join(", ")
        }
        _ => "—".to_owned(),
    };
    let backend = if device.is_group() {
        format!("group of {}", device.members.len())
    } else {
        device.link.name().into()
    };
    [
        house.home().label(index),
        device.kind.domain().to_owned(),
        device.area.clone().unwrap_or_else(|| "—".into()),
        backend,
        state,
        heard(house, index).map_or_else(|| "—".into(), |ago| format!("{} s ago", ago.as_secs())),
    ]
}

/// How long ago a real device said something.
fn heard(house: &House, index: usize) -> Option<Duration> {
    let links = house.links().filter(|links| links.has(index))?;
    links.board().heard(index).at.map(|at| Instant::now().saturating_duration_since(at))
}

fn record(house: &House, index: usize) -> serde_json::Value {
    let device = &house.home().devices[index];
    json!({
        "device": house.home().label(index),
        "kind": device.kind.domain(),
        "area": device.area,
        "backend": device.link.name(),
        "members": device.members.iter().map(|member| house.home().label(*member)).collect::<Vec<_>>(),
        "available": !house.is_away(index),
        "state": house.state(index),
        "heard_ms_ago": heard(house, index).map(|ago| ago.as_millis() as u64),
    })
}

fn set(house: &mut House, store: &mut dyn Store, name: &str, words: &[String]) -> Result<()> {
    let index = find(house.home(), name)?;
    let kind = house.home().devices[index].kind;
    let change = change(kind, words)?;
    change.check(kind).map_err(Error::Input)?;
    let start = Instant::now();
    let did = house.change(&[(index, change)], store)?;
    let took = start.elapsed();
    let troubles = house.take_troubles();
    let mut out = std::io::stdout().lock();
    for (device, _) in &did {
        writeln!(out, "{}: confirmed in {} ms", house.home().label(*device), took.as_millis())?;
    }
    if troubles.is_empty() {
        return Ok(());
    }
    let failed: Vec<_> = troubles
        .iter()
        .map(|(device, trouble)| {
            format!("`{}`: {}", house.home().label(*device), format!("{trouble:?}").to_lowercase())
        })
        .collect();
    Err(Error::Check(format!("not done: {}; `entrenous home` shows what can be reached", failed.join(", "))))
}

fn find(home: &Home, name: &str) -> Result<usize> {
    let is = |index: &usize| {
        home.devices[*index].names.is(name) || home.label(*index).to_lowercase() == name.to_lowercase()
    };
    let found: Vec<usize> = (0..home.devices.len()).filter(is).collect();
    match found[..] {
        [one] => Ok(one),
        [] => Err(Error::Input(format!("no device is called `{name}`; `entrenous home` lists them"))),
        [first, ..] => Err(Error::Input(format!(
            "several devices are called `{name}`; write `{}` for one",
            home.label(first)
        ))),
    }
}

/// `on`, `off`, `open`, … or `key=value` pairs.
fn change(kind: Kind, words: &[String]) -> Result<State> {
    let mut fields = serde_json::Map::new();
    for word in words {
        let (key, value) = match (word.as_str(), kind) {
            (
                "on" | "off",
                Kind::Climate | Kind::Light | Kind::Switch | Kind::Fan | Kind::Vacuum | Kind::MediaPlayer,
            ) => ("on", json!(word == "on")),
            ("open" | "close" | "closed", Kind::Cover) => {
                ("position", json!(if word == "open" { 100 } else { 0 }))
            }
            ("lock" | "unlock", Kind::Lock) => ("locked", json!(word == "lock")),
            (word, _) => {
                let Some((key, value)) = word.split_once('=') else {
                    let keys = kind.state_keys().join("=…`, `");
                    return Err(Error::Input(format!(
                        "a {} cannot be set to `{word}`; write `on`, `off`, or `{keys}=…`",
                        kind.domain()
                    )));
                };
                (key, serde_json::from_str(value).unwrap_or_else(|_| json!(value)))
            }
        };
        fields.insert(key.to_owned(), value);
    }
    let keys = kind.state_keys().join("`, `");
    serde_json::from_value(fields.into()).map_err(|error| {
        Error::Input(format!("this is no state of a {} ({error}); it has `{keys}`", kind.domain()))
    })
}
