//! What the dialogue wants done, done: skills run, what they did told, and how to undo it remembered.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use serde_json::{Map, Value};

use super::turn::Turn;
use super::{Mind, fault};
use crate::config::Replies;
use crate::dialogue::{Act, Done, Input, Last, Pending, Question};
use crate::event::{Event, EventKind, SessionEndReason};
use crate::nlu::{Intent, entities};
use crate::skills::{self, Outcome, Stop, Undo, World};
use crate::skills::{heard, words};

/// Slots that say what a command is about.
const TARGETS: [&str; 5] = ["name", "area", "floor", "domain", "device_class"];

/// Why nothing was done.
enum Trouble {
    Stop(Stop),
    /// A skill has a bug; this is what it says of it.
    Panic(String),
}

impl<T: Into<Stop>> From<T> for Trouble {
    fn from(stop: T) -> Self {
        Self::Stop(stop.into())
    }
}

impl Mind {
    /// Does this, in this order, and says what came of it. What is left when something must be asked
    /// first waits for the answer.
    pub(super) fn perform(&mut self, turn: Turn, acts: Vec<Act>, emit: &mut dyn FnMut(Event)) -> Input {
        let session = self.dialogue.session(turn.site);
        let mut acts = VecDeque::from(acts);
        let (mut replies, mut undo, mut ran) = (Vec::new(), Vec::new(), Vec::new());
        let (mut end, mut slow, mut question) = (SessionEndReason::Done, false, None);
        while let Some(mut act) = acts.pop_front() {
            if let Act::Run { intent, confirmed: false } = &mut act
                && ["answer", "context"].contains(&intent.why.stage.as_str())
            {
                entities::settle(intent, &self.clock.now());
                emit(turn.event(session, EventKind::Intent(intent.clone())));
            }
            let start = Instant::now();
            let outcome = self.act(turn, &act, &mut undo);
            let took = start.elapsed();
            let mut asked = None;
            match outcome {
                Ok(mut outcome) => {
                    let mut acted = false;
                    for action in std::mem::take(&mut outcome.actions) {
                        emit(turn.event(session, action).took(took));
                        acted = true;
                    }
                    asked = outcome.question.take();
                    (end, slow) = (outcome.end, outcome.slow);
                    if let Act::Run { intent, .. } = &act {
                        replies.push(self.reply(turn, intent, outcome, acted, emit));
                        ran.push(intent.clone());
                    } else {
                        replies.push(outcome.reply);
                    }
                }
                Err(Trouble::Stop(Stop::Answer(reply))) => replies.push(reply),
                Err(Trouble::Stop(Stop::Ask(question))) => asked = Some(*question),
                Err(Trouble::Stop(Stop::Store(error))) => {
                    emit(turn.event(session, fault(&error)));
                    replies.push(words::of(&self.language).failed());
                    end = SessionEndReason::Error;
                }
                Err(Trouble::Panic(message)) => {
                    emit(turn.event(session, EventKind::Fault { stage: "skill".into(), message }));
                    replies.push(words::of(&self.language).went_wrong());
                    end = SessionEndReason::Error;
                }
            }
            if let Some(asking) = asked {
                question = Some(Box::new(pending(asking, act, acts.drain(..).collect())));
            }
            if end == SessionEndReason::Error {
                break;
            }
        }
        self.remember(turn, ran, undo);
        replies.retain(|reply| !reply.is_empty());
        Input::Did { reply: replies.join(" "), slow, question, end }
    }

    fn act(&mut self, turn: Turn, act: &Act, undo: &mut Vec<Undo>) -> Result<Outcome, Trouble> {
        match act {
            Act::Run { intent, confirmed } => self.run(turn, intent, *confirmed, undo),
            Act::TakeBack { aloud, confirmed } => self.take_back(turn, *aloud, *confirmed),
            Act::Ask(question) => Err(Stop::Ask(Box::new(question.clone())).into()),
        }
    }

    /// Lets a skill act; without one for the intent, only the sentence files can answer. A skill that
    /// panics has a bug; the house lives on without what it was about to do.
    fn run(
        &mut self,
        turn: Turn,
        intent: &Intent,
        confirmed: bool,
        undo: &mut Vec<Undo>,
    ) -> Result<Outcome, Trouble> {
        self.refresh()?;
        if self.is_of_plugin(intent) {
            return Ok(self.ask_plugin(turn, intent));
        }
        let Some(skill) = skills::find(&intent.intent) else {
            return Ok(Outcome::done(words::of(&self.language).no_skill()));
        };
        let words = words::of(&self.language);
        if let Some(question) = skill.needs().iter().find_map(|need| need.question(intent, words)) {
            return Err(Stop::Ask(Box::new(question)).into());
        }
        let last_reply = self.dialogue.memory(turn.site).last_reply.clone();
        let mut world = self.world(confirmed, last_reply.as_deref());
        let came = catch_unwind(AssertUnwindSafe(|| skills::run(skill, intent, &mut world)));
        undo.append(&mut world.undo);
        match came {
            Ok(came) => {
                let outcome = came?;
                if heard::FORGETTING.contains(&intent.intent.as_str())
                    && outcome.end == SessionEndReason::Done
                {
                    self.dialogue.forget_what_was_said();
                }
                Ok(outcome)
            }
            Err(panic) => {
                // What it left half done in memory is not what the store holds.
                self.reread()?;
                Err(Trouble::Panic(format!("`{}` failed: {}", intent.intent, message(panic.as_ref()))))
            }
        }
    }

