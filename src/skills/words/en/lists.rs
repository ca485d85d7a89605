//! English: lists and notes.

use super::super::lists::ListWords;
use super::super::{capital, enumerate};

fn the(list: &str) -> String {
    match list {
        "shopping" => "the shopping list".into(),
        "to do" => "the to-do list".into(),
        "notes" => "your notes".into(),
        own => format!("the {own} list"),
    }
}

fn be(items: &[String]) -> &'static str {
    match items {
        [one] if !one.ends_with('s') || one.ends_with("ss") => "is",
        _ => "are",
    }
}

fn all(items: &[String]) -> String {
    enumerate(items, "and")
}

impl ListWords for super::English {
    fn items_added(&self, list: &str, items: &[String]) -> String {
        format!("I put {} on {}.", all(items), the(list))
    }

    fn items_there(&self, list: &str, items: &[String]) -> String {
        format!("{} {} on {} already.", capital(&all(items)), be(items), the(list))
    }

    fn items_done(&self, list: &str, items: &[String]) -> String {
        format!("I checked {} off {}.", all(items), the(list))
    }

    fn items_removed(&self, list: &str, items: &[String]) -> String {
        format!("I took {} off {}.", all(items), the(list))
    }

    fn items_missing(&self, list: &str, items: &[String]) -> String {
        format!("{} {} not on {}.", capital(&all(items)), be(items), the(list))
    }

    fn list_reads(&self, list: &str, items: &[String], count: usize) -> String {
        if list == "notes" {
            return match (count, items) {
                (0, _) => "You have no notes.".into(),
                (1, [one]) => format!("One note: {one}."),
                (count, items) => format!("{count} notes. {}{}", items.join(". "), more(count, items.len())),
            };
        }
        match count {
            0 => format!("There is nothing on {}.", the(list)),
            1 => format!("One thing is on {}: {}.", the(list), all(items)),
            count if count == items.len() => {
                format!("{count} things are on {}: {}.", the(list), all(items))
            }
            count => {
                format!(
                    "{count} things are on {}: {}{}",
                    the(list),
                    items.join(", "),
                    more(count, items.len())
                )
            }
        }
    }

    fn list_goes_on(&self, items: &[String]) -> String {
        capital(&format!("{}.", all(items)))
    }

    fn shall_i_go_on(&self) -> String {
        "Shall I go on?".into()
    }

    fn shall_i_clear(&self, list: &str, count: usize) -> String {
        format!("Shall I clear {}, with {count} things?", the(list))
    }

    fn add_what(&self) -> String {
        "What shall I add?".into()
    }

    fn note_what(&self) -> String {
        "What shall I note?".into()
    }

    fn list_cleared(&self, list: &str, count: usize) -> String {
        let things = if count == 1 { "thing" } else { "things" };
        format!("I cleared {}, {count} {things}.", the(list))
    }

    fn list_created(&self, list: &str) -> String {
        format!("There is {} now.", the(list).replacen("the", "a", 1))
    }

    fn list_exists(&self, list: &str) -> String {
        format!("There is {} already.", the(list).replacen("the", "a", 1))
    }

    fn list_deleted(&self, list: &str) -> String {
        format!("I deleted {}.", the(list))
    }

    fn no_such_list(&self, list: &str) -> String {
        format!("There is no list called {list}. Say: create a list called {list}.")
    }

    fn no_list_name(&self) -> String {
        "A list needs a short name, such as camping.".into()
    }

    fn list_names(&self, lists: &[(String, usize)]) -> String {
        let said: Vec<_> = lists.iter().map(|(list, count)| format!("{} with {count}", the(list))).collect();
        capital(&format!("{}.", enumerate(&said, "and")))
    }

    fn list_full(&self, list: &str, limit: usize) -> String {
        format!("There are {limit} things on {} already, and it holds no more.", the(list))
    }

    fn no_item(&self) -> String {
        "I did not hear what to put down.".into()
    }

    fn item_too_long(&self) -> String {
        "That is too long for a list.".into()
    }

    fn noted(&self, note: &str) -> String {
        format!("Noted: {note}.")
    }
}

fn more(count: usize, shown: usize) -> String {
    if count > shown { format!(", and {} more.", count - shown) } else { ".".into() }
}
