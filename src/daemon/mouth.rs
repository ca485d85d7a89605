//! The voice's thread: makes speech, plays it, and tells the ear not to listen meanwhile.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{Message, OwnVoice, Shared};
use crate::audio::{Resampler, Speaker, play_while};
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
    pub slow: bool,
    pub session: Option<u64>,
}

enum Order {
    /// With the number of times that the voice had been silenced when it was ordered.
    Say(Say, u64),
    Cue(Speech),
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
    ) -> Self {
        let (orders, inbox) = mpsc::sync_channel(QUEUE);
        let shared = Arc::clone(shared);
        let mut talker = Talker { voice, speaker, news, shared: Arc::clone(&shared), speaker_failed: false };
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
                Ok(Order::Cue(cue)) => self.play(&cue, None, &|| true),
                Ok(Order::Say(say, hushed)) => self.say(&say, hushed),
                Err(RecvTimeoutError::Timeout) => self.speaker.rest(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.speaker.stop();
    }

    fn say(&mut self, say: &Say, hushed: u64) {
        let shared = Arc::clone(&self.shared);
        let wanted = || shared.hushed.load(Ordering::Relaxed) == hushed;
        let speech = if say.slow {
            self.voice.speak_slowly(&say.text, &say.language)
        } else {
            self.voice.speak(&say.text, &say.language)
        };
        match speech {
            Ok(speech) if speech.samples.is_empty() || !wanted() => {}
            Ok(speech) => {
                shared.own_voice.put(OwnVoice::Began(for_the_ear(&speech)));
                self.tell(Message::Began(say.session));
                self.play(&speech, say.session, &wanted);
                std::thread::sleep(if wanted() { ECHO } else { Duration::ZERO });
                shared.own_voice.put(OwnVoice::Ended);
            }
            Err(error) => self.fault(say.session, "voice", error.to_string()),
        }
        self.tell(Message::Ended);
    }

    /// Plays to the end, or until it is not wanted any more.
    fn play(&mut self, speech: &Speech, session: Option<u64>, wanted: &dyn Fn() -> bool) {
        self.speaker.set_volume(f32::from_bits(self.shared.volume.load(Ordering::Relaxed)));
        let shared = &self.shared;
        match play_while(self.speaker.as_mut(), speech, &|| wanted() && !shared.stopping()) {
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

/// Speech at the ear's rate.
fn for_the_ear(speech: &Speech) -> Vec<i16> {
    let mut sound = Vec::new();
    if let Some(mut resampler) = Resampler::new(speech.sample_rate) {
        let samples: Vec<f32> = speech.samples.iter().map(|&s| f32::from(s) / 32_768.0).collect();
        resampler.push(&samples, &mut sound);
        resampler.finish(&mut sound);
    }
    sound
}
