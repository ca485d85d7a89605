//! Devices behind a real broker.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use entrenous::home::backend::board::Line;

use super::broker::{Broker, free_port};
use super::puppets::Puppet;
use super::{Living, wiring};
use crate::support::Program;

/// Long enough on a busy machine.
const PATIENT: u64 = 15_000;

const HOME: &str = r#"
[[areas]]
name = "Office"
aliases_fr = ["bureau"]

[[devices]]
name = "Desk Lamp"
aliases_fr = ["lampe de bureau"]
kind = "light"
area = "Office"
can = ["brightness"]
mqtt = { topic = "zigbee2mqtt/desk_lamp" }

[[devices]]
name = "Floor Lamp"
aliases_fr = ["lampadaire"]
kind = "light"
area = "Office"
can = ["brightness"]
mqtt = { topic = "floor_lamp", kind = "tasmota" }
"#;

fn up(line: &Line) -> bool {
    *line == Line::Up
}

fn down(line: &Line) -> bool {
    matches!(line, Line::Down(_))
}

/// A house with both lamps, where there is a broker.
fn house(broker: &Broker, answer_ms: u64) -> Living {
    let mut wiring = wiring(answer_ms);
    wiring.mqtt.port = broker.port;
    let mut living = Living::new("en", HOME, wiring);
    living.wait_for_line("mqtt", up);
    living
}

