//! Misses against false alarms: one rule (the [`Trigger`] that runs live) at many thresholds.

use serde::Serialize;

use crate::wake::Trigger;

/// The scores of a recording in the order they came: milliseconds, 0–1.
pub type Scores = Vec<(u64, f32)>;

/// What a threshold costs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    pub threshold: f32,
    /// Share of the recordings with the word in which it was not heard.
    pub miss: f64,
    /// False alarms in an hour.
    pub false_per_h: f64,
}

/// One point a threshold, from low to high.
#[must_use]
pub fn curve(positives: &[Scores], negatives: &[Scores], negative_h: f64, refractory_ms: u64) -> Vec<Point> {
    let wakes = |scores: &Scores, threshold: f32| {
        let mut trigger = Trigger::new(threshold, refractory_ms);
        scores.iter().filter(|(at_ms, score)| trigger.fires(*score, *at_ms)).count()
    };
    thresholds()
        .map(|threshold| {
            let missed = positives.iter().filter(|scores| wakes(scores, threshold) == 0).count();
            let alarms: usize = negatives.iter().map(|scores| wakes(scores, threshold)).sum();
            Point {
                threshold,
                miss: missed as f64 / positives.len().max(1) as f64,
                false_per_h: if negative_h > 0.0 { alarms as f64 / negative_h } else { 0.0 },
            }
        })
        .collect()
}

/// The point with the fewest misses among those with at most so many false alarms an hour.
#[must_use]
pub fn best(points: &[Point], false_per_h: f64) -> Option<&Point> {
    let allowed = points.iter().filter(|p| p.false_per_h <= false_per_h);
    allowed.min_by(|a, b| a.miss.total_cmp(&b.miss).then(b.threshold.total_cmp(&a.threshold)))
}

/// Every hundredth, and finer where good models are nearly certain either way.
fn thresholds() -> impl Iterator<Item = f32> {
    let hundredths = (1..=99).map(|n| n as f32 / 100.0);
    let low = [0.0001, 0.0005, 0.001, 0.002, 0.005].into_iter();
    low.chain(hundredths).chain([0.995, 0.998, 0.999, 0.9995, 0.9999])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_it_would_run_live() {
        let positives = vec![vec![(80, 0.2), (160, 0.9)], vec![(80, 0.4)]];
        // Two alarms: the second score falls into the first one's refractory time.
        let negatives = vec![vec![(0, 0.6), (500, 0.7), (3000, 0.6)], vec![]];
        let points = curve(&positives, &negatives, 0.5, 1000);
        let at = |threshold: f32| points.iter().find(|p| (p.threshold - threshold).abs() < 1e-6).copied();
        assert_eq!(at(0.3), Some(Point { threshold: 0.3, miss: 0.0, false_per_h: 4.0 }));
        assert_eq!(at(0.5), Some(Point { threshold: 0.5, miss: 0.5, false_per_h: 4.0 }));
        assert_eq!(at(0.65), Some(Point { threshold: 0.65, miss: 0.5, false_per_h: 2.0 }));
        assert_eq!(at(0.95), Some(Point { threshold: 0.95, miss: 1.0, false_per_h: 0.0 }));
        assert_eq!(best(&points, 1.0).map(|p| (p.threshold, p.miss)), Some((0.9, 0.5)));
    }
}
