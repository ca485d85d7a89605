//! Fitting a small network to windows of features: Adam on logistic loss, with the hardest
//! negatives looked for again and again. Seeded; the same on every run.

use crate::rng::Rng;
use crate::wake::mlp::{Activations, Layer, Mlp, dot};

/// Windows over rows of features, each with its label.
pub struct Dataset {
    /// Values in a row.
    pub width: usize,
    /// Rows in a window.
    pub window: usize,
    /// Whether every window's mean is taken from it, as rustpotter does.
    pub centre: bool,
    /// All rows, one after the other.
    pub rows: Vec<f32>,
    pub examples: Vec<Example>,
}

/// A window that is, or is not, the wake word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Example {
    /// Its first row.
    pub row: usize,
    pub positive: bool,
    /// Which recording it comes from: what is held out is held out by recording.
    pub recording: usize,
}

impl Dataset {
    #[must_use]
    pub fn new(width: usize, window: usize, centre: bool) -> Self {
        Self { width, window, centre, rows: Vec::new(), examples: Vec::new() }
    }

    /// Adds a recording's rows; `decisions` are windows by their last row in it.
    pub fn add(
        &mut self,
        rows: &[f32],
        decisions: impl Iterator<Item = usize>,
        positive: bool,
        recording: usize,
    ) {
        let base = self.rows.len() / self.width;
        self.rows.extend_from_slice(rows);
        let count = rows.len() / self.width;
        for last in decisions.filter(|last| (self.window - 1..count).contains(last)) {
            self.examples.push(Example { row: base + last + 1 - self.window, positive, recording });
        }
    }

    /// Values in a window.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.width * self.window
    }

    /// A window's values.
    pub fn read(&self, example: &Example, into: &mut Vec<f32>) {
        into.clear();
        into.extend_from_slice(&self.rows[example.row * self.width..][..self.inputs()]);
        if self.centre {
            for column in 0..self.width {
                let values = into[column..].iter().step_by(self.width);
                let mean = values.sum::<f32>() / self.window as f32;
                into[column..].iter_mut().step_by(self.width).for_each(|value| *value -= mean);
            }
        }
    }
}

/// How to fit.
#[derive(Debug, Clone, Copy)]
pub struct Fit<'a> {
    pub hidden: &'a [usize],
    pub epochs: usize,
    /// Share of inputs left out at random (dropout, Srivastava et al. 2014).
    pub dropout: f32,
    pub seed: u64,
}

/// Examples whose gradients are averaged before a step.
const BATCH: usize = 64;
const LEARNING_RATE: f32 = 1e-3;
/// Decoupled weight decay (Loshchilov and Hutter 2019).
const DECAY: f32 = 0.02;
/// Of positives, of hard and of random negatives: examples in an epoch.
const SHARE: usize = 2000;
/// Negatives among which the hardest are looked for.
const SEARCHED: usize = 20_000;
/// Epochs after which the hardest negatives are looked for anew.
const REFRESH: usize = 4;

/// Fits a network to the examples that `keep` admits.
pub fn fit(data: &Dataset, keep: impl Fn(&Example) -> bool, how: &Fit) -> Mlp {
    let mut rng = Rng::new(how.seed);
    let (positives, negatives): (Vec<&Example>, Vec<&Example>) =
        data.examples.iter().filter(|e| keep(e)).partition(|e| e.positive);
    let scale = Scale::of(data, &positives, &negatives, &mut rng);
    let mut mlp = random(data.inputs(), how.hidden, &mut rng);
    let mut adam = Adam::new(&mlp);
    let mut hard = Vec::new();
    let mut input = Vec::new();
    for epoch in 0..how.epochs {
        if epoch > 0 && epoch % REFRESH == 0 {
            hard = hardest(data, &some(&negatives, SEARCHED, &mut rng), &mlp, &scale);
        }
        let mut order = some(&positives, SHARE, &mut rng);
        order.extend(some(&hard, SHARE, &mut rng));
        order.extend(some(&negatives, SHARE, &mut rng));
        rng.shuffle(&mut order);
        // The rate falls to nothing along a cosine.
        let progress = epoch as f32 / how.epochs as f32;
        let rate = LEARNING_RATE * 0.5 * (1.0 + (std::f32::consts::PI * progress).cos());
        for batch in order.chunks(BATCH) {
            for example in batch {
                data.read(example, &mut input);
                scale.apply(&mut input);
                for value in &mut input {
                    *value = if rng.chance(how.dropout) { 0.0 } else { *value / (1.0 - how.dropout) };
                }
                adam.gather(&mlp, &input, if example.positive { 1.0 } else { 0.0 });
            }
            adam.step(&mut mlp, batch.len(), rate);
        }
    }
    scale.fold_into(&mut mlp);
    mlp
}

