//! The trained stage of understanding: what people mean when they don't use the sentences we wrote.
//!
//! An intent classifier and, for each intent, a slot tagger; both learn from examples on the
//! device in seconds. The same examples and seed give the same model on every run.

mod certainty;
mod example;
mod features;
mod file;
mod frames;
mod learner;
mod lexicon;
mod material;
mod places;
mod random;
mod stage;
mod table;
mod tagger;
mod times;
mod tokens;
mod words;

pub use certainty::Caution;
pub use example::{Example, Span};
pub use file::ModelFileError;
pub use frames::same_ways;
pub use material::Material;
pub use random::Random;
pub use stage::Stage;
pub use tokens::Reading;

use features::Sentence;
use learner::{Chain, Sequence, Settings};
use lexicon::Lexicon;
use tagger::Tagger;
use tokens::Token;

use certainty::Certainty;

/// A trained model: everything that can be said about a text, from examples alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    reading: Reading,
    /// Sorted names.
    intents: Vec<String>,
    /// What the classifier tells apart: index of the intent, and which of its variants; sorted.
    labels: Vec<(u16, u16)>,
    lexicon: Lexicon,
    classifier: Chain,
    /// Divides the classifier's scores so that its confidence is right as often as it says.
    temperature: f32,
    /// How sure an answer is as a whole, slots included.
    certainty: Certainty,
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

/// What to learn, and how.
#[derive(Debug, Clone)]
pub struct Lessons<'a> {
    pub examples: &'a [Example],
    /// Which variant of its intent each example is; empty where intents have none.
    pub variants: &'a [u16],
    /// Values that slots can take beside those of the examples.
    pub known: &'a [(String, String)],
    pub reading: Reading,
    pub effort: Effort,
    pub seed: u64,
}

/// How long to learn.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    classifier: Settings,
    tagger: Settings,
    /// Whether confidence is calibrated on sentences held out.
    calibrated: bool,
}

impl Effort {
    /// For examples that people wrote. Chosen on queries held out of training
    /// (`entrenous eval nlu --dev`, and 70 an intent drawn from the full sets).
    pub const FULL: Self = Self {
        classifier: Settings { epochs: 20, rate: 0.1, decay: 0.1, dropout: 0.6, blindness: 0.0, least: 1 },
        tagger: Settings { epochs: 20, rate: 0.15, decay: 0.1, dropout: 0.3, blindness: 0.3, least: 1 },
        calibrated: true,
    };

    /// For sentences sampled from templates, which repeat themselves.
    pub const BRIEF: Self = Self {
        classifier: Settings { epochs: 10, ..Self::FULL.classifier },
        tagger: Settings { epochs: 6, ..Self::FULL.tagger },
        calibrated: false,
    };
}

impl Trained {
    /// Learns from examples; the order of the examples matters only through the seed.
    /// `tick` is called [`Trained::steps`] times on the way, for a progress bar.
    #[must_use]
    pub fn train(lessons: &Lessons<'_>, tick: &dyn Fn()) -> Self {
        let Lessons { examples, reading, effort, .. } = lessons;
        let mut random = Random::new(lessons.seed);
        let mut intents: Vec<_> = examples.iter().map(|example| example.intent.clone()).collect();
        intents.sort_unstable();
        intents.dedup();
        let tokens: Vec<_> = examples.iter().map(|example| reading.tokens(&example.text)).collect();
        let known: Vec<_> =
            lessons.known.iter().map(|(slot, value)| (slot.clone(), reading.tokens(value))).collect();
        let mut lexicon = Lexicon::learn(examples, &tokens, &known);
        let own: Vec<_> =
            examples.iter().zip(&tokens).map(|(example, tokens)| lexicon.own(example, tokens)).collect();
        let sentences: Vec<_> =
            tokens.iter().zip(&own).map(|(tokens, own)| Sentence::new(tokens, &lexicon, Some(own))).collect();

        let index = |example: &Example| intents.partition_point(|name| *name < example.intent);
        let label =
            |at: usize| (index(&examples[at]) as u16, lessons.variants.get(at).copied().unwrap_or_default());
        let mut labels: Vec<_> = (0..examples.len()).map(label).collect();
        labels.sort_unstable();
        labels.dedup();
        let bags: Vec<_> = sentences
            .iter()
            .enumerate()
            .map(|(at, sentence)| Sequence {
                features: vec![sentence.sentence_features()],
                labels: vec![labels.partition_point(|known| *known < label(at)) as u16],
                own: Vec::new(),
            })
            .collect();
        let n = labels.len();
        let temperature =
            if effort.calibrated { calibrate(&bags, n, effort, &mut random, tick) } else { 1.0 };
        let classifier = classify(bags, n, effort, &mut random, tick);

        let taggers = (0..intents.len())
            .map(|intent| {
                let chosen: Vec<_> = (0..examples.len())
                    .filter(|&at| index(&examples[at]) == intent && !tokens[at].is_empty())
                    .map(|at| {
                        (&examples[at], &tokens[at][..], sentences[at].token_features(), sentences[at].own())
                    })
                    .collect();
                Tagger::train(chosen, effort.tagger, &mut random, tick)
            })
            .collect();
        drop(sentences);
        lexicon.compact();
        let certainty = Certainty::default();
        Self {
            reading: reading.clone(),
            intents,
            labels,
            lexicon,
            classifier,
            temperature,
            certainty,
            taggers,
        }
    }

