//! The household's settings: `raw` is what the file says, [`Config`] is what it means.
//!
//! Nothing is opened here but the file itself: no device, no model, no sentence file.

mod places;
mod privacy;
mod raw;
mod resolve;

use std::path::{Path, PathBuf};

use serde::Serialize;

pub use places::{Surroundings, config_files, shared_models};

use crate::lock::Source;
use crate::mute::{SwitchConfig, Window};
use crate::nlu::trained::Caution;
use crate::signs::SignConfig;
use crate::sound::Plan;
use crate::tts::{Cues, QuietHours};
use crate::vad::EndpointConfig;

/// Everything that can be set, resolved: defaults, file and command line together.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// `en` or `fr`.
    pub language: String,
    pub audio: AudioConfig,
    pub wake: WakeConfig,
    pub endpoint: EndpointConfig,
    pub stt: SttConfig,
    pub nlu: NluConfig,
    pub understanding: UnderstandingConfig,
    pub home: HomeConfig,
    pub mqtt: MqttConfig,
    pub homeassistant: HomeAssistantConfig,
    pub dialogue: DialogueConfig,
    pub time: TimeConfig,
    pub tts: TtsConfig,
    pub plugins: PluginConfig,
    pub privacy: PrivacyConfig,
    /// Lamps and programs that show what the assistant does.
    pub signs: Vec<SignConfig>,
    /// Where state is kept (the database, caches, downloaded models).
    pub data_dir: PathBuf,
    /// Folders searched for models, in this order; downloads go to the first.
    pub model_dirs: Vec<PathBuf>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct AudioConfig {
    /// Host API: `auto`, `alsa` or `pulseaudio`.
    pub host: String,
    /// Name of the microphone, or `default`.
    pub input: String,
    /// Name of the speaker, or `default`.
    pub output: String,
    /// 0–1.
    pub volume: f32,
    /// Which short sounds are made.
    pub cues: Cues,
}

#[derive(Debug, Clone, PartialEq)]
pub struct WakeConfig {
    /// `auto`, `embedding`, `small`, `rustpotter` or `none`.
    pub engine: String,
    pub words: Vec<WakeWord>,
}

/// A wake word, and what it is for.
#[derive(Debug, Clone, PartialEq)]
pub struct WakeWord {
    /// `computer`, or a model's path.
    pub name: String,
    /// 0 (rarely wakes) – 1 (wakes easily); 0.5 is the model's own threshold.
    pub sensitivity: f32,
    /// What is spoken after it; `None` is the household's language.
    pub language: Option<String>,
    /// The area that is meant after it; `None` is the microphone's.
    pub area: Option<String>,
}

impl WakeWord {
    /// The word without any configuration.
    pub const USUAL: &'static str = "computer";

    /// A word with nothing special about it.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), sensitivity: 0.5, language: None, area: None }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct SttConfig {
    /// `auto`, `whisper`, `pocketsphinx` or `cascade`.
    pub engine: String,
    /// Name in `models/manifest.toml` or a path; `auto` takes the best installed.
    pub whisper_model: String,
    /// 0 means one per core.
    pub threads: usize,
    /// Confidence (0–1) under which an utterance is rejected.
    pub min_confidence: f32,
    /// What PocketSphinx listens for: `usual`, or `wide` for sums, units, cities and the like besides.
    pub vocabulary: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct NluConfig {
    /// Folders of sentence files (`<folder>/<language>/*.yaml`) besides the shipped ones.
    pub sentences: Vec<PathBuf>,
    /// Whether the shipped sentences are used.
    pub builtin: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct UnderstandingConfig {
    /// Whether what no sentence says word for word is put to a trained model.
    pub trained: bool,
    /// How sure that model must be.
    pub caution: Caution,
}

#[derive(Debug, Clone, PartialEq)]
pub struct HomeConfig {
    /// `home.toml`; `None` is the shipped demo home.
    pub file: Option<PathBuf>,
    /// The area the microphone is in ("the lights" means those here).
    pub area: Option<String>,
    /// How long devices have to confirm a command, in milliseconds.
    pub answer_ms: u64,
}

/// The broker of devices with `mqtt`.
#[derive(Debug, Clone, PartialEq)]
pub struct MqttConfig {
    pub host: String,
    pub port: u16,
    pub user: Option<String>,
    /// Holds the password; only its owner may read it.
    pub password_file: Option<PathBuf>,
    /// What the broker knows this program as.
    pub client: String,
}

/// The Home Assistant of devices with `ha`.
#[derive(Debug, Clone, PartialEq)]
pub struct HomeAssistantConfig {
    pub url: String,
    /// Holds the token; only its owner may read it.
    pub token_file: Option<PathBuf>,
}

/// How conversations go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DialogueConfig {
    /// What is asked about before it is done.
    pub confirm: Confirm,
    /// How deeds are confirmed.
    pub replies: Replies,
    /// How long an answer is waited for, in milliseconds.
    pub patience_ms: u64,
    /// How often a question is repeated when nobody answers.
    pub repeats: u32,
    /// How long "it" and "the same in the kitchen" mean what was spoken of last, in seconds.
    pub context_s: u64,
    /// How long a further command is listened for without the wake word; 0: not at all.
    pub follow_up_ms: u64,
}

/// What is asked about before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirm {
    Never,
    /// What opens the house, and what the home file marks.
    Marked,
    /// Every change of a device.
    Always,
}

