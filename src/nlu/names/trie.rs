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

/// A name, the end among those that were asked for, and the cost of the slips.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hit {
    pub name: u32,
    pub end: usize,
    /// For each phone of the longer one.
    pub each: f32,
}

/// A beginning of a name may be this much worse than the whole is allowed to be.
const SLACK: f32 = 0.5;

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

    /// Phones of the longest name.
    pub fn longest(&self) -> usize {
        usize::from(self.nodes[0].longest)
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
        search.visit(0, 0, &first, (0, heard.len()));
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
    /// `row[i]` is the cost of the first `i` heard phones for the phones above `node`, where `i` is
    /// in `band`; beyond it, too much.
    fn visit(&mut self, node: u32, depth: usize, row: &[f32], band: (usize, usize)) {
        let trie = self.trie;
        let node = &trie.nodes[node as usize];
        if !node.ends.is_empty() {
            for &end in self.ends.iter().filter(|end| (band.0..=band.1).contains(*end)) {
                let each = row[end] / depth.max(end).max(1) as f32;
                if each <= self.limit {
                    self.hits.extend(node.ends.iter().map(|&name| Hit { name, end, each }));
                }
            }
        }
        let depth = depth + 1;
        // Phones are gained and lost, but not so many that a path far from the diagonal is cheap.
        let width = 3 + depth / 4;
        let (low, high) = (depth.saturating_sub(width), (depth + width).min(self.heard.len()));
        if low > self.heard.len() {
            return;
        }
        for &(phone, child) in &node.children {
            let mut next = self.spare.pop().unwrap_or_default();
            next.resize(row.len(), f32::INFINITY);
            let missing = self.costs.missing(phone);
            let mut best = f32::INFINITY;
            let at = |i: usize| if (band.0..=band.1).contains(&i) { row[i] } else { f32::INFINITY };
            let mut before = f32::INFINITY;
            for (i, cell) in next.iter_mut().enumerate().take(high + 1).skip(low) {
                let mut cost = at(i) + missing;
                if i > 0 {
                    let heard = self.heard[i - 1];
                    cost = cost
                        .min(at(i - 1) + self.costs.swapped(heard, phone))
                        .min(before + self.costs.missing(heard));
                }
                *cell = cost;
                before = cost;
                best = best.min(cost);
            }
            let longest = usize::from(trie.nodes[child as usize].longest);
            let whole = self.limit * (longest + 3) as f32;
            if best <= (SLACK + self.limit * depth as f32).min(whole) {
                self.visit(child, depth, &next, (low, high));
            }
            self.spare.push(next);
        }
    }
}
