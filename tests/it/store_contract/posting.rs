//! Posting, the bin, and files that change under what was written on the site.

use fanfold::archive::person::Visitor;
use fanfold::archive::revision::BIN;
use fanfold::archive::work::{ChangeId, ChapterId, Millis, NewChapter, NewWork, WorkId};
use fanfold::store::{Listing, Pen, Posted, Store};
use fanfold_doc::document::{Document, MediaKind, MediaName};

use super::drafts::{begun, body, desk, head, owner, save};
use super::{NOW, Told, chapter, on_each, pen, plain, post, rich, sound, try_post};

/// What readers see of a work: whether it is there, and how many of it each list has.
fn seen(store: &Store, work: WorkId) -> (bool, usize, usize, u64, usize) {
    let told: Told<_> = store.read(|tx| {
        let listing = Listing { limit: 9, ..Listing::default() };
        let rows = tx.seen_by(&Visitor::default()).works(&listing)?.rows.len();
        let filtered = tx.filter_rows(&[work])?.len();
        Ok((
            tx.seen_by(&Visitor::default()).work(work)?.is_some(),
            rows,
            filtered,
            tx.totals()?.works,
            tx.work_ids()?.len(),
        ))
    });
    told.expect("read")
}

#[test]
fn what_is_posted_is_the_draft_in_one_step() {
    on_each(|library| {
        let store = &library.store;
        let who = owner(store);
        let typed = NewWork { media: Vec::new(), ..rich() };
        let work = store.write(|tx| tx.begin_work(&typed, who, NOW, "typed")).expect("begun");
        assert_eq!(seen(store, work), (false, 0, 0, 0, 0));
        let Posted::Shown(revision) = try_post(store, work, who) else { panic!("not posted") };
        let told: Told<_> = store.read(|tx| {
            let shown = tx.seen_by(&Visitor::default()).work(work)?.expect("shown");
            assert_eq!((&shown.facts, &shown.matter), (&typed.facts, &typed.matter));
            assert_eq!(shown.revision, revision);
            assert_eq!(tx.seen_by(&Visitor::default()).chapters(work)?.len(), 3);
            assert_eq!(tx.changes_after(ChangeId(0), 9)?.len(), 1);
            assert_eq!(tx.seen_by(&Visitor::default()).proposals(work)?, typed.proposals);
            Ok(())
        });
        told.expect("read");
        assert_eq!(seen(store, work), (true, 1, 1, 1, 1));
        assert_eq!(try_post(store, work, who), Posted::Nothing);
        sound(store);
    });
}

#[test]
fn an_image_that_is_not_here_is_not_counted_among_those_that_are() {
    on_each(|library| {
        let store = &library.store;
        let (work, who) = begun(store);
        let name = MediaName::of(b"not here", MediaKind::Png);
        let text = format!("<p>Look: <img src=\"media/{name}\" alt=\"\"/></p>");
        let body = Document::from_printed(&text).expect("short").to_html();
        assert!(body.as_str().contains("<img"), "{body}");
        let new = NewChapter { body, words: 1, ..NewChapter::default() };
        save(store, work, (1, &new), None, pen(who));
        post(store, work, who);
        assert_eq!(library.count("SELECT COUNT(*) FROM work_media"), 0);
        sound(store);
    });
}

#[test]
fn a_posted_work_is_edited_in_peace() {
    on_each(|library| {
        let store = &library.store;
        let work = store.write(|tx| tx.insert_work(&plain("Tale", "Once."), NOW, "imported"));
        let (work, who) = (work.expect("imported"), owner(store));
        let before = store.read(|tx| tx.last_change()).expect("read");
        save(store, work, (1, &chapter("", "Twice.")), Some(head(store, work, 1)), pen(who));
        let shown = |store: &Store| {
            store
                .read(|tx| tx.seen_by(&Visitor::default()).chapter(work, 1))
                .expect("read")
                .expect("there")
                .body
                .into_string()
        };
        assert_eq!(shown(store), "<p>Once.</p>");
        assert_eq!(store.read(|tx| tx.last_change()).expect("read"), before);
        assert!(desk(store, work).state.drafted);
        post(store, work, who);
        assert_eq!(shown(store), "<p>Twice.</p>");
        assert!(!desk(store, work).state.drafted);
        assert_eq!(store.read(|tx| tx.last_change()).expect("read").0, before.0 + 1);
        // A draft that is let go of is in the history still.
        save(store, work, (1, &chapter("", "Thrice.")), None, pen(who));
        assert!(store.write(|tx| tx.discard_draft(work)).expect("discarded"));
        assert_eq!(body(store, work, 1), "<p>Twice.</p>");
        assert_eq!(store.read(|tx| tx.history(work, 0, 9)).expect("read").len(), 3);
        sound(store);
    });
}

#[test]
fn a_chapter_may_be_held_back_and_others_moved() {
    on_each(|library| {
        let store = &library.store;
        let (work, who) = begun(store);
        let redraft = |change: &dyn Fn(&mut fanfold::archive::revision::Draft)| {
            let told: Told<_> = store.write(|tx| {
                let desk = tx.desk(work)?.expect("there");
                let mut draft = desk.draft.clone();
                change(&mut draft);
                tx.redraft(desk, &draft, &pen(who), "changed")
            });
            told.expect("changed")
        };
        redraft(&|draft| draft.chapters[1].held_back = true);
        post(store, work, who);
        let titles = |store: &Store| -> Vec<Option<String>> {
            let rows =
                store.read(|tx| tx.seen_by(&Visitor::default()).contents(work)).expect("read");
            rows.into_iter().map(|row| row.title).collect()
        };
        assert_eq!(titles(store), [Some("One".to_owned())]);
        assert_eq!(desk(store, work).draft.chapters.len(), 2);
        redraft(&|draft| {
            draft.chapters[1].held_back = false;
            assert!(draft.reorder(&[ChapterId(2), ChapterId(1)]));
        });
        post(store, work, who);
        assert_eq!(titles(store), [Some("Two".to_owned()), Some("One".to_owned())]);
        // A save goes to the chapter, wherever it stands.
        save(store, work, (1, &chapter("One", "Moved.")), Some(head(store, work, 1)), pen(who));
        post(store, work, who);
        let last = store
            .read(|tx| tx.seen_by(&Visitor::default()).chapter(work, 2))
            .expect("read")
            .expect("there");
        assert_eq!(last.body.as_str(), "<p>Moved.</p>");
        sound(store);
    });
}

