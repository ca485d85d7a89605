//! Encrypted means that no byte of it is in the folder, and that rows cannot be exchanged.

use std::fs;
use std::path::Path;

use super::super::tests::{at, holds, say, texts};
use super::super::{Counts, Kept, Locked, Log, Place, file_in};
use super::*;
use crate::event::{Event, EventKind, SessionEndReason};
use crate::lock::{Effort, Source};
use crate::stt::Transcript;

const WEAK: Effort = Effort { memory_kib: 8, passes: 1 };

/// A lock whose passphrase lies in a file.
fn lock(folder: &Path, passphrase: &str) -> Lock {
    let file = folder.join("passphrase");
    fs::write(&file, passphrase).unwrap();
    Lock::new(folder, Source::Passphrase { file: Some(file) }, WEAK, false)
}

/// One that nobody opens.
fn shut(folder: &Path) -> Lock {
    Lock::new(folder, Source::Passphrase { file: None }, WEAK, false)
}

fn open(folder: &Path, lock: Option<Lock>) -> Log {
    Log::open(folder, 24).unwrap().locked_by(lock).unwrap()
}

fn locked(log: &Log) -> Vec<Option<Locked>> {
    log.entries(at(0)).unwrap().into_iter().map(|entry| entry.locked).collect()
}

/// Does something to the file behind the log's back.
fn forge(folder: &Path, statement: &str) {
    Connection::open(file_in(folder)).unwrap().execute_batch(statement).unwrap();
}

#[test]
fn nothing_of_what_was_said_is_in_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path(), Some(lock(folder.path(), "five words")));
    say(&mut log, 1, "zanzibarium", true, at(0), false);
    say(&mut log, 2, "quinquireme", true, at(0), false);
    for word in ["zanzibarium", "quinquireme", "I added", "AddItem"] {
        assert!(!holds(folder.path(), word), "{word}");
    }
    let again = open(folder.path(), Some(lock(folder.path(), "five words")));
    assert_eq!(texts(&again, at(0)), ["zanzibarium", "quinquireme"]);
    let entry = again.entries(at(0)).unwrap().remove(0);
    assert_eq!((entry.intent.as_str(), entry.reply.as_str()), ("AddItem", "I added zanzibarium."));
    // What is old needs no key to go.
    drop((log, again));
    assert_eq!(texts(&open(folder.path(), Some(shut(folder.path()))), at(25)), Vec::<String>::new());
}

#[test]
fn where_nothing_is_kept_nobody_is_asked_for_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path(), Some(lock(folder.path(), "five words")));
    assert!(texts(&log, at(0)).is_empty());
    assert!(!crate::lock::envelope::exists(folder.path()));
}

#[test]
fn lengths_do_not_tell_a_command() {
    let key = Key::random().unwrap();
    let length = |text: &str| {
        let words = Words { text: text.into(), ..Words::default() };
        seal(&key, 1, &words).unwrap().len()
    };
    assert_eq!(length("stop"), length("turn on the light in the kitchen"));
}

#[test]
fn what_was_kept_before_is_encrypted_when_it_is_switched_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path(), None);
    for session in 0..200 {
        say(&mut log, session, &format!("zanzibarium number {session}"), true, at(0), false);
    }
    drop(log);
    // Without the key everything stays as it is.
    let before = open(folder.path(), Some(shut(folder.path())));
    assert_eq!(before.counts().unwrap(), Counts { clear: 200, encrypted: 0 });
    drop(before);
    assert!(holds(folder.path(), "zanzibarium"));
    let log = open(folder.path(), Some(lock(folder.path(), "five words")));
    assert!(!holds(folder.path(), "zanzibarium") && !holds(folder.path(), "AddItem"));
    assert_eq!(log.counts().unwrap(), Counts { clear: 0, encrypted: 200 });
    assert_eq!(texts(&log, at(0))[199], "zanzibarium number 199");
}

#[test]
fn a_file_of_an_older_version_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    forge(
        folder.path(),
        "CREATE TABLE heard (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, text TEXT NOT NULL,
            intent TEXT NOT NULL, reply TEXT NOT NULL) STRICT;
         INSERT INTO heard (at, text, intent, reply) VALUES (1790000000, 'zanzibarium', 'AddItem', '');",
    );
    assert_eq!(texts(&open(folder.path(), None), at(0)), ["zanzibarium"]);
    let log = open(folder.path(), Some(lock(folder.path(), "five words")));
    assert_eq!(texts(&log, at(0)), ["zanzibarium"]);
    assert!(!holds(folder.path(), "zanzibarium"));
}

