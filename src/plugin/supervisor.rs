//! One plugin over time: started, asked, and started again when it fails.
//!
//! Whatever a plugin does, every question to it ends: with an answer, a refusal, or a fault. A
//! fault ends the process and everything that it has started; the next start waits a little longer
//! each time, until the plugin is disabled.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::faults::{Faults, MANY, Next};
use super::process::{Heard, Process};
use super::protocol::{Answer, EventName, Initialize, Initialized, Question, Scheduled, VERSION, code};
use super::registry::{self, Installed};
use super::requests::{self, Caller};
use super::wire::{Message, RpcError};
use super::words::Trouble;
use super::{Host, Outcome, Places, log};
use crate::event::EventKind;

/// How long a plugin may take to answer `initialize`.
const STARTING: Duration = Duration::from_secs(10);

/// How long it may take to end when it is asked to.
const ENDING: Duration = Duration::from_secs(1);

/// The longest text that is spoken for a plugin, in characters.
const MAX_TEXT: usize = 2000;

/// What is known of a plugin whose output is closed.
const GONE: &str = "it ended";

/// Messages of an idle plugin that are looked at in one go.
const AT_ONCE: usize = 16;

/// What a plugin waits for.
#[derive(Debug, Clone, PartialEq)]
pub struct Appointment {
    pub at: Timestamp,
    pub data: Value,
}

/// Why a question got no answer.
enum Failure {
    /// The plugin is to blame, and was ended.
    Fault(Trouble),
    /// The plugin is well and says no.
    Refused(RpcError),
}

enum State {
    /// Not started, or to be started again at a time.
    Stopped(Option<Instant>),
    /// `Some`: the number of `initialize`, which has not been answered yet.
    Running(Box<Process>, Option<u64>, Instant),
    Off,
}

/// A plugin and what is known about it.
pub struct Supervisor {
    pub plugin: Installed,
    state: State,
    faults: Faults,
    events: Vec<EventName>,
    appointments: BTreeMap<String, Appointment>,
    /// The session that it is asked in.
    session: Option<u64>,
    said: Vec<String>,
    asked: Option<Question>,
}