/// How deeds are confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replies {
    /// In a sentence.
    Full,
    /// In a word.
    Short,
    /// By a sound.
    None,
}

impl Default for DialogueConfig {
    fn default() -> Self {
        Self {
            confirm: Confirm::Marked,
            replies: Replies::Full,
            patience_ms: 6_000,
            repeats: 1,
            context_s: 60,
            follow_up_ms: 0,
        }
    }
}

impl Confirm {
    const NAMES: [&str; 3] = ["never", "marked", "always"];

    fn of(name: &str) -> Self {
        match name {
            "never" => Self::Never,
            "always" => Self::Always,
            _ => Self::Marked,
        }
    }
}

impl Replies {
    const NAMES: [&str; 3] = ["full", "short", "none"];

    fn of(name: &str) -> Self {
        match name {
            "short" => Self::Short,
            "none" => Self::None,
            _ => Self::Full,
        }
    }
}

/// How what is due is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeConfig {
    /// How long a timer or an alarm rings when nobody stops it.
    pub ring_minutes: u32,
}

impl Default for TimeConfig {
    fn default() -> Self {
        Self { ring_minutes: 10 }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct TtsConfig {
    /// `auto`, `piper`, `espeak-ng` or `none`.
    pub engine: String,
    /// `auto`, or a voice's name or path.
    pub piper_voice: String,
    /// Words a minute, 80–450.
    pub rate: u32,
    /// espeak's pitch, 0–99; 95 is a neutral voice of about 155 Hz.
    pub pitch: u32,
    /// When nothing is to be loud.
    pub quiet: Option<QuietHours>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginConfig {
    /// Whether installed plugins are used.
    pub enabled: bool,
    /// How long a plugin may take to answer, in milliseconds.
    pub patience_ms: u64,
    /// Whether plugins run on a machine that cannot confine them.
    pub allow_unsandboxed: bool,
}

impl Default for PluginConfig {
    fn default() -> Self {
        Self { enabled: true, patience_ms: 1_500, allow_unsandboxed: false }
    }
}

/// What is kept, and when nobody is listened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivacyConfig {
    /// How long the text of commands is kept, in hours; 0: not at all.
    pub keep_hours: u32,
    /// What opens the key that history and secrets are encrypted with; `None`: they are not.
    pub encrypt_with: Option<Source>,
    /// Until when sound is kept, and for what; for nothing, unless somebody asks for it.
    pub keep_sound: Plan,
    /// Planned mutes.
    pub mute: Vec<Window>,
    pub switch: Option<SwitchConfig>,
}

impl Default for PrivacyConfig {
    fn default() -> Self {
        Self {
            keep_hours: 24,
            encrypt_with: None,
            keep_sound: Plan::default(),
            mute: Vec::new(),
            switch: None,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            language: "en".into(),
            audio: AudioConfig {
                host: "auto".into(),
                input: "default".into(),
                output: "default".into(),
                volume: 1.0,
                cues: true.into(),
            },
            wake: WakeConfig { engine: "auto".into(), words: vec![WakeWord::named(WakeWord::USUAL)] },
            endpoint: EndpointConfig::default(),
            stt: SttConfig {
                engine: "auto".into(),
                whisper_model: "auto".into(),
                threads: 0,
                min_confidence: 0.5,
                vocabulary: "usual".into(),
            },
            nlu: NluConfig { sentences: Vec::new(), builtin: true },
            understanding: UnderstandingConfig { trained: true, caution: Caution::Normal },
            home: HomeConfig { file: None, area: None, answer_ms: 1500 },
            mqtt: MqttConfig {
                host: "localhost".into(),
                port: 1883,
                user: None,
                password_file: None,
                client: "entrenous".into(),
            },
            homeassistant: HomeAssistantConfig {
                url: "http://homeassistant.local:8123".into(),
                token_file: None,
            },
            dialogue: DialogueConfig::default(),
            time: TimeConfig::default(),
            tts: TtsConfig {
                engine: "auto".into(),
                piper_voice: "auto".into(),
                rate: 165,
                pitch: 95,
                quiet: None,
            },
            plugins: PluginConfig::default(),
            privacy: PrivacyConfig::default(),
            signs: Vec::new(),
            data_dir: PathBuf::from("data"),
            model_dirs: vec![PathBuf::from("models")],
        }
    }
}

impl Config {
    /// The languages besides [`Self::language`] that a wake word asks for, each once.
    #[must_use]
    pub fn other_languages(&self) -> Vec<String> {
        let mut others: Vec<String> = Vec::new();
        // Without wake words nothing could choose them.
        let words = if self.wake.engine == "none" { &[][..] } else { &self.wake.words };
        for language in words.iter().filter_map(|word| word.language.as_ref()) {
            if *language != self.language && !others.contains(language) {
                others.push(language.clone());
            }
        }
        others
    }

    /// The same household speaking another language only.
    #[must_use]
    pub fn speaking(&self, language: &str) -> Self {
        let mut config = Self { language: language.to_owned(), ..self.clone() };
        for word in &mut config.wake.words {
            word.language = None;
        }
        config
    }
}

/// What is wrong with a configuration file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A fault at a line of the file. `reason` says how to mend it.
    #[error("{}:{line}: {reason}", file.display())]
    Setting { file: PathBuf, line: usize, reason: String },
    #[error("cannot read configuration `{}`: {source}; name another with --config", file.display())]
    Read { file: PathBuf, source: std::io::Error },
}

/// A configuration with where each value came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    pub config: Config,
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
    /// Every key, in the order of `config/entrenous.toml`.
    pub settings: Vec<Setting>,
}

