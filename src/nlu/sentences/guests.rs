//! Sentence files of others (plugins), which live in a name space of their own.
//!
//! The intents, rules, lists and answers of a guest are named `space.name`, so that it can neither
//! replace the household's nor another guest's; `{name}`, `<brightness>` and whatever else the
//! household has can still be referred to. Two things are refused: skip words, which would change
//! what the household's own sentences mean, and sentences without words of their own, which would
//! hand everything that is said to the guest.

use std::collections::BTreeSet;

use super::SourceFile;
use super::raw::{Block, Names, Raw, RawListKind, Said};
use crate::nlu::NluError;
use crate::nlu::template::{Piece, Sequence};

/// Rules inside rules that are followed to see whether a sentence has words of its own.
const MAX_DEPTH: usize = 20;

/// The sentence files of a guest.
#[derive(Debug, Clone)]
pub struct Guest {
    /// What its names begin with, before a point.
    pub space: String,
    pub files: Vec<SourceFile>,
    /// Whether it may have sentences that consist of any words.
    pub any_words: bool,
}

impl Raw {
    /// Adds a guest's sentences to those of the household.
    pub(super) fn admit(&mut self, language: &str, guest: &Guest) -> Result<(), NluError> {
        let mut own = Self::read_files(language, &guest.files)?;
        if let (Some(_), Some(file)) = (own.skip_words.first(), guest.files.first()) {
            let reason = "a plugin has no `skip_words`; write them into its sentences as [please]";
            return Err(NluError::Sentence { file: file.path.clone(), line: 1, reason: reason.into() });
        }
        let renames = Renames {
            space: &guest.space,
            rules: own.names.rules.keys().cloned().collect(),
            lists: own.names.lists.keys().cloned().collect(),
        };
        for block in &mut own.blocks {
            renames.block(block);
        }
        let nothing = Shadow::default();
        for (name, mut rule) in std::mem::take(&mut own.names.rules) {
            renames.sequence(&mut rule.sequence, &nothing);
            self.names.rules.insert(renames.full(&name), rule);
        }
        for (name, mut list) in std::mem::take(&mut own.names.lists) {
            renames.values(&mut list.kind, &nothing);
            self.names.lists.insert(renames.full(&name), list);
        }
        self.responses.adopt(&guest.space, &own.responses);
        if !guest.any_words {
            for block in &own.blocks {
                if let Some(bare) =
                    block.sentences.iter().find(|one| self.is_bare(&one.sequence, &block.local, 0))
                {
                    let reason = format!(
                        "`{}` can be said without a word of its own, which gives the plugin whatever is said; \
                         add words, or ask for the permission `transcripts`",
                        bare.text
                    );
                    return Err(bare.place.error(reason));
                }
            }
        }
        self.blocks.append(&mut own.blocks);
        Ok(())
    }

    /// Whether nothing in a sequence must be said but wildcards.
    fn is_bare(&self, sequence: &Sequence, local: &Names, depth: usize) -> bool {
        let bare = |part: &Sequence| self.is_bare(part, local, depth);
        sequence.0.iter().all(|piece| match piece {
            Piece::Text(text) => !text.chars().any(char::is_alphanumeric),
            Piece::Space | Piece::Optional(_) => true,
            Piece::Alternatives(parts) => parts.iter().any(bare),
            Piece::Permutation(parts) => parts.iter().all(bare),
            Piece::List { list, .. } => {
                let list = local.lists.get(list).or_else(|| self.names.lists.get(list));
                list.is_some_and(|list| matches!(list.kind, RawListKind::Wildcard))
            }
            // Too deep is refused when it is compiled.
            Piece::Rule(_) if depth > MAX_DEPTH => false,
            Piece::Rule(name) => {
                let rule = local.rules.get(name).or_else(|| self.names.rules.get(name));
                rule.is_some_and(|rule| self.is_bare(&rule.sequence, local, depth + 1))
            }
        })
    }
}

/// Names of a guest, and those that mean something else in one of its blocks.
struct Renames<'a> {
    space: &'a str,
    rules: BTreeSet<String>,
    lists: BTreeSet<String>,
}

/// The rules and lists that a block has for itself.
#[derive(Default)]
struct Shadow {
    rules: BTreeSet<String>,
    lists: BTreeSet<String>,
}

