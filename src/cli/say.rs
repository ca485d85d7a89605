//! `entrenous say`: speaks a text.

use std::path::PathBuf;

use crate::audio::wav;
use crate::config::Config;
use crate::tts;
use crate::{Error, Result};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to say
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    pub text: String,
    /// Language of the text [default: the household's]
    #[arg(short, long, value_name = "LANGUAGE")]
    pub language: Option<String>,
    /// Write a WAV file rather than speak
    #[arg(short, long, value_name = "FILE.wav")]
    pub out: Option<PathBuf>,
}

/// # Errors
/// When there is no voice, no speaker, or the file cannot be written.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let (mut voice, choice) = tts::build(&config.tts)?;
    if voice.is_silent() {
        return Err(Error::Check(choice));
    }
    let speech = voice.speak(&args.text, args.language.as_ref().unwrap_or(&config.language))?;
    match &args.out {
        Some(out) => wav::write(out, &speech.samples, speech.sample_rate).map_err(Error::io("write", out)),
        None => play(&speech, config),
    }
}

#[cfg(feature = "audio")]
fn play(speech: &tts::Speech, config: &Config) -> Result<()> {
    use std::sync::atomic::AtomicBool;

    use crate::audio::{Loudspeaker, play_to_end};

    Ok(play_to_end(&mut Loudspeaker::new(&config.audio), speech, &AtomicBool::new(false))?)
}

#[cfg(not(feature = "audio"))]
fn play(_speech: &tts::Speech, _config: &Config) -> Result<()> {
    Err(crate::audio::AudioError::NotBuilt.into())
}

/// Replies said aloud one after the other, as far as this machine can.
pub struct Aloud {
    voice: Box<dyn tts::Voice>,
    config: Config,
    /// After the first failure nothing more is tried: the reason was told.
    silent: bool,
}

impl Aloud {
    /// # Errors
    /// When the configured voice is not installed.
    pub fn new(config: &Config) -> Result<Self> {
        let (voice, _) = tts::build(&config.tts)?;
        Ok(Self { silent: voice.is_silent(), voice, config: config.clone() })
    }

    /// Says a text; without a speaker tells so once, on stderr.
    pub fn say(&mut self, text: &str, language: &str, slow: bool) {
        if self.silent {
            return;
        }
        let voice = self.voice.as_mut();
        let speech = if slow { voice.speak_slowly(text, language) } else { voice.speak(text, language) };
        let said = speech.map_err(Error::from);
        if let Err(error) = said.and_then(|speech| play(&speech, &self.config)) {
            eprintln!("not said aloud: {error}");
            self.silent = true;
        }
    }
}
