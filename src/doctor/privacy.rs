//! Whether anybody is listened to, and what shows it.

use super::Finding;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::mute::{self, Cause, Mute, Muted, SwitchConfig, guest};
use crate::{programs, store};

pub fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = vec![listening(config)];
    if let Some(SwitchConfig::Command(command)) = &config.privacy.switch {
        findings.push(match programs::check(command) {
            Ok(()) => Finding::ok("switch", format!("`{}` is there", command[0])),
            Err(reason) => Finding::fault("switch", reason, "name another under [privacy.switch]"),
        });
    }
    for sign in &config.signs {
        findings.push(match sign.check() {
            Ok(()) => Finding::ok("sign", format!("`{}` shows what the assistant does", sign.name())),
            Err(reason) => Finding::warning("sign", reason, "mend it, or take out that [[sign]]"),
        });
    }
    findings
}

fn listening(config: &Config) -> Finding {
    let check = "listening";
    let now = SystemClock.now();
    // The store is not made by whoever only looks.
    let store = store::file_in(&config.data_dir).exists().then(|| store::open(&config.data_dir));
    let (mut mute, guests) = match store {
        None => (Mute::default(), None),
        Some(Err(error)) => return Finding::error(check, error),
        Some(Ok((store, _))) => {
            match (Mute::restore(store.as_ref()), guest::read(store.as_ref(), now.timestamp())) {
                (Ok(mute), Ok(guests)) => (mute, guests),
                (Err(error), _) | (_, Err(error)) => return Finding::error(check, error),
            }
        }
    };
    mute.follow(config.privacy.mute.clone());
    let muted = mute::switched_off(config.privacy.switch.as_ref()).or_else(|| mute.now(&SystemClock));
    let guests = if guests.is_some() { "; guest mode is on, nothing is kept" } else { "" };
    let said = format!("{}{guests}", mute::said(muted.as_ref(), &now));
    match muted {
        Some(Muted { cause: Cause::NoSwitch(_), .. }) => {
            Finding::fault(check, said, "mend the switch, or take out [privacy.switch]")
        }
        _ => Finding::ok(check, said),
    }
}
