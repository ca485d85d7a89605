//! Utterances in rooms that are not quiet. Every noise is made here, the same each time, but for
//! the people, who are recorded.

use super::*;
use crate::rng::Rng;
use crate::testing::{shared, silence, syllables};

/// What the endpointer reported, with the time in milliseconds.
fn listen(room: &[i16], sound: &[i16]) -> Vec<(u64, Endpoint)> {
    let mut endpointer = Endpointer::new(EndpointConfig::default());
    room.as_chunks().0.iter().for_each(|frame| endpointer.hear_room(frame));
    hear(&mut endpointer, sound)
}

fn hear(endpointer: &mut Endpointer, sound: &[i16]) -> Vec<(u64, Endpoint)> {
    let mut reports = Vec::new();
    for (at, frame) in sound.as_chunks::<FRAME_SAMPLES>().0.iter().enumerate() {
        let report = endpointer.push(frame);
        let over = matches!(report, Endpoint::Ended { .. } | Endpoint::NoSpeech);
        if report != Endpoint::Continue {
            reports.push((at as u64 * 16, report));
        }
        if over {
            break;
        }
    }
    reports
}

/// When and why it ended.
#[track_caller]
fn end(reports: &[(u64, Endpoint)]) -> (u64, EndReason) {
    match reports.last() {
        Some((at, Endpoint::Ended { reason, .. })) => (*at, *reason),
        _ => panic!("no end: {:?}", names(reports)),
    }
}

fn names(reports: &[(u64, Endpoint)]) -> Vec<(u64, &'static str)> {
    let name = |report: &Endpoint| match report {
        Endpoint::Continue => "continue",
        Endpoint::Started => "started",
        Endpoint::Paused { .. } => "paused",
        Endpoint::Resumed => "resumed",
        Endpoint::Ended { .. } => "ended",
        Endpoint::NoSpeech => "no speech",
    };
    reports.iter().map(|(at, report)| (*at, name(report))).collect()
}

/// A fan: noise with more low than high tones (two one-pole filters over white noise).
fn fan(ms: u64, height: f32) -> Vec<i16> {
    let mut rng = Rng::new(5);
    let (mut low, mut mid) = (0.0, 0.0);
    (0..ms_to_samples(ms))
        .map(|_| {
            let white = rng.between(-1.0, 1.0);
            low = 0.99 * low + 0.1 * white;
            mid = 0.9 * mid + 0.3 * white;
            ((low + mid + 0.3 * white) * height) as i16
        })
        .collect()
}

fn white(ms: u64, height: f32) -> Vec<i16> {
    let mut rng = Rng::new(6);
    (0..ms_to_samples(ms)).map(|_| rng.between(-height, height) as i16).collect()
}

/// Chords that change twice a second over a beat.
fn music(ms: u64, height: f32) -> Vec<i16> {
    let mut rng = Rng::new(7);
    (0..ms_to_samples(ms))
        .map(|n| {
            let (second, chord) = (n as f32 / 16e3, [220.0, 261.6, 196.0, 174.6][(n / 8_000 % 4) as usize]);
            let tones: f32 = [1.0, 1.25, 1.5, 2.0]
                .map(|step| (std::f32::consts::TAU * chord * step * second).sin())
                .iter()
                .sum();
            let since_beat = (n % 8_000) as f32 / 16e3;
            let beat = rng.between(-1.0, 1.0) * (-since_beat * 30.0).exp();
            ((tones * 0.2 + beat) * height) as i16
        })
        .collect()
}

/// A door, a cup: 10 ms of noise that fades, every 350 ms.
fn clicks(ms: u64, height: f32) -> Vec<i16> {
    let mut rng = Rng::new(8);
    (0..ms_to_samples(ms))
        .map(|n| (rng.between(-height, height) * (-((n % 5_600) as f32) / 50.0).exp()) as i16)
        .collect()
}

