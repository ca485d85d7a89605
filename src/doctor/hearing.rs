//! The assistant speaks to itself: voice, recogniser and understanding in one go, with the time
//! that each takes.

use std::time::{Duration, Instant};

use super::Finding;
use crate::audio::{Resampler, ms_to_samples};
use crate::config::Config;
use crate::household::Household;
use crate::stt::{self, SpeechToText, Transcript};
use crate::tts::{self, Speech, Voice};

/// What people wait for an answer without wondering.
const PROMPT: Duration = Duration::from_millis(1500);

/// What it says to itself, which the shipped sentences contain.
fn sentence(language: &str) -> &'static str {
    if language == "fr" { "quelle heure est-il" } else { "what time is it" }
}

/// The voice it speaks to itself with. PocketSphinx hears espeak's plain voices as noise, at any
/// pitch and speed; the English female variant it understands, the French one now and then.
fn variant(language: &str) -> &'static str {
    if language == "fr" { "fr+f5" } else { "en-us+f2" }
}

/// `sounding` says whether a microphone and a speaker work, for a try through the air.
pub fn examine(config: &Config, household: Option<&Household>, sounding: bool) -> Vec<Finding> {
    let (voice, mut findings) = voice(config);
    let Some(household) = household else { return findings };
    let (recogniser, finding) = recogniser(config, household);
    findings.push(finding);
    if let (Some((voice, took)), Some(mut engine)) = (voice, recogniser) {
        findings.push(self_test(household, &voice, took, engine.as_mut()));
        #[cfg(feature = "audio")]
        if sounding {
            findings.push(loop_test(config, household, &voice, engine.as_mut()));
        }
        #[cfg(not(feature = "audio"))]
        let _ = sounding;
    }
    findings
}

/// What the voice says, and how long it took.
fn voice(config: &Config) -> (Option<(Speech, Duration)>, Vec<Finding>) {
    let check = "voice";
    let (mut voice, choice): (Box<dyn Voice>, String) = match tts::build(config) {
        Ok(built) => built,
        Err(error) => return (None, vec![Finding::error(check, error)]),
    };
    if voice.is_silent() && config.tts.engine == "none" {
        return (None, vec![Finding::ok(check, choice)]);
    }
    if voice.is_silent() {
        let mend = "install one with `sudo apt install espeak-ng`";
        return (None, vec![Finding::warning(check, "answers are shown, not spoken", mend)]);
    }
    let start = Instant::now();
    match voice.speak(sentence(&config.language), variant(&config.language)) {
        Ok(speech) => {
            let said = format!("{} speaks `{}`", voice.name(), config.language);
            (Some((speech, start.elapsed())), vec![Finding::ok(check, said)])
        }
        Err(error) => (None, vec![Finding::error(check, error)]),
    }
}

fn recogniser(config: &Config, household: &Household) -> (Option<Box<dyn SpeechToText>>, Finding) {
    let check = "recogniser";
    let start = Instant::now();
    // Kept apart from the assistant's own cache, which another process may be reading.
    let cache = config.data_dir.join("cache/doctor");
    if let Err(error) = crate::store::private::folder(&cache) {
        let message = format!("not tried: `{}` cannot be made ({error})", cache.display());
        return (None, Finding::fault(check, message, "mend the data folder first"));
    }
    let (commands, answers) = (household.grammar(), household.answers.grammar());
    let adapted = crate::assemble::adapted(config);
    let (language, adapted) = (&config.language, adapted.as_deref());
    match stt::build(&config.stt, &config.model_dirs, language, commands, answers, &cache, adapted) {
        Ok((engine, what)) => {
            (Some(engine), Finding::ok(check, format!("{what}; ready after {}", ms(start.elapsed()))))
        }
        Err(error) => (None, Finding::error(check, error)),
    }
}

/// Voice → recogniser → intent, inside the program.
fn self_test(
    household: &Household,
    speech: &Speech,
    voice_took: Duration,
    engine: &mut dyn SpeechToText,
) -> Finding {
    let check = "self-test";
    let Some(samples) = at_16_khz(speech) else {
        return Finding::fault(
            check,
            format!("the voice speaks at {} Hz", speech.sample_rate),
            "reinstall it",
        );
    };
    let start = Instant::now();
    let transcript = match engine.transcribe(&samples) {
        Ok(transcript) => transcript,
        Err(error) => return Finding::error(check, error),
    };
    let hearing_took = start.elapsed();
    let start = Instant::now();
    let understood = understood(household, &transcript);
    let times = format!(
        "spoken in {}, heard in {}, understood in {}",
        ms(voice_took),
        ms(hearing_took),
        ms(start.elapsed())
    );
    match understood {
        Ok(()) if hearing_took > PROMPT => Finding::warning(
            check,
            format!("understood itself; {times}"),
            "that is slow: take a smaller Whisper model, or `stt.engine = \"pocketsphinx\"`",
        ),
        Ok(()) => Finding::ok(check, format!("understood itself; {times}")),
        // A synthetic voice is harder than a person: no reason to think that nothing works.
        Err(reason) => Finding::warning(
            check,
            format!("did not understand its own voice ({reason}); {times}"),
            "try a person's voice with `entrenous listen`, or a recording with `entrenous replay --no-wake`",
        ),
    }
}

/// Speaker → room → microphone → recogniser → intent.
#[cfg(feature = "audio")]
fn loop_test(
    config: &Config,
    household: &Household,
    speech: &Speech,
    engine: &mut dyn SpeechToText,
) -> Finding {
    let check = "loop";
    let heard = match super::sound::through_the_air(config, speech) {
        Ok(heard) => heard,
        Err(error) => return Finding::error(check, error),
    };
    let understood = engine
        .transcribe(&heard)
        .map_err(|error| error.to_string())
        .and_then(|transcript| understood(household, &transcript));
    match understood {
        Ok(()) => Finding::ok(check, "the microphone heard the speaker, and it was understood"),
        Err(reason) => Finding::warning(
            check,
            format!("what the microphone heard of the speaker was not understood ({reason})"),
            "with headphones that is as it should be; else bring them nearer or turn the volume up",
        ),
    }
}

fn understood(household: &Household, transcript: &Transcript) -> Result<(), String> {
    let expected = household.understanding.exactly(sentence(&household.language));
    let Some(expected) = expected else {
        return Err(format!("your sentences do not hold `{}`", sentence(&household.language)));
    };
    if let Some(reason) = &transcript.rejected {
        return Err(reason.clone());
    }
    match household.understanding.exactly(&transcript.text) {
        Some(intent) if intent.intent == expected.intent => Ok(()),
        _ => Err(format!("it heard `{}`", transcript.text)),
    }
}

/// The house's samples, with the quiet around them that an utterance has.
fn at_16_khz(speech: &Speech) -> Option<Vec<i16>> {
    let mut samples = vec![0; ms_to_samples(300) as usize];
    let mut resampler = Resampler::new(speech.sample_rate)?;
    let sound: Vec<f32> = speech.samples.iter().map(|&sample| f32::from(sample) / 32768.0).collect();
    resampler.push(&sound, &mut samples);
    resampler.finish(&mut samples);
    samples.resize(samples.len() + ms_to_samples(300) as usize, 0);
    Some(samples)
}

fn ms(time: Duration) -> String {
    format!("{:.0} ms", time.as_secs_f64() * 1000.0)
}
