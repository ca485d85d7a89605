//! From a line of text to the words that sentences are made of.
//!
//! Templates, list values, what people type and what a recogniser writes all pass through
//! [`tokenize`], so that they can be compared word by word, and so that a word is also an entry of
//! the recogniser's dictionary: lower case, NFC, no punctuation. Every word keeps its place in the
//! text, for the slots' ranges.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// French words that lose their vowel before another: `l'entrée` is two words, `aujourd'hui` one.
const ELIDED: [&str; 13] =
    ["l", "d", "j", "m", "t", "s", "c", "n", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"];

/// One normalised word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    /// Character (not byte) where the word starts in the text.
    pub start: usize,
    /// One past its last character.
    pub end: usize,
}

/// The words of a text, with their places.
///
/// English keeps apostrophes inside words (`what's`); French ends a word after an elided one
/// (`l'`, `entrée`). Hyphens part words, `%`, `°` and
/// currency signs are spoken where they stand, numbers stay in digits (`50`, `3.5`,
/// `-5`, `7:30`; a French decimal comma becomes a point, English thousands lose theirs).
#[must_use]
pub fn tokenize(text: &str, language: &str) -> Vec<Token> {
    Scanner { chars: text.chars().collect(), at: 0, french: is_french(language) }.run()
}

/// The words of a text.
#[must_use]
pub fn words(text: &str, language: &str) -> Vec<String> {
    tokenize(text, language).into_iter().map(|token| token.text).collect()
}

/// Whether a language tag (`fr`, `fr-CH`) is French.
#[must_use]
pub fn is_french(language: &str) -> bool {
    language.split(['-', '_']).next().is_some_and(|tag| tag.eq_ignore_ascii_case("fr"))
}

struct Scanner {
    chars: Vec<char>,
    at: usize,
    french: bool,
}

