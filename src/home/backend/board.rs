//! What the devices have said, where the house reads it: filled by the backends' threads.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Order, Trouble};
use crate::home::{Kind, State};

/// How much longer than the others sensors are waited for.
const GRACE: Duration = Duration::from_millis(250);

/// How a way to devices is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    Connecting,
    Up,
    /// Why, and what to do about it.
    Down(String),
}

/// What is known of one device.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    pub state: State,
    /// `None` until something said so.
    pub available: Option<bool>,
    /// What it is behind (a bridge) says that it stopped.
    cut_off: bool,
    /// When it last said something.
    pub at: Option<Instant>,
    /// How often it said something of its own accord: what the broker kept does not count.
    reports: u64,
    /// The backend says that the latest order was taken.
    acknowledged: bool,
    /// The backend says that the latest order failed.
    failed: bool,
}

/// An order that was sent, and what its device had said before.
#[derive(Debug)]
pub struct Expectation {
    device: usize,
    line: &'static str,
    order: Order,
    reports: u64,
}

#[derive(Debug, Default)]
struct Inner {
    devices: Vec<Heard>,
    lines: BTreeMap<&'static str, Line>,
}

/// Everything that was heard.
#[derive(Debug)]
pub struct Board {
    kinds: Vec<Kind>,
    inner: Mutex<Inner>,
    news: Condvar,
}

impl Board {
    #[must_use]
    pub fn new(kinds: Vec<Kind>) -> Self {
        let devices = vec![Heard::default(); kinds.len()];
        Self { kinds, inner: Mutex::new(Inner { devices, ..Inner::default() }), news: Condvar::new() }
    }

    /// A device says how it is. `fresh` is what it says now; the others are what was kept.
    pub fn report(&self, device: usize, state: &State, fresh: bool) {
        let kind = self.kinds[device];
        self.change(device, |heard| {
            // What does not fit the device must not get into its state.
            if let Err(reason) = state.check(kind) {
                tracing::warn!(device, reason, "a device reports what it cannot be; that is left out");
                return;
            }
            heard.state.apply(state);
            heard.at = Some(Instant::now());
            // That it is there is not to be concluded: bridges repeat what devices said that are gone.
            if fresh {
                heard.reports += 1;
            }
        });
    }

    /// Something says whether a device is there.
    pub fn available(&self, device: usize, available: bool) {
        self.change(device, |heard| heard.available = Some(available));
    }

    /// Whether what a device is behind runs. That it does says nothing about the device itself.
    pub fn cut_off(&self, device: usize, cut_off: bool) {
        self.change(device, |heard| heard.cut_off = cut_off);
    }

    /// The latest order to a device was taken.
    pub fn acknowledge(&self, device: usize) {
        self.change(device, |heard| heard.acknowledged = true);
    }

    /// The latest order to a device failed; `reason` goes to the log.
    pub fn fail(&self, device: usize, reason: &str) {
        tracing::warn!(device, reason, "a device did not do what it was told");
        self.change(device, |heard| heard.failed = true);
    }

    /// How a way is doing.
    pub fn line(&self, name: &'static str, line: Line) {
        self.lock().lines.insert(name, line);
        self.news.notify_all();
    }

    /// All ways, by their names.
    #[must_use]
    pub fn lines(&self) -> Vec<(&'static str, Line)> {
        self.lock().lines.iter().map(|(name, line)| (*name, line.clone())).collect()
    }

    /// What is known of a device.
    #[must_use]
    pub fn heard(&self, device: usize) -> Heard {
        self.lock().devices[device].clone()
    }

    /// Whether a device can be reached over a line, as far as is known.
    #[must_use]
    pub fn reaches(&self, device: usize, line: &str) -> bool {
        let inner = self.lock();
        inner.is_up(line) && !inner.devices[device].is_away()
    }

    /// Notes that an order is about to be sent.
    pub fn expect(&self, device: usize, line: &'static str, order: Order) -> Expectation {
        let mut inner = self.lock();
        let heard = &mut inner.devices[device];
        (heard.acknowledged, heard.failed) = (false, false);
        Expectation { device, line, order, reports: heard.reports }
    }

