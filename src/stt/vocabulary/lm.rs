//! A trigram language model with the exact statistics of a word graph.
//!
//! Probability is pushed through the graph, and what flows over each row of three words is counted:
//! the limit of sampling for ever. Each order is smoothed with the one below (Jelinek–Mercer, 1980:
//! `P(w|h) = (1-δ)·ML(w|h) + δ·P(w|h')`), so that a slip of the tongue costs something but no
//! word is impossible.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::graph::{Label, WordGraph, WordId};

/// Marks of a sentence's edges, beyond all words.
const START: WordId = WordId::MAX - 1;
const END: WordId = WordId::MAX - 2;
/// A word that the grammar does not know.
const UNKNOWN: WordId = WordId::MAX - 3;

/// What each order leaves to the one below; the unigrams leave theirs to all words alike.
const LEAVES: [f64; 3] = [0.1, 0.1, 0.1];

/// Counts per order. Keys are words in the order spoken.
#[derive(Debug, Default)]
struct Trigrams {
    words: Vec<String>,
    ones: BTreeMap<WordId, f64>,
    twos: BTreeMap<(WordId, WordId), f64>,
    threes: BTreeMap<(WordId, WordId, WordId), f64>,
}

/// What flows into a node after two words.
type Flow = ((WordId, WordId), f64);

impl Trigrams {
    /// Pushes probability 1 through the graph.
    ///
    /// `None` when that takes more than `budget` steps.
    fn count(graph: &WordGraph, mut budget: usize) -> Option<Self> {
        let mut counts = Self {
            words: graph.words.clone(),
            ones: BTreeMap::new(),
            twos: BTreeMap::new(),
            threes: BTreeMap::new(),
        };
        let mut found: std::collections::HashMap<(WordId, WordId, WordId), f64> =
            std::collections::HashMap::new();
        let mut inflow: Vec<Vec<Flow>> = vec![Vec::new(); graph.arcs.len()];
        inflow[0].push(((START, START), 1.0));
        for (node, arcs) in graph.arcs.iter().enumerate() {
            let flows = merge(std::mem::take(&mut inflow[node]));
            budget = budget.checked_sub(flows.len() * (arcs.len() + 1))?;
            for ((first, second), mass) in flows {
                for arc in arcs.iter().filter(|arc| arc.to as usize != node) {
                    let mass = mass * f64::from(arc.probability);
                    match arc.label {
                        Label::Silent => inflow[arc.to as usize].push(((first, second), mass)),
                        Label::Word(word) => {
                            *found.entry((first, second, word)).or_default() += mass;
                            inflow[arc.to as usize].push(((second, word), mass));
                        }
                        // Words that the grammar does not know leave no trace of what came before.
                        Label::Any => inflow[arc.to as usize].push(((UNKNOWN, UNKNOWN), mass)),
                    }
                }
                if node + 1 == graph.arcs.len() {
                    *found.entry((first, second, END)).or_default() += mass;
                }
            }
        }
        counts.threes = found.into_iter().collect();
        for (&(_, second, third), &mass) in &counts.threes {
            if second != UNKNOWN {
                *counts.twos.entry((second, third)).or_default() += mass;
            }
            *counts.ones.entry(third).or_default() += mass;
        }
        // Rows that begin before the sentence does, or in the unknown, are counted as bigrams.
        counts
            .threes
            .retain(|&(first, second, _), _| second != START && first != UNKNOWN && second != UNKNOWN);
        Some(counts)
    }
}

/// Adds up what came in by different ways.
fn merge(mut flows: Vec<Flow>) -> Vec<Flow> {
    flows.sort_by_key(|&(history, _)| history);
    flows.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    flows
}

/// The model: what can follow which two words, how likely.
#[derive(Debug)]
pub struct LanguageModel {
    counts: Trigrams,
    ids: BTreeMap<String, WordId>,
    all: f64,
    after_one: BTreeMap<WordId, f64>,
    after_two: BTreeMap<(WordId, WordId), f64>,
}

impl LanguageModel {
    /// Counts and smooths.
    #[must_use]
    pub fn new(graph: &WordGraph) -> Self {
        Self::of(Trigrams::count(graph, usize::MAX).unwrap_or_default())
    }

    /// Counts and smooths; `None` when that takes more than `budget` steps.
    #[must_use]
    pub fn within(graph: &WordGraph, budget: usize) -> Option<Self> {
        Trigrams::count(graph, budget).map(Self::of)
    }

    fn of(counts: Trigrams) -> Self {
        let mut after_one = BTreeMap::new();
        for (&(first, _), &mass) in &counts.twos {
            *after_one.entry(first).or_default() += mass;
        }
        let mut after_two = BTreeMap::new();
        for (&(first, second, _), &mass) in &counts.threes {
            *after_two.entry((first, second)).or_default() += mass;
        }
        let all = counts.ones.values().sum();
        let ids = counts.words.iter().enumerate().map(|(id, word)| (word.clone(), id as WordId)).collect();
        Self { counts, ids, all, after_one, after_two }
    }

    /// The probability of a word (`None`: the end) after a beginning of a sentence. Words that the
    /// grammar lacks count as any word.
    #[must_use]
    pub fn probability<S: AsRef<str>>(&self, before: &[S], word: Option<&str>) -> f64 {
        let id = |word: &str| self.ids.get(word).copied().unwrap_or(WordId::MAX);
        let word = word.map_or(END, id);
        let last = before.last().map(|word| id(word.as_ref()));
        match (before.len().checked_sub(2).map(|at| id(before[at].as_ref())), last) {
            (Some(first), Some(second)) => self.three(first, second, word),
            (None, Some(second)) => self.three(START, second, word),
            _ => self.two(START, word),
        }
    }

