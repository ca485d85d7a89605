//! The ear's thread: orders in, events out, deaf while muted.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;
use std::thread::JoinHandle;
use std::time::Duration;

use super::hears::{Heard, Hears, Order};
use super::{Message, Shared};
use crate::event::{Event, EventKind, State};

/// How long the thread waits for sound before it looks around.
const PATIENCE: Duration = Duration::from_millis(100);

/// How soon a muted ear notices that it is to listen again.
const MUTED_LOOK: Duration = Duration::from_millis(50);

/// The microphone, as far as muting goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Microphone {
    /// Or being looked for.
    Open,
    /// Muted: no stream.
    Closed,
    /// No longer muted, and no sound has come yet.
    Opening,
}

/// Says that the ear is gone however its thread ends.
struct Farewell(SyncSender<Message>);

impl Drop for Farewell {
    fn drop(&mut self) {
        // When nobody listens any more, nobody needs to know.
        let _ = self.0.send(Message::Deaf);
    }
}

pub(super) fn spawn(
    hears: Box<dyn Hears>,
    events: SyncSender<Message>,
    shared: &Arc<Shared>,
) -> JoinHandle<()> {
    let shared = Arc::clone(shared);
    std::thread::spawn(move || {
        let farewell = Farewell(events);
        listen(hears, &farewell.0, &shared);
    })
}

fn listen(mut hears: Box<dyn Hears>, events: &SyncSender<Message>, shared: &Shared) {
    let mut emit = |event: Event| {
        // Somebody wants to be heard: whatever is being said stops now, not when the mind has time.
        if matches!(event.kind, EventKind::Wake { .. }) {
            shared.hush();
        }
        // A level that comes late is of no use; everything else waits for its turn. Once the loop
        // is gone the thread is about to stop as well.
        if matches!(event.kind, EventKind::Level { .. }) {
            let _ = events.try_send(Message::Heard(event));
        } else {
            let _ = events.send(Message::Heard(event));
        }
    };
    let mut microphone = Microphone::Open;
    if shared.muted() {
        // What was made ready is not needed until somebody unmutes.
        hears.close(&mut emit);
        microphone = Microphone::Closed;
    }
    while !shared.stopping() {
        shared.ear_is_alive();
        match (shared.muted(), microphone) {
            (true, Microphone::Open | Microphone::Opening) => {
                hears.close(&mut emit);
                microphone = Microphone::Closed;
                emit(Event::new(hears.now_ms(), EventKind::State { state: State::Muted }));
            }
            (false, Microphone::Closed) => microphone = Microphone::Opening,
            _ => {}
        }
        let listen = shared.listen.take();
        if microphone == Microphone::Closed {
            // Who is asked something now cannot be heard: as if nobody had answered.
            if let Some(listen) = listen {
                let nobody = Event::new(hears.now_ms(), EventKind::NoSpeech);
                emit(nobody.in_session(listen.session()));
            }
            shared.own_voice.take();
            std::thread::sleep(MUTED_LOOK);
            continue;
        }
        let renewed = shared.next_hearing.take().map(Order::Renew);
        let keep = shared.keep.take().map(Order::Keep);
        let orders = [keep, shared.own_voice.take().map(Order::Voice), renewed, listen.map(Order::Listen)];
        for order in orders.into_iter().flatten() {
            hears.tell(order, &mut emit);
        }
        let went = hears.hear(PATIENCE, &mut emit);
        shared.heard_ms.store(hears.now_ms(), Ordering::Relaxed);
        match went {
            Heard::Sound if microphone == Microphone::Opening => {
                microphone = Microphone::Open;
                emit(Event::new(hears.now_ms(), EventKind::State { state: State::Idle }));
            }
            Heard::Sound | Heard::Nothing => {}
            Heard::Over => break,
        }
    }
}
