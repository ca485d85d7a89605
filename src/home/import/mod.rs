//! A `home.toml` from what Home Assistant knows: its floors, areas, devices and entities.
//!
//! Takes its registries and states, from wherever they come, as JSON, and gives the text of a home file
//! that is known to be right, with a list of what could not be carried over.

mod entity;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use super::{Home, HomeError};
use entity::Entity;
pub use source::{SourceError, read};

/// What Home Assistant knows; each a list of objects, empty where it is not known.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Registries {
    pub floors: Vec<Value>,
    pub areas: Vec<Value>,
    pub devices: Vec<Value>,
    pub entities: Vec<Value>,
    pub states: Vec<Value>,
}

/// A home file, and what is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    pub toml: String,
    pub floors: usize,
    pub areas: usize,
    pub devices: usize,
    /// What could not be carried over, and why.
    pub lost: Vec<String>,
}

/// Makes a home file.
///
/// # Errors
/// When the result is no home file: a fault of this program, told rather than written.
pub fn home_assistant(registries: &Registries) -> Result<Imported, HomeError> {
    let mut writer = Writer::default();
    writer.toml.push_str("# Imported from Home Assistant. Names are what people say: change them to that.\n");
    let floors = writer.places("floors", &registries.floors, "floor_id", &BTreeMap::new());
    let areas = writer.places("areas", &registries.areas, "area_id", &floors);
    let devices = writer.entities(registries, &areas);
    let Writer { toml, lost, .. } = writer;
    Home::parse(&toml, Path::new("the imported home"))?;
    Ok(Imported { toml, floors: floors.len(), areas: areas.len(), devices, lost })
}

#[derive(Default)]
struct Writer {
    toml: String,
    lost: Vec<String>,
    /// Names that are taken, by what they must be unique in.
    taken: BTreeMap<String, BTreeSet<String>>,
}

impl Writer {
    /// Floors, or areas with the floors they are on. Gives names by id.
    fn places(
        &mut self,
        table: &str,
        all: &[Value],
        id_key: &str,
        floors: &BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let mut names = BTreeMap::new();
        for place in all {
            let Some(name) = text(place, "name") else { continue };
            let id = text(place, id_key).or_else(|| text(place, "id")).unwrap_or(name);
            let (own, aliases) = self.names(table, name, &aliases(place));
            let _ = writeln!(self.toml, "\n[[{table}]]\nname = {}", quoted(&own));
            self.aliases(&aliases);
            if let Some(floor) =
                text(place, "floor_id").and_then(|floor| floors.get(floor)).filter(|_| table == "areas")
            {
                let _ = writeln!(self.toml, "floor = {}", quoted(floor));
            }
            names.insert(id.to_owned(), own);
        }
        names
    }

    fn entities(&mut self, registries: &Registries, areas: &BTreeMap<String, String>) -> usize {
        let mut count = 0;
        for entity in entity::all(registries) {
            match entity {
                Ok(entity) => {
                    self.entity(&entity, areas);
                    count += 1;
                }
                Err(lost) => self.lost.push(lost),
            }
        }
        count
    }

    fn entity(&mut self, entity: &Entity, areas: &BTreeMap<String, String>) {
        let area = entity.area.as_ref().and_then(|area| areas.get(area));
        let scope = format!("{}/{}", area.map_or("", String::as_str), entity.kind.domain());
        let (name, aliases) = self.names(&scope, &entity.name, &entity.aliases);
        let _ = writeln!(self.toml, "\n[[devices]]\nname = {}", quoted(&name));
        self.aliases(&aliases);
        let _ = writeln!(self.toml, "kind = {}", quoted(entity.kind.domain()));
        let mut line = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                let _ = writeln!(self.toml, "{key} = {value}");
            }
        };
        line("class", entity.class.as_deref().map(quoted));
        line("area", area.map(|area| quoted(area)));
        let can: Vec<_> = entity.abilities.iter().map(|ability| quoted(ability.name())).collect();
        line("can", (!can.is_empty()).then(|| format!("[{}]", can.join(", "))));
        line("unit", entity.unit.as_deref().map(quoted));
        line("ha", Some(quoted(&entity.id)));
    }

    /// A name and aliases that nothing else in the same scope has.
    fn names(&mut self, scope: &str, name: &str, aliases: &[String]) -> (String, Vec<String>) {
        let taken = self.taken.entry(scope.to_owned()).or_default();
        let mut own = name.trim().to_owned();
        let mut number = 2;
        while !taken.insert(own.to_lowercase()) {
            own = format!("{} {number}", name.trim());
            number += 1;
        }
        if own != name.trim() {
            self.lost.push(format!(
                "`{name}` is there twice; the second is called `{own}`, give it a name of its own"
            ));
        }
        let mut kept = Vec::new();
        for alias in aliases {
            if !alias.chars().any(char::is_alphanumeric) {
                continue;
            }
            if taken.insert(alias.to_lowercase()) {
                kept.push(alias.clone());
            } else if alias.to_lowercase() != own.to_lowercase() {
                self.lost.push(format!("the alias `{alias}` of `{own}` is the name of something else there"));
            }
        }
        (own, kept)
    }

    fn aliases(&mut self, aliases: &[String]) {
        if !aliases.is_empty() {
            let all: Vec<_> = aliases.iter().map(|alias| quoted(alias)).collect();
            let _ = writeln!(self.toml, "aliases = [{}]", all.join(", "));
        }
    }
}

/// A text of an object that says something.
fn text<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str).filter(|text| text.chars().any(char::is_alphanumeric))
}

fn aliases(object: &Value) -> Vec<String> {
    let all = object.get("aliases").and_then(Value::as_array);
    all.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests;
