//! The WebSocket of a Home Assistant: opened, authenticated, and asked one thing at a time.

use std::io;
use std::net::{IpAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tungstenite::http::Uri;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Message, WebSocket};

use crate::config::HomeAssistantConfig;
use crate::home::backend::secret::{self, SecretError};
use crate::lock::Lock;

/// How long opening may take, and each answer of [`Socket::ask`].
const PATIENCE: Duration = Duration::from_secs(10);

/// The largest message: a big home's list of states.
const MESSAGE: usize = 64 * 1024 * 1024;

/// Why a Home Assistant cannot be spoken to.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    #[error(
        "`{url}` is no address of a Home Assistant ({reason}); write `homeassistant.url` as `http://192.168.1.10:8123`"
    )]
    Url { url: String, reason: &'static str },
    #[error(
        "the Home Assistant at {url} cannot be reached ({reason}); is it running, and is `homeassistant.url` right?"
    )]
    Unreachable { url: String, reason: String },
    #[error(
        "the Home Assistant at {url} refuses the token; make a long-lived one in your profile there, and put it into `homeassistant.token_file`"
    )]
    Refused { url: String },
    #[error(
        "Home Assistant needs a token; make a long-lived one in your profile there, and name the file that holds it with `homeassistant.token_file`"
    )]
    NoToken,
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("the Home Assistant at {url} did not answer in time")]
    Silent { url: String },
    #[error("the Home Assistant at {url} says: {reason}")]
    Answer { url: String, reason: String },
    #[error("the connection to Home Assistant ended ({0})")]
    Ended(String),
}

/// An open, authenticated connection.
pub struct Socket {
    stream: WebSocket<TcpStream>,
    url: String,
    last_id: u64,
}

impl Socket {
    /// Opens a connection as the configuration says; `lock` opens a sealed token.
    ///
    /// # Errors
    /// When nobody answers there, or the token is not taken.
    pub fn open(config: &HomeAssistantConfig, lock: Option<&Lock>) -> Result<Self, SocketError> {
        let file = config.token_file.as_deref().ok_or(SocketError::NoToken)?;
        Self::open_with(&config.url, &secret::read(file, lock)?)
    }

    /// Opens a connection with a token at hand.
    ///
    /// # Errors
    /// When nobody answers there, or the token is not taken.
    pub fn open_with(url: &str, token: &str) -> Result<Self, SocketError> {
        let (host, port, path) = address(url)?;
        let unreachable = |reason: String| SocketError::Unreachable { url: url.to_owned(), reason };
        let addresses =
            (host.as_str(), port).to_socket_addrs().map_err(|error| unreachable(error.to_string()))?;
        let mut last = "the name has no address".to_owned();
        let mut stream = None;
        for address in addresses {
            match TcpStream::connect_timeout(&address, PATIENCE / 2) {
                Ok(open) => {
                    stream = Some(open);
                    break;
                }
                Err(error) => last = error.to_string(),
            }
        }
        let stream = stream.ok_or_else(|| unreachable(last))?;
        let ready =
            stream.set_read_timeout(Some(PATIENCE)).and_then(|()| stream.set_write_timeout(Some(PATIENCE)));
        ready.and_then(|()| stream.set_nodelay(true)).map_err(|error| unreachable(error.to_string()))?;
        let bracketed = if host.contains(':') { format!("[{host}]") } else { host };
        let request = format!("ws://{bracketed}:{port}{path}/api/websocket");
        let config = WebSocketConfig::default().max_message_size(Some(MESSAGE)).max_frame_size(Some(MESSAGE));
        let (socket, _) = tungstenite::client::client_with_config(request, stream, Some(config))
            .map_err(|error| unreachable(error.to_string()))?;
        let mut socket = Self { stream: socket, url: url.to_owned(), last_id: 0 };
        socket.authenticate(token)?;
        Ok(socket)
    }

    fn authenticate(&mut self, token: &str) -> Result<(), SocketError> {
        let until = Instant::now() + PATIENCE;
        loop {
            let message = self.next(until)?;
            match message.get("type").and_then(Value::as_str) {
                Some("auth_required") => {
                    self.write(&json!({ "type": "auth", "access_token": token }))?;
                }
                Some("auth_ok") => return Ok(()),
                Some("auth_invalid") => return Err(SocketError::Refused { url: self.url.clone() }),
                _ => {}
            }
        }
    }

