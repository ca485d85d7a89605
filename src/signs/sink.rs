//! Where a sign is written: to a program that is started again when it ends, or into a file.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::backoff::Backoff;
use crate::programs;

use super::{Lines, Shown, SignConfig};

/// How long a program that ended is left alone, at first and at most.
const PAUSES: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));

/// A program that ran this long had no trouble to start.
const WELL: Duration = Duration::from_secs(10);

/// How long a program has to end by itself when nothing more comes.
const GRACE: Duration = Duration::from_millis(200);

pub(super) enum Sink {
    Program(Program),
    File(Pin),
}

/// A program, and what it was last to show.
pub(super) struct Program {
    command: Vec<String>,
    lines: Lines,
    shown: Option<Shown>,
    running: Option<Running>,
    pauses: Backoff,
    not_before: Option<Instant>,
    /// Its trouble was told, and has not ended.
    told: bool,
}

struct Running {
    child: Child,
    since: Instant,
}

/// A file, opened once: what is confined later can still be shown.
pub(super) struct Pin {
    file: PathBuf,
    values: BTreeMap<String, String>,
    opened: Option<File>,
    told: bool,
}

impl Sink {
    pub(super) fn new(config: SignConfig) -> Self {
        match config {
            SignConfig::Command { command, lines } => Self::Program(Program {
                command,
                lines,
                shown: None,
                running: None,
                pauses: PAUSES,
                not_before: None,
                told: false,
            }),
            SignConfig::File { file, values } => {
                let opened = open(&file).ok();
                Self::File(Pin { file, values, opened, told: false })
            }
        }
    }

    /// Shows it; the error is told once, until it works again.
    pub(super) fn show(&mut self, shown: Shown, last: bool) -> Result<(), String> {
        match self {
            Self::Program(program) => {
                program.shown = Some(shown);
                // Nobody is told anew that it is over.
                if last && program.running.is_none() { Ok(()) } else { program.write() }
            }
            Self::File(pin) => pin.write(shown),
        }
    }

    /// Looks whether it still shows what it should.
    pub(super) fn look(&mut self) -> Result<(), String> {
        match self {
            Self::Program(program) => program.look(),
            Self::File(_) => Ok(()),
        }
    }

    /// Nothing more comes.
    pub(super) fn end(self) {
        let Self::Program(Program { running: Some(mut running), .. }) = self else { return };
        drop(running.child.stdin.take());
        let until = Instant::now() + GRACE;
        while Instant::now() < until && matches!(running.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(2));
        }
        let _ = running.child.kill();
        let _ = running.child.wait();
    }
}

impl Program {
    fn look(&mut self) -> Result<(), String> {
        let Some(running) = &mut self.running else {
            return if self.shown.is_some() { self.write() } else { Ok(()) };
        };
        match running.child.try_wait() {
            Ok(None) => Ok(()),
            ended => {
                let how = ended.ok().flatten().map_or_else(String::new, |status| format!(" ({status})"));
                self.lost(&format!("has ended{how}"))
            }
        }
    }

    fn write(&mut self) -> Result<(), String> {
        let Some(shown) = self.shown else { return Ok(()) };
        if self.running.is_none() {
            if self.not_before.is_some_and(|then| Instant::now() < then) {
                return Ok(());
            }
            match start(&self.command) {
                Ok(child) => self.running = Some(Running { child, since: Instant::now() }),
                Err(error) => return self.lost(&format!("does not start: {error}")),
            }
        }
        let line = line(shown, self.lines);
        let stdin = self.running.as_mut().and_then(|running| running.child.stdin.as_mut());
        match stdin.map(|stdin| stdin.write_all(line.as_bytes())) {
            Some(Ok(())) => {
                self.told &= self.running.as_ref().is_none_or(|running| running.since.elapsed() < WELL);
                Ok(())
            }
            _ => self.lost("does not take what it is to show"),
        }
    }

    /// It is gone; it is started again later.
    fn lost(&mut self, how: &str) -> Result<(), String> {
        if let Some(mut running) = self.running.take() {
            if running.since.elapsed() > WELL {
                self.pauses.works();
                self.told = false;
            }
            let _ = running.child.kill();
            let _ = running.child.wait();
        }
        self.not_before = Some(Instant::now() + self.pauses.failed());
        if std::mem::replace(&mut self.told, true) {
            return Ok(());
        }
        let name = self.command.first().map_or("", String::as_str);
        Err(format!("the sign `{name}` {how}; it is started again in a while"))
    }
}

fn start(command: &[String]) -> std::io::Result<Child> {
    let [name, arguments @ ..] = command else { return Err(std::io::ErrorKind::NotFound.into()) };
    programs::command(name)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

/// What a program gets.
pub(super) fn line(shown: Shown, lines: Lines) -> String {
    match lines {
        Lines::Json => format!("{}\n", json!({ "state": shown.word(), "keeping": shown.keeping })),
        Lines::Words if shown.keeping => format!("{} keeping\n", shown.word()),
        Lines::Words => format!("{}\n", shown.word()),
    }
}

impl Pin {
    fn write(&mut self, shown: Shown) -> Result<(), String> {
        let Some(value) = value(&self.values, shown).cloned() else { return Ok(()) };
        match self.try_to(value.as_bytes()) {
            Ok(()) => {
                self.told = false;
                Ok(())
            }
            Err(_) if self.told => Ok(()),
            Err(error) => {
                self.told = true;
                Err(format!("the sign `{}` cannot be written: {error}", self.file.display()))
            }
        }
    }

    fn try_to(&mut self, value: &[u8]) -> std::io::Result<()> {
        if let Some(opened) = &self.opened
            && put(opened, value).is_ok()
        {
            return Ok(());
        }
        let opened = open(&self.file)?;
        put(&opened, value)?;
        self.opened = Some(opened);
        Ok(())
    }
}

fn open(file: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).open(file)
}

fn put(file: &File, value: &[u8]) -> std::io::Result<()> {
    // The kernel's files have no length; others must not keep the end of a longer value.
    let _ = file.set_len(0);
    file.write_all_at(value, 0)
}

/// The value for what is shown: sound that is kept is to be seen also while nobody speaks.
fn value(values: &BTreeMap<String, String>, shown: Shown) -> Option<&String> {
    let quiet = matches!(shown.word(), "idle" | "muted");
    let keeping = if shown.keeping && quiet { values.get("keeping") } else { None };
    keeping.or_else(|| values.get(shown.word())).or_else(|| values.get("other"))
}

/// Whether a sign can be shown: for people who ask what works.
///
/// # Errors
/// Why not, in words.
pub(super) fn check(config: &SignConfig) -> Result<(), String> {
    match config {
        SignConfig::File { file, .. } => {
            open(file).map(|_| ()).map_err(|error| format!("`{}` cannot be written: {error}", file.display()))
        }
        SignConfig::Command { command, .. } => programs::check(command),
    }
}
