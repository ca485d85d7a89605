//! Wake words with rustpotter: no download, a model of some hundred kilobytes.
//!
//! rustpotter decides by itself when a word was heard, forgets everything then and is deaf for
//! the length of a word. Here it only scores: told never to be satisfied (`min_scores`), it keeps
//! its best score for [`Trigger`](super::Trigger) to judge, as with every other engine.

use std::collections::VecDeque;
use std::path::Path;

use rustpotter::{
    AudioFmt, DetectorConfig, Rustpotter, RustpotterConfig, SampleFormat, ScoreMode, WakewordLoad,
    WakewordModel, WakewordRef, WakewordSave,
};

use super::gate::{Blocks, Gate};
use super::{WakeDetector, WakeError};
use crate::audio::{FRAME_SAMPLES, Frame, SAMPLE_RATE};

/// rustpotter's unit: 30 ms.
const CHUNK: usize = 480;

/// Samples in one row of features: 10 ms.
pub const ROW_SAMPLES: usize = 160;

/// The longest word, in rows.
const MAX_ROWS: usize = 400;

/// The threshold of models that bring none.
const THRESHOLD: f32 = 0.5;

/// A rustpotter file that was looked through: handing rustpotter a damaged one would panic.
pub struct PotterModel {
    /// What the file says the word is.
    pub word: String,
    /// The score (0–1) from which it proposes to wake up.
    pub threshold: f32,
    /// Rows of features it looks at.
    rows: usize,
    bytes: Vec<u8>,
}

impl PotterModel {
    /// Reads and checks a trained model or a set of references; `path` is for messages.
    ///
    /// # Errors
    /// When it is neither, or damaged.
    pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<Self, WakeError> {
        let checked = match WakewordModel::load_from_buffer(bytes) {
            Ok(model) => check_model(&model, bytes),
            Err(_) => match WakewordRef::load_from_buffer(bytes) {
                Ok(references) => check_references(references),
                Err(_) => Err("it is neither a trained rustpotter model nor a set of references".into()),
            },
        };
        checked.map_err(|reason| WakeError::Model { path: path.to_owned(), reason })
    }
}

fn check_model(model: &WakewordModel, bytes: &[u8]) -> Result<PotterModel, String> {
    let (rows, width) = (model.train_size, usize::from(model.mfcc_size));
    if !(15..=MAX_ROWS).contains(&rows) || !(2..=64).contains(&width) {
        return Err(format!("windows of {rows} rows of {width} values are not a wake word"));
    }
    let word = model.labels.iter().find(|label| *label != "none").ok_or("it has no word")?;
    if !model.labels.iter().any(|label| label == "none") {
        return Err("it cannot tell anything from its word".into());
    }
    let mut sizes = vec![rows * width];
    sizes.extend(hidden(model.m_type.as_str(), rows));
    sizes.push(model.labels.len());
    for (layer, pair) in sizes.windows(2).enumerate() {
        for (name, dims) in [("weight", vec![pair[1], pair[0]]), ("bias", vec![pair[1]])] {
            let name = format!("ln{}.{name}", layer + 1);
            let tensor = model.weights.get(&name).ok_or_else(|| format!("`{name}` is missing"))?;
            let whole = tensor.dims == dims
                && tensor.d_type == "f32"
                && tensor.bytes.len() == dims.iter().product::<usize>() * 4
                && tensor.bytes.as_chunks::<4>().0.iter().all(|b| f32::from_le_bytes(*b).is_finite());
            if !whole {
                return Err(format!("`{name}` is damaged"));
            }
        }
    }
    Ok(PotterModel { word: word.clone(), threshold: THRESHOLD, rows, bytes: bytes.to_vec() })
}

fn check_references(mut references: WakewordRef) -> Result<PotterModel, String> {
    let width = usize::from(references.mfcc_size);
    let sound = |rows: &Vec<Vec<f32>>| {
        (1..=MAX_ROWS).contains(&rows.len())
            && rows.iter().all(|row| row.len() == width && row.iter().all(|value| value.is_finite()))
    };
    let all: Vec<_> = references.samples_features.values().chain(&references.avg_features).collect();
    if !(2..=64).contains(&width) || references.samples_features.is_empty() || !all.into_iter().all(sound) {
        return Err("its references are damaged".into());
    }
    let rows = references.samples_features.values().map(Vec::len).max().unwrap_or(0);
    let threshold = references.threshold.unwrap_or(THRESHOLD);
    if !(0.0..=1.0).contains(&threshold) {
        return Err(format!("its threshold {threshold} is not between 0 and 1"));
    }
    // With a threshold of its own it would keep the scores below to itself.
    references.threshold = None;
    let bytes = references.save_to_buffer()?;
    Ok(PotterModel { word: references.name, threshold, rows, bytes })
}

