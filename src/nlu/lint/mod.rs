//! What is wrong with sentence files, or will surprise their author.
//!
//! Faults keep the files from being used; warnings are sentences that can never be understood, two
//! meanings for the same words, what nobody uses, and templates that say too much. Sentences are
//! checked by saying them: all of a template's where these are few, a draw from many (the same
//! every time) else.

mod meaning;

use std::fmt;
use std::path::PathBuf;

use super::count::{self, Counter};
use super::grammar::Grammar;
use super::sentences::references::{self, Flaw, Written};
use super::sentences::{self, ListSource, SourceFile};
use super::{NluError, Understanding};
use crate::stt::vocabulary::graph::WordGraph;

/// A template that says more sentences than this is told. They are never spelled out, so it is
/// not wrong by itself; but nobody has thought of them all.
pub const MANY: f64 = 1e16;

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub file: PathBuf,
    /// 0 where it concerns all files.
    pub line: usize,
    pub severity: Severity,
    /// What, and how to mend it.
    pub what: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The files cannot be used.
    Error,
    /// They can, and something in them is not as its author thinks.
    Warning,
}

/// What a check found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// By file and line.
    pub findings: Vec<Finding>,
    /// Templates in the files.
    pub templates: usize,
    /// Those that this home cannot fill.
    pub left_out: usize,
    /// Sentences that all of them say.
    pub sentences: f64,
}

impl Report {
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.severity == Severity::Error { "error" } else { "warning" };
        write!(f, "{}:{}: {kind}: {}", self.file.display(), self.line, self.what)
    }
}

/// Checks files with the lists of a home.
#[must_use]
pub fn check(language: &str, files: &[SourceFile], lists: &[ListSource]) -> Report {
    let (flaws, written) = references::check(language, files, lists);
    let mut report = Report { templates: written.len(), ..Report::default() };
    report.findings = flaws.into_iter().map(finding).collect();
    if report.count(Severity::Error) == 0 {
        match sentences::load(language, files, lists).and_then(|loaded| Understanding::new(loaded.grammar)) {
            Ok(understanding) => report.look_into(&understanding, &written),
            Err(NluError::Sentence { file, line, reason }) => {
                report.findings.push(Finding { file, line, severity: Severity::Error, what: reason });
            }
            Err(error @ NluError::NoSentences { .. }) => report.findings.push(Finding {
                file: PathBuf::new(),
                line: 0,
                severity: Severity::Error,
                what: error.to_string(),
            }),
        }
    }
    report.findings.sort();
    report
}

fn finding(flaw: Flaw) -> Finding {
    let severity = if flaw.fatal { Severity::Error } else { Severity::Warning };
    Finding { file: flaw.file, line: flaw.line, severity, what: flaw.what }
}

impl Report {
    fn look_into(&mut self, understanding: &Understanding, written: &[Written]) {
        let grammar = understanding.grammar();
        self.left_out = written.len() - grammar.sentences.len();
        let places = places(grammar, written);
        let mut count = Counter::sentences(grammar);
        let mut warn = |sentence: usize, severity, what| {
            let place = places[sentence];
            self.findings.push(Finding { file: place.file.clone(), line: place.line, severity, what });
        };
        for (index, sentence) in grammar.sentences.iter().enumerate() {
            let many = count.count(&sentence.expr);
            self.sentences += many;
            if many > MANY {
                let what = format!(
                    "`{}` says {} sentences, more than {}; split it, or leave optional words out",
                    sentence.template,
                    count::show(many),
                    count::show(MANY)
                );
                warn(index, Severity::Warning, what);
            }
        }
        for (sentence, what) in meaning::check(understanding, &places) {
            warn(sentence, Severity::Warning, what);
        }
        if let Err(what) = WordGraph::check(grammar) {
            let mut words = Counter::words(grammar);
            let counts: Vec<f64> =
                grammar.sentences.iter().map(|sentence| words.count(&sentence.expr)).collect();
            let largest = (0..counts.len()).max_by(|a, b| counts[*a].total_cmp(&counts[*b])).unwrap_or(0);
            warn(largest, Severity::Error, what);
        }
    }
}

