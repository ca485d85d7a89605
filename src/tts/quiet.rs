//! Quiet hours: when nothing is to be loud.

use jiff::civil::Time;

/// From an hour to an hour, over midnight if need be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuietHours {
    pub from: Time,
    pub until: Time,
    /// The loudest that anything is then, 0–1.
    pub volume: f32,
}

impl QuietHours {
    #[must_use]
    pub fn contains(&self, time: Time) -> bool {
        if self.from <= self.until {
            self.from <= time && time < self.until
        } else {
            self.from <= time || time < self.until
        }
    }
}

/// How loud something is to be at a time of day that is to have this volume.
#[must_use]
pub fn volume(usual: f32, quiet: Option<&QuietHours>, time: Time) -> f32 {
    match quiet {
        Some(quiet) if quiet.contains(time) => usual.min(quiet.volume),
        _ => usual,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    #[test]
    fn quiet_hours_reach_over_midnight() {
        let at = |hour, minute| time(hour, minute, 0, 0);
        let night = QuietHours { from: at(22, 0), until: at(7, 30), volume: 0.25 };
        for (when, quiet) in
            [(at(21, 59), false), (at(22, 0), true), (at(0, 0), true), (at(7, 29), true), (at(7, 30), false)]
        {
            assert_eq!(night.contains(when), quiet, "{when}");
        }
        let nap = QuietHours { from: at(13, 0), until: at(15, 0), volume: 0.25 };
        assert!(nap.contains(at(14, 0)) && !nap.contains(at(15, 0)) && !nap.contains(at(2, 0)));
    }

    #[test]
    fn they_make_nothing_louder() {
        let always = QuietHours { from: time(0, 0, 0, 0), until: time(23, 59, 0, 0), volume: 0.3 };
        let noon = time(12, 0, 0, 0);
        for (usual, expected) in [(1.0, 0.3), (0.2, 0.2), (0.0, 0.0)] {
            assert!((volume(usual, Some(&always), noon) - expected).abs() < 1e-6);
            assert!((volume(usual, None, noon) - usual).abs() < 1e-6);
        }
    }
}
