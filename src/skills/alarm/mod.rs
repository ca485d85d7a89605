//! Alarms and reminders: once, or again and again.

mod book;
pub mod rule;
#[cfg(test)]
mod tests;
mod when;
mod which;

use serde_json::json;

use super::words::alarms::Kind;
use super::{Need, Outcome, Skill, Stop, Undo, World};
use crate::dialogue::ValueOf;
use crate::event::EventKind;
use crate::nlu::Intent;
use crate::nlu::entities::Kind as Entity;

pub use book::{Alarm, AlarmBook, State};

pub(super) struct Alarms;

const WHEN: &[&str] = &["at", "every", "unclear"];
const TIMES: &[(&str, ValueOf)] =
    &[("every", ValueOf::Entity(Entity::Recurring)), ("at", ValueOf::Entity(Entity::Datetime))];
const NEEDS: &[Need] = &[
    Need {
        intent: "ReminderSet",
        any_of: &["text"],
        expects: &[("text", ValueOf::Words)],
        ask: |words| words.remind_of_what(),
    },
    Need { intent: "AlarmSet", any_of: WHEN, expects: TIMES, ask: |words| words.for_when() },
    Need { intent: "ReminderSet", any_of: WHEN, expects: TIMES, ask: |words| words.for_when() },
];

/// As many alarms and reminders as are kept.
pub const MAX_ALARMS: usize = 500;

/// The longest text of a reminder, in characters.
const MAX_TEXT: usize = 200;

impl Skill for Alarms {
    fn intents(&self) -> &'static [&'static str] {
        &[
            "AlarmSet",
            "AlarmCancel",
            "AlarmCancelAll",
            "AlarmStatus",
            "AlarmSkip",
            "ReminderSet",
            "ReminderCancel",
            "ReminderCancelAll",
            "ReminderStatus",
        ]
    }

    fn needs(&self) -> &'static [Need] {
        NEEDS
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        let kind = if intent.intent.starts_with("Reminder") { Kind::Reminder } else { Kind::Alarm };
        let before = world.alarms.records();
        let outcome = match intent.intent.as_str() {
            "AlarmSet" | "ReminderSet" => set(intent, kind, world),
            "AlarmCancel" | "ReminderCancel" => cancel(intent, kind, world),
            "AlarmCancelAll" | "ReminderCancelAll" => cancel_all(kind, world),
            "AlarmSkip" => skip(intent, kind, world),
            _ => Ok(status(intent, kind, world)),
        }?;
        // What rang is not to ring again.
        if !outcome.actions.is_empty() && !outcome.reply.is_empty() {
            let records = world.alarms.changed_since(&before);
            world.undo.push(Undo::Records { namespace: book::NAMESPACE.into(), records });
        }
        Ok(outcome)
    }
}

/// What an alarm did, as an action: `alarm_set`, `reminder_cancel`.
#[must_use]
pub fn action(what: &str, alarm: &Alarm) -> EventKind {
    let kind = match alarm.kind {
        Kind::Alarm => "alarm",
        Kind::Reminder => "reminder",
    };
    let value = json!({ "id": alarm.id, "at": alarm.due });
    EventKind::Action { action: format!("{kind}_{what}"), target: alarm.text.clone(), value }
}

fn set(intent: &Intent, kind: Kind, world: &mut World) -> Result<Outcome, Stop> {
    let words = world.words();
    let (due, rule) = when::when(intent, kind, world)?;
    let text = ["name", "text"].iter().find_map(|slot| intent.slot_str(slot)).map(str::to_owned);
    if text.as_ref().is_some_and(|text| text.chars().count() > MAX_TEXT) {
        return Err(Stop::Answer(words.reminder_too_long()));
    }
    if world.alarms.count() >= MAX_ALARMS {
        return Err(Stop::Answer(words.too_many_alarms(MAX_ALARMS)));
    }
    let alarm = Alarm { id: 0, kind, text, due, rule, state: State::Waiting };
    let alarm = world.alarms.add(alarm, world.store)?;
    let spoken = alarm.spoken(world.now.time_zone());
    Ok(Outcome::done(words.alarm_set(&spoken, world.now.date())).with_actions([action("set", &alarm)]))
}

fn cancel(intent: &Intent, kind: Kind, world: &mut World) -> Result<Outcome, Stop> {
    // Whoever stops an alarm means the one that rings; then silence is the answer.
    let matching = which::matching(intent, kind, world);
    let ringing: Vec<Alarm> = matching.into_iter().filter(|alarm| alarm.is_ringing()).cloned().collect();
    if !ringing.is_empty() {
        world.alarms.settle(&ringing, world.store)?;
        return Ok(Outcome::answer("").with_actions(ringing.iter().map(|alarm| action("stop", alarm))));
    }
    let alarm = which::one(intent, kind, world)?;
    remove(&alarm, world)
}

fn remove(alarm: &Alarm, world: &mut World) -> Result<Outcome, Stop> {
    world.alarms.change(&[(alarm.id, None)], world.store)?;
    let said = world.words().alarm_cancelled(&alarm.spoken(world.now.time_zone()), world.now.date());
    Ok(Outcome::done(said).with_actions([action("cancel", alarm)]))
}

fn cancel_all(kind: Kind, world: &mut World) -> Result<Outcome, Stop> {
    let all: Vec<Alarm> = world.alarms.of(kind).cloned().collect();
    let changes: Vec<_> = all.iter().map(|alarm| (alarm.id, None)).collect();
    if !changes.is_empty() {
        world.alarms.change(&changes, world.store)?;
    }
    Ok(Outcome::done(world.words().alarms_cancelled(kind, all.len()))
        .with_actions(all.iter().map(|alarm| action("cancel", alarm))))
}

fn status(intent: &Intent, kind: Kind, world: &World) -> Outcome {
    let words = world.words();
    let found = which::matching(intent, kind, world);
    if found.is_empty() && world.alarms.of(kind).next().is_some() {
        return Outcome::answer(words.no_such_alarm(kind));
    }
    let spoken: Vec<_> = found.iter().map(|alarm| alarm.spoken(world.now.time_zone())).collect();
    Outcome::done(words.alarm_status(kind, &spoken, world.now.date()))
}

/// Leaves out the next time; of what comes once, the only one.
fn skip(intent: &Intent, kind: Kind, world: &mut World) -> Result<Outcome, Stop> {
    let next = which::matching(intent, kind, world).first().map(|alarm| (*alarm).clone());
    let Some(mut alarm) = next else { return Err(Stop::Answer(world.words().no_alarm(kind))) };
    let zone = world.now.time_zone().clone();
    let following =
        alarm.rule.as_ref().and_then(|rule| rule.next_after(&alarm.due.to_zoned_datetime(zone.clone())));
    let Some(following) = following else { return remove(&alarm, world) };
    alarm.due = following.timestamp();
    world.alarms.change(&[(alarm.id, Some(alarm.clone()))], world.store)?;
    let said = world.words().alarm_skipped(&alarm.spoken(&zone), world.now.date());
    Ok(Outcome::done(said).with_actions([action("skip", &alarm)]))
}
