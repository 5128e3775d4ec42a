//! Whatever goes wrong, the library stays as it was after the last write that was acknowledged.

use std::io::{BufRead, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fanfold::archive::work::{NewWork, WorkId};
use fanfold::store::{Error, Place, Store};

use super::{Library, NOW, Told, on_each, plain, rich};

/// Works of one write of [`a_program_that_writes`].
const BATCH: usize = 20;

fn insert(store: &Store, title: &str) -> Told<WorkId> {
    store.write(|tx| tx.insert_work(&plain(title, title), NOW, "test"))
}

fn works(store: &Store) -> usize {
    store.read(|tx| tx.work_ids()).expect("read").len()
}

#[test]
fn an_error_and_a_panic_undo_everything() {
    on_each(|library| {
        let store = &library.store;
        insert(store, "before").expect("written");
        let generation = store.generation();
        let told: Told<()> = store.write(|tx| {
            tx.insert_work(&rich(), NOW, "test")?;
            assert_eq!(tx.work_ids()?.len(), 2, "a write sees itself");
            Err(Error::Conflict("enough".to_owned()))
        });
        assert_eq!(told.expect_err("enough").to_string(), "enough");
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _: Told<()> = store.write(|tx| {
                tx.insert_work(&rich(), NOW, "test")?;
                panic!("in the middle")
            });
        }));
        assert!(panicked.is_err());
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _: Told<()> = store.read(|tx| {
                tx.work_ids()?;
                panic!("while reading")
            });
        }));
        assert!(panicked.is_err());
        assert_eq!((works(store), store.generation()), (1, generation));
        assert!(store.read(|tx| tx.verify()).expect("read").is_empty());
        insert(store, "after").expect("written");
        assert_eq!((works(store), store.generation()), (2, generation + 1));
    });
}

#[test]
fn a_failure_that_is_passed_over_keeps_nothing() {
    on_each(|library| {
        let store = &library.store;
        let told: Told<()> = store.write(|tx| {
            tx.insert_work(&plain("one", "x"), NOW, "test")?;
            let mut work = rich();
            // One image in two places is fine; a file that was never written down is not.
            work.media.push(work.media[0].clone());
            let id = tx.insert_work(&work, NOW, "test")?;
            let absent = fanfold::archive::work::OriginalId(99);
            assert!(tx.link_original(id, absent, "name", NOW).is_err());
            Ok(())
        });
        assert!(told.is_err());
        assert_eq!(works(store), 0);
    });
}

#[test]
fn writers_stand_in_line() {
    on_each(|library| {
        let other = Store::open(&library.place).expect("opened twice");
        std::thread::scope(|scope| {
            for store in [&library.store, &other, &library.store, &other] {
                scope.spawn(move || {
                    for number in 0..10 {
                        insert(store, &format!("{number}")).expect("written in turn");
                    }
                });
            }
        });
        assert_eq!((works(&library.store), works(&other)), (40, 40));
        let log = other
            .read(|tx| tx.changes_after(fanfold::archive::work::ChangeId(0), 99))
            .expect("read");
        assert_eq!(log.len(), 40);
        assert!(library.store.read(|tx| tx.verify()).expect("read").is_empty());
    });
}

#[test]
fn who_waits_too_long_is_told_why() {
    on_each(|library| {
        let other = Store::open(&library.place).expect("opened twice");
        let told: Told<()> = library.store.write(|tx| {
            tx.insert_work(&plain("held", "x"), NOW, "test")?;
            let since = Instant::now();
            let waited = insert(&other, "waits");
            assert!(matches!(waited, Err(Error::Busy)), "{waited:?}");
            assert!(since.elapsed() > Duration::from_secs(5), "gave up at once");
            assert_eq!(works(&other), 0, "reading does not wait");
            Ok(())
        });
        told.expect("written");
        insert(&other, "in turn").expect("written");
        assert_eq!(works(&library.store), 2);
    });
}

/// Writes batch after batch and says so after each, until somebody ends it; without a library to
/// write to, a few batches into its own.
#[test]
fn a_program_that_writes() {
    let place = std::env::var("FANFOLD_TEST_WRITE_TO").map(|place| match place.as_str() {
        url if url.starts_with("postgres") => Place::Postgres(url.to_owned()),
        path => Place::Sqlite(path.into()),
    });
    let own = Library::sqlite();
    let rounds = if place.is_ok() { usize::MAX } else { 3 };
    let store = Store::open(&place.unwrap_or(own.place.clone())).expect("opened");
    for round in 0..rounds {
        write_batch(&store, round).expect("written");
        println!("acknowledged {round}");
    }
    assert_eq!(works(&store), 3 * BATCH);
}

