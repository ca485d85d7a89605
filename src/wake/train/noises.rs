//! Noises of a household, made up: a word that was recorded in one quiet room is to be heard in
//! others, and what a kitchen sounds like cannot be waited for.
//!
//! Each is ten seconds. None imitates a recording; they cover what recorded noises differ in: steady or
//! in strikes, low or high, dull or ringing, nobody's or other people's.

use std::f32::consts::TAU;

use crate::audio::{SAMPLE_RATE, ms_to_samples};
use crate::rng::Rng;

const LENGTH: usize = 10 * SAMPLE_RATE as usize;

/// As loud as noises are made: their loudest sample.
const PEAK: f32 = 12_000.0;

/// How many of each kind.
const EACH: usize = 3;

/// Other people's voices in a babble.
const VOICES: usize = 5;

/// Pink noise, for when there is nothing else.
#[must_use]
pub fn plain(rng: &mut Rng) -> Vec<i16> {
    level(&pink(rng))
}

/// Noises to put takes into. `speech` is what babble is made of; without it there is none.
#[must_use]
pub fn made_up(speech: &[&[i16]], rng: &mut Rng) -> Vec<Vec<i16>> {
    let mut noises = vec![plain(rng)];
    for _ in 0..EACH {
        noises.push(level(&steady(rng)));
        noises.push(level(&clatter(rng)));
        if !speech.is_empty() {
            noises.push(level(&babble(speech, rng)));
        }
    }
    noises
}

/// Pink noise: three leaky integrators of white noise (Paul Kellet's economy filter).
fn pink(rng: &mut Rng) -> Vec<f32> {
    let (mut a, mut b, mut c) = (0.0f32, 0.0f32, 0.0f32);
    (0..LENGTH)
        .map(|_| {
            let white = rng.between(-1.0, 1.0);
            a = 0.99765 * a + white * 0.099_046;
            b = 0.963 * b + white * 0.296_516_4;
            c = 0.57 * c + white * 1.052_691_3;
            a + b + c + white * 0.1848
        })
        .collect()
}

/// Fans, hobs and running water: noise through two resonances, swelling slowly, over a hum.
fn steady(rng: &mut Rng) -> Vec<f32> {
    let mut bands = [rng.between(80.0, 900.0), rng.between(900.0, 5_000.0)].map(|hz| {
        let height = 10f32.powf(rng.between(-20.0, 0.0) / 20.0);
        (Resonance::new(hz, rng.between(0.7, 0.97)), height)
    });
    let (hum, swell) = (rng.between(45.0, 125.0) / SAMPLE_RATE as f32, rng.between(0.05, 2.0));
    let (humming, depth) = (rng.between(0.0, 0.5), rng.between(0.0, 0.8));
    let dull = rng.between(0.5, 0.99);
    let mut low = 0.0;
    (0..LENGTH)
        .map(|i| {
            let white = rng.between(-1.0, 1.0);
            low = dull * low + (1.0 - dull) * white;
            let noise: f32 =
                bands.iter_mut().map(|(band, height)| *height * band.next(white)).sum::<f32>() + low;
            let swelling = 1.0 - depth * 0.5 * (1.0 + (TAU * swell * i as f32 / SAMPLE_RATE as f32).sin());
            noise * swelling + humming * (TAU * hum * i as f32).sin() * 0.1
        })
        .collect()
}

