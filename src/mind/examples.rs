//! Sentences for "what can I say": taken from what this household can really say.

use crate::nlu::Understanding;
use crate::nlu::grammar::{Expr, Grammar, ListKind};

/// What people ask for most, in this order; each gives one example, until there are enough.
const INTENTS: &[&str] = &[
    "HassTurnOn",
    "HassLightSet",
    "HassStartTimer",
    "HassGetState",
    "HassClimateGetTemperature",
    "HassGetCurrentTime",
    "HassTurnOff",
    "HassGetCurrentDate",
    "HassCancelAllTimers",
];

/// As many as somebody can keep in mind.
const ENOUGH: usize = 5;

/// As many sentences of an intent as are tried.
const TRIES: usize = 20;

/// Little words that make an example sound natural, and are left out of templates' meaning.
const ARTICLES: &[&str] = &["the", "a", "an", "le", "la", "les", "l", "un", "une", "de", "du"];

/// A few sentences that are understood as they stand. A household with sentences of its own only
/// gets examples of those.
pub(super) fn of(understanding: &Understanding) -> Vec<String> {
    let grammar = understanding.grammar();
    let mut own: Vec<&str> = Vec::new();
    for sentence in &grammar.sentences {
        if !own.contains(&sentence.intent.as_str()) {
            own.push(&sentence.intent);
        }
    }
    let preferred = INTENTS.iter().copied().filter(|intent| own.contains(intent));
    let others =
        own.iter().copied().filter(|intent| !INTENTS.contains(intent) && !intent.starts_with("Hass"));
    let mut examples = Vec::new();
    for intent in preferred.chain(others) {
        examples.extend(example(intent, grammar, understanding, examples.len()));
        if examples.len() == ENOUGH {
            break;
        }
    }
    examples
}

/// The first sentence of an intent that can be said, and is understood as that intent.
fn example(intent: &str, grammar: &Grammar, understanding: &Understanding, turn: usize) -> Option<String> {
    grammar.sentences.iter().filter(|sentence| sentence.intent == intent).take(TRIES).find_map(|sentence| {
        let mut words = Vec::new();
        say(&sentence.expr, grammar, turn, &mut words)?;
        let text = words.join(" ");
        let understood = understanding.understand(&text)?;
        (understood.intent == intent).then_some(text)
    })
}

/// One way to say an expression: the first alternative, without what is optional. `None` where it
/// cannot be said (an empty list) or needs words of one's own (a wildcard).
fn say(expr: &Expr, grammar: &Grammar, turn: usize, words: &mut Vec<String>) -> Option<()> {
    match expr {
        Expr::Word(word) => words.push(word.clone()),
        Expr::Seq(parts) | Expr::Permutation(parts) => {
            for part in parts {
                say(part, grammar, turn, words)?;
            }
        }
        Expr::Alt(ways) => {
            let before = words.len();
            return ways.iter().find_map(|way| {
                words.truncate(before);
                say(way, grammar, turn, words)
            });
        }
        Expr::Optional(inner) => {
            let before = words.len();
            let said = say(inner, grammar, turn, words);
            let article = words.len() == before + 1 && ARTICLES.contains(&words[before].as_str());
            if said.is_none() || !article {
                words.truncate(before);
            }
        }
        Expr::Rule(rule) => return say(grammar.rules.get(*rule)?, grammar, turn, words),
        Expr::List { list, .. } => match &grammar.lists.get(*list)?.kind {
            ListKind::Values(values) if values.is_empty() => return None,
            // Another value each time, so that the examples do not all speak of one lamp.
            ListKind::Values(values) => return say(&values[turn % values.len()].expr, grammar, turn, words),
            ListKind::Range { from, to, .. } => words.push(midpoint(*from, *to).to_string()),
            ListKind::Wildcard => return None,
        },
    }
    Some(())
}

/// A number that people might say: 5 where that is possible, else the middle, rounded to tens.
fn midpoint(from: i64, to: i64) -> i64 {
    if (0..=100).contains(&from) && to == 100 {
        return 50;
    }
    5.clamp(from, to)
}
