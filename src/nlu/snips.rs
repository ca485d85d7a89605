//! The dataset format of the Snips NLU benchmark.
//!
//! `{"PlayMusic": [{"data": [{"text": "play "}, {"text": "Yo Ho", "entity": "track"}]}]}`: one
//! key an intent, a sentence as a list of pieces. The published files are not all UTF-8: some are
//! Latin-1, and one is UTF-8 in which titles were encoded twice (`MÃºsica`). Both are mended here,
//! so that letters count as letters.

use serde::Deserialize;
use std::collections::BTreeMap;

pub use super::trained::Example;
use super::trained::Span;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    data: Vec<Piece>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Piece {
    text: String,
    entity: Option<String>,
    /// Written by newer versions of the format; the entity is what the benchmark scores.
    #[serde(rename = "slot_name")]
    slot: Option<String>,
}

/// Reads a dataset file: its sentences in their order, intents in that of their names.
///
/// # Errors
/// What is wrong with the file, and where.
pub fn read(bytes: &[u8]) -> Result<Vec<Example>, String> {
    let text = decode(bytes);
    let intents: BTreeMap<String, Vec<Query>> = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| {
            format!(
                "not a Snips dataset: {error}; expected `{{\"Intent\": [{{\"data\": [{{\"text\": …}}]}}]}}`"
            )
        })?;
    let mut examples = Vec::new();
    for (intent, queries) in intents {
        examples.extend(queries.into_iter().map(|query| example(&intent, query)));
    }
    Ok(examples)
}

fn example(intent: &str, query: Query) -> Example {
    let (mut text, mut length, mut slots) = (String::new(), 0, Vec::new());
    for piece in query.data {
        let words = undo_double_encoding(piece.text);
        let size = words.chars().count();
        if let Some(name) = piece.slot.or(piece.entity) {
            // White space at a value's edge is a slip of the annotator's mouse.
            let start = length + (size - words.trim_start().chars().count());
            let end = start + words.trim().chars().count();
            if end > start {
                slots.push(Span { name, start, end });
            }
        }
        length += size;
        text.push_str(&words);
    }
    Example { intent: intent.to_owned(), text, slots }
}

fn decode(bytes: &[u8]) -> String {
    // Every byte is a character of Latin-1, with the same number in Unicode.
    String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| bytes.iter().map(|&byte| char::from(byte)).collect())
}

/// Turns `MÃºsica` back into `Música`: text whose characters, taken as bytes, are valid UTF-8
/// beyond ASCII was decoded as Latin-1 once too often.
fn undo_double_encoding(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_become_a_text_with_ranges() {
        let json = r#"{"Play": [{"data": [{"text": "écoute "}, {"text": "Yo Ho ", "entity": "track"}, {"text": "!\n"}]}]}"#;
        let examples = read(json.as_bytes()).unwrap();
        assert_eq!(examples.len(), 1);
        assert_eq!(examples[0].text, "écoute Yo Ho !\n");
        assert_eq!(examples[0].slots, [Span { name: "track".into(), start: 7, end: 12 }]);
        assert_eq!(examples[0].raw(&examples[0].slots[0]), "Yo Ho");
    }

    #[test]
    fn latin_1_and_double_encoding_are_mended() {
        let json = r#"{"A": [{"data": [{"text": "Música", "entity": "album"}]}]}"#;
        let latin1: Vec<u8> = json.chars().map(|c| c as u8).collect();
        let doubled: String = json.bytes().map(char::from).collect();
        for bytes in [json.as_bytes().to_vec(), latin1, doubled.into_bytes()] {
            assert_eq!(read(&bytes).unwrap()[0].text, "Música");
        }
    }

    #[test]
    fn other_json_is_refused_with_its_place() {
        let error = read(br#"{"A": [{"date": []}]}"#).unwrap_err();
        assert!(error.contains("unknown field `date`") && error.contains("line 1"), "{error}");
        assert!(read(b"hello").is_err());
    }
}
