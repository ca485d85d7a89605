//! Finding the beginning and the end of an utterance.
//!
//! Live, nobody says when they are done: a pause is the only sign. A frame (16 ms) counts as
//! speech when earshot's voice activity model says so, when it stands out of the room's own noise,
//! and, once somebody speaks, when it is not much quieter than they are: a fan, a radio in the
//! next room and the other people at the table must not keep an utterance open.
//!
//! How long a pause must last depends on the words so far, which the recogniser may have by then:
//! [`Endpointer::expect`].

use crate::audio::{FRAME_SAMPLES, Frame, ms_to_samples, samples_to_ms};
use crate::event::EndReason;

use super::level::Level;
use super::{Completeness, EndpointConfig};

/// Silence after which an utterance may be over, and the silence that is kept at its end:
/// recognisers like some. Because both are the same, what is recognised at the first pause is what
/// will be recognised at the end.
pub const PAUSE_MS: u64 = 192;

/// Speech that is already under way when listening begins, and shorter than this, is the end of
/// the wake word rather than the beginning of a command.
const WAKE_TAIL_MS: u64 = 400;

/// A pause that shows that too short a sound was a click and not the beginning of an utterance.
const CLICK_PAUSE_MS: u64 = 240;

/// Sound in a pause that is shorter than this is a click, and the pause goes on.
const RESUME_MS: u64 = 48;

/// How far the voice activity must fall under the threshold to count as silence again: without
/// this hysteresis soft consonants would cut words in two.
const HYSTERESIS: f32 = 0.1;

/// How far speech stands out of the room's floor at least.
const OVER_FLOOR_DB: f32 = 2.0;

/// How far below the speaker's level the same speaker may fall: this much in a quiet room, and
/// this share of the way down to the floor in a noisy one.
const BELOW_VOICE_DB: f32 = 18.0;
const BELOW_VOICE_SHARE: f32 = 0.6;

/// How long a voice may be quieter than that: last syllables fade.
const FADING_MS: u64 = 256;

/// How fast the speaker's level is forgotten, in dB a frame (3 dB a second): people begin loudly.
const FORGET_DB: f32 = 0.05;

/// What a frame brought.
#[derive(Debug, Clone, PartialEq)]
pub enum Endpoint {
    /// Still waiting for speech, or still hearing it.
    Continue,
    /// It is now certain that somebody speaks.
    Started,
    /// A pause of [`PAUSE_MS`]: these samples are the utterance, if it goes no further.
    Paused { samples: Vec<i16> },
    /// It goes further.
    Resumed,
    /// The utterance is over; its samples, pre-roll included.
    Ended { samples: Vec<i16>, reason: EndReason },
    /// Nobody spoke in time.
    NoSpeech,
}

/// Collects one utterance, frame by frame.
pub struct Endpointer {
    config: EndpointConfig,
    vad: Box<earshot::Detector>,
    level: Level,
    heard: Heard,
}

/// What has been heard since the last reset. Counts are in frames.
#[derive(Default)]
struct Heard {
    /// Before speech: the pre-roll. After: the utterance.
    frames: Vec<Frame>,
    total: u64,
    /// Where speech began; `None` while waiting.
    began: Option<u64>,
    speech: u64,
    /// Speech without a gap, up to now.
    run: u64,
    /// Since the last speech that was more than a click.
    silence: u64,
    /// The level of the speaker.
    voice_db: f32,
    /// Since the speaker was last as loud as they can be expected to be.
    fading: u64,
    /// Whether `Started` was reported.
    certain: bool,
    /// Whether `Paused` was reported and still stands.
    paused: bool,
    completeness: Option<Completeness>,
    /// How long to wait for speech, where that is not as usual.
    patience_ms: Option<u64>,
}

impl Endpointer {
    #[must_use]
    pub fn new(config: EndpointConfig) -> Self {
        let vad = earshot::Detector::default_boxed();
        Self { config, vad, level: Level::new(), heard: Heard::default() }
    }

    /// Hears one frame.
    pub fn push(&mut self, frame: &Frame) -> Endpoint {
        self.level.push(frame);
        let score = self.vad.predict_i16(frame);
        let speech = self.is_speech(score);
        self.heard.take(frame, speech, self.level.now());
        match self.heard.began {
            None => self.wait(),
            Some(_) if self.heard.certain => self.follow(),
            Some(began) => self.make_certain(began),
        }
    }

    /// Hears one frame in which nobody is listened to: only the room's floor is learnt.
    pub fn hear_room(&mut self, frame: &Frame) {
        self.level.push(frame);
    }

    /// Whether there is a pause about whose words nothing is known yet.
    #[must_use]
    pub fn asks_for_words(&self) -> bool {
        self.heard.paused && self.heard.completeness.is_none()
    }

    /// What the words of the pause that was reported last are. Forgotten when speech resumes.
    pub fn expect(&mut self, completeness: Completeness) {
        if self.heard.paused {
            self.heard.completeness = Some(completeness);
        }
    }

