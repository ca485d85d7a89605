//! One integration binary: linking is paid once. One file per room.

mod audio;
mod config;
mod doctor;
#[cfg(all(feature = "audio", feature = "pocketsphinx"))]
mod loopback;
mod mind;
#[cfg(feature = "download")]
mod models;
mod names;
mod nlu;
#[cfg(feature = "pocketsphinx")]
mod replay;
mod support;
mod trained;
mod wake;
#[cfg(feature = "whisper")]
mod whisper;
