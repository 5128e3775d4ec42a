//! Gifts and works that come from others, as both databases keep them.

use fanfold::archive::access::Audience;
use fanfold::archive::limits::WorkLimits;
use fanfold::archive::person::{Account, AccountId, Role, Visitor};
use fanfold::archive::ties::{Comments, Kind, Origin, Source, Ties};
use fanfold::archive::work::{NewWork, WorkId};
use fanfold::store::{Parting, Pen, Posted, Store};

use super::{NOW, Told, account, href, on_each, plain, sound};

fn visitor(id: AccountId) -> Visitor {
    let account = Account { id, name: "x".to_owned(), role: Role::Member };
    Visitor { account: Some(account), ..Visitor::default() }
}

fn posted(store: &Store, owner: AccountId, title: &str, ties: &Ties) -> WorkId {
    let mut work: NewWork = plain(title, "One was lit.");
    work.facts.ties = ties.clone();
    let pen = Pen { who: Some(owner), at: NOW, sitting: None };
    let told: Told<WorkId> = store.write(|tx| {
        let id = tx.begin_work(&work, owner, NOW, "begun")?;
        assert_eq!(tx.desk(id)?.expect("a draft").draft.facts.ties, *ties);
        let posted = tx.post(id, &pen, &WorkLimits::default())?;
        assert!(matches!(posted, Posted::Shown(_)), "{posted:?}");
        Ok(id)
    });
    told.expect("posted")
}

fn ties(parent: WorkId) -> Ties {
    let far = |kind, title: &str, author: &str| Source {
        kind,
        origin: Origin::Elsewhere {
            url: href("https://far.example/7"),
            title: title.to_owned(),
            author: author.to_owned(),
        },
    };
    Ties {
        gifts: vec!["Ben".to_owned(), "Zoë".to_owned(), "ben".to_owned()],
        sources: vec![
            Source { kind: Kind::Inspired, origin: Origin::Here(parent) },
            Source { kind: Kind::Translation, origin: Origin::Here(parent) },
            far(Kind::Inspired, "Rain by Rain", ""),
            far(Kind::Translation, "", "Wil"),
        ],
        comments: Comments::Nobody,
    }
}

#[test]
fn ties_are_kept_posted_binned_and_taken_out_again() {
    on_each(|library| {
        let store = &library.store;
        let [ann, ben] = ["Ann", "Ben"].map(|name| account(store, name));
        let parent = posted(store, ben, "Brine", &Ties::default());
        let work = posted(store, ann, "Two Lamps", &ties(parent));
        let kept = || {
            let told: Told<Ties> =
                store.read(|tx| Ok(tx.archive().work(work)?.expect("there").facts.ties));
            told.expect("read")
        };
        assert_eq!(kept(), ties(parent));
        assert_eq!(store.read(|tx| tx.comments(work)).expect("read"), Comments::Nobody);
        store.write(|tx| tx.bin_work(work, NOW)).expect("binned");
        let told: Told<()> = store.read(|tx| {
            let seen = tx.seen_by(&visitor(ben));
            assert_eq!((seen.gifts(ben, 9)?.len(), seen.claims(9)?.len()), (0, 0));
            assert_eq!(seen.shown_ties(work)?, Default::default());
            Ok(())
        });
        told.expect("read");
        store.write(|tx| tx.unbin_work(work, NOW)).expect("taken out");
        assert_eq!(kept(), ties(parent));
        let told: Told<()> = store.write(|tx| {
            let desk = tx.desk(work)?.expect("there");
            let mut draft = desk.draft.clone();
            draft.facts.ties = Ties::default();
            let pen = Pen { who: Some(ann), at: NOW, sitting: None };
            tx.redraft(desk, &draft, &pen, "a test")?;
            tx.post(work, &pen, &WorkLimits::default()).map(drop)
        });
        told.expect("posted");
        assert_eq!(kept(), Ties::default());
        sound(store);
    });
}

