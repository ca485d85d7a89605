use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
use std::time::Instant;

use super::super::{OwnVoice, Slot};
use super::*;
use crate::audio::{AudioError, TestSpeaker};
use crate::clock::ManualClock;

fn shared(volume: f32) -> Arc<Shared> {
    Arc::new(Shared {
        stop: Arc::new(AtomicBool::new(false)),
        own_voice: Slot::default(),
        hushed: AtomicU64::new(0),
        heard_ms: AtomicU64::new(0),
        ear_alive: std::sync::RwLock::new(Instant::now()),
        muted: AtomicBool::new(false),
        volume: AtomicU32::new(volume.to_bits()),
        next_hearing: Slot::default(),
        listen: Slot::default(),
        keep: Slot::default(),
    })
}

fn clock(time: &str) -> ManualClock {
    ManualClock::at(format!("2026-03-01T{time}:00[UTC]").parse().unwrap())
}

fn always() -> Wishes {
    Wishes { language: "en".into(), quiet: None, clock: Arc::new(clock("12:00")) }
}

fn say(text: &str, slow: bool) -> Say {
    Say { text: text.into(), language: "en".into(), session: Some(1), manner: Manner { slow } }
}

/// Everything until the answer is over.
fn until_ended(news: &Receiver<Message>) -> Vec<Message> {
    let mut all = Vec::new();
    loop {
        let message = news.recv_timeout(Duration::from_secs(20)).expect("the answer ends");
        if matches!(message, Message::Ended) {
            return all;
        }
        all.push(message);
    }
}

fn end(mouth: Mouth, shared: &Shared) {
    shared.stop.store(true, Ordering::Relaxed);
    mouth.into_thread().join().unwrap();
}

/// Tells when it begins to play.
struct Signalling(TestSpeaker, SyncSender<Instant>);

impl Speaker for Signalling {
    fn start(&mut self, speech: &Speech) -> Result<(), AudioError> {
        // Nobody may be waiting.
        let _ = self.1.try_send(Instant::now());
        self.0.start(speech)
    }
    fn playing(&mut self) -> Result<bool, AudioError> {
        self.0.playing()
    }
    fn stop(&mut self) {
        self.0.stop();
    }
    fn set_volume(&mut self, volume: f32) {
        self.0.set_volume(volume);
    }
}

/// Speaks word by word, and each after the first only once something is heard.
struct Hesitant(Receiver<Instant>, Arc<Mutex<Vec<(String, Manner)>>>);

impl Voice for Hesitant {
    fn name(&self) -> String {
        "hesitant".into()
    }
    fn pieces(&self, text: &str, _language: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }
    fn speak(&mut self, text: &str, language: &str) -> Result<Speech, TtsError> {
        self.speak_as(text, language, Manner::default())
    }
    fn speak_as(&mut self, text: &str, _language: &str, manner: Manner) -> Result<Speech, TtsError> {
        let failed = |reason: &str| TtsError::Failed { program: "hesitant".into(), reason: reason.into() };
        if text == "broken" {
            return Err(failed("it is broken"));
        }
        if !self.1.lock().unwrap().is_empty() {
            self.0.recv_timeout(Duration::from_secs(10)).map_err(|_| failed("nothing was heard"))?;
        }
        self.1.lock().unwrap().push((text.to_owned(), manner));
        Ok(Speech { samples: vec![1; text.len()], sample_rate: 16_000 })
    }
}

#[test]
fn the_first_piece_is_heard_while_the_next_is_made() {
    let (begins, began) = mpsc::sync_channel(10);
    let (news, inbox) = mpsc::sync_channel(100);
    let (speaker, said) = (TestSpeaker::default(), Arc::default());
    let (shared, voice) = (shared(1.0), Hesitant(began, Arc::clone(&said)));
    let speaking = Signalling(speaker.clone(), begins);
    let mut mouth = Mouth::spawn(Box::new(voice), Box::new(speaking), news, &shared, always());
    assert_eq!(mouth.say(say("one three seven", true)), None);
    let messages = until_ended(&inbox);
    assert!(matches!(messages[..], [Message::Began(Some(1))]), "it begins once, without faults");
    let lengths: Vec<usize> = speaker.played().iter().map(|speech| speech.samples.len()).collect();
    assert_eq!(lengths, [3, 5, 5]);
    assert!(said.lock().unwrap().iter().all(|(_, manner)| manner.slow));
    assert!(matches!(shared.own_voice.take(), Some(OwnVoice::Ended)));
    end(mouth, &shared);
}

