//! Time of day: "half past seven", "7:30 pm", "huit heures moins le quart", "midi".

mod en;
mod fr;

use serde::{Deserialize, Serialize};

use super::input::{Found, Input, add};

/// A time of day as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeOfDay {
    /// 0–23.
    pub hour: u8,
    pub minute: u8,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub second: u8,
    /// "Seven" may also be twelve hours later.
    #[serde(default, skip_serializing_if = "is_false")]
    pub either: bool,
    /// Only a part of the day was said; the time is one that people mean by it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub vague: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(value: &bool) -> bool {
    !value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(value: &u8) -> bool {
    *value == 0
}

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Morning,
    Afternoon,
    Evening,
    Night,
}

impl TimeOfDay {
    /// A time on a clock of twelve hours (1–12), or of 24.
    pub(super) fn said(hour: i64, minute: i64) -> Self {
        let either = (1..=12).contains(&hour);
        Self { hour: hour as u8, minute: minute as u8, second: 0, either, vague: false }
    }

    /// A time that can only mean one.
    #[must_use]
    pub fn exact(hour: u8, minute: u8) -> Self {
        Self { hour, minute, second: 0, either: false, vague: false }
    }

    /// So many minutes before.
    fn before(self, minutes: i64) -> Self {
        let all = (i64::from(self.hour) * 60 + i64::from(self.minute) - minutes).rem_euclid(24 * 60);
        Self { hour: (all / 60) as u8, minute: (all % 60) as u8, ..self }
    }

    /// The same in a part of the day; `None` where it is not in it.
    pub(super) fn in_part(self, part: Part) -> Option<Self> {
        let hours = part.hours();
        let candidates = [self.hour, (self.hour + 12) % 24];
        let said = if self.either { &candidates[..] } else { &candidates[..1] };
        // "Twelve at night" is midnight, "twelve in the morning" too.
        let hour = said.iter().find(|hour| hours.contains(hour))?;
        Some(Self { hour: *hour, either: false, ..self })
    }
}

impl Part {
    fn hours(self) -> &'static [u8] {
        match self {
            Self::Morning => &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
            Self::Afternoon => &[12, 13, 14, 15, 16, 17, 18, 19],
            Self::Evening => &[16, 17, 18, 19, 20, 21, 22, 23],
            Self::Night => &[18, 19, 20, 21, 22, 23, 0, 1, 2, 3, 4, 5],
        }
    }

    /// When it is meant to be, where nothing more is said.
    pub fn time(self) -> TimeOfDay {
        let hour = match self {
            Self::Morning => 8,
            Self::Afternoon => 15,
            Self::Evening => 19,
            Self::Night => 22,
        };
        TimeOfDay { vague: true, ..TimeOfDay::exact(hour, 0) }
    }
}

/// A part of the day after a time: "in the morning", "du soir", "pm".
pub(super) fn part_after(input: &Input<'_>, at: usize) -> Option<(usize, Part)> {
    input.entry(at, if input.french { &fr::PARTS_AFTER } else { &en::PARTS_AFTER })
}

/// A part of the day after a day or by itself: "tomorrow morning", "le soir".
pub(super) fn part(input: &Input<'_>, at: usize) -> Option<(usize, Part)> {
    input.entry(at, if input.french { &fr::PARTS } else { &en::PARTS })
}

/// Times that begin here, without a word such as "at" before them.
pub(super) fn times(input: &Input<'_>, at: usize) -> Found<TimeOfDay> {
    let plain = if input.french { fr::times(input, at) } else { en::times(input, at) };
    let mut found = Found::new();
    for (end, time) in plain.into_iter().chain(written(input, at)) {
        add(&mut found, end, time);
        if let Some((end, half)) = half_day(input, end)
            && let Some(time) = time.in_half(half)
        {
            add(&mut found, end, time);
        }
        if let Some((end, part)) = part_after(input, end)
            && let Some(time) = time.in_part(part)
        {
            add(&mut found, end, time);
        }
    }
    found.sort_by_key(|(end, _)| *end);
    found
}

/// `7:30`, `07:30:15`; English also `7.30`. A zero in front says that all 24 hours are meant.
fn written(input: &Input<'_>, at: usize) -> Option<(usize, TimeOfDay)> {
    let word = input.word(at);
    let parts: Vec<&str> = if word.contains(':') {
        word.split(':').collect()
    } else if !input.french && word.contains('.') {
        word.split('.').collect()
    } else {
        return None;
    };
    let (hour, rest) = parts.split_first()?;
    let number = |text: &str, limit: u8| text.parse::<u8>().ok().filter(|value| *value < limit);
    let two = |text: &&str| (text.len() == 2).then(|| number(text, 60)).flatten();
    let minute = rest.first().and_then(two)?;
    let second = match &rest[1..] {
        [] => 0,
        [second] => two(second)?,
        _ => return None,
    };
    let time = TimeOfDay::said(i64::from(number(hour, 24)?), i64::from(minute));
    let either = time.either && !hour.starts_with('0') && second == 0;
    Some((at + 1, TimeOfDay { second, either, ..time }))
}

/// Before or after noon, as English says it.
#[derive(Clone, Copy)]
enum Half {
    Am,
    Pm,
}

fn half_day(input: &Input<'_>, at: usize) -> Option<(usize, Half)> {
    const HALVES: [(&str, Half); 4] =
        [("am", Half::Am), ("a m", Half::Am), ("pm", Half::Pm), ("p m", Half::Pm)];
    if input.french { None } else { input.entry(at, &HALVES) }
}

impl TimeOfDay {
    fn in_half(self, half: Half) -> Option<Self> {
        let is_pm = matches!(half, Half::Pm);
        if !self.either {
            return (is_pm == (self.hour >= 12) && !self.vague).then_some(self);
        }
        Some(Self { hour: self.hour % 12 + if is_pm { 12 } else { 0 }, either: false, ..self })
    }
}
