//! The microphone: any device, any rate, any format, unplugged and plugged in again.
//!
//! The device's callback only converts and pushes to a lock-free ring; everything else happens on
//! the thread that calls [`Microphone::next`].

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, ErrorKind, FromSample, HostId, SampleFormat, SizedSample, StreamConfig, SupportedStreamConfig,
};
use rtrb::{Consumer, Producer, RingBuffer, chunks::ChunkError};

use super::devices::{self, Direction};
use super::{AudioError, Captured, FRAME_SAMPLES, FrameSource, Resampler, SAMPLE_RATE};
use crate::backoff::Backoff;
use crate::config::AudioConfig;
use crate::event::EventKind;

/// Sound that the ring holds while a recogniser keeps the ear busy.
const RING_S: usize = 10;

/// How much sound a callback should bring, in milliseconds: two frames.
const CALLBACK_MS: u32 = 32;

/// A microphone that gives nothing for this long is taken to be gone. Longer than the 2 s that a
/// sound server may need to wake a device.
const STALL: Duration = Duration::from_secs(3);

/// How long opening may take: a sound server that hangs does so for ever.
const OPEN_TIMEOUT: Duration = Duration::from_secs(8);

/// How often a sound server is asked whether the device is still there.
const WATCH: Duration = Duration::from_secs(1);

/// How often the ring is looked at.
const POLL: Duration = Duration::from_millis(10);

/// Waits between tries: doubled from the first to the last.
const RETRIES: Backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));

/// The microphone that the configuration names, for as long as it takes.
pub struct Microphone {
    config: AudioConfig,
    link: Link,
    retry_at: Instant,
    retries: Backoff,
    ready: VecDeque<i16>,
}

/// How far the microphone is.
enum Link {
    Closed,
    /// A thread of its own opens it, since that may take long, or for ever.
    Opening {
        opened: Receiver<Result<Open, AudioError>>,
        since: Instant,
    },
    Open(Box<Open>),
}

/// An open stream and what belongs to it.
struct Open {
    /// Sound comes as long as this lives.
    _stream: cpal::Stream,
    ring: Consumer<f32>,
    shared: Arc<Shared>,
    resampler: Resampler,
    device: String,
    /// Whether any sound came yet.
    sounding: bool,
    last_sound: Instant,
    mono: Vec<f32>,
    resampled: Vec<i16>,
}

/// What the device's threads tell the ear's thread.
#[derive(Default)]
struct Shared {
    /// Samples that found no room in the ring.
    dropped: AtomicU64,
    failure: Mutex<Option<String>>,
}

impl Microphone {
    /// A microphone that is opened by the first [`FrameSource::next`].
    #[must_use]
    pub fn new(config: &AudioConfig) -> Self {
        Self {
            config: config.clone(),
            link: Link::Closed,
            retry_at: Instant::now(),
            retries: RETRIES,
            ready: VecDeque::new(),
        }
    }

    /// The microphone is gone: says so, and when the next try will be.
    fn lost(&mut self, message: String) -> Captured {
        self.link = Link::Closed;
        self.ready.clear();
        let retry = self.retries.failed();
        self.retry_at = Instant::now() + retry;
        Captured::Event(EventKind::MicrophoneLost { message, retry_ms: retry.as_millis() as u64 })
    }

    /// One step further: opens, or takes what came. An error is the reason why it is gone.
    fn advance(&mut self, now: Instant) -> Result<Option<EventKind>, String> {
        match &mut self.link {
            Link::Closed if now >= self.retry_at => {
                let (sender, opened) = mpsc::channel();
                let config = self.config.clone();
                std::thread::spawn(move || {
                    // Nobody waits any more after the time-out; the stream closes again.
                    let _ = sender.send(Open::new(&config));
                });
                self.link = Link::Opening { opened, since: now };
            }
            Link::Closed => {}
            Link::Opening { opened, since } => match opened.try_recv() {
                Ok(Ok(mut open)) => {
                    open.last_sound = now;
                    self.link = Link::Open(Box::new(open));
                }
                Ok(Err(error)) => return Err(error.to_string()),
                Err(TryRecvError::Empty) if now.duration_since(*since) < OPEN_TIMEOUT => {}
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => {
                    return Err("the sound system does not answer".to_owned());
                }
            },
            Link::Open(open) => return open.poll(now, &mut self.ready),
        }
        Ok(None)
    }

    fn frame(&mut self) -> Option<Captured> {
        if self.ready.len() < FRAME_SAMPLES {
            return None;
        }
        let mut frame = [0; FRAME_SAMPLES];
        frame.iter_mut().zip(self.ready.drain(..FRAME_SAMPLES)).for_each(|(to, from)| *to = from);
        Some(Captured::Frame(frame))
    }
}

