use serde_json::json;

use super::*;
use crate::store::{MemoryStore, Store};

fn parse(text: &str) -> Result<Home, String> {
    Home::parse(text, Path::new("home.toml")).map_err(|error| error.to_string())
}

fn refuses(text: &str, expected: &str) {
    let said = parse(text).expect_err(text);
    assert!(said.starts_with(expected), "{said}\nexpected {expected}");
}

const HOME: &str = r#"
[[floors]]
name = "Ground Floor"
aliases_fr = ["rez-de-chaussée"]

[[areas]]
name = "Kitchen"
aliases_fr = ["cuisine"]
floor = "ground floor"

[[areas]]
name = "Office"

[[devices]]
name = "Lamp"
aliases = ["lantern"]
kind = "light"
area = "kitchen"
can = ["brightness"]
state = { on = false }

[[devices]]
name = "Lamp"
kind = "light"
area = "Office"

[[devices]]
name = "Movie Night"
kind = "scene"
sets = { "Office/Lamp" = { on = true } }
"#;

#[test]
fn areas_are_resolved_to_proper_names() {
    let home = parse(HOME).unwrap();
    assert_eq!(home.devices[0].area.as_deref(), Some("Kitchen"));
    assert_eq!(home.areas[0].floor.as_deref(), Some("Ground Floor"));
    assert_eq!(home.floor_of(&home.devices[0]), Some("Ground Floor"));
    assert_eq!(home.area("CUISINE").unwrap().names.in_language("fr"), "cuisine");
}

#[test]
fn namesakes_are_labelled_by_area() {
    let home = parse(HOME).unwrap();
    assert_eq!([home.label(0), home.label(1), home.label(2)], ["Kitchen/Lamp", "Office/Lamp", "Movie Night"]);
    assert_eq!(home.devices[2].sets, [(1, State { on: Some(true), ..State::default() })]);
}

#[test]
fn lists_give_every_name_with_its_context() {
    let lists = parse(HOME).unwrap().lists("en");
    let said: Vec<Vec<_>> =
        lists.iter().map(|list| list.values.iter().map(|value| value.text.as_str()).collect()).collect();
    assert_eq!(
        said,
        [vec!["Lamp", "lantern", "Lamp", "Movie Night"], vec!["Kitchen", "Office"], vec!["Ground Floor"]]
    );
    let lantern = &lists[0].values[1];
    assert_eq!(lantern.value, json!("Lamp"));
    let context: Vec<_> = lantern.context.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
    assert_eq!(context[0], ("domain", json!("light")));
    assert!(context.contains(&("area", json!("Kitchen"))));
    assert!(context.contains(&("light_supports_color", json!(false))));
    let french = parse(HOME).unwrap().lists("fr");
    assert_eq!(french[1].values[1].text, "cuisine");
}

#[test]
fn faults_name_line_and_mend() {
    refuses("[[areas]]\nname = \"\"", "home.toml:2: a name must have letters or digits");
    refuses("[[areas]]\nnome = \"Hall\"", "home.toml:2: unknown key `nome`");
    refuses("[[aeras]]\nname = \"Hall\"", "home.toml:1: unknown key `aeras`");
    refuses("[[devices]]\nname = \"a\"", "home.toml:1: missing field `kind`");
    refuses(
        "[[areas]]\nname = \"Hall\"\n[[devices]]\nname = \"A\"\nkind = \"light\"\narea = \"Hal\"",
        "home.toml:6: there is no area `Hal`; did you mean `Hall`?",
    );
    refuses(
        "[[devices]]\nname = \"A\"\nkind = \"light\"\narea = \"Moon\"",
        "home.toml:4: there is no area `Moon`; add it under [[areas]]",
    );
    refuses(
        "[[devices]]\nname = \"A\"\nkind = \"cover\"\nclass = \"curtian\"",
        "home.toml:4: a cover has no class `curtian`; did you mean `curtain`?",
    );
    refuses(
        "[[devices]]\nname = \"A\"\nkind = \"lock\"\ncan = [\"color\"]",
        "home.toml:4: a lock has no ability `color`",
    );
    refuses(
        "[[devices]]\nname = \"A\"\nkind = \"light\"\nstate = { brightness = 140 }",
        "home.toml:4: `brightness = 140` is above 100 percent",
    );
    refuses(
        "[[devices]]\nname = \"A\"\nkind = \"light\"\nstate = { locked = true }",
        "home.toml:4: a light has no `locked`",
    );
    refuses("[[devices]]\nname = ", "home.toml:2: ");
}

