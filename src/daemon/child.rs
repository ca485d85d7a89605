//! A sealed ear, seen from inside: what the process does that `run` starts to hear with.
//!
//! It gives up what it needs at no time ([`crate::sandbox::loading`]), loads its models and makes
//! whatever would be made later, opens the microphone when the mind says that it is free, locks
//! itself in ([`crate::sandbox::sealed`]), and only then hears the first frame. A microphone that
//! goes away cannot be opened again from inside: the process says so and ends, and the mind starts
//! another.

use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use super::OwnVoice;
use super::hears::{Heard, Hears, Here, Order};
use super::link::{self, Link, MAX_TO_EAR, ToEar, ToMind, Word};
use crate::assemble::{self, Choices};
use crate::audio::{Captured, FrameSource, Microphone};
use crate::config::Config;
use crate::ear::Ear;
use crate::ear::recorder::{self, Recorder, Sink};
use crate::event::{Event, EventKind};
use crate::household::Household;
use crate::sandbox::{self, SandboxError};
use crate::sound::pool::LONGEST_BYTES;
use crate::sound::{Pool, Purpose, Purposes, Shelf};
use crate::{Error, Result};

const PATIENCE: Duration = Duration::from_millis(100);

/// The socket at standard input.
///
/// # Errors
/// When there is none.
pub fn standard_input() -> Result<UnixStream> {
    let input: OwnedFd = std::io::stdin().as_fd().try_clone_to_owned()?;
    Ok(UnixStream::from(input))
}

/// Hears until the mind is gone, and keeps sound for these purposes until it is told not to.
///
/// # Errors
/// When the ear cannot be made, or cannot be sealed.
pub fn run(config: &Config, keep: Purposes) -> Result<()> {
    // Whoever kills the mind kills its ear.
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))
        .map_err(std::io::Error::from)?;
    let link = Link::new(standard_input()?, MAX_TO_EAR);
    let mind = link.sender()?;
    let report = |error: &Error| {
        let kind = EventKind::Fault { stage: "ear".into(), message: error.to_string() };
        let event = Box::new(Event::new(0, kind));
        // The mind sees the end in any case.
        let _ = link::tell_mind(&mind, &ToMind::Event { event, took_us: None });
    };
    // Before the first wall: no model that it reads gets a way to make files there.
    let files = (!keep.is_empty()).then(|| Files::open(config, &mind)).transpose();
    let (mut ear, choices) = make(config).inspect_err(report)?;
    link::tell_mind(&mind, &ToMind::Made { choices })?;
    let orders = listen_to_the_mind(link);
    let Some((at_ms, sessions)) = may_open(&orders) else { return Ok(()) };
    ear.go_on_from(at_ms, sessions);
    let mut microphone = Microphone::new(&config.audio);
    let Some(opened) = open(&mut microphone, at_ms, &mind)? else { return Ok(()) };
    let mut hears = Here::new(Box::new(microphone), ear);
    let begun = Instant::now();
    let largest = if keep.is_empty() { 0 } else { LONGEST_BYTES };
    let landlock = sandbox::sealed::seal(largest).map_err(|error| unsealed(&error)).inspect_err(report)?;
    tell(&mind, Event::new(at_ms, opened))?;
    link::tell_mind(&mind, &ToMind::Sealed { took_us: begun.elapsed().as_micros() as u64, landlock })?;
    match files {
        Ok(None) => {}
        Ok(Some(files)) => hears.record(Recorder::new(Box::new(files), keep)),
        Err(error) => tell(&mind, Event::new(at_ms, recorder::fault(&error)))?,
    }
    hear(&mut hears, &orders, &mind)
}

/// Writes what is kept into the files that were opened before the seal, and tells the mind.
struct Files {
    pool: Pool,
    mind: UnixStream,
}

impl Files {
    fn open(config: &Config, mind: &UnixStream) -> std::io::Result<Self> {
        let pool = Pool::open(Shelf::of(&config.data_dir).folder(), std::process::id())?;
        // A handle of its own, since none can be made after the seal.
        Ok(Self { pool, mind: mind.try_clone()? })
    }
}

impl Sink for Files {
    fn keep(&mut self, purpose: Purpose, session: u64, samples: &[i16]) -> std::io::Result<()> {
        // With no file left another ear is on its way: the mind knows.
        let Some(slot) = self.pool.write(samples)? else { return Ok(()) };
        link::tell_mind(&self.mind, &ToMind::Kept { slot, purpose, session })
    }
}

