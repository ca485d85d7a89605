//! espeak-ng, run as a process for each answer: small, everywhere, a hundred times faster than
//! real time.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{Speech, TtsError, Voice};
use crate::audio::wav;
use crate::config::TtsConfig;

const PROGRAM: &str = "espeak-ng";

/// How long one answer may take. A minute of speech takes about half a second.
const TIMEOUT: Duration = Duration::from_secs(15);

/// How fast is slowly, in percent of the usual rate, and the slowest that espeak speaks.
const SLOWLY_PERCENT: u32 = 65;
const SLOWEST: u32 = 80;

/// espeak-ng with the household's rate and pitch.
pub struct Espeak {
    program: PathBuf,
    rate: u32,
    pitch: u32,
    timeout: Duration,
}

impl Espeak {
    /// Looks for espeak-ng in `PATH`.
    ///
    /// # Errors
    /// When it is not there.
    pub fn find(config: &TtsConfig) -> Result<Self, TtsError> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let program = std::env::split_paths(&path)
            .map(|folder| folder.join(PROGRAM))
            .find(|program| program.is_file())
            .ok_or(TtsError::NoEspeak)?;
        Ok(Self { program, rate: config.rate, pitch: config.pitch, timeout: TIMEOUT })
    }

    fn make(&self, text: &str, language: &str, rate: u32) -> Result<Speech, TtsError> {
        let text = plain(text);
        if text.is_empty() {
            return Ok(Speech::silence(0));
        }
        let bytes = self.run(&text, &voice(language), rate)?;
        let (samples, sample_rate) =
            wav::read_stream(&bytes).ok_or_else(|| failed("what it gave is no sound".to_owned()))?;
        Ok(Speech { samples, sample_rate })
    }

    fn run(&self, text: &str, voice: &str, rate: u32) -> Result<Vec<u8>, TtsError> {
        let mut child = Command::new(&self.program)
            .args(["-v", voice, "-s", &rate.to_string(), "-p", &self.pitch.to_string()])
            // Not as an argument: a text may begin with a dash.
            .args(["-b", "1", "--stdin", "--stdout"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => TtsError::NoEspeak,
                _ => failed(error.to_string()),
            })?;
        let sound = self.talk(&mut child, text);
        if sound.is_err() {
            // It may be gone already; either way nothing of it must stay behind.
            let _ = child.kill();
        }
        let status = child.wait().map_err(|error| failed(error.to_string()))?;
        let sound = sound?;
        if status.success() {
            return Ok(sound);
        }
        let mut complaint = String::new();
        if let Some(mut stderr) = child.stderr.take() {
            // What cannot be read of the complaint is replaced by the exit status below.
            let _ = stderr.read_to_string(&mut complaint);
        }
        let complaint = complaint.trim();
        Err(failed(if complaint.is_empty() { status.to_string() } else { complaint.to_owned() }))
    }

    /// Writes the text and reads the sound at the same time, so that neither pipe fills up.
    fn talk(&self, child: &mut Child, text: &str) -> Result<Vec<u8>, TtsError> {
        let (Some(mut stdin), Some(mut stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed("it has no pipes".to_owned()));
        };
        let text = text.to_owned();
        thread::spawn(move || {
            // A program that ends without reading says so by its exit status.
            let _ = stdin.write_all(text.as_bytes());
        });
        let (done, sound) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = stdout.read_to_end(&mut bytes).map(|_| bytes);
            // Nobody waits any more after the time-out.
            let _ = done.send(read);
        });
        match sound.recv_timeout(self.timeout) {
            Ok(read) => read.map_err(|error| failed(error.to_string())),
            Err(_) => Err(failed(format!("it took longer than {} s", self.timeout.as_secs_f32()))),
        }
    }
}

impl Voice for Espeak {
    fn name(&self) -> String {
        format!("{PROGRAM} (rate {}, pitch {})", self.rate, self.pitch)
    }

    fn speak(&mut self, text: &str, language: &str) -> Result<Speech, TtsError> {
        self.make(text, language, self.rate)
    }

    fn speak_slowly(&mut self, text: &str, language: &str) -> Result<Speech, TtsError> {
        self.make(text, language, (self.rate * SLOWLY_PERCENT / 100).max(SLOWEST))
    }
}

/// espeak's voice for a language; others are passed as they are (`de`, `pt-br`, `en-us+f2`).
fn voice(language: &str) -> String {
    match language {
        "en" => "en-us".to_owned(),
        "fr" => "fr-fr".to_owned(),
        other => other.chars().filter(|c| c.is_ascii_alphanumeric() || "-+".contains(*c)).collect(),
    }
}

