//! Until when sound is kept, where it lies, and that it goes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jiff::ZonedDateTime;
use jiff::civil::{Date, date};

use super::*;
use crate::event::{Event, EventKind, Expected, SessionEndReason};
use crate::nlu::Intent;

const BOTH: Plan = Plan { wake: Some(date(2026, 12, 10)), commands: Some(date(2026, 12, 1)) };

fn at(text: &str) -> ZonedDateTime {
    format!("2026-11-26T{text}+01:00[Europe/Paris]").parse().unwrap()
}

fn purposes(wake: bool, commands: bool) -> Purposes {
    Purposes { wake, commands }
}

#[test]
fn a_purpose_ends_with_its_day() {
    assert_eq!(BOTH.on(date(2026, 11, 26)), purposes(true, true));
    assert_eq!(BOTH.on(date(2026, 12, 1)), purposes(true, true));
    assert_eq!(BOTH.on(date(2026, 12, 2)), purposes(true, false));
    assert_eq!(BOTH.on(date(2026, 12, 11)), Purposes::NONE);
    // A clock that was set far back must not let it last for ever, and deletes nothing.
    assert_eq!(BOTH.on(date(2020, 1, 1)), Purposes::NONE);
    assert!(!BOTH.is_over(Purpose::Wake, date(2020, 1, 1)));
    assert!(BOTH.is_over(Purpose::Wake, date(2099, 1, 1)));
    assert_eq!(Plan::default().on(date(2026, 11, 26)), Purposes::NONE);
    assert!(Plan::default().is_over(Purpose::Wake, date(2026, 11, 26)));
}

/// Lets an ear write a recording of so many samples, and gives the name in its pool.
fn recorded(pool: &mut Pool, samples: usize) -> String {
    pool::name(7, pool.write(&vec![100; samples]).unwrap().unwrap())
}

struct House {
    folder: tempfile::TempDir,
    pool: Pool,
    desk: Desk,
}

impl House {
    fn new(plan: Plan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::of(folder.path());
        let pool = Pool::open(shelf.folder(), 7).unwrap();
        Self { desk: Desk::new(shelf, plan), pool, folder }
    }

    fn shelf(&self) -> Shelf {
        Shelf::of(self.folder.path())
    }

    fn see(&mut self, kind: EventKind, now: &str, guests: bool, entry: Option<i64>) {
        let event = Event::new(0, kind).in_session(1);
        assert!(self.desk.see(&event, &at(now), guests, entry).is_none());
    }

    /// A recording comes.
    fn record(&mut self, purpose: Purpose, now: &str) {
        let file = recorded(&mut self.pool, 8_000);
        self.see(EventKind::SoundKept { purpose, file }, now, false, None);
    }

    fn end(&mut self, now: &str, guests: bool, entry: Option<i64>) {
        self.see(EventKind::SessionEnd { reason: SessionEndReason::Done }, now, guests, entry);
    }

    /// Files of recordings, from the folder of all.
    fn files(&self) -> Vec<String> {
        let of = |sound: Sound| {
            let path = sound.path.strip_prefix(self.shelf().folder()).unwrap().to_owned();
            path.to_str().unwrap().to_owned()
        };
        self.shelf().all().unwrap().into_iter().map(of).collect()
    }

    /// Files of the pool that hold something.
    fn pending(&self) -> usize {
        let inside = fs::read_dir(self.shelf().folder()).unwrap().flatten();
        inside.filter(|entry| entry.metadata().is_ok_and(|file| file.is_file() && file.len() > 0)).count()
    }
}

