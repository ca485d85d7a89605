//! Wake words behind the public speech embedding, as openWakeWord streams it: 76 mel frames give
//! 96 values every 80 ms, and a small trained head looks at the last of them.
//!
//! The embedding costs a few milliseconds a step, so it runs only while somebody may be speaking.
//! The mel frames are kept meanwhile: when the gate opens, the embeddings of the last two seconds
//! are computed from them, and the scores are those of a stream that never paused.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rten::{Model, ModelOptions, NodeId, RunOptions, ShapeInferenceMode, ThreadPool};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView};

use super::gate::{Blocks, Gate};
use super::head::{Head, MAX_FRAMES};
use super::mel::{BANDS, LogMel, MelFrame, STEP_FRAMES, STEP_SAMPLES};
use super::mlp::sigmoid;
use super::{WakeDetector, WakeError};

/// Values in an embedding.
pub const VALUES: usize = 96;

/// One embedding.
pub type Embedding = [f32; VALUES];

/// Mel frames that an embedding looks at: 0.76 s.
pub const WINDOW_FRAMES: usize = 76;

/// Mel frames that the oldest embedding of a decision reaches back.
const HISTORY_FRAMES: usize = WINDOW_FRAMES + (MAX_FRAMES - 1) * STEP_FRAMES;

/// Steps of silence before every stream.
const SILENT_STEPS: usize = HISTORY_FRAMES.div_ceil(STEP_FRAMES);

/// The embedding network.
///
/// The file takes one window at a time, but all in it are convolutions without padding in time, 8
/// frames a step: put in behind the reshaping at its door, a longer stretch of frames gives the
/// embeddings of all its windows for little more than the price of one.
pub struct Embedder {
    model: Arc<Model>,
    input: NodeId,
    output: NodeId,
    /// One thread: the network is too small to share, and the house has other work.
    pool: Arc<ThreadPool>,
}

/// What the file calls the network's inner ends.
const INNER_INPUT: &str = "model/conv2d/Conv2D__6:0";
const INNER_OUTPUT: &str = "model/conv2d_19/Conv2D:0";

impl Embedder {
    /// Loads `embedding_model.onnx`.
    ///
    /// # Errors
    /// When the file is missing, damaged or another model.
    pub fn load(path: &Path) -> Result<Self, WakeError> {
        let bad = |reason: String| WakeError::Model { path: path.to_owned(), reason };
        let bytes = std::fs::read(path).map_err(|e| bad(e.to_string()))?;
        whole(&bytes).map_err(bad)?;
        // Without inferred shapes nothing holds the network to the length that the file declares.
        let model = ModelOptions::with_all_ops().shape_inference(ShapeInferenceMode::Off).load(bytes);
        let model = model.map_err(|e| bad(format!("it cannot be loaded: {e}")))?;
        let (Some(input), Some(output)) = (model.find_node(INNER_INPUT), model.find_node(INNER_OUTPUT))
        else {
            return Err(bad("it is another model than the speech embedding".into()));
        };
        let pool = Arc::new(ThreadPool::with_num_threads(1));
        let embedder = Self { model: Arc::new(model), input, output, pool };
        // A run on silence shows whether it is whole.
        embedder
            .embed(&[[0.0; BANDS]; WINDOW_FRAMES + STEP_FRAMES])
            .map_err(|e| bad(format!("it is another model than the speech embedding: {e}")))?;
        Ok(embedder)
    }

