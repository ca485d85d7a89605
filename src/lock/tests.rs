//! The key, what opens it, and files that it seals. Weak parameters, for every key here takes its second
//! otherwise.

use std::fs::{self, File, Permissions};
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::file::{self, FileError};
use super::*;

const WEAK: Effort = Effort { memory_kib: 8, passes: 1 };

/// A lock whose passphrase lies in a file.
fn lock(data_dir: &Path, passphrase: &str) -> Lock {
    let file = data_dir.join("passphrase");
    fs::write(&file, passphrase).unwrap();
    Lock::new(data_dir, Source::Passphrase { file: Some(file) }, WEAK, false)
}

fn mode(file: &Path) -> u32 {
    fs::metadata(file).unwrap().permissions().mode() & 0o777
}

#[test]
fn what_is_sealed_opens_where_it_belongs_and_nowhere_else() {
    let (key, other) = (Key::random().unwrap(), Key::random().unwrap());
    let sealed = key.seal(b"quinoa", "row 1").unwrap();
    assert_ne!(sealed, key.seal(b"quinoa", "row 1").unwrap(), "never twice the same");
    assert_eq!(*key.open(&sealed, "row 1").unwrap(), b"quinoa");
    assert_eq!(other.open(&sealed, "row 1").err(), Some(LockError::Changed));
    assert_eq!(key.open(&sealed, "row 2").err(), Some(LockError::Changed));
    for at in 0..sealed.len() {
        let mut forged = sealed.clone();
        forged[at] ^= 1;
        assert_eq!(key.open(&forged, "row 1").err(), Some(LockError::Changed), "byte {at}");
        assert_eq!(key.open(&sealed[..at], "row 1").err(), Some(LockError::Changed), "{at} bytes");
    }
}

#[test]
fn a_key_is_made_once_and_opened_by_the_same_words_only() {
    let folder = tempfile::tempdir().unwrap();
    let sealed = lock(folder.path(), "five words of a passphrase\n").key().unwrap().seal(b"x", "").unwrap();
    let envelope = envelope::file_in(folder.path());
    assert_eq!(mode(&envelope), 0o600);
    let before = fs::read_to_string(&envelope).unwrap();
    assert!(!before.contains("five words"));
    // The end of a line is no part of it.
    let again = lock(folder.path(), "five words of a passphrase");
    assert_eq!(*again.key().unwrap().open(&sealed, "").unwrap(), b"x");
    assert_eq!(fs::read_to_string(&envelope).unwrap(), before);
    let wrong = lock(folder.path(), "Five words of a passphrase").key().err().unwrap();
    assert!(matches!(wrong, LockError::Wrong { .. }), "{wrong}");
    // A key that another process made meanwhile is never written over.
    let made = envelope::make(folder.path(), b"five words of a passphrase", WEAK).unwrap();
    assert_eq!(*made.open(&sealed, "").unwrap(), b"x");
}

#[test]
fn a_damaged_envelope_is_told_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    lock(folder.path(), "five words").key().unwrap();
    let envelope = envelope::file_in(folder.path());
    let good = fs::read_to_string(&envelope).unwrap();
    for (from, to, told) in [
        ("\"version\": 1", "\"version\": 2", "its version is 2"),
        ("\"memory_kib\": 8", "\"memory_kib\": 4000000000", "4000000000 KiB"),
        ("\"salt\": \"", "\"salt\": \"xy", "hex digits"),
        ("{", "", "expected"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good);
        fs::write(&envelope, &bad).unwrap();
        let error = lock(folder.path(), "five words").key().err().unwrap().to_string();
        assert!(error.contains("key.json") && error.contains(told), "{error}");
        assert_eq!(fs::read_to_string(&envelope).unwrap(), bad);
    }
}

#[test]
fn who_has_no_words_is_told_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let key = |source| Lock::new(&data, source, WEAK, false).key().err().unwrap().to_string();
    let passphrase = |file: &str| Source::Passphrase { file: Some(folder.path().join(file)) };
    let nobody = key(Source::Passphrase { file: None });
    assert!(nobody.contains("ENTRENOUS_PASSPHRASE_FILE"), "{nobody}");
    assert!(key(passphrase("none")).contains("a stick that was pulled?"));
    fs::write(folder.path().join("empty"), "\n").unwrap();
    assert!(key(passphrase("empty")).contains("it is empty"));
    fs::write(folder.path().join("long"), vec![b'x'; 100_000]).unwrap();
    assert!(key(passphrase("long")).contains("too long"));
    fs::write(folder.path().join("short"), "1234567\n").unwrap();
    assert!(key(passphrase("short")).contains("shorter than 8 characters"));
    let credential = |folder| Source::Credential { folder };
    assert!(key(credential(None)).contains("no credential `entrenous-key`"));
    assert!(key(credential(Some(folder.path().to_owned()))).contains("no credential `entrenous-key`"));
    assert!(!data.exists(), "nothing was made");
    // Any bytes are a credential.
    fs::write(folder.path().join("entrenous-key"), [0xff, 0, 10, 13, 7, 9, 200, 201, 10]).unwrap();
    for _ in 0..2 {
        let source = credential(Some(folder.path().to_owned()));
        assert!(Lock::new(&data, source, WEAK, false).key().is_ok());
    }
}

#[test]
fn a_file_is_sealed_in_place_and_its_old_bytes_are_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let lock = lock(folder.path(), "five words");
    let key = lock.key().unwrap();
    let (token, link) = (folder.path().join("token"), folder.path().join("link"));
    fs::write(&token, "swordfish\n").unwrap();
    fs::set_permissions(&token, Permissions::from_mode(0o640)).unwrap();
    symlink(&token, &link).unwrap();
    let mut before = File::open(&token).unwrap();
    file::seal(&link, key).unwrap();
    let mut left = String::new();
    before.read_to_string(&mut left).unwrap();
    assert_eq!(left, "\0".repeat(10), "what lay there");
    let sealed = fs::read(&token).unwrap();
    assert!(file::is_sealed(&sealed) && !String::from_utf8_lossy(&sealed).contains("swordfish"));
    assert_eq!(mode(&token), 0o640);
    assert_eq!(*file::unsealed(&sealed, key).unwrap(), b"swordfish\n");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    file::open(&token, key).unwrap();
    assert_eq!(fs::read_to_string(&token).unwrap(), "swordfish\n");
}

#[test]
fn a_file_that_cannot_be_sealed_or_opened_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (key, other) = (Key::random().unwrap(), Key::random().unwrap());
    let place = |name: &str, bytes: &str| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let told = |came: Result<(), FileError>, what: &str| {
        let error = came.unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    };
    let clear = place("clear", "swordfish");
    told(file::open(&clear, &key), "is not sealed");
    told(file::seal(&place("empty", ""), &key), "is empty");
    told(file::seal(folder.path(), &key), "is no file");
    told(file::seal(&folder.path().join("none"), &key), "cannot use");
    // Another name would be left with zeros.
    fs::hard_link(&clear, folder.path().join("second")).unwrap();
    told(file::seal(&clear, &key), "several names");
    assert_eq!(fs::read_to_string(&clear).unwrap(), "swordfish");
    let sealed = place("sealed", "marlin");
    file::seal(&sealed, &key).unwrap();
    let bytes = fs::read(&sealed).unwrap();
    told(file::seal(&sealed, &key), "is sealed already");
    told(file::open(&sealed, &other), "another key");
    assert_eq!(fs::read(&sealed).unwrap(), bytes);
    assert_eq!(file::unsealed(b"entrenous sealed 1\nnothing", &key).err(), Some(LockError::Changed));
}
