//! Plugins as their makers and users meet them: made, checked, installed, granted, taken over.

use std::fs;
use std::time::{Duration, Instant};

use entrenous::event::EventKind;
use serde_json::json;

use crate::plugin_bench::{Bench, CONFIG, can_confine, copy, have, said};
use crate::support::{Program, repository};

#[test]
fn a_plugin_is_made_checked_installed_asked_and_removed() {
    if !can_confine("plugins from nothing") {
        return;
    }
    let program = Program::new().config(CONFIG);
    let made = program.run(["plugin", "new", "morning-greeter"]).ok();
    assert!(made.contains("plugin run morning-greeter"), "{made}");
    let sentence = "say hello from morning greeter to everybody";
    let asked = program.run(["plugin", "run", "morning-greeter", "--ask", sentence]).ok();
    assert!(asked.contains("“Hello, everybody!”"), "{asked}");
    let french = "dis bonjour de la part de morning greeter";
    let asked = program.run(["plugin", "run", "morning-greeter", "--language", "fr", "--ask", french]).ok();
    assert!(asked.contains("Bonjour pour la 1e fois"), "{asked}");
    let checked = program.run(["plugin", "check", "morning-greeter"]).ok();
    assert!(checked.contains("shutdown (fr)") && !checked.contains("FAULT"), "{checked}");

    assert_ne!(program.run(["ask", sentence]).code(), 0, "nothing is installed yet");
    let refused = program.run(["plugin", "install", "morning-greeter"]);
    assert!(refused.stderr().contains("--yes"), "{}", refused.stderr());
    let installed = program.run(["plugin", "install", "--yes", "morning-greeter"]).ok();
    assert!(installed.contains("asks for nothing"), "{installed}");
    let asked = program.run(["ask", sentence]).ok();
    assert!(asked.contains("“Hello, everybody!”"), "{asked}");
    // It counts in the store, which survives.
    program.run(["ask", "say hello from morning greeter"]).ok();
    let asked = program.run(["ask", "say hello from morning greeter"]).ok();
    assert!(asked.contains("Hello, number 3"), "{asked}");

    program.run(["plugin", "disable", "morning-greeter"]).ok();
    assert!(program.run(["plugin", "list"]).ok().contains("disabled"));
    assert_ne!(program.run(["ask", sentence]).code(), 0);
    program.run(["plugin", "enable", "morning-greeter"]).ok();
    program.run(["ask", sentence]).ok();
    program.run(["plugin", "remove", "morning-greeter"]).ok();
    assert!(program.run(["plugin", "list"]).ok().contains("no plugin is installed"));
    assert!(!program.folder().join("data/plugins/morning-greeter").exists());
    let unknown = program.run(["plugin", "enable", "morning-greeter"]);
    assert!(unknown.stderr().contains("there is no plugin `morning-greeter`"), "{}", unknown.stderr());
}

#[test]
fn plugins_in_bash_and_node_keep_to_the_protocol() {
    if !can_confine("plugins in other languages") {
        return;
    }
    for (language, interpreter) in [("bash", "/usr/bin/bash"), ("node", "/usr/bin/node")] {
        if !have(interpreter, "plugins in other languages") {
            continue;
        }
        let program = Program::new().config(CONFIG);
        program.run(["plugin", "new", "greeter", "--lang", language]).ok();
        let checked = program.run(["plugin", "check", "greeter"]).ok();
        assert!(!checked.contains("FAULT") && !checked.contains("warning"), "{language}:\n{checked}");
        let asked =
            program.run(["plugin", "run", "greeter", "--ask", "say hello from greeter to my friend"]).ok();
        assert!(asked.contains("“Hello, friend!”"), "{language}: {asked}");
    }
}

