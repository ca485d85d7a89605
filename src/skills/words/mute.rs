//! What is said about listening and keeping.

use jiff::civil::{Date, DateTime};

/// The day is named where it is not `today`.
pub trait MuteWords {
    /// Nobody is listened to until then, or until a hand changes it; how is said in a few words, for
    /// nobody can ask any more.
    fn not_listening(&self, until: Option<DateTime>, today: Date) -> String;
    fn guest_mode(&self, on: bool) -> String;
}
