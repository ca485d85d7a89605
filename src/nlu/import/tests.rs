use std::path::{Path, PathBuf};

use super::*;
use crate::nlu::Understanding;
use crate::nlu::sentences::{self, SourceFile};

fn file(name: &str) -> (PathBuf, Vec<u8>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/import").join(name);
    let bytes = std::fs::read(&path).unwrap();
    (path, bytes)
}

fn slot(name: &str) -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/import/slots");
    std::fs::read_to_string(folder.join(name)).ok()
}

fn imported(name: &str) -> Imported {
    let (path, bytes) = file(name);
    read(&path, &bytes, "en", &slot).unwrap()
}

fn refused(name: &str, text: &str) -> String {
    read(Path::new(name), text.as_bytes(), "en", &|_| None).unwrap_err().to_string()
}

fn understanding(document: &Document) -> Understanding {
    let source = SourceFile { path: "imported.yaml".into(), text: document.yaml() };
    let loaded =
        sentences::load("en", &[source], &[]).unwrap_or_else(|error| panic!("{error}\n{}", document.yaml()));
    Understanding::new(loaded.grammar).unwrap()
}

#[test]
fn rhasspys_sentences_are_understood_as_rhasspy_does() {
    let imported = imported("sentences.ini");
    let understanding = understanding(&imported.document);
    for (text, intent, slots) in [
        ("what time is it", "GetTime", vec![]),
        (
            "set the living room lamp to green",
            "ChangeLight",
            vec![("name", Value::from("lamp_1")), ("color", "green".into())],
        ),
        ("set garage light to red", "ChangeLight", vec![("name", "lamp_2".into()), ("color", "red".into())]),
        (
            "please turn off the bath room",
            "ChangeLight",
            vec![("state", "off".into()), ("room", "bathroom".into())],
        ),
        (
            "turn on the living room downstairs",
            "ChangeLight",
            vec![("state", "on".into()), ("room", "living room downstairs".into())],
        ),
        ("make it bright", "ChangeLight", vec![("brightness", 100.into())]),
        ("make it forty two", "ChangeLight", vec![("brightness", 42.into())]),
        ("start the party", "ChangeLight", vec![("mode", "party".into())]),
        ("paint the lamp blue", "ChangeColor", vec![("color", "blue".into())]),
        ("say hi to uncle bob", "ChangeColor", vec![("greeting", "hello".into())]),
        ("set a timer for 5 minutes", "SetTimer", vec![("minutes", 5.into())]),
        ("set a timer for two hours", "SetTimer", vec![]),
        ("count to twelve", "SetTimer", vec![("number_10_20", 12.into())]),
    ] {
        let found =
            understanding.exactly(text).unwrap_or_else(|| panic!("{text}\n{}", imported.document.yaml()));
        let values: Vec<_> =
            found.slots.iter().map(|slot| (slot.name.as_str(), slot.value.clone())).collect();
        assert_eq!((found.intent.as_str(), values), (intent, slots), "{text}");
    }
    let lost: Vec<_> = imported.lost.iter().map(|lost| (lost.line, lost.what.as_str())).collect();
    let expected =
        [(21, "matters only in slots"), (22, "has no tag"), (23, "there is no slot file `slots/missing`")];
    assert_eq!(lost.len(), expected.len(), "{lost:#?}");
    for ((line, what), (expected_line, part)) in lost.iter().zip(expected) {
        assert!(*line == expected_line && what.contains(part), "{lost:#?}");
    }
}

