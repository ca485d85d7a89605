//! Which sentences can begin with a word: most are ruled out before anything is matched.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::chart::Chart;
use super::program::{Node, NodeId, Program, UNKNOWN, WordId};
use crate::nlu::entities::Kind;

/// Stands for "begins with a number".
const NUMBER: WordId = UNKNOWN - 1;
/// Stands for "begins with anything".
const ANYTHING: WordId = UNKNOWN - 2;
/// Stands for "begins with a value of a list", which may be misheard.
const VALUE: WordId = UNKNOWN - 3;

/// Stands for "begins with a value of this kind".
fn entity(kind: Kind) -> WordId {
    ANYTHING - 1 - kind as WordId
}

pub(super) struct FirstWords {
    /// Sentences by a word they can begin with, in the grammar's order.
    sentences: HashMap<WordId, Vec<usize>>,
}

/// What a node can begin with, and whether it can be nothing.
#[derive(Clone, Default)]
struct First {
    words: Rc<BTreeSet<WordId>>,
    nothing: bool,
}

impl FirstWords {
    pub fn new(program: &Program) -> Self {
        let mut finder = Finder { program, known: vec![None; program.nodes.len()] };
        let mut sentences: HashMap<WordId, Vec<usize>> = HashMap::new();
        for (index, node) in program.sentences.iter().enumerate() {
            for word in finder.first(*node).words.iter() {
                sentences.entry(*word).or_default().push(index);
            }
        }
        Self { sentences }
    }

    /// Sentences that can begin as the chart's text does.
    pub fn candidates(&self, chart: &mut Chart<'_>) -> Vec<usize> {
        let mut keys = vec![ANYTHING];
        if chart.takes_near() {
            keys.push(VALUE);
        }
        // Kinds that no sentence begins with are not looked for.
        let kinds = Kind::ALL.into_iter().filter(|kind| self.sentences.contains_key(&entity(*kind)));
        for kind in kinds {
            if chart.reachable(0).to_vec().into_iter().any(|start| !chart.entities(kind, start).is_empty()) {
                keys.push(entity(kind));
            }
        }
        for &start in chart.reachable(0) {
            keys.extend(chart.word(start));
            if chart.is_number(start) {
                keys.push(NUMBER);
            }
        }
        let found: BTreeSet<usize> =
            keys.iter().filter_map(|key| self.sentences.get(key)).flatten().copied().collect();
        found.into_iter().collect()
    }
}

struct Finder<'p> {
    program: &'p Program,
    known: Vec<Option<First>>,
}

impl Finder<'_> {
    fn first(&mut self, id: NodeId) -> First {
        if let Some(first) = &self.known[id as usize] {
            return first.clone();
        }
        let program = self.program;
        let first = match &program.nodes[id as usize] {
            Node::Word(word) => only(*word),
            Node::Range { .. } => only(NUMBER),
            Node::Entity { kind, .. } => only(entity(*kind)),
            Node::Wildcard { .. } => only(ANYTHING),
            Node::Optional(part) => First { nothing: true, ..self.first(*part) },
            Node::Alt(parts) => self.union(parts),
            // A part counts while all before it can be nothing.
            Node::Seq(parts) => {
                let mut open = true;
                let mut leading = Vec::new();
                for part in parts {
                    if !open {
                        break;
                    }
                    leading.push(*part);
                    open = self.first(*part).nothing;
                }
                First { nothing: open, ..self.union(&leading) }
            }
            Node::Permutation(parts) => {
                let nothing = parts.iter().all(|part| self.first(*part).nothing);
                First { nothing, ..self.union(parts) }
            }
            Node::Values { list, .. } => {
                let values = &program.values[*list];
                let templates: Vec<_> = values.templates.iter().map(|(node, _)| *node).collect();
                let mut words: BTreeSet<_> = values.first_words().collect();
                words.extend(self.union(&templates).words.iter());
                words.insert(VALUE);
                First { words: Rc::new(words), nothing: false }
            }
        };
        self.known[id as usize] = Some(first.clone());
        first
    }

    fn union(&mut self, parts: &[NodeId]) -> First {
        let firsts: Vec<_> = parts.iter().map(|part| self.first(*part)).collect();
        let nothing = firsts.iter().any(|first| first.nothing);
        if let [one] = firsts.as_slice() {
            return one.clone();
        }
        let words = firsts.iter().flat_map(|first| first.words.iter().copied()).collect();
        First { words: Rc::new(words), nothing }
    }
}

fn only(word: WordId) -> First {
    First { words: Rc::new(BTreeSet::from([word])), nothing: false }
}
