//! `entrenous mute`, `unmute` and `guest`: whether anybody is listened to, and whether anything is kept.
//! They write to the store; a running assistant follows within a second.

use std::io::{self, Write};

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp, ZonedDateTime};

use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::mute::{self, LONGEST, Mute, SwitchConfig, guest};
use crate::store::Store;
use crate::{Error, Result, store};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// For so long: 1h, 90m, 1h30m
    #[arg(long = "for", value_name = "LENGTH", value_parser = length, conflicts_with = "until")]
    length: Option<SignedDuration>,
    /// Until this time of day: 07:00
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<Time>,
    /// Change nothing; say whether anybody is listened to, and why not
    #[arg(long, conflicts_with_all = ["length", "until"])]
    status: bool,
}

#[derive(Debug, clap::Args)]
pub struct GuestArgs {
    #[command(subcommand)]
    command: GuestCommand,
}

#[derive(Debug, clap::Subcommand)]
enum GuestCommand {
    /// Keep nothing of what is said
    On {
        /// For so long: 3h, 90m
        #[arg(long = "for", value_name = "LENGTH", value_parser = length)]
        length: Option<SignedDuration>,
    },
    /// Keep again what the settings say
    Off,
    /// Say whether it is on
    Status,
}

/// # Errors
/// When the store cannot be used.
pub fn mute(args: &Args, config: &Config) -> Result<()> {
    let (mut store, mut mute) = open(config)?;
    let now = SystemClock.now();
    if !args.status {
        match args.until {
            Some(until) => mute.mute_until(next(until, &now), store.as_mut())?,
            None => mute.mute(args.length, now.timestamp(), SystemClock.uptime(), store.as_mut())?,
        }
    }
    say(&mute, config)
}

/// # Errors
/// When the store cannot be used; [`Error::Check`] when the switch still mutes.
pub fn unmute(config: &Config) -> Result<()> {
    let (mut store, mut mute) = open(config)?;
    let now = SystemClock.now();
    mute.unmute(now.timestamp(), now.time_zone(), store.as_mut())?;
    say(&mute, config)?;
    if mute::switched_off(config.privacy.switch.as_ref()).is_some() {
        return Err(Error::Check("the switch is stronger than this command; turn it".into()));
    }
    Ok(())
}

/// # Errors
/// When the store cannot be used.
pub fn guest(args: &GuestArgs, config: &Config) -> Result<()> {
    let (mut store, _) = open(config)?;
    let now = SystemClock.now();
    match &args.command {
        GuestCommand::On { length } => {
            let until = length.map(|length| now.timestamp().saturating_add(length).unwrap_or(Timestamp::MAX));
            guest::begin(store.as_mut(), until)?;
        }
        GuestCommand::Off => guest::end(store.as_mut())?,
        GuestCommand::Status => {}
    }
    let mut out = io::stdout().lock();
    match guest::read(store.as_ref(), now.timestamp())? {
        Some(guest) => {
            let until = guest.until.map_or_else(
                || "until `entrenous guest off`".into(),
                |until| format!("until {}", mute::shown(until, &now)),
            );
            writeln!(out, "guest mode is on {until}: no history of what is said is kept")?;
        }
        None => writeln!(out, "guest mode is off")?,
    }
    Ok(out.flush()?)
}

/// The store, and what it and the settings say.
fn open(config: &Config) -> Result<(Box<dyn Store>, Mute)> {
    if cfg!(not(feature = "sqlite")) {
        let reason = "this program was built without `sqlite` and would forget it at once; build it with \
                      `--features sqlite`";
        return Err(Error::Check(reason.into()));
    }
    let (store, _) = store::open(&config.data_dir)?;
    let mut mute = Mute::restore(store.as_ref())?;
    mute.follow(config.privacy.mute.clone());
    Ok((store, mute))
}

/// What applies now, in a line.
fn say(mute: &Mute, config: &Config) -> Result<()> {
    let now = SystemClock.now();
    let muted = mute::switched_off(config.privacy.switch.as_ref()).or(mute.now(&SystemClock));
    let mut out = io::stdout().lock();
    writeln!(out, "{}", mute::said(muted.as_ref(), &now))?;
    if let Some(SwitchConfig::Command(command)) = &config.privacy.switch {
        let program = command.first().map_or("", String::as_str);
        writeln!(out, "what the switch says is known to the running assistant only (`{program}`)")?;
    }
    Ok(out.flush()?)
}

/// The next time that the clock shows this.
fn next(time: Time, now: &ZonedDateTime) -> Timestamp {
    let zone = now.time_zone();
    let today = zone.to_zoned_datetime(now.date().to_datetime(time));
    let today = today.ok().filter(|today| today > now);
    let tomorrow = || {
        let date = now.date().tomorrow().ok()?;
        zone.to_zoned_datetime(date.to_datetime(time)).ok()
    };
    today.or_else(tomorrow).map_or(Timestamp::MAX, |then| then.timestamp())
}

fn time(text: &str) -> std::result::Result<Time, String> {
    Time::strptime("%H:%M", text).map_err(|_| "a time of day is written 07:00".into())
}

fn length(text: &str) -> std::result::Result<SignedDuration, String> {
    let length: SignedDuration = text.parse().map_err(|_| "a length is written 1h, 90m or 1h30m")?;
    if length <= SignedDuration::ZERO || length > LONGEST {
        return Err(format!("between a second and {} days", LONGEST.as_hours() / 24));
    }
    Ok(length)
}
