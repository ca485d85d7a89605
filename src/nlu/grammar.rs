//! Everything the household can say in one language, as a tree.
//!
//! Sentence files and the home are compiled to a [`Grammar`]; the matcher reads it to understand
//! text, the closed-vocabulary recogniser reads it to know which words can follow which.
//! Words are already normalised ([`crate::nlu::text`]): lower case, no punctuation, one token each.

use serde_json::Value;

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

impl Expr {
    /// Words in a row.
    #[must_use]
    pub fn words<S: AsRef<str>>(words: &[S]) -> Self {
        let mut words: Vec<_> = words.iter().map(|word| Self::Word(word.as_ref().to_owned())).collect();
        if words.len() == 1 { words.remove(0) } else { Self::Seq(words) }
    }
}
