//! Planned mutes: from a time of day to another, on some days of the week.
//!
//! Times are those of the clock on the wall. Where it is set forward over the beginning or the end, the
//! change is that moment; where an hour comes twice, a mute begins the first time and ends the second:
//! in doubt nobody is listened to.

use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::{Disambiguation, TimeZone};
use jiff::{Span, Timestamp};

/// A mute that comes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    pub from: Time,
    /// On the next day where this is not after `from`.
    pub to: Time,
    /// On which days it begins; empty: on all.
    pub days: Vec<Weekday>,
}

/// Whole days between which windows are looked for, around a moment.
const REACH: i64 = 2;

/// As many windows as may follow one another without a gap: then it is no window, but always.
const CHAIN: usize = 16;

impl Window {
    /// From when to when it is, where it begins on the day that is `days` after that of a moment.
    fn begun(&self, at: Timestamp, days: i64, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let date = zone.to_datetime(at).date().checked_add(Span::new().days(days)).ok()?;
        if !self.days.is_empty() && !self.days.contains(&date.weekday()) {
            return None;
        }
        let last = if self.to <= self.from { date.tomorrow().ok()? } else { date };
        let from = moment(date.to_datetime(self.from), zone, Disambiguation::Earlier)?;
        let to = moment(last.to_datetime(self.to), zone, Disambiguation::Later)?;
        Some((from, to))
    }

    /// When it ends, if it is now.
    fn end(&self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let begun = (-REACH..=REACH).filter_map(|days| self.begun(at, days, zone));
        begun.filter(|(from, to)| *from <= at && at < *to).map(|(_, to)| to).max()
    }
}

/// When what is planned ends, if it is now. Windows that follow one another are one; where they follow
/// one another without end, it ends never: [`Timestamp::MAX`].
pub(super) fn end(plan: &[Window], at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let latest = |at| plan.iter().filter_map(|window| window.end(at, zone)).max();
    let mut end = latest(at)?;
    for _ in 0..CHAIN {
        match latest(end) {
            Some(later) => end = later,
            None => return Some(end),
        }
    }
    Some(Timestamp::MAX)
}

/// When the clock on the wall shows this: of two times the one that is wanted, of none the moment at
/// which it is set forward.
fn moment(shown: DateTime, zone: &TimeZone, which: Disambiguation) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(shown);
    if matches!(ambiguous.offset(), jiff::tz::AmbiguousOffset::Gap { .. }) {
        let before = zone.to_ambiguous_timestamp(shown).earlier().ok()?;
        return zone.following(before).next().map(|change| change.timestamp());
    }
    ambiguous.disambiguate(which).ok()
}
