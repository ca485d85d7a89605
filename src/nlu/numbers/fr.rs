//! French numbers: counted by scores as in France, and read with *septante*, *huitante* and
//! *nonante* too.

use super::{Words, digits, small_digits};

const UNITS: [&str; 17] = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
    "treize", "quatorze", "quinze", "seize",
];
const TENS: [(i64, &str); 9] = [
    (20, "vingt"),
    (30, "trente"),
    (40, "quarante"),
    (50, "cinquante"),
    (60, "soixante"),
    (70, "septante"),
    (80, "huitante"),
    (80, "octante"),
    (90, "nonante"),
];

/// Whether a number in words can start with this word.
pub(super) fn starts(word: &str) -> bool {
    matches!(word, "une" | "cent" | "mille" | "moins" | "demi" | "demie" | "quart")
        || unit(word).is_some()
        || ten(word).is_some()
}

/// The number that these words are, all of them.
pub(super) fn value(all: &[&str]) -> Option<f64> {
    let mut words = Words::new(all);
    let sign = if words.take(&["moins"]) { -1.0 } else { 1.0 };
    if let Some(part) = part(words.rest()) {
        return Some(sign * part);
    }
    // "Soixante et un quart" is no sixty-one.
    let rest = words.rest();
    let et = rest.iter().rposition(|word| *word == "et").filter(|at| *at > 0);
    if let Some((et, part)) = et.and_then(|et| Some((et, part(&rest[et + 1..])?))) {
        let whole = value(&rest[..et]).filter(|whole| whole.fract() == 0.0 && *whole >= 0.0)?;
        return Some(sign * (whole + part));
    }
    let whole = match words.peek().and_then(digits) {
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
    let mut group = below_thousand(words);
    if let Some(count) = group
        && words.take(&["million", "millions"])
    {
        total += count * 1_000_000;
        groups += 1;
        group = below_thousand(words);
    }
    if words.take(&["mille"]) {
        // "mille" alone is 1000; "un mille" is not said.
        total += match group {
            None => 1_000,
            Some(0 | 1) => return None,
            Some(count) => count * 1_000,
        };
        groups += 1;
        group = below_thousand(words);
    }
    match group {
        Some(0) if groups > 0 => None,
        Some(rest) => Some(total + rest),
        None => (groups > 0).then_some(total),
    }
}

fn below_thousand(words: &mut Words<'_>) -> Option<i64> {
    if let Some(value) = words.number(small_digits) {
        return Some(value);
    }
    if words.take(&["cent"]) {
        return Some(100 + below_hundred_not_zero(words));
    }
    let before = words.at;
    if let Some(count) = words.number(unit).filter(|count| (2..10).contains(count))
        && words.take(&["cent", "cents"])
    {
        return Some(count * 100 + below_hundred_not_zero(words));
    }
    words.at = before;
    below_hundred(words)
}

fn below_hundred_not_zero(words: &mut Words<'_>) -> i64 {
    let before = words.at;
    match below_hundred(words) {
        Some(rest) if rest > 0 => rest,
        _ => {
            words.at = before;
            0
        }
    }
}

fn below_hundred(words: &mut Words<'_>) -> Option<i64> {
    if let ["quatre", "vingt" | "vingts", ..] = words.rest() {
        words.at += 2;
        return Some(80 + below_twenty(words).unwrap_or(0));
    }
    if let Some(tens) = words.number(ten) {
        return Some(tens + after_tens(words, tens));
    }
    if let Some(small) = below_twenty(words) {
        return Some(small);
    }
    words.take(&["zéro"]).then_some(0)
}

/// "et un", "deux", and after *soixante* also "et onze", "douze"…: 0 for nothing.
fn after_tens(words: &mut Words<'_>, tens: i64) -> i64 {
    let limit = if tens == 60 { 20 } else { 10 };
    let before = words.at;
    let joined = words.take(&["et"]);
    match below_twenty(words) {
        Some(ones) if ones < limit && (!joined || ones % 10 == 1) => ones,
        _ => {
            words.at = before;
            0
        }
    }
}

/// 1–19.
fn below_twenty(words: &mut Words<'_>) -> Option<i64> {
    if let ["dix", "sept" | "huit" | "neuf", ..] = words.rest() {
        words.at += 1;
        return words.number(unit).map(|ones| 10 + ones);
    }
    words.number(|word| unit(word).filter(|value| *value > 0))
}

/// "demi", "un quart", "trois quarts": less than one.
pub(super) fn part(words: &[&str]) -> Option<f64> {
    match words {
        ["demi" | "demie"] | ["un" | "une", "demi" | "demie"] => Some(0.5),
        ["quart"] | ["un", "quart"] => Some(0.25),
        ["trois", "quarts" | "quart"] => Some(0.75),
        _ => None,
    }
}

/// "virgule cinq": what comes after the whole number; 0 for nothing.
fn fraction(rest: &[&str], whole: f64) -> Option<f64> {
    match rest {
        [] => Some(0.0),
        ["virgule" | "point", decimals @ ..] if whole.fract() == 0.0 => decimal_digits(decimals),
        _ => None,
    }
}

/// "zéro cinq" is 0.05, "vingt cinq" is 0.25, "un quatre" is 0.14.
fn decimal_digits(decimals: &[&str]) -> Option<f64> {
    if decimals.is_empty() {
        return None;
    }
    let mut words = Words::new(decimals);
    let mut text = String::from("0.");
    while !words.done() {
        let value = if words.take(&["zéro"]) { 0 } else { below_thousand(&mut words)? };
        text.push_str(&value.to_string());
    }
    text.parse().ok()
}

fn unit(word: &str) -> Option<i64> {
    let word = if word == "une" { "un" } else { word };
    UNITS.iter().position(|unit| *unit == word).and_then(|value| i64::try_from(value).ok())
}

fn ten(word: &str) -> Option<i64> {
    TENS.iter().find(|(_, name)| *name == word).map(|(value, _)| *value)
}

/// What follows a whole number with this fraction; alone, the fraction itself.
pub(super) fn say_part(quarters: i64) -> Option<(&'static [&'static str], &'static [&'static str])> {
    match quarters {
        1 => Some((&["et quart", "et un quart"], &["un quart", "quart"])),
        2 => Some((&["et demi", "et demie"], &["un demi", "demi", "une demie"])),
        3 => Some((&["et trois quarts"], &["trois quarts"])),
        _ => None,
    }
}