#[test]
fn ties_are_shown_as_far_as_both_ends_are() {
    on_each(|library| {
        let store = &library.store;
        let [ann, ben, cy] = ["Ann", "Ben", "Cy"].map(|name| account(store, name));
        let parent = posted(store, ben, "Brine", &Ties::default());
        let work = posted(store, ann, "Two Lamps", &ties(parent));
        let linked = Visitor { links: vec![work, parent, work], ..visitor(ben) };
        let viewers = [Visitor::default(), visitor(ann), visitor(ben), visitor(cy), linked];
        for answer in [None, Some(true), Some(false)] {
            if let Some(answer) = answer {
                let done = store.write(|tx| tx.answer_claim(work, parent, answer));
                assert!(done.expect("written"));
            }
            for (child, source) in Audience::ALL
                .into_iter()
                .flat_map(|one| Audience::ALL.into_iter().map(move |other| (one, other)))
            {
                let told: Told<()> = store.write(|tx| {
                    tx.show_to(work, |shown| shown.audience = child, NOW)?;
                    tx.show_to(parent, |shown| shown.audience = source, NOW).map(drop)
                });
                told.expect("written");
                for who in &viewers {
                    let told: Told<()> = store.read(|tx| {
                        let seen = tx.seen_by(who);
                        let (sees_child, sees_parent) = (seen.sees(work)?, seen.sees(parent)?);
                        let ties = seen.shown_ties(work)?;
                        let said = format!("{who:?}, {child:?} from {source:?}, {answer:?}");
                        let here = ties.sources.iter().filter(|own| own.here.is_some()).count();
                        let both = if sees_child && sees_parent { 2 } else { 0 };
                        assert_eq!(here, both, "{said}");
                        let all = if sees_child { here + 2 } else { 0 };
                        assert_eq!(ties.sources.len(), all, "{said}");
                        let shown = tx.visibility(work)?.expect("there");
                        let listed =
                            answer == Some(true) && sees_parent && seen.viewer().is_shown(&shown);
                        assert_eq!(
                            seen.offspring(parent)?.len(),
                            2 * usize::from(listed),
                            "{said}"
                        );
                        let mine = who.account.as_ref().is_some_and(|own| own.id == ben);
                        let claims = if mine && sees_child { 2 } else { 0 };
                        assert_eq!(seen.claims(9)?.len(), claims, "{said}");
                        let waiting = if answer.is_none() { claims } else { 0 };
                        assert_eq!(seen.waiting_claims()?, waiting as u64, "{said}");
                        let gifts = seen.gifts(ben, 9)?.len();
                        assert_eq!(gifts, if sees_child { 2 } else { 0 }, "{said}");
                        Ok(())
                    });
                    told.expect("read");
                }
            }
        }
    });
}

#[test]
fn lists_have_an_end_and_begin_with_what_waits() {
    on_each(|library| {
        let store = &library.store;
        let [ann, ben] = ["Ann", "Ben"].map(|name| account(store, name));
        let parent = posted(store, ben, "Brine", &Ties::default());
        let from = Ties {
            gifts: vec!["Ben".to_owned()],
            sources: vec![Source { kind: Kind::Inspired, origin: Origin::Here(parent) }],
            ..Ties::default()
        };
        let works: Vec<WorkId> =
            (0..6).map(|n| posted(store, ann, &format!("Lamp {n}"), &from)).collect();
        let told: Told<()> = store.write(|tx| {
            for work in &works[4..] {
                assert!(tx.answer_claim(*work, parent, true)?);
            }
            Ok(())
        });
        told.expect("written");
        let seen = |most| {
            let told: Told<_> = store.read(|tx| {
                let seen = tx.seen_by(&visitor(ben));
                let claims = seen.claims(most)?.into_iter();
                let claims: Vec<_> = claims.map(|(own, row)| (own.work, row.facts.title)).collect();
                let gifts: Vec<_> =
                    seen.gifts(ben, most)?.into_iter().map(|(own, _)| own.work).collect();
                Ok((claims, gifts, seen.waiting_claims()?))
            });
            told.expect("read")
        };
        let claim = |n: usize| (works[n], format!("Lamp {n}"));
        let gifts = |all: &[usize]| all.iter().map(|n| works[*n]).collect::<Vec<_>>();
        let all = [3, 2, 1, 0, 5, 4].map(claim).to_vec();
        assert_eq!(seen(9), (all.clone(), gifts(&[5, 4, 3, 2, 1, 0]), 4));
        assert_eq!(seen(5), (all[..5].to_vec(), gifts(&[5, 4, 3, 2, 1]), 4));
        // What one may not see takes no place.
        for work in &works[2..] {
            let hidden = store.write(|tx| {
                tx.show_to(*work, |shown| shown.audience = Audience::Named, NOW).map(drop)
            });
            hidden.expect("written");
        }
        assert_eq!(seen(2), (vec![claim(1), claim(0)], gifts(&[1, 0]), 2));
        assert_eq!(seen(1), (vec![claim(1)], gifts(&[1]), 2));
        assert_eq!(seen(0), (vec![], vec![], 2));
    });
}

