//! As much of a Home Assistant as a home needs: its WebSocket, on the loopback, as a script has it.

use std::collections::BTreeMap;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use super::broker::free_port;

/// How an entity takes a service.
#[derive(Clone, Copy, PartialEq)]
pub enum Manner {
    Obeys,
    /// The service is taken, and no result or change comes.
    Silent,
    /// The service fails.
    Refuses,
}

type Entities = Arc<Mutex<BTreeMap<String, (Value, Manner)>>>;

pub struct Hass {
    pub port: u16,
    entities: Entities,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

pub const TOKEN: &str = "a-long-lived-token";

impl Hass {
    pub fn start(entities: &[(&str, Value, Manner)]) -> Self {
        let all = entities.iter().map(|(id, object, manner)| {
            let mut object = object.clone();
            object["entity_id"] = json!(id);
            ((*id).to_owned(), (object, *manner))
        });
        let mut hass = Self {
            port: free_port(),
            entities: Arc::new(Mutex::new(all.collect())),
            stop: Arc::default(),
            thread: None,
        };
        hass.resume();
        hass
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends all connections and takes no more.
    pub fn halt(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the server ends well");
        }
    }

    /// Is there again, on the same port.
    pub fn resume(&mut self) {
        self.stop = Arc::default();
        let listener = TcpListener::bind(("127.0.0.1", self.port)).expect("the port is free");
        listener.set_nonblocking(true).expect("a listener");
        let (entities, stop) = (Arc::clone(&self.entities), Arc::clone(&self.stop));
        self.thread = Some(std::thread::spawn(move || {
            let mut threads = Vec::new();
            while !stop.load(Ordering::SeqCst) {
                match listener.accept() {
                    Ok((stream, _)) => {
                        let (entities, stop) = (Arc::clone(&entities), Arc::clone(&stop));
                        threads.push(std::thread::spawn(move || {
                            // A client that goes away ends its own conversation only.
                            let _ = serve(stream, &entities, &stop);
                        }));
                    }
                    Err(_) => std::thread::sleep(Duration::from_millis(5)),
                }
            }
            for thread in threads {
                thread.join().expect("a conversation ends well");
            }
        }));
    }

    pub fn state(&self, entity: &str) -> Value {
        self.entities.lock().expect("no panic")[entity].0["state"].clone()
    }
}

impl Drop for Hass {
    fn drop(&mut self) {
        self.halt();
    }
}

fn serve(
    stream: TcpStream,
    entities: &Entities,
    stop: &AtomicBool,
) -> Result<(), Box<dyn std::error::Error>> {
    stream.set_nonblocking(false)?;
    let mut socket = tungstenite::accept(stream).map_err(|error| error.to_string())?;
    socket.get_ref().set_read_timeout(Some(Duration::from_millis(10)))?;
    send(&mut socket, &json!({ "type": "auth_required", "ha_version": "2026.11.0" }))?;
    let mut subscription = None;
    while !stop.load(Ordering::SeqCst) {
        let text = match socket.read() {
            Ok(Message::Text(text)) => text,
            Ok(_) => continue,
            Err(tungstenite::Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error.into()),
        };
        let message: Value = serde_json::from_str(&text)?;
        let id = message["id"].clone();
        let result = |result: Value| json!({ "id": id, "type": "result", "success": true, "result": result });
        match message["type"].as_str().unwrap_or_default() {
            "auth" if message["access_token"] == TOKEN => send(&mut socket, &json!({ "type": "auth_ok" }))?,
            "auth" => {
                send(&mut socket, &json!({ "type": "auth_invalid", "message": "Invalid access token" }))?;
                return Ok(());
            }
            "subscribe_events" => {
                subscription = Some(id.clone());
                send(&mut socket, &result(Value::Null))?;
            }
            "get_states" => {
                let all: Vec<_> =
                    entities.lock().expect("no panic").values().map(|(object, _)| object.clone()).collect();
                send(&mut socket, &result(json!(all)))?;
            }
            "config/area_registry/list" => send(
                &mut socket,
                &result(
                    json!([{ "area_id": "office", "name": "Office", "aliases": ["bureau"], "floor_id": null }]),
                ),
            )?,
            "config/entity_registry/list" => {
                send(&mut socket, &result(json!([{ "entity_id": "light.desk", "area_id": "office" }])))?;
            }
            "config/entity_registry/get_entries" => {
                let entry =
                    json!({ "entity_id": "light.desk", "area_id": "office", "aliases": ["lampe de bureau"] });
                send(&mut socket, &result(json!({ "light.desk": entry })))?;
            }
            "config/floor_registry/list" | "config/device_registry/list" => {
                send(&mut socket, &result(json!([])))?;
            }
            "ping" => send(&mut socket, &json!({ "id": id, "type": "pong" }))?,
            "call_service" => {
                let entity = message["target"]["entity_id"].as_str().unwrap_or_default().to_owned();
                let manner = entities.lock().expect("no panic")[&entity].1;
                match manner {
                    Manner::Silent => {}
                    Manner::Refuses => {
                        let error =
                            json!({ "code": "home_assistant_error", "message": "The bulb is broken" });
                        send(
                            &mut socket,
                            &json!({ "id": id, "type": "result", "success": false, "error": error }),
                        )?;
                    }
                    Manner::Obeys => {
                        let changed = apply(entities, &entity, &message);
                        if let (Some(new), Some(subscription)) = (changed, &subscription) {
                            let data = json!({ "entity_id": entity, "new_state": new });
                            let event = json!({ "event_type": "state_changed", "data": data });
                            send(
                                &mut socket,
                                &json!({ "id": subscription, "type": "event", "event": event }),
                            )?;
                        }
                        send(&mut socket, &result(json!({ "context": {} })))?;
                    }
                }
            }
            _ => {
                let error = json!({ "code": "unknown_command", "message": "Unknown command." });
                send(&mut socket, &json!({ "id": id, "type": "result", "success": false, "error": error }))?;
            }
        }
    }
    Ok(())
}

/// What a service does; nothing where all is so already.
fn apply(entities: &Entities, entity: &str, message: &Value) -> Option<Value> {
    let mut entities = entities.lock().expect("no panic");
    let (object, _) = entities.get_mut(entity)?;
    let before = object.clone();
    match message["service"].as_str().unwrap_or_default() {
        "turn_on" => {
            object["state"] = json!("on");
            if let Some(percent) = message["service_data"]["brightness_pct"].as_f64() {
                object["attributes"]["brightness"] = json!((percent * 2.55).round() as u64);
            }
        }
        "turn_off" => object["state"] = json!("off"),
        "lock" => object["state"] = json!("locked"),
        "unlock" => object["state"] = json!("unlocked"),
        other => panic!("the script knows no service {other}"),
    }
    (*object != before).then(|| object.clone())
}

fn send(socket: &mut WebSocket<TcpStream>, message: &Value) -> Result<(), tungstenite::Error> {
    socket.send(Message::text(message.to_string()))
}
