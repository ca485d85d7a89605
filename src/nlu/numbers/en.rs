//! English numbers.

use super::{Words, digits, small_digits};

const UNITS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES: [(i64, &str); 2] = [(1_000_000, "million"), (1_000, "thousand")];

/// Whether a number in words can start with this word.
pub(super) fn starts(word: &str) -> bool {
    matches!(word, "a" | "half" | "quarter" | "minus" | "negative")
        || unit(word).is_some()
        || ten(word).is_some()
}

/// The number that these words are, all of them.
pub(super) fn value(all: &[&str]) -> Option<f64> {
    let mut words = Words::new(all);
    let sign = if words.take(&["minus", "negative"]) { -1.0 } else { 1.0 };
    if let Some(part) = part(words.rest()) {
        return Some(sign * part);
    }
    let whole = match words.peek().and_then(digits) {
        // "3.5", or "5" that no "thousand" follows.
        Some(value) if small_digits(words.peek()?).is_none() || words.rest().len() == 1 => {
            words.at += 1;
            value
        }
        _ => cardinal(&mut words)? as f64,
    };
    Some(sign * (whole + fraction(words.rest(), whole)?))
}

fn cardinal(words: &mut Words<'_>) -> Option<i64> {
    let mut total = 0;
    let mut groups = 0;
    let mut ceiling = i64::MAX;
    loop {
        let joined = groups > 0 && words.take(&["and"]);
        let before = words.at;
        let group = if words.take(&["a"]) { article(words)? } else { below_thousand(words) };
        let Some(group) = group else {
            return (groups > 0 && !joined && before == words.at).then_some(total);
        };
        let scale = SCALES.iter().find(|(_, word)| words.take(&[word])).map_or(1, |(scale, _)| *scale);
        // "and" stands before the last group only: "a thousand and five".
        if scale >= ceiling || (joined && (scale > 1 || group >= 100)) || (group == 0 && groups > 0) {
            return None;
        }
        total += group * scale;
        groups += 1;
        ceiling = scale;
        if scale == 1 {
            return Some(total);
        }
    }
}

/// After "a" only a hundred, thousand or million can follow.
#[expect(clippy::option_option, reason = "outer: no number; inner: as `below_thousand`")]
fn article(words: &mut Words<'_>) -> Option<Option<i64>> {
    match words.peek() {
        Some("thousand" | "million") => Some(Some(1)),
        Some("hundred") => Some(hundreds(words, 1)),
        _ => None,
    }
}

fn below_thousand(words: &mut Words<'_>) -> Option<i64> {
    if let Some(value) = words.number(small_digits) {
        return Some(value);
    }
    let small = below_hundred(words)?;
    if words.peek() == Some("hundred") && (1..100).contains(&small) {
        hundreds(words, small)
    } else {
        Some(small)
    }
}

fn hundreds(words: &mut Words<'_>, count: i64) -> Option<i64> {
    words.take(&["hundred"]);
    let before = words.at;
    let joined = words.take(&["and"]);
    match below_hundred(words) {
        Some(0) => None,
        Some(rest) => Some(count * 100 + rest),
        None => {
            // "and" may begin "and a half".
            words.at = before;
            (!joined || words.rest().len() > 1).then_some(count * 100)
        }
    }
}

fn below_hundred(words: &mut Words<'_>) -> Option<i64> {
    if let Some(tens) = words.number(ten) {
        let ones = words.number(|word| unit(word).filter(|value| (1..10).contains(value)));
        return Some(tens + ones.unwrap_or(0));
    }
    words.number(unit)
}

/// "half", "a quarter", "three quarters": less than one.
pub(super) fn part(words: &[&str]) -> Option<f64> {
    match words {
        ["half"] | ["a" | "one", "half"] => Some(0.5),
        ["quarter"] | ["a" | "one", "quarter"] => Some(0.25),
        ["three", "quarters"] => Some(0.75),
        _ => None,
    }
}

