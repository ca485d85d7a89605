//! Names as people say them and as recognisers mishear them: "the study lite" is the Study Light.
//!
//! Every way to say a value of a list is kept by its sounds ([`spelling`]) in one tree ([`trie`]).
//! What was heard is compared by sound and by letters ([`costs`]); articles, elisions, possessives,
//! plurals, accents and case do not count ([`words`]). A value is only taken where it is near enough
//! and nothing else in the list is about as near.

mod costs;
mod spelling;
mod trie;
mod ways;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use super::grammar::{Grammar, ListKind};
use super::text;
use crate::stt::vocabulary::phones::Phone;
use costs::Costs;
use trie::Trie;
use ways::{Short, Use};
use words::{Reader, Word};

/// How far a name may be from what was heard. The default was chosen with `entrenous eval names` on
/// the first part of its lists (docs/understanding.md).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Slips for each phone, above which nothing is taken for a name.
    pub whole: f32,
    /// The same, for a name's worst word.
    pub worst_word: f32,
    /// How much nearer than the second best the best must be.
    pub margin: f32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { whole: 0.30, worst_word: 0.5, margin: 0.06 }
    }
}

/// How much farther than the whole limit a name's sound alone may be: its letters may be near.
const SOUND_ONLY: f32 = 1.15;
/// Of what is near by sound, this many are weighed in full, the nearest first.
const MAX_WEIGHED: usize = 16;
/// Phones beyond the longest name that are still looked at.
const TOO_MUCH: usize = 4;
/// Added where a word was heard that means something else at home.
const KNOWN: f32 = 0.25;
/// Weight of the better of sound and letters; the worse has the rest.
const BETTER: f32 = 0.8;
/// Weight of letters where the sound is the same.
const SAME_SOUND: f32 = 0.1;
/// Names with this many phones have the whole limit, shorter ones less: a slip in a short word is a
/// larger part of it.
const FULL_LENGTH: f32 = 5.0;
/// A word of a template is taken for another of the same sound only with this many letters.
const MIN_LITERAL: usize = 4;
/// Words that are looked at from a place.
const MAX_WORDS: usize = 8;
/// More candidates than this are not asked about.
const MAX_ASKED: usize = 4;

/// What a text is taken for.
#[derive(Debug, Clone, PartialEq)]
pub enum Resolution {
    /// A value (its place in the list), with how near it is: 1 for the same sound and letters.
    Sure(usize, f32),
    /// About equally near, best first: 2 to 4 values with different meanings.
    Several(Vec<(usize, f32)>),
    /// Nothing is near enough, or too much is.
    None,
}

/// A value that is near to some words of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Near {
    pub value: usize,
    /// One past the last word.
    pub end: usize,
    /// From 0 for the same.
    pub cost: f32,
}

/// Everything near to the words from one place on, in all lists.
#[derive(Debug)]
pub(super) struct Neighbours(Vec<(u32, usize, f32)>);

/// The words of a text, read once.
#[derive(Debug)]
pub(super) struct Heard {
    /// `None` for words that only join others.
    words: Vec<Option<Word>>,
}

/// All names of a grammar. Built once; a query never blocks and never allocates more than its text
/// asks for.
#[derive(Debug)]
pub struct Resolver {
    language: String,
    limits: Limits,
    reader: Reader,
    costs: Costs,
    trie: Trie,
    names: Vec<Name>,
    /// Words of templates by their sound.
    literals: BTreeMap<Vec<Phone>, Vec<String>>,
    /// Stems of all words of templates.
    of_sentences: BTreeSet<String>,
    /// Stems of words that mean something here.
    known: BTreeSet<String>,
    /// For each list and value, the first value of the list that means the same.
    same: Vec<Vec<usize>>,
}

/// One way to say something.
#[derive(Debug)]
struct Name {
    words: Vec<Word>,
    /// By list.
    uses: Vec<Use>,
}

