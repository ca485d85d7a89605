//! French: how numbers, times and signs are said.

use super::units::Unit;
use super::{Clock, Next, Short, Tongue};
use crate::nlu::months::FR as MONTHS;
use crate::nlu::numbers;

pub(super) struct French;

/// What is counted at home and is feminine, in the singular.
const FEMININE: &[&str] = &[
    "heure",
    "demi-heure",
    "minute",
    "seconde",
    "semaine",
    "année",
    "journée",
    "nuit",
    "fois",
    "lumière",
    "lampe",
    "ampoule",
    "prise",
    "porte",
    "fenêtre",
    "serrure",
    "pièce",
    "chambre",
    "personne",
    "page",
    "liste",
    "alarme",
    "annonce",
    "chose",
    "tomate",
    "pomme",
    "bouteille",
    "boîte",
    "cuillère",
    "tasse",
    "tranche",
];

const fn short(written: &'static str, spoken: &'static str, next: Next) -> Short {
    Short { written, spoken, next }
}

const SHORTS: &[Short] = &[
    short("M.", "Monsieur", Next::Capital),
    short("Mme", "Madame", Next::Capital),
    short("Mmes", "Mesdames", Next::Capital),
    short("Mlle", "Mademoiselle", Next::Capital),
    short("Dr", "Docteur", Next::Capital),
    short("Pr", "Professeur", Next::Capital),
    short("St", "Saint", Next::Capital),
    short("Ste", "Sainte", Next::Capital),
    short("p. ex.", "par exemple", Next::Anything),
    short("p.\u{a0}ex.", "par exemple", Next::Anything),
    short("par ex.", "par exemple", Next::Anything),
    short("c.-à-d.", "c'est-à-dire", Next::Anything),
    short("etc.", "et cetera", Next::Anything),
    short("env.", "environ", Next::Anything),
    short("max.", "maximum", Next::Anything),
    short("min.", "minimum", Next::Anything),
    short("tél.", "téléphone", Next::Anything),
    short("svp", "s'il vous plaît", Next::Anything),
    short("n°", "numéro", Next::Digit),
    short("N°", "numéro", Next::Digit),
    short("24/7", "sept jours sur sept", Next::Anything),
    short("7j/7", "sept jours sur sept", Next::Anything),
];

impl French {
    fn ordinals(number: i64) -> Vec<String> {
        numbers::say_ordinal(number, "fr").iter().map(|words| words.join(" ")).collect()
    }

    fn counted(&self, count: u32, one: &str) -> String {
        let s = if count > 1 { "s" } else { "" };
        format!("{} {one}{s}", self.cardinal(count.into(), true))
    }
}

