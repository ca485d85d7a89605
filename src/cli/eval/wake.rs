//! `entrenous eval wake`: misses against false alarms of a wake word.

use std::io::Write;
use std::path::PathBuf;

use serde::Serialize;

use crate::audio::{FRAME_SAMPLES, ms_to_samples, samples_to_ms};
use crate::config::Config;
use crate::eval::clips::{Half, load_long, recordings};
use crate::eval::cpu;
use crate::eval::det::{Point, Scores, best, curve};
use crate::eval::noise::mix;
use crate::eval::parallel;
use crate::eval::report::Page;
use crate::rng::Rng;
use crate::wake::{REFRACTORY_MS, WakeDetector, WakeModel, detectors};
use crate::{Error, Result};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A wake word, or a model file (.head, .rpw); several are measured side by side
    #[arg(long, value_name = "NAME|FILE", required = true, num_args = 1..)]
    pub model: Vec<String>,
    /// `auto`, `embedding`, `small` or `rustpotter`, for a word that has models for several
    #[arg(long, default_value = "auto", value_parser = ["auto", "embedding", "small", "rustpotter"])]
    pub engine: String,
    /// Folder of recordings with the word
    #[arg(long, value_name = "DIR", required = true, num_args = 1..)]
    pub positives: Vec<PathBuf>,
    /// Folders of recordings without it
    #[arg(long, value_name = "DIR", required = true, num_args = 1..)]
    pub negatives: Vec<PathBuf>,
    /// Noise to mix into all recordings
    #[arg(long, value_name = "FILE")]
    pub noise: Option<PathBuf>,
    /// How far the noise is below the speech, in dB
    #[arg(long, default_value_t = 10.0, requires = "noise", allow_hyphen_values = true)]
    pub snr: f32,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Use only every other file of every folder: those that `wake train --half` left
    #[arg(long, value_enum)]
    pub half: Option<Half>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Also write every score, one JSON object a recording and model: other rules can be tried on them
    #[arg(long, value_name = "FILE")]
    pub scores: Option<PathBuf>,
    /// Also write a page with the curve
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Report {
    /// Recordings with the word.
    n: usize,
    negative_h: f64,
    points: Vec<Point>,
    cpu_s_per_audio_s: f64,
}

/// Sound around a recording with the word: people pause before they call, and the answer may come
/// a little after the word.
const BEFORE_MS: u64 = 1500;
const AFTER_MS: u64 = 800;

struct Job {
    path: PathBuf,
    positive: bool,
}

/// # Errors
/// Whatever the command fails with.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let find = |name: &String| WakeModel::find(name, &args.engine, config.into());
    let models = args.model.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let noise = args.noise.as_deref().map(load_long).transpose()?;
    let mut jobs = Vec::new();
    for (folders, positive) in [(&args.positives, true), (&args.negatives, false)] {
        for folder in folders {
            let paths = recordings(folder, args.half)?;
            jobs.extend(paths.into_iter().map(|path| Job { path, positive }));
        }
    }
    let jobs: Vec<(usize, Job)> = jobs.into_iter().enumerate().collect();
    let before = cpu::used();
    let heard = parallel::map(
        "listening",
        &jobs,
        || Ok(detectors(&models)?),
        |detectors, (i, job)| {
            let mut samples = load_long(&job.path)?;
            if job.positive {
                samples.splice(0..0, vec![0; ms_to_samples(BEFORE_MS) as usize]);
                samples.resize(samples.len() + ms_to_samples(AFTER_MS) as usize, 0);
            }
            if let Some(noise) = &noise {
                samples = mix(&samples, noise, args.snr, &mut Rng::for_item(args.seed, *i as u64));
            }
            Ok((hear(detectors, &samples)?, samples.len()))
        },
    )?;
    let cpu = cpu::used().saturating_sub(before).as_secs_f64();
    let all: Vec<String> =
        models.iter().map(|model| format!("{} by {}", model.word, model.engine())).collect();
    let mut page = Page::new(format!("Wake word: {}", all.join(", ")));
    for (at, (model, name)) in models.iter().zip(&all).enumerate() {
        let report = report(&jobs, heard.iter().map(|(scores, length)| (&scores[at], *length)), cpu);
        page = page
            .figure("recordings of it", report.n.to_string())
            .figure("sound without it", format!("{:.2} h", report.negative_h));
        if let Some(point) = best(&report.points, 1.0) {
            page = page.figure("missed at one false alarm an hour", format!("{:.1} %", point.miss * 100.0));
        }
        page = page.wake(name, &report.points)?;
        print(&report, model, args)?;
    }
    if let Some(file) = &args.scores {
        std::fs::write(file, lines(&jobs, &heard, &all)).map_err(Error::io("write", file))?;
    }
    if let Some(file) = &args.report {
        page.write(file)?;
    }
    Ok(())
}

