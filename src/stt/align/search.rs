//! Edit distance between heard phones and the whole grammar at once, column by column.
//!
//! A column holds the cheapest way to have said the heard phones so far and stand at each node of
//! the grammar's phones; ways much dearer than the best are dropped.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::automaton::Automaton;
use super::spelling::{Node, PhoneArc, spell};
use crate::stt::vocabulary::dictionary::Dictionary;
use crate::stt::vocabulary::graph::{Label, WordId};
use crate::stt::vocabulary::phones::{Phone, PhoneSet};

/// Ways dearer than the best by this much are dropped; where no sentence is left, by this much more
/// (a recogniser that lost the last words leaves a sentence far from its end).
const BEAM: f32 = 2.5;
const WIDE_BEAM: f32 = 6.0;
/// So are sentences dearer than the cheapest for any reading by this much, and those that cost more
/// than this share of changing every phone.
const MARGIN: f32 = 2.0;
const FARTHEST: f32 = 0.5;
/// What a phone inside a wildcard costs.
const WILD: f32 = 0.3;
/// What a wildcard costs at all.
const WILDCARD: f32 = 1.0;

/// A sentence of the grammar near to what was heard.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearest {
    pub words: Vec<String>,
    /// What its difference costs; 0 means that it was heard exactly.
    pub cost: f32,
    /// Whether some of the words stand in a wildcard.
    pub wild: bool,
}

/// Finds nearest sentences.
pub struct Aligner {
    phones: &'static PhoneSet,
    /// `substitution[heard * count + said]`.
    substitution: Vec<f32>,
    missing: Vec<f32>,
    words: Vec<String>,
    nodes: Vec<Node>,
    scratch: Scratch,
    automaton: Automaton,
    effort: Effort,
}

/// How much an aligner may do. Counted, not timed: the same sound gives the same result on every
/// machine, however busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Ways kept in one column: the cheapest.
    pub ways: usize,
    /// Arcs followed for all readings of an utterance, after which no further reading is begun.
    pub arcs: usize,
}

impl Default for Effort {
    /// No recording of a person in a home of 800 words needed half of it; some 0.2 s.
    fn default() -> Self {
        Self { ways: 3_000, arcs: 6_000_000 }
    }
}

/// One way to a node.
#[derive(Debug, Clone, Copy)]
struct Token {
    node: u32,
    cost: f32,
    /// Its words: an index in [`Scratch::histories`].
    history: u32,
}

/// Memory that is used again for every column.
#[derive(Default)]
struct Scratch {
    cost: Vec<f32>,
    history: Vec<u32>,
    open: BinaryHeap<Reverse<u32>>,
    /// Ways dearer than this are dropped, and those dearer than a column's best by `beam`.
    limit: f32,
    beam: f32,
    /// Words as lists that share their beginnings: what came before, and the word (`Err` is a
    /// heard word's number, inside a wildcard).
    histories: Vec<(u32, Result<WordId, u32>)>,
    /// Arcs that were followed.
    work: usize,
}

const NOTHING: u32 = u32::MAX;

/// A heard phone, and the number of its word if it begins one.
type HeardPhone = (Phone, Option<u32>);

impl Aligner {
    /// Spells an automaton out in phones.
    #[must_use]
    pub fn new(
        automaton: Automaton,
        words: &[String],
        dictionary: &Dictionary,
        language: &str,
        effort: Effort,
    ) -> Self {
        let phones = PhoneSet::of(language);
        let count = phones.len() as Phone;
        let substitution = (0..count)
            .flat_map(|heard| (0..count).map(move |said| phones.substitution(heard, said)))
            .collect();
        let nodes = spell(&automaton, words, dictionary, phones);
        let scratch = Scratch {
            cost: vec![f32::INFINITY; nodes.len()],
            history: vec![NOTHING; nodes.len()],
            ..Scratch::default()
        };
        Self {
            phones,
            substitution,
            missing: (0..count).map(|phone| phones.missing(phone)).collect(),
            words: words.to_vec(),
            nodes,
            scratch,
            automaton,
            effort,
        }
    }

    /// Nodes of the phone graph.
    #[must_use]
    pub fn size(&self) -> usize {
        self.nodes.len()
    }

