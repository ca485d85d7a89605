//! Signs: what a lamp, a program or a pin shows of the assistant.
//!
//! They follow the events of the ear and of what was closed and opened, never what somebody meant to do:
//! "listening" is shown because the ear said so, "muted" because there is no microphone any more. Each
//! sign has a thread of its own and at most one thing to show next, the latest: a lamp that hangs holds
//! up nothing, and shows what is, not what was.

mod sink;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::event::{Event, EventKind, State};

use sink::Sink;

/// How long the last sign, `off`, may take at the end.
const FAREWELL: Duration = Duration::from_millis(300);

/// How often it is looked whether a program still runs.
const LOOK: Duration = Duration::from_millis(500);

/// One sign, as the settings name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignConfig {
    /// A program that runs as long as the assistant, and gets a line for each change.
    Command { command: Vec<String>, lines: Lines },
    /// A file that gets a value: by word of [`Shown`], or by `other`.
    File { file: PathBuf, values: BTreeMap<String, String> },
}

/// What a program gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// `{"state":"listening","keeping":false}`
    Json,
    /// `listening`
    Words,
}

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// `None`: the assistant does not run.
    pub state: Option<State>,
    /// Whether sound is being kept.
    pub keeping: bool,
}

impl Shown {
    /// Every word of a state.
    pub const WORDS: [&str; 7] = ["idle", "listening", "thinking", "speaking", "muted", "error", "off"];

    /// `listening`; `off` where nothing runs.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self.state {
            None => "off",
            Some(State::Idle) => "idle",
            Some(State::Listening) => "listening",
            Some(State::Thinking) => "thinking",
            Some(State::Speaking) => "speaking",
            Some(State::Muted) => "muted",
            Some(State::Error) => "error",
        }
    }
}

/// All signs of a house.
pub struct Signs {
    shown: Shown,
    signs: Vec<Sign>,
}

struct Sign {
    desk: Arc<Desk>,
    thread: Option<JoinHandle<()>>,
}

/// Where what is to be shown next lies.
struct Desk {
    next: Mutex<Next>,
    changed: Condvar,
}

#[derive(Default)]
struct Next {
    shown: Option<Shown>,
    /// What went wrong, that nobody was told of yet.
    trouble: Option<String>,
    over: bool,
}

impl Signs {
    /// Begins to show. Nothing is shown until the first event.
    #[must_use]
    pub fn start(configs: &[SignConfig]) -> Self {
        let signs = configs.iter().map(|config| {
            let desk = Arc::new(Desk { next: Mutex::default(), changed: Condvar::new() });
            let (theirs, sink) = (Arc::clone(&desk), Sink::new(config.clone()));
            let thread = std::thread::spawn(move || theirs.work(sink));
            Sign { desk, thread: Some(thread) }
        });
        Self { shown: Shown { state: None, keeping: false }, signs: signs.collect() }
    }

    /// Shows what an event changes. It returns at once, whatever the signs do.
    pub fn see(&mut self, event: &Event) {
        let mut shown = self.shown;
        match &event.kind {
            EventKind::State { state } if event.site.is_none() => shown.state = Some(*state),
            EventKind::Action { action, value, .. } if action == "keep_audio" => {
                shown.keeping = value["on"] == true;
            }
            _ => return,
        }
        if shown != self.shown {
            self.shown = shown;
            self.signs.iter().for_each(|sign| sign.desk.put(shown));
        }
    }

    /// What went wrong since this was last asked.
    #[must_use]
    pub fn trouble(&self) -> Vec<String> {
        self.signs.iter().filter_map(|sign| sign.desk.next().trouble.take()).collect()
    }
}

/// The last sign says that nothing runs any more.
impl Drop for Signs {
    fn drop(&mut self) {
        let off = Shown { state: None, keeping: false };
        for sign in &self.signs {
            sign.desk.end_with(off);
        }
        let until = Instant::now() + FAREWELL;
        for thread in self.signs.iter_mut().filter_map(|sign| sign.thread.take()) {
            while !thread.is_finished() && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(2));
            }
            // One that hangs is left behind: the end of the process ends it.
            if thread.is_finished() {
                let _ = thread.join();
            }
        }
    }
}

impl Desk {
    fn next(&self) -> MutexGuard<'_, Next> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, shown: Shown) {
        self.next().shown = Some(shown);
        self.changed.notify_one();
    }

    fn end_with(&self, shown: Shown) {
        let mut next = self.next();
        next.shown = Some(shown);
        next.over = true;
        drop(next);
        self.changed.notify_one();
    }

    /// The sign's thread: shows the latest, and again where the sign was lost meanwhile.
    fn work(&self, mut sink: Sink) {
        loop {
            let (shown, over) = self.wait();
            let result = match shown {
                Some(shown) => sink.show(shown, over),
                None => sink.look(),
            };
            if let Err(trouble) = result {
                self.next().trouble = Some(trouble);
            }
            if over {
                return sink.end();
            }
        }
    }

    /// What is to be shown next, if anything came before it is time to look.
    fn wait(&self) -> (Option<Shown>, bool) {
        let idle = |next: &mut Next| next.shown.is_none() && !next.over;
        let waited = self.changed.wait_timeout_while(self.next(), LOOK, idle);
        let (mut next, _) = waited.unwrap_or_else(PoisonError::into_inner);
        (next.shown.take(), next.over)
    }
}

impl SignConfig {
    /// Its program or file.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Command { command, .. } => command.first().cloned().unwrap_or_default(),
            Self::File { file, .. } => file.display().to_string(),
        }
    }

    /// Whether it can be shown here.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn check(&self) -> Result<(), String> {
        sink::check(self)
    }
}
