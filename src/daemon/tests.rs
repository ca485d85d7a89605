//! The living house with a scripted microphone, mind, voice and speaker.

use std::sync::Mutex;

use super::hears::Here;
use super::*;
use crate::audio::FrameSource;
use crate::audio::{Captured, FRAME_SAMPLES, Frame, TestSpeaker};
use crate::clock::ManualClock;
use crate::ear::{Address, Ear, WakeStage};
use crate::event::Expected;
use crate::stt::{SpeechToText, SttError, Transcript};
use crate::testing::{ScriptedWake, WAKE_MARK, silence, voice};
use crate::tts::{Speech, TtsError};
use crate::vad::EndpointConfig;
use crate::wake::Trigger;

/// Hears these texts, one an utterance; `None` fails.
struct ScriptedStt(Vec<Option<&'static str>>);

impl SpeechToText for ScriptedStt {
    fn engine(&self) -> &'static str {
        "scripted"
    }
    fn transcribe(&mut self, _samples: &[i16]) -> Result<Transcript, SttError> {
        match self.0.remove(0) {
            Some(text) => Ok(Transcript { text: text.into(), confidence: 1.0, ..Transcript::default() }),
            None => Err(SttError::Run { engine: "scripted", reason: "out of tape".into() }),
        }
    }
}

/// Answers every transcript with its text, in as many replies as it has words; is due when told.
#[derive(Default)]
struct Echo(Arc<Mutex<Option<Timestamp>>>);

impl Answers for Echo {
    fn handle(&mut self, event: &Event, emit: &mut dyn FnMut(Event)) {
        let mut report = |kind| emit(Event { kind, took: None, ..event.clone() });
        match &event.kind {
            EventKind::Transcript(heard) => {
                if let Some(level) = heard.text.strip_prefix("volume ") {
                    let value = serde_json::from_str(level).unwrap();
                    let (action, target) = ("set_volume".into(), Some("assistant".into()));
                    report(EventKind::Action { action, target, value });
                }
                for word in heard.text.split_whitespace() {
                    report(EventKind::Reply { text: word.into(), language: "en".into(), slow: false });
                }
                if heard.text == "ask" {
                    let (patience_ms, expects) = (5_000, Expected::Confirmation);
                    return report(EventKind::Listen { patience_ms, expects, options: Vec::new() });
                }
                report(EventKind::SessionEnd { reason: SessionEndReason::Done });
            }
            EventKind::NoSpeech => report(EventKind::SessionEnd { reason: SessionEndReason::NoSpeech }),
            _ => {}
        }
    }
    fn tick(&mut self, at_ms: u64, emit: &mut dyn FnMut(Event)) {
        *self.0.lock().unwrap() = None;
        emit(Event::new(
            at_ms,
            EventKind::Reply { text: "timer".into(), language: "en".into(), slow: false },
        ));
    }
    fn renew(&mut self, _household: Household) -> crate::Result<()> {
        Ok(())
    }
    fn next_due(&self) -> Option<Timestamp> {
        *self.0.lock().unwrap()
    }
}

/// Speech whose length says which text it was; "mute" fails.
struct Lengths;

impl Voice for Lengths {
    fn name(&self) -> String {
        "lengths".into()
    }
    fn speak(&mut self, text: &str, _language: &str) -> Result<Speech, TtsError> {
        if text == "mute" {
            return Err(TtsError::Failed { program: "lengths".into(), reason: "no voice".into() });
        }
        Ok(Speech { samples: vec![1; text.len()], sample_rate: 16_000 })
    }
}

#[allow(clippy::large_enum_variant)] // a few at a time, in tests
enum Step {
    Sound(Vec<i16>),
    Event(EventKind),
    /// Real time, for the other threads.
    Wait(Duration),
    Panic,
}

struct Script {
    steps: VecDeque<Step>,
    frames: VecDeque<Frame>,
    /// Whether the microphone falls silent at the end, rather than ending.
    endless: bool,
}

