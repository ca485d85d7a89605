//! The history of commands on the command line: shown, deleted, and then nowhere in the data folder.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use entrenous::clock::ManualClock;
use entrenous::event::{Event, EventKind, SessionEndReason};
use entrenous::heard::{Log, Place};
use entrenous::home::Home;
use entrenous::household::{Household, shipped_sentences};
use entrenous::mind::Mind;
use entrenous::nlu::Intent;
use entrenous::privacy::around;
use entrenous::sound::{Pool, Purpose, Shelf, pool};
use entrenous::store::MemoryStore;
use entrenous::stt::Transcript;
use jiff::Timestamp;

use crate::support::Program;

/// A program whose household has said these, just now.
pub fn said(program: Program, texts: &[&str]) -> Program {
    let mut log = Log::open(&program.folder().join("data"), 24).expect("a history");
    for (session, text) in (1..).zip(texts) {
        let kinds = [
            EventKind::Transcript(Transcript { text: (*text).into(), ..Transcript::default() }),
            EventKind::Intent(Intent::unspoken("HassNevermind")),
            EventKind::Reply { text: format!("So it is: {text}."), language: "en".into(), slow: false },
            EventKind::SessionEnd { reason: SessionEndReason::Done },
        ];
        for kind in kinds {
            let error = log.see(&Event::new(0, kind).in_session(session), Timestamp::now(), false);
            assert!(error.is_none(), "{error:?}");
        }
    }
    program
}

