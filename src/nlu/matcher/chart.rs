//! Matching one text: what each node can be at each word, worked out once and kept.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Add;
use std::rc::Rc;

use super::program::{Node, NodeId, Program, UNKNOWN, WordId};
use crate::nlu::entities::{self, Kind, Parsed};
use crate::nlu::grammar::{Grammar, ListKind};
use crate::nlu::names::{Heard, Near, Neighbours, Resolver};
use crate::nlu::numbers::{self, Number};
use crate::nlu::text::Token;

/// The slot whose words count most: a device is surely meant when it is called by its name.
const NAME: &str = "name";

/// How far a word of the same sound is, in thousandths.
const SAME_SOUND: u32 = 60;

/// How good a reading is, in numbers of words; larger is better, compared from top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Score {
    /// Thousandths that names are away from what was said; always 0 for an exact match.
    pub away: Reverse<u32>,
    names: usize,
    literals: usize,
    wild: Reverse<usize>,
    skipped: Reverse<usize>,
}

impl Score {
    const ZERO: Self =
        Self { away: Reverse(0), names: 0, literals: 0, wild: Reverse(0), skipped: Reverse(0) };
}

impl Add for Score {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            away: Reverse(self.away.0 + other.away.0),
            names: self.names + other.names,
            literals: self.literals + other.literals,
            wild: Reverse(self.wild.0 + other.wild.0),
            skipped: Reverse(self.skipped.0 + other.skipped.0),
        }
    }
}

/// One way in which a node matches, up to the word before `end`.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub end: usize,
    pub score: Score,
    pub slots: Option<Rc<Slots>>,
}

/// Slots that were filled on the way, shared between readings.
#[derive(Debug)]
pub(super) enum Slots {
    One(SlotMatch),
    Both(Rc<Slots>, Rc<Slots>),
}

/// A slot and the words (first, and one past the last) that fill it.
#[derive(Debug, Clone)]
pub(super) struct SlotMatch {
    pub list: usize,
    pub slot: String,
    pub found: Found,
    pub start: usize,
    pub end: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Found {
    /// Index in the list.
    Value(usize),
    /// The same, for words that are only near to it.
    Near(usize),
    Number(f64),
    Entity(Parsed),
    Words,
}

impl Slots {
    /// As spoken.
    pub fn in_order(&self) -> Vec<SlotMatch> {
        match self {
            Self::One(slot) => vec![slot.clone()],
            Self::Both(before, after) => [before.in_order(), after.in_order()].concat(),
        }
    }

    fn join(before: Option<&Rc<Self>>, after: Option<&Rc<Self>>) -> Option<Rc<Self>> {
        match (before, after) {
            (Some(before), Some(after)) => Some(Rc::new(Self::Both(Rc::clone(before), Rc::clone(after)))),
            (one, other) => one.or(other).cloned(),
        }
    }
}

type Readings = Rc<Vec<Reading>>;
/// Values at a place: how many words each takes.
type Entities = Rc<Vec<(usize, Parsed)>>;

pub(super) struct Chart<'a> {
    program: &'a Program,
    grammar: &'a Grammar,
    words: Vec<WordId>,
    texts: Vec<&'a str>,
    /// Where skipping words can lead from each place, that place included.
    reachable: Vec<Vec<usize>>,
    /// The numbers at each place.
    numbers: Vec<Vec<Number>>,
    known: HashMap<(NodeId, usize), Readings>,
    /// Values of each kind at each place, once somebody has asked for them.
    entities: HashMap<(Kind, usize), Entities>,
    near: Option<Nearness<'a>>,
}

/// What is near to the words at each place that was asked about.
struct Nearness<'a> {
    resolver: &'a Resolver,
    heard: Heard,
    /// At each place, what a word that no sentence holds may stand for.
    sound_alikes: Vec<Vec<WordId>>,
    known: HashMap<usize, Rc<Neighbours>>,
}

