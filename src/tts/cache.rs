//! Speech that was made before, so that it need not be made again.
//!
//! Kept in memory, the least used forgotten first. Answers may hold names and habits, so that
//! nothing of them goes to disk; only sentences from a fixed list, which every household's
//! assistant says, do.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{Manner, Speech};
use crate::audio::wav;

/// Three minutes of speech at 22 050 Hz.
pub const LIMIT_BYTES: usize = 8_000_000;

/// What a spoken text is found by: a digest, so that the cache holds no words.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// `voice` is everything that changes how it sounds.
    #[must_use]
    pub fn new(voice: &str, manner: Manner, language: &str, text: &str) -> Self {
        let mut digest = Sha256::new();
        for part in [env!("CARGO_PKG_VERSION"), voice, if manner.slow { "slow" } else { "" }, language, text]
        {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        Self(crate::hex::of(&digest.finalize()))
    }
}

struct Entry {
    speech: Speech,
    used: u64,
}

/// Speech by [`Key`], bounded.
pub struct Cache {
    entries: HashMap<Key, Entry>,
    limit: usize,
    bytes: usize,
    uses: u64,
    /// Where `common` may be kept, if anywhere.
    folder: Option<PathBuf>,
    common: HashSet<Key>,
}

impl Cache {
    /// A cache in memory.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { entries: HashMap::new(), limit, bytes: 0, uses: 0, folder: None, common: HashSet::new() }
    }

    /// Keeps these, and nothing else, in a folder as well. What is there and is none of these, of an
    /// earlier voice, is removed.
    #[must_use]
    pub fn with_folder(mut self, folder: &Path, common: impl IntoIterator<Item = Key>) -> Self {
        self.common = common.into_iter().collect();
        self.folder = Some(folder.to_owned());
        let stale = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        for path in stale.filter(|path| path.extension().is_some_and(|end| end == "wav")) {
            let name = path.file_stem().map(|name| name.to_string_lossy().into_owned());
            if !name.is_some_and(|name| self.common.contains(&Key(name)))
                && let Err(error) = fs::remove_file(&path)
            {
                tracing::warn!("cannot remove `{}`: {error}", path.display());
            }
        }
        self
    }

    pub fn get(&mut self, key: &Key) -> Option<Speech> {
        self.uses += 1;
        if let Some(entry) = self.entries.get_mut(key) {
            entry.used = self.uses;
            return Some(entry.speech.clone());
        }
        let bytes = fs::read(self.file(key)?).ok()?;
        let (samples, sample_rate) = wav::read_stream(&bytes)?;
        let speech = Speech { samples, sample_rate };
        self.keep(key, &speech);
        Some(speech)
    }

    pub fn put(&mut self, key: &Key, speech: &Speech) {
        self.uses += 1;
        self.keep(key, speech);
        if let Some(file) = self.file(key)
            && let Err(error) = write(&file, speech)
        {
            tracing::warn!(
                "cannot keep speech in `{}`: {error}; it is made anew at every start",
                file.display()
            );
            self.folder = None;
        }
    }

    /// Where this is kept on disk, if it may be.
    fn file(&self, key: &Key) -> Option<PathBuf> {
        let folder = self.folder.as_ref().filter(|_| self.common.contains(key))?;
        Some(folder.join(format!("{}.wav", key.0)))
    }

    fn keep(&mut self, key: &Key, speech: &Speech) {
        let size = speech.samples.len() * 2;
        // One long answer is not to drive out everything else.
        if size > self.limit / 4 {
            return;
        }
        let entry = Entry { speech: speech.clone(), used: self.uses };
        self.bytes += size;
        if let Some(old) = self.entries.insert(key.clone(), entry) {
            self.bytes -= old.speech.samples.len() * 2;
        }
        while self.bytes > self.limit {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(key, _)| key.clone());
            match oldest.and_then(|oldest| self.entries.remove(&oldest)) {
                Some(entry) => self.bytes -= entry.speech.samples.len() * 2,
                None => break,
            }
        }
    }
}

/// Beside its place first: a power cut leaves no half file.
fn write(file: &Path, speech: &Speech) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        crate::store::private::folder(folder)?;
    }
    let draft = file.with_extension("part");
    wav::write(&draft, &speech.samples, speech.sample_rate)?;
    fs::rename(draft, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::new("v", Manner::default(), "en", text)
    }

    fn speech(samples: usize) -> Speech {
        Speech { samples: vec![7; samples], sample_rate: 22_050 }
    }

    #[test]
    fn everything_that_changes_the_sound_is_in_the_key() {
        let slow = Manner { slow: true };
        let keys = [
            key("a"),
            key("b"),
            Key::new("w", Manner::default(), "en", "a"),
            Key::new("v", Manner::default(), "fr", "a"),
            Key::new("v", slow, "en", "a"),
            Key::new("ve", Manner::default(), "n", "a"),
        ];
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
        assert_eq!(key("a"), key("a"));
    }

    #[test]
    fn it_stays_within_its_limit_and_forgets_the_least_used() {
        let mut cache = Cache::new(1_000);
        for text in ["a", "b", "c", "d", "e"] {
            cache.put(&key(text), &speech(100));
        }
        cache.get(&key("a"));
        cache.put(&key("f"), &speech(100));
        assert!(cache.bytes <= 1_000);
        assert_eq!(cache.get(&key("a")), Some(speech(100)));
        assert_eq!(cache.get(&key("b")), None);
        cache.put(&key("long"), &speech(1_000));
        assert_eq!(cache.get(&key("long")), None);
        assert_eq!(cache.get(&key("f")), Some(speech(100)));
        let counted: usize = cache.entries.values().map(|entry| entry.speech.samples.len() * 2).sum();
        assert_eq!(cache.bytes, counted);
    }

    #[test]
    fn only_common_phrases_go_to_disk_and_old_ones_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let files = || fs::read_dir(folder.path()).unwrap().count();
        let mut cache = Cache::new(10_000).with_folder(folder.path(), [key("done")]);
        cache.put(&key("done"), &speech(50));
        cache.put(&key("Ada's birthday is tomorrow"), &speech(50));
        assert_eq!(files(), 1);
        let mut again = Cache::new(10_000).with_folder(folder.path(), [key("done")]);
        assert_eq!(again.get(&key("done")), Some(speech(50)));
        assert_eq!(again.get(&key("Ada's birthday is tomorrow")), None);
        let mut other = Cache::new(10_000).with_folder(folder.path(), [key("bye")]);
        assert_eq!((files(), other.get(&key("done"))), (0, None));
    }

    #[test]
    fn a_folder_that_cannot_be_written_costs_nothing_but_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("speech");
        fs::write(&taken, "a file").unwrap();
        let mut cache = Cache::new(10_000).with_folder(&taken, [key("done")]);
        cache.put(&key("done"), &speech(50));
        assert_eq!(cache.get(&key("done")), Some(speech(50)));
    }
}
