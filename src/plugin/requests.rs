//! What a plugin may ask of the assistant, and what it is told when it may not.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Host;
use super::permissions::{Home, Permissions};
use super::protocol::{
    Ask, Devices, EventName, Expect, HomeGet, HomeSet, Keys, Nothing, Question, Say, Schedule,
    ScheduleCancel, StoreGet, StoreSet, Stored, Subscribe, VocabularyAdd, code,
};
use super::registry::{self, Installed};
use super::supervisor::{Appointment, no_method};
use super::wire::RpcError;
use crate::home::State;
use crate::store::StoreError;
use crate::vocabulary::Added;

/// All that a plugin may keep in the store, in bytes of JSON.
const STORE_QUOTA: usize = 1024 * 1024;

/// The longest key.
const MAX_KEY: usize = 128;

/// As many appointments may wait.
const MAX_APPOINTMENTS: usize = 64;

/// How far ahead an appointment may be, in seconds: ten years.
const MAX_AHEAD_S: u64 = 10 * 366 * 24 * 3600;

/// As many answers may be chosen from.
const MAX_CHOICES: usize = 32;

/// The plugin that asks, and what it can change of itself.
pub struct Caller<'a> {
    pub plugin: &'a Installed,
    /// The session that it is being asked in.
    pub session: Option<u64>,
    pub events: &'a mut Vec<EventName>,
    pub appointments: &'a mut BTreeMap<String, Appointment>,
    pub said: &'a mut Vec<String>,
    pub asked: &'a mut Option<Question>,
}

/// Fulfils a request.
///
/// # Errors
/// What the plugin is told.
pub fn serve(
    method: &str,
    params: Value,
    caller: &mut Caller,
    host: &mut dyn Host,
) -> Result<Value, RpcError> {
    match method {
        "say" => caller.say(read(params)?, host),
        "ask" => caller.ask(read(params)?),
        "vocabulary.add" => caller.add_words(read(params)?, host),
        "home.get" => caller.home_get(&read(params)?, host),
        "home.set" => caller.home_set(&read(params)?, host),
        "schedule" => caller.schedule(read(params)?, host),
        "schedule.cancel" => caller.cancel(&read(params)?, host),
        "store.get" => {
            let StoreGet { key } = read(params)?;
            let value = host.store().get(&caller.space(), &key).map_err(store_failed)?;
            Ok(json!(Stored { value: value.unwrap_or_default() }))
        }
        "store.set" => caller.store_set(&read(params)?, host),
        "store.keys" => {
            let Nothing {} = read(params)?;
            let records = host.store().list(&caller.space()).map_err(store_failed)?;
            Ok(json!(Keys { keys: records.into_iter().map(|(key, _)| key).collect() }))
        }
        "subscribe" => {
            let Subscribe { events } = read(params)?;
            check_events(&events, &caller.plugin.granted)?;
            *caller.events = events;
            done()
        }
        _ => Err(no_method(method)),
    }
}

