//! Teaching a wake word by saying it: asks, listens, checks, and asks again where a recording is bad.
//!
//! What is recorded goes to one folder of the data folder ([`Shelf`]), is used for nothing but learning the
//! word, and is gone when the word is forgotten.

pub mod check;
mod learn;
mod shelf;
mod words;

use crate::audio::FRAME_SAMPLES;
use crate::studio::{Limits, Studio};
use crate::{Error, Result};

use super::{Trigger, WakeDetector};
use check::check;
use words::Say;

pub use learn::learn;
pub use shelf::{Forgotten, Shelf};

/// A word is short.
const WORD: Limits = Limits { begin_ms: 4_000, silence_ms: 1_000, longest_ms: 7_000 };

/// Bad recordings in a row after which asking again is of no use.
const PATIENT: usize = 6;

impl Studio<'_> {
    /// Asks for the word until there are `takes` good recordings of it.
    ///
    /// # Errors
    /// When there is no microphone, the voice fails, or recordings stay bad.
    pub fn record(&mut self, word: &str, takes: usize) -> Result<Vec<Vec<i16>>> {
        self.wait_for_microphone()?;
        self.tell(&Say::Welcome { word: &spoken(word), takes })?;
        let mut clips = Vec::new();
        let mut bad = 0;
        while clips.len() < takes {
            if bad == 0 {
                self.tell(&Say::Once { number: clips.len() + 1, takes })?;
            }
            match self.take(WORD)?.and_then(|take| check(&take)) {
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
                    self.tell(&Say::Again(fault))?;
                }
            }
        }
        self.tell(&Say::Learning)?;
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
        self.tell(&Say::Try { word: &spoken(word) })?;
        let take = self.take(WORD)?.unwrap_or_default();
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
        self.tell(if heard { &Say::Heard } else { &Say::NotHeard })?;
        Ok((best, heard))
    }

    /// What the voice may say around the word, for training; nothing without a voice.
    ///
    /// # Errors
    /// When the voice fails.
    pub fn speech_around(&mut self) -> Result<Vec<Vec<i16>>> {
        let language = self.language();
        let Some(voice) = self.voice() else { return Ok(Vec::new()) };
        words::around(language).iter().map(|text| Ok(voice.speak(text, language)?.for_the_ear())).collect()
    }

    fn tell(&mut self, what: &Say) -> Result<()> {
        self.say(&what.text(self.language()))
    }
}

/// A word as it is said: `hey_house` is "hey house".
fn spoken(word: &str) -> String {
    word.replace(['_', '-'], " ")
}

#[cfg(test)]
mod tests;
