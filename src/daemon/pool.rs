//! The files that an ear may write recordings into, as the mind sees them.

use std::path::PathBuf;

use super::link::LinkError;
use crate::sound::pool::{self, SLOTS};
use crate::sound::{Purpose, Purposes};

/// With so few files left the next ear is started.
const FEW: usize = 8;

/// The pool of one ear. What is not used is removed when the ear ends.
pub(super) struct Pool {
    folder: PathBuf,
    /// The number of its process.
    ear: u32,
    purposes: Purposes,
    used: [bool; SLOTS as usize],
    /// Nothing is kept any more; what the ear says until it knows goes to files that are gone.
    closed: bool,
}

impl Pool {
    pub(super) fn new(folder: PathBuf, ear: u32, purposes: Purposes) -> Self {
        Self { folder, ear, purposes, used: [false; SLOTS as usize], closed: false }
    }

    /// The file that the ear has written into; `None` when it is gone already.
    ///
    /// # Errors
    /// [`LinkError::Forbidden`] for a file that it does not have, one that is used, or another purpose.
    pub(super) fn take(&mut self, slot: u8, purpose: Purpose) -> Result<Option<String>, LinkError> {
        let forbidden = |what: String| Err(LinkError::Forbidden(what));
        if !self.purposes.has(purpose) {
            return forbidden(format!("that it keeps sound for `{}`", purpose.name()));
        }
        match self.used.get_mut(usize::from(slot)) {
            None => forbidden(format!("a recording in file {slot} of {SLOTS}")),
            Some(true) => forbidden(format!("a second recording in file {slot}")),
            Some(used) => {
                *used = true;
                Ok((!self.closed).then(|| pool::name(self.ear, slot)))
            }
        }
    }

    /// Whether another ear should take over soon.
    pub(super) fn is_nearly_full(&self) -> bool {
        !self.closed && self.used.iter().filter(|used| !**used).count() <= FEW
    }

    /// Removes the files that are not used: whatever the ear writes now is gone with it.
    pub(super) fn close(&mut self) {
        self.closed = true;
        for (slot, _) in (0..SLOTS).zip(self.used).filter(|(_, used)| !used) {
            let file = self.folder.join(pool::name(self.ear, slot));
            if let Err(error) = pool::remove(&file) {
                tracing::warn!("cannot remove `{}`: {error}", file.display());
            }
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAKE: Purposes = Purposes { wake: true, commands: false };

    #[test]
    fn each_file_is_used_once_and_for_what_was_asked() {
        let folder = tempfile::tempdir().unwrap();
        let mut pool = Pool::new(folder.path().to_owned(), 7, WAKE);
        assert_eq!(pool.take(3, Purpose::Wake).unwrap().as_deref(), Some(".ear-7-3"));
        for (slot, purpose, why) in [
            (3, Purpose::Wake, "second"),
            (SLOTS, Purpose::Wake, "file 64"),
            (4, Purpose::Commands, "commands"),
        ] {
            let error = pool.take(slot, purpose).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        // More messages than files: sooner or later one of them is refused.
        assert!(
            (0..=u8::MAX).filter(|slot| pool.take(*slot, Purpose::Wake).is_ok()).count() < usize::from(SLOTS)
        );
        assert!(pool.is_nearly_full());
        assert!((0..=u8::MAX).all(|slot| pool.take(slot, Purpose::Wake).is_err()));
    }

    #[test]
    fn what_is_not_used_is_removed_and_what_is_stays() {
        let folder = tempfile::tempdir().unwrap();
        let files = crate::sound::Pool::open(folder.path(), 7).unwrap();
        let inside = || std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(inside(), usize::from(SLOTS));
        let mut pool = Pool::new(folder.path().to_owned(), 7, WAKE);
        assert!(pool.take(0, Purpose::Wake).unwrap().is_some());
        pool.close();
        assert_eq!(inside(), 1);
        // What it had said before it knew.
        assert_eq!(pool.take(1, Purpose::Wake).unwrap(), None);
        drop((files, pool));
        assert_eq!(inside(), 1);
    }
}
