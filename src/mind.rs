//! The mind: text in, deeds and answers out. It never sees a sample.
//!
//! What is said goes to the understanding, and what that makes of it to the [`Dialogue`], which says
//! what is to be done, asked and ended (`turn.rs`); skills do it (`deeds.rs`). What "it" and "the
//! other one" mean is found out in between (`refer.rs`).

mod deeds;
mod examples;
mod guests;
mod refer;
mod ringing;
#[cfg(test)]
mod tests;
mod tongue;
mod turn;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::config::{DialogueConfig, TimeConfig};
use crate::dialogue::{DEFAULT_SITE, Dialogue, Input};
use crate::event::{Event, EventKind};
use crate::heard::Kept;
use crate::home::House;
use crate::home::backend::Wiring;
use crate::household::Household;
use crate::mute::{Mute, Switch, Window, guest};
use crate::nlu::Understanding;
use crate::nlu::responses::Responses;
use crate::nlu::sentences::KnownList;
use crate::plugin::Plugins;
use crate::plugin::registry::Installed;
use crate::skills::alarm::AlarmBook;
use crate::skills::timer::TimerBook;
use crate::skills::{self, Moment, words};
use crate::store::{Store, StoreError};
use crate::{Error, Result};

use ringing::Manner;
use tongue::Tongue;
use turn::Turn;

/// Everything the mind needs, passed in.
pub struct Mind {
    language: String,
    area: Option<String>,
    /// What `language` and `area` are unless a wake word asks for something else.
    usual_language: String,
    own_area: Option<String>,
    /// The household's other languages.
    tongues: Vec<Tongue>,
    understanding: Understanding,
    answers: Understanding,
    manners: DialogueConfig,
    responses: Responses,
    house: House,
    timers: TimerBook,
    alarms: AlarmBook,
    mute: Mute,
    heard: Option<Box<dyn Kept>>,
    time: TimeConfig,
    dialogue: Dialogue,
    examples: Vec<String>,
    lists: Vec<KnownList>,
    /// What is installed; `plugins` is what runs.
    installed: Vec<Installed>,
    plugins: Option<Plugins>,
    /// Sessions in which a plugin has asked something, and its name.
    asking: BTreeMap<u64, String>,
    store: Box<dyn Store>,
    clock: Arc<dyn Clock>,
    /// When the mind awoke: what ran out long before was missed.
    started: Timestamp,
    /// Nothing has become due yet.
    just_begun: bool,
    /// What rings does so again then.
    next_ring: Option<Timestamp>,
    manner: Manner,
    /// What the clocks showed when they were last looked at.
    last_look: Moment,
}

impl Mind {
    /// Takes up where the store left off.
    ///
    /// # Errors
    /// When the store cannot be read, or the microphone's area is not in the home.
    pub fn new(household: Household, store: Box<dyn Store>, clock: Arc<dyn Clock>) -> Result<Self> {
        let area = own_area(&household)?;
        let installed = household.plugins.clone();
        let Household {
            language, home, understanding, answers, manners, time, responses, lists, others, ..
        } = household;
        let examples = examples::of(&understanding, &home, words::of(&language), &language);
        let now = ringing::moment(clock.as_ref());
        let mut store = store;
        let mut timers = TimerBook::restore(store.as_ref())?;
        // The clock may have been set while nothing ran.
        timers.keep_time(&now, store.as_mut())?;
        Ok(Self {
            answers,
            manners,
            tongues: Tongue::others(others, &home),
            usual_language: language.clone(),
            own_area: area.clone(),
            area,
            house: House::restore(home, store.as_ref())?,
            timers,
            alarms: AlarmBook::restore(store.as_ref())?,
            mute: Mute::restore(store.as_ref())?,
            heard: None,
            time,
            dialogue: Dialogue::new(manners),
            examples,
            lists,
            installed,
            plugins: None,
            asking: BTreeMap::new(),
            started: now.now,
            just_begun: true,
            next_ring: None,
            manner: Manner::UntilStopped,
            last_look: now,
            language,
            understanding,
            responses,
            store,
            clock,
        })
    }