impl FrameSource for Script {
    fn next(&mut self, timeout: Duration) -> Captured {
        if let Some(frame) = self.frames.pop_front() {
            return Captured::Frame(frame);
        }
        match self.steps.pop_front() {
            Some(Step::Sound(samples)) => {
                self.frames.extend(samples.chunks(FRAME_SAMPLES).map(|chunk| {
                    let mut frame = [0; FRAME_SAMPLES];
                    frame[..chunk.len()].copy_from_slice(chunk);
                    frame
                }));
                Captured::Nothing
            }
            Some(Step::Event(kind)) => Captured::Event(kind),
            Some(Step::Wait(time)) => {
                std::thread::sleep(time);
                Captured::Nothing
            }
            Some(Step::Panic) => panic!("a fault in the script"),
            None if self.endless => {
                std::thread::sleep(timeout);
                Captured::Nothing
            }
            None => Captured::End,
        }
    }
}

/// The wake word, time for its cue, a command, and time for the answer: scripted sound takes no
/// time by itself.
fn command() -> Vec<Step> {
    let mut mark = silence(16);
    mark[0] = WAKE_MARK;
    vec![
        Step::Sound([silence(1_200), mark].concat()),
        Step::Wait(Duration::from_millis(200)),
        Step::Sound([silence(400), voice(900), silence(1_000)].concat()),
        Step::Wait(Duration::from_millis(600)),
    ]
}

struct Outcome {
    result: crate::Result<()>,
    events: Vec<Event>,
}

impl Outcome {
    fn kinds(&self) -> Vec<&EventKind> {
        self.events.iter().map(|event| &event.kind).collect()
    }

    fn states(&self) -> Vec<State> {
        self.events
            .iter()
            .filter_map(|event| match event.kind {
                EventKind::State { state } => Some(state),
                _ => None,
            })
            .collect()
    }

    fn faults(&self) -> Vec<(&str, &str)> {
        self.events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::Fault { stage, message } => Some((stage.as_str(), message.as_str())),
                _ => None,
            })
            .collect()
    }

    fn replies(&self) -> Vec<&str> {
        self.events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::Reply { text, .. } => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }
}

struct Scene {
    script: Script,
    heard: Vec<Option<&'static str>>,
    speaker: TestSpeaker,
    mind: Echo,
    clock: ManualClock,
    stop: Arc<AtomicBool>,
    cues: bool,
    history: Option<Box<dyn History>>,
    quiet: Option<QuietHours>,
}

impl Scene {
    fn new(steps: Vec<Step>, heard: Vec<Option<&'static str>>) -> Self {
        let noon = "2026-03-01T12:00:00[UTC]".parse().unwrap();
        Self {
            script: Script { steps: steps.into(), frames: VecDeque::new(), endless: false },
            heard,
            speaker: TestSpeaker::default(),
            mind: Echo::default(),
            clock: ManualClock::at(noon),
            stop: Arc::default(),
            cues: true,
            history: None,
            quiet: None,
        }
    }

    /// Lives through the scene; the watcher may act on what it sees.
    fn live(self, mut watcher: impl FnMut(&Event) -> io::Result<()>) -> Outcome {
        let stage = WakeStage {
            detector: Box::new(ScriptedWake),
            reference: Some(Box::new(ScriptedWake)),
            trigger: Trigger::new(0.5, 1_000),
            address: Address::default(),
        };
        let parts = Parts {
            hears: Box::new(Here::new(
                Box::new(self.script),
                Ear::new(vec![stage], EndpointConfig::default(), Box::new(ScriptedStt(self.heard))),
            )),
            mind: Box::new(self.mind),
            voice: Box::new(Lengths),
            speaker: Box::new(self.speaker),
            clock: Arc::new(self.clock),
            language: "en".into(),
            cues: self.cues.into(),
            volume: 0.8,
            quiet: self.quiet,
            signs: crate::signs::Signs::start(&[]),
            history: self.history,
            news: None,
        };
        let mut events = Vec::new();
        let result = run(parts, &self.stop, &mut |event| {
            events.push(event.clone());
            watcher(event)
        });
        Outcome { result, events }
    }
}

