//! Colours, as the lights know them.

use super::Parsed;
use super::input::{Found, Input, add};

/// The name that a colour has in values, and how it is said.
struct Color {
    name: &'static str,
    en: &'static [&'static str],
    fr: &'static [&'static str],
}

const COLORS: [Color; 11] = [
    Color { name: "white", en: &["white"], fr: &["blanc", "blanche"] },
    Color { name: "black", en: &["black"], fr: &["noir", "noire"] },
    Color { name: "red", en: &["red"], fr: &["rouge"] },
    Color { name: "orange", en: &["orange"], fr: &["orange"] },
    Color { name: "yellow", en: &["yellow"], fr: &["jaune"] },
    Color { name: "green", en: &["green"], fr: &["vert", "verte"] },
    Color { name: "blue", en: &["blue"], fr: &["bleu", "bleue"] },
    Color { name: "purple", en: &["purple", "violet"], fr: &["violet", "violette", "mauve"] },
    Color { name: "pink", en: &["pink"], fr: &["rose"] },
    Color { name: "brown", en: &["brown"], fr: &["marron", "brun", "brune"] },
    Color { name: "turquoise", en: &["turquoise", "cyan"], fr: &["turquoise", "cyan"] },
];

pub(super) fn colors(input: &Input<'_>, at: usize) -> Found<Parsed> {
    let mut found = Found::new();
    for color in &COLORS {
        if let Some(end) = input.phrase(at, if input.french { color.fr } else { color.en }) {
            add(&mut found, end, Parsed::Color(color.name));
        }
    }
    found
}

/// The names that colours have in values.
pub fn names() -> impl Iterator<Item = &'static str> {
    COLORS.iter().map(|color| color.name)
}

/// How a colour is said; nothing for a name that is no colour's.
pub(super) fn say(name: &str, french: bool) -> Vec<String> {
    let color = COLORS.iter().find(|color| color.name == name);
    let said = color.map(|color| if french { color.fr } else { color.en }).unwrap_or_default();
    said.iter().map(|word| (*word).to_owned()).collect()
}
