//! `entrenous import`: what was written for other assistants, as our sentence files and home.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::config::Config;
use crate::home;
#[cfg(feature = "homeassistant")]
use crate::home::backend::homeassistant::Socket;
#[cfg(feature = "homeassistant")]
use crate::lock::Lock;
use crate::nlu::import;
use crate::{Error, Result};

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    from: Option<From>,
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

#[derive(Debug, Subcommand)]
enum From {
    /// Make a home file of the areas, devices and names of a Home Assistant
    HomeAssistant {
        /// Its address (`http://192.168.1.10:8123`), its `.storage` folder, or a file with its states
        source: String,
        /// Write this file rather than print
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// The file with its token, instead of the configured one
        #[arg(long, value_name = "FILE")]
        token_file: Option<PathBuf>,
        /// Replace the file if it is there already
        #[arg(long)]
        force: bool,
    },
}

/// # Errors
/// When a file cannot be read or written.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    if let Some(From::HomeAssistant { source, out, token_file, force }) = &args.from {
        return home_assistant(source, out.as_deref(), token_file.as_deref(), *force, config);
    }
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

fn home_assistant(
    source: &str,
    file: Option<&Path>,
    token_file: Option<&Path>,
    force: bool,
    config: &Config,
) -> Result<()> {
    let registries = if source.contains("://") {
        ask(source, token_file, config)?
    } else {
        home::import::read(Path::new(source)).map_err(|error| Error::Input(error.to_string()))?
    };
    let imported = home::import::home_assistant(&registries)?;
    for lost in &imported.lost {
        eprintln!("{lost}");
    }
    let mut out = io::stdout().lock();
    match file {
        None => write!(out, "{}", imported.toml)?,
        Some(file) => {
            write_to(file, &imported.toml, force)?;
            writeln!(
                out,
                "{}: {} floors, {} areas, {} devices; {} things are not carried over as they were",
                file.display(),
                imported.floors,
                imported.areas,
                imported.devices,
                imported.lost.len()
            )?;
        }
    }
    Ok(out.flush()?)
}

#[cfg(feature = "homeassistant")]
fn ask(url: &str, token_file: Option<&Path>, config: &Config) -> Result<home::import::Registries> {
    let own = crate::config::HomeAssistantConfig {
        url: url.to_owned(),
        token_file: token_file.map(Path::to_owned).or_else(|| config.homeassistant.token_file.clone()),
    };
    let mut socket = Socket::open(&own, Lock::of(config).as_ref())?;
    Ok(home::import::Registries::ask(&mut socket)?)
}

#[cfg(not(feature = "homeassistant"))]
fn ask(_: &str, _: Option<&Path>, _: &Config) -> Result<home::import::Registries> {
    Err(Error::Input("this program was built without the feature `homeassistant`; give a file".into()))
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
