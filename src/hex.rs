//! Bytes as hex digits: hashes, random names.

use std::fmt::Write;

/// In lower case.
#[must_use]
pub fn of(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