    /// Sends a command and gives its number, by which its result is known.
    ///
    /// # Errors
    /// When the connection has ended.
    pub fn send(&mut self, kind: &str, more: Map<String, Value>) -> Result<u64, SocketError> {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "type": kind });
        if let Value::Object(fields) = &mut message {
            fields.extend(more);
        }
        self.write(&message)?;
        Ok(self.last_id)
    }

    /// Sends a command and waits for its result; events that come meanwhile are lost.
    ///
    /// # Errors
    /// When Home Assistant refuses or does not answer.
    pub fn ask(&mut self, kind: &str) -> Result<Value, SocketError> {
        self.ask_with(kind, Map::new())
    }

    /// As [`Socket::ask`], with more fields.
    ///
    /// # Errors
    /// As [`Socket::ask`].
    pub fn ask_with(&mut self, kind: &str, more: Map<String, Value>) -> Result<Value, SocketError> {
        let id = self.send(kind, more)?;
        let until = Instant::now() + PATIENCE;
        loop {
            let mut message = self.next(until)?;
            if message.get("id").and_then(Value::as_u64) != Some(id) {
                continue;
            }
            if message.get("success").and_then(Value::as_bool) == Some(true) {
                return Ok(message.get_mut("result").map(Value::take).unwrap_or_default());
            }
            return Err(SocketError::Answer { url: self.url.clone(), reason: failure(&message) });
        }
    }

    /// How long [`Socket::read`] waits.
    ///
    /// # Errors
    /// When the connection has ended.
    pub fn wait_for(&mut self, time: Duration) -> Result<(), SocketError> {
        self.stream
            .get_ref()
            .set_read_timeout(Some(time))
            .map_err(|error| SocketError::Ended(error.to_string()))
    }

    /// The next message; `None` when none came.
    ///
    /// # Errors
    /// When the connection has ended.
    pub fn read(&mut self) -> Result<Option<Value>, SocketError> {
        match self.stream.read() {
            Ok(Message::Text(text)) => Ok(serde_json::from_str(&text).ok()),
            Ok(Message::Close(_)) => Err(SocketError::Ended("it said goodbye".into())),
            Ok(_) => Ok(None),
            Err(tungstenite::Error::Io(error))
                if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) =>
            {
                Ok(None)
            }
            Err(error) => Err(SocketError::Ended(error.to_string())),
        }
    }

    fn next(&mut self, until: Instant) -> Result<Value, SocketError> {
        while Instant::now() < until {
            if let Some(message) = self.read()? {
                return Ok(message);
            }
        }
        Err(SocketError::Silent { url: self.url.clone() })
    }

    fn write(&mut self, message: &Value) -> Result<(), SocketError> {
        let sent = self.stream.send(Message::text(message.to_string()));
        sent.map_err(|error| SocketError::Ended(error.to_string()))
    }
}

/// Why a command failed, from its result.
pub fn failure(result: &Value) -> String {
    let message = result.pointer("/error/message").and_then(Value::as_str);
    message.unwrap_or("it failed, and no reason is given").to_owned()
}

/// Host, port and path of `http://192.168.1.10:8123`.
///
/// # Errors
/// When it is no such address. TLS is not spoken: this is for the local network.
pub fn address(url: &str) -> Result<(String, u16, String), SocketError> {
    let wrong = |reason| SocketError::Url { url: url.to_owned(), reason };
    let uri: Uri = url.parse().map_err(|_| wrong("it cannot be read"))?;
    match uri.scheme_str() {
        Some("http") => {}
        Some("https") => return Err(wrong("TLS is not spoken here; use its plain address on your network")),
        _ => return Err(wrong("it does not begin with `http://`")),
    }
    let host = uri.host().ok_or_else(|| wrong("it names no machine"))?;
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    Ok((host, uri.port_u16().unwrap_or(8123), uri.path().trim_end_matches('/').to_owned()))
}

/// Whether an address stays in the house: a private one, or a name of the local network.
#[must_use]
pub fn is_local(url: &str) -> bool {
    let Ok((host, ..)) = address(url) else { return false };
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.is_private() || ip.is_loopback() || ip.is_link_local(),
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
        Err(_) => {
            !host.contains('.')
                || [".local", ".lan", ".home", ".internal", ".home.arpa"]
                    .iter()
                    .any(|end| host.ends_with(end))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        assert_eq!(
            address("http://homeassistant.local").unwrap(),
            ("homeassistant.local".into(), 8123, String::new())
        );
        assert_eq!(address("http://[fd00::1]:80/ha/").unwrap(), ("fd00::1".into(), 80, "/ha".into()));
        assert!(address("https://ha.example.org").unwrap_err().to_string().contains("TLS is not spoken"));
        assert!(address("ha:8123").is_err());
    }

    #[test]
    fn addresses_of_the_house_are_known() {
        for local in [
            "http://192.168.1.2:8123",
            "http://ha:8123",
            "http://homeassistant.local:8123",
            "http://[fd00::1]",
        ] {
            assert!(is_local(local), "{local}");
        }
        for far in ["http://93.184.216.34:8123", "http://ha.example.org"] {
            assert!(!is_local(far), "{far}");
        }
    }
}