/// One key as it applies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Setting {
    /// `audio.volume`
    pub key: String,
    pub value: serde_json::Value,
    pub origin: Origin,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum Origin {
    Default,
    File { file: PathBuf, line: usize },
    Environment { variable: String },
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { file, line } => write!(f, "{}:{line}", file.display()),
            Self::Environment { variable } => write!(f, "environment, {variable}"),
        }
    }
}

/// Reads the configuration: `file`, or the first of the usual places, or the defaults.
///
/// # Errors
/// When a file cannot be read or says something that cannot be.
pub fn load(file: Option<&Path>) -> Result<Config, ConfigError> {
    load_resolved(file, &Surroundings::of_process()).map(|resolved| resolved.config)
}

/// As [`load`], with where each value came from, in the given surroundings.
///
/// # Errors
/// When a file cannot be read or says something that cannot be. A file that is there and cannot
/// be read is an error, not a reason to look further.
pub fn load_resolved(file: Option<&Path>, around: &Surroundings) -> Result<Resolved, ConfigError> {
    let found = || config_files(around).into_iter().find(|file| file.exists());
    let Some(file) = file.map(Path::to_owned).or_else(found) else {
        return resolve::resolve(raw::Raw::default(), None, around);
    };
    let text =
        std::fs::read_to_string(&file).map_err(|source| ConfigError::Read { file: file.clone(), source })?;
    parse(&file, &text, around)
}

/// Resolves a file's text.
///
/// # Errors
/// [`ConfigError::Setting`] with the line and the mend.
pub fn parse(file: &Path, text: &str, around: &Surroundings) -> Result<Resolved, ConfigError> {
    resolve::resolve(raw::parse(file, text)?, Some(resolve::Source { file, text }), around)
}
