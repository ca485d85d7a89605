//! What `run` and `listen` share: the house on this machine's microphone and speaker.

use std::io;

use crate::Result;
use crate::config::Config;
use crate::daemon::sealed::Recipe;
use crate::event::Event;
#[cfg(feature = "audio")]
use crate::lock::Lock;

/// Assembles the house, lives until SIGINT or SIGTERM, and shows every event to `watch`. With a recipe
/// the ear is a sealed process.
///
/// # Errors
/// When the house cannot be assembled, or a part of it dies.
#[cfg(feature = "audio")]
pub(super) fn run(
    config: &Config,
    sealed: Option<Recipe>,
    watch: &mut dyn FnMut(&Event) -> io::Result<()>,
) -> Result<()> {
    crate::daemon::run(assemble(config, false, sealed)?, &stop_on_signals()?, watch)
}

#[cfg(not(feature = "audio"))]
pub(super) fn run(
    _config: &Config,
    _sealed: Option<Recipe>,
    _watch: &mut dyn FnMut(&Event) -> io::Result<()>,
) -> Result<()> {
    Err(crate::audio::AudioError::NotBuilt.into())
}

/// What keeps the history of commands and, with a desk, their sound.
#[cfg(all(feature = "audio", feature = "sqlite"))]
fn history(
    config: &Config,
    lock: Option<Lock>,
    desk: Option<crate::sound::Desk>,
    clock: &std::sync::Arc<dyn crate::clock::Clock>,
) -> Result<Option<Box<dyn crate::daemon::History>>> {
    let log = log(config, lock)?;
    if log.is_none() && desk.is_none() {
        return Ok(None);
    }
    Ok(Some(Box::new(crate::heard::Keeper::new(log, desk, std::sync::Arc::clone(clock)))))
}

/// With nothing to be kept, what was kept before is deleted.
#[cfg(all(feature = "audio", feature = "sqlite"))]
fn log(config: &Config, lock: Option<Lock>) -> Result<Option<crate::heard::Log>> {
    let keep = config.privacy.keep_hours;
    if keep == 0 && !crate::heard::file_in(&config.data_dir).exists() {
        return Ok(None);
    }
    let mut log = crate::heard::Log::open(&config.data_dir, keep)?;
    if keep == 0 {
        log.erase_all()?;
        return Ok(None);
    }
    let log = log.locked_by(lock)?;
    if log.counts()?.encrypted > 0
        && let Err(error) = log.check_key()
    {
        eprintln!("what is kept of what was said stays locked: {error}");
    }
    Ok(Some(log))
}

#[cfg(all(feature = "audio", not(feature = "sqlite")))]
fn history(
    _config: &Config,
    _lock: Option<Lock>,
    _desk: Option<crate::sound::Desk>,
    _clock: &std::sync::Arc<dyn crate::clock::Clock>,
) -> Result<Option<Box<dyn crate::daemon::History>>> {
    Ok(None)
}

/// Opens the household's key, where it has one: while somebody may be there to type, and files elsewhere can
/// be read. Without it the house lives on, with no history and without what is sealed.
#[cfg(feature = "audio")]
fn unlock(config: &Config) -> Option<Lock> {
    let lock = Lock::of(config)?;
    match lock.key() {
        Ok(_) => eprintln!("what is kept of what is said is encrypted"),
        Err(error) => {
            eprintln!("nothing that is said is kept, and no sealed secret can be used: {error}");
        }
    }
    Some(lock)
}

/// What keeps sound, where the household has asked for it, and a line for each purpose. What was kept for one that
/// is over is deleted, and what an earlier ear has left.
#[cfg(feature = "audio")]
fn desk(config: &Config, today: jiff::civil::Date) -> Result<(Option<crate::sound::Desk>, Vec<String>)> {
    use crate::sound::{Desk, Purpose, Shelf, pool};

    let (plan, shelf) = (config.privacy.keep_sound, Shelf::of(&config.data_dir));
    pool::clear(shelf.folder()).map_err(crate::Error::io("tidy", shelf.folder()))?;
    shelf.expire(&plan, today)?;
    if cfg!(not(feature = "sqlite")) && !plan.is_empty() {
        return Ok((None, vec!["no sound is kept: this program was built without `sqlite`".into()]));
    }
    let line = |purpose: Purpose| {
        let (name, until) = (purpose.name(), plan.until(purpose)?);
        let folder = shelf.folder().join(name);
        Some(if plan.on(today).has(purpose) {
            format!("sound is kept for `{name}` until the end of {until}, in {}", folder.display())
        } else {
            format!(
                "no sound is kept for `{name}` any more: {until} is over; take it out of [privacy.keep_sound]"
            )
        })
    };
    let lines = Purpose::ALL.into_iter().filter_map(line).collect();
    Ok(((!plan.is_empty()).then(|| Desk::new(shelf.clone(), plan)), lines))
}

