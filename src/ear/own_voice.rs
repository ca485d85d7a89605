//! What the assistant says itself, so that it does not wake itself.
//!
//! The wake word's detectors also hear the sound that is being played, straight from the voice,
//! ahead of the room. Where they find the wake word in it, the same word in the room shortly after
//! is the loudspeaker's. Everything else in the room may wake the assistant as ever, only somewhat
//! less easily: people can interrupt.

use crate::audio::{FRAME_SAMPLES, SAMPLE_RATE};

/// How long the way from the voice to the ear may take: devices, air and the detector's memory.
const LATENCY: u64 = SAMPLE_RATE as u64 * 3 / 2;

/// How much sooner than the reference a word may seem to come: detectors waver.
const EARLY: u64 = SAMPLE_RATE as u64 / 4;

/// How far the detectors run ahead of the room.
const AHEAD: usize = SAMPLE_RATE as usize * 2;

/// Frames of the reference that are heard during one frame of the room.
const FRAMES: usize = 2;

/// How long a room goes on sounding.
const TAIL: u64 = SAMPLE_RATE as u64 * 3 / 10;

/// How much of the way from a wake word's threshold to certainty is asked for while speaking.
const CAUTION: f32 = 0.1;

/// The share of the threshold from which the reference is taken to hold the wake word: a room
/// changes a score, so that this must be lower.
const SUSPICION: f32 = 0.5;

/// What is being said, and where the wake word is in it.
pub struct OwnVoice {
    samples: Vec<i16>,
    /// How much of it was searched.
    searched: usize,
    /// Samples of the room since it began.
    heard: u64,
    /// When it ended, in the same count.
    ended: Option<u64>,
    /// Where each wake word was found: its number and the place.
    found: Vec<(usize, u64)>,
}

impl OwnVoice {
    /// Sound that begins to be played now (16 kHz).
    pub fn new(samples: Vec<i16>) -> Self {
        Self { samples, searched: 0, heard: 0, ended: None, found: Vec::new() }
    }

    /// More of it follows what was played so far.
    pub fn go_on(&mut self, samples: &[i16]) {
        // What is played now is not heard before now.
        let now = self.heard as usize;
        if self.samples.len() < now {
            self.samples.resize(now, 0);
        }
        self.samples.extend_from_slice(samples);
    }

    /// One frame of the room passes; gives the frames of the reference to search meanwhile.
    pub fn pass(&mut self) -> Vec<&[i16]> {
        self.heard += FRAME_SAMPLES as u64;
        let from = self.searched;
        let limit = (self.heard as usize + AHEAD).min(self.samples.len());
        let to = (from + FRAMES * FRAME_SAMPLES).min(limit.max(from));
        self.searched = to;
        self.samples[from..to].chunks(FRAME_SAMPLES).collect()
    }

    /// A detector's score of the reference just searched.
    pub fn judge(&mut self, word: usize, score: f32, threshold: f32) {
        if score >= threshold * SUSPICION {
            self.found.push((word, self.searched as u64));
        }
    }

    /// Whether a score in the room may wake the assistant.
    pub fn admits(&self, word: usize, score: f32, threshold: f32) -> bool {
        let sounding = self.ended.is_none_or(|at| self.heard < at + TAIL);
        let enough = if sounding { threshold + (1.0 - threshold) * CAUTION } else { threshold };
        let echo = |&&(found, at): &&(usize, u64)| {
            found == word && self.heard + EARLY >= at && self.heard <= at + LATENCY
        };
        score >= enough && self.found.iter().find(echo).is_none()
    }

    /// It is no longer played.
    pub fn end(&mut self) {
        self.ended.get_or_insert(self.heard);
        self.samples.truncate(self.searched);
    }

    /// Whether nothing of it can come back any more.
    pub fn over(&self) -> bool {
        self.ended.is_some_and(|at| self.heard > at + LATENCY)
    }

    /// Whether it is still being played.
    pub fn speaking(&self) -> bool {
        self.ended.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_sentence_follows_when_it_is_played() {
        let mut own = OwnVoice::new(vec![1; FRAME_SAMPLES]);
        for _ in 0..4 {
            own.pass();
        }
        own.judge(0, 1.0, 0.5);
        own.go_on(&[2; FRAME_SAMPLES]);
        // Three frames of the pause between, then the second sentence.
        let frames: Vec<Vec<i16>> =
            (0..3).flat_map(|_| own.pass().into_iter().map(<[i16]>::to_vec).collect::<Vec<_>>()).collect();
        assert_eq!(frames.concat(), [[0; 3 * FRAME_SAMPLES].to_vec(), [2; FRAME_SAMPLES].to_vec()].concat());
        // What was found in the first sentence is still on its way through the room.
        assert!(!own.admits(0, 1.0, 0.5));
        assert!(own.speaking());
    }
}
