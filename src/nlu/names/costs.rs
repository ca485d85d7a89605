//! What slips cost, and how far two names are from each other.

use super::words::Word;
use crate::stt::vocabulary::phones::{Phone, PhoneSet};

/// Costs of phones as a table; one unit is about one consonant taken for an unlike one.
#[derive(Debug)]
pub(super) struct Costs {
    phones: usize,
    /// Of each heard phone for each said one.
    swapped: Vec<f32>,
    missing: Vec<f32>,
}

impl Costs {
    pub fn new(set: &PhoneSet) -> Self {
        let phones = set.len();
        let all = || (0..phones).map(|phone| phone as Phone);
        let swapped = all().flat_map(|a| all().map(move |b| set.substitution(a, b))).collect();
        Self { phones, swapped, missing: all().map(|phone| set.missing(phone)).collect() }
    }

    pub fn swapped(&self, heard: Phone, said: Phone) -> f32 {
        self.swapped[heard as usize * self.phones + said as usize]
    }

    pub fn missing(&self, phone: Phone) -> f32 {
        self.missing[phone as usize]
    }
}

/// How two rows of words differ by sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Distance {
    /// Cost of all slips, for each phone of the longer one.
    pub whole: f32,
    /// The same of the name's worst word. A name is not its neighbour because they share a word.
    pub worst_word: f32,
}

/// The cheapest way to take what was heard for a name. Words' ends do not count: recognisers split
/// and join words ("bed room").
pub(super) fn by_sound(costs: &Costs, heard: &[Phone], name: &[Word]) -> Distance {
    let said: Vec<(Phone, usize)> =
        name.iter().enumerate().flat_map(|(word, w)| w.sound.iter().map(move |&p| (p, word))).collect();
    let width = said.len() + 1;
    let mut table = vec![0.0f32; (heard.len() + 1) * width];
    for j in 1..width {
        table[j] = table[j - 1] + costs.missing(said[j - 1].0);
    }
    for i in 1..=heard.len() {
        table[i * width] = table[(i - 1) * width] + costs.missing(heard[i - 1]);
        for j in 1..width {
            let swapped = table[(i - 1) * width + j - 1] + costs.swapped(heard[i - 1], said[j - 1].0);
            let more = table[(i - 1) * width + j] + costs.missing(heard[i - 1]);
            let less = table[i * width + j - 1] + costs.missing(said[j - 1].0);
            table[i * width + j] = swapped.min(more).min(less);
        }
    }
    let total = table[table.len() - 1];
    let mut words = vec![0.0f32; name.len()];
    let (mut i, mut j) = (heard.len(), said.len());
    while i > 0 || j > 0 {
        let here = table[i * width + j];
        let word = said.get(j.saturating_sub(1)).map_or(0, |(_, word)| *word);
        let is = |cost: f32| (here - cost).abs() < 1e-4;
        let step = if i > 0
            && j > 0
            && is(table[(i - 1) * width + j - 1] + costs.swapped(heard[i - 1], said[j - 1].0))
        {
            (i - 1, j - 1)
        } else if j > 0 && is(table[i * width + j - 1] + costs.missing(said[j - 1].0)) {
            (i, j - 1)
        } else if i > 0 {
            (i - 1, j)
        } else {
            (i, j - 1)
        };
        words[word] += here - table[step.0 * width + step.1];
        (i, j) = step;
    }
    let worst_word =
        words.iter().zip(name).map(|(cost, word)| cost / word.sound.len().max(1) as f32).fold(0.0, f32::max);
    Distance { whole: total / heard.len().max(said.len()).max(1) as f32, worst_word }
}

/// The share of letters that differ: insertions, deletions, substitutions and swapped neighbours
/// (Damerau's distance in its restricted form), spaces left out.
pub(super) fn by_letters(heard: &[&Word], name: &[Word]) -> f32 {
    let a: Vec<char> = heard.iter().flat_map(|word| word.stem.chars()).collect();
    let b: Vec<char> = name.iter().flat_map(|word| word.stem.chars()).collect();
    let mut rows = [vec![0usize; b.len() + 1], (0..=b.len()).collect(), vec![0; b.len() + 1]];
    for i in 1..=a.len() {
        rows[2][0] = i;
        for j in 1..=b.len() {
            let swapped = rows[1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = swapped.min(rows[1][j] + 1).min(rows[2][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[0][j - 2] + 1);
            }
            rows[2][j] = best;
        }
        rows.rotate_left(1);
    }
    rows[1][b.len()] as f32 / a.len().max(b.len()).max(1) as f32
}