    /// The same network on a thread of its own.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self { model: self.model.clone(), pool: Arc::new(ThreadPool::with_num_threads(1)), ..*self }
    }

    /// The embeddings of all windows of [`WINDOW_FRAMES`] in a row of mel frames: one, and another
    /// for every [`STEP_FRAMES`] more.
    ///
    /// # Errors
    /// When the network fails.
    pub fn embed(&self, mels: &[MelFrame]) -> Result<Vec<Embedding>, WakeError> {
        let count = (mels.len() + STEP_FRAMES).saturating_sub(WINDOW_FRAMES) / STEP_FRAMES;
        if count == 0 {
            return Ok(Vec::new());
        }
        let input = NdTensorView::from_data([1, 1, mels.len(), BANDS], mels.as_flattened());
        let options = RunOptions::default().with_thread_pool(Some(self.pool.clone()));
        let [output] = self
            .model
            .run_n(vec![(self.input, input.into())], [self.output], Some(options))
            .map_err(|e| WakeError::Run(e.to_string()))?;
        let values: NdTensor<f32, 4> = output.try_into().map_err(|e| WakeError::Run(format!("{e}")))?;
        if values.shape() != [1, VALUES, count, 1] {
            return Err(WakeError::Run(format!("values of shape {:?} came out", values.shape())));
        }
        Ok((0..count).map(|at| std::array::from_fn(|value| values[[0, value, at, 0]])).collect())
    }
}

/// Whether a file is one whole ONNX model, as far as its outermost fields tell: the loader can
/// take minutes over one that was cut off.
fn whole(bytes: &[u8]) -> Result<(), String> {
    /// `ModelProto.graph`.
    const GRAPH: u64 = 7;
    let damaged = || "it is damaged: not a whole ONNX model".to_owned();
    let mut rest = bytes;
    let mut graphs = 0;
    while !rest.is_empty() {
        let tag = varint(&mut rest).ok_or_else(damaged)?;
        let length = match tag & 7 {
            0 => varint(&mut rest).map(|_| 0),
            1 => Some(8),
            2 => varint(&mut rest),
            5 => Some(4),
            _ => None,
        };
        let length = length.and_then(|length| usize::try_from(length).ok()).ok_or_else(damaged)?;
        rest = rest.get(length..).ok_or_else(damaged)?;
        graphs += usize::from(tag >> 3 == GRAPH && tag & 7 == 2);
    }
    if graphs == 1 { Ok(()) } else { Err(damaged()) }
}

/// A protobuf number.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// Mel frames, and the embeddings computed from them so far.
struct History {
    log_mel: LogMel,
    mels: VecDeque<MelFrame>,
    /// The embedding of each of the last [`MAX_FRAMES`] steps, where it was needed.
    embeddings: VecDeque<Option<Embedding>>,
}

impl History {
    fn new() -> Self {
        Self { log_mel: LogMel::new(), mels: VecDeque::new(), embeddings: VecDeque::new() }
    }

    fn step(&mut self, step: &[i16; STEP_SAMPLES]) {
        self.mels.extend(self.log_mel.step(step));
        self.mels.drain(..self.mels.len().saturating_sub(HISTORY_FRAMES));
        self.embeddings.push_back(None);
        if self.embeddings.len() > MAX_FRAMES {
            self.embeddings.pop_front();
        }
    }

    /// The last `count` embeddings, oldest first, in one row.
    fn embeddings(&mut self, count: usize, embedder: &Embedder) -> Result<Vec<f32>, WakeError> {
        let first = MAX_FRAMES - count;
        if let Some(missing) = (first..MAX_FRAMES).find(|&i| self.embeddings[i].is_none()) {
            let mels = &self.mels.make_contiguous()[missing * STEP_FRAMES..];
            for (known, embedding) in self.embeddings.range_mut(missing..).zip(embedder.embed(mels)?) {
                *known = Some(embedding);
            }
        }
        Ok(self.embeddings.range(first..).flatten().flatten().copied().collect())
    }
}

/// What several wake words look at: mel frames and embeddings cost more than all heads together.
///
/// The words' detectors are fed the same samples one after the other; the first to bring them is
/// heard, the others find what came of it.
pub struct Front {
    embedder: Embedder,
    blocks: Blocks<STEP_SAMPLES>,
    gate: Gate,
    history: History,
    /// Embeddings that the heads look back on.
    frames: usize,
    /// Samples heard since the last reset, and the resets.
    heard: u64,
    resets: u64,
    /// The last embeddings at each step, with an open gate, that the last samples completed.
    steps: Vec<Vec<f32>>,
}

