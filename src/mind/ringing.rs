//! What is due rings, again and again, until somebody stops it or it has rung long enough.
//!
//! That something rings stands in the store before anything is said, so that a power cut ends no
//! alarm. Each ring is said in a session that the assistant begins itself and in which only "stop" and
//! "snooze" are listened for; while somebody talks to it, it waits. What nobody stopped was missed, and
//! is told as soon as somebody speaks.

use jiff::{SignedDuration, Timestamp, ZonedDateTime};
use serde_json::json;

use super::turn::Turn;
use super::{Mind, fault};
use crate::clock::Clock;
use crate::dialogue::{Act, DEFAULT_SITE, Expects, Input, Pending, Question};
use crate::event::{Event, EventKind};
use crate::nlu::Intent;
use crate::skills::Moment;
use crate::skills::ringing::Bell;
use crate::skills::{alarm, timer, words};
use crate::tts::Cue;

/// From one ring to the next.
const EVERY: SignedDuration = SignedDuration::from_secs(8);

/// As many things as are named one by one.
const NAMED: usize = 3;

/// A clock that differs more than this from the time that has passed was set.
const CLOCK_SET: SignedDuration = SignedDuration::from_secs(2);

/// How what rings is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Again and again, and each time somebody is listened to.
    UntilStopped,
    /// Once, to somebody who is there for a single question.
    Once { told: bool },
}

/// What rings, or was missed, in words.
struct Told {
    due: Timestamp,
    text: String,
}

impl Mind {
    /// Says what rings once, and asks nothing: for somebody who says a single thing and goes.
    #[must_use]
    pub fn that_rings_once(mut self) -> Self {
        self.manner = Manner::Once { told: false };
        self
    }

    /// Notices a clock that was set, and takes over what another process has written. It costs little:
    /// call it every second, for what is due may have changed.
    pub fn look(&mut self, at_ms: u64, emit: &mut dyn FnMut(Event)) {
        self.look_at_clock(at_ms, emit);
        if let Err(error) = self.refresh() {
            emit(Turn { site: DEFAULT_SITE, at_ms }.event(None, fault(&error)));
        }
        self.tell_mute(at_ms, emit);
    }

    /// Tells whether nobody is listened to where that has changed, and what is wrong with the switch.
    fn tell_mute(&mut self, at_ms: u64, emit: &mut dyn FnMut(Event)) {
        let news = self.mute.news(self.mute.now(self.clock.as_ref()));
        for kind in self.mute.trouble().into_iter().chain(news) {
            emit(Turn { site: DEFAULT_SITE, at_ms }.event(None, kind));
        }
    }

    /// When the clock was set, timers still last as long as they were set for, and alarms are due by
    /// the new time.
    pub(super) fn look_at_clock(&mut self, at_ms: u64, emit: &mut dyn FnMut(Event)) {
        let (moment, before) = (moment(self.clock.as_ref()), self.last_look.clone());
        self.last_look = moment.clone();
        let (Some(uptime), Some(then)) = (&moment.uptime, &before.uptime) else { return };
        let Some(expected) = uptime.on_the_clock(before.now, then) else { return };
        let by = moment.now.duration_since(expected);
        if by.abs() <= CLOCK_SET {
            return;
        }
        tracing::info!("the clock was set, by {by:#}");
        self.started = self.started.saturating_add(by).unwrap_or(self.started);
        self.dialogue.clock_moved(by);
        self.next_ring = None;
        let bell = self.bell();
        self.timers.ring_anew(&bell);
        self.alarms.ring_anew(&bell);
        if let Err(error) = self.timers.keep_time(&moment, self.store.as_mut()) {
            emit(Turn { site: DEFAULT_SITE, at_ms }.event(None, fault(&error)));
        }
    }

