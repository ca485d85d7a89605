//! Timers: several at once, with and without a name.

mod book;
mod which;

use serde_json::{Value, json};

use super::{Need, Outcome, Skill, Stop, Undo, World};
use crate::dialogue::{Expects, Question, ValueOf};
use crate::event::EventKind;
use crate::nlu::entities::{self, Kind};
use crate::nlu::{Intent, Slot, text};

pub use book::{Run, Timer, TimerBook};

pub(super) struct Timers;

const LENGTH: &[&str] = &["hours", "minutes", "seconds", "duration"];
const START: &[&str] = &["hours", "minutes", "seconds", "duration", "unclear"];
const DURATION: &[(&str, ValueOf)] = &[("duration", ValueOf::Entity(Kind::Duration))];
const NEEDS: &[Need] = &[
    Need { intent: "HassStartTimer", any_of: START, expects: DURATION, ask: |words| words.for_how_long() },
    Need { intent: "HassIncreaseTimer", any_of: LENGTH, expects: DURATION, ask: |words| words.by_how_much() },
    Need { intent: "HassDecreaseTimer", any_of: LENGTH, expects: DURATION, ask: |words| words.by_how_much() },
];

/// The longest timer, in days.
const MAX_DAYS: u64 = 30;

/// As many timers as are kept.
pub const MAX_TIMERS: usize = 500;

impl Skill for Timers {
    fn intents(&self) -> &'static [&'static str] {
        &[
            "HassStartTimer",
            "HassCancelTimer",
            "HassCancelAllTimers",
            "HassTimerStatus",
            "HassPauseTimer",
            "HassUnpauseTimer",
            "HassIncreaseTimer",
            "HassDecreaseTimer",
        ]
    }

    fn needs(&self) -> &'static [Need] {
        NEEDS
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        // Whatever is done to timers is undone by writing them back.
        let before = world.timers.records();
        let outcome = act(intent, world)?;
        if !outcome.actions.is_empty() {
            world.undo.push(Undo::Records {
                namespace: book::NAMESPACE.into(),
                records: world.timers.changed_since(&before),
            });
        }
        Ok(outcome)
    }
}

fn act(intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
    match intent.intent.as_str() {
        "HassStartTimer" => start(intent, world),
        "HassCancelTimer" => cancel(intent, world),
        "HassCancelAllTimers" => cancel_all(world),
        "HassTimerStatus" => status(intent, world),
        "HassPauseTimer" => pause(intent, world),
        "HassUnpauseTimer" => resume(intent, world),
        "HassIncreaseTimer" => change(intent, world, 1),
        _ => change(intent, world, -1),
    }
}

/// What a timer did, as an action.
#[must_use]
pub fn action(name: &str, timer: &Timer) -> EventKind {
    let value = json!({ "id": timer.id, "seconds": timer.total_s });
    EventKind::Action { action: name.to_owned(), target: timer.name.clone(), value }
}

fn start(intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
    let words = world.words();
    if let Some(unclear) = intent.slot_str("unclear") {
        return Err(no_length(intent, unclear, world));
    }
    let total_s = length(intent, "", world)?;
    if world.timers.all().len() >= MAX_TIMERS {
        return Err(Stop::Answer(words.too_many_timers(MAX_TIMERS)));
    }
    let now = world.now.timestamp();
    let name = intent.slot_str("name").map(str::to_owned);
    let timer = world.timers.start(name, total_s, &world.moment(), world.store)?;
    Ok(outcome(words.timer_started(&timer.spoken(now)), &[&timer], world)
        .with_actions([action("timer_start", &timer)]))
}

/// "For minus five minutes" cannot be; "for the eggs" is a name, and the length is missing.
fn no_length(intent: &Intent, unclear: &str, world: &World) -> Stop {
    let said = text::words(unclear, world.language);
    let counts = |at: usize| !entities::parse_all(Kind::Number, &said[at..], world.language).is_empty();
    if (0..said.len()).any(counts) {
        return Stop::Answer(world.words().no_such_length());
    }
    let name = unclear.strip_prefix("the ").unwrap_or(unclear);
    let mut named = intent.clone();
    named.slots.retain(|slot| slot.name != "unclear");
    named.slots.push(Slot::unspoken("name", &json!(name)));
    let question = Question::new(world.words().for_how_long(), Expects::first_of(DURATION));
    Stop::Ask(Box::new(question.about(named)))
}

