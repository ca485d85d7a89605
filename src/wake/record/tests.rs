//! A whole session with a scripted microphone: people where there are recordings, else a machine's voice.

use std::collections::VecDeque;

use std::time::Duration;

use super::*;
use crate::audio::{Captured, FrameSource, TestSpeaker};
use crate::event::EventKind;
use crate::studio::doubles::{Lengths, Seen, session};
use crate::testing::{shared, silence, syllables};

/// Takes of a word: five people's, or a machine's.
fn words() -> Vec<Vec<i16>> {
    let around = |word: Vec<i16>| [silence(700), word].concat();
    let Some(shared) = shared("wake::record, people") else {
        return [500, 600, 700, 800, 900].map(|ms| around(syllables(ms))).into();
    };
    let clip = |i: usize| crate::audio::load(&shared.join(format!("audio/wake/jarvis/{i:03}.flac")));
    // Of those that come with enough silence.
    (0..60)
        .filter_map(|i| clip(i).ok().map(around))
        .filter(|take| check(&[&take[..], &silence(1_000)].concat()).is_ok())
        .take(5)
        .collect()
}

#[test]
fn good_recordings_are_kept_and_bad_ones_made_again() {
    let words = words();
    let louder = |gain: f32| words[0].iter().map(|&s| (f32::from(s) * gain) as i16).collect::<Vec<_>>();
    let twice = [silence(700), syllables(500), silence(600), syllables(500)].concat();
    let takes = [
        silence(5_000),
        words[0].clone(),
        louder(0.005),
        louder(200.0),
        words[1].clone(),
        twice,
        words[2].clone(),
    ];
    let mut speaker = TestSpeaker::default();
    let (clips, seen) = session(&takes, "en", &mut speaker, |studio| studio.record("hey_house", 3));
    assert_eq!(clips.expect("three").len(), 3, "{:?}", seen.lines);
    let asked: Vec<&str> = seen.lines.iter().map(String::as_str).collect();
    assert!(asked[0].contains("\"hey house\" 3 times"), "{asked:?}");
    for (at, part) in [
        (1, "1 of 3"),
        (2, "heard nobody"),
        (3, "2 of 3"),
        (4, "too quiet"),
        (5, "too loud"),
        (6, "3 of 3"),
        (7, "more than one"),
        (8, "learning"),
    ] {
        assert!(asked[at].contains(part), "{part}: {asked:?}");
    }
    // Everything that is shown is said, and every take has its tone.
    assert_eq!(speaker.played().len(), asked.len() + takes.len());
    assert!(seen.levels.len() > 20, "{}", seen.levels.len());
}

#[test]
fn a_word_can_be_tried_out() {
    let mut detector = crate::testing::ScriptedWake;
    let other: Vec<i16> = syllables(600).iter().map(|s| s / 2 * 2).collect();
    let mut word = other.clone();
    word[3_000] = crate::testing::WAKE_MARK;
    let mut speaker = TestSpeaker::default();
    for (take, heard, said) in [(word, true, "Je vous ai"), (other, false, "Je ne l'ai pas")] {
        let take = [silence(500), take].concat();
        let ((score, woke), seen) = session(&[take], "fr", &mut speaker, |studio| {
            studio.try_out("maison", &mut detector, 0.5).expect("tried")
        });
        assert_eq!((score > 0.5, woke), (heard, heard));
        assert!(seen.lines.last().is_some_and(|line| line.contains(said)), "{:?}", seen.lines);
    }
}

#[test]
fn recordings_that_stay_bad_end_with_advice() {
    let (result, seen) =
        session(&[], "en", &mut TestSpeaker::default(), |studio| studio.record("word", 5).map(|_| ()));
    let error = result.expect_err("silence").to_string();
    assert!(error.contains("entrenous listen") && error.contains("heard nobody"), "{error}");
    assert_eq!(seen.lines.iter().filter(|line| line.starts_with("Once more")).count(), PATIENT - 1);
}

