//! The history of commands on the command line: shown, deleted, and then nowhere in the data folder.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use entrenous::event::{Event, EventKind, SessionEndReason};
use entrenous::heard::Log;
use entrenous::nlu::Intent;
use entrenous::privacy::around;
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