    /// Reaches out for the real devices; until then all are simulated, as in a replay.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn connect(&mut self, wiring: Wiring) -> Result<()> {
        Ok(self.house.connect(wiring, self.store.as_ref())?)
    }

    /// Listens only when this plan and this switch allow it.
    pub fn mute_by(&mut self, plan: Vec<Window>, switch: Option<Switch>) {
        self.mute.follow(plan);
        if let Some(switch) = switch {
            self.mute.obey(switch);
        }
    }

    /// Answers from this history of commands, and deletes from it when asked.
    pub fn remember_by(&mut self, heard: Option<Box<dyn Kept>>) {
        self.heard = heard;
    }

    /// Whether nobody is to be listened to. It costs little: ask often.
    #[must_use]
    pub fn muted(&self) -> bool {
        self.mute.now(self.clock.as_ref()).is_some()
    }

    /// Whether guests are here, and nothing is to be kept. A store that cannot be read keeps nothing.
    #[must_use]
    pub fn guest(&self) -> bool {
        let guest = guest::read(self.store.as_ref(), self.clock.now().timestamp());
        guest.map_or(true, |guest| guest.is_some())
    }

    /// The home with its state, to look at and to wait for.
    pub fn house(&mut self) -> &mut House {
        &mut self.house
    }

    /// Takes over a household that was read again; device states, timers and what was last said stay.
    ///
    /// # Errors
    /// When the store cannot be read, or the microphone's area is not in the home; then the old
    /// household stays.
    pub fn renew(&mut self, household: Household) -> Result<()> {
        let area = own_area(&household)?;
        let installed = household.plugins.clone();
        let Household {
            language, home, understanding, answers, manners, time, responses, lists, others, ..
        } = household;
        let examples = examples::of(&understanding, &home, words::of(&language), &language);
        let tongues = Tongue::others(others, &home);
        self.house.renew(home, self.store.as_ref())?;
        self.tongues = tongues;
        self.usual_language.clone_from(&language);
        self.own_area.clone_from(&area);
        self.time = time;
        self.area = area;
        self.examples = examples;
        self.language = language;
        self.understanding = understanding;
        self.answers = answers;
        self.manners = manners;
        self.responses = responses;
        self.dialogue.renew(manners);
        self.lists = lists;
        self.renew_plugins(installed)
    }

    /// Takes an event of the ear (others are ignored) and reports what follows from it: `Intent`,
    /// `NotUnderstood`, `Action`, `Reply`, `Listen`, `SessionEnd`, `Fault`. Times are those of `event`.
    ///
    /// Every session that the ear begins ends, with whatever comes of it: words, nothing heard,
    /// nobody speaking, or a fault; at once, or after a question.
    pub fn handle(&mut self, event: &Event, emit: &mut dyn FnMut(Event)) {
        let site = event.site.as_deref().unwrap_or(DEFAULT_SITE);
        let turn = Turn { site, at_ms: event.at_ms };
        self.look_at_clock(event.at_ms, emit);
        let mut happened = |input| {
            self.open(turn, event.session, emit);
            self.step(turn, input, emit);
        };
        match &event.kind {
            EventKind::Wake { language, area, .. } => {
                self.address(language.as_deref(), area.as_deref());
                self.open(turn, event.session, emit);
            }
            EventKind::Transcript(heard) if heard.rejected.is_none() => {
                self.open(turn, event.session, emit);
                self.overhear(turn, &heard.text, emit);
            }
            EventKind::Transcript(heard) => {
                let reason = heard.rejected.clone().unwrap_or_default();
                self.open(turn, event.session, emit);
                self.not_understood(turn, &heard.text, reason, None, emit);
            }
            // The cue for these is a sound; a voice that answers every noise is a nuisance.
            EventKind::NotHeard { .. } => happened(Input::NotHeard),
            EventKind::NoSpeech => happened(Input::Silence),
            EventKind::Fault { .. } if event.session.is_some() => happened(Input::Failed),
            _ => return,
        }
        self.afterwards(turn, matches!(event.kind, EventKind::Transcript(_)), emit);
    }

    /// Text from a keyboard, as if it had been heard at `at_ms`. It answers the question that is
    /// open, if there is one.
    pub fn ask(&mut self, text: &str, at_ms: u64, emit: &mut dyn FnMut(Event)) {
        if !self.is_asking() {
            self.address(None, None);
        }
        self.ask_at(DEFAULT_SITE, text, at_ms, emit);
    }

    /// Text from a keyboard at a site.
    pub fn ask_at(&mut self, site: &str, text: &str, at_ms: u64, emit: &mut dyn FnMut(Event)) {
        let turn = Turn { site, at_ms };
        self.look_at_clock(at_ms, emit);
        self.open(turn, None, emit);
        self.hear(turn, text, emit);
        self.afterwards(turn, true, emit);
    }

    /// Lets what has become due happen: timers and alarms, and the end of sessions from which nothing
    /// more is heard. Call it at least at [`Mind::next_due`].
    pub fn tick(&mut self, at_ms: u64, emit: &mut dyn FnMut(Event)) {
        self.look_at_clock(at_ms, emit);
        for site in self.dialogue.busy_sites() {
            self.step(Turn { site: &site, at_ms }, Input::Tick, emit);
        }
        self.tick_plugins(Turn { site: DEFAULT_SITE, at_ms }, emit);
        self.let_ring(at_ms, emit);
        self.ring(at_ms, emit);
    }

    /// Ends every session: nobody will say anything more.
    pub fn close(&mut self, at_ms: u64, emit: &mut dyn FnMut(Event)) {
        for site in self.dialogue.busy_sites() {
            self.step(Turn { site: &site, at_ms }, Input::Close, emit);
        }
    }

    /// When something becomes due, by the clock.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        let plugins =
            self.plugins.as_ref().and_then(|plugins| plugins.next_due(self.clock.now().timestamp()));
        let due = [
            self.timers.next_due(),
            self.alarms.next_due(),
            self.dialogue.next_due(),
            self.next_ring(),
            plugins,
        ];
        due.into_iter().flatten().min()
    }

    /// Whether somebody at this machine was asked something, and has not answered.
    #[must_use]
    pub fn is_asking(&self) -> bool {
        self.dialogue.question(DEFAULT_SITE).is_some()
    }

    /// The volume that was last asked for by voice, in percent: the speaker starts with it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn volume(&self) -> Result<Option<u8>> {
        Ok(skills::own_volume(self.store.as_ref())?)
    }

    /// Takes over what another process (`entrenous ask` beside the daemon) has written.
    fn refresh(&mut self) -> Result<(), StoreError> {
        if self.store.changed_elsewhere()? {
            self.reread()?;
        }
        Ok(())
    }

    /// Takes over what the store holds.
    fn reread(&mut self) -> Result<(), StoreError> {
        self.house.refresh(self.store.as_ref())?;
        self.timers.refresh(self.store.as_ref())?;
        self.alarms.refresh(self.store.as_ref())?;
        self.mute.refresh(self.store.as_ref())
    }
}

fn fault(error: &StoreError) -> EventKind {
    EventKind::Fault { stage: "store".into(), message: error.to_string() }
}

/// The area of the microphone, by its proper name.
fn own_area(household: &Household) -> Result<Option<String>> {
    let Some(area) = &household.area else { return Ok(None) };
    let known = household.home.area(area).map(|known| known.names.name.clone());
    known.map(Some).ok_or_else(|| Error::Input(unknown_area(area, &household.home)))
}

fn unknown_area(area: &str, home: &crate::home::Home) -> String {
    let known: Vec<_> = home.areas.iter().map(|area| format!("`{}`", area.names.name)).collect();
    format!("`home.area` is `{area}`, which the home does not have; it has {}", known.join(", "))
}
