//! The one stream of everything that happens: the project's spine.
//!
//! The console, the replay report, `--json`, the evaluation and the tests all read this stream;
//! nothing else reports what happened. An event holds text, scores and times, never sound.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::nlu::Intent;
use crate::sound::Purpose;
use crate::stt::Transcript;
use crate::tts::Cue;

/// One thing that happened.
///
/// Serialised as one flat JSON object: `{"at_ms": 1280, "session": 1, "type": "wake", …}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Milliseconds since the stream began, counted in samples heard (not by a clock), so that a
    /// replay gives the same numbers every time.
    pub at_ms: u64,
    /// The conversation that this belongs to; sessions are numbered from 1 since the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<u64>,
    /// Where it happens; `None` is the microphone of this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    #[serde(flatten)]
    pub kind: EventKind,
    /// How long the stage behind this event took. Not part of the stream: a replay's stream is
    /// byte-identical from run to run, and a stop-watch is not.
    #[serde(skip)]
    pub took: Option<Duration>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EventKind {
    /// A recording begins (replay only).
    Recording { path: String },
    /// The assistant's visible state changed.
    State { state: State },
    /// The wake word was heard; `score` is 0–1. `language` and `area` are what the word asks for, where
    /// it does not ask for what is usual here.
    Wake {
        word: String,
        score: f32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<String>,
    },
    /// Somebody began to speak after the wake word.
    SpeechStart,
    /// The utterance is over.
    SpeechEnd { duration_ms: u64, reason: EndReason },
    /// Nobody spoke after the wake word.
    NoSpeech,
    /// Speech became text.
    Transcript(Transcript),
    /// Speech was heard, and no sentence that the household can say was recognised in it.
    NotHeard { reason: String },
    /// Text became an intent, with its explanation.
    Intent(Intent),
    /// Text was heard and is not acted on.
    NotUnderstood {
        text: String,
        reason: String,
        /// What it was most like, and how sure that is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nearest: Option<Box<Intent>>,
    },
    /// Something was done: `{"action":"set","target":"Bed Light","value":{"on":true}}`.
    Action {
        action: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<String>,
        #[serde(default, skip_serializing_if = "Value::is_null")]
        value: Value,
    },
    /// What the assistant says.
    Reply {
        text: String,
        language: String,
        /// To be said slowly.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        slow: bool,
    },
    /// Once the reply has been spoken, somebody is listened to without a wake word, in the same
    /// session, for as long as this until they begin to speak.
    Listen {
        patience_ms: u64,
        expects: Expected,
        /// What there is to choose from.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        options: Vec<String>,
    },
    /// A short sound says something, where it is switched on: for lamps, and for people who do not
    /// hear it. The mind may ask for one.
    Cue { name: Cue },
    /// Sound was kept, because the settings ask for it: where, until its conversation is over.
    SoundKept { purpose: Purpose, file: String },
    /// The conversation is over.
    SessionEnd { reason: SessionEndReason },
    /// The microphone went away; the next try is in `retry_ms`.
    MicrophoneLost { message: String, retry_ms: u64 },
    /// The microphone is open (at the start, and after it was lost).
    MicrophoneOpen { device: String },
    /// Sound was lost because the ear was too slow.
    Dropped { samples: u64 },
    /// How loud it is, in dB relative to full scale. Only sent when somebody watches.
    Level { rms_db: f32, peak_db: f32 },
    /// The sentence files, the home or the vocabulary have changed, and the new ones are in use.
    Renewed,
    /// One stage failed for this utterance; the rest goes on. `message` says what to do.
    Fault { stage: String, message: String },
}

/// What somebody is expected to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// A further command.
    Command,
    /// "Five minutes."
    Value,
    /// One of several.
    Choice,
    /// Yes or no.
    Confirmation,
    /// Anything.
    Words,
    /// That what rings is to stop, or to ring again later.
    Ring,
}

impl Expected {
    /// What may be expected besides a command.
    pub const ANSWERS: [Self; 5] = [Self::Value, Self::Choice, Self::Confirmation, Self::Words, Self::Ring];
}

/// The assistant's visible state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waiting for the wake word.
    Idle,
    /// Hearing a command.
    Listening,
    /// Recognising and acting.
    Thinking,
    Speaking,
    /// The microphone is closed: nothing is heard.
    Muted,
    /// Nothing can be heard: the microphone or the ear is gone, and is tried again.
    Error,
}

/// Why an utterance was taken to be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Trailing silence.
    Silence,
    /// The longest allowed utterance was reached.
    Maximum,
    /// The recording ended.
    EndOfInput,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionEndReason {
    /// A skill answered.
    Done,
    NoSpeech,
    NotHeard,
    NotUnderstood,
    /// "Never mind", or "no".
    Cancelled,
    /// Nobody answered a question.
    Unanswered,
    /// Somebody woke the assistant again.
    Replaced,
    /// A stage failed.
    Error,
}

impl Event {
    /// An event without a session.
    #[must_use]
    pub fn new(at_ms: u64, kind: EventKind) -> Self {
        Self { at_ms, session: None, site: None, kind, took: None }
    }

    /// The same event, belonging to a session.
    #[must_use]
    pub fn in_session(mut self, session: u64) -> Self {
        self.session = Some(session);
        self
    }

    /// The same event, at a site.
    #[must_use]
    pub fn at_site(mut self, site: &str) -> Self {
        self.site = (site != crate::dialogue::DEFAULT_SITE).then(|| site.to_owned());
        self
    }

    /// The same event, with the time its stage took.
    #[must_use]
    pub fn took(mut self, took: Duration) -> Self {
        self.took = Some(took);
        self
    }
}
