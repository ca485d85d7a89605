//! The learner under both stages: a linear-chain conditional random field.
//!
//! Lafferty, `McCallum` and Pereira (2001), trained by stochastic gradient with a step size for
//! each feature (Duchi, Hazan and Singer, 2011), exact L2 decay shared out over the visits of a
//! feature, and feature dropout. A chain of length one is softmax regression: that is the intent
//! classifier.

use std::collections::HashMap;

use super::random::Random;
use super::table::Table;

/// One training sequence: at each place its features and its label.
#[derive(Clone)]
pub struct Sequence {
    pub features: Vec<Vec<u32>>,
    pub labels: Vec<u16>,
    /// How many features at each place's front are hidden together; empty for none anywhere.
    pub own: Vec<usize>,
}

/// How to learn.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Visits of every sequence.
    pub epochs: usize,
    /// Step size of a feature's first visit; falls linearly to nothing.
    pub rate: f32,
    /// Strength of the pull towards zero, for the sum of all examples.
    pub decay: f32,
    /// Share of features hidden on each visit.
    pub dropout: f32,
    /// How often the features at the front are hidden together.
    pub blindness: f32,
    /// Features seen less often are not learnt.
    pub least: u32,
}

/// A learnt chain.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chain {
    pub labels: usize,
    pub weights: Table,
    /// From label (row) to label; [`FORBIDDEN`] where one cannot follow.
    pub transitions: Vec<f32>,
    /// The first label.
    pub start: Vec<f32>,
}

/// Stands for a feature that is not learnt.
const RARE: u32 = u32::MAX;

/// The weight of what cannot be.
pub const FORBIDDEN: f32 = -1e9;

/// Scores further below a place's best count as this far below, so that sums never vanish.
const FLOOR: f32 = -30.0;
/// A place whose every probability is this near to the truth teaches nothing more.
const LEARNT: f32 = 2e-3;

/// Learns a chain. `transitions` and `start` are zero where allowed and [`FORBIDDEN`] elsewhere.
/// `tick` is called after every epoch.
pub fn train(
    sequences: Vec<Sequence>,
    transitions: Vec<f32>,
    start: Vec<f32>,
    settings: Settings,
    random: &mut Random,
    tick: &dyn Fn(),
) -> Chain {
    let labels = start.len();
    let mut learner = Learner::new(sequences, transitions, start, settings);
    let mut order: Vec<usize> = (0..learner.sequences.len()).collect();
    for epoch in 0..settings.epochs {
        random.shuffle(&mut order);
        let rate = settings.rate * (1.0 - epoch as f32 / settings.epochs as f32);
        for &at in &order {
            learner.learn(at, rate, random);
        }
        tick();
    }
    let weights = Table::new(&learner.keys, &learner.weights, labels);
    Chain { labels, weights, transitions: learner.transitions, start: learner.start }
}

struct Learner {
    labels: usize,
    settings: Settings,
    sequences: Vec<Sequence>,
    /// Hash of each row.
    keys: Vec<u32>,
    counts: Vec<f32>,
    /// `labels` weights a row.
    weights: Vec<f32>,
    /// Summed squared gradient of each row.
    squares: Vec<f32>,
    transitions: Vec<f32>,
    transition_squares: Vec<f32>,
    start: Vec<f32>,
    start_squares: Vec<f32>,
    lattice: Lattice,
    kept: Vec<Vec<u32>>,
}

