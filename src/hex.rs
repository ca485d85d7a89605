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

/// The bytes that digits of either case stand for.
#[must_use]
pub fn read(digits: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| Some((digit(*high)? * 16 + digit(*low)?) as u8);
    rest.is_empty().then(|| pairs.iter().map(byte).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_as_they_are_written() {
        assert_eq!(read(&of(&[0, 127, 255])), Some(vec![0, 127, 255]));
        assert_eq!(read("fF"), Some(vec![255]));
        assert_eq!((read("f"), read("0g"), read("é")), (None, None, None));
    }
}
