//! The store as a whole, and sessions with a scripted microphone.

use std::collections::VecDeque;
use std::io;
use std::os::unix::fs::PermissionsExt;

use super::session::{Choice, Chooser, Outcome, record, sentences, shipped};
use super::*;
use crate::audio::TestSpeaker;
use crate::studio::doubles::session;
use crate::testing::{silence, syllables};

fn now() -> Timestamp {
    "2026-11-26T12:00:00Z".parse().expect("a time")
}

/// A shelf with so many recordings that are listened to, and a consent.
fn shelf(data: &Path, recordings: usize) -> Shelf {
    let mut shelf = Shelf::change(data).expect("a shelf");
    shelf.agree("en", About::default(), now()).expect("a consent");
    for i in 0..recordings {
        let sound = [silence(300), syllables(1_000 + 100 * i as u64), silence(300)].concat();
        shelf.add(&sound, &format!("Sentence number {i}."), "en", true, now()).expect("kept");
    }
    shelf
}

struct Script(VecDeque<&'static str>);

impl Chooser for Script {
    fn choose(&mut self) -> io::Result<Option<String>> {
        Ok(self.0.pop_front().map(str::to_owned))
    }
}

/// A session over three sentences.
fn run(takes: &[Vec<i16>], answers: &[&'static str], language: &str) -> (Outcome, Vec<String>, Shelf) {
    let data = tempfile::tempdir().expect("a folder");
    let sentences = ["One sentence.", "Another one.", "The last of them."].map(str::to_owned);
    let mut chooser = Script(answers.iter().copied().collect());
    let (outcome, seen) = session(takes, language, &mut TestSpeaker::default(), |studio| {
        let open = || Shelf::change(data.path());
        record(studio, &mut chooser, &sentences, "en", &open, &now).expect("a session")
    });
    (outcome, seen.lines, Shelf::look(data.path()).expect("a shelf"))
}

fn said(ms: u64) -> Vec<i16> {
    [silence(700), syllables(ms)].concat()
}

#[test]
fn sentences_are_recorded_listened_to_and_kept() {
    let takes = [said(2_000), said(1_500), said(1_800), said(2_500)];
    let (outcome, lines, shelf) = run(&takes, &["l", "keep", "a", "what?", "k", "s"], "en");
    assert_eq!(outcome, Outcome { kept: vec![1, 2], skipped: 1 });
    let kept: Vec<_> = shelf.index.donations.iter().map(|d| (d.sentence.as_str(), d.heard)).collect();
    assert_eq!(kept, [("One sentence.", true), ("Another one.", false)]);
    // Without the silent ends, and the second try of the second sentence.
    assert!((1_900..2_700).contains(&shelf.index.donations[0].ms), "{}", shelf.index.donations[0].ms);
    assert!(lines.iter().any(|line| line.contains("2 / 3") && line.contains("Another one.")), "{lines:?}");
}

#[test]
fn bad_recordings_are_asked_for_again_and_then_passed_over() {
    let louder: Vec<i16> = syllables(2_000).iter().map(|s| s.saturating_mul(100)).collect();
    let louder = [silence(700), louder].concat();
    let takes = [silence(9_000), louder, said(17_000), syllables(2_000), said(2_000), said(1_500)];
    let (outcome, lines, _) = run(&takes, &["g", "q"], "fr");
    // The first sentence fails four times; the second is kept.
    assert_eq!(outcome.kept, [1], "{lines:?}");
    for part in
        ["personne n'y parle", "écrêté", "plus long que 15 s", "attendez le bip. On passe", "Gardé : 1"]
    {
        assert!(lines.iter().any(|line| line.contains(part)), "{part}: {lines:?}");
    }
}

#[test]
fn a_session_ends_when_asked_or_when_nobody_answers() {
    for answers in [&["quit"][..], &[]] {
        let (outcome, _, shelf) = run(&[said(2_000)], answers, "en");
        assert!(outcome.kept.is_empty() && shelf.index.donations.is_empty());
    }
    assert_eq!(Choice::of("E", true), Some(Choice::Listen));
    assert_eq!((Choice::of("", false), Choice::of("x", false)), (None, None));
}

#[test]
fn the_sentences_that_come_along_can_be_given() {
    for locale in ["en", "fr"] {
        let all = sentences(shipped(locale).expect("sentences")).expect("sentences");
        assert!(all.len() >= 24, "{locale}");
        assert!(all.iter().all(|s| s.split(' ').count() <= 14 && !s.contains(char::is_numeric)), "{locale}");
    }
    assert!(sentences("fine\n\nsaid \"so\"\n").expect_err("a sign").to_string().contains("line 3"));
    assert_eq!(sentences("# no\n tab\tand  space \n").expect("one"), ["tab and space"]);
}

#[test]
fn only_what_was_listened_to_and_agreed_to_is_confirmed() {
    let data = tempfile::tempdir().expect("a folder");
    let mut shelf = Shelf::change(data.path()).expect("a shelf");
    let number = shelf.add(&syllables(1_000), "A sentence.", "en", false, now()).expect("kept");
    assert!(
        shelf
            .confirm(&[number], false, now())
            .expect_err("no consent")
            .to_string()
            .contains("donate consent")
    );
    shelf.agree("fr", About::default(), now()).expect("a consent");
    assert!(
        shelf.confirm(&[number], false, now()).expect_err("unheard").to_string().contains("donate play 1")
    );
    shelf.heard(number).expect("heard");
    shelf.confirm(&[number], false, now()).expect("confirmed");
    // What is cut is another recording.
    shelf.keep_part(number, &syllables(700)).expect("cut");
    let cut = shelf.donation(number).expect("it");
    assert_eq!((cut.heard, cut.confirmed.is_some(), cut.ms), (false, false, 700));
    // A text that was changed afterwards is not what was agreed to.
    shelf.index.receipts[0].text.push_str("And more.");
    assert!(shelf.consent().is_err());
}

#[test]
fn what_is_withdrawn_is_gone_and_its_number_too() {
    let data = tempfile::tempdir().expect("a folder");
    let mut shelf = shelf(data.path(), 3);
    let folder = data.path().join("out");
    shelf.confirm(&[1, 2, 3], false, now()).expect("confirmed");
    let export = export::export(&mut shelf, &folder, false, now()).expect("exported");
    shelf.withdraw(&[3]).expect("withdrawn");
    assert!(!shelf.file(3).exists() && shelf.file(2).exists());
    assert!(shelf.withdraw(&[3]).is_err());
    assert_eq!(shelf.add(&syllables(900), "New.", "en", false, now()).expect("kept"), 4);
    let told = words::exported(&[&export], &[3], false);
    assert!(told.contains(&export.client_id) && told.contains(&export.clips[2].1), "{told}");
    assert!(!told.contains(&export.clips[0].1), "{told}");
    shelf.withdraw_all(now()).expect("withdrawn");
    assert!(shelf.consent().expect("receipts").is_none() && shelf.index.exports == [export]);
    assert_eq!(fs::read_dir(data.path().join("donate/recordings")).expect("a folder").count(), 0);
    // No sentence and no sound is left.
    let text = fs::read_to_string(index::file(shelf.folder())).expect("an index");
    assert!(!text.contains("Sentence number"), "{text}");
}

#[test]
fn an_export_that_fails_leaves_nothing() {
    let data = tempfile::tempdir().expect("a folder");
    let mut shelf = shelf(data.path(), 2);
    let folder = data.path().join("out");
    assert!(export::export(&mut shelf, &folder, false, now()).is_err(), "nothing is confirmed");
    shelf.confirm(&[1, 2], false, now()).expect("confirmed");
    fs::remove_file(shelf.file(2)).expect("gone");
    assert!(export::export(&mut shelf, &folder, false, now()).is_err());
    assert!(!folder.exists());
    assert!(Shelf::look(data.path()).expect("a shelf").index.exports.is_empty());
    // A folder that was there stays.
    fs::create_dir(&folder).expect("a folder");
    assert!(export::export(&mut shelf, &folder, false, now()).is_err());
    assert_eq!(fs::read_dir(&folder).expect("it").count(), 0);
}

#[test]
fn exports_have_nothing_in_common() {
    let data = tempfile::tempdir().expect("a folder");
    let mut shelf = shelf(data.path(), 2);
    shelf.confirm(&[1, 2], false, now()).expect("confirmed");
    let first = export::export(&mut shelf, &data.path().join("a"), false, now()).expect("exported");
    let again =
        export::export(&mut shelf, &data.path().join("b"), false, now()).expect_err("exported before");
    assert!(again.to_string().contains("--again"), "{again}");
    let second = export::export(&mut shelf, &data.path().join("b"), true, now()).expect("exported");
    assert_eq!(first.client_id.len(), 128);
    assert_ne!(first.client_id, second.client_id);
    assert!(first.clips.iter().all(|(_, name)| second.clips.iter().all(|(_, other)| name != other)));
    // After a withdrawal nothing is exported under the old consent.
    shelf.withdraw_all(now()).expect("withdrawn");
    shelf.add(&syllables(1_000), "Another.", "en", true, now()).expect("kept");
    assert!(export::export(&mut shelf, &data.path().join("c"), false, now()).is_err());
}

#[test]
fn nobody_else_can_look() {
    let data = tempfile::tempdir().expect("a folder");
    let shelf = shelf(data.path(), 1);
    let mode = |path: &Path| fs::metadata(path).expect("it").permissions().mode() & 0o777;
    for folder in [shelf.folder(), &shelf.folder().join("recordings")] {
        assert_eq!(mode(folder), 0o700);
    }
    for file in [shelf.file(1), index::file(shelf.folder()), shelf.folder().join("lock")] {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn what_was_interrupted_is_made_up_for_and_damage_is_told() {
    let data = tempfile::tempdir().expect("a folder");
    let mut first = shelf(data.path(), 1);
    // Written, and not noted.
    fs::write(first.file(7), b"RIFF").expect("a file");
    first.heard(1).expect("heard");
    assert!(!first.file(7).exists() && first.file(1).exists());
    let file = index::file(first.folder());
    drop(first);
    fs::write(&file, "{").expect("a file");
    assert!(Shelf::change(data.path()).map(|_| ()).expect_err("damaged").to_string().contains("damaged"));
    fs::remove_file(&file).expect("gone");
    assert!(Shelf::change(data.path()).map(|_| ()).expect_err("gone").to_string().contains("is gone"));
    assert!(data.path().join("donate/recordings/0001.wav").exists());
}

#[test]
fn what_would_break_the_table_is_refused() {
    let data = tempfile::tempdir().expect("a folder");
    let mut shelf = Shelf::change(data.path()).expect("a shelf");
    let mut add = |sentence: &str, locale: &str| shelf.add(&syllables(900), sentence, locale, false, now());
    for (sentence, locale) in
        [("", "en"), ("…", "en"), ("a \"b\"", "en"), ("a\u{7}b", "en"), ("a", "EN"), ("a", "e"), ("a", "en-")]
    {
        assert!(add(sentence, locale).is_err(), "{sentence:?} {locale:?}");
    }
    assert!(add(&"a".repeat(300), "en").is_err());
    add("Ne\u{301}\tun", "pt-BR").expect("kept");
    assert_eq!(shelf.donation(1).expect("it").sentence, "Né un");
    let accents = Some("a \"b\"".to_owned());
    assert!(shelf.agree("en", About { accents, ..About::default() }, now()).is_err());
}
