//! espeak-ng, run as a process for each piece of an answer: small, everywhere, a hundred times
//! faster than real time.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::{Manner, Speech, TtsError, Voice};
use crate::audio::wav;
use crate::config::TtsConfig;
use crate::programs;

const PROGRAM: &str = "espeak-ng";

/// How long one answer may take. A minute of speech takes about half a second.
const TIMEOUT: Duration = Duration::from_secs(15);

/// What every pipe takes at once (POSIX).
const PIPE: usize = 512;

/// espeak-ng with the household's rate and pitch.
pub struct Espeak {
    program: PathBuf,
    rate: u32,
    pitch: u32,
    timeout: Duration,
    /// Whether a process waits for the next text: most of the time for a short one goes by before
    /// espeak-ng looks at it.
    waits: bool,
    waiting: Option<Waiting>,
}

/// A process that has everything but the text. A thread starts it: that takes time, and what was
/// just made is to be heard first.
struct Waiting {
    voice: String,
    rate: u32,
    child: JoinHandle<Result<Child, TtsError>>,
}

impl Waiting {
    /// `None` where it could not be started; whoever starts it next will say why.
    fn into_child(self) -> Option<Child> {
        self.child.join().ok().and_then(Result::ok)
    }
}

impl Espeak {
    /// Looks for espeak-ng in `PATH`.
    ///
    /// # Errors
    /// When it is not there.
    pub fn find(config: &TtsConfig) -> Result<Self, TtsError> {
        let program = programs::find(PROGRAM).ok_or(TtsError::NoEspeak)?;
        Ok(Self::new(program, config.rate, config.pitch))
    }

    fn new(program: PathBuf, rate: u32, pitch: u32) -> Self {
        Self { program, rate, pitch, timeout: TIMEOUT, waits: false, waiting: None }
    }

