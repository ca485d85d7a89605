//! A list's values as a tree of words: two thousand names cost no more to look up than two.

use std::collections::HashMap;

use super::program::{Builder, NodeId, WordId};
use crate::nlu::grammar::Expr;

/// Values that can be said in more ways than this stay templates.
const MAX_WAYS: usize = 64;

#[derive(Default)]
pub(super) struct Values {
    /// From a place in the tree, by a word, to the next place; 0 is the root.
    next: HashMap<(u32, WordId), u32>,
    /// The values that end at each place, first in the list first.
    ends: Vec<Vec<usize>>,
    /// Values that are templates of their own.
    pub templates: Vec<(NodeId, usize)>,
}

impl Values {
    pub fn add(&mut self, index: usize, expr: &Expr, builder: &mut Builder<'_>) {
        let Some(ways) = ways(expr) else {
            self.templates.push((builder.node(expr), index));
            return;
        };
        for way in ways.iter().filter(|way| !way.is_empty()) {
            let mut place = 0;
            for word in way {
                let word = builder.word(word);
                let fresh = self.ends.len().max(1) as u32;
                place = *self.next.entry((place, word)).or_insert(fresh);
                if place == fresh {
                    self.ends.resize(fresh as usize + 1, Vec::new());
                }
            }
            let ends = &mut self.ends[place as usize];
            if !ends.contains(&index) {
                ends.push(index);
            }
        }
    }

    /// The words that a value can begin with.
    pub fn first_words(&self) -> impl Iterator<Item = WordId> + '_ {
        self.next.keys().filter(|(place, _)| *place == 0).map(|(_, word)| *word)
    }

    /// Every value that `words` begin with, with the number of its words, shortest first.
    pub fn find(&self, words: &[WordId]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut place = 0;
        for (length, word) in words.iter().enumerate() {
            let Some(next) = self.next.get(&(place, *word)) else { break };
            place = *next;
            if let Some(first) = self.ends[place as usize].first() {
                found.push((*first, length + 1));
            }
        }
        found
    }
}

/// All ways to say an expression of plain words; `None` when it refers to others or has too many.
pub(in crate::nlu) fn ways(expr: &Expr) -> Option<Vec<Vec<&str>>> {
    let ways = match expr {
        Expr::Word(word) => vec![vec![word.as_str()]],
        Expr::Seq(parts) => {
            let mut all = vec![Vec::new()];
            for part in parts {
                let after = ways(part)?;
                if all.len() * after.len() > MAX_WAYS {
                    return None;
                }
                all = all
                    .iter()
                    .flat_map(|before| after.iter().map(|after| [&before[..], &after[..]].concat()))
                    .collect();
            }
            all
        }
        Expr::Alt(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(ways(part)?);
            }
            all
        }
        Expr::Optional(part) => {
            let mut all = ways(part)?;
            all.push(Vec::new());
            all
        }
        Expr::Permutation(_) | Expr::Rule(_) | Expr::List { .. } => return None,
    };
    (ways.len() <= MAX_WAYS).then_some(ways)
}
