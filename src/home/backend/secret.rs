//! Passwords and tokens: each the one line of a file that nobody else may read, sealed or not.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::lock::{self, Lock, LockError};

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
    #[error("cannot open the sealed `{}`: {source}", file.display())]
    Sealed { file: PathBuf, source: LockError },
}

/// Reads a secret; `lock` opens what is sealed.
///
/// # Errors
/// When it is not there, others than its owner may read it, or it cannot be opened.
pub fn read(file: &Path, lock: Option<&Lock>) -> Result<Zeroizing<String>, SecretError> {
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
    let mut bytes = Zeroizing::new(std::fs::read(file).map_err(failed)?);
    if lock::file::is_sealed(&bytes) {
        let opened = lock::key(lock).and_then(|key| lock::file::unsealed(&bytes, key));
        bytes = opened.map_err(|source| SecretError::Sealed { file: file.to_owned(), source })?;
    }
    let text = str::from_utf8(&bytes).map_err(|error| failed(std::io::Error::other(error)))?;
    match text.trim() {
        "" => Err(SecretError::Empty { file: file.to_owned() }),
        secret => Ok(Zeroizing::new(secret.to_owned())),
    }
}

/// Whether a file is there and sealed.
#[must_use]
pub fn is_sealed(file: &Path) -> bool {
    std::fs::read(file).is_ok_and(|bytes| lock::file::is_sealed(&bytes))
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
        let said = read(&file, None).unwrap_err().to_string();
        assert!(said.contains("its mode is 644") && said.contains("`chmod 600 "), "{said}");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(*read(&file, None).unwrap(), "swordfish");
        std::fs::write(&file, " \n").unwrap();
        assert!(read(&file, None).unwrap_err().to_string().contains("is empty"));
        assert!(read(&folder.path().join("none"), None).is_err());
    }

    #[test]
    fn a_sealed_secret_is_read_with_its_key_only() {
        use crate::lock::{Effort, Source, file};

        let folder = tempfile::tempdir().unwrap();
        let (token, passphrase) = (folder.path().join("token"), folder.path().join("passphrase"));
        std::fs::write(&passphrase, "five words").unwrap();
        std::fs::write(&token, "swordfish\n").unwrap();
        std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o600)).unwrap();
        let effort = Effort { memory_kib: 8, passes: 1 };
        let lock = |file| Lock::new(folder.path(), Source::Passphrase { file }, effort, false);
        let (held, shut) = (lock(Some(passphrase)), lock(None));
        file::seal(&token, held.key().unwrap()).unwrap();
        assert!(is_sealed(&token));
        assert_eq!(*read(&token, Some(&held)).unwrap(), "swordfish");
        for (lock, mend) in [(None, "`encrypt_with`"), (Some(&shut), "ENTRENOUS_PASSPHRASE_FILE")] {
            let said = read(&token, lock).unwrap_err().to_string();
            assert!(said.contains("the sealed `") && said.contains(mend), "{said}");
        }
    }
}
