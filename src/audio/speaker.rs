//! What plays sound: the loudspeaker, or a double that remembers.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::AudioError;
use crate::tts::Speech;

/// Plays one sound at a time.
pub trait Speaker: Send {
    /// Begins to play; what was playing stops.
    ///
    /// # Errors
    /// When there is no loudspeaker. The next call tries again.
    fn start(&mut self, speech: &Speech) -> Result<(), AudioError>;

    /// Whether the sound is still coming out.
    ///
    /// # Errors
    /// When the loudspeaker went away while playing.
    fn playing(&mut self) -> Result<bool, AudioError>;

    /// Silence, now.
    fn stop(&mut self);

    /// Sets the volume (0–1) of what is played from now on.
    fn set_volume(&mut self, volume: f32);

    /// Called now and then while nothing plays, so that an idle device can be let go.
    fn rest(&mut self) {}
}

/// How often [`play_to_end`] looks whether the sound is over or has to stop.
const STEP: Duration = Duration::from_millis(15);

/// Plays a sound and returns once it is out, or soon after `stop` becomes true.
///
/// # Errors
/// When there is no loudspeaker, or it goes away.
pub fn play_to_end(speaker: &mut dyn Speaker, speech: &Speech, stop: &AtomicBool) -> Result<(), AudioError> {
    play_while(speaker, speech, &|| !stop.load(Ordering::Relaxed))
}

/// Plays a sound and returns once it is out, or soon after it is no longer wanted.
///
/// # Errors
/// When there is no loudspeaker, or it goes away.
pub fn play_while(
    speaker: &mut dyn Speaker,
    speech: &Speech,
    wanted: &dyn Fn() -> bool,
) -> Result<(), AudioError> {
    speaker.start(speech)?;
    wait_while(speaker, wanted)
}

/// Returns once what was started is out, or soon after it is no longer wanted.
///
/// # Errors
/// When the loudspeaker goes away.
pub fn wait_while(speaker: &mut dyn Speaker, wanted: &dyn Fn() -> bool) -> Result<(), AudioError> {
    let begun = Instant::now();
    while speaker.playing()? {
        if !wanted() {
            speaker.stop();
            break;
        }
        std::thread::sleep(STEP);
    }
    tracing::debug!("a sound was out after {} ms", begun.elapsed().as_millis());
    Ok(())
}

/// A speaker for tests: remembers what it was given and is done at once, unless it is to take its
/// time. Clones share the memory.
#[derive(Debug, Clone, Default)]
pub struct TestSpeaker {
    /// How long every sound lasts.
    lasts: Duration,
    /// Until when the present one does.
    until: Option<Instant>,
    /// When it was stopped in the middle of a sound.
    stops: Arc<Mutex<Vec<Instant>>>,
    played: Arc<Mutex<Vec<Speech>>>,
    /// Whether it is unplugged.
    broken: Arc<AtomicBool>,
    volumes: Arc<Mutex<Vec<f32>>>,
}

impl TestSpeaker {
    /// Everything played so far.
    #[must_use]
    pub fn played(&self) -> Vec<Speech> {
        self.played.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Every volume that was set, in order; the same one again counts once.
    #[must_use]
    pub fn volumes(&self) -> Vec<f32> {
        self.volumes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A speaker whose sounds last some time.
    #[must_use]
    pub fn lasting(lasts: Duration) -> Self {
        Self { lasts, ..Self::default() }
    }

    /// When it was stopped in the middle of a sound.
    #[must_use]
    pub fn stops(&self) -> Vec<Instant> {
        self.stops.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Unplugs it, or plugs it in again.
    pub fn set_broken(&self, broken: bool) {
        self.broken.store(broken, Ordering::Relaxed);
    }
}

impl Speaker for TestSpeaker {
    fn start(&mut self, speech: &Speech) -> Result<(), AudioError> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(AudioError::NoDevice {
                direction: "speaker",
                name: "test".into(),
                reason: "it is unplugged".into(),
            });
        }
        self.played.lock().unwrap_or_else(PoisonError::into_inner).push(speech.clone());
        self.until = Some(Instant::now() + self.lasts);
        Ok(())
    }

    fn playing(&mut self) -> Result<bool, AudioError> {
        Ok(self.until.is_some_and(|until| Instant::now() < until))
    }

    fn stop(&mut self) {
        if self.until.take().is_some_and(|until| Instant::now() < until) {
            self.stops.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
        }
    }

    fn set_volume(&mut self, volume: f32) {
        let mut volumes = self.volumes.lock().unwrap_or_else(PoisonError::into_inner);
        if volumes.last() != Some(&volume) {
            volumes.push(volume);
        }
    }
}
