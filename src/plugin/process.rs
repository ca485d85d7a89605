//! One running plugin: its process, and the threads that carry its lines.
//!
//! ```text
//!  mind ─► bounded queue ─► writer's thread ─► standard input
//!  mind ◄─ bounded queue ◄─ reader's thread ◄─ standard output
//!              log file  ◄─ log's thread    ◄─ standard error
//! ```
//!
//! All three threads sleep while nothing is said. A queue that is full never makes the mind wait:
//! a plugin that does not read gets no more, one that writes too much waits, and then is a fault.

use std::fs::File;
use std::io::{BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdout, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};

use super::launch::{self, Launch};
use super::registry::Installed;
use super::watch::Watched;
use super::wire::{self, Message, RpcError};
use super::{Places, confinement, log, manifest, network};

/// Lines that may wait for the plugin.
const OUTGOING: usize = 32;

/// Messages that may wait for the mind.
const INCOMING: usize = 32;

/// Requests a second from which on it is a flood.
const FLOOD: u32 = 200;

/// What comes from a plugin.
#[derive(Debug)]
pub enum Heard {
    Message(Message),
    /// It broke the protocol.
    Broken(String),
    /// Its output is closed.
    Gone,
    /// Nothing came in time.
    Nothing,
}

/// A plugin's process.
pub struct Process {
    child: Child,
    to: SyncSender<String>,
    from: Receiver<Heard>,
    /// Messages in `from`.
    waiting: Arc<AtomicUsize>,
    watched: Arc<Watched>,
    next_id: u64,
    ended: bool,
}

impl Process {
    /// Starts a plugin, and does not wait for it.
    ///
    /// # Errors
    /// In words, when no process can be started.
    pub fn start(plugin: &Installed, places: &Places, language: &str) -> Result<Self, String> {
        let manifest = &plugin.manifest;
        let program = manifest::program(&plugin.folder, &manifest.run[0])
            .filter(|program| program.is_file())
            .ok_or_else(|| {
                let looked = if manifest.run[0].contains('/') { "the plugin's folder" } else { launch::PATH };
                format!("`{}` is not there (looked in {looked}); install or build it", manifest.run[0])
            })?;
        let data = places.data_of(&plugin.name);
        crate::store::private::folder(&data)
            .map_err(|error| format!("cannot make `{}`: {error}", data.display()))?;
        let library = places.library()?;
        let broker = if plugin.granted.network.is_empty() {
            None
        } else {
            let broker = network::serve(&plugin.name, &plugin.granted.network);
            Some(broker.map_err(|error| format!("cannot make its network broker: {error}"))?)
        };
        let launch = Launch {
            program,
            arguments: manifest.run[1..].to_vec(),
            folder: plugin.folder.clone(),
            environment: launch::environment(language, &data, &library),
            rules: confinement::rules(plugin, &data, &library),
            locked_in: places.locked_in,
            parent: i32::try_from(std::process::id()).unwrap_or(i32::MAX),
        };
        let fail = |error: std::io::Error| format!("no process can be started: {error}");
        let (input, ours) = pipe_with(PipeFlags::CLOEXEC).map_err(|error| fail(error.into()))?;
        let mut child =
            launch::start_with(&places.launcher, &launch, &input, broker.as_ref()).map_err(fail)?;
        drop((input, broker));
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or("it has no number")?;
        let watched =
            Watched::new(group, plugin.granted.processes, &data, manifest.limits.data_mib * 1024 * 1024);

        let (to, lines) = mpsc::sync_channel::<String>(OUTGOING);
        let (heard, from) = mpsc::sync_channel(INCOMING);
        let waiting = Arc::new(AtomicUsize::new(0));
        let log = log::file(&places.data_dir, &plugin.name);
        let (output, errors) = (child.stdout.take(), child.stderr.take());
        std::thread::spawn(move || write(&lines, File::from(ours)));
        if let Some(output) = output {
            let waiting = Arc::clone(&waiting);
            std::thread::spawn(move || read(output, &heard, &waiting));
        }
        if let Some(errors) = errors {
            std::thread::spawn(move || log::keep(errors, &log));
        }
        Ok(Self { child, to, from, waiting, watched, next_id: 1, ended: false })
    }

