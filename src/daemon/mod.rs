//! The living house: microphone, ear, mind and voice joined by threads.
//!
//! ```text
//!  device callback ─ring─► ear's thread ─events─► mind (this thread) ─answers─► voice's thread ─► speaker
//!                              ▲                        ▲                           │
//!                              ├──── what is being said ┴───── began, ended ────────┤
//!                              └──────────────────── hush ──────────────────────────┘
//! ```
//!
//! Every queue is bounded. The ear waits when the mind is behind by [`EVENTS`] events (levels are
//! left out then), and its ring counts what it loses meanwhile; of answers that pile up the newest
//! is dropped and reported as a fault. Source, speaker, voice, mind and clock are passed in, so
//! that tests run this loop without devices.

#[cfg(feature = "audio")]
pub mod child;
mod ear;
pub mod hears;
pub mod link;
mod mouth;
mod notify;
mod pool;
pub mod reload;
pub mod sealed;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::json;

use crate::audio::Speaker;
use crate::clock::Clock;
use crate::event::{Event, EventKind, SessionEndReason, State};
use crate::household::Household;
use crate::mind::Mind;
use crate::pipeline::Listen;
use crate::signs::Signs;
use crate::sound::{Purpose, Purposes};
use crate::tts::{Cue, Cues, Manner, QuietHours, Voice};
use crate::{Error, Result};

use hears::Hears;
use mouth::{Mouth, Say, Wishes};
use notify::Notify;
use reload::{Hearing, Renew, Renewal};

/// Events that may wait for the mind.
const EVENTS: usize = 64;

/// Answers that may wait for the voice.
const ANSWERS: usize = 8;

/// How long the loop sleeps at most: signals are noticed this soon.
const TICK: Duration = Duration::from_millis(100);

/// How often the mind looks for what may have changed.
const LOOK: Duration = Duration::from_secs(1);

/// How long the threads get to end.
const STOP_PATIENCE: Duration = Duration::from_millis(1_500);

/// What the loop asks of a mind. [`Mind`] is the one; tests bring their own.
pub trait Answers {
    /// Takes an event of the ear and reports what follows from it.
    fn handle(&mut self, event: &Event, emit: &mut dyn FnMut(Event));
    /// Lets what has become due happen.
    fn tick(&mut self, at_ms: u64, emit: &mut dyn FnMut(Event));
    /// Notices what may have changed what is due: a clock that was set, another process.
    fn look(&mut self, _at_ms: u64, _emit: &mut dyn FnMut(Event)) {}
    /// When something becomes due, by the clock.
    fn next_due(&self) -> Option<Timestamp>;
    /// Takes over a household that was read again; device states and timers stay.
    ///
    /// # Errors
    /// When it does not fit; then the old one stays.
    fn renew(&mut self, household: Household) -> Result<()>;
    /// Sees every event, wherever it comes from.
    fn observe(&mut self, _event: &Event) {}
    /// Whether guests are here, of whom nothing is kept.
    fn guest(&self) -> bool {
        false
    }
    /// Whether nobody is to be listened to: the microphone is closed while this is so.
    fn muted(&self) -> bool {
        false
    }
}

impl Answers for Mind {
    fn handle(&mut self, event: &Event, emit: &mut dyn FnMut(Event)) {
        Mind::handle(self, event, emit);
    }
    fn tick(&mut self, at_ms: u64, emit: &mut dyn FnMut(Event)) {
        Mind::tick(self, at_ms, emit);
    }
    fn look(&mut self, at_ms: u64, emit: &mut dyn FnMut(Event)) {
        Mind::look(self, at_ms, emit);
    }
    fn next_due(&self) -> Option<Timestamp> {
        Mind::next_due(self)
    }
    fn renew(&mut self, household: Household) -> Result<()> {
        Mind::renew(self, household)
    }
    fn observe(&mut self, event: &Event) {
        Mind::observe(self, event);
    }
    fn guest(&self) -> bool {
        Mind::guest(self)
    }
    fn muted(&self) -> bool {
        Mind::muted(self)
    }
}

