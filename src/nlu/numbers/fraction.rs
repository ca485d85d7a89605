//! Numbers that are not whole, as people say them.

use super::{en, fr, say};
use crate::nlu::text::is_french;

/// As many decimals as are said.
const DECIMALS: usize = 6;

/// The usual ways to say any number: quarters as such ("two and a half"), and every fraction with
/// its decimals ("two point five"). None beyond [`super::LIMIT`].
#[must_use]
pub fn say_decimal(number: f64, language: &str) -> Vec<Vec<String>> {
    let whole = number.trunc() as i64;
    if number.fract() == 0.0 {
        return say(whole, language);
    }
    let french = is_french(language);
    let minus = if french { "moins" } else { "minus" };
    let sign: &[&str] = if number < 0.0 { &[minus] } else { &[] };
    let mut rows = Vec::new();
    let mut add = |before: &[String], after: &str| {
        let sign = sign.iter().map(|word| (*word).to_owned());
        let after = after.split(' ').map(str::to_owned);
        rows.push(sign.chain(before.iter().cloned()).chain(after).collect());
    };
    let wholes = say(whole.abs(), language);
    let quarters = number.fract().abs() * 4.0;
    let parts = if quarters.fract() == 0.0 { quarters as i64 } else { 0 };
    if let Some((after, alone)) = if french { fr::say_part(parts) } else { en::say_part(parts) } {
        if whole == 0 {
            for part in alone {
                add(&[], part);
            }
        } else {
            for (row, part) in wholes.iter().flat_map(|row| after.iter().map(move |part| (row, part))) {
                add(row, part);
            }
        }
    }
    let decimals = format!("{:.DECIMALS$}", number.fract().abs());
    let digits = decimals.trim_start_matches("0.").trim_end_matches('0');
    let point = if french { "virgule" } else { "point" };
    let spoken: Vec<String> = digits
        .bytes()
        .filter_map(|digit| say(i64::from(digit - b'0'), language).first().map(|row| row.join(" ")))
        .collect();
    if !spoken.is_empty() {
        let after = format!("{point} {}", spoken.join(" "));
        for row in &wholes {
            add(row, &after);
        }
    }
    rows
}
