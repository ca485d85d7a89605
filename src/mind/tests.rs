//! What a skill with a bug costs: one answer.

use std::sync::Arc;

use super::*;
use crate::clock::ManualClock;
use crate::event::SessionEndReason;
use crate::home::Home;
use crate::nlu::sentences::SourceFile;
use crate::store::MemoryStore;

const FILE: &str = r"
language: en
intents:
  FaultyForTests: { data: [{ sentences: [break it] }] }
  HassGetCurrentTime: { data: [{ sentences: [what time is it] }] }
";

#[test]
fn a_skill_that_panics_ends_its_session_and_nothing_else() {
    let file = SourceFile { path: "own.yaml".into(), text: FILE.into() };
    let household = Household::from_parts("en", Home::demo(), &[file], None).unwrap();
    let clock = ManualClock::at("2026-11-24T15:00:00[Europe/Paris]".parse().unwrap());
    let mut mind = Mind::new(household, Box::new(MemoryStore::default()), Arc::new(clock)).unwrap();
    let mut ask = |text: &str| {
        let mut events = Vec::new();
        mind.ask(text, 0, &mut |event| events.push(event.kind));
        events
    };
    let events = ask("break it");
    let fault = EventKind::Fault {
        stage: "skill".into(),
        message: "`FaultyForTests` failed: a bug of its own".into(),
    };
    assert!(events.contains(&fault), "{events:?}");
    let said =
        |kind: &EventKind| matches!(kind, EventKind::Reply { text, .. } if text.contains("went wrong"));
    assert!(events.iter().any(said), "{events:?}");
    assert_eq!(events.last(), Some(&EventKind::SessionEnd { reason: SessionEndReason::Error }));

    let events = ask("what time is it");
    assert_eq!(events.last(), Some(&EventKind::SessionEnd { reason: SessionEndReason::Done }));
}

#[test]
fn what_rings_while_nobody_is_listened_to_asks_for_no_answer() {
    let files = crate::household::shipped_sentences("en");
    let household = Household::from_parts("en", Home::demo(), &files, None).unwrap();
    let clock = ManualClock::at("2026-11-24T15:00:00[Europe/Paris]".parse().unwrap());
    let store = MemoryStore::default();
    let mut mind = Mind::new(household, Box::new(store.clone()), Arc::new(clock.clone())).unwrap();
    let mut events = Vec::new();
    mind.ask("set a timer for 1 minute", 0, &mut |event| events.push(event.kind));
    mind.ask("stop listening for an hour", 0, &mut |event| events.push(event.kind));
    let said = |text: &str, events: &[EventKind]| {
        events.iter().any(|kind| matches!(kind, EventKind::Reply { text: said, .. } if said.contains(text)))
    };
    assert!(said("not listening until 4 o'clock", &events), "{events:?}");
    assert!(mind.muted());
    events.clear();
    for _ in 0..10 {
        clock.advance_ms(10_000);
        mind.look(0, &mut |event| events.push(event.kind));
        mind.tick(0, &mut |event| events.push(event.kind));
    }
    let cues = events.iter().filter(|kind| matches!(kind, EventKind::Cue { .. })).count();
    assert!(cues > 2 && said("done", &events), "it rings: {events:?}");
    assert!(!events.iter().any(|kind| matches!(kind, EventKind::Listen { .. })), "{events:?}");
    // After the hour somebody is listened to, by itself, and it is told.
    clock.advance_ms(3_600_000);
    events.clear();
    mind.look(0, &mut |event| events.push(event.kind));
    assert!(!mind.muted());
    let told = |kind: &EventKind| matches!(kind, EventKind::Action { action, .. } if action == "unmute");
    assert!(events.iter().any(told), "{events:?}");
    // Another process mutes and brings guests; a restart keeps both.
    let mut other = store.clone();
    crate::mute::Mute::default().mute(None, clock.now().timestamp(), None, &mut other).unwrap();
    guest::begin(&mut other, None).unwrap();
    let household = Household::from_parts("en", Home::demo(), &files, None).unwrap();
    let again = Mind::new(household, Box::new(store), Arc::new(clock)).unwrap();
    assert!(again.muted() && again.guest());
}