/// What keeps a history. What goes wrong with it is the answer, once.
pub trait History {
    /// Takes note of an event; told whether guests are here.
    fn see(&mut self, event: &Event, guests: bool) -> Option<String>;
    /// Deletes what was kept long enough, whether anything happens or not.
    fn look(&mut self) -> Option<String>;
    /// For what sound is to be kept now, where no guests are here.
    fn sound(&self) -> Purposes {
        Purposes::NONE
    }
}

/// What a living house is made of.
pub struct Parts {
    /// The ear, with its microphone.
    pub hears: Box<dyn Hears>,
    pub mind: Box<dyn Answers>,
    pub voice: Box<dyn Voice>,
    pub speaker: Box<dyn Speaker>,
    pub clock: Arc<dyn Clock>,
    /// Of the apology when something fails.
    pub language: String,
    /// Which short sounds are made.
    pub cues: Cues,
    /// 0–1, until the mind is asked for another one.
    pub volume: f32,
    /// When nothing is to be loud.
    pub quiet: Option<QuietHours>,
    /// What shows the state to people.
    pub signs: Signs,
    /// What keeps a history, where one is kept.
    pub history: Option<Box<dyn History>>,
    /// What is looked at for changes of the household, where it can change.
    pub news: Option<Box<dyn Renew>>,
}

/// What the threads tell the loop.
enum Message {
    /// The ear heard something, or something happened to the microphone.
    Heard(Event),
    /// The voice begins an answer.
    Began(Option<u64>),
    /// The voice is done with an answer.
    Ended,
    /// The voice or the speaker failed.
    Failed(Option<u64>, EventKind),
    /// The household has changed.
    Renewed(Box<Renewal>),
    /// The household has changed, and cannot be used.
    NotRenewed(EventKind),
    /// The ear's thread is over.
    Deaf,
}

/// What the voice tells the ear.
pub enum OwnVoice {
    /// This will be heard now (16 kHz).
    Began(Vec<i16>),
    /// And now this, of the same answer.
    GoesOn(Vec<i16>),
    /// And now no longer.
    Ended,
}

