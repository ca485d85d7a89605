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
    let mut house = House::restore(home.clone(), &store).unwrap();
    assert_eq!(house.state(0).on, Some(false));
    let on = State { on: Some(true), brightness: Some(30), ..State::default() };
    house.change(&[(0, on.clone())], &mut store).unwrap();
    assert_eq!(House::restore(home, &store).unwrap().state(0), &on);

    // A record that nothing fits any more is passed over, not an error.
    store.put("device", "Kitchen/light/Lamp", &json!({"locked": true})).unwrap();
    store.put("device", "Cellar/light/Gone", &json!({"on": true})).unwrap();
    let changed = parse(HOME).unwrap();
    assert_eq!(House::restore(changed, &store).unwrap().state(0).on, Some(false));
}

/// A home file with one device, of these lines.
fn one(rest: &str) -> String {
    format!("[[devices]]\nname = \"A\"\n{rest}")
}

#[test]
fn devices_name_their_backend() {
    let link = |rest: &str| parse(&one(rest)).unwrap().devices[0].link.clone();
    assert_eq!(link("kind = \"light\""), Link::Simulated);
    assert_eq!(link("kind = \"light\"\nha = \"light.desk\""), Link::HomeAssistant("light.desk".into()));
    assert_eq!(link("kind = \"media_player\"\nmpris = \"any\""), Link::Player(None));
    let tasmota = link("kind = \"switch\"\nmqtt = { topic = \"plug\", kind = \"tasmota\", part = \"2\" }");
    let expected =
        MqttLink { topic: "plug".into(), convention: Convention::Tasmota, part: Some("2".into()), key: None };
    assert_eq!(tasmota, Link::Mqtt(expected));
    let command = link("kind = \"light\"\ncommand = { set = [\"lamp\", \"{on}\"] }");
    assert_eq!(
        command,
        Link::Command(CommandLink { set: vec!["lamp".into(), "{on}".into()], query: None, limit_ms: 5000 })
    );
}

#[test]
fn contradictory_links_are_refused() {
    for (rest, expected) in [
        (
            "kind = \"light\"\nha = \"light.a\"\nmqtt = { topic = \"a/b\" }",
            "home.toml:4: a device is reached in one way",
        ),
        ("kind = \"light\"\nha = \"Desk Lamp\"", "home.toml:4: `Desk Lamp` is no entity of Home Assistant"),
        ("kind = \"light\"\nzigbee = \"a\"", "home.toml:4: unknown key `zigbee`"),
        ("kind = \"light\"\nmqtt = { topic = \"a/#\" }", "home.toml:4: `a/#` is no topic of one device"),
        (
            "kind = \"light\"\nmqtt = { topic = \"lamp\" }",
            "home.toml:4: `lamp` has no base; write Zigbee2MQTT's whole topic, as `zigbee2mqtt/lamp`",
        ),
        (
            "kind = \"light\"\nmqtt = { topic = \"a/b\", kind = \"tasmotta\" }",
            "home.toml:4: there is no convention `tasmotta`; did you mean `tasmota`?",
        ),
        ("kind = \"vacuum\"\nmqtt = { topic = \"a/b\" }", "home.toml:4: a vacuum is not reached over MQTT"),
        ("kind = \"light\"\nmpris = \"vlc\"", "home.toml:4: a light is no player"),
        (
            "kind = \"light\"\ncommand = { set = [\"lamp\", \"{brigthness}\"] }",
            "home.toml:4: nothing fills in `{brigthness}`; did you mean `brightness`?",
        ),
        ("kind = \"light\"\ncommand = { set = [] }", "home.toml:4: a command needs a program"),
    ] {
        refuses(&one(rest), expected);
    }
}

#[test]
fn one_topic_belongs_to_one_device() {
    let lamp = |name: &str, rest: &str| {
        format!("[[devices]]\nname = \"{name}\"\nkind = \"light\"\nmqtt = {{ topic = \"z/lamp\"{rest} }}\n")
    };
    refuses(
        &(lamp("A", "") + &lamp("B", "")),
        "home.toml:8: the MQTT topic `z/lamp` belongs to `A` already; name its `part`",
    );
    parse(&(lamp("A", ", part = \"l1\"") + &lamp("B", ", part = \"l2\""))).unwrap();
    let sensor = |class: &str| {
        format!(
            "[[devices]]\nname = \"{class}\"\nkind = \"sensor\"\nclass = \"{class}\"\nmqtt = {{ topic = \"z/s\" }}\n"
        )
    };
    parse(&(sensor("temperature") + &sensor("humidity"))).unwrap();
    let entity = "[[devices]]\nname = \"A\"\nkind = \"light\"\nha = \"light.a\"\n";
    refuses(
        &(entity.to_owned() + &entity.replace("\"A\"", "\"B\"")),
        "home.toml:8: the entity `light.a` belongs to `A` already",
    );
}

#[test]
fn groups_stand_for_their_members() {
    let group = |rest: &str| format!("{HOME}\n[[groups]]\nname = \"Both\"\n{rest}");
    let home = parse(&group("of = { kind = \"light\" }")).unwrap();
    let both = &home.devices[3];
    assert_eq!((both.members.as_slice(), both.kind), (&[0, 1][..], Kind::Light));
    assert!(both.can(Ability::Brightness), "one of them can be dimmed");
    let mut store = MemoryStore::default();
    let mut house = House::restore(home, &store).unwrap();
    let dim = State { on: Some(true), brightness: Some(30), ..State::default() };
    house.change(&[(3, dim.clone())], &mut store).unwrap();
    assert_eq!(house.state(0), &dim);
    assert_eq!(
        house.state(1),
        &State { on: Some(true), ..State::default() },
        "this one only knows on and off"
    );
    assert_eq!(house.state(3), &dim);
    house.change(&[(0, State { on: Some(false), ..State::default() })], &mut store).unwrap();
    assert_eq!(house.state(3).on, Some(true), "one of them is still on");

    let line = HOME.matches('\n').count();
    for (rest, line, expected) in [
        ("members = [\"Both\"]", line + 4, "the group `Both` is a member of itself"),
        (
            "members = [\"Kitchen/Lampe\"]",
            line + 4,
            "no device is called `Kitchen/Lampe`; did you mean `Kitchen/Lamp`?",
        ),
        ("members = [\"Lamp\"]", line + 4, "several devices are called `Lamp`; write it with its area"),
        ("members = []", line + 3, "the group `Both` has no members"),
        ("", line + 3, "a group needs `members"),
        ("of = { kind = \"lock\" }", line + 3, "the group `Both` has no members"),
        (
            "members = [\"Movie Night\", \"Office/Lamp\"]",
            line + 3,
            "`Lamp` is a light and cannot do what a scene does",
        ),
    ] {
        refuses(&group(rest), &format!("home.toml:{line}: {expected}"));
    }
}
