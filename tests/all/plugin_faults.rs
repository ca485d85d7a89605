//! Plugins that crash, hang, flood and worse: the household hears a plain sentence in time, other
//! plugins go on answering, and the one that failed comes back or is disabled.
//!
//! `cargo test plugin_faults -- --nocapture` prints the table.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use entrenous::event::{EventKind, State};
use entrenous::plugin::faults::MANY;
use entrenous::plugin::words::Trouble;
use serde_json::json;

use crate::plugin_bench::{Bench, can_confine, nothing, said};

/// More than a busy machine takes.
const PATIENT: Duration = Duration::from_mins(1);

/// One fault at a time: root's processes are not counted by the kernel, so that a fork bomb takes the
/// machine from others until the supervisor ends it.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

const FAULTY: &str = "tests/data/plugins/faulty";

fn faulty(edits: &[(&str, &str)]) -> Bench {
    let mut bench = Bench::new().with(FAULTY, edits).with("plugins/dice", &[]).start();
    // Both are up before anything is broken: how long an interpreter takes to start is not at issue.
    assert_eq!(said(&bench.ask("faulty.Hello", nothing())), "hello");
    said(&bench.ask("dice.Flip", nothing()));
    bench
}

/// Provokes a fault and prints a row: what was said, after how long, why, and when it was back.
#[track_caller]
fn provoke(bench: &mut Bench, fault: &str, patience: Duration) -> Trouble {
    bench.wait_at_most(patience);
    let start = Instant::now();
    let outcome = bench.ask("faulty.Do", json!({ "fault": fault }));
    let took = start.elapsed();
    bench.wait_at_most(PATIENT);
    let trouble = outcome.trouble.unwrap_or_else(|| panic!("`{fault}` went well: {outcome:?}"));
    let sentence = outcome.say.unwrap();
    assert!(sentence.starts_with("The faulty plugin "), "{sentence}");
    // While it is being restarted, everything else works.
    said(&bench.ask("dice.Flip", nothing()));
    let why = bench.faults.last().cloned().unwrap_or_default();
    let start = Instant::now();
    bench.until("it answers again", |bench| bench.ask("faulty.Hello", nothing()).trouble.is_none());
    let back = start.elapsed();
    println!("| {fault} | “{sentence}” | {} ms | {} ms | {why} |", took.as_millis(), back.as_millis());
    trouble
}

/// Some faults of one plugin, each with what the household hears.
#[track_caller]
fn provoke_all(test: &str, edits: &[(&str, &str)], faults: &[(&str, Trouble)]) {
    if !can_confine(test) {
        return;
    }
    // Four are forgiven, the fifth is not.
    for some in faults.chunks(MANY - 1) {
        let mut bench = faulty(edits);
        for (fault, trouble) in some {
            // What stays silent is waited for as long as a household waits; the rest shall not
            // depend on how busy this machine is.
            let patience = if *trouble == Trouble::Silent { Duration::from_millis(1500) } else { PATIENT };
            assert_eq!(provoke(&mut bench, fault, patience), *trouble, "{fault}: {:?}", bench.faults);
        }
    }
}

#[test]
fn what_ends_or_makes_no_sense_is_told_at_once() {
    let _alone = alone();
    provoke_all(
        "faults of plugins",
        &[],
        &[
            ("crash", Trouble::Failed),
            ("exit", Trouble::Failed),
            ("invalid JSON", Trouble::Failed),
            ("not a message", Trouble::Failed),
            ("half a line, then the end", Trouble::Failed),
            ("wrong id", Trouble::Failed),
            ("wrong answer", Trouble::Failed),
        ],
    );
}

#[test]
fn what_is_silent_is_told_in_time() {
    let _alone = alone();
    provoke_all(
        "silent plugins",
        &[],
        &[
            ("hang", Trouble::Silent),
            ("spin", Trouble::Silent),
            ("half a line", Trouble::Silent),
            ("no answer", Trouble::Silent),
        ],
    );
}

#[test]
fn what_floods_is_stopped() {
    let _alone = alone();
    provoke_all(
        "flooding plugins",
        &[],
        &[
            ("flood", Trouble::Failed),
            ("flood without lines", Trouble::Failed),
            ("flood the log", Trouble::Silent),
        ],
    );
}

#[test]
fn what_takes_too_much_gets_no_more() {
    let _alone = alone();
    provoke_all(
        "greedy plugins",
        &[],
        &[
            ("1 GB", Trouble::Failed),
            ("fork bomb", Trouble::Failed),
            ("a large file", Trouble::Failed),
            ("threads", Trouble::Failed),
        ],
    );
}

