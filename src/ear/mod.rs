//! The ear: holds sound, gives text. No network, no disk, nothing of the mind. Sound that a household asks to
//! be kept goes to a sink that is passed in ([`recorder`]).
//!
//! [`Ear`] is a plain state machine that is fed frames; `run` feeds it from the microphone on a
//! thread of its own, `replay`, `eval` and the tests from files. Only [`Event`]s come out: text,
//! scores and times.

mod level;
mod own_voice;
mod recogniser;
pub mod recorder;
mod tongue;

use std::time::Duration;

use crate::audio::{FRAME_SAMPLES, Frame, SAMPLE_RATE, samples_to_ms};
use crate::event::{EndReason, Event, EventKind, State};
use crate::stt::{Scope, SpeechToText, Transcript};
use crate::vad::{Completeness, Endpoint, EndpointConfig, Endpointer, duration_ms};
use crate::wake::{Trigger, WakeDetector};

use level::LevelMeter;
use own_voice::OwnVoice;
use recogniser::Recogniser;
use recorder::Recorder;
use tongue::Tongue;

pub use tongue::Address;

/// A guess this sure of itself (0–1) may end an utterance early.
const SURE: f32 = 0.75;

/// Where the ear reports to.
pub type Emit<'a> = &'a mut dyn FnMut(Event);

/// Whether words are all that there is to say: made outside, of what the household can say.
pub type Judge = Box<dyn Fn(Scope, &str) -> Completeness + Send>;

/// A wake word engine with the rule that decides.
pub struct WakeStage {
    pub detector: Box<dyn WakeDetector>,
    /// The same word's detector for what the assistant says itself. Without one the word is not
    /// listened for meanwhile.
    pub reference: Option<Box<dyn WakeDetector>>,
    pub trigger: Trigger,
    /// What the word asks for.
    pub address: Address,
}

/// Wake word, endpoint and recognition in a row.
pub struct Ear {
    wake: Vec<WakeStage>,
    endpointer: Endpointer,
    recogniser: Recogniser,
    judge: Option<Judge>,
    /// The language that is being heard; `None` is the usual one.
    language: Option<String>,
    /// What hears the others.
    tongues: Vec<Tongue>,
    attention: Attention,
    /// What the assistant says, while it may be heard.
    own_voice: Option<OwnVoice>,
    /// Samples heard since the beginning: the ear's clock.
    samples: u64,
    /// Sessions so far.
    sessions: u64,
    /// The session that is being heard.
    session: u64,
    /// What it is heard as.
    scope: Scope,
    /// When something was understood that can be referred to, and for how long it can be.
    understood_ms: Option<u64>,
    follow_ups_ms: u64,
    level: Option<LevelMeter>,
    /// What keeps sound, where the household asks for it.
    recorder: Option<Recorder>,
}

/// What the ear is doing with sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attention {
    /// Waiting for the wake word (or, without one, for speech).
    Waiting,
    /// Hearing a command.
    Command,
}

impl Ear {
    /// An ear. Without wake words every stretch of speech is taken for a command.
    #[must_use]
    pub fn new(wake: Vec<WakeStage>, endpoint: EndpointConfig, stt: Box<dyn SpeechToText>) -> Self {
        Self {
            wake,
            endpointer: Endpointer::new(endpoint),
            recogniser: Recogniser::new(stt),
            judge: None,
            language: None,
            tongues: Vec::new(),
            attention: Attention::Waiting,
            own_voice: None,
            samples: 0,
            sessions: 0,
            session: 0,
            scope: Scope::Commands,
            understood_ms: None,
            follow_ups_ms: 0,
            level: None,
            recorder: None,
        }
    }

    /// Has sound kept from now on; with `None` no longer, and what was about to be is forgotten.
    pub fn record(&mut self, recorder: Option<Recorder>) {
        self.recorder = recorder;
    }

    /// With words to judge by, an utterance that says everything ends sooner, and one that does not
    /// later.
    #[must_use]
    pub fn judging(mut self, judge: Judge) -> Self {
        self.judge = Some(judge);
        self
    }

