//! State in `SQLite`: one file, written through to the disk, shared by several processes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use serde_json::Value;

use super::{Store, StoreError, private};

/// The schema, one step a version; a database knows by `user_version` which it has. Only ever
/// append.
const MIGRATIONS: &[&str] = &["CREATE TABLE record (
    namespace TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (namespace, key)
) WITHOUT ROWID, STRICT"];

/// How long to wait for another process that is writing.
const BUSY: Duration = Duration::from_secs(5);

/// Records in an `SQLite` database.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    db: Connection,
    /// `SQLite`'s counter of what other connections have written, as last seen.
    data_version: i64,
}

impl SqliteStore {
    /// Opens a database, or makes it. What is damaged or not a database stays as it is.
    ///
    /// # Errors
    /// When the file cannot be opened, is damaged, or was made by a newer version.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let fail = |reason: String| StoreError::Database { path: path.to_owned(), reason };
        if let Some(folder) = path.parent() {
            private::folder(folder)
                .map_err(|error| fail(format!("cannot make its folder: {error}; set `dir` under [data]")))?;
        }
        private::database(path).map_err(|error| {
            fail(format!(
                "cannot keep it from others: {error}; make it yours, or set another `dir` under [data]"
            ))
        })?;
        let db = Connection::open(path).map_err(|error| fail(explain(&error)))?;
        let mut store = Self { path: path.to_owned(), db, data_version: 0 };
        store.prepare().map_err(|error| fail(explain(&error)))?;
        store.check()?;
        store.migrate()?;
        store.changed_elsewhere()?;
        Ok(store)
    }

    fn prepare(&self) -> rusqlite::Result<()> {
        self.db.busy_timeout(BUSY)?;
        self.db.pragma_update(None, "journal_mode", "WAL")?;
        // What is deleted is overwritten, here and (see `write`) in the write-ahead log.
        self.db.pragma_update(None, "secure_delete", "ON")?;
        // A timer that was confirmed aloud must still be there after a power cut.
        self.db.pragma_update(None, "synchronous", "FULL")
    }

    fn check(&self) -> Result<(), StoreError> {
        let verdict: String = self
            .db
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(|error| self.fail(&error))?;
        if verdict == "ok" { Ok(()) } else { Err(self.error(damaged(&verdict))) }
    }

    fn migrate(&mut self) -> Result<(), StoreError> {
        let known = MIGRATIONS.len();
        let path = self.path.clone();
        let fail =
            |error: rusqlite::Error| StoreError::Database { path: path.clone(), reason: explain(&error) };
        // Taken for writing at once, so that two processes cannot both take the same step.
        let step =
            self.db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(fail)?;
        let version: i64 = step.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(fail)?;
        let done = usize::try_from(version).unwrap_or(usize::MAX);
        if done > known {
            let reason = format!(
                "it has version {version}, and this program knows versions up to {known}; \
                 install the newer program again, or set another `dir` under [data]"
            );
            return Err(StoreError::Database { path, reason });
        }
        for (version, migration) in MIGRATIONS.iter().enumerate().skip(done) {
            step.execute_batch(migration).map_err(fail)?;
            let version = i64::try_from(version + 1).unwrap_or(i64::MAX);
            step.pragma_update(None, "user_version", version).map_err(fail)?;
        }
        step.commit().map_err(fail)
    }

    fn fail(&self, error: &rusqlite::Error) -> StoreError {
        self.error(explain(error))
    }

    fn error(&self, reason: String) -> StoreError {
        StoreError::Database { path: self.path.clone(), reason }
    }

    fn parse(&self, key: &str, text: &str) -> Result<Value, StoreError> {
        serde_json::from_str(text)
            .map_err(|error| self.error(damaged(&format!("the record `{key}` is not JSON: {error}"))))
    }
}

impl Store for SqliteStore {
    fn get(&self, namespace: &str, key: &str) -> Result<Option<Value>, StoreError> {
        let text: Option<String> = self
            .db
            .prepare_cached("SELECT value FROM record WHERE namespace = ?1 AND key = ?2")
            .and_then(|mut query| query.query_row([namespace, key], |row| row.get(0)).optional())
            .map_err(|error| self.fail(&error))?;
        text.map(|text| self.parse(key, &text)).transpose()
    }

    fn list(&self, namespace: &str) -> Result<Vec<(String, Value)>, StoreError> {
        let rows: Vec<(String, String)> = self
            .db
            .prepare_cached("SELECT key, value FROM record WHERE namespace = ?1 ORDER BY key")
            .and_then(|mut query| {
                query.query_map([namespace], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
            })
            .map_err(|error| self.fail(&error))?;
        rows.into_iter()
            .map(|(key, text)| {
                let value = self.parse(&key, &text)?;
                Ok((key, value))
            })
            .collect()
    }

    fn write(&mut self, namespace: &str, records: &[(String, Option<Value>)]) -> Result<(), StoreError> {
        let write = |db: &mut Connection| -> rusqlite::Result<()> {
            let step = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            for (key, value) in records {
                match value {
                    Some(value) => step
                        .prepare_cached("INSERT OR REPLACE INTO record VALUES (?1, ?2, ?3)")?
                        .execute(params![namespace, key, value.to_string()])?,
                    None => step
                        .prepare_cached("DELETE FROM record WHERE namespace = ?1 AND key = ?2")?
                        .execute([namespace, key])?,
                };
            }
            step.commit()?;
            if records.iter().any(|(_, value)| value.is_none()) {
                // Else the log keeps what was deleted until it is tidied up. With readers it waits.
                db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            }
            Ok(())
        };
        write(&mut self.db).map_err(|error| self.fail(&error))
    }

    fn changed_elsewhere(&mut self) -> Result<bool, StoreError> {
        let version: i64 = self
            .db
            .prepare_cached("PRAGMA data_version")
            .and_then(|mut query| query.query_row([], |row| row.get(0)))
            .map_err(|error| self.fail(&error))?;
        let changed = version != self.data_version;
        self.data_version = version;
        Ok(changed)
    }
}

/// What `SQLite` says, with what to do about it.
pub fn explain(error: &rusqlite::Error) -> String {
    let said = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => damaged(&said),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("{said}; another program is writing to it: end it and try again")
        }
        Some(ErrorCode::DiskFull) => format!("{said}; free some space"),
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
            format!("{said}; make it writable, or set another `dir` under [data]")
        }
        _ => said,
    }
}

fn damaged(what: &str) -> String {
    format!("it is damaged ({what}); move the file away, and a new one is made at the next start")
}
