//! Two searches at once, so that people wait for the longer one only.

use std::panic::resume_unwind;
use std::thread::{self, Builder};

/// Does two things at the same time, the second on a thread of its own.
///
/// # Errors
/// Those of either, or when no thread can be had.
pub fn both<A, B: Send>(
    here: impl FnOnce() -> Result<A, String>,
    there: impl FnOnce() -> Result<B, String> + Send,
) -> Result<(A, B), String> {
    thread::scope(|scope| {
        let there = Builder::new()
            .spawn_scoped(scope, there)
            .map_err(|error| format!("no thread can be had for the second search: {error}"))?;
        let here = here();
        let there = there.join().unwrap_or_else(|panic| resume_unwind(panic));
        Ok((here?, there?))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn two_things_are_done_at_once_and_either_may_fail() {
        // Neither gets past it alone.
        let meet = Barrier::new(2);
        let done = both(|| Ok(meet.wait().is_leader()), || Ok(meet.wait().is_leader())).unwrap();
        assert!(done.0 != done.1);
        let fails = |text: &'static str| move || Err::<(), _>(text.to_owned());
        let works = || Ok(());
        assert_eq!(both(fails("here"), works), Err("here".into()));
        assert_eq!(both(works, fails("there")), Err("there".into()));
    }
}
