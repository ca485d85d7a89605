//! `entrenous secret`: passwords and tokens, encrypted where they lie.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::lock::file::{self, FileError};
use crate::lock::{Key, Lock};
use crate::{Error, Result};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Encrypt files that hold a password or token, in place
    Seal {
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Decrypt them again, in place
    Open {
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

/// # Errors
/// When no key is named or it is not there, or a file cannot be changed; those before it are.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let lock = Lock::of(config).ok_or_else(|| {
        let mend = "set `encrypt_with` under [privacy] to \"passphrase\" or \"credential\"";
        Error::Input(format!("no key is named; {mend} (docs/encryption.md)"))
    })?;
    let key = lock.key()?;
    match &args.command {
        Command::Seal { files } => each(files, key, file::seal, "is sealed"),
        Command::Open { files } => each(files, key, file::open, "is in the clear"),
    }
}

fn each(
    files: &[PathBuf],
    key: &Key,
    change: impl Fn(&Path, &Key) -> Result<(), FileError>,
    done: &str,
) -> Result<()> {
    let mut out = io::stdout().lock();
    for file in files {
        change(file, key)?;
        writeln!(out, "`{}` {done}", file.display())?;
    }
    Ok(())
}
