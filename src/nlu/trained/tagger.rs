//! Finds the slots of one intent: a chain of tags that say where values begin and go on.

use super::example::{Example, Span};
use super::learner::{self, Chain, FORBIDDEN, Sequence, Settings};
use super::lexicon::token_range;
use super::random::Random;
use super::tokens::Token;

/// The slot tagger of one intent. Tag 0 stands outside; slot `i` has tags `1 + 2i` (begins) and
/// `2 + 2i` (goes on).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tagger {
    /// Sorted names.
    pub slots: Vec<String>,
    pub chain: Chain,
}

/// An example with its tokens and the features of each.
pub type Lesson<'a> = (&'a Example, &'a [Token], Vec<Vec<u32>>, Vec<usize>);

/// Begins, goes on.
const TAGS: usize = 2;

impl Tagger {
    /// How many tags `slots` slots need.
    #[must_use]
    pub fn tags(slots: usize) -> usize {
        1 + slots * TAGS
    }

    /// Learns from examples of one intent; `features` holds those of each example's tokens.
    pub fn train(
        examples: Vec<Lesson<'_>>,
        settings: Settings,
        random: &mut Random,
        tick: &dyn Fn(),
    ) -> Self {
        let mut slots: Vec<_> =
            examples.iter().flat_map(|(example, ..)| &example.slots).map(|span| span.name.clone()).collect();
        slots.sort_unstable();
        slots.dedup();
        if slots.is_empty() {
            (0..settings.epochs).for_each(|_| tick());
            let chain = Chain { labels: 1, transitions: vec![0.0], start: vec![0.0], ..Chain::default() };
            return Self { slots, chain };
        }
        let sequences: Vec<_> = examples
            .into_iter()
            .map(|(example, tokens, features, own)| Sequence {
                labels: tags(&slots, example, tokens),
                features,
                own,
            })
            .collect();
        let (transitions, start) = allowed(slots.len());
        let chain = learner::train(sequences, transitions, start, settings, random, tick);
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
                (1, Some(span)) => span.end = token.end,
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
        let begins = (1 + slot * TAGS) as u16;
        for (offset, tag) in tags[token_range(tokens, span.start, span.end)].iter_mut().enumerate() {
            *tag = begins + u16::from(offset > 0);
        }
    }
    tags
}

/// Which tags can follow which, and which can come first: a value goes on only where it began.
fn allowed(slots: usize) -> (Vec<f32>, Vec<f32>) {
    let tags = Tagger::tags(slots);
    let goes_on = |tag: usize| tag > 0 && (tag - 1) % TAGS == 1;
    let weight = |fine: bool| if fine { 0.0 } else { FORBIDDEN };
    let follows = |from: usize, to: usize| !goes_on(to) || from == to || from + 1 == to;
    let transitions = (0..tags * tags).map(|at| weight(follows(at / tags, at % tags))).collect();
    (transitions, (0..tags).map(|tag| weight(!goes_on(tag))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_goes_on_only_where_it_began() {
        let (transitions, start) = allowed(2);
        let fine = |from: usize, to: usize| transitions[from * 5 + to] > FORBIDDEN;
        // 0 outside; 1, 2 the first slot; 3, 4 the second.
        assert!(fine(1, 2) && fine(2, 2) && fine(2, 1) && fine(2, 3) && fine(0, 3) && fine(4, 0));
        assert!(!fine(0, 2) && !fine(3, 2) && !fine(4, 2) && !fine(2, 4));
        assert_eq!(
            start.iter().map(|&weight| weight > FORBIDDEN).collect::<Vec<_>>(),
            [true, true, false, true, false]
        );
    }
}
