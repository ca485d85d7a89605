//! What an answer says about the question that was asked.

use serde_json::{Value, json};

use super::question::{Choice, Expects, ValueOf};
use crate::event::Expected;
use crate::nlu::entities::{self, Kind};
use crate::nlu::grammar::Grammar;
use crate::nlu::{Candidate, Resolved, Understanding, text};

/// How like a name words must be to mean it (0–1), and how much more than the next name.
const NEAR: f64 = 0.75;
const AHEAD: f64 = 0.1;

/// What was answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Slots that complete the intent; more than once where several were chosen.
    Slots(Vec<Vec<(String, Value)>>),
    Yes,
    No,
    /// "Never mind."
    Cancel,
    /// "Pardon?"
    Repeat,
}

/// Words that say nothing about which one is meant.
const FILLERS_EN: &[&str] = &[
    "the", "a", "an", "my", "one", "in", "on", "at", "of", "to", "for", "please", "that", "this", "called",
    "mean", "i", "no",
];
const FILLERS_FR: &[&str] = &[
    "le", "la", "les", "l", "un", "une", "celui", "celle", "ceux", "du", "de", "des", "d", "dans", "à", "au",
    "pour", "en", "s", "il", "te", "vous", "plaît", "merci", "ci", "mon", "ma", "non", "je", "veux", "dire",
];

/// What answers to questions of a kind sound like: the grammar of all answers, without those that
/// could not be meant.
#[must_use]
pub fn grammar_of(answers: &Grammar, kind: Expected) -> Grammar {
    let other: &[&str] = match kind {
        Expected::Confirmation => &["All", "Neither", "Nth", "Name", "Place", "Value"],
        Expected::Choice => &["Value", "Yes"],
        Expected::Value => &["Yes", "All", "Neither", "Nth"],
        Expected::Command | Expected::Words | Expected::Ring => &[],
    };
    let of_ringing = ["Enough", "Snooze"];
    let mut grammar = answers.clone();
    grammar.sentences.retain(|sentence| {
        let intent = sentence.intent.as_str();
        match kind {
            Expected::Ring => intent == "Cancel" || of_ringing.contains(&intent),
            _ => !other.contains(&intent) && !of_ringing.contains(&intent),
        }
    });
    grammar
}

/// What words say as an answer; `None` where they are none. `answers` understands the sentence files
/// for answers.
#[must_use]
pub fn read(expects: &Expects, said: &str, answers: &Understanding) -> Option<Answer> {
    let readings = answers.readings(said);
    let is = |intent: &str| readings.iter().any(|reading| reading.intent.intent == intent);
    if *expects == Expects::Ring {
        return ring(&readings);
    }
    if is("Cancel") {
        return Some(Answer::Cancel);
    }
    match expects {
        Expects::Words { .. } if text::words(said, language(answers)).is_empty() => None,
        Expects::Words { state } => {
            let slots = vec![("answer".to_owned(), json!(said)), ("state".to_owned(), state.clone())];
            Some(Answer::Slots(vec![slots]))
        }
        Expects::Value(wanted) => {
            // What the sentences say goes before what words are only near to.
            let found = [exactly, nearly].iter().find_map(|read| {
                wanted.iter().find_map(|(slot, of)| {
                    Some(vec![(slot.clone().into_owned(), read(of, said, &readings, answers)?)])
                })
            });
            match found {
                Some(slots) => Some(Answer::Slots(vec![slots])),
                None if is("No") || is("Neither") => Some(Answer::No),
                None => is("Repeat").then_some(Answer::Repeat),
            }
        }
        Expects::YesNo { state } if is("Yes") || is("No") => {
            let slots = vec![("answer".to_owned(), json!(is("Yes"))), ("state".to_owned(), state.clone())];
            Some(Answer::Slots(vec![slots]))
        }
        Expects::Confirmation if is("Yes") => Some(Answer::Yes),
        Expects::Confirmation if is("No") => Some(Answer::No),
        Expects::Choice(options) => {
            let chosen = choose(options, said, &readings, language(answers));
            match chosen[..] {
                [] if is("No") || is("Neither") => Some(Answer::No),
                [] => is("Repeat").then_some(Answer::Repeat),
                _ => Some(Answer::Slots(chosen.iter().map(|choice| choice.slots.clone()).collect())),
            }
        }
        Expects::Confirmation | Expects::YesNo { .. } => is("Repeat").then_some(Answer::Repeat),
        Expects::Ring => None,
    }
}

/// What somebody says to something that rings; "stop" needs no slot.
fn ring(readings: &[Candidate]) -> Option<Answer> {
    let of =
        |intents: &[&str]| readings.iter().find(|reading| intents.contains(&reading.intent.intent.as_str()));
    if let Some(snooze) = of(&["Snooze"]) {
        let minutes = snooze.intent.slot("minutes").cloned().unwrap_or_default();
        return Some(Answer::Slots(vec![vec![
            ("snooze".to_owned(), Value::Bool(true)),
            ("minutes".to_owned(), minutes),
        ]]));
    }
    of(&["Cancel", "Enough", "Yes"]).map(|_| Answer::Slots(vec![Vec::new()]))
}

fn language(answers: &Understanding) -> &str {
    &answers.grammar().language
}