    fn command(&self, voice: &str, rate: u32) -> Command {
        let mut command = programs::command(&self.program);
        command
            .args(["-v", voice, "-s", &rate.to_string(), "-p", &self.pitch.to_string()])
            // Not as an argument: a text may begin with a dash.
            .args(["-b", "1", "--stdin", "--stdout"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The process that waits, if it is of this kind and alive; else a new one.
    fn take(&mut self, voice: &str, rate: u32) -> Result<Child, TtsError> {
        if let Some(waiting) = self.waiting.take() {
            let fits = waiting.voice == voice && waiting.rate == rate;
            if let Some(mut child) = waiting.into_child() {
                if fits && matches!(child.try_wait(), Ok(None)) {
                    return Ok(child);
                }
                end(&mut child);
            }
        }
        start(self.command(voice, rate))
    }

    /// Lets a process wait for the next text.
    fn wait(&mut self, voice: &str, rate: u32) {
        let command = self.command(voice, rate);
        let child = thread::spawn(move || start(command));
        self.waiting = Some(Waiting { voice: voice.to_owned(), rate, child });
    }

    fn run(&mut self, text: &str, voice: &str, rate: u32) -> Result<Vec<u8>, TtsError> {
        let child = self.take(voice, rate)?;
        let sound = self.finish(child, text);
        if self.waits && sound.is_ok() {
            self.wait(voice, rate);
        }
        sound
    }

    fn finish(&self, mut child: Child, text: &str) -> Result<Vec<u8>, TtsError> {
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
        // A program that ends without reading says so by its exit status.
        if text.len() < PIPE {
            let _ = stdin.write_all(text.as_bytes());
            drop(stdin);
        } else {
            let text = text.to_owned();
            thread::spawn(move || {
                let _ = stdin.write_all(text.as_bytes());
            });
        }
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

impl Drop for Espeak {
    fn drop(&mut self) {
        if let Some(mut child) = self.waiting.take().and_then(Waiting::into_child) {
            end(&mut child);
        }
    }
}

fn start(mut command: Command) -> Result<Child, TtsError> {
    command.spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => TtsError::NoEspeak,
        _ => failed(error.to_string()),
    })
}

/// It may be gone already; either way nothing of it stays behind.
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

impl Voice for Espeak {
    fn name(&self) -> String {
        format!("{PROGRAM} (rate {}, pitch {})", self.rate, self.pitch)
    }

    fn prepare(&mut self, language: &str) {
        self.waits = true;
        self.wait(&voice(language), self.rate);
    }

    fn speak(&mut self, text: &str, language: &str) -> Result<Speech, TtsError> {
        self.speak_as(text, language, Manner::default())
    }

    fn speak_as(&mut self, text: &str, language: &str, manner: Manner) -> Result<Speech, TtsError> {
        let text = plain(text);
        if text.is_empty() {
            return Ok(Speech::silence(0));
        }
        let bytes = self.run(&text, &voice(language), manner.rate(self.rate))?;
        let (samples, sample_rate) =
            wav::read_stream(&bytes).ok_or_else(|| failed("what it gave is no sound".to_owned()))?;
        Ok(Speech { samples, sample_rate })
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
pub(super) fn plain(text: &str) -> String {
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
    use crate::tts::pitch;

    fn espeak(test: &str) -> Option<Espeak> {
        let found = Espeak::find(&Config::default().tts).ok();
        if found.is_none() {
            println!("skipped: {test}: `{PROGRAM}` is not installed");
        }
        found
    }

    const TEXTS: [(&str, &str); 2] = [
        ("en", "The kitchen light is on. It is a quarter past nine, and the bedroom window is open."),
        ("fr", "La lumière de la cuisine est allumée. Il est neuf heures, et la fenêtre est ouverte."),
    ];

    /// The middle of the range that is heard as neither a man's nor a woman's.
    #[test]
    fn the_default_voice_has_a_neutral_pitch() {
        let Some(mut voice) = espeak("the_default_voice_has_a_neutral_pitch") else { return };
        for (language, text) in TEXTS {
            for manner in [Manner::default(), Manner { slow: true }] {
                let hz = pitch::median(&voice.speak_as(text, language, manner).unwrap()).unwrap();
                println!("{language}, {manner:?}: {hz:.1} Hz");
                assert!((145.0..=175.0).contains(&hz), "{language}, {manner:?}: {hz} Hz");
            }
        }
    }

    #[test]
    fn the_configured_pitch_raises_the_voice() {
        let Some(found) = espeak("the_configured_pitch_raises_the_voice") else { return };
        for (language, text) in TEXTS {
            let medians: Vec<f32> = [20, 50, 80, 95]
                .into_iter()
                .map(|pitch| {
                    let mut voice = Espeak::new(found.program.clone(), found.rate, pitch);
                    pitch::median(&voice.speak(text, language).unwrap()).unwrap()
                })
                .collect();
            println!("{language}: {medians:.0?} Hz at 20, 50, 80, 95");
            assert!(medians.windows(2).all(|pair| pair[1] > pair[0] * 1.08), "{language}: {medians:?}");
        }
    }

    #[test]
    fn a_process_that_waits_says_the_same_and_may_be_gone() {
        let Some(mut voice) = espeak("a_process_that_waits_says_the_same_and_may_be_gone") else { return };
        let expected = voice.speak("hello", "en").unwrap();
        assert!(voice.waiting.is_none(), "nothing waits unless it is asked to");
        voice.prepare("en");
        for _ in 0..2 {
            assert_eq!(voice.speak("hello", "en").unwrap(), expected);
            assert!(voice.waiting.is_some(), "the next one waits");
        }
        // Of another kind, and gone.
        assert_ne!(voice.speak("hello", "fr").unwrap(), expected);
        let mut child = voice.waiting.take().and_then(Waiting::into_child).unwrap();
        end(&mut child);
        let child = thread::spawn(move || Ok(child));
        voice.waiting = Some(Waiting { voice: "en-us".into(), rate: voice.rate, child });
        assert_eq!(voice.speak("hello", "en").unwrap(), expected);
    }

    #[test]
    fn slow_speech_is_slower() {
        let Some(mut voice) = espeak("slow_speech_is_slower") else { return };
        for (language, text) in TEXTS {
            let usual = voice.speak(text, language).unwrap().samples.len();
            let slow = voice.speak_as(text, language, Manner { slow: true }).unwrap().samples.len();
            assert!(slow * 10 > usual * 12 && slow < usual * 2, "{language}: {usual}, {slow}");
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
        // More than a pipe holds, both ways, in little time.
        let long = format!("{}{}done", "all the lights are on. ".repeat(20), " ".repeat(100_000));
        assert!(voice.speak(&long, "en").is_ok(), "a long text fills no pipe");
    }

    #[test]
    fn commands_to_espeak_are_taken_out() {
        assert_eq!(plain("a\u{1}50sb [[h@'loU]]\n"), "a 50sb [ [h@'loU]]");
        assert_eq!(voice("../../x"), "x");
    }

    #[test]
    fn faults_say_what_to_do() {
        let mut gone = Espeak::new("/nowhere/espeak-ng".into(), 165, 50);
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
        let mut hung = Espeak::new(program, 165, 50);
        hung.timeout = Duration::from_millis(200);
        let before = std::time::Instant::now();
        let error = hung.run("hello", "en", 165).unwrap_err().to_string();
        assert!(error.contains("took longer"), "{error}");
        assert!(before.elapsed() < Duration::from_secs(5));
    }
}
