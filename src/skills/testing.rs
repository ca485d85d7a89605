//! A small home, and intents made by hand, for the tests of skills.

use std::path::Path;

use jiff::ZonedDateTime;
use serde_json::{Value, json};

use super::alarm::AlarmBook;
use super::timer::TimerBook;
use super::{Outcome, Skill, Stop, World, find};
use crate::config::{Config, Confirm, HomeConfig};
use crate::event::EventKind;
use crate::heard::Kept;
use crate::home::{Home, House};
use crate::mute::Mute;
use crate::nlu::{Explanation, Intent, Slot};
use crate::store::MemoryStore;

/// A skill with a bug: it panics.
pub struct Faulty;

impl Skill for Faulty {
    fn intents(&self) -> &'static [&'static str] {
        &["FaultyForTests"]
    }

    fn run(&self, _intent: &Intent, _world: &mut World) -> Result<Outcome, Stop> {
        panic!("a bug of its own")
    }
}

/// A home to act on.
pub struct Fixture {
    pub house: House,
    pub timers: TimerBook,
    pub alarms: AlarmBook,
    pub mute: Mute,
    pub heard: Option<Box<dyn Kept>>,
    pub confirmed: bool,
    pub store: MemoryStore,
    pub now: ZonedDateTime,
    pub language: &'static str,
    pub area: Option<&'static str>,
}

/// What was done and said.
#[derive(Debug, PartialEq)]
pub struct Did {
    pub actions: Vec<(String, Option<String>, Value)>,
    pub said: String,
}

impl Fixture {
    /// The demo home at three in the afternoon.
    pub fn demo(language: &'static str) -> Self {
        Self::with(Home::demo(), language)
    }

    pub fn home(text: &str) -> Self {
        Self::with(Home::parse(text, Path::new("home.toml")).unwrap(), "en")
    }

    fn with(home: Home, language: &'static str) -> Self {
        let store = MemoryStore::default();
        Self {
            house: House::restore(home, &store).unwrap(),
            timers: TimerBook::restore(&store).unwrap(),
            alarms: AlarmBook::restore(&store).unwrap(),
            mute: Mute::default(),
            heard: None,
            confirmed: false,
            store,
            now: "2026-11-24T15:00:00[Europe/Paris]".parse().unwrap(),
            language,
            area: None,
        }
    }

    /// A home whose devices are real, as far as programs are, with this long to confirm.
    pub fn connected(text: &str, language: &'static str, answer_ms: u64) -> Self {
        let mut fixture = Self::with(Home::parse(text, Path::new("home.toml")).unwrap(), language);
        let config = Config { home: HomeConfig { answer_ms, ..Config::default().home }, ..Config::default() };
        fixture.house.connect(crate::assemble::wiring(&config, None), &fixture.store).unwrap();
        fixture
    }

    pub fn run(&mut self, intent: &Intent) -> Result<Outcome, Stop> {
        let mut world = World {
            house: &mut self.house,
            timers: &mut self.timers,
            alarms: &mut self.alarms,
            mute: &mut self.mute,
            heard: self.heard.as_deref(),
            uptime: None,
            store: &mut self.store,
            now: self.now.clone(),
            language: self.language,
            area: self.area,
            examples: &["turn on the kitchen light".to_owned()],
            last_reply: None,
            confirm: Confirm::Never,
            confirmed: self.confirmed,
            undo: Vec::new(),
        };
        super::run(find(&intent.intent).expect("a skill for the intent"), intent, &mut world)
    }

    /// Runs an intent with these slots.
    pub fn does(&mut self, name: &str, slots: Value) -> Did {
        match self.run(&intent(name, slots)) {
            Ok(outcome) => {
                // What failed is told beside what was done.
                let actions = outcome.actions.into_iter().filter(|it| !matches!(it, EventKind::Fault { .. }));
                Did { actions: actions.map(action).collect(), said: outcome.reply }
            }
            Err(Stop::Answer(said)) => Did { actions: Vec::new(), said },
            Err(Stop::Ask(question)) => Did { actions: Vec::new(), said: question.text },
            Err(Stop::Store(error)) => panic!("{error}"),
        }
    }

    pub fn says(&mut self, name: &str, slots: Value) -> String {
        self.does(name, slots).said
    }

    pub fn wait_s(&mut self, seconds: i64) {
        self.now = self.now.checked_add(jiff::Span::new().seconds(seconds)).unwrap();
    }
}

/// An intent with these slots, and the answer's key under `response`.
pub fn intent(name: &str, slots: Value) -> Intent {
    let Value::Object(slots) = slots else { panic!("slots are an object") };
    let response = slots.get("response").and_then(Value::as_str).map(str::to_owned);
    let slots = slots
        .into_iter()
        .filter(|(name, _)| name != "response")
        .map(|(name, value)| Slot { name, raw: String::new(), value, range: None })
        .collect();
    Intent {
        intent: name.to_owned(),
        text: String::new(),
        confidence: 1.0,
        slots,
        alternatives: Vec::new(),
        response,
        why: Explanation::default(),
    }
}

fn action(kind: EventKind) -> (String, Option<String>, Value) {
    match kind {
        EventKind::Action { action, target, value } => (action, target, value),
        other => panic!("a skill reports actions only, not {other:?}"),
    }
}

/// The action that sets a device.
pub fn set(device: &str, value: Value) -> (String, Option<String>, Value) {
    ("set".to_owned(), Some(device.to_owned()), value)
}

pub fn nothing() -> Value {
    json!({})
}
