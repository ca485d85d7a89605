use serde_json::json;

use super::super::testing::Fixture;

#[test]
fn things_are_added_once_read_and_checked_off() {
    let mut home = Fixture::demo("en");
    let did = home.does("HassShoppingListAddItem", json!({"item": "milk", "item_2": "eggs"}));
    assert_eq!(did.said, "I put milk and eggs on the shopping list.");
    assert_eq!(did.actions.len(), 2);
    let again = home.does("HassShoppingListAddItem", json!({"item": "egg"}));
    assert_eq!((again.actions.len(), again.said.as_str()), (0, "Egg is on the shopping list already."));
    let read = |home: &mut Fixture| home.says("ListRead", json!({"list": "shopping"}));
    assert_eq!(read(&mut home), "2 things are on the shopping list: milk and eggs.");
    assert_eq!(
        home.says("HassShoppingListCompleteItem", json!({"item": "milk"})),
        "I checked milk off the shopping list."
    );
    assert_eq!(read(&mut home), "One thing is on the shopping list: eggs.");
    // What was checked off can be needed again.
    assert_eq!(
        home.says("HassShoppingListAddItem", json!({"item": "milk"})),
        "I put milk on the shopping list."
    );
    assert_eq!(
        home.says("HassListRemoveItem", json!({"list": "shopping", "item": "tea"})),
        "Tea is not on the shopping list."
    );
    assert_eq!(home.says("ListClear", json!({"list": "shopping"})), "I cleared the shopping list, 3 things.");
    assert_eq!(read(&mut home), "There is nothing on the shopping list.");
}

#[test]
fn lists_of_ones_own() {
    let mut home = Fixture::demo("fr");
    let camping = json!({"list": "Camping"});
    assert_eq!(
        home.says("HassListAddItem", json!({"list": "camping", "item": "tente"})),
        "Aucune liste ne s'appelle camping. Dites : crée une liste camping."
    );
    assert_eq!(home.says("ListCreate", camping.clone()), "J'ai créé la liste camping.");
    assert_eq!(home.says("ListCreate", camping.clone()), "La liste camping existe déjà.");
    assert_eq!(
        home.says("HassListAddItem", json!({"list": "camping", "item": "tente"})),
        "J'ai ajouté tente à la liste camping."
    );
    assert_eq!(
        home.says("ListNames", json!({})),
        "La liste de courses avec 0, la liste de tâches avec 0, vos notes avec 0 et la liste camping avec 1."
    );
    assert_eq!(home.says("ListDelete", camping), "J'ai supprimé la liste camping.");
    assert_eq!(
        home.says("ListCreate", json!({"list": "a/b"})),
        "Il faut un nom court pour une liste, comme vacances."
    );
}

#[test]
fn a_long_list_is_not_read_to_the_end() {
    let mut home = Fixture::demo("en");
    for n in 0..9 {
        home.says("HassListAddItem", json!({"list": "to do", "item": format!("task {n}")}));
    }
    assert_eq!(
        home.says("ListRead", json!({"list": "to do"})),
        "9 things are on the to-do list: task 0, task 1, task 2, task 3, task 4, task 5, task 6, and 2 more."
    );
}

#[test]
fn a_full_list_takes_no_more() {
    let mut home = Fixture::demo("en");
    for n in 0..super::MAX_ITEMS {
        home.says("NoteTake", json!({"note": format!("note {n}")}));
    }
    let did = home.does("NoteTake", json!({"note": "one more"}));
    assert_eq!(
        (did.actions.len(), did.said.as_str()),
        (0, "There are 500 things on your notes already, and it holds no more.")
    );
}
