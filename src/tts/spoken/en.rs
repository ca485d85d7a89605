//! English: how numbers, times and signs are said.

use super::units::Unit;
use super::{Clock, Half, Next, Short, Tongue};
use crate::nlu::months::EN as MONTHS;
use crate::nlu::numbers;

pub(super) struct English;

const fn short(written: &'static str, spoken: &'static str, next: Next) -> Short {
    Short { written, spoken, next }
}

const SHORTS: &[Short] = &[
    short("Dr", "Doctor", Next::Capital),
    short("Mr", "Mister", Next::Capital),
    short("Mrs", "Missis", Next::Capital),
    short("Ms", "Miz", Next::Capital),
    short("St", "Saint", Next::Capital),
    short("Prof", "Professor", Next::Capital),
    short("e.g.", "for example", Next::Anything),
    short("i.e.", "that is", Next::Anything),
    short("etc.", "et cetera", Next::Anything),
    short("vs.", "versus", Next::Anything),
    short("vs", "versus", Next::Anything),
    short("approx.", "approximately", Next::Anything),
    short("max.", "maximum", Next::Anything),
    short("min.", "minimum", Next::Anything),
    short("temp.", "temperature", Next::Anything),
    short("no.", "number", Next::Digit),
    short("No.", "number", Next::Digit),
    short("w/o", "without", Next::Anything),
    short("24/7", "twenty four seven", Next::Anything),
];

impl Tongue for English {
    fn decimal_marks(&self) -> &'static [char] {
        &['.']
    }

    fn group_marks(&self) -> &'static [char] {
        &[',', '\u{202f}']
    }

    fn cardinal(&self, number: i64, _feminine: bool) -> String {
        numbers::say(number, "en").first().map_or_else(String::new, |words| words.join(" "))
    }

    fn decimals(&self, digits: &str) -> String {
        format!("point {}", super::numeral::one_by_one(digits, self))
    }

    fn ordinal(&self, number: i64, suffix: &str) -> Option<String> {
        let ordinal = numbers::say_ordinal(number, "en").first().map(|words| words.join(" "));
        ordinal.filter(|_| matches!(suffix, "st" | "nd" | "rd" | "th"))
    }

    fn fraction(&self, above: i64, below: i64) -> String {
        let count = self.cardinal(above, false);
        let part = match below {
            2 => "half".to_owned(),
            4 => "quarter".to_owned(),
            3 | 5..=20 => match numbers::say_ordinal(below, "en").first() {
                Some(words) => words.join(" "),
                None => return count,
            },
            _ => return format!("{count} over {}", self.cardinal(below, false)),
        };
        match (above, below) {
            (1, _) => format!("one {part}"),
            (_, 2) => format!("{count} halves"),
            _ => format!("{count} {part}s"),
        }
    }

    fn and(&self) -> &'static str {
        "and"
    }

    fn plural(&self, number: f64) -> bool {
        (number - 1.0).abs() > f64::EPSILON
    }

    fn unit(&self, unit: &Unit) -> (&'static str, &'static str, bool) {
        (unit.en.0, unit.en.1, false)
    }

    fn money(&self, whole: i64, hundredths: Option<i64>, sign: char) -> Option<String> {
        let (one, many) = match sign {
            '€' => ("euro", "euros"),
            '$' => ("dollar", "dollars"),
            '£' => ("pound", "pounds"),
            _ => return None,
        };
        let name = if whole == 1 { one } else { many };
        let rest = hundredths.map_or(String::new(), |cents| format!(" {}", self.cardinal(cents, false)));
        Some(format!("{} {name}{rest}", self.cardinal(whole, false)))
    }

    fn clock(&self, clock: &Clock) -> String {
        let Clock { hour, minute, half, .. } = *clock;
        if let Some(second) = clock.second {
            let parts = [(hour, "hour"), (minute, "minute"), (second, "second")];
            let parts = parts.map(|(count, unit)| {
                let s = if count == 1 { "" } else { "s" };
                format!("{} {unit}{s}", self.cardinal(count.into(), false))
            });
            return parts.join(" ");
        }
        let half = half.or((hour > 12 && hour < 24).then_some(Half::Pm)).or(
            // "Twelve thirty" would be noon.
            (hour == 0 || hour == 24).then_some(Half::Am),
        );
        let on_twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
        let hour_said = self.cardinal(on_twelve.into(), false);
        let half_said = match half {
            Some(Half::Am) => " AM",
            Some(Half::Pm) => " PM",
            None => "",
        };
        match (minute, half) {
            (0, None) if hour == 12 => "noon".to_owned(),
            (0, _) if hour % 24 == 0 => "midnight".to_owned(),
            (0, None) => format!("{hour_said} o'clock"),
            (0, Some(_)) => format!("{hour_said}{half_said}"),
            (1..=9, _) => format!("{hour_said} oh {}{half_said}", self.cardinal(minute.into(), false)),
            _ => format!("{hour_said} {}{half_said}", self.cardinal(minute.into(), false)),
        }
    }

    fn hours_by_letter(&self) -> bool {
        false
    }

    fn year(&self, year: i64) -> String {
        let (century, rest) = (year / 100, year % 100);
        if century % 10 == 0 && rest < 10 {
            return self.cardinal(year, false);
        }
        let century = self.cardinal(century, false);
        match rest {
            0 => format!("{century} hundred"),
            1..=9 => format!("{century} oh {}", self.cardinal(rest, false)),
            _ => format!("{century} {}", self.cardinal(rest, false)),
        }
    }

    fn date(&self, day: i64, month: i64, year: Option<i64>, before: &str) -> String {
        let the = if before.ends_with("the ") { "" } else { "the " };
        let day = self.ordinal(day, "th").unwrap_or_default();
        let month = MONTHS.get(month as usize - 1).copied().unwrap_or_default();
        let year = year.map_or(String::new(), |year| format!(" {}", self.year(year)));
        format!("{the}{day} of {month}{year}")
    }

    fn is_month(&self, word: &str) -> bool {
        MONTHS.contains(&word)
    }

    fn is_feminine(&self, _word: &str) -> bool {
        false
    }

    fn minus(&self) -> &'static str {
        "minus"
    }

    fn to(&self) -> &'static str {
        "to"
    }

    fn times(&self) -> &'static str {
        "times"
    }

    fn number_sign(&self) -> &'static str {
        "number"
    }

    fn sign(&self, sign: char) -> Option<&'static str> {
        Some(match sign {
            '&' => "and",
            '+' => "plus",
            '−' => "minus",
            '=' => "equals",
            '@' => "at",
            '%' => "percent",
            '°' => "degrees",
            '~' | '≈' => "about",
            '×' => "times",
            '÷' => "divided by",
            '±' => "plus or minus",
            '<' => "less than",
            '>' => "more than",
            '≤' => "at most",
            '≥' => "at least",
            '→' => "to",
            '²' => "squared",
            '³' => "cubed",
            '€' => "euros",
            '$' => "dollars",
            '£' => "pounds",
            '*' | '`' | '^' | '#' => "",
            '_' | '|' | '\\' => " ",
            _ => return None,
        })
    }

    fn address_sign(&self, sign: char) -> &'static str {
        match sign {
            '.' => "dot",
            '/' => "slash",
            '@' => "at",
            '-' => "dash",
            '_' => "underscore",
            ':' => "colon",
            '+' => "plus",
            _ => "",
        }
    }

    fn shorts(&self) -> &'static [Short] {
        SHORTS
    }
}
