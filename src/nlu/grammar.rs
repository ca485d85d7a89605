//! Everything the household can say in one language, as a tree.
//!
//! Sentence files and the home are compiled to a [`Grammar`]; the matcher reads it to understand
//! text, the closed-vocabulary recogniser reads it to know which words can follow which.
//! Words are already normalised ([`crate::nlu::text`]): lower case, no punctuation, one token each.

use serde_json::Value;

use crate::rng::Rng;

use super::entities::Kind;
use super::numbers;
use super::trained::Example;

/// Everything that can be said.
#[derive(Debug, Clone, Default)]
pub struct Grammar {
    /// `en`, `fr`.
    pub language: String,
    pub sentences: Vec<Sentence>,
    /// Bodies of expansion rules; [`Expr::Rule`] holds an index. Never cyclic.
    pub rules: Vec<Expr>,
    /// Lists after filtering by context; [`Expr::List`] holds an index.
    pub lists: Vec<List>,
    /// Words that may stand anywhere and mean nothing ("please").
    pub skip_words: Vec<Vec<String>>,
    /// What people say that no template says: only the trained stage learns from these.
    pub examples: Vec<Marked>,
}

/// One example of a sentence file with what it means.
#[derive(Debug, Clone)]
pub struct Marked {
    /// Text and slots, as marked; their values are found in `lists`.
    pub example: Example,
    /// For each of its slots, the list that its value is looked up in; `None` takes any words.
    pub lists: Vec<Option<usize>>,
    /// As of a [`Sentence`].
    pub fixed: Vec<(String, Value)>,
    /// As of a [`Sentence`].
    pub response: Option<String>,
    /// Where it stands: `lights.yaml:12`.
    pub source: String,
}

/// One template with what it means.
#[derive(Debug, Clone)]
pub struct Sentence {
    pub intent: String,
    pub expr: Expr,
    /// Slots that the file sets by itself. `area` = null is the area that the microphone is in.
    pub fixed: Vec<(String, Value)>,
    /// The key of the answer under `responses`; `None` is `default`.
    pub response: Option<String>,
    /// The template as written.
    pub template: String,
    /// Where it stands: `lights.yaml:12`.
    pub source: String,
    /// Whether recognisers with a closed vocabulary listen for it. Sentences that take any words
    /// (notes, things to buy) would draw everything else to them there.
    pub heard: bool,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// One normalised word.
    Word(String),
    Seq(Vec<Expr>),
    /// One of these.
    Alt(Vec<Expr>),
    Optional(Box<Expr>),
    /// All of these, in any order.
    Permutation(Vec<Expr>),
    Rule(usize),
    /// A value of a list, remembered as a slot.
    List {
        list: usize,
        slot: String,
    },
}

/// The values a slot can take.
#[derive(Debug, Clone)]
pub struct List {
    pub name: String,
    pub kind: ListKind,
}

#[derive(Debug, Clone)]
pub enum ListKind {
    Values(Vec<ListValue>),
    /// Whole numbers from `from` to `to` (both included), spoken or in digits.
    Range {
        from: i64,
        to: i64,
        step: i64,
        /// What the number said is multiplied by to give the slot's value.
        multiplier: Option<f64>,
        /// Also every whole number and a half.
        halves: bool,
        /// Also every tenth.
        tenths: bool,
    },
    /// A value of its own kind, with the usual ways to say one: recognisers hear those, while
    /// text is understood by [`super::entities`], which knows more.
    Entity {
        kind: Kind,
        said: Expr,
    },
    /// Anything, one word or more.
    Wildcard,
}

/// One value of a list.
#[derive(Debug, Clone)]
pub struct ListValue {
    /// How it is said.
    pub expr: Expr,
    /// What it means.
    pub value: Value,
    /// Slots that come with it: a name brings its `domain` where the sentence asks for it.
    pub context: Vec<(String, Value)>,
}

impl Grammar {
    /// The words of one way to say a sentence (an index in [`Grammar::sentences`]): the same for
    /// the same seed. A wildcard is said as "something".
    #[must_use]
    pub fn sample(&self, sentence: usize, seed: u64) -> Vec<String> {
        self.sample_marked(sentence, seed).0
    }

