//! How much processor time this program has used, all threads together.

use std::time::Duration;

/// Clock ticks a second in `/proc`: `USER_HZ`, which Linux fixes at 100 on every architecture that
/// Rust's standard library supports.
const TICKS_PER_SECOND: u64 = 100;

/// User and system time of this process so far; zero where there is no `/proc`.
#[must_use]
pub fn used() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    Duration::from_millis(ticks(&stat) * 1000 / TICKS_PER_SECOND)
}

/// Fields 14 and 15 of proc(5)'s stat line; the name in brackets may hold spaces.
fn ticks(stat: &str) -> u64 {
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
}

#[cfg(test)]
mod tests {
    #[test]
    fn user_and_system_time_are_added() {
        let line = "12 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20";
        assert_eq!(super::ticks(line), 300);
    }
}
