//! One integration binary: linking is paid once. One file per room.

mod config;
mod nlu;
mod support;
mod trained;
#[cfg(feature = "download")]
mod models;
