//! Bytes that nobody can guess: keys, salts, names of donors.

use std::io;

use rustix::rand::{GetRandomFlags, getrandom};

/// Fills it with random bytes of the kernel's.
///
/// # Errors
/// When the kernel gives none.
pub fn fill(bytes: &mut [u8]) -> io::Result<()> {
    let mut filled = 0;
    while filled < bytes.len() {
        filled += getrandom(&mut bytes[filled..], GetRandomFlags::empty())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn all_of_it_is_filled_and_each_time_anew() {
        let mut twice = [[0; 600]; 2];
        for bytes in &mut twice {
            super::fill(bytes).unwrap();
        }
        assert_ne!(twice[0], twice[1]);
        assert_ne!(twice[0][300..], [0; 300]);
    }
}
