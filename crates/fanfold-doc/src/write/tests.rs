//! What is written is read back in every field; bytes do not change from one time to the next.

use proptest::prelude::*;

use crate::arbitrary::imported;
use crate::imported::{Date, Imported};
use crate::limits::Limits;
use crate::read::{Input, read};

use super::{WRITERS, epub, html};

fn day() -> Date {
    Date::new(2026, 3, 1).expect("a day")
}

/// The work as it must come back: how it was read is another matter.
fn comparable(mut work: Imported, format: &str) -> Imported {
    work.warnings.clear();
    work.reasons.clear();
    work.meta.source.format = format.to_owned();
    work
}

fn back(bytes: &[u8], name: &str) -> Imported {
    read(&Input { bytes, name }, &Limits::default()).expect("an export can be read")
}

fn config() -> ProptestConfig {
    // Tracked files of failing cases have no place beside the code: findings become tests.
    ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn html_goes_round(work in imported()) {
        let page = html(&work);
        let again = back(page.as_bytes(), "");
        prop_assert_eq!(comparable(again, "html"), comparable(work, "html"));
    }

    #[test]
    fn epub_goes_round(work in imported()) {
        let book = epub(&work, day()).expect("it fits");
        let again = back(&book, "");
        prop_assert_eq!(comparable(again, "epub"), comparable(work, "epub"));
    }
}

#[test]
fn the_same_work_gives_the_same_bytes() {
    let mut work = Imported::default();
    work.meta.title = Some("A <Title> & \"more\"\u{3000}of it".to_owned());
    for writer in WRITERS {
        let once = writer.write(&work, day());
        assert_eq!(once, writer.write(&work, day()), "{}", writer.name);
        assert!(once.is_ok());
    }
    let again = back(html(&work).as_bytes(), "");
    assert_eq!(again.meta.title, work.meta.title);
}
