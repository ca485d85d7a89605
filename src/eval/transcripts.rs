//! Recordings with the words that were said: how much is understood, and what is acted on that
//! should not be.

use serde::Serialize;
use serde_json::Value;

use crate::Result;
use crate::audio;
use crate::config::Config;
use crate::household::Household;
use crate::nlu::Intent;

use super::dataset::Transcribed;
use super::text::{ErrorRate, words};
use super::{Hearing, Listener, Utterance, parallel, rounded, share};

/// The figures, in the form of `--json`.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub n: usize,
    /// Share of the recordings with a sentence whose intent and slots are those of the written
    /// sentence put through the same understanding.
    pub understood: f64,
    /// Word error rate over normalised text.
    pub wer: f64,
    /// Character error rate over normalised text.
    pub cer: f64,
    /// Recordings with an empty sentence that led to no action.
    pub rejected_ok: usize,
    /// Recordings with an empty sentence that led to one.
    pub false_actions: usize,
    /// Hours of the recordings with an empty sentence, and what is acted on in one hour of them.
    pub rejected_h: f64,
    pub false_actions_per_hour: Option<f64>,
    /// Hours of sound.
    pub audio_h: f64,
    #[serde(skip)]
    pub utterances: Vec<Utterance>,
}

/// Hears every recording.
///
/// # Errors
/// When a recording cannot be read or an engine cannot run here.
pub fn evaluate(config: &Config, household: &Household, recordings: &[Transcribed]) -> Result<Report> {
    let heard = parallel::map(
        "hearing",
        recordings,
        || Listener::new(config, household),
        |listener, recording| listener.hear(&audio::load(&recording.path)?),
    )?;
    Ok(report(household, recordings, &heard))
}

fn report(household: &Household, recordings: &[Transcribed], heard: &[Hearing]) -> Report {
    let (mut in_words, mut in_letters) = (ErrorRate::default(), ErrorRate::default());
    let (mut spoken, mut understood, mut rejected_ok, mut false_actions) = (0, 0, 0, 0);
    let mut utterances = Vec::new();
    for (recording, hearing) in recordings.iter().zip(heard) {
        let meant = household.understanding.exactly(&recording.sentence);
        let wrong = if recording.sentence.is_empty() {
            let acted = hearing.intent.is_some();
            *if acted { &mut false_actions } else { &mut rejected_ok } += 1;
            acted.then_some("acted on, and should not have been")
        } else {
            spoken += 1;
            let said = words(&household.language, &recording.sentence);
            let recognised = words(&household.language, &hearing.text);
            in_words.add(&said, &recognised);
            let letters = |words: &[String]| words.join(" ").chars().collect::<Vec<_>>();
            in_letters.add(&letters(&said), &letters(&recognised));
            let wrong = wrong(meant.as_ref(), hearing.intent.as_ref());
            understood += usize::from(wrong.is_none());
            wrong
        };
        utterances.push(Utterance {
            recording: recording.path.clone(),
            snr_db: None,
            expected: recording.sentence.clone(),
            expected_intent: meant.map(|intent| intent.intent),
            text: hearing.text.clone(),
            intent: hearing.intent.as_ref().map(|intent| intent.intent.clone()),
            wrong,
            latency: hearing.latency,
        });
    }
    let audio_s: f64 = heard.iter().map(|hearing| hearing.audio_s).sum();
    let unspoken = recordings.iter().zip(heard).filter(|(recording, _)| recording.sentence.is_empty());
    let rejected_h =
        unspoken.map(|(_, hearing)| hearing.audio_s).fold(0.0, |sum, seconds| sum + seconds) / 3600.0;
    Report {
        n: recordings.len(),
        understood: share(understood, spoken),
        wer: in_words.rate(),
        cer: in_letters.rate(),
        rejected_ok,
        false_actions,
        rejected_h: rounded(rejected_h, 4),
        false_actions_per_hour: (rejected_h > 0.0).then(|| rounded(false_actions as f64 / rejected_h, 2)),
        audio_h: rounded(audio_s / 3600.0, 4),
        utterances,
    }
}

/// What is wrong with what was understood; `None` when it is what was meant.
#[must_use]
pub fn wrong(meant: Option<&Intent>, got: Option<&Intent>) -> Option<&'static str> {
    match (meant, got) {
        (None, _) => Some("no sentence of the household matches what was said"),
        (Some(_), None) => Some("not recognised"),
        (Some(meant), Some(got)) if meaning(meant) == meaning(got) => None,
        (Some(_), Some(_)) => Some("understood as something else"),
    }
}

/// Intent and slots, whatever their order.
fn meaning(intent: &Intent) -> (&str, Vec<(&str, &Value)>) {
    let mut slots: Vec<_> = intent.slots.iter().map(|slot| (slot.name.as_str(), &slot.value)).collect();
    slots.sort_by(|a, b| a.0.cmp(b.0).then_with(|| a.1.to_string().cmp(&b.1.to_string())));
    (&intent.intent, slots)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::home::Home;
    use crate::household::shipped_sentences;

    #[test]
    fn what_is_acted_on_wrongly_is_counted_by_the_hour() {
        let household = Household::from_parts("en", Home::demo(), &shipped_sentences("en"), None).unwrap();
        let hear = |text: &str, audio_s| Hearing {
            text: text.into(),
            intent: household.understanding.exactly(text),
            audio_s,
            ..Hearing::default()
        };
        let recording = |sentence: &str| Transcribed { path: PathBuf::new(), sentence: sentence.into() };
        let recordings = ["pause", "stop", "", "", ""].map(recording);
        let heard =
            [hear("pause", 5.0), hear("", 5.0), hear("pause", 600.0), hear("", 600.0), hear("banana", 600.0)];
        let report = report(&household, &recordings, &heard);
        assert!((report.understood - 0.5).abs() < 1e-9);
        assert_eq!((report.rejected_ok, report.false_actions), (2, 1));
        assert_eq!(report.false_actions_per_hour, Some(2.0));
        let none = super::report(&household, &recordings[..2], &heard[..2]);
        assert_eq!(none.false_actions_per_hour, None);
    }
}
