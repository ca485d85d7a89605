//! Encryption at rest, as a household uses it: the history on the command line, and what is said where
//! the key is not there.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::heard::{holds, said};
use crate::support::Program;

const PASSPHRASE: &str = "[privacy]\nencrypt_with = \"passphrase\"\n";

/// A program that finds its passphrase on a stick.
fn program(settings: &str) -> Program {
    let program = Program::new().config(settings);
    let stick = program.folder().join("stick/passphrase");
    program.env("ENTRENOUS_PASSPHRASE_FILE", stick)
}

fn plug(program: Program) -> Program {
    program.file("stick/passphrase", "five words of a passphrase\n")
}

fn pull(program: Program) -> Program {
    fs::remove_dir_all(program.folder().join("stick")).expect("the stick is pulled");
    program
}

#[test]
fn a_history_is_encrypted_shown_with_the_key_and_deleted_without() {
    let program = plug(said(program(PASSPHRASE), &["zanzibarium", "quinquireme", "nasturtium"]));
    assert!(holds(&program, "zanzibarium"));
    let listed = program.run(["heard", "list"]).ok();
    assert!(listed.contains("zanzibarium"), "{listed}");
    for word in ["zanzibarium", "quinquireme", "So it is", "HassNevermind", "five words"] {
        assert!(!holds(&program, word), "{word}");
    }
    let shown = program.run(["heard", "show", "2"]).ok();
    assert!(shown.contains("\"quinquireme\"") && !shown.contains("locked"), "{shown}");
    let told = program.run(["ask", "what did you hear"]).ok();
    assert!(told.contains("I heard “nasturtium” at"), "{told}");

    let program = pull(program);
    let locked = program.run(["heard", "list"]).ok();
    assert!(locked.matches("(locked)").count() == 3 && !locked.contains("zanzibarium"), "{locked}");
    assert!(locked.contains("a stick that was pulled?") && locked.contains("erase-all"), "{locked}");
    let json = program.run(["heard", "list", "--json"]).ok();
    assert!(json.lines().count() == 3 && json.contains("\"locked\":\"no_key\""), "{json}");
    for args in
        [&["heard", "show", "2"][..], &["heard", "export", "mine.jsonl"], &["ask", "what did you hear"]]
    {
        let refused = program.run(args);
        assert!(refused.code() != 0, "{args:?}");
        assert!(refused.stderr().contains("cannot read the passphrase"), "{}", refused.stderr());
    }
    assert!(!program.folder().join("mine.jsonl").exists());
    program.run(["heard", "delete", "2"]).ok();
    program.run(["ask", "forget that"]).ok();
    let program = plug(program);
    let listed = program.run(["heard", "list"]).ok();
    assert!(listed.contains("zanzibarium") && !listed.contains("(locked)"), "{listed}");
    assert!(!listed.contains("quinquireme") && !listed.contains("nasturtium"), "{listed}");

    // Switched off, what is encrypted stays so.
    let program = program.config("");
    let locked = program.run(["heard", "list"]).ok();
    assert!(locked.contains("(locked)") && locked.contains("set `encrypt_with` under [privacy]"), "{locked}");
    let gone = program.run(["heard", "erase-all", "--yes"]).ok();
    assert!(gone.starts_with("1 commands are deleted"), "{gone}");
}

#[test]
fn a_wrong_passphrase_is_known_at_once() {
    let program = plug(said(program(PASSPHRASE), &["zanzibarium"]));
    program.run(["heard", "list"]).ok();
    let program = program.file("stick/passphrase", "five other words\n");
    let listed = program.run(["heard", "list"]).ok();
    assert!(listed.contains("(locked)") && listed.contains("is not what `"), "{listed}");
    assert!(listed.contains("key.json") && listed.contains("try again"), "{listed}");
}

#[test]
fn nobody_to_type_it_is_told_with_the_mend() {
    let program = said(Program::new().config(PASSPHRASE), &["zanzibarium"]);
    // What is in the clear needs no key to be read.
    assert!(program.run(["heard", "list"]).ok().contains("zanzibarium"));
    let refused = program.file("token", "swordfish").run(["secret", "seal", "token"]);
    assert!(refused.stderr().contains("ENTRENOUS_PASSPHRASE_FILE"), "{}", refused.stderr());
}

