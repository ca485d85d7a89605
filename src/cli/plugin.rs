//! `entrenous plugin`: make, install, check and run plugins.

use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::ask;
use super::confirm::{Question, confirm};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::event::Event;
use crate::household::Household;
use crate::plugin::manifest::Manifest;
use crate::plugin::registry::{self, Installed, Record};
use crate::plugin::{PluginError, check, install, log, scaffold};
use crate::store::{self, MemoryStore, Store};
use crate::{Error, Result, assemble};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Write a new plugin that works
    New {
        /// Lower-case letters, digits and `-`
        name: String,
        #[arg(long, value_parser = scaffold::LANGUAGES, default_value = "python")]
        lang: String,
        /// Where, instead of ./NAME
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
    },
    /// Show the installed plugins
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Install a plugin, after showing what it asks for
    Install {
        /// A folder or a .tar.gz
        #[arg(value_name = "DIR|ARCHIVE")]
        from: PathBuf,
        /// Grant what it asks for without being asked
        #[arg(short, long)]
        yes: bool,
        /// Use the folder where it lies: changes to its files apply at once
        #[arg(long)]
        link: bool,
    },
    /// Remove a plugin and all that it has kept
    Remove { name: String },
    /// Use a plugin again
    Enable { name: String },
    /// Keep a plugin, and do not use it
    Disable { name: String },
    /// Show a plugin's settings, or set one
    Set { name: String, key: Option<String>, value: Option<String> },
    /// Show what a plugin has written to its log
    Logs {
        name: String,
        /// As many lines, counted from the end
        #[arg(short = 'n', long, default_value_t = 50)]
        lines: usize,
    },
    /// Talk to a plugin without a microphone; nothing is kept
    Run {
        /// An installed plugin, or the folder of one
        #[arg(value_name = "NAME|DIR")]
        plugin: String,
        /// What to say; several are said one after another. Without, sentences are read line by line
        #[arg(long, value_name = "TEXT")]
        ask: Vec<String>,
        /// Print the events, one JSON object a line
        #[arg(long)]
        json: bool,
        #[arg(long, value_parser = ["en", "fr"])]
        language: Option<String>,
        /// A setting of the plugin, as `date=2027-01-01`
        #[arg(long, value_name = "KEY=VALUE")]
        set: Vec<String>,
    },
    /// Check that a plugin keeps to the protocol, on this machine
    Check {
        dir: PathBuf,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// # Errors
/// When a plugin, a folder or the store cannot be used; [`Error::Check`] when a check fails.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    match &args.command {
        Command::New { name, lang, to } => new(name, lang, to.as_deref(), config),
        Command::List { json } => list(config, *json),
        Command::Install { from, yes, link } => install(from, *yes, *link, config),
        Command::Remove { name } => remove(name, config),
        Command::Enable { name } => enable(name, true, config),
        Command::Disable { name } => enable(name, false, config),
        Command::Set { name, key, value } => set(name, key.as_deref(), value.as_deref(), config),
        Command::Logs { name, lines } => logs(name, *lines, config),
        Command::Run { plugin, ask, json, language, set } => {
            converse(plugin, ask, *json, language.as_deref(), set, config)
        }
        Command::Check { dir, json } => conformance(dir, *json, config),
    }
}

fn new(name: &str, lang: &str, to: Option<&Path>, config: &Config) -> Result<()> {
    let folder = to.map_or_else(|| PathBuf::from(name), Path::to_owned);
    scaffold::write(name, lang, &folder)?;
    let place = folder.display();
    let mut out = io::stdout().lock();
    writeln!(out, "{place} is a plugin. Try it:")?;
    if lang == "rust" {
        writeln!(out, "  (cd {place} && cargo build --release)")?;
    }
    let words = name.replace('-', " ");
    let say = match config.language.as_str() {
        "fr" => format!("dis bonjour de la part de {words}"),
        _ => format!("say hello from {words}"),
    };
    writeln!(out, "  entrenous plugin run {place} --ask \"{say}\"")?;
    writeln!(out, "  entrenous plugin check {place}")?;
    writeln!(out, "  entrenous plugin install --link {place}")?;
    Ok(out.flush()?)
}

/// The store; what is installed must be remembered.
fn open(config: &Config) -> Result<Box<dyn Store>> {
    if cfg!(not(feature = "sqlite")) {
        let reason = "this program was built without `sqlite` and would forget its plugins at once; build it with `--features sqlite`";
        return Err(Error::Check(reason.into()));
    }
    Ok(store::open(&config.data_dir)?.0)
}

