//! `entrenous ask`: one line of text in, same mind, no audio. What leads to a question is for
//! `entrenous chat`.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use super::show;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::event::{Event, EventKind};
use crate::household::Household;
use crate::lock::Lock;
use crate::store::{self, MemoryStore, Store};
use crate::{Error, Result, assemble};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to ask, as it would be said: "turn on the kitchen light"
    #[arg(required = true)]
    text: Vec<String>,
    /// Print the events, one JSON object a line
    #[arg(long)]
    json: bool,
    /// Language of the text, instead of the configured one
    #[arg(long, value_parser = ["en", "fr"])]
    language: Option<String>,
    /// Start from the home file with all devices simulated, and forget what was done
    #[arg(long)]
    dry_run: bool,
}

/// How long real devices have to tell how they are before anything is asked.
const SETTLE: Duration = Duration::from_millis(1_500);

/// # Errors
/// When the household cannot be loaded or the store cannot be used; [`Error::Check`] when the text
/// is not understood or leads to a question, or a skill fails.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let mut config = config.clone();
    if let Some(language) = &args.language {
        config.language.clone_from(language);
    }
    let household = Household::load(&config)?;
    let store: Box<dyn Store> =
        if args.dry_run { Box::new(MemoryStore::default()) } else { store::open(&config.data_dir)?.0 };
    let mut mind = assemble::mind(household, store, Arc::new(SystemClock))?.that_rings_once();
    if !args.dry_run {
        let lock = Lock::of(&config);
        mind.remember_by(assemble::heard(&config, lock.clone()));
        mind.connect(assemble::wiring(&config, lock))?;
        mind.house().settle(SETTLE);
    }
    mind.host(assemble::hosting(&config, false))?;

    let mut events = Vec::new();
    // Timers that ran out while nothing was running are told first.
    mind.tick(0, &mut |event| events.push(event));
    mind.ask(&args.text.join(" "), 0, &mut |event| events.push(event));
    let asked = mind.is_asking();
    mind.close(0, &mut |event| events.push(event));
    print(&events, args.json)?;
    if asked {
        let help = "say it in full, or answer in `entrenous chat`";
        return Err(Error::Check(format!("that was answered with a question; {help}")));
    }
    verdict(&events)
}

pub(super) fn print(events: &[Event], json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for event in events {
        if json {
            serde_json::to_writer(&mut out, event).map_err(std::io::Error::from)?;
            writeln!(out)?;
        } else if let Some(line) = show::line(event) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(out.flush()?)
}

/// Whether it was understood and nothing failed, as an exit code says it.
pub(super) fn verdict(events: &[Event]) -> Result<()> {
    for event in events {
        match &event.kind {
            EventKind::NotUnderstood { text, .. } => {
                let help = "ask \"what can I say\" for examples";
                return Err(Error::Check(format!("not understood: `{text}`; {help}")));
            }
            EventKind::Fault { stage, message } => {
                return Err(Error::Check(format!("the {stage} failed: {message}")));
            }
            _ => {}
        }
    }
    Ok(())
}
