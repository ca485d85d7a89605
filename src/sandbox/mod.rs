//! Taking away from this process what it will not need: files, network, privileges, resources.
//!
//! A process can only give up, never take back, and what it starts inherits the loss. So a plugin
//! is started by a copy of this program that first applies [`Rules`] to itself and then becomes
//! the plugin ([`crate::plugin::launch`]). Everything here works without root and without `unsafe`;
//! for root it takes the privileges away, too.
//!
//! Three walls, each of which stands alone:
//! - [`files`]: Landlock decides which files can be opened at all, and keeps signals and abstract
//!   sockets inside;
//! - [`calls`]: seccomp leaves the system calls that an interpreter needs; no sockets, no tracing,
//!   no mounting, no namespaces;
//! - [`limits`]: no new privileges, no capabilities, bounded memory, files and processor time.
//!
//! [`mind`] is for the assistant itself; [`loading`] for an ear that still opens what it needs; [`sealed`] for one that has, and keeps
//! nothing else.

pub mod calls;
pub mod files;
pub mod limits;
pub mod loading;
pub mod mind;
pub mod probes;
pub mod sealed;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use limits::Limits;

/// What a process keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub files: Files,
    /// How many processes it may have besides the first; 0 forbids starting any.
    pub processes: u32,
    /// Whether it may use sockets that are handed to it, already connected. It can never make one.
    pub sockets: bool,
    pub limits: Limits,
}

/// Files and folders (then all that is beneath them) that can still be opened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    pub read: Vec<PathBuf>,
    pub execute: Vec<PathBuf>,
    pub write: Vec<PathBuf>,
    /// To be read, written and controlled (`ioctl`), never made or removed.
    pub device: Vec<PathBuf>,
}

/// Why a process could not be locked in.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error(
        "this kernel cannot confine files (Landlock is missing; it needs Linux 5.13 with `landlock` among its security modules)"
    )]
    NoLandlock,
    #[error("system calls cannot be filtered on this processor (`{0}`)")]
    NoSeccomp(&'static str),
    #[error("cannot confine files: {0}")]
    Files(#[from] landlock::RulesetError),
    #[error("cannot allow `{}`: {reason}", path.display())]
    Path { path: PathBuf, reason: String },
    #[error("cannot filter system calls: {0}")]
    Calls(#[from] seccompiler::Error),
    #[error("cannot filter system calls: {0}")]
    Filter(#[from] seccompiler::BackendError),
    #[error("cannot {what}: {source}")]
    Limits { what: &'static str, source: std::io::Error },
}

/// Locks this thread in, for good. The process must not have other threads yet.
///
/// # Errors
/// [`SandboxError`]; some of the walls may stand then. Do not go on.
pub fn apply(rules: &Rules) -> Result<(), SandboxError> {
    apply_limits(rules)?;
    let signals_stay_inside = files::confine(&rules.files, &[])?;
    calls::filter(rules, signals_stay_inside)
}

/// As [`apply`], without the two walls that need the kernel's help: for machines that have none.
///
/// # Errors
/// [`SandboxError`] when a limit cannot be set.
pub fn apply_limits(rules: &Rules) -> Result<(), SandboxError> {
    limits::limit(&rules.limits, rules.processes)?;
    limits::drop_privileges()
}

/// Marks every descriptor beyond the standard three as this process' own: what it starts next does not
/// get what somebody else had left open.
pub fn keep_descriptors() {
    close_fds::set_fds_cloexec(3, &[]);
}

/// Other processes of the same user cannot look into this one's memory, and it leaves none behind when it
/// crashes.
///
/// # Errors
/// [`SandboxError::Limits`].
pub fn hide_memory() -> Result<(), SandboxError> {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    let failed =
        |error: rustix::io::Errno| SandboxError::Limits { what: "hide the memory", source: error.into() };
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(failed)
}

/// Whether this machine can lock a process in.
///
/// # Errors
/// Which wall is missing.
pub fn check() -> Result<(), SandboxError> {
    calls::check()?;
    files::check()
}