fn list(config: &Config, as_json: bool) -> Result<()> {
    let records = registry::read(&config.data_dir)?;
    let state = |name: &str, record: &Record| match (record.enabled, &record.fault) {
        (true, _) => {
            Installed::of(name, record).map_or_else(|error| error.to_string(), |_| "enabled".to_owned())
        }
        (false, Some(fault)) => format!("disabled: {fault}"),
        (false, None) => "disabled".to_owned(),
    };
    let mut out = io::stdout().lock();
    if as_json {
        let all: Vec<_> = records
            .iter()
            .map(|(name, record)| json!({ "name": name, "state": state(name, record), "folder": record.folder, "granted": record.granted, "config": record.config }))
            .collect();
        writeln!(out, "{:#}", json!(all))?;
        return Ok(out.flush()?);
    }
    for (name, record) in &records {
        let manifest = Manifest::read(&record.folder).ok();
        let about = manifest.as_ref().map_or("", |manifest| manifest.about(&config.language));
        let version = manifest.as_ref().map_or("", |manifest| &manifest.version);
        writeln!(out, "{name} {version}  {}  {about}", state(name, record))?;
        for line in record.granted.in_words(&config.language) {
            writeln!(out, "    {line}")?;
        }
    }
    if records.is_empty() {
        writeln!(out, "no plugin is installed; `entrenous plugin install DIR` installs one")?;
    }
    Ok(out.flush()?)
}

fn install(from: &Path, yes: bool, link: bool, config: &Config) -> Result<()> {
    let mut store = open(config)?;
    let unpacked = if link { None } else { Some(install::unpack(from, &config.data_dir)?) };
    let manifest = match &unpacked {
        Some(unpacked) => unpacked.manifest.clone(),
        None => Manifest::read(from)?,
    };
    let name = manifest.name.clone();
    show_permissions(&manifest, config)?;
    if !yes {
        let question = Question { english: "Install it?", french: "L'installer ?" };
        confirm(&question, &config.language, &format!("`{name}` is not installed"))?;
    }
    let before = registry::records(store.as_ref())?.remove(&name);
    let folder = match unpacked {
        Some(unpacked) => unpacked.keep(&config.data_dir)?,
        None => from.to_owned(),
    };
    let folder = std::fs::canonicalize(&folder).map_err(Error::io("find", &folder))?;
    let record = Record {
        folder,
        enabled: true,
        fault: None,
        granted: manifest.permissions.clone(),
        config: before.map(|record| record.config).unwrap_or_default(),
    };
    registry::write(store.as_mut(), &name, Some(&record))?;
    let mut out = io::stdout().lock();
    writeln!(out, "`{name}` is installed; a running assistant knows it in a moment")?;
    for (key, setting) in &manifest.config {
        let about = setting.about.get(&config.language).or_else(|| setting.about.get("en"));
        writeln!(out, "  entrenous plugin set {name} {key} …   {}", about.map_or("", String::as_str))?;
    }
    Ok(out.flush()?)
}

fn show_permissions(manifest: &Manifest, config: &Config) -> Result<()> {
    let language = &config.language;
    let french = language == "fr";
    let mut out = io::stdout().lock();
    writeln!(out, "{} {}: {}", manifest.name, manifest.version, manifest.about(language))?;
    let lines = manifest.permissions.in_words(language);
    match (lines.is_empty(), french) {
        (true, false) => {
            writeln!(out, "It asks for nothing: it answers when it is spoken to, and sees nothing else.")?;
        }
        (true, true) => {
            writeln!(out, "Elle ne demande rien : elle répond quand on lui parle, et ne voit rien d'autre.")?;
        }
        (false, false) => writeln!(out, "It asks to:")?,
        (false, true) => writeln!(out, "Elle demande à :")?,
    }
    for line in lines {
        writeln!(out, "  - {line}")?;
    }
    Ok(out.flush()?)
}

fn remove(name: &str, config: &Config) -> Result<()> {
    let mut store = open(config)?;
    registry::record(store.as_ref(), name)?;
    registry::write(store.as_mut(), name, None)?;
    install::remove(&config.data_dir, name)?;
    say(&format!("`{name}` and all that it has kept are removed"))
}

fn enable(name: &str, on: bool, config: &Config) -> Result<()> {
    let mut store = open(config)?;
    let mut record = registry::record(store.as_ref(), name)?;
    if on {
        // Says what is wrong before it is promised.
        Installed::of(name, &record)?;
    }
    (record.enabled, record.fault) = (on, None);
    registry::write(store.as_mut(), name, Some(&record))?;
    say(&format!("`{name}` is {}", if on { "enabled" } else { "disabled" }))
}

fn set(name: &str, key: Option<&str>, value: Option<&str>, config: &Config) -> Result<()> {
    let mut store = open(config)?;
    let mut record = registry::record(store.as_ref(), name)?;
    let manifest = Manifest::read(&record.folder)?;
    let Some(key) = key else {
        let mut out = io::stdout().lock();
        for (key, value) in manifest.settings(&record.config) {
            writeln!(out, "{key} = {value}")?;
        }
        return Ok(out.flush()?);
    };
    let setting = setting(&manifest, key)?;
    match value {
        Some(value) => {
            let refused = |reason: String| Error::Input(format!("`{key}`: {reason}"));
            record.config.insert(key.to_owned(), setting.read(value).map_err(refused)?);
            registry::write(store.as_mut(), name, Some(&record))?;
            say(&format!("{key} = {}", record.config[key]))
        }
        None => say(&format!("{key} = {}", manifest.settings(&record.config)[key])),
    }
}

