//! English: what is said.

mod alarms;
mod facts;
mod grammar;
mod lists;
mod mute;

use jiff::civil::{Date, Time};

use super::{Deed, Limit, Noun, Place, Quantity, SpokenTimer, Status, Subject, Tally, Thing, Trouble, Words};
use super::{capital, enumerate};
use crate::home::number_text;
use grammar::{
    DAYS, MONTHS, be, clock_time, duration, in_place, left, names, noun, ordinal, sky, status_text,
    subject_text, the, timer,
};

pub(super) struct English;

impl Words for English {
    fn did(&self, deed: &Deed, subject: &Subject) -> String {
        let it = subject_text(subject);
        match deed {
            Deed::TurnOn => format!("I turned on {it}."),
            Deed::TurnOff => format!("I turned off {it}."),
            Deed::Open => format!("I opened {it}."),
            Deed::Close => format!("I closed {it}."),
            Deed::Lock => format!("I locked {it}."),
            Deed::Unlock => format!("I unlocked {it}."),
            Deed::Activate => format!("I activated {it}."),
            Deed::Run => format!("I started {it}."),
            Deed::StartCleaning => format!("{} is on its way.", capital(&it)),
            Deed::ReturnToBase => format!("{} is going home.", capital(&it)),
            Deed::Brightness(percent) => format!("I set {it} to {percent} percent."),
            Deed::Color(color) => format!("I set {it} to {color}."),
            Deed::BrightnessAndColor(percent, color) => {
                format!("I set {it} to {color} at {percent} percent.")
            }
            Deed::Position(percent) => format!("I moved {it} to {percent} percent."),
            Deed::Heat(quantity) => format!("I set {it} to {}.", self.quantity(quantity)),
            Deed::Pause => format!("I paused {it}."),
            Deed::Resume => format!("{} goes on.", capital(&it)),
            Deed::Next => "On to the next one.".into(),
            Deed::Previous => "Back to the one before.".into(),
            Deed::Volume(percent) => format!("I set the volume of {it} to {percent} percent."),
            Deed::Mute => format!("I muted {it}."),
            Deed::Unmute => format!("I unmuted {it}."),
        }
    }

    fn unable(&self, deed: &Deed, subject: &Subject) -> String {
        let verb = match deed {
            Deed::TurnOn => "be turned on",
            Deed::TurnOff => "be turned off",
            Deed::Open => "be opened",
            Deed::Close => "be closed",
            Deed::Lock => "be locked",
            Deed::Unlock => "be unlocked",
            Deed::Activate => "be activated",
            Deed::Run => "be run",
            Deed::StartCleaning | Deed::ReturnToBase => "clean",
            Deed::Brightness(_) => "be dimmed",
            Deed::Color(_) | Deed::BrightnessAndColor(..) => "change colour",
            Deed::Position(_) => "stop half-way",
            Deed::Heat(_) => "be set to a temperature",
            Deed::Pause | Deed::Resume | Deed::Next | Deed::Previous => "play anything",
            Deed::Volume(_) | Deed::Mute | Deed::Unmute => "change its volume",
        };
        match subject {
            Subject::One(thing) => format!("{} cannot {verb}.", capital(&the(thing))),
            Subject::Many { noun: key, count, place } => {
                format!("The {}{} cannot {verb}.", noun(key, *count), in_place(place))
            }
        }
    }

    fn none(&self, key: Noun, place: &Place) -> String {
        format!("There are no {}{}.", noun(key, 2), in_place(place))
    }

    fn not_there(&self, thing: &Thing, place: &Place) -> String {
        format!("{} {} not{}.", capital(&the(thing)), be(thing), in_place(place))
    }

    fn which_one(&self, thing: &Thing, places: &[Place]) -> String {
        let places: Vec<_> = places
            .iter()
            .map(|place| match place {
                Place::Home => "one without a room".to_owned(),
                place => format!("one{}", in_place(place)),
            })
            .collect();
        format!("There are several called {}: {}. Say which.", thing.name, enumerate(&places, "and"))
    }

    fn unknown_name(&self, name: &str) -> String {
        format!("There is nothing called {name} here.")
    }