    /// The input is over: gives the utterance heard so far, if there was one.
    pub fn finish(&mut self) -> Endpoint {
        let outcome =
            if self.heard.certain { self.heard.end(EndReason::EndOfInput) } else { Endpoint::NoSpeech };
        self.reset();
        outcome
    }

    /// Waits for this long for somebody to begin, this time.
    pub fn be_patient(&mut self, ms: u64) {
        self.heard.patience_ms = Some(ms);
    }

    /// Whether somebody speaks, or seems to.
    #[must_use]
    pub fn is_hearing(&self) -> bool {
        self.heard.began.is_some()
    }

    /// Starts anew, for the next utterance; the room stays the same.
    pub fn reset(&mut self) {
        self.vad.reset();
        self.heard = Heard::default();
    }

    /// Starts anew in another room, as between two recordings.
    pub fn forget(&mut self) {
        self.reset();
        self.level = Level::new();
    }

    fn is_speech(&mut self, score: f32) -> bool {
        let (now, floor) = (self.level.now(), self.level.floor());
        let heard = &mut self.heard;
        let stands_out = now >= floor + OVER_FLOOR_DB;
        if heard.began.is_none() {
            return score >= self.config.threshold && stands_out;
        }
        let speech = score >= self.config.threshold - HYSTERESIS && stands_out;
        heard.voice_db -= FORGET_DB;
        if speech {
            heard.voice_db = heard.voice_db.max(now);
        }
        let below = BELOW_VOICE_DB.min(BELOW_VOICE_SHARE * (heard.voice_db - floor));
        heard.fading = if now >= heard.voice_db - below { 0 } else { heard.fading + 1 };
        speech && heard.fading <= frames(FADING_MS)
    }

    fn wait(&mut self) -> Endpoint {
        let surplus = self.heard.frames.len().saturating_sub(frames(self.config.pre_roll_ms) as usize);
        self.heard.frames.drain(..surplus);
        if self.heard.total >= frames(self.heard.patience_ms.unwrap_or(self.config.no_speech_ms)) {
            self.reset();
            return Endpoint::NoSpeech;
        }
        Endpoint::Continue
    }

    /// Something began: speech, or a click, or the end of the wake word.
    fn make_certain(&mut self, began: u64) -> Endpoint {
        let wake_tail = began <= frames(CLICK_PAUSE_MS);
        let enough = frames(if wake_tail { WAKE_TAIL_MS } else { self.config.min_speech_ms });
        let heard = &mut self.heard;
        if heard.speech >= enough {
            heard.certain = true;
            return Endpoint::Started;
        }
        if heard.silence >= frames(CLICK_PAUSE_MS) {
            heard.began = None;
            heard.speech = 0;
        }
        Endpoint::Continue
    }

    fn follow(&mut self) -> Endpoint {
        let heard = &mut self.heard;
        let reason = if heard.silence >= frames(self.config.silence_ms(heard.completeness)) {
            EndReason::Silence
        } else if heard.frames.len() as u64 >= frames(self.config.max_speech_ms) {
            EndReason::Maximum
        } else if heard.paused && heard.silence == 0 {
            heard.paused = false;
            heard.completeness = None;
            return Endpoint::Resumed;
        } else if !heard.paused && heard.silence >= frames(PAUSE_MS) {
            heard.paused = true;
            return Endpoint::Paused { samples: heard.samples() };
        } else {
            return Endpoint::Continue;
        };
        let ended = heard.end(reason);
        self.reset();
        ended
    }
}

impl Heard {
    fn take(&mut self, frame: &Frame, speech: bool, level_db: f32) {
        self.frames.push(*frame);
        self.total += 1;
        self.silence += 1;
        if !speech {
            self.run = 0;
            return;
        }
        if self.began.is_none() {
            self.began = Some(self.total);
            self.voice_db = level_db;
            self.fading = 0;
        }
        self.run += 1;
        self.speech += 1;
        // A click in a pause does not end the pause.
        if !self.certain || self.silence <= self.run || self.run >= frames(RESUME_MS) {
            self.silence = 0;
        }
    }

    /// Up to the last speech and the silence that is kept behind it.
    fn samples(&self) -> Vec<i16> {
        let surplus = self.silence.saturating_sub(frames(PAUSE_MS)) as usize;
        self.frames[..self.frames.len() - surplus].as_flattened().to_vec()
    }

    fn end(&self, reason: EndReason) -> Endpoint {
        Endpoint::Ended { samples: self.samples(), reason }
    }
}

/// Frames in a time, rounded up.
const fn frames(ms: u64) -> u64 {
    ms_to_samples(ms).div_ceil(FRAME_SAMPLES as u64)
}

/// Milliseconds of some samples.
#[must_use]
pub fn duration_ms(samples: &[i16]) -> u64 {
    samples_to_ms(samples.len() as u64)
}

#[cfg(test)]
mod tests;
