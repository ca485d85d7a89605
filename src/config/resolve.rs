//! From what a file says to what it means: ranges, choices, paths and defaults.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use jiff::civil::Time;
use serde_json::json;
use toml::{Spanned, Value};

use super::places::{self, Surroundings};
use super::raw::{Raw, Said, line_at, nearest};
use super::{
    AudioConfig, Config, ConfigError, Confirm, DialogueConfig, HomeAssistantConfig, HomeConfig, MqttConfig,
    NluConfig, Origin, PluginConfig, Replies, Resolved, Setting, SttConfig, TimeConfig, TtsConfig,
    UnderstandingConfig, WakeConfig, WakeWord,
};
use crate::nlu::trained::Caution;
use crate::tts::{Cue, Cues, QuietHours};
use crate::vad::EndpointConfig;

/// How loud quiet hours are at most, unless the file says otherwise.
const QUIET_VOLUME: f32 = 0.3;

/// The languages that are understood.
const LANGUAGES: &[&str] = &["en", "fr"];

/// A configuration file that has been read.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub file: &'a Path,
    pub text: &'a str,
}

/// Checks every value and fills in what the file leaves out. `source` is where `raw` came from.
///
/// # Errors
/// [`ConfigError::Setting`] for a value of the wrong type, or one that cannot be.
// Taken apart here, once.
#[allow(clippy::large_types_passed_by_value)]
pub fn resolve(raw: Raw, source: Option<Source>, around: &Surroundings) -> Result<Resolved, ConfigError> {
    let mut read = Reader { source, around, settings: Vec::new() };
    let usual = Config::default();

    let language = read.choice("language", raw.language, &usual.language, LANGUAGES)?;
    let audio = AudioConfig {
        host: read.choice(
            "audio.host",
            raw.audio.host,
            &usual.audio.host,
            &["auto", "alsa", "pulseaudio"],
        )?,
        input: read.name("audio.input", raw.audio.input, &usual.audio.input)?,
        output: read.name("audio.output", raw.audio.output, &usual.audio.output)?,
        volume: read.share("audio.volume", raw.audio.volume, usual.audio.volume)?,
        cues: read.cues("audio.cues", raw.audio.cues, &usual.audio.cues)?,
    };

    let wake = wake(&mut read, raw.wake, &usual.wake)?;

    let endpoint = endpoint(&mut read, raw.endpoint)?;
    let engines = ["auto", "whisper", "pocketsphinx", "cascade"];
    let stt = SttConfig {
        engine: read.choice("stt.engine", raw.stt.engine, &usual.stt.engine, &engines)?,
        whisper_model: read.name_or_path(
            "stt.whisper_model",
            raw.stt.whisper_model,
            &usual.stt.whisper_model,
        )?,
        threads: read.count("stt.threads", raw.stt.threads, usual.stt.threads, 0..=64, "threads")?,
        min_confidence: read.share("stt.min_confidence", raw.stt.min_confidence, usual.stt.min_confidence)?,
        vocabulary: read.choice(
            "stt.vocabulary",
            raw.stt.vocabulary,
            &usual.stt.vocabulary,
            &["usual", "wide"],
        )?,
    };
    let nlu = NluConfig {
        sentences: read.paths("nlu.sentences", raw.nlu.sentences)?,
        builtin: read.flag("nlu.builtin", raw.nlu.builtin, usual.nlu.builtin)?,
    };
    let understanding = UnderstandingConfig {
        trained: read.flag(
            "understanding.trained",
            raw.understanding.trained,
            usual.understanding.trained,
        )?,
        caution: read.caution("understanding.caution", raw.understanding.caution)?,
    };
    let home = HomeConfig {
        file: read.path("home.file", raw.home.file)?,
        area: read.optional("home.area", raw.home.area)?,
        answer_ms: read.ms("home.answer_ms", raw.home.answer_ms, usual.home.answer_ms, 200..=10_000)?,
    };
    let mqtt = MqttConfig {
        host: read.name("mqtt.host", raw.mqtt.host, &usual.mqtt.host)?,
        port: read.count("mqtt.port", raw.mqtt.port, usual.mqtt.port, 1..=65535, "a port")?,
        user: read.optional("mqtt.user", raw.mqtt.user)?,
        password_file: read.path("mqtt.password_file", raw.mqtt.password_file)?,
        client: read.name("mqtt.client", raw.mqtt.client, &usual.mqtt.client)?,
    };
    let homeassistant = HomeAssistantConfig {
        url: read.name("homeassistant.url", raw.homeassistant.url, &usual.homeassistant.url)?,
        token_file: read.path("homeassistant.token_file", raw.homeassistant.token_file)?,
    };
    let dialogue = dialogue(&mut read, raw.dialogue)?;
    let time = time(&mut read, raw.time, usual.time)?;
    let tts = tts(&mut read, raw.tts, &usual.tts)?;

    let plugins = plugins(&mut read, raw.plugins, &usual.plugins)?;
    let privacy = super::privacy::privacy(&mut read, raw.privacy)?;
    let signs = super::privacy::signs(&mut read, raw.sign)?;
    let data_dir = read.data_dir(raw.data.dir)?;
    let model_dirs = read.model_dirs(raw.models.dirs, &data_dir)?;
    Ok(Resolved {
        config: Config {
            language,
            audio,
            wake,
            endpoint,
            stt,
            nlu,
            understanding,
            home,
            mqtt,
            homeassistant,
            dialogue,
            time,
            tts,
            plugins,
            privacy,
            signs,
            data_dir,
            model_dirs,
        },
        file: source.map(|source| source.file.to_owned()),
        settings: read.settings,
    })
}

