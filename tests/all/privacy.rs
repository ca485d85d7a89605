//! That a sealed ear has no way out, tried by the real program on this machine; and that the tries
//! are real.

use std::path::Path;
use std::process::Command;

use entrenous::privacy::attempts::{Attempt, Walls, in_french};
use entrenous::privacy::{self, Proof};
use serde_json::Value;

use crate::support::Program;

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_entrenous"))
}

/// Whether this machine can lock a process in; what is skipped otherwise is said.
fn can_lock_in(test: &str) -> bool {
    entrenous::sandbox::check().inspect_err(|error| println!("skipped: {test}: {error}")).is_ok()
}

#[test]
fn nothing_gets_out_of_a_sealed_ear() {
    if !can_lock_in("nothing_gets_out_of_a_sealed_ear") {
        return;
    }
    let proof = privacy::prove(program(), Walls::Sealed, None).expect("a self-test");
    for attempt in &proof.attempts {
        println!("{:<44} {}", attempt.way, attempt.refused.as_deref().unwrap_or("GOT OUT"));
    }
    assert!(proof.attempts.len() >= 12);
    assert!(proof.holds(), "{proof:#?}");
    let english = ["TCP", "UDP", "io_uring"];
    for Attempt { way, .. } in &proof.attempts {
        assert!(in_french(way) != way || english.contains(&way.as_str()), "`{way}` in French");
    }
}

/// An ear that keeps sound writes into the files that it opened before, and no more than a recording into each.
#[test]
fn nothing_gets_out_of_an_ear_that_keeps_sound() {
    if !can_lock_in("nothing_gets_out_of_an_ear_that_keeps_sound") {
        return;
    }
    let without = privacy::prove(program(), Walls::Sealed, None).expect("a self-test");
    let proof = privacy::prove(program(), Walls::Keeping, None).expect("a self-test");
    assert!(proof.holds(), "{proof:#?}");
    let ways = |proof: &Proof| proof.attempts.iter().map(|attempt| attempt.way.clone()).collect::<Vec<_>>();
    let more: Vec<_> = ways(&proof).into_iter().filter(|way| !ways(&without).contains(way)).collect();
    assert_eq!(more, ["more than a recording, into its file"]);
    assert_eq!(proof.attempts.len(), without.attempts.len() + 1);
    assert!(in_french(&more[0]) != more[0]);

    let day = jiff::ZonedDateTime::now().date().tomorrow().expect("a day");
    let program = Program::new().config(&format!("[privacy.keep_sound]\nwake = {day}\n"));
    let words = program.run(["privacy"]).ok();
    assert!(words.contains("more than a recording") && words.contains("The sound of wake-ups"), "{words}");
    let found: Value = serde_json::from_str(&program.run(["privacy", "--json"]).ok()).expect("JSON");
    assert_eq!(found["sound"][0]["until"], day.to_string());
}

fn got_out(proof: &Proof) -> Vec<&str> {
    let out = proof.attempts.iter().filter(|attempt| attempt.refused.is_none());
    out.map(|attempt| attempt.way.as_str()).collect()
}

/// A model may be crafted to take over the ear that reads it: it finds no network and writes no file.
#[test]
fn while_models_are_read_no_network_and_no_file_is_open() {
    if !can_lock_in("while_models_are_read_no_network_and_no_file_is_open") {
        return;
    }
    let proof = privacy::prove(program(), Walls::Loading, None).expect("a self-test");
    let out = got_out(&proof);
    for way in ["TCP", "UDP", "a raw network socket", "a netlink socket", "io_uring", "memory of a process"] {
        assert!(!out.contains(&way), "{way} among {out:?}");
    }
    for way in ["a file in the data folder", "a file in /tmp", "a file in shared memory (/dev/shm)"] {
        assert!(!out.contains(&way), "{way} among {out:?}");
    }
    // Sound servers are reached by these, and `espeak-ng` is started: no proof without them.
    for way in ["a Unix socket", "starting a program"] {
        assert!(out.contains(&way), "{way} among {out:?}");
    }
}

