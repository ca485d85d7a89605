//! An ear in a sealed process, seen from the mind's side: started, believed as far as the link
//! allows, and started again when it ends.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::OwnVoice;
use super::hears::{Heard, Hears, Order};
use super::link::{self, Budget, Link, LinkError, MAX_TO_MIND, ToEar, ToMind, Word};
use super::pool::Pool;
use crate::backoff::Backoff;
use crate::ear::Emit;
use crate::event::{Event, EventKind, State};
use crate::programs;
use crate::sound::{Purposes, Shelf};
use crate::{Error, sandbox};

/// The hidden command that becomes an ear.
const COMMAND: &str = "sealed-ear";

/// Waits before an ear that ended is started again: doubled from the first to the last.
const RETRIES: Backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));

/// One that lived this long is not one that ends again and again.
const STEADY: Duration = Duration::from_mins(1);

/// An ear that does not take what it is told for this long hangs.
const SEND_PATIENCE: Duration = Duration::from_secs(2);

/// Loading that takes this long is worth a word.
const PROGRESS: Duration = Duration::from_secs(2);

/// How often a loading ear is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// An ear that says nothing for this long hangs: while it loads its models, and when it hears.
const LOADING: Duration = Duration::from_secs(90);
const SILENCE: Duration = Duration::from_secs(10);

/// How to start an ear.
#[derive(Debug, Clone)]
pub struct Recipe {
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
    /// Where it makes the files for sound that is to be kept.
    pub sound: PathBuf,
}

impl Recipe {
    /// This program, with the same configuration file and data folder.
    #[must_use]
    pub fn this_program(config: Option<&Path>, data_dir: &Path) -> Self {
        let mut arguments: Vec<OsString> = Vec::new();
        if let Some(file) = config {
            arguments.extend(["--config".into(), file.into()]);
        }
        arguments.push(COMMAND.into());
        Self {
            program: PathBuf::from("/proc/self/exe"),
            arguments,
            sound: Shelf::of(data_dir).folder().to_owned(),
        }
    }
}

/// An ear in a process of its own.
pub struct Sealed {
    recipe: Recipe,
    /// For what sound is kept.
    keep: Purposes,
    running: Option<Running>,
    /// Loads what the household knows now, while the one that runs goes on hearing.
    next: Option<Running>,
    /// What happened before anybody was there to be told.
    untold: Vec<Event>,
    retry_at: Instant,
    retries: Backoff,
    at_ms: u64,
    sessions: u64,
    /// Of all ears together: one that is started again and again gets no more.
    budget: Budget,
    /// Whose command is being heard: it is over when the ear is.
    hearing: Option<u64>,
    /// Whether an error is shown until it hears again.
    in_error: bool,
}

struct Running {
    process: Child,
    link: Link,
    to: UnixStream,
    last_word: Instant,
    begun: Instant,
    stage: Stage,
    /// It said that its microphone is gone, and ends for that reason.
    microphone_lost: bool,
    /// It said itself why it ends.
    fault: bool,
    /// Where it keeps sound, if it was started to.
    pool: Option<Pool>,
}

/// How far an ear is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Loading,
    /// Waits until it may open the microphone.
    Made,
    Opening,
    /// Sealed.
    Hearing,
}

/// Why an ear cannot be made.
enum Unmade {
    /// It said so itself: another one would say the same.
    Fault(String),
    /// It ended.
    Ended(LinkError),
}

