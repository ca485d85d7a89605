//! Understanding of text: how often the intent is right, and how exactly the slots are found.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::nlu::trained::{Effort, Example, Lessons, Prediction, Random, Reading, Span, Trained};

/// What an evaluation found; the JSON keys are stable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    pub intent_accuracy: f64,
    /// By slot name, over all intents; only slots that the test sentences hold.
    pub slots: BTreeMap<String, Score>,
    /// Over all slots together.
    pub micro_f1: f64,
    /// The mean over slot names.
    pub macro_f1: f64,
    pub train_s: f64,
    /// Mean time of one query.
    pub ms_per_query: f64,
    /// Only for people: not part of the JSON.
    #[serde(skip)]
    pub more: More,
}

/// What people also want to know.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct More {
    pub trained_on: usize,
    pub tested_on: usize,
    /// Sentences with the right intent and exactly the right slots, as a share.
    pub exact: f64,
    pub ms_p99: f64,
    /// Mean confidence minus intent accuracy, over ten bins weighted by size
    /// (expected calibration error).
    pub calibration_error: f64,
    /// Size of the saved models.
    pub model_bytes: usize,
    /// How often each slot stands in the test sentences.
    pub support: BTreeMap<String, usize>,
}

/// Exact spans found: right start, end, name and intent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Score {
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// Whether one model learns all intents, or each intent has a model that knows no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Models {
    Joint,
    /// The benchmark's "per intent": slots are found knowing the intent.
    Separate,
}

/// How to learn.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    pub models: Models,
    /// Whether capitals count. Recognised speech has none.
    pub reading: Reading,
    pub seed: u64,
}

impl Way {
    fn lessons<'a>(&self, examples: &'a [Example]) -> Lessons<'a> {
        let (reading, effort, seed) = (self.reading.clone(), Effort::FULL, self.seed);
        Lessons { examples, variants: &[], known: &[], reading, effort, seed }
    }
}

/// Trains and tests. `tick` is called [`steps`] times, for a progress bar.
#[must_use]
pub fn evaluate(train: &[Example], test: &[Example], way: &Way, tick: &dyn Fn()) -> Report {
    let groups = match way.models {
        Models::Joint => vec![(train.to_vec(), test.to_vec())],
        Models::Separate => by_intent(train, test),
    };
    let mut tally = Tally::default();
    let mut train_time = Duration::ZERO;
    let mut model_bytes = 0;
    for (train, test) in groups {
        let begun = Instant::now();
        let model = Trained::train(&way.lessons(&train), tick);
        train_time += begun.elapsed();
        model_bytes += model.to_bytes().len();
        for example in &test {
            let begun = Instant::now();
            let prediction = model.predict(&example.text);
            tally.add(example, prediction.as_ref(), begun.elapsed());
        }
    }
    tally.report(train.len(), train_time, model_bytes)
}

/// How often `evaluate` ticks.
#[must_use]
pub fn steps(train: &[Example], way: &Way) -> u64 {
    let steps = |train: &[Example]| Trained::steps(&way.lessons(train));
    match way.models {
        Models::Joint => steps(train),
        Models::Separate => by_intent(train, &[]).iter().map(|(train, _)| steps(train)).sum(),
    }
}

fn by_intent(train: &[Example], test: &[Example]) -> Vec<(Vec<Example>, Vec<Example>)> {
    let mut groups: BTreeMap<&str, (Vec<Example>, Vec<Example>)> = BTreeMap::new();
    for example in train {
        groups.entry(&example.intent).or_default().0.push(example.clone());
    }
    for example in test {
        groups.entry(&example.intent).or_default().1.push(example.clone());
    }
    groups.into_values().collect()
}

/// How to cut examples into a training and a test part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cut {
    /// This share of each intent trains.
    Share(f64),
    /// So many examples of each intent train.
    Each(usize),
}

/// Cuts examples at random, intent by intent. The same seed cuts the same way.
#[must_use]
pub fn split(examples: &[Example], cut: Cut, seed: u64) -> (Vec<Example>, Vec<Example>) {
    let mut random = Random::new(seed);
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for (mut group, _) in by_intent(examples, &[]) {
        random.shuffle(&mut group);
        let size = match cut {
            Cut::Share(share) => (group.len() as f64 * share).round() as usize,
            Cut::Each(count) => count,
        };
        test.extend(group.split_off(size.min(group.len())));
        train.extend(group);
    }
    (train, test)
}

#[derive(Default)]
struct Tally {
    sentences: usize,
    intents_right: usize,
    exact: usize,
    /// By slot name.
    counts: BTreeMap<String, Count>,
    times: Vec<Duration>,
    /// By tenth of confidence: sentences, summed confidence, right intents.
    bins: [(usize, f64, usize); 10],
}

#[derive(Default, Clone, Copy)]
struct Count {
    expected: usize,
    found: usize,
    right: usize,
}

