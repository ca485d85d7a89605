//! The grammar as numbered nodes over numbered words.

use std::collections::HashMap;

use super::values::Values;
use crate::nlu::entities::Kind;
use crate::nlu::grammar::{Expr, Grammar, ListKind};

/// A word of the grammar.
pub(super) type WordId = u32;
/// A piece of a template.
pub(super) type NodeId = u32;

/// A word that no sentence holds.
pub(super) const UNKNOWN: WordId = WordId::MAX;

#[derive(Debug)]
pub(super) enum Node {
    Word(WordId),
    Seq(Vec<NodeId>),
    Alt(Vec<NodeId>),
    Optional(NodeId),
    Permutation(Vec<NodeId>),
    Values { list: usize, slot: String },
    Range { list: usize, slot: String },
    Entity { kind: Kind, list: usize, slot: String },
    Wildcard { list: usize, slot: String },
}

pub(super) struct Program {
    pub nodes: Vec<Node>,
    /// The node of each sentence, in the grammar's order.
    pub sentences: Vec<NodeId>,
    /// How the values of each list are said, by list.
    pub values: Vec<Values>,
    pub skip_words: Vec<Vec<WordId>>,
    words: HashMap<String, WordId>,
}

impl Program {
    pub fn new(grammar: &Grammar) -> Self {
        let mut builder = Builder {
            grammar,
            nodes: Vec::new(),
            words: HashMap::new(),
            rules: vec![None; grammar.rules.len()],
        };
        let sentences = grammar.sentences.iter().map(|sentence| builder.node(&sentence.expr)).collect();
        let values = grammar.lists.iter().map(|list| builder.values(&list.kind)).collect();
        let skip_words = grammar
            .skip_words
            .iter()
            .map(|words| words.iter().map(|word| builder.word(word)).collect())
            .collect();
        Self { nodes: builder.nodes, sentences, values, skip_words, words: builder.words }
    }

    pub fn word(&self, word: &str) -> WordId {
        self.words.get(word).copied().unwrap_or(UNKNOWN)
    }
}

pub(super) struct Builder<'g> {
    grammar: &'g Grammar,
    nodes: Vec<Node>,
    words: HashMap<String, WordId>,
    /// Each rule is built once and shared.
    rules: Vec<Option<NodeId>>,
}

impl Builder<'_> {
    pub fn word(&mut self, word: &str) -> WordId {
        if let Some(id) = self.words.get(word) {
            return *id;
        }
        let id = self.words.len() as WordId;
        self.words.insert(word.to_owned(), id);
        id
    }

    pub fn node(&mut self, expr: &Expr) -> NodeId {
        let node = match expr {
            Expr::Word(word) => Node::Word(self.word(word)),
            Expr::Seq(parts) => Node::Seq(self.all(parts)),
            Expr::Alt(parts) => Node::Alt(self.all(parts)),
            Expr::Optional(part) => Node::Optional(self.node(part)),
            Expr::Permutation(parts) => Node::Permutation(self.all(parts)),
            Expr::Rule(rule) => return self.rule(*rule),
            Expr::List { list, slot } => {
                let (list, slot) = (*list, slot.clone());
                match self.grammar.lists[list].kind {
                    ListKind::Values(_) => Node::Values { list, slot },
                    ListKind::Range { .. } => Node::Range { list, slot },
                    ListKind::Entity { kind, .. } => Node::Entity { kind, list, slot },
                    ListKind::Wildcard => Node::Wildcard { list, slot },
                }
            }
        };
        self.nodes.push(node);
        (self.nodes.len() - 1) as NodeId
    }

    fn all(&mut self, parts: &[Expr]) -> Vec<NodeId> {
        parts.iter().map(|part| self.node(part)).collect()
    }

    fn rule(&mut self, rule: usize) -> NodeId {
        if let Some(node) = self.rules[rule] {
            return node;
        }
        let grammar = self.grammar;
        let node = self.node(&grammar.rules[rule]);
        self.rules[rule] = Some(node);
        node
    }

    fn values(&mut self, kind: &ListKind) -> Values {
        let mut values = Values::default();
        if let ListKind::Values(list) = kind {
            for (index, value) in list.iter().enumerate() {
                values.add(index, &value.expr, self);
            }
        }
        values
    }
}
