//! The plugins that ship: asked in their sandbox, in both languages.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;

use entrenous::event::{EventKind, State};
use entrenous::plugin::Outcome;
use entrenous::plugin::protocol::Expect;
use serde_json::json;

use crate::plugin_bench::{Bench, CONFIG, can_confine, nothing, said};
use crate::support::{Program, repository};

#[test]
fn the_dice_are_thrown_in_both_languages() {
    if !can_confine("the example plugins") {
        return;
    }
    let program = Program::new().config(CONFIG);
    let dice = repository("plugins/dice");
    let dice = dice.to_str().unwrap();
    let asked = program
        .run([
            "plugin",
            "run",
            dice,
            "--ask",
            "roll a die",
            "--ask",
            "throw three dice",
            "--ask",
            "heads or tails",
        ])
        .ok();
    assert!(asked.contains("You rolled a ") && asked.contains("That makes "), "{asked}");
    let asked = program
        .run(["plugin", "run", dice, "--language", "fr", "--ask", "lance les dés", "--ask", "pile ou face"])
        .ok();
    assert!(asked.contains("Tu as fait ") && (asked.contains("Pile.") || asked.contains("Face.")), "{asked}");
}

#[test]
fn the_countdown_counts_the_days() {
    if !can_confine("the example plugins") {
        return;
    }
    let program = Program::new().config(CONFIG);
    let countdown = repository("plugins/countdown");
    let countdown = countdown.to_str().unwrap();
    let today = jiff::ZonedDateTime::now().date();
    let ask = |language: &str, text: &str, days: i64| {
        let date = today.checked_add(jiff::Span::new().days(days)).unwrap();
        let (date, event) = (format!("date={date}"), "event=l'été \"2027\"");
        program
            .run([
                "plugin",
                "run",
                countdown,
                "--language",
                language,
                "--set",
                &date,
                "--set",
                event,
                "--ask",
                text,
            ])
            .ok()
    };
    assert!(ask("en", "how many days are left", 400).contains("400 days until l'été \"2027\"."));
    assert!(ask("fr", "combien de jours reste-t-il", 1).contains("Demain, c'est l'été \"2027\" !"));
    assert!(ask("en", "how many nights left", -3).contains("That was 3 days ago."));
    let wrong =
        program.run(["plugin", "run", countdown, "--set", "date=soon", "--ask", "how many days left"]);
    assert!(wrong.stderr().contains("2027-03-14"), "{}", wrong.stderr());
}

#[test]
fn a_recipe_is_a_conversation_that_goes_on_later() {
    if !can_confine("the example plugins") {
        return;
    }
    let mut bench = Bench::new().with("plugins/recipes", &[]).start();
    let asks = |outcome: &Outcome| outcome.ask.as_ref().expect("a question").say.clone();
    let which = bench.ask("recipes.Cook", nothing());
    assert_eq!(asks(&which), "Which recipe? Pancakes or tomato soup?");
    let first = bench.answer("recipes", &which, json!("soup"));
    assert!(asks(&first).starts_with("Step 1 of 3: Fry"), "{first:?}");
    let Expect::Choice { choices } = &first.ask.as_ref().unwrap().expect else { panic!("{first:?}") };
    assert_eq!(choices.len(), 4);
    let second = bench.answer("recipes", &first, json!("next"));
    assert!(asks(&second).starts_with("Step 2 of 3: Add"), "{second:?}");
    assert!(asks(&bench.answer("recipes", &second, json!("back"))).starts_with("Step 1 of 3"));
    let stopped = bench.answer("recipes", &second, json!("stop"));
    assert_eq!((said(&stopped).as_str(), stopped.ask), ("All right, the recipe waits for you.", None));
    // In a later session, in French.
    let mut bench = bench.restarted("fr");
    assert!(asks(&bench.ask("recipes.Again", nothing())).starts_with("Étape 1 sur 3 :"));
    let second = bench.ask("recipes.Next", nothing());
    let third = bench.answer("recipes", &second, json!("next"));
    let over = bench.answer("recipes", &third, json!("next"));
    assert_eq!((said(&over).as_str(), over.ask), ("C'était la dernière étape. Bon appétit !", None));
    assert_eq!(said(&bench.ask("recipes.Next", nothing())), "Aucune recette n'est commencée.");
}

