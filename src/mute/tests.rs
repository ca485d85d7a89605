//! Who wins, for how long, and over which changes of the clock.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use jiff::civil::{Weekday, time};
use proptest::prelude::*;

use super::*;
use crate::clock::ManualClock;
use crate::store::MemoryStore;

fn at(text: &str) -> Timestamp {
    text.parse::<jiff::ZonedDateTime>().unwrap().timestamp()
}

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").unwrap()
}

fn night(days: &[Weekday]) -> Window {
    Window { from: time(22, 0, 0, 0), to: time(7, 0, 0, 0), days: days.to_vec() }
}

fn decided(
    now: &str,
    switch: Option<&Reading>,
    hand: Option<&Hand>,
    plan: &[Window],
) -> Option<(&'static str, Option<Timestamp>)> {
    let zone = paris();
    let known = Known { now: at(now), zone: &zone, uptime: None, switch, hand, plan };
    decide(&known).map(|muted| (muted.cause.name(), muted.until))
}

const EVENING: &str = "2026-11-24T23:00:00[Europe/Paris]";
const NOON: &str = "2026-11-24T12:00:00[Europe/Paris]";

#[test]
fn the_switch_wins_over_everything() {
    let listen = Hand::Listen { until: at("2026-11-25T07:00:00[Europe/Paris]") };
    let broken = Reading::Unknown("gone".into());
    let plan = [night(&[])];
    assert_eq!(decided(EVENING, Some(&Reading::Muted), Some(&listen), &plan), Some(("switch", None)));
    assert_eq!(decided(NOON, Some(&broken), Some(&listen), &[]), Some(("unreadable_switch", None)));
    assert_eq!(decided(EVENING, Some(&Reading::Listening), Some(&listen), &plan), None);
    assert_eq!(decided(NOON, Some(&Reading::Listening), None, &plan), None);
    // A switch that is on does not unmute what a hand muted.
    let hand = Hand::Mute { until: None, due: None };
    assert_eq!(decided(NOON, Some(&Reading::Listening), Some(&hand), &[]), Some(("hand", None)));
}

#[test]
fn a_mute_by_hand_runs_into_the_plan() {
    let seven = at("2026-11-25T07:00:00[Europe/Paris]");
    let plan = [night(&[])];
    let until = |hour| Hand::Mute { until: Some(at(hour)), due: None };
    let hour = until("2026-11-24T23:30:00[Europe/Paris]");
    assert_eq!(decided(EVENING, None, Some(&hour), &plan), Some(("hand", Some(seven))));
    let long = until("2026-11-25T09:00:00[Europe/Paris]");
    let nine = at("2026-11-25T09:00:00[Europe/Paris]");
    assert_eq!(decided(EVENING, None, Some(&long), &plan), Some(("hand", Some(nine))));
    let over = until("2026-11-24T11:00:00[Europe/Paris]");
    assert_eq!(decided(NOON, None, Some(&over), &plan), None);
    assert_eq!(decided(EVENING, None, Some(&over), &plan), Some(("plan", Some(seven))));
}

#[test]
fn windows_cross_midnight_and_keep_to_their_days() {
    // The 24th is a tuesday.
    let plan = [night(&[Weekday::Tuesday])];
    let is = |when: &str| decided(&format!("2026-11-{when}:00[Europe/Paris]"), None, None, &plan).is_some();
    for (when, muted) in [
        ("24T21:59", false),
        ("24T22:00", true),
        ("25T06:59", true),
        ("25T07:00", false),
        ("25T22:00", false),
        ("24T06:00", false),
    ] {
        assert_eq!(is(when), muted, "{when}");
    }
}

#[test]
fn windows_that_follow_one_another_are_one() {
    let piece = |from, to| Window { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0), days: Vec::new() };
    let plan = [piece(8, 12), piece(12, 14), piece(13, 15)];
    let three = at("2026-11-24T15:00:00[Europe/Paris]");
    assert_eq!(decided("2026-11-24T09:00:00[Europe/Paris]", None, None, &plan), Some(("plan", Some(three))));
    // Around the clock: no end.
    assert_eq!(decided(NOON, None, None, &[piece(0, 0)]), Some(("plan", None)));
}

