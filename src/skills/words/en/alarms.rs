//! English: alarms, reminders, and what rings.

use jiff::civil::{Date, DateTime, Time};

use super::super::alarms::{AlarmWords, Kind, SpokenAlarm};
use super::super::{SpokenTimer, capital, enumerate};
use super::grammar::{DAYS, MONTHS, clock_time, count, ordinal, timer};
use crate::nlu::entities::{Period, Weekdays};
use crate::skills::alarm::rule::Rule;

fn noun(kind: Kind, count: usize) -> &'static str {
    match (kind, count) {
        (Kind::Alarm, 1) => "alarm",
        (Kind::Alarm, _) => "alarms",
        (Kind::Reminder, 1) => "reminder",
        (Kind::Reminder, _) => "reminders",
    }
}

pub(super) fn at(time: Time) -> String {
    format!("at {}", clock_time(time))
}

/// `tomorrow`, `on Tuesday`, `on the 3rd of March`.
pub(super) fn day(date: Date, today: Date) -> String {
    let days = date.duration_since(today).as_hours() / 24;
    match days {
        -1 => "yesterday".into(),
        0 => "today".into(),
        1 => "tomorrow".into(),
        -6..=6 => format!("on {}", DAYS[date.weekday().to_monday_zero_offset() as usize]),
        _ => {
            let year = if date.year() == today.year() { String::new() } else { format!(" {}", date.year()) };
            format!("on the {} of {}{year}", ordinal(date.day()), MONTHS[date.month() as usize - 1])
        }
    }
}

fn every(rule: &Rule) -> String {
    let some = |unit: &str| match rule.every {
        1 => format!("every {unit}"),
        2 => format!("every other {unit}"),
        many => format!("every {many} {unit}s"),
    };
    match rule.unit {
        Period::Second => some("second"),
        Period::Minute => some("minute"),
        Period::Hour => some("hour"),
        Period::Day => some("day"),
        Period::Week if rule.every == 1 && rule.days == Weekdays::WORKING => "every weekday".into(),
        Period::Week if rule.every == 1 && rule.days == Weekdays::WEEKEND => "on weekends".into(),
        Period::Week => {
            let own = Weekdays::one(rule.first.weekday().to_monday_one_offset().cast_unsigned());
            let days = if rule.days.0 == 0 { own } else { rule.days };
            let names: Vec<_> = days.iter().map(|day| DAYS[usize::from(day) - 1]).collect();
            let names = enumerate(&names, "and");
            match rule.every {
                1 => format!("every {names}"),
                2 => format!("every other {names}"),
                many => format!("every {many} weeks on {names}"),
            }
        }
        Period::Month => {
            let on = ordinal(rule.day.map_or(rule.first.day(), u8::cast_signed));
            format!("on the {on} of {}", some("month"))
        }
        Period::Year => {
            let month = MONTHS[rule.first.month() as usize - 1];
            format!("{} on the {} of {month}", some("year"), ordinal(rule.first.day()))
        }
    }
}

/// `tomorrow at 7 o'clock in the morning`, `every weekday at …`.
fn when(it: &SpokenAlarm, today: Date) -> String {
    match &it.rule {
        Some(rule) if rule.seconds().is_some() => every(rule),
        Some(rule) => format!("{} {}", every(rule), at(rule.first.time())),
        None => format!("{} {}", day(it.at.date(), today), at(it.at.time())),
    }
}

/// `alarm`, `gym alarm`, `reminder`.
fn called(it: &SpokenAlarm) -> String {
    match (it.kind, &it.text) {
        (Kind::Alarm, Some(name)) => format!("{name} alarm"),
        (kind, _) => noun(kind, 1).into(),
    }
}

/// What somebody said of themselves, said to them.
fn yours(text: &str) -> String {
    let turned = |word: &str| {
        match word {
            "my" | "our" => "your",
            "me" | "i" | "I" | "us" | "we" => "you",
            "mine" | "ours" => "yours",
            "myself" => "yourself",
            "i'm" | "I'm" => "you're",
            _ => return word.to_owned(),
        }
        .to_owned()
    };
    text.split(' ').map(turned).collect::<Vec<_>>().join(" ")
}

fn text(it: &SpokenAlarm) -> String {
    yours(it.text.as_deref().unwrap_or_default())
}

impl AlarmWords for super::English {
    fn alarm_set(&self, it: &SpokenAlarm, today: Date) -> String {
        match it.kind {
            Kind::Alarm => format!("Your {} will ring {}.", called(it), when(it, today)),
            Kind::Reminder => format!("I will remind you {}: {}.", when(it, today), text(it)),
        }
    }

    fn alarm_cancelled(&self, it: &SpokenAlarm, today: Date) -> String {
        match it.kind {
            Kind::Alarm => format!("Your {} {} is cancelled.", called(it), when(it, today)),
            Kind::Reminder => format!("I will not remind you {}: {}.", when(it, today), text(it)),
        }
    }

    fn alarms_cancelled(&self, kind: Kind, count: usize) -> String {
        match count {
            0 => self.no_alarm(kind),
            1 => format!("The {} is cancelled.", noun(kind, 1)),
            _ => format!("All {count} {} are cancelled.", noun(kind, count)),
        }
    }

