//! From any sample rate to the house's 16 kHz, and from there to the rate that something else asks for.
//!
//! Rubato's FFT resampler in blocks of about 20 ms: the best quality for a fixed ratio, and the
//! same samples in give the same samples out however they are cut into calls.

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _};

use super::SAMPLE_RATE;

/// Sample rates that are believed, in Hz; a header that says anything else is damaged.
pub const RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;

/// A stream of mono samples (−1 to 1) at some rate → 16-bit samples at another, 16 kHz if none is named.
///
/// Between equal rates samples pass unchanged. The resampler's own delay is cut off, so that the output is
/// as long as the input and begins with it.
pub struct Resampler {
    /// `None` between equal rates.
    fft: Option<Fft<f32>>,
    rate: u32,
    rate_out: u32,
    /// Input that does not fill a block yet.
    pending: Vec<f32>,
    block_out: Vec<f32>,
    /// Output samples of the resampler's delay still to be thrown away.
    delay: usize,
    taken: u64,
    given: u64,
}

impl Resampler {
    /// A resampler from `rate` Hz; `None` when the rate is outside [`RATES`].
    #[must_use]
    pub fn new(rate: u32) -> Option<Self> {
        Self::between(rate, SAMPLE_RATE)
    }

    /// A resampler from `rate` to `rate_out`, both in Hz; `None` when one is outside [`RATES`].
    #[must_use]
    pub fn between(rate: u32, rate_out: u32) -> Option<Self> {
        if !RATES.contains(&rate) || !RATES.contains(&rate_out) {
            return None;
        }
        let fft = if rate == rate_out {
            None
        } else {
            let (from, to) = (rate as usize, rate_out as usize);
            let window = rubato::WindowFunction::BlackmanHarris2;
            Some(Fft::new_custom(from, to, block(from, to), 1, 1, window, FixedSync::Both).ok()?)
        };
        let block_out = vec![0.0; fft.as_ref().map_or(0, rubato::Resampler::output_frames_max)];
        let delay = fft.as_ref().map_or(0, rubato::Resampler::output_delay);
        Some(Self { fft, rate, rate_out, pending: Vec::new(), block_out, delay, taken: 0, given: 0 })
    }

    /// The rate it takes, in Hz.
    #[must_use]
    pub const fn rate(&self) -> u32 {
        self.rate
    }

    /// A whole recording of 16-bit samples.
    #[must_use]
    pub fn whole(mut self, samples: &[i16]) -> Vec<i16> {
        let floats: Vec<f32> = samples.iter().map(|&sample| f32::from(sample) / 32_768.0).collect();
        let mut out = Vec::new();
        self.push(&floats, &mut out);
        self.finish(&mut out);
        out
    }

    /// Takes samples and appends what they complete to `out`. What is not a number counts as 0.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<i16>) {
        self.taken += samples.len() as u64;
        let Some(fft) = &self.fft else {
            self.given += samples.len() as u64;
            out.extend(samples.iter().map(|&s| to_i16(s)));
            return;
        };
        self.pending.extend(samples.iter().map(|&s| if s.is_finite() { s } else { 0.0 }));
        let block = fft.input_frames_next();
        let whole = self.pending.len() / block * block;
        for start in (0..whole).step_by(block) {
            self.block(start, None, u64::MAX, out);
        }
        self.pending.drain(..whole);
    }

    /// The input is over: appends the rest, so that the whole output lasts as long as the input.
    /// The resampler is as new afterwards.
    pub fn finish(&mut self, out: &mut Vec<i16>) {
        if let Some(block) = self.fft.as_ref().map(rubato::Resampler::input_frames_next) {
            let due = (self.taken * u64::from(self.rate_out)).div_ceil(u64::from(self.rate));
            let rest = self.pending.len();
            self.pending.resize(block, 0.0);
            self.block(0, Some(rest), due, out);
            while self.given < due {
                self.block(0, Some(0), due, out);
            }
        }
        self.reset();
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        if let Some(fft) = &mut self.fft {
            fft.reset();
            self.delay = fft.output_delay();
        }
        self.pending.clear();
        (self.taken, self.given) = (0, 0);
    }

    /// Resamples one block of `pending`, of which only `len` samples count, and gives what
    /// it brings until `due` samples were given in all.
    fn block(&mut self, start: usize, len: Option<usize>, due: u64, out: &mut Vec<i16>) {
        let Some(fft) = &mut self.fft else { return };
        let capacity = self.block_out.len();
        let input = SequentialSlice::new(&self.pending[start..], 1, self.pending.len() - start);
        let output = SequentialSlice::new_mut(&mut self.block_out, 1, capacity);
        let (Ok(input), Ok(mut output)) = (input, output) else { return };
        let indexing = len.map(|len| Indexing::new().partial_len(len));
        let Ok((_, made)) = fft.process_into_buffer(&input, &mut output, indexing.as_ref()) else {
            // Every size above comes from the resampler itself.
            debug_assert!(false, "the resampler refused its own block size");
            self.given = due;
            return;
        };
        let skipped = made.min(self.delay);
        self.delay -= skipped;
        let wanted = usize::try_from(due - self.given).unwrap_or(usize::MAX);
        let fresh = &self.block_out[skipped..made];
        let fresh = &fresh[..fresh.len().min(wanted)];
        self.given += fresh.len() as u64;
        out.extend(fresh.iter().map(|&s| to_i16(s)));
    }
}

