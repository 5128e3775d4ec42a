//! Links for beta readers: what they lead to stays as it was, and goes with its work.

use fanfold::archive::anchor::Passage;
use fanfold::archive::beta::SAID_BYTES_MOST;
use fanfold::archive::beta::{Beta, BetaId, Hand, NewRemark, REMARKS_MOST, Remark, State};
use fanfold::archive::limits::WorkLimits;
use fanfold::archive::revision::BIN;
use fanfold::archive::work::{ChapterId, Hash, Millis, RevisionId, WorkId};
use fanfold::store::{Parting, Pen, Saved, Store};

use super::drafts::{begun, body, desk, head, save};
use super::{NOW, Told, chapter, on_each, plain, sound};

fn link(text: &str) -> Hash {
    Hash::of(text.as_bytes())
}

fn made(store: &Store, work: WorkId, revision: RevisionId, name: &str) -> Option<BetaId> {
    let at = (work, revision);
    store.write(|tx| tx.insert_beta(at, name, &link(name), NOW)).expect("written")
}

fn opened(store: &Store, name: &str) -> Option<Beta> {
    store.read(|tx| tx.beta_by_link(&link(name))).expect("read")
}

fn remark(said: &str, instead: Option<&str>) -> NewRemark {
    NewRemark {
        chapter: ChapterId(1),
        passage: Passage { paragraph: 0, bytes: 3..9 },
        quoted: "rained".to_owned(),
        said: said.to_owned(),
        instead: instead.map(str::to_owned),
        who: "Mina".to_owned(),
    }
}

fn remarks(store: &Store, beta: BetaId) -> Vec<Remark> {
    store.read(|tx| tx.remarks(beta)).expect("read")
}

/// The first chapter as a link shows it.
fn read(store: &Store, revision: RevisionId) -> String {
    let read: Told<String> = store.read(|tx| {
        let draft = tx.draft(revision)?.expect("a draft");
        let own = draft.chapter(ChapterId(1)).expect("a chapter").clone();
        Ok(tx.drafted(&own)?.body.into_string())
    });
    read.expect("read")
}

#[test]
fn what_a_link_shows_stays_while_its_writer_writes_on() {
    on_each(|library| {
        let store = &library.store;
        let (work, who) = begun(store);
        let pen = |second: i64| {
            let at = Millis(NOW.0 + second * 1_000);
            Pen { who: Some(who), at, sitting: Some("sitting") }
        };
        let write = |text: &str, second| {
            let new = chapter("One", text);
            match save(store, work, (1, &new), Some(head(store, work, 1)), pen(second)) {
                Saved::Kept { head, .. } => head.revision,
                other => panic!("{other:?}"),
            }
        };
        let revision = write("It rained once.", 1);
        assert_eq!(write("It rained twice.", 2), revision, "one sitting");
        let generation = store.generation();
        let beta = made(store, work, revision, "Mina").expect("made");
        let shown = read(store, revision);
        assert!(shown.contains("twice"));
        for second in 3..40 {
            let now = write(&format!("It rained {second} times."), second);
            assert_ne!(now, revision, "nothing is folded into what is read");
        }
        assert_eq!(read(store, revision), shown);
        assert!(body(store, work, 1).contains("39 times"));
        assert_eq!(store.read(|tx| tx.history(work, 0, 99)).expect("read").len(), 3);
        assert_eq!(store.generation(), generation, "readers' pages are as they were");
        // Also a revision that lost is not written over any more.
        let late = chapter("One", "It snowed.");
        let old = fanfold::archive::revision::Head {
            revision,
            mark: fanfold::archive::revision::Mark(1),
        };
        let Saved::Conflict { yours, .. } = save(store, work, (1, &late), Some(old), pen(50))
        else {
            panic!("no conflict");
        };
        made(store, work, yours, "Lucy").expect("made");
        let later = chapter("One", "It hailed.");
        let Saved::Conflict { yours: other, .. } =
            save(store, work, (1, &later), Some(old), pen(51))
        else {
            panic!("no conflict");
        };
        assert_ne!(yours, other);
        assert!(read(store, yours).contains("snowed"));
        // Nor is it lost when it is posted, let go of, or the work comes back out of the bin.
        store.write(|tx| tx.post(work, &pen(60), &WorkLimits::default())).expect("posted");
        store.write(|tx| tx.bin_work(work, NOW)).expect("binned");
        assert_eq!(opened(store, "Mina").and_then(|beta| beta.binned_at), Some(NOW));
        store.write(|tx| tx.unbin_work(work, NOW)).expect("out");
        assert_eq!(read(store, revision), shown);
        let row = store.read(|tx| tx.betas(work)).expect("read").pop().expect("a link");
        assert_eq!((row.beta.id, row.remarks, row.waiting), (beta, 0, 0));
        sound(store);
    });
}

