//! Sums and units, exact to the last decimal: a tenth and two tenths are three tenths.

pub mod units;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Outcome, Skill, Stop, World};
use crate::nlu::Intent;
use crate::nlu::text::is_french;

pub(super) struct Sums;

impl Skill for Sums {
    fn intents(&self) -> &'static [&'static str] {
        &["Calculate", "ConvertUnits"]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        if intent.intent == "Calculate" { calculate(intent, world) } else { convert(intent, world) }
    }
}

fn calculate(intent: &Intent, world: &World) -> Result<Outcome, Stop> {
    let words = world.words();
    let too_large = || Stop::Answer(words.too_large());
    let a = number(intent, "a").ok_or_else(too_large)?;
    let b = number(intent, "b").unwrap_or_default();
    let result = match intent.slot_str("operator").unwrap_or_default() {
        "minus" => a.checked_sub(b),
        "times" | "of" => a.checked_mul(b),
        "divided" if b.is_zero() => return Err(Stop::Answer(words.divided_by_zero())),
        "divided" => a.checked_div(b),
        "percent" => a.checked_mul(b).and_then(|product| product.checked_div(Decimal::ONE_HUNDRED)),
        "squared" => a.checked_mul(a),
        "root" if a.is_sign_negative() && !a.is_zero() => return Err(Stop::Answer(words.no_real_root())),
        "root" => root(a),
        _ => a.checked_add(b),
    };
    let (text, exact) = shown(result.ok_or_else(too_large)?);
    Ok(Outcome::done(words.result(&text, exact)).with_variables(json!({ "slots": { "result": text } })))
}

fn convert(intent: &Intent, world: &World) -> Result<Outcome, Stop> {
    let words = world.words();
    let amount = number(intent, "amount").ok_or_else(|| Stop::Answer(words.too_large()))?;
    let (from, to) = (intent.slot_str("from").unwrap_or_default(), intent.slot_str("to").unwrap_or_default());
    let french = is_french(world.language);
    let (Some(one), Some(other)) = (units::named(from, french), units::named(to, french)) else {
        return Err(Stop::Answer(words.not_convertible(from, to)));
    };
    if one.dimension != other.dimension {
        return Err(Stop::Answer(words.not_convertible(from, to)));
    }
    let result = units::convert(amount, one, other).ok_or_else(|| Stop::Answer(words.too_large()))?;
    let (text, exact) = shown(result);
    let (amount, _) = shown(amount);
    Ok(Outcome::done(words.converted(&amount, from, &text, to, exact))
        .with_variables(json!({ "slots": { "result": text } })))
}

/// A slot's number: `12`, `0.5`, or a fraction as `2/3`.
fn number(intent: &Intent, slot: &str) -> Option<Decimal> {
    match intent.slot(slot)? {
        Value::Number(number) => number.to_string().parse().ok(),
        Value::String(text) => match text.split_once('/') {
            Some((above, below)) => {
                above.parse::<Decimal>().ok()?.checked_div(below.parse::<Decimal>().ok()?)
            }
            None => text.parse().ok(),
        },
        _ => None,
    }
}

/// The square root, by Newton's method: 28 digits double in each of a few steps.
fn root(of: Decimal) -> Option<Decimal> {
    if of.is_zero() {
        return Some(of);
    }
    let mut guess = if of > Decimal::ONE { of.checked_div(Decimal::TWO)? } else { Decimal::ONE };
    for _ in 0..100 {
        let next = of.checked_div(guess)?.checked_add(guess)?.checked_div(Decimal::TWO)?;
        if next == guess {
            break;
        }
        guess = next;
    }
    Some(guess)
}

/// As it is said: two decimals, or three digits of what is smaller than one; and whether that is
/// all of it.
fn shown(value: Decimal) -> (String, bool) {
    // What the last of 28 digits cannot hold (a third of nine) is not what people mean by "about".
    let value = value.round_dp(20).normalize();
    let said = if value.abs() >= Decimal::ONE || value.is_zero() {
        value.round_dp(2)
    } else {
        value.round_sf(3).unwrap_or(value)
    };
    (said.normalize().to_string(), said == value)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Fixture;
    use super::*;

    #[track_caller]
    #[allow(clippy::needless_pass_by_value)] // json! at every call
    fn check(a: Value, operator: &str, b: Value, said: &str) {
        let mut home = Fixture::demo("en");
        assert_eq!(home.says("Calculate", json!({ "a": a, "operator": operator, "b": b })), said);
    }

    #[test]
    fn sums_are_exact() {
        check(json!(12), "times", json!(7), "That is 84.");
        check(json!(0.1), "plus", json!(0.2), "That is 0.3.");
        check(json!(15), "percent", json!(80), "That is 12.");
        check(json!("2/3"), "of", json!(90), "That is 60.");
        check(json!("1/3"), "of", json!(9), "That is 3.");
        check(json!(10), "divided", json!(4), "That is 2.5.");
        check(json!(10), "divided", json!(3), "That is about 3.33.");
        check(json!(1), "divided", json!(3), "That is about 0.333.");
        check(json!(3), "minus", json!(5), "That is -2.");
        check(json!(9), "squared", Value::Null, "That is 81.");
        check(json!(144), "root", Value::Null, "That is 12.");
        check(json!(2), "root", Value::Null, "That is about 1.41.");
    }

    #[test]
    fn what_cannot_be_is_said() {
        check(json!(1), "divided", json!(0), "Nothing can be divided by zero.");
        check(json!(-4), "root", Value::Null, "A negative number has no square root that I could tell.");
        check(
            json!("79000000000000000000000000000"),
            "times",
            json!(999_999_999),
            "That number is too large for me.",
        );
    }

    #[test]
    fn units_in_both_languages() {
        let mut home = Fixture::demo("en");
        let ask = |amount: Value, from: &str, to: &str| json!({ "amount": amount, "from": from, "to": to });
        assert_eq!(
            home.says("ConvertUnits", ask(json!(5), "mi", "km")),
            "5 miles are about 8.05 kilometres."
        );
        assert_eq!(home.says("ConvertUnits", ask(json!(1), "kg", "g")), "1 kilo is 1000 grams.");
        assert_eq!(
            home.says("ConvertUnits", ask(json!(1), "l", "m")),
            "Litres cannot be turned into metres."
        );
        home.language = "fr";
        assert_eq!(
            home.says("ConvertUnits", ask(json!(2), "tbsp", "ml")),
            "2 cuillères à soupe font 30 millilitres."
        );
        assert_eq!(home.says("ConvertUnits", ask(json!(1), "in", "cm")), "1 pouce fait 2,54 centimètres.");
    }
}