impl Learner {
    fn new(mut sequences: Vec<Sequence>, transitions: Vec<f32>, start: Vec<f32>, settings: Settings) -> Self {
        let labels = start.len();
        let mut seen: HashMap<u32, u32> = HashMap::new();
        let all = || sequences.iter().flat_map(|sequence| &sequence.features).flatten();
        for &feature in all() {
            *seen.entry(feature).or_default() += 1;
        }
        let mut rows: HashMap<u32, u32> = HashMap::new();
        let (mut keys, mut counts) = (Vec::new(), Vec::new());
        for &feature in all() {
            if seen[&feature] >= settings.least && !rows.contains_key(&feature) {
                rows.insert(feature, keys.len() as u32);
                keys.push(feature);
                counts.push(seen[&feature] as f32);
            }
        }
        for feature in sequences.iter_mut().flat_map(|sequence| &mut sequence.features).flatten() {
            *feature = rows.get(feature).copied().unwrap_or(RARE);
        }
        Self {
            labels,
            settings,
            sequences,
            weights: vec![0.0; keys.len() * labels],
            squares: vec![0.0; keys.len()],
            transition_squares: vec![0.0; transitions.len()],
            start_squares: vec![0.0; labels],
            keys,
            counts,
            transitions,
            start,
            lattice: Lattice::default(),
            kept: Vec::new(),
        }
    }

    /// One step uphill on one sequence.
    fn learn(&mut self, at: usize, rate: f32, random: &mut Random) {
        let labels = self.labels;
        let Settings { dropout: drop, blindness, .. } = self.settings;
        let Sequence { features, labels: gold, own } = &self.sequences[at];
        self.kept.resize_with(features.len().max(self.kept.len()), Vec::new);
        self.lattice.reset(features.len(), labels);
        for (place, rows) in features.iter().enumerate() {
            let kept = &mut self.kept[place];
            kept.clear();
            let own = own.get(place).map_or(0, |&own| if random.unit() < blindness { own } else { 0 });
            kept.extend(rows[own..].iter().filter(|&&row| row != RARE && random.unit() >= drop));
            let scores = &mut self.lattice.scores[place * labels..][..labels];
            for &row in &*kept {
                let weights = &self.weights[row as usize * labels..][..labels];
                scores.iter_mut().zip(weights).for_each(|(score, weight)| *score += weight);
            }
            for score in scores {
                *score /= 1.0 - drop;
            }
        }
        self.lattice.sum(&self.transitions, &self.start);
        let mut gradient = vec![0.0; labels];
        for (place, &truth) in gold.iter().enumerate() {
            self.lattice.marginals(place, &mut gradient);
            for value in &mut gradient {
                *value = -*value;
            }
            gradient[truth as usize] += 1.0;
            let square: f32 = gradient.iter().map(|value| value * value).sum();
            if gradient.iter().all(|value| value.abs() < LEARNT) {
                continue;
            }
            for &row in &self.kept[place] {
                let row = row as usize;
                self.squares[row] += square;
                let step = rate / (self.squares[row] + 0.1).sqrt();
                let keep = 1.0 - (step * self.settings.decay / self.counts[row]).min(0.5);
                let weights = &mut self.weights[row * labels..][..labels];
                weights
                    .iter_mut()
                    .zip(&gradient)
                    .for_each(|(weight, slope)| *weight = *weight * keep + step * slope);
            }
            if place == 0 {
                update(&mut self.start, &mut self.start_squares, &gradient, rate);
            }
        }
        if gold.len() > 1 {
            let gradient = self.lattice.transition_gradient(gold);
            update(&mut self.transitions, &mut self.transition_squares, &gradient, rate);
        }
    }
}

fn update(weights: &mut [f32], squares: &mut [f32], gradient: &[f32], rate: f32) {
    for ((weight, square), slope) in weights.iter_mut().zip(squares).zip(gradient) {
        if *weight > FORBIDDEN {
            *square += slope * slope;
            *weight += rate * slope / (*square + 0.1).sqrt();
        }
    }
}

/// Forward and backward sums over one sequence, scaled to 1 at every place.
#[derive(Default)]
struct Lattice {
    labels: usize,
    places: usize,
    scores: Vec<f32>,
    /// Exponents of scores and transitions.
    emit: Vec<f32>,
    jump: Vec<f32>,
    forward: Vec<f32>,
    backward: Vec<f32>,
    scale: Vec<f32>,
}

impl Lattice {
    fn reset(&mut self, places: usize, labels: usize) {
        (self.places, self.labels) = (places, labels);
        for table in [&mut self.scores, &mut self.emit, &mut self.forward, &mut self.backward] {
            table.clear();
            table.resize(places * labels, 0.0);
        }
        self.scale.clear();
        self.scale.resize(places, 0.0);
    }

