//! The open-vocabulary recogniser: Whisper, through whisper.cpp. The only place that names whisper-rs.
//!
//! Whisper was made for 30-second pieces of broadcast and invents text when it hears nothing. Two
//! things make it fit a household: its audio context is cut to the length of the utterance, which
//! is what takes the time, and gates before and after it keep invented text away from the mind.

pub mod file;
mod gate;
pub mod rescore;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Once, PoisonError, Weak};
use std::time::SystemTime;

use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperState};

use super::{Hypothesis, SpeechToText, SttError, Transcript};
use crate::audio::SAMPLE_RATE;
use crate::nlu::grammar::{Expr, Grammar, ListKind};
use crate::nlu::text;

const ENGINE: &str = "whisper";

/// Positions of the audio context in a second; each is two mel frames of 10 ms.
const CONTEXT_PER_SECOND: usize = 50;

/// Positions beyond the end of the utterance. Whisper was trained to see silence after speech;
/// without any it repeats itself or cuts off the last word.
const CONTEXT_MARGIN: usize = 64;

/// The context is a multiple of this, which the matrix kernels like.
const CONTEXT_STEP: usize = 64;

/// Tokens that may be spoken in a second, and more once. People say some 3 words, 5 tokens, in a
/// second; a decoder that goes on and on is inventing.
const TOKENS_PER_SECOND: usize = 10;
const TOKENS_BASE: usize = 10;

/// Tokens of the household's words given as context. Each costs time in every utterance.
const PROMPT_TOKENS: usize = 96;

/// More threads than this do not help on such short pieces.
const MAX_THREADS: usize = 8;

/// A loaded model with its working memory.
pub struct Whisper {
    path: PathBuf,
    state: WhisperState,
    /// Made once: the language's C string is leaked by every set-up.
    params: FullParams<'static, 'static>,
    prompt: Vec<i32>,
    /// What stands before every text: the prompt, and marks of language and task.
    start: Vec<i32>,
    threads: usize,
    end_of_text: i32,
    full_context: usize,
    /// 0–1; see [`crate::config::SttConfig`].
    min_confidence: f32,
    language: String,
    /// Shared with a household that is read again.
    weights: Arc<WhisperContext>,
}

impl Whisper {
    /// Loads a model. `threads` 0 means one per core. The names in `grammar` are given to Whisper
    /// as context, so that it spells them as the household does.
    ///
    /// # Errors
    /// [`SttError::Model`] when the file is missing, damaged or of another kind.
    pub fn load(
        path: &Path,
        language: &str,
        grammar: &Grammar,
        threads: usize,
        min_confidence: f32,
    ) -> Result<Self, SttError> {
        let fault = |reason: String| SttError::Model { path: path.to_owned(), reason };
        let about = file::check(path).map_err(|reason| {
            fault(format!("{reason}; get a model with `entrenous models get whisper-base-q5_1`"))
        })?;
        if !about.multilingual && language != "en" {
            return Err(fault(format!(
                "it understands English only, and the language is `{language}`; take a model without `.en`"
            )));
        }
        if !about.has_weights {
            tracing::warn!("`{}` has no weights: it runs, and hears nothing sensible", path.display());
        }

        let spoken =
            whisper_language(language).ok_or_else(|| fault(format!("it does not know `{language}`")))?;

        silence_logging();
        let context = weights(path)
            .map_err(|reason| fault(format!("whisper.cpp refuses it ({reason}); get it again")))?;
        let state = context
            .create_state()
            .map_err(|error| fault(format!("it cannot be set up ({error}); is there enough memory?")))?;
        let prompt = prompt(&context, grammar);
        let threads = threads_for(threads);
        Ok(Self {
            path: path.to_owned(),
            state,
            params: parameters(spoken, threads),
            start: start(&context, &prompt, spoken),
            prompt,
            threads,
            end_of_text: context.token_eot(),
            full_context: usize::try_from(context.n_audio_ctx()).unwrap_or(0),
            weights: context,
            min_confidence,
            language: language.to_owned(),
        })
    }

