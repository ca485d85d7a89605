//! Finds the system's `PocketSphinx` library, for the `pocketsphinx` feature only.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_POCKETSPHINX").is_none() {
        return;
    }
    for library in ["pocketsphinx", "sphinxbase"] {
        if let Err(error) = pkg_config::probe_library(library) {
            eprintln!(
                "error: cannot find the {library} library: `sudo apt install libpocketsphinx-dev pkg-config`, \
                 or build without it: `--no-default-features --features audio,whisper,sqlite,download`\n({error})"
            );
            std::process::exit(1);
        }
    }
}
