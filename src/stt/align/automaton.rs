//! The grammar as a small deterministic automaton: equal beginnings and equal endings are shared.

use std::collections::BTreeMap;

use crate::stt::vocabulary::graph::{Label, WordGraph};

/// Sentences as paths of labels (never [`Label::Silent`]) from state 0 to a final state. Arcs lead
/// to higher states, a wildcard's own loop aside.
#[derive(Debug, Default)]
pub struct Automaton {
    pub states: Vec<State>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct State {
    /// Sorted by label.
    pub arcs: Vec<(Label, usize)>,
    pub last: bool,
}

impl Automaton {
    /// Determinises (subset construction) and minimises a graph.
    #[must_use]
    pub fn new(graph: &WordGraph) -> Self {
        Self::within(graph, usize::MAX).unwrap_or_default()
    }

    /// The same; `None` when it would take more than `budget` places of the graph in all states
    /// together, as optional words before equal ones can.
    #[must_use]
    pub fn within(graph: &WordGraph, budget: usize) -> Option<Self> {
        Self::determinise(graph, budget).map(|automaton| automaton.minimise())
    }

    fn determinise(graph: &WordGraph, mut budget: usize) -> Option<Self> {
        let mut known: BTreeMap<Vec<u32>, usize> = BTreeMap::new();
        let mut states: Vec<State> = Vec::new();
        let mut open = vec![closure(graph, vec![0])];
        known.insert(open[0].clone(), 0);
        states.push(State::default());
        while let Some(set) = open.pop() {
            let id = known[&set];
            let mut next: BTreeMap<Label, Vec<u32>> = BTreeMap::new();
            for &node in &set {
                for arc in graph.arcs[node as usize].iter().filter(|arc| arc.label != Label::Silent) {
                    next.entry(arc.label).or_default().push(arc.to);
                }
            }
            states[id].last = set.last() == Some(&graph.end());
            for (label, nodes) in next {
                let target = closure(graph, nodes);
                if !known.contains_key(&target) {
                    budget = budget.checked_sub(target.len())?;
                }
                let to = *known.entry(target.clone()).or_insert_with(|| {
                    states.push(State::default());
                    open.push(target);
                    states.len() - 1
                });
                states[id].arcs.push((label, to));
            }
        }
        Some(Self { states })
    }

    /// Merges states with the same future, from the ends backwards, and numbers the rest in order.
    fn minimise(&self) -> Self {
        let mut finished = Vec::new();
        let mut seen = vec![false; self.states.len()];
        self.finish(0, &mut seen, &mut finished);
        let mut merged: Vec<State> = Vec::new();
        let mut known: BTreeMap<State, usize> = BTreeMap::new();
        let mut new_id = vec![0; self.states.len()];
        for id in finished {
            let old = &self.states[id];
            let own = merged.len();
            let arcs = old
                .arcs
                .iter()
                .map(|&(label, to)| (label, if to == id { own } else { new_id[to] }))
                .collect();
            let state = State { arcs, last: old.last };
            new_id[id] = *known.entry(state.clone()).or_insert_with(|| {
                merged.push(state);
                own
            });
        }
        // The start was finished last: turned round, arcs lead upwards.
        merged.reverse();
        let highest = merged.len() - 1;
        for state in &mut merged {
            for (_, to) in &mut state.arcs {
                *to = highest - *to;
            }
        }
        Self { states: merged }
    }

    /// Depth first, without recursion: states in the order that they are left for good.
    fn finish(&self, start: usize, seen: &mut [bool], finished: &mut Vec<usize>) {
        let mut stack = vec![(start, 0)];
        seen[start] = true;
        while let Some((id, arc)) = stack.pop() {
            match self.states[id].arcs.get(arc) {
                Some(&(_, to)) => {
                    stack.push((id, arc + 1));
                    if !seen[to] {
                        seen[to] = true;
                        stack.push((to, 0));
                    }
                }
                None => finished.push(id),
            }
        }
    }

    /// Whether these words are a sentence.
    #[must_use]
    pub fn accepts(&self, labels: &[Label]) -> bool {
        let mut state = 0;
        for label in labels {
            match self.states[state].arcs.iter().find(|(found, _)| found == label) {
                Some(&(_, to)) => state = to,
                None => return false,
            }
        }
        self.states[state].last
    }
}

/// All nodes that are reached without a word, sorted.
fn closure(graph: &WordGraph, mut nodes: Vec<u32>) -> Vec<u32> {
    nodes.sort_unstable();
    nodes.dedup();
    let mut open = nodes.clone();
    let mut all: std::collections::BTreeSet<u32> = nodes.into_iter().collect();
    while let Some(node) = open.pop() {
        for arc in graph.arcs[node as usize].iter().filter(|arc| arc.label == Label::Silent) {
            if all.insert(arc.to) {
                open.push(arc.to);
            }
        }
    }
    // A node that only leads on silently tells no states apart.
    all.into_iter()
        .filter(|&node| {
            node == graph.end() || graph.arcs[node as usize].iter().any(|arc| arc.label != Label::Silent)
        })
        .collect()
}
