//! Numbers as people say them, in words and in digits.
//!
//! [`parse`] reads them, [`say`] writes every usual way to say a whole number (the recogniser
//! learns those). Words are tokens of [`crate::nlu::text`]: hyphens are already gone.

mod en;
mod fr;
mod fraction;
mod ordinal;

pub use fraction::say_decimal;
pub use ordinal::{Ordinal, parse_ordinals, say_ordinal};

use super::text::is_french;

/// Whole numbers can be this large, either side of zero.
pub const LIMIT: i64 = 1_000_000_000 - 1;

/// No number up to [`LIMIT`] takes more words; longer runs are not looked at.
const LONGEST: usize = 24;

/// A number at the start of a row of words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    pub value: f64,
    /// How many words it takes.
    pub words: usize,
}

/// The longest number that `words` start with.
#[must_use]
pub fn parse<S: AsRef<str>>(words: &[S], language: &str) -> Option<Number> {
    parse_all(words, language).pop()
}

/// Every number that `words` start with, shortest first: "twenty five" is 20 and 25.
#[must_use]
pub fn parse_all<S: AsRef<str>>(words: &[S], language: &str) -> Vec<Number> {
    let french = is_french(language);
    let starts = if french { fr::starts } else { en::starts };
    if !words.first().is_some_and(|first| starts(first.as_ref()) || digits(first.as_ref()).is_some()) {
        return Vec::new();
    }
    let words: Vec<&str> = words.iter().take(LONGEST).map(AsRef::as_ref).collect();
    let whole = if french { fr::value } else { en::value };
    (1..=words.len())
        .filter_map(|length| whole(&words[..length]).map(|value| Number { value, words: length }))
        .collect()
}

