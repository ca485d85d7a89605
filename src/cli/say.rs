//! `entrenous say`: speaks a text, or sounds a cue.

use std::path::PathBuf;

use crate::audio::wav;
use crate::config::Config;
use crate::tts::{self, Cue, Manner, Speech};
use crate::{Error, Result};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to say
    #[arg(value_name = "TEXT", allow_hyphen_values = true, required_unless_present = "cue")]
    pub text: Option<String>,
    /// Language of the text [default: the household's]
    #[arg(short, long, value_name = "LANGUAGE")]
    pub language: Option<String>,
    /// Speak slowly
    #[arg(long)]
    pub slow: bool,
    /// Sound a cue instead: `wake`, `done`, `not_understood`, `muted`, `unmuted`, `timer` or `alarm`
    #[arg(long, value_name = "NAME", value_parser = cue, conflicts_with_all = ["text", "language", "slow"])]
    pub cue: Option<Cue>,
    /// Write a WAV file rather than speak
    #[arg(short, long, value_name = "FILE.wav")]
    pub out: Option<PathBuf>,
}

fn cue(name: &str) -> std::result::Result<Cue, String> {
    let all = Cue::ALL.map(Cue::name).join(", ");
    Cue::of(name).ok_or_else(|| format!("there is no such cue; there are {all}"))
}

/// # Errors
/// When there is no voice, no speaker, or the file cannot be written.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let sound = match (args.cue, &args.text) {
        (Some(cue), _) => cue.sound(),
        (None, Some(text)) => speak(text, args, config)?,
        // The parser asks for one of them.
        (None, None) => return Ok(()),
    };
    match &args.out {
        Some(out) => wav::write(out, &sound.samples, sound.sample_rate).map_err(Error::io("write", out)),
        None => play(&sound, config),
    }
}

fn speak(text: &str, args: &Args, config: &Config) -> Result<Speech> {
    let (mut voice, choice) = tts::build(config)?;
    if voice.is_silent() {
        return Err(Error::Check(choice));
    }
    let language = args.language.as_ref().unwrap_or(&config.language);
    Ok(voice.speak_as(text, language, Manner { slow: args.slow })?)
}

/// At the household's volume; quiet hours hold here, too.
///
/// # Errors
/// When there is no speaker.
#[cfg(feature = "audio")]
pub fn play(speech: &Speech, config: &Config) -> Result<()> {
    use std::sync::atomic::AtomicBool;

    use crate::audio::{Loudspeaker, Speaker, play_to_end};
    use crate::clock::{Clock, SystemClock};

    let mut speaker = Loudspeaker::new(&config.audio);
    let now = SystemClock.now().time();
    speaker.set_volume(tts::quiet::volume(config.audio.volume, config.tts.quiet.as_ref(), now));
    Ok(play_to_end(&mut speaker, speech, &AtomicBool::new(false))?)
}

/// # Errors
/// Always.
#[cfg(not(feature = "audio"))]
pub fn play(_speech: &Speech, _config: &Config) -> Result<()> {
    Err(crate::audio::AudioError::NotBuilt.into())
}

/// Plays what the house recorded or loaded: 16 kHz sound.
///
/// # Errors
/// As [`play`].
pub fn play_recording(samples: Vec<i16>, config: &Config) -> Result<()> {
    play(&Speech { samples, sample_rate: crate::audio::SAMPLE_RATE }, config)
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
        let (voice, _) = tts::build(config)?;
        Ok(Self { silent: voice.is_silent(), voice, config: config.clone() })
    }

    /// Says a text; without a speaker tells so once, on stderr.
    pub fn say(&mut self, text: &str, language: &str, slow: bool) {
        if self.silent {
            return;
        }
        let voice = self.voice.as_mut();
        let said = voice.speak_as(text, language, tts::Manner { slow }).map_err(Error::from);
        if let Err(error) = said.and_then(|speech| play(&speech, &self.config)) {
            eprintln!("not said aloud: {error}");
            self.silent = true;
        }
    }
}
