//! From samples to a sentence of the grammar.

use std::borrow::Cow;
use std::ffi::CStr;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::again::{self, FASTER, QUICK, SLOWER};
use super::both::both;
use super::confidence::{self, Case, Likeness};
use super::ffi::{Decoder, Scored, Segment};
use super::model::Model;
use super::reader::{self, Reader, WORDS};
use super::suppress::{self, Noise};
use crate::nlu::follow_up::FollowUps;
use crate::nlu::grammar::Grammar;
use crate::stt::align::{Aligner, Automaton, Effort, Nearest};
use crate::stt::vocabulary::calls;
use crate::stt::vocabulary::compiled::{Compiled, too_complex};
use crate::stt::vocabulary::phones::PhoneSet;
use crate::stt::{Hypothesis, Scope, SpeechToText, SttError, Transcript};

/// The name that transcripts carry.
pub const ENGINE: &str = "pocketsphinx";

/// Places of the word graph in all states of the automaton together: some 100 MB.
const MAX_PLACES: usize = 20_000_000;

/// What the searches weigh and how wide they look. Beams are probabilities relative to the best.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuning {
    /// Weight of the language model against the sound, in the first search.
    pub language_weight: f64,
    /// The same in the second, where all that is left are sentences.
    pub second_language_weight: f64,
    /// Factor for every word, against many short ones.
    pub word_penalty: f64,
    /// Beam over states, and over words that end.
    pub beams: (f64, f64),
    pub second_beams: (f64, f64),
    /// Those of the quick search at other speeds.
    pub quick_beams: (f64, f64),
    pub phone_beam: f64,
    /// Chance of a noise (a click, a breath), and of a pause, between words.
    pub filler: f64,
    pub silence: f64,
    /// Readings taken from the first search.
    pub readings: usize,
    /// What a unit of the aligner's cost weighs against the sound (PocketSphinx's score units).
    pub align_weight: f64,
    /// What the aligner may do for one utterance.
    pub effort: Effort,
    /// Sentences that the second search chooses among.
    pub sentences: usize,
    /// Whether two searches run at once, each on a decoder of its own: people wait for half as long, for some
    /// 18 MB more memory.
    pub at_once: bool,
    /// A change of the model's means, checked before ([`super::adapt`]).
    pub adapted: Option<PathBuf>,
    /// Of how many readings the first word may be none: a breath or a click is heard as a short one.
    pub breaths: usize,
    /// What such a reading loses against the others (PocketSphinx's score units).
    pub breath_penalty: f64,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            language_weight: 6.5,
            second_language_weight: 2.0,
            word_penalty: 0.65,
            beams: (1e-48, 7e-29),
            second_beams: (1e-80, 1e-60),
            quick_beams: (1e-36, 1e-22),
            phone_beam: 1e-40,
            filler: 1e-2,
            silence: 0.1,
            readings: 30,
            align_weight: 150.0,
            effort: Effort::default(),
            sentences: 30,
            at_once: true,
            adapted: None,
            breaths: 8,
            breath_penalty: 100.0,
        }
    }
}

/// The closed-vocabulary recogniser.
pub struct PocketSphinx {
    reader: Reader,
    /// A second decoder, for what is searched for at the same time.
    beside: Option<Decoder>,
    /// Words that mean nothing.
    skip_words: Vec<Vec<String>>,
    /// Names of assistants: heard alone they mean nothing, either.
    calls: Vec<Vec<String>>,
    phones: &'static PhoneSet,
    min_confidence: f32,
}

/// What was found out about one utterance.
#[derive(Debug, Clone, Default)]
pub struct Finding {
    /// What the first search heard, best first.
    pub readings: Vec<Scored>,
    /// Sentences near to it, nearest first.
    pub sentences: Vec<Nearest>,
    /// The sentence that the second search chose: its place among `sentences`.
    pub chosen: Option<usize>,
    /// How the chosen sentence's words compare with the best phones in any order.
    pub likeness: Likeness,
    /// Which of the chosen sentence's words mean something.
    pub meant: Range<usize>,
    /// How alike the sentence and what is heard at other speeds are, 0–1; `None` where that was not asked,
    /// since it can change nothing.
    pub agreement: Option<f64>,
}

impl Finding {
    /// The chosen sentence.
    #[must_use]
    pub fn sentence(&self) -> Option<&Nearest> {
        self.chosen.map(|place| &self.sentences[place])
    }

    /// What one hearing says for the chosen sentence, in the logarithm of odds.
    fn evidence(&self) -> f64 {
        self.sentence().map_or(f64::NEG_INFINITY, |sentence| self.case(sentence).alone())
    }

