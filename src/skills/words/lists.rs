//! What is said about lists and notes.

/// Lists are named by their id: `shopping`, `to do`, `notes`, or the name that somebody gave.
pub trait ListWords {
    fn items_added(&self, list: &str, items: &[String]) -> String;
    /// They stand there already.
    fn items_there(&self, list: &str, items: &[String]) -> String;
    /// They are checked off.
    fn items_done(&self, list: &str, items: &[String]) -> String;
    fn items_removed(&self, list: &str, items: &[String]) -> String;
    /// None of them stands there.
    fn items_missing(&self, list: &str, items: &[String]) -> String;
    /// The first `items` of `count`.
    fn list_reads(&self, list: &str, items: &[String], count: usize) -> String;
    /// The next of them.
    fn list_goes_on(&self, items: &[String]) -> String;
    fn shall_i_go_on(&self) -> String;
    fn shall_i_clear(&self, list: &str, count: usize) -> String;
    /// Asks what is to be put on a list, and what is to be noted.
    fn add_what(&self) -> String;
    fn note_what(&self) -> String;
    fn list_cleared(&self, list: &str, count: usize) -> String;
    fn list_created(&self, list: &str) -> String;
    fn list_exists(&self, list: &str) -> String;
    fn list_deleted(&self, list: &str) -> String;
    fn no_such_list(&self, list: &str) -> String;
    fn no_list_name(&self) -> String;
    /// Lists, each with how much stands on it.
    fn list_names(&self, lists: &[(String, usize)]) -> String;
    fn list_full(&self, list: &str, limit: usize) -> String;
    /// Nothing was said that could stand on a list.
    fn no_item(&self) -> String;
    fn item_too_long(&self) -> String;
    fn noted(&self, note: &str) -> String;
}
