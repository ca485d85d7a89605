//! Devices behind an MQTT broker, in the conventions of `Zigbee2MQTT` and Tasmota.
//!
//! One thread holds the connection. Each connection is made anew, with nothing left over from the one
//! before: an order that could not be delivered must not switch something minutes later.

mod tasmota;
mod zigbee2mqtt;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rumqttc::{
    Client, ConnectionError, Event, MqttOptions, NetworkOptions, Packet, Publish, QoS, RecvTimeoutError,
    SubscribeFilter,
};

use super::board::{Board, Line};
use super::{Backend, Order, Trouble, secret};
use crate::backoff::Backoff;
use crate::config::MqttConfig;
use crate::home::{Convention, Device, Link, MqttLink, State};
use crate::lock::Lock;

const LINE: &str = "mqtt";

/// How long the first and the last pause before a new connection last; each is twice the one before.
const PAUSES: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(30));

/// How long a connection may take to open.
const CONNECT: u64 = 5;

/// How often the broker is asked whether it is still there; it is given up when it has not answered
/// by the next time. What was sent meanwhile may yet arrive, so that is not long.
const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// How soon the thread notices that it shall end.
const STEP: Duration = Duration::from_millis(200);

/// Orders that may wait for the connection's thread.
const QUEUE: usize = 256;

/// The largest message: lists of many devices are long.
const MESSAGE: usize = 1024 * 1024;

/// Something to publish.
#[derive(Debug, Clone, PartialEq)]
struct Message {
    topic: String,
    payload: String,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq)]
enum News {
    State(State),
    Available(bool),
    /// Whether what the device is behind runs.
    Bridge(bool),
}

/// A device as the conventions see it.
#[derive(Debug, Clone)]
struct Node {
    index: usize,
    device: Device,
    link: MqttLink,
}

impl Node {
    /// The topics that it is heard on.
    fn topics(&self) -> Vec<String> {
        match self.link.convention {
            Convention::Zigbee2Mqtt => zigbee2mqtt::topics(&self.link),
            Convention::Tasmota => tasmota::topics(&self.link),
        }
    }

    /// What asks it how it is.
    fn questions(&self) -> Vec<Message> {
        match self.link.convention {
            Convention::Zigbee2Mqtt => zigbee2mqtt::questions(&self.device, &self.link),
            Convention::Tasmota => tasmota::questions(&self.device, &self.link),
        }
    }

    fn orders(&self, change: &State) -> Vec<Message> {
        match self.link.convention {
            Convention::Zigbee2Mqtt => zigbee2mqtt::orders(&self.device, &self.link, change),
            Convention::Tasmota => tasmota::orders(&self.device, &self.link, change),
        }
    }

    /// What a message on a topic says about it.
    fn read(&self, topic: &str, payload: &str) -> Option<News> {
        match self.link.convention {
            Convention::Zigbee2Mqtt => zigbee2mqtt::read(&self.device, &self.link, topic, payload),
            Convention::Tasmota => tasmota::read(&self.device, &self.link, topic, payload),
        }
    }
}

pub struct Mqtt {
    nodes: Arc<Vec<Node>>,
    /// The way out, while there is one.
    client: Arc<Mutex<Option<Client>>>,
    stop: Arc<AtomicBool>,
}

impl Mqtt {
    /// Opens the connection, on a thread of its own.
    #[must_use]
    pub fn connect(
        config: &MqttConfig,
        lock: Option<Lock>,
        devices: &[(usize, &Device)],
        board: &Arc<Board>,
    ) -> Self {
        let nodes = devices.iter().filter_map(|(index, device)| match &device.link {
            Link::Mqtt(link) => Some(Node { index: *index, device: (*device).clone(), link: link.clone() }),
            _ => None,
        });
        let mqtt = Self { nodes: Arc::new(nodes.collect()), client: Arc::default(), stop: Arc::default() };
        board.line(LINE, Line::Connecting);
        let thread = Connection {
            config: config.clone(),
            lock,
            nodes: Arc::clone(&mqtt.nodes),
            client: Arc::clone(&mqtt.client),
            stop: Arc::clone(&mqtt.stop),
            board: Arc::clone(board),
        };
        std::thread::spawn(move || thread.live());
        mqtt
    }
}

impl Drop for Mqtt {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Backend for Mqtt {
    fn line(&self) -> &'static str {
        LINE
    }

    fn send(&mut self, device: usize, order: &Order) -> Result<(), Trouble> {
        let node = self.nodes.iter().find(|node| node.index == device).ok_or(Trouble::Away)?;
        let Order::Set(change) = order else { return Err(Trouble::Failed) };
        let client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        let client = client.as_ref().ok_or(Trouble::Away)?;
        let messages = node.orders(change);
        if messages.is_empty() {
            return Err(Trouble::Failed);
        }
        for message in messages {
            publish(client, message).map_err(|_| Trouble::Away)?;
        }
        Ok(())
    }
}

/// At most once: an order that is lost is asked for again by whoever gave it, and one that comes
/// late does harm.
/// `ON` and `OFF`, as both conventions write them.
fn on(word: &str) -> Option<bool> {
    match word {
        "ON" => Some(true),
        "OFF" => Some(false),
        _ => None,
    }
}

fn publish(client: &Client, message: Message) -> Result<(), rumqttc::ClientError> {
    client.try_publish(message.topic, QoS::AtMostOnce, false, message.payload)
}

