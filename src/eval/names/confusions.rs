//! Which sounds are taken for which, counted on real hearings, and words that are misheard so.

use crate::rng::Rng;
use crate::stt::vocabulary::phones::{Phone, PhoneSet};

/// A slip comes about once in this many phones: one or two in a name.
const PHONES_A_SLIP: f32 = 7.0;
/// A sound is added this many times less often than changed.
const ADDED: f32 = 0.15;

/// What was heard of each phone that was said.
#[derive(Debug)]
pub(super) struct Confusions {
    /// `swapped[said][heard]`.
    swapped: Vec<Vec<u32>>,
    dropped: Vec<u32>,
    added: Vec<u32>,
}

impl Confusions {
    pub fn new(phones: &PhoneSet) -> Self {
        let count = phones.len();
        Self { swapped: vec![vec![0; count]; count], dropped: vec![0; count], added: vec![0; count] }
    }

    /// Counts the slips of the cheapest way from what was said to what was heard.
    pub fn count(&mut self, set: &PhoneSet, said: &[Phone], heard: &[Phone]) {
        let width = heard.len() + 1;
        let mut table = vec![0.0f32; (said.len() + 1) * width];
        for i in 0..=said.len() {
            for j in 0..width {
                table[i * width + j] = match (i, j) {
                    (0, 0) => 0.0,
                    (0, j) => table[j - 1] + set.missing(heard[j - 1]),
                    (i, 0) => table[(i - 1) * width] + set.missing(said[i - 1]),
                    (i, j) => (table[(i - 1) * width + j - 1] + set.substitution(heard[j - 1], said[i - 1]))
                        .min(table[i * width + j - 1] + set.missing(heard[j - 1]))
                        .min(table[(i - 1) * width + j] + set.missing(said[i - 1])),
                };
            }
        }
        let (mut i, mut j) = (said.len(), heard.len());
        while i > 0 || j > 0 {
            let is = |cost: f32| (table[i * width + j] - cost).abs() < 1e-4;
            if i > 0
                && j > 0
                && is(table[(i - 1) * width + j - 1] + set.substitution(heard[j - 1], said[i - 1]))
            {
                (i, j) = (i - 1, j - 1);
                self.swapped[said[i] as usize][heard[j] as usize] += 1;
            } else if j > 0 && (i == 0 || is(table[i * width + j - 1] + set.missing(heard[j - 1]))) {
                j -= 1;
                self.added[heard[j] as usize] += 1;
            } else {
                i -= 1;
                self.dropped[said[i] as usize] += 1;
            }
        }
    }

    /// The phones with a few slips, each as likely as it was counted.
    pub fn mishear(&self, said: &[Phone], rng: &mut Rng) -> Vec<Phone> {
        let mut heard = Vec::new();
        for &phone in said {
            if !rng.chance(1.0 / PHONES_A_SLIP) {
                heard.push(phone);
            } else if rng.chance(ADDED) {
                heard.push(phone);
                heard.extend(choose(&self.added, rng));
            } else {
                // Dropped counts as one more thing it can be.
                let mut outcomes = self.swapped[phone as usize].clone();
                outcomes[phone as usize] = 0;
                outcomes.push(self.dropped[phone as usize]);
                match choose(&outcomes, rng) {
                    Some(other) if usize::from(other) < self.dropped.len() => heard.push(other),
                    Some(_) => {}
                    None => heard.push(phone),
                }
            }
        }
        heard
    }
}

fn choose(weights: &[u32], rng: &mut Rng) -> Option<Phone> {
    let total: u32 = weights.iter().sum();
    let mut left = rng.below(total as usize) as u32;
    (total > 0).then_some(())?;
    weights
        .iter()
        .position(|weight| {
            let here = left < *weight;
            left = left.saturating_sub(*weight);
            here
        })
        .map(|index| index as Phone)
}
