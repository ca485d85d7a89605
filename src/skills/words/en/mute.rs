//! Listening and keeping, in English.

use jiff::civil::{Date, DateTime};

use super::super::enumerate;
use super::super::mute::MuteWords;
use super::English;
use super::grammar::clock_time;

/// A time of the last days.
fn when(at: DateTime, today: Date) -> String {
    let time = clock_time(at.time());
    if at.date() == today {
        format!("at {time}")
    } else {
        format!("{} at {time}", super::alarms::day(at.date(), today))
    }
}

impl MuteWords for English {
    fn not_listening(&self, until: Option<DateTime>, today: Date) -> String {
        match until {
            Some(until) if until.date() == today => {
                format!("I'm not listening until {}.", clock_time(until.time()))
            }
            Some(until) => {
                let day = super::alarms::day(until.date(), today);
                let day = day.trim_start_matches("on ");
                format!("I'm not listening until {day} at {}.", clock_time(until.time()))
            }
            None => "I'm not listening any more. Unmute me by hand.".into(),
        }
    }

    fn guest_mode(&self, on: bool) -> String {
        if on { "Guest mode is on. I keep no history." } else { "Guest mode is off." }.into()
    }

    fn no_history(&self) -> String {
        "I keep nothing of what is said.".into()
    }

    fn no_history_with_guests(&self) -> String {
        "While guest mode is on, I keep nothing of what is said, and tell nothing of before.".into()
    }

    fn i_heard(&self, heard: &[(String, DateTime)], today: Date) -> String {
        if heard.is_empty() {
            return "I have kept nothing that was said.".into();
        }
        let said = |(text, at): &(String, DateTime)| format!("“{text}” {}", when(*at, today));
        let said: Vec<_> = heard.iter().map(said).collect();
        format!("I heard {}.", enumerate(&said, "and"))
    }

    fn i_recorded(&self, count: usize) -> String {
        match count {
            1 => "I have kept one recording.".into(),
            _ => format!("I have kept {count} recordings."),
        }
    }

    fn forgotten(&self, at: DateTime, today: Date) -> String {
        format!("I have forgotten what was said {}.", when(at, today))
    }

    fn forget_today(&self) -> String {
        "Shall I forget everything that was said today?".into()
    }

    fn forgotten_today(&self, count: usize) -> String {
        match count {
            0 => "I have kept nothing of today.".into(),
            1 => "I have forgotten one command of today.".into(),
            _ => format!("I have forgotten {count} commands of today."),
        }
    }
}
