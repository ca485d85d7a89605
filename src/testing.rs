//! What unit tests share: finding the recordings and models that are not part of the project.

use std::path::PathBuf;

/// The shared folder of recordings and models: `ENTRENOUS_SHARED`, else `../shared` beside the
/// project. Says why when there is none, so that a skipped test is seen.
pub fn shared(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("ENTRENOUS_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    if folder.join("audio").is_dir() {
        return Some(folder);
    }
    println!("skipped: {test}: no recordings at `{}`; set ENTRENOUS_SHARED", folder.display());
    None
}
