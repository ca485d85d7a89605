//! What the tests of plugins share: plugins running in their sandbox, without a mind.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use entrenous::clock::ManualClock;
use entrenous::event::{Event, EventKind};
use entrenous::home::{Home, House};
use entrenous::nlu::{Explanation, Intent, Slot};
use entrenous::plugin::host::Lent;
use entrenous::plugin::registry::{self, Installed, Record};
use entrenous::plugin::{Outcome, Places, Plugins};
use entrenous::sandbox;
use entrenous::store::MemoryStore;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::repository;

/// Patient, and without training: neither is at issue here.
pub const CONFIG: &str = "[understanding]\ntrained = false\n[plugins]\npatience_ms = 10000\n";

/// Whether a program is installed; says what is skipped where it is not.
pub fn have(program: &str, test: &str) -> bool {
    let there =
        Command::new("sh").args(["-c", &format!("command -v {program}")]).stdout(Stdio::null()).status();
    let there = there.is_ok_and(|status| status.success());
    if !there {
        println!("skipped: {test}: `{program}` is not installed");
    }
    there
}

/// Whether plugins can be confined here; says what is skipped where they cannot.
pub fn can_confine(test: &str) -> bool {
    match sandbox::check() {
        Ok(()) => true,
        Err(error) => {
            println!("skipped: {test}: {error}");
            false
        }
    }
}

/// Plugins, and all that is lent to them.
pub struct Bench {
    pub folder: TempDir,
    pub store: MemoryStore,
    pub house: House,
    pub clock: ManualClock,
    pub plugins: Option<Plugins>,
    /// What was reported, in words.
    pub faults: Vec<String>,
    pub reports: Vec<EventKind>,
    pub said: Vec<String>,
    pub language: String,
    pub patience: Duration,
    pub places: Places,
    installed: Vec<Installed>,
}

