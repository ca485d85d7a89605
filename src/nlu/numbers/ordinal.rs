//! Ordinals: "twenty first", "3rd", "quatre-vingt-dixième", "1er".

use super::{LONGEST, en, fr, say};
use crate::nlu::text::is_french;

/// An ordinal at the start of a row of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ordinal {
    /// From 1.
    pub value: i64,
    /// How many words it takes.
    pub words: usize,
}

/// Every ordinal that `words` start with, shortest first: "two hundredth" is 200.
#[must_use]
pub fn parse_ordinals<S: AsRef<str>>(words: &[S], language: &str) -> Vec<Ordinal> {
    let french = is_french(language);
    let words: Vec<&str> = words.iter().take(LONGEST).map(AsRef::as_ref).collect();
    let mut found = Vec::new();
    if let [number, suffix, ..] = words[..]
        && is_suffix(suffix, french)
        && let Ok(value) = number.parse::<i64>()
        && (1..=super::LIMIT).contains(&value)
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        found.push(Ordinal { value, words: 2 });
    }
    for end in 1..=words.len() {
        if let Some(value) = spoken(&words[..end], french) {
            found.push(Ordinal { value, words: end });
        } else if end == 1 && !begins(words[0], french) {
            break;
        }
    }
    found
}

fn begins(word: &str, french: bool) -> bool {
    if french { fr::starts(word) } else { en::starts(word) || is_scale(word) }
}

/// "Hundredth" and "hundred and fifth" are said without "a".
fn is_scale(word: &str) -> bool {
    matches!(word, "hundred" | "thousand" | "million")
}

fn is_suffix(word: &str, french: bool) -> bool {
    if french {
        matches!(word, "er" | "re" | "ère" | "e" | "ème" | "eme" | "ième" | "nd" | "nde")
    } else {
        matches!(word, "st" | "nd" | "rd" | "th")
    }
}

/// The ordinal that these words are, all of them.
fn spoken(words: &[&str], french: bool) -> Option<i64> {
    let (last, before) = words.split_last()?;
    // "Premier" and "second" stand alone in French: it is "vingt et unième".
    if french && !before.is_empty() && !last.ends_with("ième") {
        return None;
    }
    let cardinal = if french { fr::cardinal_of(last) } else { en::cardinal_of(last) }?;
    let mut row: Vec<&str> = before.iter().copied().chain([cardinal.as_str()]).collect();
    if !french && is_scale(row[0]) {
        row.insert(0, "a");
    }
    let value = if french { fr::value(&row) } else { en::value(&row) }?;
    (value >= 1.0 && value.fract() == 0.0).then_some(value as i64)
}

/// The usual ways to say the ordinal of a number from 1 to [`super::LIMIT`], as rows of words.
#[must_use]
pub fn say_ordinal(number: i64, language: &str) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    if number < 1 {
        return rows;
    }
    for mut row in say(number, language) {
        let Some(last) = row.pop() else { continue };
        let ordinals = if is_french(language) {
            fr::ordinals_of(&last, row.is_empty())
        } else {
            vec![en::ordinal_of(&last)]
        };
        for ordinal in ordinals {
            let row = row.iter().cloned().chain([ordinal]).collect();
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(language: &str, text: &str, value: i64) {
        let words = crate::nlu::text::words(text, language);
        let found = parse_ordinals(&words, language);
        assert!(found.contains(&Ordinal { value, words: words.len() }), "{text}: {found:?}");
    }

    #[test]
    fn in_words_and_in_digits() {
        check("en", "first", 1);
        check("en", "twenty-first", 21);
        check("en", "3rd", 3);
        check("en", "hundred and fifth", 105);
        check("en", "hundredth", 100);
        check("fr", "1er", 1);
        check("fr", "quatre-vingt-dixième", 90);
        check("fr", "septante et unième", 71);
        check("fr", "la première".trim_start_matches("la "), 1);
    }

    #[test]
    fn what_is_no_ordinal() {
        for (language, text) in
            [("en", "half"), ("en", "minus first"), ("en", "the"), ("fr", "vingt premier")]
        {
            let words = crate::nlu::text::words(text, language);
            assert_eq!(parse_ordinals(&words, language), [], "{text}");
        }
    }

    #[test]
    fn what_is_said_is_read_back() {
        for number in 1..=10_000 {
            for language in ["en", "fr"] {
                let rows = say_ordinal(number, language);
                assert!(!rows.is_empty());
                for row in rows {
                    let found = parse_ordinals(&row, language);
                    assert!(
                        found.contains(&Ordinal { value: number, words: row.len() }),
                        "{row:?}: {found:?}"
                    );
                }
            }
        }
    }
}
