//! What the skills say where the sentence files have no answer, in every language at one place.
//!
//! Skills speak of [`Subject`]s and [`Deed`]s; a language makes sentences of them, with its own
//! articles, genders and plurals. A new language is one more implementation of [`Words`].

pub mod alarms;
mod en;
pub mod facts;
mod fr;
pub mod lists;
pub mod mute;

use jiff::civil::{Date, Time};

use crate::home::backend::Trouble;

/// The words of a language; English where it has none of its own.
#[must_use]
pub fn of(language: &str) -> &'static dyn Words {
    match language {
        "fr" => &fr::French,
        _ => &en::English,
    }
}

/// One device or other thing with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// What it is called in the language spoken.
    pub name: String,
    /// The article that was spoken before the name: `the`, `la`.
    pub article: Option<String>,
}

/// Where something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Anywhere at home.
    Home,
    Area(String),
    Floor(String),
}

/// What several things have in common: a domain or device class, or `device`.
pub type Noun = &'static str;

/// What something is done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    One(Thing),
    Many { noun: Noun, count: usize, place: Place },
}

/// What is done.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    TurnOn,
    TurnOff,
    Open,
    Close,
    Lock,
    Unlock,
    Activate,
    Run,
    StartCleaning,
    ReturnToBase,
    /// Percent.
    Brightness(u8),
    /// English colour name.
    Color(String),
    BrightnessAndColor(u8, String),
    /// Percent open.
    Position(u8),
    /// With its unit.
    Heat(Quantity),
    Pause,
    Resume,
    Next,
    Previous,
    /// Percent.
    Volume(u8),
    Mute,
    Unmute,
}

/// What something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    On,
    Off,
    /// On, at this many percent.
    Dimmed(u8),
    Open,
    Closed,
    /// This many percent open.
    Ajar(u8),
    Locked,
    Unlocked,
    Playing,
    Paused,
    Cleaning,
    Docked,
    /// A detector that found what it looks for.
    Triggered,
    Quiet,
}

/// A number with its unit (`°C`, `%`), which may be empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    pub number: f64,
    pub unit: String,
}

/// A timer, as one speaks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpokenTimer {
    pub name: Option<String>,
    /// How long it was set for.
    pub total_s: u64,
    pub left_s: u64,
    pub paused: bool,
    pub ringing: bool,
}

/// What a command asked too much or too little of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    Brightness,
    Position,
    Volume,
    /// Between these, in this many degrees.
    Temperature(f64, f64),
}

/// How many of a group are in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally<'a> {
    pub noun: Noun,
    pub place: Place,
    pub status: Status,
    /// Names of those that are.
    pub matched: Vec<Thing>,
    /// Names of those that are not.
    pub unmatched: Vec<Thing>,
    /// `any`, `all`, `which` or `how_many`.
    pub question: &'a str,
}

/// Everything that is said; what belongs to one kind of skill is a trait of its own.
pub trait Words: alarms::AlarmWords + lists::ListWords + facts::FactWords + mute::MuteWords + Sync {
    // Deeds.
    fn did(&self, deed: &Deed, subject: &Subject) -> String;
    /// It cannot do that.
    fn unable(&self, deed: &Deed, subject: &Subject) -> String;
    /// There is no such thing there.
    fn none(&self, noun: Noun, place: &Place) -> String;
    /// This one is not there.
    fn not_there(&self, thing: &Thing, place: &Place) -> String;
    /// Several bear the name.
    fn which_one(&self, thing: &Thing, places: &[Place]) -> String;
    fn unknown_name(&self, name: &str) -> String;
    /// These did not do what they were told.
    fn trouble(&self, trouble: Trouble, things: &[Thing]) -> String;
    fn limit(&self, limit: Limit) -> String;
    fn own_volume(&self, percent: u8) -> String;
    fn own_mute(&self, muted: bool) -> String;

    // Answers.
    fn is(&self, thing: &Thing, status: Status) -> String;
    fn yes_no(&self, yes: bool, thing: &Thing, status: Status) -> String;
    fn tally(&self, tally: &Tally) -> String;
    fn reads(&self, thing: &Thing, quantity: &Quantity) -> String;
    fn reads_words(&self, thing: &Thing, words: &str) -> String;
    /// Its state is not known.
    fn unknown_state(&self, thing: &Thing) -> String;
    fn temperature(&self, readings: &[(Place, Quantity)]) -> String;
    /// Nothing there measures temperature.
    fn no_temperature(&self, place: &Place) -> String;
    /// `place` is the name of a place, where one was named.
    fn weather(&self, condition: Option<&str>, temperature: Option<&Quantity>, place: Option<&str>)
    -> String;
    fn no_weather(&self, place: Option<&str>) -> String;
    fn quantity(&self, quantity: &Quantity) -> String;

