//! The log-mel front end of the public speech embedding, streaming.
//!
//! The same values as openWakeWord's `melspectrogram.onnx` (its parameters were read from the
//! file: a periodic Hann window of 400 samples in the middle of 512, hop 160, power spectrum,
//! 32 Slaney bands from 60 to 3800 Hz, decibels no more than 80 below the loudest), on chunks of
//! 80 ms with 480 samples of overlap as openWakeWord streams them.

use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex32};

/// Mel bands in a frame.
pub const BANDS: usize = 32;

/// Frames that one step completes.
pub const STEP_FRAMES: usize = 8;

/// Samples in a step: 80 ms.
pub const STEP_SAMPLES: usize = STEP_FRAMES * HOP;

/// One spectrum: decibels / 10 + 2, as the embedding expects.
pub type MelFrame = [f32; BANDS];

const FFT: usize = 512;
const HOP: usize = 160;
const HANN: usize = 400;
const LOW_HZ: f64 = 60.0;
const HIGH_HZ: f64 = 3800.0;

/// Samples of the step before that the first frame of a step looks back on.
const OVERLAP: usize = 480;

/// Decibels under the loudest value of a step at which quiet bands are cut off.
const RANGE_DB: f32 = 80.0;

/// Turns steps of samples into mel frames.
pub struct LogMel {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    bands: Vec<Band>,
    /// The end of the step before, then the present step.
    samples: Vec<f32>,
    windowed: Vec<f32>,
    spectrum: Vec<Complex32>,
}

/// A triangular filter: its first bin and its weights.
struct Band {
    first: usize,
    weights: Vec<f32>,
}

impl LogMel {
    #[must_use]
    pub fn new() -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(FFT);
        Self {
            window: window(),
            bands: (0..BANDS).map(band).collect(),
            samples: vec![0.0; OVERLAP + STEP_SAMPLES],
            windowed: fft.make_input_vec(),
            spectrum: fft.make_output_vec(),
            fft,
        }
    }

    /// Hears 80 ms and gives the frames they complete.
    pub fn step(&mut self, step: &[i16; STEP_SAMPLES]) -> [MelFrame; STEP_FRAMES] {
        self.samples.copy_within(STEP_SAMPLES.., 0);
        for (to, &from) in self.samples[OVERLAP..].iter_mut().zip(step) {
            *to = f32::from(from);
        }
        let mut frames = [[0.0; BANDS]; STEP_FRAMES];
        let mut loudest = f32::MIN;
        for (i, frame) in frames.iter_mut().enumerate() {
            *frame = self.decibels(i * HOP);
            loudest = frame.iter().fold(loudest, |a, &b| a.max(b));
        }
        for value in frames.as_flattened_mut() {
            *value = value.max(loudest - RANGE_DB) / 10.0 + 2.0;
        }
        frames
    }

    /// Forgets everything heard.
    pub fn reset(&mut self) {
        self.samples.fill(0.0);
    }

    fn decibels(&mut self, at: usize) -> MelFrame {
        for ((to, from), weight) in self.windowed.iter_mut().zip(&self.samples[at..]).zip(&self.window) {
            *to = from * weight;
        }
        // Cannot fail: both buffers were made by the same plan.
        let _ = self.fft.process(&mut self.windowed, &mut self.spectrum);
        let mut frame = [0.0; BANDS];
        for (value, band) in frame.iter_mut().zip(&self.bands) {
            let bins = &self.spectrum[band.first..];
            let power: f32 =
                bins.iter().zip(&band.weights).map(|(bin, weight)| bin.norm_sqr() * weight).sum();
            *value = 10.0 * power.max(1e-10).log10();
        }
        frame
    }
}

impl Default for LogMel {
    fn default() -> Self {
        Self::new()
    }
}

