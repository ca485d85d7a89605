//! How much a process may use, and the privileges that it gives up.

use rustix::process::{Resource, Rlimit, Uid, getrlimit, getuid, nice, setrlimit};
use rustix::thread::{
    CapabilitySet, CapabilitySets, capability_is_in_bounding_set, clear_ambient_capability_set,
    remove_capability_from_bounding_set, set_capabilities, set_no_new_privs,
};
use serde::{Deserialize, Serialize};

use super::SandboxError;

/// How much one process may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Memory that is written to, in MiB (`RLIMIT_DATA`). Address space that is only reserved does
    /// not count: JavaScript reserves gigabytes.
    pub memory_mib: u64,
    /// Processor time, in seconds, until the process is ended and started again.
    pub cpu_s: u64,
    pub open_files: u64,
    /// The largest file, in MiB.
    pub file_mib: u64,
    /// How far it stands back for others; 0–19.
    pub nice: u8,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_mib: 256, cpu_s: 120, open_files: 64, file_mib: 16, nice: 5 }
    }
}

/// Threads that one process may have, where the kernel counts them.
const THREADS: u64 = 32;

/// Sets the limits; hard ones, which a process without privileges cannot raise again.
pub(super) fn limit(limits: &Limits, processes: u32) -> Result<(), SandboxError> {
    let mib = 1024 * 1024;
    // The kernel counts all processes and threads of a user together (and none of root's), so this
    // only bounds the harm; the supervisor counts exactly.
    let tasks = tasks_of(getuid()) + THREADS * u64::from(processes + 1);
    for (resource, most) in [
        (Resource::Data, limits.memory_mib * mib),
        (Resource::Cpu, limits.cpu_s),
        (Resource::Nofile, limits.open_files),
        (Resource::Fsize, limits.file_mib * mib),
        (Resource::Nproc, tasks),
        (Resource::Stack, 8 * mib),
        (Resource::Core, 0),
        (Resource::Memlock, 0),
        (Resource::Msgqueue, 0),
    ] {
        // Never above what this process was allowed itself.
        let most = getrlimit(resource).maximum.map_or(most, |own| own.min(most));
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
            .map_err(fail("set a resource limit"))?;
    }
    nice(i32::from(limits.nice)).map_err(fail("lower the priority"))?;
    Ok(())
}

/// Gives up all privileges, and the way to new ones (setuid programs).
pub(super) fn drop_privileges() -> Result<(), SandboxError> {
    set_no_new_privs(true).map_err(fail("give up new privileges"))?;
    clear_ambient_capability_set().map_err(fail("give up ambient capabilities"))?;
    // Root gets all capabilities of this set at every exec.
    for capability in CapabilitySet::all().iter() {
        if !capability_is_in_bounding_set(capability).unwrap_or(false) {
            continue;
        }
        match remove_capability_from_bounding_set(capability) {
            // Somebody without the right to give up has nothing to give up.
            Ok(()) | Err(rustix::io::Errno::PERM) => {}
            Err(error) => return Err(fail("give up capabilities")(error)),
        }
    }
    let none = CapabilitySet::empty();
    let sets = CapabilitySets { effective: none, permitted: none, inheritable: none };
    set_capabilities(None, sets).map_err(fail("give up capabilities"))
}

/// How many processes and threads a user has now.
fn tasks_of(user: Uid) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let Ok(processes) = std::fs::read_dir("/proc") else { return 0 };
    let own = processes.flatten().filter(|entry| {
        entry.file_name().as_encoded_bytes().first().is_some_and(u8::is_ascii_digit)
            && entry.metadata().is_ok_and(|file| file.uid() == user.as_raw())
    });
    // A thread is linked from its process's folder: two links more than there are threads.
    own.map(|entry| {
        std::fs::metadata(entry.path().join("task")).map_or(1, |file| file.nlink().saturating_sub(2).max(1))
    })
    .sum()
}

fn fail(what: &'static str) -> impl Fn(rustix::io::Errno) -> SandboxError {
    move |error| SandboxError::Limits { what, source: error.into() }
}
