//! What works on this machine, and how to mend what does not.
//!
//! Every check answers with [`Finding`]s, whatever happens: a machine without a sound card, models
//! or voices is exactly the one whose owner asks.

mod devices;
mod encryption;
mod hearing;
mod machine;
mod models;
mod plugins;
mod privacy;
mod sound;

use std::path::Path;

use serde::Serialize;

use crate::config::{self, Config, Surroundings};
use crate::household::Household;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Ok,
    /// The assistant runs, with less than it could.
    Warning,
    /// The assistant cannot do its work.
    Fault,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `microphone`
    pub check: &'static str,
    pub status: Status,
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, status: Status::Ok, message: message.into(), mend: None }
    }

    fn warning(check: &'static str, message: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check, status: Status::Warning, message: message.into(), mend: Some(mend.into()) }
    }

    fn fault(check: &'static str, message: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check, status: Status::Fault, message: message.into(), mend: Some(mend.into()) }
    }

    /// A fault whose message already says how to mend it.
    fn error(check: &'static str, error: impl std::fmt::Display) -> Self {
        Self { check, status: Status::Fault, message: error.to_string(), mend: None }
    }
}

/// Looks at everything. `file` is the configuration that was named; `about_to` is told what is
/// looked at next.
pub fn examine(file: Option<&Path>, around: &Surroundings, about_to: &mut dyn FnMut(&str)) -> Vec<Finding> {
    let mut findings = Vec::new();
    about_to("configuration");
    let (config, finding) = configuration(file, around);
    findings.push(finding);

    let (household, finding) = household(&config);
    findings.push(finding);

    about_to("machine");
    findings.extend(machine::examine(&config));
    findings.extend(plugins::examine(&config));
    findings.extend(privacy::examine(&config));
    findings.extend(encryption::examine(&config));
    about_to("devices");
    findings.extend(household.iter().flat_map(|household| devices::examine(&config, &household.home)));
    about_to("models");
    findings.extend(models::examine(&config));
    about_to("microphone and speaker");
    let (sounding, sound) = sound::examine(&config);
    findings.extend(sound);
    about_to("voice and hearing");
    findings.extend(hearing::examine(&config, household.as_ref(), sounding));
    findings
}

/// The configuration, or the defaults where it is wrong.
fn configuration(file: Option<&Path>, around: &Surroundings) -> (Config, Finding) {
    let check = "configuration";
    match config::load_resolved(file, around) {
        Ok(resolved) => {
            let said = match &resolved.file {
                Some(file) => format!("`{}` is right", file.display()),
                None => "there is no file; the defaults apply".to_owned(),
            };
            (resolved.config, Finding::ok(check, said))
        }
        Err(error) => {
            let mend = "mend that line; the checks below use the defaults";
            let defaults = config::parse(Path::new(""), "", around).map(|resolved| resolved.config);
            (defaults.unwrap_or_default(), Finding::fault(check, error.to_string(), mend))
        }
    }
}

/// The home and the sentences, if they can be read.
fn household(config: &Config) -> (Option<Household>, Finding) {
    let check = "home and sentences";
    match Household::load(config) {
        Ok(household) => {
            let said = format!(
                "{} sentence templates in `{}`, {} devices",
                household.grammar().sentences.len(),
                household.language,
                household.home.devices.len()
            );
            (Some(household), Finding::ok(check, said))
        }
        Err(error) => (None, Finding::error(check, error)),
    }
}
