//! What "it", "the other one", "I meant the bedroom" and "the kitchen too" mean after what was done
//! last.

use serde_json::Value;

use crate::dialogue::{Choice, Expects, Last, Question, complete};
use crate::home::{Device, Home, Kind};
use crate::nlu::{Intent, Slot};
use crate::skills::target;
use crate::skills::words::Words;

/// Slots that say what a command is about.
const TARGETS: [&str; 5] = ["name", "area", "floor", "domain", "device_class"];

/// Slots of the sentences that refer to something; no skill sees them.
const REFERRING: [&str; 2] = ["it", "not"];

/// What a command comes to.
#[derive(Debug)]
pub(super) enum Referred {
    /// Run these, after undoing what was done last where that was wrong.
    Run { intents: Vec<Intent>, take_back: bool, passed_over: Vec<Choice> },
    /// Undo what was done last.
    TakeBack,
    /// Several could be meant.
    Ask { question: Box<Question>, take_back: bool },
    /// Nothing is meant.
    Say(String),
}

/// The home as it is spoken of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Here<'a> {
    pub home: &'a Home,
    pub language: &'a str,
}

impl Here<'_> {
    pub fn choice(&self, device: usize) -> Choice {
        target::choice(self.home, self.language, device)
    }

    /// The device that a command names.
    fn named(&self, intent: &Intent) -> Option<usize> {
        let (name, area) = (intent.slot_str("name")?, intent.slot_str("area"));
        let domain = intent.slot_str("domain").and_then(Kind::of_domain);
        let mut devices = (0..self.home.devices.len()).map(|index| (index, &self.home.devices[index]));
        let fits = |device: &Device| {
            device.names.name == name
                && area.is_none_or(|area| device.area.as_deref() == Some(area))
                && domain.is_none_or(|domain| device.kind == domain)
        };
        devices.find(|(_, device)| fits(device)).map(|(index, _)| index)
    }

    /// The kind of devices that a command is about.
    fn kind(&self, intent: &Intent) -> Option<Kind> {
        let named = self.named(intent).map(|device| self.home.devices[device].kind);
        named.or_else(|| intent.slot_str("domain").and_then(Kind::of_domain)).or({
            match intent.intent.as_str() {
                "HassLightSet" => Some(Kind::Light),
                "HassSetPosition" => Some(Kind::Cover),
                "HassClimateSetTemperature" | "HassClimateGetTemperature" => Some(Kind::Climate),
                _ => None,
            }
        })
    }
}

/// What an intent means after the last one; one that refers to nothing is itself.
pub(super) fn resolve(intent: Intent, last: Option<&Last>, here: Here, words: &dyn Words) -> Referred {
    let run = |intents, take_back| Referred::Run { intents, take_back, passed_over: Vec::new() };
    let plain = |intent: Intent| run(vec![bare(intent)], false);
    match (intent.intent.as_str(), last) {
        ("Undo", _) => Referred::TakeBack,
        ("TheOther" | "Meant" | "Also", None) => Referred::Say(words.what_do_you_mean()),
        ("TheOther", Some(last)) => other(last, here, words),
        (wrong @ ("Meant" | "Also"), Some(last)) => {
            let intents = last.intents.iter().map(|last| retarget(last, &intent, here)).collect();
            run(intents, wrong == "Meant")
        }
        _ => match (intent.slot_str("it").map(str::to_owned), last) {
            (None, _) => plain(intent),
            (Some(what), Some(last)) if last.intents.iter().all(|last| fits(&what, here.kind(last))) => {
                run(last.intents.iter().map(|last| it(&intent, last, here)).collect(), false)
            }
            (Some(what), _) if what == "maybe" => plain(intent),
            (Some(_), _) => Referred::Say(words.what_do_you_mean()),
        },
    }
}

/// Whether something of a kind can be meant by an "it" of this sort.
fn fits(what: &str, kind: Option<Kind>) -> bool {
    match (what, kind) {
        ("lock", kind) => kind == Some(Kind::Lock),
        ("cover", kind) => kind == Some(Kind::Cover),
        ("light" | "maybe", kind) => kind == Some(Kind::Light),
        ("climate", kind) => kind == Some(Kind::Climate),
        ("percent", kind) => matches!(kind, Some(Kind::Light | Kind::Cover | Kind::MediaPlayer)),
        // What is on and off.
        (_, kind) => !matches!(kind, Some(Kind::Lock | Kind::Cover | Kind::Scene | Kind::Script)),
    }
}

