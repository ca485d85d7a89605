//! Snips' JSON: the NLU library's datasets, and the benchmark's, which are intents alone.
//!
//! `{"language": "en", "intents": {"Play": {"utterances": [{"data": [{"text": "play "}, {"text":
//! "jazz", "entity": "genre", "slot_name": "style"}]}]}}, "entities": {"genre": {"data": [{"value":
//! "jazz", "synonyms": []}], "use_synonyms": true, "automatically_extensible": true}}}`

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Document, Fault, Imported, List, Lost, plain, template_of};
use crate::nlu::snips;
use crate::nlu::trained::Example;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dataset {
    language: Option<String>,
    intents: BTreeMap<String, Intent>,
    #[serde(default)]
    entities: BTreeMap<String, Entity>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Intent {
    utterances: Vec<Utterance>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Utterance {
    data: Vec<Piece>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Piece {
    text: String,
    entity: Option<String>,
    slot_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entity {
    #[serde(default)]
    pub data: Vec<EntityValue>,
    #[serde(default = "yes")]
    pub use_synonyms: bool,
    #[serde(default = "yes")]
    pub automatically_extensible: bool,
    pub matching_strictness: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntityValue {
    pub value: String,
    #[serde(default)]
    pub synonyms: Vec<String>,
}

fn yes() -> bool {
    true
}

/// Entities that Snips knows by itself.
const BUILT_IN: &str = "snips/";

pub(super) fn read(bytes: &[u8], language: &str) -> Result<Imported, Fault> {
    let value: Option<Value> = serde_json::from_slice(bytes).ok();
    if value.as_ref().is_some_and(|value| value["intents"].is_object()) {
        return dataset(bytes, language);
    }
    let examples = snips::read(bytes).map_err(|reason| Fault::new(line_in(&reason), reason))?;
    let mut imported = Imported::default();
    language.clone_into(&mut imported.document.language);
    for (number, example) in examples.iter().enumerate() {
        match marked(example) {
            Some(marked) => imported.document.block(&example.intent, Vec::new()).examples.push(marked),
            None => imported.lost.push(Lost { line: 0, what: format!("example {} is empty", number + 1) }),
        }
    }
    Ok(imported)
}

/// "… at line 3 column 4".
fn line_in(message: &str) -> usize {
    let after = message.rsplit_once("at line ").map_or("", |(_, after)| after);
    after.split(' ').next().and_then(|line| line.parse().ok()).unwrap_or(1)
}

/// An example's text with its slots marked, on one line.
fn marked(example: &Example) -> Option<String> {
    let chars: Vec<char> = example.text.chars().collect();
    let (mut text, mut at) = (String::new(), 0);
    let piece = |from: usize, to: usize| plain(&chars[from..to].iter().collect::<String>());
    for slot in &example.slots {
        let words = piece(slot.start, slot.end);
        text.extend([&piece(at, slot.start), "[", &words, "](", &slot.name, ")"]);
        at = slot.end;
    }
    text += &piece(at, chars.len());
    one_line(&text)
}

pub(super) fn one_line(text: &str) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

fn dataset(bytes: &[u8], language: &str) -> Result<Imported, Fault> {
    let data: Dataset = serde_json::from_slice(bytes)
        .map_err(|error| Fault::new(error.line().max(1), format!("not a Snips dataset: {error}")))?;
    let mut imported = Imported::default();
    imported.document.language = data.language.unwrap_or_else(|| language.to_owned());
    let mut built_in = BTreeMap::new();
    for (name, intent) in data.intents {
        for (number, utterance) in intent.utterances.into_iter().enumerate() {
            let mut text = String::new();
            for piece in utterance.data {
                let Some(entity) = piece.entity else {
                    text += &plain(&piece.text);
                    continue;
                };
                let slot = piece.slot_name.unwrap_or_else(|| entity.clone());
                if entity.starts_with(BUILT_IN) {
                    built_in.insert((name.clone(), slot.clone()), entity.clone());
                }
                text += &mark(&piece.text, &slot, &entity);
            }
            match one_line(&text) {
                Some(line) => imported.document.block(&name, Vec::new()).examples.push(line),
                None => imported
                    .lost
                    .push(Lost { line: 0, what: format!("utterance {} of `{name}` is empty", number + 1) }),
            }
        }
    }
    for ((intent, slot), entity) in built_in {
        imported.lost.push(kept_as_said(0, &intent, &slot, &entity));
    }
    for (name, entity) in data.entities {
        if !name.starts_with(BUILT_IN) {
            add_entity(&mut imported, &name, &entity, 0);
        }
    }
    Ok(imported)
}

/// `[words](slot)`, or `[words](list:slot)`.
pub(super) fn mark(words: &str, slot: &str, entity: &str) -> String {
    let inner = words.trim();
    let before = &words[..words.len() - words.trim_start().len()];
    let after = &words[words.trim_end().len()..];
    if inner.is_empty() {
        return words.to_owned();
    }
    let name = if slot == entity || entity.starts_with(BUILT_IN) {
        slot.to_owned()
    } else {
        format!("{entity}:{slot}")
    };
    format!("{before}[{}]({name}){after}", plain(inner))
}

pub(super) fn kept_as_said(line: usize, intent: &str, slot: &str, entity: &str) -> Lost {
    let what = format!("slot `{slot}` of `{intent}` is a `{entity}`: its value stays as it was said");
    Lost { line, what }
}

pub(super) fn add_entity(imported: &mut Imported, name: &str, entity: &Entity, line: usize) {
    let mut lose = |what: String| imported.lost.push(Lost { line, what });
    if !entity.automatically_extensible {
        lose(format!("entity `{name}` takes only its own values; examples teach others as well"));
    }
    if entity.matching_strictness.is_some_and(|strictness| strictness < 1.0) {
        lose(format!("`matching_strictness` of entity `{name}`: near names are found by one rule for all"));
    }
    let mut values = Vec::new();
    for value in &entity.data {
        let said: Vec<String> = std::iter::once(&value.value)
            .chain(&value.synonyms)
            .map(|said| template_of(said))
            .filter(|said| !said.is_empty())
            .collect();
        if said.is_empty() {
            lose(format!("an empty value of entity `{name}`"));
        } else if said.len() == 1 || !entity.use_synonyms {
            let own = std::iter::once(&value.value).chain(&value.synonyms);
            values.extend(said.iter().zip(own).map(|(said, own)| (said.clone(), own.as_str().into())));
        } else {
            values.push((format!("({})", said.join("|")), value.value.as_str().into()));
        }
    }
    add_list(&mut imported.document, name, List::Values(values));
}

fn add_list(document: &mut Document, name: &str, list: List) {
    document.lists.push((name.to_owned(), list));
}
