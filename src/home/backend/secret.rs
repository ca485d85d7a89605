//! Passwords and tokens: each the one line of a file that nobody else may read.

use std::path::{Path, PathBuf};

/// Where systemd puts what a unit loads with `LoadCredential`.
#[cfg(unix)]
const CREDENTIALS: &str = "/run/credentials";

/// Why a secret is not there.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("cannot read `{}`: {source}", file.display())]
    Read { file: PathBuf, source: std::io::Error },
    #[error("others may read `{}` (its mode is {mode:o}); take that away with `chmod 600 {}`", file.display(), file.display())]
    Open { file: PathBuf, mode: u32 },
    #[error("`{}` is empty; write the secret into it, as one line", file.display())]
    Empty { file: PathBuf },
}

/// Reads a secret.
///
/// # Errors
/// When it is not there, or others than its owner may read it.
pub fn read(file: &Path) -> Result<String, SecretError> {
    let failed = |source| SecretError::Read { file: file.to_owned(), source };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(file).map_err(failed)?.permissions().mode() & 0o777;
        // What systemd hands to a service lies in a folder of its own, and its mode says more than it allows.
        if mode & 0o077 != 0 && !file.starts_with(CREDENTIALS) {
            return Err(SecretError::Open { file: file.to_owned(), mode });
        }
    }
    let text = std::fs::read_to_string(file).map_err(failed)?;
    match text.trim() {
        "" => Err(SecretError::Empty { file: file.to_owned() }),
        secret => Ok(secret.to_owned()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_that_others_may_read_is_refused_with_the_mend() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "swordfish\n").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let said = read(&file).unwrap_err().to_string();
        assert!(said.contains("its mode is 644") && said.contains("`chmod 600 "), "{said}");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(read(&file).unwrap(), "swordfish");
        std::fs::write(&file, " \n").unwrap();
        assert!(read(&file).unwrap_err().to_string().contains("is empty"));
        assert!(read(&folder.path().join("none")).is_err());
    }
}
