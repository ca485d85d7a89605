//! Finds the slots of one intent: a chain of tags that say where values begin and go on.

use super::example::{Example, Span};
use super::learner::{self, Chain, FORBIDDEN, Sequence, Settings};
use super::lexicon::token_range;
use super::random::Random;
use super::tokens::Token;

/// The slot tagger of one intent. Tag 0 stands outside; slot `i` has tags `1 + 4i` (begins),
/// `2 + 4i` (goes on), `3 + 4i` (ends), `4 + 4i` (stands alone).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tagger {
    /// Sorted names.
    pub slots: Vec<String>,
    pub chain: Chain,
}

/// An example with its tokens and the features of each.
pub type Lesson<'a> = (&'a Example, &'a [Token], Vec<Vec<u32>>);

/// Begins, goes on.
const TAGS: usize = 2;

impl Tagger {
    /// How many tags `slots` slots need.
    #[must_use]
    pub fn tags(slots: usize) -> usize {
        1 + slots * TAGS
    }

    /// Learns from examples of one intent; `features` holds those of each example's tokens.
    pub fn train(examples: &[Lesson<'_>], settings: Settings, random: &mut Random, tick: &dyn Fn()) -> Self {
        let mut slots: Vec<_> =
            examples.iter().flat_map(|(example, ..)| &example.slots).map(|span| span.name.clone()).collect();
        slots.sort_unstable();
        slots.dedup();
        let sequences: Vec<_> = examples
            .iter()
            .map(|(example, tokens, features)| Sequence {
                features: features.clone(),
                labels: tags(&slots, example, tokens),
            })
            .collect();
        let (transitions, start) = allowed(slots.len());
        let chain = learner::train(&sequences, transitions, start, settings, random, tick);
        Self { slots, chain }
    }

    /// The slots of a sentence, and how probable they are together.
    #[must_use]
    pub fn tag(&self, tokens: &[Token], features: &[Vec<u32>]) -> (Vec<Span>, f32) {
        let (tags, probability) = self.chain.decode(features);
        let mut spans: Vec<Span> = Vec::new();
        for (token, tag) in tokens.iter().zip(tags) {
            let Some(tag) = usize::from(tag).checked_sub(1) else { continue };
            match (tag % TAGS, spans.last_mut()) {
                (1 | 2, Some(span)) => span.end = token.end,
                _ => spans.push(Span {
                    name: self.slots[tag / TAGS].clone(),
                    start: token.start,
                    end: token.end,
                }),
            }
        }
        (spans, probability)
    }
}

fn tags(slots: &[String], example: &Example, tokens: &[Token]) -> Vec<u16> {
    let mut tags = vec![0; tokens.len()];
    for span in &example.slots {
        let Ok(slot) = slots.binary_search(&span.name) else { continue };
        let range = token_range(tokens, span.start, span.end);
        let first = (1 + slot * TAGS) as u16;
        for at in range.clone() {
            tags[at] = match (at == range.start, at + 1 == range.end) {
                _ if TAGS == 2 => first + u16::from(at != range.start),
                (true, true) => first + 3,
                (true, false) => first,
                (false, true) => first + 2,
                (false, false) => first + 1,
            };
        }
    }
    tags
}

/// Which tags can follow which, and which can come first.
fn allowed(slots: usize) -> (Vec<f32>, Vec<f32>) {
    let tags = Tagger::tags(slots);
    // A tag leaves a value open, or goes on with one.
    let open = |tag: usize| if TAGS == 2 { tag > 0 } else { tag > 0 && matches!((tag - 1) % TAGS, 0 | 1) };
    let goes_on = |tag: usize| tag > 0 && matches!((tag - 1) % TAGS, 1 | 2);
    let mut transitions = vec![0.0; tags * tags];
    for from in 0..tags {
        for to in 0..tags {
            let same = from > 0 && to > 0 && (from - 1) / TAGS == (to - 1) / TAGS;
            let fine = if goes_on(to) { open(from) && same } else { TAGS == 2 || !open(from) };
            if !fine {
                transitions[from * tags + to] = FORBIDDEN;
            }
        }
    }
    let start = (0..tags).map(|tag| if goes_on(tag) { FORBIDDEN } else { 0.0 }).collect();
    (transitions, start)
}