    /// The model's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs the model with an audio context of so many positions (0 is all of them), gates aside.
    /// What [`SpeechToText::transcribe`] does, made visible to measure what cutting gains.
    ///
    /// # Errors
    /// When whisper.cpp fails.
    pub fn run(&mut self, samples: &[i16], context: usize) -> Result<Spoken, SttError> {
        let fault = |reason: String| SttError::Run { engine: ENGINE, reason };
        let seconds = samples.len().div_ceil(SAMPLE_RATE as usize);
        let tokens = TOKENS_BASE + TOKENS_PER_SECOND * seconds;
        let mut params = self.params.clone();
        params.set_audio_ctx(c_int(context));
        params.set_max_tokens(c_int(tokens));
        params.set_tokens(&self.prompt);
        let sound: Vec<f32> = samples.iter().map(|&sample| f32::from(sample) / 32768.0).collect();
        self.state.full(params, &sound).map_err(|error| fault(error.to_string()))?;

        let mut spoken = Spoken::default();
        for segment in self.state.as_iter() {
            spoken.text.push_str(&segment.to_str_lossy().map_err(|error| fault(error.to_string()))?);
            spoken.no_speech = spoken.no_speech.max(segment.no_speech_probability());
            let tokens = (0..segment.n_tokens()).filter_map(|index| segment.get_token(index));
            let words = tokens.map(|token| token.token_data()).filter(|token| token.id < self.end_of_text);
            spoken.tokens.extend(words.map(|token| (token.id, token.plog)));
        }
        Ok(spoken)
    }
}

/// What the model said, before anything is made of it.
#[derive(Debug, Clone, Default)]
pub struct Spoken {
    pub text: String,
    /// Each token of the text with the natural logarithm of its probability.
    pub tokens: Vec<(i32, f32)>,
    /// How likely the model thinks it that nobody spoke, 0–1.
    pub no_speech: f32,
}

impl SpeechToText for Whisper {
    fn engine(&self) -> &'static str {
        ENGINE
    }

    fn transcribe(&mut self, samples: &[i16]) -> Result<Transcript, SttError> {
        Ok(self.hear(samples)?.0)
    }

    fn transcribe_knowing(&mut self, samples: &[i16], likely: &[String]) -> Result<Transcript, SttError> {
        let (transcript, spoken) = self.hear(samples)?;
        let Some(spoken) = spoken.filter(|spoken| !gate::nobody_spoke(spoken)) else {
            return Ok(transcript);
        };
        let own: Vec<i32> = spoken.tokens.iter().map(|(token, _)| *token).collect();
        let same = likely.iter().position(|sentence| *sentence == transcript.text);
        let choice = rescore::choose(&mut self.teacher(), likely, (&own, same))
            .map_err(|reason| SttError::Run { engine: ENGINE, reason })?;
        Ok(match choice {
            Some(choice) if choice.mean >= gate::MEAN_LOG_PROBABILITY => {
                self.chosen(transcript, &likely[choice.sentence], &choice)
            }
            _ => transcript,
        })
    }
}

impl Whisper {
    /// What was said, and how the model came to it; the latter only if it was asked.
    fn hear(&mut self, samples: &[i16]) -> Result<(Transcript, Option<Spoken>), SttError> {
        let mut transcript = Transcript { engine: ENGINE.into(), ..Transcript::default() };
        if let Err(reason) = gate::before(samples) {
            transcript.rejected = Some(reason);
            return Ok((transcript, None));
        }
        let spoken = self.run(samples, context_for(samples.len()).min(self.full_context))?;
        transcript.text = text::words(&gate::without_remarks(&spoken.text), &self.language).join(" ");
        transcript.confidence = gate::confidence(&spoken);
        transcript.rejected = gate::after(&spoken, &transcript.text, self.min_confidence).err();
        Ok((transcript, Some(spoken)))
    }