    // Time.
    fn time(&self, time: Time) -> String;
    fn date(&self, date: Date) -> String;

    // Timers.
    fn timer_started(&self, timer: &SpokenTimer) -> String;
    fn timer_cancelled(&self, timer: &SpokenTimer) -> String;
    fn timers_cancelled(&self, count: usize) -> String;
    fn timer_paused(&self, timer: &SpokenTimer) -> String;
    fn timer_resumed(&self, timer: &SpokenTimer) -> String;
    fn timer_changed(&self, timer: &SpokenTimer) -> String;
    fn timer_status(&self, timers: &[SpokenTimer]) -> String;
    fn timer_done(&self, timer: &SpokenTimer) -> String;
    /// It ran out at this time, and nobody could say so.
    fn timer_missed(&self, timer: &SpokenTimer, at: Time) -> String;
    fn timers_done(&self, count: usize) -> String;
    fn no_timer(&self) -> String;
    fn no_such_timer(&self) -> String;
    fn which_timer(&self, timers: &[SpokenTimer]) -> String;
    fn timer_too_short(&self) -> String;
    fn timer_too_long(&self, days: u64) -> String;
    fn too_many_timers(&self, limit: usize) -> String;
    fn not_that_much_left(&self, timer: &SpokenTimer) -> String;
    fn no_paused_timer(&self) -> String;
    fn no_running_timer(&self) -> String;

    // Talk.
    /// What people say most, about devices such as these.
    fn examples(&self, light: Option<&Thing>, cover: Option<&Thing>, lock: Option<&Thing>) -> Vec<String>;
    fn help(&self, examples: &[String]) -> String;
    fn nothing_said(&self) -> String;
    fn not_understood(&self) -> String;
    /// Asks which of these names was meant.
    fn did_you_mean(&self, names: &[String]) -> String;
    /// Asks which of these is meant.
    fn which_of(&self, names: &[String]) -> String;
    fn failed(&self) -> String;
    /// A skill has a bug.
    fn went_wrong(&self) -> String;

    // Questions and what comes after them.
    fn for_how_long(&self) -> String;
    fn by_how_much(&self) -> String;
    fn to_what_brightness(&self) -> String;
    fn to_what_temperature(&self) -> String;
    fn to_what_position(&self) -> String;
    fn turn_on_what(&self) -> String;
    fn turn_off_what(&self) -> String;
    /// Asks whether this is really to be done.
    fn shall_i(&self, deed: &Deed, subjects: &[Subject]) -> String;
    /// One of several that bear a name: "the one in the Kitchen".
    fn one_in(&self, place: &Place) -> String;
    /// A timer to choose: "the pizza timer".
    fn timer_called(&self, timer: &SpokenTimer) -> String;
    /// The question again, after an answer that was none.
    fn ask_again(&self, question: &str) -> String;
    /// Two answers were none.
    fn give_up(&self) -> String;
    /// As you wish: nothing is done.
    fn all_right(&self) -> String;
    /// Done, in one word.
    fn ok(&self) -> String;
    fn undone(&self) -> String;
    fn nothing_to_undo(&self) -> String;
    /// "It", and nothing was spoken of.
    fn what_do_you_mean(&self) -> String;
    fn no_other(&self) -> String;
    fn no_skill(&self) -> String;
}

/// `a`, `a and b`, `a, b and c`.
fn enumerate<S: AsRef<str>>(items: &[S], and: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [firsts @ .., last] => {
            let firsts: Vec<_> = firsts.iter().map(AsRef::as_ref).collect();
            format!("{} {and} {}", firsts.join(", "), last.as_ref())
        }
    }
}

/// Names of many things: the first few, and how many more there are.
const SHOWN: usize = 5;

/// With a capital letter at the beginning.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// Hours, minutes and seconds.
fn split(seconds: u64) -> (u64, u64, u64) {
    (seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests;
