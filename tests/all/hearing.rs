//! The ear with its real engines: waking over the assistant's own voice, how soon a command is
//! understood, and days of nothing.

use std::time::{Duration, Instant};

use entrenous::audio::{self, FRAME_SAMPLES, Frame, SAMPLE_RATE};
use entrenous::config::{Config, Surroundings};
use entrenous::ear::Ear;
use entrenous::eval::{clips, cpu, dataset, noise};
use entrenous::event::EventKind;
use entrenous::household::Household;
use entrenous::pipeline::Pipeline;
use entrenous::rng::Rng;
use entrenous::stt::{SpeechToText, SttError, Transcript};
use entrenous::vad::EndpointConfig;
use entrenous::{assemble, wake};

use crate::support::{repository, shared};

/// A configuration as a file would give it.
fn config(toml: &str) -> Config {
    let around = Surroundings { folder: repository(""), ..Surroundings::of_process() };
    let file = std::env::temp_dir().join("entrenous.toml");
    let mut config = entrenous::config::parse(&file, toml, &around).expect("a configuration").config;
    config.model_dirs.extend(entrenous::config::shared_models(&around));
    config
}

struct Nothing;

impl SpeechToText for Nothing {
    fn engine(&self) -> &'static str {
        "nothing"
    }
    fn transcribe(&mut self, _samples: &[i16]) -> Result<Transcript, SttError> {
        Ok(Transcript::default())
    }
}

/// Wake-ups in a sound while the assistant says something, with their times in milliseconds.
fn wakes(ear: &mut Ear, said: &[i16], room: &[i16]) -> Vec<u64> {
    ear.reset();
    ear.end_speaking();
    let begun = ear.now_ms();
    ear.begin_speaking(said.to_vec());
    let mut wakes = Vec::new();
    for frame in room.as_chunks::<FRAME_SAMPLES>().0 {
        ear.push(frame, &mut |event| {
            if matches!(event.kind, EventKind::Wake { .. }) {
                wakes.push(event.at_ms - begun);
            }
        });
    }
    wakes
}

fn scaled(sound: &[i16], gain: f32) -> Vec<i16> {
    sound.iter().map(|&s| (f32::from(s) * gain) as i16).collect()
}

/// What a microphone hears of a loudspeaker: late, softer and with a reflection.
fn echo(said: &[i16]) -> Vec<i16> {
    let (late, later) = (SAMPLE_RATE as usize * 12 / 100, SAMPLE_RATE as usize * 15 / 100);
    let at = |n: usize, delay: usize| n.checked_sub(delay).and_then(|n| said.get(n)).copied().unwrap_or(0);
    (0..said.len() + SAMPLE_RATE as usize)
        .map(|n| (f32::from(at(n, late)) * 0.5 + f32::from(at(n, later)) * 0.2) as i16)
        .collect()
}