fn tts(read: &mut Reader, said: super::raw::Tts, usual: &TtsConfig) -> Result<TtsConfig, ConfigError> {
    let engines = ["auto", "piper", "espeak-ng", "none"];
    Ok(TtsConfig {
        engine: read.choice("tts.engine", said.engine, &usual.engine, &engines)?,
        piper_voice: read.name_or_path("tts.piper_voice", said.piper_voice, &usual.piper_voice)?,
        rate: read.count("tts.rate", said.rate, usual.rate, 80..=450, "words a minute")?,
        pitch: read.count("tts.pitch", said.pitch, usual.pitch, 0..=99, "espeak's scale")?,
        quiet: {
            let halves = (said.quiet_from.clone(), said.quiet_until.clone());
            let from = read.hour("tts.quiet_from", said.quiet_from)?;
            let until = read.hour("tts.quiet_until", said.quiet_until)?;
            let volume = read.share("tts.quiet_volume", said.quiet_volume, QUIET_VOLUME)?;
            match (from, until, halves) {
                (Some(from), Some(until), _) => Some(QuietHours { from, until, volume }),
                (Some(_), None, (Some(said), _)) => {
                    return Err(read.refuse(
                        "tts.quiet_from",
                        &said,
                        "given together with `tts.quiet_until`",
                    ));
                }
                (None, Some(_), (_, Some(said))) => {
                    return Err(read.refuse(
                        "tts.quiet_until",
                        &said,
                        "given together with `tts.quiet_from`",
                    ));
                }
                _ => None,
            }
        },
    })
}

/// The plain words, then those with settings of their own; each word once.
fn wake(read: &mut Reader, said: super::raw::Wake, usual: &WakeConfig) -> Result<WakeConfig, ConfigError> {
    let engines = ["auto", "embedding", "small", "rustpotter", "none"];
    let engine = read.choice("wake.engine", said.engine, &usual.engine, &engines)?;
    // Who names words one by one does not get another one by default.
    let usual = if said.word.is_empty() { &[WakeWord::USUAL.to_owned()][..] } else { &[] };
    let plain = read.words("wake.words", said.words, usual)?;
    let general = read.share("wake.sensitivity", said.sensitivity, 0.5)?;
    let mut words: Vec<WakeWord> =
        plain.into_iter().map(|name| WakeWord { sensitivity: general, ..WakeWord::named(&name) }).collect();
    for (index, said) in said.word.into_iter().enumerate() {
        let (span, said) = (said.span(), said.into_inner());
        let key = |name| format!("wake.word.{}.{name}", index + 1);
        let nameless = said.name.is_none();
        let word = WakeWord {
            name: read.name_or_path(&key("name"), said.name, "")?,
            sensitivity: read.share(&key("sensitivity"), said.sensitivity, general)?,
            language: match said.language {
                None => None,
                said => Some(read.choice(&key("language"), said, "", LANGUAGES)?),
            },
            area: read.optional(&key("area"), said.area)?,
        };
        if nameless {
            let must = "it has no `name`; write `name = \"computer\"`";
            return Err(read.fault(span.start, format!("`[[wake.word]]`: {must}")));
        }
        if words.iter().any(|known| known.name == word.name) {
            let reason = format!("the wake word `{}` is named twice; leave one out", word.name);
            return Err(read.fault(span.start, reason));
        }
        words.push(word);
    }
    Ok(WakeConfig { engine, words })
}

