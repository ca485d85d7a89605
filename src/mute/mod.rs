//! Whether the house listens: decided here, and nowhere else.
//!
//! From strongest to weakest:
//!
//! 1. the **switch**: what a hand can feel wins over everything that was said, typed or planned; one
//!    that cannot be read counts as off, for nobody is to be listened to by a broken wire;
//! 2. a **mute by hand** (by voice or `entrenous mute`), with an end or without;
//! 3. an **unmute by hand**, which ends a planned mute for that one time;
//! 4. the **plan** of the settings.
//!
//! Deciding is pure; what is known comes from the settings, the store and the switch. Closing the
//! microphone is the driver's business: it asks [`Mute::now`] and obeys.

pub mod guest;
mod plan;
pub mod switch;
#[cfg(test)]
mod tests;
mod told;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use plan::Window;
pub use switch::{Reading, Switch, SwitchConfig};
pub use told::{said, shown, switched_off};

use crate::clock::{Clock, Uptime};
use crate::event::EventKind;
use crate::store::{Store, StoreError};

/// Where the store keeps what was said by hand.
pub const NAMESPACE: &str = "privacy";
const KEY: &str = "mute";

/// The longest mute with an end that can be asked for.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How often one end may run into the next cause: a mute by hand into a plan, and not much more.
const ENDS: usize = 4;

/// What was said by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hand {
    /// Do not listen.
    Mute {
        /// By the clock on the wall; none: until it is taken back.
        until: Option<Timestamp>,
        /// The same by the clock that nobody sets, where a length was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Uptime>,
    },
    /// Listen, although the plan says otherwise, until then.
    Listen { until: Timestamp },
}

/// Why nobody is listened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    Switch,
    /// The switch cannot be read, and this is why.
    NoSwitch(String),
    Hand,
    Plan,
}

/// That nobody is listened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Muted {
    pub cause: Cause,
    /// When somebody is listened to again, if nothing is changed by hand; `None` where only a hand
    /// ends it.
    pub until: Option<Timestamp>,
}

/// What is known at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub now: Timestamp,
    pub zone: &'a TimeZone,
    pub uptime: Option<&'a Uptime>,
    pub switch: Option<&'a Reading>,
    pub hand: Option<&'a Hand>,
    pub plan: &'a [Window],
}

/// Whether, why and until when nobody is listened to.
#[must_use]
pub fn decide(known: &Known) -> Option<Muted> {
    match known.switch {
        Some(Reading::Muted) => return Some(Muted { cause: Cause::Switch, until: None }),
        Some(Reading::Unknown(reason)) => {
            return Some(Muted { cause: Cause::NoSwitch(reason.clone()), until: None });
        }
        Some(Reading::Listening) | None => {}
    }
    let (cause, end) = without_switch(known, known.now)?;
    let mut until = end;
    for _ in 0..ENDS {
        let Some(end) = until else { break };
        match without_switch(known, end) {
            Some((_, next)) => until = next,
            None => break,
        }
    }
    Some(Muted { cause, until: until.filter(|until| *until < Timestamp::MAX) })
}

/// What mutes at a moment, and when that alone ends.
fn without_switch(known: &Known, at: Timestamp) -> Option<(Cause, Option<Timestamp>)> {
    match known.hand {
        Some(Hand::Mute { until, due }) => {
            let counted = due.as_ref().zip(known.uptime);
            let end = counted.and_then(|(due, uptime)| due.on_the_clock(known.now, uptime)).or(*until);
            if end.is_none_or(|end| at < end) {
                return Some((Cause::Hand, end));
            }
        }
        Some(Hand::Listen { until }) if at < *until => return None,
        _ => {}
    }
    plan::end(known.plan, at, known.zone).map(|end| (Cause::Plan, Some(end)))
}

/// What decides in a living house: the plan, the switch, what was said by hand, and what was last told.
#[derive(Default)]
pub struct Mute {
    plan: Vec<Window>,
    switch: Option<Switch>,
    hand: Option<Hand>,
    told: Option<Muted>,
}