#[test]
fn a_gift_is_for_the_account_that_has_the_name_whatever_its_case() {
    on_each(|library| {
        let store = &library.store;
        let [ann, ben, cy] = ["Ann", "Ben", "Cy"].map(|name| account(store, name));
        let gifts = vec!["BEN".to_owned(), "Nobody".to_owned()];
        let work = posted(store, ann, "Two Lamps", &Ties { gifts, ..Ties::default() });
        let shown = || {
            let told: Told<Vec<String>> =
                store.read(|tx| Ok(tx.seen_by(&Visitor::default()).shown_ties(work)?.gifts));
            told.expect("read")
        };
        let take =
            |who, named| store.write(|tx| tx.take_gift(who, work, "Ben", named)).expect("written");
        assert!(!take(cy, false) && !take(ann, false));
        assert_eq!(shown(), ["BEN", "Nobody"]);
        assert!(take(ben, false) && take(ben, false));
        assert_eq!(shown(), ["Nobody"]);
        let told: Told<()> = store.read(|tx| {
            let gifts = tx.seen_by(&visitor(ben)).gifts(ben, 9)?;
            assert_eq!(gifts.len(), 1);
            assert!(gifts[0].0.declined && gifts[0].0.name == "BEN");
            assert!(tx.seen_by(&visitor(cy)).gifts(cy, 9)?.is_empty());
            Ok(())
        });
        told.expect("read");
        assert!(take(ben, true));
        assert_eq!(shown(), ["BEN", "Nobody"]);
    });
}

