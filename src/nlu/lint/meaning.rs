//! Sentences that are never understood, and words with two meanings.

use std::collections::BTreeSet;

use super::super::sample;
use super::super::sentences::references::Written;
use crate::nlu::{Candidate, Understanding};

/// As many sentences of a template are said as are looked at.
const SAID: usize = 256;
/// The draw from templates that say more.
const SEED: u64 = 0x5e_ed;

/// Whether a reading is better because this home calls something so.
fn wins_by_a_name(best: &Candidate, other: &Candidate) -> bool {
    let named = |reading: &Candidate| {
        let slots = reading.intent.slots.iter().filter(|slot| slot.range.is_some());
        slots.filter(|slot| ["name", "area", "floor"].contains(&slot.name.as_str())).count()
    };
    named(best) > named(other)
}

/// What was found, with the sentence (an index in the grammar) that it is about.
pub(super) fn check(understanding: &Understanding, places: &[&Written]) -> Vec<(usize, String)> {
    let grammar = understanding.grammar();
    let mut found = Vec::new();
    let mut told = BTreeSet::new();
    let at = |sentence: usize| {
        let place = places[sentence];
        format!("`{}` ({}:{})", place.template, place.file.display(), place.line)
    };
    for sentence in 0..grammar.sentences.len() {
        let (texts, is_all) = sample::of_template(grammar, sentence, SAID, SEED);
        let mut winners = BTreeSet::new();
        let mut ambiguous = Vec::new();
        for text in &texts {
            let readings = understanding.readings(text);
            let Some(best) = readings.first() else { continue };
            let own = readings.iter().find(|reading| reading.sentence == sentence);
            // Another home has other names, and the sentence is for those.
            if best.sentence != sentence && own.is_some_and(|own| wins_by_a_name(best, own)) {
                winners.insert(sentence);
                continue;
            }
            winners.insert(best.sentence);
            let equals = readings.iter().skip(1).take_while(|other| other.rank == best.rank);
            for other in equals.filter(|other| !best.means_the_same(other)) {
                if other.sentence == sentence && told.insert((best.sentence, sentence)) {
                    ambiguous.push((best.sentence, text));
                }
            }
        }
        let Some(&winner) = winners.first() else { continue };
        if !winners.contains(&sentence) {
            let whatever = if is_all {
                "whatever it says is".to_owned()
            } else {
                format!("all of {} drawn sentences are", texts.len())
            };
            let others = if winners.len() > 1 { format!("{} and others", at(winner)) } else { at(winner) };
            found.push((
                sentence,
                format!(
                    "`{}` is never understood: {whatever} said by {others}, which wins; remove one of them",
                    grammar.sentences[sentence].template
                ),
            ));
            continue;
        }
        for (winner, text) in ambiguous {
            found.push((
                sentence,
                format!(
                    "\"{text}\" is also said by {}, which wins by standing first, and means something else; \
                     let only one of them say it",
                    at(winner)
                ),
            ));
        }
    }
    found
}
