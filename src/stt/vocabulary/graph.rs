//! The grammar as a graph of words, each arc with the probability of being taken.
//!
//! Rules and lists are expanded in place, numbers are spelt out. Nodes are numbered so that every
//! arc leads to a higher number (a wildcard's own loop aside): one sweep visits everything.

use std::collections::BTreeMap;

use crate::nlu::count::{self, Counter};
use crate::nlu::grammar::{Expr, Grammar, List, ListKind, Sentence};
use crate::nlu::numbers;

/// A word's number in [`WordGraph::words`].
pub type WordId = u32;

/// What an arc says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// Nothing.
    Silent,
    Word(WordId),
    /// One word that the grammar does not know.
    Any,
}

#[derive(Debug, Clone, Copy)]
pub struct Arc {
    pub to: u32,
    pub label: Label,
    /// 0–1; the arcs that leave a node sum to 1.
    pub probability: f32,
}

/// Every sentence of a grammar, from node 0 to the last node.
#[derive(Debug, Default)]
pub struct WordGraph {
    pub words: Vec<String>,
    /// The arcs that leave each node.
    pub arcs: Vec<Vec<Arc>>,
}

/// Chance that a skip word ("please") stands before a sentence, and that one stands after it.
const SKIP_WORD: f32 = 0.05;
/// Chance that a wildcard takes another word.
const WILDCARD_GOES_ON: f32 = 0.5;
/// How much likelier a whole number is than one with a fraction.
const FRACTION: f32 = 0.2;
/// Words that all sentences together may have, rules and lists put in their places; a home of a
/// thousand names has some 200,000.
const MAX_WORDS: f64 = 1e6;
/// A range with more values than this is thinned to numbers that people say.
const ALL_VALUES: i64 = 1000;

impl WordGraph {
    /// Expands a grammar.
    #[must_use]
    pub fn new(grammar: &Grammar) -> Self {
        let mut builder = Builder { grammar, graph: Self::default(), ids: BTreeMap::new() };
        let start = builder.node();
        let first = builder.skip_words(start);
        let weights = sentence_weights(grammar);
        let mut ends = Vec::new();
        for (sentence, weight) in heard(grammar).zip(weights) {
            let from = builder.node();
            builder.arc(first, from, Label::Silent, weight);
            ends.push(builder.expand(&sentence.expr, from));
        }
        let last = builder.join(&ends);
        builder.skip_words(last);
        builder.graph
    }

    /// Whether a grammar can be expanded in bounded memory.
    ///
    /// # Errors
    /// Which sentence has too many words, with their number and the mend.
    pub fn check(grammar: &Grammar) -> Result<(), String> {
        let mut words = Counter::words(grammar);
        let counts: Vec<f64> = heard(grammar).map(|sentence| words.count(&sentence.expr)).collect();
        let all = counts.iter().sum::<f64>();
        if all <= MAX_WORDS {
            return Ok(());
        }
        let largest = counts.iter().zip(heard(grammar)).max_by(|(a, _), (b, _)| a.total_cmp(b));
        let (words, place, template) = largest.map_or((0.0, "", ""), |(words, sentence)| {
            (*words, sentence.source.as_str(), sentence.template.as_str())
        });
        Err(format!(
            "the sentences have {} words with all rules and lists in their places, and {} are the most; \
             `{template}` ({place}) alone has {}: nest fewer rules in it",
            count::show(all),
            count::show(MAX_WORDS),
            count::show(words)
        ))
    }

    #[must_use]
    pub fn end(&self) -> u32 {
        self.arcs.len() as u32 - 1
    }
}

/// What a closed vocabulary listens for.
fn heard(grammar: &Grammar) -> impl Iterator<Item = &Sentence> {
    grammar.sentences.iter().filter(|sentence| sentence.heard)
}

/// Each intent counts the same, and so does each of its templates, but those that can say more are
/// somewhat likelier: with the logarithm of their number of sentences.
fn sentence_weights(grammar: &Grammar) -> Vec<f32> {
    let mut count = Counter::sentences(grammar);
    let raw: Vec<f64> =
        heard(grammar).map(|sentence| 1.0 + count.count(&sentence.expr).max(1.0).ln()).collect();
    let mut intents: BTreeMap<&str, f64> = BTreeMap::new();
    for (sentence, weight) in heard(grammar).zip(&raw) {
        *intents.entry(&sentence.intent).or_default() += weight;
    }
    let shares: BTreeMap<&str, f64> = intents.iter().map(|(intent, sum)| (*intent, 1.0 + sum.ln())).collect();
    let all: f64 = shares.values().sum();
    heard(grammar)
        .zip(&raw)
        .map(|(sentence, weight)| {
            let intent = sentence.intent.as_str();
            (weight / intents[intent] * shares[intent] / all) as f32
        })
        .collect()
}

