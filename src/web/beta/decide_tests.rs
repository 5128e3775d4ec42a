//! An accepted suggestion changes its passage and nothing else, or nothing at all.

use fanfold_doc::document::{Block, Inline};
use fanfold_doc::limits::Limits;
use proptest::prelude::*;

use super::*;
use crate::archive::anchor::{self, Passage, Text};
use crate::archive::beta::{Hand, NewRemark};
use crate::archive::revision::Head;
use crate::archive::work::{Facts, Hash, Millis, NewWork, WorkId};
use crate::store::{Place, Saved, Store, Text as Kept};

fn document(html: &str) -> Document {
    Document::from_html(html, &Limits::default()).expect("read").0
}

fn edit(text: &Document, old: &str, new: &str) -> Edit {
    let texts = paragraphs(text);
    let found = texts.iter().enumerate().find_map(|(at, text)| Some((at, text.find(old)?)));
    let (paragraph, start) = found.expect("there");
    let bytes = start..start + old.len();
    Edit { paragraph, bytes, old: old.to_owned(), new: new.to_owned() }
}

fn laid(html: &str, changes: &[(&str, &str)]) -> (String, usize) {
    let text = document(html);
    let edits =
        changes.iter().zip(0..).map(|((old, new), id)| (edit(&text, old, new), RemarkId(id)));
    let (new, done) = lay(&text, &apart(edits.collect()));
    (new.to_html().into_string(), done.len())
}

#[test]
fn emphasis_and_links_stay_round_the_words() {
    let html = "<p>The <em>old lamp</em> went <a href=\"https://example.org/\">out</a>.</p>";
    let (new, done) = laid(html, &[("old lamp", "old lantern"), ("out", "dark")]);
    let want = "<p>The <em>old lantern</em> went <a href=\"https://example.org/\">dark</a>.</p>";
    assert_eq!((new.as_str(), done), (want, 2));
    // A whole paragraph can go, and what is left is in order.
    let (new, done) = laid("<p>One.</p><p>Two.</p><p>Three.</p>", &[("Two.", ""), ("Three", "3")]);
    assert_eq!((new.as_str(), done), ("<p>One.</p><p>3.</p>", 2));
}

#[test]
fn what_would_change_more_is_left() {
    // A line break is no word: it cannot be taken out by writing other words.
    let (new, done) =
        laid("<p>One<br/>two three.</p>", &[("One\ntwo", "One, two"), ("three", "3")]);
    assert_eq!((new.as_str(), done), ("<p>One<br/>two 3.</p>", 1));
    // Of two that touch, the first is taken.
    let (new, done) = laid("<p>One two three.</p>", &[("One two", "1 2"), ("two three", "2 3")]);
    assert_eq!((new.as_str(), done), ("<p>1 2 three.</p>", 1));
}

/// A work with a text that somebody reads and has suggestions for.
fn read_by_mina(store: &Store, text: &str, suggest: &[(&str, &str)]) -> WorkId {
    let html = Document::plain(text).to_html();
    let work = NewWork {
        facts: Facts { title: "Weather".to_owned(), ..Facts::default() },
        matter: Default::default(),
        chapters: vec![NewChapter { body: html, ..NewChapter::default() }],
        proposals: Vec::new(),
        warnings: Vec::new(),
        media: Vec::new(),
        fingerprint: Default::default(),
    };
    let made: Result<WorkId, Error> = store.write(|tx| {
        let who = tx.owner(Millis(1))?;
        let work = tx.begin_work(&work, who, Millis(1), "begun")?;
        let desk = tx.desk(work)?.ok_or(Error::Absent)?;
        let link = Hash::of(b"link");
        let beta = tx.insert_beta((work, desk.revision), "Mina", &link, Millis(2))?;
        let said = suggest.iter().map(|(quoted, instead)| {
            let start = text.find(quoted).expect("there");
            NewRemark {
                chapter: ChapterId(1),
                passage: Passage { paragraph: 0, bytes: start..start + quoted.len() },
                quoted: (*quoted).to_owned(),
                said: String::new(),
                instead: Some((*instead).to_owned()),
                who: "Mina".to_owned(),
            }
        });
        let hand = Hand::Browser(Hash::of(b"cookie"));
        let said: Vec<NewRemark> = said.collect();
        assert!(tx.insert_remarks(beta.ok_or(Error::Absent)?, hand, &said, Millis(3))?);
        Ok(work)
    });
    made.expect("made")
}