    fn alarm_skipped(&self, it: &SpokenAlarm, today: Date) -> String {
        format!("Your {} will ring next {} {}.", called(it), day(it.at.date(), today), at(it.at.time()))
    }

    fn alarm_status(&self, kind: Kind, all: &[SpokenAlarm], today: Date) -> String {
        let said = |it: &SpokenAlarm| {
            let again = match &it.rule {
                Some(rule) if rule.seconds().is_none() => {
                    format!(", next {} {}", day(it.at.date(), today), at(it.at.time()))
                }
                _ => String::new(),
            };
            match (it.ringing, it.kind) {
                (true, Kind::Alarm) => format!("Your {} is ringing.", called(it)),
                (true, Kind::Reminder) => format!("Now: {}.", text(it)),
                (_, Kind::Alarm) => format!("Your {} will ring {}{again}.", called(it), when(it, today)),
                (_, Kind::Reminder) => format!("{}: {}.", capital(&when(it, today)), text(it)),
            }
        };
        let shown: Vec<_> = all.iter().take(3).map(said).collect();
        match all.len() {
            0 => self.no_alarm(kind),
            1 if kind == Kind::Alarm => shown.concat(),
            1 => format!("You have one reminder. {}", shown.concat()),
            many => {
                let more = if many > 3 { " The next ones:" } else { "" };
                format!("You have {many} {}.{more} {}", noun(kind, many), shown.join(" "))
            }
        }
    }

    fn alarm_rings(&self, it: &SpokenAlarm, now: Time) -> String {
        match it.kind {
            Kind::Alarm => format!("Your {}: it is {}.", called(it), clock_time(now)),
            Kind::Reminder => format!("Reminder: {}.", text(it)),
        }
    }

    fn alarm_missed(&self, it: &SpokenAlarm, due: DateTime, rang: bool, today: Date) -> String {
        let then = match day(due.date(), today) {
            day if day == "today" => at(due.time()),
            day => format!("{day} {}", at(due.time())),
        };
        match (it.kind, rang) {
            (Kind::Alarm, false) => format!("While I was off, your {} was due, {then}.", called(it)),
            (Kind::Alarm, true) => format!("Your {} rang {then}, and nobody stopped it.", called(it)),
            (Kind::Reminder, false) => {
                format!("While I was off, a reminder was due, {then}: {}.", text(it))
            }
            (Kind::Reminder, true) => format!("I reminded you {then}, and nobody answered: {}.", text(it)),
        }
    }

    fn timer_in_vain(&self, it: &SpokenTimer, then: Time) -> String {
        format!("Your {} rang {}, and nobody stopped it.", timer(it), at(then))
    }

    fn alarm_called(&self, it: &SpokenAlarm, today: Date) -> String {
        match (it.kind, &it.text) {
            (Kind::Alarm, Some(_)) => format!("the {}", called(it)),
            (Kind::Alarm, None) => format!("the one {}", when(it, today)),
            (Kind::Reminder, _) => format!("“{}”", text(it)),
        }
    }

    fn which_alarm(&self, kind: Kind, all: &[SpokenAlarm], today: Date) -> String {
        let shown: Vec<_> = all.iter().take(3).map(|it| self.alarm_called(it, today)).collect();
        format!("There are {} {}. Which one: {}?", all.len(), noun(kind, 2), enumerate(&shown, "or"))
    }

    fn no_alarm(&self, kind: Kind) -> String {
        format!("There are no {}.", noun(kind, 2))
    }

    fn no_such_alarm(&self, kind: Kind) -> String {
        format!("There is no such {}.", noun(kind, 1))
    }

    fn too_many_alarms(&self, limit: usize) -> String {
        format!("There are {limit} alarms and reminders already, and I cannot keep more. Cancel some first.")
    }

    fn reminder_too_long(&self) -> String {
        "That is too long for a reminder.".into()
    }

    fn many_ring(&self, number: usize) -> String {
        format!("{number} timers and alarms are ringing.")
    }

    fn many_missed(&self, number: usize) -> String {
        format!("{number} timers and alarms were missed.")
    }

    fn nothing_rings(&self) -> String {
        "Nothing is ringing.".into()
    }

    fn snoozed(&self, then: Time) -> String {
        format!("I will ring again {}.", at(then))
    }

    fn for_when(&self) -> String {
        "For when?".into()
    }

    fn at_what_time(&self) -> String {
        "At what time?".into()
    }

    fn remind_of_what(&self) -> String {
        "What shall I remind you of?".into()
    }

    fn no_such_time(&self) -> String {
        "I do not know when that is, so nothing is set.".into()
    }

    fn no_such_length(&self) -> String {
        "I cannot count that long, so nothing is set.".into()
    }

    fn is_past(&self) -> String {
        "That is past, so nothing is set.".into()
    }

    fn too_far(&self, years: i32) -> String {
        format!("That is too far away: I look {years} years ahead at most.")
    }

    fn too_often(&self, minutes: i64) -> String {
        format!("That is too often: every {} at most.", count(minutes.unsigned_abs(), "minute"))
    }
}
