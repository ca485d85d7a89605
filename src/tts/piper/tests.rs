//! With a program that behaves as the two real ones do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::*;
use crate::config::Config;

/// Keeps a log of its arguments and lines, and answers each line with a file of as many samples as
/// the line has bytes. `names` is how it names the file.
fn fake(folder: &TempDir, names: &str) -> PathBuf {
    let program = folder.path().join("piper");
    let log = folder.path().join("log");
    let script = format!(
        r#"#!/bin/bash
echo "started $*" >> {log}
while [[ $# -gt 0 ]]; do case "$1" in --output_dir) dir="$2"; shift 2;; *) shift;; esac; done
n=0
while IFS= read -r line; do
  echo "line $line" >> {log}
  [[ "$line" == "break down" ]] && {{ echo "ValueError: it broke down" >&2; exit 3; }}
  [[ "$line" == "hang" ]] && exec sleep 60
  n=$((n + 1)); file="$dir/$n.wav"; bytes=$((${{#line}} * 2))
  le() {{ printf "\\x$(printf %02x $(($1 & 255)))\\x$(printf %02x $(($1 >> 8 & 255)))\\x00\\x00"; }}
  {{ printf 'RIFF'; le $((36 + bytes)); printf 'WAVEfmt \x10\0\0\0\x01\0\x01\0'; le 22050; le 44100
     printf '\x02\0\x10\0data'; le $bytes; head -c $bytes /dev/zero; }} > "$file"
  {names}
done
"#,
        log = log.display(),
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    program
}

/// As the C++ program says it, and as the Python one does.
const CPP: &str = r#"echo "$file""#;
const PYTHON: &str = r#"echo "INFO:__main__:Wrote $file" >&2"#;

/// A folder of models with these voices, and one network that is no voice.
fn models(names: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("piper")).unwrap();
    for name in names {
        fs::write(folder.path().join(format!("piper/{name}.onnx")), "").unwrap();
        fs::write(folder.path().join(format!("piper/{name}.onnx.json")), "{}").unwrap();
    }
    fs::write(folder.path().join("fr_FR-embedding.onnx"), "").unwrap();
    folder
}

fn piper(program: &Path, models: &TempDir, voice: &str, language: &str) -> Result<Piper, TtsError> {
    let config = TtsConfig { piper_voice: voice.into(), rate: 110, ..Config::default().tts };
    Piper::with_program(program.to_owned(), &config, &[models.path().to_owned()], language)
}

fn log(folder: &TempDir) -> Vec<String> {
    fs::read_to_string(folder.path().join("log")).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn one_process_speaks_line_after_line() {
    let models = models(&["en_US-joe-medium"]);
    for names in [CPP, PYTHON] {
        let folder = tempfile::tempdir().unwrap();
        let mut piper = piper(&fake(&folder, names), &models, "auto", "en").unwrap();
        piper.prepare("en");
        for text in ["one", "--help", "three\nand more"] {
            let speech = piper.speak(text, "en").unwrap();
            assert_eq!((speech.samples.len(), speech.sample_rate), (text.len(), 22_050), "{text}");
        }
        let left = fs::read_dir(piper.processes[0].folder()).unwrap().count();
        assert_eq!(left, 0, "sound was left behind");
        drop(piper);
        let log = log(&folder);
        assert!(
            log[0].contains("en_US-joe-medium.onnx") && log[0].contains("--length_scale 1.500"),
            "{log:?}"
        );
        assert_eq!(log[1..], ["line one", "line --help", "line three and more"]);
    }
}

#[test]
fn voices_are_chosen_by_language_and_by_name() {
    let models = models(&["en_GB-alba-medium", "fr_FR-siwis-medium", "fr_FR-upmc-medium"]);
    let folder = tempfile::tempdir().unwrap();
    let program = fake(&folder, CPP);
    let chosen = |voice, language: &str| {
        piper(&program, &models, voice, "fr").unwrap().voice(language).map(|voice| voice.name.clone())
    };
    assert_eq!(chosen("auto", "fr").unwrap(), "fr_FR-siwis-medium");
    assert_eq!(chosen("auto", "en-us+f2").unwrap(), "en_GB-alba-medium");
    assert_eq!(chosen("fr_FR-upmc-medium", "fr").unwrap(), "fr_FR-upmc-medium");
    assert_eq!(chosen("fr_FR-upmc-medium", "en").unwrap(), "en_GB-alba-medium");
    let path = models.path().join("piper/fr_FR-upmc-medium.onnx").display().to_string();
    assert_eq!(chosen(&path, "fr").unwrap(), "fr_FR-upmc-medium");
    assert!(matches!(chosen("auto", "de"), Err(TtsError::NoPiperVoice { .. })));
    let error = piper(&program, &models, "fr_FR-sivis", "fr").map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("fr_FR-sivis") && error.contains("fr_FR-siwis-medium"), "{error}");
}

#[test]
fn slow_speech_has_a_process_of_its_own_and_there_are_never_more_than_two() {
    let models = models(&["en_GB-alba-medium", "fr_FR-siwis-medium"]);
    let folder = tempfile::tempdir().unwrap();
    let mut piper = piper(&fake(&folder, PYTHON), &models, "auto", "en").unwrap();
    piper.speak("one", "en").unwrap();
    piper.speak_as("two", "en", Manner { slow: true }).unwrap();
    piper.speak("three", "en").unwrap();
    piper.speak("quatre", "fr").unwrap();
    assert_eq!(piper.processes.len(), 2);
    let started: Vec<String> = log(&folder).into_iter().filter(|line| line.starts_with("started")).collect();
    assert_eq!(started.len(), 3, "{started:?}");
    assert!(started[1].contains("--length_scale 2.0"), "{}", started[1]);
}

#[test]
fn a_process_that_ends_says_why_and_the_next_text_is_spoken() {
    let models = models(&["en_US-joe-medium"]);
    let folder = tempfile::tempdir().unwrap();
    let mut piper = piper(&fake(&folder, PYTHON), &models, "auto", "en").unwrap();
    let error = piper.speak("break down", "en").unwrap_err().to_string();
    assert!(error.contains("ValueError: it broke down"), "{error}");
    assert_eq!(piper.speak("again", "en").unwrap().samples.len(), 5);
}

#[test]
fn a_process_that_hangs_is_ended() {
    let models = models(&["en_US-joe-medium"]);
    let folder = tempfile::tempdir().unwrap();
    let mut piper = piper(&fake(&folder, CPP), &models, "auto", "en").unwrap();
    piper.speak("one", "en").unwrap();
    piper.processes[0].set_timeout(Duration::from_millis(200));
    let before = Instant::now();
    let error = piper.speak("hang", "en").unwrap_err().to_string();
    assert!(error.contains("took longer"), "{error}");
    assert!(before.elapsed() < Duration::from_secs(10) && piper.processes.is_empty());
    assert_eq!(piper.speak("again", "en").unwrap().samples.len(), 5);
}

#[test]
fn a_missing_program_says_what_to_do() {
    let models = models(&["en_US-joe-medium"]);
    let mut piper = piper(Path::new("/nowhere/piper"), &models, "auto", "en").unwrap();
    assert!(matches!(piper.speak("one", "en"), Err(TtsError::NoPiper)));
}