/// The lengths of what was spoken, cues left out.
fn spoken(speaker: &TestSpeaker) -> Vec<usize> {
    let played = speaker.played();
    played.iter().filter(|speech| speech.sample_rate == 16_000).map(|speech| speech.samples.len()).collect()
}

#[test]
fn a_command_is_acknowledged_and_answered() {
    let scene = Scene::new(command(), vec![Some("hello")]);
    let speaker = scene.speaker.clone();
    let outcome = scene.live(|_| Ok(()));
    outcome.result.as_ref().unwrap();
    assert_eq!(speaker.played()[0], Cue::Wake.sound());
    assert_eq!(spoken(&speaker), ["hello".len()]);
    use State::{Idle, Listening, Speaking, Thinking};
    assert_eq!(outcome.states(), [Idle, Listening, Thinking, Speaking, Idle], "{:?}", outcome.kinds());
    assert!(outcome.events.iter().all(|event| event.session.unwrap_or(1) == 1));
    assert!(outcome.events.is_sorted_by_key(|event| event.at_ms), "{:?}", outcome.events);
}

#[test]
fn an_answer_is_heard_without_a_wake_word_once_the_question_was_said() {
    let mut steps = command();
    // While the question is being said somebody talks, and is not listened to.
    steps.extend([
        Step::Sound([voice(900), silence(1_000)].concat()),
        Step::Wait(Duration::from_millis(1_500)),
        Step::Sound([silence(400), voice(900), silence(1_000)].concat()),
        Step::Wait(Duration::from_millis(600)),
    ]);
    let mut scene = Scene::new(steps, vec![Some("ask"), Some("yes")]);
    scene.cues = false;
    scene.speaker = TestSpeaker::lasting(Duration::from_millis(900));
    let speaker = scene.speaker.clone();
    let outcome = scene.live(|_| Ok(()));
    outcome.result.as_ref().unwrap();
    assert_eq!(spoken(&speaker), ["ask".len(), "yes".len()], "{:?}", outcome.kinds());
    let heard = |event: &&Event| matches!(event.kind, EventKind::Transcript(_));
    let sessions: Vec<_> = outcome.events.iter().filter(heard).map(|event| event.session).collect();
    assert_eq!(sessions, [Some(1), Some(1)]);
    use State::{Idle, Listening, Speaking, Thinking};
    assert_eq!(
        outcome.states(),
        [Idle, Listening, Thinking, Speaking, Listening, Thinking, Speaking, Idle],
        "{:?}",
        outcome.kinds()
    );
}

#[test]
fn the_wake_word_interrupts_the_answer() {
    let mut mark = silence(16);
    mark[0] = WAKE_MARK;
    let mut steps = command();
    steps.extend([
        Step::Wait(Duration::from_millis(400)),
        Step::Sound([silence(304), mark].concat()),
        Step::Wait(Duration::from_millis(400)),
        Step::Sound([silence(400), voice(900), silence(1_000)].concat()),
        Step::Wait(Duration::from_millis(600)),
    ]);
    let mut scene = Scene::new(steps, vec![Some("one two three"), Some("four")]);
    scene.cues = false;
    scene.speaker = TestSpeaker::lasting(Duration::from_millis(1_500));
    let speaker = scene.speaker.clone();
    let mut wakes = Vec::new();
    let outcome = scene.live(|event| {
        if matches!(event.kind, EventKind::Wake { .. }) {
            wakes.push(Instant::now());
        }
        Ok(())
    });
    outcome.result.as_ref().unwrap();
    // "one" was cut off, "two" and "three" were not said, "four" was.
    assert_eq!(spoken(&speaker), ["one".len(), "four".len()], "{:?}", outcome.kinds());
    let silenced = speaker.stops();
    assert!(!silenced.is_empty());
    let late = silenced[0].saturating_duration_since(wakes[1]);
    assert!(late < Duration::from_millis(150), "it stopped {late:?} after the wake word");
    use State::{Idle, Listening, Speaking, Thinking};
    assert_eq!(
        outcome.states(),
        [Idle, Listening, Thinking, Speaking, Listening, Thinking, Speaking, Idle],
        "{:?}",
        outcome.kinds()
    );
}