#[test]
fn what_a_plugin_asks_for_is_shown_and_more_of_it_is_not_granted_in_silence() {
    let program = Program::new().config(CONFIG);
    copy(&repository("plugins/sensor"), &program.folder().join("sensor"));
    let installed = program.run(["plugin", "install", "--yes", "--link", "sensor"]).ok();
    assert!(installed.contains("talk to sensor.lan:80 over the network, and to nothing else"), "{installed}");
    let manifest = program.folder().join("sensor/plugin.toml");
    let text = fs::read_to_string(&manifest).unwrap().replace("sensor.lan:80", "evil.example:443");
    fs::write(&manifest, text).unwrap();
    assert!(program.run(["plugin", "list"]).ok().contains("asks for more than it was granted"));
    let asked = program.run(["ask", "what does the garden sensor say"]);
    assert_ne!(asked.code(), 0);
    assert!(asked.stderr().contains("asks for more"), "{}", asked.stderr());

    let french = Program::new().config(&format!("language = \"fr\"\n{CONFIG}"));
    copy(&repository("plugins/sensor"), &french.folder().join("sensor"));
    let installed = french.run(["plugin", "install", "--yes", "sensor"]).ok();
    assert!(installed.contains("communiquer par le réseau avec sensor.lan:80"), "{installed}");
}

#[test]
fn a_plugin_with_broken_sentences_does_not_silence_the_house() {
    let program = Program::new().config(CONFIG);
    copy(&repository("plugins/dice"), &program.folder().join("dice"));
    fs::write(program.folder().join("dice/sentences/en/dice.yaml"), "language: en\nintents: [").unwrap();
    program.run(["plugin", "install", "--yes", "dice"]).ok();
    let asked = program.run(["ask", "--dry-run", "turn on the bed light"]);
    assert_eq!(asked.code(), 0, "{}", asked.stderr());
    assert!(asked.stderr().contains("the plugin `dice` is left out"), "{}", asked.stderr());
}

#[test]
fn what_a_plugin_was_not_granted_it_does_not_get() {
    if !can_confine("permissions of plugins") {
        return;
    }
    let main = "from entrenous import Plugin, Refused\nplugin = Plugin()\n@plugin.intent('Do')\ndef do(request):\n    try:\n        return repr(eval(request.slot('code')))\n    except Refused as error:\n        return f'refused {error.code}'\n@plugin.scheduled('wake')\ndef wake(request):\n    return f'It is time: {request.data}'\nplugin.run()\n";
    let mut poor = Bench::new().with_python("poor", "", main).start();
    for code in [
        "plugin.say('boo')",
        "plugin.devices()",
        "plugin.change('Bed Light', on=True)",
        "plugin.call('subscribe', events=['state'])",
        "plugin.call('subscribe', events=['transcript'])",
    ] {
        assert_eq!(said(&poor.ask("poor.Do", json!({ "code": code }))), "refused -32001", "{code}");
    }
    assert!(poor.said.is_empty());
    assert_eq!(said(&poor.ask("poor.Do", json!({ "code": "request.text" }))), "None");
    assert_eq!(said(&poor.ask("poor.Do", json!({ "code": "plugin.call('nonsense')" }))), "refused -32601");
    assert_eq!(said(&poor.ask("poor.Do", json!({ "code": "plugin.set('k', 'x' * 60000)" }))), "None");
    let many = "[plugin.set(str(n), 'x' * 60000) for n in range(30)]";
    assert_eq!(said(&poor.ask("poor.Do", json!({ "code": many }))), "refused -32002");
    assert_eq!(said(&poor.ask("poor.Do", json!({ "code": "plugin.get('k') == 'x' * 60000" }))), "True");

    let manifest =
        "[permissions]\nhome = 'control'\nspeak = true\ntranscripts = true\nevents = ['transcript']\n";
    let mut rich = Bench::new().with_python("rich", manifest, main).start();
    let mut does = |code: &str| said(&rich.ask("rich.Do", json!({ "code": code })));
    assert_eq!(does("plugin.change('Bed Light', on=True)"), "None");
    assert_eq!(does("plugin.devices(name='bed light')[0]['state']['on']"), "True");
    assert_eq!(does("plugin.change('Bed Light', locked=True)"), "refused -32602");
    assert_eq!(does("plugin.change('No Light', on=True)"), "refused -32602");
    assert_eq!(does("request.text"), "'the words that were said'");
    assert_eq!(does("plugin.say('boo')"), "None");
    assert_eq!(does("plugin.schedule('tea', then='wake', in_s=60, data='tea')"), "None");
    assert_eq!(rich.said, ["boo"]);
    assert!(
        rich.reports.iter().any(|report| matches!(report, EventKind::Action { .. })),
        "{:?}",
        rich.reports
    );
    // The appointment is kept, also when everything is started again.
    let mut rich = rich.restarted("en");
    rich.tick();
    assert!(rich.said.is_empty());
    rich.clock.advance_ms(61_000);
    rich.tick();
    assert_eq!(rich.said, ["It is time: tea"], "{:?}", rich.faults);
}

