//! Giving recordings, from the consent to the folder, by the commands; and a strict reader of that folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Program, repository};

const HEADER: &str =
    "client_id\tpath\tsentence\tup_votes\tdown_votes\tage\tgender\taccents\tvariant\tlocale\tsegment";

/// The rows of a folder that is as Common Voice's, and nothing more.
fn strictly(folder: &Path) -> Vec<Vec<String>> {
    let names = |folder: &Path| -> BTreeSet<String> {
        let inside = fs::read_dir(folder).expect("a folder");
        inside.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect()
    };
    assert_eq!(names(folder), ["clips", "validated.tsv"].map(str::to_owned).into());
    let table = String::from_utf8(fs::read(folder.join("validated.tsv")).expect("a table")).expect("UTF-8");
    assert!(table.ends_with('\n') && !table.contains('\r') && !table.contains('"'), "{table}");
    let mut lines = table.lines();
    assert_eq!(lines.next(), Some(HEADER));
    let rows: Vec<Vec<String>> = lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect();
    assert!(!rows.is_empty());
    let hex = |text: &str, digits| text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit());
    for row in &rows {
        assert_eq!(row.len(), 11, "{row:?}");
        assert!(hex(&row[0], 128) && row[0] == rows[0][0], "{row:?}");
        assert!(row[1].strip_suffix(".wav").is_some_and(|name| hex(name, 32)), "{row:?}");
        assert!(!row[2].is_empty() && row[2].trim() == row[2] && !row[2].chars().any(char::is_control));
        assert_eq!((&row[3][..], &row[4][..], &row[8][..], &row[10][..]), ("1", "0", "", ""), "{row:?}");
        wav(&folder.join("clips").join(&row[1]));
    }
    let listed: BTreeSet<String> = rows.iter().map(|row| row[1].clone()).collect();
    assert_eq!(listed.len(), rows.len());
    assert_eq!(names(&folder.join("clips")), listed);
    rows
}

/// A file of a header and sound, at the level of all others.
fn wav(path: &Path) {
    let bytes = fs::read(path).expect("a recording");
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    assert_eq!((&bytes[..4], &bytes[8..16], &bytes[36..40]), (&b"RIFF"[..], &b"WAVEfmt "[..], &b"data"[..]));
    assert_eq!((number(4) as usize, number(40) as usize), (bytes.len() - 8, bytes.len() - 44));
    // PCM, mono, 16 kHz, 16 bits.
    assert_eq!(bytes[16..36], [16, 0, 0, 0, 1, 0, 1, 0, 0x80, 0x3e, 0, 0, 0, 0x7d, 0, 0, 2, 0, 16, 0]);
    let samples: Vec<f64> =
        bytes[44..].chunks_exact(2).map(|b| f64::from(i16::from_le_bytes([b[0], b[1]])) / 32_768.0).collect();
    assert!((8_000..=240_000).contains(&samples.len()), "{} samples", samples.len());
    let power = |samples: &[f64]| samples.iter().map(|s| s * s).sum::<f64>() / samples.len() as f64;
    // Without what is 10 dB below the average.
    let all = power(&samples);
    let loud: Vec<f64> = samples.chunks(256).map(power).filter(|p| *p > all / 10.0).collect();
    let loudness = 10.0 * (loud.iter().sum::<f64>() / loud.len() as f64).log10();
    assert!((loudness + 26.0).abs() < 1.0, "{}: {loudness} dBFS", path.display());
    assert!(samples.iter().all(|s| s.abs() < 0.9), "{}", path.display());
}

/// A program with some recordings of people that come with the project.
fn with_recordings() -> Program {
    let program = Program::new();
    for name in ["1-light.flac", "3-question.flac", "5-timer.flac"] {
        fs::copy(repository("tests/data/demo").join(name), program.folder().join(name)).expect("a recording");
    }
    program
}

