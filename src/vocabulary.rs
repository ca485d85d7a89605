//! Values that are added to slot lists while the assistant lives: a new playlist, a guest's name.
//!
//! They are kept in the store, so that they survive a restart, and merged into the grammar when a
//! household is loaded, so that they are understood and recognised alike. The command line and
//! whatever else brings new words use the functions of this module.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::nlu::sentences::{KnownKind, KnownList, ListEntry, ListSource};
use crate::nlu::{suggestion, text};
use crate::store::{self, Store, StoreError};
use crate::stt::SttError;
use crate::stt::vocabulary::pronounce;

/// The store's namespace.
const NAMESPACE: &str = "vocabulary";

/// A value that is said in more words is a mistake, and would make recognition slow.
const MAX_WORDS: usize = 32;

/// One value of a list, added at run time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    pub list: String,
    /// What it means: what the slot gets.
    pub value: String,
    /// How it is said, as plain words; at least one way.
    pub said: Vec<String>,
}

/// Why a value cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum VocabularyError {
    /// There is no such list. `mend` names a near one, or those that there are.
    #[error("there is no list `{list}`; {mend}")]
    NoList { list: String, mend: String },
    /// The list takes no values.
    #[error("list `{list}` {reason}")]
    Closed { list: String, reason: String },
    /// Nobody could say it.
    #[error("`{said}` cannot be added: {reason}")]
    Unsayable { said: String, reason: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds values to the lists of a household in `language`: all of them or, when one is refused,
/// none. A value that was added before gets the new ways to say it besides the old ones. `lists`
/// are [`crate::household::Household::lists`].
///
/// # Errors
/// [`VocabularyError`], with the list or the words in question.
pub fn add(
    store: &mut dyn Store,
    language: &str,
    lists: &[KnownList],
    values: &[Added],
) -> Result<(), VocabularyError> {
    let before = all(store, language)?;
    let mut records: Vec<(String, Added)> = Vec::new();
    let mut words = Vec::new();
    for value in values {
        check_list(lists, value)?;
        for said in &value.said {
            words.extend(check_said(said, language)?.into_iter().map(|word| (word, said)));
        }
        let key = key(language, value);
        let known = records.iter().rev().find(|(other, _)| *other == key).map(|(_, value)| value);
        let known =
            known.or_else(|| before.iter().find(|old| old.list == value.list && old.value == value.value));
        let mut merged = known.cloned().unwrap_or_else(|| Added { said: Vec::new(), ..value.clone() });
        for said in &value.said {
            if !merged.said.contains(said) {
                merged.said.push(said.clone());
            }
        }
        records.push((key, merged));
    }
    check_sound(&words, language)?;
    let records: Vec<_> =
        records.into_iter().map(|(key, added)| (key, serde_json::to_value(added).ok())).collect();
    Ok(store.write(NAMESPACE, &records)?)
}

/// Everything that was added in a language, by list and value.
///
/// # Errors
/// When the store cannot be read.
pub fn all(store: &dyn Store, language: &str) -> Result<Vec<Added>, StoreError> {
    let mut added = Vec::new();
    for (key, record) in store.list(NAMESPACE)? {
        if !key.starts_with(&prefix(language)) {
            continue;
        }
        if let Ok(value) = serde_json::from_value(record) {
            added.push(value);
        } else {
            tracing::warn!("the stored word `{key}` cannot be read; it is left out");
        }
    }
    Ok(added)
}

/// Takes out everything that was added to a list, or to all of them; says how many values.
///
/// # Errors
/// When the store cannot be written.
pub fn reset(store: &mut dyn Store, language: &str, list: Option<&str>) -> Result<usize, StoreError> {
    let gone: Vec<_> = store
        .list(NAMESPACE)?
        .into_iter()
        .filter(|(key, record)| {
            key.starts_with(&prefix(language)) && list.is_none_or(|list| record["list"] == list)
        })
        .map(|(key, _)| (key, None))
        .collect();
    store.write(NAMESPACE, &gone)?;
    Ok(gone.len())
}

/// What was added, as the sentence files' loader takes it.
#[must_use]
pub fn sources(added: &[Added]) -> Vec<ListSource> {
    let entries = |added: &Added| {
        let value = Value::String(added.value.clone());
        let said = added.said.iter().cloned();
        said.map(|text| ListEntry { text, value: value.clone(), context: Vec::new() }).collect()
    };
    added.iter().map(|added| ListSource { name: added.list.clone(), values: entries(added) }).collect()
}

/// What was added in a data folder; nothing where there is no store yet.
///
/// # Errors
/// When the store cannot be read.
pub fn read(data_dir: &Path, language: &str) -> Result<Vec<ListSource>, StoreError> {
    if !store::file_in(data_dir).is_file() {
        return Ok(Vec::new());
    }
    let (store, _) = store::open(data_dir)?;
    Ok(sources(&all(store.as_ref(), language)?))
}

/// Words depend on the language; `en-GB` and `en` share them.
fn prefix(language: &str) -> String {
    format!("{}/", language.split(['-', '_']).next().unwrap_or_default().to_lowercase())
}

fn key(language: &str, value: &Added) -> String {
    format!("{}{}/{}", prefix(language), value.list, value.value)
}

fn check_list(lists: &[KnownList], value: &Added) -> Result<(), VocabularyError> {
    let name = &value.list;
    let Some(list) = lists.iter().find(|list| list.name == *name) else {
        let open = lists.iter().filter(|list| list.kind == KnownKind::Values);
        let mend = suggestion(name, lists.iter().map(|list| list.name.as_str())).map_or_else(
            || {
                let names: Vec<_> = open.map(|list| format!("`{}`", list.name)).collect();
                format!("values can be added to {}", names.join(", "))
            },
            |near| format!("did you mean `{near}`?"),
        );
        return Err(VocabularyError::NoList { list: name.clone(), mend });
    };
    let closed = |reason: String| Err(VocabularyError::Closed { list: name.clone(), reason });
    match list.kind {
        KnownKind::Values => Ok(()),
        KnownKind::Wildcard => closed("takes any words already; it needs no values".into()),
        KnownKind::Entity => closed("takes typed values of its own kind; it needs no others".into()),
        KnownKind::Range => {
            closed("is a range of numbers; change `from` and `to` in its sentence file".into())
        }
        // Another name for what the home has; what it does not have cannot be acted on.
        KnownKind::Home if list.values.iter().any(|known| *known == value.value) => Ok(()),
        KnownKind::Home => {
            let known = list.values.iter().filter_map(Value::as_str);
            let mend = suggestion(&value.value, known).map_or_else(
                || "add it to the home file".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            closed(format!("comes from the home, which has no `{}`; {mend}", value.value))
        }
    }
}

/// The words that somebody would say.
fn check_said(said: &str, language: &str) -> Result<Vec<String>, VocabularyError> {
    let refuse =
        |reason: String| VocabularyError::Unsayable { said: said.chars().take(60).collect(), reason };
    let words = text::words(said, language);
    if words.is_empty() {
        return Err(refuse("there are no words in it; give some with `--say`".into()));
    }
    if words.len() > MAX_WORDS {
        return Err(refuse(format!("it has {} words, and {MAX_WORDS} are the most", words.len())));
    }
    Ok(words)
}

/// A word without a known sound would leave the recogniser without any vocabulary. Where espeak-ng
/// is missing, the recogniser says so itself.
fn check_sound(words: &[(String, &String)], language: &str) -> Result<(), VocabularyError> {
    let spoken: Vec<&str> = words.iter().map(|(word, _)| word.as_str()).collect();
    if spoken.is_empty() || !pronounce::is_installed() || pronounce::with_espeak(&spoken, language).is_ok() {
        return Ok(());
    }
    for (word, said) in words {
        if let Err(SttError::Vocabulary(_)) = pronounce::with_espeak(&[word.as_str()], language) {
            let reason = format!(
                "nobody can tell how `{word}` sounds in `{language}`; say it in other letters with `--say`"
            );
            return Err(VocabularyError::Unsayable { said: (*said).clone(), reason });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::home::Home;
    use crate::household::Household;
    use crate::nlu::sentences::SourceFile;
    use crate::store::MemoryStore;

    const FILE: &str = r#"
language: en
intents:
  Play: { data: [{ sentences: ["play {playlist}", "play {song} loudly"], lists: { song: { values: [yesterday] } } }] }
  On: { data: [{ sentences: ["light up {name}"], requires_context: { domain: { value: light, slot: true } } }] }
  Loud: { data: [{ sentences: ["volume {level}", "say {words}"] }] }
lists:
  playlist: { values: [] }
  level: { range: { from: 0, to: 10 } }
  words: { wildcard: true }
"#;

    fn household(vocabulary: &[ListSource]) -> Household {
        let file = SourceFile { path: "music.yaml".into(), text: FILE.into() };
        Household::with_vocabulary("en", Home::demo(), &[file], None, vocabulary).unwrap()
    }

    fn added(list: &str, value: &str, said: &[&str]) -> Added {
        let said = if said.is_empty() { &[value][..] } else { said };
        Added { list: list.into(), value: value.into(), said: said.iter().map(|&way| way.into()).collect() }
    }

    fn add_one(store: &mut MemoryStore, value: Added) -> Result<(), VocabularyError> {
        add(store, "en", &household(&[]).lists, &[value])
    }

    #[test]
    fn what_is_added_is_understood_until_it_is_reset() {
        let mut store = MemoryStore::default();
        assert!(household(&[]).understanding.exactly("play chill mix").is_none());
        add_one(&mut store, added("playlist", "Chill", &["chill mix"])).unwrap();
        add_one(&mut store, added("playlist", "Chill", &["the calm one"])).unwrap();
        add_one(&mut store, added("song", "Let It Be", &[])).unwrap();
        add_one(&mut store, added("name", "Bed Light", &["grandma's lamp"])).unwrap();

        let house = household(&sources(&all(&store, "en").unwrap()));
        for (text, slot, value) in [
            ("play chill mix", "playlist", "Chill"),
            ("play the calm one", "playlist", "Chill"),
            ("play let it be loudly", "song", "Let It Be"),
            // Another name is allowed where the device's own is.
            ("light up grandma's lamp", "name", "Bed Light"),
        ] {
            let intent = house.understanding.exactly(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(intent.slot_str(slot), Some(value), "{text}");
        }
        assert!(all(&store, "fr").unwrap().is_empty(), "words of one language are not another's");
        assert_eq!(all(&store, "en-GB").unwrap().len(), 3);

        assert_eq!(reset(&mut store, "en", Some("playlist")).unwrap(), 1);
        assert_eq!(all(&store, "en").unwrap().len(), 2);
        assert_eq!(reset(&mut store, "en", None).unwrap(), 2);
        assert!(all(&store, "en").unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_added_is_refused_with_its_mend() {
        let mut store = MemoryStore::default();
        let long = "la ".repeat(MAX_WORDS + 1);
        for (value, said) in [
            (added("playlst", "x", &[]), "there is no list `playlst`; did you mean `playlist`?"),
            (added("zzz", "x", &[]), "values can be added to `playlist`, `song`"),
            (added("level", "eleven", &[]), "is a range of numbers"),
            (added("words", "x", &[]), "takes any words already"),
            (added("name", "Bed Ligth", &[]), "did you mean `Bed Light`?"),
            (added("playlist", "🎉", &[]), "there are no words in it"),
            (added("playlist", "x", &[&long]), "it has 33 words"),
        ] {
            let error = add_one(&mut store, value).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        assert!(all(&store, "en").unwrap().is_empty());
    }

    #[test]
    fn a_word_without_a_sound_is_refused() {
        if !pronounce::is_installed() {
            println!("skipped: a_word_without_a_sound_is_refused: espeak-ng is not installed");
            return;
        }
        let error = add_one(&mut MemoryStore::default(), added("playlist", "mix ٣", &[])).unwrap_err();
        assert!(error.to_string().contains("how `٣` sounds"), "{error}");
    }

    #[test]
    fn values_of_lists_that_are_gone_are_passed_over() {
        let gone =
            sources(&[added("no_such_list", "x", &[]), added("level", "x", &[]), added("name", "Gone", &[])]);
        let house = household(&gone);
        assert!(house.understanding.exactly("light up gone").is_none());
        assert!(house.understanding.exactly("volume 3").is_some());
    }
}
