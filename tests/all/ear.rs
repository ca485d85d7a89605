//! What becomes of an ear in its own process, and of the house, when a model or the mind is hostile.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::Program;

const MODEL: &str = "/usr/share/pocketsphinx/model/en-us";

fn house(test: &str) -> Option<Program> {
    if !cfg!(all(feature = "audio", feature = "pocketsphinx")) || !Path::new(MODEL).is_dir() {
        println!("skipped: {test}: no sound or no PocketSphinx here; `scripts/setup` installs them");
        return None;
    }
    Some(Program::new().config("stt.engine = \"pocketsphinx\"\n"))
}

/// A file that is right in every length and wrong in every number.
fn crafted(program: &Program) {
    let folder = program.folder().join("models/pocketsphinx/en-us");
    fs::create_dir_all(&folder).expect("a folder");
    for file in fs::read_dir(Path::new(MODEL).join("en-us")).expect("the model").flatten() {
        fs::copy(file.path(), folder.join(file.file_name())).expect("a copy");
    }
    let dictionary = "cmudict-en-us.dict";
    fs::copy(Path::new(MODEL).join(dictionary), folder.join(dictionary)).expect("a copy");
    let mut phones = fs::read(folder.join("mdef")).expect("phones");
    let half = phones.len() / 2;
    phones[half..].fill(0xff);
    fs::write(folder.join("mdef"), phones).expect("phones");
}

fn end(process: &mut Child) {
    // It may have ended by itself.
    let _ = process.kill();
    let _ = process.wait();
}

#[test]
fn a_model_that_kills_its_reader_stops_the_ear_and_nothing_else() {
    let Some(program) = house("a_model_that_kills_its_reader_stops_the_ear_and_nothing_else") else { return };
    crafted(&program);
    let mut process = program
        .command()
        .env("ENTRENOUS_MODELS", program.folder().join("models"))
        .args(["run", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let lines = BufReader::new(process.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
    let events = lines.map(|line| serde_json::from_str::<Value>(&line).expect("JSON"));
    let faults: Vec<String> = events
        .filter(|event| event["type"] == "fault")
        .map(|event| event["message"].as_str().unwrap_or_default().to_owned())
        .take(2)
        .collect();
    for (fault, later) in faults.iter().zip(["0.5 s", "1 s"]) {
        assert!(fault.contains("the ear stopped: it ended (signal: ") && fault.contains(later), "{fault}");
    }
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(process.try_wait().expect("the program is ours").is_none(), "the house goes on");
    end(&mut process);
}

/// Only `wait`s for so long.
fn ends(process: &mut Child, patience: Duration) -> Option<std::process::ExitStatus> {
    let until = Instant::now() + patience;
    while Instant::now() < until {
        if let Some(status) = process.try_wait().expect("the program is ours") {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    None
}

#[test]
fn an_ear_that_is_sent_garbage_ends_by_itself() {
    use std::os::unix::process::ExitStatusExt;

    let Some(program) = house("an_ear_that_is_sent_garbage_ends_by_itself") else { return };
    let garbage: [&[u8]; 3] = [b"GARBAGE!", b"\x01\x01\xff\xff\xff\xff", b"\x01\x09\x02\x00\x00\x00{}"];
    for bytes in garbage {
        let (mut mind, ear) = UnixStream::pair().expect("a pair");
        let mut process = program
            .command()
            .arg("sealed-ear")
            .stdin(Stdio::from(OwnedFd::from(ear)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the ear starts");
        // It is made.
        mind.set_read_timeout(Some(Duration::from_mins(1))).expect("a time-out");
        let mut header = [0; 6];
        mind.read_exact(&mut header).expect("what it has chosen");
        assert_eq!(&header[..2], [1, 1]);
        mind.write_all(bytes).expect("it listens");
        let status = ends(&mut process, Duration::from_secs(10));
        end(&mut process);
        let status = status.unwrap_or_else(|| panic!("it goes on after {bytes:?}"));
        assert_eq!(status.signal(), None, "after {bytes:?}: {status}");
    }
}