impl Bench {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Also for somebody else than the one who runs the tests.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let store = MemoryStore::default();
        let house = House::restore(Home::demo(), &store).unwrap();
        let places = Places {
            data_dir: folder.path().join("data"),
            launcher: env!("CARGO_BIN_EXE_entrenous").into(),
            locked_in: true,
            allow_unsandboxed: false,
            eager: false,
            // Waiting is tested elsewhere.
            pause: Duration::from_millis(50),
        };
        Self {
            folder,
            store,
            house,
            clock: ManualClock::at("2026-11-24T15:00:00[Europe/Paris]".parse().unwrap()),
            plugins: None,
            faults: Vec::new(),
            reports: Vec::new(),
            said: Vec::new(),
            language: "en".into(),
            patience: Duration::from_secs(10),
            places,
            installed: Vec::new(),
        }
    }

    /// Copies a plugin of the repository, with another text in its manifest; `(from, to)`.
    pub fn with(mut self, path: &str, edits: &[(&str, &str)]) -> Self {
        let from = repository(path);
        let to = self.folder.path().join(from.file_name().unwrap());
        copy(&from, &to);
        let manifest = to.join("plugin.toml");
        let mut text = fs::read_to_string(&manifest).unwrap();
        for (from, to) in edits {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        fs::write(&manifest, text).unwrap();
        self.installed.push(Installed::of_folder(&to).unwrap());
        self
    }

    /// A plugin of one Python file.
    pub fn with_python(mut self, name: &str, manifest: &str, main: &str) -> Self {
        let to = self.folder.path().join(name);
        fs::create_dir_all(&to).unwrap();
        let head = format!(
            "name = '{name}'\nversion = '1'\napi = 1\nlanguages = ['en']\nrun = ['python3', 'main.py']\n"
        );
        fs::write(to.join("plugin.toml"), head + manifest).unwrap();
        fs::write(to.join("main.py"), main).unwrap();
        self.installed.push(Installed::of_folder(&to).unwrap());
        self
    }

    /// Remembers the plugins as installed, and starts those that are started early.
    pub fn start(mut self) -> Self {
        for plugin in &self.installed {
            let record = Record {
                folder: plugin.folder.clone(),
                enabled: true,
                granted: plugin.granted.clone(),
                ..Record::default()
            };
            registry::write(&mut self.store, &plugin.name, Some(&record)).unwrap();
        }
        let (installed, places, patience) = (self.installed.clone(), self.places.clone(), self.patience);
        let plugins = self.lend(|host, _| Plugins::new(installed, places, patience, host).unwrap());
        self.plugins = Some(plugins);
        self
    }

    fn lend<T>(&mut self, work: impl FnOnce(&mut Lent, &mut Option<Plugins>) -> T) -> T {
        let mut plugins = self.plugins.take();
        let mut lent = Lent::new(&mut self.house, &mut self.store, &self.clock, &self.language, &[]);
        let result = work(&mut lent, &mut plugins);
        let (reports, said) = (lent.reports, lent.said);
        self.plugins = plugins;
        for report in &reports {
            if let EventKind::Fault { message, .. } = report {
                self.faults.push(message.clone());
            }
        }
        self.reports.extend(reports);
        self.said.extend(said);
        result
    }

    /// The same again after a restart, in another language.
    pub fn restarted(mut self, language: &str) -> Self {
        self.plugins = None;
        self.said.clear();
        language.clone_into(&mut self.language);
        let (installed, places, patience) = (self.installed.clone(), self.places.clone(), self.patience);
        self.plugins = Some(self.lend(|host, _| Plugins::new(installed, places, patience, host).unwrap()));
        self
    }

    /// Asks a plugin: `dice.Roll`.
    #[expect(clippy::needless_pass_by_value, reason = "`json!` is written where it is passed")]
    pub fn ask(&mut self, intent: &str, slots: Value) -> Outcome {
        let slots = slots.as_object().unwrap().iter();
        let intent = Intent {
            intent: intent.to_owned(),
            text: "the words that were said".into(),
            confidence: 1.0,
            slots: slots
                .map(|(name, value)| Slot { raw: "raw".into(), ..Slot::unspoken(name, value) })
                .collect(),
            alternatives: Vec::new(),
            response: None,
            why: Explanation::default(),
        };
        self.lend(|host, plugins| plugins.as_mut().unwrap().intent(&intent, 1, None, host).unwrap())
    }

    /// Answers the question of an outcome.
    pub fn answer(&mut self, plugin: &str, outcome: &Outcome, value: Value) -> Outcome {
        let state = outcome.ask.as_ref().expect("a question").state.clone();
        self.lend(|host, plugins| plugins.as_mut().unwrap().resume(plugin, 1, state, value, host).unwrap())
    }

    pub fn tick(&mut self) {
        self.lend(|host, plugins| plugins.as_mut().unwrap().tick(host));
    }

    pub fn observe(&mut self, kind: EventKind) {
        self.plugins.as_mut().unwrap().observe(&Event::new(0, kind));
    }

    /// Ticks until something is so; fails after a minute.
    #[track_caller]
    pub fn until(&mut self, what: &str, mut so: impl FnMut(&mut Self) -> bool) -> Duration {
        let start = Instant::now();
        while !so(self) {
            assert!(
                start.elapsed() < Duration::from_mins(1),
                "not within a minute: {what}; {:?}",
                self.faults
            );
            self.tick();
            std::thread::sleep(Duration::from_millis(20));
        }
        start.elapsed()
    }

    /// From now on, as long as this.
    pub fn wait_at_most(&mut self, patience: Duration) {
        self.patience = patience;
        self.plugins.as_mut().unwrap().set_patience(patience);
    }

    pub fn log(&self, plugin: &str) -> String {
        fs::read_to_string(entrenous::plugin::log::file(&self.places.data_dir, plugin)).unwrap_or_default()
    }

    pub fn record(&self, plugin: &str) -> Record {
        registry::record(&self.store, plugin).unwrap()
    }
}

/// What is said, of an outcome that must be well.
#[track_caller]
pub fn said(outcome: &Outcome) -> String {
    assert_eq!(outcome.trouble, None, "{outcome:?}");
    outcome.say.clone().unwrap_or_default()
}

pub fn nothing() -> Value {
    json!({})
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target: PathBuf = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