fn write_batch(store: &Store, round: usize) -> Told<()> {
    store.write(|tx| {
        for number in 0..BATCH {
            let text = format!("{round} {number} ").repeat(500);
            tx.insert_work(&plain(&format!("{round}"), &text), NOW, "test")?;
        }
        Ok(())
    })
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    on_each(|library| {
        let target = match &library.place {
            Place::Sqlite(path) => path.display().to_string(),
            Place::Postgres(url) => url.clone(),
        };
        let mut before = 0;
        for kill in 1..=4 {
            let mut child = Command::new(std::env::current_exe().expect("this program"))
                .args(["store_contract::faults::a_program_that_writes", "--exact", "--nocapture"])
                .env("FANFOLD_TEST_WRITE_TO", &target)
                .stdout(Stdio::piped())
                .spawn()
                .expect("started");
            let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
            let mut acknowledged = 0;
            for line in lines.map_while(Result::ok) {
                if line.contains("acknowledged") {
                    acknowledged += 1;
                    if acknowledged == kill * 2 {
                        // Somewhere inside the next write.
                        std::thread::sleep(Duration::from_millis(3 * kill as u64));
                        child.kill().expect("killed");
                    }
                }
            }
            child.wait().expect("ended");
            let store = Store::open(&library.place).expect("opened again");
            let now = works(&store);
            assert!(now >= before + acknowledged * BATCH, "{now} after {before}");
            assert_eq!(now % BATCH, 0, "a write is whole or not there");
            assert!(store.read(|tx| tx.verify()).expect("read").is_empty());
            before = now;
        }
    });
}

#[test]
fn files_of_others_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("text");
    std::fs::write(&text, "Once upon a time. ".repeat(100)).expect("written");
    let foreign = folder.path().join("foreign");
    let connection = rusqlite::Connection::open(&foreign).expect("opened");
    connection.execute_batch("CREATE TABLE notes (text TEXT)").expect("made");
    drop(connection);
    for path in [text, foreign] {
        let before = std::fs::read(&path).expect("read");
        let error = Store::open(&Place::Sqlite(path.clone())).expect_err("refused");
        assert!(matches!(error, Error::Foreign(_)), "{error:?}");
        assert!(std::fs::read(&path).expect("read") == before, "{}", path.display());
    }
}

#[test]
fn a_newer_library_is_refused() {
    on_each(|library| {
        insert(&library.store, "before").expect("written");
        let hash = match library.place {
            Place::Sqlite(_) => "x'00'",
            Place::Postgres(_) => "'\\x00'",
        };
        library.tamper(&format!("INSERT INTO migrations VALUES (99, '0099_new', {hash})"));
        let error = Store::open(&library.place).expect_err("newer");
        assert!(matches!(error, Error::Newer { .. }), "{error:?}");
        assert!(error.to_string().contains("newer Fanfold"), "{error}");
    });
}

#[test]
fn damage_is_told() {
    let library = Library::sqlite();
    for round in 0..5 {
        write_batch(&library.store, round).expect("written");
    }
    let Place::Sqlite(path) = library.place.clone() else { panic!("a file") };
    library.tamper("PRAGMA wal_checkpoint(TRUNCATE)");
    let copy = path.with_extension("copy");
    let mut bytes = std::fs::read(&path).expect("read");
    let middle = bytes.len() / 4;
    bytes.iter_mut().skip(middle).take(200_000).for_each(|byte| *byte ^= 0x5a);
    std::fs::write(&copy, bytes).expect("written");
    let told = Store::open(&Place::Sqlite(copy)).and_then(|store| store.read(|tx| tx.verify()));
    match told {
        Ok(wrong) => assert!(!wrong.is_empty()),
        Err(error) => assert!(matches!(error, Error::Damaged(_)), "{error:?}"),
    }
}

/// A small file system of its own, where this user may make one.
struct Small(tempfile::TempDir);

impl Small {
    fn new() -> Option<Small> {
        let folder = tempfile::tempdir().expect("a folder");
        mount(&["-t", "tmpfs", "-o", "size=3m", "none"], folder.path()).then(|| Small(folder))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

fn mount(options: &[&str], folder: &Path) -> bool {
    let quiet = Stdio::null;
    let mut mount = Command::new("mount");
    let mount = mount.args(options).arg(folder).stdout(quiet()).stderr(quiet());
    mount.status().is_ok_and(|status| status.success())
}

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let Some(disk) = Small::new() else {
        println!("no small disk can be made here; `store::tests` fills a file instead");
        return;
    };
    let place = Place::Sqlite(disk.0.path().join("fanfold.db"));
    let store = Store::open(&place).expect("opened");
    let mut written = 0;
    let error = loop {
        match write_batch(&store, written) {
            Ok(()) => written += 1,
            Err(error) => break error,
        }
        assert!(written < 1_000, "a disk of 3 MB holds all that");
    };
    assert!(matches!(error, Error::Full), "{error:?}");
    assert!(written > 0);
    assert_eq!(works(&store), written * BATCH);
    drop(store);
    let store = Store::open(&place).expect("opened while the disk is full");
    assert_eq!(works(&store), written * BATCH);
    assert!(store.read(|tx| tx.verify()).expect("read").is_empty());
}

#[test]
fn a_folder_that_may_not_be_written_to_is_told() {
    let Some(disk) = Small::new() else {
        println!("no small disk can be made here");
        return;
    };
    let place = Place::Sqlite(disk.0.path().join("fanfold.db"));
    let work: NewWork = rich();
    let store = Store::open(&place).expect("opened");
    store.write(|tx| tx.insert_work(&work, NOW, "test")).expect("written");
    drop(store);
    assert!(mount(&["-o", "remount,ro"], disk.0.path()), "made read-only");
    let told = Store::open(&place).and_then(|store| {
        // If it opens at all, it reads and does not write.
        assert_eq!(works(&store), 1);
        insert(&store, "more").map(drop)
    });
    assert!(matches!(told, Err(Error::ReadOnly)), "{told:?}");
    let told = Store::open(&Place::Sqlite(disk.0.path().join("new.db")));
    assert!(matches!(told, Err(Error::ReadOnly)), "{told:?}");
}
