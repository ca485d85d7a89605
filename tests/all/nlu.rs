//! From sentence files to intents.

use std::path::PathBuf;

use entrenous::nlu::sentences::{ListEntry, ListSource, SourceFile, load};
use entrenous::nlu::{Intent, NluError, Understanding};
use serde_json::{Value, json};

/// A small language, fluently.
struct Language {
    tag: &'static str,
    files: Vec<SourceFile>,
    lists: Vec<ListSource>,
}

fn language(tag: &'static str, yaml: &str) -> Language {
    Language { tag, files: Vec::new(), lists: Vec::new() }.file("test.yaml", yaml)
}

impl Language {
    fn file(mut self, name: &str, yaml: &str) -> Self {
        let text = if yaml.contains("language:") {
            yaml.to_owned()
        } else {
            format!("language: {}\n{yaml}", self.tag)
        };
        self.files.push(SourceFile { path: PathBuf::from(name), text });
        self
    }

    fn names(mut self, entries: &[(&str, &str)]) -> Self {
        let values = entries
            .iter()
            .map(|(name, domain)| ListEntry {
                text: (*name).to_owned(),
                value: json!(name),
                context: vec![("domain".to_owned(), json!(domain))],
            })
            .collect();
        self.lists.push(ListSource { name: "name".to_owned(), values });
        self
    }

    fn areas(mut self, names: &[&str]) -> Self {
        let values = names
            .iter()
            .map(|name| ListEntry { text: (*name).to_owned(), value: json!(name), context: Vec::new() })
            .collect();
        self.lists.push(ListSource { name: "area".to_owned(), values });
        self
    }

    fn understanding(&self) -> Understanding {
        let loaded = load(self.tag, &self.files, &self.lists).unwrap_or_else(|error| panic!("{error}"));
        Understanding::new(loaded.grammar).unwrap()
    }

    fn fault(&self) -> (usize, String) {
        match load(self.tag, &self.files, &self.lists).unwrap_err() {
            NluError::Sentence { line, reason, .. } => (line, reason),
            other @ NluError::NoSentences { .. } => panic!("{other}"),
        }
    }
}

fn slots(intent: &Intent) -> Value {
    Value::Object(intent.slots.iter().map(|slot| (slot.name.clone(), slot.value.clone())).collect())
}

#[track_caller]
fn check(understanding: &Understanding, text: &str, intent: &str, expected: Value) {
    let found = understanding.exactly(text).unwrap_or_else(|| panic!("`{text}` is not understood"));
    assert_eq!((found.intent.as_str(), slots(&found)), (intent, expected), "{text}");
}

const LIGHTS: &str = r#"
intents:
  TurnOn:
    data:
      - sentences:
          - "(turn|switch) on <name> [in <area>]"
          - "(turn|switch) <name> on"
        requires_context: {domain: [light, switch]}
      - sentences: ["open <name>"]
        requires_context: {domain: {value: cover, slot: true}}
      - sentences: ["(turn|switch) on [all] [the] light[s] (in <area>|)"]
        slots: {domain: light}
        response: lights
      - sentences: ["turn on the lights [in] here"]
        requires_context: {area: {slot: true}}
  Set:
    data:
      - sentences: ["set <name> ([to] {brightness}[%| percent];[[to] {color}])"]
        excludes_context: {domain: cover}
      - sentences: ["play {anything} [on <name>]"]
        lists: {anything: {wildcard: true}}
lists:
  brightness: {range: {from: 0, to: 100, type: percentage, fraction_type: halves}}
  color:
    values: [red, {in: "(azure|sky[ ]blue)", out: blue}]
expansion_rules:
  name: "[the] {name}"
  area: "[the] {area}"
skip_words: [please, "could you"]
"#;

fn lights() -> Language {
    language("en", LIGHTS)
        .names(&[("Bed Light", "light"), ("Gate", "cover"), ("Lamp 2", "light"), ("Café (old)", "switch")])
        .areas(&["Kitchen", "Living Room"])
}