#[test]
fn from_consent_to_a_folder_and_back() {
    let program = with_recordings();
    let donate = |args: &[&str]| program.run([&["donate"], args].concat());
    let refused = |args: &[&str], part: &str| {
        let run = donate(args);
        assert!(run.code() > 0 && run.stderr().contains(part), "{args:?}: {}", run.stderr());
    };
    assert!(donate(&["list"]).ok().contains("consent: none"));
    assert!(!program.folder().join("data/donate").exists(), "looking makes nothing");
    for (file, sentence) in [
        ("1-light.flac", "Turn on the light."),
        ("3-question.flac", "A question."),
        ("5-timer.flac", "A timer."),
    ] {
        donate(&["add", file, sentence]).ok();
    }
    refused(&["confirm", "1", "--heard"], "entrenous donate consent");
    let said = donate(&["consent", "--yes", "--age", "thirties", "--accents", "Irish, a little"]).ok();
    assert!(said.contains("CC0") && said.contains("Receipt "), "{said}");
    refused(&["confirm", "1"], "nobody has listened to 1");
    refused(&["export", "out"], "nothing is confirmed");
    donate(&["trim", "1"]).ok();
    donate(&["trim", "2", "--from", "0.1"]).ok();
    refused(&["trim", "2", "--from", "1", "--to", "1.2"], "shorter than 0.5 s");
    donate(&["confirm", "1", "3", "--heard"]).ok();

    assert!(donate(&["export", "out"]).ok().contains("2 recordings"));
    let out = program.folder().join("out");
    let rows = strictly(&out);
    let clip = out.join("clips").join(&rows[0][1]);
    for path in [&out, &out.join("clips"), &out.join("validated.tsv"), &clip] {
        let modified = fs::metadata(path).and_then(|about| about.modified()).expect("a time");
        let since = modified.duration_since(std::time::UNIX_EPOCH).expect("a time");
        assert_eq!(since.as_secs(), 315_532_800, "{}", path.display());
    }
    assert_eq!(
        rows.iter().map(|row| row[2].as_str()).collect::<BTreeSet<_>>(),
        ["A timer.", "Turn on the light."].into()
    );
    assert!(rows.iter().all(|row| (&row[5][..], &row[6][..], &row[7][..], &row[9][..])
        == ("thirties", "", "Irish, a little", "en")));
    refused(&["export", "out"], "exported already");
    refused(&["export", "out", "--again"], "not empty");
    let listed = donate(&["list"]).ok();
    assert!(listed.contains("confirmed; exported to ") && listed.contains("A question.  (new)"), "{listed}");
    let json: Value =
        serde_json::from_str(donate(&["list", "--json"]).ok().lines().next().expect("one")).expect("JSON");
    assert_eq!(json["sentence"], "Turn on the light.");

    let told = donate(&["withdraw", "3"]).ok();
    let clip = &rows.iter().find(|row| row[2] == "A timer.").expect("it")[1];
    assert!(told.contains("1 deleted") && told.contains(clip) && told.contains(&rows[0][0]), "{told}");
    assert!(told.contains("art. 7(3)") && told.contains("still there"), "{told}");
    assert!(!program.folder().join("data/donate/recordings/0003.wav").exists());
    refused(&["play", "3"], "no donation 3");
    let told = donate(&["withdraw", "--all"]).ok();
    assert!(told.contains("2 deleted") && told.contains(clip), "{told}");
    assert!(donate(&["list"]).ok().contains("consent: none"));
    refused(&["withdraw"], "NUMBERS");
}

#[test]
fn the_text_is_shown_and_nobody_there_agrees_to_nothing() {
    let program = Program::new().config("language = \"fr\"");
    let refused = program.run(["donate", "consent"]);
    assert!(refused.stdout().contains("Donner sa voix"), "{}", refused.stdout());
    assert!(refused.code() == 2 && refused.stderr().contains("`--yes`"), "{}", refused.stderr());
    assert!(program.run(["donate", "list"]).ok().contains("aucun"));
    let said = program.run(["donate", "consent", "--yes"]).ok();
    assert!(said.contains("Donner sa voix") && said.contains("Reçu "), "{said}");
    assert!(program.run(["donate", "list"]).ok().contains("donné le"));
    assert!(program.run(["donate", "withdraw", "--all"]).ok().contains("retiré"));
}

#[test]
fn bad_input_is_explained() {
    let program = with_recordings().file("own.txt", "Said \"so\".\n").file("no.wav", "RIFF");
    for (args, part) in [
        (&["add", "none.wav", "A sentence."][..], "none.wav"),
        (&["add", "no.wav", "A sentence."], "not a recording"),
        (&["add", "1-light.flac", "\"Quoted\""], "quotation marks"),
        (&["add", "1-light.flac", "A sentence.", "--locale", "English"], "no language"),
        (&["trim", "1"], "donation 1"),
        (&["trim", "1", "--from", "x"], "write seconds"),
        (&["consent", "--yes", "--age", "34"], "possible values"),
        (&["record", "--sentences", "own.txt"], "line 1"),
        (&["record", "--locale", "de"], "--sentences FILE"),
    ] {
        let run = program.run([&["donate"], args].concat());
        assert!(run.code() > 0 && run.stderr().contains(part), "{args:?}: {}", run.stderr());
    }
}

/// What was exported is what `eval transcripts` reads.
#[cfg(feature = "pocketsphinx")]
#[test]
fn what_is_exported_can_be_evaluated() {
    let program = with_recordings();
    for (number, (file, sentence)) in
        [("1-light.flac", "turn on the kitchen light"), ("5-timer.flac", "set a timer")]
            .into_iter()
            .enumerate()
    {
        program.run(["donate", "add", file, sentence]).ok();
        program.run(["donate", "consent", "--yes"]).ok();
        program.run(["donate", "confirm", &(number + 1).to_string(), "--heard"]).ok();
    }
    program.run(["donate", "export", "out"]).ok();
    let report: Value =
        serde_json::from_str(&program.run(["eval", "transcripts", "out", "--json"]).ok()).expect("JSON");
    assert_eq!(report["n"], 2, "{report}");
    assert!(report["audio_h"].as_f64().is_some_and(|hours| hours > 0.0), "{report}");
}