    /// The evidence for a sentence, heard as the chosen one was.
    fn case<'a>(&self, sentence: &'a Nearest) -> Case<'a> {
        let skips = self.sentence().is_some_and(|chosen| self.meant.len() < chosen.words.len());
        Case { likeness: self.likeness, sentence, skips }
    }
}

impl PocketSphinx {
    /// Opens a model and compiles a grammar for it. Utterances with less than `min_confidence`
    /// (0–1) are rejected.
    ///
    /// # Errors
    /// When the model is not usable or the grammar cannot be compiled.
    pub fn new(
        model: &Model,
        grammar: &Grammar,
        cache: &Path,
        tuning: Tuning,
        min_confidence: f32,
    ) -> Result<Self, SttError> {
        let grammar = &calls::beside(grammar);
        let compiled = Compiled::new(grammar, &model.dictionary, cache)?;
        let decoder = || {
            let refused = |reason| SttError::Model { path: model.folder.clone(), reason };
            reader::decoder(model, &compiled, &tuning).map_err(refused)
        };
        let (decoder, beside) = (decoder()?, tuning.at_once.then(decoder).transpose()?);
        let automaton = Automaton::within(&compiled.graph, MAX_PLACES).ok_or_else(too_complex)?;
        let Compiled { graph, dictionary, model: language_model, .. } = compiled;
        let aligner = Aligner::new(automaton, &graph.words, &dictionary, &grammar.language, tuning.effort);
        let (skip_words, calls) = (grammar.skip_words.clone(), calls::names(&grammar.language));
        let phones = PhoneSet::of(&grammar.language);
        let follow_ups = FollowUps::of(grammar);
        let reader =
            Reader { decoder, dictionary, language_model, aligner, tuning, follow_ups, fresh: false };
        Ok(Self { reader, beside, skip_words, calls, phones, min_confidence })
    }

    /// Everything about an utterance, for [`SpeechToText::transcribe`] and for tuning.
    ///
    /// # Errors
    /// When a search fails.
    pub fn examine(&mut self, samples: &[i16]) -> Result<Finding, String> {
        let (mut finding, heard) = self.surer(samples)?;
        if let Some(sentence) = finding.sentence()
            && finding.case(sentence).in_doubt()
        {
            let mut agreement = self.agreement(QUICK, &sentence.words, &heard)?;
            if finding.case(sentence).confidence(Some(agreement)) < self.min_confidence {
                agreement = self.agreement(WORDS, &sentence.words, &heard)?;
            }
            finding.agreement = Some(agreement);
        }
        Ok(finding)
    }

