//! Plugins: intents made by others, in any language, as processes of their own.
//!
//! A plugin is a folder: a manifest, sentence files, a program. The program speaks JSON-RPC on its
//! standard input and output ([`protocol`], docs/plugin-protocol.md) and runs in a sandbox that
//! leaves it its own folder and nothing else, unless the household grants more ([`permissions`]).
//! Whatever a plugin does, the mind gets an answer in time ([`supervisor`]).

pub mod check;
pub mod confinement;
pub mod faults;
pub mod host;
pub mod install;
pub mod launch;
pub mod log;
pub mod manifest;
pub mod network;
pub mod permissions;
pub mod process;
pub mod protocol;
pub mod registry;
pub mod requests;
pub mod scaffold;
pub mod sentences;
pub mod supervisor;
pub mod watch;
pub mod wire;
pub mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::Result;
use crate::config::PluginConfig;
use crate::event::{Event, EventKind};
use crate::nlu::Intent;
use crate::sandbox;

pub use host::Host;
use protocol::{Continue, EndSession, EventName, IntentParams, Question, SlotValue};
use registry::Installed;
use supervisor::Supervisor;
use words::Trouble;

/// What is wrong with a plugin, as far as its user or author must act.
#[derive(Debug, thiserror::Error)]
pub enum PluginError {
    /// `reason` says where and how to mend it.
    #[error("{}: {reason}", file.display())]
    Manifest { file: PathBuf, reason: String },
    #[error("there is no plugin `{name}`; {mend}")]
    Unknown { name: String, mend: String },
    #[error("the plugin `{name}` {reason}")]
    Refused { name: String, reason: String },
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}

/// Where plugins keep things, and how they run.
#[derive(Debug, Clone)]
pub struct Places {
    pub data_dir: PathBuf,
    /// The copy of this program that becomes the plugin.
    pub launcher: PathBuf,
    /// Whether this machine can lock a process in.
    pub locked_in: bool,
    /// Whether a plugin may run where it cannot.
    pub allow_unsandboxed: bool,
    /// Whether plugins are started before they are needed: the daemon's are.
    pub eager: bool,
    /// How long the first pause after a fault is.
    pub pause: Duration,
}

impl Places {
    /// Those of a data folder.
    #[must_use]
    pub fn new(data_dir: &Path, config: &PluginConfig, eager: bool) -> Self {
        Self {
            data_dir: std::path::absolute(data_dir).unwrap_or_else(|_| data_dir.to_owned()),
            launcher: "/proc/self/exe".into(),
            locked_in: sandbox::check().is_ok(),
            allow_unsandboxed: config.allow_unsandboxed,
            eager,
            pause: faults::PAUSE,
        }
    }

    /// Whether plugins may run at all.
    #[must_use]
    pub fn may_run(&self) -> bool {
        self.locked_in || self.allow_unsandboxed
    }

    /// The private folder of a plugin.
    #[must_use]
    pub fn data_of(&self, plugin: &str) -> PathBuf {
        self.data_dir.join("plugin-data").join(plugin)
    }

    /// The helpers that plugins may use, for Python, Bash and Node; written where they are not as
    /// this program has them.
    ///
    /// # Errors
    /// In words, when they cannot be written.
    pub fn library(&self) -> std::result::Result<PathBuf, String> {
        let folder = self.data_dir.join("plugin-lib");
        for (name, text) in scaffold::LIBRARY {
            let file = folder.join(name);
            if std::fs::read(&file).is_ok_and(|there| there == text.as_bytes()) {
                continue;
            }
            let unfinished = folder.join(format!(".{name}.{}", std::process::id()));
            crate::store::private::folder(&folder)
                .and_then(|()| std::fs::write(&unfinished, text))
                .and_then(|()| std::fs::rename(&unfinished, &file))
                .map_err(|error| format!("cannot write `{}`: {error}", file.display()))?;
        }
        Ok(folder)
    }
}

/// How a mind runs its plugins.
#[derive(Debug, Clone)]
pub struct Hosting {
    pub places: Places,
    /// How long a plugin may take to answer.
    pub patience: Duration,
}

/// What comes of asking a plugin.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub say: Option<String>,
    /// What to ask next; the answer goes to [`Plugins::resume`].
    pub ask: Option<Question>,
    /// Why there is no real answer; `say` tells it in plain words.
    pub trouble: Option<Trouble>,
}

impl Outcome {
    fn trouble(trouble: Trouble, title: &str, language: &str) -> Self {
        Self { say: Some(words::sentence(trouble, title, language)), ask: None, trouble: Some(trouble) }
    }
}

/// The plugins of a household, running.
#[derive(Debug)]
pub struct Plugins {
    all: Vec<Supervisor>,
    places: Places,
    /// How long a plugin may take to answer.
    patience: Duration,
}