#[test]
fn what_a_conversation_left_is_named_by_its_beginning_and_its_command() {
    let mut house = House::new(BOTH);
    house.record(Purpose::Wake, "10:00:00");
    house.record(Purpose::Commands, "10:00:02");
    house.record(Purpose::Commands, "10:00:09");
    assert_eq!((house.files().len(), house.pending()), (0, 3));
    house.end("10:00:12", false, Some(12));
    let name = "2026-11-26_10-00-00+0100";
    assert_eq!(
        house.files(),
        [
            format!("wake/{name}_12.wav"),
            format!("commands/{name}_12.wav"),
            format!("commands/{name}_12.2.wav")
        ]
    );
    let first = house.shelf().all().unwrap().remove(0);
    assert_eq!((first.at, first.entry, first.ms()), (at("10:00:00").timestamp(), Some(12), 500));
    assert_eq!(crate::audio::load(&first.path).unwrap(), vec![100; 8_000]);
    // Another one in the same second, which led to nothing.
    house.record(Purpose::Wake, "10:00:00");
    house.end("10:00:00", false, None);
    assert_eq!(house.files().last().unwrap(), "wake/2026-11-26_10-00-01+0100.wav");
    assert_eq!(house.pending(), 0);
}

#[test]
fn a_further_command_has_its_own_recordings() {
    let mut house = House::new(BOTH);
    house.record(Purpose::Commands, "10:00:00");
    let listen = EventKind::Listen { patience_ms: 1, expects: Expected::Command, options: Vec::new() };
    house.see(listen, "10:00:03", false, Some(1));
    assert_eq!(house.files(), ["commands/2026-11-26_10-00-00+0100_1.wav"]);
    house.record(Purpose::Commands, "10:00:06");
    house.end("10:00:09", false, Some(2));
    assert_eq!(house.files().last().unwrap(), "commands/2026-11-26_10-00-06+0100_2.wav");
}

#[test]
fn of_guests_of_forgetting_and_of_what_is_over_nothing_stays() {
    let mut house = House::new(BOTH);
    // Guests come while it lasts, or leave.
    for (before, after) in [(true, false), (false, true)] {
        let file = recorded(&mut house.pool, 8_000);
        house.see(EventKind::SoundKept { purpose: Purpose::Wake, file }, "10:00:00", before, None);
        house.end("10:00:05", after, Some(1));
    }
    house.record(Purpose::Commands, "10:00:00");
    house.see(EventKind::Intent(Intent::unspoken(QUIET)), "10:00:05", false, None);
    house.end("10:00:05", false, None);
    assert_eq!((house.files().len(), house.pending()), (0, 0));

    let mut house = House::new(Plan { commands: Some(date(2026, 11, 25)), ..BOTH });
    house.record(Purpose::Wake, "10:00:00");
    house.record(Purpose::Commands, "10:00:00");
    house.end("10:00:05", false, None);
    assert_eq!((house.files(), house.pending()), (vec!["wake/2026-11-26_10-00-00+0100.wav".into()], 0));
}

const QUIET: &str = crate::heard::QUIET[1];

#[test]
fn sessions_that_never_end_leave_nothing() {
    let mut house = House::new(BOTH);
    for session in 0..40 {
        let kind = EventKind::SoundKept { purpose: Purpose::Wake, file: recorded(&mut house.pool, 100) };
        let event = Event::new(0, kind).in_session(session);
        assert!(house.desk.see(&event, &at("10:00:00"), false, None).is_none());
    }
    assert_eq!(house.pending(), 16);
    house.desk = Desk::new(house.shelf(), BOTH);
    assert_eq!(house.pending(), 0, "nor those that the end of the assistant cut off");
}

#[test]
fn what_is_over_is_deleted_and_commands_go_with_their_text() {
    let mut house = House::new(BOTH);
    for (entry, time) in [(1, "10:00:00"), (2, "11:00:00")] {
        house.record(Purpose::Wake, time);
        house.record(Purpose::Commands, time);
        house.end(time, false, Some(entry));
    }
    house.record(Purpose::Commands, "12:00:00");
    house.end("12:00:00", false, None);
    let look = |house: &mut House, now: &str, left: Option<BTreeSet<i64>>| {
        assert!(house.desk.look(&now.parse().unwrap(), || left).is_none());
        house.files().len()
    };
    assert_eq!(look(&mut house, "2026-11-27T10:00[Europe/Paris]", None), 5, "nobody knows which are left");
    // Not yet: it was looked just now.
    assert_eq!(look(&mut house, "2026-11-27T10:00:30[Europe/Paris]", Some([2].into())), 5);
    assert_eq!(look(&mut house, "2026-11-27T10:01[Europe/Paris]", Some([2].into())), 4);
    assert_eq!(look(&mut house, "2026-12-01T23:59[Europe/Paris]", Some([2].into())), 4);
    assert_eq!(look(&mut house, "2026-12-02T00:00[Europe/Paris]", Some([2].into())), 2);
    assert!(house.files().iter().all(|file| file.starts_with("wake/")));
    // A clock that was set far ahead: rather too little than too much.
    assert_eq!(look(&mut house, "2099-01-01T00:00[Europe/Paris]", Some([2].into())), 0);
}

