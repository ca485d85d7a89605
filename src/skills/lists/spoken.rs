//! From what somebody said to the things that they meant: "milk, some eggs and bread" is three.

use serde_json::Value;

use crate::nlu::text::{is_french, words};
use crate::nlu::{Intent, Slot};

/// An item longer than this was not meant as one.
pub const MAX_CHARS: usize = 200;

/// The things of an intent: of its slots `item`, `item_2`, `item_3`.
pub fn things(intent: &Intent, language: &str) -> Vec<String> {
    let mut things = Vec::new();
    for slot in intent.slots.iter().filter(|slot| slot.name == "item" || slot.name.starts_with("item_")) {
        let known = slot.value.as_str().filter(|value| *value != slot.raw);
        if let Some(value) = known {
            things.push(value.to_owned());
            continue;
        }
        things.extend(split(&said(intent, slot), language));
    }
    things
}

/// The words of a slot as they stand in the text.
pub fn as_said(intent: &Intent, slot: &str) -> Option<String> {
    let slot = intent.slots.iter().find(|known| known.name == slot)?;
    let said = said(intent, slot);
    let said = said.trim().trim_end_matches(['.', '!', '?']).trim();
    (!said.is_empty()).then(|| said.to_owned())
}

/// The text itself still has the commas that its words have lost.
fn said(intent: &Intent, slot: &Slot) -> String {
    match (slot.range, &slot.value) {
        (Some([start, end]), _) => intent.text.chars().skip(start).take(end.saturating_sub(start)).collect(),
        (None, Value::String(value)) if slot.raw.is_empty() => value.clone(),
        _ => slot.raw.clone(),
    }
}

/// Parts a row of things at commas and at "and", without their articles.
fn split(said: &str, language: &str) -> Vec<String> {
    let and = if is_french(language) { " et " } else { " and " };
    said.split([',', ';', '\n'])
        .flat_map(|part| part.split(and))
        .map(|part| bare(part, language))
        .filter(|part| !part.is_empty())
        .collect()
}

/// Without "some", "du" and the like in front; "a" stays where it counts something ("a loaf of bread").
fn bare(said: &str, language: &str) -> String {
    let french = is_french(language);
    let (some, one): (&[&str], &[&str]) = if french {
        (
            &[
                "et ", "du ", "de la ", "de l'", "de l’", "des ", "de ", "d'", "d’", "le ", "la ", "les ",
                "l'", "l’",
            ],
            &["un ", "une "],
        )
    } else {
        (&["and ", "some ", "more ", "the ", "any "], &["a ", "an "])
    };
    let mut rest = said.trim().trim_end_matches(['.', '!', '?']).trim();
    loop {
        let lower = rest.to_lowercase();
        let begins = |article: &&&str| lower.starts_with(**article) && rest.is_char_boundary(article.len());
        let after = |article: &str| rest[article.len()..].trim_start();
        let next = some.iter().find(begins).map(|article| after(article)).or_else(|| {
            one.iter().find(begins).map(|article| after(article)).filter(|thing| !thing.contains(' '))
        });
        match next {
            Some(thing) if !thing.is_empty() => rest = thing,
            _ => return rest.to_owned(),
        }
    }
}

/// Whether two wordings are of the same thing: case, plural and articles aside.
pub fn same(a: &str, b: &str, language: &str) -> bool {
    let plain = |text: &str| -> Vec<String> {
        words(&bare(text, language), language)
            .into_iter()
            .map(|word| match word.strip_suffix(['s', 'x']) {
                Some(stem) if stem.chars().count() > 2 => stem.to_owned(),
                _ => word,
            })
            .collect()
    };
    plain(a) == plain(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_things_is_parted() {
        assert_eq!(split("milk, some eggs and a loaf of bread", "en"), ["milk", "eggs", "a loaf of bread"]);
        assert_eq!(split("milk, eggs, and bread.", "en"), ["milk", "eggs", "bread"]);
        assert_eq!(split("sandwiches", "en"), ["sandwiches"]);
        assert_eq!(split("du lait, des œufs et de l'huile d'olive", "fr"), ["lait", "œufs", "huile d'olive"]);
        assert_eq!(split("the", "en"), ["the"]);
        assert!(split(" , and ", "en").iter().all(|thing| !thing.is_empty()));
    }

    #[test]
    fn one_egg_is_the_same_as_eggs() {
        assert!(same("Eggs", "an egg", "en"));
        assert!(same("poireaux", "les poireau", "fr"));
        assert!(!same("tea", "team", "en"));
        assert!(!same("gas", "gin", "en"));
    }
}
