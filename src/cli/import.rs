//! `entrenous import`: what was written for other assistants, as our sentence files.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::nlu::import;
use crate::{Error, Result};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Snips datasets (`.json`, `.yaml`), Rhasspy's `sentences.ini`
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write `DIR/<language>/<name>.yaml` rather than print
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Language of files that do not say theirs, instead of the configured one
    #[arg(long, value_parser = ["en", "fr"])]
    language: Option<String>,
    /// Replace files that are there already
    #[arg(long)]
    force: bool,
}

/// # Errors
/// When a file cannot be read or written.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let language = args.language.as_ref().unwrap_or(&config.language);
    let mut out = io::stdout().lock();
    for file in &args.files {
        let bytes = fs::read(file).map_err(Error::io("read", file))?;
        let slots = |name: &str| slot_file(file, language, name);
        let imported = import::read(file, &bytes, language, &slots)?;
        for lost in &imported.lost {
            let line = if lost.line > 0 { format!(":{}", lost.line) } else { String::new() };
            eprintln!("{}{line}: {}", file.display(), lost.what);
        }
        let (document, lost) = (&imported.document, imported.lost.len());
        match &args.to {
            None => write!(out, "{}", document.yaml())?,
            Some(folder) => {
                let name = file.with_extension("yaml");
                let path = folder.join(&document.language).join(name.file_name().unwrap_or_default());
                write_to(&path, &document.yaml(), args.force)?;
                writeln!(
                    out,
                    "{}: {} sentences and examples, {} lists; {lost} things are not carried over",
                    path.display(),
                    document.utterances(),
                    document.lists.len()
                )?;
            }
        }
    }
    Ok(out.flush()?)
}

/// Rhasspy keeps slots beside its sentences, by language in later versions.
fn slot_file(file: &Path, language: &str, name: &str) -> Option<String> {
    let folder = file.parent().unwrap_or(Path::new("")).join("slots");
    [folder.join(name), folder.join(language).join(name)]
        .iter()
        .find_map(|path| fs::read_to_string(path).ok())
}

fn write_to(path: &Path, text: &str, force: bool) -> Result<()> {
    if path.exists() && !force {
        return Err(Error::Input(format!(
            "`{}` is there already; replace it with `--force`",
            path.display()
        )));
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::io("make", folder))?;
    }
    fs::write(path, text).map_err(Error::io("write", path))
}