    fn world<'a>(&'a mut self, confirmed: bool, last_reply: Option<&'a str>) -> World<'a> {
        World {
            house: &mut self.house,
            timers: &mut self.timers,
            alarms: &mut self.alarms,
            mute: &mut self.mute,
            heard: self.heard.as_deref(),
            store: self.store.as_mut(),
            now: self.clock.now(),
            uptime: self.clock.uptime(),
            language: &self.language,
            area: self.area.as_deref(),
            examples: &self.examples,
            last_reply,
            confirm: self.manners.confirm,
            confirmed,
            undo: Vec::new(),
        }
    }

    /// Undoes what was done last.
    fn take_back(&mut self, turn: Turn, aloud: bool, confirmed: bool) -> Result<Outcome, Trouble> {
        self.refresh()?;
        let (now, words) = (self.clock.now().timestamp(), words::of(&self.language));
        let Some(done) = self.dialogue.memory(turn.site).take_done(now) else {
            let reply = if aloud { words.nothing_to_undo() } else { String::new() };
            return Ok(Outcome::answer(reply));
        };
        let (mut actions, mut excuses) = (Vec::new(), Vec::new());
        for undo in done.undo.iter().rev() {
            match self.undo(turn, undo, confirmed) {
                Ok((more, excuse)) => {
                    actions.extend(more);
                    excuses.extend((!excuse.is_empty()).then_some(excuse));
                }
                Err(trouble) => {
                    // Somebody may say yes to it.
                    self.dialogue.memory(turn.site).remember_done(done);
                    return Err(trouble);
                }
            }
        }
        // What devices did not do is said in any case.
        let did = excuses.is_empty() || actions.iter().any(|it| matches!(it, EventKind::Action { .. }));
        let mut reply: Vec<String> = if aloud && did { vec![words.undone()] } else { Vec::new() };
        reply.extend(excuses);
        let reply = reply.join(" ");
        Ok(Outcome::answer(reply).with_actions(actions))
    }

    /// What was done, and what devices did not do.
    fn undo(
        &mut self,
        turn: Turn,
        undo: &Undo,
        confirmed: bool,
    ) -> Result<(Vec<EventKind>, String), Trouble> {
        match undo {
            Undo::Devices(changes) => {
                let mut world = self.world(confirmed, None);
                let done = skills::honestly(&mut world, |world| {
                    Ok(Outcome::done("").with_actions(world.change(changes)?))
                })?;
                Ok((done.actions, done.reply))
            }
            Undo::Records { namespace, records } => {
                self.store.write(namespace, records)?;
                self.reread()?;
                let target = Some(namespace.clone());
                Ok((
                    vec![EventKind::Action { action: "undo".into(), target, value: Value::Null }],
                    String::new(),
                ))
            }
            Undo::Intent(intent) => {
                Ok((self.run(turn, intent, true, &mut Vec::new())?.actions, String::new()))
            }
        }
    }

    /// What was done, for "undo that", and what it was about, for "turn it off again".
    fn remember(&mut self, turn: Turn, ran: Vec<Intent>, undo: Vec<Undo>) {
        let at = self.clock.now().timestamp();
        let memory = self.dialogue.memory(turn.site);
        if !undo.is_empty() {
            memory.remember_done(Done { undo, at });
        }
        let about = |intent: &Intent| TARGETS.iter().any(|slot| intent.slot(slot).is_some());
        let intents: Vec<_> = ran.into_iter().filter(about).collect();
        let others = std::mem::take(&mut memory.passed_over);
        if !intents.is_empty() {
            memory.remember(Last { intents, others, at });
        }
    }

    /// What is said: the sentence files' answer, else the skill's own; of a mere confirmation only
    /// as much as the household wants to hear.
    fn reply(
        &self,
        turn: Turn,
        intent: &Intent,
        outcome: Outcome,
        acted: bool,
        emit: &mut dyn FnMut(Event),
    ) -> String {
        let Some(own) = outcome.variables else { return outcome.reply };
        match self.manners.replies {
            Replies::Short if acted => return words::of(&self.language).ok(),
            Replies::None if acted => return String::new(),
            _ => {}
        }
        let key = intent.response.as_deref().unwrap_or("default");
        match self.responses.render(&intent.intent, key, &variables(intent, own)) {
            Some(Ok(text)) => text.trim().to_owned(),
            // The skill has its own answer: the fault is told, and nobody is left without one.
            Some(Err(message)) => {
                let kind = EventKind::Fault { stage: "response".into(), message };
                emit(turn.event(None, kind));
                outcome.reply
            }
            None => outcome.reply,
        }
    }
}

fn pending(question: Question, act: Act, then: Vec<Act>) -> Pending {
    let act = question.intent.clone().map_or(act, Act::run);
    Pending { question, act, then }
}

/// What a panic says of itself.
fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no reason given".into())
}

/// What answers in sentence files may speak of: the intent's slots, and what the skill adds.
fn variables(intent: &Intent, own: Value) -> Value {
    let mut slots: Map<String, Value> =
        intent.slots.iter().map(|slot| (slot.name.clone(), slot.value.clone())).collect();
    let mut variables = Map::new();
    if let Value::Object(own) = own {
        for (key, value) in own {
            match (key.as_str(), value) {
                ("slots", Value::Object(more)) => slots.extend(more),
                (_, value) => {
                    variables.insert(key, value);
                }
            }
        }
    }
    variables.insert("slots".into(), Value::Object(slots));
    Value::Object(variables)
}
