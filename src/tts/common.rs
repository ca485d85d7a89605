//! Sentences that every household's assistant says: none holds a name, a number or a habit.

use crate::skills::words;

/// They may be kept on disk, and are made before they are needed.
#[must_use]
pub fn phrases(language: &str) -> Vec<String> {
    let words = words::of(language);
    let mut all = vec![
        words.not_understood(),
        words.failed(),
        words.no_skill(),
        words.nothing_said(),
        words.no_timer(),
        words.no_such_timer(),
        words.no_paused_timer(),
        words.no_running_timer(),
        words.timer_too_short(),
        words.own_mute(true),
        words.own_mute(false),
    ];
    let more: &[&str] = match language {
        "fr" => &["D'accord.", "C'est fait.", "Oui.", "Non.", "Désolé, quelque chose n'a pas marché."],
        _ => &["OK.", "Done.", "Yes.", "No.", "Sorry, something went wrong."],
    };
    all.extend(more.iter().map(|text| (*text).to_owned()));
    all
}