    fn trouble(&self, trouble: Trouble, things: &[Thing]) -> String {
        let it = capital(&names(things));
        let many = things.len() > 1 || things.iter().any(|thing| be(thing) == "are");
        match trouble {
            Trouble::Away => format!("{it} cannot be reached."),
            Trouble::Silent => format!("{it} did not answer."),
            Trouble::Unconfirmed => format!("{it} {} not confirmed it.", if many { "have" } else { "has" }),
            Trouble::Failed => format!("{it} could not do it."),
        }
    }

    fn limit(&self, limit: Limit) -> String {
        match limit {
            Limit::Brightness => "Brightness goes from 0 to 100 percent.".into(),
            Limit::Position => "A position goes from 0 percent, closed, to 100 percent, open.".into(),
            Limit::Volume => "Volume goes from 0 to 100 percent.".into(),
            Limit::Temperature(from, to) => {
                format!("I can set temperatures from {} to {} degrees.", number_text(from), number_text(to))
            }
        }
    }

    fn own_volume(&self, percent: u8) -> String {
        format!("My volume is at {percent} percent.")
    }

    fn own_mute(&self, muted: bool) -> String {
        if muted { "I am quiet now.".into() } else { "You can hear me again.".into() }
    }

    fn is(&self, thing: &Thing, status: Status) -> String {
        format!("{} {} {}.", capital(&the(thing)), be(thing), status_text(status))
    }

    fn yes_no(&self, yes: bool, thing: &Thing, status: Status) -> String {
        let answer = if yes { "Yes" } else { "No" };
        format!("{answer}, {} {} {}.", the(thing), be(thing), status_text(status))
    }

    fn tally(&self, tally: &Tally) -> String {
        let (status, place) = (status_text(tally.status), in_place(&tally.place));
        let (yes, no) = (tally.matched.len(), tally.unmatched.len());
        let plural = noun(tally.noun, 2);
        let verb = |count: usize| if count == 1 { "is" } else { "are" };
        let some = || {
            format!(
                "{yes} {} {} {status}{place}: {}.",
                noun(tally.noun, yes),
                verb(yes),
                names(&tally.matched)
            )
        };
        match tally.question {
            "all" if no == 0 => format!("Yes, all {plural}{place} are {status}."),
            "all" if yes == 0 => format!("No, none of the {plural}{place} is {status}."),
            "all" => format!("No, {no} of {} {} not: {}.", yes + no, verb(no), names(&tally.unmatched)),
            "any" if yes == 0 => format!("No, no {}{place} is {status}.", noun(tally.noun, 1)),
            "any" => format!("Yes, {}", some()),
            _ if yes == 0 => format!("No {}{place} is {status}.", noun(tally.noun, 1)),
            "how_many" => format!("{yes} {} {} {status}{place}.", noun(tally.noun, yes), verb(yes)),
            _ => capital(&some()),
        }
    }

    fn reads(&self, thing: &Thing, quantity: &Quantity) -> String {
        format!("{} {} {}.", capital(&the(thing)), be(thing), self.quantity(quantity))
    }

    fn reads_words(&self, thing: &Thing, words: &str) -> String {
        format!("{} {} {words}.", capital(&the(thing)), be(thing))
    }

    fn unknown_state(&self, thing: &Thing) -> String {
        format!("I do not know the state of {}.", the(thing))
    }

    fn temperature(&self, readings: &[(Place, Quantity)]) -> String {
        let all: Vec<_> =
            readings.iter().map(|(place, it)| format!("{}{}", self.quantity(it), in_place(place))).collect();
        format!("It is {}.", enumerate(&all, "and"))
    }

    fn no_temperature(&self, place: &Place) -> String {
        format!(
            "Nothing measures the temperature{}.",
            if *place == Place::Home { " here".into() } else { in_place(place) }
        )
    }

    fn weather(
        &self,
        condition: Option<&str>,
        temperature: Option<&Quantity>,
        place: Option<&str>,
    ) -> String {
        let place = place.map_or(String::new(), |place| format!(" in {place}"));
        match (condition.map(sky), temperature.map(|it| self.quantity(it))) {
            (Some(sky), Some(degrees)) => format!("It is {sky}{place}, with {degrees}."),
            (Some(sky), None) => format!("It is {sky}{place}."),
            (None, Some(degrees)) => format!("It is {degrees}{place}."),
            (None, None) => self.no_weather(None),
        }
    }

