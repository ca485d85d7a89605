//! How well the end of speech is found on real recordings, in real noise.
//!
//! `cargo test --test all endpoint:: -- --ignored --nocapture` prints the table.

use std::path::{Path, PathBuf};

use entrenous::audio::{self, FRAME_SAMPLES, Frame};
use entrenous::eval::noise;
use entrenous::rng::Rng;
use entrenous::vad::{Endpoint, EndpointConfig, Endpointer};

use crate::support::shared;

const MS_PER_FRAME: f64 = 16.0;

/// The room before and after the recording: 1.5 s and 4 s.
const BEFORE: usize = 94;
const AFTER: usize = 250;

/// A decision this long before the last speech has cut somebody off.
const CUT_MS: f64 = -100.0;

/// A decision this long after the last speech is late.
const LATE_MS: f64 = 1_000.0;

/// The last frame of speech in a clean recording, by the voice activity model alone.
fn truth(samples: &[i16]) -> Option<usize> {
    let mut vad = earshot::Detector::default_boxed();
    let frames = samples.as_chunks::<FRAME_SAMPLES>().0;
    frames.iter().map(|frame| vad.predict_i16(frame)).collect::<Vec<_>>().iter().rposition(|&s| s >= 0.5)
}

/// How a recording's end was found.
#[derive(Default)]
struct Tally {
    /// Milliseconds from the last speech to the decision.
    delays: Vec<f64>,
    missed: usize,
    maximum: usize,
}

impl Tally {
    fn hear(&mut self, speech: &[i16], noise: Option<(&[i16], f32)>, rng: &mut Rng) {
        let Some(last) = truth(speech) else { return };
        let pad = |frames: usize| vec![0i16; frames * FRAME_SAMPLES];
        let padded = [pad(BEFORE), speech.to_vec(), pad(AFTER)].concat();
        let sound = match noise {
            Some((noise, snr)) => noise::mix(&padded, noise, snr, rng),
            // A room is never digitally silent.
            None => padded.iter().map(|&s| s.saturating_add(rng.between(-4.0, 4.0) as i16)).collect(),
        };
        let frames: &[Frame] = sound.as_chunks::<FRAME_SAMPLES>().0;
        let mut endpointer = Endpointer::new(EndpointConfig::default());
        for frame in &frames[..BEFORE] {
            endpointer.hear_room(frame);
        }
        for (at, frame) in frames[BEFORE..].iter().enumerate() {
            match endpointer.push(frame) {
                Endpoint::Ended { reason, .. } => {
                    self.maximum += usize::from(reason == entrenous::event::EndReason::Maximum);
                    self.delays.push((at as f64 - last as f64) * MS_PER_FRAME);
                    return;
                }
                Endpoint::NoSpeech => {
                    self.missed += 1;
                    return;
                }
                _ => {}
            }
        }
        // Not ended within four seconds.
        self.delays.push(AFTER as f64 * MS_PER_FRAME);
    }

    fn print(&mut self, name: &str) {
        self.delays.sort_by(f64::total_cmp);
        let n = self.delays.len();
        let share = |count: usize| 100.0 * count as f64 / n.max(1) as f64;
        let at = |share: f64| self.delays[((n - 1) as f64 * share) as usize];
        let cut = self.delays.iter().filter(|&&d| d < CUT_MS).count();
        let late = self.delays.iter().filter(|&&d| d > LATE_MS).count();
        println!(
            "{name:24} n {n:4}  p10 {:6.0}  p50 {:5.0}  p95 {:5.0} ms  cut off {:5.1} %  late {:5.1} %  nobody {:3}  maximum {:3}",
            at(0.1),
            at(0.5),
            at(0.95),
            share(cut),
            share(late),
            self.missed,
            self.maximum
        );
    }
}

fn recordings(folder: &Path, prefix: &str, step: usize) -> Vec<PathBuf> {
    let all = audio::recordings(&[folder.to_owned()]).expect("recordings");
    let named = |path: &PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(prefix));
    all.into_iter().filter(named).step_by(step).collect()
}

#[test]
#[ignore = "a measurement of some minutes, not a check"]
fn ends_on_real_recordings() {
    let Some(shared) = shared("endpoint::ends_on_real_recordings") else { return };
    let kitchen = entrenous::eval::clips::load_long(&shared.join("audio/noise/kitchen.flac")).expect("noise");
    let sets = [
        ("home en", recordings(&shared.join("audio/home/en"), "human", 1)),
        ("home fr", recordings(&shared.join("audio/home/fr"), "human", 1)),
        ("barista", recordings(&shared.join("audio/barista"), "", 4)),
    ];
    for (name, paths) in &sets {
        let clips: Vec<_> = paths.iter().map(|path| audio::load(path).expect("a recording")).collect();
        for snr in [None, Some(24.0), Some(18.0), Some(12.0), Some(6.0)] {
            let mut tally = Tally::default();
            for (item, clip) in clips.iter().enumerate() {
                let mut rng = Rng::for_item(1, item as u64);
                tally.hear(clip, snr.map(|snr| (kitchen.as_slice(), snr)), &mut rng);
            }
            tally.print(&format!("{name} {}", snr.map_or("clean".into(), |snr| format!("{snr} dB"))));
        }
    }
}
