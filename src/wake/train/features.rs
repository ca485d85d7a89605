//! The features that each engine's network looks at, for whole recordings.

use std::collections::HashMap;
use std::ops::Range;

use rustpotter::{WakewordRef, WakewordRefBuildFromBuffers};

use crate::audio::SAMPLE_RATE;
use crate::wake::WakeError;
use crate::wake::embedding::{Embedder, VALUES, embeddings};
use crate::wake::gate::Blocks;
use crate::wake::head::MAX_FRAMES;
use crate::wake::mel::STEP_SAMPLES;
use crate::wake::rustpotter::ROW_SAMPLES;

/// Rows of features of a part of a recording.
pub struct Rows {
    pub values: Vec<f32>,
    /// The rows, counted in `values`, that decisions within the range end with.
    pub decisions: Range<usize>,
}

/// A kind of features.
pub trait Features: Sized {
    /// Whether a window's mean is taken from it.
    const CENTRED: bool;
    /// Values in a row.
    const WIDTH: usize;
    /// Rows before the first that a decision may end with.
    const LEAD: usize;

    /// What files call them.
    fn kind(&self) -> &'static str;

    /// The same, for another thread.
    fn fork(&self) -> Self;

    /// The rows for decisions that end within `range` (samples).
    ///
    /// # Errors
    /// When they cannot be computed.
    fn rows(&self, samples: &[i16], range: Range<usize>) -> Result<Rows, WakeError>;
}

impl Features for Embedder {
    const CENTRED: bool = false;
    const WIDTH: usize = VALUES;
    const LEAD: usize = MAX_FRAMES - 1;

    fn kind(&self) -> &'static str {
        self.network().engine()
    }

    fn fork(&self) -> Self {
        Self::fork(self)
    }

    fn rows(&self, samples: &[i16], range: Range<usize>) -> Result<Rows, WakeError> {
        // Step s ends with sample (s + 1) × 1280.
        let first = (range.start / STEP_SAMPLES).saturating_sub(1) + usize::from(range.start > STEP_SAMPLES);
        let last = (range.end.min(samples.len()) / STEP_SAMPLES).saturating_sub(1);
        if last < first {
            return Ok(Rows { values: Vec::new(), decisions: 0..0 });
        }
        let values = embeddings(samples, first, last, self)?;
        let rows = values.len() / VALUES;
        Ok(Rows { values, decisions: MAX_FRAMES - 1..rows })
    }
}

/// rustpotter's cepstra, by way of the references it makes from WAV files.
#[derive(Clone, Copy)]
pub struct Cepstra;

/// Values in a row of cepstra.
pub const CEPSTRA: usize = 16;

impl Features for Cepstra {
    const CENTRED: bool = true;
    const WIDTH: usize = CEPSTRA;
    const LEAD: usize = 0;

    fn kind(&self) -> &'static str {
        "cepstra"
    }

    fn fork(&self) -> Self {
        *self
    }

    fn rows(&self, samples: &[i16], range: Range<usize>) -> Result<Rows, WakeError> {
        // Silence before, as the detector has it.
        let padding = SAMPLE_RATE as usize * 3 / 2 / 480 * 480;
        let mut padded = vec![0; padding];
        padded.extend_from_slice(samples);
        let files = HashMap::from([("recording".to_owned(), wav(&padded))]);
        let made = WakewordRef::new_from_sample_buffers("features".into(), None, None, files, CEPSTRA as u16);
        let features = made.map_err(WakeError::Run)?.samples_features;
        let values: Vec<f32> = features.into_values().flatten().flatten().collect();
        // Row r ends with sample (r + 4) × 160: rustpotter fills a frame before it begins.
        let row = |sample: usize| ((sample + padding) / ROW_SAMPLES).saturating_sub(4);
        let count = values.len() / CEPSTRA;
        Ok(Rows { values, decisions: row(range.start).min(count)..row(range.end).min(count) })
    }
}

/// A recording as a WAV file, dithered as the detectors dither.
fn wav(samples: &[i16]) -> Vec<u8> {
    let mut blocks = Blocks::<1>::new();
    let bytes = samples.len() as u32 * 2;
    let mut wav = Vec::with_capacity(44 + bytes as usize);
    wav.extend(b"RIFF");
    wav.extend((36 + bytes).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(SAMPLE_RATE.to_le_bytes());
    wav.extend((SAMPLE_RATE * 2).to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend(bytes.to_le_bytes());
    let mut rest = samples;
    while let Some([sample]) = blocks.fill(&mut rest) {
        wav.extend(sample.to_le_bytes());
    }
    wav
}