/// The cardinal that an ordinal ends in: "vingt et unième" is "vingt et un".
pub(super) fn cardinal_of(word: &str) -> Option<String> {
    let stem = match word {
        "premier" | "première" => return Some("un".to_owned()),
        "second" | "seconde" => return Some("deux".to_owned()),
        word => word.strip_suffix("ième")?,
    };
    Some(match stem {
        "cinqu" => "cinq".to_owned(),
        "neuv" => "neuf".to_owned(),
        "quatr" | "mill" => format!("{stem}e"),
        // Tens and teens lose an e: "trentième", "onzième".
        stem if stem.ends_with("nt") && stem != "vingt" && stem != "cent" => format!("{stem}e"),
        stem if stem.ends_with('z') => format!("{stem}e"),
        stem => stem.to_owned(),
    })
}

/// The ordinals that a cardinal's last word becomes; `alone` when there is no other word.
pub(super) fn ordinals_of(word: &str, alone: bool) -> Vec<String> {
    match word {
        "un" | "une" if alone => vec!["premier".to_owned(), "première".to_owned()],
        "une" => Vec::new(),
        "deux" if alone => ["deuxième", "second", "seconde"].map(str::to_owned).to_vec(),
        "cinq" => vec!["cinquième".to_owned()],
        "neuf" => vec!["neuvième".to_owned()],
        "vingts" => vec!["vingtième".to_owned()],
        "cents" => vec!["centième".to_owned()],
        "millions" => vec!["millionième".to_owned()],
        word => vec![format!("{}ième", word.strip_suffix('e').unwrap_or(word))],
    }
}

/// As written in France; a final *un* also as *une*.
pub(super) fn say(number: i64) -> Vec<Vec<String>> {
    let mut words = Vec::new();
    if number < 0 {
        words.push("moins");
    }
    say_positive(number.abs(), &mut words);
    let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    let mut ways = vec![words.clone()];
    if words.last().is_some_and(|last| last == "un") {
        let mut feminine = words;
        feminine.pop();
        feminine.push("une".to_owned());
        ways.push(feminine);
    }
    ways
}

fn say_positive(number: i64, words: &mut Vec<&'static str>) {
    let (millions, thousands, rest) = (number / 1_000_000, number / 1_000 % 1_000, number % 1_000);
    if millions > 0 {
        say_group(millions, true, words);
        words.push(if millions > 1 { "millions" } else { "million" });
    }
    if thousands > 0 {
        if thousands > 1 {
            // *Mille* takes no plural before it: "deux cent mille".
            say_group(thousands, false, words);
        }
        words.push("mille");
    }
    if rest > 0 || number == 0 {
        say_group(rest, true, words);
    }
}

/// `plural`: whether a final *cent* or *quatre-vingt* takes its *s*.
fn say_group(number: i64, plural: bool, words: &mut Vec<&'static str>) {
    let (hundreds, rest) = (number / 100, number % 100);
    if hundreds > 1 {
        words.push(UNITS[hundreds as usize]);
    }
    if hundreds > 0 {
        words.push(if hundreds > 1 && rest == 0 && plural { "cents" } else { "cent" });
    }
    match rest {
        0 if hundreds > 0 => {}
        0..=19 => say_below_twenty(rest, words),
        80 => words.extend(["quatre", if plural { "vingts" } else { "vingt" }]),
        81..=99 => {
            words.extend(["quatre", "vingt"]);
            say_below_twenty(rest - 80, words);
        }
        _ => {
            let tens = if rest >= 60 { 60 } else { rest / 10 * 10 };
            let ones = rest - tens;
            words.push(TENS[(tens / 10 - 2) as usize].1);
            if ones == 1 || ones == 11 {
                words.push("et");
            }
            if ones > 0 {
                say_below_twenty(ones, words);
            }
        }
    }
}

fn say_below_twenty(number: i64, words: &mut Vec<&'static str>) {
    if number > 16 {
        words.push("dix");
    }
    words.push(UNITS[if number > 16 { number - 10 } else { number } as usize]);
}
