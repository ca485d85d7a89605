//! What must survive a restart: device states and timers.

use serde_json::Value;

/// Small JSON records by namespace and key.
pub trait Store: Send {
    /// # Errors
    /// When the database cannot be read.
    fn get(&self, namespace: &str, key: &str) -> Result<Option<Value>, StoreError>;

    /// All records of a namespace, by key.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn list(&self, namespace: &str) -> Result<Vec<(String, Value)>, StoreError>;

    /// Writes a record; it is on disk when this returns.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn put(&mut self, namespace: &str, key: &str, value: &Value) -> Result<(), StoreError>;

    /// # Errors
    /// When the database cannot be written.
    fn remove(&mut self, namespace: &str, key: &str) -> Result<(), StoreError>;
}

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot use the database `{}`: {reason}", path.display())]
    Database { path: std::path::PathBuf, reason: String },
}