/// "and a half", "and three quarters", "point one four": what comes after the whole number; 0 for nothing.
fn fraction(rest: &[&str], whole: f64) -> Option<f64> {
    match rest {
        [] => Some(0.0),
        ["and", part @ ..] if whole.fract() == 0.0 && part.len() > 1 => self::part(part),
        ["point", decimals @ ..] if !decimals.is_empty() && whole.fract() == 0.0 => {
            let mut text = String::from("0.");
            for word in decimals {
                let digit = unit(word).or_else(|| small_digits(word)).filter(|digit| *digit < 10)?;
                text.push_str(&digit.to_string());
            }
            text.parse().ok()
        }
        _ => None,
    }
}

fn unit(word: &str) -> Option<i64> {
    UNITS.iter().position(|unit| *unit == word).and_then(|value| i64::try_from(value).ok())
}

fn ten(word: &str) -> Option<i64> {
    TENS.iter()
        .position(|ten| *ten == word && !word.is_empty())
        .and_then(|value| i64::try_from(value * 10).ok())
}

/// What follows a whole number with this fraction; alone, the fraction itself.
pub(super) fn say_part(quarters: i64) -> Option<(&'static [&'static str], &'static [&'static str])> {
    match quarters {
        1 => Some((&["and a quarter"], &["a quarter", "one quarter"])),
        2 => Some((&["and a half"], &["a half", "half", "one half"])),
        3 => Some((&["and three quarters"], &["three quarters"])),
        _ => None,
    }
}

/// The cardinal that an ordinal ends in: "twenty first" is "twenty one".
pub(super) fn cardinal_of(word: &str) -> Option<String> {
    const IRREGULAR: [(&str, &str); 7] = [
        ("first", "one"),
        ("second", "two"),
        ("third", "three"),
        ("fifth", "five"),
        ("eighth", "eight"),
        ("ninth", "nine"),
        ("twelfth", "twelve"),
    ];
    if let Some((_, cardinal)) = IRREGULAR.iter().find(|(ordinal, _)| *ordinal == word) {
        return Some((*cardinal).to_owned());
    }
    match word.strip_suffix("ieth") {
        Some(stem) => Some(format!("{stem}y")),
        None => word.strip_suffix("th").filter(|stem| !stem.is_empty()).map(str::to_owned),
    }
}

/// The ordinal that a cardinal's last word becomes.
pub(super) fn ordinal_of(word: &str) -> String {
    match word {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        word => match word.strip_suffix('y') {
            Some(stem) => format!("{stem}ieth"),
            None => format!("{word}th"),
        },
    }
}

/// With and without "and", with "one" and with "a".
pub(super) fn say(number: i64) -> Vec<Vec<String>> {
    let mut ways = Vec::new();
    for one in ["one", "a"] {
        for and in [true, false] {
            let mut words = Vec::new();
            if number < 0 {
                words.push("minus");
            }
            say_positive(number.abs(), one, and, &mut words);
            ways.push(words.into_iter().map(str::to_owned).collect());
        }
    }
    ways
}

fn say_positive(number: i64, one: &'static str, and: bool, words: &mut Vec<&'static str>) {
    let mut rest = number;
    let mut first = true;
    for (scale, name) in SCALES {
        let count = rest / scale;
        if count > 0 {
            if count == 1 && first {
                words.push(one);
            } else {
                say_group(count, if first { one } else { "one" }, and, words);
            }
            words.push(name);
            rest %= scale;
            first = false;
        }
    }
    if rest > 0 || first {
        if and && !first && rest < 100 {
            words.push("and");
        }
        say_group(rest, if first { one } else { "one" }, and, words);
    }
}

fn say_group(number: i64, one: &'static str, and: bool, words: &mut Vec<&'static str>) {
    let (hundreds, rest) = (number / 100, number % 100);
    if hundreds > 0 {
        words.push(if hundreds == 1 { one } else { UNITS[hundreds as usize] });
        words.push("hundred");
        if rest > 0 && and {
            words.push("and");
        }
    }
    if rest >= 20 {
        words.push(TENS[(rest / 10) as usize]);
        if rest % 10 > 0 {
            words.push(UNITS[(rest % 10) as usize]);
        }
    } else if rest > 0 || hundreds == 0 {
        words.push(UNITS[rest as usize]);
    }
}
