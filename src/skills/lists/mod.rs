//! Lists: things to buy, things to do, notes, and whatever else a household keeps a list of.

mod book;
pub(super) mod spoken;

use std::borrow::Cow;

use serde_json::json;

use super::{Need, Outcome, Skill, Stop, Undo, World};
use crate::config::Confirm;
use crate::dialogue::{Expects, Question, ValueOf};
use crate::event::EventKind;
use crate::nlu::{Intent, Slot};
use book::Item;

pub(super) struct Lists;

/// As many things as a list holds.
const MAX_ITEMS: usize = 500;

/// As many things as are read aloud in one go.
const READ_AT_ONCE: usize = 7;

/// The lists that every household has.
const SHOPPING: &str = "shopping";
const TASKS: &str = "to do";
const NOTES: &str = "notes";

/// What an answer can be: what the recogniser knows of, or any words.
const THING: &[(&str, ValueOf)] = &[
    ("item", ValueOf::List(Cow::Borrowed("grocery"))),
    ("item", ValueOf::List(Cow::Borrowed("chore"))),
    ("item", ValueOf::Words),
];

impl Skill for Lists {
    fn intents(&self) -> &'static [&'static str] {
        &[
            "HassShoppingListAddItem",
            "HassShoppingListCompleteItem",
            "HassListAddItem",
            "HassListCompleteItem",
            "HassListRemoveItem",
            "ListRead",
            "ListClear",
            "ListCreate",
            "ListDelete",
            "ListNames",
            "NoteTake",
        ]
    }

    fn needs(&self) -> &'static [Need] {
        &[
            Need {
                intent: "HassShoppingListAddItem",
                any_of: &["item"],
                expects: THING,
                ask: |words| words.add_what(),
            },
            Need {
                intent: "HassListAddItem",
                any_of: &["item"],
                expects: THING,
                ask: |words| words.add_what(),
            },
            Need {
                intent: "NoteTake",
                any_of: &["note"],
                expects: &[("note", ValueOf::Words)],
                ask: |words| words.note_what(),
            },
        ]
    }

    fn run(&self, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
        // Whatever is done to lists is undone by writing back what was there.
        let before = book::records(world.store)?;
        let outcome = act(intent, world)?;
        if !outcome.actions.is_empty() {
            let changed = before.changed_since(world.store)?;
            world
                .undo
                .extend(changed.into_iter().map(|(namespace, records)| Undo::Records { namespace, records }));
        }
        Ok(outcome)
    }
}

fn act(intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
    match intent.intent.as_str() {
        "HassShoppingListAddItem" => add(SHOPPING, intent, world),
        "HassListAddItem" => add(&named(intent, world)?, intent, world),
        "HassShoppingListCompleteItem" => check_off(SHOPPING, intent, world),
        "HassListCompleteItem" => check_off(&named(intent, world)?, intent, world),
        "HassListRemoveItem" => take_off(&named(intent, world)?, intent, world),
        "ListRead" => read(&named(intent, world)?, intent, world),
        "ListClear" => clear(&named(intent, world)?, world),
        "ListCreate" => create(intent, world),
        "ListDelete" => delete(&named(intent, world)?, world),
        "ListNames" => names(world),
        _ => take_note(intent, world),
    }
}

fn add(list: &str, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
    let words = world.words();
    let there = book::items(list, world.store)?;
    let mut fresh: Vec<String> = Vec::new();
    let mut known = Vec::new();
    for thing in spoken::things(intent, world.language) {
        let is = |text: &str| spoken::same(text, &thing, world.language);
        if there.iter().any(|item| !item.done && is(&item.text)) || fresh.iter().any(|text| is(text)) {
            known.push(thing);
        } else {
            fresh.push(thing);
        }
    }
    if fresh.iter().any(|thing| thing.chars().count() > spoken::MAX_CHARS) {
        return Err(Stop::Answer(words.item_too_long()));
    }
    if fresh.is_empty() && known.is_empty() {
        let question = Question::new(words.add_what(), Expects::first_of(THING));
        return Err(Stop::Ask(Box::new(question)));
    }
    if fresh.is_empty() {
        return Err(Stop::Answer(words.items_there(list, &known)));
    }
    if there.len() + fresh.len() > MAX_ITEMS {
        return Err(Stop::Answer(words.list_full(list, MAX_ITEMS)));
    }
    book::add(list, &fresh, world.now.timestamp(), world.store)?;
    Ok(Outcome::done(words.items_added(list, &fresh))
        .with_variables(json!({ "slots": { "items": fresh, "list": list } }))
        .with_actions(fresh.iter().map(|thing| action("list_add", list, thing))))
}

fn check_off(list: &str, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
    let found = matching(list, intent, world)?;
    let done: Vec<Item> = found.into_iter().map(|item| Item { done: true, ..item }).collect();
    book::put(&done, world.store)?;
    let texts = texts(&done);
    Ok(Outcome::done(world.words().items_done(list, &texts))
        .with_actions(texts.iter().map(|thing| action("list_check", list, thing))))
}

fn take_off(list: &str, intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
    let found = matching(list, intent, world)?;
    book::remove(&found, world.store)?;
    let texts = texts(&found);
    Ok(Outcome::done(world.words().items_removed(list, &texts))
        .with_actions(texts.iter().map(|thing| action("list_remove", list, thing))))
}