/// A front for the detectors of several words.
pub type SharedFront = Arc<Mutex<Front>>;

impl Front {
    #[must_use]
    pub fn new(embedder: Embedder) -> Self {
        let mut front = Self {
            embedder,
            blocks: Blocks::new(),
            gate: Gate::new(),
            history: History::new(),
            frames: 0,
            heard: 0,
            resets: 0,
            steps: Vec::new(),
        };
        front.reset();
        front
    }

    fn hear(&mut self, mut samples: &[i16]) -> Result<(), WakeError> {
        self.heard += samples.len() as u64;
        self.steps.clear();
        while let Some(step) = self.blocks.fill(&mut samples) {
            let open = self.gate.hear(&step);
            self.history.step(&step);
            if open {
                self.steps.push(self.history.embeddings(self.frames, &self.embedder)?);
            }
        }
        Ok(())
    }

    fn reset(&mut self) {
        self.heard = 0;
        self.resets += 1;
        self.steps.clear();
        self.blocks.reset();
        self.gate.reset();
        self.history = History::new();
        // A stream begins after two seconds of silence, so that there is always a past to look at.
        let silence = [0; STEP_SAMPLES];
        for _ in 0..SILENT_STEPS {
            if let Some(step) = self.blocks.fill(&mut &silence[..]) {
                self.history.step(&step);
            }
        }
    }
}

/// Hears one wake word with the embedding and a head.
pub struct EmbeddingDetector {
    word: String,
    head: Arc<Head>,
    front: SharedFront,
    /// As in the front, as far as this detector was fed.
    heard: u64,
    resets: u64,
}

impl EmbeddingDetector {
    /// A detector with a front of its own.
    #[must_use]
    pub fn new(word: &str, embedder: Embedder, head: Arc<Head>) -> Self {
        Self::beside(word, Arc::new(Mutex::new(Front::new(embedder))), head)
    }

    /// A detector beside others, which are always fed the same samples and reset together.
    #[must_use]
    pub fn beside(word: &str, front: SharedFront, head: Arc<Head>) -> Self {
        let mut state = front.lock().unwrap_or_else(PoisonError::into_inner);
        state.frames = state.frames.max(head.frames());
        let (so_far, resets) = (state.heard, state.resets);
        drop(state);
        Self { word: word.to_owned(), head, front, heard: so_far, resets }
    }
}

impl WakeDetector for EmbeddingDetector {
    fn engine(&self) -> &'static str {
        "embedding"
    }

    fn word(&self) -> &str {
        &self.word
    }

    fn push(&mut self, samples: &[i16]) -> Result<Option<f32>, WakeError> {
        let mut front = self.front.lock().unwrap_or_else(PoisonError::into_inner);
        if self.resets != front.resets {
            (self.heard, self.resets) = (0, front.resets);
        }
        if self.heard == front.heard {
            front.hear(samples)?;
        }
        self.heard = front.heard;
        let own = self.head.frames() * VALUES;
        let score = |step: &Vec<f32>| sigmoid(self.head.mlp.logit(&step[step.len() - own..]));
        Ok(front.steps.iter().map(score).reduce(f32::max))
    }

    fn reset(&mut self) {
        let mut front = self.front.lock().unwrap_or_else(PoisonError::into_inner);
        // Unless one beside it did so just now.
        if front.heard > 0 {
            front.reset();
        }
        (self.heard, self.resets) = (0, front.resets);
    }
}

