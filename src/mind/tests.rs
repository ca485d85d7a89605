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
