//! Conversations as they are written in `tests/data/conversations/<language>/*.txt`: one file for each
//! kind. docs/dialogue.md describes how they are written.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use entrenous::cli::show;
use entrenous::clock::{Clock, ManualClock};
use entrenous::config::{Confirm, DialogueConfig, Replies, TimeConfig};
use entrenous::event::{Event, EventKind};
use entrenous::home::Home;
use entrenous::household::{Household, shipped_sentences};
use entrenous::mind::Mind;
use entrenous::store::{MemoryStore, Store};

use crate::support::repository;

/// A time that every conversation begins at, unless it says another.
const START: &str = "2026-11-24T15:00:00[Europe/Paris]";

/// Every conversation of a kind and language, at least so many.
const KINDS: [(&str, usize); 13] = [
    ("bad-input", 3),
    ("cancel", 3),
    ("carry-over", 4),
    ("choice", 4),
    ("confirm", 4),
    ("correction", 4),
    ("elicitation", 4),
    ("follow-up", 3),
    ("queue", 2),
    ("repeat", 3),
    ("time", 12),
    ("time-out", 3),
    ("undo", 4),
];

/// A conversation of a script.
struct Conversation {
    name: String,
    /// The file's line of each line.
    lines: Vec<(usize, String)>,
}

/// The conversations of a script: each begins with `== its name`.
fn conversations(text: &str) -> Vec<Conversation> {
    let mut all: Vec<Conversation> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if let Some(name) = line.strip_prefix("== ") {
            all.push(Conversation { name: name.to_owned(), lines: Vec::new() });
        } else if !line.is_empty() && !line.starts_with('#') {
            let conversation =
                all.last_mut().unwrap_or_else(|| panic!("line {number} is in no conversation"));
            conversation.lines.push((number, line.to_owned()));
        }
    }
    all
}

/// A house in which a conversation takes place.
struct House {
    language: String,
    home: Home,
    area: Option<String>,
    manners: DialogueConfig,
    time: TimeConfig,
    store: MemoryStore,
    clock: ManualClock,
    mind: Option<Mind>,
    /// What happened since somebody last did something, and was not looked at yet.
    events: Vec<Event>,
    /// Sessions that were begun and are not over, by site.
    open: BTreeSet<(Option<String>, u64)>,
}

impl House {
    fn new(language: &str) -> Self {
        Self {
            language: language.to_owned(),
            home: Home::demo(),
            area: None,
            manners: DialogueConfig::default(),
            time: TimeConfig::default(),
            store: MemoryStore::default(),
            clock: ManualClock::at(START.parse().unwrap()),
            mind: None,
            events: Vec::new(),
            open: BTreeSet::new(),
        }
    }

