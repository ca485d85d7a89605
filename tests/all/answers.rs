//! Conversations as they are heard: a command, the question, and the answer without a wake word, in one
//! recording each (made with espeak-ng).

use crate::support::{Program, repository, shared};

fn recording(name: &str) -> String {
    repository("tests/data/conversations/audio").join(name).display().to_string()
}

/// What is tested is the way of an answer, not how sure a recogniser is of a synthetic voice.
fn config(language: &str, more: &str) -> String {
    format!(
        "language = \"{language}\"\nwake.engine = \"none\"\nstt.engine = \"pocketsphinx\"\nstt.min_confidence = 0.3\nunderstanding.trained = false\n{more}\n"
    )
}

/// What a replay of a recording prints.
fn replay(name: &str) -> String {
    Program::new().config(&config("en", "")).run(["replay", &recording(name)]).ok()
}

#[test]
fn a_length_is_asked_for_and_heard() {
    let out = replay("en-timer.flac");
    for part in [
        "heard      set a timer",
        "said       “For how long?”",
        "heard      five minutes",
        "said       “A timer is set for 5 minutes.”",
    ] {
        assert!(out.contains(part), "no `{part}` in:\n{out}");
    }
}

#[test]
fn yes_is_heard_where_it_was_asked_for() {
    let out = replay("en-door.flac");
    for part in [
        "said       “Shall I unlock the Front Door?”",
        "heard      yes",
        "did        set Front Door: locked false",
    ] {
        assert!(out.contains(part), "no `{part}` in:\n{out}");
    }
}

#[test]
fn french_answers_are_heard() {
    // The French model is not part of Debian.
    let Some(shared) = shared("french_answers_are_heard") else { return };
    let out = Program::new()
        .config(&config("fr", &format!("models.dirs = [\"{}\"]", shared.join("models").display())))
        .run(["replay", &recording("fr-minuteur.flac")])
        .ok();
    for part in ["said       “Pour combien de temps ?”", "said       “Le minuteur de 30 minutes est lancé.”"]
    {
        assert!(out.contains(part), "no `{part}` in:\n{out}");
    }
}