fn cancel(intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
    // Whoever stops a timer means the one that rings; then silence is the answer.
    let matching = which::matching(intent, world);
    let ringing: Vec<Timer> = matching.into_iter().filter(|timer| timer.is_ringing()).cloned().collect();
    if !ringing.is_empty() {
        world.timers.remove(&ringing, world.store)?;
        return Ok(Outcome::answer("").with_actions(ringing.iter().map(|timer| action("timer_stop", timer))));
    }
    let timer = which::one(intent, world, which::Wanted::Any)?;
    let said = world.words().timer_cancelled(&timer.spoken(world.now.timestamp()));
    world.timers.remove(std::slice::from_ref(&timer), world.store)?;
    Ok(outcome(said, &[&timer], world).with_actions([action("timer_cancel", &timer)]))
}

fn cancel_all(world: &mut World) -> Result<Outcome, Stop> {
    let all = world.timers.all().to_vec();
    world.timers.remove(&all, world.store)?;
    let variables = json!({ "slots": { "canceled": all.len() } });
    Ok(Outcome::done(world.words().timers_cancelled(all.len()))
        .with_variables(variables)
        .with_actions(all.iter().map(|timer| action("timer_cancel", timer))))
}

fn status(intent: &Intent, world: &World) -> Result<Outcome, Stop> {
    let words = world.words();
    let now = world.now.timestamp();
    let mut found = which::matching(intent, world);
    if found.is_empty() && !world.timers.all().is_empty() {
        return Err(Stop::Answer(words.no_such_timer()));
    }
    found.sort_by_key(|timer| (timer.left_ms(now), timer.id));
    let spoken: Vec<_> = found.iter().map(|timer| timer.spoken(now)).collect();
    Ok(outcome(words.timer_status(&spoken), &found, world))
}

fn pause(intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
    let now = world.now.timestamp();
    let mut timer = which::one(intent, world, which::Wanted::Running)?;
    timer.pause(timer.left_ms(now));
    world.timers.replace(&timer, world.store)?;
    Ok(outcome(world.words().timer_paused(&timer.spoken(now)), &[&timer], world)
        .with_actions([action("timer_pause", &timer)]))
}

fn resume(intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
    let now = world.now.timestamp();
    let mut timer = which::one(intent, world, which::Wanted::Paused)?;
    timer.go(timer.left_ms(now), &world.moment());
    world.timers.replace(&timer, world.store)?;
    Ok(outcome(world.words().timer_resumed(&timer.spoken(now)), &[&timer], world)
        .with_actions([action("timer_resume", &timer)]))
}

/// Adds time (`sign` 1) or takes it away (−1).
fn change(intent: &Intent, world: &mut World, sign: i64) -> Result<Outcome, Stop> {
    let words = world.words();
    let now = world.now.timestamp();
    let by_s = i64::try_from(length(intent, "", world)?).unwrap_or(i64::MAX);
    let mut timer = which::one(intent, world, which::Wanted::Any)?;
    let left_ms = i64::try_from(timer.left_ms(now)).unwrap_or(i64::MAX);
    let new_ms = left_ms.saturating_add(by_s.saturating_mul(1000).saturating_mul(sign));
    let Some(new_ms) = u64::try_from(new_ms).ok().filter(|left| *left > 0) else {
        return Err(Stop::Answer(words.not_that_much_left(&timer.spoken(now))));
    };
    if new_ms / 1000 > MAX_DAYS * 86_400 {
        return Err(Stop::Answer(words.timer_too_long(MAX_DAYS)));
    }
    timer.total_s = timer.total_s.saturating_add_signed(by_s.saturating_mul(sign));
    if timer.is_paused() {
        timer.pause(new_ms);
    } else {
        timer.go(new_ms, &world.moment());
    }
    world.timers.replace(&timer, world.store)?;
    Ok(outcome(words.timer_changed(&timer.spoken(now)), &[&timer], world)
        .with_actions([action("timer_change", &timer)]))
}

/// The length in the slots `hours`, `minutes` and `seconds`, in seconds.
fn length(intent: &Intent, prefix: &str, world: &World) -> Result<u64, Stop> {
    let seconds = which::seconds(intent, prefix).unwrap_or(0.0);
    if seconds < 1.0 {
        return Err(Stop::Answer(world.words().timer_too_short()));
    }
    if seconds > (MAX_DAYS * 86_400) as f64 {
        return Err(Stop::Answer(world.words().timer_too_long(MAX_DAYS)));
    }
    Ok(seconds.round() as u64)
}

/// An outcome whose variables tell of these timers.
fn outcome(said: String, timers: &[&Timer], world: &World) -> Outcome {
    let now = world.now.timestamp();
    let described: Vec<Value> = timers
        .iter()
        .map(|timer| {
            let left = timer.left_s(now);
            json!({
                "name": timer.name,
                "is_active": !timer.is_paused(),
                "hours": left / 3600,
                "minutes": left / 60 % 60,
                "seconds": left % 60,
            })
        })
        .collect();
    Outcome::done(said).with_variables(json!({ "slots": { "timers": described } }))
}
