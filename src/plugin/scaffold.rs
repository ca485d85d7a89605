//! `plugin new`: the smallest plugin that works, in a language of its author's choice.

use std::fs;
use std::path::Path;

use include_dir::{Dir, include_dir};

use super::PluginError;
use super::manifest::check_name;
use crate::{Error, Result};

/// Helpers that every plugin can use without carrying them along.
pub const LIBRARY: [(&str, &str); 3] = [
    ("entrenous.py", include_str!("../../plugins/lib/entrenous.py")),
    ("entrenous.sh", include_str!("../../plugins/lib/entrenous.sh")),
    ("entrenous.js", include_str!("../../plugins/lib/entrenous.js")),
];

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/plugins/templates");

/// The languages that there are templates for.
pub const LANGUAGES: [&str; 4] = ["python", "bash", "rust", "node"];

/// Writes a new plugin to a folder, which must not exist yet.
///
/// # Errors
/// When the name or the folder cannot be.
pub fn write(name: &str, language: &str, folder: &Path) -> Result<()> {
    check_name(name).map_err(Error::Input)?;
    if folder.exists() {
        let reason = "is already there; choose another name or folder".to_owned();
        return Err(PluginError::Refused { name: folder.display().to_string(), reason }.into());
    }
    let template = TEMPLATES.get_dir(language).ok_or_else(|| {
        Error::Input(format!("there is no template for `{language}`; there is {}", LANGUAGES.join(", ")))
    })?;
    write_all(template, language, name, folder)
}

fn write_all(from: &Dir, base: &str, name: &str, to: &Path) -> Result<()> {
    for file in from.files() {
        let path = file.path().strip_prefix(base).unwrap_or(file.path());
        // A file of this name would make a package of its own within ours.
        let target = to.join(path);
        let target = if target.ends_with("Cargo.toml.in") { target.with_extension("") } else { target };
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(Error::io("make the folder", folder))?;
        }
        let words = name.replace('-', " ");
        let text =
            String::from_utf8_lossy(file.contents()).replace("__NAME__", name).replace("__WORDS__", &words);
        fs::write(&target, text).map_err(Error::io("write", &target))?;
    }
    from.dirs().try_for_each(|folder| write_all(folder, base, name, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugin::manifest::Manifest;

    #[test]
    fn every_template_is_a_plugin() {
        let folder = tempfile::tempdir().unwrap();
        for language in LANGUAGES {
            let place = folder.path().join(language);
            write("lan-sensor", language, &place).unwrap();
            let manifest = Manifest::read(&place).unwrap();
            assert_eq!(
                (manifest.name.as_str(), manifest.permissions.in_words("en").len()),
                ("lan-sensor", 0)
            );
            for tongue in &manifest.languages {
                let text =
                    fs::read_to_string(place.join("sentences").join(tongue).join("sentences.yaml")).unwrap();
                assert!(text.contains("lan sensor") && !text.contains("__"), "{text}");
            }
            assert!(write("lan-sensor", language, &place).is_err());
        }
        assert!(write("../x", "python", &folder.path().join("y")).is_err());
    }
}