impl FrameSource for Microphone {
    fn next(&mut self, timeout: Duration) -> Captured {
        let until = Instant::now() + timeout;
        loop {
            if let Some(frame) = self.frame() {
                return frame;
            }
            let now = Instant::now();
            match self.advance(now) {
                Ok(None) => {}
                Ok(Some(event)) => {
                    if matches!(event, EventKind::MicrophoneOpen { .. }) {
                        self.retries.works();
                    }
                    return Captured::Event(event);
                }
                Err(message) => return self.lost(message),
            }
            if self.ready.len() < FRAME_SAMPLES {
                let left = until.saturating_duration_since(now);
                if left.is_zero() {
                    return Captured::Nothing;
                }
                std::thread::sleep(left.min(POLL));
            }
        }
    }

    fn close(&mut self) {
        self.link = Link::Closed;
        self.ready.clear();
        self.retry_at = Instant::now();
    }
}

impl Open {
    fn new(config: &AudioConfig) -> Result<Self, AudioError> {
        let host = devices::host(&config.host)?;
        let device = devices::find(&host, Direction::Input, &config.input)?;
        let name = device.to_string();
        let failed = |error: cpal::Error| AudioError::Device {
            direction: Direction::Input.noun(),
            name: name.clone(),
            reason: error.to_string(),
        };
        let format = device.default_input_config().map_err(failed)?;
        let resampler = Resampler::new(format.sample_rate()).ok_or_else(|| AudioError::Device {
            direction: Direction::Input.noun(),
            name: name.clone(),
            reason: format!("a sample rate of {} Hz cannot be right", format.sample_rate()),
        })?;

        let shared = Arc::new(Shared::default());
        // Short callbacks keep the answer quick; a device that refuses them gets its own way.
        let short = BufferSize::Fixed(format.sample_rate() * CALLBACK_MS / 1_000);
        let (stream, ring) = stream(&device, &format, short, &shared)
            .or_else(|_| stream(&device, &format, BufferSize::Default, &shared))
            .map_err(failed)?;
        stream.play().map_err(failed)?;
        watch(&host, &device, &shared);
        Ok(Self {
            _stream: stream,
            ring,
            shared,
            resampler,
            device: name,
            sounding: false,
            last_sound: Instant::now(),
            mono: Vec::new(),
            resampled: Vec::new(),
        })
    }

    /// Moves what the device brought into `ready`, and reports what happened to it.
    fn poll(&mut self, now: Instant, ready: &mut VecDeque<i16>) -> Result<Option<EventKind>, String> {
        let failure = self.shared.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(reason) = failure {
            return Err(format!("the microphone `{}` failed: {reason}", self.device));
        }
        let dropped = self.shared.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            let samples = dropped * u64::from(SAMPLE_RATE) / u64::from(self.resampler.rate());
            return Ok(Some(EventKind::Dropped { samples }));
        }
        let waiting = self.ring.slots();
        if waiting == 0 {
            if now.duration_since(self.last_sound) > STALL {
                return Err(format!("the microphone `{}` gives no sound", self.device));
            }
            return Ok(None);
        }
        self.last_sound = now;
        if let Ok(chunk) = self.ring.read_chunk(waiting) {
            let (first, second) = chunk.as_slices();
            self.mono.clear();
            self.mono.extend_from_slice(first);
            self.mono.extend_from_slice(second);
            chunk.commit_all();
        }
        self.resampled.clear();
        self.resampler.push(&self.mono, &mut self.resampled);
        ready.extend(&self.resampled);
        // Only sound proves that a microphone is open.
        if !self.sounding {
            self.sounding = true;
            return Ok(Some(EventKind::MicrophoneOpen { device: self.device.clone() }));
        }
        Ok(None)
    }
}

/// Notices that a `PulseAudio` source is gone. The server moves the stream to whatever source is left
/// (perhaps the speaker's own sound) and tells nobody; ALSA reports an error instead.
fn watch(host: &cpal::Host, device: &cpal::Device, shared: &Arc<Shared>) {
    if host.id() != HostId::PulseAudio {
        return;
    }
    let Ok(id) = device.id() else { return };
    let shared = Arc::downgrade(shared);
    // Connected here: a sealed ear can make no connection later.
    let Ok(host) = cpal::host_from_id(HostId::PulseAudio) else { return };
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(WATCH);
            // The stream is closed.
            let Some(shared) = shared.upgrade() else { return };
            if host.device_by_id(&id).is_none() {
                shared.fail("it was unplugged".to_owned());
                return;
            }
        }
    });
}

impl Shared {
    fn fail(&self, reason: String) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }
}

