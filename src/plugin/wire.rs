//! JSON-RPC 2.0 on lines: messages as text, and lines that cannot grow without bound.

use std::io::{self, BufRead, Read};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::protocol::code;

/// The longest line, in bytes.
pub const MAX_LINE: usize = 64 * 1024;

/// A message of the other side.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    Request { id: Value, method: String, params: Value },
    Notification { method: String, params: Value },
    Response { id: Value, result: Result<Value, RpcError> },
}

/// Why a request was not fulfilled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{message} (error {code})")]
pub struct RpcError {
    pub code: i64,
    pub message: String,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub data: Value,
}

impl RpcError {
    #[must_use]
    pub fn new(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: Value::Null }
    }

    #[must_use]
    pub fn bad_params(message: impl std::fmt::Display) -> Self {
        Self::new(code::BAD_PARAMS, message.to_string())
    }
}

/// A message as it stands on the line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    jsonrpc: String,
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    params: Option<Value>,
    // `"result": null` is an answer, too.
    #[serde(default, deserialize_with = "present")]
    result: Option<Value>,
    #[serde(default)]
    error: Option<RpcError>,
}

fn present<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(value).map(Some)
}

/// Reads a line.
///
/// # Errors
/// What is wrong with it, without quoting it: it may hold what somebody said.
pub fn parse(line: &str) -> Result<Message, String> {
    let raw: Raw = serde_json::from_str(line).map_err(|error| {
        if error.is_data() {
            format!("a line is no JSON-RPC message: {error}")
        } else {
            format!("a line is not JSON (only messages may be printed; what is for the log goes to standard error): {error}")
        }
    })?;
    if raw.jsonrpc != "2.0" {
        return Err("`jsonrpc` is not \"2.0\"".to_owned());
    }
    let id = raw.id.filter(|id| !id.is_null());
    if id.as_ref().is_some_and(|id| !(id.is_u64() || id.is_i64() || id.is_string())) {
        return Err("`id` is neither a whole number nor text".to_owned());
    }
    let params = raw.params.unwrap_or_else(|| json!({}));
    match (raw.method, id, raw.result, raw.error) {
        (Some(method), Some(id), None, None) => Ok(Message::Request { id, method, params }),
        (Some(method), None, None, None) => Ok(Message::Notification { method, params }),
        (None, Some(id), Some(result), None) => Ok(Message::Response { id, result: Ok(result) }),
        (None, Some(id), None, Some(error)) => Ok(Message::Response { id, result: Err(error) }),
        _ => Err("a message has either `method`, or `id` with `result` or `error`".to_owned()),
    }
}

/// A request, without the end of the line.
#[must_use]
pub fn request(id: u64, method: &str, params: &Value) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string()
}

/// A message that wants no answer.
#[must_use]
pub fn notification(method: &str, params: &Value) -> String {
    json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string()
}

/// An answer.
#[must_use]
pub fn response(id: &Value, result: &Result<Value, RpcError>) -> String {
    match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(error) => json!({ "jsonrpc": "2.0", "id": id, "error": error }),
    }
    .to_string()
}

/// Reads the next line; `None` at the end. What ends without a line's end is not a line.
///
/// # Errors
/// When reading fails, a line is too long or not UTF-8, or the end comes in the middle of a line.
pub fn next_line(from: &mut impl BufRead, line: &mut Vec<u8>) -> Result<Option<String>, String> {
    line.clear();
    let read = from.take(MAX_LINE as u64 + 1).read_until(b'\n', line);
    let read = read.map_err(|error: io::Error| format!("its output cannot be read: {error}"))?;
    if read == 0 {
        return Ok(None);
    }
    if line.pop() != Some(b'\n') {
        return Err(if read > MAX_LINE {
            format!("a line is longer than {} KiB", MAX_LINE / 1024)
        } else {
            "it ended in the middle of a line".to_owned()
        });
    }
    String::from_utf8(std::mem::take(line)).map(Some).map_err(|_| "a line is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back_as_they_went() {
        let asked = parse(&request(7, "intent", &json!({ "session": 1 })));
        let Ok(Message::Request { id, method, params }) = asked else { panic!("{asked:?}") };
        assert_eq!((id, method.as_str(), params), (json!(7), "intent", json!({ "session": 1 })));
        assert!(matches!(parse(&notification("event", &json!({}))), Ok(Message::Notification { .. })));
        let answered = parse(&response(&json!("a"), &Ok(Value::Null)));
        assert_eq!(answered, Ok(Message::Response { id: json!("a"), result: Ok(Value::Null) }));
        let refused = RpcError::new(code::NO_METHOD, "there is no such method");
        let answered = parse(&response(&json!(1), &Err(refused.clone())));
        assert_eq!(answered, Ok(Message::Response { id: json!(1), result: Err(refused) }));
    }

    #[test]
    fn what_is_no_message_is_refused_without_being_quoted() {
        for line in [
            "secret",
            r#"{"id": 1, "result": "secret"}"#,
            r#"{"jsonrpc": "1.0", "id": 1, "result": "secret"}"#,
            r#"{"jsonrpc": "2.0", "id": 1}"#,
            r#"{"jsonrpc": "2.0", "id": [1], "result": "secret"}"#,
            r#"{"jsonrpc": "2.0", "id": 1, "result": 1, "error": {"code": 1, "message": "secret"}}"#,
            r#"{"jsonrpc": "2.0", "id": 1, "result": {}, "more": "secret"}"#,
            "[]",
        ] {
            let reason = parse(line).unwrap_err();
            assert!(!reason.contains("secret"), "{reason}");
        }
    }

    #[test]
    fn lines_end_and_are_bounded() {
        let mut buffer = Vec::new();
        let mut read = |text: &[u8]| next_line(&mut io::BufReader::new(text), &mut buffer);
        assert_eq!(read(b"one\ntwo\n"), Ok(Some("one".into())));
        assert_eq!(read(b""), Ok(None));
        assert!(read(b"half").unwrap_err().contains("middle of a line"));
        assert!(read(&vec![b'x'; MAX_LINE + 2]).unwrap_err().contains("64 KiB"));
        assert!(read(b"\xff\n").unwrap_err().contains("UTF-8"));
    }
}
