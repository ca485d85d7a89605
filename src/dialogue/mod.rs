//! Conversations, as a state machine without a clock: what happens goes in, what is to be done, said
//! and asked comes out. Times are passed in; the mind does what comes out, and says what came of it.
//!
//! ```text
//!           ┌──────────────── a new command ─────────────────┐
//!           ▼                                                │
//!  Begin ─► (open) ─ Command ─► Act ─ Did ─┬─► End           │
//!                                ▲         └─► Ask ─► Listen ─┤
//!                                └──────── Answer ────────────┘
//!                 silence, time-outs, failures, "never mind" ─► End
//! ```
//!
//! Every site (a room with its own microphone) has at most one session, and a session at most one
//! question. What is said unasked waits until the session at its site is over.

mod answer;
mod memory;
mod question;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use crate::config::DialogueConfig;
use crate::event::{Expected, SessionEndReason};
use crate::nlu::Intent;

pub use answer::{Answer, grammar_of, read};
pub use memory::{Done, Last, Memory};
pub use question::{Choice, Expects, Question, ValueOf, complete};

/// Where somebody is who has said nothing about it: the microphone of this machine.
pub const DEFAULT_SITE: &str = "default";

/// How much longer than its patience a session waits for a driver that tells nothing.
const LOST: SignedDuration = SignedDuration::from_secs(30);

/// Answers that are no answer, after which a question is given up.
const FAILURES: u32 = 2;

/// How often a question is said again to somebody who asks for it.
const ASKED_FOR: u32 = 3;

/// How long "stop" is listened for after each ring.
const RING_PATIENCE_MS: u64 = 5_000;

/// Sessions that the assistant begins have numbers above this, so that none is one of the ear's, which
/// counts its own.
const OWN_SESSIONS: u64 = 1 << 32;

/// Something to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Let a skill act; `confirmed` when somebody was asked about it and said yes.
    Run { intent: Intent, confirmed: bool },
    /// Undo what was done last; say so where it was asked for by itself.
    TakeBack { aloud: bool, confirmed: bool },
    /// Ask this, about the intent that it names.
    Ask(Question),
}

/// A question with what waits for its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    pub question: Question,
    /// What the answer completes.
    pub act: Act,
    /// What is to be done after that.
    pub then: Vec<Act>,
}

/// What happens at a site.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Somebody wakes the assistant, speaks or types. Another session than the open one replaces it;
    /// `None` goes on with the open one, or begins one.
    Begin { session: Option<u64> },
    /// A command was understood.
    Command(Vec<Act>),
    /// An answer to the open question; `said` are its words.
    Answer { answer: Answer, said: String },
    /// Words that are neither a command nor an answer.
    NotUnderstood,
    /// A noise.
    NotHeard,
    /// Nobody spoke.
    Silence,
    /// A stage failed.
    Failed,
    /// What came of an [`Output::Act`].
    Did { reply: String, slow: bool, question: Option<Box<Pending>>, end: SessionEndReason },
    /// Something to say that nobody asked for.
    Unasked(String),
    /// Something rings: it begins a session of its own, unless there is one.
    Ring(Box<Pending>),
    /// Time has passed.
    Tick,
    /// Nobody will answer any more.
    Close,
}

/// What is to happen at a site.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Do this, in this order, and tell with [`Input::Did`] what came of it.
    Act(Vec<Act>),
    /// `session` is `None` for what nobody asked for.
    Say {
        session: Option<u64>,
        line: Line,
    },
    /// Somebody is waited for.
    Listen {
        session: u64,
        patience_ms: u64,
        expects: Expected,
        options: Vec<String>,
    },
    End {
        session: u64,
        reason: SessionEndReason,
    },
}

/// What to say; words are the mind's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    Text(String),
    /// The same, said slowly.
    Slowly(String),
    NotUnderstood,
    /// The question, after an answer that was none.
    AskAgain(String),
    /// Two answers were none.
    GiveUp,
    /// Nothing is done.
    AllRight,
    Failed,
}

