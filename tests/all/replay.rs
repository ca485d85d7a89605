//! Recordings through the whole pipeline, with the engines that need no download.

use crate::support::{Program, repository};

/// The engines of a machine without any download.
const BASIC: &str = "wake.engine = \"rustpotter\"\nstt.engine = \"pocketsphinx\"\n";

fn demo() -> String {
    repository("tests/data/demo").display().to_string()
}

#[test]
fn the_demo_is_heard_done_and_answered() {
    let expected = repository("tests/data/demo/expected.yaml").display().to_string();
    let out = Program::new().config(BASIC).run(["replay", &demo(), "--expect", &expected]).ok();
    for part in ["woke       computer", "heard      turn on the kitchen light", "said       “"] {
        assert!(out.contains(part), "no `{part}` in:\n{out}");
    }
}

#[test]
fn two_replays_give_the_same_bytes() {
    let program = Program::new().config(BASIC);
    let first = program.run(["replay", "--json", &demo()]).ok();
    assert!(first.lines().count() > 50, "{first}");
    assert!(first == program.run(["replay", "--json", &demo()]).ok());
}

#[test]
fn a_difference_is_told_and_fails() {
    let light = repository("tests/data/demo/1-light.flac").display().to_string();
    let run = Program::new()
        .config(BASIC)
        .file("expected.yaml", "1-light.flac: {intent: HassTurnOff}\nother.wav: {intent: none}\n")
        .run(["replay", &light, "--expect", "expected.yaml"]);
    assert_eq!(run.code(), 1);
    let err = run.stderr();
    for part in
        ["intent\n  expected  HassTurnOff\n  found     HassTurnOn", "other.wav: expected, but not among"]
    {
        assert!(err.contains(part), "no `{part}` in:\n{err}");
    }
}

#[test]
fn without_a_wake_word_the_recording_is_the_command() {
    let light = repository("tests/data/demo/7-time.flac").display().to_string();
    let out = Program::new()
        .config(BASIC)
        .run(["replay", "--no-wake", &light, "--json", "--now", "2026-05-04T09:30:00[Europe/Paris]"])
        .ok();
    assert!(out.contains("\"reason\":\"end_of_input\""), "{out}");
    assert!(!out.contains("\"type\":\"wake\""), "{out}");
}

#[test]
fn one_bad_file_does_not_stop_the_others() {
    let light = std::fs::read(repository("tests/data/demo/1-light.flac")).expect("the demo");
    let run = Program::new()
        .config(BASIC)
        .file("all/a.wav", "")
        .file("all/b.flac", light)
        .file("all/c.mp3", "this is no sound")
        .run(["replay", "all"]);
    assert_eq!(run.code(), 1);
    assert!(run.stdout().contains("HassTurnOn"), "{}", run.stdout());
    for name in ["a.wav", "c.mp3"] {
        assert!(run.stderr().contains(name), "{}", run.stderr());
    }
}
