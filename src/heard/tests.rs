//! Deleted means that no byte of it is left in the folder.

use std::fs;

use super::*;
use crate::event::SessionEndReason;
use crate::stt::Transcript;

const NOON: i64 = 1_790_000_000;

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(NOON + hours * 3_600).unwrap()
}

fn say(log: &mut Log, session: u64, text: &str, understood: bool, now: Timestamp, guests: bool) {
    let mut kinds = vec![
        EventKind::Wake { word: "computer".into(), score: 0.9, language: None, area: None },
        EventKind::Transcript(Transcript { text: text.into(), ..Transcript::default() }),
    ];
    if understood {
        kinds.push(EventKind::Intent(crate::nlu::Intent::unspoken("AddItem")));
        kinds.push(EventKind::Reply { text: format!("I added {text}."), language: "en".into(), slow: false });
    }
    kinds.push(EventKind::SessionEnd { reason: SessionEndReason::Done });
    for kind in kinds {
        let error = log.see(&Event::new(0, kind).in_session(session), now, guests);
        assert!(error.is_none(), "{error:?}");
    }
}

/// Whether any byte of any file below a folder says this.
fn holds(folder: &Path, text: &str) -> bool {
    crate::privacy::around::kept(folder)
        .iter()
        .any(|file| fs::read(&file.path).unwrap().windows(text.len()).any(|bytes| bytes == text.as_bytes()))
}

fn texts(log: &Log, now: Timestamp) -> Vec<String> {
    log.entries(now).unwrap().into_iter().map(|entry| entry.text).collect()
}

#[test]
fn only_what_was_understood_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::open(folder.path(), 24).unwrap();
    say(&mut log, 1, "quinoa", true, at(0), false);
    say(&mut log, 2, "a private matter", false, at(0), false);
    say(&mut log, 3, "a guests wish", true, at(0), true);
    assert_eq!(texts(&log, at(1)), ["quinoa"]);
    assert_eq!(log.unheard().unwrap().len(), 1);
    assert!(holds(folder.path(), "quinoa"));
    assert!(!holds(folder.path(), "private matter") && !holds(folder.path(), "guests wish"));
}

#[test]
fn an_answer_does_not_hide_what_it_answers() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::open(folder.path(), 24).unwrap();
    for text in ["unlock the front door", "yes"] {
        let heard = Transcript { text: text.into(), ..Transcript::default() };
        log.see(&Event::new(0, EventKind::Transcript(heard)).in_session(1), at(0), false);
    }
    log.see(
        &Event::new(0, EventKind::Intent(crate::nlu::Intent::unspoken("Unlock"))).in_session(1),
        at(0),
        false,
    );
    let end = EventKind::SessionEnd { reason: SessionEndReason::Done };
    log.see(&Event::new(0, end).in_session(1), at(0), false);
    assert_eq!(texts(&log, at(0)), ["unlock the front door; yes"]);
}

#[test]
fn what_is_deleted_is_nowhere_in_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::open(folder.path(), 24).unwrap();
    // Enough for several pages.
    for session in 0..200 {
        say(&mut log, session, &format!("zanzibarium number {session}"), true, at(0), false);
    }
    let first = log.entries(at(0)).unwrap()[0].clone();
    assert!(holds(folder.path(), "zanzibarium number 0"));
    assert!(log.delete(first.id).unwrap() && !log.delete(first.id).unwrap());
    assert!(!holds(folder.path(), "zanzibarium number 0") && holds(folder.path(), "zanzibarium number 7"));
    assert_eq!(log.erase_all().unwrap(), 199);
    assert!(!holds(folder.path(), "zanzibarium"));

    say(&mut log, 1, "expirandum", true, at(0), false);
    assert!(holds(folder.path(), "expirandum"));
    say(&mut log, 2, "later", true, at(25), false);
    assert!(!holds(folder.path(), "expirandum"));
    assert_eq!(texts(&log, at(25)), ["later"]);
}

#[test]
fn a_clock_that_is_set_back_loses_nothing_and_keeps_nothing_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::open(folder.path(), 24).unwrap();
    let years = 24 * 365 * 5;
    say(&mut log, 1, "from the future", true, at(years), false);
    // The clock is set right again.
    assert_eq!(texts(&log, at(0)), ["from the future"]);
    assert_eq!(texts(&log, at(23)), ["from the future"]);
    assert!(texts(&log, at(25)).is_empty());
}

#[test]
fn another_process_deletes_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = Log::open(folder.path(), 24).unwrap();
    say(&mut running, 1, "quinoa", true, at(0), false);
    Log::open(folder.path(), 24).unwrap().erase_all().unwrap();
    assert!(texts(&running, at(0)).is_empty() && !holds(folder.path(), "quinoa"));
    say(&mut running, 2, "oats", true, at(0), false);
    assert_eq!(texts(&running, at(0)), ["oats"]);
}

#[test]
fn a_file_that_is_no_database_is_told_with_the_mend() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(file_in(folder.path()), "this is no database, and long enough to be one").unwrap();
    let error = Log::open(folder.path(), 24).err().unwrap().to_string();
    assert!(error.contains("heard.db"), "{error}");
}