impl Plugins {
    /// Those that are installed. Eager ones are started now, and not waited for.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(
        installed: Vec<Installed>,
        places: Places,
        patience: Duration,
        host: &mut dyn Host,
    ) -> Result<Self> {
        let mut plugins = Self { all: Vec::new(), places, patience };
        plugins.renew(installed, host)?;
        Ok(plugins)
    }

    /// Takes over what is installed now: what has changed or gone is stopped, what is new or has
    /// changed is started.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn renew(&mut self, installed: Vec<Installed>, host: &mut dyn Host) -> Result<()> {
        let mut before: BTreeMap<String, Supervisor> =
            self.all.drain(..).map(|one| (one.plugin.name.clone(), one)).collect();
        for plugin in installed {
            match before.remove(&plugin.name) {
                Some(same) if same.plugin == plugin => self.all.push(same),
                old => {
                    if let Some(mut old) = old {
                        old.stop();
                    }
                    self.all.push(Supervisor::new(plugin, host.store())?);
                }
            }
        }
        for (_, mut gone) in before {
            gone.stop();
        }
        if self.places.eager {
            self.all.iter_mut().for_each(|one| one.start(&self.places, host));
        }
        Ok(())
    }

    /// How long plugins may take to answer from now on.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Whether an intent belongs to one of them.
    #[must_use]
    pub fn handles(&self, intent: &str) -> bool {
        sentences::split(intent).is_some_and(|(name, _)| self.all.iter().any(|one| one.plugin.name == name))
    }

    /// Asks the plugin that an intent belongs to; `None` when it belongs to none.
    pub fn intent(
        &mut self,
        intent: &Intent,
        session: u64,
        area: Option<&str>,
        host: &mut dyn Host,
    ) -> Option<Outcome> {
        let (name, own) = sentences::split(&intent.intent)?;
        let one = self.all.iter_mut().find(|one| one.plugin.name == name)?;
        let slot = |slot: &crate::nlu::Slot| {
            (slot.name.clone(), SlotValue { value: slot.value.clone(), raw: slot.raw.clone() })
        };
        let params = json!(IntentParams {
            session,
            intent: own.to_owned(),
            language: host.language().to_owned(),
            slots: intent.slots.iter().map(slot).collect(),
            area: area.map(str::to_owned),
            text: one.plugin.granted.transcripts.then(|| intent.text.clone()),
        });
        Some(one.ask("intent", &params, Some(session), self.patience, &self.places, host))
    }

    /// Gives a plugin the answer to its question; `None` when the plugin is gone.
    pub fn resume(
        &mut self,
        plugin: &str,
        session: u64,
        state: Value,
        value: Value,
        host: &mut dyn Host,
    ) -> Option<Outcome> {
        let one = self.all.iter_mut().find(|one| one.plugin.name == plugin)?;
        let params = json!(Continue { session, language: host.language().to_owned(), state, value });
        Some(one.ask("continue", &params, Some(session), self.patience, &self.places, host))
    }

    /// Tells a plugin that nobody will answer its question.
    pub fn end_session(&mut self, plugin: &str, session: u64, reason: &str) {
        let params = json!(EndSession { session, reason: reason.to_owned() });
        if let Some(one) = self.all.iter_mut().find(|one| one.plugin.name == plugin) {
            one.notify("end_session", &params);
        }
    }

    /// Tells what happened to those that want to know.
    pub fn observe(&mut self, event: &Event) {
        if self.all.is_empty() {
            return;
        }
        let Some((name, data)) = discreet(&event.kind) else { return };
        for one in &mut self.all {
            one.tell(name, &data);
        }
    }

    /// Lets what has become due happen.
    pub fn tick(&mut self, host: &mut dyn Host) {
        for one in &mut self.all {
            one.tick(self.patience, &self.places, host);
        }
    }

    /// When [`Plugins::tick`] has something to do.
    #[must_use]
    pub fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        self.all.iter().filter_map(|one| one.next_due(&self.places, now)).min()
    }

    /// Whether a plugin runs and has said that it is ready.
    #[must_use]
    pub fn is_ready(&self, plugin: &str) -> bool {
        self.all.iter().any(|one| one.plugin.name == plugin && one.is_ready())
    }

    /// The process of a plugin, while it runs.
    #[must_use]
    pub fn process(&self, plugin: &str) -> Option<u32> {
        self.all.iter().find(|one| one.plugin.name == plugin)?.process()
    }

    /// The plugins, as they were installed.
    pub fn installed(&self) -> impl Iterator<Item = &Installed> {
        self.all.iter().map(|one| &one.plugin)
    }

    /// Sends a plugin any request; for the conformance check.
    ///
    /// # Errors
    /// `Some` with the plugin's refusal, `None` when it was at fault or is not there.
    pub fn probe(
        &mut self,
        plugin: &str,
        method: &str,
        host: &mut dyn Host,
    ) -> std::result::Result<Value, Option<wire::RpcError>> {
        let one = self.all.iter_mut().find(|one| one.plugin.name == plugin).ok_or(None)?;
        one.probe(method, self.patience, &self.places, host)
    }

    /// Ends a plugin and says whether it ended when it was asked to; for the conformance check.
    pub fn stop(&mut self, plugin: &str) -> bool {
        self.all.iter_mut().filter(|one| one.plugin.name == plugin).all(Supervisor::stop)
    }
}

impl Drop for Plugins {
    fn drop(&mut self) {
        // All at once: ten slow ones shall not take ten seconds.
        std::thread::scope(|scope| {
            for one in &mut self.all {
                scope.spawn(move || one.stop());
            }
        });
    }
}

/// What plugins are told of an event; words only where the event is asked for by name.
fn discreet(kind: &EventKind) -> Option<(EventName, Map<String, Value>)> {
    let (name, data) = match kind {
        EventKind::State { state } => (EventName::State, json!({ "state": state })),
        EventKind::Wake { word, .. } => (EventName::Wake, json!({ "word": word })),
        EventKind::SessionEnd { reason } => (EventName::SessionEnd, json!({ "reason": reason })),
        EventKind::Action { action, target, value } => {
            (EventName::Action, json!({ "action": action, "target": target, "value": value }))
        }
        EventKind::Transcript(heard) => (EventName::Transcript, json!({ "text": heard.text })),
        EventKind::Reply { text, .. } => (EventName::Reply, json!({ "text": text })),
        _ => return None,
    };
    match data {
        Value::Object(data) => Some((name, data)),
        _ => None,
    }
}
