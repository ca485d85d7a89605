//! Sound as the command line meets it, on machines with and without sound.

use std::process::Command;

use entrenous::audio;
use entrenous::tts::{Cue, Speech};

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
fn every_short_sound_can_be_had_as_a_file() {
    let program = Program::new().config("[tts]\nengine = \"none\"\n");
    for cue in Cue::ALL {
        program.run(["say", "--cue", cue.name(), "--out", "cue.wav"]).ok();
        let bytes = std::fs::read(program.folder().join("cue.wav")).unwrap();
        let (samples, sample_rate) = audio::wav::read_stream(&bytes).unwrap();
        assert_eq!(Speech { samples, sample_rate }, cue.sound());
    }
    let run = program.run(["say", "--cue", "bell"]);
    assert!(run.stderr().contains("there are wake, done, not_understood"), "{}", run.stderr());
    assert_ne!(program.run(["say"]).code(), 0);
}

#[test]
fn numbers_are_said_as_words_and_slowly_when_asked() {
    if !has_espeak("numbers_are_said_as_words_and_slowly_when_asked") {
        return;
    }
    let program = Program::new();
    let said = |args: &[&str]| {
        program.run(["say", "--out", "said.wav"].iter().chain(args)).ok();
        std::fs::read(program.folder().join("said.wav")).unwrap()
    };
    let words = said(&["Il est vingt et une heures.", "-l", "fr"]);
    assert!(said(&["Il est 21 h.", "-l", "fr"]) == words, "21 h is not said as words");
    assert!(said(&["Il est 21 h.", "-l", "fr", "--slow"]).len() * 10 > words.len() * 12);
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