    /// The model in ARPA format.
    #[must_use]
    pub fn arpa(&self) -> String {
        let mut text = String::new();
        // Writing to a `String` cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn one(&self, word: WordId) -> f64 {
        let share = LEAVES[0];
        let seen = self.counts.ones.get(&word).copied().unwrap_or(0.0) / self.all;
        (1.0 - share) * seen + share / (self.counts.words.len() + 1) as f64
    }

    fn two(&self, first: WordId, word: WordId) -> f64 {
        let share = LEAVES[1];
        match (self.counts.twos.get(&(first, word)), self.after_one.get(&first)) {
            (Some(mass), Some(all)) => (1.0 - share) * mass / all + share * self.one(word),
            (None, Some(_)) => share * self.one(word),
            _ => self.one(word),
        }
    }

    fn three(&self, first: WordId, second: WordId, word: WordId) -> f64 {
        let share = LEAVES[2];
        match (self.counts.threes.get(&(first, second, word)), self.after_two.get(&(first, second))) {
            (Some(mass), Some(all)) => (1.0 - share) * mass / all + share * self.two(second, word),
            (None, Some(_)) => share * self.two(second, word),
            _ => self.two(second, word),
        }
    }

    fn name(&self, word: WordId) -> &str {
        match word {
            START => "<s>",
            END => "</s>",
            word => &self.counts.words[word as usize],
        }
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let words = self.counts.words.len() as WordId;
        let (bigrams, trigrams) = (&self.counts.twos, &self.counts.threes);
        writeln!(out, "\\data\\\nngram 1={}", words + 2)?;
        writeln!(out, "ngram 2={}\nngram 3={}", bigrams.len(), trigrams.len())?;
        writeln!(out, "\n\\1-grams:")?;
        for word in (0..words).chain([START, END]) {
            let probability = if word == START { -99.0 } else { self.one(word).log10() };
            let backoff = if self.after_one.contains_key(&word) { LEAVES[1].log10() } else { 0.0 };
            writeln!(out, "{probability:.4} {} {backoff:.4}", self.name(word))?;
        }
        writeln!(out, "\n\\2-grams:")?;
        for &(first, word) in bigrams.keys() {
            let probability = self.two(first, word).log10();
            let known = self.after_two.contains_key(&(first, word));
            let backoff = if known { LEAVES[2].log10() } else { 0.0 };
            writeln!(out, "{probability:.4} {} {} {backoff:.4}", self.name(first), self.name(word))?;
        }
        writeln!(out, "\n\\3-grams:")?;
        for &(first, second, word) in trigrams.keys() {
            let probability = self.three(first, second, word).log10();
            let (first, second) = (self.name(first), self.name(second));
            writeln!(out, "{probability:.4} {first} {second} {}", self.name(word))?;
        }
        writeln!(out, "\n\\end\\")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::grammar::{Expr, Grammar, Sentence};

    fn grammar() -> Grammar {
        let word = |word: &str| Expr::Word(word.into());
        let place = Expr::Alt(vec![word("kitchen"), word("office"), Expr::words(&["living", "room"])]);
        let expr = Expr::Seq(vec![
            word("turn"),
            Expr::Alt(vec![word("on"), word("off")]),
            Expr::Optional(Box::new(word("the"))),
            place,
            word("lights"),
        ]);
        let sentence = |intent: &str, expr| Sentence {
            intent: intent.into(),
            expr,
            fixed: Vec::new(),
            response: None,
            template: String::new(),
            source: String::new(),
            heard: true,
        };
        Grammar {
            language: "en".into(),
            sentences: vec![sentence("A", expr), sentence("B", Expr::words(&["what", "time"]))],
            skip_words: vec![vec!["please".into()]],
            ..Grammar::default()
        }
    }

    #[test]
    fn after_anything_the_chances_of_all_words_sum_to_one() {
        let model = LanguageModel::new(&WordGraph::new(&grammar()));
        for before in [&[][..], &["turn"], &["turn", "on"], &["the", "office"], &["lights", "what"], &["jam"]]
        {
            let words = model.counts.words.iter().map(|word| Some(word.as_str())).chain([None]);
            let sum: f64 = words.map(|word| model.probability(before, word)).sum();
            assert!((sum - 1.0).abs() < 1e-6, "{before:?}: {sum}");
        }
    }

    #[test]
    fn what_the_grammar_says_is_likelier_than_what_it_does_not() {
        let model = LanguageModel::new(&WordGraph::new(&grammar()));
        let after = |word| model.probability(&["turn", "on"], Some(word));
        assert!(after("the") > 0.4);
        assert!((after("kitchen") - after("office")).abs() < 1e-9);
        assert!(after("what") < 0.01 && after("what") > 0.0);
    }

    #[test]
    fn arpa_counts_its_rows() {
        let text = LanguageModel::new(&WordGraph::new(&grammar())).arpa();
        let rows = |fields: usize| {
            let rows = text.lines().filter(|line| line.starts_with('-'));
            rows.filter(|line| line.split_whitespace().count() == fields).count()
        };
        let said = |order: usize| -> usize {
            let prefix = format!("ngram {order}=");
            text.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap().parse().unwrap()
        };
        assert_eq!(said(1), rows(3));
        // Bigrams have two words and a back-off weight, trigrams three words.
        assert_eq!(said(2) + said(3), rows(4));
    }
}