/// The guide's own example, as somebody would copy it.
#[test]
fn the_guide_makes_a_plugin_from_nothing() {
    if !can_confine("the guide to plugins") {
        return;
    }
    let guide = fs::read_to_string(repository("docs/plugins.md")).unwrap();
    let block = |language: &str| {
        let start = guide.find(&format!("```{language}\n")).unwrap() + language.len() + 4;
        guide[start..start + guide[start..].find("```").unwrap()].to_owned()
    };
    let program = Program::new()
        .config(CONFIG)
        .file("tea/plugin.toml", block("toml"))
        .file("tea/main.py", block("python"))
        .file("tea/sentences/en/tea.yaml", block("yaml"));
    let checked = program.run(["plugin", "check", "tea"]).ok();
    assert!(checked.contains("tea.Brew (en)") && !checked.contains("FAULT"), "{checked}");
    let brew = "how long does mint tea take";
    let asked = program.run(["plugin", "run", "tea", "--ask", brew, "--ask", "yes please"]).ok();
    assert!(asked.contains("7 minutes. Shall I call you?") && asked.contains("“I will.”"), "{asked}");
    let asked = program.run(["plugin", "run", "tea", "--ask", brew, "--ask", "no"]).ok();
    assert!(!asked.contains("“I will.”"), "{asked}");
    // Installed, the appointment is kept and needs the permission to speak.
    let installed = program.run(["plugin", "install", "--yes", "tea"]).ok();
    assert!(installed.contains("speak without being asked"), "{installed}");
    assert!(installed.contains("plugin set tea minutes"), "{installed}");
    assert!(program.run(["plugin", "set", "tea", "minutes", "5"]).ok().contains("minutes = 5"));
    let wrong = program.run(["plugin", "set", "tea", "minutes", "many"]);
    assert!(wrong.stderr().contains("a number"), "{}", wrong.stderr());
}

/// What `run` looks at while it lives: installed, edited, disabled.
#[test]
#[cfg(all(feature = "pocketsphinx", feature = "sqlite"))]
fn a_running_assistant_takes_plugins_over() {
    use entrenous::config;
    use entrenous::daemon::reload::{Files, Renew, Renewal, Watch};
    use entrenous::household::Household;

    let program = Program::new().config(&format!("stt.engine = \"pocketsphinx\"\n{CONFIG}"));
    // The store is there before anybody watches, as `run` makes it.
    program.run(["plugin", "list"]).ok();
    program.run(["ask", "what time is it"]).ok();
    let mut config = config::load(Some(&program.folder().join("entrenous.toml"))).unwrap();
    config.data_dir = program.folder().join("data");
    let household = Household::load(&config).unwrap();
    let mut watch = Watch::new(&config, Files::of(&config), &household).unwrap();
    let mut look = |what: &str| -> Renewal {
        let start = Instant::now();
        loop {
            if let Some(renewal) = watch.look() {
                return renewal.unwrap();
            }
            assert!(start.elapsed() < Duration::from_secs(30), "not seen: {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    copy(&repository("plugins/dice"), &program.folder().join("dice"));
    program.run(["plugin", "install", "--yes", "--link", "dice"]).ok();
    let installed = look("installed");
    assert!(installed.hearing.is_some(), "its sentences are not heard");
    let understood = installed.household.understanding.exactly("roll a die").unwrap();
    assert_eq!(understood.intent, "dice.Roll");

    let main = program.folder().join("dice/main.py");
    let text = fs::read_to_string(&main).unwrap();
    fs::write(&main, text + "\n# changed\n").unwrap();
    // The folder that appeared is a change of its own.
    let mut edited = look("edited");
    if edited.household.plugins[0].stamp == installed.household.plugins[0].stamp {
        edited = look("edited");
    }
    assert_ne!(edited.household.plugins[0].stamp, installed.household.plugins[0].stamp);
    assert!(edited.hearing.is_none());

    program.run(["plugin", "disable", "dice"]).ok();
    let disabled = look("disabled");
    assert!(disabled.household.plugins.is_empty());
    assert!(disabled.household.understanding.exactly("roll a die").is_none());
}
