//! The conformance check: whether a plugin keeps to the protocol, on this machine, in its sandbox.
//!
//! Any author can run it (`entrenous plugin check FOLDER`). It asks the plugin what a household
//! would ask: one sentence of each of its intents, in each of its languages.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::clock::Clock;
use crate::home::{Home, House};
use crate::household::shipped_sentences;
use crate::nlu::sample;
use crate::nlu::sentences;
use crate::nlu::{Understanding, entities};
use crate::store::MemoryStore;

use super::host::Lent;
use super::protocol::code;
use super::registry::Installed;
use super::{Places, Plugins};

/// How often an intent is asked for.
const EACH: usize = 3;

/// What was looked at, and how it came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub what: String,
    /// `Err`: what is wrong, and how to mend it.
    pub result: Result<String, String>,
    /// Whether it only may surprise.
    pub is_warning: bool,
}

/// Checks the plugin of a folder. Goes as far as it can.
#[must_use]
pub fn check(folder: &Path, places: &Places, patience: Duration, clock: &dyn Clock) -> Vec<Finding> {
    let mut findings = Findings(Vec::new());
    let plugin = match Installed::of_folder(folder) {
        Ok(plugin) => plugin,
        Err(error) => {
            findings.add("manifest", Err(error.to_string()));
            return findings.0;
        }
    };
    findings.add("manifest", Ok(format!("`{}` {}", plugin.name, plugin.manifest.version)));
    for language in plugin.manifest.languages.clone() {
        let understanding = understanding(&plugin, &language);
        let result = match &understanding {
            Ok((_, count)) => Ok(format!("{count} sentence templates are understood")),
            Err(reason) => Err(reason.clone()),
        };
        findings.add(&format!("sentences ({language})"), result);
        if let Ok((understanding, _)) = &understanding {
            Talk { plugin: &plugin, language: &language, places, patience, clock }
                .hold(understanding, &mut findings);
        }
    }
    findings.0
}

struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, what: &str, result: Result<String, String>) {
        self.0.push(Finding { what: what.to_owned(), result, is_warning: false });
    }

    fn warn(&mut self, what: &str, reason: String) {
        self.0.push(Finding { what: what.to_owned(), result: Err(reason), is_warning: true });
    }
}

/// The shipped sentences and the plugin's, together; with the number of the plugin's.
fn understanding(plugin: &Installed, language: &str) -> Result<(Understanding, usize), String> {
    let guest = super::sentences::of(plugin, language).map_err(|error| error.to_string())?;
    let Some(guest) = guest else {
        // A plugin that only listens to events has no sentences.
        let loaded = sentences::load(language, &shipped_sentences(language), &Home::demo().lists(language));
        let understanding = loaded.and_then(|loaded| Understanding::new(loaded.grammar));
        return understanding.map(|understanding| (understanding, 0)).map_err(|error| error.to_string());
    };
    let lists = Home::demo().lists(language);
    sentences::load_all(language, &shipped_sentences(language), &lists, &[], &[guest])
        .and_then(|loaded| Understanding::new(loaded.grammar))
        .map(|understanding| {
            let own = own_sentences(plugin, &understanding).count();
            (understanding, own)
        })
        .map_err(|error| error.to_string())
}

fn own_sentences<'a>(
    plugin: &'a Installed,
    understanding: &'a Understanding,
) -> impl Iterator<Item = usize> + 'a {
    let sentences = understanding.grammar().sentences.iter().enumerate();
    sentences
        .filter(|(_, sentence)| {
            super::sentences::split(&sentence.intent).is_some_and(|(name, _)| name == plugin.name)
        })
        .map(|(index, _)| index)
}

/// A conversation with the plugin in one language.
struct Talk<'a> {
    plugin: &'a Installed,
    language: &'a str,
    places: &'a Places,
    patience: Duration,
    clock: &'a dyn Clock,
}