fn sum(one: &[i16], other: &[i16]) -> Vec<i16> {
    one.iter().zip(other).map(|(a, b)| a.saturating_add(*b)).collect()
}

fn scaled(sound: &[i16], db: f32) -> Vec<i16> {
    sound.iter().map(|&s| (f32::from(s) * 10f32.powf(db / 20.0)) as i16).collect()
}

/// Half a second of nothing, a command of a second, and 14 s of nothing.
fn command() -> Vec<i16> {
    [silence(512), syllables(1_000), silence(14_000)].concat()
}

/// The command in a noise that was there before.
fn in_noise(noise: fn(u64, f32) -> Vec<i16>, height: f32) -> Vec<(u64, Endpoint)> {
    let sound = command();
    let noise = noise(samples_to_ms(sound.len() as u64) + 3_000, height);
    let (room, rest) = noise.split_at(ms_to_samples(3_000) as usize);
    listen(room, &sum(&sound, rest))
}

#[test]
fn a_command_in_quiet_ends_after_the_usual_silence() {
    let reports = listen(&silence(1_000), &command());
    assert_eq!(
        names(&reports).iter().map(|(_, name)| *name).collect::<Vec<_>>(),
        ["started", "paused", "ended"]
    );
    let (at, reason) = end(&reports);
    assert!((1_900..2_250).contains(&at) && reason == EndReason::Silence, "{at}");
}

#[test]
fn what_is_paused_is_what_ends() {
    let reports = listen(&silence(1_000), &command());
    let [_, (_, Endpoint::Paused { samples: guess }), (_, Endpoint::Ended { samples, .. })] = &reports[..]
    else {
        panic!("{:?}", names(&reports))
    };
    assert!(guess == samples);
}

#[test]
fn words_decide_how_long_a_pause_lasts() {
    let after = |known: Option<Completeness>| {
        let mut endpointer = Endpointer::new(EndpointConfig::default());
        let sound = command();
        let mut paused = 0;
        for (at, frame) in sound.as_chunks().0.iter().enumerate() {
            match endpointer.push(frame) {
                Endpoint::Paused { .. } => {
                    paused = at;
                    if let Some(known) = known {
                        endpointer.expect(known);
                    }
                }
                Endpoint::Ended { .. } => return PAUSE_MS + (at - paused) as u64 * 16,
                _ => {}
            }
        }
        panic!("no end")
    };
    let config = EndpointConfig::default();
    assert_eq!(after(None), frames(config.trailing_silence_ms) * 16);
    assert_eq!(after(Some(Completeness::MayContinue)), frames(config.trailing_silence_ms) * 16);
    assert_eq!(after(Some(Completeness::Complete)), config.complete_silence_ms);
    assert_eq!(after(Some(Completeness::Incomplete)), config.incomplete_silence_ms);
}

#[test]
fn a_pause_that_is_too_short_is_part_of_the_utterance() {
    let sound = [silence(500), syllables(800), silence(400), syllables(800), silence(2_000)].concat();
    let reports = listen(&silence(1_000), &sound);
    let order: Vec<_> = names(&reports).iter().map(|(_, name)| *name).collect();
    assert_eq!(order, ["started", "paused", "resumed", "paused", "ended"]);
    assert!(end(&reports).0 > 2_900, "{:?}", names(&reports));
}

#[test]
fn a_fan_is_no_speech_and_does_not_hold_an_utterance_open() {
    for height in [300.0, 1_000.0, 2_000.0] {
        for noise in [fan, white] {
            let noise_alone = noise(7_000, height);
            let (room, rest) = noise_alone.split_at(48_000);
            let reports = listen(room, rest);
            assert_eq!(names(&reports), [(2_992, "no speech")], "noise of {height}");
            let (at, reason) = end(&in_noise(noise, height));
            assert!(at < 2_600 && reason == EndReason::Silence, "{at} ms in a noise of {height}");
        }
    }
}

