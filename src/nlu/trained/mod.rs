//! The trained stage of understanding: what people mean when they don't use the sentences we wrote.
//!
//! An intent classifier and, for each intent, a slot tagger; both learn from examples on the
//! device in seconds. The same examples and seed give the same model on every run.

mod example;
mod features;
mod file;
mod learner;
mod lexicon;
mod places;
mod random;
mod table;
mod tagger;
mod times;
mod tokens;
mod words;

pub use example::{Example, Span};
pub use file::ModelFileError;
pub use random::Random;

use features::Sentence;
use learner::{Chain, Sequence, Settings};
use lexicon::Lexicon;
use tagger::Tagger;
use tokens::tokenize;

/// A trained model: everything that can be said about a text, from examples alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// Sorted names.
    intents: Vec<String>,
    lexicon: Lexicon,
    classifier: Chain,
    /// Divides the classifier's scores so that its confidence is right as often as it says.
    temperature: f32,
    /// One for each intent.
    taggers: Vec<Tagger>,
}

/// What a text seems to mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    pub intent: String,
    /// 0–1, calibrated on sentences held out of training.
    pub confidence: f32,
    pub slots: Vec<RawSlot>,
    /// How probable these slots are together, given the intent; 0–1.
    pub slots_confidence: f32,
    /// The other intents with their confidence, best first.
    pub alternatives: Vec<(String, f32)>,
}

/// Words that fill a slot, not yet resolved to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawSlot {
    pub name: String,
    /// As written in the text.
    pub raw: String,
    /// Characters of the text: first, and one past the last.
    pub range: [usize; 2],
}

/// Chosen on queries held out of training (`entrenous eval nlu --dev`, and 70 an intent drawn
/// from the full sets).
const TAGGER: Settings =
    Settings { epochs: 20, rate: 0.15, decay: 0.1, dropout: 0.3, blindness: 0.3, least: 1 };
const CLASSIFIER: Settings =
    Settings { epochs: 20, rate: 0.1, decay: 0.1, dropout: 0.6, blindness: 0.0, least: 1 };

impl Trained {
    /// Learns from examples; the order of `examples` matters only through `seed`.
    /// `tick` is called [`Trained::steps`] times on the way, for a progress bar.
    #[must_use]
    pub fn train(examples: &[Example], seed: u64, tick: &dyn Fn()) -> Self {
        let mut random = Random::new(seed);
        let mut intents: Vec<_> = examples.iter().map(|example| example.intent.clone()).collect();
        intents.sort_unstable();
        intents.dedup();
        let mut lexicon = Lexicon::learn(examples);
        let tokens: Vec<_> = examples.iter().map(|example| tokenize(&example.text)).collect();
        let own: Vec<_> =
            examples.iter().zip(&tokens).map(|(example, tokens)| lexicon.own(example, tokens)).collect();
        let sentences: Vec<_> =
            tokens.iter().zip(&own).map(|(tokens, own)| Sentence::new(tokens, &lexicon, Some(own))).collect();

        let index = |example: &Example| intents.partition_point(|name| *name < example.intent);
        let bags: Vec<_> = sentences
            .iter()
            .zip(examples)
            .map(|(sentence, example)| Sequence {
                features: vec![sentence.sentence_features()],
                labels: vec![index(example) as u16],
                own: Vec::new(),
            })
            .collect();
        let n = intents.len();
        let temperature = calibrate(&bags, n, &mut random, tick);
        let classifier = classify(bags, n, &mut random, tick);

        let taggers = (0..n)
            .map(|intent| {
                let chosen: Vec<_> = (0..examples.len())
                    .filter(|&at| index(&examples[at]) == intent && !tokens[at].is_empty())
                    .map(|at| {
                        (&examples[at], &tokens[at][..], sentences[at].token_features(), sentences[at].own())
                    })
                    .collect();
                Tagger::train(chosen, TAGGER, &mut random, tick)
            })
            .collect();
        drop(sentences);
        lexicon.compact();
        Self { intents, lexicon, classifier, temperature, taggers }
    }

    /// How often [`Trained::train`] calls `tick`.
    #[must_use]
    pub fn steps(examples: &[Example]) -> u64 {
        let intents: std::collections::BTreeSet<_> = examples.iter().map(|example| &example.intent).collect();
        let classifier = CLASSIFIER.epochs * (1 + folds(examples.len()));
        (classifier + intents.len() * TAGGER.epochs) as u64
    }

    /// What a text seems to mean; `None` for a text without words or a model without intents.
    #[must_use]
    pub fn predict(&self, text: &str) -> Option<Prediction> {
        let tokens = tokenize(text);
        if tokens.is_empty() || self.intents.is_empty() {
            return None;
        }
        let sentence = Sentence::new(&tokens, &self.lexicon, None);
        let scores = self.classifier.scores(&[sentence.sentence_features()]);
        let scores: Vec<f32> =
            scores.iter().zip(&self.classifier.start).map(|(score, start)| score + start).collect();
        let confidence = softmax(&scores, self.temperature);
        let mut order: Vec<usize> = (0..self.intents.len()).collect();
        order.sort_by(|&a, &b| confidence[b].total_cmp(&confidence[a]));
        let best = order[0];
        let (spans, slots_confidence) = self.taggers[best].tag(&tokens, &sentence.token_features());
        let raw = |span: Span| RawSlot {
            raw: tokens::slice(text, span.start, span.end),
            range: [span.start, span.end],
            name: span.name,
        };
        Some(Prediction {
            intent: self.intents[best].clone(),
            confidence: confidence[best],
            slots: spans.into_iter().map(raw).collect(),
            slots_confidence,
            alternatives: order[1..].iter().map(|&at| (self.intents[at].clone(), confidence[at])).collect(),
        })
    }
}

