//! `entrenous doctor`: what works on this machine, and how to mend what does not.

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use indicatif::ProgressBar;
use serde_json::json;

use crate::config::Surroundings;
use crate::doctor::{self, Finding, Status};
use crate::{Error, Result};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// # Errors
/// [`Error::Check`] when there is a fault.
pub fn run(args: &Args, file: Option<&Path>) -> Result<()> {
    let spinner = ProgressBar::new_spinner();
    spinner.enable_steady_tick(Duration::from_millis(100));
    let findings = doctor::examine(file, &Surroundings::of_process(), &mut |what| {
        spinner.set_message(what.to_owned());
    });
    spinner.finish_and_clear();

    let faults = findings.iter().filter(|finding| finding.status == Status::Fault).count();
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{:#}", json!({ "ok": faults == 0, "findings": findings }))?;
    } else {
        write_table(&mut out, &findings)?;
    }
    match faults {
        0 => Ok(()),
        1 => Err(Error::Check("1 fault was found".into())),
        _ => Err(Error::Check(format!("{faults} faults were found"))),
    }
}

fn write_table(out: &mut impl Write, findings: &[Finding]) -> io::Result<()> {
    let width = findings.iter().map(|finding| finding.check.len()).max().unwrap_or(0);
    for finding in findings {
        let status = match finding.status {
            Status::Ok => "ok",
            Status::Warning => "warning",
            Status::Fault => "FAULT",
        };
        writeln!(out, "{status:7}  {:width$}  {}", finding.check, finding.message)?;
        if let Some(mend) = &finding.mend {
            writeln!(out, "         {:width$}  → {mend}", "")?;
        }
    }
    Ok(())
}
