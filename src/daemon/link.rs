//! What crosses between the mind and a sealed ear: frames of a version, a kind, a length and so
//! many bytes.
//!
//! The mind does not trust the ear. It takes only the kinds of [`ToMind`], each bounded in length,
//! all together bounded in bytes per second ([`Budget`]): an eighth of what sound would take. A
//! peer that breaks a rule is a [`LinkError`], after which the link is of no further use.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::event::{Event, EventKind, State};
use crate::pipeline::Listen;
use crate::sound::Purpose;

/// Of what is said here. Both ends are the same program, unless it was replaced while it ran.
pub const VERSION: u8 = 1;

/// The longest message of an ear, in bytes.
pub const MAX_TO_MIND: usize = 16 * 1024;

/// The longest message to an ear, in bytes: half a minute of the assistant's own voice.
pub const MAX_TO_EAR: usize = 1024 * 1024;

/// Bytes a second that an ear may send, and how many at once. Sound takes 32,000.
pub const RATE: f64 = 4_096.0;
pub const BURST: f64 = 65_536.0;

/// The latest time of an ear: thirty years of sound.
const LATEST_MS: u64 = 1_000_000_000_000;

/// The longest text inside an event, in bytes.
const MAX_TEXT: usize = 2_048;

/// Lines about what was chosen: wake words, and a recogniser for each language.
const MAX_CHOICES: usize = 32;

const HEADER: usize = 6;
const JSON: u8 = 1;
const VOICE_BEGAN: u8 = 2;
const VOICE_GOES_ON: u8 = 3;

/// Why a link is of no further use.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error("it ended")]
    Closed,
    #[error("it says nothing any more")]
    Silent,
    #[error("it speaks version {0} of the link, and this program version {VERSION}; start it again")]
    Version(u8),
    #[error("it sent a message of {0} bytes")]
    TooLong(usize),
    #[error("it sent what is no message ({0})")]
    Garbled(String),
    #[error("it sent more than it may ({RATE} bytes a second)")]
    TooMuch,
    #[error("it may not say that ({0})")]
    Forbidden(String),
    #[error("the link failed: {0}")]
    Io(std::io::Error),
}

/// What an ear may say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum ToMind {
    /// Its models are loaded, and it waits for [`Word::GoOnFrom`]; in plain lines, what was chosen.
    Made { choices: Vec<String> },
    /// It is locked in, and hears from now on. `took_us` is what that took, in microseconds.
    Sealed { took_us: u64, landlock: bool },
    /// It is alive, and has heard so many milliseconds of sound.
    Clock { at_ms: u64 },
    /// It has written a recording into one of its files. The sound itself stays there.
    Kept { slot: u8, purpose: Purpose, session: u64 },
    /// Something happened; `took_us` is how long the stage behind it took.
    Event { event: Box<Event>, took_us: Option<u64> },
}

/// What an ear is told.
#[derive(Debug, Clone, PartialEq)]
pub enum ToEar {
    Word(Word),
    /// The assistant begins to say this (16 kHz).
    VoiceBegan(Vec<i16>),
    VoiceGoesOn(Vec<i16>),
}

/// What can be told in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum Word {
    /// The microphone is free: it is to open it. Its time begins where an earlier ear's ended.
    GoOnFrom {
        at_ms: u64,
        sessions: u64,
    },
    Listen {
        listen: Listen,
    },
    VoiceEnded,
    /// It is to keep no sound any more.
    KeepNothing,
}

/// One end of a link.
pub struct Link {
    stream: UnixStream,
    /// What came and is no whole message yet.
    came: Vec<u8>,
    longest: usize,
}

impl Link {
    /// The mind's end, or the ear's.
    #[must_use]
    pub fn new(stream: UnixStream, longest: usize) -> Self {
        Self { stream, came: Vec::new(), longest }
    }

    /// Another handle of the same end, to send by.
    ///
    /// # Errors
    /// When the system has no descriptor left.
    pub fn sender(&self) -> std::io::Result<UnixStream> {
        self.stream.try_clone()
    }