/// Reads a list, a few things at a time: the slot `from` counts those that were read.
fn read(list: &str, intent: &Intent, world: &World) -> Result<Outcome, Stop> {
    let words = world.words();
    let all = texts(&open(list, world)?);
    let from = intent.slot_number("from").map_or(0, |from| from as usize).min(all.len());
    let until = all.len().min(from + READ_AT_ONCE);
    let shown = &all[from..until];
    let said = if from == 0 { words.list_reads(list, shown, all.len()) } else { words.list_goes_on(shown) };
    let outcome = Outcome::done(said).with_variables(json!({ "slots": { "items": all, "list": list } }));
    if until == all.len() {
        return Ok(outcome);
    }
    let mut rest = intent.clone();
    rest.slots.retain(|slot| slot.name != "from");
    rest.slots.push(Slot::unspoken("from", &json!(until)));
    Ok(outcome.asking(Question::new(words.shall_i_go_on(), Expects::Confirmation).about(rest)))
}

fn clear(list: &str, world: &mut World) -> Result<Outcome, Stop> {
    let all = book::items(list, world.store)?;
    let words = world.words();
    if all.is_empty() {
        return Err(Stop::Answer(words.list_reads(list, &[], 0)));
    }
    if all.len() > 1 && !world.confirmed && world.confirm != Confirm::Never {
        let text = words.shall_i_clear(list, all.len());
        return Err(Stop::Ask(Box::new(Question::new(text, Expects::Confirmation))));
    }
    book::remove(&all, world.store)?;
    Ok(Outcome::done(words.list_cleared(list, all.len())).with_actions([action("list_clear", list, "")]))
}

fn create(intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
    let words = world.words();
    let Some(name) = spoken::as_said(intent, "list").map(|name| name.to_lowercase()) else {
        return Err(Stop::Answer(words.no_list_name()));
    };
    if name.contains('/') || name.chars().count() > spoken::MAX_CHARS {
        return Err(Stop::Answer(words.no_list_name()));
    }
    if known(&name, world)?.is_some() {
        return Err(Stop::Answer(words.list_exists(&name)));
    }
    book::create(&name, world.store)?;
    Ok(Outcome::done(words.list_created(&name)).with_actions([action("list_create", &name, "")]))
}

fn delete(list: &str, world: &mut World) -> Result<Outcome, Stop> {
    let all = book::items(list, world.store)?;
    book::remove(&all, world.store)?;
    book::delete(list, world.store)?;
    Ok(Outcome::done(world.words().list_deleted(list)).with_actions([action("list_delete", list, "")]))
}

fn names(world: &World) -> Result<Outcome, Stop> {
    let mut counted = Vec::new();
    for list in every_list(world)? {
        let open = open(&list, world)?.len();
        counted.push((list, open));
    }
    Ok(Outcome::done(world.words().list_names(&counted)))
}

fn take_note(intent: &Intent, world: &mut World) -> Result<Outcome, Stop> {
    let words = world.words();
    let Some(note) = spoken::as_said(intent, "note") else {
        return Err(Stop::Answer(words.no_item()));
    };
    if book::items(NOTES, world.store)?.len() >= MAX_ITEMS {
        return Err(Stop::Answer(words.list_full(NOTES, MAX_ITEMS)));
    }
    book::add(NOTES, std::slice::from_ref(&note), world.now.timestamp(), world.store)?;
    Ok(Outcome::done(words.noted(&note)).with_actions([action("list_add", NOTES, &note)]))
}

/// The items of a list that the intent names; the last one of all for "the last one".
fn matching(list: &str, intent: &Intent, world: &World) -> Result<Vec<Item>, Stop> {
    let words = world.words();
    let open = open(list, world)?;
    if intent.slot_str("which") == Some("last") {
        return open.last().cloned().map(|item| vec![item]).ok_or(Stop::Answer(words.list_reads(
            list,
            &[],
            0,
        )));
    }
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for thing in spoken::things(intent, world.language) {
        match open.iter().find(|item| spoken::same(&item.text, &thing, world.language)) {
            Some(item) => found.push(item.clone()),
            None => missing.push(thing),
        }
    }
    if found.is_empty() {
        return Err(Stop::Answer(words.items_missing(list, &missing)));
    }
    Ok(found)
}

/// The list that an intent names, which is there.
fn named(intent: &Intent, world: &World) -> Result<String, Stop> {
    let said = intent.slot_str("list").map_or_else(
        || spoken::as_said(intent, "list_name").unwrap_or_else(|| SHOPPING.to_owned()),
        str::to_owned,
    );
    let name = said.to_lowercase();
    known(&name, world)?.ok_or_else(|| Stop::Answer(world.words().no_such_list(&said)))
}

fn known(name: &str, world: &World) -> Result<Option<String>, Stop> {
    let lists = every_list(world)?;
    Ok(lists.into_iter().find(|list| spoken::same(list, name, world.language)))
}

fn every_list(world: &World) -> Result<Vec<String>, Stop> {
    let own = [SHOPPING, TASKS, NOTES].map(str::to_owned);
    Ok(own.into_iter().chain(book::lists(world.store)?).collect())
}

/// What stands on a list and is not checked off.
fn open(list: &str, world: &World) -> Result<Vec<Item>, Stop> {
    Ok(book::items(list, world.store)?.into_iter().filter(|item| !item.done).collect())
}

fn texts(items: &[Item]) -> Vec<String> {
    items.iter().map(|item| item.text.clone()).collect()
}

fn action(name: &str, list: &str, thing: &str) -> EventKind {
    let value = if thing.is_empty() { serde_json::Value::Null } else { json!(thing) };
    EventKind::Action { action: name.to_owned(), target: Some(list.to_owned()), value }
}

#[cfg(test)]
mod tests;