    /// The cheapest sentence for each reading (words of the dictionary, the likeliest first); `None`
    /// where all are too far, or nothing was left of the [`Effort`]. The first reading is always
    /// looked at; others that begin alike share work.
    pub fn nearest(&mut self, readings: &[Vec<String>], dictionary: &Dictionary) -> Vec<Option<Nearest>> {
        let results = self.within(BEAM, readings, dictionary);
        if results.iter().any(Option::is_some) {
            results
        } else {
            self.within(WIDE_BEAM, readings, dictionary)
        }
    }

    fn within(
        &mut self,
        beam: f32,
        readings: &[Vec<String>],
        dictionary: &Dictionary,
    ) -> Vec<Option<Nearest>> {
        self.scratch.beam = beam;
        self.scratch.work = 0;
        let mut results: Vec<Option<Nearest>> = readings
            .iter()
            .map(|words| {
                let heard = || Nearest { words: words.clone(), cost: 0.0, wild: false };
                self.is_sentence(words).then(heard)
            })
            .collect();
        let mut others: Vec<(Vec<HeardPhone>, usize)> = (0..readings.len())
            .filter(|&index| results[index].is_none())
            .map(|index| (self.heard(&readings[index], dictionary), index))
            .collect();
        // The likeliest says how far the others may be, and is not the one that is left out.
        if let Some((_, rest)) = others.split_first_mut() {
            rest.sort();
        }
        let longest = others.iter().map(|(phones, _)| phones.len()).max().unwrap_or(0);
        self.scratch.limit = if others.len() < readings.len() { MARGIN } else { longest as f32 * FARTHEST };
        self.scratch.histories.clear();
        let mut columns: Vec<(HeardPhone, Vec<Token>)> = Vec::new();
        let start = self.first_column();
        for (place, (phones, index)) in others.into_iter().enumerate() {
            if place > 0 && self.scratch.work > self.effort.arcs {
                break;
            }
            let shared = columns.iter().zip(&phones).take_while(|((a, _), b)| a == *b).count();
            columns.truncate(shared);
            for &phone in &phones[shared..] {
                let column = self.next_column(columns.last().map_or(&start, |(_, column)| column), phone);
                columns.push((phone, column));
            }
            let column = columns.last().map_or(&start, |(_, column)| column);
            let best = column
                .iter()
                .filter(|token| self.nodes[token.node as usize].last)
                .min_by(|a, b| a.cost.total_cmp(&b.cost));
            if let Some(token) = best {
                self.scratch.limit = self.scratch.limit.min(token.cost + MARGIN);
                results[index] = Some(self.sentence(*token, &readings[index]));
            }
        }
        results
    }

    fn is_sentence(&self, words: &[String]) -> bool {
        let id = |word: &String| self.words.iter().position(|known| known == word);
        let labels: Option<Vec<_>> =
            words.iter().map(|word| id(word).map(|id| Label::Word(id as WordId))).collect();
        labels.is_some_and(|labels| self.automaton.accepts(&labels))
    }

    fn heard(&self, words: &[String], dictionary: &Dictionary) -> Vec<HeardPhone> {
        let mut heard = Vec::new();
        for (number, word) in words.iter().enumerate() {
            let way = dictionary.ways(word).first().map_or(&[][..], Vec::as_slice);
            let found = way.iter().filter_map(|name| self.phones.find(name));
            heard.extend(found.enumerate().map(|(at, phone)| (phone, (at == 0).then_some(number as u32))));
        }
        heard
    }

    fn first_column(&mut self) -> Vec<Token> {
        self.relax(0, 0.0, NOTHING);
        self.settle()
    }

    fn next_column(&mut self, column: &[Token], (heard, word): HeardPhone) -> Vec<Token> {
        let count = self.missing.len();
        for &Token { node, cost, history } in column {
            let wild = self.nodes[node as usize].wild;
            if wild {
                let history = match word {
                    Some(number) => self.scratch.push(history, Err(number)),
                    None => history,
                };
                self.relax(node, cost + WILD, history);
            }
            self.relax(node, cost + self.missing[heard as usize], history);
            self.scratch.work += self.nodes[node as usize].arcs.len();
            for index in 0..self.nodes[node as usize].arcs.len() {
                let arc = self.nodes[node as usize].arcs[index];
                let Some(said) = arc.phone else { continue };
                let cost = cost + self.substitution[heard as usize * count + said as usize];
                self.follow(arc, cost, history);
            }
        }
        self.settle()
    }

