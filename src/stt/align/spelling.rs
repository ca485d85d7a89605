//! The automaton of words, spelt out in phones.

use super::automaton::Automaton;
use crate::stt::vocabulary::dictionary::Dictionary;
use crate::stt::vocabulary::graph::{Label, WordId};
use crate::stt::vocabulary::phones::{Phone, PhoneSet};

/// Arcs of one node of the phone graph.
#[derive(Debug, Default, Clone)]
pub struct Node {
    pub arcs: Vec<PhoneArc>,
    pub last: bool,
    /// Takes any phone and stays.
    pub wild: bool,
}

#[derive(Debug, Clone, Copy)]
pub struct PhoneArc {
    /// `None` costs nothing and says nothing.
    pub phone: Option<Phone>,
    pub to: u32,
    /// The word that ends here.
    pub word: Option<WordId>,
}

/// One node for each state of the automaton, one between each two phones of a word, and one for
/// each wildcard. Arcs lead to higher nodes.
#[must_use]
pub fn spell(
    automaton: &Automaton,
    words: &[String],
    dictionary: &Dictionary,
    phones: &PhoneSet,
) -> Vec<Node> {
    let spelt: Vec<Vec<Vec<Phone>>> = words
        .iter()
        .map(|word| {
            let ways = dictionary.ways(word).iter();
            ways.map(|way| way.iter().filter_map(|name| phones.find(name)).collect()).collect()
        })
        .collect();
    // First where each state's node will be.
    let mut place = Vec::with_capacity(automaton.states.len());
    let mut at = 0;
    for state in &automaton.states {
        place.push(at);
        at += 1;
        for (label, _) in &state.arcs {
            at += match label {
                Label::Word(word) => spelt[*word as usize].iter().map(|way| way.len().max(1) - 1).sum(),
                _ => 1,
            };
        }
    }
    let mut nodes = vec![Node::default(); at];
    for (state, &start) in automaton.states.iter().zip(&place) {
        nodes[start].last = state.last;
        let mut free = start + 1;
        for &(label, to) in &state.arcs {
            let to = place[to];
            if let Label::Word(word) = label {
                for way in &spelt[word as usize] {
                    chain(&mut nodes, start, to, &mut free, way, word);
                }
            } else {
                nodes[free].wild = true;
                nodes[start].arcs.push(PhoneArc { phone: None, to: free as u32, word: None });
                // A wildcard's own loop is what its node does by itself.
                if to > start {
                    nodes[free].arcs.push(PhoneArc { phone: None, to: to as u32, word: None });
                }
                free += 1;
            }
        }
    }
    nodes
}

/// The phones of a word in a row, through nodes from `free` on.
fn chain(nodes: &mut [Node], start: usize, to: usize, free: &mut usize, way: &[Phone], word: WordId) {
    let mut from = start;
    for (index, &phone) in way.iter().enumerate() {
        let ends = index + 1 == way.len();
        let next = if ends { to } else { *free };
        let word = ends.then_some(word);
        nodes[from].arcs.push(PhoneArc { phone: Some(phone), to: next as u32, word });
        *free += usize::from(!ends);
        from = next;
    }
}
