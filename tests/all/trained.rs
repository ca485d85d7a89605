//! The trained stage on the queries that its benchmark published.

use std::path::PathBuf;

use entrenous::eval::nlu::{Cut, Models, Way, evaluate, split};
use entrenous::nlu::snips;
use entrenous::nlu::trained::Reading;

/// The datasets of all seven intents with 300 queries each.
fn small_sets() -> Option<Vec<PathBuf>> {
    let shared = std::env::var_os("ENTRENOUS_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let folder = shared.join("text/snips-7-intents");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: no datasets at `{}`; set ENTRENOUS_SHARED", folder.display());
        return None;
    };
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| !file.to_string_lossy().ends_with("_full.json"));
    files.sort();
    Some(files)
}

#[test]
fn seventy_queries_an_intent_are_enough_to_understand_most() {
    let Some(files) = small_sets() else { return };
    let read = |file| snips::read(&std::fs::read(file).unwrap()).unwrap();
    let all: Vec<_> = files.iter().flat_map(read).collect();
    assert_eq!(all.len(), 2100);
    let (train, test) = split(&all, Cut::Each(70), 1);
    let way = Way { models: Models::Joint, reading: Reading::Written, seed: 1 };
    let report = evaluate(&train, &test, &way, &|| ());
    assert!(report.intent_accuracy > 0.95, "{report:?}");
    assert!(report.micro_f1 > 0.82, "{report:?}");
    assert!(report.more.calibration_error < 0.05, "{report:?}");
}
