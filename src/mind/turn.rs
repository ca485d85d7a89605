//! One turn of a conversation: from words to the dialogue's next step, and from its outputs to events.

use std::collections::VecDeque;
use std::time::Instant;

use serde_json::Value;

use super::Mind;
use super::refer::{self, Here, Referred};
use crate::dialogue::{self, Act, Answer, Choice, Expects, Input, Line, Output, Question};
use crate::event::{Event, EventKind, SessionEndReason};
use crate::nlu::{Doubt, Intent, Understood, entities};
use crate::skills::words;

/// Where and when something is said.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn<'a> {
    pub site: &'a str,
    pub at_ms: u64,
}

impl Turn<'_> {
    pub fn event(self, session: Option<u64>, kind: EventKind) -> Event {
        Event { session, ..Event::new(self.at_ms, kind) }.at_site(self.site)
    }
}

impl Mind {
    /// Somebody begins, or goes on.
    pub(super) fn open(&mut self, turn: Turn, session: Option<u64>, emit: &mut dyn FnMut(Event)) {
        self.step(turn, Input::Begin { session }, emit);
    }

    /// Words that an ear has heard. While something rings it listens without the wake word, and what
    /// is said then is not for the assistant, unless it is about the ringing.
    pub(super) fn overhear(&mut self, turn: Turn, text: &str, emit: &mut dyn FnMut(Event)) {
        let rings = self.dialogue.question(turn.site).is_some_and(|asked| asked.expects == Expects::Ring);
        if rings && dialogue::read(&Expects::Ring, text, &self.answers).is_none() {
            let reason = "something rings, and only “stop” and “snooze” are listened for".to_owned();
            return self.not_understood(turn, text, reason, None, emit);
        }
        self.hear(turn, text, emit);
    }

    /// Words: an answer to the open question, or a command.
    pub(super) fn hear(&mut self, turn: Turn, text: &str, emit: &mut dyn FnMut(Event)) {
        self.dialogue.memory(turn.site).passed_over = Vec::new();
        if let Some(question) = self.dialogue.question(turn.site)
            && let Some(answer) = dialogue::read(&question.expects, text, &self.answers)
        {
            let left = passed_over(&question.expects, &answer);
            self.dialogue.memory(turn.site).passed_over = left;
            let said = text.to_owned();
            return self.step(turn, Input::Answer { answer, said }, emit);
        }
        let start = Instant::now();
        let understood = self.understanding.understand(text);
        let took = start.elapsed();
        match understood {
            Understood::Intent(mut intent) => {
                entities::settle(&mut intent, &self.clock.now());
                let kind = EventKind::Intent(intent.clone());
                emit(turn.event(self.dialogue.session(turn.site), kind).took(took));
                let acts = self.refer(turn, intent);
                self.step(turn, acts, emit);
            }
            Understood::Unsure(doubt) => self.doubt(turn, text, doubt, emit),
            Understood::Nothing(why) => self.not_understood(turn, text, why.reason, why.nearest, emit),
        }
    }

    /// What a command means after what was spoken of before.
    fn refer(&mut self, turn: Turn, intent: Intent) -> Input {
        let (now, within_s) = (self.clock.now().timestamp(), self.manners.context_s);
        let last = self.dialogue.memory(turn.site).last(now, within_s).cloned();
        let here = Here { home: self.house.home(), language: &self.language };
        let wrong = |take_back: bool| take_back.then_some(Act::TakeBack { aloud: false, confirmed: false });
        match refer::resolve(intent, last.as_ref(), here, words::of(&self.language)) {
            Referred::Run { intents, take_back, passed_over } => {
                self.dialogue.memory(turn.site).passed_over = passed_over;
                Input::Command(
                    wrong(take_back).into_iter().chain(intents.into_iter().map(Act::run)).collect(),
                )
            }
            Referred::TakeBack => Input::Command(vec![Act::TakeBack { aloud: true, confirmed: false }]),
            Referred::Ask { question, take_back } => {
                Input::Command(wrong(take_back).into_iter().chain([Act::Ask(*question)]).collect())
            }
            Referred::Say(reply) => {
                Input::Did { reply, slow: false, question: None, end: SessionEndReason::Done }
            }
        }
    }

