//! Works: what is written comes back, revisions are kept, and nothing is written for nothing.

use fanfold::archive::fingerprint::Fingerprint;
use fanfold::archive::work::{ChangeId, Millis, NewWork, WorkId};
use fanfold::store::{Error, Store};
use fanfold_doc::document::Lang;
use fanfold_doc::imported::{Author, TagKind};

use super::{Library, NOW, Told, chapter, href, html, on_each, plain, rich};

fn insert(store: &Store, work: &NewWork) -> WorkId {
    store.write(|tx| tx.insert_work(work, NOW, "first")).expect("inserted")
}

/// Everything that the store tells of a work is what was written.
fn holds(store: &Store, id: WorkId, new: &NewWork) {
    let told: Told<()> = store.read(|tx| {
        let work = tx.archive().work(id)?.expect("is there");
        assert_eq!(work.facts, new.facts);
        assert_eq!(work.matter, new.matter);
        assert_eq!((work.words, work.chapters), (new.words(), new.chapters.len() as u64));
        assert_eq!(tx.archive().matter_of_revision(work.revision)?.as_ref(), Some(&new.matter));
        assert_eq!(tx.archive().proposals(id)?, new.proposals);
        assert_eq!(tx.archive().warnings(id)?, new.warnings);
        assert_eq!(tx.archive().work_media(id)?, new.media);
        assert_eq!(tx.fingerprint(id)?, Some(new.fingerprint.clone()));
        let chapters = tx.archive().chapters(id)?;
        assert_eq!(chapters, tx.archive().chapters_of_revision(work.revision)?);
        assert_eq!(chapters.len(), new.chapters.len());
        let contents = tx.archive().contents(id)?;
        for ((at, chapter), new) in (1..).zip(&chapters).zip(&new.chapters) {
            assert_eq!((chapter.position, chapter.count), (at, new_count(&chapters)));
            assert_eq!(chapter.revision, work.revision);
            assert_eq!((&chapter.title, chapter.words), (&new.title, new.words));
            assert_eq!((&chapter.summary, &chapter.body), (&new.summary, &new.body));
            assert_eq!(chapter.notes_before, new.notes_before);
            assert_eq!(chapter.notes_after, new.notes_after);
            assert_eq!(tx.archive().chapter(id, at)?.as_ref(), Some(chapter));
            let row = &contents[at as usize - 1];
            assert_eq!((row.position, &row.title, row.words), (at, &new.title, new.words));
        }
        assert_eq!(tx.archive().chapter(id, 0)?, None);
        assert_eq!(tx.archive().chapter(id, new_count(&chapters) + 1)?, None);
        Ok(())
    });
    told.expect("read");
}

fn new_count(chapters: &[fanfold::store::Chapter]) -> u32 {
    u32::try_from(chapters.len()).expect("few")
}

#[test]
fn every_field_comes_back() {
    on_each(|library| {
        let store = &library.store;
        let id = insert(store, &rich());
        holds(store, id, &rich());
        let other = insert(store, &plain("Another", "Short."));
        holds(store, other, &plain("Another", "Short."));
        holds(store, id, &rich());
        let told: Told<()> = store.read(|tx| {
            let work = tx.archive().work(id)?.expect("is there");
            assert_eq!((work.imported_at, work.changed_at), (NOW, NOW));
            assert_eq!(tx.work_ids()?, [id, other]);
            assert_eq!(tx.archive().work(WorkId(99))?, None);
            assert!(
                tx.archive().chapters(WorkId(99))?.is_empty()
                    && tx.archive().contents(WorkId(99))?.is_empty()
            );
            let revisions = tx.archive().revisions(id)?;
            let [only] = &revisions[..] else { panic!("one revision, not {revisions:?}") };
            assert_eq!((only.number, only.made_at, only.why.as_str()), (1, NOW, "first"));
            assert_eq!((only.id, only.words, only.chapters), (work.revision, 11, 3));
            Ok(())
        });
        told.expect("read");
        // "It was dry." stands in two chapters and is kept once.
        assert_eq!(library.count("SELECT COUNT(*) FROM texts"), 3);
        assert_eq!(store.read(|tx| tx.verify()).expect("read").len(), 1, "the images are missing");
    });
}

