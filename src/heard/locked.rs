//! An entry's words, encrypted: the text, what was meant and what was answered, in one piece that opens in
//! its own row and in no other. Times stay in the clear, so that what is old can be deleted without a key.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use crate::lock::{Key, Lock, LockError};

/// Words are filled up to a multiple of that, so that a length does not tell a command.
const STEP: usize = 256;

/// What tells what was said.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Words {
    pub text: String,
    pub intent: String,
    pub reply: String,
}

fn about(id: i64) -> String {
    format!("entrenous heard 1 row {id}")
}

fn seal(key: &Key, id: i64, words: &Words) -> Result<Vec<u8>, LockError> {
    let json = serde_json::to_vec(words).map_err(|error| LockError::Machine(error.to_string()))?;
    let mut bytes = zeroize::Zeroizing::new(json);
    // JSON may end in blanks.
    let full = bytes.len().next_multiple_of(STEP);
    bytes.resize(full, b' ');
    key.seal(&bytes, &about(id))
}

/// # Errors
/// [`LockError::Changed`] when the bytes were sealed in another row, with another key, or are damaged.
pub(super) fn open(key: &Key, id: i64, sealed: &[u8]) -> Result<Words, LockError> {
    serde_json::from_slice(&key.open(sealed, &about(id))?).map_err(|_| LockError::Changed)
}

/// Adds the column, in a file of an older version.
pub(super) fn prepare(db: &Connection) -> rusqlite::Result<()> {
    let known: i64 =
        db.query_row("SELECT COUNT(*) FROM pragma_table_info('heard') WHERE name = 'sealed'", [], |row| {
            row.get(0)
        })?;
    if known == 0 { db.execute_batch("ALTER TABLE heard ADD COLUMN sealed BLOB") } else { Ok(()) }
}

/// Writes an entry; its words never reach the disk in the clear.
pub(super) fn insert(db: &mut Connection, lock: &Lock, at: i64, words: &Words) -> rusqlite::Result<()> {
    let key = lock.key().map_err(failed)?;
    let step = db.transaction()?;
    step.execute("INSERT INTO heard (at, text, intent, reply) VALUES (?1, '', '', '')", [at])?;
    write(&step, key, step.last_insert_rowid(), words)?;
    step.commit()
}

/// Encrypts what was kept in the clear, all or nothing, and gives how many entries that were.
pub(super) fn encrypt_all(db: &mut Connection, key: &Key) -> rusqlite::Result<usize> {
    // Others may write meanwhile; from here on they wait.
    let step = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let clear: Vec<(i64, Words)> = step
        .prepare("SELECT id, text, intent, reply FROM heard WHERE sealed IS NULL")?
        .query_map([], |row| {
            Ok((row.get(0)?, Words { text: row.get(1)?, intent: row.get(2)?, reply: row.get(3)? }))
        })?
        .collect::<rusqlite::Result<_>>()?;
    for (id, words) in &clear {
        write(&step, key, *id, words)?;
    }
    step.commit()?;
    Ok(clear.len())
}

fn write(db: &Connection, key: &Key, id: i64, words: &Words) -> rusqlite::Result<()> {
    let sealed = seal(key, id, words).map_err(failed)?;
    let update = "UPDATE heard SET text = '', intent = '', reply = '', sealed = ?2 WHERE id = ?1";
    db.execute(update, params![id, sealed]).map(drop)
}

/// Words that cannot become a row.
fn failed(error: LockError) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(Box::new(error))
}

#[cfg(test)]
mod tests;
