//! What a configuration file says, before anything is made of it.
//!
//! These types decide which keys exist (serde refuses the others); what each value may be is
//! decided in [`super::resolve`], which can say so in the household's terms.

use std::path::Path;

use serde::Deserialize;
use toml::{Spanned, Value};

use super::ConfigError;

/// A value with its place in the file; `None` where the file does not name the key.
pub type Said = Option<Spanned<Value>>;

/// Declares sections: a struct each, every field a [`Said`].
macro_rules! sections {
    ($($name:ident($table:literal) { $($key:ident),* })*) => {$(
        #[derive(Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, default, expecting = $table)]
        pub struct $name { $(pub $key: Said),* }
    )*};
}

sections! {
    Audio("a section `[audio]`") { host, input, output, volume, cues }
    Word("a section `[[wake.word]]`") { name, sensitivity, language, area }
    Endpoint("a section `[endpoint]`") {
        pre_roll_ms, min_speech_ms, trailing_silence_ms, complete_silence_ms, incomplete_silence_ms,
        max_speech_ms, no_speech_ms, threshold
    }
    Stt("a section `[stt]`") { engine, whisper_model, threads, min_confidence, vocabulary }
    Nlu("a section `[nlu]`") { sentences, builtin }
    Understanding("a section `[understanding]`") { trained, caution }
    Home("a section `[home]`") { file, area, answer_ms }
    Mqtt("a section `[mqtt]`") { host, port, user, password_file, client }
    HomeAssistant("a section `[homeassistant]`") { url, token_file }
    Dialogue("a section `[dialogue]`") { confirm, replies, patience_ms, repeats, context_s, follow_up_ms }
    Time("a section `[time]`") { ring_minutes }
    Tts("a section `[tts]`") {
        engine, piper_voice, rate, pitch, quiet_from, quiet_until, quiet_volume
    }
    Data("a section `[data]`") { dir }
    Plugins("a section `[plugins]`") { enabled, patience_ms, allow_unsandboxed }
    Models("a section `[models]`") { dirs }
    MuteWindow("a section `[[privacy.mute]]`") { from, to, days }
    KeepSound("a section `[privacy.keep_sound]`") { wake, commands }
    Switch("a section `[privacy.switch]`") { file, muted_when, command }
    Sign("a section `[[sign]]`") { command, lines, file, values }
}

/// `[wake]`, and the words below it that have settings of their own.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a section `[wake]`")]
pub struct Wake {
    pub engine: Said,
    pub words: Said,
    pub sensitivity: Said,
    pub word: Vec<Spanned<Word>>,
}

/// `[privacy]`, with what sound is kept, the plan of mutes and the switch below it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a section `[privacy]`")]
pub struct Privacy {
    pub keep_hours: Said,
    pub encrypt_with: Said,
    pub passphrase_file: Said,
    pub keep_sound: KeepSound,
    pub mute: Vec<Spanned<MuteWindow>>,
    pub switch: Switch,
}

/// A whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Raw {
    pub language: Said,
    pub audio: Audio,
    pub wake: Wake,
    pub endpoint: Endpoint,
    pub stt: Stt,
    pub nlu: Nlu,
    pub understanding: Understanding,
    pub home: Home,
    pub mqtt: Mqtt,
    pub homeassistant: HomeAssistant,
    pub dialogue: Dialogue,
    pub time: Time,
    pub tts: Tts,
    pub plugins: Plugins,
    pub privacy: Privacy,
    pub sign: Vec<Spanned<Sign>>,
    pub data: Data,
    pub models: Models,
}

/// Parses a file's text; `file` is for messages.
///
/// # Errors
/// [`ConfigError::Setting`] for bad TOML, an unknown key, or a value where a section belongs.
pub fn parse(file: &Path, text: &str) -> Result<Raw, ConfigError> {
    toml::from_str(text).map_err(|error| ConfigError::Setting {
        file: file.to_owned(),
        line: line_at(text, error.span().map_or(0, |span| span.start)),
        reason: explain(error.message()),
    })
}

/// The line (from 1) of a byte position.
pub fn line_at(text: &str, position: usize) -> usize {
    1 + text.bytes().take(position).filter(|&byte| byte == b'\n').count()
}

/// The name among `known` that was probably meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(word, name), name))
        .filter(|(likeness, _)| *likeness >= 0.75)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

/// Turns a parser's message into ours. Serde names the unknown field and the known ones in
/// backticks.
fn explain(message: &str) -> String {
    if !message.starts_with("unknown field") {
        return format!("{}; see config/entrenous.toml for how each key is written", message.trim_end());
    }
    let mut names = message.split('`').skip(1).step_by(2);
    let unknown = names.next().unwrap_or_default();
    let known: Vec<&str> = names.collect();
    match nearest(unknown, known.iter().copied()) {
        Some(name) => format!("there is no key `{unknown}`; did you mean `{name}`?"),
        None => format!("there is no key `{unknown}` here; the keys are {}", known.join(", ")),
    }
}
