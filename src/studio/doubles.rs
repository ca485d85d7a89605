//! A scripted microphone, a screen that remembers, and a voice, for tests of recording.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use super::{Screen, Studio};
use crate::Result;
use crate::audio::{Captured, FRAME_SAMPLES, Frame, FrameSource, TestSpeaker};
use crate::testing::silence;
use crate::tts::{Speech, TtsError, Voice};

/// Plays one take after the other; each begins when what was heard before is forgotten.
pub struct Tape {
    takes: VecDeque<Vec<i16>>,
    frames: VecDeque<Frame>,
}

impl Tape {
    pub fn new(takes: &[Vec<i16>]) -> Self {
        Self { takes: takes.iter().cloned().collect(), frames: [[0; FRAME_SAMPLES]; 3].into() }
    }
}

impl FrameSource for Tape {
    fn next(&mut self, timeout: Duration) -> Captured {
        if timeout.is_zero() {
            let sound = self.takes.pop_front().unwrap_or_default();
            // A room goes on after the script.
            let sound = [sound, silence(5_000)].concat();
            self.frames = sound.as_chunks().0.iter().copied().collect();
            return Captured::Nothing;
        }
        self.frames.pop_front().map_or(Captured::End, Captured::Frame)
    }
}

#[derive(Default)]
pub struct Seen {
    pub lines: Vec<String>,
    pub levels: Vec<f32>,
}

impl Screen for Seen {
    fn line(&mut self, text: &str) -> io::Result<()> {
        self.lines.push(text.to_owned());
        Ok(())
    }
    fn level(&mut self, db: f32) -> io::Result<()> {
        self.levels.push(db);
        Ok(())
    }
}

/// Speaks by the length of its text.
pub struct Lengths;

impl Voice for Lengths {
    fn name(&self) -> String {
        "lengths".into()
    }
    fn speak(&mut self, text: &str, _language: &str) -> Result<Speech, TtsError> {
        Ok(Speech { samples: vec![1; text.len()], sample_rate: 16_000 })
    }
}

/// A session with these takes; what it gave, and what was seen.
pub fn session<T>(
    takes: &[Vec<i16>],
    language: &str,
    speaker: &mut TestSpeaker,
    run: impl FnOnce(&mut Studio) -> T,
) -> (T, Seen) {
    let (mut tape, mut voice, mut seen) = (Tape::new(takes), Lengths, Seen::default());
    let mut studio = Studio::new(&mut tape, &mut voice, speaker, &mut seen, language);
    let result = run(&mut studio);
    (result, seen)
}
