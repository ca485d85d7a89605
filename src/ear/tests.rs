//! The ear with scripted stages: which events come out, in which order.

use super::*;
use crate::event::Expected;
use crate::sound::{Purpose, Purposes};
use crate::stt::{SttError, Transcript};
use crate::testing::{SaysScope, ScriptedWake, WAKE_MARK, silence, syllables, voice};

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
    let stage = WakeStage {
        detector: Box::new(ScriptedWake),
        reference: Some(Box::new(ScriptedWake)),
        trigger: Trigger::new(0.5, 1_000),
        address: Address::default(),
    };
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
    let events = hear(&mut ear(), &[wake_mark(), silence(300), syllables(14_000)]);
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
fn the_wake_word_in_the_assistants_own_voice_does_not_wake_it() {
    let said = [silence(512), wake_mark(), silence(2_000)].concat();
    for latency in [0, 96, 480, 992] {
        let mut ear = ear();
        ear.begin_speaking(said.clone());
        assert_eq!(names(&hear(&mut ear, &[silence(latency), said.clone()])), [""; 0], "{latency} ms late");
        ear.end_speaking();
        assert_eq!(names(&hear(&mut ear, &[silence(800), wake_mark()])), ["wake", "state"]);
    }
}

#[test]
fn people_can_interrupt_the_assistant() {
    let mut ear = ear();
    ear.begin_speaking(voice(3_000));
    let events = hear(&mut ear, &[voice(800), wake_mark()]);
    assert_eq!(names(&events), ["wake", "state"]);
    // Silenced, it listens.
    ear.end_speaking();
    let events = hear(&mut ear, &[silence(400), voice(900), silence(1_000)]);
    assert_eq!(names(&events).last().unwrap(), "transcript");
}

#[test]
fn a_wake_word_without_a_reference_waits_until_the_assistant_is_silent() {
    let mut ear = ear();
    ear.wake[0].reference = None;
    ear.begin_speaking(voice(1_000));
    assert_eq!(names(&hear(&mut ear, &[silence(96), wake_mark(), silence(500)])), [""; 0]);
    ear.end_speaking();
    assert_eq!(names(&hear(&mut ear, &[silence(96), wake_mark()])), ["wake", "state"]);
}

#[test]
fn without_wake_words_nothing_is_heard_while_the_assistant_speaks() {
    let mut ear = Ear::new(Vec::new(), EndpointConfig::default(), Box::<ScriptedStt>::default());
    let command = [silence(992), voice(900), silence(1_500)];
    ear.begin_speaking(voice(3_000));
    assert_eq!(names(&hear(&mut ear, &command)), [""; 0]);
    ear.end_speaking();
    let events = names(&hear(&mut ear, &command));
    assert_eq!(events, ["state", "speech_start", "speech_end", "state", "transcript"]);
}

/// Recognises the number of samples, and takes its time.
struct Slow(std::sync::Arc<std::sync::atomic::AtomicUsize>);

impl SpeechToText for Slow {
    fn engine(&self) -> &'static str {
        "slow"
    }
    fn transcribe(&mut self, samples: &[i16]) -> Result<Transcript, SttError> {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        std::thread::sleep(std::time::Duration::from_millis(20));
        let text = format!("{} {}", samples.len(), samples.iter().map(|&s| i64::from(s)).sum::<i64>());
        Ok(Transcript { text, confidence: 1.0, ..Transcript::default() })
    }
}

/// Two commands; the second pauses in between for long enough to be guessed at.
fn two_commands() -> Vec<Vec<i16>> {
    let first = [silence(1_008), wake_mark(), silence(400), syllables(900), silence(1_600)];
    let second = [wake_mark(), silence(400), syllables(500), silence(400), syllables(600), silence(1_008)];
    [&first[..], &second].concat()
}

#[test]
fn guessing_early_changes_nothing_that_is_heard() {
    let texts = |threaded: bool| {
        let asked = std::sync::Arc::default();
        let mut ear = ear();
        ear.replace_recogniser(Box::new(Slow(std::sync::Arc::clone(&asked))), None);
        if threaded {
            ear.recognise_on_thread();
        }
        let events = hear(&mut ear, &two_commands());
        let heard: Vec<_> = events
            .into_iter()
            .filter(|event| matches!(event, EventKind::Transcript(_) | EventKind::SpeechEnd { .. }))
            .collect();
        (heard, asked.load(std::sync::atomic::Ordering::Relaxed))
    };
    let (here, asked) = texts(false);
    assert_eq!((here.len(), asked), (4, 3), "one guess of three was thrown away: {here:?}");
    assert_eq!(texts(true).0, here);
}