/// The sizes of the hidden layers that rustpotter gives a kind of model for a number of rows.
#[must_use]
pub fn hidden(kind: &str, rows: usize) -> Vec<usize> {
    match kind {
        "tiny" => vec![rows / 15],
        "small" => vec![rows / 6, rows / 6 / 2],
        "medium" => vec![rows / 3, rows / 6],
        _ => vec![rows / 3 * 2, rows / 6],
    }
}

/// Hears one wake word with rustpotter.
pub struct RustpotterDetector {
    word: String,
    rustpotter: Rustpotter,
    blocks: Blocks<FRAME_SAMPLES>,
    gate: Gate,
    open: bool,
    /// The last sound, for when the gate opens: a word and some more.
    recent: VecDeque<Frame>,
    recent_frames: usize,
    pending: Vec<i16>,
    /// The best score of the stretch under way; rustpotter repeats it until the stretch is over.
    reported: f32,
}

impl RustpotterDetector {
    /// # Errors
    /// When rustpotter refuses the model.
    pub fn new(word: &str, model: &PotterModel) -> Result<Self, WakeError> {
        let config = RustpotterConfig {
            fmt: AudioFmt {
                sample_rate: SAMPLE_RATE as usize,
                sample_format: SampleFormat::I16,
                channels: 1,
                ..AudioFmt::default()
            },
            detector: DetectorConfig {
                avg_threshold: 0.0,
                threshold: 0.0,
                min_scores: usize::MAX,
                eager: false,
                score_mode: ScoreMode::Max,
                ..DetectorConfig::default()
            },
            ..RustpotterConfig::default()
        };
        let mut rustpotter = Rustpotter::new(&config).map_err(WakeError::Run)?;
        rustpotter.add_wakeword_from_buffer(word, &model.bytes).map_err(WakeError::Run)?;
        let mut detector = Self {
            word: word.to_owned(),
            rustpotter,
            blocks: Blocks::new(),
            gate: Gate::new(),
            open: false,
            recent: VecDeque::new(),
            recent_frames: (model.rows * ROW_SAMPLES + 2 * CHUNK) / FRAME_SAMPLES + 16,
            pending: Vec::new(),
            reported: 0.0,
        };
        detector.reset();
        Ok(detector)
    }

    fn remember(&mut self, frame: &Frame) {
        if self.recent.len() == self.recent_frames {
            self.recent.pop_front();
        }
        self.recent.push_back(*frame);
    }

    /// What came before the gate opened is heard now.
    fn catch_up(&mut self) {
        self.rustpotter.reset();
        self.reported = 0.0;
        self.pending.clear();
        for frame in std::mem::take(&mut self.recent) {
            self.hear(&frame);
            self.recent.push_back(frame);
        }
    }

    /// Gives a score when there is a new best one.
    fn hear(&mut self, frame: &Frame) -> Option<f32> {
        self.pending.extend_from_slice(frame);
        if self.pending.len() < CHUNK {
            return None;
        }
        let chunk = self.pending.drain(..CHUNK).collect();
        self.rustpotter.process_samples::<i16>(chunk);
        let score = self.rustpotter.get_partial_detection().map_or(0.0, |detection| detection.score);
        let better = score > self.reported;
        self.reported = score;
        better.then_some(score)
    }
}

