//! Wake words behind the public speech embedding, as openWakeWord streams it: 76 mel frames give
//! 96 values every 80 ms, and a small trained head looks at the last of them.
//!
//! The embedding costs a few milliseconds a step, so it runs only while somebody may be speaking.
//! The mel frames are kept meanwhile: when the gate opens, the embeddings of the last two seconds
//! are computed from them, and the scores are those of a stream that never paused.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

pub use super::network::{Embedder, Embedding, Network, VALUES};

use super::gate::{Blocks, Gate};
use super::head::{Head, MAX_FRAMES};
use super::mel::{LogMel, MelFrame, STEP_FRAMES, STEP_SAMPLES};
use super::mlp::sigmoid;
use super::network::WINDOW_FRAMES;
use super::{WakeDetector, WakeError};

/// Mel frames that the oldest embedding of a decision reaches back.
const HISTORY_FRAMES: usize = WINDOW_FRAMES + (MAX_FRAMES - 1) * STEP_FRAMES;

/// Steps of silence before every stream.
const SILENT_STEPS: usize = HISTORY_FRAMES.div_ceil(STEP_FRAMES);

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
    network: Network,
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
        let (network, so_far, resets) = (state.embedder.network(), state.heard, state.resets);
        drop(state);
        Self { word: word.to_owned(), network, head, front, heard: so_far, resets }
    }
}

impl WakeDetector for EmbeddingDetector {
    fn engine(&self) -> &'static str {
        self.network.engine()
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
        Arc::new(Head { word: "test".into(), network: Network::Public, threshold: 0.5, mlp })
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
        let short = Arc::new(Head { word: "short".into(), network: Network::Public, threshold: 0.5, mlp });
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
}
