//! Snips' YAML: one document an intent or entity, parted by `---`.

use std::collections::BTreeMap;

use super::snips::{Entity, EntityValue, add_entity, kept_as_said, mark, one_line};
use super::{Fault, Imported, Lost, plain};
use crate::nlu::sentences::yaml::{self, Entry, Node};

pub(super) fn read(text: &str, language: &str) -> Result<Imported, Fault> {
    let mut imported = Imported::default();
    language.clone_into(&mut imported.document.language);
    for (before, document) in documents(text) {
        let shift = |fault: Fault| Fault::new(fault.line + before, fault.reason);
        let node = yaml::read(&document).map_err(shift)?;
        let entries = node.map("file").map_err(shift)?;
        if !entries.is_empty() {
            read_document(entries, before, &mut imported).map_err(shift)?;
        }
    }
    Ok(imported)
}

/// The documents, each with the number of lines before it.
fn documents(text: &str) -> Vec<(usize, String)> {
    let mut documents = vec![(0, String::new())];
    for (number, line) in text.lines().enumerate() {
        if line.trim_end() == "---" || line.starts_with("--- ") {
            documents.push((number + 1, String::new()));
        } else if let Some((_, document)) = documents.last_mut() {
            document.push_str(line);
            document.push('\n');
        }
    }
    documents
}

fn read_document(entries: &[Entry], before: usize, imported: &mut Imported) -> Result<(), Fault> {
    let get = |key: &str| entries.iter().find(|entry| entry.key == key);
    let Some(kind) = get("type") else {
        let reason = "`type` is missing; a Snips document is `type: intent` or `type: entity` (Home Assistant's files need no import: name their folder in `nlu.sentences`)";
        return Err(Fault::new(entries[0].line, reason));
    };
    let name =
        get("name").ok_or_else(|| Fault::new(entries[0].line, "`name` is missing"))?.value.text("name")?;
    match kind.value.text("type")?.as_str() {
        "intent" => read_intent(&name, entries, before, imported),
        "entity" => read_entity(&name, entries, before, imported),
        other => Err(Fault::new(kind.line, format!("`type` is `intent` or `entity`, not `{other}`"))),
    }
}

fn known(entries: &[Entry], what: &str, line: usize, known: &[&str]) -> Result<(), Fault> {
    Node { line, kind: yaml::Kind::Map(entries.to_vec()) }.map_of(what, known).map(|_| ())
}

fn read_intent(name: &str, entries: &[Entry], before: usize, imported: &mut Imported) -> Result<(), Fault> {
    known(entries, name, entries[0].line, &["type", "name", "slots", "utterances"])?;
    let mut entities: BTreeMap<String, String> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.key == "slots") {
        for slot in entry.value.list("slots")? {
            let (mut own, mut entity) = (None, None);
            for part in slot.map_of("slots", &["name", "entity"])? {
                let text = part.value.text(&part.key)?;
                *(if part.key == "name" { &mut own } else { &mut entity }) = Some(text);
            }
            let own = own.ok_or_else(|| Fault::new(slot.line, "a slot has no `name`"))?;
            let entity = entity.unwrap_or_else(|| own.clone());
            if entity.starts_with("snips/") {
                imported.lost.push(kept_as_said(slot.line + before, name, &own, &entity));
            }
            entities.insert(own, entity);
        }
    }
    for entry in entries.iter().filter(|entry| entry.key == "utterances") {
        for utterance in entry.value.list("utterances")? {
            let text = utterance.text("utterances")?;
            let example = example(&text, &entities).map_err(|reason| Fault::new(utterance.line, reason))?;
            match one_line(&example) {
                Some(line) => imported.document.block(name, Vec::new()).examples.push(line),
                None => imported
                    .lost
                    .push(Lost { line: utterance.line + before, what: "an empty utterance".into() }),
            }
        }
    }
    Ok(())
}

/// From `[slot:entity](words)` to `[words](entity:slot)`.
fn example(text: &str, entities: &BTreeMap<String, String>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        out += &plain(&rest[..open]);
        let inside = &rest[open + 1..];
        let close = inside
            .find(']')
            .ok_or_else(|| format!("`[` is never closed in `{text}`; write `[slot](words)`"))?;
        let (name, after) = (&inside[..close], &inside[close + 1..]);
        let words = after.strip_prefix('(').and_then(|after| after.split_once(')'));
        let Some((words, after)) = words else {
            return Err(format!("`[{name}]` has no words in `{text}`; write `[{name}](words)`"));
        };
        let (slot, entity) = match name.split_once(':') {
            Some((slot, entity)) => (slot.trim(), entity.trim()),
            None => (name.trim(), entities.get(name.trim()).map_or(name.trim(), String::as_str)),
        };
        if slot.is_empty() || entity.is_empty() {
            return Err(format!("a slot has no name in `{text}`; write `[slot](words)`"));
        }
        out += &mark(words, slot, entity);
        rest = after;
    }
    Ok(out + &plain(rest))
}

fn read_entity(name: &str, entries: &[Entry], before: usize, imported: &mut Imported) -> Result<(), Fault> {
    let keys = ["type", "name", "automatically_extensible", "use_synonyms", "matching_strictness", "values"];
    known(entries, name, entries[0].line, &keys)?;
    let mut entity = Entity { use_synonyms: true, automatically_extensible: true, ..Entity::default() };
    for entry in entries {
        match entry.key.as_str() {
            "automatically_extensible" => entity.automatically_extensible = yes_or_no(entry)?,
            "use_synonyms" => entity.use_synonyms = yes_or_no(entry)?,
            "matching_strictness" => entity.matching_strictness = Some(entry.value.number(&entry.key)?),
            "values" => {
                for value in entry.value.list("values")? {
                    let mut said: Vec<String> = match value.list("values") {
                        Ok(said) => said.iter().map(|said| said.text("values")).collect::<Result<_, _>>()?,
                        Err(_) => vec![value.text("values")?],
                    };
                    if said.is_empty() {
                        return Err(Fault::new(value.line, "a value is empty; write it or remove it"));
                    }
                    entity.data.push(EntityValue { value: said.remove(0), synonyms: said });
                }
            }
            _ => {}
        }
    }
    add_entity(imported, name, &entity, entries[0].line + before);
    Ok(())
}

/// YAML 1.1's booleans, as Snips writes them.
fn yes_or_no(entry: &Entry) -> Result<bool, Fault> {
    if let Ok(value) = entry.value.bool(&entry.key) {
        return Ok(value);
    }
    match entry.value.text(&entry.key)?.to_lowercase().as_str() {
        "yes" | "true" | "on" => Ok(true),
        "no" | "false" | "off" => Ok(false),
        other => Err(Fault::new(entry.line, format!("`{}` is `yes` or `no`, not `{other}`", entry.key))),
    }
}
