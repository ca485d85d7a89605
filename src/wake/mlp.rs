//! A small feed-forward network: the head behind the speech embedding, and what is inside a
//! trained rustpotter model.

/// Layers with rectifiers between them and one output, a logit.
#[derive(Debug, Clone, PartialEq)]
pub struct Mlp {
    pub layers: Vec<Layer>,
}

/// `outputs` rows of `inputs` weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    pub inputs: usize,
    pub weights: Vec<f32>,
    pub bias: Vec<f32>,
}

impl Layer {
    /// The row of weights that leads to an output.
    #[must_use]
    pub fn row(&self, output: usize) -> &[f32] {
        &self.weights[output * self.inputs..][..self.inputs]
    }

    fn forward(&self, input: &[f32], output: &mut Vec<f32>) {
        output.clear();
        output.extend((0..self.bias.len()).map(|o| self.bias[o] + dot(self.row(o), input)));
    }
}

impl Mlp {
    /// One network that gives the mean of the logits of some, all of the same inputs and as many layers:
    /// side by side, joined at the end.
    #[must_use]
    pub fn mean(some: &[Self]) -> Self {
        let [first, others @ ..] = some else { return Self { layers: Vec::new() } };
        if others.is_empty() {
            return first.clone();
        }
        let depth = first.layers.len();
        let layers = (0..depth).map(|i| {
            let side = || some.iter().map(|mlp| &mlp.layers[i]);
            // All look at the same inputs; later each looks at its own, and nothing at the others'.
            let inputs = if i == 0 { first.inputs() } else { side().map(|layer| layer.inputs).sum() };
            let (mut weights, mut bias, mut before) = (Vec::new(), Vec::new(), 0);
            for layer in side() {
                for output in 0..layer.bias.len() {
                    let mut row = vec![0.0; inputs];
                    row[before..before + layer.inputs].copy_from_slice(layer.row(output));
                    weights.extend(row);
                }
                bias.extend_from_slice(&layer.bias);
                before += if i == 0 { 0 } else { layer.inputs };
            }
            Layer { inputs, weights, bias }
        });
        let mut layers: Vec<Layer> = layers.collect();
        // The last logits become one.
        if let Some(last) = layers.last_mut() {
            let share = 1.0 / some.len() as f32;
            let column =
                |input: usize| last.weights.iter().skip(input).step_by(last.inputs).sum::<f32>() * share;
            let weights = (0..last.inputs).map(column).collect();
            *last = Layer { inputs: last.inputs, weights, bias: vec![last.bias.iter().sum::<f32>() * share] };
        }
        Self { layers }
    }

    /// How many inputs it takes.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.layers.first().map_or(0, |layer| layer.inputs)
    }

    /// The logit for an input of [`Self::inputs`] values.
    #[must_use]
    pub fn logit(&self, input: &[f32]) -> f32 {
        let mut activations = Activations::default();
        self.forward(input, &mut activations)
    }

    /// As [`Self::logit`], keeping what every layer gave.
    pub fn forward(&self, input: &[f32], kept: &mut Activations) -> f32 {
        kept.layers.resize(self.layers.len(), Vec::new());
        for (i, layer) in self.layers.iter().enumerate() {
            let (before, after) = kept.layers.split_at_mut(i);
            layer.forward(before.last().map_or(input, Vec::as_slice), &mut after[0]);
            if i + 1 < self.layers.len() {
                for value in &mut after[0] {
                    *value = value.max(0.0);
                }
            }
        }
        kept.layers.last().and_then(|output| output.first()).copied().unwrap_or(0.0)
    }
}

/// What every layer gave for one input.
#[derive(Default)]
pub struct Activations {
    pub layers: Vec<Vec<f32>>,
}

/// A logit as a score (0–1).
#[must_use]
pub fn sigmoid(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

/// The scalar product, in eight sums side by side: faster, and the same on every machine.
#[must_use]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (a8, b8) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a8.remainder().iter().zip(b8.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a8.zip(b8) {
        for i in 0..8 {
            sums[i] += x[i] * y[i];
        }
    }
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_layers_by_hand() {
        let mlp = Mlp {
            layers: vec![
                Layer { inputs: 2, weights: vec![1.0, 2.0, -1.0, 0.0], bias: vec![0.5, 0.0] },
                Layer { inputs: 2, weights: vec![2.0, 3.0], bias: vec![-1.0] },
            ],
        };
        // First layer: 1·1 + 2·2 + 0.5 = 5.5, and −1 cut to 0.
        assert!((mlp.logit(&[1.0, 2.0]) - 10.0).abs() < 1e-6);
    }

    #[test]
    fn a_mean_of_networks_is_one_network() {
        let mut rng = crate::rng::Rng::new(6);
        let mut network = || {
            let mut layer = |inputs: usize, outputs: usize| Layer {
                inputs,
                weights: (0..inputs * outputs).map(|_| rng.between(-1.0, 1.0)).collect(),
                bias: (0..outputs).map(|_| rng.between(-1.0, 1.0)).collect(),
            };
            Mlp { layers: vec![layer(5, 4), layer(4, 3), layer(3, 1)] }
        };
        let some = [network(), network(), network()];
        let mean = Mlp::mean(&some);
        let input = [0.3, -0.5, 0.9, 0.1, -0.7];
        let expected = some.iter().map(|mlp| mlp.logit(&input)).sum::<f32>() / 3.0;
        assert!((mean.logit(&input) - expected).abs() < 1e-5);
        assert_eq!(Mlp::mean(&some[..1]), some[0]);
    }

    #[test]
    fn dot_takes_every_element() {
        let a: Vec<f32> = (0..19u8).map(f32::from).collect();
        assert!((dot(&a, &a) - 2109.0).abs() < 1e-3);
    }
}
