//! Which model a wake word gets, and which engine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::embedding::{Embedder, EmbeddingDetector, Front, Network, SharedFront};
use super::head::Head;
use super::network::ENGINES;
use super::rustpotter::{PotterModel, RustpotterDetector};
use super::{Trigger, WakeDetector, WakeError};
use crate::config::{Config, WakeConfig};
use crate::ear::{Address, WakeStage};

/// Where the speech embedding lies in a folder of models.
pub const EMBEDDING_FILE: &str = "wake/embedding_model.onnx";

/// After waking up, the same word is not heard again for this long.
pub const REFRACTORY_MS: u64 = 1500;

/// Models that come with the program: file name and content.
const BUILT_IN: &[(&str, &[u8])] = &[
    ("computer.head", include_bytes!("../../models/wake/computer.head")),
    ("computer.small.head", include_bytes!("../../models/wake/computer.small.head")),
    ("computer.rpw", include_bytes!("../../models/wake/computer.rpw")),
    ("jarvis.head", include_bytes!("../../models/wake/jarvis.head")),
    ("jarvis.small.head", include_bytes!("../../models/wake/jarvis.small.head")),
    ("jarvis.rpw", include_bytes!("../../models/wake/jarvis.rpw")),
];

/// Folders that models are looked for in.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    pub model_dirs: &'a [PathBuf],
    /// Words trained here are in `wake` below it.
    pub data_dir: &'a Path,
}

impl<'a> From<&'a Config> for Places<'a> {
    fn from(config: &'a Config) -> Self {
        Self { model_dirs: &config.model_dirs, data_dir: &config.data_dir }
    }
}

/// A model that was read and checked; detectors are made from it.
pub struct WakeModel {
    pub word: String,
    /// The score (0–1) from which the model itself proposes to wake up.
    pub threshold: f32,
    engine: Engine,
}

enum Engine {
    Embedding { embedder: Embedder, head: Arc<Head> },
    Rustpotter(PotterModel),
}

impl WakeModel {
    /// Finds the model for a word or at a path. `engine`: `auto`, `embedding`, `small` or `rustpotter`.
    /// With a choice, what can run here comes first, then what was trained here, then the better engine.
    ///
    /// # Errors
    /// When there is none, or it cannot be used.
    pub fn find(word: &str, engine: &str, places: Places) -> Result<Self, WakeError> {
        let named = Path::new(word);
        if named.extension().is_some_and(|e| e == "head" || e == "rpw") || named.components().count() > 1 {
            return Self::read(named, &read(named)?, places);
        }
        let wanted = ENGINES.iter().filter(|(name, _)| engine == "auto" || engine == *name);
        let mut found = Vec::new();
        for (_, ending) in wanted {
            found.extend(file(&format!("{word}.{ending}"), places)?);
        }
        // Of equals the first: the better engine.
        let best = found.into_iter().min_by_key(|file| (!file.can_run(places), file.built_in));
        let File { path, bytes, .. } = best.ok_or_else(|| WakeError::NoModel { word: word.to_owned() })?;
        Self::read(&path, &bytes, places)
    }

    fn read(path: &Path, bytes: &[u8], places: Places) -> Result<Self, WakeError> {
        if !Head::recognises(bytes) {
            let model = PotterModel::from_bytes(bytes, path)?;
            let (word, threshold) = (model.word.clone(), model.threshold);
            return Ok(Self { word, threshold, engine: Engine::Rustpotter(model) });
        }
        let head = Head::from_bytes(bytes, path)?;
        let embedder = embedder(head.network, places)?;
        let (word, threshold) = (head.word.clone(), head.threshold);
        Ok(Self { word, threshold, engine: Engine::Embedding { embedder, head: Arc::new(head) } })
    }

    /// `embedding`, `small` or `rustpotter`.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match &self.engine {
            Engine::Embedding { embedder, .. } => embedder.network().engine(),
            Engine::Rustpotter(_) => "rustpotter",
        }
    }

    /// A detector with a state of its own.
    ///
    /// # Errors
    /// When the engine refuses the model.
    pub fn detector(&self) -> Result<Box<dyn WakeDetector>, WakeError> {
        Ok(match &self.engine {
            Engine::Embedding { embedder, head } => {
                Box::new(EmbeddingDetector::new(&self.word, embedder.fork(), head.clone()))
            }
            Engine::Rustpotter(model) => Box::new(RustpotterDetector::new(&self.word, model)?),
        })
    }
}