impl Resolver {
    /// Reads the lists of a grammar.
    #[must_use]
    pub fn new(grammar: &Grammar) -> Self {
        let reader = Reader::new(&grammar.language);
        let costs = Costs::new(reader.spelling().phones());
        let literals = ways::literals(grammar);
        let mut by_sound: BTreeMap<Vec<Phone>, Vec<String>> = BTreeMap::new();
        for word in literals.iter().filter(|word| word.chars().count() >= MIN_LITERAL) {
            by_sound.entry(reader.read(word).sound).or_default().push(word.clone());
        }
        let mut trie = Trie::new();
        let mut names: Vec<Name> = Vec::new();
        let mut known = reader.common();
        let of_sentences: BTreeSet<String> = literals.iter().map(|word| reader.read(word).stem).collect();
        known.extend(of_sentences.iter().filter(|stem| is_long(stem)).cloned());
        for (row, uses) in ways::all(grammar, &reader, &literals) {
            let words: Vec<Word> = row.iter().map(|word| reader.read(word)).collect();
            known.extend(words.iter().map(|word| word.stem.clone()).filter(|stem| is_long(stem)));
            let sound: Vec<Phone> = words.iter().flat_map(|word| word.sound.iter().copied()).collect();
            if !sound.is_empty() {
                trie.add(&sound, names.len() as u32);
                names.push(Name { words, uses });
            }
        }
        let same = grammar.lists.iter().map(|list| same(&list.kind)).collect();
        Self {
            language: grammar.language.clone(),
            limits: Limits::default(),
            reader,
            costs,
            trie,
            names,
            literals: by_sound,
            of_sentences,
            known,
            same,
        }
    }

    /// Sets other limits than the default.
    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// What a text means in a list (its place in [`Grammar::lists`]): the whole text is the name.
    #[must_use]
    pub fn resolve(&self, list: usize, text: &str) -> Resolution {
        let words = text::words(text, &self.language);
        if words.len() > 2 * MAX_WORDS {
            return Resolution::None;
        }
        let heard = self.heard(words.iter().map(String::as_str));
        let all = self.neighbours(&heard, 0);
        // "Lamp, the" ends with the lamp.
        let end = heard.words.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        self.decide(&self.of_list(&all, list), end)
    }

