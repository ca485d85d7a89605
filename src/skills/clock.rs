//! The time and the date.

use serde_json::json;

use super::{Outcome, Skill, Stop, World};
use crate::nlu::Intent;

pub(super) struct Clock;

impl Skill for Clock {
    fn intents(&self) -> &'static [&'static str] {
        &["HassGetCurrentTime", "HassGetCurrentDate"]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
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
