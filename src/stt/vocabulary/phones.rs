//! The sounds of the acoustic models, how espeak-ng writes them, and how alike they are.
//!
//! Each model has its own names: English `ARPAbet` without stress (CMUdict), French those of the LIUM
//! dictionary. Places of articulation follow the IPA chart.

/// A phone's number in its [`PhoneSet`].
pub type Phone = u8;

/// How a phone is made. Numbers run from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sound {
    /// Close to open, front to back, rounded, nasal.
    Vowel { open: f32, back: f32, round: f32, nasal: f32 },
    /// Lips to throat, how, voiced.
    Consonant { place: f32, manner: Manner, voiced: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Stop,
    Affricate,
    Fricative,
    Nasal,
    /// l, r, w, j and their like: between vowels and consonants.
    Glide,
}

const fn v(open: f32, back: f32, round: f32) -> Sound {
    Sound::Vowel { open, back, round, nasal: 0.0 }
}

const fn nv(open: f32, back: f32, round: f32) -> Sound {
    Sound::Vowel { open, back, round, nasal: 1.0 }
}

const fn c(place: f32, manner: Manner, voiced: bool) -> Sound {
    Sound::Consonant { place, manner, voiced }
}

/// The phones of one language's acoustic model.
#[derive(Debug)]
pub struct PhoneSet {
    phones: &'static [(&'static str, Sound)],
    /// IPA as espeak-ng writes it, longest first at each beginning, and the phones it stands for.
    ipa: &'static [(&'static str, &'static str)],
    /// Short vowels that come and go.
    weak: &'static [&'static str],
    /// Consonants that are often swallowed.
    soft: &'static [&'static str],
}

use Manner::{Affricate, Fricative, Glide, Nasal, Stop};

static ENGLISH: PhoneSet = PhoneSet {
    phones: &[
        ("AA", v(1.0, 0.9, 0.0)),
        ("AE", v(0.85, 0.1, 0.0)),
        ("AH", v(0.6, 0.55, 0.0)),
        ("AO", v(0.75, 1.0, 0.7)),
        ("AW", v(0.8, 0.7, 0.4)),
        ("AY", v(0.75, 0.45, 0.0)),
        ("B", c(0.0, Stop, true)),
        ("CH", c(0.45, Affricate, false)),
        ("D", c(0.3, Stop, true)),
        ("DH", c(0.2, Fricative, true)),
        ("EH", v(0.6, 0.1, 0.0)),
        ("ER", v(0.5, 0.5, 0.3)),
        ("EY", v(0.35, 0.1, 0.0)),
        ("F", c(0.1, Fricative, false)),
        ("G", c(0.7, Stop, true)),
        ("HH", c(1.0, Fricative, false)),
        ("IH", v(0.2, 0.2, 0.0)),
        ("IY", v(0.0, 0.0, 0.0)),
        ("JH", c(0.45, Affricate, true)),
        ("K", c(0.7, Stop, false)),
        ("L", c(0.35, Glide, true)),
        ("M", c(0.0, Nasal, true)),
        ("N", c(0.3, Nasal, true)),
        ("NG", c(0.7, Nasal, true)),
        ("OW", v(0.45, 0.9, 0.8)),
        ("OY", v(0.5, 0.7, 0.5)),
        ("P", c(0.0, Stop, false)),
        ("R", c(0.45, Glide, true)),
        ("S", c(0.3, Fricative, false)),
        ("SH", c(0.45, Fricative, false)),
        ("T", c(0.3, Stop, false)),
        ("TH", c(0.2, Fricative, false)),
        ("UH", v(0.2, 0.8, 0.6)),
        ("UW", v(0.0, 0.9, 0.9)),
        ("V", c(0.1, Fricative, true)),
        ("W", c(0.1, Glide, true)),
        ("Y", c(0.55, Glide, true)),
        ("Z", c(0.3, Fricative, true)),
        ("ZH", c(0.45, Fricative, true)),
    ],
    ipa: &[
        ("tʃ", "CH"),
        ("dʒ", "JH"),
        ("aɪ", "AY"),
        ("aʊ", "AW"),
        ("eɪ", "EY"),
        ("ɔɪ", "OY"),
        ("oʊ", "OW"),
        ("əʊ", "OW"),
        ("ɑ̃", "AA N"),
        ("ɔ̃", "AO N"),
        ("ɛ̃", "AE N"),
        ("œ̃", "AH N"),
        ("n̩", "AH N"),
        ("l̩", "AH L"),
        ("ɑ", "AA"),
        ("ɒ", "AA"),
        ("a", "AA"),
        ("æ", "AE"),
        ("ɐ", "AH"),
        ("ə", "AH"),
        ("ʌ", "AH"),
        ("ɔ", "AO"),
        ("ɛ", "EH"),
        ("e", "EH"),
        ("ɜ", "ER"),
        ("ɚ", "ER"),
        ("ɝ", "ER"),
        ("ø", "ER"),
        ("œ", "ER"),
        ("ɪ", "IH"),
        ("ᵻ", "IH"),
        ("i", "IY"),
        ("o", "OW"),
        ("ʊ", "UH"),
        ("u", "UW"),
        ("y", "UW"),
        ("b", "B"),
        ("d", "D"),
        ("ð", "DH"),
        ("f", "F"),
        ("ɡ", "G"),
        ("g", "G"),
        ("h", "HH"),
        ("ç", "HH"),
        ("k", "K"),
        ("x", "K"),
        ("l", "L"),
        ("ɫ", "L"),
        ("ɬ", "L"),
        ("m", "M"),
        ("n", "N"),
        ("ɲ", "N Y"),
        ("ŋ", "NG"),
        ("p", "P"),
        ("ɹ", "R"),
        ("r", "R"),
        ("ʁ", "R"),
        ("s", "S"),
        ("ʃ", "SH"),
        ("t", "T"),
        ("ɾ", "T"),
        ("ʔ", "T"),
        ("θ", "TH"),
        ("v", "V"),
        ("w", "W"),
        ("ʍ", "W"),
        ("j", "Y"),
        ("z", "Z"),
        ("ʒ", "ZH"),
    ],
    weak: &["AH", "IH"],
    soft: &["T", "D", "HH", "R", "DH"],
};

