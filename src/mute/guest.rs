//! Guest mode: while it is on, nothing of what is said is kept, not even the text of commands.
//!
//! One record in the store, so that every process sees it: whoever keeps something asks first.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::NAMESPACE;
use crate::store::{Store, StoreError};

const KEY: &str = "guest";

/// That guests are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guest {
    /// Then it ends by itself; `None`: until it is ended.
    pub until: Option<Timestamp>,
}

/// Whether guests are here.
///
/// # Errors
/// When the store cannot be read.
pub fn read(store: &dyn Store, now: Timestamp) -> Result<Option<Guest>, StoreError> {
    let Some(record) = store.get(NAMESPACE, KEY)? else { return Ok(None) };
    // What nobody understands has no end: in doubt nothing is kept.
    let until = match &record["until"] {
        Value::String(text) => text.parse::<Timestamp>().ok(),
        _ => None,
    };
    Ok(until.is_none_or(|until| now < until).then_some(Guest { until }))
}

/// Guests are here, until then or until it is ended.
///
/// # Errors
/// When it cannot be kept.
pub fn begin(store: &mut dyn Store, until: Option<Timestamp>) -> Result<(), StoreError> {
    store.put(NAMESPACE, KEY, &json!({ "until": until }))
}

/// Guests have left.
///
/// # Errors
/// When it cannot be kept.
pub fn end(store: &mut dyn Store) -> Result<(), StoreError> {
    store.remove(NAMESPACE, KEY)
}
