//! Sentences that a grammar can say: all of a few, or a draw from many.

use std::collections::BTreeSet;

use super::count::Counter;
use super::grammar::{Expr, Grammar, ListKind};
use super::numbers;
use crate::rng::Rng;

/// As many sentences as are spelled out to draw from; of more, sentences are made up until enough
/// are different.
const SPELL_OUT: usize = 20_000;

/// Sentences that are made up for each one that is wanted.
const TRIES: usize = 50;

/// Some sentences of a grammar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Different ones, with the index of their template in [`Grammar::sentences`].
    pub sentences: Vec<(usize, String)>,
    /// Whether the grammar has no others.
    pub is_all: bool,
}

/// Draws `wanted` different sentences, of one intent or of all: the same for the same seed.
#[must_use]
pub fn draw(grammar: &Grammar, wanted: usize, seed: u64, intent: Option<&str>) -> Sample {
    let templates: Vec<usize> = (0..grammar.sentences.len())
        .filter(|&index| intent.is_none_or(|intent| grammar.sentences[index].intent == intent))
        .collect();
    let mut rng = Rng::new(seed);
    if let Some(mut all) = all_of(grammar, &templates) {
        rng.shuffle(&mut all);
        let is_all = all.len() <= wanted;
        all.truncate(wanted);
        return Sample { sentences: all, is_all };
    }
    let mut drawn = BTreeSet::new();
    let mut sentences = Vec::new();
    for _ in 0..wanted.saturating_mul(TRIES) {
        if sentences.len() == wanted {
            break;
        }
        let template = templates[rng.below(templates.len())];
        let text = grammar.sample(template, rng.next()).join(" ");
        if drawn.insert(text.clone()) {
            sentences.push((template, text));
        }
    }
    Sample { sentences, is_all: false }
}

/// What a template says: everything, where that is at most `limit` sentences, else a draw of so
/// many. Says which.
#[must_use]
pub fn of_template(grammar: &Grammar, template: usize, limit: usize, seed: u64) -> (Vec<String>, bool) {
    if let Some(all) = spell(grammar, &grammar.sentences[template].expr, limit) {
        return (all, true);
    }
    let mut rng = Rng::for_item(seed, template as u64);
    let drawn: BTreeSet<String> =
        (0..limit).map(|_| grammar.sample(template, rng.next()).join(" ")).collect();
    (drawn.into_iter().collect(), false)
}

fn all_of(grammar: &Grammar, templates: &[usize]) -> Option<Vec<(usize, String)>> {
    let mut count = Counter::sentences(grammar);
    let many: f64 = templates.iter().map(|&index| count.count(&grammar.sentences[index].expr)).sum();
    if many > SPELL_OUT as f64 {
        return None;
    }
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for &template in templates {
        for text in spell(grammar, &grammar.sentences[template].expr, SPELL_OUT)? {
            if seen.insert(text.clone()) {
                all.push((template, text));
            }
        }
    }
    Some(all)
}

/// Every sentence of an expression, in order; `None` when there are more than `limit`.
fn spell(grammar: &Grammar, expr: &Expr, limit: usize) -> Option<Vec<String>> {
    let rows = rows(grammar, expr, limit)?;
    let mut seen = BTreeSet::new();
    let texts = rows.into_iter().map(|row| row.join(" "));
    Some(texts.filter(|text| !text.is_empty() && seen.insert(text.clone())).collect())
}

type Rows = Vec<Vec<String>>;