static FRENCH: PhoneSet = PhoneSet {
    phones: &[
        ("aa", v(1.0, 0.4, 0.0)),
        ("ai", v(0.6, 0.1, 0.0)),
        ("an", nv(0.9, 0.8, 0.3)),
        ("au", v(0.3, 1.0, 1.0)),
        ("bb", c(0.0, Stop, true)),
        ("ch", c(0.45, Fricative, false)),
        ("dd", c(0.3, Stop, true)),
        ("ee", v(0.5, 0.5, 0.6)),
        ("ei", v(0.3, 0.0, 0.0)),
        ("eu", v(0.3, 0.2, 1.0)),
        ("ff", c(0.1, Fricative, false)),
        ("gg", c(0.7, Stop, true)),
        ("gn", c(0.5, Nasal, true)),
        ("ii", v(0.0, 0.0, 0.0)),
        ("in", nv(0.7, 0.1, 0.0)),
        ("jj", c(0.45, Fricative, true)),
        ("kk", c(0.7, Stop, false)),
        ("ll", c(0.35, Glide, true)),
        ("mm", c(0.0, Nasal, true)),
        ("nn", c(0.3, Nasal, true)),
        ("oe", v(0.6, 0.3, 0.8)),
        ("on", nv(0.5, 1.0, 1.0)),
        ("oo", v(0.6, 0.9, 0.8)),
        ("ou", v(0.0, 1.0, 1.0)),
        ("pp", c(0.0, Stop, false)),
        ("rr", c(0.85, Glide, true)),
        ("ss", c(0.3, Fricative, false)),
        ("tt", c(0.3, Stop, false)),
        ("un", nv(0.6, 0.3, 0.8)),
        ("uu", v(0.0, 0.1, 1.0)),
        ("uy", c(0.5, Glide, true)),
        ("vv", c(0.1, Fricative, true)),
        ("ww", c(0.1, Glide, true)),
        ("yy", c(0.55, Glide, true)),
        ("zz", c(0.3, Fricative, true)),
    ],
    ipa: &[
        ("tʃ", "tt ch"),
        ("dʒ", "dd jj"),
        ("ɑ̃", "an"),
        ("ɔ̃", "on"),
        ("ɛ̃", "in"),
        ("œ̃", "un"),
        ("ɑ", "aa"),
        ("ɒ", "oo"),
        ("a", "aa"),
        ("æ", "aa"),
        ("ɐ", "aa"),
        ("ə", "ee"),
        ("ʌ", "oe"),
        ("ɔ", "oo"),
        ("ɛ", "ai"),
        ("e", "ei"),
        ("ɜ", "oe"),
        ("ɚ", "oe rr"),
        ("ɝ", "oe rr"),
        ("ø", "eu"),
        ("œ", "oe"),
        ("ɪ", "ii"),
        ("ᵻ", "ii"),
        ("i", "ii"),
        ("o", "au"),
        ("ʊ", "ou"),
        ("u", "ou"),
        ("y", "uu"),
        ("b", "bb"),
        ("d", "dd"),
        ("ð", "zz"),
        ("f", "ff"),
        ("ɡ", "gg"),
        ("g", "gg"),
        ("h", ""),
        ("ç", "ch"),
        ("k", "kk"),
        ("x", "kk"),
        ("l", "ll"),
        ("ɫ", "ll"),
        ("ɬ", "ll"),
        ("m", "mm"),
        ("n", "nn"),
        ("ɲ", "gn"),
        ("ŋ", "nn gg"),
        ("p", "pp"),
        ("ɹ", "rr"),
        ("r", "rr"),
        ("ʁ", "rr"),
        ("s", "ss"),
        ("ʃ", "ch"),
        ("t", "tt"),
        ("ɾ", "tt"),
        ("ʔ", ""),
        ("θ", "ss"),
        ("v", "vv"),
        ("w", "ww"),
        ("ʍ", "ww"),
        ("ɥ", "uy"),
        ("j", "yy"),
        ("z", "zz"),
        ("ʒ", "jj"),
    ],
    weak: &["ee"],
    soft: &["rr", "ll", "tt", "zz"],
};

