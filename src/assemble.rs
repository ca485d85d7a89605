//! Building the ear and the mind from a configuration: the one place where `run`, `replay` and
//! `eval` choose engines, so that they cannot choose differently.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::Result;
use crate::clock::Clock;
use crate::config::Config;
use crate::ear::{Ear, Judge};
use crate::heard::Kept;
use crate::home::backend::Wiring;
use crate::household::Household;
use crate::lock::Lock;
use crate::mind::Mind;
use crate::plugin::{Hosting, Places};
use crate::store::Store;
use crate::stt::vocabulary::completeness::Prefixes;
use crate::stt::{self, Scope, SpeechToText};
use crate::vad::Completeness;
use crate::wake;

/// What was chosen, in one plain line each, for people to read.
pub type Choices = Vec<String>;

/// Where compiled vocabularies are kept.
#[must_use]
pub fn cache(config: &Config) -> PathBuf {
    config.data_dir.join("cache")
}

/// Where the adaptation of a configuration's language is, or would be (`entrenous adapt`).
#[must_use]
pub fn adaptation(config: &Config) -> PathBuf {
    config.data_dir.join("adapted").join(format!("{}.mllr", config.language))
}

/// The adaptation to the household, where there is one.
#[must_use]
pub fn adapted(config: &Config) -> Option<PathBuf> {
    Some(adaptation(config)).filter(|path| path.exists())
}

/// The recogniser that the configuration asks for.
///
/// # Errors
/// When no engine can run here, or a model is damaged.
pub fn stt(config: &Config, household: &Household) -> Result<(Box<dyn SpeechToText>, String)> {
    let cache = cache(config);
    let (commands, answers) = (household.grammar(), household.answers.grammar());
    let adapted = adapted(config);
    let (language, adapted) = (&config.language, adapted.as_deref());
    Ok(stt::build(&config.stt, &config.model_dirs, language, commands, answers, &cache, adapted)?)
}

/// The ear, with or without wake words.
///
/// # Errors
/// When an engine cannot run here.
pub fn ear(config: &Config, household: &Household, with_wake: bool) -> Result<(Ear, Choices)> {
    let mut choices = Choices::new();
    let mut stages = Vec::new();
    if with_wake {
        let (built, choice) = wake::build(&config.wake, &config.model_dirs, &config.data_dir)?;
        stages = built;
        choices.push(choice);
    }
    let (engine, choice) = stt(config, household)?;
    choices.push(choice);
    for stage in &mut stages {
        // The usual language is nothing special to ask for.
        stage.address.language.take_if(|language| *language == config.language);
    }
    let mut ear = Ear::new(stages, config.endpoint, engine)
        .judging(judge(household))
        .hearing_follow_ups_for(Duration::from_secs(config.dialogue.context_s));
    if with_wake {
        for other in &household.others {
            let (engine, choice) = stt(&config.speaking(&other.language), other)?;
            choices.push(format!("after a wake word for `{}`: {choice}", other.language));
            ear.hear_language(&other.language, engine, Some(judge(other)));
        }
    }
    Ok((ear, choices))
}

/// Tells the ear whether words are all that there is to say, so that it knows how long to wait.
#[must_use]
pub fn judge(household: &Household) -> Judge {
    let commands = Prefixes::new(household.grammar());
    let answers = Prefixes::new(household.answers.grammar());
    Box::new(move |scope, text| match scope {
        Scope::Commands | Scope::Fresh => commands.judge(text),
        // A command may be said instead; what is neither may be anything.
        Scope::Answers(_) => {
            answers.begun(text).or_else(|| commands.begun(text)).unwrap_or(Completeness::MayContinue)
        }
    })
}

/// How plugins are run: by the daemon before they are needed (`eager`), else when they are.
#[must_use]
pub fn hosting(config: &Config, eager: bool) -> Hosting {
    Hosting {
        places: Places::new(&config.data_dir, &config.plugins, eager),
        patience: Duration::from_millis(config.plugins.patience_ms),
    }
}

/// What the real devices of a household are reached by; `lock` opens what is sealed. A replay and an
/// evaluation have none: there every device is simulated, whatever the home file says.
#[must_use]
pub fn wiring(config: &Config, lock: Option<Lock>) -> Wiring {
    Wiring {
        mqtt: config.mqtt.clone(),
        homeassistant: config.homeassistant.clone(),
        lock,
        answer: Duration::from_millis(config.home.answer_ms),
    }
}

/// The mind of a household.
///
/// # Errors
/// When the store cannot be read.
pub fn mind(household: Household, store: Box<dyn Store>, clock: Arc<dyn Clock>) -> Result<Mind> {
    Mind::new(household, store, clock)
}

/// What is kept of commands, for those who ask for it by voice.
#[must_use]
#[cfg(feature = "sqlite")]
pub fn heard(config: &Config, lock: Option<Lock>) -> Option<Box<dyn Kept>> {
    use crate::heard::Place;

    let data = || config.data_dir.clone();
    let place = Place::new(data(), config.privacy.keep_hours);
    let sound = || (!config.privacy.keep_sound.is_empty()).then(|| Place::of_sound(data()));
    Some(Box::new(place.or_else(sound)?.locked_by(lock)))
}

/// Without `sqlite` nothing is kept.
#[must_use]
#[cfg(not(feature = "sqlite"))]
pub fn heard(_config: &Config, _lock: Option<Lock>) -> Option<Box<dyn Kept>> {
    None
}