#[test]
fn a_fan_that_starts_in_between_ends_the_utterance_soon() {
    let sound = sum(&command(), &[silence(1_000), fan(14_500, 2_000.0)].concat());
    let (at, reason) = end(&listen(&silence(2_000), &sound));
    assert!(at < 5_500 && reason == EndReason::Silence, "{at}");
}

#[test]
fn music_does_not_hold_an_utterance_open_beyond_the_maximum() {
    for height in [500.0, 2_000.0, 8_000.0] {
        let (at, reason) = end(&in_noise(music, height));
        println!("music of {height}: ended after {at} ms ({reason:?})");
        assert!(at <= 12_600, "{at} ms in music of {height}");
    }
    let (at, _) = end(&in_noise(music, 500.0));
    assert!(at < 3_000, "soft music: {at} ms");
    let noise = music(7_000, 2_000.0);
    let (room, rest) = noise.split_at(48_000);
    let reports = listen(room, rest);
    assert_eq!(names(&reports).last().map(|(_, name)| *name), Some("no speech"), "{:?}", names(&reports));
}

#[test]
fn clicks_are_no_speech_and_do_not_hold_an_utterance_open() {
    for height in [2_000.0, 20_000.0] {
        assert_eq!(names(&listen(&silence(1_000), &clicks(4_000, height))), [(2_992, "no speech")]);
        let (at, reason) = end(&in_noise(clicks, height));
        assert!(at < 3_000 && reason == EndReason::Silence, "{at} ms with clicks of {height}");
    }
}

#[test]
fn another_talker_cannot_hold_it_open_beyond_the_maximum() {
    let Some(shared) = shared("vad::endpoint, another talker") else { return };
    let load = |path: &str| crate::audio::load(&shared.join(path)).expect("a recording");
    let (command, other) = (load("audio/home/en/human-01.flac"), load("audio/open/jfk.flac"));
    let other = [&other[..], &other].concat();
    let loudness = |sound: &[i16]| {
        let energy: f32 = sound.iter().map(|&s| f32::from(s).powi(2)).sum();
        10.0 * (energy / sound.len() as f32).log10()
    };
    let spoken = command.len();
    let command = [command, silence(14_000)].concat();
    for below in [6.0, 12.0, 20.0, 25.0] {
        let level = loudness(&command[..spoken]) - below - loudness(&other);
        let sound = sum(&command, &scaled(&other, level));
        let (at, reason) = end(&listen(&silence(1_000), &sound));
        println!("another talker {below} dB below: {at} ms ({reason:?}) for {} ms", spoken / 16);
        assert!(at <= 12_600, "{at}");
        if below >= 25.0 {
            assert!(at < spoken as u64 / 16 + 1_500, "{at}");
        }
    }
}

#[test]
fn real_commands_end_where_they_end() {
    let Some(shared) = shared("vad::endpoint, real commands") else { return };
    for name in ["en/human-00", "en/human-02", "fr/human-00", "fr/human-03"] {
        let path = shared.join(format!("audio/home/{name}.flac"));
        let speech = crate::audio::load(&path).expect("a recording");
        let reports = listen(&silence(1_000), &[&speech[..], &silence(2_000)].concat());
        let Some((_, Endpoint::Ended { samples, .. })) = reports.last() else {
            panic!("{name}: {:?}", names(&reports))
        };
        let reports = listen(&silence(1_000), &[&samples[..], &silence(2_000)].concat());
        assert!(matches!(reports.last(), Some((_, Endpoint::Ended { .. }))), "{name}");
        assert!(samples.len() <= speech.len() + 16_000, "{name}");
    }
}

#[test]
fn the_assistants_own_cue_is_no_command() {
    let sound = crate::tts::Cue::Wake.sound().for_the_ear();
    let reports = listen(&silence(1_000), &[silence(200), sound, silence(4_000)].concat());
    assert_eq!(names(&reports), [(2_992, "no speech")]);
}