impl Scanner {
    fn run(mut self) -> Vec<Token> {
        let mut tokens = Vec::new();
        while let Some(next) = self.peek(0) {
            let start = self.at;
            if next.is_ascii_digit() || (next == '-' && self.starts_negative()) {
                let text = self.number();
                tokens.push(Token { text, start, end: self.at });
            } else if is_letter(next) {
                let text = self.word();
                tokens.push(Token { text, start, end: self.at });
            } else {
                self.at += 1;
                if let Some(text) = self.spoken(next) {
                    tokens.push(Token { text: text.to_owned(), start, end: self.at });
                }
            }
        }
        tokens
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn is_digit(&self, ahead: usize) -> bool {
        self.peek(ahead).is_some_and(|c| c.is_ascii_digit())
    }

    /// A hyphen is a minus only where it does not join words: `-5`, not `under-5`.
    fn starts_negative(&self) -> bool {
        let free = self.at == 0 || self.chars[self.at - 1].is_whitespace();
        free && self.is_digit(1)
    }

    fn number(&mut self) -> String {
        let mut text = String::new();
        if self.peek(0) == Some('-') {
            text.push('-');
            self.at += 1;
        }
        let mut fraction = false;
        while let Some(next) = self.peek(0) {
            match next {
                '0'..='9' => text.push(next),
                '.' if !fraction && self.is_digit(1) => {
                    fraction = true;
                    text.push('.');
                }
                ',' if self.french && !fraction && self.is_digit(1) => {
                    fraction = true;
                    text.push('.');
                }
                ',' if !self.french && !fraction && self.groups_thousands() => {}
                // As French writes thousands.
                '\u{a0}' | '\u{202f}' if self.french && !fraction && self.groups_thousands() => {}
                ':' if self.is_digit(1) => text.push(':'),
                _ => break,
            }
            self.at += 1;
        }
        text
    }

    /// Exactly three digits after the comma.
    fn groups_thousands(&self) -> bool {
        (1..=3).all(|ahead| self.is_digit(ahead)) && !self.is_digit(4)
    }

    fn word(&mut self) -> String {
        let start = self.at;
        // A unit written onto its number ends at the next number: `10h30`, but `mp3`.
        let unit = start > 0 && self.chars[start - 1].is_ascii_digit();
        while let Some(next) = self.peek(0) {
            if is_letter(next) || (next.is_ascii_digit() && !unit) {
                self.at += 1;
            } else if is_apostrophe(next) && self.is_elided(start) {
                let mut word = normalise(&self.chars[start..self.at]);
                word.push('\'');
                self.at += 1;
                return word;
            } else if is_apostrophe(next) && self.peek(1).is_some_and(is_letter) {
                self.at += 1;
            } else {
                break;
            }
        }
        normalise(&self.chars[start..self.at])
    }

    fn is_elided(&self, start: usize) -> bool {
        self.french && ELIDED.contains(&normalise(&self.chars[start..self.at]).as_str())
    }

    /// Signs that are read aloud.
    fn spoken(&self, sign: char) -> Option<&'static str> {
        match (sign, self.french) {
            ('%', false) => Some("percent"),
            ('%', true) => Some("pourcent"),
            ('°', false) => Some("degrees"),
            ('°', true) => Some("degrés"),
            ('$', _) => Some("dollars"),
            ('€', _) => Some("euros"),
            ('£', false) => Some("pounds"),
            ('£', true) => Some("livres"),
            ('&', false) => Some("and"),
            ('&', true) => Some("et"),
            _ => None,
        }
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || is_combining_mark(c) || (c.is_alphanumeric() && !c.is_ascii_digit())
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{02BC}' | '\u{FF07}' | '`' | '\u{00B4}')
}

fn normalise(chars: &[char]) -> String {
    chars
        .iter()
        .map(|&c| if is_apostrophe(c) { '\'' } else { c })
        .flat_map(char::to_lowercase)
        .nfc()
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(language: &str, text: &str, expected: &[&str]) {
        assert_eq!(words(text, language), expected, "{text}");
    }

    #[test]
    fn english_keeps_apostrophes_inside_words() {
        check("en", "What\u{2019}s the TEMP, I'd ask?", &["what's", "the", "temp", "i'd", "ask"]);
        check("en", "the kids' room", &["the", "kids", "room"]);
    }

    #[test]
    fn french_parts_elided_words_and_hyphens() {
        check("fr", "L’entrée du Rez-de-chaussée", &["l'", "entrée", "du", "rez", "de", "chaussée"]);
        check("fr", "combien de temps reste-t-il", &["combien", "de", "temps", "reste", "t", "il"]);
        check(
            "fr",
            "aujourd'hui, qu'est-ce qu'il y a",
            &["aujourd'hui", "qu'", "est", "ce", "qu'", "il", "y", "a"],
        );
    }

    #[test]
    fn decomposed_accents_are_composed() {
        check("fr", "e\u{301}teins", &["éteins"]);
    }

    #[test]
    fn numbers_stay_in_digits() {
        check(
            "en",
            "50% at 7:30, 3.5 or 1,000 or -5.",
            &["50", "percent", "at", "7:30", "3.5", "or", "1000", "or", "-5"],
        );
        check(
            "fr",
            "3,5 degrés 10h30 5min 21°C",
            &["3.5", "degrés", "10", "h", "30", "5", "min", "21", "degrés", "c"],
        );
        check("en", "mp3 under-5", &["mp3", "under", "5"]);
    }

    #[test]
    fn places_are_characters_of_the_text() {
        let tokens = tokenize("éteins l'Entrée", "fr");
        let places: Vec<_> = tokens.iter().map(|token| (token.start, token.end)).collect();
        assert_eq!(places, [(0, 6), (7, 9), (9, 15)]);
    }

    proptest! {
        #[test]
        fn words_of_words_are_the_same_words(text in ".{0,60}", french: bool) {
            let language = if french { "fr" } else { "en" };
            let tokens = tokenize(&text, language);
            let length = text.chars().count();
            for pair in tokens.windows(2) {
                prop_assert!(pair[0].end <= pair[1].start);
            }
            for token in &tokens {
                prop_assert!(token.start < token.end && token.end <= length);
                prop_assert!(!token.text.is_empty() && !token.text.contains(' '));
            }
        }
    }
}