#[test]
fn sentences_become_intents_with_slots() {
    let u = lights().understanding();
    check(&u, "Turn on the Bed Light, please!", "TurnOn", json!({"name": "Bed Light"}));
    check(&u, "could you please switch bed light on", "TurnOn", json!({"name": "Bed Light"}));
    check(
        &u,
        "turn on the bed light in the living room",
        "TurnOn",
        json!({"name": "Bed Light", "area": "Living Room"}),
    );
    check(&u, "open the gate", "TurnOn", json!({"name": "Gate", "domain": "cover"}));
    check(
        &u,
        "turn on all the lights in the kitchen",
        "TurnOn",
        json!({"area": "Kitchen", "domain": "light"}),
    );
    check(&u, "turn on light", "TurnOn", json!({"domain": "light"}));
    check(&u, "switch on lamp two", "TurnOn", json!({"name": "Lamp 2"}));
    check(&u, "switch on lamp 2", "TurnOn", json!({"name": "Lamp 2"}));
    check(&u, "switch on the café old", "TurnOn", json!({"name": "Café (old)"}));
    for text in
        ["turn on the gate", "turn on", "open the bed light", "", "please", "🦀", "turn on the lightses"]
    {
        assert_eq!(u.exactly(text), None, "{text}");
    }
}

#[test]
fn here_is_a_null_area() {
    let found = lights().understanding().exactly("turn on the lights in here").unwrap();
    assert!(found.is_here());
    assert_eq!(found.slot_str("area"), None);
}

#[test]
fn numbers_permutations_and_spelled_values() {
    let u = lights().understanding();
    check(&u, "set bed light to 50%", "Set", json!({"name": "Bed Light", "brightness": 50}));
    check(
        &u,
        "set bed light to fifty percent to sky blue",
        "Set",
        json!({"name": "Bed Light", "brightness": 50, "color": "blue"}),
    );
    check(
        &u,
        "set bed light red twenty two and a half",
        "Set",
        json!({"name": "Bed Light", "brightness": 22.5, "color": "red"}),
    );
    check(&u, "set lamp two two", "Set", json!({"name": "Lamp 2", "brightness": 2}));
    assert_eq!(u.exactly("set bed light to 101 percent azure"), None);
    assert_eq!(u.exactly("set gate to 10 azure"), None);
}

#[test]
fn wildcards_take_what_nothing_else_explains() {
    let u = lights().understanding();
    check(
        &u,
        "play some old song on the bed light",
        "Set",
        json!({"anything": "some old song", "name": "Bed Light"}),
    );
    let found = u.exactly("Please play  L'Été indien!").unwrap();
    assert_eq!(found.slots[0].raw, "L'Été indien");
    assert_eq!(found.slots[0].range, Some([13, 25]));
}

#[test]
fn explanations_name_template_line_and_runner_up() {
    let found = lights().understanding().exactly("turn on the lights in here").unwrap();
    assert_eq!(found.why.source.as_deref(), Some("test.yaml:15"));
    assert_eq!(found.why.template.as_deref(), Some("turn on the lights [in] here"));
    assert_eq!(found.why.stage, "template");
    let u = lights()
        .file(
            "more.yaml",
            "intents: {Other: {data: [{sentences: [\"turn on {w}\"], lists: {w: {wildcard: true}}}]}}",
        )
        .understanding();
    let found = u.exactly("turn on the bed light").unwrap();
    assert_eq!((found.intent.as_str(), found.why.runner_up.as_deref()), ("TurnOn", Some("Other 1.00")));
}

#[test]
fn a_home_without_a_kind_of_device_drops_its_sentences() {
    let u = language("en", LIGHTS).names(&[("Lamp", "light")]).understanding();
    assert!(u.grammar().sentences.iter().all(|sentence| !sentence.template.starts_with("open")));
    assert_eq!(u.exactly("turn on lamp in the kitchen"), None);
    check(&u, "turn on lamp", "TurnOn", json!({"name": "Lamp"}));
}