impl Mute {
    /// Takes up what was said by hand before the restart.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn restore(store: &dyn Store) -> Result<Self, StoreError> {
        let mut mute = Self::default();
        mute.refresh(store)?;
        Ok(mute)
    }

    /// Goes by this plan from now on.
    pub fn follow(&mut self, plan: Vec<Window>) {
        self.plan = plan;
    }

    /// Obeys a switch from now on.
    pub fn obey(&mut self, switch: Switch) {
        self.switch = Some(switch);
    }

    /// Takes over what the store holds. A record that nobody understands mutes: somebody wanted it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn refresh(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        let record = store.get(NAMESPACE, KEY)?;
        let unclear = Hand::Mute { until: None, due: None };
        self.hand = record.map(|record| serde_json::from_value(record).unwrap_or(unclear));
        Ok(())
    }

    /// Whether, why and until when nobody is listened to.
    #[must_use]
    pub fn now(&self, clock: &dyn Clock) -> Option<Muted> {
        let (now, uptime) = (clock.now(), clock.uptime());
        self.at(now.timestamp(), now.time_zone(), uptime.as_ref())
    }

    /// As [`Mute::now`], at a moment.
    #[must_use]
    pub fn at(&self, now: Timestamp, zone: &TimeZone, uptime: Option<&Uptime>) -> Option<Muted> {
        let switch = self.switch.as_ref().map(Switch::reading);
        let hand = self.hand.as_ref();
        decide(&Known { now, zone, uptime, switch: switch.as_ref(), hand, plan: &self.plan })
    }

    /// Listens to nobody, for so long or until it is taken back.
    ///
    /// # Errors
    /// When it cannot be kept; then nothing has changed.
    pub fn mute(
        &mut self,
        length: Option<SignedDuration>,
        now: Timestamp,
        uptime: Option<Uptime>,
        store: &mut dyn Store,
    ) -> Result<(), StoreError> {
        let until = length.map(|length| now.saturating_add(length).unwrap_or(Timestamp::MAX));
        let due = length
            .zip(uptime)
            .map(|(length, uptime)| uptime.after_ms(u64::try_from(length.as_millis()).unwrap_or_default()));
        self.keep(Some(Hand::Mute { until, due }), store)
    }

    /// Listens to nobody until then, by the clock on the wall.
    ///
    /// # Errors
    /// When it cannot be kept; then nothing has changed.
    pub fn mute_until(&mut self, until: Timestamp, store: &mut dyn Store) -> Result<(), StoreError> {
        self.keep(Some(Hand::Mute { until: Some(until), due: None }), store)
    }

    /// Listens again; a planned mute that goes on now ends this once. The switch stays what it is.
    ///
    /// # Errors
    /// When it cannot be kept; then nothing has changed.
    pub fn unmute(
        &mut self,
        now: Timestamp,
        zone: &TimeZone,
        store: &mut dyn Store,
    ) -> Result<(), StoreError> {
        let hand = plan::end(&self.plan, now, zone).map(|until| Hand::Listen { until });
        self.keep(hand, store)
    }

    fn keep(&mut self, hand: Option<Hand>, store: &mut dyn Store) -> Result<(), StoreError> {
        match &hand {
            Some(hand) => store.put(NAMESPACE, KEY, &json!(hand))?,
            None => store.remove(NAMESPACE, KEY)?,
        }
        self.hand = hand;
        Ok(())
    }

    /// What to tell of the microphone, where it has changed since this was last asked.
    pub fn news(&mut self, now: Option<Muted>) -> Option<EventKind> {
        if now == self.told {
            return None;
        }
        let kind = action(now.as_ref());
        self.told = now;
        Some(kind)
    }

    /// What went wrong with the switch since this was last asked.
    pub fn trouble(&mut self) -> Option<EventKind> {
        let message = self.switch.as_ref()?.trouble()?;
        Some(EventKind::Fault { stage: "switch".into(), message })
    }
}

/// `mute` and `unmute` of the microphone, as an event.
fn action(now: Option<&Muted>) -> EventKind {
    let (action, value) = match now {
        Some(muted) => {
            let by = muted.cause.name();
            ("mute", muted.until.map_or_else(|| json!({ "by": by }), |at| json!({ "by": by, "until": at })))
        }
        None => ("unmute", Value::Null),
    };
    EventKind::Action { action: action.into(), target: Some("microphone".into()), value }
}

impl Cause {
    /// `switch`, as in events.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Switch => "switch",
            Self::NoSwitch(_) => "unreadable_switch",
            Self::Hand => "hand",
            Self::Plan => "plan",
        }
    }
}
