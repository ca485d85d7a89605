//! How loud it is, for people who watch.

use crate::audio::{FRAME_SAMPLES, Frame};
use crate::event::EventKind;

/// Frames in one reading: 96 ms.
const FRAMES: usize = 6;

/// The quietest level reported, in dB relative to full scale.
const SILENCE_DB: f32 = -96.0;

/// Sums up a few frames at a time.
#[derive(Default)]
pub struct LevelMeter {
    frames: usize,
    energy: f64,
    peak: i32,
}

impl LevelMeter {
    /// Takes a frame and gives a `Level` every 96 ms.
    pub fn push(&mut self, frame: &Frame) -> Option<EventKind> {
        self.frames += 1;
        for &sample in frame {
            self.energy += f64::from(sample).powi(2);
            self.peak = self.peak.max(i32::from(sample).abs());
        }
        if self.frames < FRAMES {
            return None;
        }
        let rms = (self.energy / (FRAMES * FRAME_SAMPLES) as f64).sqrt();
        let level = EventKind::Level { rms_db: decibels(rms), peak_db: decibels(f64::from(self.peak)) };
        *self = Self::default();
        Some(level)
    }
}

/// dB relative to full scale, to one decimal.
fn decibels(amplitude: f64) -> f32 {
    let db = 20.0 * (amplitude.max(0.1) / 32_768.0).log10();
    ((db * 10.0).round() / 10.0).max(f64::from(SILENCE_DB)) as f32
}