/// Input samples in a block of about 20 ms: whole on both sides, and even, since the delay of an odd
/// block is half a sample off.
fn block(from: usize, to: usize) -> usize {
    let gcd = (1..=to).rev().find(|&n| from.is_multiple_of(n) && to.is_multiple_of(n)).unwrap_or(1);
    (from / 50).next_multiple_of(2 * from / gcd)
}

/// Full scale is 32768, as the decoders have it, so that 16-bit sound survives the round trip.
fn to_i16(sample: f32) -> i16 {
    // `as` saturates, and takes what is not a number for 0.
    let scaled = sample * 32_768.0;
    if scaled.is_finite() { scaled.round() as i16 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(rate: u32, hz: f32, seconds: f32) -> Vec<f32> {
        let n = (rate as f32 * seconds) as usize;
        (0..n).map(|i| 0.5 * (i as f32 * hz * std::f32::consts::TAU / rate as f32).sin()).collect()
    }

    fn resample(rate: u32, input: &[f32], cut: usize) -> Vec<i16> {
        let mut resampler = Resampler::new(rate).unwrap();
        let mut out = Vec::new();
        input.chunks(cut).for_each(|chunk| resampler.push(chunk, &mut out));
        resampler.finish(&mut out);
        out
    }

    #[test]
    fn a_tone_keeps_its_length_its_phase_and_its_height() {
        for rate in [8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000] {
            let out = resample(rate, &tone(rate, 440.0, 0.5), 1_000);
            assert!(out.len().abs_diff(8_000) <= 1, "{rate} Hz gave {} samples", out.len());
            let expected = tone(SAMPLE_RATE, 440.0, 0.5);
            let worst =
                (400..7_600).map(|i| (f32::from(out[i]) / 32_768.0 - expected[i]).abs()).fold(0.0, f32::max);
            assert!(worst < 0.005, "{rate} Hz is off by {worst}");
        }
    }

    #[test]
    fn the_cut_into_calls_does_not_matter() {
        let input = tone(44_100, 1_000.0, 0.3);
        assert_eq!(resample(44_100, &input, 7), resample(44_100, &input, 5_000));
    }

    #[test]
    fn what_16_khz_cannot_hold_is_removed() {
        let out = resample(48_000, &tone(48_000, 12_000.0, 0.3), 480);
        assert!(out[400..4_400].iter().all(|s| s.abs() < 30), "an alias remains");
    }

    #[test]
    fn there_and_back_is_the_same_sound() {
        let samples: Vec<i16> = tone(SAMPLE_RATE, 440.0, 0.5).iter().map(|&s| to_i16(s)).collect();
        let up = Resampler::between(SAMPLE_RATE, 48_000).unwrap().whole(&samples);
        assert_eq!(up.len(), samples.len() * 3);
        let back = Resampler::new(48_000).unwrap().whole(&up);
        assert_eq!(back.len(), samples.len());
        let worst = (400..7_600).map(|i| samples[i].abs_diff(back[i])).max().unwrap();
        assert!(worst < 100, "{worst}");
    }

    #[test]
    fn sixteen_khz_passes_unchanged() {
        let exact: Vec<i16> = (-32_768..=32_767).step_by(13).map(|s| s as i16).collect();
        let input: Vec<f32> = exact.iter().map(|&s| f32::from(s) / 32_768.0).collect();
        assert_eq!(resample(16_000, &input, 100), exact);
    }

    #[test]
    fn wild_values_are_tamed() {
        let input = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 7.0, -7.0, 0.25];
        assert_eq!(resample(16_000, &input, 6), [0, 0, 0, 32_767, -32_768, 8_192]);
        assert!(resample(48_000, &[f32::NAN; 4_800], 480).iter().all(|&s| s == 0));
    }

    #[test]
    fn unbelievable_rates_are_refused() {
        assert!(Resampler::new(0).is_none());
        assert!(Resampler::new(u32::MAX).is_none());
        assert!(Resampler::between(16_000, 0).is_none());
    }
}
