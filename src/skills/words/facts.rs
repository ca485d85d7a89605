//! What is said about sums, units, the calendar, and the assistant itself.

use jiff::civil::{Date, Time};

/// Something that people ask the assistant about itself, or just say to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// "Are you recording me?"
    Recording,
    /// "Who are you?"
    Who,
    Hello,
    GoodNight,
    Thanks,
    HowAreYou,
    Joke,
}

impl Topic {
    /// The topic of a slot's value.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "recording" => Self::Recording,
            "who" => Self::Who,
            "hello" => Self::Hello,
            "good night" => Self::GoodNight,
            "thanks" => Self::Thanks,
            "how are you" => Self::HowAreYou,
            "joke" => Self::Joke,
            _ => return None,
        })
    }
}

/// Numbers come as text with a decimal point; `exact` is whether nothing was rounded away. Units
/// are ids of `skills/sums/units.rs`.
pub trait FactWords {
    fn result(&self, number: &str, exact: bool) -> String;
    fn divided_by_zero(&self) -> String;
    fn no_real_root(&self) -> String;
    fn too_large(&self) -> String;
    fn converted(&self, amount: &str, from: &str, result: &str, to: &str, exact: bool) -> String;
    /// Litres in metres.
    fn not_convertible(&self, from: &str, to: &str) -> String;

    /// `days` is how far the day there is from the day here: −1, 0 or 1.
    fn time_in(&self, city: &str, time: Time, days: i32) -> String;
    fn day_of(&self, date: Date) -> String;
    /// `days` from today; negative when it is over.
    fn days_until(&self, date: Date, days: i64) -> String;
    fn week(&self, number: i8) -> String;
    fn no_such_day(&self) -> String;

    fn talk(&self, topic: Topic) -> String;
    /// Nothing was said that could be announced.
    fn nothing_to_announce(&self) -> String;
}
