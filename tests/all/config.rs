//! The shipped configuration file, and what bad ones are told.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use jiff::civil;

use entrenous::config::{self, Config, ConfigError, Origin, Surroundings};
use entrenous::tts::Cue;

const SHIPPED: &str = include_str!("../../config/entrenous.toml");

/// Surroundings with a home folder and nothing else.
fn around(variables: &[(&str, &str)]) -> Surroundings {
    let mut all = BTreeMap::from([("HOME".to_owned(), OsString::from("/home/ada"))]);
    all.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))));
    Surroundings { variables: all, folder: PathBuf::from("/work-folder"), today: civil::date(2026, 11, 26) }
}

fn read(text: &str) -> Result<config::Resolved, ConfigError> {
    config::parse(Path::new("/etc/house/entrenous.toml"), text, &around(&[]))
}

/// The defaults, with the folders that these surroundings give.
fn defaults() -> Config {
    config::parse(Path::new("x"), "", &around(&[])).expect("an empty file is right").config
}

/// The file with the `#` in front of every key taken away.
fn uncommented() -> String {
    let lines: Vec<&str> = SHIPPED.lines().map(|line| key_line(line).unwrap_or(line)).collect();
    lines.join("\n")
}

/// `#key = value` without its `#`; prose begins with `# `.
fn key_line(line: &str) -> Option<&str> {
    line.strip_prefix('#').filter(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()))
}

#[test]
fn shipped_file_as_it_is_changes_nothing() {
    assert_eq!(read(SHIPPED).unwrap().config, defaults());
}

#[test]
fn shipped_file_uncommented_is_the_defaults() {
    let resolved = read(&uncommented()).unwrap();
    let mut expected = defaults();
    expected.model_dirs.clone_from(&resolved.config.model_dirs);
    assert_eq!(resolved.config, expected);
    assert_eq!(resolved.config.model_dirs, defaults().model_dirs);
}

#[test]
fn shipped_file_holds_every_key_once_and_in_order() {
    let mut section = String::new();
    let mut keys = Vec::new();
    for line in SHIPPED.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = format!("{name}.");
        } else if let Some((key, _)) = key_line(line).and_then(|line| line.split_once(" = ")) {
            keys.push(format!("{section}{key}"));
        }
    }
    let known: Vec<String> = read("").unwrap().settings.into_iter().map(|setting| setting.key).collect();
    assert_eq!(keys, known);
}

#[test]
fn shipped_defaults_are_those_of_the_program() {
    let built_in = Config::default();
    let read = defaults();
    assert_eq!(
        (read.language, read.audio, read.wake, read.endpoint, read.stt, read.nlu, read.home, read.tts),
        (
            built_in.language,
            built_in.audio,
            built_in.wake,
            built_in.endpoint,
            built_in.stt,
            built_in.nlu,
            built_in.home,
            built_in.tts
        )
    );
}

#[test]
fn sound_is_kept_until_a_day_that_is_near() {
    let plan = |text: &str| read(text).unwrap().config.privacy.keep_sound;
    assert!(plan("").is_empty());
    let plan = plan("[privacy.keep_sound]\nwake = 2027-02-24\ncommands = 2020-01-01");
    assert_eq!(plan.wake, Some(civil::date(2027, 2, 24)));
    assert_eq!(plan.commands, Some(civil::date(2020, 1, 1)), "over, which is said at the start");
}

