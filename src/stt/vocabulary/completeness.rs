//! Whether what was said so far is all that there is to say: asked while somebody pauses.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Label, WordGraph, WordId};
use crate::nlu::grammar::Grammar;
use crate::nlu::{numbers, text};
use crate::vad::Completeness;

/// Numbers whose words are known: what is said inside a larger number is one of these.
const NUMBERS: std::ops::RangeInclusive<i64> = 0..=100;

/// Follows words through everything that the household can say.
pub struct Prefixes {
    language: String,
    graph: WordGraph,
    ids: BTreeMap<String, WordId>,
    /// Words that mean nothing, before and after a sentence.
    skip_words: Vec<Vec<String>>,
    /// Words that numbers are made of.
    numbers: BTreeSet<WordId>,
}

impl Prefixes {
    #[must_use]
    pub fn new(grammar: &Grammar) -> Self {
        // That "please" may follow everything does not make a sentence unfinished.
        let bare = Grammar { skip_words: Vec::new(), ..grammar.clone() };
        // A grammar that no closed recogniser can take says nothing about when people are done.
        let graph = if WordGraph::check(&bare).is_ok() {
            WordGraph::new(&bare)
        } else {
            WordGraph::new(&Grammar::default())
        };
        let ids: BTreeMap<_, _> = (0..).zip(&graph.words).map(|(id, word)| (word.clone(), id)).collect();
        let numbers = NUMBERS
            .flat_map(|number| numbers::say(number, &grammar.language))
            .flatten()
            .filter_map(|word| ids.get(&word).copied())
            .collect();
        let language = grammar.language.clone();
        Self { language, graph, ids, skip_words: grammar.skip_words.clone(), numbers }
    }

    /// What a text is so far. A text that no sentence begins with may be anything.
    #[must_use]
    pub fn judge(&self, said: &str) -> Completeness {
        self.begun(said).unwrap_or(Completeness::MayContinue)
    }

    /// What a text is so far; `None` where no sentence begins with it.
    #[must_use]
    pub fn begun(&self, said: &str) -> Option<Completeness> {
        let words = self.spelt(said);
        let mut rest = &words[..];
        while let Some(shorter) = self.skip_words.iter().find_map(|skip| rest.strip_prefix(&skip[..])) {
            rest = shorter;
        }
        while let Some(shorter) = self.skip_words.iter().find_map(|skip| rest.strip_suffix(&skip[..])) {
            rest = shorter;
        }
        let mut places = self.reached(BTreeSet::from([0]));
        for word in rest {
            places = self.step(&places, word);
        }
        if places.is_empty() {
            return None;
        }
        if !places.contains(&self.graph.end()) {
            return Some(Completeness::Incomplete);
        }
        let next = || places.iter().flat_map(|&place| &self.graph.arcs[place as usize]).map(|arc| arc.label);
        let number = |id: &WordId| self.numbers.contains(id);
        let ends_in_number = rest.last().and_then(|word| self.ids.get(word)).is_some_and(number);
        if ends_in_number && next().any(|label| matches!(label, Label::Word(id) if number(&id))) {
            return Some(Completeness::Incomplete);
        }
        Some(if next().all(|label| label == Label::Silent) {
            Completeness::Complete
        } else {
            Completeness::MayContinue
        })
    }

    /// Normalised words, numbers spelt out as the graph has them.
    fn spelt(&self, said: &str) -> Vec<String> {
        let spell = |word: String| {
            let number =
                word.parse().ok().and_then(|number| numbers::say(number, &self.language).into_iter().next());
            number.unwrap_or_else(|| vec![word])
        };
        text::words(said, &self.language).into_iter().flat_map(spell).collect()
    }

    /// These places and all that can be reached from them without a word.
    fn reached(&self, mut places: BTreeSet<u32>) -> BTreeSet<u32> {
        let mut open: Vec<u32> = places.iter().copied().collect();
        while let Some(place) = open.pop() {
            for arc in &self.graph.arcs[place as usize] {
                if arc.label == Label::Silent && places.insert(arc.to) {
                    open.push(arc.to);
                }
            }
        }
        places
    }

    fn step(&self, places: &BTreeSet<u32>, word: &str) -> BTreeSet<u32> {
        let id = self.ids.get(word).copied();
        let takes = |label| match label {
            Label::Word(word) => Some(word) == id,
            Label::Any => true,
            Label::Silent => false,
        };
        let arcs = places.iter().flat_map(|&place| &self.graph.arcs[place as usize]);
        self.reached(arcs.filter(|arc| takes(arc.label)).map(|arc| arc.to).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::Completeness::{Complete, Incomplete, MayContinue};
    use super::*;
    use crate::nlu::sentences::{self, SourceFile};

    #[test]
    fn sentences_are_whole_open_or_begun() {
        let text = "language: en\nintents:\n  A:\n    data:\n      - sentences:\n          - \"turn on the lights [in the {area}]\"\n          - \"set a timer for {minutes} (minute|minutes)\"\n          - \"dim to {minutes} [percent]\"\n          - \"say {anything}\"\n          - \"stop\"\nlists:\n  area:\n    values: [kitchen]\n  minutes:\n    range:\n      from: 1\n      to: 100\n  anything:\n    wildcard: true\nskip_words:\n  - please\n";
        let file = SourceFile { path: "a.yaml".into(), text: text.into() };
        let prefixes = Prefixes::new(&sentences::load("en", &[file], &[]).unwrap().grammar);
        for (said, expected) in [
            ("stop", Complete),
            ("Please stop, please", Complete),
            ("turn on the lights in the kitchen", Complete),
            ("turn on the lights", MayContinue),
            ("say hello", MayContinue),
            ("what is this", MayContinue),
            ("turn on", Incomplete),
            ("", Incomplete),
            ("set a timer for twenty", Incomplete),
            ("set a timer for 25 minutes", Complete),
            ("set a timer for twenty five minutes", Complete),
            ("dim to twenty", Incomplete),
            ("dim to twenty five", MayContinue),
        ] {
            assert_eq!(prefixes.judge(said), expected, "`{said}`");
        }
    }
}
