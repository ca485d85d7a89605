//! Speech in noise, the same on every machine for the same seed.
//!
//! The rule is that of the Picovoice wake-word and speech-to-intent benchmarks: the loudest
//! stretch of the noise is held against the loudest stretch of the speech, so that silence around
//! the speech does not count.

use crate::rng::Rng;

/// Samples in the stretches whose energy is compared: 128 ms.
const STRETCH: usize = 2048;

/// The loudest sample of a mix: half of full scale.
const PEAK: f32 = 0.5 * 32_768.0;

/// Mixes speech with a random stretch of noise as long as itself, `snr_db` below it.
///
/// Noise shorter than the speech goes round. The sum is brought to half of full scale.
#[must_use]
pub fn mix(speech: &[i16], noise: &[i16], snr_db: f32, rng: &mut Rng) -> Vec<i16> {
    if noise.is_empty() {
        return speech.to_vec();
    }
    let start = if noise.len() > speech.len() {
        rng.below(noise.len() - speech.len() + 1)
    } else {
        rng.below(noise.len())
    };
    let stretch: Vec<i16> = noise.iter().cycle().skip(start).take(speech.len()).copied().collect();
    let (signal, disturbance) = (largest_energy(speech), largest_energy(&stretch));
    let gain = if disturbance > 0.0 && signal > 0.0 {
        (signal / (disturbance * 10f64.powf(f64::from(snr_db) / 10.0))).sqrt() as f32
    } else {
        1.0
    };
    let sum: Vec<f32> =
        speech.iter().zip(&stretch).map(|(&s, &n)| f32::from(s) + gain * f32::from(n)).collect();
    let peak = sum.iter().fold(0f32, |peak, s| peak.max(s.abs()));
    let scale = if peak > 0.0 { PEAK / peak } else { 1.0 };
    sum.iter().map(|s| (s * scale) as i16).collect()
}

/// The energy of the loudest stretch, per sample.
fn largest_energy(samples: &[i16]) -> f64 {
    samples
        .chunks(STRETCH)
        .filter(|chunk| chunk.len() == STRETCH || samples.len() < STRETCH)
        .map(|chunk| chunk.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / chunk.len() as f64)
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(length: usize, amplitude: f64, hz: f64) -> Vec<i16> {
        (0..length)
            .map(|i| (amplitude * (i as f64 * hz * std::f64::consts::TAU / 16e3).sin()) as i16)
            .collect()
    }

    #[test]
    fn ratio_is_that_of_the_loudest_stretches() {
        // Half a second of speech in a second of silence; noise ten times as loud to begin with.
        let mut speech = vec![0; 4096];
        speech.extend(tone(8192, 1000.0, 500.0));
        speech.extend(vec![0; 4096]);
        let mixed = mix(&speech, &tone(32_000, 10_000.0, 3000.0), 20.0, &mut Rng::new(7));
        let (quiet, loud) = (largest_energy(&mixed[..4096]), largest_energy(&mixed[6144..10240]));
        let snr = 10.0 * ((loud - quiet) / quiet).log10();
        assert!((snr - 20.0).abs() < 0.3, "{snr} dB");
    }

    #[test]
    fn peak_is_half_of_full_scale() {
        let mixed = mix(&tone(9000, 300.0, 440.0), &tone(100, 20.0, 900.0), 6.0, &mut Rng::new(1));
        let peak = mixed.iter().map(|s| i32::from(*s).abs()).max();
        assert!(peak.is_some_and(|p| (16_382..=16_384).contains(&p)), "{peak:?}");
    }

    #[test]
    fn same_seed_same_mix() {
        let (speech, noise) = (tone(5000, 900.0, 300.0), tone(50_000, 500.0, 77.0));
        let mixed = |seed| mix(&speech, &noise, 10.0, &mut Rng::new(seed));
        assert_eq!(mixed(3), mixed(3));
        assert_ne!(mixed(3), mixed(4));
    }

    #[test]
    fn silence_and_nothing_do_not_fail() {
        assert_eq!(mix(&[], &[1, 2], 10.0, &mut Rng::new(1)), Vec::<i16>::new());
        assert_eq!(mix(&[5, 6], &[], 10.0, &mut Rng::new(1)), [5, 6]);
        assert_eq!(mix(&[0; 4000], &[0; 10], 10.0, &mut Rng::new(1)), [0; 4000]);
    }
}
