//! Devices of a Home Assistant on the local network.
//!
//! One WebSocket carries everything (services, their results, changes of state), on one thread: it
//! offers all that its REST interface does, and the registries of areas and devices besides.

mod services;
mod socket;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::board::{Board, Line};
use super::{Backend, Order, Trouble};
use crate::backoff::Backoff;
use crate::config::HomeAssistantConfig;
use crate::home::{Device, Link};
use crate::lock::Lock;
use services::Call;
pub use socket::{Socket, SocketError, address, is_local};

const LINE: &str = "homeassistant";

/// How long the first and the last pause before a new connection last; each is twice the one before.
const PAUSES: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(30));

/// How soon the thread notices an order or its end.
const STEP: Duration = Duration::from_millis(15);

/// How often it is asked whether it is still there, and after how long it is not.
const PING: Duration = Duration::from_secs(10);
const LOST: Duration = Duration::from_secs(25);

/// Orders that may wait for the connection's thread.
const QUEUE: usize = 256;

/// A device as Home Assistant knows it.
#[derive(Debug, Clone)]
struct Entity {
    index: usize,
    device: Device,
    id: String,
}

/// Services that carry out one order.
type Calls = (usize, String, Vec<Call>);

pub struct HomeAssistant {
    entities: Arc<Vec<Entity>>,
    /// The way out, while there is one.
    out: Arc<Mutex<Option<SyncSender<Calls>>>>,
    stop: Arc<AtomicBool>,
}

impl HomeAssistant {
    /// Opens the connection, on a thread of its own.
    #[must_use]
    pub fn connect(
        config: &HomeAssistantConfig,
        lock: Option<Lock>,
        devices: &[(usize, &Device)],
        board: &Arc<Board>,
    ) -> Self {
        let entities = devices.iter().filter_map(|(index, device)| match &device.link {
            Link::HomeAssistant(id) => {
                Some(Entity { index: *index, device: (*device).clone(), id: id.clone() })
            }
            _ => None,
        });
        let own = Self { entities: Arc::new(entities.collect()), out: Arc::default(), stop: Arc::default() };
        board.line(LINE, Line::Connecting);
        let thread = Connection {
            config: config.clone(),
            lock,
            entities: Arc::clone(&own.entities),
            out: Arc::clone(&own.out),
            stop: Arc::clone(&own.stop),
            board: Arc::clone(board),
        };
        std::thread::spawn(move || thread.live());
        own
    }
}

impl Drop for HomeAssistant {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Backend for HomeAssistant {
    fn line(&self) -> &'static str {
        LINE
    }

    fn send(&mut self, device: usize, order: &Order) -> Result<(), Trouble> {
        let entity = self.entities.iter().find(|entity| entity.index == device).ok_or(Trouble::Away)?;
        let calls = services::calls(&entity.device, &entity.id, order);
        if calls.is_empty() {
            return Err(Trouble::Failed);
        }
        let out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let out = out.as_ref().ok_or(Trouble::Away)?;
        out.try_send((device, entity.id.clone(), calls)).map_err(|_| Trouble::Away)
    }
}

/// The thread that holds the connection.
struct Connection {
    config: HomeAssistantConfig,
    lock: Option<Lock>,
    entities: Arc<Vec<Entity>>,
    out: Arc<Mutex<Option<SyncSender<Calls>>>>,
    stop: Arc<AtomicBool>,
    board: Arc<Board>,
}