/// A random choice of `count`, or all when there are fewer.
fn some<'a>(examples: &[&'a Example], count: usize, rng: &mut Rng) -> Vec<&'a Example> {
    if examples.len() <= count {
        return examples.to_vec();
    }
    (0..count).map(|_| examples[rng.below(examples.len())]).collect()
}

/// The negatives that the network takes most for the word.
fn hardest<'a>(data: &Dataset, negatives: &[&'a Example], mlp: &Mlp, scale: &Scale) -> Vec<&'a Example> {
    let mut input = Vec::new();
    let mut scored: Vec<(f32, &Example)> = negatives
        .iter()
        .map(|&example| {
            data.read(example, &mut input);
            scale.apply(&mut input);
            (mlp.logit(&input), example)
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(SHARE).map(|(_, example)| example).collect()
}

/// Mean and spread of every input, so that all learn at the same pace.
struct Scale {
    mean: Vec<f32>,
    /// One over the standard deviation.
    gain: Vec<f32>,
}

impl Scale {
    /// From at most this many examples of each kind.
    const SAMPLE: usize = 2000;

    fn of(data: &Dataset, positives: &[&Example], negatives: &[&Example], rng: &mut Rng) -> Self {
        let (mut sum, mut square) = (vec![0.0f64; data.inputs()], vec![0.0f64; data.inputs()]);
        let mut count = 0.0f64;
        let mut input = Vec::new();
        for kind in [positives, negatives] {
            for _ in 0..Self::SAMPLE.min(kind.len()) {
                data.read(kind[rng.below(kind.len())], &mut input);
                for (i, &value) in input.iter().enumerate() {
                    sum[i] += f64::from(value);
                    square[i] += f64::from(value).powi(2);
                }
                count += 1.0;
            }
        }
        let count = count.max(1.0);
        let mean: Vec<f32> = sum.iter().map(|s| (s / count) as f32).collect();
        let gain = square
            .iter()
            .zip(&mean)
            .map(|(s, &m)| (1.0 / (s / count - f64::from(m).powi(2)).max(1e-6).sqrt()) as f32)
            .collect();
        Self { mean, gain }
    }

    fn apply(&self, input: &mut [f32]) {
        for ((value, mean), gain) in input.iter_mut().zip(&self.mean).zip(&self.gain) {
            *value = (*value - mean) * gain;
        }
    }

    /// Makes the network take inputs as they are.
    fn fold_into(&self, mlp: &mut Mlp) {
        let Some(first) = mlp.layers.first_mut() else { return };
        for (row, bias) in first.weights.chunks_exact_mut(first.inputs).zip(&mut first.bias) {
            for ((weight, mean), gain) in row.iter_mut().zip(&self.mean).zip(&self.gain) {
                *weight *= gain;
                *bias -= *weight * mean;
            }
        }
    }
}

/// He et al. 2015: uniform, variance 2 / inputs.
fn random(inputs: usize, hidden: &[usize], rng: &mut Rng) -> Mlp {
    let mut layers = Vec::new();
    let mut inputs = inputs;
    for &outputs in hidden.iter().chain(&[1]) {
        let bound = (6.0 / inputs as f32).sqrt();
        let weights = (0..inputs * outputs).map(|_| rng.between(-bound, bound)).collect();
        layers.push(Layer { inputs, weights, bias: vec![0.0; outputs] });
        inputs = outputs;
    }
    Mlp { layers }
}

/// Kingma and Ba 2015.
struct Adam {
    gradient: Mlp,
    mean: Mlp,
    square: Mlp,
    steps: i32,
    kept: Activations,
}

impl Adam {
    fn new(mlp: &Mlp) -> Self {
        let mut zero = mlp.clone();
        for layer in &mut zero.layers {
            layer.weights.fill(0.0);
            layer.bias.fill(0.0);
        }
        Self {
            gradient: zero.clone(),
            mean: zero.clone(),
            square: zero,
            steps: 0,
            kept: Activations::default(),
        }
    }

    /// Adds one example's gradient.
    fn gather(&mut self, mlp: &Mlp, input: &[f32], label: f32) {
        let logit = mlp.forward(input, &mut self.kept);
        let mut delta = vec![crate::wake::mlp::sigmoid(logit) - label];
        for i in (0..mlp.layers.len()).rev() {
            let below = if i == 0 { input } else { &self.kept.layers[i - 1] };
            let gradient = &mut self.gradient.layers[i];
            for (o, &d) in delta.iter().enumerate().filter(|(_, d)| **d != 0.0) {
                gradient.bias[o] += d;
                for (g, x) in gradient.weights[o * below.len()..][..below.len()].iter_mut().zip(below) {
                    *g += d * x;
                }
            }
            if i > 0 {
                let layer = &mlp.layers[i];
                let mut column = vec![0.0; delta.len()];
                delta = (0..layer.inputs)
                    .map(|n| {
                        if below[n] <= 0.0 {
                            return 0.0;
                        }
                        for (o, value) in column.iter_mut().enumerate() {
                            *value = layer.weights[o * layer.inputs + n];
                        }
                        dot(&column, &delta)
                    })
                    .collect();
            }
        }
    }

    /// Moves the weights by the gathered gradients, and forgets those.
    fn step(&mut self, mlp: &mut Mlp, count: usize, rate: f32) {
        self.steps += 1;
        let (fix1, fix2) = (1.0 - 0.9f32.powi(self.steps), 1.0 - 0.999f32.powi(self.steps));
        let scale = 1.0 / count as f32;
        let update = |w: &mut f32, g: &mut f32, m: &mut f32, v: &mut f32, decay: f32| {
            let gradient = *g * scale;
            *g = 0.0;
            *m += 0.1 * (gradient - *m);
            *v += 0.001 * (gradient * gradient - *v);
            *w -= rate * (*m / fix1 / ((*v / fix2).sqrt() + 1e-8) + decay * *w);
        };
        for (i, layer) in mlp.layers.iter_mut().enumerate() {
            let (g, m, v) =
                (&mut self.gradient.layers[i], &mut self.mean.layers[i], &mut self.square.layers[i]);
            for (((w, g), m), v) in
                layer.weights.iter_mut().zip(&mut g.weights).zip(&mut m.weights).zip(&mut v.weights)
            {
                update(w, g, m, v, DECAY);
            }
            for (((w, g), m), v) in layer.bias.iter_mut().zip(&mut g.bias).zip(&mut m.bias).zip(&mut v.bias) {
                update(w, g, m, v, 0.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Windows of two rows; positive when their first values rise.
    fn rising() -> Dataset {
        let mut rng = Rng::new(1);
        let mut data = Dataset::new(2, 2, false);
        for recording in 0..1500 {
            let rows: Vec<f32> = (0..4).map(|_| rng.between(3.0, 9.0)).collect();
            data.add(&rows, 1..2, rows[2] > rows[0] + 0.5, recording);
        }
        data
    }

    #[test]
    fn learns_what_separates() {
        let data = rising();
        let how = Fit { hidden: &[8], epochs: 200, dropout: 0.0, seed: 5 };
        let mlp = fit(&data, |e| e.recording < 1000, &how);
        let mut input = Vec::new();
        let held_out: Vec<&Example> = data.examples.iter().filter(|e| e.recording >= 1000).collect();
        let right = held_out
            .iter()
            .filter(|e| {
                data.read(e, &mut input);
                (mlp.logit(&input) > 0.0) == e.positive
            })
            .count();
        assert!(right * 100 > held_out.len() * 92, "{right} of {}", held_out.len());
    }

    #[test]
    fn same_seed_same_network() {
        let data = rising();
        let fit = |seed| fit(&data, |_| true, &Fit { hidden: &[3], epochs: 3, dropout: 0.1, seed });
        assert_eq!(fit(1), fit(1));
        assert_ne!(fit(1), fit(2));
    }

    #[test]
    fn windows_are_centred_by_column() {
        let mut data = Dataset::new(2, 3, true);
        data.add(&[1.0, 10.0, 2.0, 10.0, 6.0, 40.0, 0.0, 0.0], 0..9, true, 0);
        assert_eq!(data.examples.len(), 2, "windows that do not fit are left out");
        let mut window = Vec::new();
        data.read(&data.examples[0], &mut window);
        assert_eq!(window, [-2.0, -10.0, -1.0, -10.0, 3.0, 20.0]);
    }
}
