//! Files and folders of what a household says: for its owner alone.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// What others may not do.
const OTHERS: u32 = 0o077;

/// Makes a folder, with those above it that are missing. One that is there stays as it is: it may hold
/// what is meant for others, too.
///
/// # Errors
/// When it cannot be made.
pub fn folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes a file, or empties it; takes its rights from others before anything is written.
///
/// # Errors
/// When it cannot be written, or others can read it and that cannot be changed.
pub fn create(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    let known = file.metadata()?;
    let mode = known.permissions().mode();
    // A terminal and `/dev/null` belong to others.
    if known.is_file() && mode & OTHERS != 0 {
        file.set_permissions(Permissions::from_mode(mode & 0o700))?;
    }
    Ok(file)
}

/// Makes the file of a database, or takes its rights from others: those of `SQLite`'s files beside it, too.
///
/// One that exists is not opened: closing it again would end the locks that this process has on it.
///
/// # Errors
/// When it cannot be made, or others can read it and that cannot be changed.
pub fn database(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    for beside in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(beside);
        // Another process may have done with it meanwhile.
        match mend(Path::new(&name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn mend(path: &Path) -> io::Result<()> {
    let known = std::fs::symlink_metadata(path)?;
    let mode = known.permissions().mode();
    if known.is_file() && mode & OTHERS != 0 {
        std::fs::set_permissions(path, Permissions::from_mode(mode & 0o700))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_private_and_what_is_open_to_others_is_mended() {
        let temporary = tempfile::tempdir().unwrap();
        let data = temporary.path().join("share/entrenous");
        folder(&data).unwrap();
        assert_eq!((mode(&data), mode(data.parent().unwrap())), (0o700, 0o700));
        let made = data.join("made.jsonl");
        create(&made).unwrap();
        assert_eq!(mode(&made), 0o600);
        let (old, wal) = (data.join("old.db"), data.join("old.db-wal"));
        for path in [&old, &wal] {
            fs::write(path, "kept").unwrap();
            fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
        }
        database(&old).unwrap();
        assert_eq!((mode(&old), mode(&wal)), (0o600, 0o600));
        assert_eq!(fs::read_to_string(&old).unwrap(), "kept");
        create(&old).unwrap();
        assert_eq!(fs::read_to_string(&old).unwrap(), "");
        // Not a file, and none of ours.
        create(Path::new("/dev/null")).unwrap();
    }
}