impl Supervisor {
    /// Takes up where the store left off; starts nothing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(plugin: Installed, store: &dyn crate::store::Store) -> crate::Result<Self> {
        let mut appointments = BTreeMap::new();
        for (id, record) in store.list(&registry::schedule_space(&plugin.name))? {
            if let Some(at) = record["at"].as_str().and_then(|at| at.parse().ok()) {
                appointments.insert(id, Appointment { at, data: record["data"].clone() });
            }
        }
        Ok(Self {
            plugin,
            state: State::Stopped(None),
            faults: Faults::default(),
            events: Vec::new(),
            appointments,
            session: None,
            said: Vec::new(),
            asked: None,
        })
    }

    /// Starts it where it is not running, may run, and need not wait.
    pub fn start(&mut self, places: &Places, host: &mut dyn Host) {
        match self.state {
            State::Stopped(until) if until.is_none_or(|until| until <= Instant::now()) => {}
            _ => return,
        }
        if !places.may_run() {
            return;
        }
        let started = Process::start(&self.plugin, places, host.language()).and_then(|mut process| {
            let hello = Initialize {
                protocol: VERSION,
                name: self.plugin.name.clone(),
                language: host.language().to_owned(),
                config: self.plugin.manifest.settings(&self.plugin.config),
                data: places.data_of(&self.plugin.name).display().to_string(),
                permissions: self.plugin.granted.clone(),
            };
            let id = process.request("initialize", &to_value(&hello))?;
            Ok((process, id))
        });
        match started {
            Ok((process, id)) => {
                self.events.clear();
                self.state = State::Running(Box::new(process), Some(id), Instant::now());
            }
            Err(reason) => {
                self.fault(&reason, places, host);
            }
        }
    }

    /// Asks, and waits for the answer until `within` has passed.
    pub fn ask(
        &mut self,
        method: &str,
        params: &Value,
        session: Option<u64>,
        within: Duration,
        places: &Places,
        host: &mut dyn Host,
    ) -> Outcome {
        (self.session, self.asked) = (session, None);
        self.said.clear();
        let answer = self.call::<Answer>(method, params, within, places, host);
        self.session = None;
        let (said, asked) = (std::mem::take(&mut self.said), self.asked.take());
        let answer = answer.and_then(|answer| self.check(answer, asked, places, host));
        let language = host.language().to_owned();
        let title = self.plugin.manifest.title(&language);
        match answer {
            Ok(answer) => {
                let words = said.into_iter().chain(answer.say).collect::<Vec<_>>().join(" ");
                Outcome { say: clean(&words), ask: answer.ask, trouble: None }
            }
            Err(Failure::Fault(trouble)) => Outcome::trouble(trouble, title, &language),
            Err(Failure::Refused(error)) => {
                self.note(&format!("`{method}` was answered with an error: {error}"), places);
                Outcome::trouble(Trouble::Unable, title, &language)
            }
        }
    }

    /// An answer that this plugin may give.
    fn check(
        &mut self,
        mut answer: Answer,
        asked: Option<Question>,
        places: &Places,
        host: &mut dyn Host,
    ) -> Result<Answer, Failure> {
        answer.ask = answer.ask.or(asked);
        if let Some(question) = &answer.ask
            && let Err(error) = requests::check_question(question, &self.plugin.granted)
        {
            return Err(self.failed(
                &format!("its question cannot be asked: {}", error.message),
                places,
                host,
            ));
        }
        Ok(answer)
    }

    fn call<T: DeserializeOwned>(
        &mut self,
        method: &str,
        params: &Value,
        within: Duration,
        places: &Places,
        host: &mut dyn Host,
    ) -> Result<T, Failure> {
        if !places.may_run() {
            return Err(Failure::Fault(Trouble::NotConfined));
        }
        self.start(places, host);
        self.greet(within, places, host)?;
        let until = Instant::now() + within;
        let sent = match &mut self.state {
            State::Running(process, ..) => process.request(method, params),
            State::Off => return Err(Failure::Fault(Trouble::Off)),
            State::Stopped(_) => return Err(Failure::Fault(Trouble::Restarting)),
        };
        let id = match sent {
            Ok(id) => id,
            Err(reason) => {
                self.fault(&reason, places, host);
                return Err(Failure::Fault(Trouble::Silent));
            }
        };
        let result = self.wait_for(id, until, method, places, host)?;
        match serde_json::from_value(or_empty(result)) {
            Ok(result) => Ok(result),
            Err(error) => {
                Err(self.failed(&format!("its answer to `{method}` makes no sense: {error}"), places, host))
            }
        }
    }

    /// Waits for the answer to `initialize`, where it has not come yet.
    fn greet(&mut self, within: Duration, places: &Places, host: &mut dyn Host) -> Result<(), Failure> {
        let State::Running(_, Some(id), since) = self.state else { return Ok(()) };
        // One that is started for this question alone gets the time that it needs.
        let patience = if places.eager { within } else { within.max(STARTING) };
        let until = (Instant::now() + patience).min(since + STARTING);
        let Some((got, result)) = self.hear(until, places, host)? else {
            // One that has only begun to start is not to blame yet.
            if until < since + STARTING {
                return Err(Failure::Fault(Trouble::Restarting));
            }
            self.fault("it did not answer `initialize` in time", places, host);
            return Err(Failure::Fault(Trouble::Silent));
        };
        let result = self.expect(id, &got, result, "initialize", places, host)?;
        self.initialized(result, places, host)
    }

    fn initialized(&mut self, result: Value, places: &Places, host: &mut dyn Host) -> Result<(), Failure> {
        let hello: Initialized = match serde_json::from_value(or_empty(result)) {
            Ok(hello) => hello,
            Err(error) => {
                let reason = format!("its answer to `initialize` makes no sense: {error}");
                return Err(self.failed(&reason, places, host));
            }
        };
        if let Err(error) = requests::check_events(&hello.events, &self.plugin.granted) {
            return Err(self.failed(&error.message, places, host));
        }
        self.events = hello.events;
        if let State::Running(_, greeting, _) = &mut self.state {
            *greeting = None;
        }
        Ok(())
    }

    fn wait_for(
        &mut self,
        id: u64,
        until: Instant,
        method: &str,
        places: &Places,
        host: &mut dyn Host,
    ) -> Result<Value, Failure> {
        let Some((got, result)) = self.hear(until, places, host)? else {
            self.fault(&format!("it did not answer `{method}` in time"), places, host);
            return Err(Failure::Fault(Trouble::Silent));
        };
        self.expect(id, &got, result, method, places, host)
    }

    fn expect(
        &mut self,
        id: u64,
        got: &Value,
        result: Result<Value, RpcError>,
        method: &str,
        places: &Places,
        host: &mut dyn Host,
    ) -> Result<Value, Failure> {
        if got.as_u64() != Some(id) {
            return Err(self.failed(
                &format!("it answered a question that nobody asked (`id` {got})"),
                places,
                host,
            ));
        }
        match result {
            // A plugin that cannot even begin is not well.
            Err(error) if method == "initialize" => {
                Err(self.failed(&format!("it refused to begin: {error}"), places, host))
            }
            result => result.map_err(Failure::Refused),
        }
    }

    /// Sends a request and gives the plain answer; for the conformance check.
    ///
    /// # Errors
    /// `Some` with the plugin's refusal, `None` when it was at fault.
    pub fn probe(
        &mut self,
        method: &str,
        within: Duration,
        places: &Places,
        host: &mut dyn Host,
    ) -> Result<Value, Option<RpcError>> {
        self.call::<Value>(method, &json!({}), within, places, host).map_err(|failure| match failure {
            Failure::Fault(_) => None,
            Failure::Refused(error) => Some(error),
        })
    }

    /// Serves the plugin's own requests until it answers; `None` when the time is over.
    #[expect(clippy::type_complexity, reason = "an answer as it comes: number and result")]
    fn hear(
        &mut self,
        until: Instant,
        places: &Places,
        host: &mut dyn Host,
    ) -> Result<Option<(Value, Result<Value, RpcError>)>, Failure> {
        loop {
            let State::Running(process, ..) = &self.state else {
                return Err(Failure::Fault(Trouble::Restarting));
            };
            match process.hear(until.saturating_duration_since(Instant::now())) {
                Heard::Nothing => return Ok(None),
                Heard::Message(Message::Response { id, result }) => return Ok(Some((id, result))),
                Heard::Message(Message::Request { id, method, params }) => {
                    let result = self.serve(&method, params, host);
                    self.reply(&id, &result, places, host)?;
                }
                Heard::Message(Message::Notification { method, params }) => {
                    if let Err(error) = self.serve(&method, params, host) {
                        self.note(&format!("`{method}` failed: {error}"), places);
                    }
                }
                Heard::Broken(reason) => return Err(self.failed(&reason, places, host)),
                Heard::Gone => return Err(self.failed(GONE, places, host)),
            }
        }
    }

    fn reply(
        &mut self,
        id: &Value,
        result: &Result<Value, RpcError>,
        places: &Places,
        host: &mut dyn Host,
    ) -> Result<(), Failure> {
        let State::Running(process, ..) = &mut self.state else { return Ok(()) };
        match process.reply(id, result) {
            Ok(()) => Ok(()),
            Err(reason) => Err(self.failed(&reason, places, host)),
        }
    }

    fn serve(&mut self, method: &str, params: Value, host: &mut dyn Host) -> Result<Value, RpcError> {
        let mut caller = Caller {
            plugin: &self.plugin,
            session: self.session,
            events: &mut self.events,
            appointments: &mut self.appointments,
            said: &mut self.said,
            asked: &mut self.asked,
        };
        requests::serve(method, params, &mut caller, host)
    }

    /// Looks at what an idle plugin says, starts one that waited long enough, keeps appointments.
    pub fn tick(&mut self, within: Duration, places: &Places, host: &mut dyn Host) {
        if places.eager {
            self.start(places, host);
        }
        for _ in 0..AT_ONCE {
            let State::Running(process, greeting, since) = &self.state else { break };
            let (greeting, since) = (*greeting, *since);
            if !process.has_news() {
                if greeting.is_some() && since.elapsed() > STARTING {
                    self.fault("it did not answer `initialize` in time", places, host);
                }
                break;
            }
            let now = Instant::now();
            // A fault is told where it happens; nobody waits for this.
            let Ok(Some((id, result))) = self.hear(now, places, host) else { continue };
            let Some(expected) = greeting else {
                let reason = format!("it answered a question that nobody asked (`id` {id})");
                self.fault(&reason, places, host);
                continue;
            };
            if let Ok(result) = self.expect(expected, &id, result, "initialize", places, host) {
                let _told = self.initialized(result, places, host);
            }
        }
        self.keep_appointments(within, places, host);
    }

    fn keep_appointments(&mut self, within: Duration, places: &Places, host: &mut dyn Host) {
        let now = host.now();
        let due: Vec<String> =
            self.appointments.iter().filter(|(_, one)| one.at <= now).map(|(id, _)| id.clone()).collect();
        for id in due {
            let Some(appointment) = self.appointments.remove(&id) else { continue };
            if let Err(error) = host.store().remove(&registry::schedule_space(&self.plugin.name), &id) {
                host.report(EventKind::Fault { stage: "store".into(), message: error.to_string() });
            }
            let params = to_value(&Scheduled { id, data: appointment.data });
            let outcome = self.ask("scheduled", &params, None, within, places, host);
            match (outcome.say, outcome.trouble) {
                (Some(text), None) if self.plugin.granted.speak => host.say(&text),
                (Some(_), None) => {
                    self.note("it has something to say, and not the permission `speak`", places);
                }
                // Nobody asked, so nobody is told aloud.
                _ => {}
            }
        }
    }

    /// When [`Supervisor::tick`] has something to do, by the clock.
    #[must_use]
    pub fn next_due(&self, places: &Places, now: Timestamp) -> Option<Timestamp> {
        let again = match &self.state {
            State::Running(process, ..) if process.has_news() => Some(now),
            State::Running(_, Some(_), since) => {
                let left = (STARTING + Duration::from_millis(10)).saturating_sub(since.elapsed());
                now.checked_add(left).ok()
            }
            State::Stopped(until) if places.eager && places.may_run() => until.map_or(Some(now), |until| {
                now.checked_add(until.saturating_duration_since(Instant::now())).ok()
            }),
            _ => None,
        };
        self.appointments.values().map(|one| one.at).chain(again).min()
    }

    /// Tells it what happened, if it wants to know. What it is too slow to read is left out.
    pub fn tell(&mut self, event: EventName, data: &Map<String, Value>) {
        if let State::Running(process, None, _) = &mut self.state
            && self.events.contains(&event)
            && !process.notify("event", &json!({ "event": event, "data": data }))
        {
            tracing::debug!(plugin = self.plugin.name, "an event is left out: it does not read them");
        }
    }

    /// Sends what wants no answer, if it is running.
    pub fn notify(&mut self, method: &str, params: &Value) {
        if let State::Running(process, None, _) = &mut self.state {
            process.notify(method, params);
        }
    }

    /// Ends it in peace; says whether it ended by itself when it was asked to.
    pub fn stop(&mut self) -> bool {
        match std::mem::replace(&mut self.state, State::Stopped(None)) {
            State::Running(process, ..) => process.stop(ENDING),
            other => {
                self.state = other;
                true
            }
        }
    }

    /// Whether it runs and has said that it is ready.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        matches!(self.state, State::Running(_, None, _))
    }

    /// The process's number, while it runs.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        match &self.state {
            State::Running(process, ..) => Some(process.id()),
            _ => None,
        }
    }

    fn failed(&mut self, reason: &str, places: &Places, host: &mut dyn Host) -> Failure {
        self.fault(reason, places, host);
        Failure::Fault(Trouble::Failed)
    }

    /// Ends the process, tells why, and decides whether and when it is started again.
    fn fault(&mut self, reason: &str, places: &Places, host: &mut dyn Host) {
        let ended = match std::mem::replace(&mut self.state, State::Stopped(None)) {
            State::Running(process, ..) => process.kill(reason == GONE),
            _ => None,
        };
        self.events.clear();
        let name = &self.plugin.name;
        let reason = match ended {
            Some(how) => format!("{how}; `entrenous plugin logs {name}` says more"),
            None => reason.to_owned(),
        };
        let follows = match self.faults.add(Instant::now(), places.pause) {
            Next::Again(pause) => {
                self.state = State::Stopped(Some(Instant::now() + pause));
                format!("it is started again in {:.1} s", pause.as_secs_f64())
            }
            Next::Never => {
                self.state = State::Off;
                let why = format!("{MANY} faults in ten minutes, at last: {reason}");
                if let Err(error) = disable(host, name, &why) {
                    host.report(EventKind::Fault { stage: "store".into(), message: error.to_string() });
                }
                format!("it is disabled after {MANY} faults; `entrenous plugin enable {name}` brings it back")
            }
        };
        let message = format!("`{name}`: {reason}; {follows}");
        self.note(&message, places);
        host.report(EventKind::Fault { stage: "plugin".into(), message });
    }

    fn note(&self, text: &str, places: &Places) {
        log::note(&log::file(&places.data_dir, &self.plugin.name), text);
    }
}

/// Remembers that a plugin was disabled, and why. One that is not installed has no record.
fn disable(host: &mut dyn Host, name: &str, why: &str) -> crate::Result<()> {
    let store = host.store();
    if let Some(record) = registry::records(store)?.get_mut(name) {
        record.enabled = false;
        record.fault = Some(why.to_owned());
        registry::write(store, name, Some(record))?;
    }
    Ok(())
}

fn to_value(message: &impl serde::Serialize) -> Value {
    serde_json::to_value(message).unwrap_or_default()
}

/// `null` is as good as `{}` where nothing is to be said.
fn or_empty(result: Value) -> Value {
    if result.is_null() { json!({}) } else { result }
}

/// Text as it can be spoken: on one line and not endless; `None` when nothing is left.
fn clean(text: &str) -> Option<String> {
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_TEXT).collect();
    (!text.is_empty()).then_some(text)
}

impl std::fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Supervisor").field("plugin", &self.plugin.name).finish_non_exhaustive()
    }
}

/// The error of a method that does not exist.
pub(super) fn no_method(method: &str) -> RpcError {
    RpcError::new(code::NO_METHOD, format!("there is no method `{method}`"))
}