impl WakeModel {
    /// A detector beside others that hear the same: they share what they can, through `fronts`.
    fn detector_beside(&self, fronts: &mut Fronts) -> Result<Box<dyn WakeDetector>, WakeError> {
        let Engine::Embedding { embedder, head } = &self.engine else { return self.detector() };
        let new = || Arc::new(Mutex::new(Front::new(embedder.fork())));
        let front = fronts.entry(embedder.network()).or_insert_with(new);
        Ok(Box::new(EmbeddingDetector::beside(&self.word, Arc::clone(front), head.clone())))
    }
}

/// What words behind the same network share.
type Fronts = BTreeMap<Network, SharedFront>;

/// Detectors of several words that are fed the same sound.
///
/// # Errors
/// When an engine refuses a model.
pub fn detectors(models: &[WakeModel]) -> Result<Vec<Box<dyn WakeDetector>>, WakeError> {
    let mut fronts = Fronts::new();
    models.iter().map(|model| model.detector_beside(&mut fronts)).collect()
}

/// Builds a stage for every wake word of the configuration and says which engine was taken.
///
/// # Errors
/// When a word has no model or a model cannot be used.
pub fn build(
    config: &WakeConfig,
    model_dirs: &[PathBuf],
    data_dir: &Path,
) -> Result<(Vec<WakeStage>, String), WakeError> {
    if config.engine == "none" || config.words.is_empty() {
        return Ok((Vec::new(), "wake word: none".into()));
    }
    let places = Places { model_dirs, data_dir };
    let mut stages = Vec::new();
    // One for the room, one for what the assistant says.
    let (mut room, mut own_voice) = (Fronts::new(), Fronts::new());
    let mut said = Vec::new();
    for word in &config.words {
        let model = WakeModel::find(&word.name, &config.engine, places)?;
        let threshold = sensitive(model.threshold, word.sensitivity);
        said.push(format!("`{}` ({})", model.word, model.engine()));
        stages.push(WakeStage {
            detector: model.detector_beside(&mut room)?,
            reference: Some(model.detector_beside(&mut own_voice)?),
            trigger: Trigger::new(threshold, REFRACTORY_MS),
            address: Address { language: word.language.clone(), area: word.area.clone() },
        });
    }
    let choice = format!("wake word: {}", said.join(", "));
    tracing::info!("{choice}");
    Ok((stages, choice))
}

/// The threshold at a sensitivity (0–1): the model's own at 0.5, a third of it at 1, close to
/// certainty at 0.
#[must_use]
pub fn sensitive(own: f32, sensitivity: f32) -> f32 {
    let s = sensitivity.clamp(0.0, 1.0);
    if s >= 0.5 { own * (1.0 - (s - 0.5) * 4.0 / 3.0) } else { own + (1.0 - own) * 0.9 * (1.0 - s * 2.0) }
}

/// Loads an embedding network.
///
/// # Errors
/// When it is not installed, or damaged.
pub fn embedder(network: Network, places: Places) -> Result<Embedder, WakeError> {
    if network == Network::Small {
        return Embedder::small();
    }
    let path = embedding_file(places).ok_or_else(|| WakeError::Model {
        path: places.model_dirs.first().map_or_else(PathBuf::new, |dir| dir.join(EMBEDDING_FILE)),
        reason: "it is not there; `entrenous models list` says how to get it, and `small` does without it"
            .into(),
    })?;
    Embedder::load(&path)
}

/// Whether the public speech embedding is installed.
#[must_use]
pub fn has_embedding(places: Places) -> bool {
    embedding_file(places).is_some()
}

fn embedding_file(places: Places) -> Option<PathBuf> {
    places.model_dirs.iter().map(|dir| dir.join(EMBEDDING_FILE)).find(|path| path.is_file())
}

/// A model's file, by name.
struct File {
    path: PathBuf,
    bytes: Vec<u8>,
    /// Whether it comes with the program.
    built_in: bool,
}

impl File {
    /// Whether what it stands on is there. Whether it is whole is seen when it is read.
    fn can_run(&self, places: Places) -> bool {
        let needs_it =
            || Head::from_bytes(&self.bytes, &self.path).is_ok_and(|head| head.network == Network::Public);
        has_embedding(places) || !needs_it()
    }
}

