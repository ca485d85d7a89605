//! What is said about listening and keeping.

use jiff::civil::{Date, DateTime};

/// The day is named where it is not `today`.
pub trait MuteWords {
    /// Nobody is listened to until then, or until a hand changes it; how is said in a few words, for
    /// nobody can ask any more.
    fn not_listening(&self, until: Option<DateTime>, today: Date) -> String;
    fn guest_mode(&self, on: bool) -> String;

    /// No history is kept.
    fn no_history(&self) -> String;
    /// None is kept, and none told, while guests are here.
    fn no_history_with_guests(&self) -> String;
    /// What was heard and when, the latest first; nothing where there is nothing.
    fn i_heard(&self, heard: &[(String, DateTime)], today: Date) -> String;
    /// How many recordings are kept; there are some.
    fn i_recorded(&self, count: usize) -> String;
    /// What was said then is forgotten.
    fn forgotten(&self, at: DateTime, today: Date) -> String;
    /// Asks whether the day is to be forgotten.
    fn forget_today(&self) -> String;
    fn forgotten_today(&self, count: usize) -> String;
}
