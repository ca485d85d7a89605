//! Listening and keeping, in English.

use jiff::civil::{Date, DateTime};

use super::super::mute::MuteWords;
use super::English;
use super::grammar::clock_time;

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
}
