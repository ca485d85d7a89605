//! Programs of this machine, as they are named in the settings.

use std::path::PathBuf;

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