impl Renames<'_> {
    fn full(&self, name: &str) -> String {
        format!("{}.{name}", self.space)
    }

    fn block(&self, block: &mut Block) {
        let local = &mut block.local;
        let shadow = Shadow {
            rules: local.rules.keys().cloned().collect(),
            lists: local.lists.keys().cloned().collect(),
        };
        block.intent = self.full(&block.intent);
        for template in block.sentences.iter_mut().chain(local.rules.values_mut()) {
            self.sequence(&mut template.sequence, &shadow);
        }
        for list in local.lists.values_mut() {
            self.values(&mut list.kind, &shadow);
        }
        for (example, _) in &mut block.examples {
            example.intent = self.full(&example.intent);
            for span in &mut example.slots {
                let (list, slot) = span.name.split_once(':').unwrap_or((&span.name, &span.name));
                if self.lists.contains(list) && !shadow.lists.contains(list) {
                    span.name = format!("{}:{slot}", self.full(list));
                }
            }
        }
    }

    fn values(&self, list: &mut RawListKind, shadow: &Shadow) {
        let RawListKind::Values(values) = list else { return };
        for value in values {
            if let Said::Template(sequence) = &mut value.said {
                self.sequence(sequence, shadow);
            }
        }
    }

    fn sequence(&self, sequence: &mut Sequence, shadow: &Shadow) {
        for piece in &mut sequence.0 {
            match piece {
                Piece::Text(_) | Piece::Space => {}
                Piece::Alternatives(parts) | Piece::Optional(parts) | Piece::Permutation(parts) => {
                    for part in parts {
                        self.sequence(part, shadow);
                    }
                }
                Piece::Rule(name) => {
                    if self.rules.contains(name) && !shadow.rules.contains(name) {
                        *name = self.full(name);
                    }
                }
                Piece::List { list, slot } => {
                    if self.lists.contains(list) && !shadow.lists.contains(list) {
                        slot.get_or_insert_with(|| list.clone());
                        *list = self.full(list);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Loaded, load_all};
    use super::*;
    use crate::nlu::Understanding;

    fn file(name: &str, text: &str) -> SourceFile {
        SourceFile { path: name.into(), text: format!("language: en\n{text}") }
    }

    fn load(text: &str, any_words: bool) -> Result<Loaded, NluError> {
        let house = file(
            "house.yaml",
            "intents:\n  Roll:\n    data:\n      - sentences: [\"roll up {die}\", \"<please> roll\"]\nlists:\n  die: {values: [blind]}\n  any: {wildcard: true}\nexpansion_rules:\n  please: please",
        );
        let guest = Guest { space: "dice".into(), files: vec![file("dice.yaml", text)], any_words };
        load_all("en", &[house], &[], &[], &[guest])
    }

    const DICE: &str = "intents:\n  Roll:\n    data:\n      - sentences: [\"<please> throw {die}\"]\n      - examples: [\"hurl [a coin](die)\"]\nlists:\n  die: {values: [a coin, {in: \"<six> sides\", out: 6}]}\nexpansion_rules:\n  please: go\n  six: six\nresponses:\n  intents:\n    Roll: {default: rolled}";

    #[test]
    fn a_guests_names_are_its_own() {
        let loaded = load(DICE, false).unwrap();
        let understanding = Understanding::new(loaded.grammar).unwrap();
        let thrown = understanding.exactly("go throw six sides").unwrap();
        assert_eq!((thrown.intent.as_str(), thrown.slot("die")), ("dice.Roll", Some(&6.into())));
        assert_eq!(understanding.exactly("roll up blind").unwrap().intent, "Roll");
        assert_eq!(understanding.exactly("please roll").unwrap().intent, "Roll");
        assert_eq!(understanding.exactly("roll up a coin"), None);
        assert_eq!(understanding.exactly("please throw a coin"), None);
        let rendered = |intent| loaded.responses.render(intent, "default", &serde_json::json!({}));
        assert_eq!((rendered("dice.Roll"), rendered("Roll")), (Some(Ok("rolled".into())), None));
        assert!(loaded.lists.iter().any(|list| list.name == "dice.die"));
    }

    #[test]
    fn nobody_gets_everything_that_is_said() {
        let greedy = |sentence: &str| {
            format!(
                "intents:\n  All:\n    data:\n      - sentences: [\"{sentence}\"]\nexpansion_rules:\n  deep: \"[so] {{any}}\"\n"
            )
        };
        for sentence in ["{any}", "[please] <deep>", "(tell|{any}) [me]", "({any};[now])"] {
            let error = load(&greedy(sentence), false).unwrap_err().to_string();
            assert!(error.contains("transcripts") && error.contains("dice.yaml:"), "{error}");
            assert!(load(&greedy(sentence), true).is_ok(), "{sentence}");
        }
        assert!(load(&greedy("cook {any}"), false).is_ok());
        assert!(load("skip_words: [turn]", false).unwrap_err().to_string().contains("skip_words"));
    }
}