    /// For so long after something was understood, "turn it off again" is listened for.
    #[must_use]
    pub fn hearing_follow_ups_for(mut self, time: Duration) -> Self {
        self.follow_ups_ms = time.as_millis().try_into().unwrap_or(u64::MAX);
        self
    }

    /// Another recogniser of the usual language with its judge, from the next utterance on: call it while
    /// [`Ear::is_waiting`].
    pub fn replace_recogniser(&mut self, stt: Box<dyn SpeechToText>, judge: Option<Judge>) {
        self.turn_to(None);
        self.recogniser.replace(stt);
        self.scope = Scope::Commands;
        self.judge = judge;
    }

    /// Whether nobody is being listened to.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.attention == Attention::Waiting && !(self.wake.is_empty() && self.endpointer.is_hearing())
    }

    /// Whether a command or an answer is being waited for or heard.
    #[must_use]
    pub fn is_listening(&self) -> bool {
        self.attention == Attention::Command
    }

    /// Hears one frame and reports what it brought: `Wake`, `State`, `SpeechStart`, `SpeechEnd`,
    /// `NoSpeech`, `Transcript`, `NotHeard`, `Fault`, `Level`.
    pub fn push(&mut self, frame: &Frame, emit: Emit) {
        self.samples += FRAME_SAMPLES as u64;
        if let Some(kind) = self.level.as_mut().and_then(|level| level.push(frame)) {
            emit(Event::new(self.now_ms(), kind));
        }
        self.keep_sound(emit, |recorder| recorder.hear(frame));
        self.search_own_voice(emit);
        match self.attention {
            Attention::Waiting if self.wake.is_empty() && self.is_speaking() => {}
            Attention::Waiting if self.wake.is_empty() => self.hear_speech(frame, emit),
            Attention::Waiting => self.hear_wake_word(frame, emit),
            Attention::Command => self.hear_speech(frame, emit),
        }
    }

    /// The input is over: whatever was being said is recognised now.
    pub fn finish(&mut self, emit: Emit) {
        let speaking = self.attention == Attention::Command || self.wake.is_empty();
        if speaking && let Endpoint::Ended { samples, reason } = self.endpointer.finish() {
            self.recognise(&samples, reason, emit);
        } else if self.attention == Attention::Command {
            self.nobody_spoke(emit);
        }
        self.reset();
    }

    /// Takes a whole recording as one command, whatever pauses it holds.
    pub fn hear_utterance(&mut self, samples: &[i16], emit: Emit) {
        // An answer belongs to the session that asked.
        if self.attention == Attention::Waiting {
            self.begin();
        }
        self.report(emit, EventKind::SpeechStart);
        self.samples += samples.len() as u64;
        self.recognise(samples, EndReason::EndOfInput, emit);
        self.reset();
    }

    /// Goes on where another ear ended: its time, and how many sessions it had.
    pub fn go_on_from(&mut self, at_ms: u64, sessions: u64) {
        self.samples = at_ms * u64::from(SAMPLE_RATE) / 1_000;
        self.sessions = sessions;
    }

    /// Stops listening at once. Whoever was being heard is not: half a command is none.
    pub fn interrupt(&mut self) -> Option<Event> {
        let heard = self.attention == Attention::Command;
        let over = heard.then(|| self.event(EventKind::NoSpeech));
        self.reset();
        over
    }

    /// Makes whatever would be made when it is first needed. Afterwards no file is opened.
    pub fn prepare(&mut self) {
        self.recogniser.prepare();
        for tongue in &mut self.tongues {
            tongue.prepare();
        }
    }

    /// Forgets everything heard, as between two recordings; the time goes on.
    pub fn reset(&mut self) {
        for stage in &mut self.wake {
            stage.detector.reset();
            stage.trigger.reset();
        }
        self.endpointer.forget();
        self.recogniser.discard();
        if let Some(recorder) = &mut self.recorder {
            recorder.forget();
        }
        self.turn_to(None);
        self.attention = Attention::Waiting;
    }

    /// Listens at once, without the wake word, to whoever goes on with a session: an answer, or a
    /// further command. `patience_ms` is how long they may take to begin.
    pub fn listen(&mut self, session: u64, scope: Scope, patience_ms: u64, emit: Emit) {
        self.endpointer.reset();
        self.endpointer.be_patient(patience_ms);
        self.attention = Attention::Command;
        self.session = session;
        self.expect(scope);
        self.report(emit, EventKind::State { state: State::Listening });
    }

    /// A session of its own begins.
    fn begin(&mut self) {
        self.sessions += 1;
        self.session = self.sessions;
        let since = self.understood_ms.map(|at| self.now_ms().saturating_sub(at));
        let fresh = since.is_none_or(|since| since > self.follow_ups_ms);
        self.expect(if fresh { Scope::Fresh } else { Scope::Commands });
    }

    fn expect(&mut self, scope: Scope) {
        if self.scope != scope {
            self.scope = scope;
            self.recogniser.expect(scope);
        }
    }

    /// The assistant begins to say this (16 kHz). Its own voice does not wake it; people can, with
    /// a wake word, if they speak over it. Without wake words nothing is heard meanwhile.
    pub fn begin_speaking(&mut self, sound: Vec<i16>) {
        for stage in &mut self.wake {
            match &mut stage.reference {
                Some(reference) => reference.reset(),
                None => stage.detector.reset(),
            }
        }
        if self.wake.is_empty() {
            self.endpointer.reset();
            self.recogniser.discard();
        }
        self.own_voice = Some(OwnVoice::new(sound));
    }

    /// The assistant goes on speaking: the next sentence (16 kHz).
    pub fn go_on_speaking(&mut self, sound: Vec<i16>) {
        match &mut self.own_voice {
            Some(own) if own.speaking() => own.go_on(&sound),
            _ => self.begin_speaking(sound),
        }
    }

    /// The assistant is silent again.
    pub fn end_speaking(&mut self) {
        if let Some(own) = &mut self.own_voice {
            own.end();
        }
    }

    /// Whether `Level` events are sent, some ten a second.
    pub fn report_levels(&mut self, on: bool) {
        self.level = on.then(LevelMeter::default);
    }

    /// The time, counted in samples heard, in milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        samples_to_ms(self.samples)
    }

    fn is_speaking(&self) -> bool {
        self.own_voice.as_ref().is_some_and(OwnVoice::speaking)
    }

    /// Looks for the wake words in what the assistant says.
    fn search_own_voice(&mut self, emit: Emit) {
        let Some(own) = &mut self.own_voice else { return };
        let frames: Vec<Vec<i16>> = own.pass().into_iter().map(<[i16]>::to_vec).collect();
        let mut faults = Vec::new();
        for (word, stage) in self.wake.iter_mut().enumerate() {
            let Some(reference) = &mut stage.reference else { continue };
            for frame in &frames {
                match reference.push(frame) {
                    Ok(score) => own.judge(word, score.unwrap_or(0.0), stage.trigger.threshold),
                    Err(error) => {
                        reference.reset();
                        faults.push(error.to_string());
                    }
                }
            }
        }
        if own.over() {
            self.own_voice = None;
        }
        for message in faults {
            emit(Event::new(self.now_ms(), EventKind::Fault { stage: "wake".into(), message }));
        }
    }

    fn hear_wake_word(&mut self, frame: &Frame, emit: Emit) {
        let now = self.now_ms();
        let mut woken = None;
        let mut faults = Vec::new();
        let speaking = self.is_speaking();
        if !speaking {
            self.endpointer.hear_room(frame);
        }
        for (word, stage) in self.wake.iter_mut().enumerate() {
            if speaking && stage.reference.is_none() {
                continue;
            }
            let threshold = stage.trigger.threshold;
            let admitted =
                |score| self.own_voice.as_ref().is_none_or(|own| own.admits(word, score, threshold));
            match stage.detector.push(frame) {
                Ok(Some(score)) if woken.is_none() && admitted(score) && stage.trigger.fires(score, now) => {
                    woken = Some((stage.detector.word().to_owned(), score, stage.address.clone()));
                }
                Ok(_) => {}
                Err(error) => {
                    // A detector that fails starts anew; the others go on.
                    stage.detector.reset();
                    faults.push(error.to_string());
                }
            }
        }
        for message in faults {
            emit(Event::new(now, EventKind::Fault { stage: "wake".into(), message }));
        }
        if let Some((word, score, Address { language, area })) = woken {
            self.turn_to(language.as_deref());
            self.begin();
            self.report(emit, EventKind::Wake { word, score, language, area });
            if let Some(recorder) = &mut self.recorder {
                recorder.woken(self.session);
            }
            for stage in &mut self.wake {
                stage.detector.reset();
            }
            self.endpointer.reset();
            self.attention = Attention::Command;
            self.report(emit, EventKind::State { state: State::Listening });
        }
    }

    /// Hears a command, or, without wake words, whatever is said.
    fn hear_speech(&mut self, frame: &Frame, emit: Emit) {
        match self.endpointer.push(frame) {
            Endpoint::Continue => {}
            Endpoint::Started => {
                if self.attention == Attention::Waiting {
                    self.begin();
                    self.report(emit, EventKind::State { state: State::Listening });
                }
                self.report(emit, EventKind::SpeechStart);
            }
            Endpoint::Paused { samples } => self.recogniser.guess(samples),
            Endpoint::Resumed => self.recogniser.discard(),
            // Without a wake word, silence is nothing to report.
            Endpoint::NoSpeech if self.attention == Attention::Waiting => {}
            Endpoint::NoSpeech => self.nobody_spoke(emit),
            Endpoint::Ended { samples, reason } => return self.recognise(&samples, reason, emit),
        }
        // Once a pause: a judge walks through all that can be said.
        if self.endpointer.asks_for_words()
            && let (Some(judge), Some(heard)) = (&self.judge, self.recogniser.guessed())
        {
            self.endpointer.expect(completeness(heard, self.scope, judge));
        }
    }

    fn nobody_spoke(&mut self, emit: Emit) {
        self.attention = Attention::Waiting;
        self.report(emit, EventKind::NoSpeech);
    }

    fn recognise(&mut self, samples: &[i16], reason: EndReason, emit: Emit) {
        self.attention = Attention::Waiting;
        self.report(emit, EventKind::SpeechEnd { duration_ms: duration_ms(samples), reason });
        self.report(emit, EventKind::State { state: State::Thinking });
        let session = self.session;
        self.keep_sound(emit, |recorder| recorder.command(session, samples));
        let (heard, took) = self.recogniser.finish(samples);
        let kind = match heard {
            Ok(transcript) => match &transcript.rejected {
                Some(reason) => EventKind::NotHeard { reason: reason.clone() },
                None if transcript.text.is_empty() => {
                    EventKind::NotHeard { reason: "no words were recognised".into() }
                }
                None => {
                    self.understood_ms = Some(self.now_ms());
                    EventKind::Transcript(transcript)
                }
            },
            Err(error) => EventKind::Fault { stage: "stt".into(), message: error.to_string() },
        };
        emit(self.event(kind).took(took));
    }

    /// Where sound is kept; what goes wrong with that belongs to no session, which goes on.
    fn keep_sound(&mut self, emit: Emit, keep: impl FnOnce(&mut Recorder) -> Option<std::io::Error>) {
        if let Some(error) = self.recorder.as_mut().and_then(keep) {
            emit(Event::new(self.now_ms(), recorder::fault(&error)));
        }
    }

    fn report(&self, emit: Emit, kind: EventKind) {
        emit(self.event(kind));
    }

    fn event(&self, kind: EventKind) -> Event {
        Event::new(self.now_ms(), kind).in_session(self.session)
    }
}

/// What a guess says about how the utterance goes on.
fn completeness(heard: &Transcript, scope: Scope, judge: &Judge) -> Completeness {
    if heard.rejected.is_some() || heard.text.is_empty() {
        return Completeness::Incomplete;
    }
    match judge(scope, &heard.text) {
        Completeness::Complete if heard.confidence < SURE => Completeness::MayContinue,
        judged => judged,
    }
}

#[cfg(test)]
mod tests;
