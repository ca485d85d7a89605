//! Entrenous: a voice assistant that stays between you and your home.
//!
//! # The way of a sound
//!
//! ```text
//!  microphone ─┐
//!  WAV / FLAC ─┴─► frames ─► wake ─► endpoint ─► stt ═► nlu ─► dialogue ─► skill ─► reply ─► tts ─► speaker
//!                  └──────────── the ear ───────────┘   └──────── the mind ───────────┘
//!                   holds sound; no network, no disk     holds text; never sees a sample
//! ```
//!
//! Sound arrives as [`audio::Frame`]s: 16 ms of 16 kHz mono. The [`ear`] waits for the wake word,
//! finds the end of what is said and turns it into text. The [`mind`] turns text into an intent,
//! lets a skill act on it and answers. Everything that happens on the way is an [`event::Event`];
//! the console, the replay reports, the evaluation and the tests are readers of that one stream.
//!
//! `run`, `replay`, `eval` and the tests drive the same [`ear::Ear`] and [`mind::Mind`]: what
//! differs (clock, frame source, speaker, models, store) is passed in.

#[cfg(feature = "pocketsphinx")]
pub mod adapt;
pub mod assemble;
pub mod audio;
pub mod backoff;
pub mod cli;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod dialogue;
pub mod doctor;
pub mod donate;
pub mod ear;
pub mod error;
pub mod eval;
pub mod event;
pub mod heard;
pub mod hex;
pub mod home;
pub mod household;
pub mod lock;
pub mod mind;
pub mod models;
pub mod mute;
pub mod nlu;
pub mod pipeline;
pub mod plugin;
pub mod privacy;
pub mod programs;
pub mod random;
pub mod replay;
pub mod rng;
pub mod sandbox;
pub mod signs;
pub mod skills;
pub mod sound;
pub mod store;
pub mod stt;
pub mod studio;
#[cfg(test)]
pub mod testing;
pub mod tts;
pub mod vad;
pub mod vocabulary;
pub mod wake;

pub use error::{Error, Result};
