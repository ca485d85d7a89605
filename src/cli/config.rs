//! `entrenous config`: checking and showing the settings.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::{Value, json};

use crate::Result;
use crate::config::{Resolved, Surroundings, load_resolved};
use crate::household;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, Subcommand)]
pub enum What {
    /// Say whether a configuration file is right
    Check {
        /// The file [default: the one that `entrenous run` would use]
        file: Option<PathBuf>,
    },
    /// Show every setting as it applies, and where it comes from
    Show {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// # Errors
/// When the configuration is wrong, or the output cannot be written.
pub fn run(args: &Args, file: Option<&Path>) -> Result<()> {
    let around = Surroundings::of_process();
    let mut out = std::io::stdout().lock();
    match &args.what {
        What::Check { file: named } => {
            let resolved = load_resolved(named.as_deref().or(file), &around)?;
            // A home file that cannot be used is found here, too, and not at the next start.
            household::home(&resolved.config)?;
            match resolved.file {
                Some(file) => writeln!(out, "`{}` is right", file.display())?,
                None => writeln!(out, "there is no configuration file; the defaults apply")?,
            }
        }
        What::Show { json } => {
            let resolved = load_resolved(file, &around)?;
            let text = if *json { as_json(&resolved) } else { as_table(&resolved) };
            out.write_all(text.as_bytes())?;
        }
    }
    Ok(())
}

fn as_json(resolved: &Resolved) -> String {
    let settings: serde_json::Map<String, Value> = resolved
        .settings
        .iter()
        .map(|setting| (setting.key.clone(), json!({ "value": setting.value, "origin": setting.origin })))
        .collect();
    format!("{:#}\n", json!({ "file": resolved.file, "settings": settings }))
}

fn as_table(resolved: &Resolved) -> String {
    let rows: Vec<[String; 3]> = resolved
        .settings
        .iter()
        .map(|setting| {
            let value = if setting.value.is_null() { "\"\"".to_owned() } else { setting.value.to_string() };
            [setting.key.clone(), value, setting.origin.to_string()]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    // A long list of folders must not push everybody's origin off the screen.
    let (key, value) = (width(0), width(1).min(36));
    let lines: Vec<String> =
        rows.iter().map(|[k, v, origin]| format!("{k:key$}  {v:value$}  {origin}")).collect();
    lines.join("\n") + "\n"
}
