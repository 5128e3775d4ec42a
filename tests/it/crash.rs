//! `kill -9` in the middle of an import, again and again: what was said is there, nothing is half.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::library::{Library, prose};

const STORIES: usize = 400;

fn import_until(library: &Library, millis: u64) -> bool {
    let mut child = Command::new(env!("CARGO_BIN_EXE_fanfold"))
        .arg("import")
        .arg(library.stories())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    std::thread::sleep(Duration::from_millis(millis));
    let done = child.try_wait().expect("waits").is_some();
    let _ = child.kill();
    let _ = child.wait();
    done
}

#[test]
fn an_import_survives_being_killed_anywhere() {
    let library = Library::new();
    for n in 0..STORIES {
        library.story(&format!("{}/Tale {}.txt", n % 7, letters(n)), &prose(n, 12));
    }
    let mut kills = 0;
    for round in 0..40 {
        // From before the first table to deep in the middle of the work.
        if import_until(&library, 5 + round * 23) {
            break;
        }
        kills += 1;
        if library.data().join("fanfold.db").exists() && round % 5 == 4 {
            let app = library.open();
            let broken = app.store.read(|tx| tx.verify()).expect("reads");
            assert!(broken.is_empty(), "after kill {kills}: {broken:?}");
            for original in app.store.read(|tx| tx.all_originals()).expect("reads") {
                let bytes =
                    app.files.read(original.hash).expect("reads").expect("an original is gone");
                assert_eq!(bytes.len() as u64, original.size_bytes);
            }
        }
    }
    assert!(kills > 2, "it was never killed in the middle");
    library.import();
    let works = library.works();
    assert_eq!(works.len(), STORIES);
    assert!(works.iter().all(|work| work.chapters == 1));
    let output = library.run(&["check"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    let app = library.open();
    assert_eq!(app.index.works().expect("reads").len(), STORIES);
}

/// A name without a number, so that the files are not taken for chapters.
fn letters(number: usize) -> String {
    number.to_string().bytes().map(|digit| char::from(b'a' + digit - b'0')).collect()
}