/// Why a connection ended, and what to do about it.
fn explained(error: &ConnectionError, config: &MqttConfig) -> String {
    let at = format!("{}:{}", config.host, config.port);
    match error {
        ConnectionError::ConnectionRefused(
            rumqttc::ConnectReturnCode::BadUserNamePassword | rumqttc::ConnectReturnCode::NotAuthorized,
        ) => format!(
            "the broker at {at} refuses the user or the password; look at `mqtt.user` and `mqtt.password_file`"
        ),
        ConnectionError::NetworkTimeout => {
            format!("the broker at {at} does not answer; look at `mqtt.host` and `mqtt.port`")
        }
        ConnectionError::Io(error) => {
            format!(
                "the broker at {at} cannot be reached ({error}); is it running, and are `mqtt.host` and `mqtt.port` right?"
            )
        }
        other => format!("the connection to the broker at {at} ended ({other})"),
    }
}

/// The thread that holds the connection.
struct Connection {
    config: MqttConfig,
    lock: Option<Lock>,
    nodes: Arc<Vec<Node>>,
    client: Arc<Mutex<Option<Client>>>,
    stop: Arc<AtomicBool>,
    board: Arc<Board>,
}

impl Connection {
    fn live(&self) {
        let mut pauses = PAUSES;
        while !self.stopped() {
            match self.options() {
                Ok(options) => {
                    let (reason, was_up) = self.hold(options);
                    if was_up {
                        pauses.works();
                    }
                    self.down(&reason);
                }
                Err(reason) => self.down(&reason.to_string()),
            }
            let mut left = pauses.failed();
            while !self.stopped() && !left.is_zero() {
                std::thread::sleep(left.min(STEP));
                left = left.saturating_sub(STEP);
            }
        }
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn down(&self, reason: &str) {
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if self.stopped() {
            return;
        }
        let news = Line::Down(reason.to_owned());
        // Said once, not at every attempt.
        if !self.board.lines().contains(&(LINE, news.clone())) {
            tracing::warn!(reason, "no MQTT");
        }
        self.board.line(LINE, news);
    }

    /// Read again each time, so that a password that was put right is used.
    fn options(&self) -> Result<MqttOptions, secret::SecretError> {
        // Two programs of one household (`run` and `ask`) must not throw each other out.
        let id = format!("{}-{}", self.config.client, std::process::id());
        let mut options = MqttOptions::new(id, &self.config.host, self.config.port);
        options.set_keep_alive(KEEP_ALIVE).set_clean_session(true).set_max_packet_size(MESSAGE, MESSAGE);
        if let Some(user) = &self.config.user {
            let password = self
                .config
                .password_file
                .as_deref()
                .map(|file| secret::read(file, self.lock.as_ref()))
                .transpose()?;
            options.set_credentials(user, password.map(|password| password.to_string()).unwrap_or_default());
        }
        Ok(options)
    }

    /// Opens a connection and holds it until it ends. Gives why, and whether it was open.
    fn hold(&self, options: MqttOptions) -> (String, bool) {
        let (client, mut connection) = Client::new(options, QUEUE);
        let mut network = NetworkOptions::new();
        network.set_connection_timeout(CONNECT).set_tcp_nodelay(true);
        connection.eventloop.set_network_options(network);
        let mut was_up = false;
        loop {
            if self.stopped() {
                return ("the home has changed".into(), was_up);
            }
            match connection.recv_timeout(STEP) {
                Err(RecvTimeoutError::Disconnected) => return ("the connection ended".into(), was_up),
                Ok(Err(error)) => return (explained(&error, &self.config), was_up),
                Ok(Ok(Event::Incoming(Packet::ConnAck(_)))) => self.subscribe(&client),
                Ok(Ok(Event::Incoming(Packet::SubAck(_)))) => {
                    was_up = true;
                    self.open(&client);
                }
                Ok(Ok(Event::Incoming(Packet::Publish(message)))) => self.hear(&message),
                Ok(Ok(_)) | Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn subscribe(&self, client: &Client) {
        let topics: BTreeSet<String> = self.nodes.iter().flat_map(Node::topics).collect();
        let filters = topics.into_iter().map(|topic| SubscribeFilter::new(topic, QoS::AtMostOnce));
        if let Err(error) = client.try_subscribe_many(filters) {
            tracing::warn!(%error, "the broker's topics cannot be subscribed to");
        }
    }

    /// Everything is subscribed to: what happens from now on is heard.
    fn open(&self, client: &Client) {
        for message in self.nodes.iter().flat_map(Node::questions) {
            // A device that is not asked tells its state when it changes.
            if let Err(error) = publish(client, message) {
                tracing::debug!(%error, "a device is not asked how it is");
            }
        }
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = Some(client.clone());
        self.board.line(LINE, Line::Up);
        tracing::info!(host = self.config.host, "connected to the MQTT broker");
    }

    fn hear(&self, message: &Publish) {
        let payload = String::from_utf8_lossy(&message.payload);
        for node in self.nodes.iter() {
            match node.read(&message.topic, &payload) {
                Some(News::State(state)) if state != State::default() => {
                    self.board.report(node.index, &state, !message.retain);
                }
                Some(News::Available(available)) => self.board.available(node.index, available),
                Some(News::Bridge(runs)) => self.board.cut_off(node.index, !runs),
                _ => {}
            }
        }
    }
}
