//! When a plugin that failed is tried again, and when no more.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// As many faults within [`WITHIN`] are one too many.
pub const MANY: usize = 5;

/// How long a fault counts.
const WITHIN: Duration = Duration::from_mins(10);

/// The first pause before a plugin is started again; each further fault doubles it.
pub const PAUSE: Duration = Duration::from_millis(500);

/// What follows a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Start again after this.
    Again(Duration),
    /// Not before somebody enables it.
    Never,
}

/// The recent faults of a plugin.
#[derive(Debug, Default)]
pub struct Faults(VecDeque<Instant>);

impl Faults {
    /// Counts a fault and says what follows; `pause` is that after the first.
    pub fn add(&mut self, now: Instant, pause: Duration) -> Next {
        while self.0.front().is_some_and(|at| now.duration_since(*at) > WITHIN) {
            self.0.pop_front();
        }
        self.0.push_back(now);
        match self.0.len() {
            count if count >= MANY => Next::Never,
            count => Next::Again(pause * (1 << (count - 1))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_until_it_is_enough() {
        let (mut faults, now) = (Faults::default(), Instant::now());
        let next: Vec<_> = (0..MANY).map(|_| faults.add(now, PAUSE)).collect();
        let ms = |ms| Next::Again(Duration::from_millis(ms));
        assert_eq!(next, [ms(500), ms(1000), ms(2000), ms(4000), Next::Never]);
    }

    #[test]
    fn a_fault_now_and_then_is_forgiven() {
        let (mut faults, start) = (Faults::default(), Instant::now());
        for hour in 0..20 {
            let next = faults.add(start + Duration::from_hours(hour), PAUSE);
            assert_eq!(next, Next::Again(Duration::from_millis(500)));
        }
    }
}