#[test]
fn the_clock_is_set_forward_and_back() {
    // 2026-03-29 02:00 → 03:00; 2026-10-25 03:00 → 02:00.
    let window = |from: (i8, i8), to: (i8, i8)| {
        [Window { from: time(from.0, from.1, 0, 0), to: time(to.0, to.1, 0, 0), days: Vec::new() }]
    };
    let zone = paris();
    let end = |plan: &[Window], when: &str| plan::end(plan, at(when), &zone);
    // It begins in the hour that is left out: at the change.
    let spring = window((2, 30), (5, 0));
    assert_eq!(end(&spring, "2026-03-29T01:59:59[Europe/Paris]"), None);
    let five = at("2026-03-29T05:00:00[Europe/Paris]");
    assert_eq!(end(&spring, "2026-03-29T03:00:00[Europe/Paris]"), Some(five));
    // It ends in that hour: at the change.
    let early = window((0, 0), (2, 30));
    let change = at("2026-03-29T03:00:00[Europe/Paris]");
    assert_eq!(end(&early, "2026-03-29T01:30:00[Europe/Paris]"), Some(change));
    assert_eq!(end(&early, "2026-03-29T03:00:00[Europe/Paris]"), None);
    // The hour that comes twice: from the first to the second.
    let autumn = window((2, 15), (2, 30));
    let second = at("2026-10-25T02:30:00+01:00[Europe/Paris]");
    assert_eq!(end(&autumn, "2026-10-25T02:15:00+02:00[Europe/Paris]"), Some(second));
    assert_eq!(end(&autumn, "2026-10-25T02:00:00+01:00[Europe/Paris]"), Some(second));
    assert_eq!(end(&autumn, "2026-10-25T02:30:00+01:00[Europe/Paris]"), None);
}

#[test]
fn unmuting_by_hand_ends_that_window_only() {
    let clock = ManualClock::at(EVENING.parse().unwrap());
    let mut store = MemoryStore::default();
    let mut mute = Mute::restore(&store).unwrap();
    mute.follow(vec![night(&[])]);
    let cause = |mute: &Mute| mute.now(&clock).map(|muted| muted.cause.name());
    assert_eq!(cause(&mute), Some("plan"));
    mute.unmute(clock.now().timestamp(), clock.now().time_zone(), &mut store).unwrap();
    assert_eq!(cause(&mute), None);
    // Another process sees it, and so does the next start.
    let mut other = Mute::restore(&store).unwrap();
    other.follow(vec![night(&[])]);
    assert_eq!(cause(&other), None);
    clock.set("2026-11-25T22:30:00[Europe/Paris]".parse().unwrap());
    assert_eq!(cause(&mute), Some("plan"));
    mute.mute(None, clock.now().timestamp(), None, &mut store).unwrap();
    clock.set("2026-11-30T12:00:00[Europe/Paris]".parse().unwrap());
    assert_eq!(cause(&mute), Some("hand"));
    mute.unmute(clock.now().timestamp(), clock.now().time_zone(), &mut store).unwrap();
    assert_eq!(cause(&mute), None);
    assert!(store.list(NAMESPACE).unwrap().is_empty());
}

#[test]
fn an_hour_lasts_an_hour_whatever_the_clock_is_set_to() {
    let clock = ManualClock::at(NOON.parse().unwrap());
    let mut store = MemoryStore::default();
    let mut mute = Mute::default();
    let hour = Some(SignedDuration::from_hours(1));
    mute.mute(hour, clock.now().timestamp(), clock.uptime(), &mut store).unwrap();
    clock.turn_to("2026-11-24T18:00:00[Europe/Paris]".parse().unwrap());
    let muted = mute.now(&clock).unwrap();
    assert_eq!(muted.until, Some(at("2026-11-24T19:00:00[Europe/Paris]")));
    clock.advance_ms(3_599_000);
    assert!(mute.now(&clock).is_some());
    clock.advance_ms(1_000);
    assert!(mute.now(&clock).is_none());
}

#[test]
fn a_record_that_nobody_understands_mutes() {
    let mut store = MemoryStore::default();
    store.put(NAMESPACE, KEY, &json!({ "whisper": 3 })).unwrap();
    let mute = Mute::restore(&store).unwrap();
    assert!(mute.now(&ManualClock::at(NOON.parse().unwrap())).is_some());
}

#[test]
fn news_is_told_once() {
    let clock = ManualClock::at(NOON.parse().unwrap());
    let (mut store, mut mute) = (MemoryStore::default(), Mute::default());
    assert!(mute.news(None).is_none());
    mute.mute(None, clock.now().timestamp(), None, &mut store).unwrap();
    let told = mute.news(mute.now(&clock)).unwrap();
    assert!(matches!(&told, EventKind::Action { action, .. } if action == "mute"), "{told:?}");
    assert!(mute.news(mute.now(&clock)).is_none());
    let told = mute.news(None).unwrap();
    assert!(matches!(&told, EventKind::Action { action, .. } if action == "unmute"), "{told:?}");
}