/// Text in which nothing is a command to espeak: no control characters, no `[[phonemes]]`.
/// Markup is read out, since it is not asked to understand any.
fn plain(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.replace("[[", "[ [").trim().to_owned()
}

fn failed(reason: String) -> TtsError {
    TtsError::Failed { program: PROGRAM.to_owned(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn espeak(test: &str) -> Option<Espeak> {
        let found = Espeak::find(&Config::default().tts).ok();
        if found.is_none() {
            println!("skipped: {test}: `{PROGRAM}` is not installed");
        }
        found
    }

    /// The median pitch in Hz of the voiced parts, by autocorrelation over 40 ms windows.
    fn median_pitch(speech: &Speech) -> f32 {
        let rate = speech.sample_rate as usize;
        let (shortest, longest) = (rate / 400, rate / 70);
        let mut pitches: Vec<f32> = speech
            .samples
            .chunks_exact(rate / 25)
            .filter_map(|window| {
                let at = |lag: usize| -> f64 {
                    let n = window.len() - longest;
                    let products = (0..n).map(|i| f64::from(window[i]) * f64::from(window[i + lag]));
                    products.sum()
                };
                let energy = at(0);
                let (lag, best) =
                    (shortest..longest).map(|lag| (lag, at(lag))).max_by(|a, b| a.1.total_cmp(&b.1))?;
                (energy > 1e8 && best > 0.5 * energy).then_some(rate as f32 / lag as f32)
            })
            .collect();
        assert!(pitches.len() > 20, "only {} voiced windows", pitches.len());
        pitches.sort_by(f32::total_cmp);
        pitches[pitches.len() / 2]
    }

    #[test]
    fn the_default_voice_has_a_neutral_pitch() {
        let Some(mut voice) = espeak("the_default_voice_has_a_neutral_pitch") else { return };
        let texts = [
            ("en", "The kitchen light is on. It is a quarter past nine, and the bedroom window is open."),
            ("fr", "La lumière de la cuisine est allumée. Il est neuf heures, et la fenêtre est ouverte."),
        ];
        for (language, text) in texts {
            let pitch = median_pitch(&voice.speak(text, language).unwrap());
            println!("{language}: {pitch:.0} Hz");
            assert!((145.0..=175.0).contains(&pitch), "{language}: {pitch} Hz");
        }
    }

    #[test]
    fn any_text_is_only_spoken() {
        let Some(mut voice) = espeak("any_text_is_only_spoken") else { return };
        let plain = voice.speak("version", "en").unwrap().samples.len();
        for text in
            ["--version", "-w /tmp/entrenous-must-not-exist.wav", "<speak><break time=\"60s\"/>a</speak>"]
        {
            let speech = voice.speak(text, "en").unwrap();
            assert!(speech.samples.len() > plain / 2, "`{text}` was not spoken");
            assert!(speech.samples.len() < 20 * speech.sample_rate as usize, "`{text}` was obeyed");
        }
        assert!(!std::path::Path::new("/tmp/entrenous-must-not-exist.wav").exists());
        assert_eq!(voice.speak(" \n\u{1}", "en").unwrap().samples.len(), 0);
        let long = "all the lights are on. ".repeat(5_000);
        assert!(voice.speak(&long, "en").is_ok(), "a long text fills no pipe");
    }

    #[test]
    fn commands_to_espeak_are_taken_out() {
        assert_eq!(plain("a\u{1}50sb [[h@'loU]]\n"), "a 50sb [ [h@'loU]]");
        assert_eq!(voice("../../x"), "x");
    }

    #[test]
    fn faults_say_what_to_do() {
        let gone = Espeak { program: "/nowhere/espeak-ng".into(), rate: 165, pitch: 50, timeout: TIMEOUT };
        assert!(matches!(gone.run("a", "en", 165), Err(TtsError::NoEspeak)));
        let Some(mut voice) = espeak("faults_say_what_to_do") else { return };
        let error = voice.speak("hello", "zz-zz").map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("voice"), "{error}");
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("espeak-ng");
        std::fs::write(&program, "#!/bin/sh\nexec sleep 60\n").unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&program, mode).unwrap();
        let hung = Espeak { program, rate: 165, pitch: 50, timeout: Duration::from_millis(200) };
        let before = std::time::Instant::now();
        let error = hung.run("hello", "en", 165).unwrap_err().to_string();
        assert!(error.contains("took longer"), "{error}");
        assert!(before.elapsed() < Duration::from_secs(5));
    }
}