    /// An utterance as it is, or with less noise, and what was heard in it.
    ///
    /// In much noise it is heard with less of it first, else as it is. What that is not sure of is heard in the other
    /// way, too, and the surer counts; but not where there is little noise: a second chance to be taken for something
    /// is all that it would gain there.
    fn surer<'a>(&mut self, samples: &'a [i16]) -> Result<(Finding, Cow<'a, [i16]>), String> {
        let noise = suppress::noise(samples);
        let first = sound(samples, noise == Noise::Much)?;
        let finding = self.hear(&first)?;
        if noise == Noise::Little || confidence::is_sure(finding.evidence()) {
            return Ok((finding, first));
        }
        let second = sound(samples, noise != Noise::Much)?;
        let other = self.hear(&second)?;
        Ok(if other.evidence() > finding.evidence() { (other, second) } else { (finding, first) })
    }

    /// One hearing of an utterance: a sentence, and at the same time phones in any order.
    fn hear(&mut self, samples: &[i16]) -> Result<Finding, String> {
        let Self { reader, beside, .. } = self;
        let (read, phones) = match beside {
            Some(beside) => both(|| reader.read(samples), || phones(beside, samples))?,
            None => (reader.read(samples)?, phones(&mut reader.decoder, samples)?),
        };
        let (mut finding, words) = read;
        if let Some(sentence) = finding.sentence() {
            let meant = confidence::meant(&sentence.words, &self.skip_words);
            finding.likeness = confidence::likeness(&words, meant.clone(), &phones);
            finding.meant = meant;
        }
        Ok(finding)
    }

    /// How alike a sentence and what a search hears at other speeds are, 0–1.
    fn agreement(&mut self, search: &CStr, sentence: &[String], samples: &[i16]) -> Result<f64, String> {
        let Self { reader: Reader { decoder, dictionary, .. }, beside, phones, .. } = self;
        let slower = |decoder: &mut Decoder| again::hear(decoder, search, samples, SLOWER);
        let faster = |decoder: &mut Decoder| again::hear(decoder, search, samples, FASTER);
        let (slower, faster) = match beside {
            Some(beside) => both(|| slower(decoder), || faster(beside))?,
            None => (slower(decoder)?, faster(decoder)?),
        };
        let alike = |heard: &[String]| again::alike(phones, dictionary, sentence, heard);
        Ok(f64::midpoint(alike(&slower), alike(&faster)))
    }

    /// Where words that are known to be said stand in a sound, and its cepstra.
    ///
    /// # Errors
    /// When the search fails.
    pub fn place(
        &mut self,
        words: &[String],
        samples: &[i16],
    ) -> Result<(Vec<Segment>, Vec<Vec<f32>>), String> {
        let segments = self.reader.place(words, samples)?;
        Ok((segments, self.reader.decoder.cepstra(samples)?))
    }

    /// The phones of a word as it stands in a sound: `word(2)` is its second pronunciation. `None` for pauses
    /// and noises.
    #[must_use]
    pub fn pronunciation(&self, word: &str) -> Option<&[String]> {
        let numbered = word.strip_suffix(')').and_then(|word| word.rsplit_once('('));
        let (word, way) = match numbered.and_then(|(word, way)| Some((word, way.parse::<usize>().ok()?))) {
            Some((word, way)) => (word, way),
            None => (word, 1),
        };
        self.reader.dictionary.ways(word).get(way.checked_sub(1)?).map(Vec::as_slice)
    }

    /// What a finding means.
    #[must_use]
    pub fn transcript(&self, finding: &Finding) -> Transcript {
        let engine = ENGINE.to_owned();
        let Some(sentence) = finding.sentence() else {
            let reason = if finding.readings.is_empty() {
                "nothing was said"
            } else {
                "it is like nothing that can be said here"
            };
            return Transcript { engine, rejected: Some(reason.into()), ..Transcript::default() };
        };
        let confidence = finding.case(sentence).confidence(finding.agreement);
        let alternatives = finding
            .sentences
            .iter()
            .filter(|other| *other != sentence)
            .take(3)
            .map(|other| Hypothesis {
                text: other.words.join(" "),
                confidence: finding.case(other).confidence(finding.agreement).min(confidence) / 2.0,
            })
            .collect();
        let meant = &sentence.words[finding.meant.clone()];
        let rejected = if self.calls.iter().any(|name| name == meant) {
            Some("somebody was called, and nothing was asked".to_owned())
        } else {
            (confidence < self.min_confidence)
                .then(|| format!("it is not enough like anything that can be said here ({confidence:.2})"))
        };
        let (text, wild) = (sentence.words.join(" "), sentence.wild);
        Transcript { text, confidence, engine, alternatives, rejected, wild, why: None }
    }
}

impl SpeechToText for PocketSphinx {
    fn engine(&self) -> &'static str {
        ENGINE
    }

    fn expect(&mut self, scope: Scope) {
        self.reader.fresh = scope == Scope::Fresh;
    }

    fn transcribe(&mut self, samples: &[i16]) -> Result<Transcript, SttError> {
        let finding = self.examine(samples).map_err(|reason| SttError::Run { engine: ENGINE, reason })?;
        Ok(self.transcript(&finding))
    }
}

/// An utterance as it is, or with less noise.
fn sound(samples: &[i16], less_noise: bool) -> Result<Cow<'_, [i16]>, String> {
    Ok(if less_noise { suppress::suppress(samples)?.into() } else { samples.into() })
}

