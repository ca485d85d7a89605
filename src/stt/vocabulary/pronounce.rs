//! Pronunciations for words that the model's dictionary lacks, from espeak-ng's phonemes.

use std::io::Write;
use std::process::Stdio;

use super::phones::PhoneSet;
use crate::programs;
use crate::stt::SttError;

/// A word and its pronunciations.
pub type Pronounced = (String, Vec<Vec<String>>);

/// Whether espeak-ng can be run here.
#[must_use]
pub fn is_installed() -> bool {
    let mut version = programs::command("espeak-ng");
    version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}

/// Pronounces all words in one run of espeak-ng.
///
/// # Errors
/// When espeak-ng is not installed, or says something that maps to no phone. Both name the words.
pub fn with_espeak(words: &[&str], language: &str) -> Result<Vec<Pronounced>, SttError> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let fault =
        |reason: String| SttError::Vocabulary(format!("{reason}; it is needed to pronounce {}", list(words)));
    let spoken = run(words, language).map_err(|error| {
        fault(format!("cannot run espeak-ng ({error}); install it with `sudo apt install espeak-ng`"))
    })?;
    let lines: Vec<&str> = spoken.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.len() != words.len() {
        return Err(fault(format!("espeak-ng said {} words of {}", lines.len(), words.len())));
    }
    let phones = PhoneSet::of(language);
    words
        .iter()
        .zip(lines)
        .map(|(word, ipa)| {
            let said = phones.from_ipa(ipa).map_err(|sign| {
                SttError::Vocabulary(format!("the sound `{sign}` in `{word}` ({ipa}) is not known"))
            })?;
            if said.is_empty() {
                return Err(SttError::Vocabulary(format!("espeak-ng does not pronounce `{word}`")));
            }
            Ok(((*word).to_owned(), variants(word, &said, language)))
        })
        .collect()
}

/// A few words, in backticks.
fn list(words: &[&str]) -> String {
    let shown: Vec<_> = words.iter().take(8).map(|word| format!("`{word}`")).collect();
    let more = words.len().saturating_sub(shown.len());
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

/// espeak-ng writes one line of phonemes for each line it reads.
fn run(words: &[&str], language: &str) -> std::io::Result<String> {
    let voice = if language.starts_with("fr") { "fr" } else { "en-us" };
    let mut child = programs::command("espeak-ng")
        .args(["-q", "--ipa", "-v", voice])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let text = words.join("\n") + "\n";
    let mut stdin = child.stdin.take().ok_or_else(|| std::io::Error::other("no stdin"))?;
    // From a thread, since espeak-ng writes before it has read everything.
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output()?;
    writer.join().map_err(|_| std::io::Error::other("writing failed"))??;
    if !output.status.success() {
        return Err(std::io::Error::other(format!("it ended with {}", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// In French a mute e may be heard after a final consonant, and a silent final consonant before a
/// vowel; the model's own dictionary lists these too.
fn variants(word: &str, said: &[&str], language: &str) -> Vec<Vec<String>> {
    let plain: Vec<String> = said.iter().map(|phone| (*phone).to_owned()).collect();
    let mut ways = vec![plain.clone()];
    if !language.starts_with("fr") {
        return ways;
    }
    let mut more = |last: &str| {
        if plain.last().is_some_and(|end| end != last) {
            ways.push(plain.iter().cloned().chain([last.to_owned()]).collect());
        }
    };
    let ends_in_vowel = said.last().is_some_and(|last| PhoneSet::of(language).is_vowel(last));
    if !ends_in_vowel && (word.ends_with('e') || word.ends_with("es") || word.ends_with("ent")) {
        more("ee");
    }
    if word.ends_with(['s', 'x', 'z']) {
        more("zz");
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipa_becomes_phones_of_the_model() {
        let english = PhoneSet::of("en");
        assert_eq!(english.from_ipa("ˈɛkoʊbˌiː").unwrap().join(" "), "EH K OW B IY");
        assert_eq!(english.from_ipa("tʃˈɪldɹən").unwrap().join(" "), "CH IH L D R AH N");
        let french = PhoneSet::of("fr");
        assert_eq!(french.from_ipa("minytˈœʁ").unwrap().join(" "), "mm ii nn uu tt oe rr");
        assert_eq!(french.from_ipa("etˈɛ̃").unwrap().join(" "), "ei tt in");
        // English words are marked as such by the French voice.
        assert_eq!(french.from_ipa("(en)ˈɒfɪs(fr)").unwrap().join(" "), "oo ff ii ss");
        assert_eq!(english.from_ipa("ʘ"), Err('ʘ'));
    }

    #[test]
    fn espeak_and_the_tables_agree_on_every_sound() {
        if programs::command("espeak-ng").arg("--version").output().is_err() {
            println!("skipped: espeak_and_the_tables_agree_on_every_sound: espeak-ng is not installed");
            return;
        }
        let english = [
            "ecobee",
            "thermostat",
            "vision",
            "measure",
            "choir",
            "yellow",
            "journey",
            "boil",
            "around",
            "thin",
            "this",
            "singing",
            "button",
            "little",
            "loch",
            "uber",
            "genre",
            "schedule",
            "hvac",
        ];
        let french = [
            "minuteur",
            "éteins",
            "déverrouille",
            "brun",
            "montagne",
            "huit",
            "oui",
            "feu",
            "œuf",
            "garage",
            "parking",
            "week-end",
            "bonne",
            "côte",
            "chien",
            "lundi",
            "wifi",
            "sandwich",
            "d'",
            "l'",
        ];
        for (language, words) in [("en", &english[..]), ("fr", &french[..])] {
            let phones = PhoneSet::of(language);
            for (word, ways) in with_espeak(words, language).unwrap() {
                assert!(!ways.is_empty(), "{word}");
                let known = ways.iter().flatten().all(|phone| phones.find(phone).is_some());
                assert!(known, "{word}: {ways:?}");
            }
        }
    }

    #[test]
    fn a_mute_e_may_be_heard_in_french() {
        let ways = variants("allumes", &["aa", "ll", "uu", "mm"], "fr");
        let ways: Vec<_> = ways.iter().map(|way| way.join(" ")).collect();
        assert_eq!(ways, ["aa ll uu mm", "aa ll uu mm ee", "aa ll uu mm zz"]);
        assert_eq!(variants("ecobee", &["EH"], "en").len(), 1);
    }
}
