//! `entrenous eval names`: how many misheard names are still taken for the right device.

use std::fs;
use std::path::PathBuf;

use crate::config::Config;
use crate::eval::names::{Misheard, Report, evaluate, read};
use crate::home::Home;
use crate::household::Household;
use crate::nlu::names::Limits;
use crate::{Error, Result};

use super::print_json;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The household that is spoken to [default: the configured one]
    #[arg(long, value_name = "FILE")]
    pub home: Option<PathBuf>,
    /// Language [default: the home file's, or as configured]
    #[arg(long, value_name = "en|fr")]
    pub language: Option<String>,
    /// Misheard commands to judge (`part`, `said`, `heard`, parted by tabs) [default: made here, with
    /// espeak-ng and PocketSphinx]
    #[arg(long, value_name = "FILE")]
    pub list: Option<PathBuf>,
    /// Judge only this part of the list: `choose` or `held`
    #[arg(long)]
    pub part: Option<String>,
    /// Misheard commands to make
    #[arg(long, default_value_t = 200, conflicts_with = "list")]
    pub count: usize,
    /// Chooses commands, voices and speeds
    #[arg(long, default_value_t = 1, conflicts_with = "list")]
    pub seed: u64,
    /// Write the commands that were made to a file
    #[arg(long, value_name = "FILE", conflicts_with = "list")]
    pub save: Option<PathBuf>,
    /// Try another limit for a name's slips, instead of the one that is built in
    #[arg(long)]
    pub limit: Option<f32>,
    /// Try another limit for a name's worst word
    #[arg(long)]
    pub worst_word: Option<f32>,
    /// Try another distance between the best name and the next
    #[arg(long)]
    pub margin: Option<f32>,
    /// Show each command that was not understood right
    #[arg(long)]
    pub show: bool,
    /// Print the figures as JSON
    #[arg(long)]
    pub json: bool,
}

/// # Errors
/// When a file cannot be read, or a list has to be made and an engine cannot run here.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let mut config = config.clone();
    config.home.file = args.home.clone().or(config.home.file);
    let home = config.home.file.as_deref().map_or_else(|| Ok(Home::demo()), Home::read)?;
    if let Some(language) = args.language.clone().or_else(|| home.language.clone()) {
        config.language = language;
    }
    let mut household = Household::load(&config)?;
    let mut limits = Limits::default();
    limits.whole = args.limit.unwrap_or(limits.whole);
    limits.worst_word = args.worst_word.unwrap_or(limits.worst_word);
    limits.margin = args.margin.unwrap_or(limits.margin);
    household.understanding.set_name_limits(limits);
    let mut list = match &args.list {
        Some(file) => {
            let text = fs::read_to_string(file).map_err(Error::io("read", file))?;
            read(&text, &file.display().to_string())?
        }
        None => make(args, &config, &home, &household)?,
    };
    if let Some(file) = &args.save {
        fs::write(file, to_text(&list, args)).map_err(Error::io("write", file))?;
    }
    if let Some(part) = &args.part {
        list.retain(|misheard| misheard.part == *part);
    }
    let report = evaluate(&household, &list)?;
    if args.json {
        return print_json(&report);
    }
    print(&report, args.show);
    Ok(())
}

#[cfg(feature = "pocketsphinx")]
fn make(args: &Args, config: &Config, home: &Home, household: &Household) -> Result<Vec<Misheard>> {
    crate::eval::names::generate(config, home, household, args.count, args.seed)
}

#[cfg(not(feature = "pocketsphinx"))]
fn make(_: &Args, _: &Config, _: &Home, _: &Household) -> Result<Vec<Misheard>> {
    Err(Error::Input("this program was built without `pocketsphinx`; give a list with `--list`".into()))
}

fn to_text(list: &[Misheard], args: &Args) -> String {
    let home = args.home.as_ref().map(|home| format!("--home {} ", home.display())).unwrap_or_default();
    let language =
        args.language.as_ref().map(|language| format!("--language {language} ")).unwrap_or_default();
    let mut text = format!(
        "# Commands with names misheard as PocketSphinx confuses sounds of espeak-ng's voices.\n\
         # entrenous eval names {home}{language}--count {} --seed {} --save FILE\n",
        args.count, args.seed
    );
    for misheard in list {
        text.push_str(&[&misheard.part, "\t", &misheard.said, "\t", &misheard.heard, "\n"].concat());
    }
    text
}

fn print(report: &Report, show: bool) {
    for (misheard, what) in report.others.iter().filter(|_| show) {
        println!("{what}\n  said  {}\n  heard {}", misheard.said, misheard.heard);
    }
    println!("misheard        {}", report.n);
    for (what, share) in [
        ("right", report.right),
        ("wrong", report.wrong),
        ("asked", report.asked),
        ("asked wrongly", report.asked_wrong),
        ("rejected", report.rejected),
    ] {
        println!("{what:<15} {:.1} %", share * 100.0);
    }
}
