//! One running `piper` with a voice loaded: a line of text in, a sound file out.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::PROGRAM;
use crate::audio::wav;
use crate::programs;
use crate::tts::{Speech, TtsError};

/// How long one piece may take, the loading of the voice included: a slow computer loads for
/// several seconds.
const TIMEOUT: Duration = Duration::from_secs(20);

/// How long a file that was named may still be growing: one program names it before it closes it.
const GROWING: Duration = Duration::from_secs(2);

/// Seconds of silence between sentences of a piece.
const BETWEEN: &str = "0.2";

pub struct Process {
    model: PathBuf,
    scale: f64,
    child: Child,
    input: ChildStdin,
    /// Lines of both outputs: one program names its files on one, the other on the other.
    lines: Receiver<String>,
    folder: TempDir,
    timeout: Duration,
}

impl Process {
    /// # Errors
    /// When the program cannot be started.
    pub fn start(program: &Path, model: &Path, scale: f64) -> Result<Self, TtsError> {
        // Readable by its owner only, as `tempfile` makes folders.
        let folder = tempfile::Builder::new()
            .prefix("entrenous-voice-")
            .tempdir_in(memory())
            .map_err(|error| failed(format!("no folder for its sound: {error}")))?;
        let mut child = programs::command(program)
            .arg("--model")
            .arg(model)
            .arg("--output_dir")
            .arg(folder.path())
            .args(["--length_scale", &format!("{scale:.3}"), "--sentence_silence", BETWEEN])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Python would keep its lines back.
            .env("PYTHONUNBUFFERED", "1")
            .env("PYTHONIOENCODING", "utf-8")
            .spawn()
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => TtsError::NoPiper,
                _ => failed(error.to_string()),
            })?;
        let (sender, lines) = mpsc::channel();
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(input), Some(stdout), Some(stderr)) = pipes else {
            return Err(failed("it has no pipes".to_owned()));
        };
        read_lines(stdout, sender.clone());
        read_lines(stderr, sender);
        Ok(Self { model: model.to_owned(), scale, child, input, lines, folder, timeout: TIMEOUT })
    }

    pub fn is(&self, model: &Path, scale: f64) -> bool {
        self.model == model && (self.scale - scale).abs() < 1e-6
    }

    #[cfg(test)]
    pub fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
    }

    #[cfg(test)]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Speaks one line.
    ///
    /// # Errors
    /// When the program ends, hangs or gives no sound; then it is of no use any more.
    pub fn say(&mut self, line: &str) -> Result<Speech, TtsError> {
        // Told by the end of its outputs below, with what it complained of.
        let sent = self.input.write_all(format!("{line}\n").as_bytes()).and_then(|()| self.input.flush());
        let until = Instant::now() + self.timeout;
        let mut complaint = String::new();
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => match self.file_in(&line) {
                    Some(file) => return sound(&file),
                    None if !line.trim().is_empty() => line.trim().clone_into(&mut complaint),
                    None => {}
                },
                Err(RecvTimeoutError::Timeout) => {
                    return Err(failed(format!("it took longer than {} s", self.timeout.as_secs_f32())));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let status =
                        self.child.wait().map_or_else(|error| error.to_string(), |it| it.to_string());
                    let sent = sent.err().map_or(String::new(), |error| format!(", {error}"));
                    let complaint = if complaint.is_empty() { format!("{status}{sent}") } else { complaint };
                    return Err(failed(complaint));
                }
            }
        }
    }

    /// The sound file that a line names: `/dev/shm/…/1.wav` or `INFO:…:Wrote /dev/shm/…/1.wav`.
    fn file_in(&self, line: &str) -> Option<PathBuf> {
        let folder = self.folder.path().to_str()?;
        let file = PathBuf::from(line[line.find(folder)?..].trim());
        file.extension().is_some_and(|end| end == "wav").then_some(file)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already; either way nothing of it stays behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder in memory, where there is one: what is said is not written to a disk.
fn memory() -> PathBuf {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let places = runtime.into_iter().chain([PathBuf::from("/dev/shm")]);
    places.into_iter().find(|place| place.is_dir() && is_writable(place)).unwrap_or_else(std::env::temp_dir)
}

fn is_writable(folder: &Path) -> bool {
    std::fs::metadata(folder).is_ok_and(|it| !it.permissions().readonly())
}

fn read_lines(from: impl Read + Send + 'static, to: Sender<String>) {
    thread::spawn(move || {
        // A line that is no text names no file.
        for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
            if to.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                break;
            }
        }
    });
}

/// Reads a sound file and removes it.
fn sound(file: &Path) -> Result<Speech, TtsError> {
    let until = Instant::now() + GROWING;
    let bytes = loop {
        let bytes =
            std::fs::read(file).map_err(|error| failed(format!("its sound cannot be read: {error}")))?;
        if is_whole(&bytes) || Instant::now() > until {
            break bytes;
        }
        thread::sleep(Duration::from_millis(2));
    };
    std::fs::remove_file(file).map_err(|error| failed(format!("its sound cannot be removed: {error}")))?;
    let (samples, sample_rate) =
        wav::read_stream(&bytes).ok_or_else(|| failed("what it gave is no sound".to_owned()))?;
    Ok(Speech { samples, sample_rate })
}

/// Whether a WAV file is as long as it says.
fn is_whole(bytes: &[u8]) -> bool {
    let size = bytes.get(4..8).and_then(|size| size.try_into().ok()).map(u32::from_le_bytes);
    size.is_some_and(|size| bytes.len() >= size as usize + 8)
}

fn failed(reason: String) -> TtsError {
    TtsError::Failed { program: PROGRAM.to_owned(), reason }
}