#[test]
fn a_piece_that_fails_ends_the_answer_with_one_fault() {
    let (begins, began) = mpsc::sync_channel(10);
    let (news, inbox) = mpsc::sync_channel(100);
    let (speaker, shared) = (TestSpeaker::default(), shared(1.0));
    let voice = Hesitant(began, Arc::default());
    let speaking = Signalling(speaker.clone(), begins);
    let mut mouth = Mouth::spawn(Box::new(voice), Box::new(speaking), news, &shared, always());
    assert_eq!(mouth.say(say("one broken three", false)), None);
    let messages = until_ended(&inbox);
    assert!(matches!(messages[..], [Message::Began(_), Message::Failed(Some(1), _)]));
    assert_eq!(speaker.played().len(), 1);
    end(mouth, &shared);
}

#[test]
fn quiet_hours_soften_speech_and_cues_but_no_alarm() {
    let (_, began) = mpsc::sync_channel(1);
    let (news, inbox) = mpsc::sync_channel(100);
    let (speaker, shared, clock) = (TestSpeaker::default(), shared(0.8), clock("23:00"));
    let at = |hour| jiff::civil::time(hour, 0, 0, 0);
    let quiet = QuietHours { from: at(22), until: at(7), volume: 0.3 };
    let wishes = Wishes { quiet: Some(quiet), clock: Arc::new(clock.clone()), ..always() };
    let voice = Hesitant(began, Arc::default());
    let mut mouth = Mouth::spawn(Box::new(voice), Box::new(speaker.clone()), news, &shared, wishes);
    mouth.cue(Cue::Alarm);
    mouth.cue(Cue::Wake);
    assert_eq!(mouth.say(say("one", false)), None);
    until_ended(&inbox);
    assert_eq!(speaker.volumes(), [0.8, 0.3]);
    clock.set("2026-03-02T08:00:00[UTC]".parse().unwrap());
    mouth.cue(Cue::Done);
    while speaker.played().len() < 4 {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(speaker.volumes(), [0.8, 0.3, 0.8]);
    end(mouth, &shared);
}

/// From the order to speak to the first sample given to the speaker. Run it alone:
/// `cargo test --lib time_to_first_sound -- --ignored --nocapture`
/// (`ENTRENOUS_MEASURE_ENGINE=piper`, with `ENTRENOUS_MODELS`, for Piper).
#[test]
#[ignore = "measures this machine"]
fn time_to_first_sound() {
    use crate::config;
    let engine = std::env::var("ENTRENOUS_MEASURE_ENGINE").unwrap_or_else(|_| "espeak-ng".into());
    let folder = tempfile::tempdir().unwrap();
    for language in ["en", "fr"] {
        let text = format!("language = \"{language}\"\n[tts]\nengine = \"{engine}\"");
        let parsed = config::parse(std::path::Path::new("x"), &text, &config::Surroundings::of_process());
        let mut config = parsed.unwrap().config;
        config.data_dir = folder.path().to_owned();
        let (voice, choice) = match crate::tts::build(&config) {
            Ok(built) => built,
            Err(error) => {
                println!("{language}: not measured: {error}");
                continue;
            }
        };
        println!("{choice}");
        let (begins, began) = mpsc::sync_channel(100);
        let (news, inbox) = mpsc::sync_channel(100);
        let speaking = Signalling(TestSpeaker::default(), begins);
        let shared = shared(1.0);
        let mut mouth = Mouth::spawn(
            voice,
            Box::new(speaking),
            news,
            &shared,
            Wishes { language: language.into(), ..always() },
        );
        // What is prepared in the background is not to be measured.
        std::thread::sleep(Duration::from_secs(5));
        let words = crate::skills::words::of(language);
        let long = words.help(&words.examples(None, None, None));
        let mut measure = |what: &str, texts: Vec<String>| {
            let mut times: Vec<Duration> = Vec::new();
            for text in texts {
                let ordered = Instant::now();
                let order = Say { text, language: language.into(), session: None, manner: Manner::default() };
                assert_eq!(mouth.say(order), None);
                let first = began.recv_timeout(Duration::from_secs(20)).expect("it speaks");
                until_ended(&inbox);
                while began.try_recv().is_ok() {}
                times.push(first.duration_since(ordered));
            }
            times.sort();
            let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1_000.0;
            println!("{language} {what:<22} p50 {:6.1} ms, p95 {:6.1} ms, n {}", at(50), at(95), times.len());
        };
        let number = |n: u8| format!("{} {}", words.own_volume(n), words.own_volume(n + 25));
        measure("prepared phrase", vec![words.not_understood(); 50]);
        measure("short answer, uncached", (0..50).map(|n| words.own_volume(n)).collect());
        measure("two sentences, uncached", (50..75).map(number).collect());
        measure("long answer, uncached", (0..10).map(|n| format!("{n}. {long} {long}")).collect());
        end(mouth, &shared);
    }
}
