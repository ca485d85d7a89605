//! `entrenous explain`: why a text is understood as it is, or not. Nothing is done.

use std::fmt::Write as _;
use std::io::Write as _;

use serde_json::{Value, json};

use super::show;
use crate::Result;
use crate::config::Config;
use crate::household::Household;
use crate::nlu::{Intent, Understood};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to explain, as it would be said: "get the kitchen light going"
    #[arg(required = true)]
    text: Vec<String>,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
    /// Language of the text, instead of the configured one
    #[arg(long, value_parser = ["en", "fr"])]
    language: Option<String>,
}

/// # Errors
/// When the household cannot be loaded.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let mut config = config.clone();
    if let Some(language) = &args.language {
        config.language.clone_from(language);
    }
    let household = Household::load(&config)?;
    let understood = household.understanding.understand(&args.text.join(" "));
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", as_json(&understood))?;
    } else {
        write!(out, "{}", as_text(&understood))?;
    }
    Ok(())
}

fn as_json(understood: &Understood) -> Value {
    match understood {
        Understood::Intent(intent) => json!({ "understood": true, "intent": intent }),
        Understood::Unsure(doubt) => json!({
            "understood": false, "slot": doubt.slot, "candidates": doubt.candidates, "nearest": doubt.intent
        }),
        Understood::Nothing(why) => {
            json!({ "understood": false, "reason": why.reason, "nearest": why.nearest })
        }
    }
}

fn as_text(understood: &Understood) -> String {
    let mut text = String::new();
    match understood {
        Understood::Intent(intent) => {
            line(&mut text, "understood", &intent.intent);
            details(&mut text, intent);
        }
        Understood::Unsure(doubt) => {
            let candidates: Vec<_> = doubt.candidates.iter().map(show::value).collect();
            line(&mut text, "not clear", &format!("which {}: {}?", doubt.slot, candidates.join(", ")));
            line(&mut text, "most like", &doubt.intent.intent);
            details(&mut text, &doubt.intent);
        }
        Understood::Nothing(why) => {
            line(&mut text, "rejected", &why.reason);
            if let Some(nearest) = &why.nearest {
                line(&mut text, "most like", &nearest.intent);
                details(&mut text, nearest);
            }
        }
    }
    text
}

fn details(text: &mut String, intent: &Intent) {
    let why = &intent.why;
    for slot in &intent.slots {
        let origin = why.slots.get(&slot.name).map_or("", String::as_str);
        let said = if slot.raw.is_empty() { String::new() } else { format!("“{}”, ", slot.raw) };
        let value = if slot.value.is_null() { "here".to_owned() } else { show::value(&slot.value) };
        line(text, "slot", &format!("{} = {value}  ({said}{origin})", slot.name));
    }
    let sure = format!("{:.0} %", intent.confidence * 100.0);
    let needed = why.threshold.map_or_else(String::new, |share| format!(", needed {:.0} %", share * 100.0));
    line(text, "sure", &format!("{sure}{needed}"));
    match (&why.template, &why.source) {
        (Some(template), Some(source)) => line(text, "by", &format!("the sentence `{template}` ({source})")),
        _ => line(text, "by", &format!("the {} stage", why.stage)),
    }
    for feature in &why.features {
        line(text, "because", &format!("{}  ({:+.2})", feature.name, feature.weight));
    }
    for other in &intent.alternatives {
        line(text, "or else", &format!("{} ({:.0} %)", other.intent, other.confidence * 100.0));
    }
}

fn line(text: &mut String, label: &str, what: &str) {
    let _ = writeln!(text, "  {label:<11}{what}");
}
