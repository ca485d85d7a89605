//! The wall around the mind: it writes its data folder, and speaks to the machines that its
//! household has named.
//!
//! What it starts inherits this. So it is only for a mind that starts no programs of its
//! household's own ([`crate::privacy::reach`] knows); what it starts itself (the ear, voices,
//! plugins) needs no more.

use std::path::PathBuf;

use super::{Files, SandboxError, calls, files};

/// What a mind may reach, beyond reading files and starting programs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Folders.
    pub write: Vec<PathBuf>,
    /// Files that are written and never made: lamps, devices of plugins.
    pub device: Vec<PathBuf>,
    /// TCP ports, of whatever machine: the kernel's rules know no names.
    pub ports: Vec<u16>,
}

/// Locks this thread in, for good. The process must not have other threads yet.
///
/// # Errors
/// [`SandboxError`]; [`SandboxError::NoLandlock`] leaves all as it was.
pub fn confine(allowed: &Allowed) -> Result<(), SandboxError> {
    let sound = ["/dev/snd", "/dev/null"].map(PathBuf::from);
    let kept = Files {
        read: vec!["/".into()],
        execute: vec!["/".into()],
        write: allowed.write.clone(),
        device: allowed.device.iter().cloned().chain(sound).collect(),
    };
    files::confine(&kept, &allowed.ports)?;
    if allowed.ports.is_empty() { without_network() } else { Ok(()) }
}

/// Who names no machine needs no socket of any network: not UDP either, and not on a kernel whose Landlock
/// knows no ports.
fn without_network() -> Result<(), SandboxError> {
    let elsewhere = calls::socket_but(&[libc::AF_UNIX, libc::AF_NETLINK])?;
    // The second makes sockets past this filter.
    calls::refuse([(libc::SYS_socket, vec![elsewhere]), (libc::SYS_io_uring_setup, Vec::new())].into())
}
