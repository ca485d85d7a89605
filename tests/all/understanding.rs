//! The two stages together: what no sentence says is understood, or refused with a reason.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use entrenous::home::Home;
use entrenous::household::shipped_sentences;
use entrenous::nlu::sentences::{SourceFile, load};
use entrenous::nlu::trained::{Caution, Material, Trained};
use entrenous::nlu::{NluError, Rejection, Understanding, Understood};
use serde_json::{Value, json};

use crate::support::{Program, repository, shared};

fn learnt(language: &str, files: &[SourceFile], home: &Home) -> (Understanding, Trained) {
    let loaded = load(language, files, &home.lists(language)).unwrap_or_else(|error| panic!("{error}"));
    let understanding = Understanding::new(loaded.grammar).unwrap();
    let model = Material::of(understanding.grammar()).learn(&|| ());
    (understanding, model)
}

fn shipped(language: &str) -> (Understanding, Trained) {
    let (mut understanding, model) = learnt(language, &shipped_sentences(language), &Home::demo());
    understanding.add_trained(model.clone(), Caution::Normal);
    (understanding, model)
}

/// Training takes seconds: once for all tests.
static ENGLISH: LazyLock<(Understanding, Trained)> = LazyLock::new(|| shipped("en"));
static FRENCH: LazyLock<(Understanding, Trained)> = LazyLock::new(|| shipped("fr"));

fn of(language: &str) -> &'static Understanding {
    if language == "fr" { &FRENCH.0 } else { &ENGLISH.0 }
}

fn rejection(understood: Understood) -> Rejection {
    match understood {
        Understood::Nothing(why) => why,
        other => panic!("acted on: {other:?}"),
    }
}