#[test]
fn rows_that_were_exchanged_or_changed_are_refused_and_the_others_shown() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path(), Some(lock(folder.path(), "five words")));
    for (session, text) in (1..).zip(["one", "two", "three", "four"]) {
        say(&mut log, session, text, true, at(0), false);
    }
    forge(
        folder.path(),
        "CREATE TEMP TABLE old AS SELECT id, sealed FROM heard;
         UPDATE heard SET sealed = (SELECT sealed FROM old WHERE old.id = 3 - heard.id) WHERE id < 3;
         UPDATE heard SET sealed = x'00' WHERE id = 4;",
    );
    let damaged = Some(Locked::Damaged);
    assert_eq!(locked(&log), [damaged, damaged, None, damaged]);
    assert_eq!(texts(&log, at(0)), ["", "", "three", ""]);
    assert_eq!(log.counts().unwrap().encrypted, 4, "nothing is lost");
    let place = Place::new(folder.path().to_owned(), 24).unwrap();
    let place = place.locked_by(Some(lock(folder.path(), "five words")));
    let latest: Vec<_> = place.latest(3, at(0)).unwrap().into_iter().map(|entry| entry.text).collect();
    assert_eq!(latest, ["three"]);
}

#[test]
fn with_another_key_nothing_is_shown_and_nothing_lost() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut log = open(folder.path(), Some(lock(folder.path(), "five words")));
    say(&mut log, 1, "zanzibarium", true, at(0), false);
    let stranger = open(folder.path(), Some(lock(other.path(), "five words")));
    assert_eq!(locked(&stranger), [Some(Locked::Damaged)]);
    assert_eq!(texts(&log, at(0)), ["zanzibarium"]);
}

#[test]
fn deleting_needs_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path(), Some(lock(folder.path(), "five words")));
    for (session, text) in (1..).zip(["one", "two", "three", "four", "five"]) {
        say(&mut log, session, text, true, at(0), false);
    }
    for lock in [None, Some(shut(folder.path()))] {
        let mut log = open(folder.path(), lock.clone());
        assert!(locked(&log).iter().all(|locked| *locked == Some(Locked::NoKey)));
        let (id, _) = log.last(at(0)).unwrap().unwrap();
        assert!(log.delete(&[id]).unwrap().is_empty());
        let place = Place::new(folder.path().to_owned(), 24).unwrap().locked_by(lock);
        assert_eq!(place.forget_latest(at(0)).unwrap(), Some(at(0)));
        let told = place.latest(1, at(0)).unwrap_err().to_string();
        assert!(told.contains("heard.db") && told.contains("erase-all"), "{told}");
    }
    assert_eq!(texts(&log, at(0)), ["one"]);
    assert_eq!(open(folder.path(), None).erase_all().unwrap(), 1);
}

#[test]
fn without_the_key_nothing_is_kept_and_it_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path(), Some(shut(folder.path())));
    let mut told = Vec::new();
    for session in 1..=3 {
        let kinds = [
            EventKind::Transcript(Transcript { text: "zanzibarium".into(), ..Transcript::default() }),
            EventKind::Intent(crate::nlu::Intent::unspoken("AddItem")),
            EventKind::SessionEnd { reason: SessionEndReason::Done },
            // One that leads to nothing is counted, and mends nothing.
            EventKind::NoSpeech,
            EventKind::SessionEnd { reason: SessionEndReason::Done },
        ];
        for kind in kinds {
            told.extend(log.see(&Event::new(0, kind).in_session(session), at(0), false));
        }
    }
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].to_string().contains("ENTRENOUS_PASSPHRASE_FILE"), "{}", told[0]);
    assert_eq!(log.counts().unwrap(), Counts::default());
    assert!(!holds(folder.path(), "zanzibarium"));
}

#[test]
fn switched_off_what_is_new_is_in_the_clear_and_what_was_stays_locked() {
    let folder = tempfile::tempdir().unwrap();
    say(&mut open(folder.path(), Some(lock(folder.path(), "five words"))), 1, "before", true, at(0), false);
    let mut log = open(folder.path(), None);
    say(&mut log, 2, "after", true, at(0), false);
    assert_eq!(locked(&log), [Some(Locked::NoKey), None]);
    let place = Place::new(folder.path().to_owned(), 24).unwrap();
    assert_eq!(place.latest(3, at(0)).unwrap()[0].text, "after");
    let told = log.check_key().unwrap_err().to_string();
    assert!(told.contains("`encrypt_with`") && told.contains("erase-all"), "{told}");
}