    /// A sentence of the household in place of what the model wrote by itself.
    fn chosen(&self, own: Transcript, sentence: &str, choice: &rescore::Choice) -> Transcript {
        let confidence = choice.chance * choice.mean.exp();
        if own.text == sentence {
            // Nothing is less sure for having been held against others.
            return if own.rejected.is_none() && own.confidence >= confidence {
                own
            } else {
                self.judged(Transcript { confidence, ..own })
            };
        }
        let other = Hypothesis { text: own.text, confidence: own.confidence * (1.0 - choice.chance) };
        self.judged(Transcript {
            text: sentence.to_owned(),
            confidence,
            alternatives: Some(other).filter(|other| !other.text.is_empty()).into_iter().collect(),
            engine: own.engine,
            ..Transcript::default()
        })
    }

    fn judged(&self, transcript: Transcript) -> Transcript {
        let (confidence, least) = (transcript.confidence, self.min_confidence);
        let rejected =
            (confidence < least).then(|| format!("confidence {confidence:.2} is below {least:.2}"));
        Transcript { rejected, ..transcript }
    }

    /// The model as a judge of texts for the utterance that it heard last.
    pub fn teacher(&mut self) -> Teacher<'_> {
        Teacher {
            state: &mut self.state,
            weights: &self.weights,
            start: &self.start,
            written: Vec::new(),
            threads: self.threads,
        }
    }
}

/// Whisper, made to write what it is told.
pub struct Teacher<'a> {
    state: &'a mut WhisperState,
    weights: &'a WhisperContext,
    start: &'a [i32],
    /// Tokens that its memory holds.
    written: Vec<i32>,
    threads: usize,
}

impl rescore::TokenModel for Teacher<'_> {
    fn tokens(&mut self, text: &str) -> Result<Vec<i32>, String> {
        if text.contains('\0') {
            return Err("a sentence holds a zero byte".into());
        }
        // As for the prompt: no token is shorter than a byte.
        self.weights.tokenize(text, text.len() + 1).map_err(|error| error.to_string())
    }

    fn after(&mut self, before: &[i32]) -> Result<Vec<f32>, String> {
        let all = [self.start, before].concat();
        let last = all.len() - 1;
        let shared = all.iter().zip(&self.written).take_while(|(a, b)| a == b).count().min(last);
        // The last token alone: of several, whisper-rs would give the chances after the first.
        for (from, to) in [(shared, last), (last, all.len())] {
            if from < to {
                let step = self.state.decode(&all[from..to], from, self.threads);
                step.map_err(|error| error.to_string())?;
            }
        }
        self.written = all;
        let logits = self.state.get_logits().map_err(|error| error.to_string())?;
        let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let sum: f64 = logits.iter().map(|logit| f64::from((logit - most).exp())).sum();
        let all = most + sum.ln() as f32;
        Ok(logits.iter().map(|logit| logit - all).collect())
    }

    fn end(&self) -> i32 {
        self.weights.token_eot()
    }
}

/// The audio context that an utterance of so many samples needs: its length and a margin. May be
/// more than the model has.
#[must_use]
pub fn context_for(samples: usize) -> usize {
    let positions = (samples * CONTEXT_PER_SECOND).div_ceil(SAMPLE_RATE as usize) + CONTEXT_MARGIN;
    positions.next_multiple_of(CONTEXT_STEP)
}

/// The threads to use, where 0 means one per core.
fn threads_for(asked: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if asked == 0 { cores.min(MAX_THREADS) } else { asked }
}

/// What whisper.cpp puts before a text: what was said before (here the prompt), then the marks.
fn start(context: &WhisperContext, prompt: &[i32], language: &str) -> Vec<i32> {
    let mut tokens = Vec::new();
    if !prompt.is_empty() {
        tokens.push(context.token_prev());
        tokens.extend(prompt);
    }
    tokens.push(context.token_sot());
    if context.is_multilingual() {
        tokens.extend(whisper_rs::get_lang_id(language).map(|id| context.token_lang(id)));
        tokens.push(context.token_transcribe());
    }
    tokens.push(context.token_not());
    tokens
}

