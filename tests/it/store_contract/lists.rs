//! Lists: the shelf in every order, files seen, originals and images, and the counts.

use fanfold::archive::work::{Facts, Hash, Millis, WorkId};
use fanfold::store::{Listing, Original, Sort, SourceFile, SourceState};
use fanfold_doc::document::{MediaKind, MediaName};
use fanfold_doc::imported::{Author, Date, Place, TagKind, Warning, WarningKind};

use super::{NOW, Told, on_each, plain, rich};

const SORTS: [Sort; 5] = [Sort::Title, Sort::Author, Sort::Updated, Sort::Words, Sort::Added];

#[test]
fn the_shelf_is_sorted_and_paged() {
    // Title, author, day, words; in the order in which they come.
    let works = [
        ("The Zebra", "Émile", "2020-01-02", 5),
        ("an apple", "bob", "", 3),
        ("Éclair 10", "", "2019-01-01", 5),
        ("Eclair 9", "Bob", "2021-01-01", 1),
        ("A Walk", "", "2019-01-01", 2),
    ];
    let orders: [(Sort, [usize; 5]); 5] = [
        (Sort::Title, [1, 3, 2, 4, 0]),
        (Sort::Author, [1, 3, 0, 2, 4]),
        (Sort::Updated, [2, 4, 0, 3, 1]),
        (Sort::Words, [3, 4, 1, 0, 2]),
        (Sort::Added, [0, 1, 2, 3, 4]),
    ];
    on_each(|library| {
        let mut ids = Vec::new();
        for (title, author, day, words) in works {
            let mut work = plain(title, &"word ".repeat(words));
            let authors = [author].into_iter().filter(|name| !name.is_empty());
            work.facts = Facts {
                authors: authors.map(|name| Author { name: name.to_owned(), url: None }).collect(),
                updated: Date::parse(day),
                ..work.facts
            };
            let id = library.store.write(|tx| tx.insert_work(&work, NOW, "test"));
            ids.push(id.expect("written"));
        }
        for (sort, order) in orders {
            for descending in [false, true] {
                let mut order: Vec<WorkId> = order.iter().map(|at| ids[*at]).collect();
                if descending {
                    order.reverse();
                }
                for (offset, limit) in (0..7).flat_map(|o| (0..7).map(move |l| (o, l))) {
                    let listing = Listing { sort, descending, offset, limit };
                    let shelf =
                        library.store.read(|tx| tx.archive().works(&listing)).expect("read");
                    assert_eq!(shelf.total, 5);
                    let shown: Vec<WorkId> = shelf.rows.iter().map(|row| row.id).collect();
                    let (skip, take) = (offset as usize, limit as usize);
                    let wanted: Vec<_> = order.iter().copied().skip(skip).take(take).collect();
                    assert_eq!(shown, wanted, "{listing:?}");
                }
            }
        }
        let far = Listing { offset: u64::MAX, limit: u64::MAX, ..Listing::default() };
        assert!(library.store.read(|tx| tx.archive().works(&far)).expect("read").rows.is_empty());
    });
}

#[test]
fn a_row_of_the_shelf_tells_what_the_work_tells() {
    on_each(|library| {
        let store = &library.store;
        let works = [plain("First", "one"), rich(), plain("Third", "three words here")];
        for work in &works {
            store.write(|tx| tx.insert_work(work, NOW, "test")).expect("written");
        }
        let told: Told<()> = store.read(|tx| {
            for sort in SORTS {
                let shelf =
                    tx.archive().works(&Listing { sort, limit: 10, ..Listing::default() })?;
                assert_eq!(shelf.rows.len(), 3);
                for row in shelf.rows {
                    let work = tx.archive().work(row.id)?.expect("is there");
                    let facts = Facts { collections: vec![], other: vec![], ..work.facts };
                    assert_eq!(row.facts, facts);
                    assert_eq!(row.summary, work.matter.summary);
                    assert_eq!((row.words, row.chapters), (work.words, work.chapters));
                    assert_eq!((row.imported_at, row.revision), (NOW, work.revision));
                    assert_eq!(tx.archive().work_row(row.id)?, Some(row));
                }
            }
            assert_eq!(tx.archive().work_row(WorkId(99))?, None);
            Ok(())
        });
        told.expect("read");
    });
}

