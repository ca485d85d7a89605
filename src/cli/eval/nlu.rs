//! `entrenous eval nlu`: understanding of text, in the Snips dataset format.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;

use crate::config::Config;
use crate::eval::nlu::{Cut, Models, Report, Way, evaluate, split, steps};
use crate::nlu::snips;
use crate::nlu::trained::{Example, Reading};
use crate::{Error, Result};

#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools)] // independent switches
pub struct Args {
    /// Datasets to learn from
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    train: Vec<PathBuf>,
    /// Datasets to test on
    #[arg(long, num_args = 1.., value_name = "FILE", required_unless_present_any = ["split", "per_intent"])]
    test: Vec<PathBuf>,
    /// Learn from this share of each intent, test on the rest (without --test)
    #[arg(long, value_name = "SHARE", conflicts_with_all = ["test", "per_intent"], value_parser = share)]
    split: Option<f64>,
    /// Learn from N queries of each intent; test on the rest, or on --test
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    per_intent: Option<u32>,
    /// Seed of the cut and of the training
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// For tuning: keep the test part unseen, cut the learning part once more and test on that
    #[arg(long, requires = "split")]
    dev: bool,
    /// One model for each intent, which knows no other (slots are found knowing the intent)
    #[arg(long)]
    separate: bool,
    /// Without capitals, as speech comes from a recogniser
    #[arg(long)]
    lower: bool,
    #[arg(long)]
    json: bool,
}

/// # Errors
/// When a file cannot be read or is no dataset, or nothing is left to learn from or to test on.
pub fn run(args: &Args, _config: &Config) -> Result<()> {
    let (train, test) = examples(args)?;
    if train.is_empty() || test.is_empty() {
        let (which, option) =
            if train.is_empty() { ("learn from", "--train") } else { ("test on", "--test") };
        return Err(Error::Input(format!(
            "no queries to {which}; check `{option}`, `--split` and `--per-intent`"
        )));
    }
    let way = Way {
        models: if args.separate { Models::Separate } else { Models::Joint },
        reading: if args.lower { Reading::Lower } else { Reading::Written },
        seed: args.seed,
    };
    let bar = ProgressBar::new(steps(&train, &way));
    let report = evaluate(&train, &test, &way, &|| bar.inc(1));
    bar.finish_and_clear();
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&report).map_err(std::io::Error::from)?)?;
    } else {
        write!(out, "{}", table(&report))?;
    }
    Ok(())
}

fn examples(args: &Args) -> Result<(Vec<Example>, Vec<Example>)> {
    let all = read(&args.train)?;
    let cut = match (args.split, args.per_intent) {
        (Some(share), _) => Cut::Share(share),
        (_, Some(count)) => Cut::Each(count as usize),
        _ => Cut::Share(1.0),
    };
    let (mut train, mut test) = split(&all, cut, args.seed);
    if args.dev {
        (train, test) = split(&train, cut, args.seed);
    }
    if !args.test.is_empty() {
        test = read(&args.test)?;
    }
    Ok((train, test))
}

fn read(files: &[PathBuf]) -> Result<Vec<Example>> {
    let mut examples = Vec::new();
    for file in files {
        examples.extend(read_one(file)?);
    }
    Ok(examples)
}

fn read_one(file: &Path) -> Result<Vec<Example>> {
    let bytes = std::fs::read(file).map_err(Error::io("read", file))?;
    snips::read(&bytes).map_err(|reason| Error::Input(format!("`{}`: {reason}", file.display())))
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if share > 0.0 && share < 1.0 => Ok(share),
        _ => Err("must lie between 0 and 1, as in `--split 0.9`".to_owned()),
    }
}

fn table(report: &Report) -> String {
    let mut text = String::new();
    let more = &report.more;
    let wide = report.slots.keys().map(String::len).max().unwrap_or(0).max(4);
    let _ = writeln!(text, "{:wide$}  precision  recall    F1      n", "slot");
    for (name, score) in &report.slots {
        let (p, r, f1, n) = (score.precision, score.recall, score.f1, more.support[name]);
        let _ = writeln!(text, "{name:wide$}  {p:9.3}  {r:6.3} {f1:5.3} {n:6}");
    }
    let _ = writeln!(
        text,
        "\nslots by exact span   micro F1 {:.4}, macro F1 {:.4}\n\
         intents               accuracy {:.4}, calibration error {:.4}\n\
         whole sentences       {:.4} understood exactly\n\
         queries               {} learnt, {} tested\n\
         training              {:.1} s, model {:.2} MB\n\
         one query             {:.3} ms, p99 {:.3} ms",
        report.micro_f1,
        report.macro_f1,
        report.intent_accuracy,
        more.calibration_error,
        more.exact,
        more.trained_on,
        more.tested_on,
        report.train_s,
        more.model_bytes as f64 / 1e6,
        report.ms_per_query,
        more.ms_p99,
    );
    text
}