impl Tongue for French {
    fn decimal_marks(&self) -> &'static [char] {
        &[',', '.']
    }

    fn group_marks(&self) -> &'static [char] {
        &[' ', '\u{a0}', '\u{202f}', '\u{2009}']
    }

    fn cardinal(&self, number: i64, feminine: bool) -> String {
        let ways = numbers::say(number, "fr");
        let way = if feminine { ways.last() } else { ways.first() };
        way.map_or_else(String::new, |words| words.join(" "))
    }

    fn decimals(&self, digits: &str) -> String {
        let zeros = digits.chars().take_while(|c| *c == '0').count();
        let rest = &digits[zeros..];
        let mut words = vec!["virgule".to_owned()];
        words.extend(std::iter::repeat_n("zéro".to_owned(), zeros));
        match rest.parse() {
            Ok(number) if rest.len() <= 3 => words.push(self.cardinal(number, false)),
            // Nothing but zeros, or too long to be said as one number.
            _ => words.push(super::numeral::one_by_one(rest, self)),
        }
        words.retain(|word| !word.is_empty());
        words.join(" ")
    }

    fn ordinal(&self, number: i64, suffix: &str) -> Option<String> {
        let said = Self::ordinals(number);
        let wanted = match suffix {
            "er" | "e" | "ème" | "eme" | "ième" => 0,
            "re" | "ère" | "nd" => 1,
            "nde" => 2,
            _ => return None,
        };
        said.get(wanted).or(said.first()).cloned()
    }

    fn fraction(&self, above: i64, below: i64) -> String {
        let count = self.cardinal(above, false);
        let part = match below {
            2 => "demi".to_owned(),
            3 => return format!("{count} tiers"),
            4 => "quart".to_owned(),
            5..=20 => match Self::ordinals(below).into_iter().next() {
                Some(part) => part,
                None => return count,
            },
            _ => return format!("{count} sur {}", self.cardinal(below, false)),
        };
        format!("{count} {part}{}", if above > 1 { "s" } else { "" })
    }

    fn and(&self) -> &'static str {
        "et"
    }

    fn plural(&self, number: f64) -> bool {
        number >= 2.0
    }

    fn unit(&self, unit: &Unit) -> (&'static str, &'static str, bool) {
        (unit.fr.0, unit.fr.1, unit.feminine)
    }

    fn money(&self, whole: i64, hundredths: Option<i64>, sign: char) -> Option<String> {
        let (name, feminine) = match sign {
            '€' => ("euro", false),
            '$' => ("dollar", false),
            '£' => ("livre", true),
            _ => return None,
        };
        let s = if whole > 1 { "s" } else { "" };
        let rest = hundredths.map_or(String::new(), |cents| format!(" {}", self.cardinal(cents, false)));
        Some(format!("{} {name}{s}{rest}", self.cardinal(whole, feminine)))
    }

    fn clock(&self, clock: &Clock) -> String {
        let Clock { hour, minute, second, colon, .. } = *clock;
        if let Some(second) = second {
            let parts = [(hour, "heure"), (minute, "minute"), (second, "seconde")];
            return parts.map(|(count, unit)| self.counted(count, unit)).join(" ");
        }
        let hours = match hour {
            // `12 h` may be a length of time; `12:00` is none.
            12 if colon => "midi".to_owned(),
            0 | 24 if colon => "minuit".to_owned(),
            _ => self.counted(hour, "heure"),
        };
        match minute {
            0 => hours,
            _ => format!("{hours} {}", self.cardinal(minute.into(), true)),
        }
    }

    fn hours_by_letter(&self) -> bool {
        true
    }

    fn year(&self, year: i64) -> String {
        self.cardinal(year, false)
    }

    fn date(&self, day: i64, month: i64, year: Option<i64>, before: &str) -> String {
        let lower = before.to_lowercase();
        let le = if ["le ", "du ", "au "].iter().any(|end| lower.ends_with(end)) { "" } else { "le " };
        let day = if day == 1 { "premier".to_owned() } else { self.cardinal(day, false) };
        let month = MONTHS.get(month as usize - 1).copied().unwrap_or_default();
        let year = year.map_or(String::new(), |year| format!(" {}", self.year(year)));
        format!("{le}{day} {month}{year}")
    }

    fn is_month(&self, word: &str) -> bool {
        MONTHS.contains(&word)
    }

    fn is_feminine(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        FEMININE.contains(&word.as_str())
            || word.strip_suffix('s').is_some_and(|single| FEMININE.contains(&single))
    }

    fn minus(&self) -> &'static str {
        "moins"
    }

    fn to(&self) -> &'static str {
        "à"
    }

    fn times(&self) -> &'static str {
        "fois"
    }

    fn number_sign(&self) -> &'static str {
        "numéro"
    }

    fn sign(&self, sign: char) -> Option<&'static str> {
        Some(match sign {
            '&' => "et",
            '+' => "plus",
            '−' => "moins",
            '=' => "égale",
            '@' => "arobase",
            '%' => "pour cent",
            '°' => "degrés",
            '~' | '≈' => "environ",
            '×' => "fois",
            '÷' => "divisé par",
            '±' => "plus ou moins",
            '<' => "moins de",
            '>' => "plus de",
            '≤' => "au plus",
            '≥' => "au moins",
            '→' => "vers",
            '²' => "au carré",
            '³' => "au cube",
            '€' => "euros",
            '$' => "dollars",
            '£' => "livres",
            '*' | '`' | '^' | '#' => "",
            '_' | '|' | '\\' => " ",
            _ => return None,
        })
    }

    fn address_sign(&self, sign: char) -> &'static str {
        match sign {
            '.' => "point",
            '/' => "barre oblique",
            '@' => "arobase",
            '-' => "tiret",
            '_' => "tiret bas",
            ':' => "deux points",
            '+' => "plus",
            _ => "",
        }
    }

    fn shorts(&self) -> &'static [Short] {
        SHORTS
    }
}
