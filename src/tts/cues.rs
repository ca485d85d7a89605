//! Short, soft sounds that say what a screen would show. Computed, not recorded.

use super::Speech;

/// A speaker's usual rate, so that nothing resamples them.
const RATE: u32 = 48_000;

/// A third of full scale: heard in a room, not over a conversation.
const HEIGHT: f32 = 0.3;

/// One note: frequency in Hz and length in milliseconds.
type Note = (f32, u32);

/// The wake word was heard; speak now. Rising.
#[must_use]
pub fn wake() -> Speech {
    play(&[(587.3, 70), (880.0, 90)])
}

/// The conversation is over. Falling.
#[must_use]
pub fn done() -> Speech {
    play(&[(880.0, 70), (587.3, 90)])
}

/// Something was said and not understood. Twice the same low note.
#[must_use]
pub fn not_understood() -> Speech {
    play(&[(311.1, 90), (0.0, 50), (311.1, 120)])
}

/// Something rings. Three times the same two notes, longer than the others.
#[must_use]
pub fn ring() -> Speech {
    let twice = [(784.0, 140), (1046.5, 180), (0.0, 120)];
    play(&[twice, twice, twice].concat())
}

/// Notes one after another, each under a raised cosine, so that nothing clicks.
fn play(notes: &[Note]) -> Speech {
    let mut samples = Vec::new();
    for &(hz, ms) in notes {
        let n = RATE * ms / 1_000;
        samples.extend((0..n).map(|i| {
            let (at, whole) = (i as f32, n as f32);
            let fade = 0.5 - 0.5 * (std::f32::consts::TAU * at / whole).cos();
            let tone = (std::f32::consts::TAU * hz * at / RATE as f32).sin();
            (tone * fade * HEIGHT * 32_767.0) as i16
        }));
    }
    Speech { samples, sample_rate: RATE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_are_short_soft_and_do_not_click() {
        let cues = [wake(), done(), not_understood()];
        for cue in &cues {
            let ms = cue.samples.len() as u32 * 1_000 / cue.sample_rate;
            assert!((100..300).contains(&ms), "{ms} ms");
            let loudest = cue.samples.iter().map(|s| s.unsigned_abs()).max().unwrap();
            assert!((5_000..11_000).contains(&loudest), "peak {loudest}");
            // The steepest step of an 880 Hz tone of this height is 1 130.
            let step = cue.samples.windows(2).map(|w| w[0].abs_diff(w[1])).max().unwrap();
            assert!(step < 1_300, "a step of {step}");
            assert!(cue.samples[0].abs() < 50 && cue.samples[cue.samples.len() - 1].abs() < 50);
        }
        assert!(cues[0] != cues[1] && cues[1] != cues[2]);
        // What rings is longer, and as soft.
        let ring = ring();
        let ms = ring.samples.len() as u32 * 1_000 / ring.sample_rate;
        assert!((1_000..2_000).contains(&ms), "{ms} ms");
        assert!(ring.samples.iter().map(|s| s.unsigned_abs()).max().unwrap() < 11_000);
    }
}
