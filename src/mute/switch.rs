//! A switch that says whether somebody is to be listened to: a file that holds a value (a pin of a small
//! computer), or a program that says `muted` and `listening`.
//!
//! A thread of its own reads it. What cannot be read counts as muted, and why is said once.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::backoff::Backoff;
use crate::programs;

/// How often a file is read: a hand that turns a switch expects it at once.
const POLL: Duration = Duration::from_millis(50);

/// How long a program that ended is left alone, at first and at most.
const PAUSES: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));

/// A program that ran this long had no trouble to start.
const WELL: Duration = Duration::from_secs(10);

/// As much of a file or line as is read.
const ENOUGH: u64 = 256;

/// Which switch there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SwitchConfig {
    /// Muted while the file holds this, but for spaces around it.
    File { file: PathBuf, muted_when: String },
    /// A program that runs as long as the assistant, and says `muted` or `listening` on a line.
    Command(Vec<String>),
}

/// What a switch says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    Listening,
    Muted,
    /// It cannot be read, and this is why.
    Unknown(String),
}

/// A switch that is being read.
pub struct Switch {
    shared: Arc<Shared>,
}

struct Shared {
    seen: Mutex<Seen>,
    stop: AtomicBool,
}

struct Seen {
    reading: Reading,
    /// Trouble that nobody was told of yet.
    trouble: Option<String>,
    child: Option<Child>,
}

impl Switch {
    /// Begins to read. A file is known when this returns; a program, when it has said something.
    #[must_use]
    pub fn watch(config: SwitchConfig) -> Self {
        let reading = match &config {
            SwitchConfig::File { file, muted_when } => read(file, muted_when),
            SwitchConfig::Command(program) => {
                Reading::Unknown(format!("`{}` has not said anything yet", name(program)))
            }
        };
        let is_file = matches!(config, SwitchConfig::File { .. });
        let trouble = match &reading {
            Reading::Unknown(reason) if is_file => Some(told(reason)),
            _ => None,
        };
        let seen = Mutex::new(Seen { reading, trouble, child: None });
        let shared = Arc::new(Shared { seen, stop: AtomicBool::new(false) });
        let theirs = Arc::clone(&shared);
        std::thread::spawn(move || match config {
            SwitchConfig::File { file, muted_when } => {
                while !theirs.stop.load(Ordering::Relaxed) {
                    std::thread::sleep(POLL);
                    theirs.see(read(&file, &muted_when));
                }
            }
            SwitchConfig::Command(program) => theirs.listen_to(&program),
        });
        Self { shared }
    }

    /// What it says now.
    #[must_use]
    pub fn reading(&self) -> Reading {
        self.shared.seen().reading.clone()
    }

    /// Trouble, once each time that it begins.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.shared.seen().trouble.take()
    }
}

impl Drop for Switch {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        if let Some(mut child) = self.shared.seen().child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Shared {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn see(&self, reading: Reading) {
        let mut seen = self.seen();
        if let Reading::Unknown(reason) = &reading
            && !matches!(&seen.reading, Reading::Unknown(before) if before == reason)
        {
            seen.trouble = Some(told(reason));
        }
        seen.reading = reading;
    }

    /// Runs the program again whenever it ends.
    fn listen_to(&self, program: &[String]) {
        let mut pauses = PAUSES;
        while !self.stop.load(Ordering::Relaxed) {
            let started = Instant::now();
            let reason = self.run(program);
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            self.see(Reading::Unknown(reason));
            if started.elapsed() > WELL {
                pauses.works();
            }
            let until = Instant::now() + pauses.failed();
            while Instant::now() < until && !self.stop.load(Ordering::Relaxed) {
                std::thread::sleep(POLL);
            }
        }
    }

    /// Runs the program to its end, and says why that is bad.
    fn run(&self, program: &[String]) -> String {
        let called = name(program);
        let [path, arguments @ ..] = program else { return "no program is named".into() };
        let spawned = programs::command(path)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = match spawned {
            Ok(child) => child,
            Err(error) => return format!("`{called}` does not start: {error}"),
        };
        let Some(stdout) = child.stdout.take() else { return format!("`{called}` has no output") };
        self.seen().child = Some(child);
        if self.stop.load(Ordering::Relaxed) {
            self.end();
        }
        let mut lines = BufReader::new(stdout);
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = lines.by_ref().take(ENOUGH).read_until(b'\n', &mut line);
            if !matches!(read, Ok(1..)) {
                break;
            }
            match String::from_utf8_lossy(&line).trim() {
                "muted" => self.see(Reading::Muted),
                "listening" => self.see(Reading::Listening),
                "" => {}
                other => {
                    let reason =
                        format!("`{called}` says `{other}`, which is neither `muted` nor `listening`");
                    self.see(Reading::Unknown(reason));
                }
            }
        }
        let status = self.end();
        let how = status.map_or_else(|| "it was stopped".to_owned(), |status| status.to_string());
        format!("`{called}` has ended ({how})")
    }

    /// Ends the program, if it has not ended.
    fn end(&self) -> Option<std::process::ExitStatus> {
        let mut child = self.seen().child.take()?;
        // A program that closed its output and goes on says nothing any more.
        let _ = child.kill();
        child.wait().ok()
    }
}

/// Reads a file's value.
#[must_use]
pub fn read(file: &Path, muted_when: &str) -> Reading {
    let mut text = String::new();
    let read = File::open(file).and_then(|opened| opened.take(ENOUGH).read_to_string(&mut text));
    match read {
        Err(error) => Reading::Unknown(format!("`{}` cannot be read: {error}", file.display())),
        Ok(_) if text.trim().is_empty() => Reading::Unknown(format!("`{}` is empty", file.display())),
        Ok(_) if text.trim() == muted_when => Reading::Muted,
        Ok(_) => Reading::Listening,
    }
}

fn name(program: &[String]) -> &str {
    program.first().map_or("", String::as_str)
}

fn told(reason: &str) -> String {
    format!(
        "{reason}; until the switch can be read, nobody is listened to (mend it, or take out \
         [privacy.switch] in the settings)"
    )
}
