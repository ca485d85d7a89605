//! The state machine by itself: single steps, and whatever may happen in any order.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::nlu::Explanation;
use crate::rng::Rng;

fn intent(name: &str) -> Intent {
    Intent {
        intent: name.into(),
        text: String::new(),
        confidence: 1.0,
        slots: Vec::new(),
        alternatives: Vec::new(),
        response: None,
        why: Explanation::default(),
    }
}

fn pending(expects: Expects) -> Box<Pending> {
    let question = Question::new("Well?", expects);
    Box::new(Pending { question, act: Act::run(intent("A")), then: vec![Act::run(intent("B"))] })
}

fn did(question: Option<Box<Pending>>) -> Input {
    let reply = if question.is_some() { String::new() } else { "Done.".into() };
    Input::Did { reply, slow: false, question, end: SessionEndReason::Done }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

/// What was said, asked and ended, in short.
fn short(outputs: &[Output]) -> Vec<String> {
    let line = |line: &Line| match line {
        Line::Text(text) | Line::Slowly(text) => text.clone(),
        other => format!("{other:?}"),
    };
    outputs
        .iter()
        .map(|output| match output {
            Output::Act(acts) => format!("act {}", acts.len()),
            Output::Say { session, line: said } => match session {
                Some(_) => line(said),
                None => format!("unasked {}", line(said)),
            },
            Output::Listen { expects, .. } => format!("listen {expects:?}"),
            Output::End { session, reason } => format!("end {session} {reason:?}"),
        })
        .collect()
}

fn step(dialogue: &mut Dialogue, input: Input, seconds: i64) -> Vec<String> {
    short(&dialogue.step("here", input, at(seconds)))
}

/// A dialogue that has asked a question.
fn asking(expects: Expects) -> Dialogue {
    let mut dialogue = Dialogue::default();
    step(&mut dialogue, Input::Begin { session: Some(1) }, 0);
    step(&mut dialogue, Input::Command(vec![Act::run(intent("A"))]), 0);
    assert_eq!(step(&mut dialogue, did(Some(pending(expects))), 0).first().unwrap(), "Well?");
    dialogue
}

#[test]
fn an_answer_completes_what_was_asked_about_and_the_rest_follows() {
    let mut dialogue = asking(Expects::Confirmation);
    let out = dialogue.step("here", Input::Answer { answer: Answer::Yes, said: "yes".into() }, at(1));
    let [Output::Act(acts)] = &out[..] else { panic!("{out:?}") };
    assert!(matches!(&acts[..], [Act::Run { confirmed: true, .. }, Act::Run { confirmed: false, .. }]));
    assert_eq!(step(&mut dialogue, did(None), 1), ["Done.", "end 1 Done"]);

    let mut dialogue = asking(Expects::Value(Vec::new()));
    let slots = Answer::Slots(vec![vec![("minutes".into(), json!(5))], vec![("minutes".into(), json!(6))]]);
    let out = dialogue.step("here", Input::Answer { answer: slots, said: "5".into() }, at(1));
    let [Output::Act(acts)] = &out[..] else { panic!("{out:?}") };
    let minutes = |act: &Act| match act {
        Act::Run { intent, .. } => intent.slot_number("minutes"),
        _ => None,
    };
    assert_eq!(acts.iter().map(minutes).collect::<Vec<_>>(), [Some(5.0), Some(6.0), None]);
}

#[test]
fn silence_repeats_a_question_once_and_then_ends() {
    let mut dialogue = asking(Expects::Confirmation);
    assert_eq!(step(&mut dialogue, Input::Silence, 1), ["Well?", "listen Confirmation"]);
    assert_eq!(step(&mut dialogue, Input::Silence, 2), ["end 1 Unanswered"]);
    assert_eq!(step(&mut dialogue, Input::Silence, 3), [""; 0]);
}

#[test]
fn two_answers_that_are_none_are_enough() {
    let mut dialogue = asking(Expects::Confirmation);
    assert_eq!(step(&mut dialogue, Input::NotUnderstood, 1), [r#"AskAgain("Well?")"#, "listen Confirmation"]);
    assert_eq!(step(&mut dialogue, Input::NotHeard, 2), ["GiveUp", "end 1 NotUnderstood"]);
}

#[test]
fn no_and_never_mind_end_it() {
    for (answer, end) in
        [(Answer::No, vec!["AllRight", "end 1 Cancelled"]), (Answer::Cancel, vec!["end 1 Cancelled"])]
    {
        let mut dialogue = asking(Expects::Confirmation);
        assert_eq!(step(&mut dialogue, Input::Answer { answer, said: String::new() }, 1), end);
    }
}

#[test]
fn a_question_is_said_again_for_those_who_ask_but_not_for_ever() {
    let mut dialogue = asking(Expects::Confirmation);
    let pardon = || Input::Answer { answer: Answer::Repeat, said: "pardon".into() };
    for _ in 0..ASKED_FOR {
        assert_eq!(step(&mut dialogue, pardon(), 1), ["Well?", "listen Confirmation"]);
    }
    assert_eq!(step(&mut dialogue, pardon(), 1), ["end 1 Unanswered"]);
}

#[test]
fn a_driver_that_tells_nothing_is_not_waited_for() {
    let mut dialogue = asking(Expects::Confirmation);
    let due = dialogue.next_due().unwrap();
    assert_eq!(due, at(36));
    assert_eq!(step(&mut dialogue, Input::Tick, 35), [""; 0]);
    assert_eq!(step(&mut dialogue, Input::Tick, 36), ["end 1 Unanswered"]);
    assert_eq!(dialogue.next_due(), None);
}

#[test]
fn another_wake_up_replaces_the_session_of_its_site_only() {
    let mut dialogue = asking(Expects::Confirmation);
    assert_eq!(short(&dialogue.step("there", Input::Begin { session: Some(7) }, at(1))), [""; 0]);
    assert!(dialogue.question("here").is_some());
    assert_eq!(step(&mut dialogue, Input::Begin { session: Some(8) }, 1), ["end 1 Replaced"]);
    assert!(dialogue.question("here").is_none());
    assert_eq!((dialogue.session("here"), dialogue.session("there")), (Some(8), Some(7)));
}

#[test]
fn what_is_said_unasked_waits_for_the_session_at_its_site() {
    let mut dialogue = asking(Expects::Confirmation);
    assert_eq!(step(&mut dialogue, Input::Unasked("Ding.".into()), 1), [""; 0]);
    assert_eq!(short(&dialogue.step("there", Input::Unasked("Dong.".into()), at(1))), ["unasked Dong."]);
    assert_eq!(step(&mut dialogue, Input::Silence, 2).len(), 2);
    assert_eq!(step(&mut dialogue, Input::Silence, 3), ["end 1 Unanswered", "unasked Ding."]);
}

#[test]
fn with_a_follow_up_a_further_command_needs_no_wake_word() {
    let mut dialogue = Dialogue::new(DialogueConfig { follow_up_ms: 4_000, ..DialogueConfig::default() });
    step(&mut dialogue, Input::Begin { session: None }, 0);
    assert_eq!(step(&mut dialogue, did(None), 0), ["Done.", "listen Command"]);
    assert_eq!(step(&mut dialogue, Input::Command(Vec::new()), 0), ["act 0"]);
    assert_eq!(step(&mut dialogue, did(None), 0), ["Done.", "listen Command"]);
    assert_eq!(step(&mut dialogue, Input::NotHeard, 0), ["end 1 Done"]);
}

#[test]
fn what_rings_listens_for_little_and_says_it_once() {
    let ring = || Input::Ring(pending(Expects::Ring));
    for nothing in [Input::Silence, Input::NotHeard, Input::NotUnderstood] {
        let mut dialogue = Dialogue::default();
        assert_eq!(step(&mut dialogue, ring(), 0), ["Well?", "listen Ring"]);
        let session = dialogue.session("here").unwrap();
        // Somebody is being listened to: the next ring waits.
        assert_eq!(step(&mut dialogue, ring(), 1), [""; 0]);
        assert_eq!(step(&mut dialogue, nothing, 5), [format!("end {session} Unanswered")]);
        assert_eq!(step(&mut dialogue, ring(), 8), ["Well?", "listen Ring"]);
        assert_ne!(dialogue.session("here"), Some(session));
    }
    // The wake word begins another session; the ear's numbers are never those of rings.
    let mut dialogue = Dialogue::default();
    step(&mut dialogue, ring(), 0);
    let session = dialogue.session("here").unwrap();
    assert_eq!(
        step(&mut dialogue, Input::Begin { session: Some(1) }, 1),
        [format!("end {session} Replaced")]
    );
    assert!(dialogue.question("here").is_none());
}

#[test]
fn a_ring_waits_for_the_conversation() {
    let mut dialogue = asking(Expects::Confirmation);
    assert_eq!(step(&mut dialogue, Input::Ring(pending(Expects::Ring)), 1), [""; 0]);
    assert_eq!(dialogue.session("here"), Some(1));
}

#[test]
fn a_clock_that_is_set_back_leaves_no_session_open() {
    let mut dialogue = asking(Expects::Confirmation);
    dialogue.clock_moved(SignedDuration::from_hours(-1));
    assert_eq!(step(&mut dialogue, Input::Tick, 36 - 3_600), ["end 1 Unanswered"]);
}

/// Whatever happens in whatever order: every session ends once, nothing is said in one that is over,
/// and a site never has two questions.
#[test]
fn every_session_ends_whatever_happens() {
    for seed in 0..2_000 {
        let mut rng = Rng::new(seed);
        let mut pick = |limit: u64| rng.next() % limit;
        let follow_up_ms = if pick(2) == 0 { 0 } else { 3_000 };
        let repeats = pick(3) as u32;
        let manners = DialogueConfig { repeats, follow_up_ms, ..DialogueConfig::default() };
        let mut dialogue = Dialogue::new(manners);
        // Sessions, with whether they are over; and the question that is open in each.
        let mut sessions: BTreeMap<(String, u64), bool> = BTreeMap::new();
        let mut next = 0;
        let mut now = 0;
        let sites = ["here", "there", "upstairs"];
        let mut steps = 60;
        while steps > 0 || !dialogue.busy_sites().is_empty() {
            now += pick(20).cast_signed();
            let site = sites[pick(3) as usize];
            let before = dialogue.session(site);
            let input = if steps == 0 {
                // Nothing but time.
                now += 10;
                Input::Tick
            } else {
                steps -= 1;
                next += 1;
                let question = || match next % 4 {
                    0 => pending(Expects::Confirmation),
                    1 => pending(Expects::Value(Vec::new())),
                    2 => pending(Expects::Words { state: json!({}) }),
                    _ => pending(Expects::Choice(Vec::new())),
                };
                match pick(16) {
                    0..=2 => Input::Begin { session: Some(next) },
                    3 => Input::Begin { session: None },
                    4 => Input::Command(vec![Act::run(intent("A"))]),
                    5..=7 => did(Some(question())),
                    8 => did(None),
                    9 => Input::Answer { answer: Answer::Yes, said: "yes".into() },
                    10 => Input::Answer { answer: Answer::Slots(vec![Vec::new()]), said: "x".into() },
                    11 => Input::Answer { answer: Answer::Repeat, said: "what".into() },
                    12 => Input::NotUnderstood,
                    13 => Input::Silence,
                    14 if pick(2) == 0 => Input::Ring(pending(Expects::Ring)),
                    14 => Input::Unasked("Ding.".into()),
                    _ => Input::Tick,
                }
            };
            let outputs = dialogue.step(site, input.clone(), at(now));
            let mut listening = 0;
            for output in &outputs {
                match output {
                    Output::End { session, .. } => {
                        let over = sessions.insert((site.into(), *session), true);
                        assert_ne!(over, Some(true), "seed {seed}: session {session} ended twice");
                    }
                    Output::Listen { session, .. } => {
                        listening += 1;
                        assert_eq!(dialogue.session(site), Some(*session), "seed {seed}");
                    }
                    Output::Say { session: Some(session), .. } => {
                        let own = before == Some(*session) || dialogue.session(site) == Some(*session);
                        assert!(own, "seed {seed}: said in {session} after {input:?}");
                    }
                    Output::Say { session: None, .. } => {
                        assert_eq!(dialogue.session(site), None, "seed {seed}: talked into a session");
                    }
                    Output::Act(_) => {}
                }
            }
            assert!(listening <= 1, "seed {seed}: two questions at once");
            if let Some(session) = dialogue.session(site) {
                sessions.entry((site.into(), session)).or_insert(false);
            }
            assert!(now < 1_000_000, "seed {seed}: a session never ends");
        }
        assert!(sessions.values().all(|over| *over), "seed {seed}: {sessions:?}");
    }
}
