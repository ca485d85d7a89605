//! The second stage of understanding: from what a model makes of a text to an intent that the
//! household could have been told, or to a reason why not.
//!
//! The model only proposes. An answer needs a way of the intent whose sentences fill these slots
//! together, a value of the household for each, and enough confidence; what fails is told.

use std::collections::BTreeMap;

use serde_json::Value;

use super::certainty::{Caution, Evidence};
use super::features::Sentence;
use super::frames::{Combo, Frame, Frames};
use super::material::NOTHING;
use super::tokens::Token;
use super::{Query, RawSlot, Trained};
use crate::nlu::grammar::{Grammar, ListKind};
use crate::nlu::{
    Alternative, Doubt, Explanation, Feature, Intent, Meaning, Rejection, Resolved, Slot, Understanding,
    Understood,
};

/// Intents that are looked at, best first, and the share below which none is.
const INTENTS: usize = 3;
const LEAST: f32 = 0.05;
/// Words of the longest command; people who say more are talking to somebody else.
const LONGEST: usize = 40;
/// Features that an explanation names.
const FEATURES: usize = 5;
/// Slots that say what, or where, something is to be done.
const PLACES: [&str; 3] = ["name", "area", "floor"];
/// Words before a value that are not part of it.
const ARTICLES: [&str; 17] = [
    "the ", "a ", "an ", "my ", "our ", "le ", "la ", "les ", "l'", "un ", "une ", "du ", "des ", "de la ",
    "mon ", "ma ", "mes ",
];

/// A trained model beside what the household's sentences permit.
pub struct Stage {
    model: Trained,
    frames: Frames,
}

/// A reading that the household could have been told.
struct Answer {
    intent: Intent,
    /// A slot that could be one of several.
    doubt: Option<(String, Vec<Value>)>,
}

impl Stage {
    /// `model` was trained from this grammar.
    #[must_use]
    pub fn new(grammar: &Grammar, model: Trained) -> Self {
        Self { model, frames: Frames::new(grammar) }
    }

    /// What a text means, by all that was learnt.
    #[must_use]
    pub fn understand(&self, text: &str, household: &Understanding, caution: Caution) -> Understood {
        let nothing = |reason: String, nearest| Understood::Nothing(Rejection { reason, nearest });
        let Some(query) = self.model.query(text) else {
            return nothing("no words in it".to_owned(), None);
        };
        if query.tokens.len() > LONGEST {
            return nothing(format!("more than {LONGEST} words are no command"), None);
        }
        let mut intents: Vec<(usize, f32)> =
            (0..self.model.intents.len()).map(|intent| (intent, query.share(&self.model, intent))).collect();
        intents.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        let is_command = intents.first().is_some_and(|&(best, _)| self.model.intents[best] != NOTHING);
        intents.retain(|&(intent, _)| self.model.intents[intent] != NOTHING);

        let threshold = caution.threshold();
        let (mut nearest, mut refused): (Option<Intent>, Option<String>) = (None, None);
        for (rank, &(intent, share)) in intents.iter().take(INTENTS).enumerate() {
            if rank > 0 && share < LEAST {
                break;
            }
            match self.answer(&query, intent, share, household) {
                Ok(mut answer) => {
                    let intent = &mut answer.intent;
                    intent.why.threshold = Some(threshold);
                    intent.alternatives = self.alternatives(&intents, &intent.intent);
                    intent.why.runner_up = (intent.alternatives.first())
                        .map(|other| format!("{} {:.2}", other.intent, other.confidence));
                    if is_command && intent.confidence >= threshold {
                        return answer.understood();
                    }
                    nearest.get_or_insert(answer.intent);
                }
                Err(reason) => {
                    refused.get_or_insert(reason);
                }
            }
        }
        let reason = match (&nearest, refused) {
            _ if !is_command => "no sentence says that, and it is like no command".to_owned(),
            (_, Some(reason)) => format!("no sentence says that; {reason}"),
            (Some(nearest), None) => format!(
                "no sentence says that; most like `{}`, but only {:.0} % sure, and {:.0} % are needed",
                nearest.intent,
                nearest.confidence * 100.0,
                threshold * 100.0
            ),
            (None, None) => "no sentence says that".to_owned(),
        };
        nothing(reason, nearest)
    }