#[test]
fn near_keys_are_proposed() {
    for (text, near) in [
        ("[[areas]]\nnome = \"Hall\"", "did you mean `name`?"),
        ("[[devices]]\nname = \"A\"\nkind = \"lihgt\"", "did you mean `light`?"),
        (
            "[[devices]]\nname = \"A\"\nkind = \"light\"\nstate = { brigthness = 3 }",
            "did you mean `brightness`?",
        ),
        (
            "[[devices]]\nname = \"A\"\nkind = \"scene\"\nsets = { \"Lampe\" = {} }\n[[devices]]\nname = \"Lamp\"\nkind = \"light\"",
            "did you mean `Lamp`?",
        ),
    ] {
        let said = parse(text).expect_err(text);
        assert!(said.ends_with(near), "{said}");
    }
}

#[test]
fn the_same_name_twice_is_refused_where_nobody_could_tell_them_apart() {
    refuses(
        "[[devices]]\nname = \"Lamp\"\nkind = \"light\"\n[[devices]]\nname = \"Desk\"\naliases = [\"lamp\"]\nkind = \"light\"",
        "home.toml:5: another light without an area is already called `lamp` (`Lamp`)",
    );
    refuses(
        "[[areas]]\nname = \"Hall\"\n[[areas]]\nname = \"hall\"",
        "home.toml:4: another area is already called `hall`",
    );
    let lock_and_cover =
        "[[devices]]\nname = \"Door\"\nkind = \"lock\"\n[[devices]]\nname = \"Door\"\nkind = \"cover\"";
    let home = parse(lock_and_cover).unwrap();
    assert_eq!([home.label(0), home.label(1)], ["lock Door", "cover Door"]);
}

#[test]
fn a_scene_may_only_name_what_is_there_and_unmistakable() {
    let twice = HOME.replace("Office/Lamp", "Lamp");
    let said = parse(&twice).unwrap_err();
    assert!(
        said.contains("several devices are called `Lamp`; write it with its area: `Kitchen/Lamp`"),
        "{said}"
    );
}

#[test]
fn the_homes_that_ship_are_sound() {
    let demo = Home::demo();
    assert!(demo.devices.len() > 10);
    for file in ["tests/data/home-en.toml", "tests/data/home-fr.toml"] {
        Home::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    }
}

#[test]
fn state_survives_a_restart_and_a_changed_file() {
    let mut store = MemoryStore::default();
    let home = parse(HOME).unwrap();
    let mut house = SimulatedHome::restore(home.clone(), &store).unwrap();
    assert_eq!(house.state(0).on, Some(false));
    let on = State { on: Some(true), brightness: Some(30), ..State::default() };
    house.change(&[(0, on.clone())], &mut store).unwrap();
    assert_eq!(SimulatedHome::restore(home, &store).unwrap().state(0), &on);

    // A record that nothing fits any more is passed over, not an error.
    store.put("device", "Kitchen/light/Lamp", &json!({"locked": true})).unwrap();
    store.put("device", "Cellar/light/Gone", &json!({"on": true})).unwrap();
    let changed = parse(HOME).unwrap();
    assert_eq!(SimulatedHome::restore(changed, &store).unwrap().state(0).on, Some(false));
}
