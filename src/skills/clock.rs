//! The time and the date, here and elsewhere.

use serde_json::json;

use super::lists::spoken;
use super::words::capital;
use super::{Outcome, Skill, Stop, World};
use crate::nlu::Intent;

pub(super) struct Clock;

impl Skill for Clock {
    fn intents(&self) -> &'static [&'static str] {
        &["HassGetCurrentTime", "HassGetCurrentDate"]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        if let Some(zone) = intent.slot_str("city") {
            return elsewhere(zone, intent, world);
        }
        let now = &world.now;
        if intent.intent == "HassGetCurrentTime" {
            let time = now.time();
            let slots = json!({ "time": { "hour": time.hour(), "minute": time.minute() } });
            return Ok(Outcome::done(world.words().time(time)).with_variables(json!({ "slots": slots })));
        }
        let date = now.date();
        let slots = json!({ "date": {
            "year": date.year(),
            "month": date.month(),
            "day": date.day(),
            "weekday": date.weekday().to_monday_one_offset(),
        } });
        Ok(Outcome::done(world.words().date(date)).with_variables(json!({ "slots": slots })))
    }
}

/// The time in a zone, which is the value of the slot `city`.
fn elsewhere(zone: &str, intent: &Intent, world: &World) -> Result<Outcome, Stop> {
    let there = world.now.in_tz(zone).map_err(|error| {
        tracing::warn!("a sentence file names the time zone `{zone}`: {error}");
        Stop::Answer(world.words().failed())
    })?;
    let days = (there.date() - world.now.date()).get_days();
    let city = spoken::as_said(intent, "city").unwrap_or_else(|| zone.to_owned());
    let city: Vec<String> = city.split(' ').map(capital).collect();
    let slots = json!({ "time": { "hour": there.hour(), "minute": there.minute() } });
    Ok(Outcome::done(world.words().time_in(&city.join(" "), there.time(), days))
        .with_variables(json!({ "slots": slots })))
}