#[test]
fn bad_values_are_refused_at_their_line() {
    // The text, the line, and what the message must hold.
    let cases: &[(&str, usize, &str)] = &[
        ("language = \"de\"", 1, "`language` is \"de\"; it must be one of en, fr"),
        (
            "\n[endpoint]\ntrailing_silence_ms = 50",
            3,
            "`endpoint.trailing_silence_ms` is 50; it must be 200–2000 (milliseconds)",
        ),
        ("[endpoint]\nmin_speech_ms = -5", 2, "50–1000 (milliseconds)"),
        ("[endpoint]\npre_roll_ms = 99.5", 2, "0–1000 (milliseconds)"),
        ("[endpoint]\nmax_speech_ms = 9999999999999", 2, "1000–60000"),
        ("[endpoint]\nno_speech_ms = \"3 s\"", 2, "`endpoint.no_speech_ms` is \"3 s\""),
        ("[endpoint]\nthreshold = 1.01", 2, "0–1"),
        ("[audio]\nvolume = nan", 2, "0–1"),
        ("[audio]\nhost = \"alsas\"", 2, "did you mean `alsa`?"),
        ("[audio]\ncues = 1", 2, "true, false, or a list of wake, done"),
        ("[audio]\ncues = [\"wake\", \"bell\"]", 2, "not_understood"),
        ("[tts]\nengine = \"pipper\"", 2, "did you mean `piper`?"),
        ("[[privacy.mute]]\nfrom = \"22:00\"", 1, "it needs `from` and `to`"),
        ("[[privacy.mute]]\nfrom = \"22:00\"\nto = \"7\"", 3, "a time as \"22:00\""),
        ("[[privacy.mute]]\nfrom = \"22:00\"\nto = \"07:00\"\ndays = [\"lundi\"]", 4, "mon, tue"),
        ("[privacy.keep_sound]\nwake = 2027-02-25", 2, "up to 2027-02-24 (90 days from today"),
        ("[privacy.keep_sound]\ncommands = \"2026-12-01\"", 2, "without quotes"),
        ("[privacy.keep_sound]\nwake = 2026-12-01T10:00:00", 2, "a day up to"),
        ("[privacy.keep_sound]\nword = 2026-12-01", 2, "the keys are wake, commands"),
        ("[privacy.switch]\nfile = \"a\"\ncommand = [\"b\"]", 3, "[] where a `file` is given"),
        ("[privacy.switch]\ncommands = []", 2, "did you mean `command`?"),
        ("[[sign]]\nlines = \"words\"", 1, "either a `command`"),
        ("[[sign]]\ncommand = [\"led\"]\nvalues = { other = \"0\" }", 1, "either a `command`"),
        ("[[sign]]\nfile = \"led\"\nvalues = { listening = \"1\" }", 1, "says nothing of `idle`"),
        ("[[sign]]\nfile = \"led\"\nvalues = { listenin = \"1\" }", 3, "with some of idle, listening"),
        ("[tts]\nquiet_from = \"22h\"", 2, "a time as \"22:00\""),
        ("[tts]\nquiet_from = \"25:00\"\nquiet_until = \"07:00\"", 2, "a time as \"22:00\""),
        ("[tts]\n\nquiet_from = \"22:00\"", 3, "together with `tts.quiet_until`"),
        ("[tts]\nquiet_until = \"07:00\"", 2, "together with `tts.quiet_from`"),
        ("[tts]\nquiet_volume = 2", 2, "0–1"),
        ("[audio]\ninput = \"\"", 2, "a name in quotes"),
        ("[audio]\nvolumes = 1", 2, "did you mean `volume`?"),
        ("[wake]\nwords = []", 2, "at least one"),
        ("[wake]\nwords = \"computer\"", 2, "[\"computer\"]"),
        ("[wake]\nwords = [\"computer\", 3]", 2, "[\"computer\"]"),
        ("[[wake.word]]\nsensitivity = 0.5", 1, "it has no `name`"),
        ("[[wake.word]]\nname = \"a\"\nlanguage = \"de\"", 3, "`wake.word.1.language` is \"de\""),
        (
            "[[wake.word]]\nname = \"a\"\n[[wake.word]]\nname = \"b\"\nsensitivity = 2",
            5,
            "`wake.word.2.sensitivity`",
        ),
        ("[[wake.word]]\nname = \"a\"\nsensitivty = 0.5", 3, "did you mean `sensitivity`?"),
        ("[wake]\nwords = [\"a\"]\n\n[[wake.word]]\nname = \"a\"", 4, "named twice"),
        ("[wake]\nword = \"a\"", 2, ""),
        ("[stt]\nengine = \"wisper\"", 2, "did you mean `whisper`?"),
        ("[stt]\nthreads = 65", 2, "0–64 (threads)"),
        ("[stt]\nxyz = 65", 2, "the keys are engine, whisper_model, threads, min_confidence"),
        ("[nlu]\nsentences = [\"a\", 1]", 2, "a list of paths"),
        ("[home]\nfile = 3", 2, "a path in quotes"),
        ("[tts]\nrate = 79", 2, "80–450 (words a minute)"),
        ("[tts]\n\npitch = 100", 3, "0–99"),
        ("[sst]\nengine = \"auto\"", 1, "did you mean `stt`?"),
        ("# a\naudio = 3", 2, "a section `[audio]`"),
        ("[audio]\nvolume = 1\nvolume = 0", 3, "duplicate key"),
        ("[audio\nvolume = 1", 1, ""),
        ("[models]\ndirs = \"models\"", 2, "a list of paths"),
        ("[data]\ndir = [\"a\"]", 2, "a path in quotes"),
    ];
    for (text, expected_line, part) in cases {
        match read(text) {
            Err(ConfigError::Setting { file, line, reason }) => {
                assert_eq!(file, Path::new("/etc/house/entrenous.toml"));
                assert_eq!(line, *expected_line, "{text:?}: {reason}");
                assert!(reason.contains(part), "{text:?}: {reason}");
            }
            other => panic!("{text:?} gave {other:?}"),
        }
    }
}