    /// As [`Grammar::sample`], with the words that are values of lists, in their order. Of values
    /// inside values only the outermost is told.
    #[must_use]
    pub fn sample_marked(&self, sentence: usize, seed: u64) -> (Vec<String>, Vec<Mark>) {
        let mut words = Vec::new();
        let mut sampler = Sampler { grammar: self, rng: Rng::new(seed), marks: Vec::new(), depth: 0 };
        sampler.say(&self.sentences[sentence].expr, &mut words);
        (words, sampler.marks)
    }

    /// The words of one way to say an expression.
    #[must_use]
    pub fn sample_of(&self, expr: &Expr, seed: u64) -> Vec<String> {
        let mut words = Vec::new();
        Sampler { grammar: self, rng: Rng::new(seed), marks: Vec::new(), depth: 0 }.say(expr, &mut words);
        words
    }

    /// The words of one way to say any value of a list.
    #[must_use]
    pub fn sample_value(&self, list: usize, seed: u64) -> Vec<String> {
        let mut words = Vec::new();
        let mut sampler = Sampler { grammar: self, rng: Rng::new(seed), marks: Vec::new(), depth: 1 };
        sampler.say_value(&self.lists[list].kind, &mut words);
        words
    }
}

/// Words of a sample that are a list's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub slot: String,
    pub list: usize,
    /// First word.
    pub first: usize,
    /// One past the last word.
    pub end: usize,
}

struct Sampler<'g> {
    grammar: &'g Grammar,
    rng: Rng,
    marks: Vec<Mark>,
    /// Lists inside lists.
    depth: usize,
}

impl Sampler<'_> {
    /// A number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        (self.rng.next() % limit.max(1) as u64) as usize
    }

    fn say(&mut self, expr: &Expr, words: &mut Vec<String>) {
        match expr {
            Expr::Word(word) => words.push(word.clone()),
            Expr::Seq(parts) => parts.iter().for_each(|part| self.say(part, words)),
            Expr::Alt(parts) => {
                let chosen = self.below(parts.len());
                self.say(&parts[chosen], words);
            }
            Expr::Optional(part) => {
                if self.below(2) == 1 {
                    self.say(part, words);
                }
            }
            Expr::Permutation(parts) => {
                let mut left: Vec<&Expr> = parts.iter().collect();
                while !left.is_empty() {
                    let chosen = self.below(left.len());
                    self.say(left.remove(chosen), words);
                }
            }
            Expr::Rule(rule) => {
                let grammar = self.grammar;
                self.say(&grammar.rules[*rule], words);
            }
            Expr::List { list, slot } => {
                let (grammar, first) = (self.grammar, words.len());
                self.depth += 1;
                self.say_value(&grammar.lists[*list].kind, words);
                self.depth -= 1;
                if self.depth == 0 {
                    self.marks.push(Mark { slot: slot.clone(), list: *list, first, end: words.len() });
                }
            }
        }
    }

    fn say_value(&mut self, kind: &ListKind, words: &mut Vec<String>) {
        match kind {
            ListKind::Values(values) => {
                let chosen = self.below(values.len());
                self.say(&values[chosen].expr, words);
            }
            ListKind::Range { from, to, step, .. } => {
                let steps = i64::try_from(self.below(((to - from) / step + 1) as usize)).unwrap_or(0);
                let number = from + step * steps;
                let ways = numbers::say(number, &self.grammar.language);
                match ways.get(self.below(ways.len() + 1)) {
                    Some(way) => words.extend_from_slice(way),
                    None => words.push(number.to_string()),
                }
            }
            ListKind::Entity { said, .. } => self.say(said, words),
            ListKind::Wildcard => words.push("something".to_owned()),
        }
    }
}

impl Expr {
    /// Words in a row.
    #[must_use]
    pub fn words<S: AsRef<str>>(words: &[S]) -> Self {
        let mut words: Vec<_> = words.iter().map(|word| Self::Word(word.as_ref().to_owned())).collect();
        if words.len() == 1 { words.remove(0) } else { Self::Seq(words) }
    }
}
