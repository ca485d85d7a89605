//! Sound in and out. The only room that names cpal, rodio and symphonia.
//!
//! Inside the house sound has one form: 16-bit, 16 kHz, one channel, in [`Frame`]s.

#[cfg(feature = "audio")]
mod capture;
mod decode;
pub mod devices;
mod file;
#[cfg(feature = "audio")]
mod playback;
mod resample;
mod source;
mod speaker;
pub mod wav;

use std::path::PathBuf;

#[cfg(feature = "audio")]
pub use capture::Microphone;
pub use file::{FileFrames, LOAD_LIMIT_S, load, recordings};
#[cfg(feature = "audio")]
pub use playback::Loudspeaker;
pub use resample::Resampler;
pub use source::{Captured, FrameSource};
pub use speaker::{Speaker, TestSpeaker, play_to_end, play_while, wait_while};

/// Samples a second everywhere inside the house.
pub const SAMPLE_RATE: u32 = 16_000;

/// Samples in a [`Frame`]: 16 ms, the unit the voice activity detector works in.
pub const FRAME_SAMPLES: usize = 256;

/// 16 ms of 16 kHz mono sound.
pub type Frame = [i16; FRAME_SAMPLES];

/// The time of a sample position, in milliseconds.
#[must_use]
pub const fn samples_to_ms(samples: u64) -> u64 {
    samples * 1000 / SAMPLE_RATE as u64
}

/// How many samples a time takes.
#[must_use]
pub const fn ms_to_samples(ms: u64) -> u64 {
    ms * SAMPLE_RATE as u64 / 1000
}

/// What can go wrong with sound, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum AudioError {
    /// The file cannot be opened or read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    /// The file holds no sound that can be decoded.
    #[error("`{}` is not a recording that can be played ({reason}); WAV, FLAC and MP3 are understood", path.display())]
    NotAudio { path: PathBuf, reason: String },
    /// The file is too long to be read at once.
    #[error("`{}` is longer than {limit_s} s; cut it, or replay it without --no-wake", path.display())]
    TooLong { path: PathBuf, limit_s: u64 },
    /// There is no such device, or none at all. Retrying helps once it is plugged in.
    #[error("no {direction} called `{name}`: {reason}; `entrenous devices` lists what there is")]
    NoDevice { direction: &'static str, name: String, reason: String },
    /// The device went away or refused while in use. Retrying may help.
    #[error("the {direction} `{name}` failed: {reason}")]
    Device { direction: &'static str, name: String, reason: String },
    /// The program was built without the `audio` feature.
    #[error("this program was built without sound devices; build it with `--features audio`")]
    NotBuilt,
}
