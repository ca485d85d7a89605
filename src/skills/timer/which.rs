//! Which timer is meant: by its name, by the length it was set for, or because there is only one.

use super::super::{Stop, World};
use super::Timer;
use crate::dialogue::{Choice, Expects, Question};
use crate::nlu::Intent;

/// Which timers can be meant at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Any,
    Running,
    Paused,
}

/// The one timer that is meant.
pub(super) fn one(intent: &Intent, world: &World, wanted: Wanted) -> Result<Timer, Stop> {
    let words = world.words();
    let all = world.timers.all();
    let suits = |timer: &Timer| match wanted {
        Wanted::Any => true,
        Wanted::Running => !timer.is_paused() && !timer.is_ringing(),
        Wanted::Paused => timer.is_paused(),
    };
    let named = matching(intent, world);
    let found: Vec<&Timer> = named.iter().copied().filter(|timer| suits(timer)).collect();
    match found[..] {
        [one] => Ok(one.clone()),
        [] if all.is_empty() => Err(Stop::Answer(words.no_timer())),
        [] if named.is_empty() => Err(Stop::Answer(words.no_such_timer())),
        [] if wanted == Wanted::Paused => Err(Stop::Answer(words.no_paused_timer())),
        [] => Err(Stop::Answer(words.no_running_timer())),
        _ => {
            let now = world.now.timestamp();
            let spoken: Vec<_> = found.iter().map(|timer| timer.spoken(now)).collect();
            let option = |timer: &&Timer| Choice {
                name: words.timer_called(&timer.spoken(now)),
                also: timer.name.iter().cloned().collect(),
                slots: vec![("id".to_owned(), timer.id.into())],
            };
            let options = Expects::Choice(found.iter().map(option).collect());
            Err(Stop::Ask(Box::new(Question::new(words.which_timer(&spoken), options))))
        }
    }
}

/// The timers that fit what was said of them; all of them where nothing was.
pub(super) fn matching<'a>(intent: &Intent, world: &'a World) -> Vec<&'a Timer> {
    let name = intent.slot_str("name").map(str::to_lowercase);
    let start = seconds(intent, "start_");
    let id = intent.slot_number("id").map(|id| id as u64);
    let fits = |timer: &&Timer| {
        let own = timer.name.as_deref().map(str::to_lowercase);
        name.is_none() || own == name
    };
    let fits_start = |timer: &&Timer| start.is_none_or(|start| (timer.total_s as f64 - start).abs() < 1.0);
    let chosen = |timer: &&Timer| id.is_none_or(|id| timer.id == id);
    world.timers.all().iter().filter(chosen).filter(fits).filter(fits_start).collect()
}

/// The seconds in the slots `<prefix>hours`, `<prefix>minutes`, `<prefix>seconds`, and in the
/// duration `<prefix>duration`, where any is there.
pub(super) fn seconds(intent: &Intent, prefix: &str) -> Option<f64> {
    let units = [("hours", 3600.0), ("minutes", 60.0), ("seconds", 1.0)];
    let counted = units.iter().filter_map(|(unit, factor)| {
        intent.slot_number(&format!("{prefix}{unit}")).map(|number| number * factor)
    });
    let duration = intent.slot(&format!("{prefix}duration")).and_then(|value| value["seconds"].as_f64());
    counted.chain(duration).reduce(|sum, part| sum + part)
}
