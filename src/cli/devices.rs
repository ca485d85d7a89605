//! `entrenous devices`: the microphones and speakers.

use std::io::{self, Write};

use crate::Result;
use crate::audio::devices::{self, Device, Direction};
use crate::config::Config;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print a JSON array
    #[arg(long)]
    pub json: bool,
}

/// # Errors
/// When no sound system answers.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let found = devices::list()?;
    let mut out = io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &found).map_err(io::Error::from)?;
        return Ok(writeln!(out)?);
    }
    for direction in [Direction::Input, Direction::Output] {
        let those: Vec<_> = found.iter().filter(|device| device.direction == direction).collect();
        writeln!(out, "{}s", direction.noun())?;
        if those.is_empty() {
            writeln!(out, "  none; plug one in, or give this user access to it (group `audio`)")?;
        }
        for device in those {
            write_device(&mut out, device)?;
        }
    }
    let audio = &config.audio;
    writeln!(out, "settings: host `{}`, input `{}`, output `{}`", audio.host, audio.input, audio.output)?;
    Ok(())
}

/// `* pulseaudio  vmicsrc   Virtual microphone (48000 Hz, 1 channel, i16)`
fn write_device(out: &mut impl Write, device: &Device) -> io::Result<()> {
    let mark = if device.default { '*' } else { ' ' };
    let format = device.format.as_deref().unwrap_or("cannot be used now");
    write!(out, "{mark} {:<11} {}", device.host, device.id)?;
    if device.name != device.id {
        write!(out, "  {}", device.name.lines().next().unwrap_or_default())?;
    }
    writeln!(out, "  ({format})")
}