/// Scores for other programs: milliseconds and score, in the order they came.
fn lines(jobs: &[(usize, Job)], heard: &[(Vec<Scores>, usize)], models: &[String]) -> String {
    let mut lines = String::new();
    for ((_, job), (scores, length)) in jobs.iter().zip(heard) {
        for (model, scores) in models.iter().zip(scores) {
            let line = serde_json::json!({
                "path": job.path, "positive": job.positive, "model": model, "samples": length, "scores": scores,
            });
            lines.push_str(&line.to_string());
            lines.push('\n');
        }
    }
    lines
}

/// A recording through the detectors, frame by frame, as live; the scores of each.
fn hear(detectors: &mut [Box<dyn WakeDetector>], samples: &[i16]) -> Result<Vec<Scores>> {
    let mut scores = vec![Scores::new(); detectors.len()];
    for detector in detectors.iter_mut() {
        detector.reset();
    }
    for (i, frame) in samples.chunks(FRAME_SAMPLES).enumerate() {
        for (detector, scores) in detectors.iter_mut().zip(&mut scores) {
            if let Some(score) = detector.push(frame)? {
                scores.push((samples_to_ms(((i + 1) * FRAME_SAMPLES) as u64), score));
            }
        }
    }
    Ok(scores)
}

fn report<'a>(jobs: &[(usize, Job)], heard: impl Iterator<Item = (&'a Scores, usize)>, cpu: f64) -> Report {
    let (mut positives, mut negatives) = (Vec::new(), Vec::new());
    let (mut samples, mut negative) = (0, 0);
    for ((_, job), (scores, length)) in jobs.iter().zip(heard) {
        samples += length;
        if job.positive {
            positives.push(scores.clone());
        } else {
            negatives.push(scores.clone());
            negative += length;
        }
    }
    let hours = |samples: usize| samples as f64 / ms_to_samples(3_600_000) as f64;
    Report {
        n: positives.len(),
        negative_h: hours(negative),
        points: curve(&positives, &negatives, hours(negative), REFRACTORY_MS),
        cpu_s_per_audio_s: cpu / (hours(samples) * 3600.0).max(1e-9),
    }
}

fn print(report: &Report, model: &WakeModel, args: &Args) -> std::io::Result<()> {
    let mut to = std::io::stdout().lock();
    if args.json {
        return writeln!(to, "{}", serde_json::to_string(report)?);
    }
    writeln!(
        to,
        "`{}` by {}: {} recordings of it, {:.2} h without it",
        model.word,
        model.engine(),
        report.n,
        report.negative_h
    )?;
    writeln!(to, "threshold   miss  false/h")?;
    let row = |to: &mut dyn Write, point: &Point, remark: &str| {
        writeln!(to, "{:9.4} {:5.1} % {:8.2}{remark}", point.threshold, point.miss * 100.0, point.false_per_h)
    };
    for point in report.points.iter().filter(|p| ((p.threshold * 100.0).round() as u32).is_multiple_of(10)) {
        row(&mut to, point, "")?;
    }
    for limit in [0.5, 1.0, 2.0, 4.0] {
        if let Some(point) = best(&report.points, limit) {
            row(&mut to, point, &format!("   best with at most {limit}/h"))?;
        }
    }
    let own = report.points.iter().min_by(|a, b| {
        (a.threshold - model.threshold).abs().total_cmp(&(b.threshold - model.threshold).abs())
    });
    if let Some(own) = own {
        row(&mut to, own, "   the model's own threshold")?;
    }
    writeln!(to, "processor: {:.2} % of one core in real time", report.cpu_s_per_audio_s * 100.0)
}