/// How many fifths of the examples are held out in turn: all where they are few, one where that
/// is plenty.
fn folds(examples: usize) -> usize {
    if examples < 3000 { 5 } else { 1 }
}

/// The temperature that makes confidence honest on sentences held out of training
/// (Guo and others, "On calibration of modern neural networks", 2017).
fn calibrate(bags: &[Sequence], intents: usize, random: &mut Random, tick: &dyn Fn()) -> f32 {
    let mut order: Vec<usize> = (0..bags.len()).collect();
    random.shuffle(&mut order);
    let mut held: Vec<(Vec<f32>, usize)> = Vec::new();
    for fold in 0..folds(bags.len()) {
        let (out, kept): (Vec<_>, Vec<_>) = order.iter().enumerate().partition(|(at, _)| at % 5 == fold);
        let kept: Vec<_> = kept.iter().map(|&(_, &at)| bags[at].clone()).collect();
        let chain = classify(kept, intents, random, tick);
        for (_, &at) in out {
            let scores = chain.scores(&bags[at].features);
            let scores = scores.iter().zip(&chain.start).map(|(score, start)| score + start).collect();
            held.push((scores, usize::from(bags[at].labels[0])));
        }
    }
    let loss = |temperature: f32| -> f32 {
        held.iter().map(|(scores, truth)| -softmax(scores, temperature)[*truth].max(1e-12).ln()).sum()
    };
    let candidates = (0..60).map(|step| 0.3 * 1.05_f32.powi(step));
    candidates.min_by(|&a, &b| loss(a).total_cmp(&loss(b))).unwrap_or(1.0)
}

fn classify(bags: Vec<Sequence>, intents: usize, random: &mut Random, tick: &dyn Fn()) -> Chain {
    learner::train(bags, vec![0.0; intents * intents], vec![0.0; intents], CLASSIFIER, random, tick)
}

/// Scores to probabilities.
fn softmax(scores: &[f32], temperature: f32) -> Vec<f32> {
    let best = scores.iter().copied().fold(f32::MIN, f32::max);
    let raised: Vec<f32> = scores.iter().map(|score| ((score - best) / temperature).exp()).collect();
    let total: f32 = raised.iter().sum();
    raised.iter().map(|value| value / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lights and music in a few sentences.
    pub fn toy() -> Trained {
        Trained::train(&examples(), 1, &|| ())
    }

    fn examples() -> Vec<Example> {
        let (mut examples, rooms) = (Vec::new(), ["kitchen", "living room", "salon", "bedroom", "old attic"]);
        for (at, room) in rooms.iter().enumerate() {
            let artist = ["Édith Piaf", "Lola", "Miles Davis", "Nina Simone", "Björk"][at];
            for markup in [
                format!("turn on the [{room}](room) light"),
                format!("switch the light of the [{room}](room) off"),
            ] {
                examples.push(Example::parse("Light", &markup).unwrap());
            }
            for markup in [
                format!("play [{artist}](artist)"),
                format!("put on a song by [{artist}](artist) in the [{room}](room)"),
            ] {
                examples.push(Example::parse("Play", &markup).unwrap());
            }
        }
        examples
    }

    fn found(model: &Trained, text: &str) -> (String, Vec<(String, String)>) {
        let prediction = model.predict(text).unwrap();
        let slots = prediction.slots.into_iter().map(|slot| (slot.name, slot.raw)).collect();
        (prediction.intent, slots)
    }

    #[test]
    fn a_toy_grammar_is_learnt_and_reaches_unseen_values() {
        let model = toy();
        let (intent, slots) = found(&model, "turn on the blue cellar light");
        assert_eq!(
            (intent.as_str(), &slots[..]),
            ("Light", &[("room".to_owned(), "blue cellar".to_owned())][..])
        );
        let (intent, slots) = found(&model, "put on a song by Zoë Ötz in the kitchen");
        assert_eq!(intent, "Play");
        assert_eq!(slots, [("artist".into(), "Zoë Ötz".into()), ("room".into(), "kitchen".into())]);
    }

    #[test]
    fn ranges_are_exact_characters() {
        let text = "put on a song by Édith Piaf in the salon";
        for slot in toy().predict(text).unwrap().slots {
            assert_eq!(tokens::slice(text, slot.range[0], slot.range[1]), slot.raw);
            assert!(["Édith Piaf", "salon"].contains(&slot.raw.as_str()), "{}", slot.raw);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_model() {
        assert_eq!(toy().to_bytes(), toy().to_bytes());
    }

    #[test]
    fn ticks_are_as_many_as_announced() {
        let count = std::cell::Cell::new(0);
        let _ = Trained::train(&examples(), 1, &|| count.set(count.get() + 1));
        assert_eq!(count.get(), Trained::steps(&examples()));
    }

    #[test]
    fn any_input_is_answered() {
        let model = toy();
        assert_eq!(model.predict(""), None);
        assert_eq!(model.predict(" \u{7}\n"), None);
        for text in ["💡💡 turn", "включи свет 客厅", &"play ".repeat(2000), &"x".repeat(10_000)]
        {
            let confidence = model.predict(text).unwrap().confidence;
            assert!((0.0..=1.0).contains(&confidence), "{text}: {confidence}");
        }
        assert_eq!(Trained::train(&[], 1, &|| ()).predict("play"), None);
    }
}
