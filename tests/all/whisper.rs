//! Whisper's loading and running code, on whisper.cpp's test models: right shapes, no weights.

use std::fs;
use std::path::{Path, PathBuf};

use entrenous::config::SttConfig;
use entrenous::nlu::grammar::{Expr, Grammar, List, ListKind, ListValue};
use entrenous::stt::whisper::Whisper;
use entrenous::stt::whisper::rescore::TokenModel;
use entrenous::stt::{self, SpeechToText, SttError};

use crate::support::shared;

fn model(shared: &Path) -> PathBuf {
    shared.join("models/whisper-test/for-tests-ggml-tiny.bin")
}

fn load(path: &Path) -> Result<Whisper, SttError> {
    Whisper::load(path, "en", &Grammar::default(), 2, 0.5)
}

fn refused(path: &Path) -> String {
    match load(path) {
        Ok(_) => panic!("`{}` was taken for a model", path.display()),
        Err(error) => error.to_string(),
    }
}

/// A grammar with so many names.
fn grammar(names: usize) -> Grammar {
    let values = (0..names).map(|number| ListValue {
        expr: Expr::Seq(vec![Expr::Word("bed".into()), Expr::Word(format!("lamp{number}"))]),
        value: "x".into(),
        context: Vec::new(),
    });
    let list = List { name: "name".into(), kind: ListKind::Values(values.collect()) };
    Grammar { lists: vec![list], ..Grammar::default() }
}

#[test]
fn a_person_is_put_through_the_whole_engine() {
    let Some(shared) = shared("a person is put through the whole engine") else { return };
    let samples = entrenous::audio::load(&shared.join("audio/home/en/human-00.flac")).unwrap();
    for (file, language) in [("for-tests-ggml-tiny.bin", "fr"), ("for-tests-ggml-tiny.en.bin", "en")] {
        let path = shared.join("models/whisper-test").join(file);
        let mut whisper = Whisper::load(&path, language, &grammar(5), 2, 0.5).unwrap();
        let first = whisper.transcribe(&samples).unwrap();
        assert_eq!(first.engine, "whisper");
        // Without weights nothing sensible comes out, and what comes out must not be acted on.
        assert!(first.rejected.is_some(), "{first:?}");
        assert_eq!(whisper.transcribe(&samples).unwrap(), first, "an earlier utterance changed this one");
    }
}

/// Without weights everything is equally likely; that it is, whatever was asked before, shows that
/// the model's memory is kept straight.
#[test]
fn texts_are_weighed_by_the_model() {
    let Some(shared) = shared("texts are weighed by the model") else { return };
    let samples = entrenous::audio::load(&shared.join("audio/home/en/human-00.flac")).unwrap();
    let mut whisper = Whisper::load(&model(&shared), "en", &grammar(5), 2, 0.5).unwrap();
    whisper.run(&samples, 256).unwrap();
    let mut teacher = whisper.teacher();
    let lamp = teacher.tokens(" Turn on bed lamp").unwrap();
    assert!(lamp.len() >= 4, "{lamp:?}");
    let chances = teacher.after(&lamp).unwrap();
    let sum: f32 = chances.iter().map(|chance| chance.exp()).sum();
    assert!((sum - 1.0).abs() < 1e-2, "{sum}");
    for before in [&lamp[..1], &[], &lamp[..3], &lamp[..]] {
        assert_eq!(teacher.after(before).unwrap().len(), chances.len());
    }
    assert_eq!(teacher.after(&lamp).unwrap(), chances);

    let first = whisper.transcribe(&samples).unwrap();
    let known = ["turn on bed lamp".to_owned(), "turn off bed lamp".to_owned()];
    let told = whisper.transcribe_knowing(&samples, &known).unwrap();
    assert!(told.rejected.is_some(), "no sentence is chosen for want of a better one: {told:?}");
    assert_eq!(whisper.transcribe(&samples).unwrap(), first, "weighing left a trace");
}