/// A model by its file's name: trained here, in a folder of models, or built in.
fn file(name: &str, places: Places) -> Result<Option<File>, WakeError> {
    let dirs = std::iter::once(places.data_dir).chain(places.model_dirs.iter().map(PathBuf::as_path));
    let path = dirs.map(|dir| dir.join("wake").join(name)).find(|path| path.is_file());
    if let Some(path) = path {
        let bytes = read(&path)?;
        return Ok(Some(File { path, bytes, built_in: false }));
    }
    let built_in = BUILT_IN.iter().find(|(built_in, _)| *built_in == name);
    let file =
        |(name, bytes): &(&str, &[u8])| File { path: name.into(), bytes: bytes.to_vec(), built_in: true };
    Ok(built_in.map(file))
}

fn read(path: &Path) -> Result<Vec<u8>, WakeError> {
    std::fs::read(path).map_err(|error| WakeError::Model { path: path.to_owned(), reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::WakeWord;

    fn config(words: &[&str], engine: &str) -> WakeConfig {
        WakeConfig { engine: engine.into(), words: words.iter().map(|&word| WakeWord::named(word)).collect() }
    }

    #[test]
    fn without_downloads_the_small_network_listens() {
        let folder = tempfile::tempdir().expect("a folder");
        let (stages, choice) =
            build(&config(&["computer", "jarvis"], "auto"), &[], folder.path()).expect("stages");
        assert_eq!(choice, "wake word: `computer` (small), `jarvis` (small)");
        assert_eq!(stages.len(), 2);
        assert!((stages[0].trigger.threshold - 0.5).abs() < 1e-6);
    }

    #[test]
    fn what_was_trained_here_comes_before_what_comes_with_the_program() {
        let folder = tempfile::tempdir().expect("a folder");
        let trained = folder.path().join("wake");
        std::fs::create_dir(&trained).expect("a folder");
        let engine = || {
            let places = Places { model_dirs: &[], data_dir: folder.path() };
            WakeModel::find("computer", "auto", places).expect("a model").engine()
        };
        let put = |name: &str| {
            let (_, bytes) = BUILT_IN.iter().find(|(built_in, _)| *built_in == name).expect("a model");
            std::fs::write(trained.join(name), bytes).expect("written");
        };
        put("computer.rpw");
        assert_eq!(engine(), "rustpotter");
        put("computer.small.head");
        assert_eq!(engine(), "small");
        // Its network is not there.
        put("computer.head");
        assert_eq!(engine(), "small");
    }

    #[test]
    fn the_embedding_is_taken_where_it_is() {
        let Some(shared) = crate::testing::shared("wake::select") else { return };
        let dirs = [PathBuf::from("nowhere"), shared.join("models")];
        let (_, choice) = build(&config(&["computer"], "auto"), &dirs, Path::new("nowhere")).expect("stages");
        assert_eq!(choice, "wake word: `computer` (embedding)");
        let (_, choice) =
            build(&config(&["computer"], "rustpotter"), &dirs, Path::new("nowhere")).expect("stages");
        assert_eq!(choice, "wake word: `computer` (rustpotter)");
    }

    #[test]
    fn none_is_none() {
        let (stages, choice) = build(&config(&["computer"], "none"), &[], Path::new("x")).expect("nothing");
        assert!(stages.is_empty());
        assert_eq!(choice, "wake word: none");
    }

    #[test]
    fn errors_say_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = |words: &[&str], engine| {
            build(&config(words, engine), &[folder.path().to_owned()], folder.path())
                .err()
                .map(|e| e.to_string())
                .unwrap_or_default()
        };
        assert!(error(&["zounds"], "auto").contains("wake train zounds"));
        assert!(error(&["computer"], "embedding").contains("entrenous models list"));
        std::fs::create_dir(folder.path().join("wake")).expect("a folder");
        let path = folder.path().join("wake/mine.rpw");
        std::fs::write(&path, b"garbage").expect("written");
        assert!(error(&["mine"], "auto").contains("mine.rpw"));
        assert!(error(&[path.to_str().expect("text")], "auto").contains("mine.rpw"));
        assert!(error(&["/nowhere/else.head"], "auto").contains("/nowhere/else.head"));
    }

    #[test]
    fn sensitivity_moves_the_threshold_both_ways() {
        let around = |own: f32| [0.0, 0.25, 0.5, 0.75, 1.0].map(|s| sensitive(own, s));
        for own in [0.2, 0.5, 0.9] {
            let thresholds = around(own);
            assert!(thresholds.windows(2).all(|pair| pair[0] > pair[1]), "{thresholds:?}");
            assert!((thresholds[2] - own).abs() < 1e-6);
            assert!(thresholds[0] < 1.0 && thresholds[4] > 0.0, "{thresholds:?}");
        }
    }
}
