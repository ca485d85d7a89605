//! Sentences for "what can I say": only what this household can really say.

use crate::home::{Home, Kind};
use crate::nlu::Understanding;
use crate::nlu::grammar::{Expr, Grammar, ListKind};
use crate::skills;
use crate::skills::words::{Thing, Words};

/// As many as somebody can keep in mind.
const ENOUGH: usize = 5;

/// As many sentences of an intent as are tried.
const TRIES: usize = 20;

/// A few sentences that are understood as they stand: first those of makers, which nobody can
/// guess, then what people ask for most.
pub(super) fn of(
    understanding: &Understanding,
    home: &Home,
    words: &dyn Words,
    language: &str,
) -> Vec<String> {
    let grammar = understanding.grammar();
    let mut own: Vec<&str> = Vec::new();
    for sentence in &grammar.sentences {
        let intent = sentence.intent.as_str();
        if skills::find(intent).is_none() && !own.contains(&intent) {
            own.push(intent);
        }
    }
    let own = own.into_iter().filter_map(|intent| example(intent, grammar, understanding));
    let thing = |kind: Kind| {
        let device = home.devices.iter().find(|device| device.kind == kind)?;
        Some(Thing { name: device.names.in_language(language).to_owned(), article: None })
    };
    let common =
        words.examples(thing(Kind::Light).as_ref(), thing(Kind::Cover).as_ref(), thing(Kind::Lock).as_ref());
    let common = common.into_iter().filter(|text| understanding.exactly(text).is_some());
    // Makers may have more sentences than fit; the common ones keep two places at least.
    let mut examples: Vec<_> = own.take(ENOUGH - 2).collect();
    let places = ENOUGH - examples.len();
    examples.extend(common.take(places));
    examples
}

/// The first sentence of an intent that can be said, and is understood as that intent.
fn example(intent: &str, grammar: &Grammar, understanding: &Understanding) -> Option<String> {
    grammar.sentences.iter().filter(|sentence| sentence.intent == intent).take(TRIES).find_map(|sentence| {
        let mut words = Vec::new();
        say(&sentence.expr, grammar, &mut words)?;
        let text = words.join(" ");
        let understood = understanding.exactly(&text)?;
        (understood.intent == intent).then_some(text)
    })
}

/// One way to say an expression: the first alternative, without what is optional. `None` where it
/// cannot be said (an empty list) or needs words of one's own (a wildcard).
fn say(expr: &Expr, grammar: &Grammar, words: &mut Vec<String>) -> Option<()> {
    match expr {
        Expr::Word(word) => words.push(word.clone()),
        Expr::Seq(parts) | Expr::Permutation(parts) => {
            for part in parts {
                say(part, grammar, words)?;
            }
        }
        Expr::Alt(ways) => {
            let before = words.len();
            return ways.iter().find_map(|way| {
                words.truncate(before);
                say(way, grammar, words)
            });
        }
        Expr::Optional(_) => {}
        Expr::Rule(rule) => return say(grammar.rules.get(*rule)?, grammar, words),
        Expr::List { list, .. } => match &grammar.lists.get(*list)?.kind {
            ListKind::Values(values) => return say(&values.first()?.expr, grammar, words),
            ListKind::Range { from, to, .. } => words.push(5.clamp(*from, *to).to_string()),
            ListKind::Entity { said, .. } => return say(said, grammar, words),
            ListKind::Wildcard => return None,
        },
    }
    Some(())
}
