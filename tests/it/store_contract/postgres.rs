//! What only a server can do: go away, and come back.

use std::time::Duration;

use fanfold::store::{Error, Place, Store};

use super::{Library, NOW, Told, plain};

#[test]
fn a_lost_connection_is_told_in_words_and_replaced() {
    let Some(library) = Library::postgres() else { return };
    let store = &library.store;
    let insert = |title| store.write(|tx| tx.insert_work(&plain(title, "x"), NOW, "test"));
    insert("before").expect("written");
    assert_eq!(store.read(|tx| tx.work_ids()).expect("read").len(), 1);
    // Only this library's connections: other tests run on the same server.
    let schema = library.schema();
    let cut = format!(
        "SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a
         JOIN pg_locks l ON l.pid = a.pid JOIN pg_class c ON c.oid = l.relation
         JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = '{schema}' AND a.pid <> pg_backend_pid()"
    );
    let told: Told<()> = store.write(|tx| {
        tx.insert_work(&plain("lost", "x"), NOW, "test")?;
        library.tamper(&cut);
        std::thread::sleep(Duration::from_millis(200));
        tx.insert_work(&plain("lost too", "x"), NOW, "test").map(drop)
    });
    assert!(matches!(told, Err(Error::Unavailable(_))), "{told:?}");
    insert("after").expect("written on a new connection");
    let told: Told<()> = store.read(|tx| {
        tx.work_ids()?;
        library.tamper(&cut);
        std::thread::sleep(Duration::from_millis(200));
        tx.work_ids().map(drop)
    });
    assert!(matches!(told, Err(Error::Unavailable(_))), "{told:?}");
    assert_eq!(store.read(|tx| tx.work_ids()).expect("read").len(), 2);
    assert!(store.read(|tx| tx.verify()).expect("read").is_empty());
}

#[test]
fn a_server_that_is_not_there_is_told_in_words() {
    let nobody = Place::Postgres("postgres://nobody@127.0.0.1:1/none?connect_timeout=2".to_owned());
    let error = Store::open(&nobody).expect_err("nobody listens");
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    assert!(error.to_string().contains("cannot be reached"), "{error}");
    let nonsense = Place::Postgres("postgres://[".to_owned());
    assert!(matches!(Store::open(&nonsense), Err(Error::Unavailable(_))));
}

#[test]
fn two_programs_may_open_a_new_library_together() {
    let Some(library) = Library::postgres() else { return };
    library.tamper(&format!("DROP SCHEMA {0} CASCADE; CREATE SCHEMA {0}", library.schema()));
    std::thread::scope(|scope| {
        let open = || Store::open(&library.place).expect("opened");
        let both = [scope.spawn(open), scope.spawn(open)];
        for (number, store) in (1..).zip(both) {
            let store = store.join().expect("no panic");
            let title = format!("{number}");
            store.write(|tx| tx.insert_work(&plain(&title, "x"), NOW, "test")).expect("written");
        }
    });
    let again = Store::open(&library.place).expect("opened");
    assert_eq!(again.read(|tx| tx.work_ids()).expect("read").len(), 2);
}
