//! Teaching a wake word by saying it: asks, listens, checks, and asks again where a recording is bad.
//!
//! Microphone, voice, speaker and screen are passed in. What is recorded goes to one folder of the data
//! folder ([`Shelf`]), is used for nothing but learning the word, and is gone when the word is forgotten.

pub mod check;
mod learn;
mod shelf;
mod words;

use std::io;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::audio::{
    AudioError, Captured, FRAME_SAMPLES, Frame, FrameSource, Speaker, ms_to_samples, play_to_end,
};
use crate::event::EventKind;
use crate::tts::{Cue, Speech, Voice};
use crate::{Error, Result};

use super::{Trigger, WakeDetector};
use check::{Fault, check, level};
use words::Say;

pub use learn::learn;
pub use shelf::{Forgotten, Shelf};

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

/// How long somebody may take to begin, and the longest recording.
const BEGIN_MS: u64 = 4_000;
const LONGEST_MS: u64 = 7_000;

/// Silence that ends a recording.
const SILENCE_MS: u64 = 1_000;

/// Bad recordings in a row after which asking again is of no use.
const PATIENT: usize = 6;

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

    /// Asks for the word until there are `takes` good recordings of it.
    ///
    /// # Errors
    /// When there is no microphone, the voice fails, or recordings stay bad.
    pub fn record(&mut self, word: &str, takes: usize) -> Result<Vec<Vec<i16>>> {
        self.wait_for_microphone()?;
        self.say(&Say::Welcome { word: &spoken(word), takes })?;
        let mut clips = Vec::new();
        let mut bad = 0;
        while clips.len() < takes {
            if bad == 0 {
                self.say(&Say::Once { number: clips.len() + 1, takes })?;
            }
            match self.take()?.and_then(|take| check(&take)) {
                Ok(clip) => {
                    bad = 0;
                    clips.push(clip);
                }
                Err(fault) => {
                    bad += 1;
                    if bad == PATIENT {
                        return Err(Error::Input(format!(
                            "{PATIENT} recordings in a row were bad ({}); `entrenous listen` shows what the \
                             microphone hears, `entrenous doctor` what is wrong with it",
                            Say::Again(fault).text("en")
                        )));
                    }
                    self.say(&Say::Again(fault))?;
                }
            }
        }
        self.say(&Say::Learning)?;
        Ok(clips)
    }

    /// Asks for the word and says whether it woke: the highest score, and whether that is enough.
    ///
    /// # Errors
    /// When the microphone, the voice or the detector fails.
    pub fn try_out(
        &mut self,
        word: &str,
        detector: &mut dyn WakeDetector,
        threshold: f32,
    ) -> Result<(f32, bool)> {
        self.say(&Say::Try { word: &spoken(word) })?;
        let take = self.take()?.unwrap_or_default();
        detector.reset();
        let mut trigger = Trigger::new(threshold, 0);
        let (mut best, mut heard) = (0.0f32, false);
        // The last scores come a little after the word.
        for frame in take.chunks(FRAME_SAMPLES).chain([&[0; 8_000][..]]) {
            if let Some(score) = detector.push(frame)? {
                best = best.max(score);
                heard |= trigger.fires(score, 0);
            }
        }
        self.say(if heard { &Say::Heard } else { &Say::NotHeard })?;
        Ok((best, heard))
    }

    /// What the voice may say around the word, for training; nothing without a voice.
    ///
    /// # Errors
    /// When the voice fails.
    pub fn speech_around(&mut self) -> Result<Vec<Vec<i16>>> {
        if self.voice.is_silent() {
            return Ok(Vec::new());
        }
        words::around(self.language)
            .iter()
            .map(|text| Ok(self.voice.speak(text, self.language)?.for_the_ear()))
            .collect()
    }

    /// One recording after a tone.
    fn take(&mut self) -> Result<Result<Vec<i16>, Fault>> {
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
                None => length >= ms_to_samples(BEGIN_MS),
                Some(last) => length >= last as u64 + ms_to_samples(SILENCE_MS),
            };
            if over || length >= ms_to_samples(LONGEST_MS) {
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

    fn wait_for_microphone(&mut self) -> Result<()> {
        // Lost sound is no matter yet.
        while self.frame()?.is_err() {}
        Ok(())
    }

    /// The word is said after the tone: what was heard until now is not it.
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

    /// Shows a sentence, and speaks it where there is a voice.
    fn say(&mut self, what: &Say) -> Result<()> {
        let text = what.text(self.language);
        self.screen.line(&text)?;
        if !self.mute && !self.voice.is_silent() {
            let speech = self.voice.speak(&text, self.language)?;
            self.play(&speech)?;
        }
        Ok(())
    }

    fn play(&mut self, speech: &Speech) -> Result<()> {
        if self.mute {
            return Ok(());
        }
        if let Err(error) = play_to_end(self.speaker, speech, &AtomicBool::new(false)) {
            self.mute = true;
            self.screen.line(&format!("{error}; going on without a voice"))?;
        }
        Ok(())
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

/// A word as it is said: `hey_house` is "hey house".
fn spoken(word: &str) -> String {
    word.replace(['_', '-'], " ")
}

#[cfg(test)]
mod tests;