/// What was chosen of several; nothing where that is not clear.
fn choose<'c>(options: &'c [Choice], said: &str, readings: &[Candidate], language: &str) -> Vec<&'c Choice> {
    // A name may be a number, too: "the second timer".
    if let Some(named) = by_name(options, said, language) {
        return vec![named];
    }
    for reading in readings {
        let nth = reading.intent.slot_number("nth").map(|nth| nth as i64);
        match (reading.intent.intent.as_str(), nth) {
            ("All", _) => return options.iter().collect(),
            ("Nth", Some(-1)) => return options.last().into_iter().collect(),
            ("Nth", Some(nth)) => {
                let index = usize::try_from(nth - 1).ok();
                return index.and_then(|index| options.get(index)).into_iter().collect();
            }
            ("Yes", _) if options.len() == 1 => return options.iter().collect(),
            _ => {}
        }
    }
    Vec::new()
}

/// The option that is called so: wholly, else in part, else nearly.
fn by_name<'c>(options: &'c [Choice], said: &str, language: &str) -> Option<&'c Choice> {
    let words = telling(said, language);
    if words.is_empty() {
        return None;
    }
    let ways = |option: &'c Choice| {
        std::iter::once(&option.name).chain(&option.also).map(|way| telling(way, language))
    };
    let same = |way: &Vec<String>| way.len() == words.len() && words.iter().all(|word| way.contains(word));
    let part = |way: &Vec<String>| words.iter().all(|word| way.contains(word));
    let spread = |option: &'c Choice| {
        let all: Vec<String> = ways(option).flatten().collect();
        words.iter().all(|word| all.contains(word))
    };
    only(options, |option| ways(option).any(|way| same(&way)))
        .or_else(|| only(options, |option| part(&telling(&option.name, language))))
        .or_else(|| only(options, |option| ways(option).any(|way| part(&way))))
        .or_else(|| only(options, spread))
        .or_else(|| nearest(options, &words.join(" "), ways))
}

fn only<'c>(options: &'c [Choice], fits: impl Fn(&'c Choice) -> bool) -> Option<&'c Choice> {
    let mut fitting = options.iter().filter(|option| fits(option));
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

fn nearest<'c, I: Iterator<Item = Vec<String>>>(
    options: &'c [Choice],
    said: &str,
    ways: impl Fn(&'c Choice) -> I,
) -> Option<&'c Choice> {
    let likeness = |option: &'c Choice| {
        let ways = ways(option).map(|way| strsim::normalized_levenshtein(said, &way.join(" ")));
        ways.fold(0.0, f64::max)
    };
    let mut all: Vec<(f64, &Choice)> = options.iter().map(|option| (likeness(option), option)).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let next = all.get(1).map_or(0.0, |(likeness, _)| *likeness);
    all.first().filter(|(best, _)| *best >= NEAR && *best >= next + AHEAD).map(|(_, option)| *option)
}

/// The words that tell one thing from another.
fn telling(said: &str, language: &str) -> Vec<String> {
    let fillers = if text::is_french(language) { FILLERS_FR } else { FILLERS_EN };
    text::words(said, language).into_iter().filter(|word| !fillers.contains(&word.as_str())).collect()
}

/// A value as the sentences for answers say it.
fn exactly(of: &ValueOf, _said: &str, readings: &[Candidate], _answers: &Understanding) -> Option<Value> {
    let (slot, intents): (&str, &[&str]) = match of {
        ValueOf::Entity(kind) => (kind.name(), &["Value"]),
        ValueOf::List(list) => (list, &["Name", "Place"]),
        ValueOf::Words => return None,
    };
    let mut spoken = readings.iter().filter(|reading| intents.contains(&reading.intent.intent.as_str()));
    spoken.find_map(|reading| reading.intent.slot(slot)).cloned()
}

/// A value in other words.
fn nearly(of: &ValueOf, said: &str, _readings: &[Candidate], answers: &Understanding) -> Option<Value> {
    match of {
        ValueOf::Entity(kind) => typed(*kind, said, language(answers)),
        ValueOf::List(list) => listed(list, said, answers),
        ValueOf::Words => {
            let words = text::words(said, language(answers));
            (!words.is_empty()).then(|| json!(said.trim()))
        }
    }
}

/// A typed value that no sentence says; words before it mean nothing.
fn typed(kind: Kind, said: &str, language: &str) -> Option<Value> {
    let words = text::words(said, language);
    let fillers = if text::is_french(language) { FILLERS_FR } else { FILLERS_EN };
    let parsed = (0..words.len())
        .take_while(|start| *start == 0 || fillers.contains(&words[start - 1].as_str()))
        .find_map(|start| entities::parse(kind, &words[start..], language))?;
    Some(entities::value(parsed))
}

/// What words are near to in a list.
fn listed(list: &str, said: &str, answers: &Understanding) -> Option<Value> {
    let words = telling(said, language(answers)).join(" ");
    let lists = answers.grammar().lists.iter().enumerate().filter(|(_, own)| own.name == list);
    let mut found = lists.filter_map(|(index, _)| match answers.resolve(index, &words) {
        Resolved::One(meaning) => Some(meaning.value),
        Resolved::Several(_) | Resolved::Nothing => None,
    });
    found.next()
}
