//! Conversations with the mind: text in, events out.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use entrenous::cli::show;
use entrenous::clock::{Clock, ManualClock};
use entrenous::config::Confirm;
use entrenous::event::{EndReason, Event, EventKind, SessionEndReason, State};
use entrenous::home::Home;
use entrenous::household::{Household, shipped_sentences};
use entrenous::mind::Mind;
use entrenous::nlu::sentences::{SourceFile, load};
use entrenous::store::MemoryStore;
use entrenous::stt::Transcript;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    language: String,
    conversations: Vec<Conversation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Conversation {
    name: String,
    area: Option<String>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    say: Option<String>,
    wait_s: Option<i64>,
    restart_after_s: Option<i64>,
    intent: Option<String>,
    did: Option<Vec<String>>,
    reply: Option<String>,
    #[serde(default)]
    end: Option<SessionEndReason>,
}

/// A mind that can be restarted, with its store and clock.
struct Room {
    language: String,
    area: Option<String>,
    store: MemoryStore,
    clock: ManualClock,
    mind: Mind,
}

fn mind(language: &str, home: Home, area: Option<&str>, store: &MemoryStore, clock: &ManualClock) -> Mind {
    let files = shipped_sentences(language);
    let mut household = Household::from_parts(language, home, &files, area.map(str::to_owned)).unwrap();
    // What is asked first is the business of tests/all/conversations.rs.
    household.manners.confirm = Confirm::Never;
    Mind::new(household, Box::new(store.clone()), Arc::new(clock.clone())).unwrap()
}

impl Room {
    fn new(language: &str, area: Option<&str>) -> Self {
        let store = MemoryStore::default();
        let clock = ManualClock::at("2026-11-24T15:00:00[Europe/Paris]".parse().unwrap());
        let mind = mind(language, Home::demo(), area, &store, &clock);
        Self { language: language.to_owned(), area: area.map(str::to_owned), store, clock, mind }
    }

    fn restart(&mut self) {
        self.mind = mind(&self.language, Home::demo(), self.area.as_deref(), &self.store, &self.clock);
    }

    fn ask(&mut self, text: &str) -> Vec<Event> {
        let mut events = Vec::new();
        self.mind.ask(text, 7, &mut |event| events.push(event));
        events
    }

    fn tick(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        self.mind.tick(7, &mut |event| events.push(event));
        events
    }

    fn handle(&mut self, session: u64, kind: EventKind) -> Vec<Event> {
        let mut events = Vec::new();
        let event = Event::new(1280, kind).in_session(session);
        self.mind.handle(&event, &mut |event| events.push(event));
        events
    }

    fn step(&mut self, step: &Step) -> Vec<Event> {
        if let Some(text) = &step.say {
            return self.ask(text);
        }
        if let Some(seconds) = step.wait_s {
            self.clock.advance_ms(seconds * 1000);
        } else if let Some(seconds) = step.restart_after_s {
            self.clock.advance_ms(seconds * 1000);
            self.restart();
        }
        self.tick()
    }
}

fn intent(events: &[Event]) -> Option<&str> {
    events.iter().find_map(|event| match &event.kind {
        EventKind::Intent(intent) => Some(intent.intent.as_str()),
        _ => None,
    })
}

fn reply(events: &[Event]) -> Option<&str> {
    events.iter().find_map(|event| match &event.kind {
        EventKind::Reply { text, .. } => Some(text.as_str()),
        _ => None,
    })
}

fn end(events: &[Event]) -> Vec<SessionEndReason> {
    let ends = events.iter().filter_map(|event| match &event.kind {
        EventKind::SessionEnd { reason } => Some(*reason),
        _ => None,
    });
    ends.collect()
}

/// The actions as people read them.
fn did(events: &[Event]) -> Vec<String> {
    let actions = events.iter().filter(|event| matches!(event.kind, EventKind::Action { .. }));
    actions
        .map(|event| {
            let line = show::line(&Event { took: None, ..event.clone() }).unwrap();
            line.trim().trim_start_matches("did").trim().to_owned()
        })
        .collect()
}