/// All sites.
#[derive(Debug, Default)]
pub struct Dialogue {
    manners: DialogueConfig,
    sessions: u64,
    /// Sessions that began because something rang.
    rings: u64,
    sites: BTreeMap<String, Site>,
}

#[derive(Debug, Default)]
struct Site {
    open: Option<Open>,
    unasked: VecDeque<String>,
    memory: Memory,
}

#[derive(Debug)]
struct Open {
    session: u64,
    /// When it is over, whatever happens.
    until: Timestamp,
    asked: Option<Asked>,
    /// A command was done, and a further one may follow.
    following: bool,
}

#[derive(Debug)]
struct Asked {
    pending: Pending,
    /// Times that nobody answered, that the answer was none, that it was to be said again.
    silences: u32,
    failures: u32,
    again: u32,
}

impl Dialogue {
    #[must_use]
    pub fn new(manners: DialogueConfig) -> Self {
        Self { manners, ..Self::default() }
    }

    /// The household has changed: what was spoken of may be another thing now.
    pub fn renew(&mut self, manners: DialogueConfig) {
        self.manners = manners;
        self.sites.values_mut().for_each(|site| site.memory.forget());
    }

    /// Knows nothing more of what was said and done before, anywhere. Questions stay open.
    pub fn forget_what_was_said(&mut self) {
        self.sites.values_mut().for_each(|site| site.memory = Memory::default());
    }

    /// One step at a site.
    pub fn step(&mut self, name: &str, input: Input, now: Timestamp) -> Vec<Output> {
        let manners = self.manners;
        let mut out = Vec::new();
        let site = self.sites.entry(name.to_owned()).or_default();
        match input {
            Input::Begin { session } => {
                site.begin(session, &mut self.sessions, &manners, now, &mut out);
                return out;
            }
            Input::Unasked(text) => {
                site.unasked.push_back(text);
                site.speak_unasked(&mut out);
                return out;
            }
            Input::Ring(pending) if site.open.is_none() => {
                self.rings += 1;
                site.ring(OWN_SESSIONS + self.rings, *pending, &manners, now, &mut out);
                return out;
            }
            _ => {}
        }
        let Some(open) = &mut site.open else { return out };
        let over = open.take(input, &manners, now, &mut out);
        if let Some(reason) = over {
            out.push(Output::End { session: open.session, reason });
            site.open = None;
            site.speak_unasked(&mut out);
        }
        out
    }

    /// The session that is open at a site.
    #[must_use]
    pub fn session(&self, site: &str) -> Option<u64> {
        Some(self.sites.get(site)?.open.as_ref()?.session)
    }

    /// The question that is open at a site.
    #[must_use]
    pub fn question(&self, site: &str) -> Option<&Question> {
        Some(&self.sites.get(site)?.open.as_ref()?.asked.as_ref()?.pending.question)
    }

    /// Sites with an open session.
    #[must_use]
    pub fn busy_sites(&self) -> Vec<String> {
        self.sites.iter().filter(|(_, site)| site.open.is_some()).map(|(name, _)| name.clone()).collect()
    }

    /// The clock was set, by so much.
    pub fn clock_moved(&mut self, by: SignedDuration) {
        for open in self.sites.values_mut().filter_map(|site| site.open.as_mut()) {
            open.until = open.until.saturating_add(by).unwrap_or(open.until);
        }
    }

    /// When a session is over for want of anything happening.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.sites.values().filter_map(|site| site.open.as_ref()).map(|open| open.until).min()
    }

    /// What is remembered at a site.
    pub fn memory(&mut self, site: &str) -> &mut Memory {
        &mut self.sites.entry(site.to_owned()).or_default().memory
    }
}

impl Site {
    fn begin(
        &mut self,
        session: Option<u64>,
        sessions: &mut u64,
        manners: &DialogueConfig,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) {
        let until = later(now, manners.patience_ms);
        if let Some(open) = &mut self.open {
            if session.is_none_or(|session| session == open.session) {
                open.until = until;
                return;
            }
            out.push(Output::End { session: open.session, reason: SessionEndReason::Replaced });
        }
        *sessions = session.unwrap_or(*sessions + 1).max(*sessions);
        let session = session.unwrap_or(*sessions);
        self.open = Some(Open { session, until, asked: None, following: false });
    }

