//! What is told of listening, to people who type.

use jiff::{Timestamp, ZonedDateTime};

use super::switch::{self, Reading, SwitchConfig};
use super::{Cause, Muted};

/// Whether a switch mutes at this moment, as far as that can be seen without running its program.
#[must_use]
pub fn switched_off(switch: Option<&SwitchConfig>) -> Option<Muted> {
    let SwitchConfig::File { file, muted_when } = switch? else { return None };
    let cause = match switch::read(file, muted_when) {
        Reading::Listening => return None,
        Reading::Muted => Cause::Switch,
        Reading::Unknown(reason) => Cause::NoSwitch(reason),
    };
    Some(Muted { cause, until: None })
}

/// Whether anybody is listened to, why not, and what changes it.
#[must_use]
pub fn said(muted: Option<&Muted>, now: &ZonedDateTime) -> String {
    let Some(Muted { cause, until }) = muted else { return "the microphone is on".into() };
    let until = match (cause, until) {
        (Cause::Switch | Cause::NoSwitch(_), _) => String::new(),
        (_, Some(until)) => format!(" until {}", shown(*until, now)),
        (_, None) => " until `entrenous unmute`".into(),
    };
    let why = match cause {
        Cause::Switch => "by the switch; turn it".into(),
        Cause::NoSwitch(reason) => format!("because of the switch: {reason}"),
        Cause::Hand => "by hand".into(),
        Cause::Plan => "by the plan in the settings; `entrenous unmute` ends it this once".into(),
    };
    format!("the microphone is off{until}, {why}")
}

/// A time, with its day where that is not today.
#[must_use]
pub fn shown(at: Timestamp, now: &ZonedDateTime) -> String {
    let at = at.to_zoned_datetime(now.time_zone().clone());
    let form = if at.date() == now.date() { "%H:%M" } else { "%A %H:%M" };
    at.strftime(form).to_string()
}