#[test]
fn edges_of_the_ranges_are_allowed() {
    let text =
        "[endpoint]\ntrailing_silence_ms = 200\nmax_speech_ms = 60000\nthreshold = 1\n[tts]\npitch = 0";
    let config = read(text).unwrap().config;
    assert_eq!(config.endpoint.trailing_silence_ms, 200);
    assert_eq!(config.endpoint.max_speech_ms, 60_000);
    assert!((config.endpoint.threshold - 1.0).abs() < f32::EPSILON);
    assert_eq!(config.tts.pitch, 0);
}

#[test]
fn cues_are_all_none_or_those_that_are_named() {
    let cues = |value: &str| read(&format!("[audio]\ncues = {value}")).unwrap().config.audio.cues;
    for cue in Cue::ALL {
        assert!(cues("true").contains(cue) && !cues("false").contains(cue) && !cues("[]").contains(cue));
        let named = matches!(cue, Cue::Wake | Cue::NotUnderstood);
        assert_eq!(cues("[\"wake\", \"not_understood\"]").contains(cue), named);
    }
}

#[test]
fn quiet_hours_are_two_times_and_a_volume() {
    let quiet = |text: &str| read(&format!("[tts]\n{text}")).unwrap().config.tts.quiet;
    assert_eq!(quiet("quiet_volume = 0.1"), None);
    assert_eq!(quiet("quiet_from = \"\""), None);
    let hours = quiet("quiet_from = \"22:30\"\nquiet_until = \"07:00\"").unwrap();
    assert_eq!((hours.from, hours.until), (civil::time(22, 30, 0, 0), civil::time(7, 0, 0, 0)));
    assert!((hours.volume - 0.3).abs() < f32::EPSILON);
}

#[test]
fn relative_paths_start_from_the_files_folder() {
    let text = "[nlu]\nsentences = [\"mine\", \"/abs\", \"~/his\"]\n[home]\nfile = \"home.toml\"\n\
                [wake]\nwords = [\"computer\", \"./hey.toml\"]\n[stt]\nwhisper_model = \"models/x.bin\"\n[tts]\npiper_voice = \"./v.onnx\"";
    let config = read(text).unwrap().config;
    let expected = ["/etc/house/mine", "/abs", "/home/ada/his"].map(PathBuf::from);
    assert_eq!(config.nlu.sentences, expected);
    assert_eq!(config.home.file.as_deref(), Some(Path::new("/etc/house/home.toml")));
    let words: Vec<&str> = config.wake.words.iter().map(|word| word.name.as_str()).collect();
    assert_eq!(words, ["computer", "/etc/house/./hey.toml"]);
    assert_eq!(config.stt.whisper_model, "/etc/house/models/x.bin");
    assert_eq!(config.tts.piper_voice, "/etc/house/./v.onnx");
}

#[test]
fn wake_words_have_settings_of_their_own() {
    let words = |text: &str| read(text).unwrap().config.wake.words;
    let plain = |name: &str, sensitivity| config::WakeWord { sensitivity, ..config::WakeWord::named(name) };
    assert_eq!(words("[wake]\nsensitivity = 0.7"), [plain("computer", 0.7)]);
    let own = "[[wake.word]]\nname = \"ordinateur\"\nlanguage = \"fr\"\narea = \"Kitchen\"\n\
               [[wake.word]]\nname = \"./x.head\"\nsensitivity = 0.2";
    let first = config::WakeWord {
        language: Some("fr".into()),
        area: Some("Kitchen".into()),
        ..plain("ordinateur", 0.5)
    };
    assert_eq!(words(own), [first.clone(), plain("/etc/house/./x.head", 0.2)]);
    let both = format!("[wake]\nwords = [\"jarvis\"]\nsensitivity = 0.6\n{own}");
    let first = config::WakeWord { sensitivity: 0.6, ..first };
    assert_eq!(words(&both), [plain("jarvis", 0.6), first, plain("/etc/house/./x.head", 0.2)]);

    let config = read(&both).unwrap().config;
    assert_eq!(config.other_languages(), ["fr"]);
    assert_eq!(config.speaking("fr").other_languages(), [""; 0]);
    assert_eq!(read(&format!("language = \"fr\"\n{both}")).unwrap().config.other_languages(), [""; 0]);
}