    pub(super) fn heard<'w>(&self, words: impl Iterator<Item = &'w str>) -> Heard {
        let words = words.map(|word| (!self.reader.is_small(word)).then(|| self.reader.read(word)));
        Heard { words: words.collect() }
    }

    /// Words of templates that sound as a word does, plural or not: "lite" is "light" and "lights".
    /// Verbs and their like must sound the same; only names may be near.
    pub(super) fn literals_like(&self, word: &str) -> &[String] {
        if word.chars().count() < MIN_LITERAL {
            return &[];
        }
        self.literals.get(&self.reader.read(word).sound).map_or(&[], Vec::as_slice)
    }

    /// Everything near to the words from `start` on.
    pub(super) fn neighbours(&self, heard: &Heard, start: usize) -> Neighbours {
        let mut sound: Vec<Phone> = Vec::new();
        let mut words: Vec<&Word> = Vec::new();
        let mut ends: Vec<usize> = Vec::new();
        let mut places: Vec<(usize, usize)> = Vec::new();
        for (place, word) in heard.words.iter().enumerate().skip(start) {
            let Some(word) = word else { continue };
            if words.len() == MAX_WORDS || sound.len() > self.trie.longest() + TOO_MUCH {
                break;
            }
            words.push(word);
            sound.extend(&word.sound);
            let end = (words.len(), place + 1);
            // A word without a sound (of another script) belongs to the one before.
            if ends.last() == Some(&sound.len()) {
                places.pop();
                places.push(end);
            } else if !sound.is_empty() {
                ends.push(sound.len());
                places.push(end);
            }
        }
        let limit = self.limits.whole * SOUND_ONLY;
        let mut hits = self.trie.near(&self.costs, &sound, &ends, limit);
        hits.sort_by(|a, b| a.each.total_cmp(&b.each).then((a.name, a.end).cmp(&(b.name, b.end))));
        let mut found: Vec<(u32, usize, f32)> = Vec::new();
        for hit in hits.iter().take(MAX_WEIGHED) {
            let Some(index) = ends.iter().position(|end| *end == hit.end) else { continue };
            let (count, place) = places[index];
            if let Some(cost) = self.cost(&sound[..hit.end], &words[..count], hit.name) {
                found.push((hit.name, place, cost));
            }
        }
        Neighbours(found)
    }

    /// How far a name is from some words; `None` when it is too far.
    fn cost(&self, sound: &[Phone], heard: &[&Word], name: u32) -> Option<f32> {
        let name = &self.names[name as usize];
        // Some of a name's own words are a short form, which counts as one or not at all.
        let is_own = |word: &&Word| name.words.iter().any(|own| own.stem == word.stem);
        if heard.len() < name.words.len() && heard.iter().all(is_own) {
            return None;
        }
        // All of them and a word of a sentence: "put the desk lamp" is no name.
        let is_said = |own: &Word| heard.iter().any(|word| word.stem == own.stem);
        let is_of_sentence = |word: &&Word| self.of_sentences.contains(&word.stem) && !is_own(word);
        if heard.iter().any(is_of_sentence) && name.words.iter().all(is_said) {
            return None;
        }
        let is_other_number = |number: &i64| name.words.iter().all(|word| word.number != Some(*number));
        let is_other = heard.iter().filter_map(|word| word.number).any(|number| is_other_number(&number));
        // "Lamp 3" is never "lamp four".
        if is_other && name.words.iter().any(|word| word.number.is_some()) {
            return None;
        }
        let by_sound = costs::by_sound(&self.costs, sound, &name.words);
        let letters = costs::by_letters(heard, &name.words);
        let (better, worse) = (by_sound.whole.min(letters), by_sound.whole.max(letters));
        if by_sound.worst_word > self.limits.worst_word {
            return None;
        }
        let same = by_sound.whole <= 0.0;
        let mut cost = if same { SAME_SOUND * letters } else { BETTER * better + (1.0 - BETTER) * worse };
        let joined: String = name.words.iter().map(|word| word.stem.as_str()).collect();
        let means_else = |word: &&&Word| self.known.contains(&word.stem) && !joined.contains(&word.stem);
        if is_other || heard.iter().any(|word| means_else(&word)) {
            cost += KNOWN;
        }
        let length: usize = name.words.iter().map(|word| word.sound.len()).sum();
        let limit = self.limits.whole * ((length as f32 - 1.0) / (FULL_LENGTH - 1.0)).min(1.0);
        (cost <= limit).then_some(cost)
    }

    /// What of `all` is in a list, best first: each value once for each end.
    pub(super) fn of_list(&self, all: &Neighbours, list: usize) -> Vec<Near> {
        let mut near: Vec<Near> = Vec::new();
        for &(name, end, cost) in &all.0 {
            for one in self.names[name as usize].uses.iter().filter(|one| one.list == list) {
                let cost = cost + one.short.map_or(0.0, Short::cost);
                if cost <= self.limits.whole {
                    near.push(Near { value: one.value, end, cost });
                }
            }
        }
        near.sort_by(|a, b| a.cost.total_cmp(&b.cost).then((a.end, a.value).cmp(&(b.end, b.value))));
        let mut seen = BTreeSet::new();
        near.retain(|near| seen.insert((near.end, self.same[list][near.value])));
        near
    }

    /// The best of what ends at `end`, unless something else is about as near.
    pub(super) fn decide(&self, near: &[Near], end: usize) -> Resolution {
        let mut here = near.iter().filter(|near| near.end == end);
        let Some(best) = here.next() else { return Resolution::None };
        let rivals: Vec<_> = here.take_while(|near| near.cost - best.cost < self.limits.margin).collect();
        let score = |near: &Near| (near.value, 1.0 - near.cost);
        if rivals.is_empty() {
            let (value, score) = score(best);
            Resolution::Sure(value, score)
        } else if rivals.len() < MAX_ASKED {
            Resolution::Several(std::iter::once(best).chain(rivals).map(score).collect())
        } else {
            Resolution::None
        }
    }
}

/// Short words are slips too easily ("for" of "floor") to mean something else.
fn is_long(stem: &str) -> bool {
    stem.chars().count() >= 4
}

fn same(kind: &ListKind) -> Vec<usize> {
    let ListKind::Values(values) = kind else { return Vec::new() };
    let mut first = BTreeMap::new();
    values
        .iter()
        .enumerate()
        .map(|(index, value)| *first.entry(value.value.to_string()).or_insert(index))
        .collect()
}

#[cfg(test)]
mod tests;
