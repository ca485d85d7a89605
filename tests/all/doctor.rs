//! The doctor, on machines that lack things.

use std::fs;

use serde_json::Value;

use crate::support::Program;

/// Runs the doctor in an empty world: no programs, no models, no sound server.
fn examine(program: &Program) -> (i32, Value) {
    let mut command = program.command();
    command.env("PATH", program.folder()).env("XDG_RUNTIME_DIR", program.folder());
    command.env_remove("ENTRENOUS_SHARED").env_remove("ENTRENOUS_MODELS").env_remove("PULSE_SERVER");
    let output = command.args(["doctor", "--json"]).output().expect("the doctor runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let report = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().expect("an exit code"), report)
}

fn finding<'a>(report: &'a Value, check: &str) -> &'a Value {
    let findings = report["findings"].as_array().expect("findings");
    findings.iter().find(|finding| finding["check"] == check).unwrap_or_else(|| panic!("{check}: {report:#}"))
}

#[test]
fn a_bare_machine_is_told_what_it_lacks() {
    let (code, report) = examine(&Program::new());
    assert_eq!(finding(&report, "configuration")["status"], "ok");
    assert_eq!(finding(&report, "home and sentences")["status"], "ok");
    assert_eq!(finding(&report, "data folder")["status"], "ok");
    assert_eq!(finding(&report, "voice")["status"], "warning");
    assert!(finding(&report, "voice")["mend"].as_str().unwrap().contains("apt install espeak-ng"));
    let whisper = finding(&report, "speech model");
    assert!(whisper["mend"].as_str().unwrap().contains("entrenous models get"), "{whisper}");
    // Whatever this machine has, the exit code agrees with the report.
    let faults = report["findings"].as_array().unwrap().iter().any(|finding| finding["status"] == "fault");
    assert_eq!((code, &report["ok"]), (i32::from(faults), &Value::Bool(!faults)));
}

#[test]
fn a_wrong_configuration_is_one_finding_among_others() {
    let (code, report) = examine(&Program::new().config("[audio]\nvolume = 7"));
    assert_eq!(code, 1);
    let configuration = finding(&report, "configuration");
    assert_eq!(configuration["status"], "fault");
    assert!(configuration["message"].as_str().unwrap().contains("entrenous.toml:2:"), "{configuration}");
    assert_eq!(finding(&report, "data folder")["status"], "ok");
}

#[test]
fn broken_files_are_found() {
    let program = Program::new()
        .config("[home]\nfile = \"home.toml\"\n")
        .file("home.toml", "nonsense")
        .file("data/models/wake/embedding_model.onnx", "half of it");
    let (code, report) = examine(&program);
    assert_eq!(code, 1);
    let home = finding(&report, "home and sentences");
    assert_eq!(home["status"], "fault");
    assert!(home["message"].as_str().unwrap().contains("home.toml:1"), "{home}");
    let model = finding(&report, "model");
    assert_eq!(model["status"], "warning");
    assert!(model["mend"].as_str().unwrap().contains("models get wake-embedding"), "{model}");
    fs::remove_file(program.folder().join("data/models/wake/embedding_model.onnx")).unwrap();
}
