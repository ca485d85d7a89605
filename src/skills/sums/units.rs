//! Units that are asked for at home, and what they are of.
//!
//! Kitchen and imperial measures are the customary ones of the United States (NIST Handbook 44,
//! appendix C), in which recipes are written; spoons and cups of French recipes are metric.

use rust_decimal::Decimal;

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    Length,
    Mass,
    Volume,
    Temperature,
    Speed,
    Time,
}

/// A unit: so many of the dimension's base unit (metre, gram, millilitre, kelvin-sized degree,
/// metre an hour, second), from `zero` on.
#[derive(Debug, Clone, Copy)]
pub struct Unit {
    pub id: &'static str,
    pub dimension: Dimension,
    factor: &'static str,
    divisor: u32,
    zero: &'static str,
}

const fn unit(id: &'static str, dimension: Dimension, factor: &'static str) -> Unit {
    Unit { id, dimension, factor, divisor: 1, zero: "0" }
}

use Dimension::{Length, Mass, Speed, Temperature, Time, Volume};

static UNITS: [Unit; 32] = [
    unit("mm", Length, "0.001"),
    unit("cm", Length, "0.01"),
    unit("m", Length, "1"),
    unit("km", Length, "1000"),
    unit("in", Length, "0.0254"),
    unit("ft", Length, "0.3048"),
    unit("yd", Length, "0.9144"),
    unit("mi", Length, "1609.344"),
    unit("g", Mass, "1"),
    unit("kg", Mass, "1000"),
    unit("oz", Mass, "28.349523125"),
    unit("lb", Mass, "453.59237"),
    unit("st", Mass, "6350.29318"),
    unit("ml", Volume, "1"),
    unit("cl", Volume, "10"),
    unit("dl", Volume, "100"),
    unit("l", Volume, "1000"),
    unit("tsp", Volume, "4.92892159375"),
    unit("tbsp", Volume, "14.78676478125"),
    unit("cup", Volume, "236.5882365"),
    unit("floz", Volume, "29.5735295625"),
    unit("pt", Volume, "473.176473"),
    unit("gal", Volume, "3785.411784"),
    unit("C", Temperature, "1"),
    // 5/9 of a kelvin, and 0 °F are so many °C.
    Unit { id: "F", dimension: Temperature, factor: "5", divisor: 9, zero: "32" },
    unit("kmh", Speed, "1000"),
    unit("mph", Speed, "1609.344"),
    unit("s", Time, "1"),
    unit("min", Time, "60"),
    unit("h", Time, "3600"),
    unit("d", Time, "86400"),
    unit("week", Time, "604800"),
];

/// French spoons and cups hold round amounts.
static METRIC: [Unit; 3] = [unit("tsp", Volume, "5"), unit("tbsp", Volume, "15"), unit("cup", Volume, "250")];

/// The unit of an id, as a language's kitchens have it.
#[must_use]
pub fn named(id: &str, french: bool) -> Option<&'static Unit> {
    let metric = METRIC.iter().filter(|_| french);
    metric.chain(&UNITS).find(|unit| unit.id == id)
}

/// So many of one unit in another; `None` when a number becomes too large.
///
/// Both must be of one dimension.
#[must_use]
pub fn convert(amount: Decimal, from: &Unit, to: &Unit) -> Option<Decimal> {
    let decimal = |text: &str| text.parse::<Decimal>().ok();
    let base = amount.checked_sub(decimal(from.zero)?)?.checked_mul(decimal(from.factor)?)?;
    // Multiplied first and divided last, so that 212 °F are 100 °C and nothing near it.
    let up = base.checked_mul(Decimal::from(to.divisor))?;
    let down = decimal(to.factor)?.checked_mul(Decimal::from(from.divisor))?;
    up.checked_div(down)?.checked_add(decimal(to.zero)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(amount: &str, from: &str, to: &str, result: &str) {
        let (from, to) = (named(from, false).unwrap(), named(to, false).unwrap());
        assert_eq!(from.dimension, to.dimension);
        let converted = convert(amount.parse().unwrap(), from, to).unwrap().round_dp(6).normalize();
        assert_eq!(converted.to_string(), result);
    }

    #[test]
    fn known_conversions() {
        check("212", "F", "C", "100");
        check("-40", "C", "F", "-40");
        check("350", "F", "C", "176.666667");
        check("5", "mi", "km", "8.04672");
        check("1", "lb", "g", "453.59237");
        check("1", "gal", "l", "3.785412");
        check("3", "tsp", "tbsp", "1");
        check("2", "cup", "pt", "1");
        check("1", "week", "h", "168");
        check("100", "kmh", "mph", "62.137119");
    }

    #[test]
    fn every_unit_becomes_itself_again() {
        for from in &UNITS {
            for to in UNITS.iter().filter(|to| to.dimension == from.dimension) {
                let there = convert(Decimal::from(37), from, to).unwrap();
                let back = convert(there, to, from).unwrap();
                assert_eq!(back.round_dp(9).normalize(), Decimal::from(37), "{} {}", from.id, to.id);
            }
        }
    }

    #[test]
    fn what_is_too_large_is_nothing() {
        let (week, second) = (named("week", false).unwrap(), named("s", false).unwrap());
        assert_eq!(convert(Decimal::MAX, week, second), None);
    }

    #[test]
    fn french_spoons_are_metric() {
        let (spoon, ml) = (named("tbsp", true).unwrap(), named("ml", true).unwrap());
        assert_eq!(convert(Decimal::TWO, spoon, ml), Some(Decimal::from(30)));
    }
}
