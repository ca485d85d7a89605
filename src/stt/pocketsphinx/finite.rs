//! A few sentences as a finite-state grammar in Sphinx's text format, with the language model's
//! probabilities.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::stt::vocabulary::lm::LanguageModel;

/// Sentences (rows of words) that share their beginnings.
#[must_use]
pub fn grammar(rows: &[&[String]], model: &LanguageModel) -> String {
    let mut states: BTreeMap<&[String], usize> = BTreeMap::from([(&[][..], 0)]);
    let mut arcs = String::new();
    for row in rows {
        for at in 0..row.len() {
            let next = states.len();
            if !states.contains_key(&row[..=at]) {
                states.insert(&row[..=at], next);
                let chance = model.probability(&row[..at], Some(&row[at]));
                // Writing to a `String` cannot fail.
                let _ = writeln!(arcs, "TRANSITION {} {next} {chance:e} {}", states[&row[..at]], row[at]);
            }
        }
    }
    let end = states.len();
    let ends: BTreeMap<usize, &[String]> = rows.iter().map(|row| (states[row], *row)).collect();
    for (state, row) in ends {
        let _ = writeln!(arcs, "TRANSITION {state} {end} {:e}", model.probability(row, None));
    }
    format!("FSG_BEGIN sentences\nNUM_STATES {}\nSTART_STATE 0\nFINAL_STATE {end}\n{arcs}FSG_END\n", end + 1)
}
