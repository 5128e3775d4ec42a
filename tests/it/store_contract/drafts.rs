//! Drafts: what is saved is there, is folded or not, is in conflict or not, and comes back byte for
//! byte.

use fanfold::archive::limits::WorkLimits;
use fanfold::archive::person::AccountId;
use fanfold::archive::person::Visitor;
use fanfold::archive::revision::{Head, Part, SITTING};
use fanfold::archive::work::{ChapterId, Millis, NewChapter, NewWork, RevisionId, WorkId};
use fanfold::store::{Desk, Error, Pen, Saved, Store, Text};
use fanfold_doc::document::Document;
use fanfold_doc::html::Html;
use proptest::prelude::*;

use super::{Library, NOW, Told, chapter, on_each, plain, rich, sound};

/// The owner of the archive.
pub fn owner(store: &Store) -> AccountId {
    store.write(|tx| tx.owner(NOW)).expect("an owner")
}

/// A work of two chapters that is not posted.
pub fn begun(store: &Store) -> (WorkId, AccountId) {
    let work = NewWork {
        chapters: vec![chapter("One", "It rained."), chapter("Two", "It was dry.")],
        ..plain("Weather", "")
    };
    let who = owner(store);
    (store.write(|tx| tx.begin_work(&work, who, NOW, "begun")).expect("begun"), who)
}

pub fn desk(store: &Store, work: WorkId) -> Desk {
    store.read(|tx| tx.desk(work)).expect("read").expect("there")
}

pub fn head(store: &Store, work: WorkId, id: i64) -> Head {
    let desk = desk(store, work);
    let mark = desk.draft.mark(Part::Chapter(ChapterId(id))).expect("a chapter");
    Head { revision: desk.revision, mark }
}

pub fn body(store: &Store, work: WorkId, id: i64) -> String {
    let read: Told<Html> = store.read(|tx| {
        let desk = tx.desk(work)?.expect("there");
        let chapter = desk.draft.chapter(ChapterId(id)).expect("a chapter");
        Ok(tx.drafted(chapter)?.body)
    });
    read.expect("read").into_string()
}

pub fn save(
    store: &Store,
    work: WorkId,
    (id, new): (i64, &NewChapter),
    head: Option<Head>,
    pen: Pen<'_>,
) -> Saved {
    let text = Text::Chapter(ChapterId(id), new);
    store.write(|tx| tx.save(work, text, head, &pen, "edited")).expect("saved")
}

fn kept(saved: Saved) -> Head {
    match saved {
        Saved::Kept { head, .. } => head,
        other => panic!("{other:?}"),
    }
}

fn pen(who: AccountId, sitting: &str, seconds: i64) -> Pen<'_> {
    Pen { who: Some(who), at: Millis(NOW.0 + seconds * 1_000), sitting: Some(sitting) }
}

fn numbers(store: &Store, work: WorkId) -> Vec<(u32, bool)> {
    let history = store.read(|tx| tx.history(work, 0, 100)).expect("read");
    history.iter().map(|past| (past.number, past.aside)).collect()
}

#[test]
fn a_work_begins_with_all_that_it_says_and_nobody_sees_it() {
    on_each(|library| {
        let store = &library.store;
        let who = owner(store);
        let work = NewWork { media: Vec::new(), ..rich() };
        let generation = store.generation();
        let id = store.write(|tx| tx.begin_work(&work, who, NOW, "typed")).expect("begun");
        let desk = desk(store, id);
        assert_eq!(desk.draft.facts, work.facts);
        assert_eq!(desk.draft.matter, work.matter);
        let chapters = store.read(|tx| {
            desk.draft.chapters.iter().map(|chapter| tx.drafted(chapter)).collect::<Told<Vec<_>>>()
        });
        assert_eq!(chapters.expect("read"), work.chapters);
        assert_eq!((desk.state.owner, desk.state.shown), (Some(who), None));
        let seen: Told<_> = store.read(|tx| {
            assert_eq!(tx.seen_by(&Visitor::default()).work(id)?, None);
            assert_eq!(tx.seen_by(&Visitor::default()).work_row(id)?, None);
            assert!(
                tx.seen_by(&Visitor::default()).contents(id)?.is_empty()
                    && tx.seen_by(&Visitor::default()).chapter(id, 1)?.is_none()
            );
            assert!(
                tx.filter_rows(&[id])?.is_empty()
                    && tx.seen_by(&Visitor::default()).works(&Default::default())?.total == 0
            );
            assert!(tx.work_ids_after(WorkId(0), 9)?.is_empty());
            assert_eq!(tx.last_change()?.0, 0);
            assert_eq!(tx.seen_by(&Visitor::default()).works_with_proposals(9)?.total, 0);
            assert_eq!(tx.desks(who, false, 0, 9)?.len(), 1);
            Ok((tx.work_ids()?.len(), tx.totals()?.works, tx.totals()?.attention))
        });
        assert_eq!(seen.expect("read"), (0, 0, 0));
        assert_eq!(library.count("SELECT COUNT(*) FROM work_tags"), 0);
        assert!(store.generation() >= generation);
        sound(store);
    });
}

