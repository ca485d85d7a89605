use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use super::ffi::{Decoder, Scored, Setting};
use super::model::Model;
use crate::nlu::grammar::Grammar;
use crate::stt::align::{Aligner, Automaton, Nearest};
use crate::stt::vocabulary::compiled::Compiled;
use crate::stt::vocabulary::dictionary::Dictionary;
use crate::stt::vocabulary::lm::{LanguageModel, Smoothing};
use crate::stt::{SpeechToText, SttError, Transcript};

pub struct PocketSphinx {
    decoder: Decoder,
    dictionary: Dictionary,
    aligner: Aligner,
    lm: LanguageModel,
    pub tuning: Tuning,
}

#[derive(Debug, Clone)]
pub struct Tuning {
    pub lw: f64,
    pub lw2: f64,
    pub wip: f64,
    pub beam: f64,
    pub wbeam: f64,
    pub pbeam: f64,
    pub flat: i64,
    pub smoothing: Smoothing,
    pub nbest: usize,
    pub distinct: usize,
    pub lambda: f64,
    pub keep: usize,
    pub second: bool,
    pub fsg_beam: f64,
    pub fsg_wbeam: f64,
    pub phone_loop: bool,
    pub silprob: f64,
    pub maxhmm: i64,
    pub topn: i64,
    pub ascale: f64,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            lw: 6.5,
            lw2: 6.5,
            wip: 0.65,
            beam: 1e-48,
            wbeam: 7e-29,
            pbeam: 1e-48,
            flat: 1,
            smoothing: Smoothing::default(),
            nbest: 200,
            distinct: 40,
            lambda: 150.0,
            keep: 10,
            second: true,
            fsg_beam: 1e-80,
            fsg_wbeam: 1e-60,
            phone_loop: true,
            silprob: 0.005,
            maxhmm: 30000,
            topn: 4,
            ascale: 20.0,
        }
    }
}

#[derive(Debug, Clone, Default)]
pub struct Details {
    pub frames: usize,
    pub prior: f64,
    pub one: Option<Scored>,
    pub readings: Vec<Scored>,
    pub nearest: Vec<Option<Nearest>>,
    pub candidates: Vec<(String, f64, f32, f64)>,
    pub chosen: Option<Scored>,
    pub loop_score: Option<f64>,
    pub times: [f64; 4],
}

impl PocketSphinx {
    pub fn new(model: &Model, grammar: &Grammar, cache: &Path, tuning: Tuning) -> Result<Self, SttError> {
        let t0 = std::time::Instant::now();
        let compiled = Compiled::new(grammar, &model.dictionary, tuning.smoothing)?;
        let fault = |reason: String| SttError::Model { path: model.folder.clone(), reason };
        std::fs::create_dir_all(cache).unwrap();
        let dict = cache.join("words.dict");
        let arpa = cache.join("words.arpa");
        std::fs::write(&dict, compiled.dictionary.to_text()).unwrap();
        std::fs::write(&arpa, compiled.model.arpa()).unwrap();
        let mut decoder = Decoder::new(&[
            Setting::Path(c"-hmm", &model.folder),
            Setting::Path(c"-dict", &dict),
            Setting::Float(c"-lw", tuning.lw),
            Setting::Float(c"-wip", tuning.wip),
            Setting::Float(c"-beam", tuning.beam),
            Setting::Float(c"-wbeam", tuning.wbeam),
            Setting::Float(c"-pbeam", tuning.pbeam),
            Setting::Int(c"-fwdflat", tuning.flat),
            Setting::Int(c"-maxhmmpf", tuning.maxhmm),
            Setting::Int(c"-topn", tuning.topn),
            Setting::Int(c"-allphone_ci", 1),
            Setting::Float(c"-ascale", tuning.ascale),
            Setting::Float(c"-silprob", tuning.silprob),
        ])
        .map_err(fault)?;
        decoder.add_language_model(c"words", &arpa).map_err(SttError::Vocabulary)?;
        if tuning.phone_loop {
            let phones = crate::stt::vocabulary::phones::PhoneSet::of(&grammar.language);
            let path = cache.join("phones.arpa");
            std::fs::write(&path, phones.arpa()).unwrap();
            decoder.add_phone_loop(c"phones", &path).map_err(SttError::Vocabulary)?;
        }
        decoder.set(&Setting::Float(c"-beam", tuning.fsg_beam)).map_err(SttError::Vocabulary)?;
        decoder.set(&Setting::Float(c"-pbeam", tuning.fsg_beam)).map_err(SttError::Vocabulary)?;
        decoder.set(&Setting::Float(c"-wbeam", tuning.fsg_wbeam)).map_err(SttError::Vocabulary)?;
        eprintln!(
            "compiled {:?} graph nodes {} words {}",
            t0.elapsed(),
            compiled.graph.arcs.len(),
            compiled.graph.words.len()
        );
        let automaton = Automaton::new(&compiled.graph);
        let aligner = Aligner::new(automaton, &compiled.graph.words, &compiled.dictionary, &grammar.language);
        eprintln!("all {:?} states {}", t0.elapsed(), aligner.size());
        Ok(Self { decoder, dictionary: compiled.dictionary, aligner, lm: compiled.model, tuning })
    }

