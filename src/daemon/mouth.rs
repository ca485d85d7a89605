//! The voice's thread: makes speech, plays it, and tells the ear not to listen meanwhile.

use std::iter;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{Message, OwnVoice, Shared};
use crate::audio::{Speaker, wait_while};
use crate::clock::Clock;
use crate::event::EventKind;
use crate::tts::{Cue, Manner, QuietHours, Speech, TtsError, Voice, quiet};

/// One answer and a few cues.
const QUEUE: usize = 4;

/// How often the thread looks around while nothing is to be said.
const PATIENCE: Duration = Duration::from_millis(200);

/// How long a room goes on sounding after the speaker is silent.
const ECHO: Duration = Duration::from_millis(150);

/// An answer to be spoken.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Say {
    pub text: String,
    pub language: String,
    pub session: Option<u64>,
    pub manner: Manner,
}

enum Order {
    /// With the number of times that the voice had been silenced when it was ordered.
    Say(Say, u64),
    Cue(Cue),
}

/// The loop's end of the voice's thread.
pub(super) struct Mouth {
    orders: SyncSender<Order>,
    thread: JoinHandle<()>,
    shared: Arc<Shared>,
    /// An answer is on its way.
    busy: bool,
}

impl Mouth {
    pub fn spawn(
        voice: Box<dyn Voice>,
        speaker: Box<dyn Speaker>,
        news: SyncSender<Message>,
        shared: &Arc<Shared>,
        wishes: Wishes,
    ) -> Self {
        let (orders, inbox) = mpsc::sync_channel(QUEUE);
        let shared = Arc::clone(shared);
        let out = Out { speaker, news, shared: Arc::clone(&shared), wishes, speaker_failed: false };
        let mut talker = Talker { voice, out };
        let thread = std::thread::spawn(move || talker.live(&inbox));
        Self { orders, thread, shared, busy: false }
    }

    /// Whether no answer is being spoken.
    pub fn idle(&self) -> bool {
        !self.busy
    }

    /// Whether the thread died.
    pub fn gone(&self) -> bool {
        self.thread.is_finished()
    }

    /// Speaks an answer, and [`Message::Ended`] follows; or gives it back while cues are in the way.
    pub fn say(&mut self, say: Say) -> Option<Say> {
        let hushed = self.shared.hushed.load(Ordering::Relaxed);
        match self.orders.try_send(Order::Say(say, hushed)) {
            Ok(()) => {
                self.busy = true;
                None
            }
            Err(TrySendError::Full(order) | TrySendError::Disconnected(order)) => match order {
                Order::Say(say, _) => Some(say),
                Order::Cue(_) => None,
            },
        }
    }

    /// Sounds a cue soon, or not at all: a late cue misleads.
    pub fn cue(&mut self, cue: Cue) {
        let _ = self.orders.try_send(Order::Cue(cue));
    }

    /// The answer is over.
    pub fn ended(&mut self) {
        self.busy = false;
    }

    /// Lets the thread end.
    pub fn into_thread(self) -> JoinHandle<()> {
        self.thread
    }
}

/// What the household wants of the voice.
pub(super) struct Wishes {
    /// The language that it is to be ready for.
    pub language: String,
    pub quiet: Option<QuietHours>,
    pub clock: Arc<dyn Clock>,
}

impl Wishes {
    fn volume(&self, usual: f32) -> f32 {
        quiet::volume(usual, self.quiet.as_ref(), self.clock.now().time())
    }
}

struct Talker {
    voice: Box<dyn Voice>,
    out: Out,
}

/// Where the voice's sound goes, and the news of it.
struct Out {
    speaker: Box<dyn Speaker>,
    news: SyncSender<Message>,
    shared: Arc<Shared>,
    wishes: Wishes,
    /// A missing speaker is reported once, until it is back.
    speaker_failed: bool,
}