impl Caller<'_> {
    fn say(&mut self, say: Say, host: &mut dyn Host) -> Result<Value, RpcError> {
        match say.session {
            Some(session) if Some(session) == self.session => self.said.push(say.text),
            Some(session) => return Err(over(session)),
            None if self.plugin.granted.speak => host.say(&say.text),
            None => return Err(not_permitted("speak = true")),
        }
        done()
    }

    fn ask(&mut self, ask: Ask) -> Result<Value, RpcError> {
        if Some(ask.session) != self.session {
            return Err(over(ask.session));
        }
        check_question(&ask.question, &self.plugin.granted)?;
        *self.asked = Some(ask.question);
        done()
    }

    fn add_words(&self, add: VocabularyAdd, host: &mut dyn Host) -> Result<Value, RpcError> {
        let said = if add.said.is_empty() { vec![add.value.clone()] } else { add.said };
        // Its own lists: others are not seen under this name.
        let list = format!("{}.{}", self.plugin.name, add.list);
        host.add_words(Added { list, value: add.value, said }).map_err(RpcError::bad_params)?;
        done()
    }

    fn home_get(&self, get: &HomeGet, host: &mut dyn Host) -> Result<Value, RpcError> {
        if self.plugin.granted.home.is_none() {
            return Err(not_permitted("home = \"read\""));
        }
        let fits = |asked: &Option<String>, is: Option<&str>| {
            asked.as_deref().is_none_or(|asked| is.is_some_and(|is| is.eq_ignore_ascii_case(asked)))
        };
        let mut devices = host.devices();
        devices.retain(|device| {
            fits(&get.name, Some(&device.name))
                && fits(&get.area, device.area.as_deref())
                && fits(&get.domain, Some(&device.domain))
        });
        Ok(json!(Devices { devices }))
    }

    fn home_set(&self, set: &HomeSet, host: &mut dyn Host) -> Result<Value, RpcError> {
        if self.plugin.granted.home != Some(Home::Control) {
            return Err(not_permitted("home = \"control\""));
        }
        let state: State =
            serde_json::from_value(Value::Object(set.state.clone())).map_err(RpcError::bad_params)?;
        let fits = |asked: &Option<String>, is: Option<&str>| {
            asked.as_deref().is_none_or(|asked| is.is_some_and(|is| is.eq_ignore_ascii_case(asked)))
        };
        let devices = host.devices();
        let meant: Vec<usize> = (0..devices.len())
            .filter(|index| {
                let device = &devices[*index];
                device.name.eq_ignore_ascii_case(&set.name)
                    && fits(&set.area, device.area.as_deref())
                    && fits(&set.domain, Some(&device.domain))
            })
            .collect();
        match meant[..] {
            [device] => host.change(device, &state).map_err(RpcError::bad_params)?,
            [] => return Err(RpcError::bad_params(format!("the home has no `{}`", set.name))),
            _ => {
                let reason = format!("several devices are called `{}`; give `area` or `domain`", set.name);
                return Err(RpcError::bad_params(reason));
            }
        }
        done()
    }

    fn schedule(&mut self, ask: Schedule, host: &mut dyn Host) -> Result<Value, RpcError> {
        check_key(&ask.id)?;
        let at = match (ask.in_s, &ask.at) {
            (Some(seconds), None) if seconds <= MAX_AHEAD_S => {
                let ahead = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
                host.now().checked_add(ahead).map_err(RpcError::bad_params)?
            }
            (Some(_), None) => return Err(RpcError::bad_params("`in_s` is more than ten years")),
            (None, Some(at)) => at.parse::<Timestamp>().map_err(RpcError::bad_params)?,
            _ => return Err(RpcError::bad_params("give either `in_s` or `at`")),
        };
        if self.appointments.len() >= MAX_APPOINTMENTS && !self.appointments.contains_key(&ask.id) {
            return Err(too_much(format!("{MAX_APPOINTMENTS} appointments are the most")));
        }
        if ask.data.to_string().len() > STORE_QUOTA / MAX_APPOINTMENTS {
            return Err(too_much("`data` is too large; keep it in the store".to_owned()));
        }
        let record = json!({ "at": at, "data": ask.data });
        host.store()
            .put(&registry::schedule_space(&self.plugin.name), &ask.id, &record)
            .map_err(store_failed)?;
        self.appointments.insert(ask.id, Appointment { at, data: ask.data });
        done()
    }

    fn cancel(&mut self, cancel: &ScheduleCancel, host: &mut dyn Host) -> Result<Value, RpcError> {
        self.appointments.remove(&cancel.id);
        host.store()
            .remove(&registry::schedule_space(&self.plugin.name), &cancel.id)
            .map_err(store_failed)?;
        done()
    }

    fn store_set(&self, set: &StoreSet, host: &mut dyn Host) -> Result<Value, RpcError> {
        check_key(&set.key)?;
        let (space, store) = (self.space(), host.store());
        if set.value.is_null() {
            store.remove(&space, &set.key).map_err(store_failed)?;
            return done();
        }
        let others = store.list(&space).map_err(store_failed)?;
        let others = others.iter().filter(|(key, _)| *key != set.key);
        let size = |key: &str, value: &Value| key.len() + value.to_string().len();
        let kept: usize = others.map(|(key, value)| size(key, value)).sum();
        if kept + size(&set.key, &set.value) > STORE_QUOTA {
            return Err(too_much(format!("a plugin may keep {} KiB; remove something", STORE_QUOTA / 1024)));
        }
        store.put(&space, &set.key, &set.value).map_err(store_failed)?;
        done()
    }

    fn space(&self) -> String {
        registry::own_space(&self.plugin.name)
    }
}

/// Whether a plugin may be told these.
///
/// # Errors
/// The first that it may not.
pub fn check_events(events: &[EventName], granted: &Permissions) -> Result<(), RpcError> {
    match events.iter().find(|event| !granted.events.contains(event)) {
        None => Ok(()),
        Some(event) => Err(not_permitted(&format!("events = [\"{}\"]", event.name()))),
    }
}

/// Whether a question can be asked and answered.
///
/// # Errors
/// Why it cannot.
pub fn check_question(question: &Question, granted: &Permissions) -> Result<(), RpcError> {
    if question.say.trim().is_empty() {
        return Err(RpcError::bad_params("a question without words; fill `say`"));
    }
    match &question.expect {
        Expect::YesNo => Ok(()),
        Expect::Text if granted.transcripts => Ok(()),
        Expect::Text => Err(not_permitted("transcripts = true")),
        Expect::Choice { choices } if choices.is_empty() || choices.len() > MAX_CHOICES => {
            Err(RpcError::bad_params(format!("a choice has 1–{MAX_CHOICES} answers")))
        }
        Expect::Choice { choices } => match choices.iter().find(|choice| choice.said.is_empty()) {
            None => Ok(()),
            Some(choice) => Err(RpcError::bad_params(format!("nothing is `said` for `{}`", choice.value))),
        },
    }
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, RpcError> {
    serde_json::from_value(params).map_err(RpcError::bad_params)
}

#[expect(clippy::unnecessary_wraps, reason = "reads as the result that it is")]
fn done() -> Result<Value, RpcError> {
    Ok(json!({}))
}

fn check_key(key: &str) -> Result<(), RpcError> {
    if key.is_empty() || key.len() > MAX_KEY {
        return Err(RpcError::bad_params(format!("a key has 1–{MAX_KEY} bytes")));
    }
    Ok(())
}

fn not_permitted(asked: &str) -> RpcError {
    RpcError::new(code::NOT_PERMITTED, format!("this needs `{asked}` under [permissions] in plugin.toml"))
}

fn over(session: u64) -> RpcError {
    RpcError::bad_params(format!("session {session} is not being answered now"))
}

fn too_much(message: String) -> RpcError {
    RpcError::new(code::TOO_MUCH, message)
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn store_failed(error: StoreError) -> RpcError {
    // The path of the database is none of a plugin's business.
    tracing::warn!("{error}");
    RpcError::new(code::FAILED, "the store cannot be used now")
}
