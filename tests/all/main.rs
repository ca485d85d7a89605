//! One integration binary: linking is paid once. One file per room.

// Of what the assistant starts, not of what the tests start.
#![allow(clippy::disallowed_methods)]

#[cfg(feature = "pocketsphinx")]
mod adapt;
#[cfg(feature = "pocketsphinx")]
mod answers;
mod audio;
mod chat;
mod config;
mod conversations;
mod doctor;
mod donate;
mod ear;
#[cfg(feature = "sqlite")]
mod encryption;
mod endpoint;
#[cfg(feature = "sqlite")]
mod heard;
#[cfg(feature = "pocketsphinx")]
mod hearing;
mod home;
#[cfg(all(feature = "audio", feature = "pocketsphinx"))]
mod loopback;
mod mind;
#[cfg(feature = "download")]
mod models;
mod names;
mod nlu;
mod plugin_bench;
mod plugin_escapes;
mod plugin_examples;
mod plugin_faults;
mod plugin_speed;
mod plugins;
mod privacy;
#[cfg(feature = "pocketsphinx")]
mod replay;
mod sentences;
mod support;
#[cfg(feature = "sqlite")]
mod time;
mod trained;
mod understanding;
#[cfg(all(feature = "pocketsphinx", feature = "sqlite"))]
mod vocabulary;
mod wake;
#[cfg(feature = "whisper")]
mod whisper;
