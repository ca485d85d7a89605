//! Deleted means that no byte of it is left in the folder.

use std::fs;

use std::sync::Arc;

use super::*;
use crate::clock::ManualClock;
use crate::daemon::History;
use crate::event::{Event, EventKind, Expected, SessionEndReason};
use crate::sound::{Plan, Purpose, Shelf};
use crate::stt::Transcript;

const NOON: i64 = 1_790_000_000;

pub(super) fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(NOON + hours * 3_600).unwrap()
}

pub(super) fn say(log: &mut Log, session: u64, text: &str, understood: bool, now: Timestamp, guests: bool) {
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
pub(super) fn holds(folder: &Path, text: &str) -> bool {
    crate::privacy::around::kept(folder)
        .iter()
        .any(|file| fs::read(&file.path).unwrap().windows(text.len()).any(|bytes| bytes == text.as_bytes()))
}

pub(super) fn texts(log: &Log, now: Timestamp) -> Vec<String> {
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
    assert!(log.delete(&[first.id]).unwrap().is_empty());
    assert_eq!(log.delete(&[first.id, first.id + 1]).unwrap(), [first.id], "all or none");
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

#[test]
fn in_a_silent_house_what_is_old_goes_too() {
    let folder = tempfile::tempdir().unwrap();
    let clock = ManualClock::at(at(0).to_zoned_datetime(jiff::tz::TimeZone::UTC));
    let mut log = Log::open(folder.path(), 24).unwrap();
    say(&mut log, 1, "silentium", true, at(0), false);
    let mut keeper = Keeper::new(Some(log), None, Arc::new(clock.clone()));
    for _ in 0..23 {
        clock.advance_ms(3_600_000);
        assert!(keeper.look().is_none());
    }
    assert!(holds(folder.path(), "silentium"));
    clock.advance_ms(3_600_000);
    assert!(keeper.look().is_none());
    assert!(!holds(folder.path(), "silentium"));
}

/// A clock that is far ahead deletes early: rather too little is kept than too much.
#[test]
fn a_clock_that_is_far_ahead_deletes_everything() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::open(folder.path(), 24).unwrap();
    say(&mut log, 1, "early", true, at(0), false);
    assert!(log.look(at(24 * 365 * 70)).is_none());
    assert!(!holds(folder.path(), "early"));
    say(&mut log, 2, "after it was set right", true, at(1), false);
    assert_eq!(texts(&log, at(1)), ["after it was set right"]);
}

#[test]
fn what_is_about_the_history_leaves_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::open(folder.path(), 24).unwrap();
    let mut see = |kind| assert!(log.see(&Event::new(0, kind).in_session(1), at(0), false).is_none());
    let said = |text: &str| EventKind::Transcript(Transcript { text: text.into(), ..Transcript::default() });
    let meant = |intent| EventKind::Intent(crate::nlu::Intent::unspoken(intent));
    let reply = |text: &str| EventKind::Reply { text: text.into(), language: "en".into(), slow: false };
    // One session with a command, and a further one that is about it.
    see(said("quinoa"));
    see(meant("AddItem"));
    see(EventKind::Listen { patience_ms: 1, expects: Expected::Command, options: Vec::new() });
    assert!(holds(folder.path(), "quinoa"), "a further command finds it kept");
    see(said("what did you hear"));
    see(meant(QUIET[0]));
    see(reply("I heard quinoa"));
    see(EventKind::SessionEnd { reason: SessionEndReason::Done });
    assert_eq!(texts(&log, at(0)), ["quinoa"]);
    assert!(log.unheard().unwrap().is_empty());
    let place = Place::new(folder.path().to_owned(), 24).unwrap();
    assert_eq!(place.forget_latest(at(0)).unwrap(), Some(at(0)));
    assert_eq!(place.forget_latest(at(0)).unwrap(), None);
    assert!(!holds(folder.path(), "quinoa"));
    assert!(Place::new(folder.path().to_owned(), 0).is_none());
}

/// As on a disk that is full: `SQLite` gives the same error where a file may not grow.
#[test]
fn a_full_disk_is_told_once_and_again_when_it_was_free_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::open(folder.path(), 24).unwrap();
    let words = "word ".repeat(4_000);
    let end = |log: &mut Log, session| {
        let kinds = [
            EventKind::Transcript(Transcript { text: words.clone(), ..Transcript::default() }),
            EventKind::Intent(crate::nlu::Intent::unspoken("AddItem")),
            EventKind::SessionEnd { reason: SessionEndReason::Done },
        ];
        let told = kinds.map(|kind| log.see(&Event::new(0, kind).in_session(session), at(0), false));
        told.into_iter().flatten().map(|error| error.to_string()).collect::<Vec<_>>()
    };
    log.limit_pages(4).unwrap();
    let told = end(&mut log, 1);
    println!("{told:?}");
    assert!(told.len() == 1 && told[0].contains("free some space"), "{told:?}");
    assert_eq!(end(&mut log, 2), Vec::<String>::new());
    log.limit_pages(1_000).unwrap();
    assert_eq!(end(&mut log, 3), Vec::<String>::new());
    assert_eq!(log.entries(at(0)).unwrap().len(), 1);
    log.limit_pages(1).unwrap();
    assert_eq!(end(&mut log, 4).len(), 1);
}

#[test]
fn its_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let _log = Log::open(&data, 24).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&data), mode(&file_in(&data))), (0o700, 0o600));
}

