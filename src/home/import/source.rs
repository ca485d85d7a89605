//! Where registries and states are read from: files, or Home Assistant's own `.storage`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Registries;

/// Why nothing can be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("cannot read `{}`: {source}", file.display())]
    Read { file: PathBuf, source: std::io::Error },
    #[error("`{}` is not JSON: {source}", file.display())]
    Json { file: PathBuf, source: serde_json::Error },
    #[error("`{}` holds neither states nor registries; give Home Assistant's `.storage` folder, the answer of `/api/states`, or an address", place.display())]
    Nothing { place: PathBuf },
}

/// Reads a `.storage` folder, a list of states, or an object with `floors`, `areas`, `devices`,
/// `entities` and `states`.
///
/// # Errors
/// When it cannot be read, or is none of these.
pub fn read(place: &Path) -> Result<Registries, SourceError> {
    let mut registries = Registries::default();
    if place.is_dir() {
        for (list, name) in
            [("floors", "floor"), ("areas", "area"), ("devices", "device"), ("entities", "entity")]
        {
            let file = place.join(format!("core.{name}_registry"));
            // Older versions have no floors.
            if file.exists() {
                take(&mut registries, list, json(&file)?.pointer(&format!("/data/{list}")));
            }
        }
    } else {
        let value = json(place)?;
        if value.is_array() {
            take(&mut registries, "states", Some(&value));
        } else {
            for list in ["floors", "areas", "devices", "entities", "states"] {
                let stored = value.pointer(&format!("/data/{list}"));
                take(&mut registries, list, value.get(list).or(stored));
            }
        }
    }
    if registries.entities.is_empty() && registries.states.is_empty() {
        return Err(SourceError::Nothing { place: place.to_owned() });
    }
    Ok(registries)
}

fn json(file: &Path) -> Result<Value, SourceError> {
    let text =
        fs::read_to_string(file).map_err(|source| SourceError::Read { file: file.to_owned(), source })?;
    serde_json::from_str(&text).map_err(|source| SourceError::Json { file: file.to_owned(), source })
}

fn take(registries: &mut Registries, list: &str, value: Option<&Value>) {
    let all = value.and_then(Value::as_array).cloned().unwrap_or_default();
    match list {
        "floors" => registries.floors = all,
        "areas" => registries.areas = all,
        "devices" => registries.devices = all,
        "entities" => registries.entities = all,
        _ => registries.states = all,
    }
}

#[cfg(feature = "homeassistant")]
impl Registries {
    /// Asks a running Home Assistant.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn ask(
        socket: &mut crate::home::backend::homeassistant::Socket,
    ) -> Result<Self, crate::home::backend::homeassistant::SocketError> {
        let list = |value: Value| value.as_array().cloned().unwrap_or_default();
        let mut all = Self {
            // Home Assistant has floors since 2024.
            floors: socket.ask("config/floor_registry/list").map(list).unwrap_or_default(),
            areas: list(socket.ask("config/area_registry/list")?),
            devices: list(socket.ask("config/device_registry/list")?),
            entities: list(socket.ask("config/entity_registry/list")?),
            states: list(socket.ask("get_states")?),
        };
        // The list has no aliases; asked one by one, entities have.
        let ids: Vec<Value> =
            all.entities.iter().filter_map(|entry| entry.get("entity_id").cloned()).collect();
        let more = serde_json::Map::from_iter([("entity_ids".to_owned(), Value::Array(ids))]);
        if let Ok(Value::Object(full)) = socket.ask_with("config/entity_registry/get_entries", more) {
            all.entities =
                full.into_iter().map(|(_, entry)| entry).filter(|entry| !entry.is_null()).collect();
        }
        Ok(all)
    }
}