impl WakeDetector for RustpotterDetector {
    fn engine(&self) -> &'static str {
        "rustpotter"
    }

    fn word(&self) -> &str {
        &self.word
    }

    fn push(&mut self, mut samples: &[i16]) -> Result<Option<f32>, WakeError> {
        let mut best: Option<f32> = None;
        while let Some(frame) = self.blocks.fill(&mut samples) {
            let open = self.gate.hear(&frame);
            if open && !self.open {
                self.catch_up();
            }
            self.open = open;
            self.remember(&frame);
            if open && let Some(score) = self.hear(&frame) {
                best = Some(best.map_or(score, |best| best.max(score)));
            }
        }
        Ok(best)
    }

    fn reset(&mut self) {
        self.rustpotter.reset();
        self.blocks.reset();
        self.gate.reset();
        self.open = false;
        self.reported = 0.0;
        self.pending.clear();
        // A stream begins after silence, so that there is always a past to look at.
        self.recent.clear();
        let silence = [0; FRAME_SAMPLES];
        for _ in 0..self.recent_frames {
            if let Some(frame) = self.blocks.fill(&mut &silence[..]) {
                self.remember(&frame);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built_in() -> &'static [u8] {
        include_bytes!("../../models/wake/computer.rpw")
    }

    #[test]
    fn scores_do_not_depend_on_chunks() {
        let Some(shared) = crate::testing::shared("wake::rustpotter") else { return };
        let speech = crate::audio::load(&shared.join("audio/wake/computer/003.flac")).expect("a recording");
        let model = PotterModel::from_bytes(built_in(), Path::new("computer.rpw")).expect("a model");
        let mut detector = RustpotterDetector::new("computer", &model).expect("a detector");
        let mut scores = |chunk: usize| -> Vec<f32> {
            detector.reset();
            speech.chunks(chunk).filter_map(|part| detector.push(part).expect("a score")).collect()
        };
        let best = |scores: Vec<f32>| scores.into_iter().fold(0.0, f32::max);
        let by_frame = scores(256);
        assert!(by_frame.iter().any(|&score| score > 0.5), "{by_frame:?}");
        assert_eq!(by_frame, scores(256), "a reset makes it new");
        assert!((best(by_frame) - best(scores(1000))).abs() < 1e-6);
    }

    #[test]
    fn the_word_is_heard_again_right_after_it_was_heard() {
        let Some(shared) = crate::testing::shared("wake::rustpotter, again") else { return };
        let model = PotterModel::from_bytes(built_in(), Path::new("computer.rpw")).expect("a model");
        let word = crate::audio::load(&shared.join("audio/wake/computer/003.flac")).expect("a recording");
        let mut detector = RustpotterDetector::new("computer", &model).expect("a detector");
        let mut best = |sound: &[i16]| {
            let scores = sound.chunks(256).filter_map(|part| detector.push(part).expect("a score"));
            scores.fold(0.0, f32::max)
        };
        for time in 0..4 {
            let score = best(&word);
            assert!(score >= 0.5, "{score} the {time}th time");
            best(&[0; 8_000]);
        }
    }

    #[test]
    fn damaged_files_are_refused() {
        let whole = built_in();
        let refused = |bytes: &[u8]| PotterModel::from_bytes(bytes, Path::new("some.rpw")).is_err();
        assert!(!refused(whole));
        assert!(refused(b""));
        assert!(refused(b"RIFF...."));
        assert!(refused(&[0xBF; 2000]), "maps in maps");
        for cut in [1, 100, whole.len() / 2, whole.len() - 1] {
            assert!(refused(&whole[..cut]), "{cut} bytes");
        }
        let mut model = WakewordModel::load_from_buffer(whole).expect("a model");
        model.train_size += 1;
        assert!(refused(&model.save_to_buffer().expect("bytes")), "another size");
        model.train_size -= 1;
        model.weights.remove("ln2.bias");
        assert!(refused(&model.save_to_buffer().expect("bytes")), "a layer missing");
    }

    #[test]
    fn references_are_checked() {
        let references = |row: Vec<f32>| WakewordRef {
            name: "hello".into(),
            avg_features: None,
            samples_features: [("a".to_owned(), vec![vec![0.5; 16], row])].into(),
            threshold: Some(0.4),
            avg_threshold: None,
            rms_level: 0.1,
            mfcc_size: 16,
        };
        let read = |references: WakewordRef| {
            PotterModel::from_bytes(&references.save_to_buffer().expect("bytes"), Path::new("x.rpw"))
        };
        let model = read(references(vec![0.1; 16])).expect("references");
        assert_eq!((model.word.as_str(), model.threshold), ("hello", 0.4));
        assert!(RustpotterDetector::new("hello", &model).is_ok());
        assert!(read(references(vec![0.1; 15])).is_err());
        assert!(read(references(vec![f32::NAN; 16])).is_err());
    }
}