    /// Everything is clear but one value: asks for it, unless the room settles it.
    fn doubt(&mut self, turn: Turn, text: &str, doubt: Doubt, emit: &mut dyn FnMut(Event)) {
        let Doubt { mut intent, slot, mut candidates } = doubt;
        entities::settle(&mut intent, &self.clock.now());
        let session = self.dialogue.session(turn.site);
        let all: Vec<Choice> = candidates.iter().map(|value| self.option(&slot, value)).collect();
        self.prefer_here(&slot, &mut candidates);
        if let [only] = &candidates[..] {
            let intent = dialogue::complete(&intent, &[(slot.clone(), only.clone())], text);
            emit(turn.event(session, EventKind::Intent(intent.clone())));
            let others = all.into_iter().filter(|option| option.slots[0].1 != *only).collect();
            self.dialogue.memory(turn.site).passed_over = others;
            return self.step(turn, Input::Command(vec![Act::run(intent)]), emit);
        }
        let options: Vec<Choice> = candidates.iter().map(|value| self.option(&slot, value)).collect();
        let names: Vec<String> = options.iter().map(|option| option.name.clone()).collect();
        let reason = format!("`{slot}` could be one of several: {}", names.join(", "));
        let nearest = Some(Box::new(intent.clone()));
        emit(turn.event(session, EventKind::NotUnderstood { text: text.to_owned(), reason, nearest }));
        let question = words::of(&self.language).did_you_mean(&names);
        let question = Question::new(question, Expects::Choice(options)).about(intent);
        self.step(turn, Input::Command(vec![Act::Ask(question)]), emit);
    }

    /// Of several things that could be meant, those here.
    fn prefer_here(&self, slot: &str, candidates: &mut Vec<Value>) {
        let Some(area) = self.area.as_deref().filter(|_| slot == "name") else { return };
        let devices = &self.house.home().devices;
        let is_here = |value: &Value| {
            let mut named = devices.iter().filter(|device| value.as_str() == Some(&device.names.name));
            named.any(|device| device.area.as_deref() == Some(area))
        };
        if candidates.iter().any(is_here) {
            candidates.retain(is_here);
        }
    }

    /// A value to choose.
    fn option(&self, slot: &str, value: &Value) -> Choice {
        let home = self.house.home();
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let slots = vec![(slot.to_owned(), value.clone())];
        let device = home.devices.iter().position(|device| slot == "name" && device.names.name == text);
        if let Some(device) = device {
            let known = Here { home, language: &self.language }.choice(device);
            return Choice { slots, ..known };
        }
        let place = home.area(&text).map(|area| &area.names).or(home.floor(&text).map(|floor| &floor.names));
        match place.filter(|_| ["area", "floor"].contains(&slot)) {
            Some(names) => Choice {
                name: names.in_language(&self.language).to_owned(),
                also: names.spoken(&self.language).map(str::to_owned).collect(),
                slots,
            },
            None => Choice { name: text, also: Vec::new(), slots },
        }
    }

    /// Words that nothing can be made of.
    pub(super) fn not_understood(
        &mut self,
        turn: Turn,
        text: &str,
        reason: String,
        nearest: Option<Intent>,
        emit: &mut dyn FnMut(Event),
    ) {
        let nearest = nearest.map(Box::new);
        let kind = EventKind::NotUnderstood { text: text.to_owned(), reason, nearest };
        emit(turn.event(self.dialogue.session(turn.site), kind));
        self.step(turn, Input::NotUnderstood, emit);
    }

    /// Tells the dialogue what happened, and does what it says, until it waits or is done.
    pub(super) fn step(&mut self, turn: Turn, input: Input, emit: &mut dyn FnMut(Event)) {
        let now = self.clock.now().timestamp();
        let mut outputs = VecDeque::from(self.dialogue.step(turn.site, input, now));
        while let Some(output) = outputs.pop_front() {
            match output {
                Output::Act(acts) => {
                    let came = self.perform(turn, acts, emit);
                    outputs.extend(self.dialogue.step(turn.site, came, now));
                }
                Output::Say { session, line } => self.say(turn, session, line, emit),
                Output::Listen { session, patience_ms, expects, options } => {
                    emit(turn.event(Some(session), EventKind::Listen { patience_ms, expects, options }));
                }
                Output::End { session, reason } => {
                    self.leave_unanswered(session, reason);
                    emit(turn.event(Some(session), EventKind::SessionEnd { reason }));
                }
            }
        }
    }

    fn say(&mut self, turn: Turn, session: Option<u64>, line: Line, emit: &mut dyn FnMut(Event)) {
        let words = words::of(&self.language);
        let slow = matches!(line, Line::Slowly(_));
        let text = match line {
            Line::Text(text) | Line::Slowly(text) => text,
            Line::NotUnderstood => words.not_understood(),
            Line::AskAgain(question) => words.ask_again(&question),
            Line::GiveUp => words.give_up(),
            Line::AllRight => words.all_right(),
            Line::Failed => words.failed(),
        };
        self.dialogue.memory(turn.site).last_reply = Some(text.clone());
        let language = self.language.clone();
        emit(turn.event(session, EventKind::Reply { text, language, slow }));
    }
}

/// What could be chosen, and was not.
fn passed_over(expects: &Expects, answer: &Answer) -> Vec<Choice> {
    match (expects, answer) {
        (Expects::Choice(options), Answer::Slots(chosen)) => {
            options.iter().filter(|option| !chosen.contains(&option.slots)).cloned().collect()
        }
        _ => Vec::new(),
    }
}
