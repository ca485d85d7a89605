//! `entrenous sentences`: checking sentence files, and saying what they say.

use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::json;

use crate::config::Config;
use crate::home::Home;
use crate::household::{self, Household};
use crate::nlu::lint::{self, Severity};
use crate::nlu::{Intent, count, sample};
use crate::{Error, Result};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Look for what is wrong or will surprise: missing references, sentences that are never
    /// understood, words with two meanings, templates that say too much
    Check {
        #[command(flatten)]
        what: What,
        /// Fail on warnings, too
        #[arg(long)]
        strict: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Say different sentences that are understood
    Sample {
        /// How many
        number: usize,
        #[command(flatten)]
        what: What,
        /// Another number gives other sentences
        #[arg(long, default_value_t = 0)]
        seed: u64,
        /// Only those of this intent
        #[arg(long, value_name = "INTENT")]
        intent: Option<String>,
        /// With the intent, and the slots as `[words](slot)`
        #[arg(long)]
        slots: bool,
        /// As JSON, one object a line
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
struct What {
    /// Folders or files of sentences, instead of the configured ones
    #[arg(long, value_name = "DIR|FILE")]
    sentences: Vec<PathBuf>,
    /// The home whose names are said, instead of the configured one
    #[arg(long, value_name = "FILE")]
    home: Option<PathBuf>,
    /// `en` or `fr`, instead of the configured one
    #[arg(long, value_parser = ["en", "fr"])]
    language: Option<String>,
}

impl What {
    fn applied_to(&self, config: &Config) -> Config {
        let mut config = config.clone();
        if !self.sentences.is_empty() {
            config.nlu.sentences.clone_from(&self.sentences);
        }
        if self.home.is_some() {
            config.home.file.clone_from(&self.home);
        }
        if let Some(language) = &self.language {
            config.language.clone_from(language);
        }
        config
    }
}

/// # Errors
/// [`Error::Check`] when there are faults; otherwise when files cannot be read.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    match &args.command {
        Command::Check { what, strict, json } => check(&what.applied_to(config), *strict, *json),
        Command::Sample { number, what, seed, intent, slots, json } => {
            let household = Household::load(&what.applied_to(config))?;
            sample(&household, *number, *seed, intent.as_deref(), *slots, *json)
        }
    }
}

fn check(config: &Config, strict: bool, json: bool) -> Result<()> {
    let home = match &config.home.file {
        Some(file) => Home::read(file)?,
        None => Home::demo(),
    };
    let files = household::files(config)?;
    let report = lint::check(&config.language, &files, &home.lists(&config.language));
    let (errors, warnings) = (report.count(Severity::Error), report.count(Severity::Warning));
    let mut out = io::stdout().lock();
    if json {
        let findings: Vec<_> = report
            .findings
            .iter()
            .map(|finding| {
                let severity = if finding.severity == Severity::Error { "error" } else { "warning" };
                json!({"file": finding.file, "line": finding.line, "severity": severity, "message": finding.what})
            })
            .collect();
        let summary = json!({"errors": errors, "warnings": warnings, "templates": report.templates,
            "left_out": report.left_out, "sentences": report.sentences, "findings": findings});
        writeln!(out, "{summary:#}")?;
    } else {
        for finding in &report.findings {
            writeln!(out, "{finding}")?;
        }
        let left_out = match report.left_out {
            0 => String::new(),
            many => format!(" ({many} are left out: the home has nothing for them)"),
        };
        writeln!(
            out,
            "{} templates{left_out} say {} sentences: {errors} errors, {warnings} warnings",
            report.templates,
            count::show(report.sentences)
        )?;
    }
    out.flush()?;
    if errors > 0 || (strict && warnings > 0) {
        return Err(Error::Check(format!("{errors} errors and {warnings} warnings in the sentence files")));
    }
    Ok(())
}

fn sample(
    household: &Household,
    number: usize,
    seed: u64,
    intent: Option<&str>,
    slots: bool,
    json: bool,
) -> Result<()> {
    let grammar = household.grammar();
    if let Some(intent) = intent {
        let known = || grammar.sentences.iter().map(|sentence| sentence.intent.as_str());
        if !known().any(|known| known == intent) {
            let mend = crate::nlu::suggestion(intent, known())
                .map_or_else(|| "it needs `sentences`".to_owned(), |near| format!("did you mean `{near}`?"));
            return Err(Error::Input(format!("no sentence has the intent `{intent}`; {mend}")));
        }
    }
    let drawn = sample::draw(grammar, number, seed, intent);
    let mut out = io::stdout().lock();
    for (sentence, text) in &drawn.sentences {
        let understood = household.understanding.exactly(text);
        if json {
            let template = &grammar.sentences[*sentence].template;
            writeln!(out, "{}", json!({"text": text, "template": template, "understood": understood}))?;
        } else if slots {
            let intent = understood.as_ref().map_or("?", |intent| intent.intent.as_str());
            let marked = understood.as_ref().map_or_else(|| text.clone(), |intent| marked(text, intent));
            writeln!(out, "{intent}\t{marked}")?;
        } else {
            writeln!(out, "{text}")?;
        }
    }
    out.flush()?;
    if drawn.sentences.len() < number {
        let why = if drawn.is_all { "there are no others" } else { "no others were found" };
        eprintln!("{} sentences of {number}: {why}", drawn.sentences.len());
    }
    Ok(())
}

/// `turn on the [bed light](name)`.
fn marked(text: &str, intent: &Intent) -> String {
    let mut marked: Vec<String> = text.chars().map(String::from).collect();
    for slot in &intent.slots {
        let Some([start, end]) = slot.range.filter(|[start, end]| start < end && *end <= marked.len()) else {
            continue;
        };
        marked[start].insert(0, '[');
        marked[end - 1] += "](";
        marked[end - 1] += &slot.name;
        marked[end - 1].push(')');
    }
    marked.concat()
}
