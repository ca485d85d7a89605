//! What the trained stage learns from: sentences whose slots are marked.

use super::tokens::slice;

/// One sentence with what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    pub intent: String,
    pub text: String,
    /// In the order they stand in the text; never overlapping.
    pub slots: Vec<Span>,
}

/// Characters of a text that belong to a slot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub name: String,
    /// First character, counted in characters (not bytes).
    pub start: usize,
    /// One past the last character.
    pub end: usize,
}

impl Example {
    /// Reads a sentence whose values are marked as `[value](slot)`; a backslash before `[`, `]` or
    /// `\` makes it an ordinary character.
    ///
    /// # Errors
    /// What is wrong with the markup, at which character, and how to mend it.
    pub fn parse(intent: &str, markup: &str) -> Result<Self, String> {
        let mut reader = Markup { rest: markup.chars().collect(), at: 0 };
        let (mut text, mut slots) = (Vec::new(), Vec::new());
        while let Some(c) = reader.next() {
            match c {
                '[' => {
                    let start = text.len();
                    reader.value(&mut text)?;
                    let name = reader.name()?;
                    slots.push(Span { name, start, end: text.len() });
                }
                ']' => {
                    return Err(format!(
                        "`]` without `[` at character {}; write `\\]` for a plain one",
                        reader.at
                    ));
                }
                '\\' => text.push(reader.next().unwrap_or('\\')),
                c => text.push(c),
            }
        }
        Ok(Self { intent: intent.to_owned(), text: text.into_iter().collect(), slots })
    }

    /// The words of a slot.
    #[must_use]
    pub fn raw(&self, span: &Span) -> String {
        slice(&self.text, span.start, span.end)
    }
}

struct Markup {
    rest: Vec<char>,
    at: usize,
}

impl Markup {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.get(self.at).copied();
        self.at += 1;
        c
    }

    /// The words up to `]`.
    fn value(&mut self, text: &mut Vec<char>) -> Result<(), String> {
        let (opened, first) = (self.at, text.len());
        loop {
            match self.next() {
                Some(']') => break,
                Some('[') => {
                    return Err(format!(
                        "`[` inside the value opened at character {opened}; close it first with `]`"
                    ));
                }
                Some('\\') => text.extend(self.next()),
                Some(c) => text.push(c),
                None => {
                    return Err(format!("`[` at character {opened} is never closed; write `[value](slot)`"));
                }
            }
        }
        if text[first..].iter().all(|c| c.is_whitespace()) {
            return Err(format!(
                "the value at character {opened} is empty; write the words between `[` and `]`"
            ));
        }
        Ok(())
    }

    /// `(slot)`, straight after the value.
    fn name(&mut self) -> Result<String, String> {
        let at = self.at;
        if self.next() != Some('(') {
            return Err(format!("a slot name must follow at character {}; write `[value](slot)`", at + 1));
        }
        let mut name = String::new();
        loop {
            match self.next() {
                Some(')') => break,
                Some(c) => name.push(c),
                None => {
                    return Err(format!("the slot name at character {} is never closed with `)`", at + 1));
                }
            }
        }
        let name = name.trim().to_owned();
        if name.is_empty() {
            return Err(format!("the slot name at character {} is empty; write `[value](slot)`", at + 1));
        }
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_gives_character_ranges() {
        let example = Example::parse("Play", "mets [Édith Piaf](artist) à [8 h](time) \\[live\\]").unwrap();
        assert_eq!(example.text, "mets Édith Piaf à 8 h [live]");
        let slots: Vec<_> = example.slots.iter().map(|s| (s.name.as_str(), example.raw(s))).collect();
        assert_eq!(slots, [("artist", "Édith Piaf".to_owned()), ("time", "8 h".to_owned())]);
    }

    #[test]
    fn broken_markup_says_where_and_how_to_mend_it() {
        for (markup, said) in [
            ("play [jazz", "`[` at character 6 is never closed"),
            ("play [jazz] now", "a slot name must follow at character 12"),
            ("play [](genre)", "the value at character 6 is empty"),
            ("play [jazz]()", "the slot name at character 12 is empty"),
            ("play [jazz](genre", "never closed with `)`"),
            ("play ]", "`]` without `[` at character 6"),
            ("play [a [b](c)](d)", "`[` inside the value opened at character 6"),
        ] {
            let error = Example::parse("Play", markup).unwrap_err();
            assert!(error.contains(said), "{markup}: {error}");
        }
    }
}
