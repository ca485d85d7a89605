//! What the training sentences teach about words before any weight is learnt: which values each
//! slot has taken, and which words carry sentences rather than values.
//!
//! Every count can be asked *leaving one sentence out*. Training must do so: a value is always in
//! the list that was made from its own sentence, and a tagger that sees this trusts lists blindly.

use std::collections::BTreeMap;

use super::example::Example;
use super::places;
use super::tokens::Token;

/// Longest value that lists are searched for, in tokens.
const LONGEST: usize = 8;

/// Counts over the training sentences.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lexicon {
    /// Slot names; other tables hold indices.
    pub slots: Vec<String>,
    /// Values, tokens joined by a space → how often each slot took it.
    pub values: BTreeMap<String, Vec<(u16, u32)>>,
    /// Tokens of values → how often each slot held it.
    pub inside: BTreeMap<String, Vec<(u16, u32)>>,
    /// Tokens outside all slots → how often.
    pub outside: BTreeMap<String, u32>,
}

/// A stretch of tokens that is a known value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    pub slot: u16,
    pub first: usize,
    /// One past the last token.
    pub end: usize,
}

impl Lexicon {
    /// How often a word must stand outside all slots to be a carrier word.
    pub const CARRIER: u32 = 3;

    /// Counts over all examples, whose tokens are `tokens`, and over values that are `known`
    /// beside them: slot and tokens. No sentence that is left out takes those away.
    #[must_use]
    pub fn learn(examples: &[Example], tokens: &[Vec<Token>], known: &[(String, Vec<Token>)]) -> Self {
        let mut slots: Vec<_> =
            examples.iter().flat_map(|example| &example.slots).map(|span| span.name.clone()).collect();
        slots.extend(places::LISTS.iter().map(|(name, _)| (*name).to_owned()));
        slots.extend(known.iter().map(|(slot, _)| slot.clone()));
        slots.sort_unstable();
        slots.dedup();
        let mut all = Self { slots, ..Self::default() };
        for (example, tokens) in examples.iter().zip(tokens) {
            all.count(example, tokens);
        }
        for (name, value) in known {
            let Ok(slot) = all.slots.binary_search(name) else { continue };
            bump(&mut all.values, &join(value), slot as u16);
            for token in value {
                bump(&mut all.inside, &token.lower, slot as u16);
            }
        }
        all.add_places();
        all
    }

    fn add_places(&mut self) {
        for (name, values) in places::LISTS {
            let Ok(slot) = self.slots.binary_search_by(|slot| slot.as_str().cmp(name)) else { continue };
            for value in values.split(',') {
                bump(&mut self.values, value, slot as u16);
            }
        }
    }

    /// The counts of one sentence alone, to be left out.
    #[must_use]
    pub fn own(&self, example: &Example, tokens: &[Token]) -> Self {
        let mut own = Self { slots: self.slots.clone(), ..Self::default() };
        own.count(example, tokens);
        own
    }

    /// Drops what only training needs: how often, and words too rare to carry.
    pub fn compact(&mut self) {
        for counts in self.values.values_mut().chain(self.inside.values_mut()) {
            for (_, count) in counts {
                *count = 1;
            }
        }
        self.outside.retain(|_, count| *count >= Self::CARRIER);
        self.outside.values_mut().for_each(|count| *count = Self::CARRIER);
    }

    fn count(&mut self, example: &Example, tokens: &[Token]) {
        let mut covered = vec![false; tokens.len()];
        for span in &example.slots {
            let Ok(slot) = self.slots.binary_search(&span.name) else { continue };
            let range = token_range(tokens, span.start, span.end);
            for token in &tokens[range.clone()] {
                bump(&mut self.inside, &token.lower, slot as u16);
            }
            bump(&mut self.values, &join(&tokens[range.clone()]), slot as u16);
            covered[range].fill(true);
        }
        for (token, _) in tokens.iter().zip(covered).filter(|(_, covered)| !covered) {
            *self.outside.entry(token.lower.clone()).or_default() += 1;
        }
    }

