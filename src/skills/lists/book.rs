//! Lists and what stands on them: one record an item, so that two processes never overwrite each
//! other's, and a power cut takes none with it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::store::{Store, StoreError};

/// The store's namespaces: of lists that somebody made, and of items on any list.
const LISTS: &str = "list";
const ITEMS: &str = "list_item";

/// Separates a list from its item's number in a key: no list's name holds it.
const SEPARATOR: char = '/';

/// Records to write (`Some`) and to remove (`None`).
type Changes = Vec<(String, Option<Value>)>;

/// Something on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where it is kept.
    pub(super) key: String,
    pub text: String,
    /// Checked off, and still on the list.
    pub done: bool,
}

#[derive(Serialize, Deserialize)]
struct Record {
    text: String,
    #[serde(default)]
    done: bool,
}

/// The items of a list, in the order they were added.
///
/// # Errors
/// When the store cannot be read.
pub fn items(list: &str, store: &dyn Store) -> Result<Vec<Item>, StoreError> {
    let prefix = format!("{list}{SEPARATOR}");
    let mut items = Vec::new();
    for (key, value) in store.list(ITEMS)? {
        if !key.starts_with(&prefix) {
            continue;
        }
        match serde_json::from_value::<Record>(value) {
            Ok(record) => items.push(Item { key, text: record.text, done: record.done }),
            Err(error) => tracing::warn!(key, %error, "an item of a list cannot be read; it is left out"),
        }
    }
    Ok(items)
}

/// Puts items at the end of a list, all of them at once.
///
/// # Errors
/// When the store cannot be written; then none was added.
pub fn add(list: &str, texts: &[String], now: Timestamp, store: &mut dyn Store) -> Result<(), StoreError> {
    let after_all = items(list, store)?.last().map_or(0, |item| number(&item.key) + 1);
    // The time keeps two processes apart, the last number keeps the order whatever the clock does.
    let first = u64::try_from(now.as_microsecond()).unwrap_or(0).max(after_all);
    let records: Vec<_> = (first..)
        .zip(texts)
        .map(|(number, text)| {
            let record = Record { text: text.clone(), done: false };
            (format!("{list}{SEPARATOR}{number:020}"), Some(value(&record)))
        })
        .collect();
    store.write(ITEMS, &records)
}

/// Takes items off.
///
/// # Errors
/// When the store cannot be written; then all of them stay.
pub fn remove(items: &[Item], store: &mut dyn Store) -> Result<(), StoreError> {
    let records: Vec<_> = items.iter().map(|item| (item.key.clone(), None)).collect();
    store.write(ITEMS, &records)
}

/// Puts items back as they are given, where they were.
///
/// # Errors
/// When the store cannot be written; then nothing has changed.
pub fn put(items: &[Item], store: &mut dyn Store) -> Result<(), StoreError> {
    let records: Vec<_> = items
        .iter()
        .map(|item| (item.key.clone(), Some(value(&Record { text: item.text.clone(), done: item.done }))))
        .collect();
    store.write(ITEMS, &records)
}

/// Names of the lists that somebody made.
///
/// # Errors
/// When the store cannot be read.
pub fn lists(store: &dyn Store) -> Result<Vec<String>, StoreError> {
    Ok(store.list(LISTS)?.into_iter().map(|(name, _)| name).collect())
}

/// Makes a list; one that is there stays as it is.
///
/// # Errors
/// When the store cannot be written.
pub fn create(list: &str, store: &mut dyn Store) -> Result<(), StoreError> {
    store.put(LISTS, list, &serde_json::json!({}))
}

/// Removes a list that somebody made; its items are removed by [`remove`].
///
/// # Errors
/// When the store cannot be written.
pub fn delete(list: &str, store: &mut dyn Store) -> Result<(), StoreError> {
    store.remove(LISTS, list)
}

/// Everything about lists, as the store holds it.
pub struct Records([Vec<(String, Value)>; 2]);

/// What the store holds about lists now.
///
/// # Errors
/// When the store cannot be read.
pub fn records(store: &dyn Store) -> Result<Records, StoreError> {
    Ok(Records([store.list(LISTS)?, store.list(ITEMS)?]))
}

impl Records {
    /// What must be written, namespace by namespace, to make the store what it was.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn changed_since(self, store: &dyn Store) -> Result<Vec<(String, Changes)>, StoreError> {
        let mut all = Vec::new();
        for (namespace, before) in [LISTS, ITEMS].into_iter().zip(self.0) {
            let now = store.list(namespace)?;
            let gone = now.iter().filter(|(key, _)| before.iter().all(|(old, _)| old != key));
            let mut changes: Changes = gone.map(|(key, _)| (key.clone(), None)).collect();
            changes.extend(
                before.into_iter().filter(|old| !now.contains(old)).map(|(key, value)| (key, Some(value))),
            );
            if !changes.is_empty() {
                all.push((namespace.to_owned(), changes));
            }
        }
        Ok(all)
    }
}

fn number(key: &str) -> u64 {
    key.rsplit(SEPARATOR).next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn value(record: &Record) -> Value {
    serde_json::to_value(record).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryStore;

    fn texts(items: &[Item]) -> Vec<&str> {
        items.iter().map(|item| item.text.as_str()).collect()
    }

    #[test]
    fn items_keep_their_order_whatever_the_clock_does() {
        let mut store = MemoryStore::default();
        let noon: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        add("shopping", &["milk".into(), "eggs".into()], noon, &mut store).unwrap();
        let earlier = noon - jiff::SignedDuration::from_hours(1);
        add("shopping", &["bread".into()], earlier, &mut store).unwrap();
        add("shopping now", &["tea".into()], noon, &mut store).unwrap();
        assert_eq!(texts(&items("shopping", &store).unwrap()), ["milk", "eggs", "bread"]);
    }

    #[test]
    fn what_was_taken_off_can_be_put_back_where_it_was() {
        let mut store = MemoryStore::default();
        let noon: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        add("shopping", &["milk".into(), "eggs".into(), "tea".into()], noon, &mut store).unwrap();
        let before = items("shopping", &store).unwrap();
        remove(&before[1..2], &mut store).unwrap();
        assert_eq!(texts(&items("shopping", &store).unwrap()), ["milk", "tea"]);
        put(&before[1..2], &mut store).unwrap();
        assert_eq!(items("shopping", &store).unwrap(), before);
    }
}