impl<'a> Chart<'a> {
    pub fn new(program: &'a Program, grammar: &'a Grammar, tokens: &'a [Token]) -> Self {
        let words: Vec<WordId> = tokens.iter().map(|token| program.word(&token.text)).collect();
        let texts: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
        let numbers =
            (0..texts.len()).map(|start| numbers::parse_all(&texts[start..], &grammar.language)).collect();
        let reachable = reachable(&words, &program.skip_words);
        let (known, entities) = (HashMap::new(), HashMap::new());
        Self { program, grammar, words, texts, reachable, numbers, known, entities, near: None }
    }

    /// Also takes words for a list's values that are only near to them.
    pub fn with_near(self, resolver: &'a Resolver, tokens: &[Token]) -> Self {
        let heard = resolver.heard(tokens.iter().map(|token| token.text.as_str()));
        let sound_alikes = tokens.iter().zip(&self.words).map(|(token, word)| match *word {
            UNKNOWN => {
                resolver.literals_like(&token.text).iter().map(|like| self.program.word(like)).collect()
            }
            _ => Vec::new(),
        });
        let sound_alikes = sound_alikes.collect();
        Self { near: Some(Nearness { resolver, heard, sound_alikes, known: HashMap::new() }), ..self }
    }

    pub fn takes_near(&self) -> bool {
        self.near.is_some()
    }

    /// What of a list is near to the words from a place on, best first; nothing in an exact match.
    pub fn near(&mut self, list: usize, start: usize) -> Vec<Near> {
        let Some(Nearness { resolver, heard, known, .. }) = &mut self.near else { return Vec::new() };
        let all = known.entry(start).or_insert_with(|| Rc::new(resolver.neighbours(heard, start)));
        resolver.of_list(all, list)
    }

    pub fn reachable(&self, start: usize) -> &[usize] {
        &self.reachable[start]
    }

    pub fn word(&self, place: usize) -> Option<WordId> {
        self.words.get(place).copied()
    }

    pub fn is_number(&self, place: usize) -> bool {
        self.numbers.get(place).is_some_and(|numbers| !numbers.is_empty())
    }

    /// The values of a kind that begin at a word.
    pub fn entities(&mut self, kind: Kind, place: usize) -> Entities {
        let (texts, language) = (&self.texts, &self.grammar.language);
        let read = || Rc::new(entities::parse_all(kind, texts.get(place..).unwrap_or_default(), language));
        Rc::clone(self.entities.entry((kind, place)).or_insert_with(read))
    }

    /// The best reading of the whole text.
    pub fn whole(&mut self, node: NodeId) -> Option<Reading> {
        let end = self.words.len();
        let mut best: Option<Reading> = None;
        for reading in self.match_at(node, 0).iter() {
            if self.reachable[reading.end].contains(&end) {
                let score = reading.score + skipped(end - reading.end);
                if best.as_ref().is_none_or(|best| score > best.score) {
                    best = Some(Reading { end, score, slots: reading.slots.clone() });
                }
            }
        }
        best
    }

    /// The best reading of the whole text as a value of a list.
    pub fn value(&mut self, list: usize, slot: &str) -> Option<Reading> {
        let mut readings = Vec::new();
        match self.grammar.lists[list].kind {
            ListKind::Values(_) => self.match_values(list, slot, 0, &mut readings),
            ListKind::Range { .. } => self.match_range(list, slot, 0, &mut readings),
            ListKind::Entity { kind, .. } => self.match_entity(kind, list, slot, 0, &mut readings),
            ListKind::Wildcard => self.match_wildcard(list, slot, 0, &mut readings),
        }
        let whole = readings.into_iter().filter(|reading| reading.end == self.words.len());
        whole.max_by_key(|reading| reading.score)
    }