#[test]
fn saves_of_a_sitting_are_one_revision() {
    on_each(|library| {
        let store = &library.store;
        let (work, who) = begun(store);
        let mut now = head(store, work, 1);
        let generation = store.generation();
        for second in 0..20 {
            let new = chapter("One", &format!("It rained {second} times."));
            now = kept(save(store, work, (1, &new), Some(now), pen(who, "s", second)));
        }
        assert_eq!(store.generation(), generation, "readers' pages are as they were");
        assert_eq!(numbers(store, work).len(), 2);
        assert!(body(store, work, 1).contains("19 times"));
        // The same again is nothing.
        let again = chapter("One", "It rained 19 times.");
        let told = kept(save(store, work, (1, &again), Some(now), pen(who, "t", 30)));
        assert_eq!(told, now);
        assert_eq!(numbers(store, work).len(), 2);
        // Another sitting, a long one, and a named one are revisions of their own.
        let new = |text| chapter("One", text);
        now = kept(save(store, work, (1, &new("a")), Some(now), pen(who, "t", 40)));
        let late = 41 + SITTING / 1_000;
        now = kept(save(store, work, (1, &new("b")), Some(now), pen(who, "t", late)));
        let named = store.write(|tx| tx.name_revision(work, now.revision, Some("Good one")));
        assert!(named.expect("named"));
        let once = Pen { sitting: None, ..pen(who, "", late + 2) };
        now = kept(save(store, work, (1, &new("c")), Some(now), pen(who, "t", late + 1)));
        now = kept(save(store, work, (1, &new("d")), Some(now), once));
        kept(save(store, work, (1, &new("e")), Some(now), once));
        assert_eq!(numbers(store, work).len(), 7);
        sound(store);
    });
}

#[test]
fn two_chapters_are_saved_side_by_side_and_one_is_not_overwritten() {
    on_each(|library| {
        let store = &library.store;
        let (work, who) = begun(store);
        let (first, second) = (head(store, work, 1), head(store, work, 2));
        let (mine, yours) = (chapter("One", "Mine."), chapter("Two", "Yours."));
        let now = kept(save(store, work, (1, &mine), Some(first), pen(who, "a", 1)));
        kept(save(store, work, (2, &yours), Some(second), pen(who, "b", 2)));
        assert!(body(store, work, 1).contains("Mine.") && body(store, work, 2).contains("Yours."));
        // The first chapter again, from a page that was opened before.
        let late = chapter("One", "Late.");
        let told = save(store, work, (1, &late), Some(first), pen(who, "c", 3));
        let Saved::Conflict { head: won, yours, from, .. } = told else { panic!("{told:?}") };
        assert!(body(store, work, 1).contains("Mine."), "nothing was overwritten");
        let aside = store.read(|tx| {
            let draft = tx.draft(yours)?.expect("kept aside");
            tx.drafted(draft.chapter(ChapterId(1)).expect("a chapter"))
        });
        assert_eq!(aside.expect("read"), late, "nothing was lost");
        assert!(from.is_some(), "what both were made from is known");
        // Losing again in the same sitting is kept once; another sitting's is kept beside it.
        for (sitting, text) in [("c", "Later."), ("d", "Latest.")] {
            let new = chapter("One", text);
            save(store, work, (1, &new), Some(first), pen(who, sitting, 4));
        }
        let asides = numbers(store, work).iter().filter(|(_, aside)| *aside).count();
        assert_eq!(asides, 2);
        // Who has seen what is there now, wins.
        let won = kept(save(store, work, (1, &late), won, pen(who, "c", 5)));
        assert!(body(store, work, 1).contains("Late."));
        assert_ne!(won.revision, now.revision);
        sound(store);
    });
}

