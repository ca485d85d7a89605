//! The loudspeaker, through rodio.
//!
//! The device is opened for a sound and let go some seconds after the last one: an open stream
//! costs the processor even when it is silent, and keeps others from a sound card.

use std::num::{NonZeroU16, NonZeroU32};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rodio::buffer::SamplesBuffer;
use rodio::{DeviceSinkBuilder, MixerDeviceSink, Player};

use super::devices::{self, Direction};
use super::{AudioError, Speaker};
use crate::config::AudioConfig;
use crate::tts::Speech;

/// How long an open device outlives its last sound: a device takes up to half a second to begin,
/// and the cue of the wake word has opened it when the answer comes.
const LINGER: Duration = Duration::from_secs(15);

/// What a device still holds when rodio has handed over the last sample.
const TAIL: Duration = Duration::from_millis(120);

/// How much longer than its length a sound may take before the device counts as stuck.
const STUCK: Duration = Duration::from_secs(5);

/// The loudspeaker that the configuration names.
pub struct Loudspeaker {
    config: AudioConfig,
    volume: f32,
    open: Option<Open>,
}

struct Open {
    sink: MixerDeviceSink,
    player: Player,
    name: String,
    failed: Arc<AtomicBool>,
    /// When the current sound has to be over.
    latest: Instant,
    /// When the last sample left rodio.
    drained: Option<Instant>,
}

impl Loudspeaker {
    /// A loudspeaker that is opened by the first sound.
    #[must_use]
    pub fn new(config: &AudioConfig) -> Self {
        Self { config: config.clone(), volume: config.volume.clamp(0.0, 1.0), open: None }
    }

    fn open(&self) -> Result<Open, AudioError> {
        let begun = Instant::now();
        let host = devices::host(&self.config.host)?;
        let device = devices::find(&host, Direction::Output, &self.config.output)?;
        let name = device.to_string();
        let failed = Arc::new(AtomicBool::new(false));
        let on_error = Arc::clone(&failed);
        let report = move |error: rodio::cpal::Error| match error.kind() {
            rodio::cpal::ErrorKind::Xrun
            | rodio::cpal::ErrorKind::DeviceChanged
            | rodio::cpal::ErrorKind::RealtimeDenied => tracing::debug!("speaker: {error}"),
            _ => on_error.store(true, Ordering::Relaxed),
        };
        let mut sink = DeviceSinkBuilder::from_device(device)
            .map(|builder| builder.with_error_callback(report))
            .and_then(|builder| builder.open_sink_or_fallback())
            .map_err(|error| AudioError::Device {
                direction: Direction::Output.noun(),
                name: name.clone(),
                reason: cause(&error),
            })?;
        sink.log_on_drop(false);
        let player = Player::connect_new(sink.mixer());
        tracing::debug!("speaker `{name}` opened in {} ms", begun.elapsed().as_millis());
        Ok(Open { sink, player, name, failed, latest: Instant::now(), drained: None })
    }
}

impl Speaker for Loudspeaker {
    fn start(&mut self, speech: &Speech) -> Result<(), AudioError> {
        let (Some(channels), Some(rate)) = (NonZeroU16::new(1), NonZeroU32::new(speech.sample_rate)) else {
            return Ok(());
        };
        if self.open.as_ref().is_some_and(|open| open.failed.load(Ordering::Relaxed)) {
            self.open = None;
        }
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.open()?,
        };
        // A stopped player stays stopped for what was appended before; a new one is cheap.
        open.player.stop();
        open.player = Player::connect_new(open.sink.mixer());
        open.player.set_volume(self.volume);
        let samples: Vec<f32> = speech.samples.iter().map(|&s| f32::from(s) / 32_768.0).collect();
        let length = Duration::from_secs_f64(samples.len() as f64 / f64::from(speech.sample_rate));
        open.player.append(SamplesBuffer::new(channels, rate, samples));
        open.latest = Instant::now() + length + STUCK;
        open.drained = None;
        self.open = Some(open);
        Ok(())
    }

    fn playing(&mut self) -> Result<bool, AudioError> {
        let Some(open) = &mut self.open else { return Ok(false) };
        let now = Instant::now();
        if open.player.empty() {
            return Ok(now < *open.drained.get_or_insert(now) + TAIL);
        }
        let reason = if open.failed.load(Ordering::Relaxed) {
            "it went away"
        } else if now > open.latest {
            "it plays nothing"
        } else {
            return Ok(true);
        };
        let name = open.name.clone();
        self.open = None;
        Err(AudioError::Device { direction: Direction::Output.noun(), name, reason: reason.to_owned() })
    }

    fn stop(&mut self) {
        if let Some(open) = &self.open {
            open.player.stop();
        }
    }

    fn set_volume(&mut self, volume: f32) {
        self.volume = volume.clamp(0.0, 1.0);
    }

    fn rest(&mut self) {
        let idle =
            self.open.as_ref().is_some_and(|open| open.drained.is_some_and(|at| at.elapsed() > LINGER));
        if idle {
            self.open = None;
        }
    }
}

/// rodio's errors keep what the device said as their source.
fn cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}
