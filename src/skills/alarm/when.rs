//! When an alarm is to ring: from what was said to a time that can be.

use jiff::civil::{Date, Time};
use jiff::{Span, Timestamp, ZonedDateTime};

use super::super::words::alarms::Kind;
use super::super::{Stop, World};
use super::rule::{Rhythm, Rule};
use crate::dialogue::{Expects, Question, ValueOf};
use crate::nlu::entities::{self, Kind as Entity};
use crate::nlu::{Intent, Slot, text};

/// A reminder for a day alone comes at this time.
const IN_THE_MORNING: Time = Time::constant(9, 0, 0, 0);

/// Alarms are for a time within so many years.
const MAX_YEARS: i32 = 10;

/// What comes again does so no sooner than this, in seconds: it rings for minutes.
const SHORTEST_S: i64 = 300;

/// The next time, and how it comes again.
pub(super) fn when(intent: &Intent, kind: Kind, world: &World) -> Result<(Timestamp, Option<Rule>), Stop> {
    let words = world.words();
    if intent.slot("unclear").is_some() {
        return Err(Stop::Answer(words.no_such_time()));
    }
    if slot(intent, "every").is_some() {
        let rule = rhythm(intent, world)?;
        if rule.seconds().is_some_and(|seconds| seconds < SHORTEST_S) {
            return Err(Stop::Answer(words.too_often(SHORTEST_S / 60)));
        }
        let next = rule.next_after(&world.now).ok_or_else(|| Stop::Answer(words.no_such_time()))?;
        return Ok((next.timestamp(), Some(rule)));
    }
    let at = moment(intent, kind, world)?;
    let latest = world.now.checked_add(Span::new().years(MAX_YEARS));
    if at <= world.now {
        return Err(Stop::Answer(words.is_past()));
    }
    if latest.is_ok_and(|latest| at > latest) {
        return Err(Stop::Answer(words.too_far(MAX_YEARS)));
    }
    Ok((at.timestamp(), None))
}

/// One time of day, as two readings of "seven".
pub(super) fn time_of_day(intent: &Intent) -> Option<Time> {
    let value = intent.slot("at")?;
    if let Some(time) = value["time"].as_str() {
        return time.parse().ok();
    }
    value["at"].as_str()?.parse::<ZonedDateTime>().ok().map(|at| at.time())
}

fn moment(intent: &Intent, kind: Kind, world: &World) -> Result<ZonedDateTime, Stop> {
    let words = world.words();
    let no_such_time = || Stop::Answer(words.no_such_time());
    let value = intent.slot("at").ok_or_else(no_such_time)?;
    if let Some(at) = value["at"].as_str() {
        return at.parse().map_err(|_| no_such_time());
    }
    let date: Date = value["date"].as_str().and_then(|date| date.parse().ok()).ok_or_else(no_such_time)?;
    if value["grain"] != "day" {
        // "Next week", "in march": no day to be woken on.
        let expects = Expects::first_of(&[("at", ValueOf::Entity(Entity::Datetime))]);
        let question = Question::new(words.for_when(), expects);
        return Err(Stop::Ask(Box::new(question)));
    }
    let on = |time: Time| date.to_datetime(time).to_zoned_datetime(world.now.time_zone().clone());
    if let Some(time) = slot(intent, "time") {
        if let Some(at) = together(intent, "at", Entity::Datetime, world)
            && let Some(at) = at["at"].as_str().and_then(|at| at.parse().ok())
        {
            return Ok(at);
        }
        let time = time.value["time"].as_str().and_then(|time| time.parse().ok());
        return on(time.ok_or_else(no_such_time)?).map_err(|_| no_such_time());
    }
    let usual = on(IN_THE_MORNING).map_err(|_| no_such_time())?;
    if date < world.now.date() {
        return Ok(usual);
    }
    if kind == Kind::Reminder && usual > world.now { Ok(usual) } else { Err(ask_for_time(world)) }
}

fn rhythm(intent: &Intent, world: &World) -> Result<Rule, Stop> {
    let said = intent.slot("every").and_then(Rule::of);
    let whole = |rhythm| match rhythm {
        Some(Rhythm::Whole(rule)) => Some(rule),
        _ => None,
    };
    match said {
        Some(Rhythm::Whole(rule)) => Ok(rule),
        Some(Rhythm::Timeless) if slot(intent, "time").is_some() => {
            let value = together(intent, "every", Entity::Recurring, world);
            let rule = whole(value.as_ref().and_then(Rule::of));
            rule.ok_or_else(|| Stop::Answer(world.words().no_such_time()))
        }
        Some(Rhythm::Timeless) => Err(ask_for_time(world)),
        None => Err(Stop::Answer(world.words().no_such_time())),
    }
}

fn ask_for_time(world: &World) -> Stop {
    let expects = Expects::first_of(&[("time", ValueOf::Entity(Entity::Time))]);
    Stop::Ask(Box::new(Question::new(world.words().at_what_time(), expects)))
}

/// What was said of the day and, later, of the time, as if it had been said at once: "tomorrow" and
/// "at seven" is seven in the morning, whatever time it is now.
fn together(intent: &Intent, day: &str, kind: Entity, world: &World) -> Option<serde_json::Value> {
    let said = format!("{} {}", slot(intent, day)?.raw, slot(intent, "time")?.raw);
    let parsed = entities::parse(kind, &text::words(&said, world.language), world.language)?;
    Some(entities::resolve(parsed, &world.now))
}

fn slot<'a>(intent: &'a Intent, name: &str) -> Option<&'a Slot> {
    intent.slots.iter().find(|slot| slot.name == name)
}
