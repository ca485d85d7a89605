//! Recording sentences one after the other: shown, said after a tone, looked at, and kept only if so chosen.

use std::io;

use jiff::Timestamp;

use super::{Shelf, sentence, sound, words};
use crate::studio::{Fault, Limits, Studio};
use crate::tts::Speech;
use crate::{Error, Result};

/// A sentence takes longer than a word, and has pauses in it.
const SENTENCE: Limits = Limits { begin_ms: 8_000, silence_ms: 1_500, longest_ms: 18_000 };

/// Bad recordings of one sentence after which the next one is asked for.
const PATIENT: usize = 4;

/// What is done with a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    Listen,
    Again,
    Keep,
    Skip,
    Quit,
}

impl Choice {
    /// By its word or the first letter of it.
    #[must_use]
    pub fn of(text: &str, french: bool) -> Option<Self> {
        let words = if french {
            [
                ("écouter", Self::Listen),
                ("refaire", Self::Again),
                ("garder", Self::Keep),
                ("passer", Self::Skip),
                ("quitter", Self::Quit),
            ]
        } else {
            [
                ("listen", Self::Listen),
                ("again", Self::Again),
                ("keep", Self::Keep),
                ("skip", Self::Skip),
                ("quit", Self::Quit),
            ]
        };
        let text = text.trim().to_lowercase();
        // Not every keyboard has an é.
        let text = if french && text.starts_with('e') { text.replacen('e', "é", 1) } else { text };
        words
            .into_iter()
            .find(|(word, _)| !text.is_empty() && word.starts_with(&text))
            .map(|(_, choice)| choice)
    }
}

/// Who decides.
pub trait Chooser {
    /// The answer as it was written; `None` when nobody is there any more.
    ///
    /// # Errors
    /// When it cannot be read.
    fn choose(&mut self) -> io::Result<Option<String>>;
}

/// The sentences that come with the program.
#[must_use]
pub fn shipped(locale: &str) -> Option<&'static str> {
    match locale {
        "en" => Some(include_str!("sentences/en.txt")),
        "fr" => Some(include_str!("sentences/fr.txt")),
        _ => None,
    }
}

/// One sentence a line; empty lines and those with `#` are left out.
///
/// # Errors
/// When a line cannot be a sentence, with its number.
pub fn sentences(text: &str) -> Result<Vec<String>> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(at, line)| sentence(line).map_err(|error| Error::Input(format!("line {at}: {error}"))))
        .collect()
}

/// What a session came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The numbers of the donations that were kept.
    pub kept: Vec<u32>,
    pub skipped: usize,
}

/// Goes through the sentences until they or the speaker's patience are at an end. `open` opens the shelf for each
/// that is kept, so that meanwhile others can be withdrawn.
///
/// # Errors
/// When there is no microphone, or a recording cannot be kept.
pub fn record(
    studio: &mut Studio,
    chooser: &mut dyn Chooser,
    sentences: &[String],
    locale: &str,
    open: &dyn Fn() -> Result<Shelf>,
    now: &dyn Fn() -> Timestamp,
) -> Result<Outcome> {
    let french = studio.language() == "fr";
    let mut outcome = Outcome::default();
    studio.wait_for_microphone()?;
    for (at, sentence) in sentences.iter().enumerate() {
        let shown = format!("\n{} / {}\n\n    {sentence}\n", at + 1, sentences.len());
        match one(studio, chooser, &shown, french)? {
            Some((take, heard, Choice::Keep)) => {
                let number = open()?.add(&take, sentence, locale, heard, now())?;
                outcome.kept.push(number);
                studio.show(&if french {
                    format!("Gardé : {number}")
                } else {
                    format!("Kept as {number}")
                })?;
            }
            Some((_, _, Choice::Quit)) => break,
            _ => outcome.skipped += 1,
        }
    }
    Ok(outcome)
}

/// One sentence: the last recording of it, whether it was listened to, and what was chosen. `None` when it
/// would not succeed.
fn one(
    studio: &mut Studio,
    chooser: &mut dyn Chooser,
    shown: &str,
    french: bool,
) -> Result<Option<(Vec<i16>, bool, Choice)>> {
    let mut bad = 0;
    'take: loop {
        studio.show(shown)?;
        let take = match studio.take(SENTENCE)?.and_then(|take| fit(&take)) {
            Ok(take) => take,
            Err(fault) => {
                bad += 1;
                let reason = words::fault(fault, french);
                if bad == PATIENT {
                    studio.show(&if french {
                        format!("{reason}. On passe à la suite.")
                    } else {
                        format!("{reason}. On to the next.")
                    })?;
                    return Ok(None);
                }
                studio.show(&if french {
                    format!("Encore une fois : {reason}")
                } else {
                    format!("Once more: {reason}")
                })?;
                continue;
            }
        };
        bad = 0;
        let mut heard = false;
        loop {
            let seconds = take.len() as f32 / 16_000.0;
            studio.show(&if french {
                format!("{seconds:.1} s. [é]couter, [r]efaire, [g]arder, [p]asser, [q]uitter ?")
                    .replacen('.', ",", 1)
            } else {
                format!("{seconds:.1} s. [l]isten, [a]gain, [k]eep, [s]kip, [q]uit?")
            })?;
            let Some(answer) = chooser.choose()? else { return Ok(Some((take, heard, Choice::Quit))) };
            match Choice::of(&answer, french) {
                Some(Choice::Listen) => {
                    heard |= studio.play(&Speech { samples: take.clone(), sample_rate: 16_000 })?;
                }
                Some(Choice::Again) => continue 'take,
                Some(choice) => return Ok(Some((take, heard, choice))),
                None => {}
            }
        }
    }
}

/// The recording without its silent ends, if it can be given.
fn fit(take: &[i16]) -> Result<Vec<i16>, Fault> {
    if crate::studio::measure::stretches(take).first().is_some_and(|first| first.0 < 1_024) {
        return Err(Fault::Early);
    }
    let take = sound::voice(take).map_or(take, |voice| &take[voice]);
    sound::check(take).map(|()| take.to_vec())
}