#[test]
fn links_belong_to_their_work() {
    on_each(|library| {
        let store = &library.store;
        let (work, who) = begun(store);
        let other = store.write(|tx| tx.begin_work(&plain("Other", "a text"), who, NOW, "begun"));
        let other = other.expect("begun");
        let (own, foreign) = (desk(store, work).revision, desk(store, other).revision);
        assert_eq!(made(store, work, foreign, "x"), None, "a revision of another work");
        assert_eq!(made(store, work, RevisionId(999), "x"), None);
        let beta = made(store, work, own, "Mina").expect("made");
        assert_eq!(opened(store, "Mina").map(|beta| beta.work), Some(work));
        assert_eq!(opened(store, "Minä"), None);
        let wrong: Told<()> = store.write(|tx| {
            assert!(!tx.open_beta(other, beta, false)?);
            assert!(!tx.put_beta_link(other, beta, &link("new"))?);
            Ok(())
        });
        wrong.expect("written");
        assert!(opened(store, "Mina").is_some_and(|beta| beta.open));
        let closed: Told<()> = store.write(|tx| {
            assert!(tx.open_beta(work, beta, false)?);
            Ok(())
        });
        closed.expect("written");
        assert!(opened(store, "Mina").is_some_and(|beta| !beta.open));
        store.write(|tx| tx.put_beta_link(work, beta, &link("new"))).expect("written");
        assert_eq!(opened(store, "Mina"), None, "the old secret leads nowhere");
        assert!(opened(store, "new").is_some_and(|beta| beta.open));
        // What was said is found by its own work alone.
        let hand = Hand::Browser(link("cookie"));
        let kept = store.write(|tx| tx.insert_remarks(beta, hand, &[remark("Rain?", None)], NOW));
        assert!(kept.expect("written"));
        let id = remarks(store, beta)[0].id;
        assert!(store.read(|tx| tx.remark(work, id)).expect("read").is_some());
        assert_eq!(store.read(|tx| tx.remark(other, id)).expect("read"), None);
        assert_eq!(store.read(|tx| tx.waiting_remarks(work)).expect("read"), 1);
        assert_eq!(store.read(|tx| tx.waiting_remarks(other)).expect("read"), 0);
        let desks = store.read(|tx| tx.desks(who, false, 0, 9)).expect("read");
        let mut waiting: Vec<_> = desks.iter().map(|row| (row.work, row.waiting)).collect();
        waiting.sort_unstable();
        assert_eq!(waiting, [(work, 1), (other, 0)]);
        // The bin takes all of it along when it is emptied.
        store.write(|tx| tx.bin_work(work, NOW)).expect("binned");
        store.write(|tx| tx.empty_bin(Millis(NOW.0 + BIN))).expect("emptied");
        assert_eq!((opened(store, "new"), remarks(store, beta)), (None, Vec::new()));
        sound(store);
    });
}

#[test]
fn remarks_are_kept_taken_back_and_decided() {
    on_each(|library| {
        let store = &library.store;
        let (work, who) = begun(store);
        let beta = made(store, work, desk(store, work).revision, "Mina").expect("made");
        let (browser, account) = (Hand::Browser(link("cookie")), Hand::Account(who));
        let two = [remark("Rain & <b>snow</b>\0?", None), remark("", Some(""))];
        let put = |hand, remarks: &[NewRemark]| {
            store.write(|tx| tx.insert_remarks(beta, hand, remarks, NOW)).expect("written")
        };
        assert!(put(browser, &two) && put(account, &[remark("", Some("poured"))]));
        let kept = remarks(store, beta);
        let said: Vec<_> = kept.iter().map(|own| (own.is.clone(), own.hand)).collect();
        let mut first = two[0].clone();
        first.said = first.said.replace('\0', "\u{fffd}");
        let third = remark("", Some("poured"));
        let want =
            [(first, Some(browser)), (two[1].clone(), Some(browser)), (third, Some(account))];
        assert_eq!(said, want);
        let back =
            |id, hands: &[Hand]| store.write(|tx| tx.take_back(beta, id, hands)).expect("written");
        let own = store.read(|tx| tx.remarks_by(who)).expect("read");
        assert_eq!(own, kept[2..]);
        let stranger = Hand::Browser(link("another"));
        assert!(!back(kept[0].id, &[stranger, account]) && !back(kept[2].id, &[browser]));
        assert!(!back(kept[0].id, &[]));
        assert!(back(kept[0].id, &[account, browser]));
        let decided: Told<()> = store.write(|tx| {
            tx.put_remark_state(kept[1].id, State::Accepted)?;
            tx.put_answer(kept[1].id, "Thank you.")
        });
        decided.expect("written");
        assert!(!back(kept[1].id, &[browser]), "it is decided");
        let left = remarks(store, beta);
        assert_eq!(
            (left.len(), left[0].state, left[0].answer.as_str()),
            (2, State::Accepted, "Thank you.")
        );
        let name = |hand| store.read(|tx| tx.last_name(beta, hand)).expect("read");
        assert_eq!((name(browser).as_deref(), name(stranger)), (Some("Mina"), None));
        // Whoever leaves takes the name along.
        store.write(|tx| tx.delete_account(who, Parting::Keep, NOW)).expect("deleted");
        assert!(opened(store, "Mina").is_some_and(|beta| !beta.open), "nor does a link stay");
        let left = remarks(store, beta);
        assert_eq!((left[1].is.who.as_str(), left[1].hand), ("", None));
        assert_eq!((left[0].is.who.as_str(), left[0].hand), ("Mina", Some(browser)));
        // There is an end to it, and nothing is kept in part.
        let many = vec![remark("again", None); REMARKS_MOST as usize - 1];
        assert!(!put(browser, &many));
        assert_eq!(remarks(store, beta).len(), 2);
        assert!(put(browser, &many[1..]) && !put(browser, &many[..1]));
    });
}