impl Running {
    /// One message of an ear that loads; when it is made, what it has chosen.
    fn load(&mut self, budget: &mut Budget, patience: Duration) -> Result<Option<Vec<String>>, Unmade> {
        let Some((kind, bytes)) = self.link.next(patience).map_err(Unmade::Ended)? else {
            let hangs = self.begun.elapsed() > LOADING;
            return if hangs { Err(Unmade::Ended(LinkError::Silent)) } else { Ok(None) };
        };
        self.last_word = Instant::now();
        budget.take(bytes.len(), self.last_word).map_err(Unmade::Ended)?;
        match link::read_to_mind(kind, &bytes).map_err(Unmade::Ended)? {
            ToMind::Made { choices } => {
                self.stage = Stage::Made;
                Ok(Some(choices))
            }
            ToMind::Event { event, .. } => match event.kind {
                EventKind::Fault { message, .. } => Err(Unmade::Fault(message)),
                _ => Err(Unmade::Ended(LinkError::Forbidden("what is heard, before it hears".into()))),
            },
            ToMind::Clock { .. } | ToMind::Sealed { .. } | ToMind::Kept { .. } => {
                Err(Unmade::Ended(LinkError::Forbidden("that it hears, before it may".into())))
            }
        }
    }

    /// It is to keep no sound any more, and whatever it writes until it knows is gone with it.
    fn keep_nothing(&mut self) -> std::io::Result<()> {
        if let Some(pool) = &mut self.pool {
            pool.close();
        }
        // One that does not listen yet is told when it does.
        let listens = matches!(self.stage, Stage::Opening | Stage::Hearing);
        if listens { link::tell_ear(&self.to, &ToEar::Word(Word::KeepNothing)) } else { Ok(()) }
    }

