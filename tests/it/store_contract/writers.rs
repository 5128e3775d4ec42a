//! Works that several write: who is asked, who says yes, what becomes of it when somebody goes.

use fanfold::archive::account::AccountState;
use fanfold::archive::person::{AccountId, AskId, PseudId};
use fanfold::archive::work::{Millis, WorkId};
use fanfold::store::{Parting, Pen, Store, Text};

use super::{NOW, Told, account, on_each, plain, post, sound};

fn begun(store: &Store, owner: AccountId) -> WorkId {
    let work = plain("Two Lamps", "One was lit.");
    store.write(|tx| tx.begin_work(&work, owner, NOW, "begun")).expect("begun")
}

fn ask(store: &Store, work: WorkId, name: &str) {
    store.write(|tx| tx.ask_writer(work, name, NOW)).expect("asked");
}

/// The pen name of an account with this name.
fn pen(store: &Store, account: AccountId, name: &str) -> PseudId {
    let told: Told<PseudId> = store.write(|tx| {
        assert!(tx.insert_pseud(account, name, NOW)?);
        Ok(tx.pseuds(account)?.into_iter().find(|own| own.name == name).expect("there").id)
    });
    told.expect("written")
}

/// The only question to an account.
fn offer(store: &Store, account: AccountId) -> Option<AskId> {
    let offers = store.read(|tx| tx.offers(account, 9)).expect("read");
    assert!(offers.len() < 2, "{offers:?}");
    offers.first().map(|offer| offer.id)
}

fn joins(store: &Store, work: WorkId, account: AccountId, name: &str, at: i64) {
    let pen = pen(store, account, name);
    ask(store, work, name);
    let ask = offer(store, account).expect("asked");
    let done = store.write(|tx| tx.accept_offer(account, ask, pen, Millis(NOW.0 + at)));
    assert_eq!(done.expect("written"), Some(work));
}

fn authors(store: &Store, work: WorkId) -> Vec<String> {
    let told: Told<_> = store.read(|tx| {
        let shown = tx.archive().work(work)?.map(|work| work.facts.authors);
        Ok(shown.unwrap_or_default().into_iter().map(|author| author.name).collect())
    });
    told.expect("read")
}

#[test]
fn whoever_is_asked_and_nobody_else_says_yes() {
    on_each(|library| {
        let store = &library.store;
        let [ann, ben, cy] = ["Ann", "Ben", "Cy"].map(|name| account(store, name));
        let work = begun(store, ann);
        let quill = pen(store, ben, "Quill");
        for name in ["quill", "Nobody At All", "Cy"] {
            ask(store, work, name);
            ask(store, work, name);
        }
        let asked = store.read(|tx| tx.asked(work)).expect("read");
        let names: Vec<&str> = asked.iter().map(|own| own.name.as_str()).collect();
        assert_eq!(names, ["quill", "Nobody At All", "Cy"]);
        let (to_ben, to_cy) = (offer(store, ben).expect("asked"), offer(store, cy).expect("asked"));
        let accept =
            |who, ask, pen| store.write(|tx| tx.accept_offer(who, ask, pen, NOW)).expect("written");
        // With the question to another, or a name of another, nobody comes in.
        assert_eq!(accept(cy, to_ben, quill), None);
        assert_eq!(accept(cy, to_cy, quill), None);
        assert_eq!(accept(ben, to_cy, quill), None);
        assert_eq!(store.read(|tx| tx.writers(work)).expect("read"), []);
        assert_eq!(accept(ben, to_ben, quill), Some(work));
        assert_eq!(accept(ben, to_ben, quill), None);
        assert!(store.write(|tx| tx.decline_offer(cy, to_cy)).expect("written"));
        assert!(!store.write(|tx| tx.decline_offer(cy, to_cy)).expect("written"));
        assert!(!store.write(|tx| tx.decline_offer(ben, to_cy)).expect("written"));
        assert_eq!(offer(store, cy), None);
        let unask = |ask| store.write(|tx| tx.unask_writer(work, ask)).expect("written");
        assert!(!unask(to_cy), "a no is not to be forgotten");
        ask(store, work, "Cy");
        assert_eq!(offer(store, cy), None, "no is no");
        let told: Told<()> = store.read(|tx| {
            let draft = tx.desk(work)?.expect("a draft").draft;
            let names: Vec<&str> = draft.facts.authors.iter().map(|a| a.name.as_str()).collect();
            assert_eq!(names, ["Quill"]);
            assert_eq!(tx.works_of(ben)?, [work]);
            assert_eq!(tx.works_of(cy)?, []);
            assert_eq!(tx.history(work, 0, 1)?[0].who.as_deref(), Some("Quill"));
            Ok(())
        });
        told.expect("read");
        // Asked by a second name of theirs, they are not asked again, and the owner learns nothing.
        ask(store, work, "Ben");
        assert_eq!(offer(store, ben), None);
        let asked = store.read(|tx| tx.asked(work)).expect("read");
        let seen: Vec<_> = asked.iter().map(|own| (own.name.as_str(), own.declined)).collect();
        assert_eq!(seen, [("Nobody At All", false), ("Cy", true), ("Ben", false)]);
        assert!(unask(asked[0].id) && !unask(asked[0].id));
        sound(store);
    });
}

