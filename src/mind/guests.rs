//! Plugins in conversations: they are asked as skills are, and ask as skills do.

use serde_json::Value;

use super::Mind;
use super::turn::Turn;
use crate::Result;
use crate::dialogue::{Choice, Expects, Input, Question};
use crate::event::{Event, EventKind, SessionEndReason};
use crate::nlu::Intent;
use crate::plugin::host::Lent;
use crate::plugin::protocol::{self, Expect};
use crate::plugin::registry::Installed;
use crate::plugin::{self, Hosting, Plugins};
use crate::skills::Outcome;

/// The slots that hold an answer, and what the question carried along.
const ANSWER: &str = "answer";
const STATE: &str = "state";

/// What plugins get of a mind: everything but the plugins.
macro_rules! lend {
    ($mind:ident) => {
        Lent::new(&mut $mind.house, $mind.store.as_mut(), $mind.clock.as_ref(), &$mind.language, &$mind.lists)
    };
}

impl Mind {
    /// Starts the household's plugins. A mind without this (a replay) has none that act.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn host(&mut self, hosting: Hosting) -> Result<()> {
        let installed = self.installed.clone();
        let mut lent = lend!(self);
        let plugins = Plugins::new(installed, hosting.places, hosting.patience, &mut lent)?;
        for report in lent.reports {
            // Nobody watches yet.
            if let EventKind::Fault { message, .. } = report {
                tracing::warn!("{message}");
            }
        }
        self.plugins = Some(plugins);
        Ok(())
    }

    /// Sees every event, wherever it comes from: plugins may want to know.
    pub fn observe(&mut self, event: &Event) {
        if let Some(plugins) = &mut self.plugins {
            plugins.observe(event);
        }
    }

    pub(super) fn renew_plugins(&mut self, installed: Vec<Installed>) -> Result<()> {
        self.installed.clone_from(&installed);
        let Some(mut plugins) = self.plugins.take() else { return Ok(()) };
        let renewed = plugins.renew(installed, &mut lend!(self));
        self.plugins = Some(plugins);
        renewed
    }

    pub(super) fn is_of_plugin(&self, intent: &Intent) -> bool {
        self.plugins.as_ref().is_some_and(|plugins| plugins.handles(&intent.intent))
    }

    /// Asks the plugin that an intent belongs to, or gives it the answer to its question.
    pub(super) fn ask_plugin(&mut self, turn: Turn, intent: &Intent) -> Outcome {
        let session = self.dialogue.session(turn.site).unwrap_or_default();
        let area = self.area.clone();
        self.asking.remove(&session);
        let Some(mut plugins) = self.plugins.take() else { return Outcome::answer("") };
        let mut lent = lend!(self);
        let came = match answer_in(intent) {
            Some((plugin, state, value)) => plugins.resume(plugin, session, state, value, &mut lent),
            None => plugins.intent(intent, session, area.as_deref(), &mut lent),
        };
        let (reports, said) = (lent.reports, lent.said);
        self.plugins = Some(plugins);
        let Some(came) = came else { return Outcome::answer("") };
        let reply = said.into_iter().chain(came.say).collect::<Vec<_>>().join(" ");
        // One that says nothing may have its answers in its sentence files.
        let mut outcome = match (reply.is_empty(), came.trouble) {
            (true, None) if came.ask.is_none() => Outcome::done(""),
            _ => Outcome::answer(reply),
        };
        if came.trouble.is_some() {
            outcome.end = SessionEndReason::Error;
        }
        if let Some(asked) = came.ask
            && let Some((plugin, _)) = plugin::sentences::split(&intent.intent)
        {
            self.asking.insert(session, plugin.to_owned());
            outcome = outcome.asking(question(asked));
        }
        outcome.with_actions(reports)
    }

    /// Lets plugins that nobody asked do and say what they want.
    pub(super) fn tick_plugins(&mut self, turn: Turn, emit: &mut dyn FnMut(Event)) {
        let Some(mut plugins) = self.plugins.take() else { return };
        let mut lent = lend!(self);
        plugins.tick(&mut lent);
        let (reports, said) = (lent.reports, lent.said);
        self.plugins = Some(plugins);
        for kind in reports {
            emit(turn.event(None, kind));
        }
        for text in said {
            self.step(turn, Input::Unasked(text), emit);
        }
    }

    /// A session is over: tells the plugin whose question has no answer.
    pub(super) fn leave_unanswered(&mut self, session: u64, reason: SessionEndReason) {
        let Some(plugin) = self.asking.remove(&session) else { return };
        let reason = serde_json::to_value(reason).unwrap_or_default();
        if let Some(plugins) = &mut self.plugins {
            plugins.end_session(&plugin, session, reason.as_str().unwrap_or_default());
        }
    }
}

/// The answer to a plugin's question that an intent holds: the plugin, what its question carried
/// along, and the answer.
fn answer_in(intent: &Intent) -> Option<(&str, Value, Value)> {
    let is_answer = intent.why.slots.get(ANSWER).is_some_and(|origin| origin == "answered");
    let value = intent.slot(ANSWER).filter(|_| is_answer)?.clone();
    let (plugin, _) = plugin::sentences::split(&intent.intent)?;
    Some((plugin, intent.slot(STATE).cloned().unwrap_or_default(), value))
}

/// A plugin's question as the dialogue asks it.
fn question(asked: protocol::Question) -> Question {
    let protocol::Question { say, expect, state } = asked;
    let expects = match expect {
        Expect::YesNo => Expects::YesNo { state },
        Expect::Text => Expects::Words { state },
        Expect::Choice { choices } => {
            let choice = |choice: protocol::Choice| {
                let mut said = choice.said.into_iter();
                Choice {
                    name: said.next().unwrap_or_default(),
                    also: said.collect(),
                    slots: vec![(ANSWER.into(), choice.value.into()), (STATE.into(), state.clone())],
                }
            };
            Expects::Choice(choices.into_iter().map(choice).collect())
        }
    };
    Question::new(say, expects)
}