    /// Waits until all is decided, or the time is over. Gives those that did not do it.
    #[must_use]
    pub fn wait(&self, expectations: &[Expectation], until: Instant) -> Vec<(usize, Trouble)> {
        let mut inner = self.lock();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let over = left.is_zero();
            let verdicts: Vec<_> = expectations
                .iter()
                .map(|it| (it.device, inner.verdict(it, self.kinds[it.device], over)))
                .collect();
            if verdicts.iter().all(|(_, verdict)| verdict.is_some()) {
                let troubles =
                    verdicts.into_iter().filter_map(|(device, verdict)| Some((device, verdict?.err()?)));
                return troubles.collect();
            }
            inner = self.sleep(inner, left);
        }
    }

    /// Waits until every device has told its state, or cannot, or the time is over. Sensors are
    /// only given [`GRACE`] more than the others: they sleep, and speak when they wake.
    pub fn settle(&self, devices: &[(usize, &'static str)], until: Instant) {
        let is_sensor = |(device, _): &&(usize, &'static str)| self.kinds[*device] == Kind::Sensor;
        let lines = |inner: &Inner, (_, line): &(usize, &'static str)| {
            !matches!(inner.lines.get(line), Some(Line::Connecting) | None)
        };
        let told = |inner: &Inner, (device, line): &(usize, &'static str)| {
            let heard = &inner.devices[*device];
            matches!(inner.lines.get(line), Some(Line::Down(_))) || heard.at.is_some() || heard.is_away()
        };
        self.until(until, |inner| {
            devices.iter().all(|it| lines(inner, it) && (is_sensor(&it) || told(inner, it)))
        });
        let until = until.min(Instant::now() + GRACE);
        self.until(until, |inner| devices.iter().all(|it| told(inner, it)));
    }

    /// Waits until something is so, or the time is over.
    fn until(&self, until: Instant, so: impl Fn(&Inner) -> bool) {
        let mut inner = self.lock();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || so(&inner) {
                return;
            }
            inner = self.sleep(inner, left);
        }
    }

    fn change(&self, device: usize, change: impl FnOnce(&mut Heard)) {
        change(&mut self.lock().devices[device]);
        self.news.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sleep<'a>(&self, inner: MutexGuard<'a, Inner>, left: Duration) -> MutexGuard<'a, Inner> {
        self.news.wait_timeout(inner, left).unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Heard {
    /// Whether it is known to be away.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.available == Some(false) || self.cut_off
    }
}

impl Inner {
    fn is_up(&self, line: &str) -> bool {
        self.lines.get(line) == Some(&Line::Up)
    }

    /// What came of an order: `None` while it is open.
    fn verdict(&self, it: &Expectation, kind: Kind, over: bool) -> Option<Result<(), Trouble>> {
        let heard = &self.devices[it.device];
        let reported = heard.reports > it.reports;
        let did = match &it.order {
            Order::Set(change) => (reported || heard.acknowledged) && agrees(kind, &heard.state, change),
            Order::Activate | Order::Next | Order::Previous => reported || heard.acknowledged,
        };
        if did {
            return Some(Ok(()));
        }
        if heard.failed {
            return Some(Err(Trouble::Failed));
        }
        if !self.is_up(it.line) || heard.is_away() {
            return Some(Err(Trouble::Away));
        }
        let trouble = if reported || heard.acknowledged { Trouble::Unconfirmed } else { Trouble::Silent };
        over.then_some(Err(trouble))
    }
}

/// Whether a device is as it was told to be.
///
/// Covers take their time: that they say anything is their answer. Lamps round what they are told,
/// and say colours in ways that no name comes back from.
fn agrees(kind: Kind, state: &State, change: &State) -> bool {
    fn same<T: PartialEq>(is: Option<&T>, told: Option<&T>) -> bool {
        told.is_none() || is == told
    }
    let near = |is: Option<f64>, told: Option<f64>, by: f64| match (is, told) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(is), Some(told)) => (is - told).abs() <= by,
    };
    let percent = |is: Option<u8>, told: Option<u8>| near(is.map(f64::from), told.map(f64::from), 3.0);
    kind == Kind::Cover
        || same(state.on.as_ref(), change.on.as_ref())
            && percent(state.brightness, change.brightness)
            && same(state.locked.as_ref(), change.locked.as_ref())
            && same(state.playing.as_ref(), change.playing.as_ref())
            && percent(state.volume, change.volume)
            && same(state.muted.as_ref(), change.muted.as_ref())
            && near(state.target, change.target, 0.6)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "test";

    fn board() -> Board {
        let board = Board::new(vec![Kind::Light, Kind::Light, Kind::Cover]);
        board.line(LINE, Line::Up);
        board
    }

    fn on() -> State {
        State { on: Some(true), ..State::default() }
    }

    fn wait(board: &Board, expectations: &[Expectation], ms: u64) -> Vec<(usize, Trouble)> {
        board.wait(expectations, Instant::now() + Duration::from_millis(ms))
    }

    #[test]
    fn only_a_fresh_report_that_agrees_is_a_confirmation() {
        let board = board();
        let lamp = [board.expect(0, LINE, Order::Set(on()))];
        board.report(0, &on(), false);
        assert_eq!(wait(&board, &lamp, 1), [(0, Trouble::Silent)]);
        board.report(0, &State { on: Some(false), ..State::default() }, true);
        assert_eq!(wait(&board, &lamp, 1), [(0, Trouble::Unconfirmed)]);
        board.report(0, &on(), true);
        assert_eq!(wait(&board, &lamp, 60_000), []);
    }

    #[test]
    fn an_acknowledgement_counts_where_the_state_is_right_already() {
        let board = board();
        board.report(0, &on(), true);
        let lamp = [board.expect(0, LINE, Order::Set(on()))];
        board.acknowledge(0);
        assert_eq!(wait(&board, &lamp, 60_000), []);
    }

    #[test]
    fn what_is_away_or_fails_is_known_at_once() {
        let board = board();
        let all = [board.expect(0, LINE, Order::Set(on())), board.expect(1, LINE, Order::Set(on()))];
        board.fail(0, "no");
        board.available(1, false);
        assert_eq!(wait(&board, &all, 60_000), [(0, Trouble::Failed), (1, Trouble::Away)]);
        let cover = [board.expect(2, LINE, Order::Set(State { position: Some(0), ..State::default() }))];
        board.line(LINE, Line::Down("gone".into()));
        assert_eq!(wait(&board, &cover, 60_000), [(2, Trouble::Away)]);
        assert!(!board.reaches(2, LINE));
    }

    #[test]
    fn lamps_may_round_and_covers_take_their_time() {
        let told =
            State { on: Some(true), brightness: Some(40), color: Some("red".into()), ..State::default() };
        let is =
            State { on: Some(true), brightness: Some(39), color: Some("pink".into()), ..State::default() };
        assert!(agrees(Kind::Light, &is, &told));
        assert!(!agrees(Kind::Light, &State { brightness: Some(80), ..is }, &told));
        let closing = State { position: Some(90), ..State::default() };
        assert!(agrees(Kind::Cover, &closing, &State { position: Some(0), ..State::default() }));
    }

    #[test]
    fn nonsense_from_a_device_is_left_out() {
        let board = board();
        board.report(0, &State { locked: Some(true), ..State::default() }, true);
        assert_eq!(board.heard(0).state, State::default());
    }
}