#[test]
fn who_would_rather_not_be_named_is_so_by_that_name_for_good() {
    on_each(|library| {
        let store = &library.store;
        let [ann, ben, cy] = ["Ann", "Ben", "Cy"].map(|name| account(store, name));
        let pen = |who, name: &str| {
            let told: Told<_> = store.write(|tx| {
                assert!(tx.insert_pseud(who, name, NOW)?);
                Ok(tx.pseuds(who)?.into_iter().find(|own| own.name == name).expect("there").id)
            });
            told.expect("written")
        };
        let quill = pen(ben, "Quill");
        let gifts = ["Ben", "Quill", "Cy"].map(str::to_owned).to_vec();
        let work = posted(store, ann, "Two Lamps", &Ties { gifts, ..Ties::default() });
        let shown = || {
            let told: Told<Vec<String>> =
                store.read(|tx| Ok(tx.seen_by(&Visitor::default()).shown_ties(work)?.gifts));
            told.expect("read")
        };
        let again = || {
            let told: Told<()> = store.write(|tx| {
                let desk = tx.desk(work)?.expect("there");
                let mut draft = desk.draft.clone();
                draft.facts.title.push('!');
                let pen = Pen { who: Some(ann), at: NOW, sitting: None };
                tx.redraft(desk, &draft, &pen, "a test")?;
                assert!(matches!(tx.post(work, &pen, &WorkLimits::default())?, Posted::Shown(_)));
                Ok(())
            });
            told.expect("posted");
        };
        let take = |who, name: &str, named| {
            store.write(|tx| tx.take_gift(who, work, name, named)).expect("written")
        };
        let offered = |who| {
            let told: Told<Vec<String>> = store.read(|tx| {
                let gifts = tx.seen_by(&visitor(who)).gifts(who, 9)?;
                Ok(gifts.into_iter().map(|(gift, _)| gift.name).collect())
            });
            told.expect("read")
        };
        // One name of theirs, and not the others.
        assert!(take(ben, "QUILL", false) && !take(ben, "Cy", false));
        assert_eq!(shown(), ["Ben", "Cy"]);
        assert!(take(ben, "Quill", true));
        assert_eq!(shown(), ["Ben", "Quill", "Cy"]);
        assert!(take(ben, "Quill", false) && take(ben, "Ben", false));
        assert_eq!(offered(ben), ["Ben", "Quill"]);
        // The name goes; what was said of it stays, whoever has it next.
        store.write(|tx| tx.remove_pseud(ben, quill)).expect("written");
        assert_eq!((shown(), offered(ben)), (vec!["Cy".to_owned()], vec!["Ben".to_owned()]));
        pen(cy, "Quill");
        again();
        assert_eq!((shown(), offered(cy)), (vec!["Cy".to_owned()], vec!["Cy".to_owned()]));
        assert!(!take(cy, "Quill", true) && !take(cy, "Quill", false));
        // So it is when the account goes.
        store.write(|tx| tx.delete_account(ben, Parting::Keep, NOW)).expect("deleted");
        assert_eq!(shown(), ["Cy"]);
        again();
        assert_eq!(shown(), ["Cy"]);
        let other = account(store, "Ben");
        again();
        assert_eq!((shown(), offered(other)), (vec!["Cy".to_owned()], vec![]));
        sound(store);
    });
}

#[test]
fn works_that_belong_to_nobody_are_of_one_owner_if_they_came_out_of_a_folder() {
    on_each(|library| {
        let store = &library.store;
        let [ann, ben] = ["Ann", "Ben"].map(|name| account(store, name));
        let from = |parent| Ties {
            sources: vec![Source { kind: Kind::Inspired, origin: Origin::Here(parent) }],
            ..Ties::default()
        };
        let found = |title: &str, ties: Ties| {
            let mut work = plain(title, "One was lit.");
            work.facts.ties = ties;
            store.write(|tx| tx.insert_work(&work, NOW, "a test")).expect("written")
        };
        let salt = found("Salt", Ties::default());
        found("Brine", from(salt));
        let parent = posted(store, ben, "Rain", &Ties::default());
        let child = posted(store, ann, "Two Lamps", &from(parent));
        let owner = Account { id: AccountId(0), name: "x".to_owned(), role: Role::Owner };
        let owner = Visitor { account: Some(owner), ..Visitor::default() };
        let seen = || {
            let told: Told<_> = store.read(|tx| {
                let seen = tx.seen_by(&owner);
                let claims: Vec<WorkId> =
                    seen.claims(9)?.into_iter().map(|(claim, _)| claim.work).collect();
                Ok((seen.offspring(salt)?.len(), seen.offspring(parent)?.len(), claims))
            });
            told.expect("read")
        };
        assert_eq!(seen(), (1, 0, vec![]));
        for who in [ann, ben] {
            store.write(|tx| tx.delete_account(who, Parting::Keep, NOW)).expect("deleted");
        }
        // Nobody said yes: whoever owns the archive is asked.
        assert_eq!(seen(), (1, 0, vec![child]));
        assert!(store.write(|tx| tx.answer_claim(child, parent, true)).expect("written"));
        assert_eq!(seen(), (1, 1, vec![child]));
    });
}