/// Lines of a file of tests/data, but its comments.
fn lines(file: &str) -> Vec<String> {
    let text = fs::read_to_string(repository("tests/data").join(file)).unwrap();
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn paraphrases_are_mostly_understood_and_hardly_ever_wrong() {
    for (language, at_least) in [("en", 24), ("fr", 19)] {
        let (mut held, mut right, mut wrong) = (0, 0, Vec::new());
        for case in lines(&format!("paraphrases-{language}.tsv")) {
            let columns: Vec<&str> = case.split('\t').collect();
            let [part, text, intent, slots] = columns[..] else { panic!("{case}") };
            assert_eq!(of(language).exactly(text), None, "a sentence says `{text}`");
            if part != "held" {
                continue;
            }
            held += 1;
            let Some(found) = of(language).understand(text).intent() else { continue };
            let values: Value =
                found.slots.iter().map(|slot| (slot.name.clone(), slot.value.clone())).collect();
            if found.intent == intent && values == serde_json::from_str::<Value>(slots).unwrap() {
                right += 1;
            } else {
                wrong.push(format!("{text}: {} {values}", found.intent));
            }
        }
        assert_eq!(held, 30);
        assert!(right >= at_least, "{language}: {right}");
        assert!(wrong.len() <= 2, "{language}: {wrong:#?}");
    }
}

#[test]
fn everyday_speech_is_not_acted_on() {
    for language in ["en", "fr"] {
        let all = lines(&format!("everyday-{language}.txt"));
        let acted: Vec<_> = all
            .iter()
            .filter_map(|text| of(language).understand(text).intent())
            .map(|intent| format!("{} → {} {}", intent.text, intent.intent, intent.confidence))
            .collect();
        assert!(acted.len() <= 1, "{language}: {acted:#?}");
    }
}

#[test]
fn other_assistants_queries_are_not_acted_on() {
    let Some(shared) = shared("other_assistants_queries_are_not_acted_on") else { return };
    for intent in ["AddToPlaylist", "BookRestaurant", "PlayMusic", "RateBook", "SearchCreativeWork"] {
        let file = shared.join(format!("text/snips-7-intents/train_{intent}.json"));
        let queries = entrenous::nlu::snips::read(&fs::read(file).unwrap()).unwrap();
        // "Add it to my party list" asks for a list that is not there: so it is told, and nothing is done.
        let acted: Vec<_> = queries
            .iter()
            .filter_map(|query| of("en").understand(&query.text).intent())
            .filter(|intent| intent.slot("list_name").is_none())
            .collect();
        assert!(acted.len() <= 3, "{intent}: {acted:#?}");
    }
}

#[test]
fn a_reading_says_why() {
    let found = of("en").understand("Put the desk lamp on, please").intent().unwrap();
    assert_eq!((found.intent.as_str(), found.slot_str("name")), ("HassTurnOn", Some("Desk Lamp")));
    let why = &found.why;
    assert_eq!((why.stage.as_str(), why.threshold), ("trained", Some(Caution::Normal.threshold())));
    assert!(found.confidence >= 0.6 && found.confidence < 1.0, "{}", found.confidence);
    assert!(!why.features.is_empty() && why.features.is_sorted_by(|a, b| a.weight >= b.weight));
    assert_eq!(why.slots["name"], "list `name`");
    assert!(found.alternatives.is_sorted_by(|a, b| a.confidence >= b.confidence));
    let slot = &found.slots[0];
    assert_eq!((slot.raw.as_str(), slot.range), ("desk lamp", Some([8, 17])));

    let certain = of("en").understand("turn on the desk lamp").intent().unwrap();
    assert_eq!((certain.confidence.to_bits(), certain.why.stage.as_str()), (1f32.to_bits(), "template"));
    assert_eq!(certain.why.slots["name"], "list `name`");
}

#[test]
fn what_the_household_lacks_is_named() {
    let why = rejection(of("en").understand("power up the lava lamp"));
    assert!(why.reason.contains("`lava lamp` the household does not have"), "{}", why.reason);
    let why = rejection(of("en").understand("heat the attic to 20 degrees"));
    assert!(why.reason.contains("`attic`"), "{}", why.reason);
    let why = rejection(of("fr").understand("chauffe la cuisine à 500 degrés"));
    assert!(why.reason.contains("`500` is out of its range"), "{}", why.reason);
}

#[test]
fn more_caution_acts_less() {
    let (language, mut acted) = ("en", Vec::new());
    for caution in [Caution::Careful, Caution::Normal, Caution::Eager] {
        let files = shipped_sentences(language);
        let loaded = load(language, &files, &Home::demo().lists(language)).unwrap();
        let mut understanding = Understanding::new(loaded.grammar).unwrap();
        understanding.add_trained(ENGLISH.1.clone(), caution);
        let texts = lines("paraphrases-en.tsv");
        let texts = texts.iter().filter_map(|case| case.split('\t').nth(1));
        acted.push(texts.filter_map(|text| understanding.understand(text).intent()).count());
    }
    assert!(acted[0] < acted[2] && acted[0] <= acted[1] && acted[1] <= acted[2], "{acted:?}");
}

#[test]
fn any_input_is_answered_in_bounded_time() {
    let started = std::time::Instant::now();
    for language in ["en", "fr"] {
        let long = "turn the light ".repeat(700);
        for text in [
            "",
            " \n\t",
            "\u{7}\u{0}\u{1b}[31m",
            "🦀💡",
            "включи свет 客厅",
            "e\u{301}\u{301}\u{301}",
            "\u{202e}thgil",
            "'''''",
            "{name} <area> [x](y)",
            "-1e999",
            &long,
            &"x".repeat(10_000),
            &"💡 ".repeat(5000),
        ] {
            let why = rejection(of(language).understand(text));
            assert!(!why.reason.is_empty());
        }
    }
    let trained = LazyLock::force(&ENGLISH);
    assert!(trained.1.to_bytes().len() < 10_000_000);
    // Training may fall into this time, too.
    assert!(started.elapsed().as_secs() < 120);
}

fn house(yaml: &str) -> Result<(Understanding, Trained), NluError> {
    let file = SourceFile { path: PathBuf::from("own.yaml"), text: format!("language: en\n{yaml}") };
    load("en", std::slice::from_ref(&file), &[]).map(|_| learnt("en", &[file], &Home::default()))
}

#[test]
fn an_intent_of_examples_alone_is_learnt() {
    let (mut understanding, model) = house(
        "
intents:
  PlaySong:
    data:
      - examples:
          - \"play [lola](song) in the [salon](room)\"
          - \"i want to hear [blue moon](song) in the [kitchen](room)\"
          - \"put on [yesterday](song) in the [salon](room)\"
          - \"let me hear [respect](song) in the [kitchen](room)\"
        slots: { source: shelf }
        response: song
  Stop:
    data:
      - sentences: [\"(stop|end|halt) [the] (music|song)\"]
lists:
  room: { values: [kitchen, { in: salon, out: Living Room }] }
",
    )
    .unwrap();
    assert_eq!(Material::of(understanding.grammar()).learn(&|| ()).to_bytes(), model.to_bytes());
    understanding.add_trained(model, Caution::Normal);
    let found = understanding.understand("play imagine in the salon").intent().unwrap();
    let values: Value = found.slots.iter().map(|slot| (slot.name.clone(), slot.value.clone())).collect();
    assert_eq!(values, json!({ "song": "imagine", "room": "Living Room", "source": "shelf" }));
    assert_eq!((found.intent.as_str(), found.response.as_deref()), ("PlaySong", Some("song")));
    assert_eq!(found.why.slots["song"], "as spoken");
    assert_eq!(found.why.slots["source"], "set by the sentence");
    assert!(understanding.understand("stop the music").intent().is_some());
}

#[test]
fn faults_of_examples_name_their_line_and_mend() {
    let fault = |example: &str| match house(&format!(
        "intents:\n  A:\n    data:\n      - examples:\n          - \"{example}\"\n"
    )) {
        Err(NluError::Sentence { line, reason, .. }) => (line, reason),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("`{example}` was taken"),
    };
    for (example, part) in [
        ("play [lola(song)", "is never closed"),
        ("play [lola]", "a slot name must follow"),
        ("?!", "it says nothing"),
        ("play [x](lists:song)", "there is no list `lists`"),
    ] {
        let (line, reason) = fault(example);
        assert!(line == 6 && reason.contains(part), "{line}: {reason}");
    }
}

#[test]
fn the_program_keeps_its_model_and_mends_a_damaged_one() {
    let yaml = "language: en\nintents: {Wave: {data: [{examples: [\"wave to [anna](who)\", \"say hello to [bob](who)\"]}]}}\n";
    let program =
        Program::new().config("[nlu]\nbuiltin = false\nsentences = [\"own\"]\n").file("own/a.yaml", yaml);
    let text = program.run(["explain", "wave to anna", "--json"]).ok();
    let cache = program.folder().join("data/cache");
    let models = || -> Vec<PathBuf> {
        let mut files: Vec<_> = fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    };
    let first = models();
    assert_eq!(first.len(), 1, "{first:?}");
    let bytes = fs::read(&first[0]).unwrap();

    fs::write(&first[0], &bytes[..bytes.len() / 2]).unwrap();
    let again = program.run(["explain", "wave to anna", "--json"]);
    assert!(again.stderr().contains("training it again"), "{}", again.stderr());
    assert_eq!(again.stderr().lines().count(), 1);
    assert_eq!((again.ok(), fs::read(&first[0]).unwrap()), (text, bytes));

    let program = program.file("own/a.yaml", yaml.replace("hello", "goodbye"));
    program.run(["explain", "wave to anna"]).ok();
    assert_eq!(models().len(), 2);

    let off =
        program.config("[nlu]\nbuiltin = false\nsentences = [\"own\"]\n[understanding]\ntrained = false\n");
    assert!(off.run(["explain", "wave to anna"]).ok().contains("no sentence says that"));
}
