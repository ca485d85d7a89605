//! Whether a thief of the disk could read the history and the household's secrets.

use super::Finding;
use crate::config::Config;
use crate::heard::Counts;
use crate::lock::{Lock, LockError, envelope};
use crate::privacy::at_rest::AtRest;

const CHECK: &str = "encryption";

pub fn examine(config: &Config) -> Vec<Finding> {
    let at_rest = match AtRest::of(config) {
        Ok(at_rest) => at_rest,
        Err(error) => return vec![Finding::error(CHECK, error)],
    };
    let mut findings = vec![match Lock::unattended(config) {
        None => without(&at_rest),
        Some(lock) => with(&lock, config, at_rest.history),
    }];
    if at_rest.encrypt_with.is_some() {
        for secret in at_rest.secrets.iter().filter(|secret| !secret.sealed) {
            let file = secret.file.display();
            findings.push(Finding::warning(
                CHECK,
                format!("`{file}` is in the clear"),
                format!("encrypt it: `entrenous secret seal {file}`"),
            ));
        }
    }
    findings
}

fn without(at_rest: &AtRest) -> Finding {
    let sealed = at_rest.secrets.iter().find(|secret| secret.sealed);
    let what = match (sealed, at_rest.history.encrypted) {
        (None, 0) => {
            return Finding::ok(CHECK, "off: history and secrets lie in the clear (docs/encryption.md)");
        }
        (Some(secret), _) => format!("`{}` is sealed", secret.file.display()),
        (None, count) => format!("{count} commands of the history are encrypted"),
    };
    Finding::fault(CHECK, what, LockError::NotSet.to_string())
}

fn with(lock: &Lock, config: &Config, Counts { clear, encrypted }: Counts) -> Finding {
    // It is not made by whoever only looks.
    if !envelope::exists(&config.data_dir) {
        return Finding::ok(CHECK, "on: the key is made at the next start");
    }
    let history = format!("history: {encrypted} commands encrypted, {clear} in the clear");
    match lock.key() {
        Ok(_) if clear == 0 => Finding::ok(CHECK, format!("on: the key opens; {history}")),
        Ok(_) => Finding::warning(CHECK, history, "start the assistant, which encrypts them"),
        // Only the service is handed the one, only somebody who starts it types the other.
        Err(LockError::NobodyToAsk | LockError::NoCredential) => {
            Finding::ok(CHECK, format!("on; whether the key opens is seen at the start; {history}"))
        }
        Err(error) => Finding::error(CHECK, error),
    }
}