    fn follow(&mut self, arc: PhoneArc, cost: f32, history: u32) {
        if cost < self.scratch.cost[arc.to as usize] {
            let history = match arc.word {
                Some(word) => self.scratch.push(history, Ok(word)),
                None => history,
            };
            self.relax(arc.to, cost, history);
        }
    }

    fn relax(&mut self, node: u32, cost: f32, history: u32) {
        let at = node as usize;
        if cost < self.scratch.cost[at] {
            if self.scratch.cost[at] == f32::INFINITY {
                self.scratch.open.push(Reverse(node));
            }
            self.scratch.cost[at] = cost;
            self.scratch.history[at] = history;
        }
    }

    /// Finishes a column: phones that were not said, in the order of the graph.
    fn settle(&mut self) -> Vec<Token> {
        let mut column: Vec<Token> = Vec::new();
        let mut best = f32::INFINITY;
        while let Some(Reverse(node)) = self.scratch.open.pop() {
            let at = node as usize;
            let (cost, history) = (self.scratch.cost[at], self.scratch.history[at]);
            self.scratch.cost[at] = f32::INFINITY;
            best = best.min(cost);
            let bound = (best + self.scratch.beam).min(self.scratch.limit);
            if cost > bound {
                continue;
            }
            column.push(Token { node, cost, history });
            self.scratch.work += self.nodes[at].arcs.len();
            for index in 0..self.nodes[at].arcs.len() {
                let arc = self.nodes[at].arcs[index];
                let price = match arc.phone {
                    Some(phone) => self.missing[phone as usize],
                    None if self.nodes[arc.to as usize].wild => WILDCARD,
                    None => 0.0,
                };
                if arc.to != node && cost + price <= bound {
                    self.follow(arc, cost + price, history);
                }
            }
        }
        let beam = self.scratch.beam;
        column.retain(|token| token.cost <= best + beam);
        if column.len() > self.effort.ways {
            // Of equals, the first in the graph.
            let dearer = |a: &Token, b: &Token| a.cost.total_cmp(&b.cost).then(a.node.cmp(&b.node));
            column.select_nth_unstable_by(self.effort.ways, dearer);
            column.truncate(self.effort.ways);
            column.sort_unstable_by_key(|token| token.node);
        }
        column
    }

    fn sentence(&self, token: Token, heard: &[String]) -> Nearest {
        let mut words = Vec::new();
        let mut wild = false;
        let mut at = token.history;
        while at != NOTHING {
            let (before, word) = self.scratch.histories[at as usize];
            match word {
                Ok(word) => words.push(self.words[word as usize].clone()),
                Err(number) => {
                    wild = true;
                    words.push(heard[number as usize].clone());
                }
            }
            at = before;
        }
        words.reverse();
        Nearest { words, cost: token.cost, wild }
    }
}

