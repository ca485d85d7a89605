//! Quantities: percentages, temperatures, money.

use super::Parsed;
use super::input::{Found, Input, add};

/// The unit of a temperature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    Celsius,
    Fahrenheit,
}

const PERCENT: [&str; 4] = ["percent", "per cent", "pourcent", "pour cent"];

const SCALES: [(&str, Scale); 6] = [
    ("celsius", Scale::Celsius),
    ("centigrade", Scale::Celsius),
    ("c", Scale::Celsius),
    ("fahrenheit", Scale::Fahrenheit),
    ("f", Scale::Fahrenheit),
    ("centigrades", Scale::Celsius),
];

/// Currency words with their ISO 4217 code.
const CURRENCIES: [(&str, &str); 16] = [
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("dollar", "USD"),
    ("dollars", "USD"),
    ("pound", "GBP"),
    ("pounds", "GBP"),
    ("livre", "GBP"),
    ("livres", "GBP"),
    ("livre sterling", "GBP"),
    ("livres sterling", "GBP"),
    ("swiss franc", "CHF"),
    ("swiss francs", "CHF"),
    ("franc", "CHF"),
    ("francs", "CHF"),
    ("franc suisse", "CHF"),
    ("francs suisses", "CHF"),
];

/// Hundredths; `None`: of more than one currency.
const CENTS: [(&str, Option<&str>); 7] = [
    ("cent", None),
    ("cents", None),
    ("centime", None),
    ("centimes", None),
    ("penny", Some("GBP")),
    ("pence", Some("GBP")),
    ("p", Some("GBP")),
];

pub(super) fn percentages(input: &Input<'_>, at: usize) -> Found<Parsed> {
    let mut found = Found::new();
    for (end, value) in input.numbers(at) {
        if let Some(end) = input.phrase(end, &PERCENT) {
            add(&mut found, end, Parsed::Percentage(value));
        }
    }
    found
}

/// A number of degrees; the word may be left out ("set it to 21").
pub(super) fn temperatures(input: &Input<'_>, at: usize) -> Found<Parsed> {
    let mut found = Found::new();
    for (end, value) in input.numbers(at) {
        let Some(unit) = input.phrase(end, &["degree", "degrees", "degré", "degrés"]) else {
            add(&mut found, end, Parsed::Temperature(value, None));
            continue;
        };
        let half = input.phrase(unit, &["et demi", "and a half"]).filter(|_| value.fract() == 0.0);
        let halves = half.map(|end| (end, value + 0.5_f64.copysign(value)));
        for (end, value) in [Some((unit, value)), halves].into_iter().flatten() {
            for (end, scale) in scales(input, end) {
                add(&mut found, end, Parsed::Temperature(value, scale));
                if value > 0.0
                    && let Some(end) =
                        input.phrase(end, &["below zero", "below", "sous zéro", "en dessous de zéro"])
                {
                    add(&mut found, end, Parsed::Temperature(-value, scale));
                }
            }
        }
    }
    found
}

fn scales(input: &Input<'_>, at: usize) -> Found<Option<Scale>> {
    let mut found = vec![(at, None)];
    if let Some((end, scale)) = input.entry(at, &SCALES) {
        found.push((end, Some(scale)));
    }
    found
}

/// An amount with its currency: never a bare number, never less than nothing.
pub(super) fn moneys(input: &Input<'_>, at: usize) -> Found<Parsed> {
    let mut found = Found::new();
    let mut keep = |end, amount: f64, currency| {
        add(&mut found, end, Parsed::Money((amount * 100.0).round() / 100.0, currency));
    };
    // "$5": the sign is said after the amount, and written before it.
    if let Some((number, currency)) = input.entry(at, &CURRENCIES)
        && input.word(number).starts_with(|c: char| c.is_ascii_digit())
    {
        for (end, amount) in input.numbers(number) {
            keep(end, amount, Some(currency));
        }
    }
    for (end, amount) in input.numbers(at).into_iter().filter(|(_, amount)| *amount >= 0.0) {
        if let Some((end, currency)) = input.entry(end, &CENTS) {
            keep(end, amount / 100.0, currency);
        }
        // "Un million d'euros."
        let unit = if input.french { input.skip(end, &["d'", "de"]) } else { end };
        let Some((end, currency)) = input.entry(unit, &CURRENCIES) else { continue };
        keep(end, amount, Some(currency));
        if amount.fract() != 0.0 {
            continue;
        }
        if let Some(end) = input.phrase(end, &["et demi", "and a half"]) {
            keep(end, amount + 0.5, Some(currency));
        }
        for (end, cents) in input.wholes(input.skip(end, &["and", "et"]), 1..=99) {
            keep(end, amount + cents as f64 / 100.0, Some(currency));
            if let Some((end, _)) = input.entry(end, &CENTS) {
                keep(end, amount + cents as f64 / 100.0, Some(currency));
            }
        }
    }
    found
}