fn time(read: &mut Reader, said: super::raw::Time, usual: TimeConfig) -> Result<TimeConfig, ConfigError> {
    Ok(TimeConfig {
        ring_minutes: read.count(
            "time.ring_minutes",
            said.ring_minutes,
            usual.ring_minutes,
            1..=60,
            "minutes",
        )?,
    })
}

fn plugins(
    read: &mut Reader,
    said: super::raw::Plugins,
    usual: &PluginConfig,
) -> Result<PluginConfig, ConfigError> {
    Ok(PluginConfig {
        enabled: read.flag("plugins.enabled", said.enabled, usual.enabled)?,
        patience_ms: read.ms("plugins.patience_ms", said.patience_ms, usual.patience_ms, 200..=10_000)?,
        allow_unsandboxed: read.flag(
            "plugins.allow_unsandboxed",
            said.allow_unsandboxed,
            usual.allow_unsandboxed,
        )?,
    })
}

fn endpoint(read: &mut Reader, said: super::raw::Endpoint) -> Result<EndpointConfig, ConfigError> {
    let def = EndpointConfig::default();
    Ok(EndpointConfig {
        pre_roll_ms: read.ms("endpoint.pre_roll_ms", said.pre_roll_ms, def.pre_roll_ms, 0..=1000)?,
        min_speech_ms: read.ms("endpoint.min_speech_ms", said.min_speech_ms, def.min_speech_ms, 50..=1000)?,
        trailing_silence_ms: read.ms(
            "endpoint.trailing_silence_ms",
            said.trailing_silence_ms,
            def.trailing_silence_ms,
            200..=2000,
        )?,
        complete_silence_ms: read.ms(
            "endpoint.complete_silence_ms",
            said.complete_silence_ms,
            def.complete_silence_ms,
            200..=2000,
        )?,
        incomplete_silence_ms: read.ms(
            "endpoint.incomplete_silence_ms",
            said.incomplete_silence_ms,
            def.incomplete_silence_ms,
            200..=3000,
        )?,
        max_speech_ms: read.ms(
            "endpoint.max_speech_ms",
            said.max_speech_ms,
            def.max_speech_ms,
            1000..=60_000,
        )?,
        no_speech_ms: read.ms("endpoint.no_speech_ms", said.no_speech_ms, def.no_speech_ms, 500..=30_000)?,
        threshold: read.share("endpoint.threshold", said.threshold, def.threshold)?,
    })
}

fn dialogue(read: &mut Reader, said: super::raw::Dialogue) -> Result<DialogueConfig, ConfigError> {
    let def = DialogueConfig::default();
    let ms = "milliseconds";
    Ok(DialogueConfig {
        confirm: Confirm::of(&read.choice("dialogue.confirm", said.confirm, "marked", &Confirm::NAMES)?),
        replies: Replies::of(&read.choice("dialogue.replies", said.replies, "full", &Replies::NAMES)?),
        patience_ms: read.count(
            "dialogue.patience_ms",
            said.patience_ms,
            def.patience_ms,
            1000..=60_000,
            ms,
        )?,
        repeats: read.count("dialogue.repeats", said.repeats, def.repeats, 0..=3, "times")?,
        context_s: read.count("dialogue.context_s", said.context_s, def.context_s, 0..=600, "seconds")?,
        follow_up_ms: read.count(
            "dialogue.follow_up_ms",
            said.follow_up_ms,
            def.follow_up_ms,
            0..=30_000,
            ms,
        )?,
    })
}

/// Reads one key at a time and remembers where each value came from.
pub(super) struct Reader<'a> {
    source: Option<Source<'a>>,
    pub(super) around: &'a Surroundings,
    settings: Vec<Setting>,
}

