//! `entrenous chat`: the conversations of the house, typed.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use jiff::ZonedDateTime;

use super::show;
use crate::clock::{Clock, ManualClock, SystemClock};
use crate::config::Config;
use crate::event::{Event, EventKind};
use crate::household::Household;
use crate::lock::Lock;
use crate::mind::Mind;
use crate::store::{self, MemoryStore, Store};
use crate::{Error, Result, assemble};

/// Typing takes longer than beginning to speak.
const PATIENCE_MS: u64 = 60_000;

/// How long the program sleeps at most while nobody types.
const TICK: Duration = Duration::from_secs(1);

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Show how each line was understood, and what was done
    #[arg(long)]
    explain: bool,
    /// Let the clock stand at this time, as `2026-01-01T12:00:00[Europe/Paris]`
    #[arg(long, value_name = "TIME")]
    at: Option<ZonedDateTime>,
    /// Language of the conversation, instead of the configured one
    #[arg(long, value_parser = ["en", "fr"])]
    language: Option<String>,
    /// Start from the home file with all devices simulated, and forget what was done
    #[arg(long)]
    dry_run: bool,
}

/// # Errors
/// When the household cannot be loaded, the store cannot be used, or the lines cannot be read.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let mut config = config.clone();
    if let Some(language) = &args.language {
        config.language.clone_from(language);
    }
    config.dialogue.patience_ms = PATIENCE_MS;
    let household = Household::load(&config)?;
    let store: Box<dyn Store> =
        if args.dry_run { Box::new(MemoryStore::default()) } else { store::open(&config.data_dir)?.0 };
    let clock: Arc<dyn Clock> = match &args.at {
        Some(at) => Arc::new(ManualClock::at(at.clone())),
        None => Arc::new(SystemClock),
    };
    let mut mind = assemble::mind(household, store, Arc::clone(&clock))?;
    if !args.dry_run {
        let lock = Lock::of(&config);
        mind.remember_by(assemble::heard(&config, lock.clone()));
        mind.connect(assemble::wiring(&config, lock))?;
    }
    mind.host(assemble::hosting(&config, false))?;
    let screen = Screen {
        typed: io::stdin().is_terminal() && io::stdout().is_terminal(),
        colours: io::stdout().is_terminal(),
        explain: args.explain,
    };
    converse(mind, clock.as_ref(), &read_lines(), &screen)
}

/// Until there are no more lines.
fn converse(
    mut mind: Mind,
    clock: &dyn Clock,
    lines: &Receiver<io::Result<String>>,
    screen: &Screen,
) -> Result<()> {
    let mut events = Vec::new();
    // Timers that ran out while nothing was running are told first.
    mind.tick(0, &mut |event| events.push(event));
    screen.show(&events, false)?;
    screen.prompt()?;
    loop {
        let due = mind.next_due().map(|due| due.duration_since(clock.now().timestamp()));
        let wait = due.map_or(TICK, |due| Duration::try_from(due).unwrap_or_default().min(TICK));
        let mut events = Vec::new();
        match lines.recv_timeout(wait) {
            Ok(line) => {
                let line = line.map_err(Error::Output)?;
                screen.echo(&line)?;
                hear(&mut mind, line.trim(), &mut |event| events.push(event));
                screen.show(&events, false)?;
                screen.prompt()?;
            }
            Err(RecvTimeoutError::Timeout) => {
                mind.look(0, &mut |event| events.push(event));
                if mind.next_due().is_some_and(|due| due <= clock.now().timestamp()) {
                    mind.tick(0, &mut |event| events.push(event));
                }
                if screen.show(&events, true)? {
                    screen.prompt()?;
                }
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    mind.close(0, &mut |_| {});
    screen.end()
}

/// An empty line is silence: it answers nothing.
fn hear(mind: &mut Mind, line: &str, emit: &mut dyn FnMut(Event)) {
    if !line.is_empty() {
        mind.ask(line, 0, emit);
    } else if mind.is_asking() {
        mind.handle(&Event::new(0, EventKind::NoSpeech), emit);
    }
}

/// Lines of the standard input, read on a thread of their own so that timers can ring in between.
fn read_lines() -> Receiver<io::Result<String>> {
    let (sender, lines) = mpsc::sync_channel(1);
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// How the conversation is shown.
struct Screen {
    /// Somebody types; else the lines come from a file or another program, and are shown as well.
    typed: bool,
    colours: bool,
    explain: bool,
}

impl Screen {
    fn prompt(&self) -> io::Result<()> {
        if !self.typed {
            return Ok(());
        }
        let mut out = io::stdout();
        write!(out, "you: ")?;
        out.flush()
    }

    fn echo(&self, line: &str) -> io::Result<()> {
        if self.typed { Ok(()) } else { writeln!(io::stdout(), "you: {line}") }
    }

    /// Shows what was said; says whether there was anything. `between` is for what nobody asked for:
    /// the prompt makes room for it.
    fn show(&self, events: &[Event], between: bool) -> io::Result<bool> {
        let lines: Vec<String> = events.iter().filter_map(|event| self.line(event)).collect();
        let mut out = io::stdout().lock();
        if between && self.typed && !lines.is_empty() {
            write!(out, "\r\x1b[K")?;
        }
        for line in &lines {
            writeln!(out, "{line}")?;
        }
        out.flush()?;
        Ok(!lines.is_empty())
    }

    fn line(&self, event: &Event) -> Option<String> {
        match &event.kind {
            EventKind::Reply { text, .. } => Some(format!("house: {text}")),
            EventKind::Fault { .. } => show::line(event),
            _ if !self.explain => None,
            _ => {
                // A transcript must not depend on how fast the machine is.
                let line = show::line(&Event { took: None, ..event.clone() })?;
                Some(if self.colours { format!("\x1b[2m{line}\x1b[0m") } else { line })
            }
        }
    }

    fn end(&self) -> Result<()> {
        if self.typed {
            writeln!(io::stdout())?;
        }
        Ok(())
    }
}