#[test]
fn french_elisions_match_names() {
    let yaml = "
intents: {Lock: {data: [{sentences: [\"verrouill(e|er) [<le>]{name}\"]}]}}
expansion_rules: {le: \"(l'|le |la |les )\"}
";
    let u = language("fr", yaml).names(&[("Entrée", "lock"), ("Porte d'entrée", "lock")]).understanding();
    check(&u, "verrouille l’entrée", "Lock", json!({"name": "Entrée"}));
    check(&u, "Verrouiller la porte d'ENTRÉE", "Lock", json!({"name": "Porte d'entrée"}));
}

#[track_caller]
fn check_fault(yaml: &str, line: usize, part: &str) {
    let fault = language("en", &format!("language: en\n{yaml}")).fault();
    assert!(fault.0 == line && fault.1.contains(part), "{fault:?}");
}

#[test]
fn faults_name_their_line_and_mend() {
    let one = |sentence: &str| {
        format!("intents:\n  A:\n    data:\n      - sentences:\n          - \"{sentence}\"\n")
    };
    check_fault("intentz: {}\n", 2, "did you mean `intents`?");
    check_fault(&one("turn [on"), 6, "column 6: `[` is never closed");
    check_fault(&one("turn <on>"), 6, "there is no rule `on`");
    check_fault(&(one("{colour}") + "lists:\n  color: {values: [red]}\n"), 6, "did you mean `color`?");
    check_fault("expansion_rules:\n  a: \"x <b>\"\n  b: \"y <a>\"\n", 3, "`<a>` → `<b>` → `<a>` goes round");
    check_fault("lists:\n  a:\n    values: [x, \"{a}\"]\n", 3, "`{a}` → `{a}` goes round");
    check_fault("lists:\n  a:\n    range: {from: 5, to: 1}\n", 4, "must not be above `to`");
    check_fault("lists:\n  a:\n    values: [x]\n    wildcard: true\n", 5, "keep one");
    check_fault("intents:\n  A:\n    data:\n      - slots: {}\n", 5, "without `sentences`");
    check_fault("intents: [a\n", 2, "not valid YAML");
    check_fault("responses:\n  intents:\n    A:\n      default: \"{{ x\"\n", 5, "Jinja");
    let fault = language("fr", "language: en\n").fault();
    assert!(fault.1.contains("for `en`, not `fr`"), "{fault:?}");
    assert!(language("en", "lists: {} # language:\n").fault().1.contains("`language` is missing"));
}

#[test]
fn deep_and_huge_templates_are_bounded() {
    let deep = format!(
        "intents: {{A: {{data: [{{sentences: [\"{}a{}\"]}}]}}}}\n",
        "[".repeat(5000),
        "]".repeat(5000)
    );
    assert!(language("en", &deep).fault().1.contains("inside each other"));
    assert!(language("en", &"[".repeat(50_000)).fault().1.contains("YAML"));
    let glued = format!("intents: {{A: {{data: [{{sentences: [\"x{}\"]}}]}}}}\n", "(a|b|c)".repeat(50));
    assert!(language("en", &glued).fault().1.contains("forms"));
    let rules: Vec<_> = (0..500).map(|i| format!("  r{i}: \"<r{}>\"", i + 1)).collect();
    let rules = rules.join("\n");
    assert!(language("en", &format!("expansion_rules:\n{rules}\n  r500: x\n")).fault().1.contains("flatten"));

    // 3^64 sentences, none of which is ever written out.
    let huge = format!("intents: {{A: {{data: [{{sentences: [\"{}z\"]}}]}}}}\n", "[(a|b|a b)] ".repeat(64));
    let u = language("en", &huge).understanding();
    let started = std::time::Instant::now();
    assert!(u.exactly(&("a b ".repeat(60) + "z")).is_some());
    assert_eq!(u.exactly(&"a b ".repeat(2500)), None);
    assert_eq!(u.exactly(&"🦀".repeat(2500)), None);
    assert_eq!(u.exactly(&"a ".repeat(199)), None);
    assert!(started.elapsed().as_millis() < 2_000, "{:?}", started.elapsed());
}

mod shipped {
    //! The sentences that ship, with the shipped home and those of the recordings.

    use std::collections::BTreeSet;
    use std::fs;

    use entrenous::home::Home;

    use super::*;
    use crate::support::{repository, shared};

    fn shipped(tag: &'static str, home: &Home) -> Language {
        let mut paths: Vec<_> = fs::read_dir(repository("config/sentences").join(tag))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            // Answers are a grammar of their own.
            .filter(|path: &std::path::PathBuf| !path.ends_with("answers.yaml"))
            .collect();
        paths.sort();
        let files =
            paths.into_iter().map(|path| SourceFile { text: fs::read_to_string(&path).unwrap(), path });
        Language { tag, files: files.collect(), lists: home.lists(tag) }
    }

    fn recorded(tag: &'static str) -> Language {
        shipped(tag, &Home::read(&repository(&format!("tests/data/home-{tag}.toml"))).unwrap())
    }

    #[test]
    fn every_recorded_sentence_is_understood() {
        let Some(shared) = shared("every_recorded_sentence_is_understood") else { return };
        for tag in ["en", "fr"] {
            let understanding = recorded(tag).understanding();
            let table =
                fs::read_to_string(shared.join("audio/home").join(tag).join("transcripts.tsv")).unwrap();
            let sentences =
                table.lines().skip(1).filter_map(|line| line.split_once('\t')).map(|(_, text)| text);
            let missing: Vec<_> =
                sentences.filter(|text| !text.is_empty() && understanding.exactly(text).is_none()).collect();
            assert!(missing.is_empty(), "{tag}: not understood: {missing:#?}");
        }
    }

    /// What people say in other words than the recordings; the expected readings were checked by eye.
    #[test]
    fn what_people_say_is_understood() {
        for tag in ["en", "fr"] {
            let understanding = shipped(tag, &Home::demo()).understanding();
            let cases = fs::read_to_string(repository(&format!("tests/data/understood-{tag}.tsv"))).unwrap();
            for case in cases.lines().filter(|line| !line.starts_with('#')) {
                let mut columns = case.split('\t');
                let (text, intent) = (columns.next().unwrap(), columns.next().unwrap());
                if intent == "-" {
                    assert_eq!(understanding.exactly(text), None, "{text}");
                } else {
                    check(
                        &understanding,
                        text,
                        intent,
                        serde_json::from_str(columns.next().unwrap()).unwrap(),
                    );
                }
            }
        }
    }

    /// What the grammar can say, the matcher understands, and as the same intent, unless the words
    /// happen to be a device's own name ("bedroom temperature").
    #[test]
    fn every_sentence_is_understood_as_what_it_is() {
        for tag in ["en", "fr"] {
            for language in [shipped(tag, &Home::demo()), recorded(tag)] {
                let understanding = language.understanding();
                let grammar = understanding.grammar();
                let mut wrong = BTreeSet::new();
                for (index, sentence) in grammar.sentences.iter().enumerate() {
                    for seed in 0..20 {
                        let text = grammar.sample(index, seed).join(" ");
                        let found = understanding.exactly(&text);
                        let right = found.as_ref().is_some_and(|found| {
                            found.intent == sentence.intent || found.slot("name").is_some()
                        });
                        if !right {
                            wrong.insert(format!("{text} ({}) → {found:?}", sentence.source));
                        }
                    }
                }
                assert!(wrong.is_empty(), "{tag}: {wrong:#?}");
            }
        }
    }

    #[test]
    fn coffee_orders_are_understood() {
        let yaml = fs::read_to_string(repository("tests/data/barista.yaml")).unwrap();
        let u = language("en", &yaml).understanding();
        check(
            &u,
            "May I have a triple shot sixteen ounce dark roast iced mocha with a little bit of brown sugar and lots of soy milk?",
            "orderDrink",
            json!({
                "numberOfShots": "triple shot", "size": "sixteen ounce", "roast": "dark roast", "coffeeDrink": "iced mocha",
                "sugarAmount": "a little bit of brown sugar", "milkAmount": "lots of soy milk",
            }),
        );
        check(&u, "get me a coffee", "orderDrink", json!({"coffeeDrink": "coffee"}));
        check(
            &u,
            "i'd like an iced coffee with cream",
            "orderDrink",
            json!({"coffeeDrink": "iced coffee", "milkAmount": "cream"}),
        );
        assert_eq!(u.exactly("get me a small small coffee"), None);
        assert_eq!(u.exactly("get me a coffee with"), None);
    }

    #[test]
    fn the_documented_example_works() {
        let page = fs::read_to_string(repository("docs/sentences.md")).unwrap();
        let yaml = page.split("```yaml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let language = language("en", yaml);
        let u = language.understanding();
        check(&u, "What's the Wi-Fi password, please?", "GuestWifi", json!({"network": "guests"}));
        let over = json!({"network": "guests", "on_off": "off", "hours": 2});
        check(&u, "guest mode over for two hours", "GuestWifi", over.clone());
        let loaded = load("en", &language.files, &[]).unwrap();
        let answer = loaded.responses.render("GuestWifi", "told", &json!({"slots": over}));
        assert_eq!(answer, Some(Ok("The password is on the fridge for 2 hours".into())));
    }
}

const ENTITIES: &str = r#"
intents:
  Wake:
    data:
      - sentences: ["wake me [up] {when}", "{when} wake me"]
  Remind:
    data:
      - sentences: ["remind me to {task} {when}", "remind me {often} to {task}"]
  Warm:
    data:
      - sentences: ["make it {warm}"]
lists:
  when: { entity: datetime }
  often: { entity: recurring }
  warm: { entity: temperature }
  task: { wildcard: true }
"#;

#[test]
fn entities_are_values_of_their_kind() {
    let understanding = language("en", ENTITIES).understanding();
    let wake = understanding.exactly("Wake me up tomorrow at 7:30!").unwrap();
    assert_eq!((wake.slots[0].raw.as_str(), wake.slots[0].range), ("tomorrow at 7:30", Some([11, 27])));
    assert_eq!(
        wake.slots[0].value["pending"]["datetime"],
        json!({ "at": [{ "in": 1 }, { "hour": 7, "minute": 30, "either": true }] })
    );
    assert!(understanding.exactly("at noon wake me").is_some());
    assert!(understanding.exactly("wake me never").is_none());
    let remind = understanding.exactly("remind me to call mum at seven on tuesday").unwrap();
    assert_eq!(remind.slot("task"), Some(&json!("call mum")));
    let often = understanding.exactly("remind me every monday at eight to put the bins out").unwrap();
    assert_eq!(often.slot("task"), Some(&json!("put the bins out")));
    let warm = understanding.exactly("make it twenty one and a half degrees").unwrap();
    assert_eq!(warm.slot("warm"), Some(&json!({ "kind": "temperature", "degrees": 21.5, "unit": null })));
}

#[test]
fn an_unknown_entity_is_refused_with_its_line() {
    let (line, reason) = language("en", &ENTITIES.replace("recurring", "recuring")).fault();
    assert_eq!(line, 15);
    assert_eq!(reason, "there is no entity `recuring`; did you mean `recurring`?");
    let two = ENTITIES.replace("task: { wildcard: true }", "task: { wildcard: true, entity: number }");
    assert!(language("en", &two).fault().1.contains("keep one"));
}

/// What recognisers are told that can be said is understood as a value of that kind.
#[test]
fn what_is_said_of_entities_is_understood() {
    for tag in ["en", "fr"] {
        for kind in entrenous::nlu::entities::Kind::ALL {
            let yaml = format!(
                "intents: {{ X: {{ data: [{{ sentences: [\"x {{v}}\"] }}] }} }}\nlists: {{ v: {{ entity: {} }} }}",
                kind.name()
            );
            let understanding = language(tag, &yaml).understanding();
            for seed in 0..2_000 {
                let said = understanding.grammar().sample(0, seed).join(" ");
                let understood = understanding.exactly(&said);
                assert!(understood.is_some(), "{tag} {}: `{said}`", kind.name());
            }
        }
    }
}
