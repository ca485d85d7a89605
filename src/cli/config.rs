//! `entrenous config`: checking and showing the settings.

use std::path::Path;

use crate::Result;

#[derive(Debug, clap::Args)]
pub struct Args {}

/// # Errors
/// Whatever the command fails with.
pub fn run(_args: &Args, _file: Option<&Path>) -> Result<()> {
    todo!("config")
}