    fn sum(&mut self, transitions: &[f32], start: &[f32]) {
        let n = self.labels;
        for (scores, emit) in self.scores.chunks(n).zip(self.emit.chunks_mut(n)) {
            let best = scores.iter().copied().fold(f32::MIN, f32::max);
            emit.iter_mut().zip(scores).for_each(|(emit, score)| *emit = (score - best).max(FLOOR).exp());
        }
        self.jump.clear();
        // A classifier's chain has one place, and as many labels as this would take long for.
        if self.places > 1 {
            self.jump.extend(transitions.iter().map(|weight| weight.exp()));
        }
        for place in 0..self.places {
            let (before, rest) = self.forward.split_at_mut(place * n);
            let now = &mut rest[..n];
            if place == 0 {
                now.iter_mut().zip(start).for_each(|(now, start)| *now = start.exp());
            } else {
                for (from, jump) in before[(place - 1) * n..].iter().zip(self.jump.chunks(n)) {
                    now.iter_mut().zip(jump).for_each(|(now, jump)| *now += from * jump);
                }
            }
            let emit = &self.emit[place * n..][..n];
            now.iter_mut().zip(emit).for_each(|(now, emit)| *now *= emit);
            let total = now.iter().sum::<f32>().max(f32::MIN_POSITIVE);
            for now in now {
                *now /= total;
            }
            self.scale[place] = total;
        }
        for place in (0..self.places).rev() {
            let (now, after) = self.backward[place * n..].split_at_mut(n);
            if place + 1 == self.places {
                now.fill(1.0);
                continue;
            }
            let emit = &self.emit[(place + 1) * n..][..n];
            let ahead: Vec<f32> =
                after.iter().zip(emit).map(|(after, emit)| after * emit / self.scale[place + 1]).collect();
            for (now, jump) in now.iter_mut().zip(self.jump.chunks(n)) {
                *now = jump.iter().zip(&ahead).map(|(jump, ahead)| jump * ahead).sum();
            }
        }
    }

    /// The probability of each label at a place.
    fn marginals(&self, place: usize, into: &mut [f32]) {
        let range = place * self.labels..(place + 1) * self.labels;
        let pairs = self.forward[range.clone()].iter().zip(&self.backward[range]);
        into.iter_mut().zip(pairs).for_each(|(into, (forward, backward))| *into = forward * backward);
    }

    /// How often each transition should have been taken more.
    fn transition_gradient(&self, gold: &[u16]) -> Vec<f32> {
        let n = self.labels;
        let mut gradient = vec![0.0; n * n];
        for place in 1..self.places {
            let range = place * n..(place + 1) * n;
            let ahead: Vec<f32> = (self.emit[range.clone()].iter().zip(&self.backward[range]))
                .map(|(emit, backward)| emit * backward / self.scale[place])
                .collect();
            let before = &self.forward[(place - 1) * n..][..n];
            for ((row, jump), from) in gradient.chunks_mut(n).zip(self.jump.chunks(n)).zip(before) {
                for ((cell, jump), ahead) in row.iter_mut().zip(jump).zip(&ahead) {
                    *cell -= from * jump * ahead;
                }
            }
            gradient[gold[place - 1] as usize * n + gold[place] as usize] += 1.0;
        }
        gradient
    }
}

impl Chain {
    /// The score of every label at every place, before transitions.
    #[must_use]
    pub fn scores(&self, features: &[Vec<u32>]) -> Vec<f32> {
        let mut scores = vec![0.0; features.len() * self.labels];
        for (features, scores) in features.iter().zip(scores.chunks_mut(self.labels.max(1))) {
            for &feature in features {
                for (label, weight) in self.weights.row(feature) {
                    scores[label as usize] += weight;
                }
            }
        }
        scores
    }