impl Tally {
    fn add(&mut self, example: &Example, prediction: Option<&Prediction>, time: Duration) {
        self.times.push(time);
        self.sentences += 1;
        for span in &example.slots {
            self.counts.entry(span.name.clone()).or_default().expected += 1;
        }
        let Some(prediction) = prediction else { return };
        let intent_right = prediction.intent == example.intent;
        self.intents_right += usize::from(intent_right);
        let bin = &mut self.bins[((prediction.confidence * 10.0) as usize).min(9)];
        *bin = (bin.0 + 1, bin.1 + f64::from(prediction.confidence), bin.2 + usize::from(intent_right));
        let mut right = 0;
        for slot in &prediction.slots {
            let span = Span { name: slot.name.clone(), start: slot.range[0], end: slot.range[1] };
            let hit = intent_right && example.slots.contains(&span);
            let count = self.counts.entry(span.name).or_default();
            count.found += 1;
            count.right += usize::from(hit);
            right += usize::from(hit);
        }
        let all = right == example.slots.len() && right == prediction.slots.len();
        self.exact += usize::from(intent_right && all);
    }

    fn report(mut self, trained_on: usize, train_time: Duration, model_bytes: usize) -> Report {
        let total = self.counts.values().fold(Count::default(), |sum, count| Count {
            expected: sum.expected + count.expected,
            found: sum.found + count.found,
            right: sum.right + count.right,
        });
        // What the test sentences never hold counts as a wrong span above, not as a slot of its own.
        self.counts.retain(|_, count| count.expected > 0);
        let slots: BTreeMap<_, _> =
            self.counts.iter().map(|(name, count)| (name.clone(), count.score())).collect();
        let sum: Duration = self.times.iter().sum();
        self.times.sort_unstable();
        let p99 = self.times.get((self.times.len() * 99).div_ceil(100).saturating_sub(1));
        let off = |&(n, sum, right): &(usize, f64, usize)| (sum - right as f64).abs() * f64::from(n > 0);
        Report {
            intent_accuracy: share(self.intents_right, self.sentences),
            micro_f1: total.score().f1,
            macro_f1: slots.values().map(|score| score.f1).sum::<f64>() / (slots.len().max(1)) as f64,
            slots,
            train_s: train_time.as_secs_f64(),
            ms_per_query: sum.as_secs_f64() * 1000.0 / self.sentences.max(1) as f64,
            more: More {
                trained_on,
                tested_on: self.sentences,
                exact: share(self.exact, self.sentences),
                ms_p99: p99.map_or(0.0, Duration::as_secs_f64) * 1000.0,
                calibration_error: self.bins.iter().map(off).sum::<f64>() / self.sentences.max(1) as f64,
                model_bytes,
                support: self.counts.iter().map(|(name, count)| (name.clone(), count.expected)).collect(),
            },
        }
    }
}

impl Count {
    fn score(self) -> Score {
        Score {
            precision: share(self.right, self.found),
            recall: share(self.right, self.expected),
            f1: share(2 * self.right, self.found + self.expected),
        }
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::trained::RawSlot;

    fn predicted(intent: &str, slots: &[(&str, [usize; 2])]) -> Prediction {
        let slots =
            slots.iter().map(|&(name, range)| RawSlot { name: name.into(), raw: String::new(), range });
        Prediction {
            intent: intent.into(),
            confidence: 0.9,
            slots: slots.collect(),
            slots_confidence: 1.0,
            alternatives: Vec::new(),
        }
    }

    #[test]
    fn only_exact_spans_of_the_right_intent_count() {
        let example = Example::parse("Play", "play [Yo Ho](track) by [Lola](artist)").unwrap();
        let mut tally = Tally::default();
        let right = predicted("Play", &[("track", [5, 10]), ("artist", [14, 18])]);
        let short = predicted("Play", &[("track", [5, 7])]);
        let other = predicted("Rate", &[("track", [5, 10])]);
        for prediction in [Some(&right), Some(&short), Some(&other), None] {
            tally.add(&example, prediction, Duration::from_millis(1));
        }
        let report = tally.report(0, Duration::ZERO, 0);
        assert_eq!((report.intent_accuracy, report.more.exact), (0.5, 0.25));
        assert_eq!(report.slots["track"], Score { precision: 1.0 / 3.0, recall: 0.25, f1: 2.0 / 7.0 });
        assert_eq!(report.slots["artist"], Score { precision: 1.0, recall: 0.25, f1: 0.4 });
        assert!((report.micro_f1 - 4.0 / 12.0).abs() < 1e-9);
    }

    #[test]
    fn a_cut_is_complete_and_repeats_itself() {
        let examples: Vec<_> = (0..20)
            .map(|i| Example::parse(if i % 2 == 0 { "A" } else { "B" }, &i.to_string()).unwrap())
            .collect();
        let (train, test) = split(&examples, Cut::Share(0.9), 7);
        assert_eq!((train.len(), test.len()), (18, 2));
        assert_eq!((train, test), split(&examples, Cut::Share(0.9), 7));
        let (train, test) = split(&examples, Cut::Each(3), 7);
        assert_eq!((train.len(), test.len()), (6, 14));
    }
}
