//! The words that values are read from, and the small steps that all readers share.

use std::ops::RangeInclusive;

use crate::nlu::numbers;
use crate::nlu::text::is_french;

/// No value takes more words; longer texts are not looked at, so that reading is bounded.
pub(super) const LONGEST: usize = 32;

/// Everything that may stand at a place: where it ends, and what it is.
pub(super) type Found<T> = Vec<(usize, T)>;

/// Normalised words, read from any place.
pub(super) struct Input<'a> {
    words: Vec<&'a str>,
    language: &'a str,
    pub french: bool,
}

impl<'a> Input<'a> {
    pub fn new<S: AsRef<str>>(words: &'a [S], language: &'a str) -> Self {
        let words = words.iter().take(LONGEST).map(AsRef::as_ref).collect();
        Self { words, language, french: is_french(language) }
    }

    /// The word at a place; empty past the last.
    pub fn word(&self, at: usize) -> &'a str {
        self.words.get(at).copied().unwrap_or_default()
    }

    /// Where the longest of these phrases ends, if one of them stands here.
    pub fn phrase(&self, at: usize, phrases: &[&str]) -> Option<usize> {
        let rest = self.words.get(at..).unwrap_or_default();
        let length = |phrase: &&str| {
            let mut length = 0;
            for word in phrase.split(' ') {
                if rest.get(length) != Some(&word) {
                    return None;
                }
                length += 1;
            }
            Some(at + length)
        };
        phrases.iter().filter_map(length).max()
    }

    /// The same, or here if none of them does.
    pub fn skip(&self, at: usize, phrases: &[&str]) -> usize {
        self.phrase(at, phrases).unwrap_or(at)
    }

    /// The entry of a table whose phrase stands here, the longest.
    pub fn entry<T: Copy>(&self, at: usize, table: &[(&str, T)]) -> Option<(usize, T)> {
        let found = table.iter().filter_map(|(said, value)| Some((self.phrase(at, &[*said])?, *value)));
        found.max_by_key(|(end, _)| *end)
    }

    /// Numbers that begin here.
    pub fn numbers(&self, at: usize) -> Found<f64> {
        let found = numbers::parse_all(self.words.get(at..).unwrap_or_default(), self.language);
        found.into_iter().map(|number| (at + number.words, number.value)).collect()
    }

    /// Whole numbers of a range that begin here.
    pub fn wholes(&self, at: usize, range: RangeInclusive<i64>) -> Found<i64> {
        let whole = |(end, value): (usize, f64)| {
            (value.fract() == 0.0 && range.contains(&(value as i64))).then_some((end, value as i64))
        };
        self.numbers(at).into_iter().filter_map(whole).collect()
    }

    /// Ordinals that begin here.
    pub fn ordinals(&self, at: usize) -> Found<i64> {
        let found = numbers::parse_ordinals(self.words.get(at..).unwrap_or_default(), self.language);
        found.into_iter().map(|ordinal| (at + ordinal.words, ordinal.value)).collect()
    }
}

/// Adds a reading, unless one that ends there is known: what is found first is meant first.
pub(super) fn add<T>(found: &mut Found<T>, end: usize, value: T) {
    if found.iter().all(|(known, _)| *known != end) {
        found.push((end, value));
    }
}