impl Reader<'_> {
    /// Notes the value of a key and returns it.
    fn note<T>(&mut self, key: &str, value: T, shown: serde_json::Value, origin: Origin) -> T {
        self.settings.push(Setting { key: key.to_owned(), value: shown, origin });
        value
    }

    fn origin(&self, said: Option<&Spanned<Value>>) -> Origin {
        match (said, self.source) {
            (Some(said), Some(source)) => {
                Origin::File { file: source.file.to_owned(), line: line_at(source.text, said.span().start) }
            }
            _ => Origin::Default,
        }
    }

    /// The error for a value: what it is, and what it must be.
    pub(super) fn refuse(&self, key: &str, said: &Spanned<Value>, must: &str) -> ConfigError {
        let (file, line) = match self.origin(Some(said)) {
            Origin::File { file, line } => (file, line),
            _ => (PathBuf::new(), 0),
        };
        ConfigError::Setting {
            file,
            line,
            reason: format!("`{key}` is {}; it must be {must}", said.get_ref()),
        }
    }

    /// An error at a byte of the file.
    pub(super) fn fault(&self, position: usize, reason: String) -> ConfigError {
        let (file, line) =
            self.source.map_or_else(Default::default, |s| (s.file.to_owned(), line_at(s.text, position)));
        ConfigError::Setting { file, line, reason }
    }

    /// A value of one type: `of` picks it out of the TOML value, or refuses it with `must`.
    pub(super) fn read<T>(
        &mut self,
        key: &str,
        said: Said,
        usual: T,
        must: &str,
        of: impl Fn(&Value) -> Option<T>,
    ) -> Result<T, ConfigError>
    where
        T: Clone + serde::Serialize,
    {
        let origin = self.origin(said.as_ref());
        let value = match said {
            None => usual,
            Some(said) => of(said.get_ref()).ok_or_else(|| self.refuse(key, &said, must))?,
        };
        let shown = json!(value);
        Ok(self.note(key, value, shown, origin))
    }

    fn flag(&mut self, key: &str, said: Said, usual: bool) -> Result<bool, ConfigError> {
        self.read(key, said, usual, "true or false", Value::as_bool)
    }

    pub(super) fn choice(
        &mut self,
        key: &str,
        said: Said,
        usual: &str,
        all: &[&str],
    ) -> Result<String, ConfigError> {
        let word = said.as_ref().and_then(|said| said.get_ref().as_str()).unwrap_or_default();
        let hint = nearest(word, all.iter().copied()).map(|name| format!(" (did you mean `{name}`?)"));
        let must = format!("one of {}{}", all.join(", "), hint.unwrap_or_default());
        self.read(key, said, usual.to_owned(), &must, |value| {
            value.as_str().filter(|word| all.contains(word)).map(str::to_owned)
        })
    }

    fn caution(&mut self, key: &str, said: Said) -> Result<Caution, ConfigError> {
        let name = self.choice(key, said, "normal", &Caution::NAMES)?;
        Ok(Caution::of(&name).unwrap_or_default())
    }

    /// All, none, or those that are named.
    fn cues(&mut self, key: &str, said: Said, usual: &Cues) -> Result<Cues, ConfigError> {
        let names = Cue::ALL.map(Cue::name).join(", ");
        let must = format!("true, false, or a list of {names}");
        self.read(key, said, usual.clone(), &must, |value| match value {
            Value::Boolean(on) => Some((*on).into()),
            Value::Array(names) => names.iter().map(|name| Cue::of(name.as_str()?)).collect(),
            _ => None,
        })
    }

    /// A time of day; empty means none.
    fn hour(&mut self, key: &str, said: Said) -> Result<Option<Time>, ConfigError> {
        let must = "a time as \"22:00\" (\"\" for none)";
        let text = self.read(key, said, String::new(), must, |value| {
            value.as_str().filter(|text| text.is_empty() || time_of_day(text).is_some()).map(str::to_owned)
        })?;
        Ok(time_of_day(&text))
    }

    /// A name that must say something.
    pub(super) fn name(&mut self, key: &str, said: Said, usual: &str) -> Result<String, ConfigError> {
        self.read(key, said, usual.to_owned(), "a name in quotes", nonempty)
    }

    /// A name, or a path relative to the file.
    fn name_or_path(&mut self, key: &str, said: Said, usual: &str) -> Result<String, ConfigError> {
        let (base, around) = (self.base(), self.around);
        self.read(key, said, usual.to_owned(), "a name or a path in quotes", |value| {
            nonempty(value).map(|name| place_if_path(around, &base, name))
        })
    }

    /// Names or paths, at least one.
    fn words(&mut self, key: &str, said: Said, usual: &[String]) -> Result<Vec<String>, ConfigError> {
        let (base, around) = (self.base(), self.around);
        self.read(
            key,
            said,
            usual.to_vec(),
            "a list of at least one name or path, as [\"computer\"]",
            |value| {
                let names = value.as_array().filter(|names| !names.is_empty())?;
                names.iter().map(|name| Some(place_if_path(around, &base, nonempty(name)?))).collect()
            },
        )
    }

    /// A text; empty means none.
    fn optional(&mut self, key: &str, said: Said) -> Result<Option<String>, ConfigError> {
        self.read(key, said, None, "a text in quotes (\"\" for none)", |value| {
            value.as_str().map(|text| (!text.is_empty()).then(|| text.to_owned()))
        })
    }

    /// A path relative to the file; empty means none.
    pub(super) fn path(&mut self, key: &str, said: Said) -> Result<Option<PathBuf>, ConfigError> {
        let (base, around) = (self.base(), self.around);
        self.read(key, said, None, "a path in quotes (\"\" for none)", |value| {
            value.as_str().map(|path| (!path.is_empty()).then(|| around.place(&base, path)))
        })
    }

    /// A path of the environment, then of the file.
    pub(super) fn path_or_variable(
        &mut self,
        key: &str,
        said: Said,
        variable: &str,
    ) -> Result<Option<PathBuf>, ConfigError> {
        let configured = self.path(key, said)?;
        let Some(path) = self.around.path(variable) else { return Ok(configured) };
        self.settings.pop();
        let shown = json!(path);
        Ok(self.note(key, Some(path), shown, Origin::Environment { variable: variable.into() }))
    }

    /// Paths relative to the file.
    fn paths(&mut self, key: &str, said: Said) -> Result<Vec<PathBuf>, ConfigError> {
        let (base, around) = (self.base(), self.around);
        self.read(key, said, Vec::new(), "a list of paths, as [\"sentences\"]", |value| {
            let paths = value.as_array()?;
            paths.iter().map(|path| Some(around.place(&base, &nonempty(path)?))).collect()
        })
    }

    /// A share from 0 to 1.
    fn share(&mut self, key: &str, said: Said, usual: f32) -> Result<f32, ConfigError> {
        let value = self.read(key, said, tidy(usual), "a number 0–1", |value| {
            let number = value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64))?;
            (0.0..=1.0).contains(&number).then_some(number)
        })?;
        Ok(value as f32)
    }

    fn ms(
        &mut self,
        key: &str,
        said: Said,
        usual: u64,
        range: RangeInclusive<u64>,
    ) -> Result<u64, ConfigError> {
        self.count(key, said, usual, range, "milliseconds")
    }

    /// A whole number within a range.
    pub(super) fn count<T>(
        &mut self,
        key: &str,
        said: Said,
        usual: T,
        range: RangeInclusive<T>,
        unit: &str,
    ) -> Result<T, ConfigError>
    where
        T: Copy + PartialOrd + std::fmt::Display + serde::Serialize + TryFrom<i64>,
    {
        let must = format!("{}–{} ({unit})", range.start(), range.end());
        self.read(key, said, usual, &must, |value| {
            let number = T::try_from(value.as_integer()?).ok()?;
            range.contains(&number).then_some(number)
        })
    }

    /// The environment, then the file, then the usual place.
    fn data_dir(&mut self, said: Said) -> Result<PathBuf, ConfigError> {
        let key = "data.dir";
        let configured = self.path(key, said)?;
        let noted = self.settings.pop();
        let (dir, origin) = match (self.around.path("ENTRENOUS_DATA"), configured, noted) {
            (Some(dir), ..) => (dir, Origin::Environment { variable: "ENTRENOUS_DATA".into() }),
            (None, Some(dir), Some(noted)) => (dir, noted.origin),
            _ => places::data_dir(self.around),
        };
        let shown = json!(dir);
        Ok(self.note(key, dir, shown, origin))
    }

    /// The environment, then the file, then the usual places.
    fn model_dirs(&mut self, said: Said, data_dir: &Path) -> Result<Vec<PathBuf>, ConfigError> {
        let key = "models.dirs";
        let configured = self.paths(key, said)?;
        let noted = self.settings.pop();
        let origin = match (self.around.path("ENTRENOUS_MODELS"), noted) {
            (Some(_), _) => Origin::Environment { variable: "ENTRENOUS_MODELS".into() },
            (None, Some(noted)) => noted.origin,
            (None, None) => Origin::Default,
        };
        let dirs = places::model_dirs(self.around, configured, data_dir);
        let shown = json!(dirs);
        Ok(self.note(key, dirs, shown, origin))
    }

    /// The folder that relative paths of the file start from.
    pub(super) fn base(&self) -> PathBuf {
        self.source.and_then(|source| source.file.parent()).map(Path::to_owned).unwrap_or_default()
    }
}

/// `22:00`.
pub(super) fn time_of_day(text: &str) -> Option<Time> {
    Time::strptime("%H:%M", text).ok()
}

pub(super) fn nonempty(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// A name stays as it is; what holds a `/` is a path.
pub(super) fn place_if_path(around: &Surroundings, base: &Path, name: String) -> String {
    if name.contains('/') { around.place(base, &name).display().to_string() } else { name }
}

/// An `f32` default as the decimal that it was written as.
fn tidy(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}