    /// Lets what is due begin to ring, and end what has rung long enough.
    pub(super) fn let_ring(&mut self, at_ms: u64, emit: &mut dyn FnMut(Event)) {
        let turn = Turn { site: DEFAULT_SITE, at_ms };
        let mut kept = self.refresh();
        let (bell, zone) = (self.bell(), self.clock.now().time_zone().clone());
        let (timers, written) = self.timers.ring(&bell, self.store.as_mut());
        kept = kept.and(written);
        let (alarms, written) = self.alarms.ring(&bell, &zone, self.store.as_mut());
        kept = kept.and(written);
        // Whoever must get up is woken, whatever became of the disk.
        if let Err(error) = kept {
            emit(turn.event(None, fault(&error)));
        }
        if !timers.is_empty() || !alarms.is_empty() {
            self.next_ring = None;
        }
        for timer in &timers {
            emit(turn.event(None, timer::action("timer_done", timer)));
        }
        for alarm in &alarms {
            emit(turn.event(None, alarm::action("due", alarm)));
        }
        let just_begun = std::mem::take(&mut self.just_begun);
        self.tell_missed(turn, just_begun, emit);
    }

    /// Rings, unless somebody is being talked to or it has just rung.
    pub(super) fn ring(&mut self, at_ms: u64, emit: &mut dyn FnMut(Event)) {
        let turn = Turn { site: DEFAULT_SITE, at_ms };
        let now = self.clock.now().timestamp();
        let waits = self.next_ring.is_some_and(|next| next > now);
        let rings = self.timers.ringing().next().is_some() || self.alarms.ringing().next().is_some();
        if !rings || waits || self.dialogue.session(DEFAULT_SITE).is_some() {
            return;
        }
        let text = self.what_rings();
        match &mut self.manner {
            Manner::UntilStopped => {}
            Manner::Once { told: true } => return,
            Manner::Once { told } => {
                *told = true;
                return self.step(turn, Input::Unasked(text), emit);
            }
        }
        self.next_ring = Some(now.saturating_add(EVERY).unwrap_or(now));
        emit(turn.event(None, self.ring_action()));
        let name = if self.alarms.ringing().next().is_some() { Cue::Alarm } else { Cue::Timer };
        emit(turn.event(None, EventKind::Cue { name }));
        if self.muted() {
            // Nobody could answer: it rings until it has rung long enough, or is stopped by hand.
            return self.step(turn, Input::Unasked(text), emit);
        }
        let intent = Intent::unspoken("StopRinging");
        let question = Question::new(text, Expects::Ring).about(intent.clone());
        let pending = Pending { question, act: Act::run(intent), then: Vec::new() };
        self.step(turn, Input::Ring(Box::new(pending)), emit);
    }

    /// After a conversation: what rings goes on, and whoever is there hears what was missed.
    pub(super) fn afterwards(&mut self, turn: Turn, spoken: bool, emit: &mut dyn FnMut(Event)) {
        if spoken && self.dialogue.session(turn.site).is_none() {
            self.tell_missed(turn, true, emit);
        }
        self.ring(turn.at_ms, emit);
    }

    /// When it rings again, if nobody stops it.
    pub(super) fn next_ring(&self) -> Option<Timestamp> {
        let rings = self.timers.ringing().next().is_some() || self.alarms.ringing().next().is_some();
        let free = self.dialogue.session(DEFAULT_SITE).is_none();
        let over = matches!(self.manner, Manner::Once { told: true });
        (rings && free && !over).then(|| self.next_ring.unwrap_or(Timestamp::MIN))
    }