    fn match_at(&mut self, id: NodeId, start: usize) -> Readings {
        if let Some(readings) = self.known.get(&(id, start)) {
            return Rc::clone(readings);
        }
        let program = self.program;
        let mut readings = Vec::new();
        match &program.nodes[id as usize] {
            Node::Word(word) => self.match_word(*word, start, &mut readings),
            Node::Seq(parts) => {
                readings.push(nothing(start));
                for part in parts {
                    readings = self.extend(&readings, *part);
                    if readings.is_empty() {
                        break;
                    }
                }
            }
            Node::Alt(parts) => {
                for part in parts {
                    self.match_at(*part, start)
                        .iter()
                        .for_each(|reading| keep(&mut readings, reading.clone()));
                }
            }
            Node::Optional(part) => {
                readings.extend(self.match_at(*part, start).iter().cloned());
                keep(&mut readings, nothing(start));
            }
            Node::Permutation(parts) => readings = self.match_permutation(parts, start),
            Node::Values { list, slot } => self.match_values(*list, slot, start, &mut readings),
            Node::Range { list, slot } => self.match_range(*list, slot, start, &mut readings),
            Node::Entity { kind, list, slot } => {
                self.match_entity(*kind, *list, slot, start, &mut readings);
            }
            Node::Wildcard { list, slot } => self.match_wildcard(*list, slot, start, &mut readings),
        }
        let readings = Rc::new(readings);
        self.known.insert((id, start), Rc::clone(&readings));
        readings
    }

    /// Readings followed by a node.
    fn extend(&mut self, before: &[Reading], node: NodeId) -> Vec<Reading> {
        let mut extended = Vec::new();
        for first in before {
            for next in self.match_at(node, first.end).iter() {
                let slots = Slots::join(first.slots.as_ref(), next.slots.as_ref());
                keep(&mut extended, Reading { end: next.end, score: first.score + next.score, slots });
            }
        }
        extended
    }

    fn sounds_like(&self, place: usize, word: WordId) -> bool {
        self.near
            .as_ref()
            .and_then(|near| near.sound_alikes.get(place))
            .is_some_and(|alike| alike.contains(&word))
    }

    fn match_word(&self, word: WordId, start: usize, readings: &mut Vec<Reading>) {
        for &at in &self.reachable[start] {
            if self.word(at) == Some(word) {
                let literal = Score { literals: 1, ..Score::ZERO };
                keep(readings, Reading { end: at + 1, score: literal + skipped(at - start), slots: None });
            } else if self.sounds_like(at, word) {
                let literal = Score { literals: 1, away: Reverse(SAME_SOUND), ..Score::ZERO };
                keep(readings, Reading { end: at + 1, score: literal + skipped(at - start), slots: None });
            }
        }
    }

    /// Every subset of the parts, in any order: `done[set]` are the readings of exactly those.
    fn match_permutation(&mut self, parts: &[NodeId], start: usize) -> Vec<Reading> {
        let mut done: Vec<Vec<Reading>> = vec![Vec::new(); 1 << parts.len()];
        done[0].push(nothing(start));
        for set in 0..done.len() {
            for (index, part) in parts.iter().enumerate().filter(|(index, _)| set & (1 << index) == 0) {
                let before = std::mem::take(&mut done[set]);
                let after = self.extend(&before, *part);
                done[set] = before;
                for reading in after {
                    keep(&mut done[set | (1 << index)], reading);
                }
            }
        }
        done.pop().unwrap_or_default()
    }

    fn match_values(&mut self, list: usize, slot: &str, start: usize, readings: &mut Vec<Reading>) {
        let values = &self.program.values[list];
        for at in self.reachable[start].clone() {
            for (value, length) in values.find(&self.words[at..]) {
                let slots = filled(list, slot, Found::Value(value), at, at + length);
                let score = name_score(slot, length) + skipped(at - start);
                keep(readings, Reading { end: at + length, score, slots });
            }
        }
        if self.takes_near() {
            for at in self.reachable[start].clone() {
                for near in self.near(list, at) {
                    let slots = filled(list, slot, Found::Near(near.value), at, near.end);
                    let away = Score { away: Reverse((near.cost * 1000.0) as u32 + 1), ..Score::ZERO };
                    let score = name_score(slot, near.end - at) + skipped(at - start) + away;
                    keep(readings, Reading { end: near.end, score, slots });
                }
            }
        }
        for (node, value) in &values.templates {
            for inner in self.match_at(*node, start).iter().filter(|inner| inner.end > start) {
                let own = filled(list, slot, Found::Value(*value), start, inner.end);
                let slots = Slots::join(own.as_ref(), inner.slots.as_ref());
                let score = Score { literals: 0, ..inner.score } + name_score(slot, inner.end - start);
                keep(readings, Reading { end: inner.end, score, slots });
            }
        }
    }