/// Everything about decoding that is the same for each utterance.
fn parameters(language: &'static str, threads: usize) -> FullParams<'static, 'static> {
    let mut params = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
    params.set_n_threads(c_int(threads));
    params.set_language(Some(language));
    params.set_translate(false);
    // Nothing of an earlier utterance may colour this one.
    params.set_no_context(true);
    params.set_single_segment(true);
    params.set_no_timestamps(true);
    params.set_suppress_blank(true);
    params.set_suppress_nst(true);
    // Whisper's answer to a poor reading is to try again by chance. A second of that on a small
    // computer is worse than asking the person again, and chance is not deterministic.
    params.set_temperature(0.0);
    params.set_temperature_inc(0.0);
    params.set_print_special(false);
    params.set_print_progress(false);
    params.set_print_realtime(false);
    params.set_print_timestamps(false);
    params
}

/// The names that the household uses, as tokens: "Bed Light, Kitchen, …".
fn prompt(context: &WhisperContext, grammar: &Grammar) -> Vec<i32> {
    let mut text = String::new();
    let mut tokens = Vec::new();
    for name in names(grammar) {
        let longer = if text.is_empty() { format!(" {name}") } else { format!("{text}, {name}") };
        // The limit given must never be too small: whisper-rs takes whisper.cpp's "this many more"
        // for a length. No token is shorter than a byte.
        match context.tokenize(&longer, longer.len() + 1) {
            Ok(more) if more.len() <= PROMPT_TOKENS => (text, tokens) = (longer, more),
            _ => break,
        }
    }
    tokens
}

/// The plain names in the grammar's lists, each once, in order.
fn names(grammar: &Grammar) -> Vec<String> {
    let mut names = Vec::new();
    for list in &grammar.lists {
        let ListKind::Values(values) = &list.kind else { continue };
        for value in values {
            let name = match &value.expr {
                Expr::Word(word) => Some(word.clone()),
                Expr::Seq(words) => plain(words),
                _ => None,
            };
            names.extend(name.filter(|name| !name.contains('\0') && !names.contains(name)));
        }
    }
    names
}

/// Words in a row; nothing that has choices in it.
fn plain(words: &[Expr]) -> Option<String> {
    let words: Option<Vec<&str>> = words
        .iter()
        .map(|word| if let Expr::Word(word) = word { Some(word.as_str()) } else { None })
        .collect();
    words.map(|words| words.join(" "))
}

/// Whisper's own name of a language, which lives as long as the program.
fn whisper_language(language: &str) -> Option<&'static str> {
    let known = !language.contains('\0');
    known.then(|| whisper_rs::get_lang_id(language)).flatten().and_then(whisper_rs::get_lang_str)
}

/// A model's weights: those in use already, where the file is the same. A household that is read
/// again needs another prompt, not a second model in memory.
fn weights(path: &Path) -> Result<Arc<WhisperContext>, String> {
    /// A model's file, when it was written, and what it holds.
    type Known = (PathBuf, Option<SystemTime>, Weak<WhisperContext>);
    static IN_USE: Mutex<Vec<Known>> = Mutex::new(Vec::new());
    let written = path.metadata().and_then(|file| file.modified()).ok();
    let mut in_use = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
    in_use.retain(|(_, _, weights)| weights.strong_count() > 0);
    let known = in_use.iter().find(|(known, at, _)| known == path && *at == written);
    if let Some(weights) = known.and_then(|(_, _, weights)| weights.upgrade()) {
        return Ok(weights);
    }
    let weights = WhisperContext::new_with_params(path, WhisperContextParameters::default())
        .map_err(|error| error.to_string())?;
    let weights = Arc::new(weights);
    in_use.push((path.to_owned(), written, Arc::downgrade(&weights)));
    Ok(weights)
}

/// whisper.cpp prints to stderr unless it is told where to; its messages quote what it hears.
fn silence_logging() {
    static ONCE: Once = Once::new();
    ONCE.call_once(whisper_rs::install_logging_hooks);
}

fn c_int(value: usize) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}
