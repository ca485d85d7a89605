//! Work over many recordings on all cores, with a progress bar.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use indicatif::{ProgressBar, ProgressStyle};

use crate::Result;

/// Applies `work` to every item. Each core has its own worker from `start` (a recogniser is not
/// shared); results come in the order of the items.
///
/// # Errors
/// The first failure of `start` or `work`; the rest is then not done.
pub fn map<Item, Worker, Output>(
    label: &str,
    items: &[Item],
    start: impl Fn() -> Result<Worker> + Sync,
    work: impl Fn(&mut Worker, &Item) -> Result<Output> + Sync,
) -> Result<Vec<Output>>
where
    Item: Sync,
    Output: Send,
{
    let cores = thread::available_parallelism().map_or(1, usize::from).min(items.len().max(1));
    let bar = progress(label, items.len());
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    let run = || -> Result<()> {
        let mut worker = start()?;
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return Ok(()) };
            let output =
                work(&mut worker, item).inspect_err(|_| next.store(items.len(), Ordering::Relaxed))?;
            done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((index, output));
            bar.inc(1);
        }
    };
    let outcome: Result<()> = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(run)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    bar.finish_and_clear();
    outcome?;
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, output)| output).collect())
}

/// A bar on stderr that counts items; nothing where that is not a terminal.
pub fn progress(label: &str, items: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(items as u64).with_style(style).with_message(label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn results_keep_the_order_of_the_items() {
        let items: Vec<u32> = (0..100).collect();
        let doubled = map("", &items, || Ok(()), |(), item| Ok(item * 2)).unwrap();
        assert_eq!(doubled, (0..100).map(|item| item * 2).collect::<Vec<_>>());
    }

    #[test]
    fn a_failure_is_reported() {
        let items: Vec<u32> = (0..100).collect();
        let failed = map(
            "",
            &items,
            || Ok(()),
            |(), item| {
                if *item == 7 { Err(Error::Check("seven".into())) } else { Ok(()) }
            },
        );
        assert_eq!(failed.unwrap_err().to_string(), "seven");
    }
}