struct Builder<'a> {
    grammar: &'a Grammar,
    graph: WordGraph,
    ids: BTreeMap<String, WordId>,
}

impl Builder<'_> {
    fn node(&mut self) -> u32 {
        self.graph.arcs.push(Vec::new());
        self.graph.arcs.len() as u32 - 1
    }

    fn arc(&mut self, from: u32, to: u32, label: Label, probability: f32) {
        self.graph.arcs[from as usize].push(Arc { to, label, probability });
    }

    /// A new node that all of `ends` lead to.
    fn join(&mut self, ends: &[u32]) -> u32 {
        let node = self.node();
        for &end in ends {
            self.arc(end, node, Label::Silent, 1.0);
        }
        node
    }

    fn id(&mut self, word: &str) -> WordId {
        if let Some(&id) = self.ids.get(word) {
            return id;
        }
        let id = self.graph.words.len() as WordId;
        self.graph.words.push(word.to_owned());
        self.ids.insert(word.to_owned(), id);
        id
    }

    fn word(&mut self, word: &str, from: u32) -> u32 {
        // A recogniser hears numbers as words.
        if let Ok(number) = word.parse::<i64>() {
            let said = numbers::say(number, &self.grammar.language);
            if !said.is_empty() {
                return self.rows(&said.into_iter().map(|row| (row, 1.0)).collect::<Vec<_>>(), from);
            }
        }
        let label = Label::Word(self.id(word));
        let to = self.node();
        self.arc(from, to, label, 1.0);
        to
    }

    fn expand(&mut self, expr: &Expr, from: u32) -> u32 {
        let grammar = self.grammar;
        match expr {
            Expr::Word(word) => self.word(word, from),
            Expr::Seq(parts) => parts.iter().fold(from, |from, part| self.expand(part, from)),
            Expr::Alt(parts) => {
                let parts: Vec<_> = parts.iter().collect();
                self.alternatives(&parts, from)
            }
            Expr::Optional(part) => {
                let with = self.node();
                self.arc(from, with, Label::Silent, 0.5);
                let end = self.expand(part, with);
                let join = self.join(&[end]);
                self.arc(from, join, Label::Silent, 0.5);
                join
            }
            Expr::Permutation(parts) => {
                let orders = orders(parts);
                self.alternatives(&orders.iter().collect::<Vec<_>>(), from)
            }
            Expr::Rule(rule) => self.expand(&grammar.rules[*rule], from),
            Expr::List { list, .. } => self.list(&grammar.lists[*list], from),
        }
    }

    fn alternatives(&mut self, parts: &[&Expr], from: u32) -> u32 {
        let share = 1.0 / parts.len().max(1) as f32;
        let ends: Vec<_> = parts
            .iter()
            .map(|part| {
                let start = self.node();
                self.arc(from, start, Label::Silent, share);
                self.expand(part, start)
            })
            .collect();
        self.join(&ends)
    }

    fn list(&mut self, list: &List, from: u32) -> u32 {
        match &list.kind {
            ListKind::Values(values) => {
                self.alternatives(&values.iter().map(|value| &value.expr).collect::<Vec<_>>(), from)
            }
            ListKind::Range { from: low, to: high, step, halves, tenths, .. } => {
                let language = &self.grammar.language;
                let fractions = fractions(*halves, *tenths, language);
                let rows = range(*low, *high, (*step).max(1), &fractions, language);
                self.rows(&rows, from)
            }
            ListKind::Entity { said, .. } => self.expand(said, from),
            ListKind::Wildcard => {
                let inside = self.node();
                self.arc(from, inside, Label::Any, 1.0);
                self.arc(inside, inside, Label::Any, WILDCARD_GOES_ON);
                let end = self.node();
                self.arc(inside, end, Label::Silent, 1.0 - WILDCARD_GOES_ON);
                end
            }
        }
    }

    /// Weighted rows of words, as a tree that shares its beginnings.
    fn rows(&mut self, rows: &[(Vec<String>, f32)], from: u32) -> u32 {
        let mut ends = Vec::new();
        self.tree(rows, 0, from, &mut ends);
        let join = self.node();
        for (end, share) in ends {
            self.arc(end, join, Label::Silent, share);
        }
        join
    }

    fn tree(&mut self, rows: &[(Vec<String>, f32)], depth: usize, from: u32, ends: &mut Vec<(u32, f32)>) {
        let all: f32 = rows.iter().map(|(_, weight)| weight).sum();
        let mut next: BTreeMap<&str, Vec<(Vec<String>, f32)>> = BTreeMap::new();
        let mut here = 0.0;
        for (row, weight) in rows {
            match row.get(depth) {
                Some(word) => next.entry(word).or_default().push((row.clone(), *weight)),
                None => here += weight,
            }
        }
        if here > 0.0 {
            ends.push((from, here / all));
        }
        for (word, rows) in next {
            let label = Label::Word(self.id(word));
            let to = self.node();
            let share = rows.iter().map(|(_, weight)| weight).sum::<f32>() / all;
            self.arc(from, to, label, share);
            self.tree(&rows, depth + 1, to, ends);
        }
    }

    /// Perhaps a skip word.
    fn skip_words(&mut self, from: u32) -> u32 {
        let skips: Vec<_> = self.grammar.skip_words.iter().map(|words| Expr::words(words)).collect();
        if skips.is_empty() {
            return self.join(&[from]);
        }
        let with = self.node();
        self.arc(from, with, Label::Silent, SKIP_WORD);
        let end = self.alternatives(&skips.iter().collect::<Vec<_>>(), with);
        let join = self.join(&[end]);
        self.arc(from, join, Label::Silent, 1.0 - SKIP_WORD);
        join
    }
}