/// Dishes and doors over a quiet room: strikes, alone and in rows, that ring at a few pitches and die away.
fn clatter(rng: &mut Rng) -> Vec<f32> {
    let mut sum: Vec<f32> = pink(rng).iter().map(|sample| sample * 0.02).collect();
    let every_ms = rng.between(150.0, 900.0);
    let mut at = 0;
    loop {
        at += ms_to_samples((every_ms * -rng.between(0.001, 1.0).ln()) as u64) as usize;
        if at >= LENGTH {
            return sum;
        }
        let height = 10f32.powf(rng.between(-24.0, 0.0) / 20.0);
        // A burst of noise, and what was struck rings on.
        let burst = rng.between(0.002, 0.03) * SAMPLE_RATE as f32;
        let rings: Vec<(f32, f32, f32)> = (0..rng.below(5))
            .map(|_| {
                let hz = 200.0 * 30f32.powf(rng.between(0.0, 1.0));
                (hz / SAMPLE_RATE as f32, rng.between(0.01, 0.25) * SAMPLE_RATE as f32, rng.between(0.1, 1.0))
            })
            .collect();
        for (i, sample) in sum[at..].iter_mut().take(SAMPLE_RATE as usize / 2).enumerate() {
            let i = i as f32;
            let ringing: f32 =
                rings.iter().map(|(hz, decay, part)| part * (-i / decay).exp() * (TAU * hz * i).sin()).sum();
            *sample += height * ((-i / burst).exp() * rng.between(-1.0, 1.0) + 0.5 * ringing);
        }
    }
}

/// Several people at once.
fn babble(speech: &[&[i16]], rng: &mut Rng) -> Vec<f32> {
    let mut sum = vec![0.0; LENGTH];
    for _ in 0..VOICES {
        let height = 10f32.powf(rng.between(-10.0, 0.0) / 20.0);
        let mut at = 0;
        while at < LENGTH {
            let words = speech[rng.below(speech.len())];
            let peak = words.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0).max(1);
            for (to, &from) in sum[at..].iter_mut().zip(words) {
                *to += height * f32::from(from) / f32::from(peak);
            }
            at += words.len().max(1);
        }
    }
    sum
}

/// A two-pole resonance.
struct Resonance {
    a: f32,
    b: f32,
    before: [f32; 2],
}

impl Resonance {
    /// At `hz`, the sharper the nearer `radius` is to 1.
    fn new(hz: f32, radius: f32) -> Self {
        let angle = TAU * hz / SAMPLE_RATE as f32;
        Self { a: 2.0 * radius * angle.cos(), b: -radius * radius, before: [0.0; 2] }
    }

    fn next(&mut self, input: f32) -> f32 {
        let output = (1.0 + self.b) * input + self.a * self.before[0] + self.b * self.before[1];
        self.before = [output, self.before[0]];
        output
    }
}

/// Brings the loudest sample to [`PEAK`].
fn level(samples: &[f32]) -> Vec<i16> {
    let peak = samples.iter().fold(0f32, |peak, sample| peak.max(sample.abs())).max(1e-9);
    samples.iter().map(|sample| (sample / peak * PEAK) as i16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn energy(samples: &[i16]) -> f64 {
        samples.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>() / samples.len() as f64
    }

    #[test]
    fn each_is_ten_seconds_of_something_of_its_own() {
        let speech = vec![900; 30_000];
        let noises = made_up(&[&speech], &mut Rng::new(3));
        assert_eq!(noises.len(), 1 + 3 * EACH);
        for noise in &noises {
            assert_eq!(noise.len(), LENGTH);
            let peak = noise.iter().map(|sample| sample.unsigned_abs()).max();
            assert!(peak.is_some_and(|peak| (11_000..=12_000).contains(&peak)), "{peak:?}");
        }
        assert!(noises.windows(2).all(|pair| pair[0] != pair[1]));
        assert_eq!(noises, made_up(&[&speech], &mut Rng::new(3)), "the same from the same seed");
        assert_eq!(made_up(&[], &mut Rng::new(3)).len(), 1 + 2 * EACH, "no babble without speech");
    }

    #[test]
    fn clatter_is_strikes_and_a_fan_is_none() {
        let stands_out = |noise: &[i16]| {
            let mut frames: Vec<f64> = noise.chunks_exact(320).map(energy).collect();
            frames.sort_by(f64::total_cmp);
            frames[frames.len() - 1] / frames[frames.len() / 2].max(1.0)
        };
        for seed in 0..5 {
            let strikes = stands_out(&level(&clatter(&mut Rng::new(seed))));
            let fan = stands_out(&level(&steady(&mut Rng::new(seed))));
            assert!(strikes > fan, "{strikes} {fan}");
        }
    }
}