    /// Why it ended, as far as is known: a short while for its exit status; one that broke a rule is ended.
    fn end(mut self, why: &LinkError) -> String {
        let status = match why {
            LinkError::Closed => wait_for(&mut self.process, Duration::from_millis(500)),
            _ => None,
        };
        format!("the ear stopped: {}", ended(why, status))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Sealed {
    /// Starts an ear, which loads its models from now on. It keeps sound for these purposes.
    #[must_use]
    pub fn new(recipe: Recipe, keep: Purposes) -> Self {
        let mut sealed = Self {
            recipe,
            keep,
            running: None,
            next: None,
            untold: Vec::new(),
            retry_at: Instant::now(),
            retries: RETRIES,
            at_ms: 0,
            sessions: 0,
            budget: Budget::new(Instant::now()),
            hearing: None,
            in_error: false,
        };
        match sealed.start() {
            Ok(running) => sealed.running = Some(running),
            Err(error) => sealed.fails_early(unstarted(&error)),
        }
        sealed
    }

    /// Waits until the first ear is made, and gives what it has chosen. One that dies is told and started
    /// again later, as at any time; `takes_long` is called once when loading takes a while.
    ///
    /// # Errors
    /// When it says why it cannot be made: the configuration or a model is to be mended.
    pub fn made(&mut self, mut takes_long: impl FnMut()) -> crate::Result<Vec<String>> {
        let mut told = false;
        while let Some(running) = &mut self.running {
            match running.load(&mut self.budget, LOOK) {
                Ok(Some(choices)) => return Ok(choices),
                Ok(None) if !told && running.begun.elapsed() > PROGRESS => {
                    told = true;
                    takes_long();
                }
                Ok(None) => {}
                Err(Unmade::Fault(message)) => return Err(Error::Stopped(message)),
                Err(Unmade::Ended(why)) => {
                    if let Some(running) = self.running.take() {
                        self.fails_early(running.end(&why));
                    }
                }
            }
        }
        Ok(Vec::new())
    }

    /// Told as soon as somebody listens.
    fn fails_early(&mut self, what: String) {
        let mut untold = Vec::new();
        self.retry_later(Some(what), &mut |event| untold.push(event));
        self.untold = untold;
    }

    fn start(&self) -> std::io::Result<Running> {
        let (ours, theirs) = UnixStream::pair()?;
        sandbox::keep_descriptors();
        let process = programs::command(&self.recipe.program)
            .args(&self.recipe.arguments)
            .args(self.keep.each().flat_map(|purpose| ["--keep", purpose.name()]))
            // Ctrl-C is for the mind, which then ends its ear.
            .process_group(0)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            // What it has to say goes through the link, where it is bounded.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        ours.set_write_timeout(Some(SEND_PATIENCE))?;
        let link = Link::new(ours, MAX_TO_MIND);
        let now = Instant::now();
        let pool = || Pool::new(self.recipe.sound.clone(), process.id(), self.keep);
        Ok(Running {
            pool: (!self.keep.is_empty()).then(pool),
            to: link.sender()?,
            link,
            process,
            last_word: now,
            begun: now,
            stage: Stage::Loading,
            microphone_lost: false,
            fault: false,
        })
    }

    /// Whatever there is to do for the ear that runs.
    fn go_on(&mut self, patience: Duration, emit: Emit) {
        let Some(running) = &mut self.running else { return };
        match running.stage {
            Stage::Loading => match running.load(&mut self.budget, patience) {
                Ok(_) => {}
                Err(Unmade::Fault(message)) => {
                    self.running = None;
                    self.retry_later(Some(message), emit);
                }
                Err(Unmade::Ended(why)) => self.ended(&why, emit),
            },
            Stage::Made => {
                running.stage = Stage::Opening;
                let word = Word::GoOnFrom { at_ms: self.at_ms, sessions: self.sessions };
                let closed = running.pool.as_mut().filter(|pool| pool.is_closed());
                let silent = closed.is_some();
                // It may have made its files after they were removed.
                closed.into_iter().for_each(Pool::close);
                self.send(&ToEar::Word(word), emit);
                if silent {
                    self.send(&ToEar::Word(Word::KeepNothing), emit);
                }
            }
            Stage::Opening | Stage::Hearing => {
                if let Err(error) = self.advance(patience, emit) {
                    self.ended(&error, emit);
                }
            }
        }
    }

    /// The next ear takes over once it is made and nobody is being listened to.
    fn go_on_with_next(&mut self, emit: Emit) {
        let Some(next) = &mut self.next else { return };
        if next.stage == Stage::Made {
            if self.hearing.is_none() {
                // The one before is gone, and the microphone free, when this is done.
                self.running = self.next.take();
            }
            return;
        }
        let what = match next.load(&mut self.budget, Duration::ZERO) {
            Ok(_) => return,
            Err(Unmade::Fault(message)) => {
                self.next = None;
                message
            }
            Err(Unmade::Ended(why)) => self.next.take().map(|next| next.end(&why)).unwrap_or_default(),
        };
        let message = format!("{what}; until then what was known before is heard, and nothing new");
        emit(Event::new(self.at_ms, EventKind::Fault { stage: "ear".into(), message }));
    }

    /// One message further.
    fn advance(&mut self, patience: Duration, emit: Emit) -> Result<(), LinkError> {
        let Some(running) = &mut self.running else { return Ok(()) };
        let Some((kind, bytes)) = running.link.next(patience)? else {
            return if running.last_word.elapsed() > SILENCE { Err(LinkError::Silent) } else { Ok(()) };
        };
        let now = Instant::now();
        running.last_word = now;
        self.budget.take(bytes.len(), now)?;
        match link::read_to_mind(kind, &bytes)? {
            ToMind::Made { .. } => return Err(LinkError::Forbidden("twice that it is made".into())),
            ToMind::Sealed { took_us, landlock } => {
                let walls =
                    if landlock { "seccomp and Landlock" } else { "seccomp; this kernel has no Landlock" };
                tracing::info!("the ear is sealed by {walls} ({took_us} µs)");
                running.stage = Stage::Hearing;
                if std::mem::take(&mut self.in_error) {
                    emit(Event::new(self.at_ms, EventKind::State { state: State::Idle }));
                }
            }
            ToMind::Clock { at_ms } => self.at_ms = self.at_ms.max(at_ms),
            ToMind::Kept { slot, purpose, session } => {
                let pool = running.pool.as_mut().filter(|_| running.stage == Stage::Hearing);
                let unasked = || LinkError::Forbidden("that it keeps sound".into());
                let pool = pool.ok_or_else(unasked)?;
                let file = pool.take(slot, purpose)?;
                let renew = pool.is_nearly_full() && self.next.is_none();
                if let Some(file) = file {
                    emit(Event::new(self.at_ms, EventKind::SoundKept { purpose, file }).in_session(session));
                }
                if renew {
                    self.renew(emit);
                }
            }
            ToMind::Event { event, took_us } => {
                match &event.kind {
                    EventKind::MicrophoneLost { .. } => {
                        running.microphone_lost = true;
                        self.in_error = true;
                    }
                    EventKind::MicrophoneOpen { .. } => running.microphone_lost = false,
                    EventKind::Fault { stage, .. } if stage == "ear" => running.fault = true,
                    EventKind::Wake { .. } | EventKind::SpeechStart => self.hearing = event.session,
                    EventKind::Transcript(_) | EventKind::NotHeard { .. } | EventKind::NoSpeech => {
                        self.hearing = None;
                    }
                    _ => {}
                }
                self.at_ms = self.at_ms.max(event.at_ms);
                self.sessions = self.sessions.max(event.session.unwrap_or(0));
                let lost = matches!(event.kind, EventKind::MicrophoneLost { .. });
                emit(Event { took: took_us.map(Duration::from_micros), ..*event });
                if lost {
                    emit(Event::new(self.at_ms, EventKind::State { state: State::Error }));
                }
            }
        }
        Ok(())
    }

    /// The ear is over: says so, and when the next one comes.
    fn ended(&mut self, why: &LinkError, emit: Emit) {
        let Some(running) = self.running.take() else { return };
        let quiet = running.microphone_lost || running.fault;
        if running.begun.elapsed() > STEADY {
            self.retries.works();
        }
        let what = running.end(why);
        self.cut_off(emit);
        self.retry_later((!quiet).then_some(what), emit);
    }

    /// Shows the error, tells what is wrong where that is news, and waits.
    fn retry_later(&mut self, what: Option<String>, emit: Emit) {
        let retry = self.retries.failed();
        self.retry_at = Instant::now() + retry;
        self.in_error = true;
        if let Some(what) = what {
            let seconds = retry.as_secs_f32();
            let message = format!("{what}; nothing is heard, and it is started again in {seconds} s");
            emit(Event::new(self.at_ms, EventKind::Fault { stage: "ear".into(), message }));
        }
        emit(Event::new(self.at_ms, EventKind::State { state: State::Error }));
    }

    /// Whoever was being heard is not any more.
    fn cut_off(&mut self, emit: Emit) {
        if let Some(session) = self.hearing.take() {
            emit(Event::new(self.at_ms, EventKind::NoSpeech).in_session(session));
        }
    }

    fn hears(&self) -> bool {
        self.running.as_ref().is_some_and(|running| running.stage == Stage::Hearing)
    }

    /// A sealed ear opens no file: another one does, and takes over when it has. One that is to be started
    /// anyway opens what is there then.
    fn renew(&mut self, emit: Emit) {
        if self.running.is_none() {
            return;
        }
        match self.start() {
            Ok(next) => self.next = Some(next),
            Err(error) => {
                let message = format!("{}; nothing new is heard", unstarted(&error));
                emit(Event::new(self.at_ms, EventKind::Fault { stage: "ear".into(), message }));
            }
        }
    }

    /// The ears that were asked before keep nothing any more; for another purpose there is another ear.
    fn keep(&mut self, purposes: Purposes, emit: Emit) {
        if purposes == self.keep {
            return;
        }
        self.keep = purposes;
        if let Some(next) = &mut self.next {
            // It is gone if it cannot be told; that shows when it is to take over.
            let _ = next.keep_nothing();
        }
        if let Some(Err(error)) = self.running.as_mut().map(Running::keep_nothing) {
            self.ended(&LinkError::Io(error), emit);
        }
        if !purposes.is_empty() {
            self.renew(emit);
        }
    }

    fn send(&mut self, what: &ToEar, emit: Emit) {
        let Some(running) = &self.running else { return };
        if let Err(error) = link::tell_ear(&running.to, what) {
            self.ended(&LinkError::Io(error), emit);
        }
    }
}

impl Hears for Sealed {
    fn tell(&mut self, order: Order, emit: Emit) {
        match order {
            Order::Voice(OwnVoice::Began(sound)) => self.send(&ToEar::VoiceBegan(sound), emit),
            Order::Voice(OwnVoice::GoesOn(sound)) => self.send(&ToEar::VoiceGoesOn(sound), emit),
            Order::Voice(OwnVoice::Ended) => self.send(&ToEar::Word(Word::VoiceEnded), emit),
            Order::Listen(listen) if self.hears() => {
                self.hearing = Some(listen.session());
                self.send(&ToEar::Word(Word::Listen { listen }), emit);
            }
            // Nobody can be heard now: as if nobody had answered.
            Order::Listen(listen) => {
                emit(Event::new(self.at_ms, EventKind::NoSpeech).in_session(listen.session()));
            }
            Order::Renew(_) => self.renew(emit),
            Order::Keep(purposes) => self.keep(purposes, emit),
        }
    }

    fn hear(&mut self, patience: Duration, emit: Emit) -> Heard {
        self.untold.drain(..).for_each(&mut *emit);
        self.go_on_with_next(emit);
        if self.running.is_none() {
            if Instant::now() < self.retry_at {
                std::thread::sleep(patience.min(Duration::from_millis(20)));
                return Heard::Nothing;
            }
            match self.start() {
                Ok(running) => self.running = Some(running),
                Err(error) => self.retry_later(Some(unstarted(&error)), emit),
            }
        }
        self.go_on(patience, emit);
        if self.hears() { Heard::Sound } else { Heard::Nothing }
    }

    fn close(&mut self, emit: Emit) {
        // Dropping waits until the process is gone, and its stream with it.
        self.running = None;
        self.next = None;
        self.untold.clear();
        self.cut_off(emit);
        self.retry_at = Instant::now();
        self.retries.works();
        self.in_error = false;
    }

    fn now_ms(&self) -> u64 {
        self.at_ms
    }
}

fn unstarted(error: &std::io::Error) -> String {
    format!("the ear cannot be started: {error}")
}

/// Why an ear ended, as far as the link knows.
fn ended(error: &LinkError, status: Option<std::process::ExitStatus>) -> String {
    match (error, status) {
        (LinkError::Closed, Some(status)) if !status.success() => format!("it ended ({status})"),
        (error, _) => error.to_string(),
    }
}

fn wait_for(process: &mut Child, patience: Duration) -> Option<std::process::ExitStatus> {
    let until = Instant::now() + patience;
    while Instant::now() < until {
        if let Ok(Some(status)) = process.try_wait() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::reload::Hearing;

    /// An ear that does what a line of shell says; its standard input is the link.
    fn shell(line: &str) -> Sealed {
        keeping(line, Path::new("/nowhere"), Purposes::NONE)
    }

    fn keeping(line: &str, sound: &Path, keep: Purposes) -> Sealed {
        let arguments = vec!["-c".into(), line.into()];
        Sealed::new(Recipe { program: "/bin/sh".into(), arguments, sound: sound.into() }, keep)
    }

    /// Hears for so long, and gives what was said.
    fn hear(sealed: &mut Sealed, time: Duration) -> Vec<EventKind> {
        let until = Instant::now() + time;
        let mut said = Vec::new();
        while Instant::now() < until {
            sealed.hear(Duration::from_millis(20), &mut |event| said.push(event.kind));
        }
        said
    }

    fn faults(said: &[EventKind]) -> Vec<&str> {
        said.iter()
            .filter_map(|kind| match kind {
                EventKind::Fault { message, .. } => Some(message.as_str()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn an_ear_that_dies_is_told_and_started_again_later_and_later() {
        let mut sealed = shell("exit 3");
        let said = hear(&mut sealed, Duration::from_millis(2_200));
        let faults = faults(&said);
        assert!((2..=3).contains(&faults.len()), "at 0, 0.5 and 1.5 s: {faults:?}");
        assert!(faults[0].contains("exit status: 3") && faults[0].contains("0.5 s"), "{}", faults[0]);
        assert!(faults[1].contains("1 s"), "{}", faults[1]);
        assert!(said.contains(&EventKind::State { state: State::Error }));
    }

    #[test]
    fn an_ear_that_breaks_a_rule_is_ended() {
        for (line, why) in [
            ("printf 'GARBAGE!' >&0; sleep 60", "version"),
            ("printf '\\001\\001\\377\\377\\377\\377' >&0; sleep 60", "4294967295 bytes"),
            ("printf '\\001\\001\\002\\000\\000\\000{}' >&0; sleep 60", "no message"),
            ("printf '\\001\\002\\002\\000\\000\\000{}' >&0; sleep 60", "no message"),
        ] {
            let begun = Instant::now();
            let said = hear(&mut shell(line), Duration::from_millis(400));
            let faults = faults(&said);
            assert!(faults.len() == 1 && faults[0].contains(why), "{line}: {said:?}");
            assert!(begun.elapsed() < Duration::from_secs(5));
        }
    }

    #[test]
    fn an_ear_that_sends_as_much_as_sound_would_be_is_ended() {
        let message =
            |text: &str| format!("printf '\\001\\001\\{:03o}\\000\\000\\000{text}' >&0", text.len());
        // It is made, and then a clock of 30 bytes, over and over.
        let (made, clock) =
            (message(r#"{"is":"made","choices":[]}"#), message(r#"{"is":"clock","at_ms":1}"#));
        let line = format!("{made}; while :; do {clock}; done");
        let said = hear(&mut shell(&line), Duration::from_secs(3));
        assert!(faults(&said).iter().any(|fault| fault.contains("more than it may")), "{said:?}");
    }

    /// Before it hears there is nothing to be heard.
    #[test]
    fn an_ear_that_hears_before_it_may_is_ended() {
        let line = "printf '\\001\\001\\030\\000\\000\\000{\"is\":\"clock\",\"at_ms\":1}' >&0; sleep 60";
        let said = hear(&mut shell(line), Duration::from_millis(400));
        let faults = faults(&said);
        assert!(faults.len() == 1 && faults[0].contains("before it may"), "{said:?}");
    }

    /// The household has changed: one loads, and until it is made the other one hears.
    #[test]
    fn the_next_ear_takes_over_when_it_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let ready = folder.path().join("ready");
        let message =
            |text: &str| format!("printf '\\001\\001\\{:03o}\\000\\000\\000{text}' >&0", text.len());
        let (made, sealed) = (
            message(r#"{"is":"made","choices":[]}"#),
            message(r#"{"is":"sealed","took_us":1,"landlock":true}"#),
        );
        let line = format!(
            "while ! [ -e {0} ]; do sleep 0.01; done; {made}; head -c 1 <&0 >/dev/null; {sealed}; sleep 60",
            ready.display()
        );
        let mut ear = shell(&line);
        std::fs::write(&ready, "").unwrap();
        assert!(hear(&mut ear, Duration::from_millis(500)).is_empty() && ear.hears());
        let first = ear.running.as_ref().unwrap().process.id();
        std::fs::remove_file(&ready).unwrap();
        ear.tell(Order::Renew(Hearing::Elsewhere), &mut |_| {});
        hear(&mut ear, Duration::from_millis(300));
        assert!(ear.hears() && ear.running.as_ref().unwrap().process.id() == first, "it hears meanwhile");
        std::fs::write(&ready, "").unwrap();
        hear(&mut ear, Duration::from_millis(500));
        assert!(ear.hears() && ear.running.as_ref().unwrap().process.id() != first);
        assert!(!std::path::Path::new(&format!("/proc/{first}")).exists());
    }

    /// Shell that says this over the link.
    fn message(text: &str) -> String {
        format!("printf '\\001\\001\\{:03o}\\000\\000\\000{text}' >&0", text.len())
    }

    /// A line of shell that is made, and sealed once it may open the microphone.
    fn sealed_and(then: &str) -> String {
        let (made, sealed) = (
            message(r#"{"is":"made","choices":[]}"#),
            message(r#"{"is":"sealed","took_us":1,"landlock":true}"#),
        );
        format!("{made}; head -c 1 <&0 >/dev/null; {sealed}; {then}; sleep 60")
    }

    const KEPT: &str = r#"{"is":"kept","slot":4,"purpose":"wake","session":1}"#;
    const WAKE: Purposes = Purposes { wake: true, commands: false };

    #[test]
    fn an_ear_says_of_each_file_once_that_it_holds_a_recording() {
        let folder = tempfile::tempdir().unwrap();
        let once = sealed_and(&message(KEPT));
        let mut ear = keeping(&once, folder.path(), WAKE);
        let said = hear(&mut ear, Duration::from_millis(500));
        let pid = ear.running.as_ref().unwrap().process.id();
        let (purpose, file) = (crate::sound::Purpose::Wake, format!(".ear-{pid}-4"));
        assert_eq!(said, [EventKind::SoundKept { purpose, file }]);
        let twice = sealed_and(&format!("{0}; {0}", message(KEPT)));
        let beyond = sealed_and(&message(&KEPT.replace("slot\":4", "slot\":64")));
        for (line, keep, why) in [
            (&twice, WAKE, "a second recording in file 4"),
            (&beyond, WAKE, "file 64 of 64"),
            (&once, Purposes { wake: false, commands: true }, "for `wake`"),
            (&once, Purposes::NONE, "that it keeps sound"),
        ] {
            let said = hear(&mut keeping(line, folder.path(), keep), Duration::from_millis(400));
            assert!(faults(&said).len() == 1 && faults(&said)[0].contains(why), "{said:?}");
        }
    }

    #[test]
    fn told_to_keep_nothing_it_loses_its_files_and_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        // It goes on when it is told (of what it was told before, 47 bytes are left), and says so by a recording.
        let line = sealed_and(&format!("head -c 60 <&0 >/dev/null; {}", message(KEPT)));
        let mut ear = keeping(&line, folder.path(), WAKE);
        hear(&mut ear, Duration::from_millis(300));
        let pid = ear.running.as_ref().unwrap().process.id();
        let file = |slot| folder.path().join(crate::sound::pool::name(pid, slot));
        for slot in [0, 4] {
            std::fs::write(file(slot), "").unwrap();
        }
        ear.tell(Order::Keep(Purposes::NONE), &mut |_| {});
        assert!(!file(0).exists() && !file(4).exists());
        assert_eq!(hear(&mut ear, Duration::from_millis(300)), []);
        assert!(ear.hears(), "no rule is broken");
        // To keep something again takes another ear.
        ear.tell(Order::Keep(WAKE), &mut |_| {});
        hear(&mut ear, Duration::from_millis(400));
        assert_ne!(ear.running.as_ref().unwrap().process.id(), pid);
    }

    #[test]
    fn closed_means_that_there_is_no_process() {
        let mut sealed = shell("sleep 60");
        assert!(hear(&mut sealed, Duration::from_millis(100)).is_empty());
        let pid = sealed.running.as_ref().unwrap().process.id();
        sealed.close(&mut |_| {});
        assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
    }
}
