//! The ear: holds sound, gives text. No network, no disk, nothing of the mind.
//!
//! [`Ear`] is a plain state machine that is fed frames; `run` feeds it from the microphone on a
//! thread of its own, `replay`, `eval` and the tests from files. Only [`Event`]s come out: text,
//! scores and times.

mod level;

use std::time::Instant;

use crate::audio::{FRAME_SAMPLES, Frame, samples_to_ms};
use crate::event::{EndReason, Event, EventKind, State};
use crate::stt::SpeechToText;
use crate::vad::{Endpoint, EndpointConfig, Endpointer, duration_ms};
use crate::wake::{Trigger, WakeDetector};

use level::LevelMeter;

/// Where the ear reports to.
pub type Emit<'a> = &'a mut dyn FnMut(Event);

/// A wake word engine with the rule that decides.
pub struct WakeStage {
    pub detector: Box<dyn WakeDetector>,
    pub trigger: Trigger,
}

/// Wake word, endpoint and recognition in a row.
pub struct Ear {
    wake: Vec<WakeStage>,
    endpointer: Endpointer,
    stt: Box<dyn SpeechToText>,
    /// A recogniser to take over between utterances.
    next_stt: Option<Box<dyn SpeechToText>>,
    attention: Attention,
    /// Samples heard since the beginning: the ear's clock.
    samples: u64,
    /// Sessions so far.
    sessions: u64,
    level: Option<LevelMeter>,
}

/// What the ear is doing with sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attention {
    /// Waiting for the wake word (or, without one, for speech).
    Waiting,
    /// Hearing a command.
    Command,
    /// The assistant itself speaks: nothing is heard.
    Deaf,
}

impl Ear {
    /// An ear. Without wake words every stretch of speech is taken for a command.
    #[must_use]
    pub fn new(wake: Vec<WakeStage>, endpoint: EndpointConfig, stt: Box<dyn SpeechToText>) -> Self {
        Self {
            wake,
            endpointer: Endpointer::new(endpoint),
            stt,
            next_stt: None,
            attention: Attention::Waiting,
            samples: 0,
            sessions: 0,
            level: None,
        }
    }

    /// Hears one frame and reports what it brought: `Wake`, `State`, `SpeechStart`, `SpeechEnd`,
    /// `NoSpeech`, `Transcript`, `NotHeard`, `Fault`, `Level`.
    pub fn push(&mut self, frame: &Frame, emit: Emit) {
        self.samples += FRAME_SAMPLES as u64;
        if let Some(kind) = self.level.as_mut().and_then(|level| level.push(frame)) {
            emit(Event::new(self.now_ms(), kind));
        }
        match self.attention {
            Attention::Deaf => {}
            Attention::Waiting if self.wake.is_empty() => self.hear_speech(frame, emit),
            Attention::Waiting => self.hear_wake_word(frame, emit),
            Attention::Command => self.hear_command(frame, emit),
        }
    }

    /// The input is over: whatever was being said is recognised now.
    pub fn finish(&mut self, emit: Emit) {
        let speaking = self.attention == Attention::Command || self.wake.is_empty();
        if speaking && let Endpoint::Ended { samples, reason } = self.endpointer.finish() {
            self.recognise(&samples, reason, emit);
        } else if self.attention == Attention::Command {
            self.nobody_spoke(emit);
        }
        self.reset();
    }

    /// Takes a whole recording as one command, whatever pauses it holds.
    pub fn hear_utterance(&mut self, samples: &[i16], emit: Emit) {
        self.sessions += 1;
        self.report(emit, EventKind::SpeechStart);
        self.samples += samples.len() as u64;
        self.recognise(samples, EndReason::EndOfInput, emit);
        self.reset();
    }

    /// Forgets everything heard, as between two recordings; the time goes on.
    pub fn reset(&mut self) {
        for stage in &mut self.wake {
            stage.detector.reset();
            stage.trigger.reset();
        }
        self.endpointer.reset();
        self.attention = Attention::Waiting;
    }

    /// Listens for a command at once, without the wake word (a follow-up).
    pub fn listen(&mut self, emit: Emit) {
        self.endpointer.reset();
        self.attention = Attention::Command;
        self.sessions += 1;
        self.report(emit, EventKind::State { state: State::Listening });
    }