#[test]
fn a_failing_recogniser_is_apologised_for_and_the_next_command_works() {
    let mut steps = command();
    steps.extend(command());
    let scene = Scene::new(steps, vec![None, Some("hello")]);
    let speaker = scene.speaker.clone();
    let outcome = scene.live(|_| Ok(()));
    outcome.result.as_ref().unwrap();
    assert_eq!(outcome.replies(), [apology("en"), "hello"]);
    assert_eq!(spoken(&speaker), [apology("en").len(), 5]);
    assert_eq!(outcome.faults().len(), 1);
    assert!(outcome.kinds().contains(&&EventKind::SessionEnd { reason: SessionEndReason::Error }));
}

#[test]
fn a_missing_speaker_is_reported_once_and_everything_else_goes_on() {
    let mut steps = command();
    steps.extend(command());
    let scene = Scene::new(steps, vec![Some("one"), Some("three")]);
    scene.speaker.set_broken(true);
    let outcome = scene.live(|_| Ok(()));
    outcome.result.as_ref().unwrap();
    assert_eq!(outcome.replies(), ["one", "three"]);
    let faults = outcome.faults();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].0, "speaker");
    assert_eq!(outcome.states().last(), Some(&State::Idle));
}

#[test]
fn a_failing_voice_costs_one_answer() {
    let mut steps = command();
    steps.extend(command());
    let scene = Scene::new(steps, vec![Some("mute"), Some("hello")]);
    let speaker = scene.speaker.clone();
    let outcome = scene.live(|_| Ok(()));
    outcome.result.as_ref().unwrap();
    assert_eq!(outcome.faults()[0].0, "voice");
    assert_eq!(spoken(&speaker), [5]);
    assert_eq!(outcome.states().last(), Some(&State::Idle));
}

#[test]
fn an_unplugged_microphone_ends_the_command_and_the_next_one_works() {
    let mut mark = silence(16);
    mark[0] = WAKE_MARK;
    let lost = EventKind::MicrophoneLost { message: "unplugged".into(), retry_ms: 500 };
    let mut steps = vec![
        Step::Sound([silence(500), mark, silence(100)].concat()),
        Step::Event(lost.clone()),
        Step::Event(EventKind::MicrophoneOpen { device: "test".into() }),
    ];
    steps.extend(command());
    let outcome = Scene::new(steps, vec![Some("hello")]).live(|_| Ok(()));
    outcome.result.as_ref().unwrap();
    let kinds = outcome.kinds();
    let at = |kind: &EventKind| kinds.iter().position(|other| *other == kind).unwrap();
    assert!(at(&EventKind::NoSpeech) < at(&lost));
    assert_eq!(outcome.replies(), ["hello"]);
}

#[test]
fn what_becomes_due_is_said() {
    let mut scene = Scene::new(Vec::new(), Vec::new());
    scene.script.endless = true;
    let due = scene.clock.now().timestamp() + jiff::SignedDuration::from_secs(60);
    *scene.mind.0.lock().unwrap() = Some(due);
    let (clock, stop, speaker) = (scene.clock.clone(), Arc::clone(&scene.stop), scene.speaker.clone());
    let waiter = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        let before = spoken(&speaker).len();
        clock.advance_ms(60_000);
        std::thread::sleep(Duration::from_millis(700));
        stop.store(true, Ordering::Relaxed);
        (before, spoken(&speaker))
    });
    let outcome = scene.live(|_| Ok(()));
    outcome.result.unwrap();
    assert_eq!(waiter.join().unwrap(), (0, vec!["timer".len()]));
}