#[test]
fn a_credential_of_systemd_is_a_key() {
    let program = said(Program::new().config("[privacy]\nencrypt_with = \"credential\"\n"), &["zanzibarium"]);
    let handed = program.folder().join("run");
    let program = program.file("run/entrenous-key", [7; 32]).env("CREDENTIALS_DIRECTORY", handed);
    let listed = program.run(["heard", "list"]).ok();
    assert!(listed.contains("zanzibarium") && !holds(&program, "zanzibarium"), "{listed}");
    let program = program.env("CREDENTIALS_DIRECTORY", "");
    let locked = program.run(["heard", "list"]).ok();
    assert!(locked.contains("(locked)") && locked.contains("no credential `entrenous-key`"), "{locked}");
}

#[test]
fn bad_settings_are_refused_with_the_line() {
    for (toml, told) in [
        (
            "[privacy]\nencrypt_with = \"password\"\n",
            "one of none, passphrase, credential (did you mean `passphrase`?)",
        ),
        ("[privacy]\nencrypt = \"passphrase\"\n", "did you mean `encrypt_with`?"),
    ] {
        let refused = Program::new().config(toml).run(["config", "check"]);
        assert_eq!(refused.code(), 2);
        assert!(refused.stderr().contains("entrenous.toml:2:"), "{}", refused.stderr());
        assert!(refused.stderr().contains(told), "{}", refused.stderr());
    }
}

#[test]
fn secrets_are_sealed_and_opened_in_place() {
    let config = format!("{PASSPHRASE}[mqtt]\nuser = \"house\"\npassword_file = \"password\"\n");
    let program = plug(program(&config)).file("password", "swordfish\n");
    let password = program.folder().join("password");
    fs::set_permissions(&password, fs::Permissions::from_mode(0o600)).expect("a mode");
    let text = || fs::read_to_string(&password).expect("a file");
    let doctor = |program: &Program| -> Vec<String> {
        let found: Value = serde_json::from_str(&program.run(["doctor", "--json"]).stdout()).expect("JSON");
        let findings = found["findings"].as_array().expect("a list").iter();
        findings.filter(|it| it["check"] == "encryption").map(ToString::to_string).collect()
    };
    let said = doctor(&program);
    assert!(said[0].contains("the key is made at the next start"), "{said:?}");
    assert!(said[1].contains("is in the clear") && said[1].contains("entrenous secret seal"), "{said:?}");

    assert!(program.run(["secret", "seal", "password"]).ok().contains("is sealed"));
    assert!(text().starts_with("entrenous sealed 1\n") && !text().contains("swordfish"));
    let said = doctor(&program);
    assert!(said.len() == 1 && said[0].contains("the key opens"), "{said:?}");
    let privacy = program.run(["privacy"]).ok();
    assert!(privacy.contains("a key that the passphrase opens"), "{privacy}");
    assert!(privacy.contains("password: sealed"), "{privacy}");

    // A house whose key is not there goes on, without the broker.
    let home =
        "[[devices]]\nname = \"Desk Lamp\"\nkind = \"light\"\nmqtt = { topic = \"zigbee2mqtt/lamp\" }\n";
    let living = format!("{config}[home]\nfile = \"home.toml\"\n");
    let program = pull(program.file("home.toml", home).config(&living));
    let house = program.run(["home"]).ok();
    assert!(house.contains("cannot open the sealed `") && house.contains("was pulled?"), "{house}");
    let program = program.config("[mqtt]\npassword_file = \"password\"\n");
    let said = doctor(&program);
    assert!(said[0].contains("is sealed") && said[0].contains("`encrypt_with`"), "{said:?}");
    let refused = program.run(["secret", "open", "password"]);
    assert!(refused.code() == 2 && refused.stderr().contains("encrypt_with"), "{}", refused.stderr());

    let program = plug(program.config(&config));
    assert!(program.run(["secret", "open", "password"]).ok().contains("is in the clear"));
    assert_eq!(text(), "swordfish\n");
}