impl Talker {
    fn live(&mut self, orders: &Receiver<Order>) {
        self.voice.prepare(&self.out.wishes.language);
        while !self.out.shared.stopping() {
            match orders.recv_timeout(PATIENCE) {
                Ok(Order::Cue(cue)) => self.out.sound(cue),
                Ok(Order::Say(say, hushed)) => self.say(&say, hushed),
                Err(RecvTimeoutError::Timeout) => self.out.speaker.rest(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.out.speaker.stop();
    }

    /// Speaks piece by piece: the next is made while one is heard.
    fn say(&mut self, say: &Say, hushed: u64) {
        let Self { voice, out } = self;
        let shared = Arc::clone(&out.shared);
        let wanted = || shared.hushed.load(Ordering::Relaxed) == hushed && !shared.stopping();
        let mut pieces = voice.pieces(&say.text, &say.language).into_iter();
        let mut make = move |piece: String| voice.speak_as(&piece, &say.language, say.manner);
        if let Some(first) = pieces.next() {
            // Here, not on the other thread: it is waited for.
            let first = make(first);
            let (sender, rest) = mpsc::sync_channel(1);
            std::thread::scope(|scope| {
                if first.is_ok() && pieces.len() > 0 {
                    scope.spawn(move || {
                        for piece in pieces {
                            let speech = make(piece);
                            let failed = speech.is_err();
                            // Nobody takes it any more when the rest is not wanted.
                            if sender.send(speech).is_err() || failed {
                                break;
                            }
                        }
                    });
                } else {
                    drop(sender);
                }
                out.say_pieces(iter::once(first).chain(rest), say.session, &wanted);
            });
        }
        out.tell(Message::Ended);
    }
}

impl Out {
    fn say_pieces(
        &mut self,
        pieces: impl Iterator<Item = Result<Speech, TtsError>>,
        session: Option<u64>,
        wanted: &dyn Fn() -> bool,
    ) {
        let shared = Arc::clone(&self.shared);
        let mut begun = false;
        for piece in pieces {
            match piece {
                _ if !wanted() => break,
                Ok(speech) if speech.samples.is_empty() => {}
                Ok(speech) => {
                    let first = !std::mem::replace(&mut begun, true);
                    self.play(&speech, session, true, wanted, &|out| {
                        if first {
                            out.tell(Message::Began(session));
                        }
                        // Takes some milliseconds, while which the speaker plays already.
                        let sound = speech.for_the_ear();
                        let news = if first { OwnVoice::Began(sound) } else { OwnVoice::GoesOn(sound) };
                        out.shared.own_voice.put(news);
                    });
                }
                Err(error) => self.fault(session, "voice", error.to_string()),
            }
        }
        if begun {
            std::thread::sleep(if wanted() { ECHO } else { Duration::ZERO });
            shared.own_voice.put(OwnVoice::Ended);
        }
    }

    fn sound(&mut self, cue: Cue) {
        self.play(&cue.sound(), None, !cue.wakes_people(), &|| true, &|_| {});
    }

    /// Plays to the end, or until it is not wanted any more; `quietly` in quiet hours. `meanwhile` is
    /// done once it plays, or could not.
    fn play(
        &mut self,
        speech: &Speech,
        session: Option<u64>,
        quietly: bool,
        wanted: &dyn Fn() -> bool,
        meanwhile: &dyn Fn(&Self),
    ) {
        let usual = f32::from_bits(self.shared.volume.load(Ordering::Relaxed));
        self.speaker.set_volume(if quietly { self.wishes.volume(usual) } else { usual });
        let started = self.speaker.start(speech);
        meanwhile(self);
        let shared = &self.shared;
        let wanted = || wanted() && !shared.stopping();
        match started.and_then(|()| wait_while(self.speaker.as_mut(), &wanted)) {
            Ok(()) => self.speaker_failed = false,
            Err(error) if !self.speaker_failed => {
                self.speaker_failed = true;
                self.fault(session, "speaker", error.to_string());
            }
            Err(error) => tracing::debug!("{error}"),
        }
    }

    fn fault(&self, session: Option<u64>, stage: &str, message: String) {
        self.tell(Message::Failed(session, EventKind::Fault { stage: stage.to_owned(), message }));
    }

    fn tell(&self, message: Message) {
        // Once the loop is gone, this thread is about to stop as well.
        let _ = self.news.send(message);
    }
}

#[cfg(test)]
mod tests;
