//! SHA-256 of files.

use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::ModelError;
use crate::hex;

/// Checks a file's size and hash. `Ok(Err(reason))` when it is another file than expected.
///
/// # Errors
/// When the file cannot be read.
pub fn check(path: &Path, size: u64, sha256: &str) -> Result<Result<(), String>, ModelError> {
    let found = std::fs::metadata(path).map_err(ModelError::io("read", path))?.len();
    if found != size {
        return Ok(Err(format!("{found} bytes instead of {size}")));
    }
    let found = sha256_of(path)?;
    Ok(if found == sha256 { Ok(()) } else { Err(format!("its SHA-256 is {found}, not {sha256}")) })
}

/// The SHA-256 of a file, in lower-case hex.
fn sha256_of(path: &Path) -> Result<String, ModelError> {
    let mut file = std::fs::File::open(path).map_err(ModelError::io("read", path))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).map_err(ModelError::io("read", path))?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
    }
    Ok(hex::of(&hasher.finalize()))
}