/// The intent about what the last one was about.
fn it(intent: &Intent, last: &Intent, here: Here) -> Intent {
    let mut meant = intent.clone();
    meant.slots.retain(|slot| !TARGETS.contains(&slot.name.as_str()));
    meant.slots.extend(last.slots.iter().filter(|slot| TARGETS.contains(&slot.name.as_str())).cloned());
    // A percentage is what the thing has: brightness, an opening, loudness.
    let percent = match here.kind(last) {
        Some(Kind::Cover) => Some(("HassSetPosition", "position")),
        Some(Kind::MediaPlayer) => Some(("HassSetVolume", "volume_level")),
        _ => None,
    };
    if let Some((name, own)) = percent.filter(|_| meant.slot_str("it") == Some("percent")) {
        name.clone_into(&mut meant.intent);
        let percents = meant.slots.iter_mut().filter(|slot| slot.name == "brightness");
        percents.for_each(|slot| own.clone_into(&mut slot.name));
    }
    from_context(bare(meant), &last.text)
}

/// The last intent, about what the new one names.
fn retarget(last: &Intent, new: &Intent, here: Here) -> Intent {
    let mut meant = last.clone();
    meant.slots.retain(|slot| !TARGETS.contains(&slot.name.as_str()));
    let targets = new.slots.iter().filter(|slot| ["name", "area", "floor"].contains(&slot.name.as_str()));
    meant.slots.extend(targets.cloned());
    new.text.clone_into(&mut meant.text);
    let mut set = |name: &str, value: &str| meant.slots.push(Slot::unspoken(name, &Value::from(value)));
    if new.slot("name").is_none() {
        let named = here.named(last).map(|device| &here.home.devices[device]);
        let there = |device: &Device| {
            let same = named.is_some_and(|named| named.names.name == device.names.name);
            same && device.area.as_deref() == new.slot_str("area")
        };
        // The thing of that name there, else what is of its kind there.
        if let (Some(named), true) = (named, here.home.devices.iter().any(there)) {
            set("name", &named.names.name);
        } else {
            let class = named.and_then(|named| named.class.clone());
            if let Some(class) = class.as_deref().or(last.slot_str("device_class")) {
                set("device_class", class);
            }
            if let Some(kind) = here.kind(last) {
                set("domain", kind.domain());
            }
        }
    }
    let text = meant.text.clone();
    from_context(meant, &text)
}

/// What was not meant before: of several that could have been, else its neighbour of the same kind.
fn other(last: &Last, here: Here, words: &dyn Words) -> Referred {
    let Some(first) = last.intents.first() else { return Referred::Say(words.no_other()) };
    let own = here.named(first);
    let mut others = last.others.clone();
    if let (true, Some(own)) = (others.is_empty(), own) {
        let device = &here.home.devices[own];
        let meant = |index: usize| last.intents.iter().any(|intent| here.named(intent) == Some(index));
        let siblings = (0..here.home.devices.len()).filter(|index| {
            let other = &here.home.devices[*index];
            !meant(*index) && other.kind == device.kind && other.area == device.area
        });
        others = siblings.map(|index| here.choice(index)).collect();
    }
    match &others[..] {
        [] => Referred::Say(words.no_other()),
        [one] => {
            let meant = complete(first, &one.slots, "");
            let passed_over = own.map(|own| here.choice(own)).into_iter().collect();
            Referred::Run { intents: vec![from_context(meant, &first.text)], take_back: true, passed_over }
        }
        several => {
            let names: Vec<_> = several.iter().map(|other| other.name.clone()).collect();
            let question = Question::new(words.which_of(&names), Expects::Choice(several.to_vec()));
            Referred::Ask { question: Box::new(question.about(first.clone())), take_back: true }
        }
    }
}

fn from_context(mut intent: Intent, text: &str) -> Intent {
    text.clone_into(&mut intent.text);
    "context".clone_into(&mut intent.why.stage);
    intent
}

/// Without what only referred.
fn bare(mut intent: Intent) -> Intent {
    intent.slots.retain(|slot| !REFERRING.contains(&slot.name.as_str()));
    intent
}