fn setting<'m>(manifest: &'m Manifest, key: &str) -> Result<&'m crate::plugin::manifest::Setting> {
    manifest.config.get(key).ok_or_else(|| {
        let known: Vec<_> = manifest.config.keys().map(|key| format!("`{key}`")).collect();
        let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
        Error::Input(format!("`{}` has no setting `{key}`; it has {known}", manifest.name))
    })
}

fn logs(name: &str, lines: usize, config: &Config) -> Result<()> {
    let file = log::file(&config.data_dir, name);
    let text = match std::fs::read(&file) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return say(&format!("`{name}` has written nothing yet"));
        }
        Err(error) => return Err(Error::io("read", &file)(error)),
    };
    let all: Vec<&str> = text.lines().collect();
    let mut out = io::stdout().lock();
    for line in &all[all.len().saturating_sub(lines)..] {
        writeln!(out, "{line}")?;
    }
    Ok(out.flush()?)
}

/// Talks to one plugin as the household would, with a store that forgets.
fn converse(
    plugin: &str,
    asked: &[String],
    json: bool,
    language: Option<&str>,
    set: &[String],
    config: &Config,
) -> Result<()> {
    let mut config = config.clone();
    if let Some(language) = language {
        language.clone_into(&mut config.language);
    }
    let mut installed = find(plugin, &config)?;
    for pair in set {
        let (key, value) =
            pair.split_once('=').ok_or_else(|| Error::Input(format!("`{pair}` is not KEY=VALUE")))?;
        let value = setting(&installed.manifest, key)?.read(value).map_err(Error::Input)?;
        installed.config.insert(key.to_owned(), value);
    }
    config.understanding.trained = false;
    let household = Household::load_with_plugin(&config, installed)?;
    let mut mind = assemble::mind(household, Box::new(MemoryStore::default()), Arc::new(SystemClock))?;
    mind.host(assemble::hosting(&config, false))?;
    let mut verdict = Ok(());
    // What is said after a question answers it.
    let mut say = |text: &str| -> Result<()> {
        let mut events: Vec<Event> = Vec::new();
        mind.ask(text, 0, &mut |event| events.push(event));
        for event in &events {
            mind.observe(event);
        }
        ask::print(&events, json)?;
        if let Err(error) = ask::verdict(&events) {
            verdict = Err(error);
        }
        Ok(())
    };
    if asked.is_empty() {
        for line in io::stdin().lock().lines() {
            say(&line?)?;
        }
    }
    for text in asked {
        say(text)?;
    }
    verdict
}

/// An installed plugin by its name, or any by its folder.
fn find(plugin: &str, config: &Config) -> Result<Installed> {
    let records = registry::read(&config.data_dir)?;
    match records.get(plugin) {
        Some(record) => Ok(Installed::of(plugin, record)?),
        None if Path::new(plugin).is_dir() => Ok(Installed::of_folder(Path::new(plugin))?),
        None => {
            let mend = "give the name of an installed one (`entrenous plugin list`), or a folder".to_owned();
            Err(PluginError::Unknown { name: plugin.to_owned(), mend }.into())
        }
    }
}

fn conformance(dir: &Path, as_json: bool, config: &Config) -> Result<()> {
    let hosting = assemble::hosting(config, false);
    let findings = check::check(dir, &hosting.places, hosting.patience, &SystemClock);
    let mut out = io::stdout().lock();
    let word = |finding: &check::Finding| match (&finding.result, finding.is_warning) {
        (Ok(_), _) => "ok",
        (Err(_), true) => "warning",
        (Err(_), false) => "FAULT",
    };
    if as_json {
        let all: Vec<_> = findings
            .iter()
            .map(|finding| {
                let (Ok(said) | Err(said)) = &finding.result;
                json!({ "check": finding.what, "status": word(finding), "message": said })
            })
            .collect();
        writeln!(out, "{:#}", json!(all))?;
    } else {
        let width = findings.iter().map(|finding| finding.what.chars().count()).max().unwrap_or(0);
        for finding in &findings {
            let (Ok(said) | Err(said)) = &finding.result;
            writeln!(out, "{:7}  {:width$}  {said}", word(finding), finding.what)?;
        }
    }
    out.flush()?;
    match findings.iter().filter(|finding| word(finding) == "FAULT").count() {
        0 => Ok(()),
        faults => {
            Err(Error::Check(format!("{faults} fault{} found", if faults == 1 { " was" } else { "s were" })))
        }
    }
}

fn say(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}