/// Locks this process in, where it starts no programs of the household's own, and says how far it reaches.
#[cfg(feature = "audio")]
fn confine(
    config: &Config,
    household: &crate::household::Household,
) -> Result<Option<crate::privacy::reach::Reach>> {
    use crate::privacy::reach::Reach;
    use crate::sandbox::{SandboxError, mind};

    let data = &config.data_dir;
    crate::store::private::folder(data).map_err(crate::Error::io("make", data))?;
    let reach = Reach::of(config, household);
    if let Reach::Confined(allowed) = &reach {
        match mind::confine(allowed) {
            Ok(()) => {}
            Err(error @ SandboxError::NoLandlock) => {
                eprintln!("the assistant is not confined: {error}");
                return Ok(None);
            }
            Err(error) => {
                return Err(crate::Error::Stopped(format!("the assistant cannot be confined: {error}")));
            }
        }
    }
    eprintln!("the assistant is {}", reach.line(config));
    Ok(Some(reach))
}

/// The parts, and on standard error what was chosen.
#[cfg(feature = "audio")]
pub(super) fn assemble(
    config: &Config,
    levels: bool,
    sealed: Option<Recipe>,
) -> Result<crate::daemon::Parts> {
    use std::sync::Arc;

    use crate::audio::{Loudspeaker, Microphone};
    use crate::clock::{Clock, SystemClock};
    use crate::daemon::hears::{Hears, Here};
    use crate::daemon::reload::{Files, Watch};
    use crate::daemon::sealed::Sealed;
    use crate::household::Household;
    use crate::sound::Purposes;
    use crate::{assemble, store, tts};

    // In this order: what changes while the house is read is seen as a change.
    let files = Files::of(config);
    let household = Household::load(config)?;
    let language = household.language.clone();
    let elsewhere = sealed.is_some();
    let lock = unlock(config);
    // Before there are threads. What is started from here on inherits it.
    let reach = if elsewhere { confine(config, &household)? } else { None };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    // Only a sealed ear keeps sound.
    let (desk, sounds) = if elsewhere { desk(config, clock.now().date())? } else { (None, Vec::new()) };
    let keep = desk.as_ref().map_or(Purposes::NONE, |desk| desk.keeps(&clock.now()));
    // It loads its models while the rest is made ready here.
    let sealed = sealed.map(|recipe| Sealed::new(recipe, keep));
    let (voice, spoken) = tts::build(config)?;
    let (store, kept) = store::open(&config.data_dir)?;
    let (hears, mut choices): (Box<dyn Hears>, _) = if let Some(mut sealed) = sealed {
        let choices = sealed.made(|| eprintln!("loading what is needed to hear …"))?;
        (Box::new(sealed), choices)
    } else {
        let (mut ear, choices) = assemble::ear(config, &household, true)?;
        ear.report_levels(levels);
        (Box::new(Here::new(Box::new(Microphone::new(&config.audio)), ear)), choices)
    };
    choices.extend([spoken, kept]);
    choices.extend(sounds);
    for choice in choices {
        eprintln!("{choice}");
    }
    let watch = Watch::new(config, files, &household)?.heard_elsewhere(elsewhere).confined_to(reach);
    let mut mind = assemble::mind(household, store, Arc::clone(&clock))?;
    mind.connect(assemble::wiring(config, lock.clone()))?;
    mind.host(assemble::hosting(config, true))?;
    mind.mute_by(config.privacy.mute.clone(), config.privacy.switch.clone().map(crate::mute::Switch::watch));
    let history = history(config, lock.clone(), desk, &clock)?;
    mind.remember_by(assemble::heard(config, lock));
    let volume = mind.volume()?.map_or(config.audio.volume, |percent| f32::from(percent) / 100.0);
    Ok(crate::daemon::Parts {
        hears,
        mind: Box::new(mind),
        voice,
        speaker: Box::new(Loudspeaker::new(&config.audio)),
        clock,
        language,
        cues: config.audio.cues.clone(),
        volume,
        quiet: config.tts.quiet,
        signs: crate::signs::Signs::start(&config.signs),
        history,
        news: Some(Box::new(watch)),
    })
}

/// Becomes true at the first SIGINT or SIGTERM; a second one ends the process at once.
#[cfg(feature = "audio")]
pub(super) fn stop_on_signals() -> Result<std::sync::Arc<std::sync::atomic::AtomicBool>> {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::flag;

    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal sets what the second one then finds.
        flag::register_conditional_default(signal, Arc::clone(&stop))?;
        flag::register(signal, Arc::clone(&stop))?;
    }
    Ok(stop)
}
