//! Training and evaluating a wake word by the commands, on recordings made here.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::shared;

/// Runs the program with folders of its own.
fn entrenous(folder: &Path, args: &[&str]) -> Output {
    let config = folder.join("entrenous.toml");
    if !config.exists() {
        std::fs::write(&config, "").expect("a configuration");
    }
    Command::new(env!("CARGO_BIN_EXE_entrenous"))
        .args(args)
        .env("ENTRENOUS_CONFIG", &config)
        .env("STATE_DIRECTORY", folder.join("data"))
        .current_dir(folder)
        .output()
        .expect("the program runs")
}

fn error(output: &Output) -> String {
    assert_eq!(output.status.code().map(|code| code == 1 || code == 2), Some(true), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A second of sound: vowels are formants over a hum, `rise` sets the tune.
fn voice(folder: &Path, name: &str, pitch: f32, rise: f32) {
    std::fs::create_dir_all(folder).expect("a folder");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(folder.join(name), spec).expect("a file");
    let mut phase = 0.0f32;
    for i in 0..16_000 {
        let t = i as f32 / 16_000.0;
        phase += (pitch + rise * t) * std::f32::consts::TAU / 16_000.0;
        let loud = (t * std::f32::consts::PI).sin();
        let sample: f32 = (1..20)
            .map(|k| {
                let hz = pitch * k as f32;
                let formant = 1.0 / (1.0 + ((hz - 600.0 - rise) / 200.0).powi(2))
                    + 0.3 / (1.0 + ((hz - 2200.0) / 300.0).powi(2));
                (phase * k as f32).sin() * formant
            })
            .sum();
        writer.write_sample((sample * loud * 8000.0) as i16).expect("a sample");
    }
    writer.finalize().expect("a file");
}

#[test]
fn train_then_evaluate_without_any_download() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    for i in 0..6u8 {
        voice(&at("word"), &format!("{i}.wav"), 110.0 + 15.0 * f32::from(i), 200.0);
        voice(&at("other"), &format!("{i}.wav"), 100.0 + 17.0 * f32::from(i), -60.0);
    }
    let train = entrenous(
        folder.path(),
        &["wake", "train", "tune", "--engine", "rustpotter", "--positives", "word", "--negatives", "other"],
    );
    assert!(train.status.success(), "{train:?}");
    let said = String::from_utf8_lossy(&train.stdout);
    assert!(said.contains("proposed threshold: 0.5"), "{said}");

    let evaluate = entrenous(
        folder.path(),
        &["eval", "wake", "--model", "tune", "--positives", "word", "--negatives", "other", "--json"],
    );
    assert!(evaluate.status.success(), "{evaluate:?}");
    let report: Value = serde_json::from_slice(&evaluate.stdout).expect("JSON");
    let keys: Vec<&String> = report.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["n", "negative_h", "points", "cpu_s_per_audio_s"]);
    assert_eq!(report["n"], 6);
    assert!((report["negative_h"].as_f64().expect("a number") - 6.0 / 3600.0).abs() < 1e-4);
    let points = report["points"].as_array().expect("points");
    let keys: Vec<&String> = points[0].as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["threshold", "miss", "false_per_h"]);
    let misses: Vec<f64> = points.iter().filter_map(|p| p["miss"].as_f64()).collect();
    assert!(misses.is_sorted(), "misses grow with the threshold: {misses:?}");
}

#[test]
fn bad_input_is_explained() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("empty")).expect("a folder");
    std::fs::write(folder.path().join("bad.rpw"), b"garbage").expect("a file");
    let run = |args: &[&str]| error(&entrenous(folder.path(), args));
    let eval = |model: &str, positives: &str| {
        run(&["eval", "wake", "--model", model, "--positives", positives, "--negatives", "empty"])
    };
    assert!(eval("zounds", "empty").contains("no model for the wake word `zounds`"));
    assert!(eval("bad.rpw", "empty").contains("cannot use wake word model `bad.rpw`"));
    assert!(eval("computer", "missing").contains("`missing`"));
    assert!(eval("computer", "empty").contains("`empty`"));
    let train = |name: &str| run(&["wake", "train", name, "--engine", "rustpotter", "--positives", "few"]);
    voice(&folder.path().join("few"), "one.wav", 120.0, 0.0);
    assert!(train("../evil").contains("cannot be a wake word's name"));
    assert!(train("few").contains("too few"));
}

#[test]
fn recording_without_a_microphone_ends_with_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = "[audio]\nhost = \"alsa\"\ninput = \"nowhere\"\n[tts]\nengine = \"none\"\n";
    std::fs::write(folder.path().join("entrenous.toml"), config).expect("a configuration");
    let output = entrenous(folder.path(), &["wake", "record", "hey_house", "--engine", "rustpotter"]);
    let said = error(&output);
    assert!(said.contains("`nowhere`") && said.contains("entrenous devices"), "{said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("wake forget hey_house"), "{output:?}");
    let takes = error(&entrenous(folder.path(), &["wake", "record", "hey_house", "--takes", "1"]));
    assert!(takes.contains("3..=100"), "{takes}");
}

#[test]
fn a_forgotten_word_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = "[wake]\nwords = [\"tune\"]\n[data]\ndir = \"kept\"\n";
    std::fs::write(folder.path().join("entrenous.toml"), config).expect("a configuration");
    let wake = folder.path().join("kept/wake");
    voice(&wake.join("recordings/tune"), "001.wav", 120.0, 0.0);
    std::fs::write(wake.join("tune.rpw"), b"x").expect("a model");
    std::fs::write(wake.join("other.rpw"), b"x").expect("a model");
    let output = entrenous(folder.path(), &["wake", "forget", "tune"]);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("1 recordings and 1 models") && said.contains("take `tune` out"), "{said}");
    assert!(!wake.join("recordings/tune").exists() && !wake.join("tune.rpw").exists());
    assert!(wake.join("other.rpw").exists());
    let said = error(&entrenous(folder.path(), &["wake", "forget", "tune"]));
    assert!(said.contains("nothing of a wake word `tune`"), "{said}");
    assert!(error(&entrenous(folder.path(), &["wake", "forget", "../x"])).contains("cannot be a wake word"));
}

#[test]
fn people_who_call_are_heard_and_others_are_not() {
    let Some(shared) = shared("people who call are heard") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let some = |from: &str, to: &str| {
        std::fs::create_dir(folder.path().join(to)).expect("a folder");
        for i in (0..60).step_by(5) {
            let name = format!("{i:03}.flac");
            std::fs::copy(
                shared.join("audio/wake").join(from).join(&name),
                folder.path().join(to).join(&name),
            )
            .expect("a recording");
        }
    };
    some("computer", "word");
    some("alexa", "other");
    let output = entrenous(
        folder.path(),
        &[
            "eval",
            "wake",
            "--model",
            "computer",
            "--engine",
            "rustpotter",
            "--positives",
            "word",
            "--negatives",
            "other",
            "--json",
        ],
    );
    assert!(output.status.success(), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let own =
        report["points"].as_array().and_then(|p| p.iter().find(|p| p["threshold"] == 0.5)).expect("0.5");
    assert!(own["miss"].as_f64().is_some_and(|miss| miss < 0.3), "{own}");
    assert_eq!(own["false_per_h"], 0.0, "{own}");
}
