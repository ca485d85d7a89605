//! Somebody records something after a tone: a wake word to teach, a sentence to donate.
//!
//! Microphone, voice, speaker and screen are passed in. What is asked for, and what is fit to keep, is the
//! business of those who record.

#[cfg(test)]
pub mod doubles;
pub mod measure;

use std::io;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::audio::{
    AudioError, Captured, FRAME_SAMPLES, Frame, FrameSource, Speaker, ms_to_samples, play_to_end,
};
use crate::event::EventKind;
use crate::tts::{Cue, Speech, Voice};
use crate::{Error, Result};

pub use measure::Fault;
use measure::level;

/// Where the person is shown what happens.
pub trait Screen {
    /// # Errors
    /// When it cannot be shown.
    fn line(&mut self, text: &str) -> io::Result<()>;

    /// How loud it is just now, in dB below full scale.
    ///
    /// # Errors
    /// When it cannot be shown.
    fn level(&mut self, db: f32) -> io::Result<()>;
}

/// What a recording session is made of.
pub struct Studio<'a> {
    source: &'a mut dyn FrameSource,
    voice: &'a mut dyn Voice,
    speaker: &'a mut dyn Speaker,
    screen: &'a mut dyn Screen,
    language: &'a str,
    /// Whether there is nothing to speak with: the screen is enough.
    mute: bool,
}

/// How long the source may give nothing before there is no microphone.
const PATIENCE: Duration = Duration::from_millis(100);
const TRIES: usize = 120;

/// How long a recording may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long somebody may take to begin.
    pub begin_ms: u64,
    /// Silence that ends it.
    pub silence_ms: u64,
    pub longest_ms: u64,
}

impl<'a> Studio<'a> {
    pub fn new(
        source: &'a mut dyn FrameSource,
        voice: &'a mut dyn Voice,
        speaker: &'a mut dyn Speaker,
        screen: &'a mut dyn Screen,
        language: &'a str,
    ) -> Self {
        Self { source, voice, speaker, screen, language, mute: false }
    }

    /// What the person speaks.
    #[must_use]
    pub fn language(&self) -> &'a str {
        self.language
    }

    /// The voice, where there is one.
    pub fn voice(&mut self) -> Option<&mut dyn Voice> {
        if self.voice.is_silent() { None } else { Some(&mut *self.voice) }
    }

    /// Shows a sentence, and speaks it where there is a voice.
    ///
    /// # Errors
    /// When the voice or the screen fails.
    pub fn say(&mut self, text: &str) -> Result<()> {
        self.show(text)?;
        if !self.mute && !self.voice.is_silent() {
            let speech = self.voice.speak(text, self.language)?;
            self.play(&speech)?;
        }
        Ok(())
    }

    /// Shows a sentence and speaks nothing: it is the person's turn.
    ///
    /// # Errors
    /// When the screen fails.
    pub fn show(&mut self, text: &str) -> Result<()> {
        Ok(self.screen.line(text)?)
    }

    /// One recording after a tone.
    ///
    /// # Errors
    /// When the microphone or the screen fails.
    pub fn take(&mut self, limits: Limits) -> Result<Result<Vec<i16>, Fault>> {
        self.play(&Cue::Wake.sound())?;
        self.forget_what_was_heard()?;
        let mut take: Vec<i16> = Vec::new();
        let mut vad = earshot::Detector::default_boxed();
        let mut voiced = None;
        let mut shown = 0;
        loop {
            let frame = match self.frame()? {
                Ok(frame) => frame,
                Err(fault) => return Ok(Err(fault)),
            };
            take.extend_from_slice(&frame);
            if vad.predict_i16(&frame) >= 0.5 {
                voiced = Some(take.len());
            }
            // Some ten times a second.
            if take.len() >= shown + 6 * FRAME_SAMPLES {
                self.screen.level(level(&take[shown..]))?;
                shown = take.len();
            }
            let length = take.len() as u64;
            let over = match voiced {
                None => length >= ms_to_samples(limits.begin_ms),
                Some(last) => length >= last as u64 + ms_to_samples(limits.silence_ms),
            };
            if over || length >= ms_to_samples(limits.longest_ms) {
                return Ok(Ok(take));
            }
        }
    }

    /// The next frame, however long it takes to come.
    fn frame(&mut self) -> Result<Result<Frame, Fault>> {
        for _ in 0..TRIES {
            match self.source.next(PATIENCE) {
                Captured::Frame(frame) => return Ok(Ok(frame)),
                Captured::Event(EventKind::Dropped { .. }) => return Ok(Err(Fault::Lost)),
                Captured::Event(EventKind::MicrophoneLost { message, .. }) => {
                    return Err(no_microphone(&message));
                }
                Captured::Event(_) | Captured::Nothing => {}
                Captured::End => return Err(no_microphone("its sound has ended")),
            }
        }
        Err(no_microphone("it gives no sound"))
    }

    /// Returns once the microphone gives sound.
    ///
    /// # Errors
    /// When there is none.
    pub fn wait_for_microphone(&mut self) -> Result<()> {
        // Lost sound is no matter yet.
        while self.frame()?.is_err() {}
        Ok(())
    }

    /// What is asked for is said after the tone: what was heard until now is not it.
    fn forget_what_was_heard(&mut self) -> Result<()> {
        loop {
            match self.source.next(Duration::ZERO) {
                Captured::Nothing => return Ok(()),
                Captured::Event(EventKind::MicrophoneLost { message, .. }) => {
                    return Err(no_microphone(&message));
                }
                Captured::End => return Err(no_microphone("its sound has ended")),
                Captured::Frame(_) | Captured::Event(_) => {}
            }
        }
    }

    /// Plays a sound to its end, and gives whether it was; where there is no speaker, that is told once.
    ///
    /// # Errors
    /// When the screen fails.
    pub fn play(&mut self, speech: &Speech) -> Result<bool> {
        if self.mute {
            return Ok(false);
        }
        if let Err(error) = play_to_end(self.speaker, speech, &AtomicBool::new(false)) {
            self.mute = true;
            self.screen.line(&format!("{error}; going on without a voice"))?;
        }
        Ok(!self.mute)
    }
}

fn no_microphone(reason: &str) -> Error {
    AudioError::Device {
        direction: "microphone",
        name: "of this computer".into(),
        reason: format!(
            "{reason}; `entrenous devices` lists what there is, `entrenous doctor` says what is wrong"
        ),
    }
    .into()
}