#[test]
fn words_that_say_everything_end_the_utterance_sooner() {
    let length = |judged: Completeness| {
        let mut ear = ear().judging(Box::new(move |_, _| judged));
        let mut end = 0;
        for frame in two_commands()[..5].concat().as_chunks().0 {
            ear.push(frame, &mut |event| {
                if matches!(event.kind, EventKind::SpeechEnd { .. }) {
                    end = event.at_ms;
                }
            });
        }
        end
    };
    let usual = length(Completeness::MayContinue);
    assert_eq!(usual - length(Completeness::Complete), 208);
    assert_eq!(length(Completeness::Incomplete) - usual, 192);
}

#[test]
fn the_end_of_a_recording_ends_the_utterance() {
    let mut ear = ear();
    let mut events = hear(&mut ear, &[wake_mark(), silence(400), voice(900)]);
    ear.finish(&mut |event| events.push(event.kind));
    assert_eq!(names(&events).last().unwrap(), "transcript");
}

/// Hears every command as this.
struct Says(&'static str);

impl SpeechToText for Says {
    fn engine(&self) -> &'static str {
        "says"
    }
    fn transcribe(&mut self, _samples: &[i16]) -> Result<Transcript, SttError> {
        Ok(Transcript { text: self.0.into(), confidence: 1.0, ..Transcript::default() })
    }
}