    /// Takes another recogniser, before the next utterance begins to be recognised.
    pub fn renew(&mut self, stt: Box<dyn SpeechToText>) {
        self.next_stt = Some(stt);
    }

    /// While the assistant speaks, its own voice is not heard.
    pub fn set_speaking(&mut self, speaking: bool) {
        let deaf = self.attention == Attention::Deaf;
        if speaking != deaf {
            self.reset();
        }
        if speaking {
            self.attention = Attention::Deaf;
        }
    }

    /// Whether `Level` events are sent, some ten a second.
    pub fn report_levels(&mut self, on: bool) {
        self.level = on.then(LevelMeter::default);
    }

    /// The time, counted in samples heard, in milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        samples_to_ms(self.samples)
    }

    fn hear_wake_word(&mut self, frame: &Frame, emit: Emit) {
        let now = self.now_ms();
        let mut woken = None;
        let mut faults = Vec::new();
        for stage in &mut self.wake {
            match stage.detector.push(frame) {
                Ok(Some(score)) if woken.is_none() && stage.trigger.fires(score, now) => {
                    woken = Some((stage.detector.word().to_owned(), score));
                }
                Ok(_) => {}
                Err(error) => {
                    // A detector that fails starts anew; the others go on.
                    stage.detector.reset();
                    faults.push(error.to_string());
                }
            }
        }
        for message in faults {
            emit(Event::new(now, EventKind::Fault { stage: "wake".into(), message }));
        }
        if let Some((word, score)) = woken {
            self.sessions += 1;
            self.report(emit, EventKind::Wake { word, score });
            for stage in &mut self.wake {
                stage.detector.reset();
            }
            self.endpointer.reset();
            self.attention = Attention::Command;
            self.report(emit, EventKind::State { state: State::Listening });
        }
    }

    fn hear_command(&mut self, frame: &Frame, emit: Emit) {
        match self.endpointer.push(frame) {
            Endpoint::Continue => {}
            Endpoint::Started => self.report(emit, EventKind::SpeechStart),
            Endpoint::NoSpeech => self.nobody_spoke(emit),
            Endpoint::Ended { samples, reason } => self.recognise(&samples, reason, emit),
        }
    }

    /// Without a wake word, silence is nothing to report.
    fn hear_speech(&mut self, frame: &Frame, emit: Emit) {
        match self.endpointer.push(frame) {
            Endpoint::Continue | Endpoint::NoSpeech => {}
            Endpoint::Started => {
                self.sessions += 1;
                self.report(emit, EventKind::State { state: State::Listening });
                self.report(emit, EventKind::SpeechStart);
            }
            Endpoint::Ended { samples, reason } => self.recognise(&samples, reason, emit),
        }
    }

    fn nobody_spoke(&mut self, emit: Emit) {
        self.attention = Attention::Waiting;
        self.report(emit, EventKind::NoSpeech);
    }

    fn recognise(&mut self, samples: &[i16], reason: EndReason, emit: Emit) {
        self.attention = Attention::Waiting;
        self.report(emit, EventKind::SpeechEnd { duration_ms: duration_ms(samples), reason });
        self.report(emit, EventKind::State { state: State::Thinking });
        if let Some(stt) = self.next_stt.take() {
            self.stt = stt;
        }
        let start = Instant::now();
        let kind = match self.stt.transcribe(samples) {
            Ok(transcript) => match &transcript.rejected {
                Some(reason) => EventKind::NotHeard { reason: reason.clone() },
                None if transcript.text.is_empty() => {
                    EventKind::NotHeard { reason: "no words were recognised".into() }
                }
                None => EventKind::Transcript(transcript),
            },
            Err(error) => EventKind::Fault { stage: "stt".into(), message: error.to_string() },
        };
        let took = start.elapsed();
        emit(self.event(kind).took(took));
    }

    fn report(&self, emit: Emit, kind: EventKind) {
        emit(self.event(kind));
    }

    fn event(&self, kind: EventKind) -> Event {
        Event::new(self.now_ms(), kind).in_session(self.sessions)
    }
}

#[cfg(test)]
mod tests;
