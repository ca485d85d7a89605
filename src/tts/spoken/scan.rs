//! One walk through a text: at each place the first reading that fits is taken, what is none stays.

use super::numeral::{Numeral, digits};
use super::{Clock, Half, Next, Tongue, address, units};

const SPACES: &[char] = &[' ', '\u{a0}', '\u{202f}', '\u{2009}'];
const DASHES: &[char] = &['-', '–', '−'];

pub struct Scanner<'a> {
    chars: Vec<char>,
    at: usize,
    out: String,
    tongue: &'a dyn Tongue,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &str, tongue: &'a dyn Tongue) -> Self {
        Self { chars: text.chars().collect(), at: 0, out: String::with_capacity(text.len() * 2), tongue }
    }

    pub fn run(mut self) -> String {
        while let Some(here) = self.peek(0) {
            let begins = self.at == 0 || !self.chars[self.at - 1].is_alphanumeric();
            let read = (begins
                && (self.address() || self.short() || self.date() || self.clock() || self.money()))
                || self.number()
                || self.sign();
            if !read {
                self.out.push(here);
                self.at += 1;
            }
        }
        self.out
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn is(&self, at: usize, any_of: &[char]) -> bool {
        self.chars.get(at).is_some_and(|c| any_of.contains(c))
    }

    fn digit(&self, at: usize) -> bool {
        self.chars.get(at).is_some_and(char::is_ascii_digit)
    }

    /// Whether a word ends before this place.
    fn ends(&self, at: usize) -> bool {
        self.chars.get(at).is_none_or(|c| !c.is_alphanumeric())
    }

    /// Past one space, if there is one.
    fn after_space(&self, at: usize) -> usize {
        at + usize::from(self.is(at, SPACES))
    }

    /// The digits from `at` to `end` as a number; they are few.
    fn value(&self, at: usize, end: usize) -> Option<i64> {
        self.chars.get(at..end)?.iter().collect::<String>().parse().ok()
    }

    /// The word that follows, without spaces.
    fn word(&self, at: usize) -> String {
        self.chars.iter().skip(self.after_space(at)).take_while(|c| c.is_alphabetic()).collect()
    }

    /// Puts words in place of what was written up to `end`.
    fn say(&mut self, words: &str, end: usize) -> bool {
        if self.out.ends_with(char::is_alphanumeric) {
            self.out.push(' ');
        }
        self.out.push_str(words);
        if self.chars.get(end).is_some_and(|c| c.is_alphanumeric()) {
            self.out.push(' ');
        }
        self.at = end;
        true
    }

    fn address(&mut self) -> bool {
        let found = address::at(&self.chars, self.at, self.tongue);
        found.is_some_and(|(words, end)| self.say(&words, end))
    }

    fn short(&mut self) -> bool {
        let here = &self.chars[self.at..];
        let found = self.tongue.shorts().iter().find(|short| {
            let length = short.written.chars().count();
            let end = self.at + length;
            let same = short.written.chars().eq(here.iter().take(length).copied());
            let dotted = short.written.ends_with('.');
            same && (!short.written.ends_with(char::is_alphabetic) || self.ends(end))
                && match short.next {
                    Next::Anything => true,
                    Next::Capital => {
                        let end = end + usize::from(!dotted && self.is(end, &['.']));
                        self.is(end, SPACES) && self.chars.get(end + 1).is_some_and(|c| c.is_uppercase())
                    }
                    Next::Digit => self.digit(self.after_space(end)),
                }
        });
        let Some(short) = found else { return false };
        let mut end = self.at + short.written.chars().count();
        if short.next == Next::Capital && self.is(end, &['.']) {
            end += 1;
        }
        self.say(short.spoken, end);
        // The point of a short form that ends a sentence ends the sentence too.
        let ends = short.written.ends_with('.') && self.chars[end..].iter().all(|c| c.is_whitespace());
        if ends && short.next == Next::Anything {
            self.out.push('.');
        }
        true
    }

    /// `2026-11-26`, `26/11/2026`.
    fn date(&mut self) -> bool {
        let mut parts = Vec::new();
        let (mut at, mut mark) = (self.at, None);
        loop {
            let end = digits(&self.chars, at);
            if end == at || end - at > 4 {
                return false;
            }
            parts.push((end - at, self.value(at, end).unwrap_or_default()));
            at = end;
            if parts.len() == 3 {
                break;
            }
            match (self.chars.get(at), mark) {
                (Some(c @ ('-' | '/')), None) => mark = Some(*c),
                (Some(c), Some(mark)) if *c == mark => {}
                _ => return false,
            }
            at += 1;
        }
        if !self.ends(at) || (self.chars.get(at).copied() == mark && mark.is_some()) {
            return false;
        }
        let [first, second, third] = parts[..] else { return false };
        let (day, month, year) = match (first, third) {
            ((4, year), (1 | 2, day)) if mark == Some('-') => (day, second.1, year),
            // As the Americans write it.
            ((1 | 2, month), (4, year)) if second.1 > 12 => (second.1, month, year),
            ((1 | 2, day), (4, year)) => (day, second.1, year),
            _ => return false,
        };
        if !(1..=31).contains(&day) || !(1..=12).contains(&month) {
            return false;
        }
        let words = self.tongue.date(day, month, Some(year), &self.out);
        self.say(&words, at)
    }

    /// `19:05`, `7:05 pm`, `7 pm`, `7 h 05`.
    fn clock(&mut self) -> bool {
        let hours = digits(&self.chars, self.at);
        let hour = match self.value(self.at, hours) {
            Some(hour @ 0..=24) if hours - self.at <= 2 => hour as u32,
            _ => return false,
        };
        let (mut minute, mut second, colon, mut end) = (0, None, self.is(hours, &[':']), hours);
        if colon {
            let Some(read) = self.sixty(hours + 1) else { return false };
            (minute, end) = (read, hours + 3);
            if self.is(end, &[':']) {
                let Some(read) = self.sixty(end + 1) else { return false };
                (second, end) = (Some(read), end + 3);
            }
        } else if self.tongue.hours_by_letter() && self.is(self.after_space(hours), &['h', 'H']) {
            end = self.after_space(hours) + 1;
            if let Some(read) = self.sixty(self.after_space(end)) {
                (minute, end) = (read, self.after_space(end) + 2);
                let unit = self.after_space(end);
                let min = unit + 3;
                if self.chars.get(unit..min).is_some_and(|word| *word == ['m', 'i', 'n']) && self.ends(min) {
                    end = min;
                }
            }
        }
        let half = self.half(self.after_space(end)).filter(|_| (1..=12).contains(&hour));
        if let (Some((_, after)), false) = (half, self.tongue.hours_by_letter()) {
            end = after;
        } else if end == hours || !self.ends(end) {
            return false;
        }
        if self.is(end, &[':']) && self.digit(end + 1) {
            return false;
        }
        let half = if self.tongue.hours_by_letter() { None } else { half.map(|(half, _)| half) };
        let words = self.tongue.clock(&Clock { hour, minute, second, colon, half });
        self.say(&words, end)
    }

    /// Two digits below sixty.
    fn sixty(&self, at: usize) -> Option<u32> {
        let two = digits(&self.chars, at) == at + 2;
        self.value(at, at + 2).filter(|value| two && *value < 60).map(|value| value as u32)
    }

    /// `am`, `p.m.`, and where it ends.
    fn half(&self, at: usize) -> Option<(Half, usize)> {
        let half = match self.chars.get(at)?.to_ascii_lowercase() {
            'a' => Half::Am,
            'p' => Half::Pm,
            _ => return None,
        };
        let dotted = self.is(at + 1, &['.']);
        let m = at + 1 + usize::from(dotted);
        let end = m + 1 + usize::from(dotted && self.is(m + 1, &['.']));
        (self.is(m, &['m', 'M']) && self.ends(end)).then_some((half, end))
    }

    /// `$5.50`, `€5`.
    fn money(&mut self) -> bool {
        let Some(sign) = self.peek(0).filter(|c| "€$£".contains(*c)) else { return false };
        let Some((numeral, end)) = Numeral::at(&self.chars, self.at + 1, self.tongue) else { return false };
        let words = self.amount(&numeral, sign);
        words.is_some_and(|words| self.say(&words, end))
    }

    fn amount(&self, numeral: &Numeral, sign: char) -> Option<String> {
        let whole = Numeral { whole: numeral.whole.clone(), decimals: String::new() }.integer()?;
        let hundredths = match numeral.decimals.len() {
            0 => None,
            2 => numeral.decimals.parse().ok().filter(|cents| *cents > 0),
            _ => return None,
        };
        self.tongue.money(whole, hundredths, sign)
    }

    /// A number with what belongs to it.
    fn number(&mut self) -> bool {
        let before = self.at.checked_sub(1).map(|at| self.chars[at]);
        let free = before.is_none_or(|c| c.is_whitespace() || "(«“\"=:,'’[".contains(c));
        let minus = free && self.is(self.at, DASHES) && self.digit(self.at + 1);
        let Some((numeral, end)) = Numeral::at(&self.chars, self.at + usize::from(minus), self.tongue) else {
            return false;
        };
        if minus {
            let minus = self.tongue.minus();
            self.say(minus, self.at + 1);
        }
        self.fraction(&numeral, end)
            || self.measured(&numeral, end)
            || self.ordinal(&numeral, end)
            || self.range(&numeral, end)
            || self.plain(&numeral, end)
    }

    /// `1/2`, `2 1/2`, `2½`, `26/11`.
    fn fraction(&mut self, numeral: &Numeral, end: usize) -> bool {
        let Some(whole) = numeral.integer() else { return false };
        if let Some((above, below, after)) = self.vulgar(end).or_else(|| self.slashed(self.after_space(end)))
            && above < below
        {
            let words = format!(
                "{} {} {}",
                self.tongue.cardinal(whole, false),
                self.tongue.and(),
                self.tongue.fraction(above, below)
            );
            return self.say(&words, after);
        }
        let Some((above, below, after)) = self.slashed(end - numeral.whole.chars().count()) else {
            return false;
        };
        let is_day = (13..=31).contains(&above) && (1..=12).contains(&below);
        let words = if is_day {
            self.tongue.date(above, below, None, &self.out)
        } else {
            self.tongue.fraction(above, below)
        };
        self.say(&words, after)
    }

    fn vulgar(&self, at: usize) -> Option<(i64, i64, usize)> {
        let (above, below) = vulgar(*self.chars.get(at)?)?;
        Some((above, below, at + 1))
    }

    /// Two short numbers with a slash between them, and where they end.
    fn slashed(&self, at: usize) -> Option<(i64, i64, usize)> {
        let slash = digits(&self.chars, at);
        let end = digits(&self.chars, slash + 1);
        let short = (1..=3).contains(&(slash - at)) && self.is(slash, &['/']) && end > slash + 1;
        let alone = self.ends(end) && !self.is(end, &['/']);
        let decimal = self.is(end, self.tongue.decimal_marks()) && self.digit(end + 1);
        let (above, below) = (self.value(at, slash)?, self.value(slash + 1, end.min(slash + 4))?);
        (short && end <= slash + 4 && alone && !decimal && below > 0).then_some((above, below, end))
    }

    /// `21.5 °C`, `50 %`, `5 €`.
    fn measured(&mut self, numeral: &Numeral, end: usize) -> bool {
        let at = self.after_space(end);
        if let Some(sign) = self.chars.get(at).filter(|c| "€$£".contains(**c))
            && let Some(words) = self.amount(numeral, *sign)
        {
            return self.say(&words, at + 1);
        }
        let Some((unit, after)) = units::at(&self.chars, at) else { return false };
        let (one, many, feminine) = self.tongue.unit(unit);
        let name = if self.tongue.plural(numeral.value()) { many } else { one };
        let words = format!("{} {name}", numeral.spoken(self.tongue, feminine));
        self.say(&words, after)
    }

    fn ordinal(&mut self, numeral: &Numeral, end: usize) -> bool {
        let suffix: String = self.chars.iter().skip(end).take_while(|c| c.is_alphabetic()).collect();
        let ordinal = numeral
            .integer()
            .filter(|_| !suffix.is_empty())
            .and_then(|number| self.tongue.ordinal(number, &suffix));
        ordinal.is_some_and(|words| self.say(&words, end + suffix.chars().count()))
    }

    /// `18–20`, `3 × 4`: the first number and what joins it to the next.
    fn range(&mut self, numeral: &Numeral, end: usize) -> bool {
        let number = numeral.spoken(self.tongue, false);
        let next = digits(&self.chars, end + 1);
        let chained = self.is(next, DASHES) && self.digit(next + 1);
        if self.is(end, DASHES) && self.digit(end + 1) {
            // Three in a row are no range, but a telephone number.
            let before = self.at.checked_sub(1).is_some_and(|at| self.is(at, DASHES));
            let to = if chained || before { "," } else { self.tongue.to() };
            let space = if to == "," { "" } else { " " };
            let words = format!("{number}{space}{to}");
            return self.say(&words, end + 1);
        }
        let sign = self.after_space(end);
        let after = self.after_space(sign + 1);
        if self.is(sign, &['×', 'x']) && self.digit(after) {
            let words = format!("{number} {}", self.tongue.times());
            return self.say(&words, after);
        }
        false
    }

    fn plain(&mut self, numeral: &Numeral, end: usize) -> bool {
        let year = numeral.integer().filter(|year| (1100..2100).contains(year) && numeral.whole.len() == 4);
        let last = self.out.trim_end().rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        if let Some(year) = year.filter(|_| self.tongue.is_month(last)) {
            let words = self.tongue.year(year);
            return self.say(&words, end);
        }
        let feminine = self.tongue.is_feminine(&self.word(end));
        let words = numeral.spoken(self.tongue, feminine);
        self.say(&words, end);
        // Not a decimal, but a version or an address: "1.2.3".
        if self.is(end, &['.']) && self.digit(end + 1) {
            let point = self.tongue.address_sign('.');
            self.say(point, end + 1);
        }
        true
    }

    fn sign(&mut self) -> bool {
        let here = self.chars[self.at];
        if here == '#' && self.digit(self.at + 1) {
            let words = self.tongue.number_sign();
            return self.say(words, self.at + 1);
        }
        if let Some((above, below)) = vulgar(here) {
            let words = self.tongue.fraction(above, below);
            return self.say(&words, self.at + 1);
        }
        let between = |at: Option<char>| at.is_some_and(char::is_alphabetic);
        let before = self.at.checked_sub(1).map(|at| self.chars[at]);
        if here == '/' && between(before) && between(self.peek(1)) {
            self.out.push(' ');
            self.at += 1;
            return true;
        }
        self.tongue.sign(here).is_some_and(|words| {
            let end = self.at + 1;
            if words.trim().is_empty() {
                self.out.push_str(words);
                self.at = end;
                return true;
            }
            self.say(words, end)
        })
    }
}

fn vulgar(c: char) -> Option<(i64, i64)> {
    Some(match c {
        '½' => (1, 2),
        '⅓' => (1, 3),
        '⅔' => (2, 3),
        '¼' => (1, 4),
        '¾' => (3, 4),
        '⅛' => (1, 8),
        _ => return None,
    })
}
