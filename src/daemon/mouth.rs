//! The voice's thread: makes speech, plays it, and tells the ear not to listen meanwhile.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{Message, Shared};
use crate::audio::{Speaker, play_to_end};
use crate::event::EventKind;
use crate::tts::{Speech, Voice};

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
}

enum Order {
    Say(Say),
    Cue(Speech),
}

/// The loop's end of the voice's thread.
pub(super) struct Mouth {
    orders: SyncSender<Order>,
    thread: JoinHandle<()>,
    /// An answer is on its way.
    busy: bool,
}

impl Mouth {
    pub fn spawn(
        voice: Box<dyn Voice>,
        speaker: Box<dyn Speaker>,
        news: SyncSender<Message>,
        shared: &Arc<Shared>,
    ) -> Self {
        let (orders, inbox) = mpsc::sync_channel(QUEUE);
        let shared = Arc::clone(shared);
        let mut talker = Talker { voice, speaker, news, shared, speaker_failed: false };
        let thread = std::thread::spawn(move || talker.live(&inbox));
        Self { orders, thread, busy: false }
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
        match self.orders.try_send(Order::Say(say)) {
            Ok(()) => {
                self.busy = true;
                None
            }
            Err(TrySendError::Full(order) | TrySendError::Disconnected(order)) => match order {
                Order::Say(say) => Some(say),
                Order::Cue(_) => None,
            },
        }
    }

    /// Sounds a cue soon, or not at all: a late cue misleads.
    pub fn cue(&mut self, cue: Speech) {
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

struct Talker {
    voice: Box<dyn Voice>,
    speaker: Box<dyn Speaker>,
    news: SyncSender<Message>,
    shared: Arc<Shared>,
    /// A missing speaker is reported once, until it is back.
    speaker_failed: bool,
}

impl Talker {
    fn live(&mut self, orders: &Receiver<Order>) {
        while !self.shared.stopping() {
            match orders.recv_timeout(PATIENCE) {
                Ok(Order::Cue(cue)) => self.play(&cue, None),
                Ok(Order::Say(say)) => self.say(&say),
                Err(RecvTimeoutError::Timeout) => self.speaker.rest(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.speaker.stop();
    }

    fn say(&mut self, say: &Say) {
        match self.voice.speak(&say.text, &say.language) {
            Ok(speech) if speech.samples.is_empty() => {}
            Ok(speech) => {
                self.shared.speaking.store(true, Ordering::Relaxed);
                self.tell(Message::Began(say.session));
                self.play(&speech, say.session);
                std::thread::sleep(ECHO);
                self.shared.speaking.store(false, Ordering::Relaxed);
            }
            Err(error) => self.fault(say.session, "voice", error.to_string()),
        }
        self.tell(Message::Ended);
    }

    fn play(&mut self, speech: &Speech, session: Option<u64>) {
        self.speaker.set_volume(f32::from_bits(self.shared.volume.load(Ordering::Relaxed)));
        match play_to_end(self.speaker.as_mut(), speech, &self.shared.stop) {
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
