//! `entrenous chat`: the same conversations, typed or piped.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::support::Program;

const AT: [&str; 3] = ["--dry-run", "--at", "2026-11-24T15:00:00[Europe/Paris]"];

/// The transcript of lines from a pipe.
fn chat(args: &[&str], lines: &str) -> String {
    let program = Program::new();
    let mut child = program
        .command()
        .arg("chat")
        .args(AT)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_piped_conversation_gives_the_same_transcript_every_time() {
    let lines = "set a timer\nfive minutes\nwhat time is it\nunlock the front door\n\nno\n";
    let transcript = "you: set a timer
house: For how long?
you: five minutes
house: A timer is set for 5 minutes.
you: what time is it
house: It is 3 o'clock in the afternoon.
you: unlock the front door
house: Shall I unlock the Front Door?
you: 
house: Shall I unlock the Front Door?
you: no
house: All right.
";
    assert_eq!(chat(&[], lines), transcript);
    assert_eq!(
        chat(&["--language", "fr"], "mets un minuteur\n"),
        "you: mets un minuteur\nhouse: Pour combien de temps ?\n"
    );
}

#[test]
fn explained_lines_say_what_was_understood_and_done() {
    let transcript = chat(&["--explain"], "turn on the bed light\n");
    assert_eq!(
        transcript,
        "you: turn on the bed light\n  understood HassTurnOn: name = Bed Light\n  did        set Bed Light: on true\nhouse: I turned on the Bed Light.\n"
    );
}

#[test]
fn timers_ring_in_between() {
    let program = Program::new();
    let mut child = program
        .command()
        .args(["chat", "--dry-run"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "set a timer for 1 second").unwrap();
    let mut heard = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(heard.any(|line| line == "house: Your timer for 1 second is done."));
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_question_to_a_single_line_says_where_it_can_be_answered() {
    let run = Program::new().run(["ask", "--dry-run", "set a timer"]);
    assert_eq!(run.code(), 1);
    assert!(run.stdout().contains("“For how long?”"), "{}", run.stdout());
    assert!(run.stderr().contains("answer in `entrenous chat`"), "{}", run.stderr());
}
