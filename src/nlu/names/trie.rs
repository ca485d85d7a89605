//! The sounds of all names as a tree, searched for everything that lies near to what was heard.
//!
//! One search from a place in the text compares every beginning of the text there with every name,
//! and leaves a branch as soon as all its names are too far: two thousand names cost little more
//! than two hundred.

use super::costs::Costs;
use crate::stt::vocabulary::phones::Phone;

#[derive(Debug, Default)]
struct Node {
    /// Sorted by phone.
    children: Vec<(Phone, u32)>,
    /// The names that end here.
    ends: Vec<u32>,
    /// Phones of the longest name through here.
    longest: u16,
}

#[derive(Debug)]
pub(super) struct Trie {
    nodes: Vec<Node>,
}

/// A name, the end among those that were asked for, and what the slips cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hit {
    pub name: u32,
    pub end: usize,
    pub cost: f32,
}

/// A beginning of a name may be this much worse than the whole is allowed to be.
const SLACK: f32 = 0.8;

impl Trie {
    pub fn new() -> Self {
        Self { nodes: vec![Node::default()] }
    }

    pub fn add(&mut self, sound: &[Phone], name: u32) {
        let mut at = 0;
        let length = sound.len() as u16;
        for phone in sound {
            self.nodes[at].longest = self.nodes[at].longest.max(length);
            let found = self.nodes[at].children.binary_search_by_key(phone, |(phone, _)| *phone);
            at = match found {
                Ok(child) => self.nodes[at].children[child].1 as usize,
                Err(place) => {
                    let fresh = self.nodes.len();
                    self.nodes[at].children.insert(place, (*phone, fresh as u32));
                    self.nodes.push(Node::default());
                    fresh
                }
            };
        }
        self.nodes[at].longest = self.nodes[at].longest.max(length);
        self.nodes[at].ends.push(name);
    }

    /// Every name whose slips cost at most `limit` for each phone, against `heard` up to each of
    /// `ends` (numbers of phones).
    pub fn near(&self, costs: &Costs, heard: &[Phone], ends: &[usize], limit: f32) -> Vec<Hit> {
        let mut first = vec![0.0f32];
        for phone in heard {
            first.push(first[first.len() - 1] + costs.missing(*phone));
        }
        let mut search =
            Search { trie: self, costs, heard, ends, limit, hits: Vec::new(), spare: Vec::new() };
        search.visit(0, 0, &first);
        search.hits
    }
}

struct Search<'a> {
    trie: &'a Trie,
    costs: &'a Costs,
    heard: &'a [Phone],
    ends: &'a [usize],
    limit: f32,
    hits: Vec<Hit>,
    /// Rows to use again.
    spare: Vec<Vec<f32>>,
}

impl Search<'_> {
    /// `row[i]` is the cost of the first `i` heard phones for the phones above `node`.
    fn visit(&mut self, node: u32, depth: usize, row: &[f32]) {
        let trie = self.trie;
        let node = &trie.nodes[node as usize];
        if !node.ends.is_empty() {
            for &end in self.ends {
                let cost = row[end];
                if cost <= self.limit * depth.max(end) as f32 {
                    self.hits.extend(node.ends.iter().map(|&name| Hit { name, end, cost }));
                }
            }
        }
        let depth = depth + 1;
        // Phones are gained and lost, but not so many that a path far from the diagonal is cheap.
        let band = 3 + depth / 4;
        let (low, high) = (depth.saturating_sub(band), (depth + band).min(self.heard.len()));
        if low > self.heard.len() {
            return;
        }
        for &(phone, child) in &node.children {
            let mut next = self.spare.pop().unwrap_or_default();
            next.clear();
            next.resize(row.len(), f32::INFINITY);
            let missing = self.costs.missing(phone);
            let mut best = f32::INFINITY;
            for i in low..=high {
                let mut cost = row[i] + missing;
                if i > 0 {
                    let heard = self.heard[i - 1];
                    cost = cost
                        .min(row[i - 1] + self.costs.swapped(heard, phone))
                        .min(next[i - 1] + self.costs.missing(heard));
                }
                next[i] = cost;
                best = best.min(cost);
            }
            let longest = usize::from(trie.nodes[child as usize].longest);
            let whole = self.limit * (longest + 3) as f32;
            if best <= (SLACK + self.limit * depth as f32).min(whole) {
                self.visit(child, depth, &next);
            }
            self.spare.push(next);
        }
    }
}