#[test]
fn questions_say_what_they_are_about_and_have_an_end() {
    on_each(|library| {
        let store = &library.store;
        let [ann, ben] = ["Ann", "Ben"].map(|name| account(store, name));
        let works: Vec<WorkId> = (0..4).map(|_| begun(store, ann)).collect();
        let drafted = |work: WorkId, title: &str, author: &str| {
            let told: Told<()> = store.write(|tx| {
                let desk = tx.desk(work)?.expect("a draft");
                let mut draft = desk.draft.clone();
                draft.facts.title = title.to_owned();
                draft.facts.authors =
                    vec![fanfold_doc::imported::Author { name: author.to_owned(), url: None }];
                let pen = Pen { who: Some(ann), at: NOW, sitting: None };
                tx.redraft(desk, &draft, &pen, "a test").map(drop)
            });
            told.expect("written");
        };
        for (work, title) in works.iter().zip(["One", "Two", "Three", "Four"]) {
            drafted(*work, title, "Quill");
            ask(store, *work, "Ben");
        }
        // Of what is posted it tells what readers see.
        post(store, works[1], ann);
        drafted(works[1], "Two and more", "Nib");
        let offers = |most| {
            let offers = store.read(|tx| tx.offers(ben, most)).expect("read").into_iter();
            let said = |own: fanfold::store::Offer| {
                let names: Vec<String> = own.authors.into_iter().map(|own| own.name).collect();
                (own.title, names.join(", "))
            };
            offers.map(said).collect::<Vec<_>>()
        };
        let said = |title: &str, by: &str| (title.to_owned(), by.to_owned());
        let all = ["One", "Two", "Three", "Four"].map(|title| said(title, "Quill"));
        assert_eq!(offers(9), all);
        assert_eq!(offers(3), all[..3]);
        let waiting = |who| store.read(|tx| tx.waiting_offers(who)).expect("read");
        assert_eq!((waiting(ben), waiting(ann)), (4, 0));
        // The last of many is answered like the first.
        let pen = pen(store, ben, "Stylus");
        let last = store.read(|tx| tx.offers(ben, 9)).expect("read").pop().expect("asked");
        let joined = store.write(|tx| tx.accept_offer(ben, last.id, pen, NOW)).expect("written");
        assert_eq!((joined, waiting(ben)), (Some(works[3]), 3));
        let first = store.read(|tx| tx.offers(ben, 9)).expect("read").remove(0);
        assert!(store.write(|tx| tx.decline_offer(ben, first.id)).expect("written"));
        store.write(|tx| tx.bin_work(works[1], NOW)).expect("binned");
        assert_eq!((waiting(ben), offers(9)), (1, vec![said("Three", "Quill")]));
    });
}

#[test]
fn the_byline_has_all_who_write_in_the_order_that_they_say() {
    on_each(|library| {
        let store = &library.store;
        let [ann, ben, cy] = ["Ann", "Ben", "Cy"].map(|name| account(store, name));
        let work = begun(store, ann);
        joins(store, work, ben, "Quill", 1);
        joins(store, work, cy, "Nib", 2);
        let order = |names: &[&str]| {
            let told: Told<()> = store.write(|tx| {
                let desk = tx.desk(work)?.expect("a draft");
                let mut draft = desk.draft.clone();
                let named = |name: &&str| fanfold_doc::imported::Author {
                    name: (*name).to_owned(),
                    url: None,
                };
                draft.facts.authors = names.iter().map(named).collect();
                let pen = Pen { who: Some(ben), at: NOW, sitting: None };
                tx.redraft(desk, &draft, &pen, "a test").map(drop)
            });
            told.expect("written");
        };
        order(&["Nib", "Ann", "Quill"]);
        post(store, work, cy);
        assert_eq!(authors(store, work), ["Nib", "Ann", "Quill"]);
        // Nobody is left out of it.
        order(&["Ann"]);
        post(store, work, ann);
        assert_eq!(authors(store, work), ["Ann", "Quill", "Nib"]);
        // Whoever goes leaves the name, or takes it along.
        let leave = |who, forget| {
            store.write(|tx| tx.remove_writer(work, who, forget, NOW)).expect("written")
        };
        assert!(leave(ben, false) && !leave(ben, true));
        assert_eq!(authors(store, work), ["Ann", "Quill", "Nib"]);
        assert!(leave(cy, true));
        assert_eq!(authors(store, work), ["Ann", "Quill"]);
        assert_eq!(store.read(|tx| tx.works_of(cy)).expect("read"), []);
        sound(store);
    });
}

