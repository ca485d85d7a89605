//! What a plugin keeps: the rules of its sandbox, from its manifest and what was granted.

use std::path::{Path, PathBuf};

use super::registry::Installed;
use crate::sandbox::{Files, Limits, Rules};

/// Programs and their libraries; nothing that belongs to anybody.
const SYSTEM: &[&str] = &["/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin"];

/// What interpreters read at their start.
const READ: &[&str] = &[
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/alternatives",
    "/etc/ssl/openssl.cnf",
    "/etc/python3",
    "/etc/python3.11",
    "/dev/urandom",
    "/dev/random",
    "/dev/zero",
    "/proc/meminfo",
    "/proc/cpuinfo",
    "/proc/self",
    "/sys/devices/system/cpu",
];

/// What programs that talk TLS read besides.
const CERTIFICATES: &[&str] = &["/etc/ssl", "/etc/ca-certificates"];

/// The rules for a plugin.
#[must_use]
pub fn rules(plugin: &Installed, data: &Path, library: &Path) -> Rules {
    let paths = |paths: &[&str]| paths.iter().map(PathBuf::from).collect::<Vec<_>>();
    let granted = &plugin.granted;
    let mut files = Files { read: paths(READ), execute: paths(SYSTEM), ..Files::default() };
    files.read.extend([library.to_owned()]);
    files.read.extend(granted.read.iter().cloned());
    files.execute.push(plugin.folder.clone());
    files.write.push(data.to_owned());
    files.device.push("/dev/null".into());
    files.device.extend(granted.device.iter().cloned());
    if !granted.network.is_empty() {
        files.read.extend(paths(CERTIFICATES));
    }
    let limits = Limits { memory_mib: plugin.manifest.limits.memory_mib, ..Limits::default() };
    Rules { files, processes: granted.processes, sockets: !granted.network.is_empty(), limits }
}
