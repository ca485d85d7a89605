//! How high a voice speaks, measured for tests on the sound itself: YIN (de Cheveigné & Kawahara,
//! 2002), a difference function that, unlike autocorrelation, does not prefer octaves.

use super::Speech;

/// Nothing that a person speaks with lies outside.
const LOWEST_HZ: f32 = 60.0;
const HIGHEST_HZ: f32 = 450.0;

/// How unlike its own repetition a frame may be and still count as voiced.
const VOICED: f32 = 0.15;

/// Frames quieter than this (root mean square, 16 bit) are pauses.
const QUIET: f32 = 200.0;

/// The fundamental of every voiced 20 ms.
pub fn track(speech: &Speech) -> Vec<f32> {
    // Half the rate is plenty for a fundamental, and four times as fast.
    let rate = speech.sample_rate as f32 / 2.0;
    let samples: Vec<f32> =
        speech.samples.chunks_exact(2).map(|pair| f32::from(pair[0]) + f32::from(pair[1])).collect();
    let (shortest, longest) = ((rate / HIGHEST_HZ) as usize, (rate / LOWEST_HZ) as usize + 2);
    let (window, hop) = (longest + longest / 2, (rate / 50.0) as usize);
    (0..samples.len().saturating_sub(window + longest))
        .step_by(hop)
        .filter_map(|at| {
            let frame = &samples[at..at + window + longest];
            let energy = frame[..window].iter().map(|s| s * s).sum::<f32>() / window as f32;
            (energy.sqrt() > 2.0 * QUIET).then(|| period(frame, window, shortest, longest)).flatten()
        })
        .map(|period| rate / period)
        .collect()
}

/// The median of [`track`]; `None` when nothing is voiced.
pub fn median(speech: &Speech) -> Option<f32> {
    let mut all = track(speech);
    all.sort_by(f32::total_cmp);
    all.get(all.len() / 2).copied()
}

/// The period of a frame in samples, if it has one: the bottom of the first dip that is deep enough.
fn period(frame: &[f32], window: usize, shortest: usize, longest: usize) -> Option<f32> {
    let difference = |lag: usize| -> f32 {
        frame[..window].iter().zip(&frame[lag..lag + window]).map(|(a, b)| (a - b) * (a - b)).sum()
    };
    let mut sum = 0.0;
    let mut normal = |lag: usize| {
        let now = difference(lag);
        sum += now;
        if sum > 0.0 { now * lag as f32 / sum } else { 1.0 }
    };
    let (mut before, mut here) = (1.0, 1.0);
    for lag in 1..longest {
        let after = normal(lag);
        let is_bottom = here < VOICED && after >= here && lag > shortest;
        if is_bottom {
            // Between samples, a parabola.
            let bend = before - 2.0 * here + after;
            let shift = if bend > 0.0 { 0.5 * (before - after) / bend } else { 0.0 };
            return Some((lag - 1) as f32 + shift.clamp(-0.5, 0.5));
        }
        (before, here) = (here, after);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    const RATE: u32 = 22_050;

    /// Half a second of a tone with harmonics of these heights.
    fn tone(hz: impl Fn(f32) -> f32, harmonics: &[f32], noise: f32) -> Speech {
        let mut rng = Rng::new(7);
        let mut phase = 0.0_f32;
        let samples = (0..RATE / 2)
            .map(|i| {
                phase += hz(i as f32 / (RATE as f32 / 2.0)) / RATE as f32;
                let wave: f32 = harmonics
                    .iter()
                    .enumerate()
                    .map(|(n, height)| height * (std::f32::consts::TAU * phase * (n + 1) as f32).sin())
                    .sum();
                let hiss = noise * (rng.below(2_000) as f32 / 1_000.0 - 1.0);
                ((wave + hiss) * 6_000.0) as i16
            })
            .collect();
        Speech { samples, sample_rate: RATE }
    }

    #[test]
    fn tones_are_measured_within_one_percent() {
        let shapes: [&[f32]; 4] = [
            &[1.0],
            // A sawtooth, a voice with a strong second harmonic, and one without a fundamental.
            &[1.0, 0.5, 0.33, 0.25, 0.2],
            &[0.3, 1.0, 0.6, 0.2],
            &[0.0, 1.0, 0.8, 0.6, 0.4],
        ];
        for hz in [75.0, 110.0, 145.0, 160.0, 175.0, 220.0, 330.0] {
            for (shape, harmonics) in shapes.iter().enumerate() {
                for noise in [0.0, 0.05] {
                    let found = median(&tone(|_| hz, harmonics, noise)).expect("it is voiced");
                    assert!((found / hz - 1.0).abs() < 0.01, "{hz} Hz, shape {shape}, {noise}: {found} Hz");
                }
            }
        }
    }

    #[test]
    fn a_glide_is_followed() {
        let speech = tone(|at| 120.0 + 80.0 * at, &[1.0, 0.5, 0.3], 0.0);
        let all = track(&speech);
        assert!(all.len() > 18 && all.is_sorted(), "{all:?}");
        assert!(all[0] < 130.0 && all[all.len() - 1] > 185.0, "{all:?}");
    }

    #[test]
    fn noise_and_silence_have_no_pitch() {
        assert_eq!(median(&Speech::silence(500)), None);
        let hiss = tone(|_| 100.0, &[0.0], 1.0);
        assert!(track(&hiss).len() < 3, "{:?}", track(&hiss));
    }
}
