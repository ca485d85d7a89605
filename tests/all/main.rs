//! One integration binary: linking is paid once. One file per room.

mod config;
#[cfg(feature = "download")]
mod models;
mod nlu;
mod support;
mod trained;
mod wake;
