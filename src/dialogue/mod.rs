//! Conversations: sessions from wake word to answer.
//!
//! One conversation is one utterance and one answer for now; what it keeps from one to the next
//! (the last reply, for "say that again") stands here, and so will questions that wait for an
//! answer.

use crate::event::{Event, EventKind, SessionEndReason};

/// What is remembered from one session to the next.
#[derive(Debug, Default)]
pub struct Dialogue {
    sessions: u64,
    last_reply: Option<String>,
}

/// One session: whatever it reports belongs to it, and it ends exactly once.
pub struct Session<'a> {
    id: Option<u64>,
    at_ms: u64,
    dialogue: &'a mut Dialogue,
    emit: &'a mut dyn FnMut(Event),
}

impl Dialogue {
    /// A session that the ear began with this event, or, where it has no number, a new one.
    pub fn session<'a>(
        &'a mut self,
        id: Option<u64>,
        at_ms: u64,
        emit: &'a mut dyn FnMut(Event),
    ) -> Session<'a> {
        self.sessions = id.unwrap_or(self.sessions + 1).max(self.sessions);
        Session { id: Some(id.unwrap_or(self.sessions)), at_ms, dialogue: self, emit }
    }

    /// The number of the session that [`Dialogue::session`] will give.
    #[must_use]
    pub fn number(&self, id: Option<u64>) -> u64 {
        id.unwrap_or(self.sessions + 1)
    }

    /// What the assistant says of its own accord (a timer): no session.
    pub fn aside<'a>(&'a mut self, at_ms: u64, emit: &'a mut dyn FnMut(Event)) -> Session<'a> {
        Session { id: None, at_ms, dialogue: self, emit }
    }

    #[must_use]
    pub fn last_reply(&self) -> Option<&str> {
        self.last_reply.as_deref()
    }
}

impl Session<'_> {
    /// Reports what happened.
    pub fn report(&mut self, kind: EventKind) {
        let event = self.event(kind);
        (self.emit)(event);
    }

    /// Reports what happened, and how long it took.
    pub fn report_timed(&mut self, kind: EventKind, took: std::time::Duration) {
        let event = self.event(kind).took(took);
        (self.emit)(event);
    }

    /// Says something; nothing where there is nothing to say.
    pub fn say(&mut self, text: &str, language: &str) {
        if text.is_empty() {
            return;
        }
        self.dialogue.last_reply = Some(text.to_owned());
        self.report(EventKind::Reply { text: text.to_owned(), language: language.to_owned() });
    }

    /// Ends it.
    pub fn end(mut self, reason: SessionEndReason) {
        self.report(EventKind::SessionEnd { reason });
    }

    fn event(&self, kind: EventKind) -> Event {
        Event { session: self.id, ..Event::new(self.at_ms, kind) }
    }
}
