//! What unit tests share: finding the recordings and models that are not part of the project,
//! sounds to hear, and a scripted wake word.

use std::path::PathBuf;

use crate::stt::{Scope, SpeechToText, SttError, Transcript};
use crate::wake::{WakeDetector, WakeError};

/// The shared folder of recordings and models: `ENTRENOUS_SHARED`, else `../shared` beside the
/// project. Says why when there is none, so that a skipped test is seen.
pub fn shared(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("ENTRENOUS_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    if folder.join("audio").is_dir() {
        return Some(folder);
    }
    println!("skipped: {test}: no recordings at `{}`; set ENTRENOUS_SHARED", folder.display());
    None
}

/// A voiced sound: a 140 Hz pulse train through two formants, loud enough for any VAD.
pub fn voice(ms: u64) -> Vec<i16> {
    let (mut y1, mut y2, mut z1, mut z2) = (0.0f64, 0.0, 0.0, 0.0);
    (0..crate::audio::ms_to_samples(ms))
        .map(|n| {
            let pulse = if n % 114 == 0 { 1.0 } else { 0.0 };
            // Two resonators, at 700 Hz and 1200 Hz, 80 Hz wide.
            let y = pulse + 1.895 * y1 - 0.969 * y2;
            (y2, y1) = (y1, y);
            let z = y + 1.755 * z1 - 0.969 * z2;
            (z2, z1) = (z1, z);
            (z * 900.0).clamp(-20_000.0, 20_000.0) as i16
        })
        .collect()
}

/// Four syllables a second: [`voice`] that swells and fades, as people's does and no machine's.
pub fn syllables(ms: u64) -> Vec<i16> {
    let swell = |n: usize| 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / 4_000.0).cos();
    voice(ms).iter().enumerate().map(|(n, &s)| (f64::from(s) * (0.05 + 0.95 * swell(n))) as i16).collect()
}

/// A quiet room: not digital silence, a room has a little noise.
pub fn silence(ms: u64) -> Vec<i16> {
    let mut state = 1u32;
    (0..crate::audio::ms_to_samples(ms))
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 28) as i16 - 8
        })
        .collect()
}

/// The sample at which [`ScriptedWake`] wakes.
pub const WAKE_MARK: i16 = 7_777;

/// A wake word engine that wakes at a marked sample, whatever else is heard.
pub struct ScriptedWake;

impl WakeDetector for ScriptedWake {
    fn engine(&self) -> &'static str {
        "scripted"
    }
    fn word(&self) -> &'static str {
        "computer"
    }
    fn push(&mut self, samples: &[i16]) -> Result<Option<f32>, WakeError> {
        Ok(Some(if samples.contains(&WAKE_MARK) { 0.9 } else { 0.0 }))
    }
    fn reset(&mut self) {}
}

/// Says what it is expected to hear, and rejects what is shorter than 1.5 s.
#[derive(Default)]
pub struct SaysScope(Scope);

impl SpeechToText for SaysScope {
    fn engine(&self) -> &'static str {
        "scope"
    }
    fn expect(&mut self, scope: Scope) {
        self.0 = scope;
    }
    fn transcribe(&mut self, samples: &[i16]) -> Result<Transcript, SttError> {
        let rejected = (crate::vad::duration_ms(samples) < 1_500).then(|| "short".to_owned());
        let text = format!("{:?}", self.0);
        Ok(Transcript { text, confidence: 1.0, rejected, ..Transcript::default() })
    }
}