    fn ring(
        &mut self,
        session: u64,
        pending: Pending,
        manners: &DialogueConfig,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) {
        let line = Line::Text(pending.question.text.clone());
        let asked = Some(Asked { pending, silences: 0, failures: 0, again: 0 });
        let open = self.open.insert(Open { session, until: now, asked, following: false });
        open.ask(line, manners, now, out);
    }

    /// Says what has waited, unless somebody is being talked to.
    fn speak_unasked(&mut self, out: &mut Vec<Output>) {
        if self.open.is_none() {
            let lines = self.unasked.drain(..).map(Line::Text);
            out.extend(lines.map(|line| Output::Say { session: None, line }));
        }
    }
}

impl Open {
    /// Takes what happened, and tells why the session is over where it is.
    fn take(
        &mut self,
        input: Input,
        manners: &DialogueConfig,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> Option<SessionEndReason> {
        match input {
            Input::Command(acts) => {
                (self.asked, self.following) = (None, false);
                self.until = later(now, manners.patience_ms);
                out.push(Output::Act(acts));
                None
            }
            Input::Did { reply, slow, question: None, end } => {
                let line = if slow { Line::Slowly(reply) } else { Line::Text(reply) };
                self.done(line, end, manners, now, out)
            }
            Input::Did { reply, question: Some(pending), .. } => {
                let text = [reply.as_str(), &pending.question.text].join(" ").trim().to_owned();
                self.asked = Some(Asked { pending: *pending, silences: 0, failures: 0, again: 0 });
                self.ask(Line::Text(text), manners, now, out);
                None
            }
            Input::Answer { answer, said } => self.answered(answer, &said, manners, now, out),
            // Whatever else is heard while something rings is not meant for the assistant.
            Input::NotUnderstood | Input::NotHeard | Input::Silence if self.is_ringing() => {
                Some(SessionEndReason::Unanswered)
            }
            Input::NotUnderstood | Input::NotHeard if self.asked.is_some() => {
                self.misunderstood(manners, now, out)
            }
            Input::NotUnderstood => {
                self.say(Line::NotUnderstood, out);
                Some(SessionEndReason::NotUnderstood)
            }
            Input::NotHeard | Input::Silence | Input::Close | Input::Tick if self.following => {
                (!matches!(input, Input::Tick) || now >= self.until).then_some(SessionEndReason::Done)
            }
            Input::NotHeard => Some(SessionEndReason::NotHeard),
            Input::Silence => self.nobody_spoke(manners, now, out),
            Input::Tick if now < self.until => None,
            Input::Tick | Input::Close => Some(match self.asked {
                Some(_) => SessionEndReason::Unanswered,
                None => SessionEndReason::NoSpeech,
            }),
            Input::Failed => {
                self.say(Line::Failed, out);
                Some(SessionEndReason::Error)
            }
            Input::Begin { .. } | Input::Unasked(_) | Input::Ring(_) => None,
        }
    }

    /// A command was done.
    fn done(
        &mut self,
        line: Line,
        end: SessionEndReason,
        manners: &DialogueConfig,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> Option<SessionEndReason> {
        self.say(line, out);
        if end != SessionEndReason::Done || manners.follow_up_ms == 0 {
            return Some(end);
        }
        self.following = true;
        self.listen(Expected::Command, Vec::new(), manners.follow_up_ms, now, out);
        None
    }

    fn answered(
        &mut self,
        answer: Answer,
        said: &str,
        manners: &DialogueConfig,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> Option<SessionEndReason> {
        let mut asked = self.asked.take()?;
        if answer == Answer::Repeat {
            asked.again += 1;
            if asked.again > ASKED_FOR {
                return Some(SessionEndReason::Unanswered);
            }
            let text = asked.pending.question.text.clone();
            self.asked = Some(asked);
            self.ask(Line::Text(text), manners, now, out);
            return None;
        }
        let Pending { question, act, then } = asked.pending;
        let completed: Vec<Act> = match answer {
            Answer::Yes => vec![act.confirmed()],
            Answer::Slots(ways) => {
                let Some(intent) = question.intent.or(act.intent()) else {
                    return Some(SessionEndReason::Cancelled);
                };
                let way =
                    |slots: &Vec<_>| Act::Run { intent: complete(&intent, slots, said), confirmed: false };
                ways.iter().map(way).collect()
            }
            Answer::No => {
                self.say(Line::AllRight, out);
                return Some(SessionEndReason::Cancelled);
            }
            Answer::Cancel | Answer::Repeat => return Some(SessionEndReason::Cancelled),
        };
        self.until = later(now, manners.patience_ms);
        out.push(Output::Act(completed.into_iter().chain(then).collect()));
        None
    }

    fn misunderstood(
        &mut self,
        manners: &DialogueConfig,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> Option<SessionEndReason> {
        let asked = self.asked.as_mut()?;
        asked.failures += 1;
        if asked.failures >= FAILURES {
            self.say(Line::GiveUp, out);
            return Some(SessionEndReason::NotUnderstood);
        }
        let line = Line::AskAgain(asked.pending.question.text.clone());
        self.ask(line, manners, now, out);
        None
    }

    fn nobody_spoke(
        &mut self,
        manners: &DialogueConfig,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> Option<SessionEndReason> {
        let Some(asked) = &mut self.asked else { return Some(SessionEndReason::NoSpeech) };
        asked.silences += 1;
        if asked.silences > manners.repeats {
            return Some(SessionEndReason::Unanswered);
        }
        let line = Line::Text(asked.pending.question.text.clone());
        self.ask(line, manners, now, out);
        None
    }

    fn ask(&mut self, line: Line, manners: &DialogueConfig, now: Timestamp, out: &mut Vec<Output>) {
        let Some(asked) = &self.asked else { return };
        let expects = &asked.pending.question.expects;
        let (kind, options) = (expects.kind(), expects.options());
        let patience_ms = if self.is_ringing() { RING_PATIENCE_MS } else { manners.patience_ms };
        self.say(line, out);
        self.listen(kind, options, patience_ms, now, out);
    }

    /// Whether the question is something that rings.
    fn is_ringing(&self) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.pending.question.expects == Expects::Ring)
    }

    fn listen(
        &mut self,
        expects: Expected,
        options: Vec<String>,
        patience_ms: u64,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) {
        self.until = later(now, patience_ms);
        out.push(Output::Listen { session: self.session, patience_ms, expects, options });
    }

    fn say(&self, line: Line, out: &mut Vec<Output>) {
        if !matches!(&line, Line::Text(text) | Line::Slowly(text) if text.is_empty()) {
            out.push(Output::Say { session: Some(self.session), line });
        }
    }
}

impl Act {
    /// What a skill is to do.
    #[must_use]
    pub fn run(intent: Intent) -> Self {
        Self::Run { intent, confirmed: false }
    }

    fn confirmed(self) -> Self {
        match self {
            Self::Run { intent, .. } => Self::Run { intent, confirmed: true },
            Self::TakeBack { aloud, .. } => Self::TakeBack { aloud, confirmed: true },
            Self::Ask(question) => Self::Ask(question),
        }
    }

    fn intent(self) -> Option<Intent> {
        match self {
            Self::Run { intent, .. } => Some(intent),
            Self::TakeBack { .. } => None,
            Self::Ask(question) => question.intent,
        }
    }
}

fn later(now: Timestamp, patience_ms: u64) -> Timestamp {
    let patience = SignedDuration::from_millis(i64::try_from(patience_ms).unwrap_or(i64::MAX));
    now.saturating_add(patience).and_then(|at| at.saturating_add(LOST)).unwrap_or(Timestamp::MAX)
}