#[test]
fn what_cannot_be_posted_is_told_and_changes_nothing() {
    on_each(|library| {
        let store = &library.store;
        let who = owner(store);
        let empty = NewWork { chapters: vec![chapter("", "")], ..plain("", "") };
        let work = store.write(|tx| tx.begin_work(&empty, who, NOW, "begun")).expect("begun");
        let Posted::NotReady(errors) = try_post(store, work, who) else { panic!("posted") };
        assert_eq!(errors.0.len(), 2, "{errors}");
        assert_eq!(seen(store, work), (false, 0, 0, 0, 0));
        assert_eq!(try_post(store, WorkId(99), who), Posted::Absent);
        sound(store);
    });
}

#[test]
fn the_bin_hides_gives_back_and_is_emptied() {
    on_each(|library| {
        let store = &library.store;
        let who = owner(store);
        let typed = NewWork { media: Vec::new(), ..rich() };
        let work = store.write(|tx| tx.insert_work(&typed, NOW, "imported")).expect("imported");
        let uses = "SELECT CAST(SUM(uses) AS BIGINT) FROM tags";
        let used = library.count(uses);
        assert!(store.write(|tx| tx.bin_work(work, NOW)).expect("binned"));
        assert!(!store.write(|tx| tx.bin_work(work, NOW)).expect("twice is nothing"));
        assert_eq!(seen(store, work), (false, 0, 0, 0, 0));
        assert_eq!(library.count(uses), 0);
        assert_eq!(try_post(store, work, who), Posted::Absent);
        sound(store);
        assert!(store.write(|tx| tx.unbin_work(work, NOW)).expect("back"));
        assert_eq!(seen(store, work), (true, 1, 1, 1, 1));
        assert_eq!(library.count(uses), used);
        let shown = store
            .read(|tx| tx.seen_by(&Visitor::default()).work(work))
            .expect("read")
            .expect("there");
        assert_eq!((shown.facts, shown.matter), (typed.facts, typed.matter));
        sound(store);

        let (draft, _) = begun(store);
        for work in [work, draft] {
            assert!(store.write(|tx| tx.bin_work(work, NOW)).expect("binned"));
        }
        assert_eq!(store.write(|tx| tx.empty_bin(NOW)).expect("early"), 0);
        let late = Millis(NOW.0 + BIN);
        assert_eq!(store.write(|tx| tx.empty_bin(late)).expect("emptied"), 2);
        assert_eq!(store.write(|tx| tx.empty_bin(late)).expect("emptied"), 0);
        for work in [work, draft] {
            assert!(!store.write(|tx| tx.unbin_work(work, NOW)).expect("gone"));
            assert_eq!(store.read(|tx| tx.desk(work)).expect("read"), None);
        }
        assert_eq!(library.count("SELECT COUNT(*) FROM works WHERE title <> ''"), 0);
        let left = "SELECT COUNT(*) FROM texts WHERE work IS NOT NULL";
        assert_eq!(library.count(left), 0);
        sound(store);
    });
}

#[test]
fn a_file_becomes_a_draft_of_what_was_written_here() {
    on_each(|library| {
        let store = &library.store;
        let work = store.write(|tx| tx.insert_work(&plain("Tale", "Once."), NOW, "imported"));
        let (work, who) = (work.expect("imported"), owner(store));
        let written = |work| store.read(|tx| tx.is_written_here(work)).expect("read");
        assert!(!written(work));
        save(store, work, (1, &chapter("", "Edited.")), None, pen(who));
        assert!(written(work));
        let file = NewWork {
            chapters: vec![chapter("", "From the file."), chapter("", "More.")],
            ..plain("Another title", "")
        };
        let take = || {
            let pen = Pen { who: None, ..pen(who) };
            store.write(|tx| tx.draft_of_file(work, &file, &pen, "the file changed"))
        };
        let aside = take().expect("taken").expect("new");
        assert_eq!(body(store, work, 1), "<p>Edited.</p>", "what was begun stays");
        assert_eq!(take().expect("taken"), None, "the same is nothing new");
        post(store, work, who);
        assert!(written(work));
        // Where no draft was begun the file is one.
        let newer = NewWork { chapters: vec![chapter("", "Newer.")], ..file.clone() };
        let pen = pen(who);
        let taken = store.write(|tx| tx.draft_of_file(work, &newer, &pen, "changed"));
        assert_eq!(taken.expect("taken"), Some(desk(store, work).revision));
        assert_eq!(body(store, work, 1), "<p>Newer.</p>");
        let shown = store
            .read(|tx| tx.seen_by(&Visitor::default()).work(work))
            .expect("read")
            .expect("there");
        assert_eq!((shown.facts.title.as_str(), shown.chapters), ("Tale", 1));
        let draft = store.read(|tx| tx.draft(aside)).expect("read").expect("kept");
        let ids: Vec<i64> = draft.chapters.iter().map(|chapter| chapter.id.0).collect();
        assert_eq!(ids, [1, 2]);
        sound(store);
    });
}
