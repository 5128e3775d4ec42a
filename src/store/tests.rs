//! A full disk where none can be made: the file itself may not grow.

use super::*;
use crate::archive::work::{Facts, Millis, NewChapter, NewWork};
use fanfold_doc::document::Document;

#[test]
fn a_file_that_cannot_grow_is_told_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&Place::Sqlite(folder.path().join("fanfold.db"))).expect("opened");
    let limit: Result<(), Error> =
        store.write(|tx| tx.rows("PRAGMA max_page_count = 256", &[], |_| Ok(())).map(drop));
    limit.expect("limited");
    let insert = |number: usize| {
        let body = Document::plain(&format!("{number} ").repeat(9_000)).to_html();
        let work = NewWork {
            facts: Facts { title: number.to_string(), ..Facts::default() },
            matter: Default::default(),
            chapters: vec![NewChapter { body, words: 9_000, ..NewChapter::default() }],
            proposals: Vec::new(),
            warnings: Vec::new(),
            media: Vec::new(),
            fingerprint: Default::default(),
        };
        store.write(|tx| tx.insert_work(&work, Millis(0), "test"))
    };
    let mut written = 0;
    let error = loop {
        match insert(written) {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Full), "{error:?}");
    let left: Result<_, Error> = store.read(|tx| Ok((tx.work_ids()?.len(), tx.verify()?)));
    assert_eq!(left.expect("read"), (written, Vec::new()));
    assert!(written > 5, "{written}");
}
