//! Values that people say: numbers, durations, times, dates, rhythms, quantities, colours.
//!
//! A text is [`parse_all`]d without a clock, so that understanding depends on the text alone; what
//! is meant by "at seven" or "tomorrow" is [`resolve`]d when somebody acts on it. The shapes of the
//! values are in docs/understanding.md. What cannot be (25 o'clock, the 31st of February, minus
//! five minutes) is no value: no reading is given for it.

pub mod color;
mod date;
mod duration;
mod input;
mod moment;
mod quantity;
mod recurring;
mod resolve;
mod say;
mod time;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use date::Day;
pub use moment::Moment;
pub use quantity::Scale;
pub use recurring::{Period, Recurrence, Weekdays};
pub(super) use resolve::number;
pub use resolve::{resolve, settle, value};
pub use say::say;
pub use time::TimeOfDay;

use input::{Found, Input};

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Number,
    Ordinal,
    Percentage,
    Duration,
    Time,
    Date,
    Datetime,
    Recurring,
    Temperature,
    Color,
    Money,
}

impl Kind {
    pub const ALL: [Self; 11] = [
        Self::Number,
        Self::Ordinal,
        Self::Percentage,
        Self::Duration,
        Self::Time,
        Self::Date,
        Self::Datetime,
        Self::Recurring,
        Self::Temperature,
        Self::Color,
        Self::Money,
    ];

    /// As sentence files write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Ordinal => "ordinal",
            Self::Percentage => "percentage",
            Self::Duration => "duration",
            Self::Time => "time",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::Recurring => "recurring",
            Self::Temperature => "temperature",
            Self::Color => "color",
            Self::Money => "money",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A value as it was said, before any clock is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Parsed {
    Number(f64),
    /// From 1.
    Ordinal(i64),
    /// 50 for "fifty percent".
    Percentage(f64),
    /// Seconds, 0 or more.
    Duration(f64),
    Time(TimeOfDay),
    Date(Day),
    Datetime(Moment),
    Recurring(Recurrence),
    /// Degrees; of which scale, where it was said.
    Temperature(f64, Option<Scale>),
    /// One of [`color::names`].
    Color(&'static str),
    /// Amount and ISO 4217 code; none for cents alone, which several currencies have.
    Money(f64, Option<&'static str>),
}

/// Every value of a kind that `words` (normalised, see [`crate::nlu::text`]) start with, and how
/// many words it takes: shortest first, one for each length.
#[must_use]
pub fn parse_all<S: AsRef<str>>(kind: Kind, words: &[S], language: &str) -> Vec<(usize, Parsed)> {
    let input = Input::new(words, language);
    let mut found = match kind {
        Kind::Number => each(input.numbers(0), Parsed::Number),
        Kind::Ordinal => each(input.ordinals(0), Parsed::Ordinal),
        Kind::Percentage => quantity::percentages(&input, 0),
        Kind::Duration => each(duration::durations(&input, 0), Parsed::Duration),
        Kind::Time => each(moment::times_at(&input, 0), Parsed::Time),
        Kind::Date => each(date::days(&input, 0), Parsed::Date),
        Kind::Datetime => each(moment::moments(&input, 0), Parsed::Datetime),
        Kind::Recurring => each(recurring::recurrences(&input, 0), Parsed::Recurring),
        Kind::Temperature => quantity::temperatures(&input, 0),
        Kind::Color => color::colors(&input, 0),
        Kind::Money => quantity::moneys(&input, 0),
    };
    found.sort_by_key(|(length, _)| *length);
    found
}

/// The value that `words` are, all of them.
#[must_use]
pub fn parse<S: AsRef<str>>(kind: Kind, words: &[S], language: &str) -> Option<Parsed> {
    parse_all(kind, words, language)
        .into_iter()
        .find(|(length, _)| *length == words.len())
        .map(|(_, parsed)| parsed)
}

fn each<T>(found: Found<T>, make: impl Fn(T) -> Parsed) -> Vec<(usize, Parsed)> {
    found.into_iter().map(|(end, value)| (end, make(value))).collect()
}
