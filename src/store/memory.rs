//! A store that forgets: for replays, dry runs and tests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::{Store, StoreError};

/// Records in memory. Clones share them, as processes share a database.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    records: Arc<Mutex<BTreeMap<(String, String), Value>>>,
}

impl MemoryStore {
    fn records(&self) -> MutexGuard<'_, BTreeMap<(String, String), Value>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn get(&self, namespace: &str, key: &str) -> Result<Option<Value>, StoreError> {
        Ok(self.records().get(&(namespace.to_owned(), key.to_owned())).cloned())
    }

    fn list(&self, namespace: &str) -> Result<Vec<(String, Value)>, StoreError> {
        let records = self.records();
        let own = records.iter().filter(|((space, _), _)| space == namespace);
        Ok(own.map(|((_, key), value)| (key.clone(), value.clone())).collect())
    }

    fn write(&mut self, namespace: &str, changes: &[(String, Option<Value>)]) -> Result<(), StoreError> {
        let mut records = self.records();
        for (key, value) in changes {
            let key = (namespace.to_owned(), key.clone());
            match value {
                Some(value) => records.insert(key, value.clone()),
                None => records.remove(&key),
            };
        }
        Ok(())
    }
}
