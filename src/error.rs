//! What a command can fail with, and the exit code each failure deserves.
//!
//! Every message says what failed, which thing it was, and what to do next, in lower case with
//! names in backticks. `main.rs` is the only place that prints one.

use std::path::{Path, PathBuf};

/// Any failure that ends a command.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The user's input (arguments, configuration, sentence or home file) must be mended: exit code 2.
    #[error("{0}")]
    Input(String),
    /// The command ran and its answer is "no" (a difference, a failed check): exit code 1.
    #[error("{0}")]
    Check(String),
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    #[error(transparent)]
    Audio(#[from] crate::audio::AudioError),
    #[error(transparent)]
    Wake(#[from] crate::wake::WakeError),
    #[error(transparent)]
    Stt(#[from] crate::stt::SttError),
    #[error(transparent)]
    Nlu(#[from] crate::nlu::NluError),
    #[error(transparent)]
    Home(#[from] crate::home::HomeError),
    #[cfg(feature = "homeassistant")]
    #[error(transparent)]
    HomeAssistant(#[from] crate::home::backend::homeassistant::SocketError),
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    #[error(transparent)]
    Heard(#[from] crate::heard::HeardError),
    #[error(transparent)]
    Lock(#[from] crate::lock::LockError),
    #[error(transparent)]
    SecretFile(#[from] crate::lock::file::FileError),
    #[error(transparent)]
    Sound(#[from] crate::sound::SoundError),
    #[error(transparent)]
    Tts(#[from] crate::tts::TtsError),
    #[error(transparent)]
    Models(#[from] crate::models::ModelError),
    #[error(transparent)]
    Vocabulary(#[from] crate::vocabulary::VocabularyError),
    #[error(transparent)]
    Plugin(#[from] crate::plugin::PluginError),
    /// A part of the running assistant stopped working; starting it again may help.
    #[error("{0}")]
    Stopped(String),
    #[error("cannot {verb} `{}`: {source}", path.display())]
    Io { verb: &'static str, path: PathBuf, source: std::io::Error },
    /// Writing the answer failed, usually because the reader closed the pipe.
    #[error("cannot write the output: {0}")]
    Output(#[from] std::io::Error),
}

/// The result of a command.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// For `map_err`: `fs::read(p).map_err(Error::io("read", p))`.
    pub fn io(verb: &'static str, path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.as_ref().to_owned();
        move |source| Self::Io { verb, path, source }
    }

    /// 2 when the user must mend the input, 1 otherwise.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Vocabulary(crate::vocabulary::VocabularyError::Store(_))
            | Self::Plugin(crate::plugin::PluginError::Store(_)) => 1,
            Self::Plugin(_)
            | Self::Vocabulary(_)
            | Self::Input(_)
            | Self::Config(_)
            | Self::Nlu(_)
            | Self::Home(_) => 2,
            _ => 1,
        }
    }
}