    /// The next message's kind and bytes; `None` when none is whole within `patience`.
    ///
    /// # Errors
    /// [`LinkError`]; nothing more can be read then.
    pub fn next(&mut self, patience: Duration) -> Result<Option<(u8, Vec<u8>)>, LinkError> {
        let until = Instant::now() + patience;
        loop {
            if let Some(message) = self.whole()? {
                return Ok(Some(message));
            }
            let left = until.saturating_duration_since(Instant::now());
            // A time-out of zero would mean none.
            self.stream.set_read_timeout(Some(left.max(Duration::from_millis(1)))).map_err(LinkError::Io)?;
            let mut bytes = [0; 16 * 1024];
            match self.stream.read(&mut bytes) {
                Ok(0) => return Err(LinkError::Closed),
                Ok(count) => self.came.extend_from_slice(&bytes[..count]),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    if left.is_zero() {
                        return Ok(None);
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return Err(LinkError::Closed),
                Err(error) => return Err(LinkError::Io(error)),
            }
        }
    }

    fn whole(&mut self) -> Result<Option<(u8, Vec<u8>)>, LinkError> {
        let [version, kind, length @ ..] = self.came.as_slice() else { return Ok(None) };
        let (version, kind) = (*version, *kind);
        if version != VERSION {
            return Err(LinkError::Version(version));
        }
        let Some(length) = length.first_chunk::<4>() else { return Ok(None) };
        let length = u32::from_le_bytes(*length) as usize;
        if length > self.longest {
            return Err(LinkError::TooLong(length));
        }
        if self.came.len() < HEADER + length {
            return Ok(None);
        }
        let message = self.came[HEADER..HEADER + length].to_vec();
        self.came.drain(..HEADER + length);
        Ok(Some((kind, message)))
    }
}

fn send(mut to: &UnixStream, kind: u8, bytes: &[u8]) -> std::io::Result<()> {
    let mut message = vec![VERSION, kind];
    message.extend((bytes.len() as u32).to_le_bytes());
    message.extend_from_slice(bytes);
    to.write_all(&message)
}

/// Tells the mind something. What is longer than it takes is left out.
///
/// # Errors
/// When the mind is gone.
pub fn tell_mind(to: &UnixStream, what: &ToMind) -> std::io::Result<()> {
    let text = serde_json::to_vec(what)?;
    if text.len() > MAX_TO_MIND {
        return Ok(());
    }
    send(to, JSON, &text)
}

/// Tells an ear something; a long voice in pieces.
///
/// # Errors
/// When the ear is gone, or does not take it.
pub fn tell_ear(to: &UnixStream, what: &ToEar) -> std::io::Result<()> {
    let (first, samples) = match what {
        ToEar::Word(word) => return send(to, JSON, &serde_json::to_vec(word)?),
        ToEar::VoiceBegan(samples) => (VOICE_BEGAN, samples),
        ToEar::VoiceGoesOn(samples) => (VOICE_GOES_ON, samples),
    };
    let mut kind = first;
    for piece in samples.chunks(MAX_TO_EAR / 2) {
        let bytes: Vec<u8> = piece.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        send(to, kind, &bytes)?;
        kind = VOICE_GOES_ON;
    }
    Ok(())
}

/// What a message to an ear says.
///
/// # Errors
/// [`LinkError::Garbled`].
pub fn read_to_ear(kind: u8, bytes: &[u8]) -> Result<ToEar, LinkError> {
    let samples = || bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    match kind {
        JSON => Ok(ToEar::Word(parse(bytes)?)),
        VOICE_BEGAN => Ok(ToEar::VoiceBegan(samples())),
        VOICE_GOES_ON => Ok(ToEar::VoiceGoesOn(samples())),
        kind => Err(LinkError::Garbled(format!("kind {kind}"))),
    }
}

/// What a message of an ear says, when it is one that an ear may send.
///
/// # Errors
/// [`LinkError::Garbled`] and [`LinkError::Forbidden`].
pub fn read_to_mind(kind: u8, bytes: &[u8]) -> Result<ToMind, LinkError> {
    if kind != JSON {
        return Err(LinkError::Garbled(format!("kind {kind}")));
    }
    let said: ToMind = parse(bytes)?;
    if let ToMind::Event { event, .. } = &said {
        if event.site.is_some() || event.at_ms > LATEST_MS {
            return Err(LinkError::Forbidden("a place or a time that it cannot know".into()));
        }
        may_be_said(&event.kind)?;
    }
    if let ToMind::Made { choices } = &said {
        let fits = |line: &String| line.len() <= MAX_TEXT && !line.contains(char::is_control);
        if choices.len() > MAX_CHOICES || !choices.iter().all(fits) {
            return Err(LinkError::Forbidden("more than what it has chosen".into()));
        }
    }
    if let ToMind::Clock { at_ms } = said
        && at_ms > LATEST_MS
    {
        return Err(LinkError::Forbidden("a time that cannot be".into()));
    }
    Ok(said)
}

fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, LinkError> {
    serde_json::from_slice(bytes).map_err(|error| LinkError::Garbled(error.to_string()))
}

/// Only what an ear has to say: text, scores, times and levels, none of it long.
fn may_be_said(kind: &EventKind) -> Result<(), LinkError> {
    let texts: Vec<&str> = match kind {
        // What else is shown (that it is muted, above all) is not the ear's to say.
        EventKind::State { state: State::Listening | State::Thinking }
        | EventKind::SpeechStart
        | EventKind::SpeechEnd { .. }
        | EventKind::NoSpeech
        | EventKind::Dropped { .. }
        | EventKind::Level { .. } => Vec::new(),
        EventKind::Wake { word, language, area, .. } => {
            [Some(word), language.as_ref(), area.as_ref()].into_iter().flatten().map(String::as_str).collect()
        }
        EventKind::Transcript(heard) => {
            if heard.alternatives.len() > 8 {
                return Err(LinkError::Forbidden(format!("{} alternatives", heard.alternatives.len())));
            }
            let others = heard.alternatives.iter().map(|other| other.text.as_str());
            let whys = [heard.rejected.as_deref(), heard.why.as_deref()].into_iter().flatten();
            others.chain(whys).chain([heard.text.as_str(), heard.engine.as_str()]).collect()
        }
        EventKind::NotHeard { reason } => vec![reason],
        EventKind::MicrophoneLost { message, .. } => vec![message],
        EventKind::MicrophoneOpen { device } => vec![device],
        EventKind::Fault { stage, message } => vec![stage, message],
        other => return Err(LinkError::Forbidden(format!("{:?}", std::mem::discriminant(other)))),
    };
    match texts.iter().map(|text| text.len()).max() {
        Some(longest) if longest > MAX_TEXT => {
            Err(LinkError::Forbidden(format!("a text of {longest} bytes")))
        }
        _ => Ok(()),
    }
}

/// How much an ear may still send: fills by [`RATE`] up to [`BURST`].
pub struct Budget {
    left: f64,
    at: Instant,
}

impl Budget {
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self { left: BURST, at: now }
    }