#[test]
fn what_is_kept_aside_stays_as_it_is_while_the_head_goes_on() {
    on_each(|library| {
        let store = &library.store;
        let (work, who) = begun(store);
        let old = head(store, work, 1);
        let other = head(store, work, 2);
        kept(save(store, work, (1, &chapter("", "A1.")), Some(old), pen(who, "a", 1)));
        let other =
            kept(save(store, work, (2, &chapter("", "A2.")), Some(other), pen(who, "a", 2)));
        let told = save(store, work, (1, &chapter("", "B1.")), Some(old), pen(who, "b", 3));
        let Saved::Conflict { yours, .. } = told else { panic!("{told:?}") };
        kept(save(store, work, (2, &chapter("", "A2 more.")), Some(other), pen(who, "a", 4)));
        let aside: Told<Vec<String>> = store.read(|tx| {
            let draft = tx.draft(yours)?.expect("kept");
            let body = |chapter| Ok(tx.drafted(chapter)?.body.into_string());
            draft.chapters.iter().map(body).collect()
        });
        assert_eq!(aside.expect("read"), ["<p>B1.</p>", "<p>A2.</p>"]);
        sound(store);
    });
}

#[test]
fn a_deleted_chapter_takes_no_saves_but_loses_none() {
    on_each(|library| {
        let store = &library.store;
        let (work, who) = begun(store);
        let old = head(store, work, 2);
        let pen = pen(who, "a", 1);
        let binned = store.write(|tx| {
            let desk = tx.desk(work)?.expect("there");
            tx.bin_chapter(desk, ChapterId(2), &pen)
        });
        assert!(Told::expect(binned, "binned").is_some());
        let late = chapter("Two", "Late.");
        let told = save(store, work, (2, &late), Some(old), pen);
        let Saved::Conflict { head: None, yours, .. } = told else { panic!("{told:?}") };
        let draft = store.read(|tx| tx.draft(yours)).expect("read").expect("kept");
        assert!(draft.chapter(ChapterId(2)).is_some());
        assert_eq!(desk(store, work).draft.chapters.len(), 1);
        let back: Told<_> = store.write(|tx| {
            assert_eq!(tx.binned_chapters(work)?.len(), 1);
            let desk = tx.desk(work)?.expect("there");
            tx.unbin_chapter(desk, ChapterId(2), &pen)
        });
        assert!(back.expect("taken out").is_some());
        assert_eq!(body(store, work, 2), "<p>It was dry.</p>");
        assert!(store.read(|tx| tx.binned_chapters(work)).expect("read").is_empty());
        sound(store);
    });
}

#[test]
fn nothing_is_saved_into_what_is_not_there() {
    on_each(|library| {
        let store = &library.store;
        let (work, who) = begun(store);
        let new = chapter("", "x");
        let told = save(store, WorkId(99), (1, &new), None, pen(who, "a", 1));
        assert_eq!(told, Saved::Absent);
        let other: Told<_> = store.write(|tx| {
            assert!(!tx.name_revision(work, RevisionId(99), Some("x"))?);
            assert!(!tx.discard_draft(work)?, "nothing else is left of it");
            tx.restore_revision(work, RevisionId(99), &pen(who, "a", 1))
        });
        assert_eq!(other.expect("asked"), None);
        sound(store);
    });
}