#[test]
fn the_indicator_lights_its_pin() {
    if !can_confine("the example plugins") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let pin = folder.path().join("brightness");
    fs::write(&pin, "").unwrap();
    let mut bench =
        Bench::new().with("plugins/indicator", &[("/sys/class/leds/ACT/brightness", pin.to_str().unwrap())]);
    bench.places.eager = true;
    let mut bench = bench.start();
    let reads = |text: &'static str| {
        let pin = pin.clone();
        move |_: &mut Bench| fs::read_to_string(&pin).unwrap().trim() == text
    };
    bench.until("it is ready", |bench| bench.plugins.as_ref().unwrap().is_ready("indicator"));
    bench.until("the pin is off at the start", reads("0"));
    for (state, level) in
        [(State::Listening, "1"), (State::Idle, "0"), (State::Speaking, "1"), (State::Speaking, "0")]
    {
        bench.observe(EventKind::State { state });
        bench.until(&format!("the pin is {level} while {state:?}"), reads(level));
    }
}

#[test]
fn the_sensor_is_asked_over_the_network_and_nothing_else_is() {
    if !can_confine("the example plugins") {
        return;
    }
    let sensor = TcpListener::bind("127.0.0.1:0").unwrap();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = sensor.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in sensor.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 1024];
            let read = stream.read(&mut request).unwrap();
            assert!(request[..read].starts_with(b"GET /sensor/temperature "));
            let body = "{\"id\": \"temperature\", \"value\": 12.5}";
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    let mut bench = Bench::new().with("plugins/sensor", &[("sensor.lan:80", &address)]).start();
    assert_eq!(said(&bench.ask("sensor.Outside", nothing())), "It is 12.5 degrees in the garden.");
    let mut bench = bench.restarted("fr");
    assert_eq!(said(&bench.ask("sensor.Outside", nothing())), "Il fait 12,5 degrés au jardin.");

    // The same plugin, asking for another machine than it was granted.
    let elsewhere = format!(
        "from entrenous import Plugin, connect\nplugin = Plugin()\n@plugin.intent('Go')\ndef go(request):\n    try:\n        connect('127.0.0.1', {})\n    except Exception as error:\n        return repr(error)\n    return 'connected'\nplugin.run()\n",
        other.local_addr().unwrap().port()
    );
    let manifest = format!("[permissions]\nnetwork = ['{address}']\n");
    let mut bench = Bench::new().with_python("stray", &manifest, &elsewhere).start();
    let refused = said(&bench.ask("stray.Go", nothing()));
    assert!(refused.contains("is not among the permissions"), "{refused}");
    let mut bench = Bench::new().with_python("stray", "", &elsewhere).start();
    let refused = said(&bench.ask("stray.Go", nothing()));
    assert!(refused.contains("no permission `network`"), "{refused}");
}

/// Through the mind: what is said after a question answers it.
#[test]
fn a_recipe_is_cooked_in_conversation() {
    if !can_confine("conversations with plugins") {
        return;
    }
    let program = Program::new().config(CONFIG);
    let recipes = repository("plugins/recipes");
    let talk = |language: &str, lines: &[&str]| {
        let mut arguments = vec!["plugin", "run", recipes.to_str().unwrap(), "--language", language];
        arguments.extend(lines.iter().flat_map(|line| ["--ask", *line]));
        program.run(arguments).ok()
    };
    let said = talk("en", &["start a recipe", "the soup please", "next", "go back", "enough", "next step"]);
    let order = [
        "Which recipe?",
        "Step 1 of 3",
        "Step 2 of 3",
        "Step 1 of 3",
        "All right, the recipe waits for you.",
        "Step 2 of 3",
    ];
    let mut rest = said.as_str();
    for expected in order {
        let at = rest.find(expected).unwrap_or_else(|| panic!("no `{expected}` in its place:\n{said}"));
        rest = &rest[at + expected.len()..];
    }
    let said = talk("fr", &["commence une recette", "les crêpes", "suivant"]);
    assert!(said.contains("Étape 2 sur 4"), "{said}");
}
