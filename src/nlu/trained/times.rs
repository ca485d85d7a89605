//! Stretches of a sentence that speak of time or of numbers: "in two and a half hours".
//!
//! Not a parser: the tagger learns whether a stretch is a slot, and where exactly it begins.

use super::tokens::Token;

/// Where a token stands in such a stretch: `BT`, `IT`, `ET`, `ST` (time) or `BN`… (numbers
/// only); `None` outside.
#[must_use]
pub fn stretches(tokens: &[Token], classes: &[&str]) -> Vec<Option<(char, char)>> {
    let mut marks = vec![None; tokens.len()];
    let mut at = 0;
    while at < tokens.len() {
        let length = (tokens[at..].iter().zip(&classes[at..]))
            .take_while(|(token, class)| weight(token, class) != Weight::None)
            .count();
        mark(&mut marks, tokens, classes, at, at + length);
        at += length + 1;
    }
    marks
}

fn mark(
    marks: &mut [Option<(char, char)>],
    tokens: &[Token],
    classes: &[&str],
    mut start: usize,
    mut end: usize,
) {
    let heavy = |at: usize| weight(&tokens[at], classes[at]) > Weight::Link;
    while start < end && !heavy(end - 1) {
        end -= 1;
    }
    // Links before the first number or time word belong to it ("in the next"), signs don't.
    while start < end && !heavy(start) && !tokens[start].lower.starts_with(char::is_alphabetic) {
        start += 1;
    }
    let time = (start..end).any(|at| weight(&tokens[at], classes[at]) == Weight::Time);
    let kind = if time { 'T' } else { 'N' };
    let size = end.saturating_sub(start);
    for (offset, mark) in marks[start..end].iter_mut().enumerate() {
        let place = match (offset, offset + 1 == size) {
            (0, true) => 'S',
            (0, false) => 'B',
            (_, true) => 'E',
            _ => 'I',
        };
        *mark = Some((place, kind));
    }
}

#[derive(PartialEq, PartialOrd)]
enum Weight {
    None,
    Link,
    Number,
    Time,
}

fn weight(token: &Token, class: &str) -> Weight {
    match class {
        "season" | "holiday" | "month" | "weekday" | "day-part" | "day" | "time-unit" | "clock" => {
            Weight::Time
        }
        "unit" | "number" | "ordinal" | "digits" | "year" | "decade" | "long-digits" => Weight::Number,
        "coming" => Weight::Link,
        _ if LINKS.split(' ').any(|link| link == token.lower) => Weight::Link,
        _ => Weight::None,
    }
}

const LINKS: &str = "in at on from after before until till during the of a an and ago exactly around about by past to \
                     o ' , : - . à au le la l de du dans d et en vers pour dès jusqu après avant";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::trained::tokens::tokenize;
    use crate::nlu::trained::words;

    #[test]
    fn times_and_numbers_are_told_apart() {
        for (text, expected) in [
            ("weather in two and a half hours please", ". BT IT IT IT IT ET ."),
            ("a table for seven at noon", ". . . BT IT ET"),
            ("rate it 5, out of 6", ". . SN . . BN EN"),
        ] {
            let tokens = tokenize(text);
            let classes: Vec<_> =
                tokens.iter().map(|token| words::class(&token.lower).unwrap_or("-")).collect();
            let marks: Vec<_> = stretches(&tokens, &classes)
                .iter()
                .map(|mark| mark.map_or(".".to_owned(), |(place, kind)| format!("{place}{kind}")))
                .collect();
            assert_eq!(marks.join(" "), expected, "{text}");
        }
    }
}