/// Every order of the parts.
fn orders(parts: &[Expr]) -> Vec<Expr> {
    fn extend(left: &[Expr], chosen: &mut Vec<Expr>, orders: &mut Vec<Expr>) {
        if left.is_empty() {
            orders.push(Expr::Seq(chosen.clone()));
        }
        for index in 0..left.len() {
            let mut rest = left.to_vec();
            chosen.push(rest.remove(index));
            extend(&rest, chosen, orders);
            chosen.pop();
        }
    }
    let mut found = Vec::new();
    extend(parts, &mut Vec::new(), &mut found);
    found
}

/// The numbers of a range as people say them, with how likely each is: small and round ones more,
/// those with a fraction less.
fn range(
    from: i64,
    to: i64,
    step: i64,
    fractions: &[Vec<String>],
    language: &str,
) -> Vec<(Vec<String>, f32)> {
    let few = (to - from) / step < ALL_VALUES;
    let mut rows = Vec::new();
    let mut value = from;
    while value <= to {
        let round = value % 5 == 0 || value.abs() <= 10;
        let weight = if round { 4.0 } else { 1.0 };
        let ways = numbers::say(value, language);
        let share = weight / ways.len().max(1) as f32;
        for way in ways {
            for fraction in fractions {
                let words = way.iter().chain(fraction).cloned().collect();
                rows.push((words, share * FRACTION / fractions.len() as f32));
            }
            rows.push((way, share));
        }
        // Beyond the first thousand values, two digits that are not zero: 1200, 35000.
        let magnitude = 10_i64.pow(value.unsigned_abs().max(1).ilog10().saturating_sub(1));
        value += if few || value.abs() < ALL_VALUES { step } else { step.max(magnitude / step * step) };
    }
    rows
}

/// What can follow a whole number.
fn fractions(halves: bool, tenths: bool, language: &str) -> Vec<Vec<String>> {
    let french = language.starts_with("fr");
    let rows: &[&[&str]] = match (halves, french) {
        (false, _) => &[],
        (true, true) => &[&["et", "demi"], &["et", "demie"]],
        (true, false) => &[&["and", "a", "half"]],
    };
    let mut all: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|word| (*word).to_owned()).collect()).collect();
    let point = if french { "virgule" } else { "point" };
    let digits: &[i64] = match (tenths, halves) {
        (true, _) => &[1, 2, 3, 4, 5, 6, 7, 8, 9],
        (false, true) => &[5],
        _ => &[],
    };
    for digit in digits {
        for said in numbers::say(*digit, language) {
            all.push([point.to_owned()].into_iter().chain(said).collect());
        }
    }
    all
}
