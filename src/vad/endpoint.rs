//! Finding the beginning and the end of an utterance.
//!
//! Live, nobody says when they are done: a pause is the only sign. The endpointer weighs each
//! 16 ms frame with earshot's voice activity model and counts.

use std::collections::VecDeque;

use crate::audio::{FRAME_SAMPLES, Frame, ms_to_samples, samples_to_ms};
use crate::event::EndReason;

use super::EndpointConfig;

/// Speech that is already under way when listening begins, and shorter than this, is the end of
/// the wake word rather than the beginning of a command.
const WAKE_TAIL_MS: u64 = 400;

/// A pause that shows that too short a sound was a click and not the beginning of an utterance.
const CLICK_PAUSE_MS: u64 = 240;

/// How far the voice activity must fall under the threshold to count as silence again: without
/// this hysteresis soft consonants would cut words in two.
const HYSTERESIS: f32 = 0.15;

/// Silence kept at the end of an utterance; recognisers like some, and more only costs time.
const KEPT_SILENCE_MS: u64 = 240;

/// What a frame brought.
#[derive(Debug, Clone, PartialEq)]
pub enum Endpoint {
    /// Still waiting for speech, or still hearing it.
    Continue,
    /// It is now certain that somebody speaks.
    Started,
    /// The utterance is over; its samples, pre-roll included.
    Ended { samples: Vec<i16>, reason: EndReason },
    /// Nobody spoke in time.
    NoSpeech,
}

/// Collects one utterance, frame by frame.
pub struct Endpointer {
    config: EndpointConfig,
    vad: Box<earshot::Detector>,
    heard: Heard,
}

/// What has been heard since the last reset. Counts are in frames.
#[derive(Default)]
struct Heard {
    /// Before speech: the pre-roll. After: the utterance.
    frames: VecDeque<Frame>,
    total: u64,
    /// Where speech began; `None` while waiting.
    began: Option<u64>,
    speech: u64,
    /// Silence since the last speech.
    silence: u64,
    /// Whether `Started` was reported.
    certain: bool,
}

impl Endpointer {
    #[must_use]
    pub fn new(config: EndpointConfig) -> Self {
        Self { config, vad: earshot::Detector::default_boxed(), heard: Heard::default() }
    }

    /// Hears one frame.
    pub fn push(&mut self, frame: &Frame) -> Endpoint {
        let score = self.vad.predict_i16(frame);
        let threshold = match self.heard.began {
            Some(_) => self.config.threshold - HYSTERESIS,
            None => self.config.threshold,
        };
        self.heard.take(frame, score >= threshold);
        match self.heard.began {
            None => self.wait(),
            Some(began) => self.follow(began),
        }
    }

    /// The input is over: gives the utterance heard so far, if there was one.
    pub fn finish(&mut self) -> Endpoint {
        let outcome =
            if self.heard.certain { self.heard.end(EndReason::EndOfInput) } else { Endpoint::NoSpeech };
        self.reset();
        outcome
    }

    /// Starts anew, for the next utterance.
    pub fn reset(&mut self) {
        self.vad.reset();
        self.heard = Heard::default();
    }

    fn wait(&mut self) -> Endpoint {
        let pre_roll = frames(self.config.pre_roll_ms) as usize;
        while self.heard.frames.len() > pre_roll {
            self.heard.frames.pop_front();
        }
        if self.heard.total >= frames(self.config.no_speech_ms) {
            self.reset();
            return Endpoint::NoSpeech;
        }
        Endpoint::Continue
    }

    fn follow(&mut self, began: u64) -> Endpoint {
        let heard = &mut self.heard;
        let wake_tail = began <= frames(CLICK_PAUSE_MS);
        let enough = frames(if wake_tail { WAKE_TAIL_MS } else { self.config.min_speech_ms });
        if !heard.certain {
            if heard.speech >= enough {
                heard.certain = true;
                return Endpoint::Started;
            }
            if heard.silence >= frames(CLICK_PAUSE_MS) {
                heard.began = None;
                heard.speech = 0;
            }
            return Endpoint::Continue;
        }
        let reason = if heard.silence >= frames(self.config.trailing_silence_ms) {
            EndReason::Silence
        } else if heard.frames.len() as u64 >= frames(self.config.max_speech_ms) {
            EndReason::Maximum
        } else {
            return Endpoint::Continue;
        };
        let ended = heard.end(reason);
        self.reset();
        ended
    }
}

impl Heard {
    fn take(&mut self, frame: &Frame, speech: bool) {
        self.frames.push_back(*frame);
        self.total += 1;
        if speech {
            self.began.get_or_insert(self.total);
            self.speech += 1;
            self.silence = 0;
        } else {
            self.silence += 1;
        }
    }

    fn end(&mut self, reason: EndReason) -> Endpoint {
        let surplus = self.silence.saturating_sub(frames(KEPT_SILENCE_MS)) as usize;
        let kept = self.frames.len().saturating_sub(surplus);
        let samples = self.frames.drain(..).take(kept).flatten().collect();
        Endpoint::Ended { samples, reason }
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
