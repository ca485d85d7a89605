//! `entrenous adapt`: recognition that knows the voices of a household.

use std::os::unix::fs::PermissionsExt;

use entrenous::adapt;
use entrenous::config::Config;
use entrenous::eval::dataset;
use entrenous::household::Household;

use crate::support::{Program, repository, shared};

/// What people said to the English home is too little to hear others better by it. It is learnt all the same
/// here, to see what becomes of an adaptation.
#[test]
fn an_adaptation_is_kept_used_and_forgotten() {
    let Some(shared) = shared("an_adaptation_is_kept_used_and_forgotten") else { return };
    let program = Program::new().env("ENTRENOUS_MODELS", shared.join("models"));
    let (folder, home) = (shared.join("audio/home/en"), repository("tests/data/home-en.toml"));
    let evaluate = || {
        let args =
            ["eval", "transcripts", folder.to_str().expect("UTF-8"), "--stt", "pocketsphinx", "--json"];
        let only = ["--only", "human", "--home", home.to_str().expect("UTF-8")];
        program.run(args.into_iter().chain(only))
    };
    let before = evaluate().ok();

    let mut config = Config { data_dir: program.folder().join("data"), ..Config::default() };
    config.model_dirs.push(shared.join("models"));
    config.home.file = Some(home.clone());
    let household = Household::load(&config).expect("the home");
    let mut recordings = dataset::transcripts(&folder).expect("transcripts");
    recordings.retain(|recording| recording.path.to_string_lossy().contains("human"));
    let learnt = adapt::learn(&config, &household, &recordings, 8).expect("enough to learn from");
    assert!(learnt.taught_ms > 5_000 && learnt.after.understood >= 8, "{learnt:?}");
    let file = adapt::write(&config, &learnt.adaptation).expect("it is written");
    assert_eq!(file, program.folder().join("data/adapted/en.mllr"));
    assert_eq!(file.metadata().expect("the adaptation").permissions().mode() & 0o777, 0o600);
    assert_ne!(evaluate().ok(), before, "people are heard as before");

    let whole = std::fs::read(&file).expect("the adaptation");
    std::fs::write(&file, &whole[..whole.len() / 2]).expect("a file");
    let damaged = evaluate();
    assert!(
        damaged.code() > 0 && damaged.stderr().contains("`entrenous adapt --forget`"),
        "{}",
        damaged.stderr()
    );
    assert!(program.run(["adapt", "--forget"]).ok().contains("deleted"));
    assert!(program.run(["adapt", "--forget"]).ok().contains("there is none"));
    assert_eq!(evaluate().ok(), before);
}

#[test]
fn too_little_to_learn_from_is_said_and_nothing_is_kept() {
    let Some(shared) = shared("too_little_to_learn_from_is_said_and_nothing_is_kept") else { return };
    let program = Program::new()
        .env("ENTRENOUS_MODELS", shared.join("models"))
        .file("few/transcripts.tsv", "path\tsentence\n1.flac\tpause\n2.flac\t\n");
    for (file, name) in [("human-07.flac", "1.flac"), ("human-05.flac", "2.flac")] {
        std::fs::copy(shared.join("audio/home/en").join(file), program.folder().join("few").join(name))
            .expect("a copy");
    }
    for (args, part) in [
        (&["few", "--yes"][..], "1 of 2 recordings are understood, and at least 50 must be"),
        (&["few"], "`--yes`"),
        (&["few", "--only", "x", "--yes"], "no recording's name begins with `x`"),
        (&["nowhere", "--yes"], "transcripts.tsv"),
        (&["--forget", "--yes"], "cannot be used with"),
    ] {
        let run = program.run([&["adapt"], args].concat());
        assert!(run.code() == 2 && run.stderr().contains(part), "{args:?}: {}{}", run.stdout(), run.stderr());
    }
    assert!(!program.folder().join("data/adapted").exists());
}

/// Without a folder, only sound that the household asked to be kept is learnt from.
#[cfg(feature = "sqlite")]
#[test]
fn without_kept_sound_it_says_how_to_have_it_kept() {
    let run = Program::new().run(["adapt"]);
    assert!(run.code() == 2 && run.stderr().contains("[privacy.keep_sound]"), "{}", run.stderr());
}