    fn match_range(&self, list: usize, slot: &str, start: usize, readings: &mut Vec<Reading>) {
        for &at in &self.reachable[start] {
            for number in self.numbers.get(at).into_iter().flatten() {
                if in_range(&self.grammar.lists[list].kind, number.value) {
                    let end = at + number.words;
                    let slots = filled(list, slot, Found::Number(number.value), at, end);
                    keep(readings, Reading { end, score: skipped(at - start), slots });
                }
            }
        }
    }

    fn match_entity(
        &mut self,
        kind: Kind,
        list: usize,
        slot: &str,
        start: usize,
        readings: &mut Vec<Reading>,
    ) {
        for at in self.reachable[start].clone() {
            for &(words, parsed) in self.entities(kind, at).iter() {
                let slots = filled(list, slot, Found::Entity(parsed), at, at + words);
                keep(readings, Reading { end: at + words, score: skipped(at - start), slots });
            }
        }
    }

    fn match_wildcard(&self, list: usize, slot: &str, start: usize, readings: &mut Vec<Reading>) {
        for &at in &self.reachable[start] {
            for end in at + 1..=self.words.len() {
                let slots = filled(list, slot, Found::Words, at, end);
                let wild = Score { wild: Reverse(end - at), ..Score::ZERO };
                keep(readings, Reading { end, score: wild + skipped(at - start), slots });
            }
        }
    }
}

/// Adds a reading, or keeps the better one of two that end at the same word.
fn keep(readings: &mut Vec<Reading>, reading: Reading) {
    match readings.iter_mut().find(|known| known.end == reading.end) {
        Some(known) if reading.score > known.score => *known = reading,
        Some(_) => {}
        None => readings.push(reading),
    }
}

fn nothing(end: usize) -> Reading {
    Reading { end, score: Score::ZERO, slots: None }
}

fn skipped(words: usize) -> Score {
    Score { skipped: Reverse(words), ..Score::ZERO }
}

fn name_score(slot: &str, words: usize) -> Score {
    Score { names: if slot == NAME { words } else { 0 }, ..Score::ZERO }
}

#[expect(clippy::unnecessary_wraps, reason = "every reading's slots are optional")]
fn filled(list: usize, slot: &str, found: Found, start: usize, end: usize) -> Option<Rc<Slots>> {
    Some(Rc::new(Slots::One(SlotMatch { list, slot: slot.to_owned(), found, start, end })))
}

fn in_range(kind: &ListKind, value: f64) -> bool {
    let ListKind::Range { from, to, step, halves, tenths, .. } = kind else { return false };
    let whole = value.floor();
    let fraction = value - whole;
    let is_fraction_allowed = fraction == 0.0
        || (*halves && (fraction - 0.5).abs() < 1e-9)
        || (*tenths && (fraction * 10.0 - (fraction * 10.0).round()).abs() < 1e-9);
    let whole = whole as i64;
    is_fraction_allowed && (*from..=*to).contains(&whole) && (whole - from) % step == 0
}

/// From each place, the places that skipping leads to.
fn reachable(words: &[WordId], skip_words: &[Vec<WordId>]) -> Vec<Vec<usize>> {
    let mut reachable: Vec<Vec<usize>> = vec![Vec::new(); words.len() + 1];
    for start in (0..=words.len()).rev() {
        let mut places = vec![start];
        for skip in skip_words.iter().filter(|skip| words[start..].starts_with(skip)) {
            places.extend_from_slice(&reachable[start + skip.len()]);
        }
        places.sort_unstable();
        places.dedup();
        reachable[start] = places;
    }
    reachable
}
