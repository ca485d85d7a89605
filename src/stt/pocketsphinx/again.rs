//! The same sound once more, a little slower and a little faster: what was said is heard again, what was
//! only read into a sound is not.
//!
//! A recogniser that knows nothing but a household's sentences finds one in whatever it hears. Which one
//! depends on chance where the sound does not say it, and a change of speed, with it of pitch, is enough
//! to draw another. (Perturbing the speed is known from training: Ko et al. 2015, "Audio augmentation for
//! speech recognition", with factors of 0.9 and 1.1.)

use std::ffi::CStr;

use super::decode::Tuning;
use super::ffi::{Decoder, Setting};
use crate::audio::Resampler;
use crate::stt::vocabulary::compiled::Compiled;
use crate::stt::vocabulary::dictionary::Dictionary;
use crate::stt::vocabulary::phones::{Phone, PhoneSet};

/// Rates in Hz that the sound is taken to have, to be heard at 94 and at 106 % of its speed.
pub const SLOWER: u32 = 15_040;
pub const FASTER: u32 = 16_960;

/// The name of a quick search for words: one pass with narrow beams. It hears what is said clearly in half
/// of the time; weak voices it may lose.
pub const QUICK: &CStr = c"quick";

/// Makes the quick search.
pub fn prepare(decoder: &mut Decoder, compiled: &Compiled, tuning: &Tuning) -> Result<(), String> {
    decoder.set_beams(tuning.quick_beams)?;
    decoder.set(&Setting::Int(c"-fwdflat", 0))?;
    decoder.add_language_model(QUICK, &compiled.words_file)?;
    decoder.set(&Setting::Int(c"-fwdflat", 1))
}

/// The words that a search hears in 16 kHz sound as if it had been recorded at `rate`.
pub fn hear(decoder: &mut Decoder, search: &CStr, samples: &[i16], rate: u32) -> Result<Vec<String>, String> {
    decoder.decode(search, &at_rate(samples, rate)?)?;
    Ok(decoder.best().map(|best| best.words).unwrap_or_default())
}

/// 16 kHz sound, as if it had been recorded at `rate`.
///
/// # Errors
/// When there is no such rate.
fn at_rate(samples: &[i16], rate: u32) -> Result<Vec<i16>, String> {
    let resampler = Resampler::new(rate).ok_or_else(|| format!("sound cannot have {rate} Hz"))?;
    Ok(resampler.whole(samples))
}

/// How alike two rows of words sound, 0–1: one less what the cheapest way from one's phones to the other's
/// costs, of what leaving out all phones of the longer one would.
#[must_use]
pub fn alike(phones: &PhoneSet, dictionary: &Dictionary, one: &[String], other: &[String]) -> f64 {
    let spell = |words: &[String]| -> Vec<Phone> {
        let usual = words.iter().filter_map(|word| dictionary.ways(word).first());
        usual.flatten().filter_map(|phone| phones.find(phone)).collect()
    };
    let (one, other) = (spell(one), spell(other));
    let all = |row: &[Phone]| row.iter().map(|&phone| phones.missing(phone)).sum::<f32>();
    let whole = all(&one).max(all(&other));
    if whole <= 0.0 {
        return 0.0;
    }
    // A row of the table of edit distances, by how much of `other` is there.
    let mut costs: Vec<f32> = (0..=other.len()).map(|end| all(&other[..end])).collect();
    for &phone in &one {
        let mut next = vec![costs[0] + phones.missing(phone)];
        for (place, &against) in other.iter().enumerate() {
            let exchange =
                phones.substitution(phone, against).min(phones.substitution(against, phone)) + costs[place];
            let leave = costs[place + 1] + phones.missing(phone);
            let add = next[place] + phones.missing(against);
            next.push(exchange.min(leave).min(add));
        }
        costs = next;
    }
    f64::from(1.0 - costs[other.len()] / whole).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sounds_alike_is_alike() {
        let dictionary =
            Dictionary::from_text("two T UW\ntoo T UW\nlight L AY T\nnight N AY T\nbanana B AH N AE N AH\n");
        let row = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let phones = PhoneSet::of("en");
        let alike = |one: &str, other: &str| alike(phones, &dictionary, &row(one), &row(other));
        assert!((alike("two light", "too light") - 1.0).abs() < 1e-6);
        let near = alike("light", "night");
        assert!(near > 0.5 && near < 1.0, "{near}");
        assert!(alike("light", "banana") < near);
        assert!((alike("light", "night") - alike("night", "light")).abs() < 1e-6);
        assert!(alike("two", "two light") < 0.7);
        for (one, other) in [("", ""), ("light", ""), ("", "light"), ("unknown", "light")] {
            assert!(alike(one, other) <= 0.0, "{one} {other}");
        }
    }

    #[test]
    fn slower_is_longer_and_lower() {
        let tone: Vec<i16> = (0..16_000).map(|i| ((f64::from(i) * 0.4).sin() * 9000.0) as i16).collect();
        let crossings = |samples: &[i16]| samples.windows(2).filter(|w| (w[0] < 0) != (w[1] < 0)).count();
        for rate in [SLOWER, FASTER] {
            let changed = at_rate(&tone, rate).unwrap();
            let longer = changed.len() as f64 / tone.len() as f64;
            assert!((longer - 16_000.0 / f64::from(rate)).abs() < 0.01, "{longer}");
            // As many waves in another time.
            assert!(crossings(&changed).abs_diff(crossings(&tone)) < 20);
        }
        assert!(at_rate(&tone, 0).is_err());
    }
}
