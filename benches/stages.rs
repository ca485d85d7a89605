//! What each stage costs: `cargo bench`. Sound is made or decoded outside the timed part.
//!
//! The recogniser's and the wake word's cost on real recordings is part of `entrenous eval`.

use divan::{Bencher, counter::ItemsCount};
use entrenous::audio::{FRAME_SAMPLES, SAMPLE_RATE};
use entrenous::config::Config;
use entrenous::household::Household;
use entrenous::vad::{EndpointConfig, Endpointer};

fn main() {
    divan::main();
}

/// Ten seconds of quiet noise, always the same.
fn noise() -> Vec<i16> {
    let mut state = 1u32;
    (0..SAMPLE_RATE * 10)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as i16 - 128
        })
        .collect()
}

/// Ten seconds of sound through the endpointer.
#[divan::bench]
fn endpoint_10_s(bencher: Bencher) {
    let noise = noise();
    bencher.counter(ItemsCount::new(noise.len() / FRAME_SAMPLES)).bench_local(|| {
        let mut endpointer = Endpointer::new(EndpointConfig::default());
        for frame in noise.as_chunks::<FRAME_SAMPLES>().0 {
            divan::black_box(endpointer.push(frame));
        }
    });
}

/// Ten seconds of sound through the wake word engine that ships.
#[divan::bench]
fn wake_word_10_s(bencher: Bencher) {
    let noise = noise();
    let mut config = Config::default();
    config.wake.engine = "rustpotter".into();
    let (mut stages, _) = entrenous::wake::build(&config.wake, &config.model_dirs, &config.data_dir)
        .expect("the shipped model");
    bencher.bench_local(|| {
        for frame in noise.chunks(FRAME_SAMPLES) {
            divan::black_box(stages[0].detector.push(frame).expect("a score"));
        }
    });
}

/// Reading all sentence files and the home.
#[divan::bench]
fn load_household() -> Household {
    Household::load(&Config::default()).expect("the shipped household")
}

/// Understanding one sentence.
#[divan::bench(args = ["turn on the kitchen light", "set a timer for an hour and a half", "tell me a story about dragons"])]
fn understand(bencher: Bencher, sentence: &str) {
    let household = Household::load(&Config::default()).expect("the shipped household");
    bencher.bench_local(|| household.understanding.understand(divan::black_box(sentence)));
}

/// Understanding a sentence whose name is misheard: the exact match fails, then names are near.
#[divan::bench(args = ["turn on the kitchen lite", "open the leaving room blends", "turn on the radio station"])]
fn understand_near(bencher: Bencher, sentence: &str) {
    let household = Household::load(&Config::default()).expect("the shipped household");
    bencher.bench_local(|| household.understanding.nearly(divan::black_box(sentence)));
}