#[test]
fn a_work_outlives_the_accounts_of_those_who_write_it() {
    on_each(|library| {
        let store = &library.store;
        let [ann, ben, cy, dot] = ["Ann", "Ben", "Cy", "Dot"].map(|name| account(store, name));
        let works: Vec<WorkId> = (0..3).map(|_| begun(store, ann)).collect();
        for work in &works[..2] {
            joins(store, *work, cy, "Nib", 5);
            joins(store, *work, ben, "Quill", 2);
            post(store, *work, ann);
        }
        post(store, works[2], ann);
        let delete = |who, parting| {
            store.write(|tx| tx.delete_account(who, parting, NOW)).expect("deleted");
        };
        let owner = |work: WorkId| {
            store.read(|tx| tx.visibility(work)).expect("read").expect("there").owner
        };
        delete(cy, Parting::Bin);
        // What was written along stays its owner's, without the name.
        assert_eq!((owner(works[0]), authors(store, works[0])), (Some(ann), vec!["Quill".into()]));
        let given = |heir, from| {
            store.write(|tx| tx.hand_over(works[1], heir, from, NOW)).expect("written")
        };
        assert!(!given(dot, None), "who does not write it is no heir");
        let state = |state| store.write(|tx| tx.put_state(ben, state)).expect("written");
        state(AccountState::Closed);
        assert!(!given(ben, None), "whoever cannot sign in is no heir");
        state(AccountState::Open);
        assert!(given(ben, Some((ann, "Ann"))));
        assert_eq!(owner(works[1]), Some(ben));
        let told: Vec<_> = store.read(|tx| tx.writers(works[1])).expect("read");
        assert_eq!(told.iter().map(|own| own.account).collect::<Vec<_>>(), [ann]);
        delete(ann, Parting::HandOver);
        assert_eq!(
            (owner(works[0]), owner(works[1]), owner(works[2])),
            (Some(ben), Some(ben), None)
        );
        assert_eq!(store.read(|tx| tx.writers(works[1])).expect("read"), []);
        let shown = store.read(|tx| tx.visibility(works[2])).expect("read").expect("there");
        assert!(shown.is_posted());
        delete(ben, Parting::Bin);
        for work in &works[..2] {
            let shown = store.read(|tx| tx.visibility(*work)).expect("read").expect("there");
            assert!(shown.binned_at.is_some() && shown.writers.is_empty(), "{shown:?}");
        }
        sound(store);
        store.write(|tx| tx.empty_bin(Millis(NOW.0 + 1))).expect("emptied");
        sound(store);
    });
}

#[test]
fn nobody_inherits_a_work_who_cannot_sign_in() {
    on_each(|library| {
        let store = &library.store;
        let [ann, ben, cy] = ["Ann", "Ben", "Cy"].map(|name| account(store, name));
        let [both, closed] = [begun(store, ann), begun(store, ann)];
        for work in [both, closed] {
            joins(store, work, ben, "Quill", 1);
        }
        joins(store, both, cy, "Nib", 2);
        post(store, both, ann);
        post(store, closed, ann);
        let told: Told<()> = store.write(|tx| {
            tx.put_state(ben, AccountState::Closed)?;
            tx.delete_account(ann, Parting::HandOver, NOW)
        });
        told.expect("written");
        let shown = |work| store.read(|tx| tx.visibility(work)).expect("read").expect("there");
        // Who has written it longer, but is not in use, writes it still.
        assert_eq!((shown(both).owner, shown(both).writers), (Some(cy), vec![ben]));
        // Where nobody is left, it is nobody's, and readers have it still.
        assert_eq!((shown(closed).owner, shown(closed).is_posted()), (None, true));
        assert_eq!(authors(store, closed), ["Quill"]);
        sound(store);
    });
}

/// The only chapter of a work, written anew.
fn edited(store: &Store, work: WorkId, who: AccountId, text: &str) {
    let told: Told<()> = store.write(|tx| {
        let desk = tx.desk(work)?.expect("a draft");
        let id = desk.draft.chapters[0].id;
        let chapter = &plain("Two Lamps", text).chapters[0];
        let pen = Pen { who: Some(who), at: NOW, sitting: None };
        tx.save(work, Text::Chapter(id, chapter), None, &pen, "edited").map(drop)
    });
    told.expect("written");
}