#[test]
fn without_a_microphone_there_is_one_line() {
    struct Gone(VecDeque<Captured>);
    impl FrameSource for Gone {
        fn next(&mut self, _timeout: Duration) -> Captured {
            self.0.pop_front().unwrap_or(Captured::Nothing)
        }
    }
    let lost = EventKind::MicrophoneLost { message: "no microphone called `default`".into(), retry_ms: 500 };
    for (script, part) in [
        (vec![Captured::Event(lost)], "called `default`"),
        (vec![], "no sound"),
        (vec![Captured::End], "ended"),
    ] {
        let (mut gone, mut seen) = (Gone(script.into()), Seen::default());
        let (mut speaker, mut voice) = (TestSpeaker::default(), Lengths);
        let mut studio = Studio::new(&mut gone, &mut voice, &mut speaker, &mut seen, "en");
        let error = studio.record("word", 5).expect_err("no microphone").to_string();
        assert!(error.contains(part) && error.contains("entrenous devices"), "{error}");
        assert!(!error.contains('\n') && seen.lines.is_empty());
    }
}

#[test]
fn without_a_speaker_the_screen_is_enough() {
    let mut speaker = TestSpeaker::default();
    speaker.set_broken(true);
    let words = words();
    let (clips, seen) = session(&words[..1], "en", &mut speaker, |studio| studio.record("word", 1));
    assert_eq!(clips.expect("one").len(), 1);
    assert_eq!(seen.lines.iter().filter(|line| line.contains("unplugged")).count(), 1, "{:?}", seen.lines);
}

/// From the microphone to a model that wakes, with little effort. The word has its own name: what comes with the
/// program to tell words from has it, too, and leaves it out by its name.
fn teach(takes: &[Vec<i16>], embedder: Option<&crate::wake::embedding::Embedder>, others: &[Vec<i16>]) {
    let effort = match embedder.map(crate::wake::embedding::Embedder::network) {
        // A third of the takes that a household's are made into, and half of the rounds.
        Some(crate::wake::embedding::Network::Small) => {
            let usual = crate::wake::train::Effort::default();
            crate::wake::train::Effort { takes: 500, epochs: usual.epochs / 2 }
        }
        _ => crate::wake::train::Effort { takes: 120, epochs: 8 },
    };
    let data = tempfile::tempdir().expect("a folder");
    let shelf = Shelf::new("jarvis", data.path()).expect("a shelf");
    let script = [takes, &takes[1..2], others].concat();
    let mut speaker = TestSpeaker::default();
    let ((), _) = session(&script, "en", &mut speaker, |studio| {
        let clips = studio.record("jarvis", takes.len()).expect("recordings");
        shelf.add(&clips).expect("kept");
        let around = studio.speech_around().expect("a voice");
        let learnt = shelf.clips().expect("clips");
        let (trained, extension) = learn("jarvis", learnt, around, embedder, effort).expect("a model");
        let file = shelf.put_model(extension, &trained.bytes).expect("kept");
        let shared = shared("wake::record, teaching").map(|shared| shared.join("models"));
        let models: Vec<_> = shared.into_iter().collect();
        let places = crate::wake::Places { model_dirs: &models, data_dir: data.path() };
        let model = crate::wake::WakeModel::find("jarvis", "auto", places).expect("the model");
        assert_eq!(model.engine(), embedder.map_or("rustpotter", |embedder| embedder.network().engine()));
        assert!(file.exists());
        let mut detector = model.detector().expect("a detector");
        let mut score = || studio.try_out("jarvis", detector.as_mut(), model.threshold).expect("a score");
        let (best, woke) = score();
        // rustpotter's training is not the same twice, and so little of it is no promise to wake.
        let enough = if embedder.is_some() { woke } else { best > 0.3 };
        assert!(enough, "the word scores {best}");
        for _ in others {
            let (best, woke) = score();
            assert!(!woke, "another word scores {best}");
        }
    });
    assert_eq!(shelf.forget().expect("gone"), Forgotten { recordings: takes.len(), models: 1 });
}

#[test]
fn a_word_is_learnt_without_any_download() {
    let small = crate::wake::embedding::Embedder::small().expect("a network");
    teach(&words(), Some(&small), &[]);
}

#[test]
fn a_word_is_learnt_for_rustpotter() {
    teach(&words(), None, &[]);
}

#[test]
fn a_word_is_learnt_behind_the_embedding() {
    let Some(shared) = shared("wake::record, embedding") else { return };
    let model = shared.join("models").join(crate::wake::EMBEDDING_FILE);
    let embedder = crate::wake::embedding::Embedder::load(&model).expect("a model");
    let others = [3, 9, 15].map(|i| {
        let path = shared.join(format!("audio/wake/snowboy/{i:03}.flac"));
        [silence(700), crate::audio::load(&path).expect("a recording")].concat()
    });
    teach(&words(), Some(&embedder), &others);
}