/// People say the wake word over an answer, and the answer says it itself.
fn interrupting(engine: &str, every: usize, least: [f32; 3]) {
    let Some(shared) = shared(&format!("hearing::interrupting, {engine}")) else { return };
    let config = config(&format!("wake.engine = \"{engine}\""));
    let (stages, choice) =
        wake::build(&config.wake, &config.model_dirs, &config.data_dir).expect("a wake word engine");
    println!("{choice}");
    let mut ear = Ear::new(stages, EndpointConfig::default(), Box::new(Nothing));
    let answer = audio::load(&shared.join("audio/open/jfk.flac")).expect("a recording");
    let answer = scaled(&answer[..SAMPLE_RATE as usize * 5], 0.5);
    let words = clips::recordings(&shared.join("audio/wake/computer"), None).expect("recordings");
    let words: Vec<_> = words.iter().step_by(every).map(|path| audio::load(path).expect("a word")).collect();

    assert_eq!(wakes(&mut ear, &answer, &echo(&answer)), [0; 0], "by an answer without the word");
    let mut own = 0;
    for word in &words {
        let said = [&answer[..16_000], word, &answer[16_000..40_000]].concat();
        own += wakes(&mut ear, &said, &echo(&said)).len();
    }
    println!("woken by its own voice saying the word: {own} of {}", words.len());
    assert_eq!(own, 0);

    for (snr, least) in [10.0, 5.0, 0.0].into_iter().zip(least) {
        let mut late = Vec::new();
        for (item, word) in words.iter().enumerate() {
            let padded = [&[0; 16_000][..], word, &[0; 16_000]].concat();
            let mut rng = Rng::for_item(3, item as u64);
            let room = noise::mix(&padded, &echo(&answer), snr, &mut rng);
            let end_ms = (16_000 + word.len()) as u64 / 16;
            late.extend(
                wakes(&mut ear, &answer, &room).first().map(|&at| at.cast_signed() - end_ms.cast_signed()),
            );
        }
        late.sort_unstable();
        let share = late.len() as f32 / words.len() as f32;
        println!(
            "people {snr} dB over an answer: woken by {:.0} % of {}, p95 {} ms after the recording's end",
            share * 100.0,
            words.len(),
            late.get(late.len().saturating_sub(1) * 95 / 100).copied().unwrap_or_default()
        );
        assert!(share >= least, "{share}");
    }
}

#[test]
fn people_can_interrupt() {
    interrupting("embedding", 40, [0.8, 0.8, 0.6]);
    interrupting("small", 40, [0.8, 0.7, 0.6]);
    interrupting("rustpotter", 40, [0.5, 0.3, 0.3]);
}

#[test]
#[ignore = "a measurement of some minutes"]
fn how_often_people_can_interrupt() {
    interrupting("embedding", 2, [0.0; 3]);
    interrupting("small", 2, [0.0; 3]);
    interrupting("rustpotter", 2, [0.0; 3]);
}

/// From the last frame of the silence that ends a command to its intent, in real time.
#[test]
#[ignore = "a measurement in real time"]
fn how_soon_a_command_is_understood() {
    let Some(shared) = shared("hearing::how_soon_a_command_is_understood") else { return };
    let config = config(&format!(
        "stt.engine = \"pocketsphinx\"\nwake.engine = \"none\"\nhome.file = \"{}\"\n",
        repository("tests/data/home-en.toml").display()
    ));
    let household = Household::load(&config).expect("a household");
    for threaded in [false, true] {
        let (mut ear, _) = assemble::ear(&config, &household, false).expect("an ear");
        if threaded {
            ear.recognise_on_thread();
        }
        let (mut waits, mut delays, mut understood, mut n) = (Vec::new(), Vec::new(), 0, 0);
        let (cpu_before, mut heard_s) = (cpu::used(), 0.0);
        for path in audio::recordings(&[shared.join("audio/home/en")]).expect("recordings") {
            if !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("human")) {
                continue;
            }
            n += 1;
            let sound = [&[0; 8_000][..], &audio::load(&path).expect("a recording"), &[0; 24_000]].concat();
            heard_s += sound.len() as f64 / f64::from(SAMPLE_RATE);
            let begun = Instant::now();
            let mut ended = None;
            for (at, frame) in (1..).zip(sound.as_chunks::<FRAME_SAMPLES>().0) {
                let due = begun + Duration::from_millis(16) * at;
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                ear.push(frame, &mut |event| match &event.kind {
                    EventKind::SpeechEnd { .. } => ended = ended.or(Some(due)),
                    EventKind::Transcript(heard) => {
                        understood += usize::from(household.understanding.exactly(&heard.text).is_some());
                        waits.extend(ended.map(|due| due.elapsed().as_secs_f64() * 1e3));
                        delays.extend(event.took.map(|took| took.as_secs_f64() * 1e3));
                    }
                    _ => {}
                });
            }
            ear.reset();
        }
        let cpu = cpu::used().saturating_sub(cpu_before).as_secs_f64();
        waits.sort_by(f64::total_cmp);
        delays.sort_by(f64::total_cmp);
        let at = |all: &[f64], share: f64| all[((all.len() - 1) as f64 * share) as usize];
        println!(
            "{}: {understood} of {n} understood; end of silence to intent p50 {:.0} p95 {:.0} ms; `took` p50 {:.0} p95 {:.0} ms; {:.2} s of processor for {heard_s:.0} s of sound",
            if threaded { "on a thread" } else { "in place" },
            at(&waits, 0.5),
            at(&waits, 0.95),
            at(&delays, 0.5),
            at(&delays, 0.95),
            cpu
        );
    }
}

