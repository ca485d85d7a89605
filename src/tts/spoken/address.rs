//! Addresses of pages and of mail, read out as one would over the telephone.

use super::Tongue;
use super::numeral::{Numeral, one_by_one};

/// Ends of names that are addresses even without `www.`.
const TOPS: &[&str] = &["com", "org", "net", "fr", "be", "ch", "ca", "uk", "de", "eu", "io", "info", "local"];

/// What is said of the address at a place of the text, and where it ends.
pub fn at(chars: &[char], at: usize, tongue: &dyn Tongue) -> Option<(String, usize)> {
    let mut end = at
        + chars.iter().skip(at).take_while(|c| !c.is_whitespace() && !"<>\"()[]«»“”".contains(**c)).count();
    while end > at && ".,;:!?'’".contains(chars[end - 1]) {
        end -= 1;
    }
    let written: String = chars[at..end].iter().collect();
    let shown = ["https://", "http://", "www."].iter().fold(written.as_str(), |rest, start| {
        rest.get(..start.len())
            .filter(|head| head.eq_ignore_ascii_case(start))
            .map_or(rest, |head| &rest[head.len()..])
    });
    let is_address = shown.len() < written.len() || is_mail(shown) || is_host(shown);
    if !is_address || shown.is_empty() {
        return None;
    }
    // What a page is asked for is for machines.
    let told = shown.split(['?', '#']).next().unwrap_or(shown).trim_end_matches('/');
    let words = spell(told, tongue);
    (!words.is_empty()).then_some((words, end))
}

fn is_mail(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.contains('@') && host.chars().all(is_plain)
    })
}

fn is_host(text: &str) -> bool {
    let host = text.split('/').next().unwrap_or(text);
    host.rsplit_once('.').is_some_and(|(name, top)| {
        TOPS.contains(&top) && name.chars().all(is_plain) && name.starts_with(char::is_alphanumeric)
    })
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".-_".contains(c)
}

fn spell(address: &str, tongue: &dyn Tongue) -> String {
    let chars: Vec<char> = address.chars().collect();
    let (mut words, mut at) = (Vec::new(), 0);
    while at < chars.len() {
        let kind = |c: &char| (c.is_ascii_digit(), c.is_alphanumeric());
        let end = at + chars[at..].iter().take_while(|c| kind(c) == kind(&chars[at])).count();
        let run: String = chars[at..end].iter().collect();
        match kind(&chars[at]) {
            (true, _) => {
                let numeral = Numeral { whole: run.clone(), decimals: String::new() };
                let short = numeral.integer().filter(|_| run.len() <= 4);
                words.push(short.map_or_else(|| one_by_one(&run, tongue), |n| tongue.cardinal(n, false)));
            }
            (_, true) => words.push(run),
            _ => words.extend(run.chars().map(|c| tongue.address_sign(c).to_owned())),
        }
        at = end;
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}
