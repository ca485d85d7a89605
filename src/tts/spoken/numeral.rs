//! A number as it is written: its digits, and where it ends.

use super::Tongue;

/// Digits before and after the decimal mark, without group marks.
#[derive(Debug, Clone, PartialEq)]
pub struct Numeral {
    pub whole: String,
    pub decimals: String,
}

/// More digits than this are read one by one.
const LONGEST: usize = 9;

impl Numeral {
    /// The number at a place of the text, and where it ends.
    pub fn at(chars: &[char], at: usize, tongue: &dyn Tongue) -> Option<(Self, usize)> {
        let mut end = digits(chars, at);
        if end == at {
            return None;
        }
        let mut whole: String = chars[at..end].iter().collect();
        if whole.len() <= 3 && !whole.starts_with('0') {
            while chars.get(end).is_some_and(|mark| tongue.group_marks().contains(mark))
                && digits(chars, end + 1) == end + 4
            {
                whole.extend(&chars[end + 1..end + 4]);
                end += 4;
            }
        }
        let mut decimals = String::new();
        if chars.get(end).is_some_and(|mark| tongue.decimal_marks().contains(mark)) {
            let after = digits(chars, end + 1);
            decimals.extend(&chars[end + 1..after]);
            end = if decimals.is_empty() { end } else { after };
        }
        Some((Self { whole, decimals }, end))
    }

    pub fn value(&self) -> f64 {
        // Digits and a point are a number; many digits are a large one.
        format!("{}.{}0", self.whole, self.decimals).parse().unwrap_or(f64::INFINITY)
    }

    /// The whole number, where it is one that can be said as such.
    pub fn integer(&self) -> Option<i64> {
        let sayable = self.decimals.is_empty()
            && self.whole.len() <= LONGEST
            && (self.whole.len() == 1 || !self.whole.starts_with('0'));
        sayable.then(|| self.whole.parse().ok()).flatten()
    }

    pub fn spoken(&self, tongue: &dyn Tongue, feminine: bool) -> String {
        let whole = Self { whole: self.whole.clone(), decimals: String::new() };
        let feminine = feminine && self.decimals.is_empty();
        let mut words = match whole.integer() {
            Some(number) => tongue.cardinal(number, feminine),
            None => one_by_one(&self.whole, tongue),
        };
        if !self.decimals.is_empty() {
            words.push(' ');
            words.push_str(&tongue.decimals(&self.decimals));
        }
        words
    }
}

/// Where the digits end that begin here.
pub fn digits(chars: &[char], at: usize) -> usize {
    at + chars.iter().skip(at).take_while(|c| c.is_ascii_digit()).count()
}

/// "oh" would be ambiguous: zero is said as such.
pub fn one_by_one(digits: &str, tongue: &dyn Tongue) -> String {
    let words: Vec<String> = digits
        .chars()
        .filter_map(|c| c.to_digit(10))
        .map(|digit| tongue.cardinal(i64::from(digit), false))
        .collect();
    words.join(" ")
}
