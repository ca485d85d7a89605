//! The embedding networks: the public one, and the small one that comes with the program.

use std::path::Path;
use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ShapeInferenceMode, ThreadPool};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView};
use serde::{Deserialize, Serialize};

use super::WakeError;
use super::mel::{BANDS, MelFrame, STEP_FRAMES};

/// Values in an embedding.
pub const VALUES: usize = 96;

/// One embedding.
pub type Embedding = [f32; VALUES];

/// Mel frames that an embedding looks at: 0.76 s.
pub const WINDOW_FRAMES: usize = 76;

/// Whose values they are: what one network's heads have learnt says nothing about another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// The public speech embedding, a file that is installed.
    #[default]
    Public,
    /// The small one that comes with the program; `scripts/train-small` taught it what the public one says.
    Small,
}

impl Network {
    /// The engine's name.
    #[must_use]
    pub const fn engine(self) -> &'static str {
        match self {
            Self::Public => "embedding",
            Self::Small => "small",
        }
    }

    /// How files of heads behind it end.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Public => "head",
            Self::Small => "small.head",
        }
    }
}

/// All engines, the best first, and how files of their models end.
pub const ENGINES: [(&str, &str); 3] = [
    (Network::Public.engine(), Network::Public.ending()),
    (Network::Small.engine(), Network::Small.ending()),
    ("rustpotter", "rpw"),
];

/// The network that comes with the program.
const SMALL: &[u8] = include_bytes!("../../models/wake/small.onnx");

/// An embedding network.
///
/// The file takes one window at a time, but all in it are convolutions without padding in time, 8
/// frames a step: put in behind the reshaping at its door, a longer stretch of frames gives the
/// embeddings of all its windows for little more than the price of one.
pub struct Embedder {
    network: Network,
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
        Self::from_bytes(Network::Public, bytes, path)
    }

    /// The small network that comes with the program.
    ///
    /// # Errors
    /// When the program was built from a damaged one.
    pub fn small() -> Result<Self, WakeError> {
        Self::from_bytes(Network::Small, SMALL.to_vec(), Path::new("small.onnx"))
    }

    fn from_bytes(network: Network, bytes: Vec<u8>, path: &Path) -> Result<Self, WakeError> {
        let bad = |reason: String| WakeError::Model { path: path.to_owned(), reason };
        whole(&bytes).map_err(bad)?;
        // Without inferred shapes nothing holds the network to the length that the file declares.
        let model = ModelOptions::with_all_ops().shape_inference(ShapeInferenceMode::Off).load(bytes);
        let model = model.map_err(|e| bad(format!("it cannot be loaded: {e}")))?;
        let (Some(input), Some(output)) = (model.find_node(INNER_INPUT), model.find_node(INNER_OUTPUT))
        else {
            return Err(bad("it is another model than the speech embedding".into()));
        };
        let pool = Arc::new(ThreadPool::with_num_threads(1));
        let embedder = Self { network, model: Arc::new(model), input, output, pool };
        // A run on silence shows whether it is whole.
        embedder
            .embed(&[[0.0; BANDS]; WINDOW_FRAMES + STEP_FRAMES])
            .map_err(|e| bad(format!("it is another model than the speech embedding: {e}")))?;
        Ok(embedder)
    }

    /// Which one it is.
    #[must_use]
    pub fn network(&self) -> Network {
        self.network
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wake::mel::{LogMel, STEP_SAMPLES};

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
