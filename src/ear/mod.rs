//! The ear: holds sound, gives text. No network, no disk, nothing of the mind.
//!
//! [`Ear`] is a plain state machine that is fed frames; `run` feeds it from the microphone on a
//! thread of its own, `replay`, `eval` and the tests from files. Only [`Event`]s come out.

use crate::audio::Frame;
use crate::event::Event;
use crate::stt::SpeechToText;
use crate::vad::EndpointConfig;
use crate::wake::{Trigger, WakeDetector};

/// A wake word engine with the rule that decides.
pub struct WakeStage {
    pub detector: Box<dyn WakeDetector>,
    pub trigger: Trigger,
}

/// Wake word, endpoint and recognition in a row.
pub struct Ear {
    _private: (),
}

impl Ear {
    /// An ear. Without wake words every stretch of speech is taken for a command.
    #[must_use]
    pub fn new(_wake: Vec<WakeStage>, _endpoint: EndpointConfig, _stt: Box<dyn SpeechToText>) -> Self {
        todo!("ear helper")
    }

    /// Hears one frame and reports what it brought: `Wake`, `State`, `SpeechStart`, `SpeechEnd`,
    /// `NoSpeech`, `Transcript`, `NotHeard`, `Fault`, `Level`.
    pub fn push(&mut self, _frame: &Frame, _emit: &mut dyn FnMut(Event)) {
        todo!("ear helper")
    }

    /// The input is over: whatever was being said is recognised now.
    pub fn finish(&mut self, _emit: &mut dyn FnMut(Event)) {
        todo!("ear helper")
    }

    /// Forgets everything heard, as between two recordings; the time goes on.
    pub fn reset(&mut self) {
        todo!("ear helper")
    }

    /// Listens for a command at once, without the wake word (a follow-up).
    pub fn listen(&mut self, _emit: &mut dyn FnMut(Event)) {
        todo!("ear helper")
    }

    /// While the assistant speaks, its own voice is not heard.
    pub fn set_speaking(&mut self, _speaking: bool) {
        todo!("ear helper")
    }

    /// Whether [`Level`](crate::event::EventKind::Level) events are sent, some ten a second.
    pub fn report_levels(&mut self, _on: bool) {
        todo!("ear helper")
    }

    /// The time, counted in samples heard, in milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        todo!("ear helper")
    }
}
