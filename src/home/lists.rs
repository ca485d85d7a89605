//! The home as slot lists: what its devices, areas and floors are called.

use serde_json::Value;

use super::{Home, Names};
use crate::nlu::sentences::{ListEntry, ListSource};

impl Home {
    /// What can be called by name, for the sentence files' lists `name`, `area` and `floor`.
    ///
    /// A name's context holds `domain`, and where there is one `device_class`, `area` and `floor`,
    /// and every ability as Home Assistant calls it (`light_supports_brightness: true`).
    #[must_use]
    pub fn lists(&self, language: &str) -> Vec<ListSource> {
        let mut names = Vec::new();
        for device in &self.devices {
            let mut context: Vec<(String, Value)> = vec![("domain".into(), device.kind.domain().into())];
            let mut add = |key: &str, value: Option<&str>| {
                if let Some(value) = value {
                    context.push((key.to_owned(), value.into()));
                }
            };
            add("device_class", device.class.as_deref());
            add("area", device.area.as_deref());
            add("floor", self.floor_of(device));
            for ability in device.kind.abilities() {
                let key = format!("{}_supports_{}", device.kind.domain(), ability.name());
                context.push((key, device.can(*ability).into()));
            }
            push(&mut names, &device.names, language, &context);
        }
        let mut areas = Vec::new();
        for area in &self.areas {
            let context: Vec<_> =
                area.floor.iter().map(|floor| ("floor".to_owned(), floor.as_str().into())).collect();
            push(&mut areas, &area.names, language, &context);
        }
        let mut floors = Vec::new();
        for floor in &self.floors {
            push(&mut floors, &floor.names, language, &[]);
        }
        [("name", names), ("area", areas), ("floor", floors)]
            .map(|(name, values)| ListSource { name: name.to_owned(), values })
            .into()
    }
}

fn push(list: &mut Vec<ListEntry>, names: &Names, language: &str, context: &[(String, Value)]) {
    for text in names.spoken(language) {
        list.push(ListEntry {
            text: text.to_owned(),
            value: names.name.as_str().into(),
            context: context.to_vec(),
        });
    }
}
