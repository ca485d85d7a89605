//! How many sentences templates stand for: counted, never spelled out.
//!
//! A template of thirty optional words says a thousand million sentences, one with a hundred
//! alternatives in a row more than there are atoms. Numbers are floats that stop at the largest, so
//! that counting takes as long as reading the template, whatever it says.

use super::grammar::{Expr, Grammar, ListKind};

/// Numbers beyond this are spelled in the recogniser only where people say them.
const SPELLED_NUMBERS: f64 = 1_500.0;
/// Words of a number, about.
const WORDS_OF_A_NUMBER: f64 = 4.0;

/// Counts expressions of a grammar; each rule and list once.
pub struct Counter<'g> {
    grammar: &'g Grammar,
    rules: Vec<Option<f64>>,
    lists: Vec<Option<f64>>,
    of: Of,
}

/// What is counted.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Sentences,
    Words,
}

impl<'g> Counter<'g> {
    /// Counts sentences. A wildcard counts as one way to say it.
    #[must_use]
    pub fn sentences(grammar: &'g Grammar) -> Self {
        Self::new(grammar, Of::Sentences)
    }

    /// Counts the words that are left when rules and lists are put in their places, which is what
    /// the recogniser needs memory for.
    #[must_use]
    pub fn words(grammar: &'g Grammar) -> Self {
        Self::new(grammar, Of::Words)
    }

    fn new(grammar: &'g Grammar, of: Of) -> Self {
        let (rules, lists) = (vec![None; grammar.rules.len()], vec![None; grammar.lists.len()]);
        Self { grammar, rules, lists, of }
    }

    /// The count of an expression; at most [`f64::MAX`].
    pub fn count(&mut self, expr: &Expr) -> f64 {
        let count = match expr {
            Expr::Word(_) => 1.0,
            Expr::Seq(parts) if self.of == Of::Words => self.sum(parts),
            Expr::Seq(parts) => self.product(parts),
            Expr::Alt(parts) => self.sum(parts),
            Expr::Optional(part) => 1.0 + self.count(part),
            Expr::Permutation(parts) => {
                let orders: f64 = (1..=parts.len()).map(|n| n as f64).product();
                orders * if self.of == Of::Words { self.sum(parts) } else { self.product(parts) }
            }
            Expr::Rule(rule) => {
                if let Some(known) = self.rules[*rule] {
                    return known;
                }
                let grammar = self.grammar;
                let count = self.count(&grammar.rules[*rule]);
                self.rules[*rule] = Some(count);
                count
            }
            Expr::List { list, .. } => {
                if let Some(known) = self.lists[*list] {
                    return known;
                }
                let count = self.list(*list);
                self.lists[*list] = Some(count);
                count
            }
        };
        count.min(f64::MAX)
    }

    fn list(&mut self, list: usize) -> f64 {
        let grammar = self.grammar;
        match &grammar.lists[list].kind {
            ListKind::Values(values) => values.iter().map(|value| self.count(&value.expr)).sum(),
            ListKind::Range { from, to, step, .. } => {
                let numbers = ((to - from) / (*step).max(1) + 1) as f64;
                match self.of {
                    Of::Sentences => numbers,
                    Of::Words => numbers.min(SPELLED_NUMBERS) * WORDS_OF_A_NUMBER,
                }
            }
            ListKind::Entity { said, .. } => self.count(said),
            ListKind::Wildcard => 1.0,
        }
    }

    fn sum(&mut self, parts: &[Expr]) -> f64 {
        parts.iter().map(|part| self.count(part)).sum()
    }

    fn product(&mut self, parts: &[Expr]) -> f64 {
        parts.iter().map(|part| self.count(part)).product()
    }
}

/// A count as people read it: `4,200`, or `1.3e30`.
#[must_use]
pub fn show(count: f64) -> String {
    if count >= 1e9 {
        return format!("{count:.1e}");
    }
    let digits = format!("{count:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::sentences::{self, SourceFile};

    fn grammar(body: &str) -> Grammar {
        let text = format!("language: en\n{body}");
        sentences::load("en", &[SourceFile { path: "x.yaml".into(), text }], &[]).unwrap().grammar
    }

    #[test]
    fn sentences_are_counted_and_not_spelled_out() {
        let count = |template: &str| {
            let body = format!(
                "intents: {{I: {{data: [{{sentences: ['{template}']}}]}}}}\n\
                 lists: {{n: {{range: {{from: 1, to: 100}}}}, v: {{values: [a, '(b|c)']}}, w: {{wildcard: true}}}}\n"
            );
            let grammar = grammar(&body);
            Counter::sentences(&grammar).count(&grammar.sentences[0].expr)
        };
        for (template, sentences) in
            [("a [b] (c|d)", 4.0), ("(a;b;c)", 6.0), ("set {n} [{v}]", 400.0), ("{w} {v}", 3.0)]
        {
            assert!((count(template) - sentences).abs() < 1e-9, "{template}: {}", count(template));
        }
        let many = "(a|b|c|d|e|f|g|h|i|j) ".repeat(30);
        assert!((count(&many) / 1e30 - 1.0).abs() < 1e-9);
        assert!(count(&"(a|b|c|d|e|f|g|h|i|j) ".repeat(400)).is_finite());
    }

    #[test]
    fn rules_in_rules_multiply_words_in_the_recogniser() {
        let mut rules = String::from("expansion_rules:\n  r0: '(a|b) (c|d)'\n");
        for level in 1..=8 {
            let below = format!("<r{}> ", level - 1).repeat(4);
            rules.extend(["  r", &level.to_string(), ": '", &below, "'\n"]);
        }
        let grammar = grammar(&format!("intents: {{I: {{data: [{{sentences: ['<r8>']}}]}}}}\n{rules}"));
        let words = Counter::words(&grammar).count(&grammar.sentences[0].expr);
        assert!((words - 4f64.powi(9)).abs() < 1.0, "{words}");
    }

    #[test]
    fn counts_are_shown_as_people_read_them() {
        assert_eq!(
            (show(7.0), show(1234.0), show(999_999_999.0)),
            ("7".into(), "1,234".into(), "999,999,999".into())
        );
        assert_eq!(show(1e30), "1.0e30");
    }
}
