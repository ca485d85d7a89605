//! What every engine does before its model: blocks of equal size, and the question whether
//! anybody speaks at all, so that the model rests while the room is quiet.

use crate::audio::{FRAME_SAMPLES, ms_to_samples};

/// Voice activity (0–1) from which somebody may be speaking. Low: a missed word costs more than
/// a model run for nothing.
const THRESHOLD: f32 = 0.3;

/// How long the gate stays open after the last voice: the scores of a word are highest up to
/// half a second after its end.
const HOLD_MS: u64 = 640;

/// Whether somebody may be speaking.
pub struct Gate {
    vad: Box<earshot::Detector>,
    /// Frames until the gate closes.
    open: usize,
}

impl Gate {
    #[must_use]
    pub fn new() -> Self {
        Self { vad: earshot::Detector::default_boxed(), open: 0 }
    }

    /// Hears a multiple of 16 ms and says whether the model should run.
    pub fn hear(&mut self, samples: &[i16]) -> bool {
        for frame in samples.chunks_exact(FRAME_SAMPLES) {
            if self.vad.predict_i16(frame) >= THRESHOLD {
                self.open = ms_to_samples(HOLD_MS) as usize / FRAME_SAMPLES;
            } else {
                self.open = self.open.saturating_sub(1);
            }
        }
        self.open > 0
    }

    pub fn reset(&mut self) {
        self.vad.reset();
        self.open = 0;
    }
}

/// Cuts a stream into blocks of `N` samples and lays a dither of one bit on it.
///
/// The logarithm of digital silence is far from that of any quiet room; a last bit that is not
/// still (the same every time) keeps synthetic recordings and muted inputs in the models' world.
pub struct Blocks<const N: usize> {
    block: [i16; N],
    filled: usize,
    dither: u32,
}

impl<const N: usize> Blocks<N> {
    const SEED: u32 = 0x2F6E_2B1D;

    #[must_use]
    pub fn new() -> Self {
        Self { block: [0; N], filled: 0, dither: Self::SEED }
    }

    /// Takes what fits from `samples`; gives the block when it is full.
    pub fn fill(&mut self, samples: &mut &[i16]) -> Option<[i16; N]> {
        let take = samples.len().min(N - self.filled);
        let (now, later) = samples.split_at(take);
        *samples = later;
        for &sample in now {
            // xorshift32 (Marsaglia 2003).
            self.dither ^= self.dither << 13;
            self.dither ^= self.dither >> 17;
            self.dither ^= self.dither << 5;
            self.block[self.filled] = sample.saturating_add((self.dither % 3) as i16 - 1);
            self.filled += 1;
        }
        if self.filled < N {
            return None;
        }
        self.filled = 0;
        Some(self.block)
    }

    pub fn reset(&mut self) {
        self.filled = 0;
        self.dither = Self::SEED;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_do_not_depend_on_how_the_samples_come() {
        let samples: Vec<i16> = (0..1000).map(|i| i * 17).collect();
        let cut = |size: usize| {
            let mut blocks = Blocks::<96>::new();
            let mut out = Vec::new();
            for mut part in samples.chunks(size) {
                while let Some(block) = blocks.fill(&mut part) {
                    out.push(block);
                }
            }
            out
        };
        assert_eq!(cut(1000).len(), 10);
        assert_eq!(cut(1000), cut(1));
        assert_eq!(cut(1000), cut(97));
        assert!(cut(50)[3].iter().zip(&samples[288..]).all(|(a, b)| (a - b).abs() <= 1));
    }

    #[test]
    fn a_quiet_room_keeps_the_gate_shut() {
        let mut gate = Gate::new();
        let mut blocks = Blocks::<256>::new();
        let silence = vec![0; 32_000];
        let mut rest = &silence[..];
        while let Some(block) = blocks.fill(&mut rest) {
            assert!(!gate.hear(&block));
        }
    }

    #[test]
    fn speech_opens_the_gate() {
        let Some(shared) = crate::testing::shared("wake::gate") else { return };
        let speech = crate::audio::load(&shared.join("audio/open/jfk.flac")).expect("a recording");
        let mut gate = Gate::new();
        let open = speech.chunks_exact(256).filter(|frame| gate.hear(frame)).count();
        assert!(open * 256 > speech.len() * 8 / 10, "open for {open} frames of {}", speech.len() / 256);
    }
}