/// Whether any byte of any file in the data folder says this.
pub fn holds(program: &Program, text: &str) -> bool {
    around::kept(&program.folder().join("data"))
        .iter()
        .any(|file| fs::read(&file.path).expect("a file").windows(text.len()).any(|it| it == text.as_bytes()))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

#[test]
fn shown_deleted_exported_and_erased() {
    let program = said(Program::new(), &["zanzibarium", "quinquireme", "nasturtium"]);
    let listed = program.run(["heard", "list"]).ok();
    assert!(listed.contains("zanzibarium") && listed.contains("kept for 24 h"), "{listed}");
    let shown = program.run(["heard", "show", "2"]).ok();
    assert!(shown.contains("\"quinquireme\"") && !shown.contains("nasturtium"), "{shown}");

    let export = program.folder().join("export.jsonl");
    fs::write(&export, "an older one, which is longer than what is written into it now".repeat(20)).unwrap();
    fs::set_permissions(&export, fs::Permissions::from_mode(0o644)).unwrap();
    program.run(["heard", "export", "export.jsonl"]).ok();
    let lines = fs::read_to_string(&export).unwrap();
    assert_eq!((lines.lines().count(), mode(&export)), (3, 0o600), "{lines}");

    assert_eq!(program.run(["heard", "delete"]).code(), 2);
    let refused = program.run(["heard", "delete", "2", "77"]);
    assert!(refused.code() != 0 && refused.stderr().contains("77"), "{}", refused.stderr());
    assert!(refused.stdout().is_empty() && holds(&program, "quinquireme"), "none is deleted");
    program.run(["heard", "delete", "2", "2"]).ok();
    assert!(!holds(&program, "quinquireme") && holds(&program, "zanzibarium"));

    let refused = program.run(["heard", "erase-all"]);
    assert!(refused.code() != 0 && refused.stderr().contains("--yes"), "{}", refused.stderr());
    assert!(holds(&program, "zanzibarium"));
    program.run(["heard", "erase-all", "--yes"]).ok();
    assert!(!holds(&program, "zanzibarium") && !holds(&program, "nasturtium"));
    let program = program.config("language = \"fr\"");
    assert!(program.run(["heard", "list"]).ok().contains("rien n'est gardé"));
}

/// Sound that is found again in a file.
const PATTERN: &str = "ZANZIBAR";

/// A recording of a command of the household, as a running assistant puts it on the shelf.
fn recorded(program: &Program, purpose: Purpose, entry: Option<i64>, time: &str) {
    let shelf = Shelf::of(&program.folder().join("data"));
    let mut pool = Pool::open(shelf.folder(), 1).expect("a pool");
    let samples: Vec<i16> =
        PATTERN.as_bytes().chunks(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    let slot = pool.write(&samples.repeat(4_000)).expect("a recording").expect("a file");
    let began = format!("2026-11-24T{time}+00:00[UTC]").parse().expect("a time");
    shelf.keep(&[(purpose, pool::name(1, slot))], &began, entry).expect("it is kept");
    pool::clear(shelf.folder()).expect("an empty pool");
}

#[test]
fn sound_is_listed_exported_and_deleted_with_its_command() {
    let day = jiff::ZonedDateTime::now().date().tomorrow().expect("a day");
    let settings = format!("[privacy.keep_sound]\nwake = {day}\ncommands = {day}\n");
    let program = said(Program::new().config(&settings), &["zanzibarium", "quinquireme", "nasturtium"]);
    for (purpose, entry, time) in [
        (Purpose::Commands, Some(1), "10:00:00"),
        (Purpose::Wake, Some(2), "11:00:00"),
        (Purpose::Commands, Some(2), "11:00:00"),
        (Purpose::Wake, None, "12:00:00"),
    ] {
        recorded(&program, purpose, entry, time);
    }
    let listed = program.run(["heard", "list"]).ok();
    assert_eq!(listed.matches("(with sound)").count(), 2, "{listed}");
    assert!(listed.contains("and so is their sound") && listed.contains("recordings: 4"), "{listed}");
    assert!(
        program
            .run(["heard", "show", "1"])
            .ok()
            .contains("\"sound\":[\"commands/2026-11-24_10-00-00+0000_1.wav\"]")
    );
    let sounds = program.run(["heard", "sounds"]).ok();
    assert!(sounds.lines().count() == 4 && sounds.contains("1.0 s  1: zanzibarium"), "{sounds}");

    let refused = |args: &[&str], part: &str| {
        let run = program.run([&["heard"], args].concat());
        assert!(run.code() == 2 && run.stderr().contains(part), "{args:?}: {}", run.stderr());
    };
    refused(&["play", "3"], "there is no sound of command 3");
    refused(&["play", "yesterday"], "there is no recording `yesterday`");
    refused(&["delete", "2", "yesterday"], "there is no recording `yesterday`");

    program.run(["heard", "export", "mine.jsonl"]).ok();
    let copy = program.folder().join("mine.sound/commands/2026-11-24_10-00-00+0000_1.wav");
    assert_eq!((fs::metadata(&copy).expect("a copy").len(), mode(&copy)), (44 + 32_000, 0o600));
    refused(&["export", "mine.jsonl"], "something is in it");

    // By the hour.
    let left = || -> Vec<String> {
        let listed = program.run(["heard", "sounds"]).ok();
        let recordings = listed.lines().filter(|line| line.starts_with("2026-"));
        recordings.map(|line| line[11..13].to_owned()).collect()
    };
    program.run(["heard", "delete", "2"]).ok();
    assert_eq!(left(), ["10", "12"]);
    program.run(["heard", "delete", "2026-11-24_12-00-00+0000"]).ok();
    assert_eq!(left(), ["10"]);
    assert!(holds(&program, PATTERN));
    let told = program.run(["ask", "what did you hear"]).ok();
    assert!(told.contains("I have kept one recording"), "{told}");
    program.run(["ask", "forget that"]).ok();
    assert_eq!(left(), ["10"], "it was not the last one");
    program.run(["ask", "forget that"]).ok();
    assert!(left().is_empty() && !holds(&program, PATTERN));

    recorded(&program, Purpose::Wake, None, "13:00:00");
    assert!(program.run(["heard", "erase-all", "--yes"]).ok().contains("0 commands and 1 recordings"));
    assert!(!holds(&program, PATTERN));
    // What is kept for a purpose that is not asked for any more goes when anybody looks.
    recorded(&program, Purpose::Wake, None, "14:00:00");
    let program = program.config("");
    assert!(program.run(["heard", "list"]).ok().contains("commands would be for 24 h"));
    assert!(!holds(&program, PATTERN) && !program.folder().join("data/sound").exists());
}

#[test]
fn files_that_others_could_read_are_mended() {
    let program = said(Program::new(), &["zanzibarium"]);
    program.run(["ask", "never mind"]).ok();
    let data = program.folder().join("data");
    assert_eq!(mode(&data), 0o700);
    let files = [data.join("heard.db"), data.join("entrenous.db")];
    for file in &files {
        assert_eq!(mode(file), 0o600, "{}", file.display());
        fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
    }
    program.run(["heard", "list"]).ok();
    program.run(["ask", "never mind"]).ok();
    for file in &files {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
}

#[test]
fn by_voice_as_text() {
    let program = said(Program::new(), &["zanzibarium", "quinquireme"]);
    let told = program.run(["ask", "what did you hear"]).ok();
    assert!(told.contains("I heard “quinquireme” at") && told.contains("and “zanzibarium” at"), "{told}");
    let told = program.run(["ask", "--language", "fr", "oublie ça"]).ok();
    assert!(told.contains("J'ai oublié ce qui a été dit à"), "{told}");
    assert!(!holds(&program, "quinquireme") && holds(&program, "zanzibarium"));

    // Nothing of what is forgotten can be undone or said again.
    let talk = |program: &Program, lines: &str| {
        let mut command = program.command();
        let mut chat =
            command.arg("chat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("chat");
        chat.stdin.take().expect("a pipe").write_all(lines.as_bytes()).expect("somebody listens");
        String::from_utf8(chat.wait_with_output().expect("it ends").stdout).expect("text")
    };
    let lines =
        "turn on the kitchen light\nforget everything today\nno\nforget everything today\nyes\nundo that\n";
    let said = talk(&program, lines);
    assert!(said.contains("Shall I forget everything") && said.contains("All right"), "{said}");
    assert!(said.contains("forgotten one command of today") && said.contains("nothing to undo"), "{said}");
    assert!(!holds(&program, "zanzibarium"));
    // While something is asked, it means never mind.
    let program = self::said(program, &["nasturtium"]);
    talk(&program, "set a timer\nforget that\n");
    assert!(holds(&program, "nasturtium"));

    let program = program.config("[privacy]\nkeep_hours = 0\n");
    let told = program.run(["ask", "what did you hear"]).ok();
    assert!(told.contains("I keep nothing of what is said"), "{told}");
}

/// The events of a running house, as the history sees them.
#[test]
fn forgetting_leaves_no_entry_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = ManualClock::at("2026-11-24T10:05:00[Europe/Paris]".parse().expect("a time"));
    let files = shipped_sentences("en");
    let household = Household::from_parts("en", Home::demo(), &files, None).expect("a household");
    let mut mind =
        Mind::new(household, Box::new(MemoryStore::default()), Arc::new(clock.clone())).expect("a mind");
    mind.remember_by(Place::new(folder.path().to_owned(), 24).map(|place| Box::new(place) as _));
    let mut log = Log::open(folder.path(), 24).expect("a history");
    let now = entrenous::clock::Clock::now(&clock).timestamp();
    let mut session = 0;
    let mut say = |text: &str| {
        session += 1;
        let heard = EventKind::Transcript(Transcript { text: text.into(), ..Transcript::default() });
        let heard = Event::new(0, heard).in_session(session);
        let mut came = vec![heard.clone()];
        mind.handle(&heard, &mut |event| came.push(event));
        for event in &came {
            assert!(log.see(event, now, false).is_none());
        }
        let replies = came.into_iter().filter_map(|event| match event.kind {
            EventKind::Reply { text, .. } => Some(text),
            _ => None,
        });
        replies.collect::<Vec<_>>().join(" ")
    };
    let kept = |text: &str| {
        fs::read(folder.path().join("heard.db"))
            .expect("a file")
            .windows(text.len())
            .any(|it| it == text.as_bytes())
    };
    assert!(!say("turn on the kitchen light").is_empty());
    assert_eq!(say("what did you hear"), "I heard “turn on the kitchen light” at 10:05 am.");
    assert!(kept("kitchen light") && !kept("what did you hear"));
    assert_eq!(say("forget that"), "I have forgotten what was said at 10:05 am.");
    assert!(!kept("kitchen") && !kept("forget"));
    assert_eq!(say("turn it off again"), "I do not know what you mean. Say it by its name.");
    assert_eq!(say("what did you hear"), "I heard “turn it off again” at 10:05 am.");
}