#[test]
fn the_same_again_writes_nothing() {
    on_each(|library| {
        let store = &library.store;
        let id = insert(store, &rich());
        let before = (store.generation(), store.read(|tx| tx.last_change()).expect("read"));
        let again = store.write(|tx| tx.revise_work(id, &rich(), Millis(9), "again"));
        assert_eq!(again.expect("written"), None);
        let after = (store.generation(), store.read(|tx| tx.last_change()).expect("read"));
        assert_eq!(before, after);
        let work = store.read(|tx| tx.archive().work(id)).expect("read").expect("is there");
        assert_eq!(work.changed_at, NOW);
    });
}

/// Each single difference is written; only those of texts make a revision.
#[test]
fn each_difference_is_seen() {
    let facts: [fn(&mut NewWork); 17] = [
        |work| work.facts.title.push('!'),
        |work| work.facts.authors.swap(0, 1),
        |work| work.facts.authors[0].url = None,
        |work| work.facts.language = Lang::parse("en"),
        |work| work.facts.tags[5].0 = TagKind::Character,
        |work| work.facts.tags.swap(5, 6),
        |work| work.facts.series[0].part = None,
        |work| work.facts.series[1].title.push('!'),
        |work| work.facts.collections.reverse(),
        |work| work.facts.other.reverse(),
        |work| work.facts.published = None,
        |work| work.facts.complete = None,
        |work| work.facts.chapters_expected = None,
        |work| work.facts.source_url = None,
        |work| work.proposals.clear(),
        |work| work.warnings[0].text.push('!'),
        |work| work.fingerprint = Fingerprint { sketch: vec![7] },
    ];
    let texts: [fn(&mut NewWork); 8] = [
        |work| work.matter.summary = html("Other."),
        |work| work.matter.disclaimer = html(""),
        |work| work.chapters[0].body = html("Other."),
        |work| work.chapters[1].title = None,
        |work| work.chapters[1].notes_after = html("Other."),
        |work| work.chapters[2].summary = html("Other."),
        |work| work.chapters.swap(0, 1),
        |work| drop(work.chapters.pop()),
    ];
    on_each(|library| {
        let store = &library.store;
        let id = insert(store, &rich());
        let mut number = 1;
        let changes = facts.iter().map(|change| (change, 0));
        for (change, revision) in changes.chain(texts.iter().map(|change| (change, 1))) {
            let mut work = rich();
            change(&mut work);
            for (work, at) in [(&work, Millis(5)), (&rich(), Millis(6))] {
                let before = store.read(|tx| tx.last_change()).expect("read");
                let told = store.write(|tx| tx.revise_work(id, work, at, "later"));
                assert!(told.expect("written").is_some());
                number += revision;
                holds(store, id, work);
                let told: Told<()> = store.read(|tx| {
                    let changes = tx.changes_after(before, 10)?;
                    assert_eq!(changes.iter().map(|row| row.1).collect::<Vec<_>>(), [id]);
                    assert_eq!(tx.archive().revisions(id)?.len(), number);
                    assert_eq!(tx.archive().work(id)?.expect("is there").changed_at, at);
                    Ok(())
                });
                told.expect("read");
            }
        }
        assert_eq!(store.read(|tx| tx.verify()).expect("read").len(), 1, "the images are missing");
    });
}

#[test]
fn revisions_keep_what_was_and_share_what_stays() {
    on_each(|library| {
        let store = &library.store;
        let mut work = plain("Growing", "One.");
        let id = insert(store, &work);
        for number in 2..=5 {
            work.chapters.push(chapter("", &format!("Chapter {number}.")));
            let made = store.write(|tx| tx.revise_work(id, &work, Millis(number), "grew"));
            made.expect("written").expect("a revision");
        }
        assert_eq!(library.count("SELECT COUNT(*) FROM texts"), 5);
        let told: Told<()> = store.read(|tx| {
            for (count, revision) in (1..).zip(tx.archive().revisions(id)?) {
                let chapters = tx.archive().chapters_of_revision(revision.id)?;
                assert_eq!(chapters.len(), count);
                assert_eq!((revision.chapters, revision.number), (count as u64, count as u32));
                assert_eq!(chapters[0].body, html("One."));
            }
            Ok(())
        });
        told.expect("read");
        assert!(store.read(|tx| tx.verify()).expect("read").is_empty());
    });
}