#[test]
fn origins_name_the_line_or_the_variable() {
    let file = Path::new("e.toml");
    let resolved = config::parse(
        file,
        "language = \"fr\"\n[tts]\nrate = 200\n[data]\ndir = \"d\"",
        &around(&[("ENTRENOUS_MODELS", "/m1:/m2")]),
    )
    .unwrap();
    let origin = |key: &str| &resolved.settings.iter().find(|setting| setting.key == key).unwrap().origin;
    assert_eq!(*origin("language"), Origin::File { file: file.into(), line: 1 });
    assert_eq!(*origin("tts.rate"), Origin::File { file: file.into(), line: 3 });
    assert_eq!(*origin("tts.pitch"), Origin::Default);
    assert_eq!(*origin("data.dir"), Origin::File { file: file.into(), line: 5 });
    assert_eq!(*origin("models.dirs"), Origin::Environment { variable: "ENTRENOUS_MODELS".into() });
}

#[test]
fn data_goes_to_the_first_place_that_is_named() {
    let dir = |text: &str, variables: &[(&str, &str)]| {
        config::parse(Path::new("/etc/e.toml"), text, &around(variables)).unwrap().config.data_dir
    };
    let all = [("ENTRENOUS_DATA", "/env"), ("STATE_DIRECTORY", "/state:/other"), ("XDG_DATA_HOME", "/xdg")];
    assert_eq!(dir("[data]\ndir = \"mine\"", &all), Path::new("/env"));
    assert_eq!(dir("[data]\ndir = \"mine\"", &all[1..]), Path::new("/etc/mine"));
    assert_eq!(dir("", &all[1..]), Path::new("/state"));
    assert_eq!(dir("", &all[2..]), Path::new("/xdg/entrenous"));
    assert_eq!(dir("", &[]), Path::new("/home/ada/.local/share/entrenous"));
}

#[test]
fn models_are_searched_in_order() {
    let text = "[models]\ndirs = [\"mine\"]";
    let variables =
        [("ENTRENOUS_MODELS", "/m1"), ("ENTRENOUS_DATA", "/data"), ("ENTRENOUS_SHARED", "/shared")];
    let config = config::parse(Path::new("/etc/e.toml"), text, &around(&variables)).unwrap().config;
    let expected = [
        "/m1",
        "/etc/mine",
        "/data/models",
        "/usr/share/entrenous/models",
        "/work-folder/models",
        "/shared/models",
        "/work-folder/../shared/models",
    ];
    assert_eq!(config.model_dirs, expected.map(PathBuf::from));
}

#[test]
fn the_first_file_found_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut around = around(&[]);
    around.folder = folder.path().to_owned();
    around.variables.insert("XDG_CONFIG_HOME".into(), folder.path().join("xdg").into());
    let write = |path: &str, language: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, format!("language = \"{language}\"")).unwrap();
    };
    write("xdg/entrenous/entrenous.toml", "fr");
    assert_eq!(config::load_resolved(None, &around).unwrap().config.language, "fr");
    write("config/entrenous.toml", "en");
    let resolved = config::load_resolved(None, &around).unwrap();
    assert_eq!(resolved.file, Some(folder.path().join("config/entrenous.toml")));

    // A file that was asked for and is not there is an error, not a reason to use another.
    let missing = folder.path().join("missing.toml");
    let error = config::load_resolved(Some(&missing), &around).unwrap_err();
    assert!(error.to_string().contains("missing.toml"), "{error}");
}

#[test]
fn privacy_and_signs_are_read() {
    use entrenous::mute::{SwitchConfig, Window};
    use entrenous::signs::{Lines, SignConfig};
    use jiff::civil::{Weekday, time};

    let text = "[privacy.switch]\nfile = \"/sys/pin\"\nmuted_when = \"0\"\n\
                [[privacy.mute]]\nfrom = \"22:00\"\nto = \"07:00\"\ndays = [\"sat\", \"fri\"]\n\
                [[sign]]\ncommand = [\"./led\", \"-x\"]\nlines = \"words\"\n\
                [[sign]]\nfile = \"/sys/led\"\nvalues = { listening = \"1\", other = \"0\" }\n";
    let config = read(text).unwrap().config;
    let night = Window {
        from: time(22, 0, 0, 0),
        to: time(7, 0, 0, 0),
        days: vec![Weekday::Friday, Weekday::Saturday],
    };
    assert_eq!(config.privacy.mute, [night]);
    let switch = SwitchConfig::File { file: "/sys/pin".into(), muted_when: "0".into() };
    assert_eq!(config.privacy.switch, Some(switch));
    let [SignConfig::Command { command, lines: Lines::Words }, SignConfig::File { file, values }] =
        &config.signs[..]
    else {
        panic!("{:?}", config.signs)
    };
    assert!(command[0].ends_with("/led") && command[0].starts_with('/') && command[1] == "-x", "{command:?}");
    assert_eq!((file.to_str(), values.len()), (Some("/sys/led"), 2));
}