    /// Takes so many bytes.
    ///
    /// # Errors
    /// [`LinkError::TooMuch`].
    pub fn take(&mut self, bytes: usize, now: Instant) -> Result<(), LinkError> {
        self.left = (self.left + now.duration_since(self.at).as_secs_f64() * RATE).min(BURST);
        self.at = now;
        self.left -= bytes as f64;
        if self.left < 0.0 { Err(LinkError::TooMuch) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;
    use crate::stt::Transcript;

    const SOON: Duration = Duration::from_millis(20);

    fn pair() -> (Link, UnixStream) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        (Link::new(ours, MAX_TO_MIND), theirs)
    }

    fn event(kind: EventKind) -> ToMind {
        ToMind::Event { event: Box::new(Event::new(7, kind).in_session(2)), took_us: Some(5) }
    }

    #[test]
    fn what_is_said_arrives() {
        let (mut link, ear) = pair();
        let said = [
            ToMind::Sealed { took_us: 900, landlock: true },
            ToMind::Clock { at_ms: 5 },
            ToMind::Kept { slot: 63, purpose: Purpose::Wake, session: 2 },
            event(EventKind::State { state: State::Listening }),
            event(EventKind::Transcript(Transcript { text: "next".into(), ..Transcript::default() })),
        ];
        for what in &said {
            tell_mind(&ear, what).unwrap();
        }
        for what in &said {
            let (kind, bytes) = link.next(SOON).unwrap().unwrap();
            assert_eq!(&read_to_mind(kind, &bytes).unwrap(), what);
        }
        assert!(link.next(SOON).unwrap().is_none());
        drop(ear);
        assert!(matches!(link.next(SOON), Err(LinkError::Closed)));
    }

    /// `cargo test --lib what_the_link_adds -- --ignored --nocapture`
    #[test]
    #[ignore = "measures this machine"]
    fn what_the_link_adds_to_a_command() {
        let (mut link, ear) = pair();
        let (told, begin) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let transcript = EventKind::Transcript(crate::stt::Transcript {
                text: "turn on the light in the kitchen and the one in the living room".into(),
                ..crate::stt::Transcript::default()
            });
            let said = event(transcript);
            for _ in 0..1_000 {
                // As in a house: the reader waits, and is woken.
                std::thread::sleep(Duration::from_millis(2));
                told.send(Instant::now()).unwrap();
                tell_mind(&ear, &said).unwrap();
            }
        });
        let mut took: Vec<f64> = (0..1_000)
            .map(|_| {
                let (kind, bytes) = link.next(Duration::from_secs(5)).unwrap().unwrap();
                read_to_mind(kind, &bytes).unwrap();
                begin.recv().unwrap().elapsed().as_secs_f64() * 1e6
            })
            .collect();
        thread.join().unwrap();
        took.sort_by(f64::total_cmp);
        println!("the link adds {:.0} µs, at most {:.0} of 1000", took[500], took[999]);
        assert!(took[500] < 1_000.0);
    }

    #[test]
    fn a_long_voice_comes_in_pieces() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let voice: Vec<i16> = (0..1_000_i16).cycle().take(MAX_TO_EAR).collect();
        let sent = ToEar::VoiceBegan(voice.clone());
        let thread = std::thread::spawn(move || tell_ear(&theirs, &sent));
        let mut link = Link::new(ours, MAX_TO_EAR);
        let mut came = Vec::new();
        while came.len() < voice.len() {
            let (kind, bytes) = link.next(Duration::from_secs(5)).unwrap().unwrap();
            match read_to_ear(kind, &bytes).unwrap() {
                ToEar::VoiceBegan(piece) if came.is_empty() => came.extend(piece),
                ToEar::VoiceGoesOn(piece) => came.extend(piece),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(came, voice);
        thread.join().unwrap().unwrap();
    }

    #[test]
    fn an_ear_has_nothing_to_do_with_meaning_and_no_room_for_sound() {
        let text = |text: String| EventKind::NotHeard { reason: text };
        let allowed = |kind| {
            let bytes = serde_json::to_vec(&event(kind)).unwrap();
            read_to_mind(JSON, &bytes).is_ok()
        };
        assert!(allowed(text("too soft".into())));
        assert!(!allowed(text("x".repeat(MAX_TEXT + 1))));
        assert!(!allowed(EventKind::SessionEnd { reason: crate::event::SessionEndReason::Done }));
        assert!(!allowed(EventKind::Action { action: "set".into(), target: None, value: vec![1, 2].into() }));
        assert!(!allowed(EventKind::State { state: State::Muted }));
        assert!(!allowed(EventKind::Recording { path: "a".into() }));
        assert!(!allowed(EventKind::SoundKept { purpose: Purpose::Wake, file: "entrenous.db".into() }));
        assert!(read_to_mind(JSON, br#"{"is":"kept","slot":1,"purpose":"wake","session":1}"#).is_ok());
        assert!(read_to_mind(JSON, br#"{"is":"kept","slot":256,"purpose":"wake","session":1}"#).is_err());
        assert!(
            read_to_mind(JSON, br#"{"is":"kept","slot":1,"purpose":"wake","session":1,"samples":[1]}"#)
                .is_err()
        );
        // Raw bytes are no message, and a list of numbers is none either.
        assert!(read_to_mind(VOICE_BEGAN, &[0; 64]).is_err());
        assert!(
            read_to_mind(JSON, br#"{"is":"sealed","took_us":1,"landlock":true,"samples":[1,2]}"#).is_err()
        );
    }

    #[test]
    fn sound_is_too_much_for_the_link() {
        let begun = Instant::now();
        let mut budget = Budget::new(begun);
        // Levels and a clock ten times a second, and a transcript now and then: for an hour.
        for tenth in 0..36_000_u64 {
            let bytes = if tenth % 50 == 0 { 1_500 } else { 200 };
            budget.take(bytes, begun + Duration::from_millis(100 * tenth)).unwrap();
        }
        // Samples: 32,000 bytes a second.
        let mut budget = Budget::new(begun);
        let refused = (0..100_u32)
            .find(|tenth| budget.take(3_200, begun + Duration::from_millis(u64::from(100 * tenth))).is_err());
        assert!(refused.is_some_and(|tenth| tenth < 30), "{refused:?}");
    }

    /// Whatever a peer sends, this side reads messages or an error, and comes to an end.
    #[test]
    fn garbage_is_an_error_and_never_more() {
        let mut rng = Rng::for_item(11, 0);
        let good = serde_json::to_vec(&ToMind::Clock { at_ms: 5 }).unwrap();
        for _ in 0..500 {
            let (mut link, ear) = pair();
            let mut sent = Vec::new();
            for _ in 0..rng.below(4) {
                match rng.below(4) {
                    0 => sent.extend((0..rng.below(200)).map(|_| rng.below(256) as u8)),
                    1 => {
                        sent.extend([VERSION, rng.below(5) as u8]);
                        sent.extend((rng.below(100_000) as u32).to_le_bytes());
                    }
                    2 => {
                        sent.extend([VERSION, JSON]);
                        sent.extend((good.len() as u32).to_le_bytes());
                        sent.extend(&good);
                        let at = rng.below(sent.len());
                        sent[at] = rng.below(256) as u8;
                    }
                    _ => {
                        sent.extend([VERSION, JSON]);
                        sent.extend((good.len() as u32).to_le_bytes());
                        sent.extend(&good);
                    }
                }
            }
            (&ear).write_all(&sent).unwrap();
            drop(ear);
            let mut messages = 0;
            while let Ok(Some((kind, bytes))) = link.next(SOON) {
                // Each is read or refused.
                let _ = read_to_mind(kind, &bytes);
                let _ = read_to_ear(kind, &bytes);
                messages += 1;
                assert!(messages <= sent.len());
            }
            assert!(link.came.len() <= sent.len());
        }
    }
}