    /// Known values in a sentence, every slot and length, counts of `own` taken off.
    #[must_use]
    pub fn matches(&self, tokens: &[Token], own: Option<&Self>) -> Vec<Match> {
        let mut found = Vec::new();
        for first in 0..tokens.len() {
            for end in first + 1..=tokens.len().min(first + LONGEST) {
                let key = join(&tokens[first..end]);
                for slot in left(&self.values, own.map(|own| &own.values), &key) {
                    found.push(Match { slot, first, end });
                }
            }
        }
        found
    }

    /// Slots whose values hold this token.
    #[must_use]
    pub fn holders(&self, lower: &str, own: Option<&Self>) -> Vec<u16> {
        left(&self.inside, own.map(|own| &own.inside), lower)
    }

    /// Whether a word was ever seen, outside or inside values.
    #[must_use]
    pub fn knows(&self, lower: &str, own: Option<&Self>) -> bool {
        self.is_carrier(lower, own)
            || !self.holders(lower, own).is_empty()
            || lower.starts_with(|c: char| c.is_ascii_digit())
    }

    /// Whether a word carries sentences ("add … to …").
    #[must_use]
    pub fn is_carrier(&self, lower: &str, own: Option<&Self>) -> bool {
        let count = |lexicon: &Self| lexicon.outside.get(lower).copied().unwrap_or(0);
        count(self) - own.map_or(0, count) >= Self::CARRIER
    }
}

/// The tokens that a range of characters touches.
#[must_use]
pub fn token_range(tokens: &[Token], start: usize, end: usize) -> std::ops::Range<usize> {
    let first = tokens.partition_point(|token| token.end <= start);
    let last = tokens.partition_point(|token| token.start < end);
    first..last.max(first)
}

fn join(tokens: &[Token]) -> String {
    let words: Vec<_> = tokens.iter().map(|token| token.lower.as_str()).collect();
    words.join(" ")
}

fn bump(table: &mut BTreeMap<String, Vec<(u16, u32)>>, key: &str, slot: u16) {
    let counts = table.entry(key.to_owned()).or_default();
    match counts.binary_search_by_key(&slot, |&(slot, _)| slot) {
        Ok(at) => counts[at].1 += 1,
        Err(at) => counts.insert(at, (slot, 1)),
    }
}

fn left(
    table: &BTreeMap<String, Vec<(u16, u32)>>,
    own: Option<&BTreeMap<String, Vec<(u16, u32)>>>,
    key: &str,
) -> Vec<u16> {
    let Some(counts) = table.get(key) else { return Vec::new() };
    let own = own.and_then(|own| own.get(key)).map_or(&[][..], Vec::as_slice);
    let taken = |slot| own.iter().find(|&&(other, _)| other == slot).map_or(0, |&(_, count)| count);
    counts.iter().filter(|&&(slot, count)| count > taken(slot)).map(|&(slot, _)| slot).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::trained::tokens::tokenize;

    #[test]
    fn a_sentence_can_be_left_out() {
        let examples: Vec<_> = ["play [Yo Ho](track)", "play [yo ho](album) now", "play [jazz](genre)"]
            .iter()
            .map(|markup| Example::parse("Play", markup).unwrap())
            .collect();
        let all: Vec<_> = examples.iter().map(|example| tokenize(&example.text)).collect();
        let lexicon = Lexicon::learn(&examples, &all, &[]);
        let tokens = tokenize(&examples[0].text);
        let names = |own: Option<&Lexicon>| {
            let found = lexicon.matches(&tokens, own);
            found
                .iter()
                .map(|m| (lexicon.slots[m.slot as usize].as_str(), m.first, m.end))
                .collect::<Vec<_>>()
        };
        assert_eq!(names(None), [("album", 1, 3), ("track", 1, 3)]);
        let own = lexicon.own(&examples[0], &tokens);
        assert_eq!(names(Some(&own)), [("album", 1, 3)]);
        assert!(lexicon.is_carrier("play", None));
        assert!(!lexicon.is_carrier("play", Some(&own)));
    }
}
