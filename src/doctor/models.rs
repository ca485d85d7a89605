//! Which models are here, and whether they are whole.

use super::Finding;
use crate::config::Config;
use crate::models::{Kind, Manifest, Model, State};

pub fn examine(config: &Config) -> Vec<Finding> {
    let mut findings: Vec<_> =
        Manifest::shipped().models.iter().filter_map(|model| one(model, config)).collect();
    findings.extend(missing(Kind::Wake, "wake word model", "wake-embedding", config));
    let sphinx = if config.language == "fr" { "pocketsphinx-fr-fr" } else { "pocketsphinx-en-us" };
    findings.extend(missing(Kind::Pocketsphinx, "speech model", sphinx, config));
    let whisper = if config.language == "en" { "whisper-base.en-q5_1" } else { "whisper-base-q5_1" };
    findings.extend(missing(Kind::Whisper, "speech model", whisper, config));
    findings
}

/// A model that is here, wholly or in part.
fn one(model: &Model, config: &Config) -> Option<Finding> {
    let check = "model";
    let name = &model.name;
    let mend = format!("get it again with `entrenous models get {name}`");
    Some(match model.state(&config.model_dirs) {
        State::Missing => return None,
        State::Partial { folder } => {
            Finding::warning(check, format!("`{name}` in `{}` is not whole", folder.display()), mend)
        }
        State::System { folder } => Finding::ok(check, format!("`{name}` in `{}`", folder.display())),
        State::Installed { folder } => match model.verify(&folder) {
            Ok(()) => Finding::ok(check, format!("`{name}` in `{}`, verified", folder.display())),
            Err(error) => Finding::fault(check, error.to_string(), mend),
        },
    })
}

/// Says so where no model of a kind is here for the language. That none at all can hear is told
/// by the recogniser's own check.
fn missing(kind: Kind, check: &'static str, name: &str, config: &Config) -> Option<Finding> {
    let here = |model: &Model| {
        matches!(model.state(&config.model_dirs), State::Installed { .. } | State::System { .. })
    };
    if Manifest::shipped().of(kind, &config.language).any(here) {
        return None;
    }
    let (message, mend) = match kind {
        Kind::Wake => ("the better wake word engine has no model", format!("entrenous models get {name}")),
        Kind::Whisper => {
            ("no Whisper model: only your sentences are heard", format!("entrenous models get {name}"))
        }
        Kind::Pocketsphinx if name == "pocketsphinx-en-us" => {
            ("no PocketSphinx model", "sudo apt install pocketsphinx-en-us".to_owned())
        }
        Kind::Pocketsphinx => ("no PocketSphinx model", format!("entrenous models get {name}")),
    };
    Some(Finding::warning(check, message, format!("`{mend}`")))
}
