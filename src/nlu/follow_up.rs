//! Sentences that mean something only after another: "turn it off again", "the kitchen too".
//!
//! Who hears speech is better off without them while there is nothing that they could follow: they are
//! short, and much sounds like one of them.

use super::grammar::{Grammar, Sentence};
use super::matcher::Matcher;

/// Intents that are about what was done last, whatever else they say.
const ABOUT_THE_LAST: [&str; 3] = ["Also", "Meant", "TheOther"];

/// Whether a sentence says nothing by itself. What "it" may be, but need not (`it: maybe`), does.
#[must_use]
pub fn refers(sentence: &Sentence) -> bool {
    ABOUT_THE_LAST.contains(&sentence.intent.as_str())
        || sentence.fixed.iter().any(|(slot, value)| slot == "it" && value != "maybe")
}

/// All such sentences of a household.
pub struct FollowUps {
    grammar: Grammar,
    matcher: Matcher,
}

impl FollowUps {
    /// Those of a grammar; `None` where it has none.
    #[must_use]
    pub fn of(grammar: &Grammar) -> Option<Self> {
        if !grammar.sentences.iter().any(refers) {
            return None;
        }
        let mut grammar = grammar.clone();
        grammar.sentences.retain(refers);
        grammar.examples.clear();
        let matcher = Matcher::new(&grammar);
        Some(Self { grammar, matcher })
    }

    /// Whether one of them is this text, word for word.
    #[must_use]
    pub fn say(&self, text: &str) -> bool {
        self.matcher.understand(&self.grammar, text).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::home::Home;
    use crate::household::{Household, shipped_sentences};

    #[test]
    fn follow_ups_are_those_that_need_something_before_them() {
        for (language, follow, stand) in [
            (
                "en",
                &["turn it off again", "the kitchen too", "no the other one", "close them"][..],
                &["turn off the light", "a bit brighter", "undo that", "close the curtains", "stop"][..],
            ),
            (
                "fr",
                &["éteins la", "et la cuisine", "non l'autre"],
                &["éteins la lumière", "annule ça", "pause"],
            ),
        ] {
            let household =
                Household::from_parts(language, Home::demo(), &shipped_sentences(language), None).unwrap();
            let follow_ups = FollowUps::of(household.grammar()).unwrap();
            for text in follow.iter().chain(stand) {
                assert!(household.understanding.exactly(text).is_some(), "{text} says nothing");
                assert_eq!(follow_ups.say(text), follow.contains(text), "{text}");
            }
            let mut none = household.grammar().clone();
            none.sentences.retain(|sentence| !refers(sentence));
            assert!(FollowUps::of(&none).is_none());
        }
    }
}