/// The assistant itself, where its household named no machine.
#[test]
fn a_mind_writes_its_folder_and_connects_to_nobody() {
    if !can_lock_in("a_mind_writes_its_folder_and_connects_to_nobody") {
        return;
    }
    let proof = privacy::prove(program(), Walls::Mind, None).expect("a self-test");
    let out = got_out(&proof);
    for way in ["a file in /tmp", "a file in shared memory (/dev/shm)"] {
        assert!(!out.contains(&way), "{way} among {out:?}");
    }
    for way in ["a file in the data folder", "starting a program", "reading somebody's file (/etc/passwd)"] {
        assert!(out.contains(&way), "{way} among {out:?}");
    }
    for way in ["TCP", "TCP over IPv6", "UDP", "a raw network socket", "io_uring"] {
        assert!(!out.contains(&way), "{way} among {out:?}");
    }
}

/// Command devices, signs and switches of the household's own may do what its user may.
#[test]
fn who_starts_programs_of_the_household_is_not_confined_and_says_so() {
    if !can_lock_in("who_starts_programs_of_the_household_is_not_confined_and_says_so") {
        return;
    }
    let program = Program::new();
    let found: Value = serde_json::from_str(&program.run(["privacy", "--json"]).ok()).expect("JSON");
    let reach = found["mind"]["reach"].as_str().expect("a line").to_owned();
    assert!(
        reach.starts_with("confined: writes only") && reach.ends_with("opens no network connection"),
        "{reach}"
    );
    let program = program.config("[[sign]]\ncommand = [\"lamp-program\"]\n");
    let words = program.run(["privacy"]).ok();
    assert!(words.contains("not confined: `lamp-program`"), "{words}");
}

/// What is refused above is refused by the seal, not by the machine.
#[test]
fn without_the_seal_the_same_attempts_get_out() {
    let proof = privacy::prove(program(), Walls::None, None).expect("a self-test");
    assert!(!proof.holds());
    let out = got_out(&proof);
    for way in
        ["TCP", "UDP", "a Unix socket", "a Unix datagram", "an abstract Unix socket", "starting a program"]
    {
        assert!(out.contains(&way), "{way} among {out:?}");
    }
    for way in ["a file in the data folder", "a file in /tmp", "a file in memory, to be handed on"] {
        assert!(out.contains(&way), "{way} among {out:?}");
    }
    for name in ["TCP", "UDP", "Unix socket", "Unix datagram", "abstract Unix socket"] {
        assert!(proof.reached.iter().any(|reached| reached == name), "{name} among {:?}", proof.reached);
    }
    // What the attempt left behind.
    for folder in ["/tmp", "/dev/shm"] {
        let _ = std::fs::remove_file(Path::new(folder).join("entrenous-leak"));
    }
}

#[test]
fn the_command_says_so_in_words_and_as_json() {
    if !can_lock_in("the_command_says_so_in_words_and_as_json") {
        return;
    }
    let program = Program::new();
    let words = program.run(["privacy"]).ok();
    assert!(words.contains("Nothing got out") && words.contains("What is kept"), "{words}");
    let found: Value = serde_json::from_str(&program.run(["privacy", "--json"]).ok()).expect("JSON");
    assert_eq!(found["holds"], true);
    assert!(found["proof"]["attempts"].as_array().is_some_and(|attempts| attempts.len() >= 12));
}

#[test]
fn an_expert_gets_every_system_call() {
    if Command::new("strace").arg("--version").output().is_err() || entrenous::sandbox::check().is_err() {
        println!("skipped: an_expert_gets_every_system_call: `strace` or the seal is not there");
        return;
    }
    let log = tempfile::NamedTempFile::new().expect("a file");
    let Ok(proof) = privacy::prove(program(), Walls::Sealed, Some(log.path())) else {
        println!("skipped: an_expert_gets_every_system_call: this machine lets nobody be traced");
        return;
    };
    assert!(proof.holds(), "{proof:#?}");
    let calls = std::fs::read_to_string(log.path()).expect("the log");
    assert!(calls.contains("SECCOMP_SET_MODE_FILTER") && calls.contains("EPERM"), "{calls}");
}

/// Both listened under one name, so that the second did not start.
#[test]
fn self_tests_do_not_hinder_each_other() {
    std::thread::scope(|scope| {
        let both = [(); 2].map(|()| scope.spawn(|| privacy::prove(program(), Walls::None, None)));
        for proof in both {
            proof.join().expect("no panic").expect("a self-test");
        }
    });
}
