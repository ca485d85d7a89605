use serde_json::json;

use super::*;

/// What every store must do.
fn behaves(store: &mut dyn Store) {
    assert_eq!(store.get("timer", "1").unwrap(), None);
    store.put("timer", "1", &json!({"name": "pizza"})).unwrap();
    store.put("timer", "1", &json!({"name": "tea"})).unwrap();
    store.put("device", "1", &json!(true)).unwrap();
    assert_eq!(store.get("timer", "1").unwrap(), Some(json!({"name": "tea"})));
    store
        .write("timer", &[("3".into(), Some(json!(3))), ("2".into(), Some(json!(2))), ("1".into(), None)])
        .unwrap();
    assert_eq!(store.list("timer").unwrap(), [("2".to_owned(), json!(2)), ("3".to_owned(), json!(3))]);
    store.remove("timer", "2").unwrap();
    store.remove("timer", "never there").unwrap();
    assert_eq!(store.list("timer").unwrap().len(), 1);
    assert_eq!(store.list("device").unwrap().len(), 1);
}

#[test]
fn memory_behaves() {
    behaves(&mut MemoryStore::default());
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn what_was_deleted_is_nowhere_in_the_folder() {
        let folder = folder();
        let mut store = SqliteStore::open(&folder.path().join("entrenous.db")).unwrap();
        let holds = || {
            let files = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
            files
                .map(|file| std::fs::read(file).unwrap())
                .any(|bytes| bytes.windows(b"zanzibarberry".len()).any(|part| part == b"zanzibarberry"))
        };
        store.put("list", "1", &json!("zanzibarberry")).unwrap();
        store.put("list", "2", &json!("milk")).unwrap();
        assert!(holds());
        store.remove("list", "1").unwrap();
        assert!(!holds());
        assert_eq!(store.list("list").unwrap(), [("2".to_owned(), json!("milk"))]);
    }

    #[test]
    fn sqlite_behaves_and_survives() {
        let folder = folder();
        let file = folder.path().join("new/folder/entrenous.db");
        behaves(&mut SqliteStore::open(&file).unwrap());
        let store = SqliteStore::open(&file).unwrap();
        assert_eq!(store.get("timer", "3").unwrap(), Some(json!(3)));
    }

    #[test]
    fn another_process_is_noticed() {
        let folder = folder();
        let file = file_in(folder.path());
        let mut mine = SqliteStore::open(&file).unwrap();
        let mut other = SqliteStore::open(&file).unwrap();
        mine.put("timer", "1", &json!(1)).unwrap();
        assert!(!mine.changed_elsewhere().unwrap());
        other.put("timer", "2", &json!(2)).unwrap();
        assert!(mine.changed_elsewhere().unwrap());
        assert!(!mine.changed_elsewhere().unwrap());
        assert_eq!(mine.list("timer").unwrap().len(), 2);
    }

    #[test]
    fn what_is_not_a_database_is_refused_and_left_alone() {
        let folder = folder();
        let file = file_in(folder.path());
        let text = "These are my notes. They are longer than a database's header, which has a hundred bytes \
                    and begins with its name.";
        std::fs::write(&file, text).unwrap();
        let error = SqliteStore::open(&file).unwrap_err().to_string();
        assert!(error.contains("entrenous.db`: it is damaged"), "{error}");
        assert!(error.contains("move the file away"), "{error}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    }

    #[test]
    fn a_damaged_page_is_refused() {
        let folder = folder();
        let file = file_in(folder.path());
        let mut store = SqliteStore::open(&file).unwrap();
        for n in 0..500 {
            store.put("timer", &n.to_string(), &json!("x".repeat(100))).unwrap();
        }
        drop(store);
        let mut bytes = std::fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 4096].fill(0xa5);
        std::fs::write(&file, &bytes).unwrap();
        let error = SqliteStore::open(&file).unwrap_err().to_string();
        assert!(error.contains("it is damaged"), "{error}");
        assert_eq!(std::fs::read(&file).unwrap(), bytes);
    }

    #[test]
    fn a_newer_database_is_refused() {
        let folder = folder();
        let file = file_in(folder.path());
        drop(SqliteStore::open(&file).unwrap());
        let db = rusqlite::Connection::open(&file).unwrap();
        db.pragma_update(None, "user_version", 99).unwrap();
        drop(db);
        let error = SqliteStore::open(&file).unwrap_err().to_string();
        assert!(error.contains("version 99"), "{error}");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = folder();
        let in_the_way = folder.path().join("file");
        std::fs::write(&in_the_way, "").unwrap();
        let error = SqliteStore::open(&in_the_way.join("x.db")).unwrap_err().to_string();
        assert!(error.contains("set `dir` under [data]"), "{error}");
    }
}