    /// The most probable labels, and their probability.
    #[must_use]
    pub fn decode(&self, features: &[Vec<u32>]) -> (Vec<u16>, f32) {
        let (n, places) = (self.labels, features.len());
        if places == 0 || n == 0 {
            return (Vec::new(), 1.0);
        }
        let scores = self.scores(features);
        let mut best: Vec<f32> =
            scores[..n].iter().zip(&self.start).map(|(score, start)| score + start).collect();
        let mut back = vec![0u16; places * n];
        for place in 1..places {
            let mut next = vec![f32::MIN; n];
            for (from, (score, jumps)) in best.iter().zip(self.transitions.chunks(n)).enumerate() {
                for (to, jump) in jumps.iter().enumerate() {
                    if score + jump > next[to] {
                        next[to] = score + jump;
                        back[place * n + to] = from as u16;
                    }
                }
            }
            next.iter_mut().zip(&scores[place * n..]).for_each(|(next, score)| *next += score);
            best = next;
        }
        let last = (0..n).fold(0, |top, label| if best[label] > best[top] { label } else { top });
        let mut labels = vec![last as u16; places];
        for place in (1..places).rev() {
            labels[place - 1] = back[place * n + labels[place] as usize];
        }
        let probability = self.probability(scores, &labels);
        (labels, probability)
    }

    fn probability(&self, scores: Vec<f32>, labels: &[u16]) -> f32 {
        let n = self.labels;
        let mut lattice = Lattice::default();
        lattice.reset(labels.len(), n);
        lattice.scores = scores;
        lattice.sum(&self.transitions, &self.start);
        let mut log = 0.0;
        for (place, &label) in labels.iter().enumerate() {
            let label = label as usize;
            log += match place {
                0 => self.start[label],
                _ => self.transitions[labels[place - 1] as usize * n + label],
            };
            log += lattice.emit[place * n + label].ln() - lattice.scale[place].ln();
        }
        log.exp().min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Settings =
        Settings { epochs: 30, rate: 0.5, decay: 0.01, dropout: 0.0, blindness: 0.0, least: 1 };

    fn chain(sequences: Vec<Sequence>, labels: usize) -> Chain {
        train(sequences, vec![0.0; labels * labels], vec![0.0; labels], PLAIN, &mut Random::new(1), &|| ())
    }

    #[test]
    fn a_chain_learns_what_only_the_order_tells() {
        // Feature 7 means label 1 at first and label 2 straight after a 1.
        let sequence = || Sequence { features: vec![vec![7]; 4], labels: vec![1, 2, 1, 2], own: Vec::new() };
        let (labels, probability) = chain(vec![sequence(), sequence()], 3).decode(&vec![vec![7]; 4]);
        assert_eq!(labels, [1, 2, 1, 2]);
        assert!(probability > 0.8, "{probability}");
    }

    #[test]
    fn sums_agree_with_counting_every_path() {
        let labels = 3;
        let scores = [0.3, -1.0, 2.0, 0.0, 0.7, -0.2, 1.5, 0.1, -2.0];
        let transitions = [0.5, -0.3, FORBIDDEN, 0.2, 0.0, 1.0, -1.0, 0.4, 0.6];
        let start = [0.1, FORBIDDEN, -0.4];
        let mut lattice = Lattice::default();
        lattice.reset(3, labels);
        lattice.scores = scores.to_vec();
        lattice.sum(&transitions, &start);
        let (mut total, mut middle) = (0.0, [0.0; 3]);
        for path in 0..27 {
            let (a, b, c) = (path / 9, path / 3 % 3, path % 3);
            let score: f32 = start[a]
                + scores[a]
                + transitions[a * 3 + b]
                + scores[3 + b]
                + transitions[b * 3 + c]
                + scores[6 + c];
            total += score.exp();
            middle[b] += score.exp();
        }
        let mut marginals = [0.0; 3];
        lattice.marginals(1, &mut marginals);
        for (ours, counted) in marginals.iter().zip(middle) {
            assert!((ours - counted / total).abs() < 1e-5, "{ours} {}", counted / total);
        }
    }
}