#[test]
fn a_link_takes_so_much_text_and_tells_chapters_apart() {
    on_each(|library| {
        let store = &library.store;
        let (work, _) = begun(store);
        let beta = made(store, work, desk(store, work).revision, "Mina").expect("made");
        let other = made(store, work, desk(store, work).revision, "Lucy").expect("made");
        let hand = Hand::Browser(link("cookie"));
        let put = |beta, remarks: &[NewRemark]| {
            store.write(|tx| tx.insert_remarks(beta, hand, remarks, NOW)).expect("written")
        };
        let second = NewRemark { chapter: ChapterId(2), ..remark("Dry?", None) };
        assert!(put(beta, &[remark("One", None), second.clone(), remark("", Some("hailed"))]));
        let said = store.read(|tx| tx.remarks_by_chapter(beta)).expect("read");
        assert_eq!(said, [(ChapterId(1), 2), (ChapterId(2), 1)].into());
        let of = |beta, chapter| {
            let chapter = ChapterId(chapter);
            let remarks = store.read(|tx| tx.remarks_on(beta, chapter)).expect("read");
            remarks.into_iter().map(|own| own.is).collect::<Vec<_>>()
        };
        assert_eq!(of(beta, 1), [remark("One", None), remark("", Some("hailed"))]);
        assert_eq!((of(beta, 2), of(beta, 3)), (vec![second.clone()], Vec::new()));
        // Letters are counted as the bytes that they are, in each part, to the last one.
        let there: u64 = [&remark("One", None), &second, &remark("", Some("hailed"))]
            .map(NewRemark::bytes)
            .iter()
            .sum();
        let long = |bytes: u64| "é".repeat(bytes as usize / 2) + &"x".repeat(bytes as usize % 2);
        let rest = SAID_BYTES_MOST - there - remark("", Some("")).bytes();
        let (half, more) = (rest / 2, rest - rest / 2);
        let full = remark(&long(half), Some(&long(more)));
        let over = remark(&long(half), Some(&long(more + 1)));
        assert!(!put(beta, std::slice::from_ref(&over)));
        assert!(put(beta, std::slice::from_ref(&full)));
        let least = NewRemark { quoted: "x".to_owned(), who: String::new(), ..remark("", None) };
        assert!(!put(beta, std::slice::from_ref(&least)));
        assert_eq!(of(beta, 1).len(), 3, "nothing is kept in part");
        assert!(put(other, &[least]), "another link has room of its own");
        assert!(store.read(|tx| tx.remarks_by_chapter(other)).expect("read").len() == 1);
    });
}