fn window() -> Vec<f32> {
    let mut window = vec![0.0; FFT];
    for (i, value) in window[(FFT - HANN) / 2..][..HANN].iter_mut().enumerate() {
        *value = (0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / HANN as f64).cos()) as f32;
    }
    window
}

/// Slaney's auditory scale: linear to 1 kHz, logarithmic above; unit area a band.
fn band(index: usize) -> Band {
    let (low, high) = (to_mel(LOW_HZ), to_mel(HIGH_HZ));
    let edge = |i: usize| to_hz(low + (high - low) * i as f64 / (BANDS + 1) as f64);
    let (left, centre, right) = (edge(index), edge(index + 1), edge(index + 2));
    let weight = |bin: usize| {
        let hz = bin as f64 * 16_000.0 / FFT as f64;
        let triangle = ((hz - left) / (centre - left)).min((right - hz) / (right - centre)).max(0.0);
        (triangle * 2.0 / (right - left)) as f32
    };
    let first = (0..=FFT / 2).find(|&bin| weight(bin) > 0.0).unwrap_or(0);
    Band { first, weights: (first..=FFT / 2).map(weight).take_while(|&w| w > 0.0).collect() }
}

fn to_mel(hz: f64) -> f64 {
    if hz < 1000.0 { hz * 3.0 / 200.0 } else { 15.0 + (hz / 1000.0).ln() * 27.0 / 6.4f64.ln() }
}

fn to_hz(mel: f64) -> f64 {
    if mel < 15.0 { mel * 200.0 / 3.0 } else { 1000.0 * ((mel - 15.0) * 6.4f64.ln() / 27.0).exp() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rten_tensor::prelude::*;
    use rten_tensor::{NdTensor, NdTensorView};

    #[test]
    fn equals_the_published_front_end() {
        let Some(shared) = crate::testing::shared("wake::mel") else { return };
        let model =
            rten::Model::load_file(shared.join("models/wake/melspectrogram.onnx")).expect("the front end");
        let speech = crate::audio::load(&shared.join("audio/open/jfk.flac")).expect("a recording");
        let mut log_mel = LogMel::new();
        let mut before = vec![0i16; OVERLAP];
        for step in speech.as_chunks::<STEP_SAMPLES>().0 {
            before.extend_from_slice(step);
            let chunk: Vec<f32> = before.iter().map(|&s| f32::from(s)).collect();
            let input = NdTensorView::from_data([1, chunk.len()], &chunk[..]);
            let output = model.run_one(input.into(), None).expect("a spectrum");
            let expected: NdTensor<f32, 4> = output.try_into().expect("four dimensions");
            let ours = log_mel.step(step);
            assert_eq!(expected.len(), STEP_FRAMES * BANDS);
            for (a, b) in ours.as_flattened().iter().zip(expected.iter()) {
                assert!((a - (b / 10.0 + 2.0)).abs() < 1e-3, "{a} is not {b} / 10 + 2");
            }
            before.drain(..STEP_SAMPLES);
        }
    }

    #[test]
    fn a_tone_is_in_its_band() {
        let tone = std::array::from_fn(|i| {
            (8000.0 * (i as f32 * 1000.0 * std::f32::consts::TAU / 16e3).sin()) as i16
        });
        let mut log_mel = LogMel::new();
        log_mel.step(&tone);
        let frame = log_mel.step(&tone)[4];
        let loudest = (0..BANDS).max_by(|&a, &b| frame[a].total_cmp(&frame[b]));
        // 1000 Hz is 15 on a scale from 0.9 to 34.4 in 33 parts: the 13th band.
        assert_eq!(loudest, Some(13));
    }

    #[test]
    fn reset_forgets() {
        let mut log_mel = LogMel::new();
        let first = log_mel.step(&[1000; STEP_SAMPLES]);
        assert_ne!(log_mel.step(&[1000; STEP_SAMPLES]), first);
        log_mel.reset();
        assert_eq!(log_mel.step(&[1000; STEP_SAMPLES]), first);
    }
}