#[test]
fn conversations_go_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/conversations");
    let mut wrong = Vec::new();
    for language in ["en", "fr"] {
        let text = fs::read_to_string(folder.join(format!("{language}.yaml"))).unwrap();
        let file: File = serde_saphyr::from_str(&text).unwrap();
        assert_eq!(file.language, language);
        for conversation in &file.conversations {
            let mut room = Room::new(&file.language, conversation.area.as_deref());
            for step in &conversation.steps {
                let events = room.step(step);
                let said = step.say.as_deref().unwrap_or("(time passes)");
                let place = format!("{} › {said}", conversation.name);
                let mut differ = |what: &str, found: String, expected: String| {
                    if found != expected {
                        wrong.push(format!("{place}\n   {what} {found}\n   expected {expected}"));
                    }
                };
                if step.intent.is_some() {
                    differ(
                        "intent",
                        format!("{:?}", intent(&events)),
                        format!("{:?}", step.intent.as_deref()),
                    );
                }
                if let Some(expected) = &step.did {
                    differ("did", format!("{:?}", did(&events)), format!("{expected:?}"));
                }
                differ("reply", format!("{:?}", reply(&events)), format!("{:?}", step.reply.as_deref()));
                let ended = step.say.as_ref().map(|_| step.end.unwrap_or(SessionEndReason::Done));
                differ("end", format!("{:?}", end(&events)), format!("{:?}", Vec::from_iter(ended)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whatever the shipped sentences can say is acted on or answered, never a fault.
#[test]
fn every_shipped_sentence_is_answered() {
    for language in ["en", "fr"] {
        let loaded = load(language, &shipped_sentences(language), &Home::demo().lists(language)).unwrap();
        let mut room = Room::new(language, Some("Living Room"));
        for index in 0..loaded.grammar.sentences.len() {
            for seed in 0..3 {
                let text = loaded.grammar.sample(index, seed).join(" ");
                let events = room.ask(&text);
                let source = &loaded.grammar.sentences[index].source;
                let mut reason = end(&events);
                let asking = room.mind.is_asking();
                if asking {
                    room.mind.close(7, &mut |event| reason.extend(end(&[event])));
                }
                assert!(
                    match reason[..] {
                        [SessionEndReason::Unanswered] => asking,
                        [SessionEndReason::Done | SessionEndReason::Cancelled] => !asking,
                        _ => false,
                    },
                    "{text} ({source}): {events:?}"
                );
                let quiet = reason == [SessionEndReason::Cancelled];
                assert_eq!(reply(&events).is_none(), quiet, "{text} ({source})");
                assert_ne!(reply(&events), Some("I understood that, but nothing here can do it."), "{text}");
                assert!(!events.iter().any(|event| matches!(event.kind, EventKind::Fault { .. })), "{text}");
            }
        }
    }
}

#[test]
fn help_gives_examples_that_work() {
    for language in ["en", "fr"] {
        let mut room = Room::new(language, None);
        let question = if language == "en" { "what can i say" } else { "que puis je dire" };
        let said = reply(&room.ask(question)).unwrap().to_owned();
        let quotes = if language == "en" { ('“', '”') } else { ('«', '»') };
        let examples: Vec<_> =
            said.split(quotes.0).skip(1).filter_map(|part| part.split(quotes.1).next()).collect();
        assert!(examples.len() >= 3, "{said}");
        for example in examples {
            let events = room.ask(example);
            assert_eq!(end(&events), [SessionEndReason::Done], "{example}");
        }
    }
}

#[test]
fn every_session_of_the_ear_ends_once() {
    let heard = |text: &str, rejected: Option<&str>| {
        EventKind::Transcript(Transcript {
            text: text.into(),
            confidence: 1.0,
            engine: "pocketsphinx".into(),
            rejected: rejected.map(str::to_owned),
            ..Transcript::default()
        })
    };
    let cases = [
        (heard("turn on the bed light", None), SessionEndReason::Done, true),
        (heard("mumble", None), SessionEndReason::NotUnderstood, true),
        (
            heard("turn on the bed light", Some("too far from any sentence")),
            SessionEndReason::NotUnderstood,
            true,
        ),
        (heard("never mind", None), SessionEndReason::Cancelled, false),
        // Noise is answered by a cue at most, never by a voice.
        (EventKind::NotHeard { reason: "noise".into() }, SessionEndReason::NotHeard, false),
        (EventKind::NoSpeech, SessionEndReason::NoSpeech, false),
        (
            EventKind::Fault { stage: "stt".into(), message: "out of memory".into() },
            SessionEndReason::Error,
            true,
        ),
    ];
    let mut room = Room::new("en", None);
    for (number, (kind, reason, speaks)) in cases.into_iter().enumerate() {
        let session = number as u64 + 1;
        let events = room.handle(session, kind);
        assert_eq!(end(&events), [reason]);
        assert_eq!(reply(&events).is_some(), speaks, "{reason:?}");
        assert!(matches!(events.last().unwrap().kind, EventKind::SessionEnd { .. }));
        assert!(events.iter().all(|event| event.session == Some(session) && event.at_ms == 1280));
    }
    for kind in [
        EventKind::SpeechStart,
        EventKind::SpeechEnd { duration_ms: 900, reason: EndReason::Silence },
        EventKind::State { state: State::Thinking },
    ] {
        assert_eq!(room.handle(9, kind), []);
    }
    // A wake-up begins a session, and another one at the same place ends it.
    let wake = || EventKind::Wake { word: "computer".into(), score: 1.0, language: None, area: None };
    assert_eq!(room.handle(9, wake()), []);
    let replaced = room.handle(10, wake());
    assert_eq!((end(&replaced), replaced[0].session), (vec![SessionEndReason::Replaced], Some(9)));
}

#[test]
fn a_wake_word_may_ask_for_a_language_and_an_area() {
    let store = MemoryStore::default();
    let clock = ManualClock::at("2026-11-24T15:00:00[Europe/Paris]".parse().unwrap());
    let household =
        |language| Household::from_parts(language, Home::demo(), &shipped_sentences(language), None).unwrap();
    let mut both = household("en");
    both.others.push(household("fr"));
    let mut mind = Mind::new(both, Box::new(store), Arc::new(clock)).unwrap();
    let mut hear = |language: Option<&str>, area: Option<&str>, text: &str| {
        let mut events = Vec::new();
        let (language, area) = (language.map(str::to_owned), area.map(str::to_owned));
        let transcript = Transcript { text: text.into(), confidence: 1.0, ..Transcript::default() };
        for kind in [
            EventKind::Wake { word: "computer".into(), score: 1.0, language, area },
            EventKind::Transcript(transcript),
        ] {
            mind.handle(&Event::new(1280, kind).in_session(1), &mut |event| events.push(event));
        }
        let language = events.iter().find_map(|event| match &event.kind {
            EventKind::Reply { language, .. } => Some(language.clone()),
            _ => None,
        });
        (language.unwrap(), did(&events), end(&events))
    };
    let (done, not_understood) = (vec![SessionEndReason::Done], vec![SessionEndReason::NotUnderstood]);
    let (language, _, ended) = hear(None, None, "what time is it");
    assert_eq!((language.as_str(), ended), ("en", done.clone()));
    let (language, _, ended) = hear(Some("fr"), None, "quelle heure est-il");
    assert_eq!((language.as_str(), ended), ("fr", done.clone()));
    // Each understands its own language only.
    let (language, _, ended) = hear(Some("fr"), None, "what time is it");
    assert_eq!((language.as_str(), ended), ("fr", not_understood.clone()));
    let (language, _, ended) = hear(None, None, "quelle heure est-il");
    assert_eq!((language.as_str(), ended), ("en", not_understood));
    // "The lights" are those of the area that the word asks for; the home is the same in all languages.
    let (_, here, ended) = hear(None, Some("kitchen"), "turn on the lights");
    assert_eq!(ended, done);
    assert_eq!(here, ["set Kitchen Light: on true", "set Counter Light: on true"]);
    let (language, ici, _) = hear(Some("fr"), Some("Kitchen"), "éteins les lumières");
    assert_eq!((language.as_str(), ici.len()), ("fr", here.len()), "{ici:?}");
}

#[test]
fn a_rejected_transcript_does_nothing() {
    let mut room = Room::new("en", None);
    let transcript = Transcript {
        text: "unlock the front door".into(),
        rejected: Some("too far from any sentence".into()),
        ..Transcript::default()
    };
    let events = room.handle(1, EventKind::Transcript(transcript));
    assert_eq!(did(&events), [""; 0]);
}

#[test]
fn sessions_of_the_keyboard_are_numbered() {
    let mut room = Room::new("en", None);
    let numbers: Vec<_> = ["turn on the bed light", "nonsense"].map(|text| room.ask(text)[0].session).into();
    assert_eq!(numbers, [Some(1), Some(2)]);
}

#[test]
fn timers_outlive_a_restart_and_tell_when_they_are_due() {
    let mut room = Room::new("en", None);
    room.ask("set a timer for 5 minutes");
    room.ask("set a timer for 2 minutes");
    let due = room.mind.next_due().unwrap();
    assert_eq!(due.duration_since(room.clock.now().timestamp()).as_secs(), 120);
    room.restart();
    assert_eq!(room.mind.next_due(), Some(due));
    room.clock.advance_ms(119_999);
    assert_eq!(room.tick(), []);
    room.clock.advance_ms(1);
    let events = room.tick();
    assert_eq!(reply(&events), Some("Your timer for 2 minutes is done."));
    assert_eq!(did(&events), ["timer done: id 2, seconds 120", "ring: timers [2]"]);
    assert!(matches!(events.last().unwrap().kind, EventKind::Listen { .. }));
    assert_eq!(room.tick(), []);
}

#[test]
fn many_timers_at_once_are_not_recited() {
    let mut room = Room::new("en", None);
    for _ in 0..500 {
        room.ask("set a timer for 1 minute");
    }
    let full = room.ask("set a timer for 1 minute");
    assert!(reply(&full).unwrap().starts_with("There are 500 timers already"));
    assert_eq!(did(&full), [""; 0]);
    room.clock.advance_ms(60_000);
    let events = room.tick();
    // Each of them, and one ring.
    assert_eq!(did(&events).len(), 501);
    assert_eq!(reply(&events), Some("500 timers have run out."));
}

#[test]
fn a_makers_answer_takes_the_place_of_the_built_in_one() {
    let own = |text: &str| SourceFile { path: "own.yaml".into(), text: text.into() };
    let mut files = shipped_sentences("en");
    files.push(own(
        "language: en\nintents:\n  Joke:\n    data:\n      - sentences: [tell me a riddle]\n  Dance:\n    data:\n      \
         - sentences: [dance]\nresponses:\n  intents:\n    Joke:\n      default: Knock knock.\n    \
         HassGetCurrentTime:\n      default: \"Time {{ slots.time.hour }}\"\n",
    ));
    let household = Household::from_parts("en", Home::demo(), &files, None).unwrap();
    let clock = ManualClock::at("2026-11-24T15:00:00[Europe/Paris]".parse().unwrap());
    let mut mind = Mind::new(household, Box::new(MemoryStore::default()), Arc::new(clock)).unwrap();
    let mut say = |text: &str| {
        let mut events = Vec::new();
        mind.ask(text, 0, &mut |event| events.push(event));
        reply(&events).unwrap().to_owned()
    };
    assert_eq!(say("tell me a riddle"), "Knock knock.");
    assert_eq!(say("what time is it"), "Time 15");
    assert_eq!(say("dance"), "I understood that, but nothing here can do it.");
}

#[test]
fn an_area_that_the_home_lacks_is_refused() {
    let household =
        Household::from_parts("en", Home::demo(), &shipped_sentences("en"), Some("Dungeon".into())).unwrap();
    let clock = ManualClock::at("2026-11-24T15:00:00[Europe/Paris]".parse().unwrap());
    let error = Mind::new(household, Box::new(MemoryStore::default()), Arc::new(clock)).err().unwrap();
    assert!(
        error.to_string().starts_with("`home.area` is `Dungeon`, which the home does not have"),
        "{error}"
    );
}

/// Understanding has no clock; what the event carries is what the household's clock makes of it.
#[test]
fn what_depends_on_the_time_is_resolved_before_acting() {
    let text = "language: en\nintents: { Wake: { data: [{ sentences: [\"wake me {when}\"] }] } }\nlists: { when: { entity: datetime } }";
    let files = [SourceFile { path: "own.yaml".into(), text: text.into() }];
    let household = Household::from_parts("en", Home::demo(), &files, None).unwrap();
    let clock = ManualClock::at("2026-11-24T18:00:00[Europe/Paris]".parse().unwrap());
    let mut mind = Mind::new(household, Box::new(MemoryStore::default()), Arc::new(clock)).unwrap();
    let mut values = Vec::new();
    mind.ask("wake me at seven", 0, &mut |event| {
        if let EventKind::Intent(intent) = event.kind {
            values.extend(intent.slot("when").cloned());
        }
    });
    let at = "2026-11-24T19:00:00+01:00[Europe/Paris]";
    assert_eq!(values, [serde_json::json!({ "kind": "datetime", "at": at, "grain": "minute" })]);
}
