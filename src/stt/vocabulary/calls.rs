//! Names of assistants: who calls one wants nothing of this one yet.
//!
//! A wake word said twice, or another assistant's in the same room, is short and sounds like some
//! command or other ("alexa", "lights out"). A recogniser that knows the names hears them as what
//! they are, and rejects them.

use crate::nlu::grammar::{Expr, Grammar, Sentence};
use crate::nlu::text::{self, is_french};

/// The wake words that ship, and what other assistants are called by.
const ENGLISH: &[&str] = &[
    "computer",
    "jarvis",
    "hey jarvis",
    "alexa",
    "echo",
    "hey google",
    "ok google",
    "hey siri",
    "siri",
    "cortana",
    "hey mycroft",
];
const FRENCH: &[&str] =
    &["computer", "ordinateur", "jarvis", "alexa", "ok google", "dis siri", "siri", "cortana"];

/// The names, as rows of words.
#[must_use]
pub fn names(language: &str) -> Vec<Vec<String>> {
    let names = if is_french(language) { FRENCH } else { ENGLISH };
    names.iter().map(|name| text::words(name, language)).collect()
}

/// The grammar, and calling somebody besides: what is heard as one of [`names`] means nothing.
#[must_use]
pub fn beside(grammar: &Grammar) -> Grammar {
    let mut grammar = grammar.clone();
    // Who has no sentences shall be told so, rather than hear names only.
    if !grammar.sentences.iter().any(|sentence| sentence.heard) {
        return grammar;
    }
    let called = names(&grammar.language).into_iter().map(|words| Sentence {
        intent: String::new(),
        template: words.join(" "),
        expr: Expr::Seq(words.into_iter().map(Expr::Word).collect()),
        fixed: Vec::new(),
        response: None,
        source: String::new(),
        heard: true,
    });
    grammar.sentences.extend(called);
    grammar
}