impl Connection {
    fn live(&self) {
        let mut pauses = PAUSES;
        while !self.stopped() {
            let mut was_up = false;
            let Err(error) = self.hold(&mut was_up) else { return };
            if was_up {
                pauses.works();
            }
            *self.out.lock().unwrap_or_else(PoisonError::into_inner) = None;
            let news = Line::Down(error.to_string());
            if !self.board.lines().contains(&(LINE, news.clone())) {
                tracing::warn!(%error, "no Home Assistant");
            }
            self.board.line(LINE, news);
            let until = Instant::now() + pauses.failed();
            while !self.stopped() && Instant::now() < until {
                std::thread::sleep(STEP);
            }
        }
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Holds a connection until it ends, or until this shall end.
    fn hold(&self, was_up: &mut bool) -> Result<(), SocketError> {
        let mut socket = Socket::open(&self.config, self.lock.as_ref())?;
        // Changes first, so that none falls between the list and them.
        let event = Map::from_iter([("event_type".to_owned(), json!("state_changed"))]);
        socket.send("subscribe_events", event)?;
        let states = socket.send("get_states", Map::new())?;
        socket.wait_for(STEP)?;
        let (sender, orders) = mpsc::sync_channel(QUEUE);
        let mut called = BTreeMap::new();
        let (mut heard, mut pinged) = (Instant::now(), Instant::now());
        while !self.stopped() {
            if let Some(message) = socket.read()? {
                heard = Instant::now();
                if message.get("id").and_then(Value::as_u64) == Some(states) {
                    self.take_all(&message);
                    *self.out.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender.clone());
                    *was_up = true;
                    self.board.line(LINE, Line::Up);
                    tracing::info!(url = self.config.url, "connected to Home Assistant");
                } else {
                    self.take(&message, &mut called);
                }
            }
            send(&orders, &mut socket, &mut called)?;
            if heard.elapsed() > LOST {
                return Err(SocketError::Silent { url: self.config.url.clone() });
            }
            if pinged.elapsed() > PING {
                pinged = Instant::now();
                socket.send("ping", Map::new())?;
            }
        }
        Ok(())
    }

    /// The states of everything.
    fn take_all(&self, result: &Value) {
        let all = result.get("result").and_then(Value::as_array);
        for entity in self.entities.iter() {
            let is = |object: &&Value| object.get("entity_id").and_then(Value::as_str) == Some(&entity.id);
            if let Some(object) = all.and_then(|all| all.iter().find(is)) {
                self.show(entity, object, false);
                continue;
            }
            tracing::warn!(
                entity = entity.id,
                device = entity.device.names.name,
                "Home Assistant has no such entity; look at the device's `ha` in your home file"
            );
            self.board.available(entity.index, false);
        }
    }

    fn show(&self, entity: &Entity, object: &Value, fresh: bool) {
        let (available, state) = services::read(&entity.device, object);
        if available {
            self.board.report(entity.index, &state, fresh);
        }
        self.board.available(entity.index, available);
    }

    /// A change of state, or what came of a service.
    fn take(&self, message: &Value, called: &mut BTreeMap<u64, (usize, bool)>) {
        match message.get("type").and_then(Value::as_str) {
            Some("event") => {
                let data = message.pointer("/event/data");
                let id = data.and_then(|data| data.get("entity_id")).and_then(Value::as_str);
                let new = data.and_then(|data| data.get("new_state"));
                for entity in self.entities.iter().filter(|entity| Some(entity.id.as_str()) == id) {
                    match new {
                        Some(object) if !object.is_null() => self.show(entity, object, true),
                        _ => self.board.available(entity.index, false),
                    }
                }
            }
            Some("result") => {
                let id = message.get("id").and_then(Value::as_u64).unwrap_or_default();
                let Some((device, last)) = called.remove(&id) else { return };
                if message.get("success").and_then(Value::as_bool) != Some(true) {
                    self.board.fail(device, &socket::failure(message));
                } else if last {
                    self.board.acknowledge(device);
                }
            }
            _ => {}
        }
    }
}

/// Calls the services of the orders that wait; `called` keeps whose results are to come.
fn send(
    orders: &Receiver<Calls>,
    socket: &mut Socket,
    called: &mut BTreeMap<u64, (usize, bool)>,
) -> Result<(), SocketError> {
    while let Ok((device, entity, calls)) = orders.try_recv() {
        let count = calls.len();
        for (number, call) in calls.into_iter().enumerate() {
            let more = Map::from_iter([
                ("domain".to_owned(), json!(call.domain)),
                ("service".to_owned(), json!(call.service)),
                ("service_data".to_owned(), call.data),
                ("target".to_owned(), json!({ "entity_id": entity })),
            ]);
            let id = socket.send("call_service", more)?;
            called.insert(id, (device, number + 1 == count));
        }
    }
    Ok(())
}
