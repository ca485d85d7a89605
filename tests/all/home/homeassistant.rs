//! Devices of a Home Assistant.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use entrenous::home::Home;
use entrenous::home::backend::board::Line;
use serde_json::{Value, json};

use super::hass::{Hass, Manner, TOKEN};
use super::{Living, wiring};
use crate::support::Program;

const PATIENT: u64 = 15_000;

const HOME: &str = r#"
[[devices]]
name = "Desk Lamp"
kind = "light"
can = ["brightness"]
ha = "light.desk"

[[devices]]
name = "Floor Lamp"
kind = "light"
ha = "light.floor"

[[devices]]
name = "Bed Light"
kind = "light"
ha = "light.bed"

[[devices]]
name = "Garden Lights"
kind = "light"
ha = "light.garden"

[[devices]]
name = "Front Door"
kind = "lock"
ha = "lock.front"
"#;

fn lamp(state: &str) -> Value {
    json!({ "state": state, "attributes": { "friendly_name": "Lamp", "brightness": 255, "supported_color_modes": ["brightness"] } })
}

fn server() -> Hass {
    Hass::start(&[
        ("light.desk", lamp("off"), Manner::Obeys),
        ("light.floor", lamp("off"), Manner::Silent),
        ("light.bed", lamp("off"), Manner::Refuses),
        ("lock.front", json!({ "state": "unlocked", "attributes": {} }), Manner::Obeys),
    ])
}

/// A house, and the folder of its token.
fn house(hass: &Hass, token: &str, answer_ms: u64) -> (Living, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    std::fs::write(&file, token).expect("a file");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("a mode");
    let mut wiring = wiring(answer_ms);
    wiring.homeassistant.url = hass.url();
    wiring.homeassistant.token_file = Some(file);
    (Living::new("en", HOME, wiring), folder)
}

#[test]
fn entities_do_what_is_said_and_say_so() {
    let hass = server();
    let (mut living, _folder) = house(&hass, TOKEN, PATIENT);
    living.settle();
    assert_eq!(living.says("is the front door locked"), "No, the Front Door is unlocked.");
    assert_eq!(living.says("set the desk lamp to 40 percent"), "I set the Desk Lamp to 40 percent.");
    assert_eq!(hass.state("light.desk"), "on");
    assert_eq!(living.says("is the desk lamp on"), "Yes, the Desk Lamp is on.");
    // Nothing changes, and the service is the confirmation.
    assert_eq!(living.says("turn on the desk lamp"), "I turned on the Desk Lamp.");
    assert_eq!(living.says("lock the front door"), "I locked the Front Door.");
    assert_eq!(living.says("turn on the bed light"), "The Bed Light could not do it.");
    assert_eq!(living.says("turn on the garden lights"), "The Garden Lights cannot be reached.");
}

#[test]
fn what_is_slow_is_not_waited_for_longer_than_is_set() {
    let hass = server();
    let (mut living, _folder) = house(&hass, TOKEN, 1_000);
    living.settle();
    let came = living.ask("turn on the floor lamp");
    assert_eq!((came.said.as_str(), came.did.len()), ("The Floor Lamp did not answer.", 0));
    assert!(came.took >= Duration::from_secs(1));
    assert_eq!(living.says("is the floor lamp on"), "No, the Floor Lamp is off.");
}

#[test]
fn a_wrong_token_is_said_with_the_mend() {
    let hass = server();
    let (mut living, _folder) = house(&hass, "wrong", PATIENT);
    living.wait_for_line("homeassistant", |line| {
        matches!(line, Line::Down(reason) if reason.contains("refuses the token; make a long-lived one"))
    });
    assert_eq!(living.says("turn on the desk lamp"), "The Desk Lamp cannot be reached.");
}

#[test]
fn a_restart_is_survived() {
    let mut hass = server();
    let (mut living, _folder) = house(&hass, TOKEN, PATIENT);
    living.wait_for_line("homeassistant", |line| *line == Line::Up);
    hass.halt();
    living.wait_for_line("homeassistant", |line| matches!(line, Line::Down(_)));
    let came = living.ask("turn on the desk lamp");
    assert_eq!(came.said, "The Desk Lamp cannot be reached.");
    hass.resume();
    living.wait_for_line("homeassistant", |line| *line == Line::Up);
    assert_eq!(living.says("is the desk lamp on"), "No, the Desk Lamp is off.", "nothing was done late");
    assert_eq!(living.says("turn on the desk lamp"), "I turned on the Desk Lamp.");
}

#[test]
fn a_sealed_token_is_opened_where_it_is_needed() {
    let hass = server();
    let program = Program::new()
        .config("[privacy]\nencrypt_with = \"passphrase\"\npassphrase_file = \"passphrase\"\n")
        .file("passphrase", "five words of a passphrase")
        .file("token", TOKEN);
    let token = program.folder().join("token");
    std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o600)).expect("a mode");
    program.run(["secret", "seal", "token"]).ok();
    assert!(!std::fs::read_to_string(&token).expect("a file").contains(TOKEN));
    let import = ["import", "home-assistant", &hass.url(), "--token-file", "token"];
    assert!(program.run(import).ok().contains("lampe de bureau"));
    let program = program.file("passphrase", "five other words");
    let refused = program.run(import);
    assert!(
        refused.code() != 0 && refused.stderr().contains("cannot open the sealed `"),
        "{}",
        refused.stderr()
    );
}

#[test]
fn its_home_is_imported() {
    let hass = server();
    let program = Program::new().file("token", TOKEN);
    let mode = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(program.folder().join("token"), mode).expect("a mode");
    let import = ["import", "home-assistant", &hass.url(), "--token-file", "token", "--out", "home.toml"];
    let said = program.run(import).ok();
    assert!(said.starts_with("home.toml: 0 floors, 1 areas, 4 devices"), "{said}");
    let home = Home::read(&program.folder().join("home.toml")).expect("a home");
    let desk = home.devices.iter().find(|device| device.names.is("lampe de bureau")).expect("its alias");
    assert_eq!(desk.area.as_deref(), Some("Office"));
    // What is there is not lost.
    let again = program.run(import);
    assert_eq!(again.code(), 2);
    assert!(again.stderr().contains("is there already; replace it with `--force`"), "{}", again.stderr());
    let program = program.config("[home]\nfile = \"home.toml\"");
    program.run(["config", "check"]).ok();
}
