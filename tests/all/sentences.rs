//! `sentences check|sample`, `import`, and folders that makers already have.

use std::fmt::Write;
use std::path::Path;

use entrenous::home::Home;
use entrenous::household::{Household, sentence_files, shipped_sentences};
use entrenous::nlu::{import, snips};

use crate::support::{Program, repository, shared};

#[test]
fn the_shipped_sentences_pass_the_check() {
    for language in ["en", "fr"] {
        let out = Program::new().run(["sentences", "check", "--strict", "--language", language]).ok();
        assert!(out.contains("0 errors, 0 warnings"), "{out}");
    }
}

#[test]
fn a_check_fails_on_faults_and_on_warnings_only_when_strict() {
    let good = "language: en\nintents: {A: {data: [{sentences: ['open sesame']}]}}\n";
    let program = Program::new()
        .file("warned/x.yaml", format!("{good}lists: {{idle: {{values: [a]}}}}\n"))
        .file("broken/x.yaml", "language: en\nintents: {A: {data: [{sentences: ['open {sesam}']}]}}\n");
    let check = |args: &[&str]| program.run(["sentences", "check"].iter().chain(args));
    assert!(check(&["--sentences", "warned"]).ok().contains("x.yaml:3: warning: `{idle}` is never used"));
    assert_eq!(check(&["--sentences", "warned", "--strict"]).code(), 1);
    let broken = check(&["--sentences", "broken"]);
    assert_eq!(broken.code(), 1);
    assert!(broken.stdout().contains("x.yaml:2: error: there is no list `sesam`"), "{}", broken.stdout());
    let json: serde_json::Value =
        serde_json::from_str(&check(&["--sentences", "broken", "--json"]).stdout()).unwrap();
    assert_eq!((&json["errors"], &json["findings"][0]["line"]), (&1.into(), &2.into()));
}

#[test]
fn samples_are_different_and_understood() {
    let program = Program::new();
    let out = program.run(["sentences", "sample", "40", "--seed", "7", "--json"]).ok();
    let mut texts = std::collections::BTreeSet::new();
    for line in out.lines() {
        let said: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(said["understood"]["intent"].is_string(), "{line}");
        texts.insert(said["text"].to_string());
    }
    assert_eq!(texts.len(), 40);
    let few = program.run(["sentences", "sample", "400", "--intent", "HassGetCurrentTime"]);
    assert!(few.stderr().contains("sentences of 400: there are no others"), "{}", few.stderr());
    let none = program.run(["sentences", "sample", "1", "--intent", "HassGetCurrentTim"]);
    assert!(none.stderr().contains("did you mean `HassGetCurrentTime`?"), "{}", none.stderr());
    let marked = program.run(["sentences", "sample", "30", "--intent", "HassLightSet", "--slots"]).ok();
    assert!(marked.contains("](") && marked.starts_with("HassLightSet\t"), "{marked}");
}

#[test]
fn home_assistants_custom_sentences_load_as_they_are() {
    let folder = repository("tests/data/import/custom_sentences");
    let mut files = shipped_sentences("en");
    files.extend(sentence_files(&folder, "en").unwrap());
    let house = Household::from_parts("en", Home::demo(), &files, Some("Kitchen".into())).unwrap();
    for (text, intent, slot, value) in [
        (
            "please change bedroom volume to fifty percent",
            "SetVolume",
            "media_player",
            "media_player.bedroom",
        ),
        ("play my favourites in the kitchen", "PlayPlaylist", "what", "favorites"),
        ("play me something by nina simone", "PlayPlaylist", "artist", "nina simone"),
        ("how high is what is the humidity in the kitchen", "GetHumidity", "area", "Kitchen"),
    ] {
        let found = house.understanding.exactly(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((found.intent.as_str(), found.slot_str(slot)), (intent, Some(value)), "{text}");
    }
}

#[test]
fn imports_are_written_once_and_say_what_is_lost() {
    let ini = repository("tests/data/import/sentences.ini").display().to_string();
    let program = Program::new().config("nlu.sentences = [\"mine\"]\nnlu.builtin = false\n");
    let run = program.run(["import", &ini, "--to", "mine"]);
    assert!(
        run.stderr().contains("sentences.ini:23: there is no slot file `slots/missing`"),
        "{}",
        run.stderr()
    );
    assert!(run.ok().contains("3 things are not carried over"));
    let asked = program.run(["ask", "set the garage ceiling light to red"]).ok();
    assert!(asked.contains("ChangeLight: name = lamp_2, color = red"), "{asked}");
    let again = program.run(["import", &ini, "--to", "mine"]);
    assert_eq!(again.code(), 2);
    assert!(again.stderr().contains("`--force`"), "{}", again.stderr());
}

#[test]
fn the_snips_training_sets_keep_every_example_and_slot() {
    let Some(shared) = shared("the_snips_training_sets_keep_every_example_and_slot") else { return };
    let folder = shared.join("text/snips-7-intents");
    let mut report = String::new();
    for intent in [
        "AddToPlaylist",
        "BookRestaurant",
        "GetWeather",
        "PlayMusic",
        "RateBook",
        "SearchCreativeWork",
        "SearchScreeningEvent",
    ] {
        for name in [format!("train_{intent}.json"), format!("train_{intent}_full.json")] {
            let bytes = std::fs::read(folder.join(&name)).unwrap();
            let original = snips::read(&bytes).unwrap();
            let imported = import::read(Path::new(&name), &bytes, "en", &|_| None).unwrap();
            let _ = write!(report, "{name}: {} ", original.len());
            assert!(imported.lost.is_empty(), "{name}: {:?}", imported.lost);
            check_same(&original, &imported.document.yaml(), &name);
        }
    }
    println!("{report}");
}

/// The examples that the written file holds, read back, are the original ones.
fn check_same(original: &[snips::Example], yaml: &str, name: &str) {
    let document: serde_json::Value = serde_saphyr::from_str(yaml).unwrap();
    let mut read = Vec::new();
    for (intent, part) in document["intents"].as_object().unwrap() {
        for markup in part["data"][0]["examples"].as_array().unwrap() {
            read.push(snips::Example::parse(intent, markup.as_str().unwrap()).unwrap());
        }
    }
    assert_eq!(read.len(), original.len(), "{name}");
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (read, original) in read.iter().zip(original) {
        assert_eq!(read.text, one_line(&original.text), "{name}");
        let slots = |example: &snips::Example| -> Vec<(String, String)> {
            let slots = example.slots.iter();
            slots.map(|slot| (slot.name.clone(), one_line(&example.raw(slot)))).collect()
        };
        assert_eq!(slots(read), slots(original), "{name}: {}", original.text);
    }
}
