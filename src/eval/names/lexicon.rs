//! Phones written in the words of a dictionary, as a recogniser writes what it heard.

use std::collections::BTreeMap;

use crate::rng::Rng;
use crate::stt::vocabulary::phones::{Phone, PhoneSet};

/// What a word costs: few long ones are better than many short ones.
const WORD: f32 = 1.0;
/// A word of one or two phones costs this more.
const SHORT: f32 = 0.8;
/// Phones of the longest word that is looked for.
const LONGEST: usize = 14;

/// All words by their sound.
pub(super) struct Lexicon(BTreeMap<Vec<Phone>, Vec<String>>);

impl Lexicon {
    /// Reads a dictionary in PocketSphinx's format.
    pub fn new(text: &str, phones: &PhoneSet) -> Self {
        let mut words: BTreeMap<Vec<Phone>, Vec<String>> = BTreeMap::new();
        for line in text.lines() {
            let mut parts = line.split_whitespace();
            let Some(word) = parts.next() else { continue };
            // Further ways to say a word, `word(2)`, are rarer; letters and marks are no words.
            if word.len() < 2 || !word.chars().all(char::is_alphabetic) {
                continue;
            }
            let sound: Option<Vec<Phone>> = parts.map(|phone| phones.find(phone)).collect();
            if let Some(sound) = sound.filter(|sound| (2..=LONGEST).contains(&sound.len())) {
                words.entry(sound).or_default().push(word.to_owned());
            }
        }
        Self(words)
    }

    /// The words that the phones are, the fewest that will do; of words of one sound, one by chance.
    /// `None` where some phones are no word.
    pub fn write(&self, heard: &[Phone], rng: &mut Rng) -> Option<Vec<String>> {
        // The least cost of the phones before each place, and where the last word begins.
        let mut best: Vec<(f32, usize)> = vec![(0.0, 0)];
        for end in 1..=heard.len() {
            let words =
                (end.saturating_sub(LONGEST)..end).filter(|start| self.0.contains_key(&heard[*start..end]));
            let cost = |start: usize| best[start].0 + if end - start <= 2 { WORD + SHORT } else { WORD };
            let least = words.map(|start| (cost(start), start)).min_by(|a, b| a.0.total_cmp(&b.0));
            best.push(least.unwrap_or((f32::INFINITY, 0)));
        }
        let mut words = Vec::new();
        let mut end = heard.len();
        best[end].0.is_finite().then_some(())?;
        while end > 0 {
            let start = best[end].1;
            let alike = self.0.get(&heard[start..end])?;
            words.push(alike[rng.below(alike.len())].clone());
            end = start;
        }
        words.reverse();
        Some(words)
    }
}
