//! Programs of this machine, as they are named in the settings.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

/// What leads to the household's key; nothing that is started needs it.
const OURS: [&str; 2] = ["CREDENTIALS_DIRECTORY", "ENTRENOUS_PASSPHRASE_FILE"];

/// A program to be started, with no word of where the household's key is.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    // The one place where programs begin.
    #[allow(clippy::disallowed_methods)]
    let mut command = Command::new(program);
    for name in OURS {
        command.env_remove(name);
    }
    command
}

/// Where a program lies: a name is looked for in `PATH`, what holds a `/` is a path.
#[must_use]
pub fn find(name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(PathBuf::from(name)).filter(|program| program.is_file());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// Whether the program of a command is there.
///
/// # Errors
/// In words, that it is not.
pub fn check(command: &[String]) -> Result<(), String> {
    let name = command.first().map_or("", String::as_str);
    find(name).map(|_| ()).ok_or_else(|| format!("there is no program `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_program_is_told_where_the_key_is() {
        let command = command("true");
        let taken: Vec<_> = command.get_envs().collect();
        assert_eq!(taken, OURS.map(|name| (OsStr::new(name), None)));
    }
}