/// What somebody does to a draft.
#[derive(Clone, Debug)]
enum Act {
    Save {
        chapter: i64,
        text: String,
        sitting: u8,
        minutes: i64,
    },
    Restore(usize),
    Aside {
        chapter: i64,
        text: String,
    },
    /// As splitting, joining and tidying up write chapters.
    Rewrite {
        chapter: i64,
        text: String,
    },
    Post,
    Name(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let text = prop::collection::vec("[a-d]{1,6}( [a-d]{1,6}){0,30}", 1..40)
        .prop_map(|paragraphs| paragraphs.join("\n"));
    prop_oneof![
        6 => (1_i64..=2, text.clone(), 0_u8..3, 0_i64..20).prop_map(
            |(chapter, text, sitting, minutes)| Act::Save { chapter, text, sitting, minutes }
        ),
        1 => any::<usize>().prop_map(Act::Restore),
        1 => (1_i64..=2, text.clone()).prop_map(|(chapter, text)| Act::Aside { chapter, text }),
        2 => (1_i64..=2, text).prop_map(|(chapter, text)| Act::Rewrite { chapter, text }),
        1 => Just(Act::Post),
        1 => any::<usize>().prop_map(Act::Name),
    ]
}

/// What each revision said when it was last written.
type Said = std::collections::BTreeMap<RevisionId, Vec<String>>;

fn said(store: &Store, revision: RevisionId) -> Vec<String> {
    let read: Result<_, Error> = store.read(|tx| {
        let draft = tx.draft(revision)?.expect("a revision");
        let body = |chapter| Ok(tx.drafted(chapter)?.body.into_string());
        draft.chapters.iter().map(body).collect()
    });
    read.expect("read")
}

fn run(library: &Library, acts: &[Act]) {
    let store = &library.store;
    let (work, who) = begun(store);
    let mut known = Said::new();
    let mut at = NOW.0;
    known.insert(desk(store, work).revision, said(store, desk(store, work).revision));
    for act in acts {
        at += 1_000;
        let revisions: Vec<RevisionId> = known.keys().copied().collect();
        let pick = |number: usize| revisions[number % revisions.len()];
        let once = Pen { who: Some(who), at: Millis(at), sitting: None };
        let written = match act {
            Act::Save { chapter: id, text, sitting, minutes } => {
                at += minutes * 60_000;
                let sitting = sitting.to_string();
                let pen = Pen { who: Some(who), at: Millis(at), sitting: Some(&sitting) };
                let head = head(store, work, *id);
                kept(save(store, work, (*id, &chapter("", text)), Some(head), pen)).revision
            }
            Act::Aside { chapter: id, text } => {
                let wrong = Head { mark: Default::default(), ..head(store, work, *id) };
                match save(store, work, (*id, &chapter("", text)), Some(wrong), once) {
                    Saved::Conflict { yours, .. } => yours,
                    Saved::Kept { head, .. } => head.revision,
                    Saved::Absent => panic!("it is there"),
                }
            }
            Act::Rewrite { chapter: id, text } => {
                let desk = desk(store, work);
                let mut draft = desk.draft.clone();
                let told = store.write(|tx| -> Result<_, Error> {
                    let id = ChapterId(*id);
                    let new = tx.new_chapter(&desk, Some(id), &chapter("", text))?;
                    if let Some(own) = draft.chapters.iter_mut().find(|own| own.id == id) {
                        *own = new;
                    }
                    tx.redraft(desk, &draft, &once, "rewritten")
                });
                told.expect("rewritten")
            }
            Act::Restore(number) => {
                let told = store.write(|tx| tx.restore_revision(work, pick(*number), &once));
                let revision = told.expect("restored").expect("there");
                assert_eq!(said(store, revision), known[&pick(*number)]);
                revision
            }
            Act::Post => {
                store.write(|tx| tx.post(work, &once, &WorkLimits::default())).expect("posted");
                desk(store, work).revision
            }
            Act::Name(number) => {
                let named = store.write(|tx| tx.name_revision(work, pick(*number), Some("n")));
                assert!(named.expect("named"));
                pick(*number)
            }
        };
        known.insert(written, said(store, written));
    }
    for (revision, texts) in &known {
        assert_eq!(&said(store, *revision), texts, "revision {revision}");
    }
    sound(store);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn every_revision_says_what_it_said(acts in prop::collection::vec(act(), 1..40)) {
        run(&Library::sqlite(), &acts);
    }
}

#[test]
fn every_revision_says_what_it_said_on_a_server() {
    let Some(library) = Library::postgres() else { return };
    let save = |n: usize| Act::Save {
        chapter: 1 + (n % 2) as i64,
        text: format!("Line {n}.\nAnd another line that stays as it is."),
        sitting: (n / 7) as u8,
        minutes: (n % 5) as i64,
    };
    let acts = (0..120).map(|n| match n % 13 {
        4 => Act::Post,
        8 => Act::Restore(n),
        11 => Act::Aside { chapter: 1, text: format!("Lost {n}.") },
        12 => Act::Name(n),
        5 | 6 => Act::Rewrite { chapter: 1, text: format!("Anew {n}.") },
        _ => save(n),
    });
    run(&library, &acts.collect::<Vec<_>>());
}

#[test]
fn a_printed_text_is_what_was_given() {
    let document = Document::plain("One & <two>.");
    let (library, html) = (Library::sqlite(), document.to_html());
    let (work, who) = begun(&library.store);
    let new = NewChapter { body: html.clone(), words: 3, ..NewChapter::default() };
    save(&library.store, work, (1, &new), None, pen(who, "a", 1));
    assert_eq!(body(&library.store, work, 1), html.as_str());
}
