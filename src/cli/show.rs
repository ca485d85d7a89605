//! Events as lines for people: what was heard, understood, done and said, and how long it took.

use std::time::Duration;

use serde_json::Value;

use crate::event::{Event, EventKind, Expected, State};
use crate::nlu::Intent;

/// One line for an event that people care about; `None` for the others.
#[must_use]
pub fn line(event: &Event) -> Option<String> {
    let (label, text) = match &event.kind {
        EventKind::Wake { word, score, .. } => ("woke", format!("{word} ({})", percent(*score))),
        EventKind::Transcript(heard) => {
            let why = heard.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            ("heard", format!("{} ({}, {}{why})", heard.text, percent(heard.confidence), heard.engine))
        }
        EventKind::NotHeard { reason } => ("not heard", reason.clone()),
        EventKind::NoSpeech => ("heard", "nobody spoke".to_owned()),
        EventKind::Intent(intent) => ("understood", understood(intent)),
        EventKind::NotUnderstood { reason, .. } => ("not clear", reason.clone()),
        EventKind::Action { action, target, value } => ("did", did(action, target.as_deref(), value)),
        EventKind::Reply { text, .. } => ("said", format!("“{text}”")),
        EventKind::Listen { expects, options, .. } => ("asks", awaited(*expects, options)),
        EventKind::Cue { name } => ("sign", name.name().replace('_', " ")),
        EventKind::SoundKept { purpose, .. } => ("kept", format!("sound, for `{}`", purpose.name())),
        EventKind::Fault { stage, message } => ("fault", format!("{stage}: {message}")),
        EventKind::Renewed => ("renewed", "sentences and home are as their files say now".to_owned()),
        EventKind::MicrophoneLost { message, retry_ms } => {
            ("microphone", format!("{message}; next try in {} s", *retry_ms as f64 / 1000.0))
        }
        EventKind::MicrophoneOpen { device } => ("microphone", format!("listening on {device}")),
        EventKind::Dropped { samples } => {
            ("dropped", format!("{} ms of sound; the machine is too slow", samples / 16))
        }
        EventKind::Recording { .. }
        | EventKind::State { .. }
        | EventKind::SpeechStart
        | EventKind::SpeechEnd { .. }
        | EventKind::SessionEnd { .. }
        | EventKind::Level { .. } => return None,
    };
    let took = event.took.map(duration).unwrap_or_default();
    Some(format!("  {label:<11}{text}{}{took}", if took.is_empty() { "" } else { "  · " }))
}

/// A state in words.
#[must_use]
pub const fn state(state: State) -> &'static str {
    match state {
        State::Idle => "waiting for the wake word",
        State::Listening => "listening",
        State::Thinking => "thinking",
        State::Speaking => "speaking",
        State::Muted => "muted",
        State::Error => "hears nothing",
    }
}

/// `142 ms`, or `0.3 ms` for short times.
#[must_use]
pub fn duration(took: Duration) -> String {
    let ms = took.as_secs_f64() * 1000.0;
    if ms >= 10.0 { format!("{ms:.0} ms") } else { format!("{ms:.1} ms") }
}

/// A value as people write it: text without quotes.
#[must_use]
pub fn value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, inner)| format!("{name} {}", self::value(inner)))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

/// What is waited for.
fn awaited(expects: Expected, options: &[String]) -> String {
    match expects {
        Expected::Command => "for more".to_owned(),
        Expected::Value => "for a value".to_owned(),
        Expected::Choice => format!("which: {}", options.join(", ")),
        Expected::Confirmation => "yes or no".to_owned(),
        Expected::Words => "for an answer".to_owned(),
        Expected::Ring => "for “stop” or “snooze”".to_owned(),
    }
}

fn percent(share: f32) -> String {
    format!("{:.0} %", share * 100.0)
}

fn understood(intent: &Intent) -> String {
    let slots: Vec<_> =
        intent.slots.iter().map(|slot| format!("{} = {}", slot.name, value(&slot.value))).collect();
    if slots.is_empty() { intent.intent.clone() } else { format!("{}: {}", intent.intent, slots.join(", ")) }
}

fn did(action: &str, target: Option<&str>, what: &Value) -> String {
    let mut text = action.replace('_', " ");
    if let Some(target) = target {
        text.push(' ');
        text.push_str(target);
    }
    if !what.is_null() {
        text.push_str(": ");
        text.push_str(&value(what));
    }
    text
}
