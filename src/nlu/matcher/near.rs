//! Matching where names need only be near: verbs and all other words as written, names by sound.

use serde_json::Value;

use super::chart::{Chart, Found, SlotMatch};
use super::{Matcher, intent};
use crate::nlu::grammar::{Grammar, ListKind};
use crate::nlu::names::{Resolution, Resolver};
use crate::nlu::text::{Token, tokenize};
use crate::nlu::{Doubt, Intent, Rejection, Understood};

/// Longer texts hold no command with one slip in it.
const MAX_WORDS: usize = 40;
/// A reading of another intent that is nearer than this to the best makes both doubtful.
const MARGIN: u32 = 20;

impl Matcher {
    /// The nearest reading of a text that no sentence is word for word; `None` when none is near.
    pub fn nearly(&self, grammar: &Grammar, names: &Resolver, text: &str) -> Option<Understood> {
        let tokens = tokenize(text, &grammar.language);
        if tokens.is_empty() || tokens.len() > MAX_WORDS {
            return None;
        }
        let mut chart = Chart::new(&self.program, grammar, &tokens).with_near(names, &tokens);
        let readings = self.readings(&mut chart);
        let (sentence, best) = readings.first()?;
        let matches = best.slots.as_ref().map_or_else(Vec::new, |slots| slots.in_order());
        let near = |found: &&SlotMatch| matches!(found.found, Found::Near(_));
        let mut understood = intent(grammar, *sentence, &matches, text, &tokens);
        "near".clone_into(&mut understood.why.stage);
        understood.confidence = (1.0 - best.score.away.0 as f32 / 1000.0).clamp(0.0, 0.99);
        understood.why.taken = matches
            .iter()
            .filter(near)
            .filter_map(|found| taken(&understood, found, text, &tokens))
            .collect();
        for found in matches.iter().filter(near) {
            let all = chart.near(found.list, found.start);
            match names.decide(&all, found.end) {
                Resolution::Sure(..) => {}
                Resolution::Several(several) => {
                    let values = several.iter().map(|(value, _)| value_of(grammar, found.list, *value));
                    return Some(Understood::Unsure(Doubt {
                        slot: found.slot.clone(),
                        candidates: values.collect(),
                        intent: understood,
                    }));
                }
                Resolution::None => {
                    let reason = format!("too many things are called `{}`", raw(&understood, &found.slot));
                    return Some(Understood::Nothing(Rejection { reason, nearest: Some(understood) }));
                }
            }
        }
        // Another place in the text may be the misheard one.
        for (sentence, other) in &readings[1..] {
            if other.score.away.0 > best.score.away.0 + MARGIN {
                break;
            }
            let matches = other.slots.as_ref().map_or_else(Vec::new, |slots| slots.in_order());
            let other = intent(grammar, *sentence, &matches, text, &tokens);
            if let Some(doubt) = doubt(&understood, &other) {
                return Some(Understood::Unsure(doubt));
            }
        }
        Some(Understood::Intent(understood))
    }
}

/// Two readings of one intent that differ in one value alone.
fn doubt(best: &Intent, other: &Intent) -> Option<Doubt> {
    if best.intent != other.intent || best.slots.len() != other.slots.len() {
        return None;
    }
    let mut different = best.slots.iter().filter(|slot| other.slot(&slot.name) != Some(&slot.value));
    let (slot, None) = (different.next()?, different.next()) else { return None };
    let candidates = vec![slot.value.clone(), other.slot(&slot.name)?.clone()];
    (!candidates.contains(&Value::Null)).then(|| Doubt {
        slot: slot.name.clone(),
        candidates,
        intent: best.clone(),
    })
}

fn value_of(grammar: &Grammar, list: usize, index: usize) -> Value {
    match &grammar.lists[list].kind {
        ListKind::Values(values) => values[index].value.clone(),
        ListKind::Range { .. } | ListKind::Entity { .. } | ListKind::Wildcard => Value::Null,
    }
}

fn raw<'i>(intent: &'i Intent, slot: &str) -> &'i str {
    intent.slots.iter().find(|known| known.name == slot).map_or("", |slot| &slot.raw)
}

fn taken(intent: &Intent, found: &SlotMatch, text: &str, tokens: &[Token]) -> Option<String> {
    let meant = intent.slots.iter().find(|slot| slot.name == found.slot)?;
    let (said, _) = super::span(found, text, tokens);
    let value = meant.value.as_str().map_or_else(|| meant.value.to_string(), str::to_owned);
    Some(format!("`{said}` as `{value}`"))
}
