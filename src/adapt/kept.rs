//! Commands whose sound a household asked to be kept, as far as what was said is sure.

use crate::eval::dataset::Transcribed;
use crate::heard::Entry;
use crate::sound::{Purpose, Sound};

/// Intents that take back, or correct, the command before them.
const TAKES_BACK: [&str; 3] = ["Undo", "TheOther", "Meant"];

/// The recordings of commands that were understood and not taken back, with their words. What is said in answer
/// to a question is not among them: its words alone are no command.
#[must_use]
pub fn confirmed(entries: &[Entry], sounds: &[Sound]) -> Vec<Transcribed> {
    let stands = |id: i64| {
        let place = entries.iter().position(|entry| entry.id == id && entry.locked.is_none())?;
        let taken_back =
            entries.get(place + 1).is_some_and(|next| TAKES_BACK.contains(&next.intent.as_str()));
        (!taken_back).then(|| entries[place].text.clone())
    };
    let commands = sounds.iter().filter(|sound| sound.purpose == Purpose::Commands && sound.part == 1);
    commands
        .filter_map(|sound| Some(Transcribed { path: sound.path.clone(), sentence: stands(sound.entry?)? }))
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::heard::Locked;

    #[test]
    fn only_what_stands_is_learnt_from() {
        let entry = |id, text: &str, intent: &str, locked| Entry {
            id,
            at: Timestamp::UNIX_EPOCH,
            text: text.into(),
            intent: intent.into(),
            reply: String::new(),
            locked,
        };
        let entries = [
            entry(1, "turn on the light", "HassTurnOn", None),
            entry(2, "close the blinds", "HassTurnOff", None),
            entry(3, "undo that", "Undo", None),
            entry(4, "", "HassTurnOn", Some(Locked::NoKey)),
            entry(5, "set a timer", "HassStartTimer", None),
        ];
        let sound = |purpose, entry, part| Sound {
            name: String::new(),
            at: Timestamp::UNIX_EPOCH,
            purpose,
            entry,
            part,
            path: format!("{entry:?}.{part}.wav").into(),
            bytes: 0,
        };
        let sounds = [
            sound(Purpose::Commands, Some(1), 1),
            sound(Purpose::Commands, Some(2), 1),
            sound(Purpose::Commands, Some(3), 1),
            sound(Purpose::Commands, Some(4), 1),
            sound(Purpose::Commands, Some(5), 1),
            // "For how long?" – "Ten minutes."
            sound(Purpose::Commands, Some(5), 2),
            sound(Purpose::Commands, None, 1),
            sound(Purpose::Wake, Some(1), 1),
        ];
        let found = confirmed(&entries, &sounds);
        let texts: Vec<_> = found.iter().map(|recording| recording.sentence.as_str()).collect();
        assert_eq!(texts, ["turn on the light", "undo that", "set a timer"]);
        assert_eq!(found[2].path, sounds[4].path);
    }
}
