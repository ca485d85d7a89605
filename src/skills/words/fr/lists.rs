//! French: lists and notes.

use super::super::lists::ListWords;
use super::super::{capital, enumerate};

/// « la liste de courses », with the preposition or article that stands before it.
fn list(name: &str) -> String {
    match name {
        "shopping" => "liste de courses".into(),
        "to do" => "liste de tâches".into(),
        own => format!("liste {own}"),
    }
}

/// « sur la liste de courses », « dans vos notes ».
fn on(name: &str) -> String {
    if name == "notes" { "dans vos notes".into() } else { format!("sur la {}", list(name)) }
}

/// « de la liste de courses », « de vos notes ».
fn off(name: &str) -> String {
    if name == "notes" { "de vos notes".into() } else { format!("de la {}", list(name)) }
}

fn all(items: &[String]) -> String {
    enumerate(items, "et")
}

fn be(items: &[String]) -> &'static str {
    match items {
        [one] if !one.ends_with(['s', 'x']) => "est",
        _ => "sont",
    }
}

impl ListWords for super::French {
    fn items_added(&self, name: &str, items: &[String]) -> String {
        format!("J'ai ajouté {} {}.", all(items), on(name).replacen("sur", "à", 1).replacen("dans", "à", 1))
    }

    fn items_there(&self, name: &str, items: &[String]) -> String {
        format!("{} {} déjà {}.", capital(&all(items)), be(items), on(name))
    }

    fn items_done(&self, name: &str, items: &[String]) -> String {
        format!("J'ai coché {} {}.", all(items), on(name))
    }

    fn items_removed(&self, name: &str, items: &[String]) -> String {
        format!("J'ai retiré {} {}.", all(items), off(name))
    }

    fn items_missing(&self, name: &str, items: &[String]) -> String {
        let verb = if be(items) == "est" { "n'est" } else { "ne sont" };
        format!("{} {verb} pas {}.", capital(&all(items)), on(name))
    }

    fn list_reads(&self, name: &str, items: &[String], count: usize) -> String {
        if name == "notes" {
            return match (count, items) {
                (0, _) => "Vous n'avez pas de note.".into(),
                (1, [one]) => format!("Une note : {one}."),
                (count, items) => {
                    format!("{count} notes. {}{}", items.join(". "), more(count, items.len()))
                }
            };
        }
        match count {
            0 => format!("Il n'y a rien {}.", on(name)),
            1 => format!("Il y a une chose {} : {}.", on(name), all(items)),
            count if count == items.len() => {
                format!("Il y a {count} choses {} : {}.", on(name), all(items))
            }
            count => format!(
                "Il y a {count} choses {} : {}{}",
                on(name),
                items.join(", "),
                more(count, items.len())
            ),
        }
    }

    fn list_goes_on(&self, items: &[String]) -> String {
        capital(&format!("{}.", all(items)))
    }

    fn shall_i_go_on(&self) -> String {
        "Je continue ?".into()
    }

    fn shall_i_clear(&self, name: &str, count: usize) -> String {
        let what = if name == "notes" { "vos notes".into() } else { format!("la {}", list(name)) };
        format!("J'efface {what}, soit {count} éléments ?")
    }

    fn add_what(&self) -> String {
        "Qu'est-ce que j'ajoute ?".into()
    }

    fn note_what(&self) -> String {
        "Qu'est-ce que je note ?".into()
    }

    fn list_cleared(&self, name: &str, count: usize) -> String {
        let what = if name == "notes" { "vos notes".into() } else { format!("la {}", list(name)) };
        format!("J'ai effacé {what}, soit {count} élément{}.", if count > 1 { "s" } else { "" })
    }

    fn list_created(&self, name: &str) -> String {
        format!("J'ai créé la {}.", list(name))
    }

    fn list_exists(&self, name: &str) -> String {
        format!("La {} existe déjà.", list(name))
    }

    fn list_deleted(&self, name: &str) -> String {
        format!("J'ai supprimé la {}.", list(name))
    }

    fn no_such_list(&self, name: &str) -> String {
        format!("Aucune liste ne s'appelle {name}. Dites : crée une liste {name}.")
    }

    fn no_list_name(&self) -> String {
        "Il faut un nom court pour une liste, comme vacances.".into()
    }

    fn list_names(&self, lists: &[(String, usize)]) -> String {
        let said: Vec<_> = lists
            .iter()
            .map(|(name, count)| match name.as_str() {
                "notes" => format!("vos notes avec {count}"),
                name => format!("la {} avec {count}", list(name)),
            })
            .collect();
        capital(&format!("{}.", enumerate(&said, "et")))
    }

    fn list_full(&self, name: &str, limit: usize) -> String {
        format!("Il y a déjà {limit} choses {}, et il n'y a plus de place.", on(name))
    }

    fn no_item(&self) -> String {
        "Je n'ai pas entendu quoi noter.".into()
    }

    fn item_too_long(&self) -> String {
        "C'est trop long pour une liste.".into()
    }

    fn noted(&self, note: &str) -> String {
        format!("C'est noté : {note}.")
    }
}

fn more(count: usize, shown: usize) -> String {
    match count.saturating_sub(shown) {
        0 => ".".into(),
        1 => ", et une autre.".into(),
        rest => format!(", et {rest} autres."),
    }
}