#[test]
fn a_name_that_was_forgotten_does_not_come_back() {
    on_each(|library| {
        let store = &library.store;
        let [ann, ben, cy, dot] = ["Ann", "Ben", "Cy", "Dot"].map(|name| account(store, name));
        let work = begun(store, ann);
        joins(store, work, ben, "Quill", 1);
        joins(store, work, cy, "Nib", 2);
        joins(store, work, dot, "Dót", 3);
        post(store, work, ann);
        let forget = |who| store.write(|tx| tx.remove_writer(work, who, true, NOW));
        let bin = || assert!(store.write(|tx| tx.bin_work(work, NOW)).expect("binned"));
        let unbin = || assert!(store.write(|tx| tx.unbin_work(work, NOW)).expect("taken out"));
        // Nothing is drafted: what is posted next is made from what is posted.
        assert!(forget(cy).expect("written"));
        edited(store, work, ann, "Two were lit.");
        post(store, work, ann);
        assert_eq!(authors(store, work), ["Quill", "Dót"]);
        bin();
        unbin();
        assert_eq!(authors(store, work), ["Quill", "Dót"]);
        // There is a draft beside what is posted, which may be let go.
        edited(store, work, ann, "Three were lit.");
        assert!(forget(ben).expect("written"));
        assert!(store.write(|tx| tx.discard_draft(work)).expect("written"));
        edited(store, work, ann, "Four were lit.");
        bin();
        store.write(|tx| tx.delete_account(dot, Parting::Bin, NOW)).expect("deleted");
        unbin();
        assert_eq!(authors(store, work), Vec::<String>::new());
        post(store, work, ann);
        assert_eq!(authors(store, work), Vec::<String>::new());
        sound(store);
    });
}

#[test]
fn the_history_never_tells_the_account_of_a_co_author() {
    on_each(|library| {
        let store = &library.store;
        let [ann, ben, cy] = ["Ann", "Ben", "Cy"].map(|name| account(store, name));
        let work = begun(store, ann);
        joins(store, work, ben, "Quill", 1);
        joins(store, work, cy, "Nib", 2);
        let who = || {
            let told: Told<Vec<String>> = store.read(|tx| {
                let pasts = tx.history(work, 0, 9)?;
                for past in &pasts {
                    assert_eq!(tx.past(past.id)?.as_ref(), Some(past));
                }
                Ok(pasts.into_iter().rev().filter_map(|past| past.who).collect())
            });
            told.expect("read")
        };
        assert_eq!(who(), ["Ann", "Quill", "Nib"]);
        store.write(|tx| tx.remove_writer(work, ben, false, NOW)).expect("written");
        assert_eq!(who(), ["Ann", "a former co-author", "Nib"]);
        // Nor is it told once the work belongs to nobody, to those who still write it.
        post(store, work, ann);
        store.write(|tx| tx.delete_account(ann, Parting::Keep, NOW)).expect("deleted");
        assert_eq!(who(), ["a former co-author", "a former co-author", "Nib"]);
    });
}

#[test]
fn questions_end_with_whoever_asked_them() {
    on_each(|library| {
        let store = &library.store;
        let [ann, ben, cy, dot] = ["Ann", "Ben", "Cy", "Dot"].map(|name| account(store, name));
        let work = begun(store, ann);
        joins(store, work, ben, "Quill", 1);
        let asked = || {
            let all: Vec<_> = store.read(|tx| tx.asked(work)).expect("read");
            all.into_iter().map(|own| own.name).collect::<Vec<_>>()
        };
        let ask_all = || ["Cy", "Dot", "Nobody At All"].map(|name| ask(store, work, name));
        ask_all();
        let no = offer(store, dot).expect("asked");
        assert!(store.write(|tx| tx.decline_offer(dot, no)).expect("written"));
        let given = store.write(|tx| tx.hand_over(work, ben, Some((ann, "Ann")), NOW));
        assert!(given.expect("written"));
        assert_eq!((offer(store, cy), asked()), (None, vec!["Dot".to_owned()]));
        for parting in [Parting::HandOver, Parting::Keep] {
            ask_all();
            assert_eq!((offer(store, dot), asked().len()), (None, 3), "no is no");
            let owner = store.read(|tx| tx.visibility(work)).expect("read").expect("there").owner;
            let owner = owner.expect("somebody's");
            store.write(|tx| tx.delete_account(owner, parting, NOW)).expect("deleted");
            assert_eq!((offer(store, cy), asked()), (None, vec!["Dot".to_owned()]));
        }
        sound(store);
    });
}
