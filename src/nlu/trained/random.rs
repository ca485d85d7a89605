//! A small seeded generator, so that training gives the same model for the same seed everywhere.

use crate::rng::Rng;

/// The house's generator with the order of shuffling that the published figures were made with.
#[derive(Debug, Clone)]
pub struct Random(Rng);

impl Random {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Rng::new(seed))
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next()
    }

    /// A number in 0–1, 1 excluded.
    pub fn unit(&mut self) -> f32 {
        self.0.unit()
    }

    /// Fisher–Yates.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let j = (self.bits() % (i as u64 + 1)) as usize;
            items.swap(i, j);
        }
    }
}