#[test]
fn lamps_do_what_is_said_and_say_so() {
    let Some(broker) = Broker::start("home::mqtt") else { return };
    let zigbee = Puppet::zigbee(broker.port, "zigbee2mqtt/desk_lamp");
    let tasmota = Puppet::tasmota(broker.port, "floor_lamp");
    let mut living = house(&broker, PATIENT);
    living.settle();
    assert_eq!(living.says("turn on the desk lamp"), "I turned on the Desk Lamp.");
    assert_eq!(zigbee.told(), [r#"set {"state":"ON"}"#]);
    assert_eq!(living.says("set the desk lamp to 40 percent"), "I set the Desk Lamp to 40 percent.");
    assert_eq!(living.says("is the desk lamp on"), "Yes, the Desk Lamp is on.");
    assert_eq!(living.says("set the floor lamp to 30 percent"), "I set the Floor Lamp to 30 percent.");
    assert_eq!(tasmota.told(), ["Dimmer 30"]);
    let came = living.ask("turn off the lights in the office");
    assert_eq!(came.said, "I turned off 2 lights in the Office.");
    assert_eq!(came.did, ["Desk Lamp", "Floor Lamp"]);
    assert_eq!(tasmota.told(), ["Dimmer 30", "POWER OFF"]);
}

#[test]
fn what_the_broker_kept_is_known_at_the_start() {
    let Some(broker) = Broker::start("home::mqtt") else { return };
    let zigbee = Puppet::zigbee(broker.port, "zigbee2mqtt/desk_lamp");
    zigbee.say("", r#"{"state":"ON","brightness":127}"#);
    // Nobody answers from here on: what is known is what was kept.
    zigbee.be_silent(true);
    let mut living = house(&broker, PATIENT);
    living.wait("the state", |living| living.says("is the desk lamp on") == "Yes, the Desk Lamp is on.");
}

#[test]
fn what_is_away_is_named_at_once() {
    let Some(broker) = Broker::start("home::mqtt") else { return };
    let zigbee = Puppet::zigbee(broker.port, "zigbee2mqtt/desk_lamp");
    let _tasmota = Puppet::tasmota(broker.port, "floor_lamp");
    for (offline, online) in [("offline", "online"), (r#"{"state":"offline"}"#, r#"{"state":"online"}"#)] {
        zigbee.say("/availability", offline);
        let mut living = house(&broker, PATIENT);
        living.settle();
        let away = "The Desk Lamp cannot be reached.";
        living.wait("its absence", |living| living.says("is the desk lamp on") == away);
        let came = living.ask("turn on the desk lamp");
        assert_eq!((came.said.as_str(), came.did.len()), (away, 0));
        assert!(came.took < Duration::from_millis(PATIENT), "it is not waited for: {:?}", came.took);
        let said = living.says("turn on the lights in the office");
        assert_eq!(said, format!("I turned on the Floor Lamp. {away}"));
        assert_eq!(
            living.says("are any lights on in the office"),
            format!("Yes, 1 light is on in the Office: the Floor Lamp. {away}")
        );
        zigbee.say("/availability", online);
        living.wait("its return", |living| living.says("is the desk lamp on") != away);
    }
    assert_eq!(zigbee.told(), [""; 0], "nothing was sent to what is away");
}

#[test]
fn what_does_not_answer_is_not_done() {
    let Some(broker) = Broker::start("home::mqtt") else { return };
    let zigbee = Puppet::zigbee(broker.port, "zigbee2mqtt/desk_lamp");
    let tasmota = Puppet::tasmota(broker.port, "floor_lamp");
    let mut living = house(&broker, 1_500);
    living.settle();
    zigbee.be_silent(true);
    let came = living.ask("turn on the desk lamp");
    assert_eq!((came.said.as_str(), came.did.len()), ("The Desk Lamp did not answer.", 0));
    assert!(came.took >= Duration::from_millis(1_500));
    assert_eq!(
        living.says("is the desk lamp on"),
        "No, the Desk Lamp is off.",
        "its state is the last one it told"
    );
    tasmota.be_silent(true);
    let came = living.ask("turn on the lights in the office");
    assert_eq!(came.said, "The Desk Lamp and the Floor Lamp did not answer.");
    zigbee.be_silent(false);
    living.wait("the lamp", |living| living.says("turn on the desk lamp") == "I turned on the Desk Lamp.");
}

#[test]
fn a_broker_that_dies_in_a_command_is_answered_and_comes_back() {
    let Some(mut broker) = Broker::start("home::mqtt") else { return };
    let zigbee = Puppet::zigbee(broker.port, "zigbee2mqtt/desk_lamp");
    let mut living = house(&broker, PATIENT);
    living.wait("the lamp", |living| living.says("is the desk lamp on") == "No, the Desk Lamp is off.");
    zigbee.be_silent(true);
    let away = "The Desk Lamp cannot be reached.";
    let came = std::thread::scope(|scope| {
        scope.spawn(|| {
            // The lamp has the order, and the broker dies before it can answer.
            zigbee.wait_for_order();
            broker.kill();
        });
        living.ask("turn on the desk lamp")
    });
    assert_eq!((came.said.as_str(), came.did.len()), (away, 0));
    assert!(came.took < Duration::from_millis(PATIENT), "that it is gone is known at once: {:?}", came.took);
    living.wait_for_line("mqtt", down);
    for _ in 0..3 {
        assert_eq!(living.says("turn on the desk lamp"), away);
    }
    zigbee.be_silent(false);
    broker.restart();
    living.wait_for_line("mqtt", up);
    living.wait("the lamp", |living| living.says("is the desk lamp on") == "No, the Desk Lamp is off.");
    assert_eq!(
        zigbee.told().len(),
        1,
        "what was said while it was away is not done later: {:?}",
        zigbee.told()
    );
    living.wait("the lamp", |living| living.says("turn on the desk lamp") == "I turned on the Desk Lamp.");
}

#[test]
fn passwords_are_needed_right_and_private() {
    let Some(broker) = Broker::start_guarded("home::mqtt", "swordfish") else { return };
    let file = broker.folder().join("secret");
    let write = |password: &str, mode: u32| {
        std::fs::write(&file, password).expect("a file");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("a mode");
    };
    let mut own = wiring(PATIENT);
    own.mqtt.port = broker.port;
    own.mqtt.user = Some("house".into());
    own.mqtt.password_file = Some(file.clone());

    write("marlin", 0o600);
    let mut living = Living::new("en", HOME, own.clone());
    living.wait_for_line(
        "mqtt",
        |line| matches!(line, Line::Down(reason) if reason.contains("refuses the user or the password")),
    );
    assert_eq!(living.says("turn on the desk lamp"), "The Desk Lamp cannot be reached.");
    // Put right, it is used without a restart.
    write("swordfish", 0o600);
    living.wait_for_line("mqtt", up);

    write("swordfish", 0o644);
    let mut living = Living::new("en", HOME, own);
    living.wait_for_line("mqtt", |line| matches!(line, Line::Down(reason) if reason.contains("chmod 600")));
}

#[test]
fn the_doctor_and_the_home_command_see_the_broker() {
    let Some(broker) = Broker::start("home::mqtt") else { return };
    let zigbee = Puppet::zigbee(broker.port, "zigbee2mqtt/desk_lamp");
    let program = |port: u16| {
        let config = format!(
            "[understanding]\ntrained = false\n[home]\nfile = \"home.toml\"\nanswer_ms = 10000\n[mqtt]\nhost = \"127.0.0.1\"\nport = {port}\n"
        );
        Program::new().config(&config).file("home.toml", HOME)
    };
    let here = program(broker.port);
    let set = here.run(["home", "set", "desk lamp", "brightness=50", "on"]).ok();
    assert!(set.starts_with("Desk Lamp: confirmed in "), "{set}");
    assert_eq!(zigbee.told(), [r#"set {"state":"ON","brightness":127}"#]);
    let shown = here.run(["home"]).ok();
    assert!(shown.contains("mqtt: connected"), "{shown}");
    let row = shown.lines().find(|line| line.starts_with("Desk Lamp")).expect("a row");
    assert!(row.contains("mqtt") && row.contains("on true, brightness 50") && row.contains("s ago"), "{row}");
    let asked = here.run(["ask", "turn off the desk lamp"]).ok();
    assert!(asked.contains("I turned off the Desk Lamp."), "{asked}");
    let doctor = examined(&here);
    assert!(doctor.contains(&format!("127.0.0.1:{} answers", broker.port)), "{doctor}");

    let gone = program(free_port());
    let asked = gone.run(["ask", "turn on the desk lamp"]);
    assert_eq!(asked.code(), 1);
    assert!(asked.stdout().contains("The Desk Lamp cannot be reached."), "{}", asked.stdout());
    let doctor = examined(&gone);
    assert!(doctor.contains("FAULT    MQTT broker"), "{doctor}");
    // A rehearsal moves nothing real.
    assert!(
        gone.run(["ask", "--dry-run", "turn on the desk lamp"]).ok().contains("I turned on the Desk Lamp.")
    );
}

/// What the doctor says where there is no sound and no voice to look at.
fn examined(program: &Program) -> String {
    let mut command = program.command();
    command.env("PATH", program.folder()).env("XDG_RUNTIME_DIR", program.folder());
    command.env_remove("ENTRENOUS_SHARED").env_remove("ENTRENOUS_MODELS").env_remove("PULSE_SERVER");
    let output = command.arg("doctor").output().expect("the doctor runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// From the order to the lamp's word, over Mosquitto: run with
/// `cargo test --release --test all home::mqtt::round_trip -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn round_trip() {
    let Some(broker) = Broker::start("home::mqtt") else { return };
    let _zigbee = Puppet::zigbee(broker.port, "zigbee2mqtt/desk_lamp");
    let mut living = house(&broker, PATIENT);
    living.settle();
    let mut times: Vec<f64> = (0..200)
        .map(|number| {
            let came =
                living.ask(if number % 2 == 0 { "turn on the desk lamp" } else { "turn off the desk lamp" });
            assert_eq!(came.did, ["Desk Lamp"]);
            came.took.as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!(
        "command → confirmation over Mosquitto, {} commands: median {:.1} ms, p95 {:.1} ms, longest {:.1} ms",
        times.len(),
        times[times.len() / 2],
        times[times.len() * 95 / 100],
        times[times.len() - 1]
    );
}