    fn no_weather(&self, place: Option<&str>) -> String {
        let place = place.map_or(String::new(), |place| format!(" in {place}"));
        format!("I do not know the weather{place}.")
    }

    fn quantity(&self, quantity: &Quantity) -> String {
        let number = number_text(quantity.number);
        let one = number == "1" || number == "-1";
        match quantity.unit.as_str() {
            "" => number,
            "°" | "°C" | "°F" => format!("{number} degree{}", if one { "" } else { "s" }),
            "%" => format!("{number} percent"),
            "W" => format!("{number} watt{}", if one { "" } else { "s" }),
            "kWh" => format!("{number} kilowatt hour{}", if one { "" } else { "s" }),
            unit => format!("{number} {unit}"),
        }
    }

    fn time(&self, time: Time) -> String {
        format!("It is {}.", clock_time(time))
    }

    fn date(&self, date: Date) -> String {
        let weekday = DAYS[date.weekday().to_monday_zero_offset() as usize];
        let month = MONTHS[date.month() as usize - 1];
        format!("It is {weekday}, the {} of {month} {}.", ordinal(date.day()), date.year())
    }

    fn timer_started(&self, it: &SpokenTimer) -> String {
        match &it.name {
            Some(name) => format!("The {name} timer is set for {}.", duration(it.total_s)),
            None => format!("A timer is set for {}.", duration(it.total_s)),
        }
    }

    fn timer_cancelled(&self, it: &SpokenTimer) -> String {
        format!("The {} is cancelled.", timer(it))
    }

    fn timers_cancelled(&self, number: usize) -> String {
        match number {
            0 => self.no_timer(),
            1 => "The timer is cancelled.".into(),
            _ => format!("All {number} timers are cancelled."),
        }
    }

    fn timer_paused(&self, it: &SpokenTimer) -> String {
        format!("The {} is paused with {} left.", timer(it), duration(it.left_s))
    }

    fn timer_resumed(&self, it: &SpokenTimer) -> String {
        format!("The {} goes on, with {} left.", timer(it), duration(it.left_s))
    }

    fn timer_changed(&self, it: &SpokenTimer) -> String {
        match &it.name {
            Some(name) => format!("The {name} timer now has {} left.", duration(it.left_s)),
            None => format!("The timer now has {} left.", duration(it.left_s)),
        }
    }

    fn timer_status(&self, timers: &[SpokenTimer]) -> String {
        match timers {
            [] => self.no_timer(),
            [one] => capital(&format!("{}.", left(one))),
            several => {
                let shown: Vec<_> = several.iter().take(3).map(left).collect();
                let more = if several.len() > 3 { "The next ones: " } else { "" };
                format!("You have {} timers. {more}{}.", several.len(), capital(&enumerate(&shown, "and")))
            }
        }
    }

    fn timer_done(&self, it: &SpokenTimer) -> String {
        format!("Your {} is done.", timer(it))
    }

    fn timer_missed(&self, it: &SpokenTimer, at: Time) -> String {
        format!("While I was off, your {} ran out, at {}.", timer(it), clock_time(at))
    }

    fn timers_done(&self, number: usize) -> String {
        format!("{number} timers have run out.")
    }

    fn no_timer(&self) -> String {
        "There are no timers.".into()
    }

    fn no_such_timer(&self) -> String {
        "There is no such timer.".into()
    }

    fn which_timer(&self, timers: &[SpokenTimer]) -> String {
        let shown: Vec<_> = timers.iter().take(3).map(|it| format!("the {}", timer(it))).collect();
        format!("There are {} timers. Which one: {}?", timers.len(), enumerate(&shown, "or"))
    }

    fn timer_too_short(&self) -> String {
        "A timer needs at least one second.".into()
    }

    fn timer_too_long(&self, days: u64) -> String {
        format!("A timer can run for {days} days at most.")
    }

    fn too_many_timers(&self, limit: usize) -> String {
        format!("There are {limit} timers already, and I cannot keep more. Cancel some first.")
    }

    fn not_that_much_left(&self, it: &SpokenTimer) -> String {
        format!("The {} has only {} left.", timer(it), duration(it.left_s))
    }

    fn no_paused_timer(&self) -> String {
        "No timer is paused.".into()
    }

    fn no_running_timer(&self) -> String {
        "No timer is running.".into()
    }