    /// Tells what was missed: what could not ring at once, what rang in vain when somebody is there.
    fn tell_missed(&mut self, turn: Turn, somebody_is_there: bool, emit: &mut dyn FnMut(Event)) {
        let wanted = |rang: bool| somebody_is_there || !rang;
        let (words, zone) = (words::of(&self.language), self.clock.now().time_zone().clone());
        let (now, today) = (self.clock.now().timestamp(), self.clock.now().date());
        let (mut timers, mut alarms, mut told) = (Vec::new(), Vec::new(), Vec::new());
        for (timer, missed) in self.timers.missed().filter(|(_, missed)| wanted(missed.rang)) {
            let (spoken, at) = (timer.spoken(now), time(missed.due, &zone).time());
            let text =
                if missed.rang { words.timer_in_vain(&spoken, at) } else { words.timer_missed(&spoken, at) };
            told.push(Told { due: missed.due, text });
            timers.push(timer.clone());
        }
        for (alarm, missed) in self.alarms.missed().filter(|(_, missed)| wanted(missed.rang)) {
            let at = time(missed.due, &zone).datetime();
            let text = words.alarm_missed(&alarm.spoken(&zone), at, missed.rang, today);
            told.push(Told { due: missed.due, text });
            alarms.push(alarm.clone());
        }
        if told.is_empty() {
            return;
        }
        let text = said(told, |count| words.many_missed(count));
        self.step(turn, Input::Unasked(text), emit);
        let store = self.store.as_mut();
        let removed = self.timers.remove(&timers, store).and(self.alarms.settle(&alarms, store));
        if let Err(error) = removed {
            emit(turn.event(None, fault(&error)));
        }
    }

    fn what_rings(&self) -> String {
        let (now, words) = (self.clock.now(), words::of(&self.language));
        let (bell, zone) = (self.bell(), now.time_zone());
        let mut told = Vec::new();
        for timer in self.timers.ringing() {
            let timer::Run::Ringing(ringing) = timer.run else { continue };
            let spoken = timer.spoken(now.timestamp());
            let text = if bell.was_off(ringing.due) {
                words.timer_missed(&spoken, time(ringing.due, zone).time())
            } else {
                words.timer_done(&spoken)
            };
            told.push(Told { due: ringing.due, text });
        }
        let timers_alone = self.alarms.ringing().next().is_none();
        for alarm in self.alarms.ringing() {
            let alarm::State::Ringing(ringing) = alarm.state else { continue };
            let spoken = alarm.spoken(zone);
            let text = if bell.was_off(ringing.due) {
                words.alarm_missed(&spoken, time(ringing.due, zone).datetime(), false, now.date())
            } else {
                words.alarm_rings(&spoken, now.time())
            };
            told.push(Told { due: ringing.due, text });
        }
        said(told, |count| if timers_alone { words.timers_done(count) } else { words.many_ring(count) })
    }

    /// What rings, by its ids; by its name where it is one thing.
    fn ring_action(&self) -> EventKind {
        let timers: Vec<_> = self.timers.ringing().map(|timer| (timer.id, timer.name.clone())).collect();
        let alarms: Vec<_> = self.alarms.ringing().map(|alarm| (alarm.id, alarm.text.clone())).collect();
        let mut value = json!({});
        for (kind, all) in [("timers", &timers), ("alarms", &alarms)] {
            if !all.is_empty() {
                value[kind] = all.iter().map(|(id, _)| *id).collect();
            }
        }
        let target = match (&timers[..], &alarms[..]) {
            ([(_, name)], []) | ([], [(_, name)]) => name.clone(),
            _ => None,
        };
        EventKind::Action { action: "ring".into(), target, value }
    }

    fn bell(&self) -> Bell {
        Bell {
            now: self.clock.now().timestamp(),
            started: self.started,
            ring_for: SignedDuration::from_mins(self.time.ring_minutes.into()),
        }
    }
}

/// One moment by both clocks.
pub(super) fn moment(clock: &dyn Clock) -> Moment {
    Moment { now: clock.now().timestamp(), uptime: clock.uptime() }
}

fn time(at: Timestamp, zone: &jiff::tz::TimeZone) -> ZonedDateTime {
    at.to_zoned_datetime(zone.clone())
}

/// Each one of a few, in the order in which they were due; only the number of many.
fn said(mut told: Vec<Told>, many: impl Fn(usize) -> String) -> String {
    if told.len() > NAMED {
        return many(told.len());
    }
    told.sort_by_key(|told| told.due);
    told.into_iter().map(|told| told.text).collect::<Vec<_>>().join(" ")
}