#[test]
fn the_wake_word_says_which_language_follows() {
    let mut ear = ear();
    ear.replace_recogniser(Box::new(Says("turn on the light")), None);
    ear.hear_language("fr", Box::new(Says("allume la lumière")), None);
    let command = [silence(1_200), wake_mark(), silence(400), voice(900), silence(1_000)];
    let mut text = |language: Option<&str>| {
        ear.wake[0].address.language = language.map(str::to_owned);
        let events = hear(&mut ear, &command);
        assert!(
            events
                .iter()
                .any(|e| matches!(e, EventKind::Wake { language: said, .. } if said.as_deref() == language))
        );
        match events.last() {
            Some(EventKind::Transcript(heard)) => heard.text.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(text(None), "turn on the light");
    assert_eq!(text(Some("fr")), "allume la lumière");
    assert_eq!(text(Some("fr")), "allume la lumière");
    assert_eq!(text(None), "turn on the light");
    // What is exchanged is the usual one, whatever was heard last.
    assert_eq!(text(Some("fr")), "allume la lumière");
    ear.replace_recogniser(Box::new(Says("turn off the light")), None);
    ear.hear_language("fr", Box::new(Says("éteins la lumière")), None);
    let mut text = |language: Option<&str>| {
        ear.wake[0].address.language = language.map(str::to_owned);
        match hear(&mut ear, &command).last() {
            Some(EventKind::Transcript(heard)) => heard.text.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(text(None), "turn off the light");
    assert_eq!(text(Some("fr")), "éteins la lumière");
}

#[test]
fn an_answer_needs_no_wake_word_and_belongs_to_the_session_that_asked() {
    let mut ear = ear();
    hear(&mut ear, &[wake_mark(), silence(400), syllables(900), silence(1_000)]);
    assert!(!ear.is_listening());
    let scope = Scope::Answers(Expected::Confirmation);
    ear.listen(1, scope, 5_000, &mut |_| {});
    assert!(ear.is_listening());
    // More patience than after the wake word.
    assert_eq!(names(&hear(&mut ear, &[silence(4_500)])), [""; 0]);
    let mut sessions = Vec::new();
    for frame in [syllables(900), silence(1_000)].concat().chunks(FRAME_SAMPLES) {
        let mut full = [0; FRAME_SAMPLES];
        full[..frame.len()].copy_from_slice(frame);
        ear.push(&full, &mut |event| sessions.push(event.session));
    }
    assert!(sessions.len() >= 3 && sessions.iter().all(|session| *session == Some(1)), "{sessions:?}");
    assert!(!ear.is_listening());

    ear.listen(1, scope, 1_000, &mut |_| {});
    assert_eq!(names(&hear(&mut ear, &[silence(1_100)])), ["no_speech"]);
    // The next wake-up is a session of its own.
    let mut woken = Vec::new();
    let mut frame = [0; FRAME_SAMPLES];
    frame[0] = WAKE_MARK;
    ear.push(&frame, &mut |event| woken.push(event.session));
    assert_eq!(woken.first(), Some(&Some(2)));
}

#[test]
fn follow_ups_are_heard_only_while_there_is_something_to_follow() {
    let mut ear = ear().hearing_follow_ups_for(Duration::from_secs(20));
    ear.replace_recogniser(Box::<SaysScope>::default(), None);
    let mut scope = |before_ms, speech_ms| {
        let sound = [silence(before_ms), wake_mark(), silence(400), syllables(speech_ms), silence(1_500)];
        match hear(&mut ear, &sound).pop() {
            Some(EventKind::Transcript(heard)) => heard.text,
            Some(EventKind::NotHeard { .. }) => "not heard".to_owned(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(scope(0, 2_000), "Fresh");
    assert_eq!(scope(10_000, 2_000), "Commands");
    assert_eq!(scope(25_000, 600), "not heard");
    // What was not understood can not be referred to.
    assert_eq!(scope(2_000, 2_000), "Fresh");
    assert_eq!(scope(2_000, 2_000), "Commands");
}

/// What was kept: for what, of which session, which samples.
type Keeping = (Purpose, u64, Vec<i16>);

#[derive(Clone, Default)]
struct Kept(std::sync::Arc<std::sync::Mutex<Vec<Keeping>>>);

impl recorder::Sink for Kept {
    fn keep(&mut self, purpose: Purpose, session: u64, samples: &[i16]) -> std::io::Result<()> {
        self.0.lock().unwrap().push((purpose, session, samples.to_vec()));
        Ok(())
    }
}

fn keeping(wake: bool, commands: bool) -> (Ear, Kept) {
    let (mut ear, kept) = (ear(), Kept::default());
    ear.record(Some(Recorder::new(Box::new(kept.clone()), Purposes { wake, commands })));
    (ear, kept)
}

#[test]
fn a_wake_up_is_kept_with_what_was_before_and_the_command_as_it_is_recognised() {
    let (mut ear, kept) = keeping(true, true);
    let events = hear(&mut ear, &[silence(5_000), wake_mark(), silence(400), voice(900), silence(1_000)]);
    let Some(EventKind::SpeechEnd { duration_ms, .. }) =
        events.iter().find(|event| matches!(event, EventKind::SpeechEnd { .. }))
    else {
        panic!("{events:?}")
    };
    let kept = kept.0.lock().unwrap().clone();
    let [(Purpose::Wake, 1, wake), (Purpose::Commands, 1, command)] = &kept[..] else { panic!("{kept:?}") };
    let ms = self::duration_ms(wake);
    assert!((2_400..=2_500).contains(&ms), "{ms} ms");
    let mark = wake.iter().position(|sample| *sample == WAKE_MARK).unwrap();
    assert!((1_950..=2_000).contains(&samples_to_ms(mark as u64)), "{mark}");
    assert_eq!(self::duration_ms(command), *duration_ms);
}

#[test]
fn a_wake_up_that_leads_to_nothing_is_kept_and_other_speech_is_not() {
    let (mut ear, kept) = keeping(true, true);
    hear(&mut ear, &[voice(3_000), silence(2_000)]);
    assert!(kept.0.lock().unwrap().is_empty());
    hear(&mut ear, &[wake_mark(), silence(3_100)]);
    assert_eq!(kept.0.lock().unwrap().len(), 1);
}

#[test]
fn only_what_is_asked_for_is_kept_and_nothing_after_it_was_ended() {
    let command = [silence(1_200), wake_mark(), silence(400), voice(900), silence(1_000)];
    for (wake, commands) in [(true, false), (false, true), (false, false)] {
        let (mut ear, kept) = keeping(wake, commands);
        hear(&mut ear, &command);
        let of = |purpose| kept.0.lock().unwrap().iter().filter(|kept| kept.0 == purpose).count() == 1;
        assert_eq!((of(Purpose::Wake), of(Purpose::Commands)), (wake, commands));
    }
    // Guests come in the middle of it.
    let (mut ear, kept) = keeping(true, true);
    hear(&mut ear, &[silence(1_200), wake_mark(), silence(100)]);
    ear.record(None);
    hear(&mut ear, &[silence(300), voice(900), silence(1_000)]);
    assert!(kept.0.lock().unwrap().is_empty());
}

/// Has no room but for the third.
struct Full(usize);

impl recorder::Sink for Full {
    fn keep(&mut self, _purpose: Purpose, _session: u64, _samples: &[i16]) -> std::io::Result<()> {
        self.0 += 1;
        if self.0 == 3 { Ok(()) } else { Err(std::io::ErrorKind::StorageFull.into()) }
    }
}

#[test]
fn a_full_disk_is_told_once_and_commands_go_on() {
    let mut ear = ear();
    ear.record(Some(Recorder::new(Box::new(Full(0)), Purposes { wake: true, commands: false })));
    let wake_up = [silence(1_200), wake_mark(), silence(3_100)];
    let told: Vec<_> = (0..5)
        .map(|_| {
            let events = names(&hear(&mut ear, &wake_up));
            assert_eq!(events.last().unwrap(), "no_speech");
            events.contains(&"fault".to_owned())
        })
        .collect();
    assert_eq!(told, [true, false, false, true, false]);
}