#[test]
fn snips_yaml_becomes_examples_and_lists() {
    let imported = imported("snips.yaml");
    let document = &imported.document;
    let examples: Vec<_> =
        document.blocks.iter().flat_map(|block| &block.examples).map(String::as_str).collect();
    assert_eq!(
        examples,
        [
            "Turn on the lights in the [kitchen](room)",
            "give me some light in the [bathroom](room) please",
            "Can you light up the [living room](room:where) ?",
            "Set the temperature to [19 degrees](roomTemperature) in the [bedroom](room)",
            "please set the [living room](room)'s temperature to [twenty two degrees celsius](roomTemperature)",
        ]
    );
    let List::Values(rooms) = &document.lists[0].1 else { panic!("{document:?}") };
    assert_eq!(rooms[1], ("(living room|main room|lounge)".to_owned(), Value::from("living room")));
    let lost: Vec<_> = imported.lost.iter().map(|lost| lost.line).collect();
    assert_eq!(lost, [19, 26], "{:#?}", imported.lost);
}

#[test]
fn snips_json_becomes_examples_and_lists() {
    let imported = imported("snips.json");
    let document = &imported.document;
    assert_eq!(
        document.blocks[0].examples,
        [
            "what will be the weather in [San Francisco](location:weatherLocation) [tomorrow](weatherDate) \\[really\\]?"
        ]
    );
    let List::Values(places) = &document.lists[0].1 else { panic!("{document:?}") };
    assert_eq!(places[1].0, "(london|city of \\(big\\) smoke)");
    assert_eq!(imported.lost.len(), 1, "{:?}", imported.lost);
}

#[test]
fn what_is_broken_is_refused_with_its_line() {
    for (name, text, said) in [
        ("a.ini", "hello\n", "a.ini:1: this stands before the first section"),
        ("a.ini", "[A]\n[the] light\n", "a.ini:2: this is no section"),
        ("a.ini", "[A]\nturn (on|off\n", "a.ini:2: column 13: `(` is never closed"),
        ("a.ini", "[A]\nturn on)\n", "`)` closes nothing"),
        ("a.ini", "[A]\nx = <y>\ny = a <x>\n<x>\n", "`<x>` → `<y>` → `<x>` goes round in a circle"),
        ("a.ini", "[A]\nx = a\nx = b\n<x>\n", "a.ini:3: rule `x` is there already"),
        ("a.ini", "", "there is no sentence in it"),
        ("a.json", "{", "a.json:1: "),
        ("a.json", "[]", "not a Snips dataset"),
        ("a.json", "{\"intents\": {\"A\": {\"utterance\": []}}}", "unknown field `utterance`"),
        ("a.json", "{}", "there is no sentence in it"),
        ("a.yaml", "type: intent\nname: A\nutterances:\n  - x [y\n", "a.yaml:4: `[` is never closed"),
        ("a.yaml", "---\ntype: intent\nname: A\nutterances:\n  - x [y] z\n", "a.yaml:5: `[y]` has no words"),
        (
            "a.yaml",
            "---\ntype: entity\nname: A\nvalus: [a]\n",
            "a.yaml:4: unknown key `valus` in `A`; did you mean `values`?",
        ),
        ("a.yaml", "language: en\n", "`type` is missing"),
        ("a.yaml", "---\n---\n", "there is no sentence in it"),
        ("a.txt", "x", "it is none of"),
    ] {
        let error = refused(name, text);
        assert!(error.contains(said), "{name} {text:?}: {error}");
    }
    let deep = format!("[A]\n{}\n", "(".repeat(10_000));
    assert!(refused("a.ini", &deep).contains("more than 20 brackets"));
    let error = read(Path::new("a.ini"), b"[A]\nx\xff\n", "en", &|_| None).unwrap_err().to_string();
    assert!(error.contains("a.ini:2: it is not UTF-8"), "{error}");
}

#[test]
fn explosions_are_bounded() {
    let many = "(a|b|c|d|e|f|g|h|i|j) ".repeat(30);
    let text = format!("[A]\nsay ({many}){{word}} now\n{many}\n");
    let imported = read(Path::new("a.ini"), text.as_bytes(), "en", &|_| None).unwrap();
    assert!(imported.lost[0].what.contains("more values than can be written down"), "{:?}", imported.lost);
    assert!(understanding(&imported.document).exactly(&"a ".repeat(30)).is_some());
}