/// Where each sentence of the grammar stands: the files' order, without those that were left out.
fn places<'w>(grammar: &Grammar, written: &'w [Written]) -> Vec<&'w Written> {
    let mut rest = written.iter();
    let found = grammar.sentences.iter().filter_map(|sentence| {
        rest.find(|written| written.template == sentence.template && is_at(written, &sentence.source))
    });
    found.collect()
}

fn is_at(written: &Written, source: &str) -> bool {
    let name = written.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    format!("{name}:{}", written.line) == source
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str) -> Vec<String> {
        let file = |name: &str, text: &str| SourceFile { path: name.into(), text: text.into() };
        let report = check("en", &[file("a.yaml", &format!("language: en\n{body}"))], &[]);
        report.findings.iter().map(ToString::to_string).collect()
    }

    #[track_caller]
    fn check_found(body: &str, expected: &[&str]) {
        let found = found(body);
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "`{expected}` is not in `{found}`");
        }
    }

    #[test]
    fn good_files_have_no_findings() {
        check_found(
            "intents: {A: {data: [{sentences: ['turn [the] {x}']}]}}\nlists: {x: {values: [up]}}\n",
            &[],
        );
    }

    #[test]
    fn everything_missing_is_told_at_once_and_what_is_unused_as_well() {
        check_found(
            "intents:\n  A:\n    data:\n      - sentences:\n          - 'turn <up>'\n          - 'set {level}'\n          - 'go <goo>'\n\
             expansion_rules:\n  good: on\n  un: '<lost>'\nlists:\n  levels: {values: [a]}\n",
            &[
                "a.yaml:6: error: there is no rule `up`",
                "a.yaml:7: error: there is no list `level`; did you mean `levels`?",
                "a.yaml:8: error: there is no rule `goo`; did you mean `good`?",
                "a.yaml:10: warning: `<good>` is never used",
                "a.yaml:11: error: there is no rule `lost`",
                "a.yaml:11: warning: `<un>` is never used",
                "a.yaml:13: warning: `{levels}` is never used",
            ],
        );
    }

    #[test]
    fn two_meanings_of_the_same_words_are_told_with_an_example() {
        check_found(
            "intents:\n  A: {data: [{sentences: ['start (it|the [big] show)']}]}\n  B:\n    data:\n      - sentences: ['(start|begin) the show']\n",
            &[
                "a.yaml:6: warning: \"start the show\" is also said by `start (it|the [big] show)` (a.yaml:3), which wins",
            ],
        );
    }

    #[test]
    fn what_is_never_understood_is_told() {
        check_found(
            "intents:\n  A: {data: [{sentences: ['turn [it] on [now]']}]}\n  B:\n    data:\n      - sentences: ['turn it on', 'turn {any} on']\nlists: {any: {wildcard: true}}\n",
            &[
                "a.yaml:6: warning: `turn it on` is never understood: whatever it says is said by `turn [it] on [now]` (a.yaml:3)",
            ],
        );
    }

    #[test]
    fn explosions_are_counted_in_no_time() {
        let start = std::time::Instant::now();
        let many = "(a|b|c|d|e|f|g|h|i|j) ".repeat(30);
        check_found(
            &format!("intents:\n  A:\n    data:\n      - sentences: ['{many}']\n"),
            &["says 1.0e30 sentences, more than 1.0e16"],
        );
        let mut rules = String::from("expansion_rules:\n  r0: '(a|b) [c]'\n");
        for level in 1..=18 {
            let below = format!("<r{}> ", level - 1).repeat(5);
            rules.extend(["  r", &level.to_string(), ": '", &below, "'\n"]);
        }
        let found = found(&format!("intents: {{A: {{data: [{{sentences: ['<r18>']}}]}}}}\n{rules}"));
        assert!(
            found.iter().any(|found| found.contains("a.yaml:2: error: `<r18>` has 1.5e13 words")),
            "{found:#?}"
        );
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }

    #[test]
    fn circles_and_broken_files_are_errors() {
        check_found(
            "intents: {A: {data: [{sentences: ['<a>']}]}}\nexpansion_rules:\n  a: '<b>'\n  b: 'x <a>'\n",
            &["error: `<a>` → `<b>` → `<a>` goes round in a circle"],
        );
        check_found(
            "intents: {A: {data: [{sentence: ['x']}]}}\n",
            &["a.yaml:2: error: unknown key `sentence`"],
        );
        check_found("", &[]);
    }
}