/// Loads all models, behind the first wall. What the household wrote itself is read before: its database
/// is written by reading it.
fn make(config: &Config) -> Result<(Ear, Choices)> {
    let cache = assemble::cache(config);
    std::fs::create_dir_all(&cache).map_err(Error::io("make", &cache))?;
    let household = Household::load(config)?;
    sandbox::loading::confine(&cache).map_err(|error| unsealed(&error))?;
    let (mut ear, choices) = assemble::ear(config, &household, true)?;
    ear.prepare();
    Ok((ear, choices))
}

fn unsealed(error: &SandboxError) -> Error {
    Error::Stopped(format!("the ear cannot be sealed, so it does not hear: {error}"))
}

/// Waits until the microphone is free, and gives where the time begins and how many sessions there were;
/// `None` when the mind is gone.
fn may_open(orders: &Receiver<ToEar>) -> Option<(u64, u64)> {
    orders.iter().find_map(|order| match order {
        ToEar::Word(Word::GoOnFrom { at_ms, sessions }) => Some((at_ms, sessions)),
        _ => None,
    })
}

/// Waits for the microphone; `None` when the mind is gone meanwhile. Nothing of what it brings is heard yet.
fn open(microphone: &mut Microphone, at_ms: u64, mind: &UnixStream) -> Result<Option<EventKind>> {
    loop {
        match microphone.next(PATIENCE) {
            Captured::Event(kind @ EventKind::MicrophoneOpen { .. }) => return Ok(Some(kind)),
            Captured::Event(kind) => {
                if tell(mind, Event::new(at_ms, kind)).is_err() {
                    return Ok(None);
                }
            }
            Captured::Frame(_) | Captured::Nothing | Captured::End => {
                if link::tell_mind(mind, &ToMind::Clock { at_ms }).is_err() {
                    return Ok(None);
                }
            }
        }
    }
}

/// What the mind says, from a thread of its own; the channel ends when the mind does.
fn listen_to_the_mind(mut link: Link) -> Receiver<ToEar> {
    let (sender, orders) = mpsc::sync_channel(16);
    std::thread::spawn(move || {
        loop {
            let order = match link.next(Duration::from_hours(1)) {
                Ok(None) => continue,
                Ok(Some((kind, bytes))) => link::read_to_ear(kind, &bytes),
                Err(error) => Err(error),
            };
            let Ok(order) = order else { return };
            if sender.send(order).is_err() {
                return;
            }
        }
    });
    orders
}

fn hear(hears: &mut Here, orders: &Receiver<ToEar>, mind: &UnixStream) -> Result<()> {
    let mut told = Instant::now();
    loop {
        let mut out = Vec::new();
        let mut emit = |event: Event| out.push(event);
        loop {
            let order = match orders.try_recv() {
                Ok(ToEar::Word(Word::Listen { listen })) => Order::Listen(listen),
                Ok(ToEar::Word(Word::VoiceEnded)) => Order::Voice(OwnVoice::Ended),
                Ok(ToEar::Word(Word::KeepNothing)) => Order::Keep(Purposes::NONE),
                Ok(ToEar::Word(Word::GoOnFrom { .. })) => continue,
                Ok(ToEar::VoiceBegan(sound)) => Order::Voice(OwnVoice::Began(sound)),
                Ok(ToEar::VoiceGoesOn(sound)) => Order::Voice(OwnVoice::GoesOn(sound)),
                Err(mpsc::TryRecvError::Empty) => break,
                // The mind is gone: there is nobody to hear for.
                Err(mpsc::TryRecvError::Disconnected) => return Ok(()),
            };
            hears.tell(order, &mut emit);
        }
        let went = hears.hear(PATIENCE, &mut emit);
        let lost = out.iter().any(|event| matches!(event.kind, EventKind::MicrophoneLost { .. }));
        for event in out {
            tell(mind, event)?;
        }
        if went == Heard::Over || lost {
            return Ok(());
        }
        if told.elapsed() >= PATIENCE {
            told = Instant::now();
            link::tell_mind(mind, &ToMind::Clock { at_ms: hears.now_ms() })?;
        }
    }
}

fn tell(mind: &UnixStream, event: Event) -> std::io::Result<()> {
    let took_us = event.took.map(|took| took.as_micros() as u64);
    link::tell_mind(mind, &ToMind::Event { event: Box::new(event), took_us })
}