#[test]
fn a_provisional_title_never_replaces_a_real_one() {
    on_each(|library| {
        let store = &library.store;
        let mut draft = plain("It was a dark", "It was a dark night.");
        draft.facts.title_is_provisional = true;
        let id = insert(store, &draft);
        let title = || {
            let work = store.read(|tx| tx.archive().work(id)).expect("read").expect("is there");
            (work.facts.title, work.facts.title_is_provisional)
        };
        let totals = || store.read(|tx| tx.totals()).expect("read").attention;
        assert_eq!((title(), totals()), (("It was a dark".to_owned(), true), 1));
        let named = plain("Night", "It was a dark night.");
        store.write(|tx| tx.revise_work(id, &named, NOW, "named")).expect("written");
        assert_eq!((title(), totals()), (("Night".to_owned(), false), 0));
        let again = store.write(|tx| tx.revise_work(id, &draft, NOW, "draft")).expect("written");
        assert_eq!(again, None);
        assert_eq!((title(), totals()), (("Night".to_owned(), false), 0));
    });
}

#[test]
fn an_address_belongs_to_one_work() {
    on_each(|library| {
        let store = &library.store;
        let first = insert(store, &rich());
        let other = insert(store, &plain("Other", "Other."));
        let by = |url| store.read(|tx| tx.work_by_source(&href(url))).expect("read");
        assert_eq!(by("http://www.example.org/works/1/"), Some(first));
        assert_eq!(by("https://example.org/works/2"), None);
        let told: Told<()> = store.write(|tx| {
            // A conflict that was foreseen does not spoil the transaction.
            let again = tx.insert_work(&rich(), NOW, "again");
            assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
            let moved = tx.revise_work(other, &rich(), NOW, "again");
            assert!(matches!(moved, Err(Error::Conflict(_))), "{moved:?}");
            let absent = tx.revise_work(WorkId(77), &rich(), NOW, "again");
            assert!(matches!(absent, Err(Error::Conflict(_))), "{absent:?}");
            let mut moved = plain("Other", "Other.");
            moved.facts.source_url = Some(href("https://example.org/works/2"));
            tx.revise_work(other, &moved, NOW, "moved").map(drop)
        });
        told.expect("written");
        assert_eq!(by("https://example.org/works/2"), Some(other));
        holds(store, first, &rich());
    });
}

#[test]
fn texts_of_an_older_printer_are_read_anew() {
    on_each(|library| {
        let store = &library.store;
        let id = insert(store, &rich());
        library.tamper("UPDATE texts SET doc_version = 0; UPDATE revisions SET doc_version = 0");
        holds(store, id, &rich());
        let same = store.write(|tx| tx.revise_work(id, &rich(), NOW, "again")).expect("written");
        assert_eq!(same, None);
        let row = store.read(|tx| tx.archive().work_row(id)).expect("read").expect("is there");
        assert_eq!(row.summary, rich().matter.summary);
    });
}

/// Longer than any index of PostgreSQL takes, and characters that it does not take at all.
#[test]
fn no_text_is_too_long_or_too_strange() {
    on_each(|library| {
        let store = &library.store;
        let long = "Ünïcödé ☂ ".repeat(3_000);
        let mut work = plain(&long, &long);
        let url = href(&format!("https://example.org/{}", "é".repeat(900)));
        work.facts.source_url = Some(url.clone());
        work.facts.authors = vec![Author { name: long.clone(), url: Some(url.clone()) }];
        work.facts.collections = vec![long.clone()];
        work.facts.series =
            vec![fanfold_doc::imported::SeriesPlace { title: long.clone(), ..Default::default() }];
        let id = insert(store, &work);
        holds(store, id, &work);
        assert_eq!(store.read(|tx| tx.work_by_source(&url)).expect("read"), Some(id));
        let mut strange = plain("a\0b", "text");
        strange.warnings = rich().warnings;
        strange.warnings[0].place = fanfold_doc::imported::Place::Part("\0".to_owned());
        let id = insert(store, &strange);
        let work = store.read(|tx| tx.archive().work(id)).expect("read").expect("is there");
        assert_eq!(work.facts.title, "a\u{fffd}b");
        let again = store.write(|tx| tx.revise_work(id, &strange, NOW, "again")).expect("written");
        assert_eq!(again, None, "a NUL makes no revision each time");
    });
}

