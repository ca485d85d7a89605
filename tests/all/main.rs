//! One integration binary: linking is paid once. One file per room.

mod config;
mod mind;
#[cfg(feature = "download")]
mod models;
mod nlu;
mod support;
mod trained;
#[cfg(feature = "whisper")]
mod whisper;
