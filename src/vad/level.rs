//! How loud it is, and how loud the room is by itself.
//!
//! The floor is the quietest of the last seconds: a voice has gaps, a fan has none, so that a fan
//! is part of the floor two and a half seconds after it was switched on, and a voice never is.
//! This is the idea of minimum statistics (Martin 2001) without its spectrum.

use std::collections::VecDeque;

use crate::audio::{FRAME_SAMPLES, Frame};

/// Frames in a block of the floor: half a second.
const BLOCK: u32 = 31;

/// Blocks that the floor looks back on.
const BLOCKS: usize = 5;

/// The floor of a room that was not heard yet, in dB over one step of a sample: −60 dB of full scale.
const ASSUMED_DB: f32 = 30.0;

/// How much a frame moves the level, and how much the slower one that the floor is taken from.
const FAST: f32 = 0.4;
const SLOW: f32 = 0.25;

/// What the high-pass (about 130 Hz) keeps of its last output: rumble is not loudness.
const HIGH_PASS: f32 = 0.95;

/// The level of the sound now and the floor below it, in dB over one step of a sample.
#[derive(Debug, Clone)]
pub struct Level {
    /// The high-pass's last input and output.
    last: (f32, f32),
    fast: f32,
    slow: f32,
    /// The minimum of each past block, and of the one under way.
    blocks: VecDeque<f32>,
    lowest: f32,
    frames: u32,
}

impl Level {
    #[must_use]
    pub fn new() -> Self {
        Self {
            last: (0.0, 0.0),
            fast: 0.0,
            slow: ASSUMED_DB,
            blocks: VecDeque::from([ASSUMED_DB]),
            lowest: f32::MAX,
            frames: 0,
        }
    }

    /// Hears one frame.
    pub fn push(&mut self, frame: &Frame) {
        let (mut x, mut y) = self.last;
        let mut energy = 0.0;
        for &sample in frame {
            let sample = f32::from(sample);
            y = sample - x + HIGH_PASS * y;
            x = sample;
            energy += y * y;
        }
        self.last = (x, y);
        let db = 10.0 * (energy / FRAME_SAMPLES as f32 + 1.0).log10();
        self.fast += FAST * (db - self.fast);
        self.slow += SLOW * (db - self.slow);
        self.lowest = self.lowest.min(self.slow);
        self.frames += 1;
        if self.frames == BLOCK {
            self.blocks.push_back(self.lowest);
            self.blocks.drain(..self.blocks.len().saturating_sub(BLOCKS));
            (self.lowest, self.frames) = (f32::MAX, 0);
        }
    }

    /// The level of the last frames.
    #[must_use]
    pub const fn now(&self) -> f32 {
        self.fast
    }

    /// The level of the room without anybody speaking.
    #[must_use]
    pub fn floor(&self) -> f32 {
        self.blocks.iter().copied().fold(self.lowest, f32::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{silence, voice};

    fn after(sound: &[i16]) -> Level {
        let mut level = Level::new();
        sound.as_chunks().0.iter().for_each(|frame| level.push(frame));
        level
    }

    #[test]
    fn a_steady_sound_becomes_the_floor_and_a_short_one_does_not() {
        let quiet = after(&silence(2_000)).floor();
        assert!(quiet < 20.0, "{quiet}");
        let level = after(&[silence(2_000), voice(1_000)].concat());
        assert!(level.floor() < 20.0 && level.now() > 50.0, "{level:?}");
        let level = after(&[silence(2_000), voice(4_000)].concat());
        assert!(level.now() - level.floor() < 3.0, "{level:?}");
        // And back.
        let floor = after(&[voice(4_000), silence(500)].concat()).floor();
        assert!(floor < 20.0, "{floor}");
    }
}
