//! Which alarm is meant: by its time, by its name or text, or because there is only one.

use jiff::civil::Time;

use super::super::words::alarms::Kind;
use super::super::{Stop, World};
use super::Alarm;
use super::when::time_of_day;
use crate::dialogue::{Choice, Expects, Question};
use crate::nlu::Intent;

/// The one that is meant.
pub(super) fn one(intent: &Intent, kind: Kind, world: &World) -> Result<Alarm, Stop> {
    let words = world.words();
    let found = matching(intent, kind, world);
    match &found[..] {
        [one] => Ok((*one).clone()),
        [] if world.alarms.of(kind).next().is_none() => Err(Stop::Answer(words.no_alarm(kind))),
        [] => Err(Stop::Answer(words.no_such_alarm(kind))),
        several => {
            let zone = world.now.time_zone();
            let spoken: Vec<_> = several.iter().map(|alarm| alarm.spoken(zone)).collect();
            let option = |alarm: &&Alarm| Choice {
                name: words.alarm_called(&alarm.spoken(zone), world.now.date()),
                also: alarm.text.iter().cloned().collect(),
                slots: vec![("id".to_owned(), alarm.id.into())],
            };
            let options = Expects::Choice(several.iter().map(option).collect());
            let question = words.which_alarm(kind, &spoken, world.now.date());
            Err(Stop::Ask(Box::new(Question::new(question, options))))
        }
    }
}

/// Those that fit what was said, the next one first; all of a kind where nothing was.
pub(super) fn matching<'a>(intent: &Intent, kind: Kind, world: &'a World) -> Vec<&'a Alarm> {
    let id = intent.slot_number("id").map(|id| id as u64);
    let text = ["name", "text"].iter().find_map(|slot| intent.slot_str(slot)).map(str::to_lowercase);
    let own = |alarm: &Alarm| alarm.text.as_deref().unwrap_or_default().to_lowercase();
    let chosen = |alarm: &&Alarm| id.is_none_or(|id| alarm.id == id);
    let mut found: Vec<&Alarm> = world.alarms.of(kind).filter(chosen).collect();
    if let Some(text) = text {
        // "The reminder to call" is the one to call mom, where there is no other.
        let exactly = found.iter().any(|alarm| own(alarm) == text);
        found.retain(|alarm| own(alarm) == text || (!exactly && own(alarm).contains(&text)));
    }
    if let Some(time) = time_of_day(intent) {
        let at = |alarm: &Alarm| alarm.spoken(world.now.time_zone()).at.time();
        // "The seven o'clock alarm" is also the one at nineteen, where there is no other.
        let exactly = found.iter().any(|alarm| at(alarm) == time);
        found.retain(|alarm| at(alarm) == time || (!exactly && half_a_day(at(alarm)) == time));
    }
    found.sort_by_key(|alarm| (alarm.next(), alarm.id));
    found
}

fn half_a_day(time: Time) -> Time {
    time.wrapping_add(jiff::SignedDuration::from_hours(12))
}
