//! What the assistant and a plugin say to each other: the types behind docs/plugin-protocol.md.
//!
//! JSON-RPC 2.0, one message a line. `docs/plugin-protocol.schema.json` is made from these types;
//! a test compares the two.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::permissions::Permissions;

/// The version of the protocol that this program speaks.
pub const VERSION: u32 = 1;

/// Declares messages: plain data, unknown keys refused.
macro_rules! messages {
    ($($(#[$about:meta])* $name:ident { $($(#[$field:meta])* $key:ident: $type:ty,)* })*) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field])* pub $key: $type,)* }
    )*};
}

messages! {
    /// `initialize`: the first request to a plugin.
    Initialize {
        /// The version of the protocol.
        protocol: u32,
        /// The plugin's name, as in its manifest.
        name: String,
        /// `en`, `fr`.
        language: String,
        /// Every setting of the manifest, as the household has set it.
        config: Map<String, Value>,
        /// A folder that is the plugin's own, to write to.
        data: String,
        /// What the plugin may do.
        permissions: Permissions,
    }
    /// The result of `initialize`.
    Initialized {
        /// What the plugin wants to be told; each must be among its permissions.
        #[serde(default)]
        events: Vec<EventName>,
    }
    /// `intent`: somebody said one of the plugin's sentences.
    IntentParams {
        session: u64,
        /// As in the plugin's sentence files.
        intent: String,
        language: String,
        /// The values of the sentence, by the names of the slots.
        slots: BTreeMap<String, SlotValue>,
        /// The area of the microphone, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<String>,
        /// What was said, word for word; only with the permission `transcripts`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    }
    /// One value of a sentence.
    SlotValue {
        /// What it means.
        value: Value,
        /// The words as they were said; empty where the sentence file sets the value.
        #[serde(default)]
        raw: String,
    }
    /// The result of `intent`, `continue` and `scheduled`: what comes of it.
    Answer {
        /// What to say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        say: Option<String>,
        /// What to ask next; without it the conversation is over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ask: Option<Question>,
    }
    /// A question to the person who speaks, and the answers that can be understood.
    Question {
        /// The question in words.
        say: String,
        expect: Expect,
        /// Given back with the answer; the assistant does not look into it.
        #[serde(default, skip_serializing_if = "Value::is_null")]
        state: Value,
    }
    /// One answer of a choice.
    Choice {
        /// What the plugin gets.
        value: String,
        /// The ways to say it, as plain words.
        said: Vec<String>,
    }
    /// `continue`: the answer to the plugin's question.
    Continue {
        session: u64,
        language: String,
        /// As it was in the question.
        #[serde(default)]
        state: Value,
        /// `true` or `false` for `yes_no`, the chosen value for `choice`, the words for `text`.
        value: Value,
    }
    /// `end_session` (no answer wanted): a conversation that had not ended by itself is over.
    EndSession {
        session: u64,
        /// `cancelled`, `no_speech`, `not_understood`, `error`, …
        reason: String,
    }
    /// `event` (no answer wanted): something happened that the plugin wants to be told.
    EventParams {
        event: EventName,
        /// More about it: `{"state": "listening"}`.
        #[serde(default)]
        data: Map<String, Value>,
    }
    /// `scheduled`: the time has come that the plugin had asked for.
    Scheduled {
        id: String,
        #[serde(default)]
        data: Value,
    }
    /// `say`: something to be said at once. Within a session it is said with the answer; without
    /// one, the permission `speak` is needed.
    Say {
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<u64>,
    }
    /// `ask`: as `ask` in an answer, for plugins that are still at work.
    Ask {
        session: u64,
        question: Question,
    }
    /// `vocabulary.add`: a new value for one of the plugin's own lists.
    VocabularyAdd {
        list: String,
        value: String,
        /// The ways to say it; as it is written, where there are none.
        #[serde(default)]
        said: Vec<String>,
    }
    /// `home.get`: which devices there are, and their state (permission `home`).
    HomeGet {
        /// Only the device of this name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<String>,
        /// `light`, `cover`, …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        domain: Option<String>,
    }
    /// The result of `home.get`.
    Devices {
        devices: Vec<Device>,
    }
    /// One device of the home.
    Device {
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<String>,
        domain: String,
        /// `{"on": true, "brightness": 40}`, as in home files.
        state: Map<String, Value>,
    }
    /// `home.set`: changes a device (permission `home = "control"`).
    HomeSet {
        name: String,
        /// Needed where several devices bear the name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        domain: Option<String>,
        /// What changes: `{"on": false}`.
        state: Map<String, Value>,
    }
    /// `schedule`: asks for a `scheduled` later, also after a restart. The same `id` again moves it.
    Schedule {
        id: String,
        /// In so many seconds …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        in_s: Option<u64>,
        /// … or at this time, as `2027-03-14T07:30:00Z`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<String>,
        #[serde(default, skip_serializing_if = "Value::is_null")]
        data: Value,
    }
    /// `schedule.cancel`.
    ScheduleCancel {
        id: String,
    }
    /// `store.get`: what the plugin has kept under a key.
    StoreGet {
        key: String,
    }
    /// The result of `store.get`; null where there is nothing.
    Stored {
        value: Value,
    }
    /// `store.set`: keeps a value; null removes it.
    StoreSet {
        key: String,
        value: Value,
    }
    /// The result of `store.keys`.
    Keys {
        keys: Vec<String>,
    }
    /// `subscribe`: from now on, these events and no others.
    Subscribe {
        events: Vec<EventName>,
    }
    /// For methods without parameters or without a result.
    Nothing {}
}

/// How a question can be answered. "Never mind" always ends the conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Expect {
    YesNo,
    /// One of a few.
    Choice {
        choices: Vec<Choice>,
    },
    /// Any words; needs the permission `transcripts`.
    Text,
}

/// What a plugin can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EventName {
    /// The assistant waits, listens, thinks, speaks: `{"state": "listening"}`.
    State,
    /// `{"word": "computer"}`
    Wake,
    /// `{"reason": "done"}`
    SessionEnd,
    /// Something was done: `{"action": "set", "target": "Bed Light", "value": {"on": true}}`.
    Action,
    /// `{"text": "…"}`: what was said. Needs the permission `transcripts`.
    Transcript,
    /// `{"text": "…"}`: what the assistant says. Needs the permission `transcripts`.
    Reply,
}

impl EventName {
    /// Whether it holds what somebody said or was told.
    #[must_use]
    pub const fn holds_words(self) -> bool {
        matches!(self, Self::Transcript | Self::Reply)
    }

    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Wake => "wake",
            Self::SessionEnd => "session_end",
            Self::Action => "action",
            Self::Transcript => "transcript",
            Self::Reply => "reply",
        }
    }
}

/// Error codes beside those of JSON-RPC.
pub mod code {
    pub const PARSE: i64 = -32700;
    pub const NO_METHOD: i64 = -32601;
    pub const BAD_PARAMS: i64 = -32602;
    pub const FAILED: i64 = -32000;
    /// The plugin was not given the permission.
    pub const NOT_PERMITTED: i64 = -32001;
    /// A quota is used up, or too much was sent.
    pub const TOO_MUCH: i64 = -32002;
}

#[cfg(test)]
mod schema;
