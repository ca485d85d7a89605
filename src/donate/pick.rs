//! Choosing among commands whose sound is kept: each is listened to, and taken only if so chosen.

use std::io::Write;
use std::path::PathBuf;

use jiff::Timestamp;

use super::session::{Choice, Chooser, Outcome};
use super::{Shelf, sentence, sound, words};
use crate::Result;
use crate::audio::{load, samples_to_ms};
use crate::heard::Entry;
use crate::sound::{Purpose, Sound};

/// A recording, and what was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub file: PathBuf,
    pub sentence: String,
}

/// What can be chosen: commands whose words are known and are all in one recording.
#[must_use]
pub fn offers(entries: &[Entry], sounds: &[Sound]) -> Vec<Offer> {
    let offer = |entry: &Entry| {
        let mut own =
            sounds.iter().filter(|sound| sound.purpose == Purpose::Commands && sound.entry == Some(entry.id));
        let (Some(only), None) = (own.next(), own.next()) else { return None };
        Some(Offer { file: only.path.clone(), sentence: sentence(&entry.text).ok()? })
    };
    entries.iter().filter_map(offer).collect()
}

/// What a session of choosing is made of.
pub struct Picking<'a> {
    pub out: &'a mut dyn Write,
    pub chooser: &'a mut dyn Chooser,
    pub play: &'a dyn Fn(&[i16]) -> Result<()>,
    /// Opens the shelf for each that is taken, so that meanwhile others can be withdrawn.
    pub open: &'a dyn Fn() -> Result<Shelf>,
    pub now: &'a dyn Fn() -> Timestamp,
    pub locale: &'a str,
    pub french: bool,
}

impl Picking<'_> {
    /// Goes through the offers, without those that were taken before.
    ///
    /// # Errors
    /// When a recording cannot be read, played or kept.
    pub fn go(&mut self, offers: &[Offer]) -> Result<Outcome> {
        let mut outcome = Outcome::default();
        for (at, Offer { file, sentence }) in offers.iter().enumerate() {
            let sound = load(file)?;
            let voice = sound::voice(&sound).map_or(&sound[..], |voice| &sound[voice]);
            let ms = samples_to_ms(voice.len() as u64);
            let taken =
                (self.open)()?.index.donations.iter().any(|it| it.sentence == *sentence && it.ms == ms);
            if taken {
                continue;
            }
            writeln!(self.out, "\n{} / {}\n\n    {sentence}\n", at + 1, offers.len())?;
            if let Err(fault) = sound::check(voice) {
                writeln!(self.out, "{}", words::fault(fault, self.french))?;
                outcome.skipped += 1;
                continue;
            }
            match self.choose(voice)? {
                (heard, Choice::Keep) => {
                    let number = (self.open)()?.add(voice, sentence, self.locale, heard, (self.now)())?;
                    outcome.kept.push(number);
                }
                (_, Choice::Quit) => break,
                _ => outcome.skipped += 1,
            }
        }
        Ok(outcome)
    }

    /// Whether it was listened to, and what was chosen.
    fn choose(&mut self, voice: &[i16]) -> Result<(bool, Choice)> {
        let mut heard = false;
        loop {
            writeln!(
                self.out,
                "{}",
                if self.french {
                    "Est-ce exactement ce qui est dit ? [é]couter, [g]arder, [p]asser, [q]uitter ?"
                } else {
                    "Is this exactly what is said? [l]isten, [k]eep, [s]kip, [q]uit?"
                }
            )?;
            self.out.flush()?;
            let Some(answer) = self.chooser.choose()? else { return Ok((heard, Choice::Quit)) };
            match Choice::of(&answer, self.french) {
                Some(Choice::Listen) => {
                    (self.play)(voice)?;
                    heard = true;
                }
                Some(Choice::Again) | None => {}
                Some(choice) => return Ok((heard, choice)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::{fs, io};

    use super::*;
    use crate::audio::wav;
    use crate::testing::{silence, syllables};

    struct Answers(VecDeque<&'static str>);

    impl Chooser for Answers {
        fn choose(&mut self) -> io::Result<Option<String>> {
            Ok(self.0.pop_front().map(str::to_owned))
        }
    }

    #[test]
    fn each_is_listened_to_and_taken_once() {
        let folder = tempfile::tempdir().unwrap();
        let commands = folder.path().join("sound/commands");
        fs::create_dir_all(&commands).unwrap();
        let said = [silence(500), syllables(1_500), silence(500)].concat();
        let times =
            ["2026-11-26_10-00-00+0000_1", "2026-11-26_10-01-00+0000_2", "2026-11-26_10-02-00+0000_3"];
        for time in times {
            wav::write(&commands.join(format!("{time}.wav")), &said, 16_000).unwrap();
        }
        // Two recordings, one text: nobody knows what is said in which.
        wav::write(&commands.join("2026-11-26_10-02-00+0000_3.2.wav"), &said, 16_000).unwrap();
        let sounds = crate::sound::Shelf::of(folder.path()).all().unwrap();
        let entry = |id, text: &str| Entry {
            id,
            at: Timestamp::UNIX_EPOCH,
            text: text.into(),
            intent: String::new(),
            reply: String::new(),
            locked: None,
        };
        let entries =
            [entry(1, "open the blind"), entry(2, "close it"), entry(3, "unlock; yes"), entry(4, "typed")];
        let offers = offers(&entries, &sounds);
        assert_eq!(offers.len(), 2);
        let played = std::cell::Cell::new(0);
        let go = |answers: &[&'static str]| {
            let mut out = Vec::new();
            let mut picking = Picking {
                out: &mut out,
                chooser: &mut Answers(answers.iter().copied().collect()),
                play: &|_| {
                    played.set(played.get() + 1);
                    Ok(())
                },
                open: &|| Shelf::change(folder.path()),
                now: &|| Timestamp::UNIX_EPOCH,
                locale: "en",
                french: false,
            };
            (picking.go(&offers).unwrap(), String::from_utf8(out).unwrap())
        };
        let (outcome, shown) = go(&["l", "k", "s"]);
        assert!(shown.contains("open the blind") && shown.contains("close it"), "{shown}");
        assert_eq!((outcome.kept, outcome.skipped, played.get()), (vec![1], 1, 1), "{shown}");
        let (outcome, shown) = go(&["keep"]);
        assert!(!shown.contains("open the blind"), "it was taken before: {shown}");
        assert_eq!(outcome.kept, [2]);
        let shelf = Shelf::look(folder.path()).unwrap();
        assert!(shelf.donation(1).unwrap().heard && !shelf.donation(2).unwrap().heard);
    }
}
