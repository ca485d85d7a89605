//! Making a list of misheard names.
//!
//! espeak-ng says the commands in several voices and PocketSphinx hears them as phones in any order:
//! that tells which sounds are taken for which. Names are then misheard with such slips, one in
//! seven phones, and written in the words of the acoustic model's whole dictionary. (Recognising
//! the synthetic voice under an open vocabulary gave sentences that nobody could have traced back:
//! "good on that islam" for "turn on the fish tank".)

use std::fs;

use crate::config::{Config, TtsConfig};
use crate::eval::parallel;
use crate::home::{Device, Home, Kind};
use crate::household::Household;
use crate::nlu::text;
use crate::rng::Rng;
use crate::stt::SttError;
use crate::stt::pocketsphinx::{Model, PhoneLoop};
use crate::stt::vocabulary::dictionary::Dictionary;
use crate::stt::vocabulary::phones::{Phone, PhoneSet};
use crate::tts::{Espeak, Voice};
use crate::{Error, Result};

use super::Misheard;
use super::confusions::Confusions;
use super::lexicon::Lexicon;

const VOICES_EN: &[&str] = &["en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029"];
const VOICES_FR: &[&str] = &["fr-fr", "fr-be", "fr-ch"];
const VARIANTS: &[&str] = &["", "+f2", "+f3", "+f4", "+m1", "+m3", "+m4", "+m7"];

/// Commands that are spoken to count confusions.
const SPOKEN: usize = 160;
/// A name is misheard anew until it is another, but not more often.
const TRIES: u64 = 40;

/// A command that is understood as it stands.
struct Said {
    text: String,
    opening: &'static str,
    /// Words after the opening.
    name: Vec<String>,
    part: &'static str,
}

/// Misheard commands to the devices of a home, `count` of them: the same for the same seed, models
/// and voices. Devices are dealt out in turn to the two parts, so that no name is in both.
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
        let reason =
            format!("no PocketSphinx model for `{language}`; `entrenous models` lists what there is");
        return Err(SttError::NoEngine(reason).into());
    };
    let commands = commands(home, household);
    if commands.is_empty() {
        return Err(Error::Input("this home has nothing that can be switched, opened or locked".into()));
    }
    let words: Vec<String> = commands.iter().flat_map(|said| text::words(&said.text, language)).collect();
    let dictionary = Dictionary::new(&words, &model.dictionary, language)?;
    let confusions = confusions(config, &model, &dictionary, &commands, language, seed)?;
    let all = fs::read(&model.dictionary).map_err(Error::io("read", &model.dictionary))?;
    let phones = PhoneSet::of(language);
    let lexicon = Lexicon::new(&String::from_utf8_lossy(&all), phones);
    let mut found = Vec::new();
    for item in 0..count as u64 {
        let mut rng = Rng::for_item(seed, item);
        let said = &commands[rng.below(commands.len())];
        let sound = sound(&said.name, &dictionary, phones);
        let name = said.name.join(" ");
        let heard = (0..TRIES)
            .filter_map(|_| lexicon.write(&confusions.mishear(&sound, &mut rng), &mut rng))
            .map(|words| words.join(" "))
            .find(|heard| !heard.is_empty() && *heard != name);
        found.extend(heard.map(|heard| Misheard {
            part: said.part.into(),
            said: said.text.clone(),
            heard: format!("{} {heard}", said.opening),
        }));
    }
    found.sort_by(|a, b| (&a.part, &a.said, &a.heard).cmp(&(&b.part, &b.said, &b.heard)));
    Ok(found)
}

/// What the phone loop hears of commands in many voices.
fn confusions(
    config: &Config,
    model: &Model,
    dictionary: &Dictionary,
    commands: &[Said],
    language: &str,
    seed: u64,
) -> Result<Confusions> {
    let phones = PhoneSet::of(language);
    let scratch = config.data_dir.join("names");
    // Once before the workers, which write the same file.
    PhoneLoop::new(model, language, &scratch)?;
    let items: Vec<u64> = (0..SPOKEN as u64).collect();
    let heard = parallel::map(
        "listening",
        &items,
        || Ok(PhoneLoop::new(model, language, &scratch)?),
        |engine, item| {
            let mut rng = Rng::for_item(!seed, *item);
            let said = &commands[rng.below(commands.len())];
            let samples = speak(&said.text, language, &mut rng)?;
            let words = text::words(&said.text, language);
            Ok((sound(&words, dictionary, phones), engine.hear(&samples)?))
        },
    )?;
    let mut confusions = Confusions::new(phones);
    for (said, heard) in heard {
        confusions.count(phones, &said, &heard);
    }
    Ok(confusions)
}

fn sound(words: &[String], dictionary: &Dictionary, phones: &PhoneSet) -> Vec<Phone> {
    let ways = words.iter().filter_map(|word| dictionary.ways(word).first());
    ways.flatten().filter_map(|phone| phones.find(phone)).collect()
}

/// A text in a voice, at a speed and pitch by chance: 16 kHz mono.
fn speak(text: &str, language: &str, rng: &mut Rng) -> Result<Vec<i16>> {
    let voices = if text::is_french(language) { VOICES_FR } else { VOICES_EN };
    let voice = format!("{}{}", voices[rng.below(voices.len())], VARIANTS[rng.below(VARIANTS.len())]);
    let (rate, pitch) = (130 + rng.below(60) as u32, 35 + rng.below(45) as u32);
    let settings = TtsConfig { rate, pitch, ..Config::default().tts };
    Ok(Espeak::find(&settings)?.speak(text, &voice)?.for_the_ear())
}

fn commands(home: &Home, household: &Household) -> Vec<Said> {
    let language = household.language.as_str();
    let mut commands = Vec::new();
    for (index, device) in home.devices.iter().enumerate() {
        let part = if index % 2 == 0 { "choose" } else { "held" };
        for name in device.names.spoken(language) {
            let name = text::words(name, language);
            for opening in openings(device, language) {
                let text = format!("{opening} {}", name.join(" "));
                if household.understanding.exactly(&text).is_some() {
                    commands.push(Said { text, opening, name: name.clone(), part });
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