/// What is understood of commands that end where the ear finds their end, against whole recordings.
#[test]
#[ignore = "a measurement of some minutes"]
fn what_finding_the_end_costs() {
    let Some(shared) = shared("hearing::what_finding_the_end_costs") else { return };
    let kitchen = clips::load_long(&shared.join("audio/noise/kitchen.flac")).expect("noise");
    for language in ["en", "fr"] {
        let config = config(&format!(
            "language = \"{language}\"\nstt.engine = \"pocketsphinx\"\nhome.file = \"{}\"\n",
            repository(&format!("tests/data/home-{language}.toml")).display()
        ));
        let household = Household::load(&config).expect("a household");
        let (mut ear, _) = assemble::ear(&config, &household, false).expect("an ear");
        let all = dataset::transcripts(&shared.join("audio/home").join(language)).expect("transcripts");
        let human = all.iter().filter(|clip| {
            let name = clip.path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("human") && !clip.sentence.is_empty()
        });
        let human: Vec<_> = human.collect();
        for snr in [None, Some(18.0), Some(10.0)] {
            let (mut whole, mut ended, mut split) = (0, 0, 0);
            for (item, clip) in human.iter().enumerate() {
                let meaning = |text: &str| {
                    let intent = household.understanding.exactly(text);
                    intent.map(|intent| {
                        (intent.intent, intent.slots.into_iter().map(|s| s.value).collect::<Vec<_>>())
                    })
                };
                let speech = audio::load(&clip.path).expect("a recording");
                let padded = [&[0; 24_000][..], &speech, &[0; 40_000]].concat();
                let mut rng = Rng::for_item(2, item as u64);
                let sound =
                    snr.map_or_else(|| padded.clone(), |snr| noise::mix(&padded, &kitchen, snr, &mut rng));
                let expected = meaning(&clip.sentence);
                let mut heard = |hear: &mut dyn FnMut(&mut Ear, entrenous::ear::Emit)| {
                    let mut texts: Vec<String> = Vec::new();
                    hear(&mut ear, &mut |event| {
                        if let EventKind::Transcript(transcript) = event.kind {
                            texts.push(transcript.text);
                        }
                    });
                    (texts.iter().any(|text| meaning(text) == expected), texts.len())
                };
                let (right, _) = heard(&mut |ear, emit| {
                    ear.hear_utterance(&sound[24_000..24_000 + speech.len()], emit);
                });
                whole += usize::from(right);
                let (right, parts) = heard(&mut |ear, emit| {
                    sound.as_chunks().0.iter().for_each(|frame| ear.push(frame, emit));
                    ear.reset();
                });
                ended += usize::from(right);
                split += usize::from(parts > 1);
            }
            let snr = snr.map_or("clean".into(), |snr| format!("{snr} dB"));
            println!(
                "{language} {snr}: {whole} of {} whole, {ended} ended by the ear, {split} in parts",
                human.len()
            );
        }
    }
}

/// A room at night, and now and then something falls, hums or crackles: 16 ms.
struct Idle {
    rng: Rng,
    low: f32,
    /// What is going on: frames left, height, and a tone's frequency (0: noise).
    burst: (u32, f32, f32),
    at: u64,
}

