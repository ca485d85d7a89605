//! Making a list of misheard names: spoken by espeak-ng, heard by PocketSphinx under a vocabulary
//! that has every word but knows no home.

use crate::audio::Resampler;
use crate::config::{Config, TtsConfig};
use crate::eval::parallel;
use crate::home::{Device, Home, Kind};
use crate::household::Household;
use crate::nlu::text;
use crate::rng::Rng;
use crate::stt::SttError;
use crate::stt::pocketsphinx::{Model, OpenVocabulary};
use crate::tts::{Espeak, Voice};
use crate::{Error, Result};

use super::Misheard;

const VOICES_EN: &[&str] = &["en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-029"];
const VOICES_FR: &[&str] = &["fr-fr", "fr-be", "fr-ch"];
const VARIANTS: &[&str] = &["", "+f2", "+f3", "+f4", "+m1", "+m3", "+m4", "+m7"];

/// Commands are said until there are enough misheard ones, but not more than this for each.
const MOST_TRIES: usize = 8;
/// Said before it is looked at whether there are enough.
const BATCH: usize = 100;

/// One command, spoken once.
struct Try {
    said: String,
    opening: Vec<String>,
    part: &'static str,
    voice: String,
    rate: u32,
    pitch: u32,
}

/// Misheard commands to the devices of a home, `count` of them if there are so many: the same for
/// the same seed, models and voices. Devices are dealt out in turn to the two parts, so that no
/// name is in both.
///
/// # Errors
/// When espeak-ng or the acoustic model is missing, or a search fails.
pub fn generate(
    config: &Config,
    home: &Home,
    household: &Household,
    count: usize,
    seed: u64,
) -> Result<Vec<Misheard>> {
    let language = household.language.as_str();
    let Some(model) = Model::find(language, &config.model_dirs)? else {
        return Err(SttError::NoEngine(format!(
            "no PocketSphinx model for `{language}`; `entrenous models` says how to get one"
        ))
        .into());
    };
    let commands = commands(home, household);
    if commands.is_empty() {
        return Err(Error::Input("this home has nothing that can be switched, opened or locked".into()));
    }
    let openings: Vec<_> = commands.iter().map(|command| command.1.clone()).collect();
    let language_model = OpenVocabulary::language_model(&model, &openings, &config.data_dir.join("names"))?;
    let mut found: Vec<Misheard> = Vec::new();
    let bar = parallel::progress("mishearing", count);
    for batch in 0..(count * MOST_TRIES).div_ceil(BATCH) {
        let tries: Vec<Try> =
            (0..BATCH).map(|i| a_try(&commands, language, seed, (batch * BATCH + i) as u64)).collect();
        let heard = parallel::map(
            "",
            &tries,
            || Ok(OpenVocabulary::new(&model, &language_model)?),
            |open, one| hear(open, one),
        )?;
        for (one, heard) in tries.iter().zip(heard) {
            let misheard = Misheard { part: one.part.into(), said: one.said.clone(), heard: heard.join(" ") };
            let is_new =
                !found.iter().any(|known| known.said == misheard.said && known.heard == misheard.heard);
            let said = text::words(&one.said, language);
            // The opening is heard right and something is left: it is the name that was misheard.
            if heard != said && heard.len() > one.opening.len() && heard.starts_with(&one.opening) && is_new {
                found.push(misheard);
            }
        }
        bar.set_position(found.len() as u64);
        if found.len() >= count {
            break;
        }
    }
    bar.finish_and_clear();
    found.truncate(count);
    found.sort_by(|a, b| (&a.part, &a.said, &a.heard).cmp(&(&b.part, &b.said, &b.heard)));
    Ok(found)
}

/// Every command that is understood as it stands, with its opening and part.
fn commands(home: &Home, household: &Household) -> Vec<(String, Vec<String>, &'static str)> {
    let language = household.language.as_str();
    let mut commands = Vec::new();
    for (index, device) in home.devices.iter().enumerate() {
        let part = if index % 2 == 0 { "choose" } else { "held" };
        for name in device.names.spoken(language) {
            for opening in openings(device, language) {
                let said = format!("{opening} {}", name.to_lowercase());
                if household.understanding.exactly(&said).is_some() {
                    commands.push((said, text::words(opening, language), part));
                }
            }
        }
    }
    commands
}

fn openings(device: &Device, language: &str) -> &'static [&'static str] {
    match (device.kind, text::is_french(language)) {
        (Kind::Light | Kind::Switch | Kind::Fan | Kind::MediaPlayer, false) => {
            &["turn on the", "turn off the", "switch off the"]
        }
        (Kind::Light | Kind::Switch | Kind::Fan | Kind::MediaPlayer, true) => &["allume", "éteins"],
        (Kind::Cover, false) => &["open the", "close the"],
        (Kind::Cover, true) => &["ouvre", "ferme"],
        (Kind::Lock, false) => &["lock the", "unlock the"],
        (Kind::Lock, true) => &["verrouille"],
        _ => &[],
    }
}

fn a_try(commands: &[(String, Vec<String>, &'static str)], language: &str, seed: u64, item: u64) -> Try {
    let mut rng = Rng::for_item(seed, item);
    let (said, opening, part) = &commands[rng.below(commands.len())];
    let voices = if text::is_french(language) { VOICES_FR } else { VOICES_EN };
    let voice = format!("{}{}", voices[rng.below(voices.len())], VARIANTS[rng.below(VARIANTS.len())]);
    Try {
        said: said.clone(),
        opening: opening.clone(),
        part,
        voice,
        rate: 130 + rng.below(80) as u32,
        pitch: 35 + rng.below(45) as u32,
    }
}

fn hear(open: &mut OpenVocabulary, one: &Try) -> Result<Vec<String>> {
    let settings = TtsConfig { engine: "espeak-ng".into(), rate: one.rate, pitch: one.pitch };
    let speech = Espeak::find(&settings)?.speak(&one.said, &one.voice)?;
    let mut samples = Vec::new();
    if let Some(mut resampler) = Resampler::new(speech.sample_rate) {
        let sound: Vec<f32> = speech.samples.iter().map(|&s| f32::from(s) / 32768.0).collect();
        resampler.push(&sound, &mut samples);
        resampler.finish(&mut samples);
    }
    Ok(open.hear(&samples)?)
}