/// Holds the latest of something until it is taken.
struct Slot<T>(Mutex<Option<T>>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Slot<T> {
    fn put(&self, value: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }

    fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What all threads look at.
struct Shared {
    stop: Arc<AtomicBool>,
    /// What the voice tells the ear, so that it does not take it for somebody else's.
    own_voice: Slot<OwnVoice>,
    /// How often the voice was silenced: what was to be said before the last time is not said.
    hushed: AtomicU64,
    /// The ear's clock, in milliseconds of sound.
    heard_ms: AtomicU64,
    /// When the ear's thread was last alive.
    ear_alive: RwLock<Instant>,
    /// Nobody is to be listened to: the ear closes the microphone, and says so when it is closed.
    muted: AtomicBool,
    /// How loud to speak, 0–1: the bits of an `f32`.
    volume: AtomicU32,
    /// A recogniser that the ear is to take.
    next_hearing: Slot<Hearing>,
    /// Somebody whom the ear is to listen to without the wake word.
    listen: Slot<Listen>,
    /// For what sound is to be kept.
    keep: Slot<Purposes>,
}

/// Lives until `stop` becomes true or the source ends; `watch` sees every event.
///
/// # Errors
/// When a thread dies, or `watch` cannot write.
pub fn run(
    parts: Parts,
    stop: &Arc<AtomicBool>,
    watch: &mut dyn FnMut(&Event) -> io::Result<()>,
) -> Result<()> {
    let shared = Arc::new(Shared {
        stop: Arc::clone(stop),
        own_voice: Slot::default(),
        hushed: AtomicU64::new(0),
        heard_ms: AtomicU64::new(0),
        ear_alive: RwLock::new(Instant::now()),
        // Before the ear lives: a restart must not open the microphone of a muted house.
        muted: AtomicBool::new(parts.mind.muted()),
        volume: AtomicU32::new(parts.volume.to_bits()),
        next_hearing: Slot::default(),
        listen: Slot::default(),
        keep: Slot::default(),
    });
    let (sender, inbox) = mpsc::sync_channel(EVENTS);
    let wishes =
        Wishes { language: parts.language.clone(), quiet: parts.quiet, clock: Arc::clone(&parts.clock) };
    let mouth = Mouth::spawn(parts.voice, parts.speaker, sender.clone(), &shared, wishes);

    let mut house = House {
        mind: parts.mind,
        mouth,
        shared: Arc::clone(&shared),
        language: parts.language,
        cues: parts.cues,
        level: parts.volume,
        state: None,
        resting: if shared.muted() { State::Muted } else { State::Idle },
        latest_ms: 0,
        outbox: VecDeque::new(),
        listen: None,
        waiting_since: None,
        signs: parts.signs,
        history: parts.history,
        keeps: None,
        notify: Notify::new(),
        watch,
        broken_pipe: None,
    };
    // Before the ear's clock runs: the first event is the earliest.
    house.enter(State::Idle, None);
    house.keep_sound();
    if let Some(news) = parts.news {
        reload::spawn(news, sender.clone(), &shared);
    }
    let ear = ear::spawn(parts.hears, sender, &shared);
    Notify::ready();
    let mut deaf = false;
    let mut looked = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        let due = house.mind.next_due().map(|due| due.duration_since(parts.clock.now().timestamp()));
        let wait = due.map_or(TICK, |due| Duration::try_from(due).unwrap_or_default().min(TICK));
        match inbox.recv_timeout(wait) {
            Ok(Message::Deaf) => deaf = true,
            Ok(message) => house.receive(message),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if looked.elapsed() >= LOOK {
            looked = Instant::now();
            house.look();
        }
        if house.mind.next_due().is_some_and(|due| due <= parts.clock.now().timestamp()) {
            house.tick();
        }
        shared.muted.store(house.mind.muted(), Ordering::Relaxed);
        house.speak_next();
        house.open_ear();
        house.notify.alive(&shared);
        if let Some(error) = house.broken_pipe.take() {
            stop.store(true, Ordering::Relaxed);
            return Err(Error::Output(error));
        }
        let silent = house.mouth.idle() && house.outbox.is_empty();
        if house.mouth.gone() || (deaf && silent) {
            break;
        }
    }
    Notify::stopping();
    // A source that ends by itself ends the house, once everything is said; a thread that died is
    // a fault.
    let asked = stop.load(Ordering::Relaxed);
    drop(inbox);
    let until = Instant::now() + STOP_PATIENCE;
    let mouth_died = !join(house.mouth.into_thread(), until);
    stop.store(true, Ordering::Relaxed);
    let ear_died = !join(ear, until);
    if (ear_died || mouth_died) && !asked {
        return Err(Error::Stopped("a part of the assistant failed; the lines above say where".to_owned()));
    }
    Ok(())
}

/// Waits for a thread and says whether it ended well. One that is busy with a long utterance is
/// left behind: the process ends it.
fn join(thread: std::thread::JoinHandle<()>, until: Instant) -> bool {
    while !thread.is_finished() {
        if Instant::now() > until {
            tracing::warn!("a part of the assistant is still busy and is ended");
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    thread.join().is_ok()
}

/// The mind's thread: what the house knows while it lives.
struct House<'a> {
    mind: Box<dyn Answers>,
    mouth: Mouth,
    shared: Arc<Shared>,
    language: String,
    cues: Cues,
    /// The volume to come back to after being muted, 0–1.
    level: f32,
    state: Option<State>,
    /// The state while nothing happens: idle, or muted, or in error.
    resting: State,
    /// The time of the latest event of the ear.
    latest_ms: u64,
    /// Answers that wait until nobody speaks.
    outbox: VecDeque<Say>,
    /// An answer that is awaited once everything is said.
    listen: Option<Listen>,
    /// When the last command ended: the answer's delay is counted from here.
    waiting_since: Option<Instant>,
    history: Option<Box<dyn History>>,
    /// For what sound is kept, as the ear was told last.
    keeps: Option<Purposes>,
    signs: Signs,
    notify: Notify,
    watch: &'a mut dyn FnMut(&Event) -> io::Result<()>,
    broken_pipe: Option<io::Error>,
}

impl House<'_> {
    fn receive(&mut self, message: Message) {
        match message {
            Message::Heard(event) => self.hear(&event),
            // Somebody interrupted before the news came.
            Message::Began(_) if self.is_listening() => {}
            Message::Began(session) => {
                let took = self.waiting_since.take().map(|since| since.elapsed());
                self.enter_after(State::Speaking, session, took);
            }
            Message::Ended => {
                self.mouth.ended();
                let done = self.mouth.idle() && self.outbox.is_empty() && self.listen.is_none();
                if done && self.state == Some(State::Speaking) {
                    self.enter(State::Idle, None);
                }
            }
            Message::Failed(session, kind) => self.report(session, kind),
            Message::Renewed(renewal) => self.renew(*renewal),
            Message::NotRenewed(kind) => self.report(None, kind),
            Message::Deaf => {}
        }
    }

    /// An event of the ear: shown, thought about, answered.
    fn hear(&mut self, event: &Event) {
        self.latest_ms = self.latest_ms.max(event.at_ms);
        let mut cue = None;
        match &event.kind {
            EventKind::State { state } => {
                if let State::Idle | State::Muted | State::Error = state {
                    cue = match (self.resting, *state) {
                        (State::Muted, State::Muted) => None,
                        (_, State::Muted) => Some(Cue::Muted),
                        (State::Muted, _) => Some(Cue::Unmuted),
                        _ => None,
                    };
                    self.resting = *state;
                }
                self.state = Some(*state);
                Notify::status(*state);
            }
            EventKind::Wake { .. } => {
                // People who interrupt an answer do not want the rest; what is said unasked waits.
                self.shared.hush();
                self.outbox.retain(|say| say.session.is_none());
                self.listen = None;
                cue = Some(Cue::Wake);
                // The ear says so next; until then the end of the answer is no reason to be idle.
                self.state = Some(State::Listening);
            }
            EventKind::SpeechEnd { .. } => self.waiting_since = Some(Instant::now()),
            _ => {}
        }
        self.show(event);
        if let Some(cue) = cue {
            self.cue(cue, event.session);
        }
        let over = match event.kind {
            EventKind::Transcript(_) | EventKind::NotHeard { .. } | EventKind::NoSpeech => true,
            EventKind::Fault { .. } => event.session.is_some(),
            _ => false,
        };
        let mut came = Vec::new();
        self.mind.handle(event, &mut |event| came.push(event));
        self.take(&came);
        if over {
            self.conclude(event, &came);
        }
    }

    /// The command is over: apologises or sounds a cue where the mind gave no answer.
    fn conclude(&mut self, event: &Event, came: &[Event]) {
        let answered = came.iter().any(|event| matches!(event.kind, EventKind::Reply { .. }));
        let mut ending = came.iter().find_map(|event| match event.kind {
            EventKind::SessionEnd { reason } => Some(reason),
            _ => None,
        });
        let failed = matches!(&event.kind, EventKind::Fault { stage, .. } if stage == "stt");
        if failed && !answered {
            let text = apology(&self.language).to_owned();
            let reply = EventKind::Reply { text, language: self.language.clone(), slow: false };
            self.take(&[Event { kind: reply, took: None, ..event.clone() }]);
        }
        if failed && ending.is_none() {
            ending = Some(SessionEndReason::Error);
            self.report(event.session, EventKind::SessionEnd { reason: SessionEndReason::Error });
        }
        if !answered && !failed {
            match ending {
                Some(SessionEndReason::NotHeard | SessionEndReason::NotUnderstood) => {
                    self.cue(Cue::NotUnderstood, event.session);
                }
                Some(_) => self.cue(Cue::Done, event.session),
                None => {}
            }
        }
        if self.outbox.is_empty() && self.mouth.idle() && self.listen.is_none() {
            self.enter(State::Idle, event.session);
        } else {
            // The answer may begin; the state follows when it does.
            self.state = Some(State::Idle);
        }
    }

    /// The mind first: it may refuse, and then the ear goes on hearing what the mind understands.
    fn renew(&mut self, renewal: Renewal) {
        match self.mind.renew(renewal.household) {
            Ok(()) => {
                if let Some(hearing) = renewal.hearing {
                    self.shared.next_hearing.put(hearing);
                }
                self.report(None, EventKind::Renewed);
                if let Some(message) = renewal.notice {
                    self.report(None, EventKind::Fault { stage: "privacy".into(), message });
                }
            }
            Err(error) => self.report(None, reload::fault(&error)),
        }
    }

    fn look(&mut self) {
        let at_ms = self.now_ms();
        let mut came = Vec::new();
        self.mind.look(at_ms, &mut |event| came.push(event));
        self.take(&came);
        for message in self.signs.trouble() {
            self.report(None, EventKind::Fault { stage: "sign".into(), message });
        }
        let trouble = self.history.as_mut().and_then(|history| history.look());
        self.tell_history(at_ms, trouble);
        self.keep_sound();
    }

    /// Tells the ear for what sound is to be kept, and shows it. Of guests nothing is.
    fn keep_sound(&mut self) {
        let wanted = self.history.as_ref().map_or(Purposes::NONE, |history| history.sound());
        let wanted = if wanted.is_empty() || !self.mind.guest() { wanted } else { Purposes::NONE };
        let before = self.keeps.replace(wanted);
        if before == Some(wanted) {
            return;
        }
        self.shared.keep.put(wanted);
        // That nothing is kept is nothing new at the start.
        if before.is_none() && wanted.is_empty() {
            return;
        }
        let value =
            json!({ "on": !wanted.is_empty(), "for": wanted.each().map(Purpose::name).collect::<Vec<_>>() });
        self.report(None, EventKind::Action { action: "keep_audio".into(), target: None, value });
    }

    fn tick(&mut self) {
        let at_ms = self.now_ms();
        let mut came = Vec::new();
        self.mind.tick(at_ms, &mut |event| came.push(event));
        self.take(&came);
    }

    /// Shows what the mind reports, obeys what concerns the speaker and keeps answers for the voice.
    fn take(&mut self, events: &[Event]) {
        for event in events {
            self.show(event);
            if let EventKind::Action { action, target: Some(target), value } = &event.kind
                && action == "set_volume"
                && target == "assistant"
            {
                self.set_volume(value);
            }
            if let EventKind::Cue { name } = event.kind {
                self.sound(name);
            }
            self.listen = Listen::of(event).or(self.listen);
            // Whatever was asked, nobody waits for the answer any more.
            if matches!(event.kind, EventKind::SessionEnd { .. }) {
                self.listen = None;
            }
            let EventKind::Reply { text, language, slow } = &event.kind else { continue };
            if self.outbox.len() >= ANSWERS {
                let message = format!("{ANSWERS} answers are waiting to be spoken; this one is not");
                self.report(event.session, EventKind::Fault { stage: "voice".into(), message });
                continue;
            }
            self.outbox.push_back(Say {
                text: text.clone(),
                language: language.clone(),
                session: event.session,
                manner: Manner { slow: *slow },
            });
        }
    }

    /// Speaks the next answer, unless somebody is being listened to.
    fn speak_next(&mut self) {
        if !self.is_listening()
            && self.mouth.idle()
            && let Some(say) = self.outbox.pop_front()
            && let Some(say) = self.mouth.say(say)
        {
            self.outbox.push_front(say);
        }
    }

    /// Lets the ear listen for an answer, once the question was said: the assistant's own voice must
    /// not answer it.
    fn open_ear(&mut self) {
        if self.resting == State::Muted {
            // Nobody can answer; the question ends by its own time.
            self.listen = None;
        }
        if self.outbox.is_empty()
            && self.mouth.idle()
            && !self.is_listening()
            && let Some(listen) = self.listen.take()
        {
            self.shared.listen.put(listen);
            self.cue(Cue::Wake, None);
            // The ear says so itself when it does; until then nothing more is said.
            self.state = Some(State::Listening);
        }
    }

    /// Whether somebody is being listened to, and must not be talked over.
    fn is_listening(&self) -> bool {
        matches!(self.state, Some(State::Listening | State::Thinking))
    }

    /// `{"level": 0–100}` or `{"muted": true}`, as the volume skill says it.
    fn set_volume(&mut self, value: &serde_json::Value) {
        if let Some(percent) = value["level"].as_f64() {
            self.level = percent as f32 / 100.0;
        }
        let volume = if value["muted"] == true { 0.0 } else { self.level };
        self.shared.volume.store(volume.to_bits(), Ordering::Relaxed);
    }

    /// Says something by a short sound, and by an event in any case.
    fn cue(&mut self, name: Cue, session: Option<u64>) {
        self.sound(name);
        self.report(session, EventKind::Cue { name });
    }

    fn sound(&mut self, cue: Cue) {
        if self.cues.contains(cue) {
            self.mouth.cue(cue);
        }
    }

    fn enter(&mut self, state: State, session: Option<u64>) {
        self.enter_after(state, session, None);
    }

    fn enter_after(&mut self, state: State, session: Option<u64>, took: Option<Duration>) {
        // Only the ear itself ends being muted, or an error.
        let state = if state == State::Idle { self.resting } else { state };
        self.state = Some(state);
        Notify::status(state);
        let event = Event { session, took, ..Event::new(self.now_ms(), EventKind::State { state }) };
        self.show(&event);
    }

    fn report(&mut self, session: Option<u64>, kind: EventKind) {
        let event = Event { session, ..Event::new(self.now_ms(), kind) };
        self.show(&event);
    }

    fn show(&mut self, event: &Event) {
        self.mind.observe(event);
        self.signs.see(event);
        let trouble = self.remember(event);
        self.write(event);
        self.tell_history(event.at_ms, trouble);
    }

    /// What went wrong with the history. Not through `show`: it would be remembered again.
    fn tell_history(&mut self, at_ms: u64, trouble: Option<String>) {
        let Some(message) = trouble else { return };
        tracing::warn!("{message}");
        self.write(&Event::new(at_ms, EventKind::Fault { stage: "history".into(), message }));
    }

    fn remember(&mut self, event: &Event) -> Option<String> {
        let history = self.history.as_mut()?;
        // Of what belongs to no session nothing is kept, whoever is here: the store need not be asked.
        let guests = event.session.is_some() && self.mind.guest();
        history.see(event, guests)
    }

    fn write(&mut self, event: &Event) {
        if let Err(error) = (self.watch)(event) {
            self.broken_pipe.get_or_insert(error);
        }
    }

    /// Never before an event that was shown: the ear's clock is read while it is inside a frame.
    fn now_ms(&self) -> u64 {
        self.shared.heard_ms.load(Ordering::Relaxed).max(self.latest_ms)
    }
}

impl Shared {
    fn stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn muted(&self) -> bool {
        self.muted.load(Ordering::Relaxed)
    }

    /// Silences the voice.
    fn hush(&self) {
        self.hushed.fetch_add(1, Ordering::Relaxed);
    }

    fn ear_is_alive(&self) {
        *self.ear_alive.write().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// How long ago the ear's thread was last alive.
    fn ear_silent_for(&self) -> Duration {
        self.ear_alive.read().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}

/// What is said when the recogniser fails.
fn apology(language: &str) -> &'static str {
    match language {
        "fr" => "Désolé, quelque chose n'a pas marché.",
        _ => "Sorry, something went wrong.",
    }
}
