//! Becoming a plugin: what a copy of this program does between its start and the plugin's.
//!
//! Losing rights must happen in the new process, before the plugin's first instruction. The
//! standard library's hook for that (`pre_exec`) is unsafe, so the assistant starts itself again
//! (`entrenous plugin-launch`), which locks itself in and then executes the plugin in its place.
//! What to become comes through a socket at standard input, with the descriptors that the plugin
//! keeps; nothing of it is seen in the list of processes.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};
use rustix::process::{Signal, getppid, set_parent_process_death_signal, setsid};
use serde::{Deserialize, Serialize};

use crate::programs;
use crate::sandbox::{self, Rules};
use crate::{Error, Result};

/// Where programs are looked for.
pub const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The hidden command's name.
pub const COMMAND: &str = "plugin-launch";

/// What to become.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Launch {
    pub program: PathBuf,
    pub arguments: Vec<String>,
    pub folder: PathBuf,
    pub environment: BTreeMap<String, String>,
    pub rules: Rules,
    /// `false` on a machine that cannot lock processes in, where the household allowed it.
    pub locked_in: bool,
    /// The process that starts it, and whose end is its own end.
    pub parent: i32,
}

/// Starts this program again to become a plugin. `input` is the plugin's standard input, `broker`
/// a socket that it keeps.
///
/// # Errors
/// When no process can be started.
pub fn start(launch: &Launch, input: &OwnedFd, broker: Option<&OwnedFd>) -> std::io::Result<Child> {
    start_with(&PathBuf::from("/proc/self/exe"), launch, input, broker)
}

/// As [`start`], with another copy of this program: tests are not this program.
///
/// # Errors
/// When no process can be started.
pub fn start_with(
    program: &std::path::Path,
    launch: &Launch,
    input: &OwnedFd,
    broker: Option<&OwnedFd>,
) -> std::io::Result<Child> {
    let (ours, theirs) = UnixStream::pair()?;
    let child = programs::command(program)
        .arg(COMMAND)
        .env_clear()
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    // A launcher that dies at once leaves a broken pipe here; its end says more.
    if let Err(error) = hand_over(&ours, launch, input, broker) {
        tracing::debug!("cannot tell a new process what to become: {error}");
    }
    Ok(child)
}

fn hand_over(
    to: &UnixStream,
    launch: &Launch,
    input: &OwnedFd,
    broker: Option<&OwnedFd>,
) -> std::io::Result<()> {
    let text = serde_json::to_vec(launch)?;
    let kept: Vec<BorrowedFd> = std::iter::once(input.as_fd()).chain(broker.map(AsFd::as_fd)).collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut message = SendAncillaryBuffer::new(&mut space);
    message.push(SendAncillaryMessage::ScmRights(&kept));
    let sent = sendmsg(to, &[IoSlice::new(&text)], &mut message, SendFlags::NOSIGNAL)?;
    let mut to = to;
    to.write_all(&text[sent..])?;
    to.shutdown(std::net::Shutdown::Write)
}

/// Becomes what the socket at standard input says. Returns only when that fails, and says why; some
/// rights may be lost then.
#[must_use]
pub fn become_plugin() -> Error {
    match try_to_become() {
        Ok(never) => match never {},
        Err(error) => error,
    }
}

fn try_to_become() -> Result<std::convert::Infallible> {
    let failed =
        |error: &dyn std::fmt::Display| Error::Stopped(format!("the plugin cannot be started: {error}"));
    // Whatever this process was born with beside its standard streams ends when it becomes another.
    close_fds::set_fds_cloexec(3, &[]);
    let (launch, kept) = receive().map_err(|error| failed(&error))?;
    let mut kept = kept.into_iter();
    let input = kept.next().ok_or_else(|| failed(&"it has no input"))?;
    rustix::stdio::dup2_stdin(&input).map_err(|error| failed(&error))?;
    drop(input);
    let broker = kept.next();

    // Its own session: signals to its group reach all of it and nobody else, and no terminal.
    setsid().map_err(|error| failed(&error))?;
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(|error| failed(&error))?;
    if getppid().is_none_or(|parent| parent.as_raw_nonzero().get() != launch.parent) {
        return Err(failed(&"the assistant ended meanwhile"));
    }
    let mut command = programs::command(&launch.program);
    command.args(&launch.arguments).current_dir(&launch.folder).env_clear().envs(&launch.environment);
    if let Some(broker) = &broker {
        fcntl_setfd(broker, FdFlags::empty()).map_err(|error| failed(&error))?;
        command.env("ENTRENOUS_NETWORK_FD", broker.as_raw_fd().to_string());
    }
    std::env::set_current_dir(&launch.folder).map_err(|error| failed(&error))?;
    if launch.locked_in {
        sandbox::apply(&launch.rules).map_err(|error| failed(&error))?;
    } else {
        sandbox::apply_limits(&launch.rules).map_err(|error| failed(&error))?;
    }
    let error = command.exec();
    Err(failed(&format!("`{}`: {error}", launch.program.display())))
}

fn receive() -> std::io::Result<(Launch, Vec<OwnedFd>)> {
    let mut from = std::io::stdin();
    let mut text = vec![0; 64 * 1024];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let got = recvmsg(&from, &mut [IoSliceMut::new(&mut text)], &mut control, RecvFlags::CMSG_CLOEXEC)?;
    let mut kept = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(descriptors) = message {
            kept.extend(descriptors);
        }
    }
    text.truncate(got.bytes);
    from.read_to_end(&mut text)?;
    Ok((serde_json::from_slice(&text)?, kept))
}

/// The environment that every plugin gets: nothing of ours.
#[must_use]
pub fn environment(
    language: &str,
    data: &std::path::Path,
    library: &std::path::Path,
) -> BTreeMap<String, String> {
    let library = library.display().to_string();
    let data = data.display().to_string();
    let locale = if language.starts_with("fr") { "fr_FR.UTF-8" } else { "C.UTF-8" };
    let mut environment: BTreeMap<String, String> = [
        ("PATH", PATH.to_owned()),
        ("HOME", data.clone()),
        ("TMPDIR", data),
        ("LANG", locale.to_owned()),
        ("PYTHONPATH", library.clone()),
        ("PYTHONUTF8", "1".to_owned()),
        ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
        ("NODE_PATH", library.clone()),
        ("ENTRENOUS_LIB", library),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    // The time zone is no secret: people ask plugins for times.
    if let Some(zone) = std::env::var_os("TZ").and_then(|zone: OsString| zone.into_string().ok()) {
        environment.insert("TZ".to_owned(), zone);
    }
    environment
}