#[test]
fn silence_never_reaches_the_model() {
    let Some(shared) = shared("silence never reaches the model") else { return };
    let mut whisper = load(&model(&shared)).unwrap();
    for length in [0, 100, 48_000] {
        let transcript = whisper.transcribe(&vec![0; length]).unwrap();
        assert_eq!((transcript.text.as_str(), transcript.rejected.as_deref()), ("", Some("silence")));
    }
}

#[test]
fn sound_of_any_length_is_taken() {
    let Some(shared) = shared("sound of any length is taken") else { return };
    let samples = entrenous::audio::load(&shared.join("audio/open/jfk.flac")).unwrap();
    let mut whisper = load(&model(&shared)).unwrap();
    for length in [1, 1000] {
        whisper.run(&samples[..length], 64).unwrap();
    }
    // Longer than the 30 s that Whisper hears at once.
    let long: Vec<i16> = samples.iter().copied().cycle().take(16_000 * 31).collect();
    whisper.run(&long, 256).unwrap();
}

#[test]
fn a_household_of_many_names_fits() {
    let Some(shared) = shared("a household of many names fits") else { return };
    let samples = entrenous::audio::load(&shared.join("audio/home/en/human-00.flac")).unwrap();
    let mut whisper = Whisper::load(&model(&shared), "en", &grammar(2000), 2, 0.5).unwrap();
    whisper.transcribe(&samples).unwrap();
}

#[test]
fn truncated_models_are_refused() {
    let Some(shared) = shared("truncated models are refused") else { return };
    let whole = fs::read(model(&shared)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ggml-tiny.bin");
    let steps = [0, 1, 3, 4, 5, 20, 47, 48, 55, 56, 60_000, 64_376, 64_380, whole.len() / 2, whole.len() - 1];
    for length in steps {
        fs::write(&path, &whole[..length]).unwrap();
        let error = refused(&path);
        assert!(error.contains("ggml-tiny.bin") && error.contains("models get"), "{length}: {error}");
    }
}

#[test]
fn a_model_cut_within_its_weights_is_refused() {
    let Some(shared) = shared("a model cut within its weights is refused") else { return };
    let mut bytes = fs::read(model(&shared)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ggml-tiny.bin");
    // The head of a table of 384 floats, without the floats.
    let name = b"encoder.ln_post.bias";
    for number in [1, u32::try_from(name.len()).unwrap(), 0, 384] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(name);
    fs::write(&path, &bytes).unwrap();
    assert!(refused(&path).contains("cut off"));

    // With them, all the other tables are missing: whisper.cpp's own check says so.
    bytes.extend([0; 384 * 4]);
    fs::write(&path, &bytes).unwrap();
    assert!(refused(&path).contains("whisper.cpp refuses"));

    // Weights of a kind that does not exist, and more dimensions than there are.
    for head in [[1, 4, 99, 1], [5, 4, 0, 1], [1, 4_000_000, 0, 1]] {
        let mut bytes = fs::read(model(&shared)).unwrap();
        bytes.extend(head.into_iter().flat_map(u32::to_le_bytes));
        bytes.extend([0; 64]);
        fs::write(&path, &bytes).unwrap();
        refused(&path);
    }
}

#[test]
fn other_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.bin");
    assert!(refused(&missing).contains("cannot read it"));
    assert!(refused(folder.path()).contains("not a file"));
    let text = folder.path().join("text.bin");
    fs::write(&text, "[[model]]\nname = \"no model\"\n").unwrap();
    assert!(refused(&text).contains("not a Whisper model"));
    // The right magic number, then nonsense of every size.
    let mut bytes = 0x6767_6d6c_u32.to_le_bytes().to_vec();
    bytes.extend([0xff; 4096]);
    fs::write(&text, &bytes).unwrap();
    assert!(refused(&text).contains("header makes no sense"));

    let Some(shared) = shared("other models are refused") else { return };
    assert!(refused(&shared.join("models/wake/embedding_model.onnx")).contains("not a Whisper model"));
    let english = shared.join("models/whisper-test/for-tests-ggml-tiny.en.bin");
    let error = Whisper::load(&english, "fr", &Grammar::default(), 2, 0.5).err().unwrap().to_string();
    assert!(error.contains("without `.en`"), "{error}");
}

/// What cutting the audio context gains. A measurement, not a check of this machine's speed.
#[test]
#[ignore = "measures time; run it alone with --ignored --nocapture"]
fn cutting_the_audio_context_saves_time() {
    let Some(shared) = shared("cutting the audio context saves time") else { return };
    let samples = entrenous::audio::load(&shared.join("audio/open/jfk.flac")).unwrap();
    let command = &samples[..3 * 16_000];
    // One thread: several wait for each other by spinning, and their time says little.
    let mut whisper = Whisper::load(&model(&shared), "en", &Grammar::default(), 1, 0.5).unwrap();
    let mut time = |context: usize| {
        // The best of three: the others were disturbed.
        let runs = (0..3).map(|_| {
            let start = cpu_ms();
            whisper.run(command, context).unwrap();
            cpu_ms() - start
        });
        runs.min().unwrap()
    };
    let cut = entrenous::stt::whisper::context_for(command.len());
    let (full_ms, cut_ms) = (time(0), time(cut));
    let ratio = full_ms as f64 / cut_ms as f64;
    println!(
        "3 s command, CPU time: full context {full_ms} ms, {cut} positions {cut_ms} ms: {ratio:.1} times faster"
    );
}

/// Milliseconds of processor time that this process used, in steps of 10.
fn cpu_ms() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    // utime and stime, in hundredths of a second.
    (fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()) * 10
}