#[test]
fn a_fork_bomb_that_may_fork_is_ended_with_all_its_children() {
    let _alone = alone();
    let edits = [("events = [\"state\"]", "events = [\"state\"]\nprocesses = 4")];
    provoke_all("fork bombs", &edits, &[("fork bomb", Trouble::Failed)]);
}

#[test]
fn a_data_folder_that_is_too_large_ends_the_plugin() {
    let _alone = alone();
    if !can_confine("data folders of plugins") {
        return;
    }
    let mut bench = faulty(&[]);
    bench.wait_at_most(PATIENT);
    let outcome = bench.ask("faulty.Do", json!({ "fault": "fill the disk" }));
    assert_eq!(outcome.trouble, Some(Trouble::Failed), "{:?}", bench.faults);
    assert!(bench.faults[0].contains("more than 16 MiB"), "{:?}", bench.faults);
}

#[test]
fn a_plugin_that_does_not_read_makes_nobody_wait() {
    let _alone = alone();
    if !can_confine("slow readers") {
        return;
    }
    let deaf = [("[permissions]", "[config.deaf]\ntype = 'flag'\ndefault = true\n\n[permissions]")];
    let mut bench = Bench::new().with(FAULTY, &deaf).with("plugins/dice", &[]).start();
    bench.wait_at_most(Duration::from_millis(1500));
    let outcome = bench.ask("faulty.Hello", nothing());
    assert_eq!(outcome.trouble, Some(Trouble::Silent));
    // Back, and deaf again: a hundred thousand events fill every pipe and queue.
    bench.until("it is started again", |bench| {
        bench.ask("faulty.Hello", nothing()).trouble != Some(Trouble::Restarting)
    });
    let start = Instant::now();
    for _ in 0..100_000 {
        bench.observe(EventKind::State { state: State::Listening });
    }
    println!("100000 events to a plugin that does not read: {} ms", start.elapsed().as_millis());
    said(&bench.ask("dice.Flip", nothing()));
}

#[test]
fn a_plugin_that_ends_at_its_start_is_disabled() {
    let _alone = alone();
    if !can_confine("plugins that end at once") {
        return;
    }
    let mut bench = Bench::new().with_python("gone", "", "raise SystemExit(7)").with("plugins/dice", &[]);
    bench.places.eager = true;
    let mut bench = bench.start();
    let took = bench.until("it is disabled", |bench| !bench.record("gone").enabled);
    println!("disabled after {} ms: {}", took.as_millis(), bench.record("gone").fault.unwrap());
    assert_eq!(bench.faults.len(), MANY, "{:?}", bench.faults);
    assert!(bench.record("gone").fault.unwrap().contains("exit code 7"));
    assert!(bench.faults.last().unwrap().contains("plugin enable gone"));
    let outcome = bench.ask("gone.Hello", nothing());
    assert_eq!(outcome.trouble, Some(Trouble::Off));
    assert!(bench.log("gone").contains("exit code 7"));
    bench.wait_at_most(PATIENT);
    said(&bench.ask("dice.Flip", nothing()));
}

#[test]
fn the_last_of_many_faults_disables() {
    let _alone = alone();
    if !can_confine("repeated faults") {
        return;
    }
    let mut bench = faulty(&[]);
    for _ in 0..MANY {
        bench.until("it can be asked", |bench| bench.ask("faulty.Hello", nothing()).trouble.is_none());
        let outcome = bench.ask("faulty.Do", json!({ "fault": "exit" }));
        assert_eq!(outcome.trouble, Some(Trouble::Failed));
    }
    assert_eq!(bench.ask("faulty.Hello", nothing()).trouble, Some(Trouble::Off));
    assert!(!bench.record("faulty").enabled);
}

#[test]
fn a_plugin_that_cannot_be_confined_is_not_started() {
    let _alone = alone();
    let mut bench = Bench::new().with("plugins/dice", &[]);
    bench.places.locked_in = false;
    let mut bench = bench.start();
    let outcome = bench.ask("dice.Flip", nothing());
    assert_eq!(outcome.trouble, Some(Trouble::NotConfined));
    assert!(bench.faults.is_empty());
    // Unless the household allows it.
    let mut bench = Bench::new().with("plugins/dice", &[]);
    (bench.places.locked_in, bench.places.allow_unsandboxed) = (false, true);
    said(&bench.start().ask("dice.Flip", nothing()));
}