/// Waits for a reading, at most some seconds.
#[track_caller]
fn wait_for(switch: &Switch, wanted: impl Fn(&Reading) -> bool) -> std::time::Duration {
    let began = Instant::now();
    while !wanted(&switch.reading()) {
        assert!(began.elapsed().as_secs() < 20, "it says {:?}", switch.reading());
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    began.elapsed()
}

#[test]
fn a_pin_is_followed_and_a_broken_one_mutes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("value");
    fs::write(&file, "1\n").unwrap();
    let switch = Switch::watch(SwitchConfig::File { file: file.clone(), muted_when: "1".into() });
    assert_eq!(switch.reading(), Reading::Muted);
    fs::write(&file, "0\n").unwrap();
    println!("a pin was followed after {:?}", wait_for(&switch, |reading| *reading == Reading::Listening));
    assert!(switch.trouble().is_none());
    fs::remove_file(&file).unwrap();
    wait_for(&switch, |reading| matches!(reading, Reading::Unknown(_)));
    let trouble = switch.trouble().unwrap();
    assert!(trouble.contains("cannot be read") && trouble.contains("nobody is listened to"), "{trouble}");
    std::thread::sleep(std::time::Duration::from_millis(120));
    assert!(switch.trouble().is_none(), "it is said once");
}

#[test]
fn a_program_is_believed_until_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let go = folder.path().join("go");
    let wait = format!("while [ ! -e {} ]; do sleep 0.02; done", go.display());
    let script = format!("echo listening; {wait}; echo muted; exec sleep 0.2");
    let switch = Switch::watch(SwitchConfig::Command(vec!["sh".into(), "-c".into(), script]));
    assert!(!matches!(switch.reading(), Reading::Muted));
    wait_for(&switch, |reading| *reading == Reading::Listening);
    fs::write(&go, "").unwrap();
    wait_for(&switch, |reading| *reading == Reading::Muted);
    wait_for(&switch, |reading| matches!(reading, Reading::Unknown(why) if why.contains("has ended")));
    assert!(switch.trouble().is_some_and(|trouble| trouble.contains("has ended")));
    // It is started again.
    wait_for(&switch, |reading| *reading == Reading::Muted || *reading == Reading::Listening);
    let none = Switch::watch(SwitchConfig::Command(vec!["no-such-switch".into()]));
    wait_for(&none, |reading| matches!(reading, Reading::Unknown(why) if why.contains("does not start")));
}

#[test]
fn a_switch_that_is_no_file_is_unreadable() {
    assert!(matches!(switch::read(&PathBuf::from("/"), "1"), Reading::Unknown(_)));
    assert!(matches!(switch::read(&PathBuf::from("/dev/null"), "1"), Reading::Unknown(_)));
}

proptest! {
    /// Whatever is planned: at the end that was told, somebody is listened to, and not before.
    #[test]
    fn the_end_that_is_told_is_the_end(
        windows in prop::collection::vec((0_i8..24, 0_i8..60, 0_i8..24, 0_i8..60, 0_u8..128), 0..4),
        hand in prop::option::of(1_i64..200_000),
        now in 1_774_000_000_i64..1_796_000_000,
    ) {
        let zone = paris();
        let plan: Vec<Window> = windows.into_iter().map(|(h, m, h2, m2, days)| Window {
            from: time(h, m, 0, 0),
            to: time(h2, m2, 0, 0),
            days: (1..=7_i8).filter(|day| days & (1 << (day - 1)) != 0)
                .map(|day| Weekday::from_monday_one_offset(day).unwrap()).collect(),
        }).collect();
        let now = Timestamp::from_second(now).unwrap();
        let hand = hand.map(|s| Hand::Mute {
            until: Some(now + SignedDuration::from_secs(s)), due: None,
        });
        let known = |now| Known {
            now, zone: &zone, uptime: None, switch: None, hand: hand.as_ref(), plan: &plan,
        };
        if let Some(Muted { until: Some(until), .. }) = decide(&known(now)) {
            prop_assert!(until > now);
            prop_assert!(decide(&known(until)).is_none());
            let step = until.duration_since(now).as_millis() / 7;
            for part in 0..7 {
                let then = now + SignedDuration::from_millis(i64::try_from(step).unwrap() * part);
                prop_assert!(decide(&known(then)).is_some());
            }
        }
    }
}