fn rows(grammar: &Grammar, expr: &Expr, limit: usize) -> Option<Rows> {
    let found = match expr {
        Expr::Word(word) => vec![vec![word.clone()]],
        Expr::Seq(parts) => in_a_row(grammar, &parts.iter().collect::<Vec<_>>(), limit)?,
        Expr::Alt(parts) => one_of(grammar, parts.iter(), limit)?,
        Expr::Optional(part) => {
            let mut found = vec![Vec::new()];
            found.extend(rows(grammar, part, limit)?);
            found
        }
        Expr::Permutation(parts) => {
            let mut found = Rows::new();
            for order in orders(parts.len()) {
                let parts: Vec<_> = order.iter().map(|&index| &parts[index]).collect();
                found.extend(in_a_row(grammar, &parts, limit)?);
                if found.len() > limit {
                    return None;
                }
            }
            found
        }
        Expr::Rule(rule) => rows(grammar, &grammar.rules[*rule], limit)?,
        Expr::List { list, .. } => match &grammar.lists[*list].kind {
            ListKind::Values(values) => one_of(grammar, values.iter().map(|value| &value.expr), limit)?,
            ListKind::Range { from, to, step, .. } => {
                if (to - from) / step >= i64::try_from(limit).unwrap_or(i64::MAX) {
                    return None;
                }
                let numbers = (0..=(to - from) / step).map(|number| from + number * step);
                numbers.flat_map(|number| numbers::say(number, &grammar.language)).collect()
            }
            ListKind::Entity { said, .. } => rows(grammar, said, limit)?,
            ListKind::Wildcard => vec![vec!["something".to_owned()]],
        },
    };
    (found.len() <= limit).then_some(found)
}

fn one_of<'e>(grammar: &Grammar, parts: impl Iterator<Item = &'e Expr>, limit: usize) -> Option<Rows> {
    let mut found = Rows::new();
    for part in parts {
        found.extend(rows(grammar, part, limit)?);
        if found.len() > limit {
            return None;
        }
    }
    Some(found)
}

fn in_a_row(grammar: &Grammar, parts: &[&Expr], limit: usize) -> Option<Rows> {
    let mut found: Rows = vec![Vec::new()];
    for part in parts {
        let next = rows(grammar, part, limit)?;
        if found.len() * next.len() > limit {
            return None;
        }
        found = found
            .iter()
            .flat_map(|before| next.iter().map(move |after| [&before[..], &after[..]].concat()))
            .collect();
    }
    Some(found)
}

/// Every order of so many things.
fn orders(many: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for next in 0..many {
        orders = orders
            .iter()
            .flat_map(|order: &Vec<usize>| {
                (0..=order.len()).map(move |place| {
                    let mut order = order.clone();
                    order.insert(place, next);
                    order
                })
            })
            .collect();
    }
    orders
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::sentences::{self, SourceFile};

    fn grammar(templates: &[&str]) -> Grammar {
        let text = format!(
            "language: en\nintents: {{A: {{data: [{{sentences: {templates:?}}}]}}, B: {{data: [{{sentences: [hello]}}]}}}}\n\
             lists: {{n: {{range: {{from: 1, to: 3}}}}}}\n"
        );
        sentences::load("en", &[SourceFile { path: "x.yaml".into(), text }], &[]).unwrap().grammar
    }

    #[test]
    fn a_few_are_all_given_and_many_are_drawn_without_repeats() {
        let few = grammar(&["turn (on|off) [the] light", "turn on the light", "count {n}", "(a;b;c)"]);
        let all = draw(&few, 100, 1, None);
        assert!(all.is_all);
        // 4, none that is new, three numbers, six orders, and the other intent's.
        assert_eq!(all.sentences.len(), 4 + 3 + 6 + 1, "{all:?}");
        let some = draw(&few, 5, 1, Some("A"));
        assert_eq!((some.sentences.len(), some.is_all), (5, false));
        assert_eq!(draw(&few, 5, 1, Some("A")), some);
        assert_ne!(draw(&few, 5, 2, Some("A")), some);

        let many = grammar(&[&"(a|b|c|d|e|f|g|h|i|j) ".repeat(30)]);
        let drawn = draw(&many, 300, 1, Some("A"));
        let different: BTreeSet<_> = drawn.sentences.iter().collect();
        assert_eq!((different.len(), drawn.is_all), (300, false));
        assert_eq!(of_template(&many, 0, 50, 1).0.len(), 50);
        assert!(draw(&many, 3, 1, Some("None")).sentences.is_empty());
    }
}
