//! A document as YAML. Texts are written as JSON strings, which are YAML strings too, once what YAML
//! does not print is escaped.

use std::fmt::Write;

use serde_json::Value;

use super::{Document, List};

pub(super) fn yaml(document: &Document) -> String {
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    let _ = write(document, &mut text);
    text
}

/// JSON may hold control characters above 127 and marks of byte order as they are, YAML may not.
fn quoted(text: &str) -> String {
    let json = Value::from(text).to_string();
    let mut yaml = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter.is_control() || matches!(letter, '\u{feff}' | '\u{fffe}' | '\u{ffff}') {
            // Writing to a `String` cannot fail.
            let _ = write!(yaml, "\\u{:04x}", letter as u32);
        } else {
            yaml.push(letter);
        }
    }
    yaml
}

fn write(document: &Document, out: &mut String) -> std::fmt::Result {
    writeln!(out, "language: {}\nintents:", document.language)?;
    let mut intents: Vec<&str> = Vec::new();
    for block in &document.blocks {
        if !intents.contains(&block.intent.as_str()) {
            intents.push(&block.intent);
        }
    }
    for intent in intents {
        writeln!(out, "  {}:\n    data:", quoted(intent))?;
        for block in document.blocks.iter().filter(|block| block.intent == intent) {
            let mut dash = "- ";
            for (key, lines) in [("sentences", &block.sentences), ("examples", &block.examples)] {
                if lines.is_empty() {
                    continue;
                }
                writeln!(out, "      {dash}{key}:")?;
                dash = "  ";
                for line in lines {
                    writeln!(out, "          - {}", quoted(line))?;
                }
            }
            if !block.slots.is_empty() {
                writeln!(out, "        slots:")?;
                for (name, value) in &block.slots {
                    writeln!(out, "          {}: {value}", quoted(name))?;
                }
            }
        }
    }
    if !document.rules.is_empty() {
        writeln!(out, "expansion_rules:")?;
    }
    for (name, template) in &document.rules {
        writeln!(out, "  {}: {}", quoted(name), quoted(template))?;
    }
    if !document.lists.is_empty() {
        writeln!(out, "lists:")?;
    }
    for (name, list) in &document.lists {
        writeln!(out, "  {}:", quoted(name))?;
        match list {
            List::Range { from, to, step } => {
                writeln!(out, "    range: {{ from: {from}, to: {to}, step: {step} }}")?;
            }
            List::Values(values) if values.is_empty() => writeln!(out, "    values: []")?,
            List::Values(values) => {
                writeln!(out, "    values:")?;
                for (said, value) in values {
                    if value.as_str() == Some(said) {
                        writeln!(out, "      - {}", quoted(said))?;
                    } else {
                        writeln!(out, "      - {{ in: {}, out: {value} }}", quoted(said))?;
                    }
                }
            }
        }
    }
    Ok(())
}
