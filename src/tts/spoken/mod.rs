//! From text as it is shown to text as it is spoken: numbers, times, dates, units, signs,
//! abbreviations and addresses become words.
//!
//! Voices read digits by themselves, but not as people do: a French one says « vingt et un heures »,
//! an English one reads `°C` as two letters, and each voice errs differently. A text without digits
//! and signs comes out as it went in, and what comes out once is not changed by a second pass.

mod address;
mod en;
mod fr;
mod numeral;
mod scan;
#[cfg(test)]
mod tests;
mod units;

use crate::nlu::text::is_french;
use units::Unit;

/// The text in words; a language that is neither English nor French keeps its text as it is.
#[must_use]
pub fn speakable(text: &str, language: &str) -> String {
    let tongue: &dyn Tongue = match language.split(['-', '_']).next() {
        _ if is_french(language) => &fr::French,
        Some("en") => &en::English,
        _ => return text.to_owned(),
    };
    scan::Scanner::new(text, tongue).run()
}

/// A short form that is spoken in full.
struct Short {
    written: &'static str,
    spoken: &'static str,
    next: Next,
}

/// What must come after a short form, so that it is one.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    Anything,
    /// A space and a capital: "Dr Martin".
    Capital,
    /// A digit, perhaps after a space: "no. 5".
    Digit,
}

/// A time of day as it is written.
struct Clock {
    hour: u32,
    minute: u32,
    second: Option<u32>,
    /// Written with a colon rather than with an *h*.
    colon: bool,
    /// `am` or `pm` was written after it.
    half: Option<Half>,
}

#[derive(Clone, Copy, PartialEq)]
enum Half {
    Am,
    Pm,
}

/// How a language says what is written in signs.
trait Tongue {
    /// Between whole and decimals.
    fn decimal_marks(&self) -> &'static [char];
    /// Between groups of three digits.
    fn group_marks(&self) -> &'static [char];
    /// A whole number; `feminine` where it agrees with a feminine noun.
    fn cardinal(&self, number: i64, feminine: bool) -> String;
    /// What comes after the decimal mark, in words, with the mark.
    fn decimals(&self, digits: &str) -> String;
    /// `None` when the suffix makes no ordinal: "3rd", "3e".
    fn ordinal(&self, number: i64, suffix: &str) -> Option<String>;
    fn fraction(&self, above: i64, below: i64) -> String;
    /// Before a fraction that follows a whole number: "two and a half".
    fn and(&self) -> &'static str;
    /// Whether a number takes the plural.
    fn plural(&self, number: f64) -> bool;
    /// A unit's name in the singular and the plural.
    fn unit(&self, unit: &Unit) -> (&'static str, &'static str, bool);
    /// An amount of money, its hundredths apart.
    fn money(&self, whole: i64, hundredths: Option<i64>, sign: char) -> Option<String>;
    fn clock(&self, clock: &Clock) -> String;
    /// Whether a time may be written `7 h 05`.
    fn hours_by_letter(&self) -> bool;
    /// The number of a year, as it is said.
    fn year(&self, year: i64) -> String;
    /// Day, month (1–12) and year.
    fn date(&self, day: i64, month: i64, year: Option<i64>, before: &str) -> String;
    /// Whether a word is the name of a month.
    fn is_month(&self, word: &str) -> bool;
    /// Whether a number before this word agrees with it as a feminine.
    fn is_feminine(&self, word: &str) -> bool;
    fn minus(&self) -> &'static str;
    /// Between the ends of a range.
    fn to(&self) -> &'static str;
    fn times(&self) -> &'static str;
    /// Before a number: "#5".
    fn number_sign(&self) -> &'static str;
    /// A sign on its own.
    fn sign(&self, sign: char) -> Option<&'static str>;
    /// A sign within an address of a page or of mail.
    fn address_sign(&self, sign: char) -> &'static str;
    fn shorts(&self) -> &'static [Short];
}
