//! Word and character error rates.

use crate::nlu::{numbers, text};

/// Errors against a number of reference units, summed over utterances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ErrorRate {
    pub errors: usize,
    pub reference: usize,
}

impl ErrorRate {
    /// Adds one utterance: the fewest substitutions, insertions and deletions that turn what was
    /// recognised into what was said (Levenshtein's distance).
    pub fn add<T: PartialEq>(&mut self, said: &[T], recognised: &[T]) {
        self.errors += distance(said, recognised);
        self.reference += said.len();
    }

    #[must_use]
    pub fn rate(self) -> f64 {
        super::share(self.errors, self.reference)
    }
}

/// The words of a text for comparison: lower case, no punctuation, numbers as words.
#[must_use]
pub fn words(language: &str, sentence: &str) -> Vec<String> {
    let mut words = Vec::new();
    for token in text::words(sentence, language) {
        match token.parse::<i64>().ok().and_then(|n| numbers::say(n, language).into_iter().next()) {
            Some(spoken) => words.extend(spoken),
            None => words.push(token),
        }
    }
    words
}

fn distance<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_substitutions_insertions_and_deletions() {
        let mut rate = ErrorRate::default();
        rate.add(&["turn", "on", "the", "light"], &["turn", "the", "lights", "now"]);
        assert_eq!(rate, ErrorRate { errors: 3, reference: 4 });
        assert!((rate.rate() - 0.75).abs() < 1e-9);
    }

    #[test]
    fn numbers_and_punctuation_do_not_count_as_errors() {
        assert_eq!(words("en", "Set it to 50 percent!"), words("en", "set it to fifty percent"));
        assert_eq!(words("fr", "à 80 %"), words("fr", "à quatre-vingts pourcent"));
    }
}