impl Talk<'_> {
    fn hold(&self, understanding: &Understanding, findings: &mut Findings) {
        let mut store = MemoryStore::default();
        let house = House::restore(Home::demo(), &store);
        let Ok(mut house) = house else { return };
        let mut lent = Lent::new(&mut house, &mut store, self.clock, self.language, &[]);
        let plugins = Plugins::new(vec![self.plugin.clone()], self.places.clone(), self.patience, &mut lent);
        let mut plugins = match plugins {
            Ok(plugins) => plugins,
            Err(error) => return findings.add("start", Err(error.to_string())),
        };
        let name = &self.plugin.name;
        let here = |what: &str| format!("{what} ({})", self.language);

        let start = Instant::now();
        let unknown = plugins.probe(name, "entrenous.no_such_method", &mut lent);
        let took = start.elapsed().as_millis();
        if plugins.process(name).is_none() {
            let why = faults(&lent).unwrap_or_else(|| "this machine cannot confine it".to_owned());
            return findings.add(&here("start in the sandbox"), Err(why));
        }
        findings.add(&here("start in the sandbox"), Ok(format!("ready after {took} ms")));
        let what = here("unknown methods");
        match unknown {
            Err(Some(error)) if error.code == code::NO_METHOD => {
                findings.add(&what, Ok("are refused with error -32601".into()));
            }
            Err(Some(error)) => {
                findings.warn(&what, format!("are refused with {error}; -32601 is the code for that"));
            }
            Ok(_) => findings.warn(&what, "are answered; refuse them with error -32601".into()),
            Err(None) => findings.add(&what, Err(faults(&lent).unwrap_or_default())),
        }
        let mut intents: Vec<String> = own_sentences(self.plugin, understanding)
            .map(|index| understanding.grammar().sentences[index].intent.clone())
            .collect();
        intents.dedup();
        for intent in intents {
            self.ask(&intent, understanding, &mut plugins, &mut lent, findings);
        }
        let what = here("shutdown");
        if plugins.stop(name) {
            findings.add(&what, Ok("is obeyed".into()));
        } else {
            findings.add(&what, Err("is not obeyed within a second; answer it and end".into()));
        }
    }

    fn ask(
        &self,
        intent: &str,
        understanding: &Understanding,
        plugins: &mut Plugins,
        lent: &mut Lent,
        findings: &mut Findings,
    ) {
        let what = format!("{} ({})", intent, self.language);
        let mut slowest = Duration::ZERO;
        for (session, (_, text)) in
            sample::draw(understanding.grammar(), EACH, 7, Some(intent)).sentences.iter().enumerate()
        {
            let Some(mut understood) = understanding.exactly(text) else { continue };
            if understood.intent != *intent {
                findings.warn(
                    &what,
                    format!("“{text}” is taken for `{}`; say it in another way", understood.intent),
                );
                continue;
            }
            entities::settle(&mut understood, &self.clock.now());
            let start = Instant::now();
            let Some(outcome) = plugins.intent(&understood, session as u64 + 1, None, lent) else { return };
            slowest = slowest.max(start.elapsed());
            if outcome.trouble.is_some() {
                let why =
                    faults(lent).unwrap_or_else(|| "it answered with an error; its log says more".to_owned());
                return findings.add(&what, Err(format!("“{text}”: {why}")));
            }
            if outcome.say.is_none() && outcome.ask.is_none() {
                findings
                    .warn(&what, format!("“{text}” gets no answer; people wonder whether they were heard"));
            }
            if outcome.ask.is_some() {
                plugins.end_session(&self.plugin.name, session as u64 + 1, "cancelled");
            }
        }
        findings.add(&what, Ok(format!("answered, at most {} ms", slowest.as_millis())));
    }
}

/// What went wrong, as it was reported.
fn faults(lent: &Lent) -> Option<String> {
    lent.reports.iter().rev().find_map(|report| match report {
        crate::event::EventKind::Fault { message, .. } => Some(message.clone()),
        _ => None,
    })
}
