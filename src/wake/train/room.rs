//! Simulated rooms: what walls do to a voice that is not close to the microphone.

use crate::rng::Rng;

/// Echoes a second: enough to sound like a room, few enough to be cheap (velvet noise, Järveläinen and
/// Karjalainen 2007).
const DENSITY: usize = 800;

/// The first echo of a wall comes after this, in milliseconds.
const FIRST_MS: std::ops::Range<f32> = 2.0..12.0;

/// A voice somewhere in a room of 0.15–0.6 s of reverberation, 0–12 dB above the sound of the walls.
pub fn reverberate(samples: &[i16], rng: &mut Rng) -> Vec<i16> {
    let decay_s = rng.between(0.15, 0.6);
    let first_s = rng.between(FIRST_MS.start, FIRST_MS.end) / 1000.0;
    let walls_db = rng.between(-12.0, 0.0);
    // Until the echoes are 30 dB down.
    let length = decay_s / 2.0;
    let count = (DENSITY as f32 * length) as usize;
    let mut echoes: Vec<(usize, f32)> = (0..count)
        .map(|i| {
            let at = first_s + (i as f32 + rng.between(0.0, 1.0)) / DENSITY as f32;
            let height = 10f32.powf(-3.0 * at / decay_s);
            ((at * 16_000.0) as usize, if rng.chance(0.5) { height } else { -height })
        })
        .collect();
    let energy: f32 = echoes.iter().map(|(_, height)| height * height).sum();
    let scale = (10f32.powf(walls_db / 10.0) / energy.max(1e-9)).sqrt();
    for (_, height) in &mut echoes {
        *height *= scale;
    }

    let mut sum: Vec<f32> = samples.iter().map(|&s| f32::from(s)).collect();
    for (at, height) in echoes {
        for (to, &from) in sum.iter_mut().skip(at).zip(samples) {
            *to += f32::from(from) * height;
        }
    }
    // As loud as before: rooms do not clip.
    let peak = |values: &mut dyn Iterator<Item = f32>| values.fold(0f32, |peak, v| peak.max(v.abs()));
    let before = peak(&mut samples.iter().map(|&s| f32::from(s)));
    let after = peak(&mut sum.iter().copied()).max(1.0);
    sum.iter().map(|s| (s * before / after) as i16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_becomes_a_decaying_tail_of_the_same_height() {
        let mut click = vec![0i16; 8_000];
        click[100] = 20_000;
        let heard = reverberate(&click, &mut Rng::new(3));
        assert_eq!(heard.len(), click.len());
        assert!(heard[..100].iter().all(|&s| s == 0), "nothing before its cause");
        assert_eq!(heard.iter().map(|s| s.unsigned_abs()).max(), Some(20_000));
        let energy = |range: std::ops::Range<usize>| -> f64 {
            heard[range].iter().map(|&s| f64::from(s).powi(2)).sum()
        };
        assert!(energy(120..1_600) > 10.0 * energy(3_000..5_000), "it decays");
        assert_eq!(heard, reverberate(&click, &mut Rng::new(3)));
        assert!(reverberate(&[], &mut Rng::new(1)).is_empty());
    }
}
