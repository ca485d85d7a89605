//! What is set stays set, whatever happens to the program.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use entrenous::rng::Rng;
use entrenous::skills::alarm::AlarmBook;
use entrenous::skills::timer::TimerBook;
use entrenous::skills::words::alarms::Kind;
use entrenous::store;

use crate::support::Program;

/// Kills of the program that the test makes; `scripts/kill-test` sets more.
const KILLS: usize = 50;

/// Commands that are on their way at once.
const WINDOW: usize = 3;

/// Things of a kind that are kept before some are cancelled.
const KEPT: usize = 40;

/// A small language: the program starts in no time.
const SENTENCES: &str = r#"
language: en
intents:
  HassStartTimer: { data: [{ sentences: ["start {thing:name} for {duration}"] }] }
  HassCancelTimer: { data: [{ sentences: ["stop {thing:name}"] }] }
  AlarmSet: { data: [{ sentences: ["wake {thing:name} at {at}"] }] }
  AlarmCancel: { data: [{ sentences: ["forget {thing:name}"] }] }
  HassShoppingListAddItem: { data: [{ sentences: ["buy {thing:item}"] }] }
  HassListRemoveItem: { data: [{ sentences: ["drop {thing:item}"], slots: { list: shopping } }] }
lists:
  thing: { wildcard: true }
  duration: { entity: duration }
  at: { entity: datetime }
"#;

const CONFIG: &str = r#"
[nlu]
builtin = false
sentences = ["sentences"]
[understanding]
trained = false
"#;

/// A thing that is set, by its kind and a name that no other ever had.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Thing {
    kind: &'static str,
    name: String,
}

/// What is asked for: the thing is to be there, or not.
#[derive(Debug, Clone)]
struct Wish {
    thing: Thing,
    there: bool,
}

impl Wish {
    fn said(&self) -> String {
        let name = &self.thing.name;
        match (self.thing.kind, self.there) {
            ("timer", true) => format!("start {name} for twenty hours"),
            ("timer", false) => format!("stop {name}"),
            ("alarm", true) => format!("wake {name} at march the 3rd at noon"),
            ("alarm", false) => format!("forget {name}"),
            (_, true) => format!("buy {name}"),
            (_, false) => format!("drop {name}"),
        }
    }
}

/// The program in a pipe, which answers a line only once it is done.
struct House {
    child: Child,
    answers: Receiver<String>,
}

impl House {
    fn start(program: &Program) -> Self {
        let mut child = program
            .command()
            .arg("chat")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (sender, answers) = mpsc::channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            // A line that was cut off was not said.
            for line in stdout.split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                if let Some(answer) = line.strip_prefix("house: ").filter(|answer| answer.ends_with('.')) {
                    let _ = sender.send(answer.to_owned());
                }
            }
        });
        Self { child, answers }
    }

    fn say(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }
}

/// Names are syllables: no word of them is a number.
fn name(number: u64) -> String {
    let syllables = ["ba", "ke", "di", "fo", "gu", "la", "me", "ni", "po", "ru"];
    number.to_string().bytes().map(|digit| syllables[usize::from(digit - b'0')]).collect()
}

/// What the store holds; every record must be whole.
fn kept(data: &Path) -> BTreeSet<Thing> {
    let (store, _) = store::open(data).unwrap();
    let timers = TimerBook::restore(store.as_ref()).unwrap();
    let alarms = AlarmBook::restore(store.as_ref()).unwrap();
    assert_eq!(timers.all().len(), store.list("timer").unwrap().len(), "half a timer is kept");
    assert_eq!(alarms.count(), store.list("alarm").unwrap().len(), "half an alarm is kept");
    let thing = |kind, name: &Option<String>| Thing { kind, name: name.clone().unwrap_or_default() };
    let timers = timers.all().iter().map(|timer| thing("timer", &timer.name));
    let alarms: Vec<_> = alarms.of(Kind::Alarm).map(|alarm| thing("alarm", &alarm.text)).collect();
    let items = store.list("list_item").unwrap().into_iter().map(|(_, item)| {
        let text = item["text"].as_str().expect("a whole item");
        Thing { kind: "item", name: text.to_owned() }
    });
    timers.chain(alarms).chain(items).collect()
}

fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |value| value.parse().expect("a number"))
}

/// The program is killed at random moments while it sets and cancels: what it has said to be done is
/// done, and nothing is there by halves.
#[test]
fn nothing_that_was_acknowledged_is_lost_when_the_program_is_killed() {
    let kills = number("ENTRENOUS_KILLS", KILLS as u64);
    let mut rng = Rng::new(number("ENTRENOUS_SEED", 1));
    let program = Program::new().config(CONFIG).file("sentences/en/own.yaml", SENTENCES);
    let data = program.folder().join("data");
    let mut there: BTreeSet<Thing> = BTreeSet::new();
    let (mut named, mut acknowledged, mut open) = (0, 0, 0);
    for kill in 0..kills {
        let mut house = House::start(&program);
        let mut waiting: VecDeque<Wish> = VecDeque::new();
        // In the middle of a stream of commands, and sometimes before the first.
        let (answers, delay) = (rng.below(12), Duration::from_micros(rng.next() % 4_000));
        let mut heard = 0;
        while heard < answers {
            while waiting.len() < WINDOW {
                let kind = ["timer", "alarm", "item"][rng.below(3)];
                let own: Vec<&Thing> = there
                    .iter()
                    .filter(|thing| thing.kind == kind && waiting.iter().all(|wish| wish.thing != **thing))
                    .collect();
                let cancels = rng.below(KEPT * 2) < own.len();
                let wish = if cancels {
                    Wish { thing: own[rng.below(own.len())].clone(), there: false }
                } else {
                    named += 1;
                    Wish { thing: Thing { kind, name: name(named) }, there: true }
                };
                house.say(&wish.said());
                waiting.push_back(wish);
            }
            let answer = house.answers.recv_timeout(Duration::from_mins(1)).expect("an answer");
            acknowledge(&answer, &mut waiting, &mut there);
            heard += 1;
        }
        std::thread::sleep(delay);
        house.child.kill().unwrap();
        house.child.wait().unwrap();
        for answer in &house.answers {
            acknowledge(&answer, &mut waiting, &mut there);
            heard += 1;
        }
        acknowledged += heard;
        open += waiting.len();
        // What was not answered may have been done, or not.
        let unsure: BTreeMap<&Thing, bool> = waiting.iter().map(|wish| (&wish.thing, wish.there)).collect();
        let kept = kept(&data);
        let wrong: Vec<&Thing> =
            kept.symmetric_difference(&there).filter(|thing| !unsure.contains_key(thing)).collect();
        assert!(wrong.is_empty(), "after kill {kill}: {wrong:?} is not as it was acknowledged");
        there = kept;
    }
    println!(
        "{kills} kills: {acknowledged} commands acknowledged, 0 of them lost; {open} were on their way; \
         {} things kept, none by halves",
        there.len()
    );
    assert!(kills < 20 || acknowledged > kills as usize, "hardly anything happened: {acknowledged}");
}

fn acknowledge(answer: &str, waiting: &mut VecDeque<Wish>, there: &mut BTreeSet<Thing>) {
    let Wish { thing, there: wanted } = waiting.pop_front().expect("an answer to something");
    assert!(answer.contains(&thing.name), "`{}` was answered with `{answer}`", thing.name);
    if wanted {
        there.insert(thing);
    } else {
        there.remove(&thing);
    }
}

/// A single question hears what rings, and does not wait for an answer to it.
#[test]
fn a_single_question_beside_something_that_rings() {
    let program = Program::new().config("[understanding]\ntrained = false\n");
    program.run(["ask", "set a timer for 1 second"]).ok();
    std::thread::sleep(Duration::from_millis(1_100));
    let heard = program.run(["ask", "what time is it"]).ok();
    assert!(heard.contains("Your timer for 1 second is done.") && heard.contains("It is "), "{heard}");
    // It goes on until somebody stops it.
    let heard = program.run(["ask", "stop"]).ok();
    assert!(heard.contains("timer stop"), "{heard}");
    let heard = program.run(["ask", "how much time is left"]).ok();
    assert!(!heard.contains("done") && heard.contains("There are no timers."), "{heard}");
}