fn file(folder: &str, path: &str, state: SourceState) -> SourceFile {
    SourceFile {
        folder: folder.to_owned(),
        path: path.to_owned(),
        size_bytes: 7,
        modified_at: Millis(-5),
        hash: Some(Hash::of(path.as_bytes())),
        reader: 3,
        work: None,
        state,
        problem: (state == SourceState::Problem).then(|| format!("{path} is broken")),
        seen_at: NOW,
    }
}

#[test]
fn files_are_remembered_with_what_became_of_them() {
    use SourceState::{Gone, Ignored, Problem, Read};
    on_each(|library| {
        let store = &library.store;
        let long = "folder/".repeat(580);
        let files = [
            file("", "B.txt", Read),
            file("", "a.txt", Problem),
            file("", "ä.txt", Ignored),
            file("", &long, Problem),
            file("/other", "a.txt", Problem),
        ];
        let told: Told<()> =
            store.write(|tx| files.iter().try_for_each(|file| tx.put_source(file)));
        told.expect("written");
        let told: Told<()> = store.read(|tx| {
            let mut here = files[..4].to_vec();
            here.sort_by(|a, b| a.path.cmp(&b.path));
            assert_eq!(tx.sources("")?, here);
            assert_eq!(tx.sources("/other")?, files[4..]);
            assert!(tx.sources("/absent")?.is_empty());
            assert_eq!(tx.source("", &long)?.as_ref(), Some(&files[3]));
            assert_eq!(tx.source("/other", "B.txt")?, None);
            let totals = tx.totals()?;
            assert_eq!((totals.problems, totals.files), (3, 5));
            assert_eq!(tx.problems(0, 2)?, [files[1].clone(), files[3].clone()]);
            assert_eq!(tx.problems(2, 9)?, files[4..]);
            assert_eq!(
                tx.places_of(Hash::of(b"a.txt"))?,
                [(String::new(), "a.txt".to_owned()), ("/other".to_owned(), "a.txt".to_owned())]
            );
            Ok(())
        });
        told.expect("read");
        let work = store.write(|tx| tx.insert_work(&plain("A", "a"), NOW, "test"));
        let read = SourceFile {
            work: Some(work.expect("written")),
            size_bytes: 8,
            hash: None,
            ..file("", "a.txt", Read)
        };
        let told: Told<()> = store.write(|tx| {
            tx.put_source(&read)?;
            let gone = [long.clone(), "B.txt".to_owned(), "never seen".to_owned()];
            tx.mark_gone("", &gone, Millis(9))?;
            tx.mark_gone("", &[], Millis(9))
        });
        told.expect("written");
        let told: Told<()> = store.read(|tx| {
            assert_eq!(tx.source("", "a.txt")?, Some(read));
            let gone = SourceFile { state: Gone, seen_at: Millis(9), ..files[0].clone() };
            assert_eq!(tx.source("", "B.txt")?, Some(gone));
            assert_eq!(tx.problems(0, 9)?, files[4..]);
            let totals = tx.totals()?;
            assert_eq!((totals.problems, totals.files), (1, 3));
            assert!(tx.places_of(Hash::of(b"B.txt"))?.is_empty());
            Ok(())
        });
        told.expect("read");
    });
}

#[test]
fn originals_and_images_are_known_once() {
    on_each(|library| {
        let store = &library.store;
        let original = |bytes: &[u8], kept| Original {
            hash: Hash::of(bytes),
            size_bytes: bytes.len() as u64,
            format: "txt".to_owned(),
            kept,
        };
        let image = MediaName::of(b"image", MediaKind::Webp);
        let told: Told<_> = store.write(|tx| {
            let work = tx.insert_work(&plain("A", "a"), NOW, "test")?;
            let other = tx.insert_work(&plain("B", "b"), NOW, "test")?;
            let big = tx.put_original(&original(b"big", false), NOW)?;
            let small = tx.put_original(&original(b"small", true), NOW)?;
            assert_ne!(big, small);
            tx.link_original(work, small, "small.txt", NOW)?;
            tx.link_original(work, big, "big.txt", NOW)?;
            tx.link_original(work, small, "copy.txt", NOW)?;
            tx.link_original(other, big, "big.txt", NOW)?;
            assert_eq!(tx.put_original(&original(b"big", true), Millis(1))?, big);
            assert_eq!(tx.put_original(&original(b"small", false), Millis(1))?, small);
            tx.put_media(&image, 5, NOW)?;
            tx.put_media(&image, 5, NOW)?;
            Ok((work, other))
        });
        let (work, other) = told.expect("written");
        let told: Told<()> = store.read(|tx| {
            let rows = tx.archive().originals(work)?;
            let names: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.kept)).collect();
            assert_eq!(names, [("small.txt", true), ("big.txt", true)]);
            assert_eq!((rows[0].hash, rows[0].size_bytes), (Hash::of(b"small"), 5));
            assert_eq!((rows[0].format.as_str(), rows[0].added_at), ("txt", NOW));
            assert_eq!(tx.works_with_original(Hash::of(b"big"))?, [work, other]);
            assert!(tx.works_with_original(Hash::of(b"none"))?.is_empty());
            assert_eq!(tx.all_originals()?, [original(b"big", true), original(b"small", true)]);
            assert_eq!(tx.all_media()?, std::slice::from_ref(&image));
            Ok(())
        });
        told.expect("read");
    });
}

