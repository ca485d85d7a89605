//! Less noise before the recogniser hears.
//!
//! The recurrent network of `RNNoise` (Valin, "A Hybrid DSP/Deep Learning Approach to Real-Time Full-Band Speech
//! Enhancement", 2018) in nnnoiseless, on the whole utterance. It wants 48 kHz. A tenth of the sound as it was is kept:
//! what the network takes away altogether the recogniser misses more than it is helped by silence. What that gains is in
//! docs/recognition.md.

use nnnoiseless::DenoiseState;

use crate::audio::{Resampler, SAMPLE_RATE};

/// The rate that the network was trained at, in Hz.
const RATE: u32 = 48_000;

/// The share of the sound as it was in what comes out.
const KEPT: f32 = 0.1;

/// How noisy an utterance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noise {
    /// Not enough to suppress.
    Little,
    /// It may be heard better with less, or worse for what is lost of it.
    Some,
    /// It is hard to hear.
    Much,
}

/// How far the loud tenth of an utterance stands out of its quiet tenth where there is much noise, and where there is
/// some, in dB. Kitchen noise 12 dB under the speech brings orders to 23, 24 dB under it to 35; without noise they have 60.
const MUCH_DB: f64 = 23.0;
const SOME_DB: f64 = 36.0;

/// The stretches that loudness is taken of: 30 ms, every 10 ms.
const STRETCH: (usize, usize) = (480, 160);

/// How noisy an utterance (16 kHz) is.
#[must_use]
pub fn noise(samples: &[i16]) -> Noise {
    let mut powers: Vec<f64> = samples.windows(STRETCH.0).step_by(STRETCH.1).map(power).collect();
    powers.sort_by(f64::total_cmp);
    let Some(last) = powers.len().checked_sub(1) else { return Noise::Little };
    // What is quieter than one step of the samples is silence.
    let (quiet, loud) = (powers[last / 10].max(1.0), powers[last * 9 / 10].max(1.0));
    match 10.0 * (loud / quiet).log10() {
        below if below < MUCH_DB => Noise::Much,
        below if below < SOME_DB => Noise::Some,
        _ => Noise::Little,
    }
}

/// The mean square of samples.
fn power(samples: &[i16]) -> f64 {
    samples.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>() / samples.len() as f64
}

/// 16 kHz sound with less noise in it, as long as before.
///
/// Depends on nothing that was heard earlier.
///
/// # Errors
/// When the sound cannot be resampled.
pub fn suppress(samples: &[i16]) -> Result<Vec<i16>, String> {
    let resampler =
        |from, to| Resampler::between(from, to).ok_or_else(|| format!("no way from {from} to {to} Hz"));
    let up = resampler(SAMPLE_RATE, RATE)?.whole(samples);
    let less = resampler(RATE, SAMPLE_RATE)?.whole(&through(&up));
    let mix =
        |(&less, &as_it_was)| (f32::from(less) * (1.0 - KEPT) + f32::from(as_it_was) * KEPT).round() as i16;
    Ok(less.iter().zip(samples).map(mix).collect())
}

/// 48 kHz sound through the network.
fn through(samples: &[i16]) -> Vec<i16> {
    let mut state = DenoiseState::new();
    let mut frame = [0.0; DenoiseState::FRAME_SIZE];
    let mut out = Vec::with_capacity(samples.len() + 2 * frame.len());
    let mut given = [0.0; DenoiseState::FRAME_SIZE];
    // What comes out is a frame late: one of silence brings the last, and the first is dropped.
    for chunk in samples.chunks(frame.len()).chain([[0; 1].as_slice()]) {
        frame.fill(0.0);
        for (to, &from) in frame.iter_mut().zip(chunk) {
            *to = f32::from(from);
        }
        state.process_frame(&mut given, &frame);
        // `as` saturates.
        out.extend(given.iter().map(|sample| sample.round() as i16));
    }
    out.drain(..frame.len());
    out.truncate(samples.len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    fn hiss(length: usize, height: i16) -> Vec<i16> {
        let mut rng = Rng::new(1);
        (0..length).map(|_| (rng.between(-1.0, 1.0) * f32::from(height)) as i16).collect()
    }

    #[test]
    fn a_hiss_goes_down_to_what_is_kept() {
        let hiss = hiss(48_000, 2_000);
        let less = suppress(&hiss).unwrap();
        assert_eq!(less.len(), hiss.len());
        // The network needs a moment to know it.
        let ratio = power(&less[16_000..]) / power(&hiss[16_000..]);
        assert!(ratio > 0.009 && ratio < 0.03, "{ratio}");
        assert_eq!(suppress(&hiss).unwrap(), less, "it remembers what it heard earlier");
    }

    #[test]
    fn speech_stays_where_and_what_it_was() {
        let Some(shared) = crate::testing::shared("speech_stays_where_and_what_it_was") else { return };
        let order = shared.join("audio/barista/0075d273-51bb-47cb-b323-4437bd0de029.flac");
        let order = crate::audio::load(&order).unwrap();
        let less = suppress(&order).unwrap();
        let together: f64 = order.iter().zip(&less).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
        let likeness = together / order.len() as f64 / (power(&order) * power(&less)).sqrt();
        assert!(likeness > 0.9, "{likeness}");
    }

    #[test]
    fn no_sound_and_too_little_of_it_stay_what_they_are() {
        assert!(suppress(&[]).unwrap().is_empty());
        assert_eq!(suppress(&[0; 5_000]).unwrap(), [0; 5_000]);
        assert_eq!(suppress(&[100; 7]).unwrap().len(), 7);
        assert_eq!([noise(&[]), noise(&[1; 7])], [Noise::Little; 2]);
    }

    #[test]
    fn the_less_speech_stands_out_the_noisier_it_is() {
        let said = |noise| {
            let mut sound = hiss(32_000, noise);
            for (sample, loud) in sound.iter_mut().skip(8_000).zip(hiss(16_000, 8_000)) {
                *sample = sample.saturating_add(loud);
            }
            sound
        };
        for (height, much) in [
            (4_000, Noise::Much),
            (1_000, Noise::Much),
            (250, Noise::Some),
            (50, Noise::Little),
            (0, Noise::Little),
        ] {
            assert_eq!(noise(&said(height)), much, "{height}");
        }
    }
}