fn config(engine: &str, whisper_model: &str) -> SttConfig {
    SttConfig {
        engine: engine.into(),
        whisper_model: whisper_model.into(),
        threads: 1,
        min_confidence: 0.5,
        vocabulary: "usual".into(),
    }
}

/// Builds an engine with nothing installed but what `config` names by path.
fn build(config: &SttConfig) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let dirs = [folder.path().to_owned()];
    stt::build(config, &dirs, "xx", &Grammar::default(), &Grammar::default(), folder.path(), None)
        .map(|(_, what)| what)
        .map_err(|error| error.to_string())
}

#[test]
fn nothing_installed_is_told_what_to_do() {
    // No recogniser speaks `xx`, so the result does not depend on the machine.
    let error = build(&config("whisper", "auto")).unwrap_err();
    assert!(error.contains("entrenous models get whisper-base-q5_1"), "{error}");
    let error = build(&config("whisper", "whisper-base-q5_1")).unwrap_err();
    assert!(error.contains("not a Whisper model for `xx`"), "{error}");
    let error = build(&config("whisper", "wisper")).unwrap_err();
    assert!(error.contains("neither such a file nor such a model"), "{error}");
}

#[test]
fn the_best_installed_model_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let dirs = [folder.path().to_owned()];
    let whisper = folder.path().join("whisper");
    fs::create_dir(&whisper).unwrap();
    let best = |language: &str| stt::whisper_model("auto", &dirs, language).unwrap();
    assert_eq!(best("en"), None);

    // Empty files of the right size: choosing looks no further.
    let install = |name: &str| {
        let model = entrenous::models::Manifest::shipped().get(name).unwrap();
        fs::File::create(folder.path().join(&model.files[0].path)).unwrap().set_len(model.size()).unwrap();
    };
    install("whisper-tiny-q8_0");
    install("whisper-tiny.en-q5_1");
    assert_eq!(best("en"), Some(whisper.join("ggml-tiny.en-q5_1.bin")));
    assert_eq!(best("fr"), Some(whisper.join("ggml-tiny-q8_0.bin")));
    install("whisper-base-q5_1");
    assert_eq!(best("en"), Some(whisper.join("ggml-base-q5_1.bin")));
    let named = stt::whisper_model("whisper-tiny-q8_0", &dirs, "en").unwrap();
    assert_eq!(named, Some(whisper.join("ggml-tiny-q8_0.bin")));
}