/// Opens a stream whatever its sample format.
fn stream(
    device: &cpal::Device,
    format: &SupportedStreamConfig,
    buffer: BufferSize,
    shared: &Arc<Shared>,
) -> Result<(cpal::Stream, Consumer<f32>), cpal::Error> {
    let (producer, consumer) = RingBuffer::new(RING_S * format.sample_rate() as usize);
    let config = StreamConfig { buffer_size: buffer, ..format.config() };
    let shared = Arc::clone(shared);
    let stream = match format.sample_format() {
        SampleFormat::I8 => typed::<i8>(device, config, producer, shared),
        SampleFormat::I16 => typed::<i16>(device, config, producer, shared),
        SampleFormat::I24 => typed::<cpal::I24>(device, config, producer, shared),
        SampleFormat::I32 => typed::<i32>(device, config, producer, shared),
        SampleFormat::I64 => typed::<i64>(device, config, producer, shared),
        SampleFormat::U8 => typed::<u8>(device, config, producer, shared),
        SampleFormat::U16 => typed::<u16>(device, config, producer, shared),
        SampleFormat::U24 => typed::<cpal::U24>(device, config, producer, shared),
        SampleFormat::U32 => typed::<u32>(device, config, producer, shared),
        SampleFormat::U64 => typed::<u64>(device, config, producer, shared),
        SampleFormat::F32 => typed::<f32>(device, config, producer, shared),
        SampleFormat::F64 => typed::<f64>(device, config, producer, shared),
        other => Err(cpal::Error::with_message(
            ErrorKind::UnsupportedConfig,
            format!("samples of the kind {other} are not understood"),
        )),
    }?;
    Ok((stream, consumer))
}

fn typed<T>(
    device: &cpal::Device,
    config: StreamConfig,
    mut ring: Producer<f32>,
    shared: Arc<Shared>,
) -> Result<cpal::Stream, cpal::Error>
where
    T: SizedSample,
    f32: FromSample<T>,
{
    let channels = usize::from(config.channels.max(1));
    let on_error = Arc::clone(&shared);
    device.build_input_stream(
        config,
        move |data: &[T], _: &_| {
            let dropped = push_mono(data, channels, &mut ring);
            if dropped > 0 {
                shared.dropped.fetch_add(dropped as u64, Ordering::Relaxed);
            }
        },
        move |error| match error.kind() {
            // The stream goes on.
            ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {
                tracing::debug!("microphone: {error}");
            }
            _ => on_error.fail(error.to_string()),
        },
        Some(OPEN_TIMEOUT),
    )
}

/// Averages the channels into the ring and gives the number of samples that found no room.
fn push_mono<T: Copy>(data: &[T], channels: usize, ring: &mut Producer<f32>) -> usize
where
    f32: FromSample<T>,
{
    let frames = data.len() / channels;
    let chunk = match ring.write_chunk_uninit(frames) {
        Ok(chunk) => chunk,
        Err(ChunkError::TooFewSlots(room)) => match ring.write_chunk_uninit(room) {
            Ok(chunk) => chunk,
            Err(_) => return frames,
        },
    };
    let scale = 1.0 / channels as f32;
    let mono = data
        .chunks_exact(channels)
        .map(|frame| frame.iter().map(|&sample| f32::from_sample_(sample)).sum::<f32>() * scale);
    frames - chunk.fill_from_iter(mono)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pop_all(ring: &mut Consumer<f32>) -> Vec<f32> {
        std::iter::from_fn(|| ring.pop().ok()).collect()
    }

    #[test]
    fn every_format_becomes_mono_floats() {
        let (mut producer, mut consumer) = RingBuffer::new(16);
        assert_eq!(push_mono(&[0_u8, 128, 255, 128], 2, &mut producer), 0);
        assert_eq!(push_mono(&[i16::MIN, 0, 16_384], 1, &mut producer), 0);
        assert_eq!(push_mono(&[0.25_f32, 0.75, 0.5, 9.0], 3, &mut producer), 0);
        let mono = pop_all(&mut consumer);
        let expected = [-0.5, 0.496, -1.0, 0.0, 0.5, 0.5];
        assert_eq!(mono.len(), expected.len());
        mono.iter().zip(expected).for_each(|(a, b)| assert!((a - b).abs() < 0.01, "{a} for {b}"));
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let (mut producer, mut consumer) = RingBuffer::new(3);
        assert_eq!(push_mono(&[0.1_f32; 5], 1, &mut producer), 2);
        assert_eq!(push_mono(&[0.1_f32; 5], 1, &mut producer), 5);
        assert_eq!(pop_all(&mut consumer).len(), 3);
        assert_eq!(push_mono(&[0.2_f32; 2], 1, &mut producer), 0);
        assert_eq!(pop_all(&mut consumer), [0.2, 0.2]);
    }

    #[test]
    fn a_missing_microphone_is_tried_again_later_and_later() {
        let config = AudioConfig {
            host: "alsa".into(),
            input: "no such microphone".into(),
            ..crate::config::Config::default().audio
        };
        let mut microphone = Microphone::new(&config);
        let mut waits = Vec::new();
        for _ in 0..8 {
            microphone.retry_at = Instant::now();
            match microphone.next(Duration::from_secs(5)) {
                Captured::Event(EventKind::MicrophoneLost { retry_ms, message }) => {
                    assert!(message.contains("no such microphone"), "{message}");
                    waits.push(retry_ms);
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
        assert_eq!(microphone.next(Duration::from_millis(1)), Captured::Nothing);
    }
}