    pub fn size(&self) -> usize {
        self.aligner.size()
    }

    pub fn examine(&mut self, samples: &[i16]) -> Result<Details, String> {
        let mut details = Details::default();
        let t = std::time::Instant::now();
        details.frames = self.decoder.decode(c"words", samples)?;
        let mut seen = std::collections::BTreeSet::new();
        details.one = self.decoder.best();
        for reading in self.decoder.n_best(self.tuning.nbest).into_iter().chain(details.one.clone()) {
            if !reading.words.is_empty() && seen.insert(reading.words.clone()) {
                details.readings.push(reading);
            }
            if details.readings.len() >= self.tuning.distinct {
                break;
            }
        }
        details.times[0] = t.elapsed().as_secs_f64();
        let t = std::time::Instant::now();
        if let Some(best) = &details.one {
            // the best path is not always among the n best
            details.readings.retain(|reading| reading.words != best.words);
            let score = details.readings.first().map_or(0.0, |reading| reading.score);
            details.readings.insert(0, Scored { words: best.words.clone(), score });
        }
        let words: Vec<_> = details.readings.iter().map(|r| r.words.clone()).collect();
        details.nearest = self.aligner.nearest(&words, &self.dictionary);
        let mut candidates: BTreeMap<String, (f64, f32, f64)> = BTreeMap::new();
        for (reading, nearest) in details.readings.iter().zip(&details.nearest) {
            let Some(nearest) = nearest else { continue };
            let total = reading.score - self.tuning.lambda * f64::from(nearest.cost);
            let entry = candidates.entry(nearest.words.join(" ")).or_insert((f64::NEG_INFINITY, 0.0, 0.0));
            if total > entry.0 {
                *entry = (total, nearest.cost, reading.score);
            }
        }
        details.candidates = candidates.into_iter().map(|(s, (a, b, c))| (s, a, b, c)).collect();
        details.candidates.sort_by(|a, b| b.1.total_cmp(&a.1));
        details.times[1] = t.elapsed().as_secs_f64();
        let t = std::time::Instant::now();
        if self.tuning.second && !details.candidates.is_empty() {
            let rows: Vec<Vec<&str>> = details
                .candidates
                .iter()
                .take(self.tuning.keep)
                .map(|(s, ..)| s.split(' ').collect())
                .collect();
            self.decoder.add_grammar(c"second", &fsg(&rows, &self.lm), self.tuning.lw2 as f32)?;
            self.decoder.decode(c"second", samples)?;
            details.chosen = self.decoder.best();
            if let Some(chosen) = &mut details.chosen {
                let words = &chosen.words;
                let prior: f64 = (0..words.len())
                    .map(|at| self.lm.probability(&words[..at], Some(&words[at])).ln())
                    .sum::<f64>()
                    + self.lm.probability(words, None).ln();
                details.prior = prior * self.tuning.lw2 / 1.0001_f64.ln() / 1024.0;
            }
        }
        details.times[2] = t.elapsed().as_secs_f64();
        let t = std::time::Instant::now();
        if self.tuning.phone_loop {
            self.decoder.decode(c"phones", samples)?;
            details.loop_score = self.decoder.best().map(|s| s.score);
        }
        details.times[3] = t.elapsed().as_secs_f64();
        Ok(details)
    }
}

fn fsg(rows: &[Vec<&str>], lm: &LanguageModel) -> String {
    let mut ids: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    ids.insert(Vec::new(), 0);
    let mut arcs = String::new();
    let mut last = Vec::new();
    for row in rows {
        for at in 1..=row.len() {
            let next = ids.len();
            if !ids.contains_key(&row[..at]) {
                ids.insert(row[..at].to_vec(), next);
                let _ = writeln!(
                    arcs,
                    "TRANSITION {} {next} {:e} {}",
                    ids[&row[..at - 1]],
                    lm.probability(&row[..at - 1], Some(row[at - 1])),
                    row[at - 1]
                );
            }
        }
        last.push((ids[row], lm.probability(row, None)));
    }
    let end = ids.len();
    for (from, p) in last {
        let _ = writeln!(arcs, "TRANSITION {from} {end} {p:e}");
    }
    format!("FSG_BEGIN second\nNUM_STATES {}\nSTART_STATE 0\nFINAL_STATE {end}\n{arcs}FSG_END\n", end + 1)
}

impl SpeechToText for PocketSphinx {
    fn engine(&self) -> &'static str {
        "pocketsphinx"
    }

    fn transcribe(&mut self, _samples: &[i16]) -> Result<Transcript, SttError> {
        Ok(Transcript::default())
    }
}