    /// The text as this intent, or why it cannot be.
    fn answer(
        &self,
        query: &Query<'_>,
        intent: usize,
        share: f32,
        household: &Understanding,
    ) -> Result<Answer, String> {
        let name = &self.model.intents[intent];
        let (raw, probability) = query.slots(&self.model, intent);
        let evidence = Evidence { share, slots: probability, strangeness: query.strangeness };
        let mut variants: Vec<(u16, f32)> = (self.model.labels.iter().zip(&query.shares))
            .filter(|(label, _)| usize::from(label.0) == intent)
            .map(|(label, share)| (label.1, *share))
            .collect();
        variants.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        if let Some(word) = self.unheard(query, &raw) {
            return Err(format!("most like `{name}`, which says nothing of `{word}`"));
        }
        let frames = variants.iter().filter_map(|&(variant, _)| self.frames.get(name, variant));
        let (mut unknown, mut fits) = (None, false);
        for frame in frames {
            for combo in frame.combos.iter().filter(|combo| fills(combo, &raw)) {
                fits = true;
                match fill(combo, &raw, household) {
                    Ok(filled) => {
                        let confidence = round(self.model.certainty.of(evidence), 4);
                        let features = self.features(query, intent, frame.variant);
                        return Ok(answer(query.text, frame, filled, confidence, features));
                    }
                    Err(reason) => unknown = unknown.or(Some(reason)),
                }
            }
        }
        Err(match unknown {
            Some(reason) if fits => format!("`{name}` needs {reason}"),
            _ => together(name, &raw),
        })
    }

    /// A word that was never heard in training, where nothing of the household is named that it could
    /// be said about: "heat the attic" must not heat the room where it was said.
    fn unheard<'q>(&self, query: &'q Query<'_>, raw: &[RawSlot]) -> Option<&'q str> {
        if raw.iter().any(|slot| PLACES.contains(&slot.name.as_str())) {
            return None;
        }
        let inside = |start: usize| raw.iter().any(|slot| (slot.range[0]..slot.range[1]).contains(&start));
        let strange = |token: &&Token| !self.model.lexicon.knows(&token.lower, None) && !inside(token.start);
        query.tokens.iter().find(strange).map(|token| token.lower.as_str())
    }

    /// What speaks most for a label.
    fn features(&self, query: &Query<'_>, intent: usize, variant: u16) -> Vec<Feature> {
        let label = (intent as u16, variant);
        let Ok(label) = self.model.labels.binary_search(&label) else { return Vec::new() };
        let sentence = Sentence::new(&query.tokens, &self.model.lexicon, None);
        let named = sentence.named_sentence_features(&self.model.lexicon);
        let mut features: Vec<Feature> = named
            .into_iter()
            .filter_map(|(feature, name)| {
                let (_, weight) =
                    self.model.classifier.weights.row(feature).find(|&(at, _)| usize::from(at) == label)?;
                (weight > 0.0).then(|| Feature { name, weight: round(weight, 2) })
            })
            .collect();
        features.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.name.cmp(&b.name)));
        features.truncate(FEATURES);
        features
    }

    fn alternatives(&self, intents: &[(usize, f32)], chosen: &str) -> Vec<Alternative> {
        let others =
            intents.iter().filter(|&&(intent, share)| share >= 0.005 && self.model.intents[intent] != chosen);
        let named = others.map(|&(intent, share)| Alternative {
            intent: self.model.intents[intent].clone(),
            confidence: round(share, 4),
        });
        named.take(INTENTS).collect()
    }
}

impl Answer {
    fn understood(self) -> Understood {
        match self.doubt {
            Some((slot, candidates)) => Understood::Unsure(Doubt { intent: self.intent, slot, candidates }),
            None => Understood::Intent(self.intent),
        }
    }
}

/// Whether these are the slots of a combination, each once.
fn fills(combo: &Combo, raw: &[RawSlot]) -> bool {
    combo.len() == raw.len() && combo.iter().all(|(name, _)| raw.iter().any(|slot| slot.name == *name))
}

