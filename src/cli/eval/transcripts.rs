//! `entrenous eval transcripts`: a set of recordings with what was said.

use std::path::PathBuf;

use crate::Result;
use crate::config::Config;
use crate::eval::dataset;
use crate::eval::report::Page;
use crate::eval::transcripts::{Report, evaluate};
use crate::home::Home;
use crate::household::Household;

use super::{Common, print_json};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder with `transcripts.tsv`, or a Common Voice folder
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// The household that speaks [default: the configured one]
    #[arg(long, value_name = "FILE")]
    pub home: Option<PathBuf>,
    /// Recordings of speech that is none of the household's business (files or folders): nothing
    /// in them may be acted on
    #[arg(long, num_args = 1.., value_name = "FILE|DIR")]
    pub unrelated: Vec<PathBuf>,
    #[command(flatten)]
    pub common: Common,
}

/// # Errors
/// When the recordings cannot be read or an engine cannot run here.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let file = args.home.clone().or_else(|| config.home.file.clone());
    let home_language = file.as_deref().map(Home::read).transpose()?.and_then(|home| home.language);
    let mut config = args.common.apply(config, home_language);
    config.home.file = file;
    let household = Household::load(&config)?;
    let recordings = dataset::transcripts(&args.folder)?;
    let mut recordings = args.common.chosen(recordings, |recording| &recording.path)?;
    recordings.extend(dataset::unrelated(&args.unrelated)?);
    let report = evaluate(&config, &household, &recordings)?;
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
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let page = Page::new(format!("Speech understood: {}", args.folder.display()))
        .figure("recordings", format!("{} ({} h)", report.n, report.audio_h))
        .figure("understood", percent(report.understood))
        .figure("word errors", percent(report.wer))
        .figure("rejected as they should be", report.rejected_ok.to_string())
        .figure("acted on wrongly", report.false_actions.to_string());
    let page = match report.false_actions_per_hour {
        Some(rate) => page.figure("false actions an hour", rate.to_string()),
        None => page,
    };
    page.utterances(&report.utterances)
}

fn print(report: &Report) {
    for heard in &report.utterances {
        if let Some(why) = heard.wrong {
            println!(
                "{}: {why}\n  said  {}\n  heard {}",
                heard.recording.display(),
                heard.expected,
                heard.text
            );
        }
    }
    println!("recordings      {} ({} h)", report.n, report.audio_h);
    println!("understood      {:.1} %", report.understood * 100.0);
    println!("word errors     {:.1} %", report.wer * 100.0);
    println!("letter errors   {:.1} %", report.cer * 100.0);
    println!("to be rejected  {} rejected, {} acted on", report.rejected_ok, report.false_actions);
    if let Some(rate) = report.false_actions_per_hour {
        println!("false actions   {rate:.1} an hour, over {} h that are to be rejected", report.rejected_h);
    }
}
