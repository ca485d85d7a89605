//! Memory, disk, and what this user may do.

use std::fs;
use std::path::Path;

use super::Finding;
use crate::config::Config;
use crate::programs;

/// Memory, in MiB, that hearing with `PocketSphinx` takes, and with Whisper's small model.
const MEMORY_FLOOR: u64 = 100;
const MEMORY_COMFORT: u64 = 700;

/// Free disk, in MiB: for the database and caches, and for a model.
const DISK_FLOOR: u64 = 50;
const DISK_COMFORT: u64 = 500;

pub fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = vec![data_dir(&config.data_dir)];
    findings.extend(sound_devices(Path::new("/dev/snd")));
    findings.extend(fs::read_to_string("/proc/meminfo").ok().and_then(|text| memory(&text)));
    findings.extend(disk(&config.data_dir));
    findings
}

/// Whether state can be kept: writes a file.
fn data_dir(folder: &Path) -> Finding {
    let check = "data folder";
    let probe = folder.join(".doctor");
    let written = crate::store::private::folder(folder).and_then(|()| fs::write(&probe, "can be written"));
    match written.and_then(|()| fs::remove_file(&probe)) {
        Ok(()) => Finding::ok(check, format!("`{}` can be written", folder.display())),
        Err(error) => Finding::fault(
            check,
            format!("`{}` cannot be written ({error}); nothing would be remembered", folder.display()),
            "give this user the folder (`sudo chown`), or name another with `[data] dir` or ENTRENOUS_DATA",
        ),
    }
}

/// Whether this user may use the sound card, where there is one.
fn sound_devices(folder: &Path) -> Option<Finding> {
    let check = "access to sound";
    let entries = fs::read_dir(folder).ok()?;
    let streams: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pcm")))
        .collect();
    let denied = |path: &&std::path::PathBuf| {
        let opened = fs::OpenOptions::new().read(true).write(true).open(path);
        opened.is_err_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied)
    };
    match streams.iter().find(denied) {
        None => Some(Finding::ok(check, format!("{} sound device(s) may be used", streams.len()))),
        Some(path) => Some(Finding::fault(
            check,
            format!("this user may not use `{}`", path.display()),
            "join the group with `sudo usermod -aG audio $USER`, then log out and in again",
        )),
    }
}

/// Judges `/proc/meminfo`.
fn memory(meminfo: &str) -> Option<Finding> {
    let check = "memory";
    let available = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let mib = available.split_whitespace().next()?.parse::<u64>().ok()? / 1024;
    let message = format!("{mib} MiB are free");
    Some(if mib < MEMORY_FLOOR {
        Finding::fault(check, message, "stop other programs; hearing takes about 100 MiB")
    } else if mib < MEMORY_COMFORT {
        Finding::warning(check, message, "enough for PocketSphinx and Whisper's tiny models, not for `small`")
    } else {
        Finding::ok(check, message)
    })
}

/// Judges the disk that a folder is on.
fn disk(folder: &Path) -> Option<Finding> {
    // A folder that does not exist yet will be on the disk of the nearest one that does.
    let folder = folder.ancestors().find(|folder| folder.is_dir())?;
    // Asking the kernel directly takes unsafe code; `df` is everywhere.
    let output = programs::command("df").arg("-Pk").arg(folder).output().ok()?;
    let mib = free_mib(&String::from_utf8_lossy(&output.stdout))?;
    let (check, message) = ("disk", format!("{mib} MiB are free at `{}`", folder.display()));
    let mend = "free some, or keep data elsewhere with `[data] dir`";
    Some(if mib < DISK_FLOOR {
        Finding::fault(check, message, mend)
    } else if mib < DISK_COMFORT {
        Finding::warning(check, message, format!("{mend}; a Whisper model takes 33–265 MB"))
    } else {
        Finding::ok(check, message)
    })
}

/// The free space in the output of `df -Pk`.
fn free_mib(df: &str) -> Option<u64> {
    let row = df.lines().nth(1)?;
    Some(row.split_whitespace().nth(3)?.parse::<u64>().ok()? / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Status;

    #[test]
    fn memory_is_judged() {
        let status =
            |kib: &str| memory(&format!("MemTotal: 9 kB\nMemAvailable:   {kib} kB\n")).unwrap().status;
        assert_eq!(status("4000000"), Status::Ok);
        assert_eq!(status("400000"), Status::Warning);
        assert_eq!(status("40000"), Status::Fault);
        assert_eq!(memory("nonsense"), None);
    }

    #[test]
    fn disk_space_is_read() {
        let df =
            "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/root 30000000 1 2048000 1% /\n";
        assert_eq!(free_mib(df), Some(2000));
        assert_eq!(free_mib(""), None);
    }

    #[test]
    fn a_data_folder_that_is_a_file_is_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(data_dir(&folder.path().join("new/data")).status, Status::Ok);
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let finding = data_dir(&file);
        assert_eq!(finding.status, Status::Fault);
        assert!(finding.mend.unwrap().contains("ENTRENOUS_DATA"));
    }
}