#[test]
fn what_was_found_in_another_draft_is_not_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = Place::Sqlite(folder.path().join("fanfold.db"));
    let store = Store::open(&place).expect("opened");
    let text = "It rained all day, and the boats stayed where they were.";
    let work = read_by_mina(&store, text, &[("rained", "poured"), ("boats", "ships")]);
    let desk = |tx: &Read<'_>| tx.desk(work).map(|desk| desk.expect("there"));
    let ids: Vec<RemarkId> = (1..=2).map(RemarkId).collect();
    let seek = |act: &str| -> Found {
        let found: Result<Found, Error> =
            store.read(|tx| sought(tx, &desk(tx)?, act, Some(ids[0])));
        found.expect("sought")
    };
    let pen = Pen { who: None, at: Millis(9), sitting: Some("sitting") };
    let put = |found: &Found| {
        let done: Result<_, Error> = store.write(|tx| accept(tx, desk(tx)?, found, &pen));
        done.expect("no fault")
    };
    let body = || {
        let body: Result<String, Error> = store.read(|tx| {
            let desk = desk(tx)?;
            Ok(tx.drafted(&desk.draft.chapters[0])?.body.into_string())
        });
        body.expect("read")
    };
    let write = |text: &str| {
        let saved: Result<RevisionId, Error> = store.write(|tx| {
            let desk = desk(tx)?;
            let part = Part::Chapter(ChapterId(1));
            let mark = desk.draft.mark(part).expect("a mark");
            let head = Some(Head { revision: desk.revision, mark });
            let body = Document::plain(text).to_html();
            let new = NewChapter { body, ..NewChapter::default() };
            match tx.save(work, Kept::Chapter(ChapterId(1), &new), head, &pen, "edited")? {
                Saved::Kept { head, .. } => Ok(head.revision),
                other => panic!("{other:?}"),
            }
        });
        saved.expect("saved")
    };
    let first = write(&format!("Fog. {text}"));
    let found = seek("all");
    assert_eq!((found.remarks.len(), found.chapters.len()), (2, 1));
    // The same revision, since it is one sitting, with another text.
    assert_eq!(write(&format!("Snow. {text}")), first);
    assert_eq!(put(&found), None);
    assert!(body().contains("Snow. It rained"), "{}", body());
    // One of them was taken back, or decided, meanwhile.
    let found = seek("all");
    let state = |state| {
        let put: Result<(), Error> = store.write(|tx| Ok(tx.put_remark_state(ids[1], state)?));
        put.expect("put");
    };
    state(Now::Settled);
    assert_eq!(put(&found), None);
    assert_eq!(put(&seek("all")), Some(1));
    assert!(body().contains("Snow. It poured all day, and the boats"), "{}", body());
    // What was accepted is not accepted again, and nothing is found for other acts.
    state(Now::Open);
    assert_eq!(put(&seek("accept")), Some(0));
    assert_eq!(put(&seek("decline")), Some(0));
}

/// Words of paragraphs, by number.
fn shape() -> impl Strategy<Value = Vec<Vec<usize>>> {
    prop::collection::vec(prop::collection::vec(0_usize..40, 1..16), 1..8)
}

/// Where something is edited, and how.
fn edits() -> impl Strategy<Value = Vec<(usize, usize, usize)>> {
    prop::collection::vec((any::<usize>(), any::<usize>(), 0_usize..4), 0..8)
}

fn built(shape: &[Vec<String>]) -> Document {
    let inline = |(at, word): (usize, &String)| {
        let text = Inline::Text(if at == 0 { word.clone() } else { format!(" {word}") });
        match at % 3 {
            2 => {
                Inline::Mark(fanfold_doc::document::Mark::Emphasis, Default::default(), vec![text])
            }
            _ => text,
        }
    };
    let block = |words: &Vec<String>| {
        Block::Paragraph(Default::default(), words.iter().enumerate().map(inline).collect())
    };
    Document { blocks: shape.iter().map(block).collect() }.normalize()
}

proptest! {
    #[test]
    fn a_draft_that_was_written_on_changes_in_the_passage_alone(
        shape in shape(),
        edits in edits(),
        place in (any::<usize>(), any::<usize>()),
        instead in "[a-cé ]{0,8}",
    ) {
        let old: Vec<Vec<String>> =
            shape.iter().map(|own| own.iter().map(|n| format!("w{n}é")).collect()).collect();
        let mut new = old.clone();
        for (p, w, kind) in edits {
            if new.is_empty() {
                break;
            }
            let p = p % new.len();
            let w = w % (new[p].len() + 1);
            match kind {
                0 => new[p].insert(w, "more".to_owned()),
                1 if w < new[p].len() => drop(new[p].remove(w)),
                2 => drop(new.remove(p)),
                _ => { let own = new.remove(p); new.insert(w % (new.len() + 1), own); }
            }
        }
        let (then, now) = (paragraphs(&built(&old)), built(&new));
        let paragraph = place.0 % then.len();
        let words: Vec<&str> = then[paragraph].split(' ').collect();
        let quoted = words[place.1 % words.len()];
        let start = then[paragraph].find(quoted).expect("there");
        let passage = Passage { paragraph, bytes: start..start + quoted.len() };
        let before = paragraphs(&now);
        let texts = [then.clone(), before.clone()].map(Text::of);
        let Some(found) = anchor::find(&texts[0], &passage, &texts[1]) else { return Ok(()) };
        let edit = Edit {
            paragraph: found.paragraph,
            bytes: found.bytes.clone(),
            old: quoted.to_owned(),
            new: instead.clone(),
        };
        let (after, done) = lay(&now, &[(edit, RemarkId(1))]);
        if done.is_empty() {
            prop_assert_eq!(after, now);
            return Ok(());
        }
        let mut want = before;
        want[found.paragraph].replace_range(found.bytes, &instead);
        let words = |texts: Vec<String>| -> Vec<Vec<String>> {
            let own = texts.iter().map(|text| text.split_whitespace().map(str::to_owned).collect());
            own.filter(|words: &Vec<String>| !words.is_empty()).collect()
        };
        prop_assert_eq!(words(paragraphs(&after)), words(want));
    }
}
