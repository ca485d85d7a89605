//! `entrenous eval nlu`: understanding of text, in the Snips dataset format.

use crate::Result;
use crate::config::Config;

#[derive(Debug, clap::Args)]
pub struct Args {}

/// # Errors
/// Whatever the command fails with.
pub fn run(_args: &Args, _config: &Config) -> Result<()> {
    todo!("trained")
}
