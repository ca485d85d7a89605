//! How sure an answer must be, and how sure it is.
//!
//! The classifier's share, the tagger's probability and how many words were never seen each know
//! a part of it. A logistic regression over the three ("Platt scaling") is fitted on templates and
//! examples that a model was not shown, so that of the answers held to be 70 % sure, 70 % are right.

/// How sure an answer of the trained stage must be before it is acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Caution {
    /// Rather ask again than do the wrong thing.
    Careful,
    #[default]
    Normal,
    /// Rather do something than ask again.
    Eager,
}

impl Caution {
    /// The names that a configuration may use.
    pub const NAMES: [&'static str; 3] = ["careful", "normal", "eager"];

    /// By its name in the configuration; `None` for another word.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "careful" => Some(Self::Careful),
            "normal" => Some(Self::Normal),
            "eager" => Some(Self::Eager),
            _ => None,
        }
    }

    /// The confidence from which an answer is acted on; 0–1.
    #[must_use]
    pub const fn threshold(self) -> f32 {
        match self {
            Self::Careful => 0.8,
            Self::Normal => 0.6,
            Self::Eager => 0.4,
        }
    }
}

/// What is known about an answer before anything is resolved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// The classifier's share of the intent; 0–1.
    pub share: f32,
    /// The tagger's probability of the slots together; 0–1.
    pub slots: f32,
    /// Share of words that training never showed; 0–1.
    pub strangeness: f32,
}

/// Weights of a constant and of each part of the [`Evidence`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Certainty(pub [f32; 4]);

impl Default for Certainty {
    /// Takes the shares as they are.
    fn default() -> Self {
        Self([0.0, 1.0, 1.0, 0.0])
    }
}

/// Steps of the fit, and their size: far past where the weights stop moving.
const STEPS: usize = 2000;
const RATE: f64 = 0.5;
/// Pull towards the default, so that a few hundred answers cannot say that more is less.
const PULL: f64 = 0.002;

impl Certainty {
    /// The probability that the answer is right; 0–1.
    #[must_use]
    pub fn of(&self, evidence: Evidence) -> f32 {
        let inputs = inputs(evidence);
        let sum: f64 = self.0.iter().zip(inputs).map(|(&weight, input)| f64::from(weight) * input).sum();
        (1.0 / (1.0 + (-sum).exp())) as f32
    }

    /// Fits the weights to answers of which it is known whether they were right. Without any, the
    /// shares are taken as they are.
    #[must_use]
    pub fn fit(answers: &[(Evidence, bool)]) -> Self {
        let start = Self::default().0.map(f64::from);
        let mut weights = start;
        if answers.is_empty() {
            return Self::default();
        }
        for step in 0..STEPS {
            let mut gradient = [0.0; 4];
            for &(evidence, right) in answers {
                let inputs = inputs(evidence);
                let sum: f64 = weights.iter().zip(inputs).map(|(weight, input)| weight * input).sum();
                let error = f64::from(u8::from(right)) - 1.0 / (1.0 + (-sum).exp());
                gradient.iter_mut().zip(inputs).for_each(|(slope, input)| *slope += error * input);
            }
            let rate = RATE * (1.0 - step as f64 / STEPS as f64);
            for ((weight, slope), start) in weights.iter_mut().zip(gradient).zip(start) {
                *weight += rate * (slope / answers.len() as f64 - PULL * (*weight - start));
            }
            // More evidence never counts against an answer, strange words never for it.
            weights = [weights[0], weights[1].max(0.0), weights[2].max(0.0), weights[3].min(0.0)];
        }
        Self(weights.map(|weight| weight as f32))
    }
}

fn inputs(evidence: Evidence) -> [f64; 4] {
    let share = f64::from(evidence.share).clamp(1e-4, 1.0 - 1e-4);
    let slots = f64::from(evidence.slots).clamp(1e-3, 1.0);
    [1.0, (share / (1.0 - share)).ln(), slots.ln(), f64::from(evidence.strangeness)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overconfident_share_is_taken_down() {
        // Shares of .99 that are right in two cases of three; strange words always mislead.
        let answer = |strangeness, right| (Evidence { share: 0.99, slots: 1.0, strangeness }, right);
        let mut answers = Vec::new();
        for at in 0..300 {
            answers.push(answer(0.0, at % 3 != 0));
            answers.push(answer(0.5, false));
        }
        let certainty = Certainty::fit(&answers);
        let sure = certainty.of(answers[0].0);
        assert!((0.55..0.78).contains(&sure), "{sure}");
        assert!(certainty.of(answers[1].0) < 0.15);
        let unsure = Evidence { share: 0.2, slots: 0.5, strangeness: 0.0 };
        assert!(certainty.of(unsure) < sure);
    }

    #[test]
    fn every_name_is_known_and_caution_asks_for_more() {
        let thresholds = Caution::NAMES.map(|name| Caution::of(name).unwrap().threshold());
        assert!(thresholds[0] > thresholds[1] && thresholds[1] > thresholds[2], "{thresholds:?}");
    }
}
