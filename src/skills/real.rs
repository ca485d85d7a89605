//! What is said of devices that do not do what they are told. Programs play the devices.

use std::fmt::Write as _;

use serde_json::json;

use super::testing::{Fixture, set};

/// An office of three lamps: one does as it is told, one says that it cannot, one takes too long.
fn office(language: &'static str, programs: [&str; 3], answer_ms: u64) -> Fixture {
    let names = [
        ("Desk Lamp", "lampe de bureau", programs[0]),
        ("Ceiling Light", "plafonnier", programs[1]),
        ("Wall Lights", "appliques", programs[2]),
    ];
    let mut home = "[[areas]]\nname = \"Office\"\naliases_fr = [\"bureau\"]\n".to_owned();
    for (name, french, program) in names {
        let _ = write!(
            home,
            "[[devices]]\nname = \"{name}\"\naliases_fr = [\"{french}\"]\nkind = \"light\"\narea = \"Office\"\n\
             command = {{ set = {program} }}\n"
        );
    }
    home += "[[groups]]\nname = \"Reading Lights\"\naliases_fr = [\"lumières de lecture\"]\nmembers = [\"Desk Lamp\", \"Ceiling Light\"]\nfavourite = true\narea = \"Office\"\n";
    Fixture::connected(&home, language, answer_ms)
}

const OBEYS: &str = "[\"true\"]";
const FAILS: &str = "[\"false\"]";
const HANGS: &str = "[\"sleep\", \"2\"]";

/// Long enough for a program to start on a busy machine.
const PATIENT: u64 = 20_000;

#[test]
fn what_obeys_is_done() {
    let mut home = office("en", [OBEYS; 3], PATIENT);
    let did = home.does("HassTurnOn", json!({"name": "Desk Lamp"}));
    assert_eq!(did.actions, [set("Desk Lamp", json!({"on": true}))]);
    assert_eq!(did.said, "I turned on the Desk Lamp.");
    assert_eq!(home.says("HassGetState", json!({"name": "Desk Lamp"})), "The Desk Lamp is on.");
}

#[test]
fn what_fails_or_hangs_is_not_done() {
    let mut home = office("en", [FAILS, OBEYS, OBEYS], PATIENT);
    let did = home.does("HassTurnOn", json!({"name": "Desk Lamp"}));
    assert_eq!((did.actions.len(), did.said.as_str()), (0, "The Desk Lamp could not do it."));
    let mut home = office("en", [HANGS; 3], 60);
    let did = home.does("HassTurnOn", json!({"name": "Wall Lights"}));
    assert_eq!((did.actions.len(), did.said.as_str()), (0, "The Wall Lights did not answer."));
    // Nothing is known of it, and nothing is made up.
    assert_eq!(
        home.says("HassGetState", json!({"name": "Wall Lights"})),
        "I do not know the state of the Wall Lights."
    );
    let mut home = office("fr", [HANGS; 3], 60);
    assert_eq!(home.says("HassTurnOn", json!({"name": "Desk Lamp"})), "La lampe de bureau ne répond pas.");
    assert_eq!(home.says("HassTurnOn", json!({"name": "Wall Lights"})), "Les appliques ne répondent pas.");
}

#[test]
fn what_some_did_and_some_did_not_is_told_apart() {
    let lights = json!({"domain": "light", "area": "Office"});
    let mut home = office("en", [OBEYS, FAILS, OBEYS], PATIENT);
    let did = home.does("HassTurnOn", lights.clone());
    assert_eq!(did.actions.len(), 2);
    assert_eq!(did.said, "I turned on 2 lights in the Office. The Ceiling Light could not do it.");
    let mut home = office("fr", [FAILS, FAILS, OBEYS], PATIENT);
    let said = home.says("HassTurnOn", lights);
    assert_eq!(said, "J'ai allumé les appliques. La lampe de bureau et le plafonnier n'ont pas pu le faire.");
}

#[test]
fn groups_and_favourites() {
    let mut home = office("en", [OBEYS, FAILS, OBEYS], PATIENT);
    let said = home.says("HassTurnOn", json!({"name": "Reading Lights"}));
    assert_eq!(said, "I turned on 1 light. The Ceiling Light could not do it.");
    let mut home = office("en", [OBEYS; 3], PATIENT);
    home.area = Some("Office");
    let mut here = super::testing::intent("HassTurnOn", json!({"domain": "light", "area": null}));
    here.text = "turn on the light".into();
    let outcome = home.run(&here).unwrap();
    assert_eq!(outcome.reply, "I turned on the Reading Lights.");
    here.text = "turn on the lights".into();
    assert_eq!(home.run(&here).unwrap().reply, "I turned on 3 lights in the Office.");
}

#[test]
fn a_replay_moves_nothing() {
    let text = "[[devices]]\nname = \"Desk Lamp\"\nkind = \"light\"\ncommand = { set = [\"false\"] }";
    let mut home = Fixture::home(text);
    assert_eq!(home.says("HassTurnOn", json!({"name": "Desk Lamp"})), "I turned on the Desk Lamp.");
}

#[test]
fn louder_than_nobody_knows_is_not_guessed() {
    let text = "[[devices]]\nname = \"Radio\"\nkind = \"media_player\"\ncommand = { set = [\"true\"] }";
    let mut home = Fixture::connected(text, "en", PATIENT);
    let louder = json!({"name": "Radio", "volume_step": "up"});
    assert_eq!(home.says("HassSetVolumeRelative", louder.clone()), "I do not know the state of the Radio.");
    home.does("HassSetVolume", json!({"name": "Radio", "volume_level": 30}));
    assert_eq!(home.says("HassSetVolumeRelative", louder), "I set the volume of the Radio to 40 percent.");
}