/// The usual ways to say a whole number, as rows of words; none beyond [`LIMIT`].
#[must_use]
pub fn say(number: i64, language: &str) -> Vec<Vec<String>> {
    if number.abs() > LIMIT {
        return Vec::new();
    }
    let mut ways = Vec::new();
    let said = if is_french(language) { fr::say(number) } else { en::say(number) };
    for way in said {
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    ways
}

/// A number written in digits: `50`, `-5`, `3.5`.
fn digits(word: &str) -> Option<f64> {
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    let plain = unsigned.starts_with(|c: char| c.is_ascii_digit())
        && unsigned.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && unsigned.len() <= 12;
    plain.then(|| word.parse().ok()).flatten()
}

/// A whole number below 1000 written in digits, as part of a longer one ("5 thousand").
fn small_digits(word: &str) -> Option<i64> {
    word.parse()
        .ok()
        .filter(|value| (0..1000).contains(value) && word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Takes words from the front, one reading at a time.
struct Words<'a> {
    words: &'a [&'a str],
    at: usize,
}

impl<'a> Words<'a> {
    fn new(words: &'a [&'a str]) -> Self {
        Self { words, at: 0 }
    }

    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).copied()
    }

    fn take(&mut self, any_of: &[&str]) -> bool {
        let found = self.peek().is_some_and(|word| any_of.contains(&word));
        self.at += usize::from(found);
        found
    }

    /// Takes the next word if `read` makes a number of it.
    fn number(&mut self, read: impl Fn(&str) -> Option<i64>) -> Option<i64> {
        let value = self.peek().and_then(read)?;
        self.at += 1;
        Some(value)
    }

    fn done(&self) -> bool {
        self.at == self.words.len()
    }

    fn rest(&self) -> &'a [&'a str] {
        &self.words[self.at..]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(language: &str, text: &str, value: f64) {
        let words: Vec<_> = text.split(' ').collect();
        assert_eq!(parse(&words, language), Some(Number { value, words: words.len() }), "{text}");
    }

    #[track_caller]
    fn check_not(language: &str, text: &str) {
        let words: Vec<_> = text.split(' ').collect();
        assert_ne!(parse(&words, language).map(|number| number.words), Some(words.len()), "{text}");
    }

    fn round_trip(number: i64) {
        for language in ["en", "fr"] {
            let ways = say(number, language);
            assert!(!ways.is_empty(), "{number}");
            for way in ways {
                let read = parse(&way, language);
                assert_eq!(
                    read,
                    Some(Number { value: number as f64, words: way.len() }),
                    "{language} {way:?}"
                );
            }
        }
    }

    #[test]
    fn english() {
        check("en", "fifty", 50.0);
        check("en", "a hundred and five", 105.0);
        check("en", "one hundred five", 105.0);
        check("en", "twelve hundred", 1200.0);
        check("en", "two thousand twenty six", 2026.0);
        check("en", "minus five", -5.0);
        check("en", "two and a half", 2.5);
        check("en", "4 and a half", 4.5);
        check("en", "three point one six", 3.16);
        check("en", "21.5", 21.5);
        check("en", "5 thousand", 5000.0);
        check("en", "half", 0.5);
        check_not("en", "twenty eleven");
        check_not("en", "five six");
        check_not("en", "twenty and five");
        check_not("en", "a");
    }

    #[test]
    fn french() {
        check("fr", "quatre vingt dix sept", 97.0);
        check("fr", "quatre vingts", 80.0);
        check("fr", "soixante et onze", 71.0);
        check("fr", "soixante quinze", 75.0);
        check("fr", "septante cinq", 75.0);
        check("fr", "nonante et un", 91.0);
        check("fr", "vingt et une", 21.0);
        check("fr", "deux cents", 200.0);
        check("fr", "mille deux cent trois", 1203.0);
        check("fr", "deux et demie", 2.5);
        check("fr", "trois virgule cinq", 3.5);
        check("fr", "trois virgule vingt cinq", 3.25);
        check("fr", "trois virgule zéro cinq", 3.05);
        check("fr", "moins cinq", -5.0);
        check_not("fr", "vingt trente");
        check_not("fr", "quatre vingt vingt");
    }

    #[test]
    fn every_length_is_found() {
        let lengths = |text: &str, language| -> Vec<f64> {
            parse_all(&text.split(' ').collect::<Vec<_>>(), language)
                .iter()
                .map(|number| number.value)
                .collect()
        };
        assert_eq!(lengths("twenty five percent", "en"), [20.0, 25.0]);
        assert_eq!(lengths("quatre vingt dix sept degrés", "fr"), [4.0, 80.0, 90.0, 97.0]);
        assert_eq!(lengths("lights", "en"), Vec::<f64>::new());
    }

    #[test]
    fn usual_ways() {
        let ways =
            |number, language| say(number, language).iter().map(|way| way.join(" ")).collect::<Vec<_>>();
        assert_eq!(
            ways(105, "en"),
            ["one hundred and five", "one hundred five", "a hundred and five", "a hundred five"]
        );
        assert_eq!(ways(97, "fr"), ["quatre vingt dix sept"]);
        assert_eq!(ways(21, "fr"), ["vingt et un", "vingt et une"]);
        assert_eq!(ways(-80, "fr"), ["moins quatre vingts"]);
        assert_eq!(ways(200_000, "fr"), ["deux cent mille"]);
    }

    /// Every number that a range can sensibly have, then a stride (a prime, so that all digits
    /// turn up) to a million either side.
    #[test]
    fn what_is_said_is_read_back() {
        (-1_000..=10_000).for_each(round_trip);
        (-1_000_000..=1_000_000).step_by(13).for_each(round_trip);
        round_trip(1_000_000);
    }

    proptest! {
        #[test]
        fn any_number_is_read_back(number in -LIMIT..=LIMIT) {
            round_trip(number);
        }

        #[test]
        fn any_words_are_read_without_panic(words in prop::collection::vec("(one|a|hundred|and|half|point|minus|million|[0-9.:-]{1,5}|vingt|et|cent|mille|virgule)", 0..12)) {
            for language in ["en", "fr"] {
                for number in parse_all(&words, language) {
                    prop_assert!(number.words >= 1 && number.words <= words.len());
                }
            }
        }
    }
}