#[test]
fn with_nothing_to_keep_there_is_no_folder() {
    let house = House::new(BOTH);
    let shelf = house.shelf();
    fs::create_dir(shelf.folder().join("wake")).unwrap();
    fs::write(shelf.folder().join("wake/whatever"), "old").unwrap();
    pool::clear(shelf.folder()).unwrap();
    shelf.expire(&Plan::default(), date(2026, 11, 26)).unwrap();
    assert!(!shelf.folder().exists());
    // And there need not be one.
    pool::clear(shelf.folder()).unwrap();
    shelf.expire(&Plan::default(), date(2026, 11, 26)).unwrap();
    assert!(shelf.all().unwrap().is_empty() && !shelf.folder().exists());
}

#[test]
fn the_oldest_make_room() {
    let mut house = House::new(BOTH);
    for time in ["10:00:00", "11:00:00", "12:00:00"] {
        house.record(Purpose::Wake, time);
        house.end(time, false, None);
    }
    let one = house.shelf().all().unwrap()[0].bytes;
    house.shelf().make_room(2 * one).unwrap();
    assert_eq!(house.files(), ["11", "12"].map(|hour| format!("wake/2026-11-26_{hour}-00-00+0100.wav")));
    house.shelf().make_room(2 * one).unwrap();
    assert_eq!(house.files().len(), 2);
}

#[test]
fn what_is_no_recording_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::of(folder.path());
    let mut pool = Pool::open(shelf.folder(), 7).unwrap();
    let file = recorded(&mut pool, 100);
    let good = fs::read(shelf.folder().join(&file)).unwrap();
    let mut lying = good.clone();
    lying[40] ^= 1;
    for bytes in
        [&lying[..], &good[..40], &good[..243], &[good.clone(), vec![0; 2]].concat(), b"", b"#!/bin/sh"]
    {
        let path = shelf.folder().join(&file);
        fs::write(&path, bytes).unwrap();
        let error = shelf.keep(&[(Purpose::Wake, file.clone())], &at("10:00:00"), None).unwrap_err();
        assert!(error.to_string().contains("no recording"), "{error}");
        assert!(!path.exists() && shelf.all().unwrap().is_empty());
    }
    std::os::unix::fs::symlink("/etc/passwd", shelf.folder().join(&file)).unwrap();
    assert!(shelf.keep(&[(Purpose::Wake, file)], &at("10:00:00"), None).is_err());
}

#[test]
fn files_are_for_their_owner_alone_and_no_longer_than_half_a_minute() {
    use std::os::unix::fs::PermissionsExt;

    let mut house = House::new(BOTH);
    let file = recorded(&mut house.pool, 40 * 16_000);
    house.see(EventKind::SoundKept { purpose: Purpose::Commands, file }, "10:00:00", false, None);
    house.end("10:00:00", false, None);
    let sound = house.shelf().all().unwrap().remove(0);
    assert_eq!((sound.bytes, sound.ms()), (pool::LONGEST_BYTES, 30_000));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&sound.path), 0o600);
    assert_eq!((mode(sound.path.parent().unwrap()), mode(house.shelf().folder())), (0o700, 0o700));
}

#[test]
fn a_pool_is_used_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut pool = Pool::open(folder.path(), 7).unwrap();
    for slot in 0..pool::SLOTS {
        assert_eq!(pool.write(&[1; 100]).unwrap(), Some(slot));
    }
    assert_eq!(pool.write(&[1; 100]).unwrap(), None);
}

#[test]
fn days_that_can_be_asked_for() {
    assert_eq!(latest(date(2026, 11, 26)), date(2027, 2, 24));
    assert_eq!(latest(Date::MAX), Date::MAX);
}
