//! The history in a file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use super::locked::{self, Words};
use super::{Counts, Entry, HeardError, Locked, QUIET, file_in};
use crate::event::{Event, EventKind, Expected};
use crate::lock::{self, Lock, LockError};
use crate::store::{explain, private};

/// How long to wait for another process that is writing.
const BUSY: Duration = Duration::from_secs(5);

/// How often what is old is looked for.
const EXPIRE_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Sessions that are followed at the same time: others of long ago never ended.
const OPEN: usize = 16;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS heard (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, text TEXT NOT NULL, intent TEXT NOT NULL, reply TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS unheard (day TEXT PRIMARY KEY, times INTEGER NOT NULL) STRICT;
";

/// The history in the data folder.
pub struct Log {
    path: PathBuf,
    db: Connection,
    keep: SignedDuration,
    open: BTreeMap<u64, Pending>,
    looked: Option<Timestamp>,
    /// A history that cannot be written is told once.
    failed: bool,
    /// What encrypts the words; `None`: nothing does.
    lock: Option<Lock>,
    /// The entry that was written last, until somebody asks.
    written: Option<i64>,
}

#[derive(Default)]
struct Pending {
    text: String,
    intent: Option<String>,
    reply: String,
    /// Whether guests were here at any time of it.
    guests: bool,
    /// It was about the history itself, and must not bring back what it deletes.
    quiet: bool,
    /// What was said before in the session has been written.
    written: bool,
}

impl Log {
    /// Opens the history, or makes it. Entries are kept for `keep_hours`.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn open(data_dir: &Path, keep_hours: u32) -> Result<Self, HeardError> {
        let path = file_in(data_dir);
        let fail = |reason: String| HeardError { path: path.clone(), reason };
        let made = private::folder(data_dir).and_then(|()| private::database(&path));
        made.map_err(|error| fail(format!("{error}; make it yours, or set another `dir` under [data]")))?;
        let db = Connection::open(&path).map_err(|error| fail(explain(&error)))?;
        let prepare = || -> rusqlite::Result<()> {
            db.busy_timeout(BUSY)?;
            // No write-ahead log: it would keep what was deleted until somebody tidies it up.
            db.pragma_update(None, "journal_mode", "DELETE")?;
            db.pragma_update(None, "secure_delete", "ON")?;
            // `VACUUM` would write what is kept into a file of its own, outside of the folder.
            db.pragma_update(None, "temp_store", "MEMORY")?;
            db.execute_batch(SCHEMA)?;
            locked::prepare(&db)
        };
        prepare().map_err(|error| fail(explain(&error)))?;
        let keep = SignedDuration::from_hours(i64::from(keep_hours));
        Ok(Self {
            path,
            db,
            keep,
            open: BTreeMap::new(),
            looked: None,
            failed: false,
            lock: None,
            written: None,
        })
    }

    /// Encrypts what is kept from now on and, where the key is there, what was kept before.
    ///
    /// # Errors
    /// When the file cannot be written. A key that is not there is told when something is to be kept or read.
    pub fn locked_by(mut self, lock: Option<Lock>) -> Result<Self, HeardError> {
        self.lock = lock;
        // Nobody is asked for a passphrase for nothing.
        if self.counts()?.clear == 0 {
            return Ok(self);
        }
        if let Some(Ok(key)) = self.lock.as_ref().map(Lock::key) {
            let encrypted = locked::encrypt_all(&mut self.db, key).map_err(|error| self.error(&error))?;
            self.rewrite(encrypted).map_err(|error| self.error(&error))?;
        }
        Ok(self)
    }

    /// Takes note of an event; with guests here, of nothing. Gives what went wrong, once.
    pub fn see(&mut self, event: &Event, now: Timestamp, guests: bool) -> Option<HeardError> {
        let done = self.note(event, now, guests).and_then(|()| self.expire_now_and_then(now));
        self.once(done)
    }

    /// Deletes what was kept long enough. Gives what went wrong, once.
    pub fn look(&mut self, now: Timestamp) -> Option<HeardError> {
        let done = self.expire_now_and_then(now);
        self.once(done)
    }

    fn once(&mut self, done: rusqlite::Result<()>) -> Option<HeardError> {
        let Err(error) = done else { return None };
        (!std::mem::replace(&mut self.failed, true)).then(|| self.error(&error))
    }

    fn note(&mut self, event: &Event, now: Timestamp, guests: bool) -> rusqlite::Result<()> {
        let Some(session) = event.session else { return Ok(()) };
        let ends = matches!(event.kind, EventKind::SessionEnd { .. });
        // A further command may follow, and be about this one.
        if ends || matches!(event.kind, EventKind::Listen { expects: Expected::Command, .. }) {
            let Some(mut ended) = self.open.remove(&session) else { return Ok(()) };
            ended.guests |= guests;
            if !ends {
                self.open.insert(session, Pending { written: true, ..Pending::default() });
            }
            return self.write(&ended, now);
        }
        if !self.open.contains_key(&session) && self.open.len() >= OPEN {
            self.open.pop_first();
        }
        let pending = self.open.entry(session).or_default();
        pending.guests |= guests;
        match &event.kind {
            // An answer to a question follows what it answers.
            EventKind::Transcript(heard) if pending.text.is_empty() => pending.text.clone_from(&heard.text),
            EventKind::Transcript(heard) => {
                pending.text.push_str("; ");
                pending.text.push_str(&heard.text);
            }
            EventKind::Intent(intent) => {
                pending.quiet |= QUIET.contains(&intent.intent.as_str());
                pending.intent = Some(intent.intent.clone());
            }
            EventKind::Reply { text, .. } => pending.reply.clone_from(text),
            _ => {}
        }
        Ok(())
    }

    fn write(&mut self, ended: &Pending, now: Timestamp) -> rusqlite::Result<()> {
        if ended.guests || ended.quiet || (ended.written && ended.intent.is_none()) {
            return Ok(());
        }
        if let Some(intent) = &ended.intent {
            self.insert(now, &ended.text, intent, &ended.reply)?;
            self.written = Some(self.db.last_insert_rowid());
            // What fails again is told again.
            self.failed = false;
        } else {
            self.db.execute(
                "INSERT INTO unheard VALUES (?1, 1) ON CONFLICT (day) DO UPDATE SET times = times + 1",
                [now.strftime("%F").to_string()],
            )?;
        }
        Ok(())
    }

    fn insert(&mut self, now: Timestamp, text: &str, intent: &str, reply: &str) -> rusqlite::Result<()> {
        let [text, intent, reply] = [text, intent, reply].map(str::to_owned);
        let words = Words { text, intent, reply };
        if let Some(lock) = &self.lock {
            return locked::insert(&mut self.db, lock, now.as_second(), &words);
        }
        let insert = "INSERT INTO heard (at, text, intent, reply) VALUES (?1, ?2, ?3, ?4)";
        self.db.execute(insert, params![now.as_second(), words.text, words.intent, words.reply]).map(drop)
    }

    /// The number of the entry that an event has led to since this was last asked.
    pub fn written(&mut self) -> Option<i64> {
        self.written.take()
    }

    /// The numbers of all entries.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn numbers(&self) -> Result<BTreeSet<i64>, HeardError> {
        let read = || {
            let mut rows = self.db.prepare("SELECT id FROM heard")?;
            rows.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error: rusqlite::Error| self.error(&error))
    }

    fn expire_now_and_then(&mut self, now: Timestamp) -> rusqlite::Result<()> {
        // A clock that was set back counts as time that has passed.
        let due = self.looked.is_none_or(|looked| now.duration_since(looked).abs() >= EXPIRE_EVERY);
        if !due {
            return Ok(());
        }
        self.looked = Some(now);
        self.delete_older(now)
    }

    /// Deletes what was kept long enough. Entries of the future (the clock was set back) are as of now:
    /// they neither vanish nor stay for ever.
    fn delete_older(&self, now: Timestamp) -> rusqlite::Result<()> {
        self.db.execute("UPDATE heard SET at = ?1 WHERE at > ?1", [now.as_second()])?;
        let oldest = now.as_second().saturating_sub(self.keep.as_secs());
        let deleted = self.db.execute("DELETE FROM heard WHERE at <= ?1", [oldest])?;
        self.rewrite(deleted)
    }

    /// Deletes what was kept long enough.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn expire(&self, now: Timestamp) -> Result<(), HeardError> {
        self.delete_older(now).map_err(|error| self.error(&error))
    }

    /// Writes the file anew, without what was deleted.
    fn rewrite(&self, deleted: usize) -> rusqlite::Result<()> {
        if deleted > 0 { self.db.execute_batch("VACUUM") } else { Ok(()) }
    }

    /// What is kept at `now`, oldest first. Words that cannot be decrypted are left out of their entries.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn entries(&self, now: Timestamp) -> Result<Vec<Entry>, HeardError> {
        let read = || {
            self.delete_older(now)?;
            let mut rows =
                self.db.prepare("SELECT id, at, text, intent, reply, sealed FROM heard ORDER BY id")?;
            let entries = rows.query_map([], |row| {
                let (id, sealed) = (row.get(0)?, row.get::<_, Option<Vec<u8>>>(5)?);
                let (words, locked) = match sealed.map(|sealed| self.words(id, &sealed)) {
                    Some(Err(locked)) => (Words::default(), Some(locked)),
                    Some(Ok(words)) => (words, None),
                    None => (Words { text: row.get(2)?, intent: row.get(3)?, reply: row.get(4)? }, None),
                };
                let at = Timestamp::from_second(row.get(1)?).unwrap_or(now);
                let Words { text, intent, reply } = words;
                Ok(Entry { id, at, text, intent, reply, locked })
            })?;
            entries.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error: rusqlite::Error| self.error(&error))
    }

    fn words(&self, id: i64, sealed: &[u8]) -> Result<Words, Locked> {
        let key = lock::key(self.lock.as_ref()).map_err(|_| Locked::NoKey)?;
        locked::open(key, id, sealed).map_err(|_| Locked::Damaged)
    }

    /// Why nothing that is encrypted can be read, if so.
    ///
    /// # Errors
    /// That it cannot, and what to do about it.
    pub fn check_key(&self) -> Result<(), HeardError> {
        let told = |error: LockError| {
            let reason = format!("{error} (deleting needs no key: `entrenous heard erase-all`)");
            HeardError { path: self.path.clone(), reason }
        };
        lock::key(self.lock.as_ref()).map(drop).map_err(told)
    }

    /// How many entries are encrypted, and how many are not.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn counts(&self) -> Result<Counts, HeardError> {
        let count = "SELECT COUNT(*) - COUNT(sealed), COUNT(sealed) FROM heard";
        let counts =
            self.db.query_row(count, [], |row| Ok(Counts { clear: row.get(0)?, encrypted: row.get(1)? }));
        counts.map_err(|error| self.error(&error))
    }

    /// The last entry at `now`: its number and its time, for which no key is needed.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn last(&self, now: Timestamp) -> Result<Option<(i64, Timestamp)>, HeardError> {
        let read = || {
            self.delete_older(now)?;
            let last = "SELECT id, at FROM heard ORDER BY id DESC LIMIT 1";
            self.db.query_row(last, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        };
        let last = read().map_err(|error: rusqlite::Error| self.error(&error))?;
        Ok(last.map(|(id, at)| (id, Timestamp::from_second(at).unwrap_or(now))))
    }

    /// How often it was woken and understood nothing, by day.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn unheard(&self) -> Result<Vec<(String, i64)>, HeardError> {
        let read = || {
            let mut rows = self.db.prepare("SELECT day, times FROM unheard ORDER BY day")?;
            rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error: rusqlite::Error| self.error(&error))
    }

    /// Deletes these entries, all of them or none, and gives the numbers that are in no entry.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn delete(&mut self, ids: &[i64]) -> Result<Vec<i64>, HeardError> {
        let delete = |db: &mut Connection| {
            let step = db.transaction()?;
            let mut missing = Vec::new();
            for id in ids {
                let count = "SELECT COUNT(*) FROM heard WHERE id = ?1";
                if step.query_row(count, [id], |row| row.get::<_, i64>(0))? == 0 {
                    missing.push(*id);
                }
            }
            if missing.is_empty() {
                for id in ids {
                    step.execute("DELETE FROM heard WHERE id = ?1", [id])?;
                }
                step.commit()?;
            }
            Ok(missing)
        };
        let missing = delete(&mut self.db).map_err(|error: rusqlite::Error| self.error(&error))?;
        self.rewrite(ids.len()).map_err(|error| self.error(&error))?;
        Ok(missing)
    }

    /// Deletes the entries since then, and gives their number.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn delete_since(&self, since: Timestamp) -> Result<usize, HeardError> {
        let delete = || {
            let deleted = self.db.execute("DELETE FROM heard WHERE at >= ?1", [since.as_second()])?;
            self.rewrite(deleted)?;
            Ok(deleted)
        };
        delete().map_err(|error: rusqlite::Error| self.error(&error))
    }

    /// Deletes everything, the counts too, and gives the number of entries.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn erase_all(&mut self) -> Result<usize, HeardError> {
        self.open.clear();
        let erase = || {
            let deleted = self.db.execute("DELETE FROM heard", [])?;
            self.db.execute("DELETE FROM unheard", [])?;
            self.db.execute_batch("VACUUM")?;
            Ok(deleted)
        };
        erase().map_err(|error: rusqlite::Error| self.error(&error))
    }

    /// Lets the file grow no further than that.
    #[cfg(test)]
    pub(super) fn limit_pages(&self, pages: u32) -> rusqlite::Result<()> {
        self.db.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
    }

    fn error(&self, error: &rusqlite::Error) -> HeardError {
        HeardError { path: self.path.clone(), reason: explain(error) }
    }
}