/// A recording's embeddings, as training needs them: row `i` ends with step `first + i - 15`, so
/// that the first decision is that of step `first`, the last that of step `last`.
///
/// # Errors
/// When the network fails.
pub fn embeddings(
    samples: &[i16],
    first: usize,
    last: usize,
    embedder: &Embedder,
) -> Result<Vec<f32>, WakeError> {
    let mut mels = Vec::new();
    let mut log_mel = LogMel::new();
    let mut blocks = Blocks::<STEP_SAMPLES>::new();
    let silence = vec![0; SILENT_STEPS * STEP_SAMPLES];
    for mut part in [&silence[..], samples] {
        while let Some(step) = blocks.fill(&mut part) {
            mels.extend(log_mel.step(&step));
        }
    }
    // The first window ends with step `first - 15`.
    let begin = (SILENT_STEPS + first + 2 - MAX_FRAMES) * STEP_FRAMES - WINDOW_FRAMES;
    let end = ((SILENT_STEPS + last + 1) * STEP_FRAMES).min(mels.len());
    let mut rows = Vec::new();
    let mut at = begin;
    while at + WINDOW_FRAMES <= end {
        // A minute at a time, so that memory does not grow with the recording.
        let part = &mels[at..end.min(at + MINUTE_STEPS * STEP_FRAMES + WINDOW_FRAMES - STEP_FRAMES)];
        rows.extend(embedder.embed(part)?.into_iter().flatten());
        at += MINUTE_STEPS * STEP_FRAMES;
    }
    Ok(rows)
}