/// Phones in any order, with a decoder that was prepared for them.
fn phones(decoder: &mut Decoder, samples: &[i16]) -> Result<Vec<Segment>, String> {
    decoder.decode(c"phones", samples)?;
    Ok(decoder.segments())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use super::*;
    use crate::eval::noise;
    use crate::nlu::sentences::{self, SourceFile};
    use crate::rng::Rng;
    use crate::testing::shared;

    /// The barista's recogniser and the folder of recordings; `None`, with the reason, without them.
    fn barista(test: &str, cache: &Path) -> Option<(PocketSphinx, PathBuf)> {
        let shared = shared(test)?;
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/barista.yaml");
        let orders = SourceFile { text: std::fs::read_to_string(&path).unwrap(), path };
        let loaded = sentences::load("en", &[orders], &[]).unwrap();
        let model = Model::find("en", &[shared.join("models")]).unwrap().unwrap();
        let engine = PocketSphinx::new(&model, &loaded.grammar, cache, Tuning::default(), 0.5).unwrap();
        Some((engine, shared.join("audio")))
    }

    fn hear(engine: &mut PocketSphinx, file: &Path) -> Transcript {
        engine.transcribe(&crate::audio::load(file).unwrap()).unwrap()
    }

    #[test]
    fn orders_are_heard_and_nothing_else_is() {
        let cache = tempfile::tempdir().unwrap();
        let Some((mut engine, audio)) = barista("orders_are_heard_and_nothing_else_is", cache.path()) else {
            return;
        };
        let order = audio.join("barista/0075d273-51bb-47cb-b323-4437bd0de029.flac");
        let first = hear(&mut engine, &order);
        for words in ["twelve ounce", "light roast", "coffee"] {
            assert!(first.text.contains(words), "{}", first.text);
        }
        assert_eq!(first.rejected, None);

        let other = hear(&mut engine, &audio.join("wake/jarvis/000.flac"));
        assert!(other.rejected.is_some(), "{}", other.text);

        // What was heard before leaves no trace.
        assert_eq!(hear(&mut engine, &order), first);
        let (mut fresh, _) = barista("", cache.path()).unwrap();
        assert_eq!(hear(&mut fresh, &order), first);
    }

    #[test]
    fn more_orders_are_heard_in_a_kitchen_than_by_one_hearing() {
        let cache = tempfile::tempdir().unwrap();
        let name = "more_orders_are_heard_in_a_kitchen_than_by_one_hearing";
        let Some((mut engine, audio)) = barista(name, cache.path()) else { return };
        let kitchen = crate::audio::load(&audio.join("noise/kitchen.flac")).unwrap();
        let labels = std::fs::read(audio.join("barista/labels.json")).unwrap();
        let labels: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&labels).unwrap();
        let (mut all, mut once, mut now) = (0, 0, 0);
        for (file, label) in labels.iter().skip(7).step_by(40) {
            let order = crate::audio::load(&audio.join("barista").join(file)).unwrap();
            let noisy = noise::mix(&order, &kitchen, 6.0, &mut Rng::for_item(1, all));
            let slots = label["slots"].as_object().unwrap();
            let right = |transcript: &Transcript| {
                transcript.rejected.is_none()
                    && slots.values().all(|value| transcript.text.contains(value.as_str().unwrap()))
            };
            let finding = engine.hear(&noisy).unwrap();
            once += u64::from(right(&engine.transcript(&finding)));
            now += u64::from(right(&engine.transcribe(&noisy).unwrap()));
            all += 1;
        }
        assert!(now > once && now * 4 >= all * 3, "{once} by one hearing, now {now} of {all}");
    }

    #[test]
    fn what_follows_nothing_is_not_heard_out_of_the_blue() {
        let name = "what_follows_nothing_is_not_heard_out_of_the_blue";
        let Some(shared) = shared(name) else { return };
        let said = "open the blinds in the office";
        let text = format!(
            "language: en
intents:
  Open:
    data:
      - {{ sentences: [\"{said}\"], slots: {{ it: cover }} }}
      - {{ sentences: [\"open the blinds\", \"pause the music\"] }}
"
        );
        let file = SourceFile { text, path: "test.yaml".into() };
        let loaded = sentences::load("en", &[file], &[]).unwrap();
        let model = Model::find("en", &[shared.join("models")]).unwrap().unwrap();
        let cache = tempfile::tempdir().unwrap();
        let mut engine =
            PocketSphinx::new(&model, &loaded.grammar, cache.path(), Tuning::default(), 0.5).unwrap();
        let file = shared.join("audio/home/en/tts-016.flac");
        for (scope, heard) in [(Scope::Fresh, false), (Scope::Commands, true), (Scope::Fresh, false)] {
            engine.expect(scope);
            let transcript = hear(&mut engine, &file);
            assert_eq!(transcript.text == said && transcript.rejected.is_none(), heard, "{transcript:?}");
        }
    }

    #[test]
    fn silence_and_noise_are_rejected() {
        let cache = tempfile::tempdir().unwrap();
        let Some((mut engine, _)) = barista("silence_and_noise_are_rejected", cache.path()) else { return };
        let mut state = 1_u32;
        let noise: Vec<i16> = (0..32_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((state >> 16) as i16) / 16
            })
            .collect();
        for samples in [&[][..], &[0; 100], &[0; 32_000], &noise[..]] {
            let transcript = engine.transcribe(samples).unwrap();
            assert!(transcript.rejected.is_some(), "{} samples: {}", samples.len(), transcript.text);
        }
    }
}
