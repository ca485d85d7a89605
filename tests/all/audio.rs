//! Sound as the command line meets it, on machines with and without sound.

use std::process::Command;

use entrenous::audio;

use crate::support::Program;

fn has_espeak(test: &str) -> bool {
    let found = Command::new("espeak-ng").arg("--version").output().is_ok();
    if !found {
        println!("skipped: {test}: `espeak-ng` is not installed");
    }
    found
}

#[test]
fn say_writes_a_recording() {
    if !has_espeak("say_writes_a_recording") {
        return;
    }
    let program = Program::new();
    program.run(["say", "-- bonjour", "--language", "fr", "--out", "said.wav"]).ok();
    let samples = audio::load(&program.folder().join("said.wav")).unwrap();
    let seconds = samples.len() as f32 / audio::SAMPLE_RATE as f32;
    assert!((0.3..4.0).contains(&seconds), "{seconds} s");
    assert!(samples.iter().any(|sample| sample.unsigned_abs() > 3_000));

    let run = program.run(["say", "hello", "--out", "no/such/folder/said.wav"]);
    assert_eq!(run.code(), 1);
    assert!(run.stderr().contains("cannot write `no/such/folder/said.wav`"), "{}", run.stderr());
}

#[test]
fn say_without_a_speaker_says_so() {
    if !has_espeak("say_without_a_speaker_says_so") {
        return;
    }
    let program = Program::new().config("[audio]\nhost = \"alsa\"\noutput = \"no such speaker\"\n");
    let run = program.run(["say", "hello"]);
    assert_eq!(run.code(), 1);
    let expected =
        if cfg!(feature = "audio") { "no speaker called `no such speaker`" } else { "without sound devices" };
    assert!(run.stderr().contains(expected), "{}", run.stderr());
    assert_eq!(run.stderr().lines().count(), 1, "one clear error: {}", run.stderr());
}

#[test]
fn without_a_voice_say_tells_why() {
    let run = Program::new().config("[tts]\nengine = \"none\"\n").run(["say", "hello"]);
    assert_eq!(run.code(), 1);
    assert!(run.stderr().contains("shown and not spoken"), "{}", run.stderr());
}

#[test]
fn files_that_are_no_recordings_are_one_clear_error() {
    let program = Program::new().file("empty.wav", "").file("folder/list.txt", "milk");
    let cases = [("empty.wav", "it is empty"), ("folder", "without recordings"), ("none.wav", "cannot read")];
    for (file, expected) in cases {
        let run = program.run(["replay", file]);
        assert_eq!(run.code(), 1, "{file}");
        assert!(run.stderr().contains(expected), "{file}: {}", run.stderr());
        assert!(run.stderr().contains(file), "{file}: {}", run.stderr());
    }
}
