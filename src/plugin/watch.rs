//! Watches what no limit of the kernel bounds exactly: how many processes a plugin has (the
//! kernel counts all of a user's together, and none of root's) and how much lies in its data
//! folder.
//!
//! One thread for all plugins, asleep unless one may start processes or has worked. Plugins cannot
//! leave their process group, so that one signal ends all of it, however fast it multiplies.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// How often processes are counted while somebody may start some.
const OFTEN: Duration = Duration::from_millis(50);

/// How often everything else is looked at, while somebody works and while nobody does.
const WORKING: Duration = Duration::from_millis(200);
const SELDOM: Duration = Duration::from_secs(2);

/// As many new processes on the whole machine since the last look are worth a count at once.
const BUSY: u64 = 16;

/// A plugin that is watched as long as somebody holds this.
#[derive(Debug)]
pub struct Watched {
    pub group: Pid,
    /// Processes that it may have, the first one among them.
    pub processes: usize,
    pub data: PathBuf,
    pub data_limit: u64,
    /// Why it was ended.
    verdict: Mutex<Option<String>>,
    /// Its processor time when its folder was last measured.
    ticks: Mutex<u64>,
}

static ALL: Mutex<Vec<Weak<Watched>>> = Mutex::new(Vec::new());

impl Watched {
    /// Begins to watch.
    #[must_use]
    pub fn new(group: Pid, processes: u32, data: &Path, data_limit: u64) -> Arc<Self> {
        let watched = Arc::new(Self {
            group,
            processes: processes as usize + 1,
            data: data.to_owned(),
            data_limit,
            verdict: Mutex::new(None),
            ticks: Mutex::new(0),
        });
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        let first = all.is_empty();
        all.push(Arc::downgrade(&watched));
        if first {
            std::thread::spawn(watch);
        }
        watched
    }

    /// Why it was ended by the watch.
    #[must_use]
    pub fn verdict(&self) -> Option<String> {
        self.verdict.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn end(&self, why: String) {
        self.verdict.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
        // It may have ended by itself meanwhile.
        if let Err(error) = kill_process_group(self.group, Signal::KILL) {
            tracing::debug!("cannot end a plugin's processes: {error}");
        }
    }

    /// Measures the folder of one that has worked; says whether it has.
    fn measure(&self) -> bool {
        let ticks = ticks(self.group);
        let before =
            std::mem::replace(&mut *self.ticks.lock().unwrap_or_else(PoisonError::into_inner), ticks);
        if before == ticks {
            return false;
        }
        let size = size(&self.data, self.data_limit);
        if size > self.data_limit {
            let most = self.data_limit / (1024 * 1024);
            self.end(format!("its data folder holds more than {most} MiB"));
        }
        true
    }
}

fn watch() {
    let (mut newest, mut counted, mut measured) = (newest_process(), Instant::now(), Instant::now());
    let mut pause = WORKING;
    loop {
        let watched: Vec<Arc<Watched>> = {
            let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
            all.retain(|one| one.strong_count() > 0);
            if all.is_empty() {
                return;
            }
            all.iter().filter_map(Weak::upgrade).collect()
        };
        let may_multiply = watched.iter().any(|one| one.processes > 1);
        let now = newest_process();
        let made = now.abs_diff(newest);
        if may_multiply && (made > BUSY || (made > 0 && counted.elapsed() > SELDOM)) {
            count(&watched);
            (newest, counted) = (newest_process(), Instant::now());
        }
        if measured.elapsed() > pause {
            let working = watched.iter().filter(|one| one.measure()).count();
            pause = if working > 0 { WORKING } else { SELDOM };
            measured = Instant::now();
        }
        drop(watched);
        std::thread::sleep(if may_multiply { OFTEN } else { pause });
    }
}

/// Ends those that have too many processes.
fn count(watched: &[Arc<Watched>]) {
    let mut counts = vec![0; watched.len()];
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let name = entry.file_name();
        if !name.as_encoded_bytes().first().is_some_and(u8::is_ascii_digit) {
            continue;
        }
        let Some(group) = fs::read_to_string(entry.path().join("stat")).ok().and_then(|stat| field(&stat, 2))
        else {
            continue;
        };
        let is = |one: &Arc<Watched>| u64::from(one.group.as_raw_nonzero().get().unsigned_abs()) == group;
        if let Some(index) = watched.iter().position(is) {
            counts[index] += 1;
        }
    }
    for (one, count) in watched.iter().zip(counts) {
        if count > one.processes {
            one.end(format!("it had {count} processes, and {} are the most", one.processes));
        }
    }
}

/// The number of the newest process: the last word of `/proc/loadavg`.
fn newest_process() -> u64 {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().last().and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// The processor time of a process, in the kernel's ticks; 0 when it is gone.
fn ticks(process: Pid) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero())).unwrap_or_default();
    field(&stat, 11).unwrap_or(0) + field(&stat, 12).unwrap_or(0)
}

/// A number of `/proc/…/stat`, counted from 0 after the name (which may hold anything).
fn field(stat: &str, index: usize) -> Option<u64> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(index)?.parse().ok()
}

/// The size of what lies in a folder; looks no further than a little above `enough`.
fn size(folder: &Path, enough: u64) -> u64 {
    let (mut sum, mut open) = (0, vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(file) = entry.metadata() else { continue };
            if file.is_dir() {
                open.push(entry.path());
            }
            // A file takes a block, however small: a million empty ones fill a disk, too.
            sum += file.len().max(4096);
            if sum > enough {
                return sum;
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_numbers_are_read() {
        let stat = "12 (a ) b) S 1 77 77 0 -1 4194304 10 0 0 0 31 9 0 0 20 0";
        assert_eq!((field(stat, 2), field(stat, 11), field(stat, 12)), (Some(77), Some(31), Some(9)));
        assert!(newest_process() > 0);
    }

    #[test]
    fn many_small_files_are_large_together() {
        let folder = tempfile::tempdir().unwrap();
        for name in 0..10 {
            fs::write(folder.path().join(name.to_string()), "").unwrap();
        }
        assert_eq!(size(folder.path(), 1 << 20), 40960);
    }
}
