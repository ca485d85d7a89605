//! The household's voice as everybody else knows it: texts are put into words, spoken by whatever
//! engine there is, freed of silence at both ends and remembered.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use super::cache::{Cache, Key, LIMIT_BYTES};
use super::{Manner, Speech, TtsError, Voice, common, pieces, spoken};

/// Rest between two phrases that are made in advance, so that answers come first.
const REST: Duration = Duration::from_millis(30);

/// Samples nearer to zero are silence.
const SILENT: u16 = 60;

/// What is left of the silence before and after speech.
const BEFORE_MS: usize = 5;
const AFTER_MS: usize = 80;

/// An engine with words for its signs and a memory for its speech.
pub struct Narrator {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    engine: Box<dyn Voice>,
    cache: Cache,
}

impl Narrator {
    /// `folder` is where common phrases in `language` are kept, if anywhere.
    #[must_use]
    pub fn new(engine: Box<dyn Voice>, language: &str, folder: Option<&Path>) -> Self {
        let mut cache = Cache::new(LIMIT_BYTES);
        if let Some(folder) = folder {
            let keys = phrases(language)
                .into_iter()
                .map(|phrase| Key::new(&engine.identity(language), Manner::default(), language, &phrase));
            cache = cache.with_folder(folder, keys);
        }
        Self { inner: Arc::new(Mutex::new(Inner { engine, cache })) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Voice for Narrator {
    fn name(&self) -> String {
        self.inner().engine.name()
    }

    fn identity(&self, language: &str) -> String {
        self.inner().engine.identity(language)
    }

    fn speak(&mut self, text: &str, language: &str) -> Result<Speech, TtsError> {
        self.speak_as(text, language, Manner::default())
    }

    fn speak_as(&mut self, text: &str, language: &str, manner: Manner) -> Result<Speech, TtsError> {
        let text = spoken::speakable(text, language);
        self.inner().speak(text.trim(), language, manner)
    }

    fn pieces(&self, text: &str, language: &str) -> Vec<String> {
        pieces::of(&spoken::speakable(text, language))
    }

    /// On a thread of its own, which ends when the voice does.
    fn prepare(&mut self, language: &str) {
        let inner = Arc::downgrade(&self.inner);
        let language = language.to_owned();
        thread::spawn(move || prepare(&inner, &language));
    }

    fn is_silent(&self) -> bool {
        self.inner().engine.is_silent()
    }
}

impl Inner {
    fn speak(&mut self, text: &str, language: &str, manner: Manner) -> Result<Speech, TtsError> {
        // Nothing but dots would be a fault to some engines.
        if !text.chars().any(char::is_alphanumeric) {
            return Ok(Speech::silence(0));
        }
        let identity = self.engine.identity(language);
        let key = Key::new(&identity, manner, language, text);
        if let Some(speech) = self.cache.get(&key) {
            return Ok(speech);
        }
        let speech = trimmed(self.engine.speak_as(text, language, manner)?);
        // Another voice may have stood in.
        if self.engine.identity(language) == identity {
            self.cache.put(&key, &speech);
        }
        Ok(speech)
    }
}

/// Common phrases as they are spoken: in words, and piece by piece.
fn phrases(language: &str) -> Vec<String> {
    let texts = common::phrases(language);
    texts.iter().flat_map(|text| pieces::of(&spoken::speakable(text, language))).collect()
}

fn prepare(inner: &Weak<Mutex<Inner>>, language: &str) {
    if let Some(inner) = inner.upgrade() {
        inner.lock().unwrap_or_else(PoisonError::into_inner).engine.prepare(language);
    }
    for phrase in phrases(language) {
        let Some(inner) = inner.upgrade() else { return };
        let made =
            inner.lock().unwrap_or_else(PoisonError::into_inner).speak(&phrase, language, Manner::default());
        if let Err(error) = made {
            // The first answer will meet the same fault, and say so as an event.
            tracing::warn!("no phrases were prepared: {error}");
            return;
        }
        drop(inner);
        thread::sleep(REST);
    }
}

/// Without most of the silence at its ends: the voice begins at once, and the next piece follows.
fn trimmed(mut speech: Speech) -> Speech {
    let ms = |ms: usize| ms * speech.sample_rate as usize / 1_000;
    let loud = |sample: &i16| sample.unsigned_abs() > SILENT;
    let Some(first) = speech.samples.iter().position(loud) else { return speech };
    let last = speech.samples.iter().rposition(loud).unwrap_or(first);
    let end = (last + 1 + ms(AFTER_MS)).min(speech.samples.len());
    let start = first.saturating_sub(ms(BEFORE_MS));
    speech.samples.truncate(end);
    speech.samples.drain(..start);
    speech
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts what it is asked to say; half a second of silence on each side.
    #[derive(Clone, Default)]
    struct Counting(Arc<Mutex<Vec<String>>>);

    impl Voice for Counting {
        fn name(&self) -> String {
            "counting".into()
        }
        fn speak(&mut self, text: &str, _language: &str) -> Result<Speech, TtsError> {
            self.0.lock().unwrap().push(text.to_owned());
            let silence = vec![0; 11_025];
            let samples = [&silence[..], &vec![5_000; 100 * text.len()], &silence[..]].concat();
            Ok(Speech { samples, sample_rate: 22_050 })
        }
    }

    #[test]
    fn a_text_is_put_into_words_and_made_once() {
        let engine = Counting::default();
        let mut narrator = Narrator::new(Box::new(engine.clone()), "en", None);
        let first = narrator.speak("It is 21.5 °C.", "en").unwrap();
        assert_eq!(narrator.speak("It is 21.5 °C.", "en").unwrap(), first);
        assert_eq!(*engine.0.lock().unwrap(), ["It is twenty one point five degrees."]);
        narrator.speak_as("It is 21.5 °C.", "en", Manner { slow: true }).unwrap();
        assert_eq!(engine.0.lock().unwrap().len(), 2);
        assert_eq!(narrator.speak(" …\n", "en").unwrap().samples.len(), 0);
    }

    #[test]
    fn silence_is_cut_at_both_ends() {
        let mut narrator = Narrator::new(Box::new(Counting::default()), "en", None);
        let speech = narrator.speak("ab", "en").unwrap();
        assert_eq!(speech.samples.len(), 110 + 200 + 1_764);
    }

    #[test]
    fn common_phrases_are_made_in_advance_and_found_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let engine = Counting::default();
        let narrator = Narrator::new(Box::new(engine.clone()), "fr", Some(folder.path()));
        prepare(&Arc::downgrade(&narrator.inner), "fr");
        let made = engine.0.lock().unwrap().len();
        assert!(made >= 10, "{made}");
        drop(narrator);
        let mut again = Narrator::new(Box::new(engine.clone()), "fr", Some(folder.path()));
        again.speak("Désolé, je n'ai pas compris.", "fr").unwrap();
        assert_eq!(engine.0.lock().unwrap().len(), made);
        again.speak("Le minuteur de Marie est terminé.", "fr").unwrap();
        assert_eq!(engine.0.lock().unwrap().len(), made + 1);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), made);
    }
}
