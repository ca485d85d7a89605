//! `entrenous replay`: recordings through the pipeline that runs live.

use std::io::{self, Write};
use std::path::PathBuf;

use jiff::ZonedDateTime;

use crate::audio;
use crate::config::Config;
use crate::event::{Event, EventKind};
use crate::household::Household;
use crate::pipeline::Pipeline;
use crate::replay::{self, Expectations, Mode};
use crate::{Error, Result};

use super::say::Aloud;
use super::show;

/// A replay's day begins at a fixed time, so that "what time is it" has one answer.
const START: &str = "2026-01-01T12:00:00[UTC]";

#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools)] // four independent switches
pub struct Args {
    /// Recordings (WAV, FLAC, MP3) or folders of them
    #[arg(required = true, value_name = "FILE|DIR")]
    pub recordings: Vec<PathBuf>,
    /// Each recording is one command, without a wake word
    #[arg(long)]
    pub no_wake: bool,
    /// Take as long as the recordings do
    #[arg(long)]
    pub realtime: bool,
    /// Print the event stream, one JSON object a line
    #[arg(long)]
    pub json: bool,
    /// Compare with the expected intents, slots and replies of this YAML file
    #[arg(long, value_name = "FILE")]
    pub expect: Option<PathBuf>,
    /// Say the replies aloud
    #[arg(long)]
    pub speak: bool,
    /// What time it is at the beginning, as `2026-01-01T12:00:00[Europe/Paris]`
    #[arg(long, value_name = "TIME", default_value = START)]
    pub now: ZonedDateTime,
}

/// # Errors
/// When a recording cannot be read, an engine cannot run here, or what came out differs from
/// `--expect`.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let recordings = audio::recordings(&args.recordings)?;
    let expectations = args.expect.as_deref().map(Expectations::read).transpose()?;
    let household = Household::load(config)?;
    let (mut pipeline, choices) = Pipeline::new(config, household, !args.no_wake, args.now.clone())?;
    for choice in choices {
        eprintln!("{choice}");
    }
    let mut aloud = args.speak.then(|| Aloud::new(config)).transpose()?;
    let mode = if args.no_wake { Mode::Command } else { Mode::Live };
    let mut out = io::stdout().lock();
    let mut failed = Ok(());
    let mut differences = Vec::new();
    let mut names = Vec::new();
    for path in &recordings {
        let mut events: Vec<Event> = Vec::new();
        let replayed = replay::recording(&mut pipeline, path, mode, args.realtime, &mut |event| {
            let written = if args.json { json_line(&mut out, &event) } else { text_line(&mut out, &event) };
            if failed.is_ok() {
                failed = written;
            }
            if let (Some(aloud), EventKind::Reply { text, language, slow }) = (&mut aloud, &event.kind) {
                aloud.say(text, language, *slow);
            }
            events.push(event);
        });
        match replayed {
            Ok(()) => {}
            // One bad file among many is told and the others are still replayed.
            Err(error) if recordings.len() > 1 => {
                eprintln!("error: {error}");
                differences.push(format!("{}: could not be read", path.display()));
            }
            Err(error) => return Err(error),
        }
        let name = path.display().to_string();
        if let Some(found) = expectations.as_ref().and_then(|all| all.compare(&name, &events)) {
            differences.extend(found.iter().map(ToString::to_string));
        }
        names.push(name);
        std::mem::replace(&mut failed, Ok(()))?;
    }
    // Nobody answers what the last recording asked.
    pipeline.close(&mut |event| {
        let written = if args.json { json_line(&mut out, &event) } else { text_line(&mut out, &event) };
        failed = std::mem::replace(&mut failed, Ok(())).and(written);
    });
    failed?;
    if let Some(all) = &expectations {
        differences.extend(
            all.missing(&names).iter().map(|name| format!("{name}: expected, but not among the recordings")),
        );
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(Error::Check(format!("{}\n{} differ", differences.join("\n"), differences.len())))
}

fn json_line(out: &mut impl Write, event: &Event) -> io::Result<()> {
    serde_json::to_writer(&mut *out, event)?;
    out.write_all(b"\n")
}

fn text_line(out: &mut impl Write, event: &Event) -> io::Result<()> {
    if let EventKind::Recording { path } = &event.kind {
        return writeln!(out, "{path}");
    }
    show::line(event).map_or(Ok(()), |line| writeln!(out, "{line}"))
}
