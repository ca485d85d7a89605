//! What plugins cost: measured, never asserted.

use std::fs;
use std::time::{Duration, Instant};

use crate::plugin_bench::{Bench, nothing, said};

/// `cargo test --release plugin_overhead -- --ignored --nocapture`
#[test]
#[ignore = "measures"]
fn plugin_overhead() {
    const REQUESTS: usize = 500;
    let mut bench = Bench::new().with("plugins/dice", &[]).with("plugins/countdown", &[]).start();
    for intent in ["dice.Flip", "countdown.DaysLeft"] {
        said(&bench.ask(intent, nothing()));
        let mut took: Vec<Duration> = (0..REQUESTS)
            .map(|_| {
                let start = Instant::now();
                said(&bench.ask(intent, nothing()));
                start.elapsed()
            })
            .collect();
        took.sort();
        let at = |share: f64| took[((REQUESTS - 1) as f64 * share) as usize];
        println!(
            "{intent}: {REQUESTS} requests, p50 {:?}, p95 {:?}, largest {:?}",
            at(0.5),
            at(0.95),
            at(1.0)
        );
    }

    let mut bench = Bench::new();
    for number in 0..10 {
        let name = format!("idle-{number}");
        bench = bench.with_python(&name, "", "from entrenous import Plugin\nPlugin().run()\n");
    }
    bench.places.eager = true;
    let start = Instant::now();
    let mut bench = bench.start();
    println!("starting 10 plugins holds the mind up for {:?}", start.elapsed());
    let names: Vec<String> = (0..10).map(|number| format!("idle-{number}")).collect();
    std::thread::sleep(Duration::from_secs(5));
    bench.tick();
    let ticks = |bench: &Bench| -> u64 {
        let plugins = names.iter().filter_map(|name| bench.plugins.as_ref()?.process(name));
        plugins
            .chain([std::process::id()])
            .map(|id| {
                let line = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
                let mut fields = line.rsplit_once(')').unwrap().1.split_whitespace().skip(11);
                let mut next = || fields.next().unwrap().parse::<u64>().unwrap();
                next() + next()
            })
            .sum()
    };
    let before = ticks(&bench);
    std::thread::sleep(Duration::from_secs(10));
    println!(
        "10 idle plugins and their host: {} ms of processor time in 10 s",
        (ticks(&bench) - before) * 10
    );
}
