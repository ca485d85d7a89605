//! What systemd is told: ready, alive, what the house is doing, stopping.
//!
//! Without systemd (no `NOTIFY_SOCKET`) nothing is told.

use std::time::{Duration, Instant};

use sd_notify::NotifyState;

use super::Shared;
use crate::event::State;

/// How long one utterance may keep the ear from showing that it lives.
const EAR_PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Notify {
    /// Time between signs of life; `None` when nobody watches.
    interval: Option<Duration>,
    next: Instant,
}

impl Notify {
    pub fn new() -> Self {
        // Three signs within the time that systemd allows.
        Self { interval: sd_notify::watchdog_enabled().map(|limit| limit / 3), next: Instant::now() }
    }

    pub fn ready() {
        tell(&[NotifyState::Ready, NotifyState::Status("waiting for the wake word")]);
    }

    pub fn stopping() {
        tell(&[NotifyState::Stopping, NotifyState::Status("stopping")]);
    }

    pub fn status(state: State) {
        let text = match state {
            State::Idle => "waiting for the wake word",
            State::Listening => "listening",
            State::Thinking => "thinking",
            State::Speaking => "speaking",
            State::Muted => "muted",
            State::Error => "hears nothing: the microphone or the ear is gone",
        };
        tell(&[NotifyState::Status(text)]);
    }

    /// A sign of life, as long as the ear's thread lives too.
    pub fn alive(&mut self, shared: &Shared) {
        let Some(interval) = self.interval else { return };
        if Instant::now() >= self.next && shared.ear_silent_for() < EAR_PATIENCE {
            self.next = Instant::now() + interval;
            tell(&[NotifyState::Watchdog]);
        }
    }
}

fn tell(what: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(what) {
        tracing::debug!("systemd cannot be told: {error}");
    }
}
