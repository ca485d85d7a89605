//! The ear with scripted stages: which events come out, in which order.

use super::*;
use crate::stt::{SttError, Transcript};
use crate::testing::{ScriptedWake, WAKE_MARK, silence, voice};

/// Fails for every other utterance, and says how long the others were.
#[derive(Default)]
struct ScriptedStt(usize);

impl SpeechToText for ScriptedStt {
    fn engine(&self) -> &'static str {
        "scripted"
    }
    fn transcribe(&mut self, samples: &[i16]) -> Result<Transcript, SttError> {
        self.0 += 1;
        if self.0.is_multiple_of(2) {
            return Err(SttError::Run { engine: "scripted", reason: "out of tape".into() });
        }
        Ok(Transcript {
            text: format!("{} ms", duration_ms(samples)),
            confidence: 1.0,
            ..Transcript::default()
        })
    }
}

fn wake_mark() -> Vec<i16> {
    let mut frame = silence(16);
    frame[0] = WAKE_MARK;
    frame
}

fn hear(ear: &mut Ear, sound: &[Vec<i16>]) -> Vec<EventKind> {
    let mut events = Vec::new();
    let sound: Vec<i16> = sound.concat();
    for frame in sound.chunks(FRAME_SAMPLES) {
        let mut full = [0; FRAME_SAMPLES];
        full[..frame.len()].copy_from_slice(frame);
        ear.push(&full, &mut |event| events.push(event.kind));
    }
    events
}

fn ear() -> Ear {
    let stage = WakeStage { detector: Box::new(ScriptedWake), trigger: Trigger::new(0.5, 1_000) };
    Ear::new(vec![stage], EndpointConfig::default(), Box::<ScriptedStt>::default())
}

fn names(events: &[EventKind]) -> Vec<String> {
    events
        .iter()
        .map(|event| serde_json::to_value(event).unwrap()["type"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_command_after_the_wake_word_becomes_text() {
    let events = hear(&mut ear(), &[silence(500), wake_mark(), silence(400), voice(900), silence(1_000)]);
    assert_eq!(
        names(&events),
        ["wake", "state", "speech_start", "speech_end", "state", "transcript"],
        "{events:?}"
    );
    let EventKind::SpeechEnd { duration_ms, reason: EndReason::Silence } = events[3] else {
        panic!("{events:?}")
    };
    assert!(
        (1_100..2_000).contains(&duration_ms),
        "{duration_ms} ms: speech with pre-roll and a little silence"
    );
}

#[test]
fn speech_without_the_wake_word_is_not_listened_to() {
    let events = hear(&mut ear(), &[silence(300), voice(1_500), silence(1_500)]);
    assert_eq!(names(&events), [""; 0]);
}

#[test]
fn nobody_speaking_ends_within_three_seconds() {
    let events = hear(&mut ear(), &[wake_mark(), silence(3_100)]);
    assert_eq!(names(&events), ["wake", "state", "no_speech"]);
}

#[test]
fn the_tail_of_the_wake_word_is_not_a_command() {
    let events = hear(&mut ear(), &[wake_mark(), voice(200), silence(3_100)]);
    assert_eq!(names(&events), ["wake", "state", "no_speech"]);
}

#[test]
fn endless_sound_ends_at_the_maximum() {
    let events = hear(&mut ear(), &[wake_mark(), silence(300), voice(14_000)]);
    assert!(
        events.iter().any(|event| matches!(event, EventKind::SpeechEnd { reason: EndReason::Maximum, .. })),
        "{events:?}"
    );
}

#[test]
fn a_failing_recogniser_costs_one_utterance() {
    let mut ear = ear();
    let command = [silence(1_200), wake_mark(), silence(400), voice(900), silence(1_000)];
    let heard: Vec<_> = (0..3).map(|_| names(&hear(&mut ear, &command)).pop().unwrap()).collect();
    assert_eq!(heard, ["transcript", "fault", "transcript"]);
}

#[test]
fn the_assistants_own_voice_is_not_heard() {
    let mut ear = ear();
    ear.set_speaking(true);
    assert_eq!(names(&hear(&mut ear, &[wake_mark(), voice(1_000), silence(1_000)])), [""; 0]);
    ear.set_speaking(false);
    assert_eq!(names(&hear(&mut ear, &[wake_mark()])), ["wake", "state"]);
}

#[test]
fn the_end_of_a_recording_ends_the_utterance() {
    let mut ear = ear();
    let mut events = hear(&mut ear, &[wake_mark(), silence(400), voice(900)]);
    ear.finish(&mut |event| events.push(event.kind));
    assert_eq!(names(&events).last().unwrap(), "transcript");
}