type Filled<'q> = Vec<(&'q RawSlot, Meaning, Vec<Value>)>;

/// The values of a combination's slots, in the text's order; else what the household lacks.
fn fill<'q>(combo: &Combo, raw: &'q [RawSlot], household: &Understanding) -> Result<Filled<'q>, String> {
    let mut filled = Vec::new();
    for slot in raw {
        let list = combo.iter().find(|(name, _)| *name == slot.name).and_then(|(_, list)| *list);
        let Some(list) = list else {
            let words = Value::String(slot.raw.clone());
            filled.push((
                slot,
                Meaning { value: words, context: Vec::new(), how: "as spoken".into() },
                Vec::new(),
            ));
            continue;
        };
        let known = &household.grammar().lists[list];
        match resolve(list, &slot.raw, household) {
            Resolved::One(mut meaning) => {
                meaning.how = format!("{} `{}`", meaning.how, known.name);
                filled.push((slot, meaning, Vec::new()));
            }
            Resolved::Several(mut meanings) => {
                let candidates = meanings.iter().map(|meaning| meaning.value.clone()).collect();
                let mut best = meanings.remove(0);
                best.how = format!("{} `{}`", best.how, known.name);
                filled.push((slot, best, candidates));
            }
            Resolved::Nothing => {
                let lacking = match known.kind {
                    ListKind::Values(_) => "the household does not have",
                    _ => "is out of its range",
                };
                return Err(format!("a `{}`, and `{}` {lacking}", slot.name, slot.raw));
            }
        }
    }
    Ok(filled)
}

/// The words as they stand, else without an article before them.
fn resolve(list: usize, raw: &str, household: &Understanding) -> Resolved {
    let found = household.resolve(list, raw);
    if found != Resolved::Nothing {
        return found;
    }
    let lower = raw.to_lowercase().replace('\u{2019}', "'");
    let bare = ARTICLES.iter().find_map(|article| lower.strip_prefix(article));
    bare.map_or(Resolved::Nothing, |bare| household.resolve(list, bare))
}

fn answer(text: &str, frame: &Frame, filled: Filled<'_>, confidence: f32, features: Vec<Feature>) -> Answer {
    let mut slots: Vec<Slot> = Vec::new();
    let (mut origins, mut doubt) = (BTreeMap::new(), None);
    let mut add = |slot: Slot, origin: String| {
        if slots.iter().all(|known| known.name != slot.name) {
            origins.insert(slot.name.clone(), origin);
            slots.push(slot);
        }
    };
    for (raw, Meaning { value, context, how }, candidates) in filled {
        if candidates.len() > 1 {
            doubt.get_or_insert((raw.name.clone(), candidates));
        }
        add(Slot { name: raw.name.clone(), raw: raw.raw.clone(), value, range: Some(raw.range) }, how);
        for (name, value) in &context {
            add(Slot::unspoken(name, value), format!("comes with `{}`", raw.name));
        }
    }
    for (name, value) in &frame.fixed {
        add(Slot::unspoken(name, value), "set by the sentence".to_owned());
    }
    let intent = Intent {
        intent: frame.intent.clone(),
        text: text.to_owned(),
        confidence,
        slots,
        alternatives: Vec::new(),
        response: frame.response.clone(),
        why: Explanation { stage: "trained".to_owned(), features, slots: origins, ..Explanation::default() },
    };
    Answer { intent, doubt }
}

fn together(intent: &str, raw: &[RawSlot]) -> String {
    let names: Vec<_> = raw.iter().map(|slot| format!("`{}` = `{}`", slot.name, slot.raw)).collect();
    match names.len() {
        0 => format!("most like `{intent}`, which needs more to be said"),
        1 => format!("most like `{intent}`, which no sentence has with {} alone", names[0]),
        _ => format!("most like `{intent}`, which no sentence has with {} together", names.join(", ")),
    }
}

fn round(value: f32, decimals: i32) -> f32 {
    let scale = 10_f32.powi(decimals);
    (value * scale).round() / scale
}