impl Scratch {
    fn push(&mut self, before: u32, word: Result<WordId, u32>) -> u32 {
        self.histories.push((before, word));
        self.histories.len() as u32 - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::grammar::{Expr, Grammar, List, ListKind, Sentence};
    use crate::stt::vocabulary::graph::WordGraph;

    const DICTIONARY: &str = "turn T ER N\non AA N\non(2) AO N\noff AO F\nthe DH AH\nlight L AY T\n\
        lights L AY T S\nkitchen K IH CH AH N\nchicken CH IH K AH N\nturned T ER N D\nin IH N\n\
        what W AH T\ntime T AY M\nadd AE D\nto T UW\nlist L IH S T\nbanana B AH N AE N AH\n\
        crumpet K R AH M P AH T\ndog D AO G\n";

    fn sentence(expr: Expr) -> Sentence {
        Sentence {
            intent: "I".into(),
            expr,
            fixed: Vec::new(),
            response: None,
            template: String::new(),
            source: String::new(),
            heard: true,
        }
    }

    fn aligner() -> (Aligner, Dictionary) {
        aligner_with(Effort::default())
    }

    fn aligner_with(effort: Effort) -> (Aligner, Dictionary) {
        let word = |word: &str| Expr::Word(word.into());
        let lights = Expr::Seq(vec![
            word("turn"),
            Expr::Alt(vec![word("on"), word("off")]),
            word("the"),
            Expr::Optional(Box::new(word("kitchen"))),
            word("lights"),
        ]);
        let item = Expr::List { list: 0, slot: "item".into() };
        let grammar = Grammar {
            language: "en".into(),
            sentences: vec![
                sentence(lights),
                sentence(Expr::words(&["what", "time"])),
                sentence(Expr::Seq(vec![word("add"), item, word("to"), word("the"), word("list")])),
            ],
            lists: vec![List { name: "item".into(), kind: ListKind::Wildcard }],
            ..Grammar::default()
        };
        let graph = WordGraph::new(&grammar);
        let dictionary = Dictionary::from_text(DICTIONARY);
        (Aligner::new(Automaton::new(&graph), &graph.words, &dictionary, "en", effort), dictionary)
    }

    fn nearest(heard: &str) -> Option<(String, f32, bool)> {
        let (mut aligner, dictionary) = aligner();
        let words: Vec<String> = heard.split(' ').map(str::to_owned).collect();
        let found = aligner.nearest(&[words], &dictionary).remove(0)?;
        Some((found.words.join(" "), found.cost, found.wild))
    }

    #[test]
    fn a_sentence_is_its_own_nearest() {
        assert_eq!(nearest("turn off the lights"), Some(("turn off the lights".into(), 0.0, false)));
    }

    #[test]
    fn what_sounds_alike_is_near() {
        let (words, cost, _) = nearest("turned on the chicken light").unwrap();
        assert_eq!(words, "turn on the kitchen lights");
        assert!(cost > 0.5 && cost < 3.0, "{cost}");
    }

    #[test]
    fn what_sounds_otherwise_is_far() {
        let found = nearest("banana dog crumpet banana");
        assert!(found.as_ref().is_none_or(|(_, cost, _)| *cost > 5.0), "{found:?}");
    }

    #[test]
    fn a_wildcard_keeps_the_words_that_were_heard() {
        let (words, cost, wild) = nearest("add banana crumpet to the list").unwrap();
        assert_eq!((words.as_str(), wild), ("add banana crumpet to the list", true));
        assert!(cost > 0.0);
    }

    fn rows(texts: &[&str]) -> Vec<Vec<String>> {
        texts.iter().map(|text| text.split(' ').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn the_likeliest_reading_is_looked_at_whatever_it_takes() {
        let readings = rows(&["turned on the chicken light", "what dime", "turned off the light"]);
        let (mut aligner, dictionary) = aligner_with(Effort { arcs: 0, ..Effort::default() });
        let found = aligner.nearest(&readings, &dictionary);
        assert_eq!(found[0].as_ref().unwrap().words, ["turn", "on", "the", "kitchen", "lights"]);
        assert_eq!(found[1..], [None, None]);
        // The next utterance has all of its own.
        assert_eq!(aligner.nearest(&readings, &dictionary), found);
    }

    #[test]
    fn few_ways_are_work_for_less() {
        let readings = rows(&["turned on the chicken light"]);
        let (mut narrow, dictionary) = aligner_with(Effort { ways: 4, ..Effort::default() });
        let (mut wide, _) = aligner();
        let (few, all) = (narrow.nearest(&readings, &dictionary), wide.nearest(&readings, &dictionary));
        assert_eq!(few[0].as_ref().unwrap().words, all[0].as_ref().unwrap().words);
        assert!(narrow.scratch.work < wide.scratch.work);
    }

    /// Readings share columns; each must get what it would get alone.
    #[test]
    fn readings_do_not_disturb_each_other() {
        let (mut aligner, dictionary) = aligner();
        let readings =
            rows(&["turned off the light", "turned on the light", "what dime", "turned off the lights"]);
        let together = aligner.nearest(&readings, &dictionary);
        let again = aligner.nearest(&readings, &dictionary);
        assert_eq!(together, again);
        let best = together.iter().flatten().min_by(|a, b| a.cost.total_cmp(&b.cost)).unwrap();
        assert_eq!(best.words, ["turn", "off", "the", "lights"]);
    }
}
