//! What a plugin asks for, and how that is said to the people who decide.

use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::protocol::EventName;

/// Everything that is not here is forbidden.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Permissions {
    /// Machines and ports that it may talk to, each as `sensor.lan:80`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub network: Vec<String>,
    /// Files and folders that it may read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub read: Vec<PathBuf>,
    /// Devices (or files) that it may read, write and control.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub device: Vec<PathBuf>,
    /// Whether it may ask after the home's devices, or also change them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<Home>,
    /// What it may be told as it happens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventName>,
    /// Whether it may speak without being asked.
    #[serde(skip_serializing_if = "is_false")]
    pub speak: bool,
    /// Whether it gets the words that are said, not only what they mean.
    #[serde(skip_serializing_if = "is_false")]
    pub transcripts: bool,
    /// How many programs it may start at once.
    #[serde(skip_serializing_if = "is_zero")]
    pub processes: u32,
}

/// What a plugin may do with the home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Home {
    Read,
    Control,
}

/// The most programs that a plugin may start at once.
const MAX_PROCESSES: u32 = 16;

/// Places that hold everybody's secrets, or the machine itself.
const NEVER: &[&str] =
    &["/", "/proc", "/dev", "/sys", "/home", "/root", "/etc", "/var", "/run", "/tmp", "/dev/mem"];

impl Permissions {
    /// # Errors
    /// What cannot be asked for, and the mend.
    pub fn check(&self) -> Result<(), String> {
        for target in &self.network {
            split_target(target)?;
        }
        for path in self.read.iter().chain(&self.device) {
            let plain =
                path.components().all(|part| !matches!(part, Component::ParentDir | Component::CurDir));
            if !path.is_absolute() || !plain {
                return Err(format!("`{}` is not an absolute path; write it from `/` on", path.display()));
            }
            if NEVER.iter().any(|never| Path::new(never) == path) || path.starts_with("/proc") {
                return Err(format!("`{}` is more than any plugin gets; name the file", path.display()));
            }
        }
        if self.processes > MAX_PROCESSES {
            return Err(format!("`permissions.processes` is at most {MAX_PROCESSES}"));
        }
        if let Some(event) = self.events.iter().find(|event| event.holds_words() && !self.transcripts) {
            return Err(format!(
                "the event `{}` holds what was said; ask for `transcripts`, too",
                event.name()
            ));
        }
        Ok(())
    }

    /// Whether everything that is asked for here was granted there.
    #[must_use]
    pub fn are_within(&self, granted: &Self) -> bool {
        fn all<T: PartialEq>(asked: &[T], granted: &[T]) -> bool {
            asked.iter().all(|one| granted.contains(one))
        }
        all(&self.network, &granted.network)
            && all(&self.read, &granted.read)
            && all(&self.device, &granted.device)
            && all(&self.events, &granted.events)
            && self.home <= granted.home
            && self.speak <= granted.speak
            && self.transcripts <= granted.transcripts
            && self.processes <= granted.processes
    }

    /// In plain words, one line each; nothing for a plugin that only answers.
    #[must_use]
    pub fn in_words(&self, language: &str) -> Vec<String> {
        let french = language.starts_with("fr");
        let say = |en: String, fr: String| if french { fr } else { en };
        let mut lines = Vec::new();
        for target in &self.network {
            lines.push(say(
                format!("talk to {target} over the network, and to nothing else"),
                format!("communiquer par le réseau avec {target}, et avec rien d'autre"),
            ));
        }
        for path in &self.read {
            let path = path.display();
            lines.push(say(format!("read {path}"), format!("lire {path}")));
        }
        for path in &self.device {
            let path = path.display();
            lines.push(say(format!("use the device {path}"), format!("utiliser l'appareil {path}")));
        }
        match self.home {
            None => {}
            Some(Home::Read) => lines.push(say(
                "see your devices and their state".into(),
                "voir vos appareils et leur état".into(),
            )),
            Some(Home::Control) => lines.push(say(
                "see your devices, and switch them at any time, locks too".into(),
                "voir vos appareils, et les commander à tout moment, serrures comprises".into(),
            )),
        }
        if !self.events.is_empty() {
            let names: Vec<_> = self.events.iter().map(|event| event.name()).collect();
            let names = names.join(", ");
            lines.push(say(
                format!("be told when things happen: {names}"),
                format!("être informée de ce qui se passe : {names}"),
            ));
        }
        if self.speak {
            lines.push(say("speak without being asked".into(), "parler sans qu'on lui demande".into()));
        }
        if self.transcripts {
            lines.push(say(
                "get the words that you say to it".into(),
                "recevoir les mots que vous lui dites".into(),
            ));
        }
        if self.processes > 0 {
            lines.push(say(
                format!(
                    "start programs of this machine, {} at a time, in the same confinement",
                    self.processes
                ),
                format!(
                    "lancer des programmes de cette machine, {} à la fois, dans le même confinement",
                    self.processes
                ),
            ));
        }
        lines
    }
}

/// `sensor.lan:80` as host and port.
///
/// # Errors
/// How it is written.
pub fn split_target(target: &str) -> Result<(&str, u16), String> {
    let wrong = || format!("`{target}` names no machine and port; write it as sensor.lan:80");
    let (host, port) = target.rsplit_once(':').ok_or_else(wrong)?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let legal = !bare.is_empty() && bare.chars().all(|c| c.is_ascii_alphanumeric() || "-._:".contains(c));
    match port.parse::<u16>() {
        Ok(port) if legal && port > 0 => Ok((bare, port)),
        _ => Err(wrong()),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it so")]
fn is_false(value: &bool) -> bool {
    !value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it so")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_was_granted_is_seen() {
        let granted = Permissions {
            network: vec!["sensor.lan:80".into()],
            home: Some(Home::Read),
            ..Permissions::default()
        };
        assert!(Permissions::default().are_within(&granted));
        assert!(granted.are_within(&granted));
        for more in [
            Permissions { network: vec!["sensor.lan:81".into()], ..granted.clone() },
            Permissions { home: Some(Home::Control), ..granted.clone() },
            Permissions { speak: true, ..granted.clone() },
            Permissions { processes: 1, ..granted.clone() },
            Permissions { read: vec!["/srv/x".into()], ..granted.clone() },
        ] {
            assert!(!more.are_within(&granted), "{more:?}");
        }
    }

    #[test]
    fn what_nobody_gets_is_refused() {
        for path in ["/", "/proc/1", "/home", "relative", "/srv/../etc"] {
            let asked = Permissions { read: vec![path.into()], ..Permissions::default() };
            assert!(asked.check().is_err(), "{path}");
        }
        let heard = Permissions { events: vec![EventName::Transcript], ..Permissions::default() };
        assert!(heard.check().unwrap_err().contains("transcripts"));
        assert_eq!(split_target("[fe80::1]:8080"), Ok(("fe80::1", 8080)));
        assert!(split_target("http://x:80").is_err() && split_target("*:80").is_err());
    }

    #[test]
    fn permissions_are_said_in_both_languages() {
        let asked = Permissions {
            network: vec!["sensor.lan:80".into()],
            home: Some(Home::Control),
            processes: 2,
            speak: true,
            transcripts: true,
            read: vec!["/srv/recipes".into()],
            device: vec!["/dev/gpiochip0".into()],
            events: vec![EventName::State],
        };
        let (en, fr) = (asked.in_words("en"), asked.in_words("fr"));
        assert_eq!((en.len(), fr.len()), (8, 8));
        assert!(en[0].contains("sensor.lan:80") && fr[0].contains("sensor.lan:80"));
        assert!(Permissions::default().in_words("en").is_empty());
    }
}
