//! `entrenous run`: the daemon.

use std::io::{self, Write};
use std::path::Path;

use crate::Result;
use crate::config::Config;
use crate::daemon::sealed::Recipe;
use crate::event::{Event, EventKind};

use super::show;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print the event stream, one JSON object a line; it holds what was said
    #[arg(long)]
    pub json: bool,
}

/// # Errors
/// When the house cannot be assembled, or a part of it dies.
pub fn run(args: &Args, config: &Config, file: Option<&Path>) -> Result<()> {
    let json = args.json;
    let mut out = io::stdout();
    super::live::run(config, Some(Recipe::this_program(file, &config.data_dir)), &mut |event| {
        if json {
            serde_json::to_writer(&mut out, event)?;
            out.write_all(b"\n")?;
        } else if let Some(line) = discreet_line(event) {
            writeln!(out, "{line}")?;
        }
        out.flush()
    })
}

/// The line for an event without anything that somebody said: a daemon's output is kept in logs.
fn discreet_line(event: &Event) -> Option<String> {
    let mut event = event.clone();
    match &mut event.kind {
        EventKind::Transcript(heard) => {
            heard.text = "something".into();
            heard.alternatives.clear();
        }
        EventKind::Intent(intent) => intent.slots.clear(),
        EventKind::Listen { options, .. } => options.clear(),
        EventKind::Reply { text, language, .. } => {
            return Some(format!("  said       {} words in `{language}`", text.split_whitespace().count()));
        }
        EventKind::NotHeard { reason } | EventKind::NotUnderstood { reason, .. } => {
            *reason = "no known sentence".into();
        }
        _ => {}
    }
    show::line(&event)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stt::{Hypothesis, Transcript};

    #[test]
    fn a_daemons_lines_hold_no_words_that_were_said() {
        let secret = "secret";
        let kinds = [
            EventKind::Transcript(Transcript {
                text: secret.into(),
                alternatives: vec![Hypothesis { text: secret.into(), confidence: 0.5 }],
                ..Transcript::default()
            }),
            EventKind::NotUnderstood {
                text: secret.into(),
                reason: "`secret` is unknown".into(),
                nearest: None,
            },
            EventKind::NotHeard { reason: "far from `secret`".into() },
            EventKind::Reply { text: "the secret is on".into(), language: "en".into(), slow: false },
        ];
        for kind in kinds {
            let line = discreet_line(&Event::new(0, kind)).unwrap();
            assert!(!line.contains(secret), "{line}");
        }
    }
}
