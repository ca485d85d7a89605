//! Text into tokens that remember where they stand.

use crate::nlu::text;

/// A run of letters and digits, or one other visible character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// As written.
    pub text: String,
    /// In lower case.
    pub lower: String,
    /// First character in the text, counted in characters (not bytes).
    pub start: usize,
    /// One past its last character.
    pub end: usize,
}

/// Longer texts are cut here: nobody speaks that long to a house, and work stays bounded.
pub const MAX_TOKENS: usize = 200;
/// Longer words are cut here for the same reason.
const MAX_WORD: usize = 60;

/// How a model reads texts: as it was taught, so must it be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Capitals count, as people typed them.
    Written,
    /// The same without capitals.
    Lower,
    /// The words of [`crate::nlu::text`] in this language: what templates are made of and
    /// recognisers write.
    Spoken(String),
}

impl Reading {
    /// The tokens of a text, at most [`MAX_TOKENS`].
    #[must_use]
    pub fn tokens(&self, text: &str) -> Vec<Token> {
        match self {
            Self::Written => tokenize(text),
            Self::Lower => {
                tokenize(text).into_iter().map(|token| Token { text: token.lower.clone(), ..token }).collect()
            }
            Self::Spoken(language) => {
                let tokens = text::tokenize(text, language).into_iter().take(MAX_TOKENS);
                tokens
                    .map(|token| {
                        let lower: String = token.text.chars().take(MAX_WORD).collect();
                        Token { text: lower.clone(), lower, start: token.start, end: token.end }
                    })
                    .collect()
            }
        }
    }
}

/// Splits a text into at most [`MAX_TOKENS`] tokens; white space and control characters vanish.
#[must_use]
pub fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut in_word = false;
    for (at, c) in text.chars().enumerate() {
        if c.is_whitespace() || c.is_control() {
            in_word = false;
            continue;
        }
        let wordy = c.is_alphanumeric() || is_mark(c);
        let full = tokens.len() == MAX_TOKENS;
        match tokens.last_mut() {
            Some(last) if wordy && in_word && last.end - last.start < MAX_WORD => {
                last.text.push(c);
                last.end = at + 1;
            }
            _ if full => break,
            _ => tokens.push(Token { text: c.to_string(), lower: String::new(), start: at, end: at + 1 }),
        }
        in_word = wordy;
    }
    for token in &mut tokens {
        token.lower = token.text.to_lowercase();
    }
    tokens
}

/// Combining accents belong to the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// The characters from `start` to `end` (excluded) of a text.
#[must_use]
pub fn slice(text: &str, start: usize, end: usize) -> String {
    text.chars().skip(start).take(end.saturating_sub(start)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_count_characters() {
        let text = "L'été à 7pm, né\u{301}e R&B 楽園!";
        let tokens = tokenize(text);
        let words: Vec<_> = tokens.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(words, ["L", "'", "été", "à", "7pm", ",", "né\u{301}e", "R", "&", "B", "楽園", "!"]);
        for token in &tokens {
            assert_eq!(slice(text, token.start, token.end), token.text);
        }
    }

    #[test]
    fn long_input_stays_bounded() {
        assert_eq!(tokenize(&"a ".repeat(5000)).len(), MAX_TOKENS);
        assert_eq!(tokenize(&"x".repeat(MAX_WORD * 3)).len(), 3);
        assert!(tokenize(" \t\u{7}").is_empty());
    }
}