#[test]
fn the_counts_follow_every_write() {
    on_each(|library| {
        let store = &library.store;
        let totals = || store.read(|tx| tx.totals()).expect("read");
        assert_eq!(totals(), Default::default());
        let first = store.write(|tx| tx.insert_work(&rich(), NOW, "test")).expect("written");
        let second = plain("B", "four words in it");
        let second = store.write(|tx| tx.insert_work(&second, NOW, "test")).expect("written");
        let counts = || (totals().works, totals().words, totals().attention);
        assert_eq!(counts(), (2, 15, 1));
        let mut shorter = rich();
        shorter.chapters.truncate(1);
        shorter.warnings.clear();
        store.write(|tx| tx.revise_work(first, &shorter, NOW, "test")).expect("written");
        assert_eq!(counts(), (2, 7, 1));
        shorter.proposals.clear();
        store.write(|tx| tx.revise_work(first, &shorter, NOW, "test")).expect("written");
        assert_eq!(counts(), (2, 7, 0));
        let mut warned = plain("B", "four words in it");
        let warning = |kind| Warning { kind, place: Place::Whole, text: "look".to_owned() };
        warned.warnings = vec![warning(WarningKind::Image), warning(WarningKind::Image)];
        store.write(|tx| tx.revise_work(second, &warned, NOW, "test")).expect("written");
        assert_eq!(counts(), (2, 7, 1));
        let looks =
            store.read(|tx| tx.archive().works_with_warning(WarningKind::Image, 5)).expect("read");
        assert_eq!((looks.total, looks.rows.len()), (1, 1));
        assert_eq!((looks.rows[0].id, looks.rows[0].count), (second, 2));
        let none =
            store.read(|tx| tx.archive().works_with_warning(WarningKind::Link, 5)).expect("read");
        assert_eq!(none, Default::default());
        let mut guessed = plain("C", "a few other words");
        guessed.facts.title_is_provisional = true;
        guessed.proposals = rich().proposals;
        let third = store.write(|tx| tx.insert_work(&guessed, NOW, "test")).expect("written");
        let titles = store.read(|tx| tx.archive().works_with_provisional_title(5)).expect("read");
        assert_eq!((titles.total, titles.rows[0].id), (1, third));
        let proposed = store.read(|tx| tx.archive().works_with_proposals(5)).expect("read");
        let count = guessed.proposals.len() as u64;
        assert!(count > 0);
        assert_eq!(
            (proposed.total, proposed.rows[0].id, proposed.rows[0].count),
            (1, third, count)
        );
    });
}

/// Tags differ in kind and case; everybody who has one shares its row.
#[test]
fn names_are_kept_once() {
    on_each(|library| {
        let store = &library.store;
        let told: Told<()> = store.write(|tx| {
            for n in 0..5 {
                let mut work = rich();
                work.facts.source_url = None;
                work.facts.title = format!("{n}");
                tx.insert_work(&work, NOW, "test")?;
            }
            Ok(())
        });
        told.expect("written");
        let mut work = rich();
        work.facts.tags.push((TagKind::Freeform, "new".to_owned()));
        store.write(|tx| tx.insert_work(&work, NOW, "test")).expect("written");
        for (table, rows) in
            [("tags WHERE uses > 0", 8), ("authors", 3), ("series", 2), ("collections", 2)]
        {
            assert_eq!(library.count(&format!("SELECT COUNT(*) FROM {table}")), rows, "{table}");
        }
    });
}
