//! The ear's thread: frames in, events out.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;
use std::thread::JoinHandle;
use std::time::Duration;

use super::{Message, OwnVoice, Shared};
use crate::audio::{Captured, FrameSource};
use crate::ear::Ear;
use crate::event::{Event, EventKind, State};

/// How long the thread waits for sound before it looks around.
const PATIENCE: Duration = Duration::from_millis(100);

/// How soon a closed microphone is opened again.
const MUTED_STEP: Duration = Duration::from_millis(20);

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
    source: Box<dyn FrameSource>,
    ear: Ear,
    events: SyncSender<Message>,
    shared: &Arc<Shared>,
) -> JoinHandle<()> {
    let shared = Arc::clone(shared);
    std::thread::spawn(move || {
        let farewell = Farewell(events);
        listen(source, ear, &farewell.0, &shared);
    })
}

fn listen(mut source: Box<dyn FrameSource>, mut ear: Ear, events: &SyncSender<Message>, shared: &Shared) {
    ear.recognise_on_thread();
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
    let mut microphone = if shared.muted() { Microphone::Closed } else { Microphone::Open };
    while !shared.stopping() {
        shared.ear_is_alive();
        match (shared.muted(), microphone) {
            (true, Microphone::Open | Microphone::Opening) => {
                // What was said until now was said to be heard.
                ear.finish(&mut emit);
                source.close();
                microphone = Microphone::Closed;
                emit(Event::new(ear.now_ms(), EventKind::State { state: State::Muted }));
            }
            (false, Microphone::Closed) => microphone = Microphone::Opening,
            _ => {}
        }
        match shared.own_voice.take() {
            Some(OwnVoice::Began(sound)) => ear.begin_speaking(sound),
            Some(OwnVoice::GoesOn(sound)) => ear.go_on_speaking(sound),
            Some(OwnVoice::Ended) => ear.end_speaking(),
            None => {}
        }
        if ear.is_waiting()
            && let Some(hearing) = shared.next_hearing.take()
        {
            hearing.give(&mut ear);
        }
        if microphone == Microphone::Closed {
            // Nobody is listened to, whoever was asked something.
            shared.listen.take();
            std::thread::sleep(MUTED_STEP);
            continue;
        }
        // Whoever woke the assistant meanwhile is listened to already.
        if let Some(listen) = shared.listen.take()
            && !ear.is_listening()
        {
            listen.open(&mut ear, &mut emit);
        }
        let captured = source.next(PATIENCE);
        let open = matches!(captured, Captured::Frame(_) | Captured::Event(EventKind::MicrophoneOpen { .. }));
        match captured {
            Captured::Frame(frame) => {
                ear.push(&frame, &mut emit);
                shared.heard_ms.store(ear.now_ms(), Ordering::Relaxed);
            }
            Captured::Event(kind) => {
                // A command that is cut off by an unplugged microphone is over.
                if matches!(kind, EventKind::MicrophoneLost { .. }) {
                    ear.finish(&mut emit);
                }
                emit(Event::new(ear.now_ms(), kind));
            }
            Captured::Nothing => {}
            Captured::End => {
                ear.finish(&mut emit);
                break;
            }
        }
        if microphone == Microphone::Opening && open {
            microphone = Microphone::Open;
            emit(Event::new(ear.now_ms(), EventKind::State { state: State::Idle }));
        }
    }
}