#[test]
fn like_texts_are_found_the_likest_first() {
    on_each(|library| {
        let store = &library.store;
        let mut ids = Vec::new();
        for start in [0_u64, 3, 6, 100] {
            let mut work = plain(&format!("{start}"), &format!("{start}"));
            work.fingerprint.sketch = (start..start + 64).map(|n| n * 1_000_003).collect();
            ids.push(insert(store, &work));
        }
        let like = |start: u64| {
            let sketch = (start..start + 64).map(|n| n * 1_000_003).collect();
            let found = store.read(|tx| tx.works_like(&Fingerprint { sketch })).expect("read");
            found.into_iter().map(|(work, _)| work).collect::<Vec<_>>()
        };
        assert_eq!(like(0), ids[..3]);
        assert_eq!(like(4), [ids[1], ids[2], ids[0]]);
        assert_eq!(like(100), ids[3..]);
        assert!(like(1_000).is_empty());
        let none = store.read(|tx| tx.works_like(&Fingerprint::default())).expect("read");
        assert!(none.is_empty());
        // A sketch that was replaced is no longer found.
        let mut work = plain("0", "0");
        work.fingerprint.sketch = vec![u64::MAX];
        store.write(|tx| tx.revise_work(ids[0], &work, NOW, "other")).expect("written");
        assert_eq!(like(0), ids[1..3]);
    });
}

#[test]
fn the_check_finds_what_was_tampered_with() {
    let faults = [
        ("UPDATE works SET words = words + 1", "says of its words"),
        ("UPDATE works SET revision_id = 99", "no current revision"),
        ("UPDATE revision_chapters SET words = 9 WHERE position = 2", "chapters and words"),
        ("DELETE FROM revision_chapters WHERE position = 2", "chapters and words"),
        ("UPDATE texts SET html = '<p>Other.</p>'", "not what was written"),
        ("DELETE FROM changes", "log of changes"),
        ("UPDATE totals SET works = 7", "counts of the library"),
        ("DELETE FROM media", "not among the images"),
    ];
    for (sql, said) in faults {
        on_each(|library| {
            let written: Told<()> = library.store.write(|tx| {
                for name in &rich().media {
                    tx.put_media(name, 1, NOW)?;
                }
                tx.insert_work(&rich(), NOW, "first").map(drop)
            });
            written.expect("written");
            let verify = || library.store.read(|tx| tx.verify()).expect("read");
            assert!(verify().is_empty(), "{:?}", verify());
            library.tamper(sql);
            assert!(verify().iter().any(|wrong| wrong.contains(said)), "{sql}: {:?}", verify());
        });
    }
}

#[test]
fn the_log_is_followed_in_pieces() {
    on_each(|library| {
        let store = &library.store;
        assert_eq!(store.read(|tx| tx.last_change()).expect("read"), ChangeId(0));
        let ids: Vec<WorkId> =
            (0..7).map(|n| insert(store, &plain(&format!("{n}"), "x"))).collect();
        let mut followed = Vec::new();
        let mut at = ChangeId(0);
        loop {
            let piece = store.read(|tx| tx.changes_after(at, 3)).expect("read");
            let Some(last) = piece.last() else { break };
            assert!(piece.is_sorted_by(|a, b| a.0 < b.0) && piece[0].0 > at);
            at = last.0;
            followed.extend(piece.into_iter().map(|row| row.1));
        }
        assert_eq!(followed, ids);
        assert_eq!(store.read(|tx| tx.last_change()).expect("read"), at);
    });
}

#[test]
fn a_snapshot_stays_as_it_was() {
    on_each(|library| {
        let Library { store, .. } = library;
        insert(store, &plain("First", "x"));
        let told: Told<()> = store.read(|tx| {
            assert_eq!(tx.work_ids()?.len(), 1);
            std::thread::scope(|scope| {
                scope.spawn(|| insert(store, &plain("Second", "y")));
            });
            assert_eq!(tx.work_ids()?.len(), 1);
            assert_eq!(tx.totals()?.works, 1);
            Ok(())
        });
        told.expect("read");
        assert_eq!(store.read(|tx| tx.work_ids()).expect("read").len(), 2);
    });
}
