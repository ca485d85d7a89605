//! `entrenous models`: which models exist, and getting them.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::config::{Config, Surroundings, shared_models};
use crate::models::{self, Manifest, Model, ModelError, Sources, State};
use crate::{Error, Result};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, Subcommand)]
pub enum What {
    /// Show every model, and which are installed
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Get models, from a folder or from their addresses; go on where an earlier try stopped
    Get {
        #[arg(required = true)]
        names: Vec<String>,
        /// A models folder to copy from, or a folder with the files
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
    },
    /// Compare installed models with their published hashes
    Verify {
        /// Which [default: all that are installed]
        names: Vec<String>,
    },
    /// Remove a model
    Remove { name: String },
}

/// # Errors
/// When a name is unknown, a model cannot be had or removed, or one is damaged.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    match &args.what {
        What::List { json } => list(config, *json),
        What::Get { names, from } => get(config, names, from.as_deref()),
        What::Verify { names } => verify(config, names),
        What::Remove { name } => remove(config, name),
    }
}

fn list(config: &Config, json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let models = Manifest::shipped().models.iter().map(|model| (model, model.state(&config.model_dirs)));
    if json {
        let models: Vec<Value> = models.map(|(model, state)| as_json(model, &state)).collect();
        writeln!(out, "{:#}", json!(models))?;
        return Ok(());
    }
    for (model, state) in models {
        let state = match state {
            State::Missing => "-",
            State::Partial { .. } => "incomplete",
            State::Installed { .. } => "installed",
            State::System { .. } => "from the system",
        };
        let (name, languages, size) = (&model.name, model.languages.join(" "), megabytes(model.size()));
        writeln!(out, "{name:24} {state:16} {languages:6} {size:>7}  {}", model.description)?;
    }
    Ok(())
}

fn as_json(model: &Model, state: &State) -> Value {
    let (state, folder) = match state {
        State::Missing => ("missing", None),
        State::Partial { folder } => ("incomplete", Some(folder)),
        State::Installed { folder } => ("installed", Some(folder)),
        State::System { folder } => ("system", Some(folder)),
    };
    json!({
        "name": model.name, "kind": model.kind, "languages": model.languages, "bytes": model.size(),
        "licence": model.licence, "description": model.description, "state": state, "folder": folder,
    })
}

fn get(config: &Config, names: &[String], from: Option<&Path>) -> Result<()> {
    // All names are looked up before the first is fetched.
    let wanted = names.iter().map(|name| Manifest::shipped().get(name)).collect::<Result<Vec<_>, _>>()?;
    if let Some(folder) = from.filter(|folder| !folder.is_dir()) {
        return Err(Error::Input(format!("`{}` is not a folder; --from takes one", folder.display())));
    }
    let shared = shared_models(&Surroundings::of_process());
    let (lent, own): (Vec<_>, Vec<_>) =
        config.model_dirs.iter().cloned().partition(|dir| shared.contains(dir));
    let target = downloads(config)?;
    let sources =
        Sources { folders: from.map(Path::to_owned).into_iter().chain(lent).collect(), network: true };

    let mut out = std::io::stdout().lock();
    for model in wanted {
        match model.state(&own) {
            // What is there by name and size may still be damaged; getting it mends that.
            State::Installed { folder } if model.verify(&folder).is_ok() => {
                writeln!(out, "{}: already in `{}`", model.name, folder.display())?;
            }
            State::System { folder } => {
                writeln!(out, "{}: already in `{}`", model.name, folder.display())?;
            }
            _ => {
                let bar = progress_bar(model);
                let done = models::install(model, &sources, target, &mut |bytes| bar.inc(bytes));
                bar.finish_and_clear();
                done?;
                writeln!(out, "{}: now in `{}`", model.name, target.display())?;
            }
        }
    }
    Ok(())
}

/// Bytes on stderr; nothing when nobody watches.
fn progress_bar(model: &Model) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
    let bar = ProgressBar::new(model.size()).with_message(model.name.clone());
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn verify(config: &Config, names: &[String]) -> Result<()> {
    let manifest = Manifest::shipped();
    let chosen: Vec<&Model> = names.iter().map(|name| manifest.get(name)).collect::<Result<_, _>>()?;
    let all = names.is_empty();
    let models = if all { manifest.models.iter().collect() } else { chosen };

    let mut out = std::io::stdout().lock();
    let mut faults = 0;
    for model in models {
        let (said, fault) = match model.state(&config.model_dirs) {
            State::Missing if all => continue,
            State::Missing => ("not installed".to_owned(), true),
            State::Partial { folder } => (format!("incomplete in `{}`", folder.display()), true),
            State::System { folder } => {
                (format!("`{}` belongs to a system package, which checks it itself", folder.display()), false)
            }
            State::Installed { folder } => match model.verify(&folder) {
                Ok(()) => (format!("right, in `{}`", folder.display()), false),
                Err(error) => (error.to_string(), true),
            },
        };
        faults += usize::from(fault);
        writeln!(out, "{}: {said}", model.name)?;
    }
    if faults > 0 {
        return Err(Error::Check(format!(
            "{faults} model(s) cannot be used; get them with `entrenous models get NAME`"
        )));
    }
    Ok(())
}

fn remove(config: &Config, name: &str) -> Result<()> {
    let model = Manifest::shipped().get(name)?;
    let removed = models::remove(model, downloads(config)?)?;
    match model.state(&config.model_dirs) {
        State::Installed { folder } | State::System { folder } if !removed => {
            return Err(ModelError::NotOurs { name: name.to_owned(), folder }.into());
        }
        _ => {}
    }
    let said = if removed { "removed" } else { "was not installed" };
    writeln!(std::io::stdout().lock(), "{name}: {said}")?;
    Ok(())
}

/// The folder that downloads go to.
fn downloads(config: &Config) -> Result<&Path> {
    let first = config.model_dirs.first();
    first.map(PathBuf::as_path).ok_or_else(|| Error::Input("no models folder is configured".into()))
}

fn megabytes(bytes: u64) -> String {
    format!("{:.0} MB", (bytes as f64 / 1e6).ceil())
}