#[test]
fn the_speaker_obeys_the_volume() {
    let heard = [r#"volume {"level":40}"#, r#"volume {"muted":true}"#, r#"volume {"muted":false}"#];
    let steps = heard.iter().flat_map(|_| command()).collect();
    let scene = Scene::new(steps, heard.map(Some).to_vec());
    let speaker = scene.speaker.clone();
    scene.live(|_| Ok(())).result.unwrap();
    assert_eq!(speaker.volumes(), [0.8, 0.4, 0.0, 0.4]);
}

#[test]
fn too_many_answers_are_reported() {
    let words = "a a a a a a a a a a";
    let scene = Scene::new(command(), vec![Some(words)]);
    let speaker = scene.speaker.clone();
    let outcome = scene.live(|_| Ok(()));
    outcome.result.as_ref().unwrap();
    assert_eq!(outcome.faults().len(), 10 - ANSWERS);
    assert_eq!(spoken(&speaker).len(), ANSWERS);
}

#[test]
fn silence_after_the_wake_word_ends_with_a_cue() {
    let mut mark = silence(16);
    mark[0] = WAKE_MARK;
    let steps = vec![Step::Sound([mark, silence(3_500)].concat()), Step::Wait(Duration::from_millis(200))];
    let scene = Scene::new(steps, Vec::new());
    let speaker = scene.speaker.clone();
    scene.live(|_| Ok(())).result.unwrap();
    assert_eq!(speaker.played(), [Cue::Wake.sound(), Cue::Done.sound()]);
}

#[test]
fn what_a_cue_says_is_an_event_whether_it_is_heard_or_not() {
    for cues in [true, false] {
        let state = |state| Step::Event(EventKind::State { state });
        let mut steps = vec![state(State::Muted), state(State::Muted), state(State::Idle)];
        steps.push(Step::Wait(Duration::from_millis(200)));
        steps.extend(command());
        let mut scene = Scene::new(steps, vec![Some("hello")]);
        scene.cues = cues;
        let speaker = scene.speaker.clone();
        let outcome = scene.live(|_| Ok(()));
        outcome.result.as_ref().unwrap();
        let told: Vec<Cue> = outcome
            .events
            .iter()
            .filter_map(|event| match event.kind {
                EventKind::Cue { name } => Some(name),
                _ => None,
            })
            .collect();
        assert_eq!(told, [Cue::Muted, Cue::Unmuted, Cue::Wake]);
        let played = speaker.played();
        let sounded: Vec<Cue> = Cue::ALL.into_iter().filter(|cue| played.contains(&cue.sound())).collect();
        assert_eq!(sounded, if cues { vec![Cue::Wake, Cue::Muted, Cue::Unmuted] } else { Vec::new() });
    }
}

#[test]
fn it_stops_when_asked_and_when_nobody_can_read() {
    let mut scene = Scene::new(Vec::new(), Vec::new());
    scene.script.endless = true;
    scene.stop.store(true, Ordering::Relaxed);
    let before = Instant::now();
    scene.live(|_| Ok(())).result.unwrap();
    assert!(before.elapsed() < Duration::from_secs(2));

    let mut scene = Scene::new(Vec::new(), Vec::new());
    scene.script.endless = true;
    let result = scene.live(|_| Err(io::ErrorKind::BrokenPipe.into())).result;
    assert!(matches!(result, Err(Error::Output(_))), "{result:?}");
}

#[test]
fn a_thread_that_dies_is_an_error() {
    let scene = Scene::new(vec![Step::Panic], Vec::new());
    let result = scene.live(|_| Ok(())).result;
    assert!(matches!(result, Err(Error::Stopped(_))), "{result:?}");
}

/// A microphone that tells whether it is open; it gives silence for ever.
struct Tap(Arc<AtomicBool>);

impl FrameSource for Tap {
    fn next(&mut self, _timeout: Duration) -> Captured {
        self.0.store(true, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(2));
        Captured::Frame([0; FRAME_SAMPLES])
    }
    fn close(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Does not want to be heard while this is true.
struct Shy(Arc<AtomicBool>);

impl Answers for Shy {
    fn handle(&mut self, _event: &Event, _emit: &mut dyn FnMut(Event)) {}
    fn tick(&mut self, _at_ms: u64, _emit: &mut dyn FnMut(Event)) {}
    fn next_due(&self) -> Option<Timestamp> {
        None
    }
    fn renew(&mut self, _household: Household) -> crate::Result<()> {
        Ok(())
    }
    fn muted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[test]
fn muted_means_that_the_microphone_is_closed() {
    let (open, shy, stop) =
        (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(true)), Arc::default());
    let parts = Parts {
        hears: Box::new(Here::new(
            Box::new(Tap(Arc::clone(&open))),
            Ear::new(Vec::new(), EndpointConfig::default(), Box::new(ScriptedStt(Vec::new()))),
        )),
        mind: Box::new(Shy(Arc::clone(&shy))),
        voice: Box::new(Lengths),
        speaker: Box::new(TestSpeaker::default()),
        clock: Arc::new(ManualClock::at("2026-03-01T12:00:00[UTC]".parse().unwrap())),
        language: "en".into(),
        cues: true.into(),
        volume: 0.8,
        quiet: None,
        signs: crate::signs::Signs::start(&[]),
        history: None,
        news: None,
    };
    let (mut states, mut cues) = (Vec::new(), Vec::new());
    let wish = Arc::clone(&shy);
    let (seen, ending) = (Arc::clone(&open), Arc::clone(&stop));
    std::thread::spawn(move || {
        // Muted from the start, it is never opened.
        for _ in 0..40 {
            std::thread::sleep(Duration::from_millis(5));
            assert!(!seen.load(Ordering::Relaxed));
        }
        wish.store(false, Ordering::Relaxed);
    });
    run(parts, &stop, &mut |event| {
        match event.kind {
            EventKind::State { state } => {
                states.push(state);
                // What is told has happened.
                assert_eq!(state == State::Muted, !open.load(Ordering::Relaxed), "{states:?}");
                match states.len() {
                    2 => shy.store(true, Ordering::Relaxed),
                    3 => ending.store(true, Ordering::Relaxed),
                    _ => {}
                }
            }
            EventKind::Cue { name } => cues.push(name),
            _ => {}
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(states, [State::Muted, State::Idle, State::Muted]);
    assert!(cues.starts_with(&[Cue::Unmuted]), "{cues:?}");
}

/// A history that cannot be kept up, and says so once.
struct Full(Arc<Mutex<usize>>);

impl History for Full {
    fn see(&mut self, _event: &Event, _guests: bool) -> Option<String> {
        None
    }
    fn look(&mut self) -> Option<String> {
        let mut looks = self.0.lock().unwrap();
        *looks += 1;
        (*looks == 1).then(|| "the disk is full; free some space".into())
    }
}

#[test]
fn the_history_is_looked_after_in_a_silent_house() {
    let mut scene = Scene::new(vec![Step::Wait(Duration::from_millis(2_300))], Vec::new());
    let looks = Arc::default();
    scene.history = Some(Box::new(Full(Arc::clone(&looks))));
    let outcome = scene.live(|_| Ok(()));
    outcome.result.unwrap();
    assert!(*looks.lock().unwrap() >= 2);
    let faults = outcome.events.iter().filter(|event| matches!(event.kind, EventKind::Fault { .. }));
    assert_eq!(faults.count(), 1, "the house goes on, and it is told once");
}
