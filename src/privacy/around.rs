//! What runs, whom it is connected to, and what is kept, as the kernel and the disk tell it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

/// A process of the assistant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Process {
    pub pid: u32,
    /// What it was started as: `run`, `sealed-ear`.
    pub command: String,
    /// Whether its system calls are filtered, and whether it can gain privileges.
    pub filtered: bool,
    pub no_new_privileges: bool,
    /// Addresses of others that it is connected to by TCP; `None` where that cannot be seen.
    pub connections: Option<Vec<String>>,
}

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    pub path: PathBuf,
    pub bytes: u64,
}

/// The processes that run this program, in the order of their numbers; without the one that asks.
#[must_use]
pub fn processes() -> Vec<Process> {
    let Ok(own) = fs::read_link("/proc/self/exe") else { return Vec::new() };
    let mut pids: Vec<u32> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| *pid != std::process::id())
        .collect();
    pids.sort_unstable();
    pids.into_iter().filter_map(|pid| process(pid, &own)).collect()
}

fn process(pid: u32, own: &Path) -> Option<Process> {
    let folder = PathBuf::from(format!("/proc/{pid}"));
    let line = fs::read(folder.join("cmdline")).ok()?;
    let words: Vec<String> =
        line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect();
    // A sealed ear hides where it comes from; its name is left.
    let same = match fs::read_link(folder.join("exe")) {
        Ok(exe) => exe == own,
        Err(_) => words.first()?.ends_with("entrenous") || words.first()? == "/proc/self/exe",
    };
    if !same {
        return None;
    }
    let status = fs::read_to_string(folder.join("status")).ok()?;
    let field = |name: &str| {
        status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim).unwrap_or_default() == "2"
    };
    // Most likely the one that hears, or the one that thinks.
    let command =
        words.iter().find(|word| ["run", "listen", "sealed-ear"].contains(&word.as_str())).or(words.get(1));
    Some(Process {
        pid,
        command: command.cloned().unwrap_or_default(),
        filtered: field("Seccomp:"),
        no_new_privileges: status.lines().any(|line| line.replace(char::is_whitespace, "") == "NoNewPrivs:1"),
        connections: connections(&folder),
    })
}

/// Whom a process is connected to.
fn connections(folder: &Path) -> Option<Vec<String>> {
    let sockets: BTreeSet<String> = fs::read_dir(folder.join("fd"))
        .ok()?
        .flatten()
        .filter_map(|entry| {
            let link = fs::read_link(entry.path()).ok()?;
            Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())
        })
        .collect();
    let mut found = Vec::new();
    for table in ["net/tcp", "net/tcp6"] {
        let text = fs::read_to_string(folder.join(table)).unwrap_or_default();
        for row in text.lines().skip(1) {
            let fields: Vec<&str> = row.split_whitespace().collect();
            // Local, remote, state (01: connected) … inode.
            if let [_, _, remote, "01", .., _] = fields[..]
                && fields.get(9).is_some_and(|inode| sockets.contains(*inode))
            {
                found.push(address(remote));
            }
        }
    }
    Some(found)
}

/// `0100007F:1F90` as `127.0.0.1:8080`; IPv6 as the kernel writes it.
fn address(text: &str) -> String {
    let Some((host, port)) = text.split_once(':') else { return text.to_owned() };
    let port = u16::from_str_radix(port, 16).unwrap_or(0);
    match u32::from_str_radix(host, 16) {
        Ok(host) if text.len() == 13 => format!("{}:{port}", std::net::Ipv4Addr::from(host.swap_bytes())),
        _ => format!("[{host}]:{port}"),
    }
}

/// Every file below a folder, in order.
#[must_use]
pub fn kept(folder: &Path) -> Vec<Kept> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) => found.push(Kept { path: entry.path(), bytes: kind.len() }),
                Err(_) => {}
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_the_kernel_writes_them() {
        assert_eq!(address("0100007F:1F90"), "127.0.0.1:8080");
        assert_eq!(address("0101A8C0:075B"), "192.168.1.1:1883");
    }

    #[test]
    fn files_are_found_at_any_depth() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/b/c"), b"123").unwrap();
        let found = kept(folder.path());
        assert_eq!(found, [Kept { path: folder.path().join("a/b/c"), bytes: 3 }]);
        assert!(kept(&folder.path().join("none")).is_empty());
    }
}
