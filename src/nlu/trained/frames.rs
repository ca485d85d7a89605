//! What the sentences of a household permit: each way an intent can be meant, and which slots go
//! together in it.
//!
//! The trained stage can only answer what a template or an example could have: an intent, the
//! slots that its sentences set by themselves, and a combination of lists that one of them has.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::Value;

use super::Example;
use crate::nlu::grammar::{Expr, Grammar};

/// Combinations of one sentence beyond this many are not told apart from ones that no sentence has.
const MOST: usize = 1000;

/// The slots that one sentence can fill together, by name, each with its list; `None` for any words.
pub type Combo = Vec<(String, Option<usize>)>;

/// One way an intent can be meant.
#[derive(Debug, Clone)]
pub struct Frame {
    pub intent: String,
    /// Its number among the frames of its intent.
    pub variant: u16,
    pub fixed: Vec<(String, Value)>,
    pub response: Option<String>,
    /// Every combination of slots that its sentences have.
    pub combos: BTreeSet<Combo>,
}

/// All frames of a grammar, in the order of its files.
#[derive(Debug, Clone, Default)]
pub struct Frames {
    pub all: Vec<Frame>,
    /// The frame of each sentence, by its index.
    pub of_sentence: Vec<usize>,
    /// How many combinations of slots each sentence has: at least one.
    pub richness: Vec<usize>,
    /// The frame of each example, by its index.
    pub of_example: Vec<usize>,
}

impl Frames {
    #[must_use]
    pub fn new(grammar: &Grammar) -> Self {
        let mut frames = Self::default();
        let mut finder = Finder { grammar, rules: vec![None; grammar.rules.len()] };
        for sentence in &grammar.sentences {
            let at = frames.frame(&sentence.intent, &sentence.fixed, sentence.response.as_ref());
            let combos = finder.combos(&sentence.expr);
            frames.richness.push(combos.len().max(1));
            frames.all[at].combos.extend(combos.iter().cloned());
            frames.of_sentence.push(at);
        }
        for marked in &grammar.examples {
            let Example { intent, slots, .. } = &marked.example;
            let at = frames.frame(intent, &marked.fixed, marked.response.as_ref());
            let combo = slots.iter().zip(&marked.lists).map(|(span, &list)| (span.name.clone(), list));
            frames.all[at].combos.insert(combo.fold(Combo::new(), |combo, slot| with(&combo, slot)));
            frames.of_example.push(at);
        }
        frames
    }

    /// The frame of an intent's variant.
    #[must_use]
    pub fn get(&self, intent: &str, variant: u16) -> Option<&Frame> {
        self.all.iter().find(|frame| frame.intent == intent && frame.variant == variant)
    }

    fn frame(&mut self, intent: &str, fixed: &[(String, Value)], response: Option<&String>) -> usize {
        let same = |frame: &Frame| {
            frame.intent == intent && frame.fixed == fixed && frame.response.as_ref() == response
        };
        if let Some(at) = self.all.iter().position(same) {
            return at;
        }
        let variant = self.all.iter().filter(|frame| frame.intent == intent).count() as u16;
        self.all.push(Frame {
            intent: intent.to_owned(),
            variant,
            fixed: fixed.to_vec(),
            response: response.cloned(),
            combos: BTreeSet::new(),
        });
        self.all.len() - 1
    }
}

/// Whether two grammars mean the same by each number of a frame, so that a model of one can speak
/// for the other: their lists may have other values.
#[must_use]
pub fn same_ways(one: &Grammar, other: &Grammar) -> bool {
    let (one, other) = (Frames::new(one).all, Frames::new(other).all);
    let same =
        |(a, b): (&Frame, &Frame)| a.intent == b.intent && a.fixed == b.fixed && a.response == b.response;
    one.len() == other.len() && one.iter().zip(&other).all(same)
}

struct Finder<'g> {
    grammar: &'g Grammar,
    rules: Vec<Option<Rc<BTreeSet<Combo>>>>,
}

impl Finder<'_> {
    fn combos(&mut self, expr: &Expr) -> Rc<BTreeSet<Combo>> {
        let nothing = || BTreeSet::from([Combo::new()]);
        let found = match expr {
            Expr::Word(_) => nothing(),
            Expr::Seq(parts) | Expr::Permutation(parts) => {
                let mut all = nothing();
                for part in parts {
                    let more = self.combos(part);
                    if *more != nothing() {
                        all = together(&all, &more);
                    }
                }
                all
            }
            Expr::Alt(parts) => {
                let mut all = BTreeSet::new();
                for part in parts {
                    all.extend(self.combos(part).iter().cloned());
                }
                all
            }
            Expr::Optional(part) => {
                let mut all = (*self.combos(part)).clone();
                all.insert(Combo::new());
                all
            }
            Expr::Rule(rule) => {
                if let Some(known) = &self.rules[*rule] {
                    return Rc::clone(known);
                }
                let grammar = self.grammar;
                let found = self.combos(&grammar.rules[*rule]);
                self.rules[*rule] = Some(Rc::clone(&found));
                return found;
            }
            Expr::List { list, slot } => BTreeSet::from([vec![(slot.clone(), Some(*list))]]),
        };
        Rc::new(found)
    }
}

fn together(before: &BTreeSet<Combo>, after: &BTreeSet<Combo>) -> BTreeSet<Combo> {
    let pairs = before.iter().flat_map(|before| after.iter().map(move |after| (before, after)));
    let joined = pairs
        .take(MOST)
        .map(|(before, after)| after.iter().fold(before.clone(), |combo, slot| with(&combo, slot.clone())));
    joined.collect()
}

/// A combination with one more slot; of two of one name the first counts, as in matching.
fn with(combo: &Combo, slot: (String, Option<usize>)) -> Combo {
    let mut combo = combo.clone();
    if let Err(at) = combo.binary_search_by(|(name, _)| name.cmp(&slot.0)) {
        combo.insert(at, slot);
    }
    combo
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::nlu::sentences::{SourceFile, load};

    #[test]
    fn a_frame_permits_what_one_of_its_sentences_has() {
        let yaml = "
language: en
intents:
  Set:
    data:
      - sentences: [\"set ({a};[{b}])\", \"reset {b} [<rest>]\"]
      - examples: [\"put [x](a) to [anything at all](free)\"]
      - sentences: [\"clear\"]
        response: cleared
expansion_rules: {rest: \"({c}|all)\"}
lists: {a: {values: [x]}, b: {values: [y]}, c: {values: [z]}}
";
        let file = SourceFile { path: PathBuf::from("test.yaml"), text: yaml.to_owned() };
        let frames = Frames::new(&load("en", &[file], &[]).unwrap().grammar);
        let names = |frame: &Frame| -> Vec<String> {
            let join =
                |combo: &Combo| combo.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join("+");
            frame.combos.iter().map(join).collect()
        };
        assert_eq!(frames.all.len(), 2);
        assert_eq!(names(&frames.all[0]), ["a", "a+b", "a+free", "b", "b+c"]);
        assert_eq!(names(&frames.all[1]), [""]);
        assert_eq!((&frames.of_sentence[..], &frames.of_example[..]), (&[0, 0, 1][..], &[0][..]));
        assert_eq!(frames.richness, [2, 2, 1]);
    }
}