/// Cost of a phone that was not said, or said without need; its unit is the cost of the worst
/// substitution of a consonant.
const MISSING: f32 = 0.7;
const MISSING_WEAK: f32 = 0.4;
const MISSING_SOFT: f32 = 0.5;

impl PhoneSet {
    /// The phones of a language's acoustic model.
    #[must_use]
    pub fn of(language: &str) -> &'static Self {
        if language.starts_with("fr") { &FRENCH } else { &ENGLISH }
    }

    /// Natural logarithm of a phone's chance where any can follow any: all phones, silence and the
    /// end alike.
    #[must_use]
    pub fn log_chance(&self) -> f64 {
        -((self.phones.len() + 2) as f64).ln()
    }

    /// A language model of phones in ARPA format: any can follow any.
    #[must_use]
    pub fn arpa(&self) -> String {
        let share = self.log_chance() / std::f64::consts::LN_10;
        let names: Vec<_> = self.phones.iter().map(|(name, _)| *name).chain(["SIL"]).collect();
        let (one, two) = (names.len() + 2, names.len() * names.len());
        let mut lines = vec![format!("\\data\\\nngram 1={one}\nngram 2={two}\n\n\\1-grams:")];
        lines.push(format!("-99 <s> 0\n{share:.4} </s> 0"));
        lines.extend(names.iter().map(|name| format!("{share:.4} {name} 0")));
        lines.push("\n\\2-grams:".into());
        for first in &names {
            lines.extend(names.iter().map(|second| format!("{share:.4} {first} {second}")));
        }
        lines.push("\n\\end\\\n".into());
        lines.join("\n")
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.phones.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.phones.is_empty()
    }

    /// The phone of a name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Phone> {
        self.phones.iter().position(|(phone, _)| *phone == name).map(|index| index as Phone)
    }

    /// What espeak-ng wrote, as names of phones.
    ///
    /// # Errors
    /// The sign that stands for no phone.
    pub fn from_ipa(&self, ipa: &str) -> Result<Vec<&'static str>, char> {
        let mut phones = Vec::new();
        let mut rest = ipa;
        while let Some(next) = rest.chars().next() {
            if let Some((sign, named)) = self.ipa.iter().find(|(sign, _)| rest.starts_with(sign)) {
                phones.extend(named.split_whitespace());
                rest = &rest[sign.len()..];
            } else if next == '(' {
                // "(en)": the word is said as in another language.
                rest = rest.split_once(')').map_or("", |(_, rest)| rest);
            } else if is_mark(next) {
                rest = &rest[next.len_utf8()..];
            } else {
                return Err(next);
            }
        }
        Ok(phones)
    }

    /// Whether a phone is a vowel.
    #[must_use]
    pub fn is_vowel(&self, phone: &str) -> bool {
        self.phones.iter().any(|(name, sound)| *name == phone && matches!(sound, Sound::Vowel { .. }))
    }

    /// What hearing one phone for another costs: 0 for the same to 1.2.
    #[must_use]
    pub fn substitution(&self, heard: Phone, said: Phone) -> f32 {
        if heard == said {
            return 0.0;
        }
        match (self.phones[heard as usize].1, self.phones[said as usize].1) {
            (
                Sound::Vowel { open, back, round, nasal },
                Sound::Vowel { open: o, back: b, round: r, nasal: n },
            ) => {
                let far = 0.4 * (open - o).abs() + 0.35 * (back - b).abs() + 0.15 * (round - r).abs();
                0.15 + far + 0.2 * (nasal - n).abs()
            }
            (
                Sound::Consonant { place, manner, voiced },
                Sound::Consonant { place: p, manner: m, voiced: v },
            ) => {
                let unlike = if manner == m { 0.1 } else { 0.4 };
                let voice = if voiced == v { 0.0 } else { 0.15 };
                (unlike + voice + 0.5 * (place - p).abs()).min(1.0)
            }
            (Sound::Vowel { .. }, Sound::Consonant { manner: Glide, .. })
            | (Sound::Consonant { manner: Glide, .. }, Sound::Vowel { .. }) => 0.7,
            _ => 1.2,
        }
    }

    /// What a phone too many, or one too few, costs.
    #[must_use]
    pub fn missing(&self, phone: Phone) -> f32 {
        let name = &self.phones[phone as usize].0;
        if self.weak.contains(name) {
            MISSING_WEAK
        } else if self.soft.contains(name) {
            MISSING_SOFT
        } else {
            MISSING
        }
    }
}

/// Stress, length, ties, joins: signs that make no phone of their own.
fn is_mark(sign: char) -> bool {
    matches!(sign, '\u{2b0}'..='\u{36f}' | '-' | '_' | ' ' | '\u{200d}' | '\'' | ',' | '.' | '|' | '‿')
}