const MINUTE_STEPS: usize = 750;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;
    use crate::wake::mlp::{Layer, Mlp};

    /// An untrained head: its scores are only to be the same.
    fn head() -> Arc<Head> {
        let mut rng = Rng::new(2);
        let inputs = MAX_FRAMES * VALUES;
        let weights = (0..inputs).map(|_| rng.between(-0.02, 0.02)).collect();
        let mlp = Mlp { layers: vec![Layer { inputs, weights, bias: vec![0.0] }] };
        Arc::new(Head { word: "test".into(), threshold: 0.5, mlp })
    }

    fn scores(detector: &mut EmbeddingDetector, samples: &[i16], chunk: usize) -> Vec<f32> {
        detector.reset();
        samples.chunks(chunk).filter_map(|part| detector.push(part).expect("a score")).collect()
    }

    #[test]
    fn scores_do_not_depend_on_chunks_nor_on_the_gate() {
        let Some(shared) = crate::testing::shared("wake::embedding") else { return };
        let embedder =
            Embedder::load(&shared.join("models").join(crate::wake::EMBEDDING_FILE)).expect("a model");
        let speech = crate::audio::load(&shared.join("audio/wake/computer/003.flac")).expect("a recording");
        let mut detector = EmbeddingDetector::new("test", embedder.fork(), head());
        let by_step = scores(&mut detector, &speech, STEP_SAMPLES);
        assert!(by_step.len() > 5, "{by_step:?}");
        assert_eq!(by_step, scores(&mut detector, &speech, 256));
        assert_eq!(by_step, scores(&mut detector, &speech, 77));

        // What training sees is what is heard live, although the gate was shut at first.
        let steps = speech.len() / STEP_SAMPLES;
        let rows = embeddings(&speech, 0, steps - 1, &embedder).expect("embeddings");
        assert_eq!(rows.len(), (steps + MAX_FRAMES - 1) * VALUES);
        let from_training: Vec<f32> = (0..steps)
            .map(|step| sigmoid(head().mlp.logit(&rows[step * VALUES..][..MAX_FRAMES * VALUES])))
            .collect();
        let found = from_training
            .windows(by_step.len())
            .any(|scores| scores.iter().zip(&by_step).all(|(a, b)| (a - b).abs() < 1e-3));
        assert!(found, "{by_step:?} is not in {from_training:?}");
    }

    #[test]
    fn words_side_by_side_score_as_they_do_alone() {
        let Some(shared) = crate::testing::shared("wake::embedding, side by side") else { return };
        let embedder =
            Embedder::load(&shared.join("models").join(crate::wake::EMBEDDING_FILE)).expect("a model");
        let speech = crate::audio::load(&shared.join("audio/wake/computer/003.flac")).expect("a recording");
        let mut rng = Rng::new(3);
        let weights = (0..4 * VALUES).map(|_| rng.between(-0.02, 0.02)).collect();
        let mlp = Mlp { layers: vec![Layer { inputs: 4 * VALUES, weights, bias: vec![0.0] }] };
        let short = Arc::new(Head { word: "short".into(), threshold: 0.5, mlp });
        let alone = [head(), short.clone()]
            .map(|head| scores(&mut EmbeddingDetector::new("test", embedder.fork(), head), &speech, 256));
        let front = Arc::new(Mutex::new(Front::new(embedder.fork())));
        let mut both =
            [head(), short].map(|head| EmbeddingDetector::beside("test", Arc::clone(&front), head));
        for _ in 0..2 {
            let mut beside = [Vec::new(), Vec::new()];
            for part in speech.chunks(256) {
                for (detector, scores) in both.iter_mut().zip(&mut beside) {
                    scores.extend(detector.push(part).expect("a score"));
                }
            }
            for (alone, beside) in alone.iter().zip(&beside) {
                assert_eq!(alone.len(), beside.len());
                assert!(alone.iter().zip(beside).all(|(a, b)| (a - b).abs() < 1e-4));
            }
            both.iter_mut().for_each(WakeDetector::reset);
        }
    }

    #[test]
    fn a_long_stretch_gives_what_single_windows_give() {
        let Some(shared) = crate::testing::shared("wake::embedding, windows") else { return };
        let path = shared.join("models").join(crate::wake::EMBEDDING_FILE);
        let embedder = Embedder::load(&path).expect("a model");
        let whole = Model::load_file(&path).expect("a model");
        let speech = crate::audio::load(&shared.join("audio/open/jfk.flac")).expect("a recording");
        let mut log_mel = LogMel::new();
        let steps = &speech.as_chunks::<STEP_SAMPLES>().0[..30];
        let mels: Vec<MelFrame> = steps.iter().flat_map(|step| log_mel.step(step)).collect();
        let together = embedder.embed(&mels).expect("embeddings");
        assert_eq!(together.len(), (mels.len() - WINDOW_FRAMES) / STEP_FRAMES + 1);
        for (i, embedding) in together.iter().enumerate() {
            let window = mels[i * STEP_FRAMES..][..WINDOW_FRAMES].as_flattened();
            let input = NdTensorView::from_data([1, WINDOW_FRAMES, BANDS, 1], window);
            let alone = whole.run_one(input.into(), None).expect("an embedding");
            let alone: NdTensor<f32, 4> = alone.try_into().expect("four dimensions");
            let apart = embedding.iter().zip(alone.iter()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(apart < 1e-3, "window {i}: {apart}");
        }
    }

    #[test]
    fn other_files_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("embedding_model.onnx");
        assert!(Embedder::load(&path).is_err(), "missing");
        for content in [&b""[..], b"not a model", &[0x08; 5000], &[0xFF; 100]] {
            std::fs::write(&path, content).expect("written");
            let error = Embedder::load(&path).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(error.contains("embedding_model.onnx"), "{error}");
        }
        let Some(shared) = crate::testing::shared("wake::embedding, the wrong model") else { return };
        let error = Embedder::load(&shared.join("models/wake/melspectrogram.onnx")).err();
        assert!(error.is_some_and(|e| e.to_string().contains("another model")));
        let whole = std::fs::read(shared.join("models").join(crate::wake::EMBEDDING_FILE)).expect("a model");
        for cut in [10, 1000, whole.len() / 2, whole.len() - 10] {
            std::fs::write(&path, &whole[..cut]).expect("written");
            assert!(Embedder::load(&path).is_err(), "{cut} bytes of {}", whole.len());
        }
    }
}