/// Puts a recording on the shelf, as of then.
fn record(folder: &Path, entry: Option<i64>, now: Timestamp) {
    let shelf = Shelf::of(folder);
    let mut pool = crate::sound::Pool::open(shelf.folder(), 1).unwrap();
    let slot = pool.write(b"a voice".map(i16::from).as_slice()).unwrap().unwrap();
    let file = crate::sound::pool::name(1, slot);
    let began = now.to_zoned_datetime(jiff::tz::TimeZone::UTC);
    shelf.keep(&[(Purpose::Commands, file)], &began, entry).unwrap();
    crate::sound::pool::clear(shelf.folder()).unwrap();
}

fn recordings(folder: &Path) -> Vec<Option<i64>> {
    Shelf::of(folder).all().unwrap().into_iter().map(|sound| sound.entry).collect()
}

#[test]
fn what_was_said_last_is_forgotten_with_its_sound_or_is_sound_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::open(folder.path(), 24).unwrap();
    let place = Place::new(folder.path().to_owned(), 24).unwrap();
    for (hour, text) in [(0, "one"), (2, "two")] {
        say(&mut log, hour as u64, text, true, at(hour), false);
        record(folder.path(), log.written(), at(hour));
    }
    // It was not understood.
    record(folder.path(), None, at(3));
    assert_eq!(recordings(folder.path()), [Some(1), Some(2), None]);
    assert_eq!(place.recordings().unwrap(), 3);
    assert_eq!(place.forget_latest(at(4)).unwrap(), Some(at(3)));
    assert_eq!((texts(&log, at(4)).len(), recordings(folder.path())), (2, vec![Some(1), Some(2)]));
    assert_eq!(place.forget_latest(at(4)).unwrap(), Some(at(2)));
    assert_eq!((texts(&log, at(4)), recordings(folder.path())), (vec!["one".to_owned()], vec![Some(1)]));
    // Where no text is kept there is sound alone.
    let sound = Place::of_sound(folder.path().to_owned());
    assert!(sound.latest(3, at(4)).unwrap().is_empty());
    assert_eq!(sound.forget_latest(at(4)).unwrap(), Some(at(0)));
    assert_eq!(sound.forget_latest(at(4)).unwrap(), None);
}

#[test]
fn a_day_is_forgotten_with_its_sound() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::open(folder.path(), 240).unwrap();
    for (hour, text) in [(0, "old"), (30, "new")] {
        say(&mut log, hour as u64, text, true, at(hour), false);
        record(folder.path(), log.written(), at(hour));
        record(folder.path(), None, at(hour));
    }
    // Of a command whose text is over, and of one that began before midnight.
    record(folder.path(), Some(77), at(1));
    say(&mut log, 9, "over midnight", true, at(30), false);
    record(folder.path(), log.written(), at(20));
    let place = Place::new(folder.path().to_owned(), 240).unwrap();
    assert_eq!(place.forget_since(at(24)).unwrap(), 3, "two commands, and one that was not understood");
    assert_eq!(recordings(folder.path()), [Some(1), None, Some(77)]);
    assert_eq!(Place::of_sound(folder.path().to_owned()).forget_since(at(0)).unwrap(), 1);
    assert!(recordings(folder.path()).is_empty());
}

/// As in a living house: the desk follows the same events.
#[test]
fn sound_belongs_to_the_command_that_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::open(folder.path(), 24).unwrap();
    let noon = at(0).to_zoned_datetime(jiff::tz::TimeZone::UTC);
    let clock = ManualClock::at(noon.clone());
    let plan = Plan { wake: None, commands: Some(noon.date().tomorrow().unwrap()) };
    let shelf = Shelf::of(folder.path());
    let mut pool = crate::sound::Pool::open(shelf.folder(), 1).unwrap();
    let desk = crate::sound::Desk::new(shelf, plan);
    let mut keeper = Keeper::new(Some(log), Some(desk), Arc::new(clock.clone()));
    assert!(keeper.sound().commands && !keeper.sound().wake);
    let mut speak = |keeper: &mut Keeper, session, intent: Option<&str>| {
        let slot = pool.write(&[1; 100]).unwrap().unwrap();
        let file = crate::sound::pool::name(1, slot);
        let kept = EventKind::SoundKept { purpose: Purpose::Commands, file };
        let said = EventKind::Transcript(Transcript { text: "quinoa".into(), ..Transcript::default() });
        let meant = intent.map(|intent| EventKind::Intent(crate::nlu::Intent::unspoken(intent)));
        let end = EventKind::SessionEnd { reason: SessionEndReason::Done };
        for kind in [Some(kept), Some(said), meant, Some(end)].into_iter().flatten() {
            assert_eq!(keeper.see(&Event::new(0, kind).in_session(session), false), None);
        }
    };
    speak(&mut keeper, 1, Some("AddItem"));
    clock.advance_ms(60_000);
    speak(&mut keeper, 2, None);
    clock.advance_ms(60_000);
    speak(&mut keeper, 3, Some(QUIET[0]));
    assert_eq!(recordings(folder.path()), [Some(1), None]);
    // The text is over after a day, and with it its sound; the day after that, all.
    clock.set(at(24).to_zoned_datetime(jiff::tz::TimeZone::UTC));
    assert_eq!(keeper.look(), None);
    assert_eq!(recordings(folder.path()), [None]);
    clock.set(at(48).to_zoned_datetime(jiff::tz::TimeZone::UTC));
    assert_eq!((keeper.look(), keeper.sound()), (None, crate::sound::Purposes::NONE));
    assert!(recordings(folder.path()).is_empty());
}