    fn examples(&self, light: Option<&Thing>, cover: Option<&Thing>, lock: Option<&Thing>) -> Vec<String> {
        let mut all = Vec::new();
        all.extend(light.map(|it| format!("turn on {}", the(it))));
        all.push("set a timer for 5 minutes".into());
        all.extend(cover.map(|it| format!("close {}", the(it))));
        all.extend(lock.map(|it| format!("{} {} locked", be(it), the(it))));
        all.extend(
            ["what time is it", "what is the temperature", "turn off all the lights"].map(str::to_owned),
        );
        all
    }

    fn help(&self, examples: &[String]) -> String {
        if examples.is_empty() {
            return "I know no sentences yet.".into();
        }
        let quoted: Vec<_> = examples.iter().map(|example| format!("“{example}”")).collect();
        format!("You can say, for example: {}.", enumerate(&quoted, "or"))
    }

    fn nothing_said(&self) -> String {
        "I have not said anything yet.".into()
    }

    fn not_understood(&self) -> String {
        "Sorry, I did not understand that.".into()
    }

    fn did_you_mean(&self, names: &[String]) -> String {
        format!("Did you mean {}?", enumerate(&names_with_articles(names), "or"))
    }

    fn which_of(&self, names: &[String]) -> String {
        format!("Which one: {}?", enumerate(&names_with_articles(names), "or"))
    }

    fn failed(&self) -> String {
        "Sorry, that did not work.".into()
    }

    fn went_wrong(&self) -> String {
        "Sorry, something went wrong.".into()
    }

    fn for_how_long(&self) -> String {
        "For how long?".into()
    }

    fn by_how_much(&self) -> String {
        "By how much?".into()
    }

    fn to_what_brightness(&self) -> String {
        "To what brightness?".into()
    }

    fn to_what_temperature(&self) -> String {
        "To how many degrees?".into()
    }

    fn to_what_position(&self) -> String {
        "How far open, in percent?".into()
    }

    fn turn_on_what(&self) -> String {
        "What shall I turn on?".into()
    }

    fn turn_off_what(&self) -> String {
        "What shall I turn off?".into()
    }

    fn shall_i(&self, deed: &Deed, subjects: &[Subject]) -> String {
        let things: Vec<_> = subjects.iter().map(subject_text).collect();
        format!("Shall I {} {}?", infinitive(deed), enumerate(&things, "and"))
    }

    fn one_in(&self, place: &Place) -> String {
        format!("the one{}", in_place(place))
    }

    fn timer_called(&self, it: &SpokenTimer) -> String {
        format!("the {}", timer(it))
    }

    fn ask_again(&self, question: &str) -> String {
        format!("Sorry, I did not understand. {question}")
    }

    fn give_up(&self) -> String {
        "I still did not understand. Let's leave it.".into()
    }

    fn all_right(&self) -> String {
        "All right.".into()
    }

    fn ok(&self) -> String {
        "OK.".into()
    }

    fn undone(&self) -> String {
        "Undone.".into()
    }

    fn nothing_to_undo(&self) -> String {
        "There is nothing to undo.".into()
    }

    fn what_do_you_mean(&self) -> String {
        "I do not know what you mean. Say it by its name.".into()
    }

    fn no_other(&self) -> String {
        "There is no other one.".into()
    }

    fn no_skill(&self) -> String {
        "I understood that, but nothing here can do it.".into()
    }
}

/// What is done to something, as "shall I" has it.
fn infinitive(deed: &Deed) -> &'static str {
    match deed {
        Deed::TurnOn => "turn on",
        Deed::TurnOff => "turn off",
        Deed::Open => "open",
        Deed::Close => "close",
        Deed::Lock => "lock",
        Deed::Unlock => "unlock",
        Deed::Activate => "activate",
        Deed::Run | Deed::StartCleaning => "start",
        Deed::ReturnToBase => "send home",
        Deed::Pause => "pause",
        Deed::Resume => "resume",
        Deed::Mute => "mute",
        Deed::Unmute => "unmute",
        _ => "change",
    }
}

fn names_with_articles(names: &[String]) -> Vec<String> {
    let with_article = |name: &String| {
        if name.starts_with("the ") {
            name.clone()
        } else {
            the(&Thing { name: name.clone(), article: None })
        }
    };
    names.iter().map(with_article).collect()
}
