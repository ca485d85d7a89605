//! What must survive a restart: device states and timers.

mod memory;
pub mod private;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::path::{Path, PathBuf};

use serde_json::Value;

pub use memory::MemoryStore;
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteStore, explain};

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

    /// Writes (`Some`) and removes (`None`) records of a namespace: all of them or, when it fails,
    /// none. They are on disk when this returns.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn write(&mut self, namespace: &str, records: &[(String, Option<Value>)]) -> Result<(), StoreError>;

    /// Writes a record; it is on disk when this returns.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn put(&mut self, namespace: &str, key: &str, value: &Value) -> Result<(), StoreError> {
        self.write(namespace, &[(key.to_owned(), Some(value.clone()))])
    }

    /// # Errors
    /// When the database cannot be written.
    fn remove(&mut self, namespace: &str, key: &str) -> Result<(), StoreError> {
        self.write(namespace, &[(key.to_owned(), None)])
    }

    /// Whether another process has written since this was last asked.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn changed_elsewhere(&mut self) -> Result<bool, StoreError> {
        Ok(false)
    }
}

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot use the database `{}`: {reason}", path.display())]
    Database { path: PathBuf, reason: String },
}

/// The file that holds the state, in the data folder.
#[must_use]
pub fn file_in(data_dir: &Path) -> PathBuf {
    data_dir.join("entrenous.db")
}

/// Opens the store in the data folder (made where it is missing), and says in one plain line what
/// it is. Without the `sqlite` feature, state is forgotten at the end, and the line says so.
///
/// # Errors
/// When the database cannot be opened or is damaged.
#[cfg(feature = "sqlite")]
pub fn open(data_dir: &Path) -> Result<(Box<dyn Store>, String), StoreError> {
    let file = file_in(data_dir);
    let store = SqliteStore::open(&file)?;
    Ok((Box::new(store), format!("state is kept in {}", file.display())))
}

/// Opens the store in the data folder (made where it is missing), and says in one plain line what
/// it is. Without the `sqlite` feature, state is forgotten at the end, and the line says so.
///
/// # Errors
/// Never without the `sqlite` feature.
#[cfg(not(feature = "sqlite"))]
pub fn open(_data_dir: &Path) -> Result<(Box<dyn Store>, String), StoreError> {
    let choice = "state is forgotten at the end: this program was built without `sqlite`".to_owned();
    Ok((Box::new(MemoryStore::default()), choice))
}

#[cfg(test)]
mod tests;
