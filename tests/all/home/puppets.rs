//! Devices that speak over a broker as `Zigbee2MQTT` and Tasmota do, and do what a test tells them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rumqttc::{Client, Event, MqttOptions, Packet, QoS};
use serde_json::{Value, json};

#[derive(Clone, Copy, PartialEq)]
enum Convention {
    Zigbee,
    Tasmota,
}

/// A lamp.
pub struct Puppet {
    client: Client,
    topic: String,
    /// Whether it does not react.
    silent: Arc<AtomicBool>,
    /// What it was told, in order.
    told: Arc<Mutex<Vec<String>>>,
    /// Something at everything that it is told.
    orders: Mutex<Receiver<()>>,
}

impl Puppet {
    /// A lamp behind `Zigbee2MQTT`, off.
    pub fn zigbee(port: u16, topic: &str) -> Self {
        Self::start(port, topic, Convention::Zigbee)
    }

    /// A dimmer with Tasmota, off.
    pub fn tasmota(port: u16, topic: &str) -> Self {
        Self::start(port, topic, Convention::Tasmota)
    }

    fn start(port: u16, topic: &str, convention: Convention) -> Self {
        let mut options = MqttOptions::new(format!("puppet-{}", topic.replace('/', "-")), "127.0.0.1", port);
        options.set_keep_alive(Duration::from_secs(10));
        let (client, mut connection) = Client::new(options, 64);
        let silent = Arc::new(AtomicBool::new(false));
        let told = Arc::new(Mutex::new(Vec::new()));
        let (sender, orders) = mpsc::channel();
        let (ready, is_ready) = mpsc::channel();
        let mut lamp = Lamp {
            client: client.clone(),
            topic: topic.to_owned(),
            silent: Arc::clone(&silent),
            told: Arc::clone(&told),
            orders: sender,
            state: json!({ "state": "OFF", "brightness": 254 }),
        };
        std::thread::spawn(move || {
            for event in connection.iter() {
                match event {
                    Ok(Event::Incoming(Packet::ConnAck(_))) => lamp.subscribe(convention),
                    Ok(Event::Incoming(Packet::SubAck(_))) => {
                        let _ = ready.send(());
                    }
                    Ok(Event::Incoming(Packet::Publish(message))) => {
                        let payload = String::from_utf8_lossy(&message.payload).into_owned();
                        lamp.hear(convention, &message.topic, &payload);
                    }
                    Ok(_) => {}
                    // The broker is away: a device tries again.
                    Err(_) => std::thread::sleep(Duration::from_millis(100)),
                }
            }
        });
        is_ready.recv_timeout(Duration::from_secs(20)).expect("the puppet reaches the broker");
        Self { client, topic: topic.to_owned(), silent, told, orders: Mutex::new(orders) }
    }

    pub fn be_silent(&self, silent: bool) {
        self.silent.store(silent, Ordering::SeqCst);
    }

    pub fn told(&self) -> Vec<String> {
        self.told.lock().expect("no panic").clone()
    }

    /// Waits until it is told something.
    pub fn wait_for_order(&self) {
        let orders = self.orders.lock().expect("no panic");
        orders.recv_timeout(Duration::from_secs(20)).expect("the order arrives");
    }

    /// Publishes something, retained, under its topic.
    pub fn say(&self, under: &str, payload: &str) {
        let topic = format!("{}{under}", self.topic);
        self.client.publish(topic, QoS::AtLeastOnce, true, payload).expect("it can be said");
    }
}

impl Drop for Puppet {
    fn drop(&mut self) {
        let _ = self.client.disconnect();
    }
}

struct Lamp {
    client: Client,
    topic: String,
    silent: Arc<AtomicBool>,
    told: Arc<Mutex<Vec<String>>>,
    orders: Sender<()>,
    state: Value,
}

impl Lamp {
    fn subscribe(&self, convention: Convention) {
        let topics = match convention {
            Convention::Zigbee => vec![format!("{}/set", self.topic), format!("{}/get", self.topic)],
            Convention::Tasmota => vec![format!("cmnd/{}/+", self.topic)],
        };
        for topic in topics {
            self.client.try_subscribe(topic, QoS::AtMostOnce).expect("room in the queue");
        }
    }

    fn hear(&mut self, convention: Convention, topic: &str, payload: &str) {
        let silent = self.silent.load(Ordering::SeqCst);
        let command = topic.rsplit('/').next().unwrap_or_default();
        if !matches!(command, "get" | "STATE") {
            self.told.lock().expect("no panic").push(format!("{command} {payload}"));
            let _ = self.orders.send(());
        }
        if silent {
            return;
        }
        match convention {
            Convention::Zigbee => {
                if let Ok(Value::Object(fields)) = serde_json::from_str(payload) {
                    for (key, value) in fields.into_iter().filter(|(_, value)| *value != json!("")) {
                        self.state[key] = value;
                    }
                }
                self.publish(self.topic.clone(), true, self.state.to_string());
            }
            Convention::Tasmota => {
                match command {
                    "POWER" => self.state["state"] = json!(payload),
                    "Dimmer" => {
                        self.state["dimmer"] = json!(payload.parse::<u8>().expect("a number"));
                        self.state["state"] = json!("ON");
                    }
                    _ => {}
                }
                let dimmer = self.state.get("dimmer").cloned().unwrap_or(json!(100));
                let answer = json!({ "POWER": self.state["state"], "Dimmer": dimmer });
                self.publish(format!("stat/{}/RESULT", self.topic), false, answer.to_string());
            }
        }
    }

    fn publish(&self, topic: String, retain: bool, payload: String) {
        let _ = self.client.try_publish(topic, QoS::AtMostOnce, retain, payload);
    }
}
