//! Every way in which the values of all lists can be called, short forms included.

use std::collections::{BTreeMap, BTreeSet};

use super::words::Reader;
use crate::nlu::grammar::{Expr, Grammar, ListKind};
use crate::nlu::matcher::values::ways;

/// The lists that the home fills.
const HOME: &[&str] = &["name", "area", "floor"];
/// Ways of one value that are taken.
const MAX_WAYS: usize = 16;
/// Words of a name that are taken; longer names are found exactly only.
const MAX_WORDS: usize = 8;
/// A short form must have this many letters: less is not a name.
const MIN_LETTERS: usize = 3;

/// A value of a list that is called so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Use {
    pub list: usize,
    pub value: usize,
    /// Where this is not the full name.
    pub short: Option<Short>,
}

/// How a way differs from the full name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Short {
    /// Two words changed places: "light of the kitchen".
    Turned,
    /// Some words were left out: "the desk".
    Part,
}

impl Short {
    /// What the difference counts beside the slips.
    pub fn cost(self) -> f32 {
        match self {
            Self::Turned => 0.03,
            Self::Part => 0.16,
        }
    }
}

/// Words that stand in templates themselves: they mean kinds of things, not one ("light", "room").
pub(super) fn literals(grammar: &Grammar) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let bodies = grammar.sentences.iter().map(|sentence| &sentence.expr).chain(&grammar.rules);
    bodies.for_each(|expr| collect(expr, &mut words));
    words
}

fn collect(expr: &Expr, words: &mut BTreeSet<String>) {
    match expr {
        Expr::Word(word) => {
            words.insert(word.clone());
        }
        Expr::Seq(parts) | Expr::Alt(parts) | Expr::Permutation(parts) => {
            for part in parts {
                collect(part, words);
            }
        }
        Expr::Optional(part) => collect(part, words),
        Expr::Rule(_) | Expr::List { .. } => {}
    }
}

/// Rows of words, without those that only join others, and what is called so.
pub(super) fn all(
    grammar: &Grammar,
    reader: &Reader,
    literals: &BTreeSet<String>,
) -> BTreeMap<Vec<String>, Vec<Use>> {
    let mut all: BTreeMap<Vec<String>, Vec<Use>> = BTreeMap::new();
    for (list, named) in grammar.lists.iter().enumerate() {
        let ListKind::Values(values) = &named.kind else { continue };
        let of_home = HOME.contains(&named.name.as_str());
        for (value, entry) in values.iter().enumerate() {
            for way in ways(&entry.expr).into_iter().flatten().take(MAX_WAYS) {
                // Lists of sentence files hold parts of sentences too ("turn it down"): words that
                // sentences use must be said as they stand.
                if !of_home && way.iter().any(|word| literals.contains(*word)) {
                    continue;
                }
                let full = content(&way, reader);
                if full.is_empty() || full.len() > MAX_WORDS {
                    continue;
                }
                let mut add = |row: Vec<String>, short| {
                    let uses = all.entry(row).or_default();
                    match uses.iter_mut().find(|one| (one.list, one.value) == (list, value)) {
                        // A full name, where it is that too.
                        Some(known) => known.short = known.short.min(short),
                        None => uses.push(Use { list, value, short }),
                    }
                };
                for part in parts(&full, reader, literals) {
                    add(part, Some(Short::Part));
                }
                if let [first, second] = &full[..] {
                    add(vec![second.clone(), first.clone()], Some(Short::Turned));
                }
                add(full, None);
            }
        }
    }
    all
}

fn content(way: &[&str], reader: &Reader) -> Vec<String> {
    let content: Vec<String> =
        way.iter().filter(|word| !reader.is_small(word)).map(|word| (*word).to_owned()).collect();
    if content.is_empty() { way.iter().map(|word| (*word).to_owned()).collect() } else { content }
}

/// Beginnings and ends of a name that say more than a kind of thing.
fn parts(full: &[String], reader: &Reader, literals: &BTreeSet<String>) -> Vec<Vec<String>> {
    let is_kind = |word: &String| {
        let stem = reader.read(word).stem;
        literals.contains(word) || literals.contains(&stem)
    };
    let tells = |part: &[String]| {
        let letters: usize = part.iter().map(|word| word.chars().count()).sum();
        letters >= MIN_LETTERS && !part.iter().all(is_kind)
    };
    (1..full.len())
        .flat_map(|cut| [full[..cut].to_vec(), full[cut..].to_vec()])
        .filter(|part| tells(part))
        .collect()
}
