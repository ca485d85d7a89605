//! How a written word sounds, by rule.
//!
//! Names come from people and words from recognisers; neither is in a dictionary for certain, and
//! a query has no time to ask a synthesiser. Rules in the form of Elovitz and others, "Automatic translation of English text to phonetics by means of letter-to-sound rules"
//! (NRL Report 7948, 1976) are enough: both sides of a comparison go through the same rules, so
//! what matters is that spellings of one sound meet, not that each word is said right.

mod en;
mod fr;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::nlu::text::is_french;
use crate::stt::vocabulary::phones::{Phone, PhoneSet};

/// `left[letters]right` sounds as `phones`. In the contexts a space is the end of the word, `#` one
/// or more vowels, `:` any number of consonants, `^` one consonant, `.` a voiced consonant, `&` a
/// sibilant, `+` a front vowel, `%` an ending (e, es, ed, er, ing, ely); letters are themselves.
struct Rule(&'static str, &'static str, &'static str, &'static str);

/// Words longer than this are cut: no name has one.
const MAX_LETTERS: usize = 40;

/// Spells words of one language in phones.
#[derive(Debug)]
pub(super) struct Spelling {
    french: bool,
    phones: &'static PhoneSet,
}

impl Spelling {
    pub fn new(language: &str) -> Self {
        Self { french: is_french(language), phones: PhoneSet::of(language) }
    }

    pub fn phones(&self) -> &'static PhoneSet {
        self.phones
    }

    /// The phones of one normalised word. Never panics; what is not a Latin letter has no sound.
    pub fn say(&self, word: &str) -> Vec<Phone> {
        let letters = self.letters(word);
        let rules: &[Rule] = if self.french { fr::RULES } else { en::RULES };
        let mut said: Vec<Phone> = Vec::new();
        let mut at = 1;
        while at + 1 < letters.len() {
            let rule = rules.iter().find(|rule| applies(rule, &letters, at));
            for phone in rule.map_or("", |rule| rule.3).split_whitespace() {
                let Some(phone) = self.phones.find(phone) else { continue };
                // A doubled sound is one.
                if said.last() != Some(&phone) {
                    said.push(phone);
                }
            }
            at += rule.map_or(1, |rule| rule.1.chars().count());
        }
        said
    }

    /// A word that cannot be said is spelt: "tv" is "teevee".
    pub fn spell_out(&self, word: &str) -> Option<String> {
        if word.is_empty() || word.len() > 4 {
            return None;
        }
        let names = if self.french { fr::LETTERS } else { en::LETTERS };
        let name = |letter| names.iter().find(|(name, _)| *name == letter).map(|(_, said)| *said);
        word.chars().map(name).collect()
    }

    /// Lower-case letters between two ends. English has no use for accents.
    fn letters(&self, word: &str) -> Vec<char> {
        let mut letters = vec![' '];
        if self.french {
            letters.extend(word.nfc().filter(|c| c.is_alphabetic()).take(MAX_LETTERS));
        } else {
            letters
                .extend(word.nfd().filter(|c| c.is_alphabetic() && !is_combining_mark(*c)).take(MAX_LETTERS));
        }
        letters.push(' ');
        letters
    }
}

fn is_vowel(c: char) -> bool {
    "aeiouyàâäéèêëîïôöùûüœæ".contains(c)
}

fn is_consonant(c: char) -> bool {
    c.is_alphabetic() && !is_vowel(c)
}

fn applies(rule: &Rule, letters: &[char], at: usize) -> bool {
    let Rule(left, inside, right, _) = rule;
    let mut end = at;
    for letter in inside.chars() {
        if letters.get(end) != Some(&letter) {
            return false;
        }
        end += 1;
    }
    follows(right, &letters[end..]) && precedes(left, &letters[..at])
}

fn follows(context: &str, mut rest: &[char]) -> bool {
    for sign in context.chars() {
        let taken = match sign {
            '#' => many(rest.iter(), is_vowel, 1),
            ':' => many(rest.iter(), is_consonant, 0),
            '%' => ending(rest),
            sign => rest.first().is_some_and(|c| is_one(sign, *c)).then_some(1),
        };
        match taken {
            Some(taken) => rest = &rest[taken..],
            None => return false,
        }
    }
    true
}

fn precedes(context: &str, mut before: &[char]) -> bool {
    for sign in context.chars().rev() {
        let taken = match sign {
            '#' => many(before.iter().rev(), is_vowel, 1),
            ':' => many(before.iter().rev(), is_consonant, 0),
            sign => before.last().is_some_and(|c| is_one(sign, *c)).then_some(1),
        };
        match taken {
            Some(taken) => before = &before[..before.len() - taken],
            None => return false,
        }
    }
    true
}

fn many<'c>(
    letters: impl Iterator<Item = &'c char>,
    kind: impl Fn(char) -> bool,
    least: usize,
) -> Option<usize> {
    let count = letters.take_while(|c| kind(**c)).count();
    (count >= least).then_some(count)
}

fn ending(rest: &[char]) -> Option<usize> {
    ["ing", "ely", "ed", "er", "es", "e"].into_iter().find_map(|ending| {
        let length = ending.len();
        let same = rest.len() > length && ending.chars().eq(rest[..length].iter().copied());
        (same && rest[length] == ' ').then_some(length)
    })
}

fn is_one(sign: char, c: char) -> bool {
    match sign {
        '^' => is_consonant(c),
        '.' => "bdvgjlmnrwz".contains(c),
        '&' => "scgzxj".contains(c),
        '+' => "eiyéèêëîï".contains(c),
        sign => sign == c,
    }
}