impl Idle {
    fn frame(&mut self) -> Frame {
        if self.burst.0 == 0 && self.rng.chance(0.004) {
            let tone = if self.rng.chance(0.5) { self.rng.between(90.0, 2_000.0) } else { 0.0 };
            self.burst = (4 + self.rng.below(120) as u32, self.rng.between(200.0, 9_000.0), tone);
        }
        let (left, height, tone) = self.burst;
        self.burst.0 = left.saturating_sub(1);
        std::array::from_fn(|_| {
            self.at += 1;
            let white = self.rng.between(-1.0, 1.0);
            self.low = 0.95 * self.low + 0.2 * white;
            let burst = match (left, tone) {
                (0, _) => 0.0,
                (_, 0.0) => height * self.low,
                _ => height * 0.5 * (std::f32::consts::TAU * tone * (self.at % 16_000) as f32 / 16e3).sin(),
            };
            (40.0 * self.low + burst) as i16
        })
    }
}

/// Pages of memory that this process holds, in MiB.
fn memory_mib() -> f64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split_whitespace().nth(1).and_then(|n| n.parse::<f64>().ok()).unwrap_or_default() * 4.0 / 1024.0
}

/// `ENTRENOUS_IDLE_HOURS=24 cargo test --release --test all hearing::days -- --ignored --nocapture`
///
/// The whole pipeline on sound that is made as it is heard. `ENTRENOUS_WAKE` names the engine.
#[test]
#[ignore = "takes as long as it is asked to"]
fn days_of_nothing_leave_no_trace() {
    let of = |name: &str| std::env::var(name).ok();
    let hours: f64 = of("ENTRENOUS_IDLE_HOURS").and_then(|hours| hours.parse().ok()).unwrap_or(0.25);
    let engine = of("ENTRENOUS_WAKE").unwrap_or_else(|| "auto".into());
    let config = config(&format!("wake.engine = \"{engine}\"\nstt.engine = \"pocketsphinx\"\n"));
    let household = Household::load(&config).expect("a household");
    let start = "2026-01-01T12:00:00[UTC]".parse().expect("a time");
    let (mut pipeline, choices) = Pipeline::new(&config, household, true, start).expect("a pipeline");
    println!("{}", choices.join("; "));
    let mut idle = Idle { rng: Rng::new(24), low: 0.0, burst: (0, 0.0, 0.0), at: 0 };
    let (begun, cpu_before) = (Instant::now(), cpu::used());
    let frames = (hours * 3_600.0 / 0.016) as u64;
    let (mut wakes, mut faults, mut memory) = (0, Vec::new(), Vec::new());
    for at in 0..frames {
        let frame = idle.frame();
        pipeline.frame(&frame, &mut |event| match event.kind {
            EventKind::Wake { .. } => wakes += 1,
            EventKind::Fault { message, .. } => faults.push(message),
            EventKind::Dropped { samples } => faults.push(format!("{samples} samples dropped")),
            _ => {}
        });
        if at % (frames / 10).max(1) == 0 {
            memory.push(memory_mib());
        }
    }
    let heard_s = frames as f64 * 0.016;
    let cpu_s = cpu::used().saturating_sub(cpu_before).as_secs_f64();
    println!(
        "{hours} h of idle sound in {:.0} s, {:.2} % of a core; {wakes} wake-ups; memory {memory:.1?} MiB",
        begun.elapsed().as_secs_f64(),
        100.0 * cpu_s / heard_s
    );
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(pipeline.now_ms(), frames * 16, "not a frame is lost");
    // The first tenth is for caches to fill.
    let grown = memory.last().copied().unwrap_or_default() - memory[1.min(memory.len() - 1)];
    assert!(grown < 2.0, "memory grew by {grown:.1} MiB: {memory:.1?}");
    assert!(wakes as f64 <= 1.0 + hours, "{wakes} wake-ups in {hours} h of nothing");
}