#[test]
fn a_writer_reads_a_part_of_what_all_links_brought() {
    on_each(|library| {
        let store = &library.store;
        let (work, who) = begun(store);
        let other = store.write(|tx| tx.begin_work(&plain("Other", "a text"), who, NOW, "begun"));
        let other = other.expect("begun");
        let made = |work, name| made(store, work, desk(store, work).revision, name).expect("made");
        let [one, two, foreign] = [made(work, "one"), made(work, "two"), made(other, "other")];
        let [ann, ben] = ["Ann", "Ben"].map(|name| Hand::Browser(link(name)));
        let own = Hand::Account(who);
        let at = |chapter, paragraph, said: &str, instead| {
            let passage = Passage { paragraph, bytes: 3..9 };
            let who = said.split(' ').next().unwrap_or_default().to_owned();
            NewRemark { chapter: ChapterId(chapter), passage, who, ..remark(said, instead) }
        };
        let put = |beta, hand, remarks: &[NewRemark]| {
            let kept = store.write(|tx| tx.insert_remarks(beta, hand, remarks, NOW));
            assert!(kept.expect("written"));
        };
        let (new, none) = (Some("poured"), None);
        put(one, ann, &[at(2, 0, "Ann 1", new), at(1, 7, "Ann 2", new), at(1, 1, "Ann 3", none)]);
        put(two, ben, &[at(1, 1, "Ben 1", new), at(1, 0, "Ben 2", none)]);
        put(two, ann, &[at(1, 3, "Nan 1", new)]);
        put(two, own, &[at(1, 4, "Wil 1", new), at(1, 2, "Wil 2", new), at(1, 2, "Wil 3", new)]);
        put(foreign, ann, &[at(1, 0, "Far 1", new), at(1, 0, "Far 2", new)]);
        let said = |remarks: Vec<Remark>| {
            remarks.into_iter().map(|own| own.is.said).collect::<Vec<_>>().join(", ")
        };
        let open = |most| said(store.read(|tx| tx.open_remarks(work, most)).expect("read"));
        let decided = |most| said(store.read(|tx| tx.decided_remarks(work, most)).expect("read"));
        let all = "Ben 2, Ann 3, Ben 1, Wil 2, Wil 3, Nan 1, Wil 1, Ann 2, Ann 1";
        assert_eq!((open(99).as_str(), decided(99).as_str()), (all, ""));
        assert_eq!((open(3).as_str(), open(0).as_str()), ("Ben 2, Ann 3, Ben 1", ""));
        // One hand by two links is two readers; who has but one suggestion is none.
        let suggested = |most| {
            let all = store.read(|tx| tx.suggested(work, most)).expect("read").into_iter();
            all.map(|own| (own.who, own.many)).collect::<Vec<_>>()
        };
        let many = [("Ann".to_owned(), 2), ("Wil".to_owned(), 3)];
        assert_eq!((suggested(9).as_slice(), suggested(1).as_slice()), (&many[..], &many[..1]));
        let told: Told<()> = store.write(|tx| {
            for own in tx.remarks(one)?.into_iter().chain(tx.remarks(two)?) {
                match own.is.said.as_str() {
                    "Wil 2" | "Ann 3" | "Wil 3" => tx.put_remark_state(own.id, State::Accepted)?,
                    "Ann 1" => tx.put_remark_state(own.id, State::Settled)?,
                    _ => {}
                }
            }
            Ok(())
        });
        told.expect("written");
        assert_eq!(open(99), "Ben 2, Ben 1, Nan 1, Wil 1, Ann 2");
        assert_eq!(
            (decided(99).as_str(), decided(1).as_str()),
            ("Wil 3, Wil 2, Ann 3, Ann 1", "Wil 3")
        );
        assert_eq!(suggested(9), []);
        let accepted = |beta| {
            let all = store.read(|tx| tx.accepted_on(beta, ChapterId(1))).expect("read");
            all.into_iter().map(|(at, instead)| (at.paragraph, at.bytes, instead)).collect()
        };
        let taken = (2, 3..9, "poured".to_owned());
        let none: Vec<(usize, std::ops::Range<usize>, String)> = Vec::new();
        assert_eq!((accepted(one), accepted(two)), (none, vec![taken.clone(), taken]));
    });
}

#[test]
fn revisions_with_names_are_found_however_many_came_since() {
    on_each(|library| {
        let store = &library.store;
        let (work, who) = begun(store);
        let name = |name: &str| {
            let revision = desk(store, work).revision;
            let done = store.write(|tx| tx.name_revision(work, revision, Some(name)));
            assert!(done.expect("written"));
            revision
        };
        let write = |text: &str| {
            let pen = Pen { who: Some(who), at: NOW, sitting: None };
            let head = Some(head(store, work, 1));
            let saved = save(store, work, (1, &chapter("One", text)), head, pen);
            assert!(matches!(saved, Saved::Kept { .. }), "{saved:?}");
        };
        let first = name("begun");
        write("It snowed.");
        let second = name("snow");
        for day in 0..9 {
            write(&format!("It snowed for {day} days."));
        }
        let named = |most| store.read(|tx| tx.named_revisions(work, most)).expect("read");
        let want = [(second, 2, "snow".to_owned()), (first, 1, "begun".to_owned())];
        assert_eq!(named(2), want);
        assert_eq!(named(1), want[..1]);
    });
}
