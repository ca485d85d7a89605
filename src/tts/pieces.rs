//! A long text in pieces, so that the first is heard while the others are being made.

/// A piece is not shorter, unless the text is: short ones sound chopped.
const SHORTEST: usize = 12;

/// A first sentence longer than this is begun before its end, at a comma.
const LONG: usize = 90;

/// Sentences of a text, in order; together they are the text.
#[must_use]
pub fn of(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut from = 0;
    let mut ends = text.char_indices().peekable();
    let mut ended = false;
    while let Some((at, c)) = ends.next() {
        if c.is_whitespace() && ended && text[from..at].trim().chars().count() >= SHORTEST {
            // « Oui ! » and "Really ?" keep their mark, which comes after a space.
            if ends.peek().is_some_and(|(_, next)| "?!»;:".contains(*next)) {
                continue;
            }
            pieces.push(text[from..at].trim().to_owned());
            from = at;
        }
        ended = matches!(c, '.' | '!' | '?' | '…' | '\n') || (ended && "»”\")".contains(c));
    }
    let last = text[from..].trim();
    if !last.is_empty() {
        pieces.push(last.to_owned());
    }
    if let Some((first, rest)) = pieces.first().and_then(|first| halves(first)) {
        pieces.splice(..1, [first, rest]);
    }
    pieces
}

/// The beginning of a long sentence and the rest of it.
fn halves(sentence: &str) -> Option<(String, String)> {
    if sentence.chars().count() <= LONG {
        return None;
    }
    let at = sentence
        .char_indices()
        .zip(sentence.chars().skip(1))
        .filter(|((at, c), next)| matches!(c, ',' | ';' | ':') && *next == ' ' && (20..=LONG).contains(at))
        .map(|((at, _), _)| at + 1)
        .next()?;
    Some((sentence[..at].to_owned(), sentence[at..].trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sentences_are_pieces() {
        assert_eq!(of("The light is on."), ["The light is on."]);
        assert_eq!(
            of("You have two timers. The first has a minute left."),
            ["You have two timers.", "The first has a minute left."]
        );
        assert_eq!(of("Yes. The light is on."), ["Yes. The light is on."]);
        assert_eq!(of("Que faire ? Dites une autre phrase."), ["Que faire ? Dites une autre phrase."]);
        assert_eq!(
            of("Il y a trois minuteurs. Lequel : le premier ?"),
            ["Il y a trois minuteurs.", "Lequel : le premier ?"]
        );
        assert_eq!(
            of("Say “turn it off.” Then wait a moment."),
            ["Say “turn it off.”", "Then wait a moment."]
        );
        assert_eq!(of("  "), Vec::<String>::new());
    }

    #[test]
    fn a_long_first_sentence_is_begun_before_its_end() {
        let long = "You can say, for example: turn on the desk lamp, set a timer for five minutes, close the \
                    blinds, or ask what time it is.";
        let pieces = of(long);
        assert_eq!(pieces[0], "You can say, for example:");
        assert_eq!(pieces.join(" "), long);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "([a-zé]{1,8}[ .,:?!»\n]{1,2}){0,30}") {
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(&of(&text).join(" ")), words(&text));
        }
    }
}
