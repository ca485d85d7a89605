//! Finds the sentence that a text is.
//!
//! [`program`] turns the grammar into numbered nodes over numbered words, once; [`chart`] matches
//! them against a text, each node at each word at most once. Nothing is ever expanded, so the time
//! grows with the text and the templates, not with the number of sentences they stand for.

mod chart;
mod first;
mod near;
mod program;
pub(super) mod values;

use std::collections::BTreeMap;

use serde_json::Value;

use super::entities;
use super::grammar::{Grammar, ListKind};
use super::text::{Token, tokenize};
use super::{Alternative, Explanation, Intent, Slot};
use chart::{Chart, Found, Reading, SlotMatch};
use first::FirstWords;
use program::Program;

/// Longer texts are not commands; they are not looked at, whatever they hold.
const MAX_WORDS: usize = 200;

/// A grammar, ready to match.
pub(super) struct Matcher {
    program: Program,
    first: FirstWords,
}

impl Matcher {
    pub fn new(grammar: &Grammar) -> Self {
        let program = Program::new(grammar);
        let first = FirstWords::new(&program);
        Self { program, first }
    }

    /// The best reading of a text, with the next best one in its explanation.
    ///
    /// Best is, in this order: most words that are a device's name, most literal words, fewest
    /// words in wildcards, fewest words skipped, first in the files.
    pub fn understand(&self, grammar: &Grammar, text: &str) -> Option<Intent> {
        let tokens = tokenize(text, &grammar.language);
        if tokens.is_empty() || tokens.len() > MAX_WORDS {
            return None;
        }
        let readings = self.readings(&mut Chart::new(&self.program, grammar, &tokens));
        let mut intents = readings.iter().map(|(sentence, reading)| {
            let matches = reading.slots.as_ref().map_or_else(Vec::new, |slots| slots.in_order());
            intent(grammar, *sentence, &matches, text, &tokens)
        });
        let mut best = intents.next()?;
        let other = intents.find(|other| other.intent != best.intent || other.slots != best.slots);
        best.why.runner_up = other.as_ref().map(|other| format!("{} {:.2}", other.intent, other.confidence));
        best.alternatives = other
            .map(|other| Alternative { intent: other.intent, confidence: other.confidence })
            .into_iter()
            .collect();
        Some(best)
    }

    /// Every sentence that the text can be, best first.
    fn readings(&self, chart: &mut Chart<'_>) -> Vec<(usize, Reading)> {
        let mut readings: Vec<(usize, Reading)> = Vec::new();
        for sentence in self.first.candidates(chart) {
            if let Some(reading) = chart.whole(self.program.sentences[sentence]) {
                readings.push((sentence, reading));
            }
        }
        readings.sort_by(|(a, left), (b, right)| right.score.cmp(&left.score).then(a.cmp(b)));
        readings
    }

    /// What the text can mean by each sentence that says it, best first.
    pub fn all(&self, grammar: &Grammar, text: &str) -> Vec<super::Candidate> {
        let tokens = tokenize(text, &grammar.language);
        if tokens.is_empty() || tokens.len() > MAX_WORDS {
            return Vec::new();
        }
        let readings = self.readings(&mut Chart::new(&self.program, grammar, &tokens));
        let mut rank = 0;
        let mut all = Vec::new();
        for (index, (sentence, reading)) in readings.iter().enumerate() {
            if index > 0 && readings[index - 1].1.score != reading.score {
                rank += 1;
            }
            let matches = reading.slots.as_ref().map_or_else(Vec::new, |slots| slots.in_order());
            let intent = intent(grammar, *sentence, &matches, text, &tokens);
            all.push(super::Candidate { sentence: *sentence, rank, intent });
        }
        all
    }
}

impl Matcher {
    /// What a text means as a value of a list: the value, and the slots that come with it.
    pub fn value(&self, grammar: &Grammar, list: usize, text: &str) -> Option<(Value, Vec<(String, Value)>)> {
        let tokens = tokenize(text, &grammar.language);
        if tokens.is_empty() || tokens.len() > MAX_WORDS {
            return None;
        }
        let reading = Chart::new(&self.program, grammar, &tokens).value(list, "")?;
        // The list itself comes before what its own templates hold.
        let found = reading.slots.as_ref()?.in_order().into_iter().next()?;
        let (value, context) = meaning(grammar, &found, text, &tokens);
        Some((value, context.to_vec()))
    }
}

fn intent(grammar: &Grammar, sentence: usize, matches: &[SlotMatch], text: &str, tokens: &[Token]) -> Intent {
    let sentence = &grammar.sentences[sentence];
    let mut slots: Vec<Slot> = Vec::new();
    let mut origins = BTreeMap::new();
    let mut add = |slot: Slot, origin: String| {
        if slots.iter().all(|known| known.name != slot.name) {
            origins.insert(slot.name.clone(), origin);
            slots.push(slot);
        }
    };
    for found in matches {
        let (value, context) = meaning(grammar, found, text, tokens);
        let (raw, range) = span(found, text, tokens);
        let list = &grammar.lists[found.list].name;
        add(Slot { name: found.slot.clone(), raw, value, range: Some(range) }, format!("list `{list}`"));
        for (name, value) in context {
            add(Slot::unspoken(name, value), format!("comes with `{}`", found.slot));
        }
    }
    for (name, value) in &sentence.fixed {
        add(Slot::unspoken(name, value), "set by the sentence".to_owned());
    }
    Intent {
        intent: sentence.intent.clone(),
        text: text.to_owned(),
        confidence: 1.0,
        slots,
        alternatives: Vec::new(),
        response: sentence.response.clone(),
        why: Explanation {
            stage: "template".to_owned(),
            template: Some(sentence.template.clone()),
            source: Some(sentence.source.clone()),
            slots: origins,
            ..Explanation::default()
        },
    }
}

fn meaning<'g>(
    grammar: &'g Grammar,
    found: &SlotMatch,
    text: &str,
    tokens: &[Token],
) -> (Value, &'g [(String, Value)]) {
    match (&found.found, &grammar.lists[found.list].kind) {
        (Found::Value(index) | Found::Near(index), ListKind::Values(values)) => {
            (values[*index].value.clone(), &values[*index].context)
        }
        (Found::Number(number), ListKind::Range { multiplier, .. }) => {
            (entities::number(number * multiplier.unwrap_or(1.0)), &[])
        }
        (Found::Entity(parsed), _) => (entities::value(*parsed), &[]),
        _ => (Value::String(span(found, text, tokens).0), &[]),
    }
}

/// The words as written, and their characters in the text.
fn span(found: &SlotMatch, text: &str, tokens: &[Token]) -> (String, [usize; 2]) {
    let (start, end) = (tokens[found.start].start, tokens[found.end - 1].end);
    (text.chars().skip(start).take(end - start).collect(), [start, end])
}
