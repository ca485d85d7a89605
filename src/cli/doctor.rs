//! `entrenous doctor`: what works on this machine, and how to mend what does not.

use crate::Result;
use crate::config::Config;

#[derive(Debug, clap::Args)]
pub struct Args {}

/// # Errors
/// Whatever the command fails with.
pub fn run(_args: &Args, _config: &Config) -> Result<()> {
    todo!("config")
}
