//! On and off, open and close, lock and unlock, activate and run: one thing or many.

use super::words::Deed;
use super::{Need, Outcome, Skill, Stop, World, confirm, target};
use crate::dialogue::ValueOf;
use crate::home::backend::Order;
use crate::home::{Kind, State};
use crate::nlu::Intent;

pub(super) struct Switch;

/// What is meant by a place alone: "turn off the kitchen".
const SWITCHED: &[Kind] = &[Kind::Light, Kind::Switch, Kind::Fan];

impl Skill for Switch {
    fn intents(&self) -> &'static [&'static str] {
        &["HassTurnOn", "HassTurnOff", "HassOpenCover", "HassCloseCover"]
    }

    fn needs(&self) -> &'static [Need] {
        const TARGET: &[&str] = &["name", "area", "floor", "domain", "device_class"];
        const NAMED: &[(&str, ValueOf)] = &[
            ("name", ValueOf::List(std::borrow::Cow::Borrowed("name"))),
            ("area", ValueOf::List(std::borrow::Cow::Borrowed("area"))),
        ];
        &[
            Need { intent: "HassTurnOn", any_of: TARGET, expects: NAMED, ask: |words| words.turn_on_what() },
            Need {
                intent: "HassTurnOff",
                any_of: TARGET,
                expects: NAMED,
                ask: |words| words.turn_off_what(),
            },
        ]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        let on = matches!(intent.intent.as_str(), "HassTurnOn" | "HassOpenCover");
        let kinds = if intent.intent.ends_with("Cover") { &[Kind::Cover] } else { SWITCHED };
        let targets = target::find(intent, world, kinds)?;
        let all = targets.subject(intent, world, &targets.devices);
        let first = world.device(targets.devices[0]).kind;
        let able: Vec<usize> = targets
            .devices
            .iter()
            .copied()
            .filter(|index| change(world.device(*index).kind, on).is_some())
            .collect();
        let deed = deed(first, on);
        if able.is_empty() {
            return Err(Stop::Answer(world.words().unable(&deed, &all)));
        }
        confirm::scenes(world, &able)?;
        // A scene itself comes before what it sets.
        let mut orders = Vec::new();
        for index in &able {
            orders.push((
                *index,
                match world.device(*index).kind {
                    Kind::Scene | Kind::Script => Order::Activate,
                    kind => Order::Set(change(kind, on).unwrap_or_default()),
                },
            ));
            orders.extend(
                world.device(*index).sets.iter().map(|(set, change)| (*set, Order::Set(change.clone()))),
            );
        }
        let actions = world.carry_out(&orders)?;
        let subject = targets.subject(intent, world, &able);
        Ok(Outcome::done(world.words().did(&deed, &subject)).with_actions(actions))
    }
}

/// What switching changes: nothing of its own for a scene, `None` for what cannot be switched.
fn change(kind: Kind, on: bool) -> Option<State> {
    match kind {
        Kind::Light | Kind::Switch | Kind::Fan | Kind::Vacuum | Kind::Climate => {
            Some(State { on: Some(on), ..State::default() })
        }
        Kind::MediaPlayer => {
            // What is switched off no longer plays.
            Some(State { on: Some(on), playing: (!on).then_some(false), ..State::default() })
        }
        Kind::Cover => Some(State { position: Some(if on { 100 } else { 0 }), ..State::default() }),
        Kind::Lock => Some(State { locked: Some(on), ..State::default() }),
        Kind::Scene | Kind::Script if on => Some(State::default()),
        Kind::Scene | Kind::Script | Kind::Sensor | Kind::Weather | Kind::Todo => None,
    }
}

pub(super) fn deed(kind: Kind, on: bool) -> Deed {
    match (kind, on) {
        (Kind::Cover, true) => Deed::Open,
        (Kind::Cover, false) => Deed::Close,
        (Kind::Lock, true) => Deed::Lock,
        (Kind::Lock, false) => Deed::Unlock,
        (Kind::Scene, true) => Deed::Activate,
        (Kind::Script, true) => Deed::Run,
        (Kind::Vacuum, true) => Deed::StartCleaning,
        (Kind::Vacuum, false) => Deed::ReturnToBase,
        (_, true) => Deed::TurnOn,
        (_, false) => Deed::TurnOff,
    }
}