    /// Sends a request and gives its number.
    ///
    /// # Errors
    /// When the plugin does not read what it is sent.
    pub fn request(&mut self, method: &str, params: &Value) -> Result<u64, String> {
        let id = self.next_id;
        self.next_id += 1;
        self.send(wire::request(id, method, params)).map(|()| id)
    }

    /// Sends what wants no answer; says whether there was room for it.
    pub fn notify(&mut self, method: &str, params: &Value) -> bool {
        self.send(wire::notification(method, params)).is_ok()
    }

    /// Answers a request of the plugin.
    ///
    /// # Errors
    /// When the plugin does not read what it is sent.
    pub fn reply(&mut self, id: &Value, result: &Result<Value, RpcError>) -> Result<(), String> {
        self.send(wire::response(id, result))
    }

    fn send(&self, mut line: String) -> Result<(), String> {
        line.push('\n');
        self.to.try_send(line).map_err(|_| "it does not read what it is sent".to_owned())
    }

    /// What comes next, within a time.
    pub fn hear(&self, within: Duration) -> Heard {
        match self.from.recv_timeout(within) {
            Ok(heard) => {
                self.waiting.fetch_sub(1, Ordering::Relaxed);
                heard
            }
            Err(RecvTimeoutError::Timeout) => Heard::Nothing,
            Err(RecvTimeoutError::Disconnected) => Heard::Gone,
        }
    }

    /// Whether something waits to be heard.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// The process's number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, with all it has started. Says why the watch had ended it or, of one that
    /// is `gone` (its output is closed), how it ended.
    pub fn kill(mut self, gone: bool) -> Option<String> {
        // What has closed its output is about to end by itself, and says more than a kill would.
        let ended = if gone { self.wait(Duration::from_millis(100)) } else { None };
        let verdict = self.watched.verdict();
        self.end();
        verdict.or_else(|| ended.map(in_words))
    }

    /// Asks it to end, and ends it when it does not; says whether it did.
    pub fn stop(mut self, patience: Duration) -> bool {
        let asked = self.request("shutdown", &json!({})).is_ok();
        // The end of its input says the same to those who do not know the word.
        let (closed, _) = mpsc::sync_channel(1);
        self.to = closed;
        let ended = asked && self.wait(patience).is_some();
        self.end();
        ended
    }

    fn wait(&mut self, patience: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + patience;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(2)),
                Ok(None) | Err(_) => return None,
            }
        }
    }

    fn end(&mut self) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        // The group may be gone, or not yet be one: a launcher that was quick to fail.
        let _ = kill_process_group(self.watched.group, Signal::KILL);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

fn write(lines: &Receiver<String>, mut to: File) {
    while let Ok(line) = lines.recv() {
        if to.write_all(line.as_bytes()).is_err() {
            return;
        }
    }
}

fn read(output: ChildStdout, heard: &SyncSender<Heard>, waiting: &AtomicUsize) {
    let tell = |what: Heard| {
        waiting.fetch_add(1, Ordering::Relaxed);
        heard.send(what).is_ok()
    };
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    let (mut second, mut count) = (Instant::now(), 0);
    loop {
        let message = match wire::next_line(&mut output, &mut line) {
            Ok(None) => {
                tell(Heard::Gone);
                return;
            }
            Ok(Some(line)) => wire::parse(&line),
            Err(reason) => Err(reason),
        };
        if second.elapsed() >= Duration::from_secs(1) {
            (second, count) = (Instant::now(), 0);
        }
        // There are no more answers than questions.
        count += u32::from(!matches!(message, Ok(Message::Response { .. })));
        let message = message.and_then(|message| {
            if count > FLOOD {
                Err(format!("it sent more than {FLOOD} requests in a second"))
            } else {
                Ok(message)
            }
        });
        match message {
            Ok(message) => {
                if !tell(Heard::Message(message)) {
                    return;
                }
            }
            Err(reason) => {
                tell(Heard::Broken(reason));
                return;
            }
        }
    }
}

fn in_words(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(libc::SIGXCPU), _) => "it used up its processor time".to_owned(),
        (Some(libc::SIGXFSZ), _) => "it wrote a file that is too large".to_owned(),
        (Some(signal), _) => format!("it was ended by signal {signal}"),
        (None, Some(code)) => format!("it ended by itself (exit code {code})"),
        (None, None) => "it ended".to_owned(),
    }
}