    /// How often [`Trained::train`] calls `tick`.
    #[must_use]
    pub fn steps(lessons: &Lessons<'_>) -> u64 {
        let intents: std::collections::BTreeSet<_> =
            lessons.examples.iter().map(|example| &example.intent).collect();
        let effort = &lessons.effort;
        let rounds = 1 + if effort.calibrated { folds(lessons.examples.len()) } else { 0 };
        (effort.classifier.epochs * rounds + intents.len() * effort.tagger.epochs) as u64
    }

    /// What a text seems to mean; `None` for a text without words or a model without intents.
    #[must_use]
    pub fn predict(&self, text: &str) -> Option<Prediction> {
        let query = self.query(text)?;
        let mut intents: Vec<(usize, f32)> =
            (0..self.intents.len()).map(|intent| (intent, query.share(self, intent))).collect();
        intents.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        let (best, confidence) = *intents.first()?;
        let (slots, slots_confidence) = query.slots(self, best);
        let other = |&(intent, share): &(usize, f32)| (self.intents[intent].clone(), share);
        Some(Prediction {
            intent: self.intents[best].clone(),
            confidence,
            slots,
            slots_confidence,
            alternatives: intents[1..].iter().map(other).collect(),
        })
    }

    /// Reads a text and weighs every label.
    fn query<'t>(&self, text: &'t str) -> Option<Query<'t>> {
        let tokens = self.reading.tokens(text);
        if tokens.is_empty() || self.labels.is_empty() {
            return None;
        }
        let sentence = Sentence::new(&tokens, &self.lexicon, None);
        let scores = self.classifier.scores(&[sentence.sentence_features()]);
        let scores: Vec<f32> =
            scores.iter().zip(&self.classifier.start).map(|(score, start)| score + start).collect();
        let strangeness = sentence.strangeness();
        Some(Query { text, shares: softmax(&scores, self.temperature), strangeness, tokens })
    }
}

/// A text that has been read.
struct Query<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    /// How probable each label is; together 1.
    shares: Vec<f32>,
    /// Share of words that training never showed.
    strangeness: f32,
}

impl Query<'_> {
    /// How probable an intent is, all its variants together.
    fn share(&self, model: &Trained, intent: usize) -> f32 {
        let of_intent = |(label, _): &(&(u16, u16), &f32)| usize::from(label.0) == intent;
        model.labels.iter().zip(&self.shares).filter(of_intent).map(|(_, share)| share).sum()
    }

    /// The slots, if it is this intent, and how probable they are together.
    fn slots(&self, model: &Trained, intent: usize) -> (Vec<RawSlot>, f32) {
        let sentence = Sentence::new(&self.tokens, &model.lexicon, None);
        let (spans, confidence) = model.taggers[intent].tag(&self.tokens, &sentence.token_features());
        let raw = |span: Span| RawSlot {
            raw: tokens::slice(self.text, span.start, span.end),
            range: [span.start, span.end],
            name: span.name,
        };
        (spans.into_iter().map(raw).collect(), confidence)
    }
}

/// How many fifths of the examples are held out in turn: all where they are few, one where that
/// is plenty.
fn folds(examples: usize) -> usize {
    if examples < 3000 { 5 } else { 1 }
}

/// The temperature that makes confidence honest on sentences held out of training
/// (Guo and others, "On calibration of modern neural networks", 2017).
fn calibrate(bags: &[Sequence], labels: usize, effort: &Effort, random: &mut Random, tick: &dyn Fn()) -> f32 {
    let mut order: Vec<usize> = (0..bags.len()).collect();
    random.shuffle(&mut order);
    let mut held: Vec<(Vec<f32>, usize)> = Vec::new();
    for fold in 0..folds(bags.len()) {
        let (out, kept): (Vec<_>, Vec<_>) = order.iter().enumerate().partition(|(at, _)| at % 5 == fold);
        let kept: Vec<_> = kept.iter().map(|&(_, &at)| bags[at].clone()).collect();
        let chain = classify(kept, labels, effort, random, tick);
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

fn classify(
    bags: Vec<Sequence>,
    labels: usize,
    effort: &Effort,
    random: &mut Random,
    tick: &dyn Fn(),
) -> Chain {
    learner::train(bags, vec![0.0; labels * labels], vec![0.0; labels], effort.classifier, random, tick)
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
        Trained::train(&lessons(&examples()), &|| ())
    }

    fn lessons(examples: &[Example]) -> Lessons<'_> {
        let (reading, effort) = (Reading::Written, Effort::FULL);
        Lessons { examples, variants: &[], known: &[], reading, effort, seed: 1 }
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
        let _ = Trained::train(&lessons(&examples()), &|| count.set(count.get() + 1));
        assert_eq!(count.get(), Trained::steps(&lessons(&examples())));
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
        assert_eq!(Trained::train(&lessons(&[]), &|| ()).predict("play"), None);
    }
}
