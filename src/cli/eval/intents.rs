//! `entrenous eval intents`: a set of recordings labelled with intents and slots.

use std::path::PathBuf;

use crate::Result;
use crate::audio;
use crate::config::Config;
use crate::eval::dataset;
use crate::eval::intents::{Noise, Report, evaluate};
use crate::eval::report::Page;
use crate::home::Home;
use crate::household::{Household, sentence_files};

use super::{Common, print_json};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder with `labels.json` and the recordings that it names
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Sentence files: what the speakers could say
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    pub sentences: Vec<PathBuf>,
    /// Recording of noise to mix in, at the levels of --snr
    #[arg(long, value_name = "FILE", requires = "snr")]
    pub noise: Option<PathBuf>,
    /// Signal-to-noise ratios in dB, as `6,9,12`
    #[arg(long, value_delimiter = ',', allow_negative_numbers = true, value_name = "DB", requires = "noise")]
    pub snr: Vec<f32>,
    /// Chooses the stretches of noise
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[command(flatten)]
    pub common: Common,
}

/// # Errors
/// When the recordings cannot be read or an engine cannot run here.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let config = args.common.apply(config, None);
    let mut files = Vec::new();
    for place in &args.sentences {
        files.extend(sentence_files(place, &config.language)?);
    }
    let household = Household::from_parts(&config.language, Home::default(), &files, None)?;
    let recordings = dataset::labels(&args.folder)?;
    let recordings = args.common.chosen(recordings, |recording| &recording.path)?;
    let noise = args
        .noise
        .as_deref()
        .map(|path| {
            Ok::<_, crate::Error>(Noise {
                samples: audio::load(path)?,
                snr_db: args.snr.clone(),
                seed: args.seed,
            })
        })
        .transpose()?;
    let report = evaluate(&config, &household, &recordings, noise.as_ref())?;
    if let Some(file) = &args.common.report {
        page(args, &report)?.write(file)?;
    }
    if args.common.json {
        return print_json(&report);
    }
    print(&report);
    Ok(())
}

fn page(args: &Args, report: &Report) -> Result<Page> {
    Page::new(format!("Orders understood: {}", args.folder.display()))
        .figure("utterances", report.n.to_string())
        .figure("understood", format!("{:.1} %", report.accuracy * 100.0))
        .figure("nothing heard", report.empty.to_string())
        .figure("latency, median", format!("{} ms", report.latency_ms.p50))
        .figure("latency, 95 %", format!("{} ms", report.latency_ms.p95))
        .utterances(&report.utterances)
}

fn print(report: &Report) {
    for heard in report.utterances.iter().filter(|heard| heard.wrong.is_some()) {
        let level = heard.snr_db.map(|snr| format!(" at {snr} dB")).unwrap_or_default();
        println!(
            "{}{level}\n  expected {}\n  heard    {}",
            heard.recording.display(),
            heard.expected,
            heard.text
        );
    }
    println!("utterances   {}", report.n);
    println!("understood   {} ({:.1} %)", report.correct, report.accuracy * 100.0);
    let mut levels: Vec<_> = report.by_snr.iter().collect();
    levels.sort_by(|a, b| a.0.parse::<f64>().unwrap_or(0.0).total_cmp(&b.0.parse().unwrap_or(0.0)));
    for (level, accuracy) in levels {
        println!("  {level:>3} dB     {:.1} %", accuracy * 100.0);
    }
    println!("nothing heard {}", report.empty);
    println!("latency      {} ms median, {} ms for 95 %", report.latency_ms.p50, report.latency_ms.p95);
    println!("CPU          {} s per second of sound", report.cpu_s_per_audio_s);
}