    /// What happens in one line; an error is what differs.
    fn line(&mut self, line: &str) -> Result<(), String> {
        let (head, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        let who = head.split_once('@').map(|(who, site)| (who, site.trim_end_matches(':')));
        match (head, who) {
            ("in", _) => self.area = Some(rest.to_owned()),
            ("set", _) => self.set(rest),
            ("home", _) => self.home = home(rest),
            ("at", _) => self.at(rest),
            ("wait", _) => {
                self.nothing_left()?;
                self.wait(rest);
            }
            ("restart", _) => self.mind = None,
            ("off", _) => {
                self.nothing_left()?;
                self.off(rest);
            }
            ("clock", _) => self.turn_clock(rest),
            ("silence", _) => self.ear(EventKind::NoSpeech)?,
            ("noise", _) => self.ear(EventKind::NotHeard { reason: "noise".into() })?,
            ("wake", _) => {
                self.ear(EventKind::Wake {
                    word: "computer".into(),
                    score: 1.0,
                    language: None,
                    area: None,
                })?;
            }
            ("you:", _) => self.say(None, rest)?,
            (_, Some(("you", site))) => self.say(Some(site), rest)?,
            ("house:", _) => self.reply(None, rest, false)?,
            ("slowly:", _) => self.reply(None, rest, true)?,
            (_, Some(("house", site))) => self.reply(Some(site), rest, false)?,
            ("did:", _) => self.did(rest)?,
            ("state", _) => self.state(rest)?,
            ("end", _) => self.end(rest)?,
            ("asking", _) => {
                if !self.mind().is_asking() {
                    return Err("no question is open".into());
                }
            }
            _ => panic!("`{line}` is nothing that can happen"),
        }
        Ok(())
    }

    fn mind(&mut self) -> &mut Mind {
        self.mind.get_or_insert_with(|| {
            let files = shipped_sentences(&self.language);
            let mut household =
                Household::from_parts(&self.language, self.home.clone(), &files, self.area.clone()).unwrap();
            household.manners = self.manners;
            household.time = self.time;
            Mind::new(household, Box::new(self.store.clone()), Arc::new(self.clock.clone())).unwrap()
        })
    }

    fn hear(&mut self, with: impl FnOnce(&mut Mind, &mut dyn FnMut(Event))) -> Result<(), String> {
        self.nothing_left()?;
        let mut events = Vec::new();
        with(self.mind(), &mut |event| events.push(event));
        self.take(events);
        Ok(())
    }

    fn take(&mut self, events: Vec<Event>) {
        for event in &events {
            let Some(session) = event.session else { continue };
            let key = (event.site.clone(), session);
            if matches!(event.kind, EventKind::SessionEnd { .. }) {
                self.open.remove(&key);
            } else {
                self.open.insert(key);
            }
        }
        self.events = events;
    }

    fn say(&mut self, site: Option<&str>, text: &str) -> Result<(), String> {
        let site = site.unwrap_or(entrenous::dialogue::DEFAULT_SITE);
        self.hear(|mind, emit| mind.ask_at(site, text, 0, emit))
    }

    fn ear(&mut self, kind: EventKind) -> Result<(), String> {
        let wakes = matches!(kind, EventKind::Wake { .. });
        self.hear(|mind, emit| {
            // A new session of the ear, or the one that is open.
            let event = Event { session: wakes.then_some(100), ..Event::new(0, kind) };
            mind.handle(&event, emit);
        })
    }

    /// Lets time pass, with everything that becomes due meanwhile.
    fn wait(&mut self, time: &str) {
        let until = self.clock.now().timestamp() + jiff::SignedDuration::from_secs(seconds(time));
        let mut events = Vec::new();
        self.mind().look(0, &mut |event| events.push(event));
        loop {
            let due = self.mind().next_due().filter(|due| *due <= until);
            let now = due.unwrap_or(until).max(self.clock.now().timestamp());
            self.clock.set(now.to_zoned_datetime(self.clock.now().time_zone().clone()));
            if due.is_none() {
                break;
            }
            self.mind().tick(0, &mut |event| events.push(event));
        }
        self.take(events);
    }

    /// Nothing runs for a while; then it starts.
    fn off(&mut self, time: &str) {
        self.mind = None;
        self.clock.advance_ms(seconds(time) * 1000);
        let mut events = Vec::new();
        self.mind().tick(0, &mut |event| events.push(event));
        self.take(events);
    }

    fn at(&mut self, time: &str) {
        self.clock.set(self.today_at(time));
    }

    /// Somebody sets the clock; no time passes.
    fn turn_clock(&mut self, time: &str) {
        self.clock.turn_to(self.today_at(time));
    }

    fn today_at(&self, time: &str) -> jiff::ZonedDateTime {
        let now = self.clock.now();
        let time: jiff::civil::Time = time.parse().unwrap();
        now.date().to_datetime(time).to_zoned_datetime(now.time_zone().clone()).unwrap()
    }

    fn set(&mut self, what: &str) {
        let (key, value) = what.split_once(' ').unwrap();
        let number = || value.parse().unwrap();
        match key {
            "follow_up_ms" => self.manners.follow_up_ms = number(),
            "ring_minutes" => self.time.ring_minutes = value.parse().unwrap(),
            "context_s" => self.manners.context_s = number(),
            "repeats" => self.manners.repeats = value.parse().unwrap(),
            "confirm" => {
                self.manners.confirm = match value {
                    "never" => Confirm::Never,
                    "always" => Confirm::Always,
                    _ => Confirm::Marked,
                };
            }
            "replies" => {
                self.manners.replies = match value {
                    "short" => Replies::Short,
                    "none" => Replies::None,
                    _ => Replies::Full,
                };
            }
            _ => panic!("`{key}` cannot be set"),
        }
    }

    /// Takes the next reply out of what happened.
    fn reply(&mut self, site: Option<&str>, text: &str, slowly: bool) -> Result<(), String> {
        let next = self.events.iter().position(|event| matches!(event.kind, EventKind::Reply { .. }));
        let Some(next) = next else { return Err("nothing more was said".into()) };
        let event = self.events.remove(next);
        match &event.kind {
            EventKind::Reply { text: said, slow, .. }
                if said == text && *slow == slowly && event.site.as_deref() == site =>
            {
                Ok(())
            }
            EventKind::Reply { text: said, .. } => {
                Err(format!("said at {:?}: {said}", event.site.as_deref().unwrap_or("default")))
            }
            _ => unreachable!("it is a reply"),
        }
    }

    /// Whatever was said must have been expected.
    fn nothing_left(&self) -> Result<(), String> {
        let left = self.events.iter().find_map(|event| match &event.kind {
            EventKind::Reply { text, .. } => Some(text),
            _ => None,
        });
        left.map_or(Ok(()), |text| Err(format!("before this was said: {text}")))
    }

    fn did(&self, expected: &str) -> Result<(), String> {
        let actions = self.events.iter().filter(|event| matches!(event.kind, EventKind::Action { .. }));
        let done: Vec<String> = actions
            .filter_map(|event| show::line(&Event { took: None, ..event.clone() }))
            .map(|line| line.trim().trim_start_matches("did").trim().to_owned())
            .collect();
        let done = if done.is_empty() { "nothing".to_owned() } else { done.join("; ") };
        if done == expected { Ok(()) } else { Err(format!("done was: {done}")) }
    }

    fn end(&self, expected: &str) -> Result<(), String> {
        let mut ends = Vec::new();
        for event in &self.events {
            if let EventKind::SessionEnd { reason } = &event.kind {
                ends.push(serde_json::to_value(reason).unwrap().as_str().unwrap().to_owned());
            }
        }
        let ends = if ends.is_empty() { "open".to_owned() } else { ends.join(" ") };
        if ends == expected { Ok(()) } else { Err(format!("the end was: {ends}")) }
    }

    /// `Bed Light: on` or `Bed Light: brightness 50`.
    fn state(&self, what: &str) -> Result<(), String> {
        let (name, expected) = what.split_once(": ").unwrap();
        let device = self.home.devices.iter().find(|device| device.names.name == name);
        let device = device.unwrap_or_else(|| panic!("there is no device `{name}`"));
        let key = format!("{}/{}/{name}", device.area.as_deref().unwrap_or_default(), device.kind.domain());
        let mut state = device.initial.clone();
        if let Some(record) = self.store.get("device", &key).unwrap() {
            state.apply(&serde_json::from_value(record).unwrap());
        }
        let found = match expected.split_once(' ') {
            None => state.word(device.kind).unwrap_or_default(),
            Some((key, _)) => format!("{key} {}", show::value(&serde_json::to_value(&state).unwrap()[key])),
        };
        if found == expected { Ok(()) } else { Err(format!("it is: {found}")) }
    }
}

/// `90s`, `5m`, `2h`.
fn seconds(time: &str) -> i64 {
    let (number, unit) = time.split_at(time.len() - 1);
    let number: i64 = number.parse().unwrap_or_else(|_| panic!("`{time}`: how long is that?"));
    number * [("s", 1), ("m", 60), ("h", 3600)].iter().find(|(name, _)| *name == unit).unwrap().1
}

/// A home of a few lines: `Lamp light Kitchen, Lamp light Bedroom, Safe lock confirm`.
fn home(text: &str) -> Home {
    let mut toml = String::new();
    let mut areas: Vec<&str> = Vec::new();
    for device in text.split(", ") {
        let words: Vec<&str> = device.split(' ').collect();
        let kinds = ["light", "lock", "cover", "scene", "switch", "media_player", "climate"];
        let kind = words.iter().position(|word| kinds.contains(word)).unwrap();
        let (name, area) = (words[..kind].join(" "), words[kind + 1..].join(" "));
        let (area, confirm) = match area.strip_suffix("confirm") {
            Some(area) => (area.trim(), "confirm = true\n"),
            None => (area.as_str(), ""),
        };
        let can = if words[kind] == "light" { "can = [\"brightness\", \"color\"]\n" } else { "" };
        let placed = if area.is_empty() { String::new() } else { format!("area = \"{area}\"\n") };
        writeln!(toml, "[[devices]]\nname = \"{name}\"\nkind = \"{}\"\n{placed}{can}{confirm}", words[kind])
            .unwrap();
    }
    for device in text.split(", ") {
        let words: Vec<&str> = device.split(' ').collect();
        for area in ["Kitchen", "Bedroom", "Office", "Hall"] {
            if words.contains(&area) && !areas.contains(&area) {
                areas.push(area);
            }
        }
    }
    let french = [("Kitchen", "cuisine"), ("Bedroom", "chambre"), ("Office", "bureau"), ("Hall", "couloir")];
    for (area, french) in french.iter().filter(|(area, _)| areas.contains(area)) {
        writeln!(toml, "[[areas]]\nname = \"{area}\"\naliases_fr = [\"{french}\"]").unwrap();
    }
    Home::parse(&toml, Path::new("home.toml")).unwrap()
}

/// Runs a conversation; what differs, with its line.
fn run(language: &str, conversation: &Conversation) -> Option<String> {
    let mut house = House::new(language);
    let fault = |number: usize, line: &str, what: String| {
        Some(format!("line {number}, {}\n     {line}\n     {what}", conversation.name))
    };
    for (number, line) in &conversation.lines {
        if let Err(what) = house.line(line) {
            return fault(*number, line, what);
        }
    }
    let (number, line) = conversation.lines.last()?;
    if let Err(what) = house.nothing_left() {
        return fault(*number, line, what.replace("before this", "after this"));
    }
    // Nobody goes on: then every session is over.
    let mut events = Vec::new();
    house.mind().close(0, &mut |event| events.push(event));
    house.take(events);
    if house.open.is_empty() { None } else { fault(*number, line, format!("still open: {:?}", house.open)) }
}

#[test]
fn conversations_go_as_their_scripts_say() {
    let mut wrong = Vec::new();
    let mut table = String::new();
    for language in ["en", "fr"] {
        let mut sum = 0;
        for (kind, least) in KINDS {
            let path = format!("tests/data/conversations/{language}/{kind}.txt");
            let text = std::fs::read_to_string(repository(&path)).unwrap();
            let all = conversations(&text);
            assert!(all.len() >= least, "{path} has {} conversations; {least} are the least", all.len());
            sum += all.len();
            writeln!(table, "{language}  {kind:<12}{:>3}", all.len()).unwrap();
            let differences = all.iter().filter_map(|conversation| run(language, conversation));
            wrong.extend(differences.map(|difference| format!("{path}: {difference}")));
        }
        writeln!(table, "{language}  {:<12}{sum:>3}", "all").unwrap();
        assert!(sum >= 40, "{language} has {sum} conversations; 40 are the least");
    }
    println!("{table}");
    assert!(wrong.is_empty(), "{} conversations go otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

/// A script that is wrong is noticed.
#[test]
fn a_script_that_says_something_else_fails() {
    let wrong = |script: &str| run("en", &conversations(script)[0]);
    let right =
        "== a\nyou: turn on the bed light\nhouse: I turned on the Bed Light.\nstate Bed Light: on\nend done";
    assert_eq!(wrong(right), None);
    for (from, to) in [
        ("house: I", "house: You"),
        ("end done", "end cancelled"),
        ("state Bed Light: on", "state Bed Light: off"),
        ("house: I turned on the Bed Light.\n", ""),
        ("end done", "did: nothing"),
        ("end done", "asking"),
        ("end done", "house: And more."),
    ] {
        assert!(wrong(&right.replace(from, to)).is_some(), "`{to}` instead of `{from}`");
    }
}
