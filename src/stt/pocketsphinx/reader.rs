//! From samples to the sentence of the grammar that they are likest to.

use std::collections::BTreeSet;
use std::ffi::CStr;

use super::decode::{Finding, Tuning};
use super::ffi::{Decoder, Scored, Segment, Setting};
use super::model::Model;
use super::{again, finite};
use crate::nlu::follow_up::FollowUps;
use crate::stt::align::{Aligner, Nearest};
use crate::stt::vocabulary::compiled::Compiled;
use crate::stt::vocabulary::dictionary::Dictionary;
use crate::stt::vocabulary::lm::LanguageModel;

/// The name of the search for words.
pub const WORDS: &CStr = c"words";

/// The first two searches, and what lies between them.
pub struct Reader {
    pub decoder: Decoder,
    pub dictionary: Dictionary,
    pub language_model: LanguageModel,
    pub aligner: Aligner,
    pub tuning: Tuning,
    /// Sentences that mean something only after another; `None` where there are none.
    pub follow_ups: Option<FollowUps>,
    /// Whether nothing was spoken of lately, so that these are not said.
    pub fresh: bool,
}

impl Reader {
    /// The sentence that was said, if any, with the words of the sound as they stand in it.
    pub fn read(&mut self, samples: &[i16]) -> Result<(Finding, Vec<Segment>), String> {
        self.decoder.decode(WORDS, samples)?;
        let readings = self.readings();
        let sentences = self.sentences(&readings);
        let mut finding = Finding { readings, sentences, ..Finding::default() };
        if !finding.sentences.is_empty() {
            finding.chosen = self.choose(&finding.sentences, samples)?;
        }
        let Some(sentence) = finding.sentence() else { return Ok((finding, Vec::new())) };
        // By itself: beside others its sounds are approximated, which costs short words most.
        self.choose(std::slice::from_ref(sentence), samples)?;
        let words = self.decoder.segments();
        Ok((finding, words))
    }

    /// The best path, then other paths of the lattice: different rows of words, best first.
    fn readings(&mut self) -> Vec<Scored> {
        let limit = self.tuning.readings;
        let best = self.decoder.best();
        let others = self.decoder.n_best(limit * 4);
        // The best path is scored in another way than the rest, and is not always among them.
        let score = others.iter().map(|reading| reading.score).fold(f64::NEG_INFINITY, f64::max);
        let best =
            best.map(|best| Scored { score: if others.is_empty() { best.score } else { score }, ..best });
        let mut seen = BTreeSet::new();
        best.into_iter()
            .chain(others)
            .filter(|reading| !reading.words.is_empty() && seen.insert(reading.words.clone()))
            .take(limit)
            .collect()
    }

    /// The readings, and after them the likeliest without their first words.
    fn with_breaths(&self, readings: &[Scored]) -> Vec<Scored> {
        let mut seen: BTreeSet<&[String]> = readings.iter().map(|reading| reading.words.as_slice()).collect();
        let breaths = readings.iter().take(self.tuning.breaths).filter(|reading| reading.words.len() > 2);
        let without = breaths.filter(|reading| seen.insert(&reading.words[1..])).map(|reading| Scored {
            words: reading.words[1..].to_vec(),
            score: reading.score - self.tuning.breath_penalty,
        });
        readings.iter().cloned().chain(without).collect()
    }

    /// The sentences nearest to the readings, those first that need least change of the best.
    fn sentences(&mut self, readings: &[Scored]) -> Vec<Nearest> {
        let rows = self.with_breaths(readings);
        let words: Vec<_> = rows.iter().map(|row| row.words.clone()).collect();
        let nearest = self.aligner.nearest(&words, &self.dictionary);
        let mut found: Vec<(f64, Nearest)> = rows
            .iter()
            .zip(nearest)
            .filter_map(|(row, nearest)| {
                let nearest = nearest?;
                Some((row.score - self.tuning.align_weight * f64::from(nearest.cost), nearest))
            })
            .collect();
        // Stable: of equals, what was heard first.
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut seen = BTreeSet::new();
        found
            .into_iter()
            .map(|(_, nearest)| nearest)
            .filter(|nearest| seen.insert(nearest.words.clone()) && self.can_be_said(nearest))
            .take(self.tuning.sentences)
            .collect()
    }

    /// Whether a sentence means something now.
    fn can_be_said(&self, sentence: &Nearest) -> bool {
        let follow_ups = self.follow_ups.as_ref().filter(|_| self.fresh);
        follow_ups.is_none_or(|follow_ups| !follow_ups.say(&sentence.words.join(" ")))
    }

    /// Lets the sound choose a sentence.
    fn choose(&mut self, sentences: &[Nearest], samples: &[i16]) -> Result<Option<usize>, String> {
        let rows: Vec<&[String]> = sentences.iter().map(|sentence| sentence.words.as_slice()).collect();
        self.search_among(&rows, samples)?;
        let Some(best) = self.decoder.best() else { return Ok(None) };
        Ok(rows.iter().position(|row| *row == best.words))
    }

    /// Searches for one of a few rows of words.
    fn search_among(&mut self, rows: &[&[String]], samples: &[i16]) -> Result<(), String> {
        let grammar = finite::grammar(rows, &self.language_model);
        let weight = self.tuning.second_language_weight;
        self.decoder.add_grammar(c"sentences", &grammar, weight as f32)?;
        self.decoder.decode(c"sentences", samples)?;
        Ok(())
    }

    /// Where words that are known to be said stand in a sound.
    pub fn place(&mut self, words: &[String], samples: &[i16]) -> Result<Vec<Segment>, String> {
        self.search_among(&[words], samples)?;
        Ok(self.decoder.segments())
    }
}

/// A decoder for a vocabulary, with the searches for words, with care and quickly, and for phones in any order.
pub fn decoder(model: &Model, compiled: &Compiled, tuning: &Tuning) -> Result<Decoder, String> {
    let mut settings = vec![
        Setting::Path(c"-hmm", &model.folder),
        Setting::Path(c"-dict", &compiled.dictionary_file),
        Setting::Float(c"-lw", tuning.language_weight),
        Setting::Float(c"-wip", tuning.word_penalty),
        Setting::Int(c"-allphone_ci", 1),
        Setting::Float(c"-fillprob", tuning.filler),
        Setting::Float(c"-silprob", tuning.silence),
    ];
    settings.extend(tuning.adapted.as_deref().map(|path| Setting::Path(c"-mllr", path)));
    let mut decoder = Decoder::new(&settings)?;
    decoder.set_beams((tuning.phone_beam, tuning.phone_beam))?;
    decoder.add_phone_loop(c"phones", &compiled.phones_file)?;
    again::prepare(&mut decoder, compiled, tuning)?;
    decoder.set_beams(tuning.beams)?;
    decoder.add_language_model(WORDS, &compiled.words_file)?;
    // For the sentences, of which there are others each time.
    decoder.set_beams(tuning.second_beams)?;
    Ok(decoder)
}
