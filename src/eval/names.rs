//! Names that were misheard: what becomes of them.

#[cfg(feature = "pocketsphinx")]
mod confusions;
#[cfg(feature = "pocketsphinx")]
mod lexicon;
#[cfg(feature = "pocketsphinx")]
mod mishear;

use serde::Serialize;

use crate::household::Household;
use crate::nlu::{Intent, Understood};
use crate::{Error, Result};

#[cfg(feature = "pocketsphinx")]
pub use mishear::generate;

/// A command as it was said, and as it was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misheard {
    /// `choose`: limits may be chosen by it; `held`: only for measuring.
    pub part: String,
    pub said: String,
    pub heard: String,
}

/// What became of misheard names.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    pub n: usize,
    /// The same intent with the same values as for what was said.
    pub right: f64,
    /// Something else was done.
    pub wrong: f64,
    /// It was asked which was meant, and the right one was among them.
    pub asked: f64,
    /// It was asked, and the right one was not among them.
    pub asked_wrong: f64,
    pub rejected: f64,
    /// Each one that was not right: what became of it.
    #[serde(skip)]
    pub others: Vec<(Misheard, String)>,
}

/// Reads lines of `part`, `said`, `heard`, parted by tabs; `#` begins a remark.
///
/// # Errors
/// Names the line that has other columns.
pub fn read(text: &str, file: &str) -> Result<Vec<Misheard>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|(number, line)| match line.split('\t').collect::<Vec<_>>()[..] {
            [part, said, heard] => {
                Ok(Misheard { part: part.to_owned(), said: said.to_owned(), heard: heard.to_owned() })
            }
            _ => Err(Error::Input(format!(
                "{file}:{}: three columns are needed (part, said, heard), parted by tabs",
                number + 1
            ))),
        })
        .collect()
}

/// Understands what was heard and compares it with what is understood of what was said.
///
/// # Errors
/// When the household does not understand a command as it was said.
pub fn evaluate(household: &Household, list: &[Misheard]) -> Result<Report> {
    let mut counts = [0usize; 5];
    let mut others = Vec::new();
    for misheard in list {
        let Some(meant) = household.understanding.exactly(&misheard.said) else {
            return Err(Error::Input(format!(
                "this household does not understand `{}`; use the one the list was made with",
                misheard.said
            )));
        };
        let (outcome, what) = match household.understanding.understand(&misheard.heard) {
            Understood::Intent(intent) if is_same(&intent, &meant) => (0, String::new()),
            Understood::Intent(intent) => (1, format!("wrong: {} {}", intent.intent, values(&intent))),
            Understood::Unsure(doubt) => {
                let right = meant.slot(&doubt.slot).is_some_and(|value| doubt.candidates.contains(value));
                (if right { 2 } else { 3 }, format!("asked: {:?}", doubt.candidates))
            }
            Understood::Nothing(_) => (4, "rejected".to_owned()),
        };
        counts[outcome] += 1;
        if outcome > 0 {
            others.push((misheard.clone(), what));
        }
    }
    let [right, wrong, asked, asked_wrong, rejected] = counts.map(|count| super::share(count, list.len()));
    Ok(Report { n: list.len(), right, wrong, asked, asked_wrong, rejected, others })
}

fn is_same(one: &Intent, other: &Intent) -> bool {
    one.intent == other.intent && values(one) == values(other)
}

fn values(intent: &Intent) -> String {
    let mut values: Vec<_> =
        intent.slots.iter().map(|slot| format!("{}={}", slot.name, slot.value)).collect();
    values.sort();
    values.join(" ")
}
